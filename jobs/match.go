package jobs

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"ippo"
	"ippo/store"
)

// followUpLife is how long a question is still worth putting: one about last week would puzzle.
const followUpLife = 7 * 24 * time.Hour

// followUpPage is how many questions are planned in one transaction, so that webhooks do not wait.
const followUpPage = 1000

// TendMatches tells staff of groups that do not answer and plans the questions to newcomers that are due.
// It returns when there is more to do.
func (r *Runner) TendMatches(ctx context.Context) (next time.Time, err error) {
	told, next, err := r.store.TellLate(ctx)
	if err != nil {
		return next, err
	}
	if told > 0 {
		signal(r.mails)
	}
	due, err := r.putFollowUps(ctx)
	if err != nil {
		return next, err
	}
	if next.IsZero() || !due.IsZero() && due.Before(next) {
		next = due
	}
	return next, nil
}

// putFollowUps plans what is due until nothing is: a question that changed while its page was written is due
// still, and is put as it is then.
func (r *Runner) putFollowUps(ctx context.Context) (next time.Time, err error) {
	for ctx.Err() == nil {
		found, next, err := r.putDueFollowUps(ctx)
		if err != nil || found == 0 {
			return next, err
		}
		signal(r.notices)
	}
	return time.Time{}, ctx.Err()
}

// putDueFollowUps plans all that is due now, page by page: while one is written the next is drawn and sealed.
func (r *Runner) putDueFollowUps(ctx context.Context) (found int, next time.Time, err error) {
	now := r.now()
	var last store.DueFollowUp
	pages, ctx := errgroup.WithContext(ctx)
	pages.SetLimit(2)
	for {
		due, soonest, err := r.store.DueFollowUps(ctx, now, last, followUpPage)
		if err != nil || len(due) == 0 {
			// What went wrong with a page is why the rest could not be read.
			return found, soonest, cmp.Or(pages.Wait(), err)
		}
		found, last = found+len(due), due[len(due)-1]
		pages.Go(func() error {
			_, err := r.store.PutFollowUps(ctx, due, r.followUps(due, now))
			return err
		})
	}
}

func (r *Runner) followUps(due []store.DueFollowUp, now time.Time) []ippo.Notice {
	notices := make([]ippo.Notice, len(due))
	for i, d := range due {
		notices[i] = ippo.Notice{
			Follower: d.Follower, Kind: ippo.NoticeFollowUp, Key: fmt.Sprintf("%s%s:%d", store.FollowUpKey(d.Match), d.Kind, d.Due.Unix()),
			Messages: []ippo.Message{r.followUp(d.Language, d.Kind, d.Match, d.Group)}, Due: now, Until: now.Add(followUpLife),
		}
	}
	return notices
}

// asksPerDay bounds how many groups are asked on one day: each asking by LINE is one of the month's messages,
// and staff ring up those who have no other way.
const asksPerDay = 50

// AskGroups asks groups whose entry was last confirmed a quarter ago whether it is right (募集中ですか), each in
// its own way, during opening hours. It returns when to look next.
func (r *Runner) AskGroups(ctx context.Context) (next time.Time, err error) {
	now := r.now()
	settings, err := r.store.Settings(ctx)
	if err != nil {
		return next, err
	}
	if settings.Quiet(now, r.holidays) {
		return settings.Open(now, r.holidays), nil
	}
	asked, err := r.store.AskedSince(ctx, ippo.Day(now))
	if err != nil {
		return next, err
	}
	if asked >= asksPerDay {
		return ippo.Day(now).AddDate(0, 0, 1), nil
	}
	groups, err := r.store.GroupsToAsk(ctx, now, asksPerDay-asked)
	if err != nil {
		return next, err
	}
	for _, g := range groups {
		if err := r.askGroup(ctx, g, now); err != nil {
			return next, err
		}
	}
	if len(groups) > 0 {
		signal(r.notices)
		signal(r.mails)
	}
	return ippo.Day(now).AddDate(0, 0, 1), nil
}

// askGroup asks one group. On paper staff do: the group stands on their list from then on.
func (r *Runner) askGroup(ctx context.Context, g store.AskedGroup, now time.Time) error {
	way := g.Way()
	if way == store.WayMail && r.mailer == nil {
		way = store.WayPaper
	}
	return r.store.Write(ctx, func(t *store.Tx) error {
		l, err := t.AskGroup(ctx, g.ID, way)
		if err != nil {
			return err
		}
		switch way {
		case store.WayLine:
			return t.AddNotice(ctx, ippo.Notice{
				Follower: g.Account, Kind: ippo.NoticeFreshness, Key: fmt.Sprintf("freshness:%d:%s", g.ID, ippo.Day(now).Format(time.DateOnly)),
				Messages: []ippo.Message{r.freshness(g)}, Due: now, Until: now.Add(followUpLife),
			})
		case store.WayMail:
			subject, text := r.freshMail(g.Name, l.Path(r.groupLinks))
			return t.MailGroup(ctx, g.Host.Email, subject, text)
		}
		return nil
	})
}
