package line

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"
	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
	"golang.org/x/time/rate"
)

// LINE's two hosts. https://developers.line.biz/en/reference/messaging-api/#domain-name
const (
	APIEndpoint  = "https://api.line.me"
	DataEndpoint = "https://api-data.line.me" // message content and rich menu images
)

// Config is what New needs. Either AccessToken, or ChannelID and a secret, must be given.
type Config struct {
	AccessToken    string   // long-lived; empty: stateless tokens are fetched and renewed
	ChannelID      string   // for stateless tokens
	ChannelSecrets []string // for stateless tokens; two while the secret is being changed

	APIEndpoint  string // default APIEndpoint; a path in it is kept
	DataEndpoint string // default DataEndpoint

	Rates   Rates         // lowers LINE's rates
	Unpaced bool          // no rates at all; for a stand-in for LINE on this machine
	Timeout time.Duration // of one call, without the wait for its turn; default 20 s

	// The circuit of each host opens after this many temporary failures in a row (default 10) and
	// tries again after this time (default 5 s).
	CircuitFailures int
	CircuitCooldown time.Duration

	Now        func() time.Time  // default time.Now; for the life of tokens and the circuits
	HTTPClient *http.Client      // its Transport is used if given; for tests
	Log        *slog.Logger      // default: discards
	Observe    func(Observation) // called after every call, for metrics; may be nil
}

// Observation is one finished call.
type Observation struct {
	Op    Op
	Class Class
	Took  time.Duration // without the wait for its turn
}

// Client calls the Messaging API of one channel. It is safe for concurrent use, and all senders of
// a process share one, because LINE's rates are per channel.
type Client struct {
	api     *messaging_api.MessagingApiAPI
	person  *messaging_api.MessagingApiAPI // for the ops of forOnePerson
	blob    *messaging_api.MessagingApiBlobAPI
	pacers  map[Op]*pacer
	apiHost *Circuit
	blobs   *Circuit
	timeout time.Duration
	now     func() time.Time
	log     *slog.Logger
	observe func(Observation)
}

// maxAnswer bounds an answer of the API host. The largest, a full list of rich menus, stays far below.
const maxAnswer = 8 << 20

// New makes a Client. It does not call LINE.
func New(cfg Config) (*Client, error) {
	cfg.APIEndpoint = cmp.Or(cfg.APIEndpoint, APIEndpoint)
	cfg.DataEndpoint = cmp.Or(cfg.DataEndpoint, DataEndpoint)
	cfg.Timeout = cmp.Or(cfg.Timeout, 20*time.Second)
	cfg.CircuitFailures = cmp.Or(cfg.CircuitFailures, 10)
	cfg.CircuitCooldown = cmp.Or(cfg.CircuitCooldown, 5*time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.AccessToken == "" && (cfg.ChannelID == "" || len(cfg.ChannelSecrets) == 0) {
		return nil, errors.New("line: an access token, or a channel ID and secret, is needed")
	}
	for _, endpoint := range []string{cfg.APIEndpoint, cfg.DataEndpoint} {
		if u, err := url.Parse(endpoint); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return nil, fmt.Errorf("line: endpoint %q is not an http address", endpoint)
		}
	}

	base := baseTransport(cfg)
	tokenAPI, err := channel_access_token.NewChannelAccessTokenAPI(
		channel_access_token.WithHTTPClient(httpClient(&capped{base, maxErrorBody}, cfg.Timeout)),
		channel_access_token.WithEndpoint(cfg.APIEndpoint))
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	tok := &tokens{
		fixed:   cfg.AccessToken,
		channel: cfg.ChannelID,
		secrets: cfg.ChannelSecrets,
		api:     tokenAPI,
		timeout: cfg.Timeout,
		now:     cfg.Now,
	}
	c := &Client{
		pacers:  make(map[Op]*pacer, len(limits)),
		apiHost: &Circuit{Failures: cfg.CircuitFailures, Cooldown: cfg.CircuitCooldown, Now: cfg.Now},
		blobs:   &Circuit{Failures: cfg.CircuitFailures, Cooldown: cfg.CircuitCooldown, Now: cfg.Now},
		timeout: cfg.Timeout,
		now:     cfg.Now,
		log:     cfg.Log,
		observe: cfg.Observe,
	}
	for op, l := range limits {
		c.pacers[op] = newPacer(l, cfg.Rates[op])
		if cfg.Unpaced {
			c.pacers[op].limiter.SetLimit(rate.Inf)
		}
	}

	// The SDK wants a token and sets its header; authorized puts the real one in its place.
	const placeholder = "set-by-transport"
	c.api, err = messaging_api.NewMessagingApiAPI(placeholder,
		messaging_api.WithHTTPClient(httpClient(&authorized{&capped{base, maxAnswer}, tok, c.apiHost}, 0)),
		messaging_api.WithEndpoint(cfg.APIEndpoint))
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	c.person, err = messaging_api.NewMessagingApiAPI(placeholder,
		messaging_api.WithHTTPClient(httpClient(&authorized{&capped{base, maxAnswer}, tok, nil}, 0)),
		messaging_api.WithEndpoint(cfg.APIEndpoint))
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	c.blob, err = messaging_api.NewMessagingApiBlobAPI(placeholder,
		messaging_api.WithBlobHTTPClient(httpClient(&authorized{&capped{base, 0}, tok, c.blobs}, 0)),
		messaging_api.WithBlobEndpoint(cfg.DataEndpoint))
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	return c, nil
}

