package line

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"ippo"
)

// Class says what a caller should do about the outcome of a call. It is decided by LINE's status
// code; texts, which LINE may change, are read only where one status means several things.
type Class int

const (
	OK                Class = iota // 2xx, or 409 for a retry key LINE already accepted
	Temporary                      // 5xx, timeout, network: the outcome is unknown; the same retry key may go again
	RateLimited                    // 429: too fast, nothing was accepted; the same retry key may go again
	QuotaSpent                     // 429: the month's messages are used up; nothing more goes out this month
	TooMany                        // 429: too many messages to this one person; nothing was accepted
	Unauthorized                   // 401: the access token is wrong or was replaced
	Forbidden                      // 403: the account's plan or kind does not allow this call
	NotFound                       // 404 or 410: no such profile, rich menu or content (any more)
	BadRecipient                   // 400 that names recipients: nobody was served; see Error.Recipients
	InvalidReplyToken              // 400: the reply token was used or is too old
	Invalid                        // any other 4xx: sending it again would end the same way
)

var classNames = [...]string{
	"ok", "temporary", "rate_limited", "quota_spent", "too_many", "unauthorized",
	"forbidden", "not_found", "bad_recipient", "invalid_reply_token", "invalid",
}

// String is a short name for logs and metrics: stable, lower case.
func (c Class) String() string {
	if c < 0 || int(c) >= len(classNames) {
		return "class(" + strconv.Itoa(int(c)) + ")"
	}
	return classNames[c]
}

// Error is a call to LINE that did not do what was asked. It never holds message bodies, user IDs
// or tokens, so it may be logged.
type Error struct {
	Op         Op
	Class      Class
	Status     int           // HTTP status; 0 when no answer came
	RequestID  string        // X-Line-Request-Id, what LINE's support asks for
	Message    string        // LINE's own words, shortened; for logs, never for branching
	Details    []Detail      // what LINE found wrong, field by field
	Recipients []int         // Class BadRecipient: indices into the request's "to"
	RetryAfter time.Duration // how long LINE asked us to wait; 0 when it did not say
	Unsent     bool          // the request certainly never reached LINE

	err error // the cause when there was no usable answer
}

// Detail is one problem in a request, as LINE words it.
type Detail struct {
	Message  string // in LINE's English
	Property string // a JSON path, such as "messages[0].text"
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "line %s: %s", e.Op, e.Class)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (status %d)", e.Status)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	for i, d := range e.Details {
		if i == 5 {
			fmt.Fprintf(&b, "; and %d more", len(e.Details)-i)
			break
		}
		fmt.Fprintf(&b, "; %s: %s", d.Property, d.Message)
	}
	if e.err != nil {
		fmt.Fprintf(&b, ": %v", e.err)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " [request %s]", e.RequestID)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.err }

// ClassOf returns the class of an error from this package: OK for nil, and Temporary for an error
// that is not from here, because its outcome is unknown too.
func ClassOf(err error) Class {
	if err == nil {
		return OK
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return Temporary
}

// maxErrorBody bounds what is read of an error answer. LINE's are a few hundred bytes.
const maxErrorBody = 64 << 10

// refusal describes an answer outside 2xx. It reads, but does not close, the body.
func refusal(op Op, res *http.Response, now time.Time) *Error {
	e := &Error{
		Op:         op,
		Status:     res.StatusCode,
		RequestID:  requestID(res, "X-Line-Request-Id"),
		RetryAfter: retryAfter(res.Header.Get("Retry-After"), now),
	}
	// A body that is cut, or that a proxy wrote in HTML, leaves the status to speak for itself.
	var answer messaging_api.ErrorResponse
	if body, err := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)); err == nil && json.Unmarshal(body, &answer) == nil {
		e.Message = oneLine(answer.Message)
		for _, d := range answer.Details {
			e.Details = append(e.Details, Detail{Message: oneLine(d.Message), Property: oneLine(d.Property)})
		}
	}
	e.Class, e.Recipients = classify(e)
	return e
}

