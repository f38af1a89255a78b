package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/democity"
	"ippo/store"
)

//go:embed demo
var demoFiles embed.FS

// demoPolicy lets the page show the phones and the panel, and nothing from elsewhere.
const demoPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"

// demoPage is the one page of the demo: phones, panel, things to try, and the clock.
type demoPage struct {
	store *store.Store
	clock *demoClock
	wake  func()
	log   *slog.Logger
}

// shown is what the page's template reads.
type shown struct {
	Now     string // in words
	Clock   string // RFC 3339
	Morning bool   // the clock was put ahead to the morning
	Phones  []phone
	Logins  []entering
	Desk    template.URL // the phone of somebody who has just scanned the desk's QR code
	Groups  template.URL
	Become  template.URL
	Weekly  template.URL // the phone of somebody who chose the weekly digest
}

type phone struct {
	Name, Words string
	Address     template.URL
}

// entering is a button that signs the panel in and opens one of its pages.
type entering struct {
	Role, Email, Password string
	Next                  string
	Words                 string // what is done there
}

// as makes buttons that sign in as one of the demo's staff.
func as(l democity.Login) func(next, words string) entering {
	return func(next, words string) entering {
		return entering{demoRole(l.Role), l.Email, l.Password, next, words}
	}
}

// phoneOf is the address of a resident's phone, with a text waiting in its keyboard.
func phoneOf(p democity.Person, text string) template.URL {
	q := url.Values{"user": {p.LineUserID}}
	if text != "" {
		q.Set("text", text)
	}
	return template.URL("/phone/?" + q.Encode())
}

func (d demoPage) routes(r *gin.Engine) error {
	logins := democity.Logins()
	page, err := template.New("page.html").Funcs(template.FuncMap{
		"inc":     func(n int) int { return n + 1 },
		"enter":   as(logins[0]),
		"approve": as(logins[1]),
	}).ParseFS(demoFiles, "demo/page.html")
	if err != nil {
		return fmt.Errorf("demo's page: %w", err)
	}
	static, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		return fmt.Errorf("demo's files: %w", err)
	}
	people := democity.Followers()
	haruka, kenichi, fumiko := people[0], people[1], people[3]
	desk := url.Values{"add": {"1"}, "text": {"市民課の窓口で知りました（入口:shimin-ka）"}}
	content := shown{
		Morning: d.clock.Ahead(),
		Phones: []phone{
			{haruka.Name, "子育て × 中央", phoneOf(haruka, "")},
			{kenichi.Name, "環境・自然 × みなと浜、アンバサダー", phoneOf(kenichi, "")},
		},
		Desk:   template.URL("/phone/?" + desk.Encode()),
		Groups: phoneOf(haruka, "団体をさがす"),
		Become: phoneOf(haruka, "アンバサダー"),
		Weekly: phoneOf(fumiko, ""),
	}
	for _, l := range logins {
		content.Logins = append(content.Logins, as(l)("", ""))
	}
	origins := http.NewCrossOriginProtection()

	r.GET("/", func(c *gin.Context) {
		now := d.clock.Now()
		content := content
		content.Now, content.Clock = ippo.TimeWords(now), now.Format(time.RFC3339)
		var b bytes.Buffer
		if err := page.Execute(&b, content); err != nil {
			d.log.Error("draw the demo's page", "err", err)
			c.Status(http.StatusInternalServerError)
			return
		}
		c.Header("Content-Security-Policy", demoPolicy)
		c.Header("Cache-Control", "no-store")
		c.Data(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
	})
	files := http.StripPrefix("/demo/", http.FileServerFS(static))
	for _, name := range []string{"demo.css", "demo.js"} {
		r.GET("/demo/"+name, gin.WrapH(files))
	}
	r.POST("/demo/clock", func(c *gin.Context) {
		if err := origins.Check(c.Request); err != nil {
			c.Status(http.StatusForbidden)
			return
		}
		now := d.clock.Now()
		digest, err := d.store.NextDigest(c.Request.Context())
		if err != nil {
			d.log.Error("when the next digest is due", "err", err)
			c.Status(http.StatusInternalServerError)
			return
		}
		to, ok := map[string]time.Time{
			"hour":   now.Add(time.Hour),
			"day":    now.AddDate(0, 0, 1),
			"week":   now.AddDate(0, 0, 7),
			"monday": nextMonday(now),
			"digest": digest,
		}[c.PostForm("to")]
		if !ok {
			c.Status(http.StatusUnprocessableEntity)
			return
		}
		if err := d.pass(c.Request.Context(), to); err != nil {
			d.log.Error("move the demo's clock", "err", err)
			c.Status(http.StatusInternalServerError)
			return
		}
		now = d.clock.Now()
		c.JSON(http.StatusOK, gin.H{"clock": now.Format(time.RFC3339), "now": ippo.TimeWords(now)})
	})
	return nil
}

// pass moves the clock to a time, stopping at everything that becomes due on the way: a jump would
// look to the program like a time when it was not running, and what was due then would be held.
func (d demoPage) pass(ctx context.Context, to time.Time) error {
	for {
		if err := d.settle(ctx); err != nil { // also what the last passing left to do
			return err
		}
		due, err := d.due(ctx)
		if err != nil {
			return err
		}
		stop := to
		for _, t := range due {
			if t.After(d.clock.Now()) && t.Before(stop) {
				stop = t
			}
		}
		if err := d.clock.Move(stop); err != nil {
			return err
		}
		d.wake()
		if !stop.Before(to) {
			return nil
		}
	}
}

// due are the times at which broadcasts, reminders, series, the digest and notices are to leave.
func (d demoPage) due(ctx context.Context) ([]time.Time, error) {
	campaigns, err := d.store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	series, err := d.store.AllSeries(ctx)
	if err != nil {
		return nil, err
	}
	digest, err := d.store.NextDigest(ctx)
	if err != nil {
		return nil, err
	}
	notice, err := d.store.NextNotice(ctx)
	if err != nil {
		return nil, err
	}
	// Last, for what made a broadcast a moment ago is not due any more.
	waiting, err := d.store.Broadcasts(ctx, store.BroadcastFilter{Statuses: []ippo.BroadcastStatus{ippo.BroadcastApproved}})
	if err != nil {
		return nil, err
	}
	due := []time.Time{digest, notice}
	for _, b := range waiting {
		due = append(due, b.Due())
	}
	for _, c := range campaigns {
		if c.Active {
			due = append(due, c.NextDue)
		}
	}
	for _, s := range series {
		if s.Active {
			due = append(due, s.NextDue)
		}
	}
	return slices.DeleteFunc(due, time.Time.IsZero), nil // of whatever has none
}

// settle waits until nothing is due any more, or for longer than it takes on any machine: moving on
// earlier would make what has not left late, and it would be held.
func (d demoPage) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		due, err := d.due(ctx)
		if err != nil {
			return err
		}
		now := d.clock.Now()
		if !slices.ContainsFunc(due, func(t time.Time) bool { return !t.After(now) }) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}
