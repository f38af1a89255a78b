package linesim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// maxRequestBytes is what LINE takes in one request, 413 above (reference: status-codes).
const maxRequestBytes = 2 << 20

// Texts of LINE's error bodies (reference: error-messages).
const (
	msgNotFound     = "Not found"
	msgForbidden    = "Access to this API is not available for your account"
	msgRateLimit    = "The API rate limit has been exceeded. Try again later."
	msgMonthlyLimit = "You have reached your monthly limit."
	msgReplyToken   = "Invalid reply token"
	msgSendFailed   = "Failed to send messages"
	msgRetryKeyUsed = "The retry key is already accepted"
	msgUnauthorized = "Authentication failed due to the following reason: %s. Confirm that the access token in the authorization header is valid."
	msgBadProperty  = "The property, %s, in the request body is invalid (line: -, column: -)"
)

// Endpoint names a call of LINE's API, for Faults, Rates and Requests.
type Endpoint string

// call is one request to the API, its body read.
type call struct {
	*http.Request
	endpoint Endpoint
	id       string // X-Line-Request-Id
	body     []byte
	bodyErr  error
}

// answer is what the API says to a call. It is kept apart from the connection so that a Fault can lose it.
type answer struct {
	status      int
	header      map[string]string
	contentType string // of raw
	raw         []byte
	body        any // marshalled as JSON when raw is nil
}

// Detail names one thing wrong with a request, as LINE's error bodies do.
type Detail struct {
	Message  string `json:"message"`
	Property string `json:"property,omitempty"`
}

// errorBody is LINE's error object (reference: error-responses).
type errorBody struct {
	Message      string        `json:"message"`
	Details      []Detail      `json:"details,omitempty"`
	SentMessages []sentMessage `json:"sentMessages,omitempty"`
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// done is the empty object that calls without a result answer.
func done() answer { return ok(struct{}{}) }

func fail(status int, message string, details ...Detail) answer {
	return answer{status: status, body: errorBody{Message: message, Details: details}}
}

func badProperty(property string) answer {
	return fail(http.StatusBadRequest, fmt.Sprintf(msgBadProperty, property))
}

// badBody reports what is wrong with the members of a request (reference: error-responses).
func badBody(details ...Detail) answer {
	return fail(http.StatusBadRequest, fmt.Sprintf("The request body has %d error(s)", len(details)), details...)
}

// route is one call of the API.
type route struct {
	pattern  string // of http.ServeMux
	endpoint Endpoint
	handle   func(*call) answer
	kind     routeKind
}

type routeKind int

const (
	jsonCall routeKind = iota // bearer token; a body, if any, is JSON
	blobCall                  // bearer token; the body is a file
	openCall                  // no bearer token: tokens are issued and checked here
)

// routes returns the handler of the whole API. LINE's two hosts have a mux each, as their patterns would
// overlap in one.
func (p *Platform) routes() http.Handler {
	api, data := http.NewServeMux(), http.NewServeMux()
	for _, r := range slices.Concat(
		p.messageRoutes(), p.accountRoutes(), p.chatRoutes(), p.webhookRoutes(),
		p.richMenuRoutes(), p.aliasRoutes(), p.insightRoutes(), p.tokenRoutes(),
	) {
		mux := api
		if r.kind == blobCall {
			mux = data
		}
		mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) { p.serve(w, req, r) })
	}
	api.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		p.serve(w, req, route{kind: openCall, handle: func(*call) answer { return fail(http.StatusNotFound, msgNotFound) }})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, pattern := data.Handler(req); pattern != "" {
			data.ServeHTTP(w, req)
			return
		}
		api.ServeHTTP(w, req)
	})
}

// serve takes one request through what every call has in common.
func (p *Platform) serve(w http.ResponseWriter, r *http.Request, to route) {
	c := &call{Request: r, endpoint: to.endpoint, id: uuid.NewString()}
	// Read first: net/http notices that a client went away only once its body has been read.
	c.body, c.bodyErr = io.ReadAll(io.LimitReader(r.Body, maxRequestBytes+1))
	before, after := p.faultsFor(c)
	a, refused := p.suffer(c, before)
	if !refused {
		a = p.accept(c, to)
		if lost, replaced := p.suffer(c, after); replaced {
			p.record(c, lost.status) // what the caller sees, not what was accepted
			p.respond(w, c, lost)
			return
		}
	}
	p.record(c, a.status)
	p.respond(w, c, a)
}

