package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/secret"
	"ippo/store"
)

// Config is what a Runner works with.
type Config struct {
	Store    *store.Store
	Line     *line.Client
	Holidays ippo.Holidays // Japan's public holidays
	Mailer   *Mailer       // nil: staff are not told by mail

	// Reminders draws a campaign's reminders; the panel uses the same for one that staff send late.
	Reminders func(ippo.Campaign) []ippo.Wording

	Milestone func(ippo.Campaign, ippo.Milestone) ippo.Wording // draws the announcement of a campaign's milestone

	Digest DigestFunc // draws the weekly digest

	FollowUp   func(l ippo.Language, kind ippo.FollowUp, match ippo.MatchID, group string) ippo.Message // draws a question to a newcomer
	Freshness  func(store.AskedGroup) ippo.Message                                                      // draws 「募集中ですか」
	FreshMail  func(group, page string) (subject, text string)                                          // asks it by mail
	GroupLinks *secret.Signer                                                                           // signs links to groups' pages: store.GroupLinks

	Event EventNoticeFunc // draws what is said to who signed up for an event

	RichMenu     RichMenuFunc // draws the menu under the chat
	RichMenuName string       // what the names of our menus at LINE begin with

	Now      ippo.Clock   // default time.Now
	Log      *slog.Logger // default: discards
	Parallel int          // calls to LINE under way at once; default 192: enough for pushes at 2,000 a second that LINE answers after 90 ms
}

// Runner does the jobs of one center. It is safe for concurrent use, but two Runners must not work
// on one database: cmd holds a lock on the data folder.
type Runner struct {
	store        *store.Store
	line         *line.Client
	holidays     ippo.Holidays
	mailer       *Mailer
	reminders    func(ippo.Campaign) []ippo.Wording
	milestone    func(ippo.Campaign, ippo.Milestone) ippo.Wording
	digest       DigestFunc
	followUp     func(ippo.Language, ippo.FollowUp, ippo.MatchID, string) ippo.Message
	freshness    func(store.AskedGroup) ippo.Message
	freshMail    func(group, page string) (subject, text string)
	groupLinks   *secret.Signer
	event        EventNoticeFunc
	richMenu     RichMenuFunc
	richMenuName string
	drawn        drawnMenus // only TendRichMenu touches it
	now          ippo.Clock
	log          *slog.Logger
	parallel     int
	scrubbed     bool // nothing erased stands in the database's log; only Erase touches it

	// Each job of Run's has a signal of its own; a full one already says what a second would.
	deliver, firings, milestones, digests, approvals, notices, matches, groups, events, mails, readers, reactions, erasures, changes, indicators, reports, intakes, menus, names chan struct{}
}

// job is something that is done at the start, whenever it is signalled, and when it said it would next be due;
// but for those of a module that is off.
type job struct {
	name   string
	module ippo.Module // "": none
	wake   chan struct{}
	do     func(context.Context) (next time.Time, err error)
}

// jobs lists everything that Run does in a loop.
func (r *Runner) jobs() []job {
	return []job{
		{"deliver", "", r.deliver, r.Deliver},
		{"firings", "", r.firings, r.Fire},
		{"milestones", ippo.ModuleCampaigns, r.milestones, r.Announce},
		{"digest", "", r.digests, r.MakeDigests},
		{"approvals", "", r.approvals, r.LapseApprovals},
		{"notices", "", r.notices, r.SendNotices},
		{"matches", ippo.ModuleMatching, r.matches, r.TendMatches},
		{"groups", ippo.ModuleGroups, r.groups, r.AskGroups},
		{"intakes", "", r.intakes, r.TakeIn},
		{"events", ippo.ModuleEvents, r.events, r.TendEvents},
		{"mail", "", r.mails, r.SendMails},
		{"readers", "", r.readers, r.FetchReaders},
		{"reactions", "", r.reactions, r.CountReactions},
		{"erasures", "", r.erasures, r.Erase},
		{"changes", "", r.changes, r.ChangeMany},
		{"indicators", ippo.ModuleReports, r.indicators, r.CountIndicators},
		{"reports", ippo.ModuleReports, r.reports, r.MakeMonthlyReports},
		{"rich menu", "", r.menus, r.TendRichMenu},
		{"names", "", r.names, r.PackNames},
	}
}

