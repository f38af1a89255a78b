package linesim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Options describe the Official Account and how strictly it is simulated. The zero value is an account
// without a monthly limit, with LINE's own request rates, whose credentials are in Platform.Options.
type Options struct {
	ChannelID     string
	ChannelSecret string // signs webhooks
	AccessToken   string // long-lived token; stateless ones come from /oauth2/v3/token

	WebhookURL string
	Webhooks   WebhookSettings

	BotUserID   string // U and 32 hex digits; made from ChannelID when empty
	BasicID     string // with its @
	DisplayName string

	// Quota is how many messages may be sent in a month (Asia/Tokyo); 0 is a plan without a limit.
	Quota int64
	// Unverified is an account without LINE's review: it may not list its followers (403).
	Unverified bool
	// RefuseUnknownRecipients makes multicast answer 400 for a well-formed ID that LINE has never seen.
	// LINE documents both this and skipping such a person, which is the default.
	RefuseUnknownRecipients bool
	// AllowLoopbackHTTP accepts http URLs on this machine where LINE insists on https.
	AllowLoopbackHTTP bool

	// Rates replaces LINE's request rates for the endpoints named; NoRateLimits lifts all of them.
	Rates        map[Endpoint]Rate
	NoRateLimits bool

	// DiscardMessages keeps counts but neither chats nor events, for benchmarks with very many people.
	DiscardMessages bool

	Now        func() time.Time // time.Now when nil; also drives expiry, quota months and rates
	HTTPClient *http.Client     // sends webhooks; one that does not follow redirects when nil
	Log        *slog.Logger     // discards when nil; never receives texts or tokens
}

// Platform is one Official Account on a simulated LINE, with everyone who might talk to it.
// All methods may be called from any goroutine.
type Platform struct {
	opts    Options
	handler http.Handler
	tokyo   *time.Location

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // deliveries on their way

	mu      sync.Mutex    // guards everything below
	changed chan struct{} // closed at the next change; nil while nobody is waiting
	version uint64        // grows with every change

	users   map[string]*user
	order   []*user // as they were added; the order of followers/ids
	groups  map[string]*group
	message uint64 // number of the last message ID

	hooks           hooks
	replyTokens     map[string]*replyToken
	replyTokenLimit int // see sweep
	readTokens      map[string]readToken
	contents        map[string]*content
	linkTokens      map[string]linkToken

	channelTokens map[string]channelToken
	retryKeys     map[retryKey]accepted
	retryKeyLimit int // see sweep
	faults        []*fault
	buckets       map[Endpoint]*bucket
	usage         usage
	menus         menus
	requests      requestLog
	random        *rand.Rand
}

// New makes a platform. It starts no goroutine; those of deliveries end by themselves or with Close.
func New(opts Options) *Platform {
	opts = opts.withDefaults()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		tokyo = time.FixedZone("JST", 9*60*60) // Japan keeps no summer time
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &Platform{
		opts: opts, tokyo: tokyo, ctx: ctx, cancel: cancel,
		users:         make(map[string]*user),
		groups:        make(map[string]*group),
		message:       firstMessageID,
		hooks:         newHooks(opts),
		replyTokens:   make(map[string]*replyToken),
		readTokens:    make(map[string]readToken),
		contents:      make(map[string]*content),
		linkTokens:    make(map[string]linkToken),
		channelTokens: make(map[string]channelToken),
		retryKeys:     make(map[retryKey]accepted),
		buckets:       make(map[Endpoint]*bucket),
		usage:         newUsage(),
		menus:         newMenus(),
		random:        rand.New(rand.NewPCG(1, 2)),
	}
	p.handler = p.routes()
	return p
}

func (o Options) withDefaults() Options {
	if o.ChannelID == "" {
		o.ChannelID = "2000000001"
	}
	if o.ChannelSecret == "" {
		o.ChannelSecret = hexDigest("secret", o.ChannelID)[:32]
	}
	if o.AccessToken == "" {
		o.AccessToken = "long-lived-" + hexDigest("token", o.ChannelID)
	}
	if o.BotUserID == "" {
		o.BotUserID = "U" + hexDigest("bot", o.ChannelID)[:32]
	}
	if o.BasicID == "" {
		o.BasicID = "@sim" + hexDigest("basic", o.ChannelID)[:5]
	}
	if o.DisplayName == "" {
		o.DisplayName = "LINE simulator"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.HTTPClient == nil {
		o.HTTPClient = newWebhookClient()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Webhooks = o.Webhooks.withDefaults()
	return o
}

// newWebhookClient keeps connections to the bot open between events, as LINE does. It takes no proxy: the
// bot is near.
func newWebhookClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // LINE counts a redirect as an answer outside 20x
		},
	}
}

// Options returns what the platform runs with, defaults filled in: a test reads its secret and token here.
func (p *Platform) Options() Options {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opts
}

// Handler serves LINE's API: every path of api.line.me and api-data.line.me that is simulated.
// Mount it under a prefix with http.StripPrefix.
func (p *Platform) Handler() http.Handler { return p.handler }

// Close stops delivering webhooks, abandons those that wait, and returns when no goroutine is left.
// Requests that a Fault keeps hanging are let go.
func (p *Platform) Close() {
	p.cancel()
	p.mu.Lock()
	p.hooks.abandon()
	p.touch()
	p.mu.Unlock()
	p.work.Wait()
	p.opts.HTTPClient.CloseIdleConnections()
}

// Changed returns a channel that is closed when anything changes next: a message, a webhook's answer, a
// person. Ask for the channel first and look at the platform second, then no change is missed.
func (p *Platform) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changes()
}

func (p *Platform) changes() <-chan struct{} {
	if p.changed == nil {
		p.changed = make(chan struct{})
	}
	return p.changed
}

// touch tells everyone who waits that something changed. p.mu is held.
func (p *Platform) touch() {
	p.version++
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}

// WaitFor returns nil once holds reports true, asking again at every change; or the context's error.
func (p *Platform) WaitFor(ctx context.Context, holds func() bool) error {
	for {
		changed := p.Changed()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// WaitIdle returns nil once every webhook has been answered and none waits to be delivered again, or the
// context's error. Webhooks kept back by HoldWebhooks do not count. The bot may still be working then: it
// answers 200 first and replies later, which is what WaitFor is for.
func (p *Platform) WaitIdle(ctx context.Context) error {
	return p.WaitFor(ctx, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.hooks.idle()
	})
}

// Drain delivers every queued webhook, then closes the platform. It gives up when the context ends.
func (p *Platform) Drain(ctx context.Context) error {
	err := p.WaitIdle(ctx)
	p.Close()
	return err
}

func (p *Platform) now() time.Time { return p.opts.Now() }

func hexDigest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
