package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/faq"
	"ippo/internal/keyword"
	"ippo/internal/line"
	"ippo/internal/secret"
	"ippo/messages"
	"ippo/store"
)

// Config is what New needs.
type Config struct {
	Store          *store.Store
	Line           *line.Client
	PublicURL      string   // what residents' links start with, such as https://ippo.example.jp
	ChannelSecrets []string // any of them signs webhooks; two while the secret is being changed
	Keys           *secret.Keyring
	Now            ippo.Clock
	Log            *slog.Logger
	Wake           func()             // tells package jobs that a notice was planned
	Texts          *messages.Catalogs // by default those that are built in
	FAQ            *faq.Finder        // of the store's frequent questions; by default one of its own
	Keywords       *keyword.Gatherer  // of the visions that are shown; likewise
	// ChatURL makes the address that opens the account's chat with a text typed in. By default it is LINE's
	// own, for the account that the access token belongs to.
	ChatURL func(text string) (string, error)

	Framed bool // pages may stand in a frame of our own: the demo's phone opens them so
}

// Bot answers residents. Its methods may be called from any goroutine.
type Bot struct {
	store    *store.Store
	line     *line.Client
	base     string
	secrets  []string
	links    *secret.Signer
	hosts    *secret.Signer // of groups' links
	now      ippo.Clock
	log      *slog.Logger
	faq      *faq.Finder
	keywords *keyword.Gatherer
	framed   bool
	secure   bool // cookies travel over https only
	texts    *messages.Catalogs
	talks    []*talk
	pages    *pages
	wake     chan struct{} // something is in the inbox
	taps     *tapCounter
	account  account
	chatURL  func(ctx context.Context, text string) (string, error)
	told     func() // a notice was planned
	origins  *http.CrossOriginProtection
}

// New makes a Bot. It calls neither LINE nor the database.
func New(cfg Config) (*Bot, error) {
	public, err := url.Parse(cfg.PublicURL)
	if err != nil || public.Host == "" {
		return nil, errors.New("bot: the public URL is not an address")
	}
	if len(cfg.ChannelSecrets) == 0 {
		return nil, errors.New("bot: a channel secret is needed")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Wake == nil {
		cfg.Wake = func() {}
	}
	if cfg.FAQ == nil {
		cfg.FAQ = faq.NewFinder(cfg.Store.AskedFAQs)
	}
	if cfg.Keywords == nil {
		cfg.Keywords = keyword.NewGatherer(cfg.Store)
	}
	if cfg.Texts == nil {
		if cfg.Texts, err = messages.Load(); err != nil {
			return nil, fmt.Errorf("bot: %w", err)
		}
	}
	pages, err := loadPages()
	if err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	b := &Bot{
		store:    cfg.Store,
		line:     cfg.Line,
		base:     strings.TrimRight(cfg.PublicURL, "/"),
		secrets:  cfg.ChannelSecrets,
		links:    cfg.Keys.Signer(store.FormLinks),
		hosts:    cfg.Keys.Signer(store.GroupLinks),
		now:      cfg.Now,
		log:      cfg.Log,
		faq:      cfg.FAQ,
		keywords: cfg.Keywords,
		framed:   cfg.Framed,
		secure:   public.Scheme == "https",
		texts:    cfg.Texts,
		talks:    talks(),
		pages:    pages,
		wake:     make(chan struct{}, 1),
		taps:     newTapCounter(),
		told:     cfg.Wake,
		origins:  http.NewCrossOriginProtection(),
	}
	b.chatURL = b.accountChat
	if cfg.ChatURL != nil {
		b.chatURL = func(_ context.Context, text string) (string, error) { return cfg.ChatURL(text) }
	}
	return b, nil
}

// Routes registers the webhook and the residents' pages.
func (b *Bot) Routes(r gin.IRouter) {
	r.POST(ippo.WebhookPath, b.webhook)
	b.pageRoutes(r)
}

// drainTime is how long what is under way at the end may take. The process has ten seconds in all.
const drainTime = 8 * time.Second

// Run works the inbox and counts taps until ctx ends. Then it begins nothing new, finishes what
// is under way or leaves it to the next start, and returns.
func (b *Bot) Run(ctx context.Context) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		b.workTaps(ctx, working)
	}()
	go b.prepare(ctx) // it holds nothing that would have to be let go of: nobody waits for it
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.workInbox(ctx, working)
		<-counted
	}()
	<-ctx.Done()
	select {
	case <-ended:
	case <-time.After(drainTime):
		stop()
		<-ended
	}
	return nil
}

// prepare makes what the first resident who asks a frequent question would wait a second for. A center that answers none
// is spared it, and the memory.
func (b *Bot) prepare(ctx context.Context) {
	settings, err := b.store.Settings(ctx)
	if err == nil && settings.Has(ippo.ModuleFAQ) {
		err = b.faq.Prepare(ctx)
	}
	if err != nil && ctx.Err() == nil {
		b.log.ErrorContext(ctx, "frequent questions are not prepared; the first search tries again", "err", err)
	}
}

// ring wakes whoever waits on the bell, now or when they next look.
func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}
