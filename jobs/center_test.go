package jobs

import (
	"database/sql"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"ippo"
	"ippo/internal/holiday"
	"ippo/internal/line"
	"ippo/internal/linesim"
	"ippo/internal/secret"
	"ippo/internal/storetest"
	"ippo/messages"
	"ippo/store"
)

// center is a center for civic activity with its LINE account: real SQLite, a simulated LINE, and a
// clock that stands until it is moved.
type center struct {
	*Runner
	t        testing.TB
	dir      string
	store    *store.Store
	platform *linesim.Platform
	url      string

	mu  sync.Mutex
	now time.Time
	db  *sql.DB // behind the store's back

	writer, approver ippo.StaffID
}

// options of a center, each for the few tests that care.
type options struct {
	sim      linesim.Options
	line     line.Config
	parallel int
}

// tuesday is 31 March 2026, the end of the fiscal year, at noon in Tokyo.
var tuesday = time.Date(2026, 3, 31, 12, 0, 0, 0, ippo.Tokyo)

// newCenter makes a center with as many followers, all of them friends on LINE.
func newCenter(t testing.TB, followers int, opt options) *center {
	t.Helper()
	c := &center{t: t, dir: t.TempDir(), now: tuesday}
	opt.sim.Now = c.clock
	opt.sim.NoRateLimits = true
	c.platform = linesim.New(opt.sim)
	t.Cleanup(c.platform.Close)
	srv := httptest.NewServer(c.platform.Handler())
	t.Cleanup(srv.Close)
	c.url = srv.URL

	c.store = openStore(t, c.dir)
	c.store.Now = c.clock
	c.store.Holidays = holiday.Japan()
	t.Cleanup(func() {
		if err := c.store.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.store.SaveModules(t.Context(), 0, ippo.Modules()); err != nil {
		t.Fatal(err)
	}
	c.writer = c.staff("作成", ippo.Editor)
	c.approver = c.staff("承認", ippo.Approver)
	c.staff("管理", ippo.Administrator)
	c.follow(followers)

	opt.line.APIEndpoint, opt.line.DataEndpoint = c.url, c.url
	opt.line.Unpaced = true
	if opt.line.AccessToken == "" {
		opt.line.AccessToken = c.platform.Options().AccessToken
	}
	if opt.line.CircuitFailures == 0 {
		opt.line.CircuitFailures = 1000
	}
	client, err := line.New(opt.line)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	texts, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(c.dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	c.Runner = New(Config{
		Store: c.store, Line: client, Now: c.clock, Holidays: holiday.Japan(), Parallel: opt.parallel, Log: log,
		Milestone: func(c ippo.Campaign, m ippo.Milestone) ippo.Wording {
			return ippo.Wording{Draw: func(ippo.Language) []ippo.Message { return []ippo.Message{text("節目 " + m.String())} }}
		},
		Reminders: func(c ippo.Campaign) (all []ippo.Wording) {
			for _, one := range c.Reminders {
				all = append(all, ippo.Wording{Text: one, Draw: func(ippo.Language) []ippo.Message { return []ippo.Message{text(one)} }})
			}
			return append(all, ippo.Wording{Ask: true, Draw: func(ippo.Language) []ippo.Message { return []ippo.Message{text("続けますか " + c.Slug)} }})
		},
		Digest: drawDigest,
		FollowUp: func(l ippo.Language, kind ippo.FollowUp, match ippo.MatchID, group string) ippo.Message {
			return messages.FollowUp(texts.In(l), kind, match, group)
		},
		Freshness: func(g store.AskedGroup) ippo.Message {
			return messages.Freshness(texts.In(g.Language), g.ActivityGroup)
		},
		FreshMail: func(group, page string) (subject, text string) {
			return messages.HostMail(texts.In(ippo.Japanese), "fresh", group, page)
		},
		GroupLinks: keys.Signer(store.GroupLinks),
		RichMenu:   messages.RichMenu, RichMenuName: messages.RichMenuName,
		Event: func(l ippo.Language, kind ippo.NoticeKind, which ippo.EventReminder, b ippo.Booking) ippo.Message {
			return messages.EventNotice(texts.In(l), kind, which, b, "https://ippo.example.jp")
		},
	})
	return c
}

func openStore(t testing.TB, dir string) *store.Store {
	t.Helper()
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Open(t, dir, keys)
}

func (c *center) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *center) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *center) at(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func (c *center) staff(name string, role ippo.Role) ippo.StaffID {
	c.t.Helper()
	who, err := c.store.CreateStaff(c.t.Context(), 0, ippo.Staff{Name: name, Email: fmt.Sprintf("%s@example.jp", role), Role: role}, "hash")
	if err != nil {
		c.t.Fatal(err)
	}
	return who.ID
}

// userID is the LINE user ID of the follower with that ID.
func userID(id int) string { return fmt.Sprintf("U%032x", id) }

// follow gives the center followers 1 to n. They are written behind the store's back, in one
// transaction, since some tests need very many.
func (c *center) follow(n int) {
	c.t.Helper()
	db := c.database()
	tx, err := db.Begin()
	if err != nil {
		c.t.Fatal(err)
	}
	defer tx.Rollback()
	insert, err := tx.Prepare(`INSERT INTO followers (id, line_user_id, status, followed_at) VALUES (?, ?, 'active', '2026-01-01T00:00:00.000Z')`)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 1; i <= n; i++ {
		if _, err := insert.Exec(i, userID(i)); err != nil {
			c.t.Fatal(err)
		}
		c.platform.AddUser(linesim.User{ID: userID(i), Friend: true})
	}
	if err := tx.Commit(); err != nil {
		c.t.Fatal(err)
	}
}

// database is the file itself, for what the store has no method for.
func (c *center) database() *sql.DB {
	c.t.Helper()
	if c.db == nil {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(c.dir, store.File)+"?_pragma=busy_timeout(10000)&_txlock=immediate")
		if err != nil {
			c.t.Fatal(err)
		}
		c.t.Cleanup(func() { db.Close() })
		c.db = db
	}
	return c.db
}

func (c *center) sql(query string, args ...any) {
	c.t.Helper()
	if _, err := c.database().Exec(query, args...); err != nil {
		c.t.Fatal(err)
	}
}

// calls counts the calls that sent something.
func (c *center) calls() int {
	n := c.platform.Calls()
	return n[linesim.Multicast] + n[linesim.Push] + n[linesim.Broadcast]
}

func text(s string) ippo.Message { return ippo.Message(fmt.Sprintf(`{"type":"text","text":%q}`, s)) }

// approved is a broadcast to everyone that a colleague has approved.
func (c *center) approved(title string, change ...func(*ippo.Broadcast)) *ippo.Broadcast {
	c.t.Helper()
	b := &ippo.Broadcast{
		Title: title, Messages: []ippo.Message{text(title)}, Audience: ippo.Audience{All: true}, OnCall: "当番", Origin: ippo.OriginPanel,
	}
	for _, change := range change {
		change(b)
	}
	if err := c.store.CreateBroadcast(c.t.Context(), c.writer, b); err != nil {
		c.t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(c.t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
		c.t.Fatal(err)
	}
	return b
}

func emergency(b *ippo.Broadcast) { b.Emergency = "断水" }

// run delivers what is due, and fails the test on an error.
func (c *center) run() time.Time {
	c.t.Helper()
	next, err := c.Deliver(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return next
}

// runAll delivers, moving the clock to whenever the next attempt is due, until nothing is.
func (c *center) runAll() {
	c.t.Helper()
	for range 1000 {
		next := c.run()
		if next.IsZero() {
			return
		}
		c.at(next)
	}
	c.t.Fatal("it never ends")
}

// stands checks where a broadcast stands.
func (c *center) stands(b *ippo.Broadcast, status ippo.BroadcastStatus) *ippo.Broadcast {
	c.t.Helper()
	is, err := c.store.Broadcast(c.t.Context(), b.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	if is.Status != status {
		c.t.Errorf("%s: status %s (%s), want %s", b.Title, is.Status, is.Reason, status)
	}
	return is
}

// expect checks where a broadcast stands and what became of its recipients; the sum is checked always.
func (c *center) expect(b *ippo.Broadcast, status ippo.BroadcastStatus, want ippo.Tally) *ippo.Broadcast {
	c.t.Helper()
	is := c.stands(b, status)
	got, err := c.store.Tally(c.t.Context(), b.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	if sum := got.Accepted + got.Failed + got.Skipped + got.Unknown + got.Pending; sum != got.Recipients {
		c.t.Errorf("%s: states sum to %d of %d", b.Title, sum, got.Recipients)
	}
	want.Recipients = want.Accepted + want.Failed + want.Skipped + want.Unknown + want.Pending
	if got != want {
		c.t.Errorf("%s: %+v, want %+v", b.Title, got, want)
	}
	return is
}

// soundLedger checks that the ledger contradicts nothing.
func (c *center) soundLedger(failed func(format string, args ...any)) {
	c.t.Helper()
	found, err := c.store.CheckLedger(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range found {
		failed("broadcast %d, request %d: %s", f.Broadcast, f.Request, f.Message)
	}
}

// received checks how many times each of the followers, numbered from 1, has a message.
func (c *center) received(message string, want ...int) {
	c.t.Helper()
	got := make([]int, len(want))
	for i := range want {
		for _, m := range c.platform.SentTo(userID(i + 1)) {
			if strings.Contains(string(m), message) {
				got[i]++
			}
		}
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("%q was received %v times, want %v", message, got, want)
	}
}

// mailed reports whether a mail to staff waits whose subject or body holds a text.
func (c *center) mailed(text string) bool {
	c.t.Helper()
	mails, err := c.store.DueMails(c.t.Context(), c.clock(), 100)
	if err != nil {
		c.t.Fatal(err)
	}
	return slices.ContainsFunc(mails, func(m store.Mail) bool { return strings.Contains(m.Subject+m.Body, text) })
}