// forOnePerson tells the calls that answer somebody who is waiting. They keep no circuit: what fails for
// one person must not make another one wait, nor hold up a broadcast.
func forOnePerson(op Op) bool { return op == OpReply || op == OpProfile }

// Circuits gives the state of the circuit of each of LINE's hosts.
func (c *Client) Circuits() (api, data CircuitState) { return c.apiHost.State(), c.blobs.State() }

// baseTransport keeps enough connections open for a broadcast's parallel requests: Go's default of
// two idle ones per host would open a new connection for nearly every call.
func baseTransport(cfg Config) http.RoundTripper {
	if cfg.HTTPClient != nil && cfg.HTTPClient.Transport != nil {
		return cfg.HTTPClient.Transport
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns = 256
	t.MaxIdleConnsPerHost = 128
	t.IdleConnTimeout = 90 * time.Second
	t.TLSHandshakeTimeout = 10 * time.Second
	t.ResponseHeaderTimeout = cfg.Timeout
	return t
}

// httpClient never follows a redirect: LINE sends none, and the token would go wherever it points.
func httpClient(t http.RoundTripper, timeout time.Duration) *http.Client {
	return &http.Client{
		Transport:     t,
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// authorized puts the channel's token on each request, renews it once when LINE answers 401, and
// keeps the host's circuit, if it has one.
type authorized struct {
	base    http.RoundTripper
	tokens  *tokens
	circuit *Circuit // nil: none
}

func (a *authorized) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close() // the copies below are what is sent
	}
	if a.circuit == nil {
		return a.send(req)
	}
	if !a.circuit.Allow() {
		return nil, ErrCircuitOpen
	}
	res, err := a.send(req)
	switch {
	case err == nil && res.StatusCode < 500:
		a.circuit.Succeeded()
	case errors.Is(err, context.Canceled):
		a.circuit.Abandoned()
	default:
		if t, ok := errors.AsType[*tokenError](err); ok && t.class == Unauthorized {
			a.circuit.Succeeded() // it answered, if not as we like
		} else {
			a.circuit.Failed()
		}
	}
	return res, err
}

// send makes at most two attempts. The second is safe without a retry key: 401 means that LINE
// looked at the token and at nothing else.
func (a *authorized) send(req *http.Request) (*http.Response, error) {
	for attempt := 1; ; attempt++ {
		token, err := a.tokens.token(req.Context())
		if err != nil {
			return nil, err
		}
		try := req.Clone(req.Context())
		try.Header.Set("Authorization", "Bearer "+token)
		if req.GetBody != nil {
			if try.Body, err = req.GetBody(); err != nil {
				return nil, fmt.Errorf("rewind request body: %w", err)
			}
		}
		res, err := a.base.RoundTrip(try)
		if err != nil || res.StatusCode != http.StatusUnauthorized || attempt == 2 || !a.tokens.refused(token) {
			return res, err
		}
		io.Copy(io.Discard, io.LimitReader(res.Body, maxErrorBody)) // so that the connection is kept
		res.Body.Close()
	}
}

// capped bounds the answers' bodies: the SDK reads them whole.
type capped struct {
	base http.RoundTripper
	max  int64 // of a 2xx; 0 leaves it to the caller
}

func (t *capped) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	switch ok := res.StatusCode/100 == 2; {
	case !ok:
		res.Body = http.MaxBytesReader(nil, res.Body, maxErrorBody)
	case t.max > 0:
		res.Body = http.MaxBytesReader(nil, res.Body, t.max)
	}
	return res, nil
}