// accept checks what every call has in common and lets the endpoint answer.
func (p *Platform) accept(c *call, to route) answer {
	if to.kind != openCall {
		if reason := p.unauthorized(c.Header.Get("Authorization")); reason != "" {
			return fail(http.StatusUnauthorized, fmt.Sprintf(msgUnauthorized, reason))
		}
	}
	if !p.take(to.endpoint) {
		return fail(http.StatusTooManyRequests, msgRateLimit)
	}
	if c.Header.Get("X-Line-Retry-Key") != "" && !retryable[to.endpoint] {
		return fail(http.StatusBadRequest, "The X-Line-Retry-Key header is not supported by this API")
	}
	switch {
	case c.bodyErr != nil:
		return fail(http.StatusBadRequest, "The request body could not be read")
	case len(c.body) > maxRequestBytes:
		return fail(http.StatusRequestEntityTooLarge, "The request is larger than 2MB")
	}
	if to.kind == jsonCall && len(c.body) > 0 {
		media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
		if err != nil || media != "application/json" {
			return fail(http.StatusUnsupportedMediaType, fmt.Sprintf("The content type, %s, is not supported", media))
		}
	}
	return to.handle(c)
}

// decode reads the call's JSON into v, or returns LINE's answer to a body that is not what it should be.
func (c *call) decode(v any) (answer, bool) {
	err := json.Unmarshal(c.body, v)
	if err == nil {
		return answer{}, true
	}
	if wrong, is := errors.AsType[*json.UnmarshalTypeError](err); is {
		return badProperty(wrong.Field), false
	}
	line, column := position(c.body, err)
	return fail(http.StatusBadRequest,
		fmt.Sprintf("The request body could not be parsed as JSON (line: %d, column: %d)", line, column)), false
}

// position finds where a JSON syntax error is.
func position(body []byte, err error) (line, column int) {
	at := len(body)
	if syntax, is := errors.AsType[*json.SyntaxError](err); is {
		at = min(int(syntax.Offset), len(body))
	}
	before := string(body[:at])
	return 1 + strings.Count(before, "\n"), at - strings.LastIndexByte(before, '\n') - 1
}

func (p *Platform) respond(w http.ResponseWriter, c *call, a answer) {
	raw, contentType := a.raw, a.contentType
	if raw == nil {
		var err error
		if raw, err = json.Marshal(a.body); err != nil {
			panic("linesim: answer: " + err.Error()) // made here
		}
		contentType = "application/json"
	}
	h := w.Header()
	h.Set("X-Line-Request-Id", c.id)
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	for name, value := range a.header {
		h.Set(name, value)
	}
	w.WriteHeader(a.status)
	w.Write(raw)
}

// Request is one call that a client made. Bodies and tokens are not kept.
type Request struct {
	At        time.Time `json:"at"`
	Endpoint  Endpoint  `json:"endpoint"` // empty: LINE has no such call
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Status    int       `json:"status"` // what the client was told; 0: the connection was cut
	RequestID string    `json:"requestId"`
	RetryKey  string    `json:"retryKey,omitempty"`
}

// maxRequestLog bounds the list of calls; the counts go on.
const maxRequestLog = 10_000

// requestLog is guarded by Platform.mu.
type requestLog struct {
	latest []Request
	counts map[Endpoint]int
}

// Requests returns the latest calls, oldest first, up to ten thousand.
func (p *Platform) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests.latest)
}

// Calls counts the requests to each endpoint, refused ones included.
func (p *Platform) Calls() map[Endpoint]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.requests.counts)
}

func (p *Platform) record(c *call, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	log := &p.requests
	if len(log.latest) == maxRequestLog {
		log.latest = slices.Delete(log.latest, 0, maxRequestLog/10)
	}
	log.latest = append(log.latest, Request{
		At: p.now(), Endpoint: c.endpoint, Method: c.Method, Path: c.URL.Path,
		Status: status, RequestID: c.id, RetryKey: c.Header.Get("X-Line-Retry-Key"),
	})
	if log.counts == nil {
		log.counts = make(map[Endpoint]int)
	}
	log.counts[c.endpoint]++
	p.touch()
}