// classify follows https://developers.line.biz/en/reference/messaging-api/#status-codes.
func classify(e *Error) (Class, []int) {
	switch s := e.Status; {
	case s == http.StatusBadRequest:
		if e.Op == OpReply && strings.Contains(strings.ToLower(e.Message), "invalid reply token") {
			return InvalidReplyToken, nil
		}
		if to := namedRecipients(e); len(to) > 0 {
			return BadRecipient, to
		}
		return Invalid, nil
	case s == http.StatusUnauthorized:
		return Unauthorized, nil
	case s == http.StatusForbidden:
		return Forbidden, nil
	case s == http.StatusNotFound, s == http.StatusGone:
		return NotFound, nil
	case s == http.StatusRequestTimeout:
		return Temporary, nil
	case s == http.StatusTooManyRequests:
		// One status, three meanings; only the text tells them apart.
		text := strings.ToLower(e.Message)
		switch {
		case strings.Contains(text, "monthly limit"):
			return QuotaSpent, nil
		case e.Op == OpPush && e.Message != "" && !strings.Contains(text, "rate limit"):
			return TooMany, nil
		}
		return RateLimited, nil
	case s >= 400 && s < 500:
		return Invalid, nil
	}
	// 5xx, and redirects, which LINE never answers: something between us and LINE did.
	return Temporary, nil
}

// LINE names a bad recipient in the message ("The property, to[1], in the request body is invalid")
// or in a detail's property ("to[1]"); a push has one recipient and names "to".
var (
	toIndex  = regexp.MustCompile(`\bto\[(\d{1,4})\]`)
	toSingle = regexp.MustCompile(`(?i)the property, '?to'?,`)
)

func namedRecipients(e *Error) []int {
	var found []int
	add := func(text string) {
		for _, m := range toIndex.FindAllStringSubmatch(text, -1) {
			i, err := strconv.Atoi(m[1])
			if err == nil && i < ippo.MaxRecipients {
				found = append(found, i)
			}
		}
	}
	switch e.Op {
	case OpMulticast:
		add(e.Message)
		for _, d := range e.Details {
			add(d.Property)
		}
	case OpPush:
		named := toSingle.MatchString(e.Message)
		for _, d := range e.Details {
			named = named || d.Property == "to"
		}
		if named {
			found = append(found, 0)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// noAnswer describes a call that brought no answer at all.
func noAnswer(op Op, err error) *Error {
	// url.Error's text holds the path, and the path of a profile is somebody's user ID.
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	e := &Error{Op: op, Class: Temporary, err: err}
	if t, ok := errors.AsType[*tokenError](err); ok {
		e.Class, e.Status, e.Unsent = t.class, t.status, true
		return e
	}
	dial, isDial := errors.AsType[*net.OpError](err)
	e.Unsent = errors.Is(err, ErrCircuitOpen) || (isDial && dial.Op == "dial")
	return e
}

// unsent describes a call that we did not make ourselves.
func unsent(op Op, class Class, err error) *Error {
	return &Error{Op: op, Class: class, Unsent: true, err: err}
}

// retryAfter reads seconds or an HTTP date. LINE does not document the header; a proxy may send it.
func retryAfter(v string, now time.Time) time.Duration {
	const longest = time.Hour
	if v == "" {
		return 0
	}
	var d time.Duration
	if s, err := strconv.Atoi(v); err == nil {
		d = time.Duration(min(max(s, 0), int(longest/time.Second))) * time.Second
	} else if t, err := http.ParseTime(v); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, 0), longest)
}

var requestIDShape = regexp.MustCompile(`^[0-9A-Za-z_-]{1,100}$`)

// requestID returns a header that will be stored and shown, or "" if it does not look like an ID.
func requestID(res *http.Response, header string) string {
	if v := res.Header.Get(header); requestIDShape.MatchString(v) {
		return v
	}
	return ""
}

// oneLine keeps a stranger's text fit for a log line.
func oneLine(s string) string {
	const longest = 200
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return s
}