// New makes a Runner that does nothing until Run, or until a test calls one of its jobs.
func New(cfg Config) *Runner {
	r := &Runner{
		store:     cfg.Store,
		line:      cfg.Line,
		holidays:  cfg.Holidays,
		mailer:    cfg.Mailer,
		reminders: cfg.Reminders,
		milestone: cfg.Milestone,
		digest:    cfg.Digest,
		followUp:  cfg.FollowUp,
		freshness: cfg.Freshness, freshMail: cfg.FreshMail,
		groupLinks: cfg.GroupLinks,
		event:      cfg.Event,
		richMenu:   cfg.RichMenu, richMenuName: cfg.RichMenuName, drawn: drawnMenus{},
		menus:      make(chan struct{}, 1),
		now:        cfg.Now,
		log:        cfg.Log,
		parallel:   cfg.Parallel,
		deliver:    make(chan struct{}, 1),
		firings:    make(chan struct{}, 1),
		milestones: make(chan struct{}, 1),
		digests:    make(chan struct{}, 1),
		approvals:  make(chan struct{}, 1),
		notices:    make(chan struct{}, 1),
		matches:    make(chan struct{}, 1),
		groups:     make(chan struct{}, 1),
		events:     make(chan struct{}, 1),
		mails:      make(chan struct{}, 1),
		readers:    make(chan struct{}, 1),
		reactions:  make(chan struct{}, 1),
		erasures:   make(chan struct{}, 1),
		changes:    make(chan struct{}, 1),
		indicators: make(chan struct{}, 1),
		reports:    make(chan struct{}, 1),
		intakes:    make(chan struct{}, 1),
		names:      make(chan struct{}, 1),
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.parallel == 0 {
		r.parallel = 192
	}
	return r
}

// Wake tells the Runner that there may be something to do now: a broadcast was approved or paused,
// a campaign or a series changed, a notice was planned, or the demo's clock was moved. It never blocks.
func (r *Runner) Wake() {
	for _, j := range r.jobs() {
		signal(j.wake)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// grace is how long calls that are under way may go on after Run's context has ended. What LINE has
// not answered by then stays pending and is asked again, under the same key, by the next process.
const grace = 5 * time.Second

// Run works until ctx ends, then finishes what is under way and returns. Nothing that a job
// runs into ends it: it is logged, and tried again.
func (r *Runner) Run(ctx context.Context) error {
	clock := cron.New(cron.WithLocation(ippo.Tokyo), cron.WithLogger(cron.DiscardLogger))
	// Every minute, for what becomes due; Wake comes sooner for what staff do.
	if _, err := clock.AddFunc("* * * * *", r.Wake); err != nil {
		return fmt.Errorf("schedule the minute: %w", err)
	}
	// At night, when nobody is waiting for the database.
	if _, err := clock.AddFunc("30 3 * * *", func() { r.attempt(ctx, "retention", r.Forget) }); err != nil {
		return fmt.Errorf("schedule the night: %w", err)
	}
	// What was refused over the hour, and counted.
	if _, err := clock.AddFunc("5 * * * *", func() { r.attempt(ctx, "refusals", r.store.CloseRefusals) }); err != nil {
		return fmt.Errorf("schedule the hour: %w", err)
	}
	clock.Start()
	defer func() { <-clock.Stop().Done() }()

	var loops sync.WaitGroup
	for _, j := range r.jobs() {
		loops.Go(func() { r.loop(ctx, j) })
	}
	loops.Wait()
	return nil
}

// loop does a job at once, whenever it is signalled, and when the job said it would next be due.
func (r *Runner) loop(ctx context.Context, j job) {
	const afterFailure = 5 * time.Second
	for ctx.Err() == nil {
		next, err := r.turn(ctx, j)
		wait := time.Duration(-1)
		switch {
		case err != nil && ctx.Err() == nil:
			r.log.ErrorContext(ctx, "job failed", "job", j.name, "err", err)
			wait = afterFailure
		case !next.IsZero():
			wait = max(next.Sub(r.now()), 0)
		}
		var due <-chan time.Time // never, unless the job said when
		if wait >= 0 {
			due = time.After(wait)
		}
		select {
		case <-ctx.Done():
		case <-j.wake:
		case <-due:
		}
	}
}

// turn does a job once, unless its module is off: then it waits for the next signal, which comes every minute.
func (r *Runner) turn(ctx context.Context, j job) (next time.Time, err error) {
	settings, err := r.store.Settings(ctx)
	if err != nil || !settings.Has(j.module) {
		return next, err
	}
	return j.do(ctx)
}

// attempt does a job that has its own time, and logs its failure.
func (r *Runner) attempt(ctx context.Context, name string, job func(context.Context) error) {
	if err := job(ctx); err != nil && ctx.Err() == nil {
		r.log.ErrorContext(ctx, "job failed", "job", name, "err", err)
	}
}
