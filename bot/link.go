package bot

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// The links of a broadcast may lead through here, so that taps on them are counted: by link and day, not
// by person.

// linkCode is the shape of every code.
var linkCode = regexp.MustCompile(`^[a-z2-7]{10}$`)

// followLink passes on to where a counted link leads: to an address that staff wrote, and to no other.
func (b *Bot) followLink(c *gin.Context) error {
	code := c.Param("code")
	// Words that stood right behind the link are no part of it, whatever the phone thought.
	code = code[:min(len(code), ippo.LinkCodeLength)]
	if !linkCode.MatchString(code) {
		return b.noLink(c)
	}
	target, err := b.store.LinkTarget(c.Request.Context(), code)
	if errors.Is(err, ippo.ErrNotFound) {
		return b.noLink(c)
	}
	if err != nil {
		return err
	}
	if byPerson(c.Request) {
		first, err := b.firstTap(c, code)
		if err != nil {
			return err
		}
		b.taps.add(code, b.now(), first)
	}
	c.Redirect(http.StatusFound, target)
	return nil
}

// noLink helps on whoever comes with a link that leads nowhere.
func (b *Bot) noLink(c *gin.Context) error {
	f, err := b.frame(c, "page.link")
	if err != nil {
		return err
	}
	return b.render(c, http.StatusNotFound, "link", noticePage{frame: f})
}

// byPerson reports whether a person opened a link. Programs look at links too, to draw a preview in a chat or
// to search them for harm.
func byPerson(r *http.Request) bool {
	if r.Method != http.MethodGet || robot(r) {
		return false
	}
	for _, name := range []string{"Purpose", "X-Purpose", "X-Moz", "Sec-Purpose"} {
		if ahead := strings.ToLower(r.Header.Get(name)); strings.Contains(ahead, "prefetch") || strings.Contains(ahead, "preview") {
			return false
		}
	}
	return true
}

// robot reports whether a program asks that says so.
func robot(r *http.Request) bool { return r.UserAgent() == "" || robots.MatchString(r.UserAgent()) }

// robots are programs by the names that they give. LINE's preview calls itself
// "facebookexternalhit/1.1;line-poker/1.0"; CUBOT makes telephones.
//
// Names of apps whose own browser people use, such as "Twitter for iPhone", are not among them.
var robots = regexp.MustCompile(`(?i)(^|[^u])bot\b|crawl|spider|preview|facebookexternalhit|facebookcatalog|line-poker|slack-img|whatsapp|` +
	`google-|googleother|google favicon|apple-pubsub|slurp|mastodon|headless|lighthouse|validator|scanner|monitor|` +
	`curl/|wget/|python|java/|okhttp|go-http-client|node-fetch|axios|libwww|httpclient`)

// browserCookie marks a browser that has opened one link before. It says yes and nothing else, and goes to
// that link only, so it cannot tell whose browser it is or what else was opened.
const (
	browserCookie = "ippo_link"
	browserKnown  = 30 * 24 * time.Hour
)

// firstTap reports whether a browser opens a link for the first time, as far as is known. Nothing is left in
// it unless the center's setting says so.
func (b *Bot) firstTap(c *gin.Context, code string) (bool, error) {
	center, err := b.store.Settings(c.Request.Context())
	if err != nil || !center.CountBrowsers {
		return false, err
	}
	if _, err := c.Request.Cookie(browserCookie); err == nil {
		return false, nil
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: browserCookie, Value: "1", Path: ippo.LinkPath + code, MaxAge: int(browserKnown / time.Second),
		HttpOnly: true, Secure: b.secure, SameSite: http.SameSiteLaxMode,
	})
	return true, nil
}

// saveTapsEvery is how long taps may wait in memory: thousands of people tap within seconds, and each tap
// would be a transaction.
const saveTapsEvery = time.Second

// tapCounter gathers taps until they are kept. A crash loses those of the last second, which is better than
// that a flood of them holds up the webhook.
type tapCounter struct {
	mu      sync.Mutex
	waiting map[tapKey]store.Taps
	bell    chan struct{}
}

type tapKey struct{ code, day string }

func newTapCounter() *tapCounter {
	return &tapCounter{waiting: make(map[tapKey]store.Taps), bell: make(chan struct{}, 1)}
}

func (t *tapCounter) add(code string, at time.Time, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := tapKey{code, at.In(ippo.Tokyo).Format(time.DateOnly)}
	taps := t.waiting[key]
	taps.Code, taps.Day = code, at
	taps.Taps++
	if first {
		taps.Browsers++
	}
	t.waiting[key] = taps
	ring(t.bell)
}

func (t *tapCounter) take() []store.Taps {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]store.Taps, 0, len(t.waiting))
	for _, taps := range t.waiting {
		all = append(all, taps)
	}
	clear(t.waiting)
	return all
}

// saveTaps keeps the taps that were gathered.
func (b *Bot) saveTaps(ctx context.Context) {
	if all := b.taps.take(); len(all) > 0 {
		if err := b.store.AddTaps(ctx, all); err != nil {
			b.log.ErrorContext(ctx, "taps not counted", "links", len(all), "err", err)
		}
	}
}

// workTaps keeps taps as they come until ctx ends, then those that are left.
func (b *Bot) workTaps(ctx, working context.Context) {
	for {
		select {
		case <-ctx.Done():
			b.saveTaps(working)
			return
		case <-b.taps.bell:
		}
		select {
		case <-ctx.Done():
		case <-time.After(saveTapsEvery):
		}
		b.saveTaps(working)
	}
}