// wait takes op's turn within LINE's rate.
func (c *Client) wait(ctx context.Context, op Op) error {
	err := c.pacers[op].wait(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return unsent(op, Temporary, ctx.Err())
	default: // the turn would come after the caller's deadline
		return unsent(op, RateLimited, err)
	}
}

// call makes one call of the API host once its turn has come.
func call[T any](ctx context.Context, c *Client, op Op, do func(*messaging_api.MessagingApiAPI) (*http.Response, T, error)) (T, error) {
	if err := c.wait(ctx, op); err != nil {
		var none T
		return none, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	client := c.api
	if forOnePerson(op) {
		client = c.person
	}
	api := *client // WithContext stores the context in the client it is called on
	started := time.Now()
	res, out, err := do(api.WithContext(ctx))
	if e := c.outcome(op, res, err); e != nil {
		c.finished(op, e.Class, started)
		return out, e
	}
	if err != nil { // 2xx, but the answer could not be read
		c.finished(op, Temporary, started)
		return out, &Error{Op: op, Class: Temporary, Status: res.StatusCode, RequestID: requestID(res, "X-Line-Request-Id"), err: errors.New("the answer is not what LINE documents")}
	}
	c.finished(op, OK, started)
	return out, nil
}

// longestReplyWait is a small part of the minute for which a reply token is good.
const longestReplyWait = 5 * time.Second

// outcome is nil for 2xx. The SDK's own error is a text that may hold the whole answer, and on a
// network error there is no response at all.
func (c *Client) outcome(op Op, res *http.Response, err error) *Error {
	if res == nil {
		return noAnswer(op, err)
	}
	if res.StatusCode/100 == 2 {
		return nil
	}
	e := refusal(op, res, c.now())
	if e.Class == RateLimited {
		wait := e.RetryAfter
		if op == OpReply {
			// A reply that waits longer is lost anyway, and so would be everybody else's.
			wait = min(wait, longestReplyWait)
		}
		c.pacers[op].slowDown(wait)
	}
	return e
}

func (c *Client) finished(op Op, class Class, started time.Time) {
	if c.observe != nil {
		c.observe(Observation{Op: op, Class: class, Took: time.Since(started)})
	}
	if class == OK {
		c.pacers[op].accepted()
	} else {
		c.log.Debug("line call", "op", op, "class", class)
	}
}

// IDs go into paths, where the SDK does not escape them: "../message/quota" would be another call.
var (
	recipientShape = regexp.MustCompile(`^[UCR][0-9a-f]{32}$`)
	menuShape      = regexp.MustCompile(`^richmenu-[0-9a-zA-Z_-]{1,100}$`)
	contentShape   = regexp.MustCompile(`^[0-9]{1,32}$`)
	unitShape      = regexp.MustCompile(`^[a-zA-Z0-9_]{1,30}$`)
)

func invalid(op Op, format string, args ...any) *Error {
	return unsent(op, Invalid, fmt.Errorf(format, args...))
}
