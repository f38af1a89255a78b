package jobs

import (
	"context"
	"fmt"
	"time"

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

func (r *Runner) putFollowUps(ctx context.Context) (next time.Time, err error) {
	for ctx.Err() == nil {
		now := r.now()
		due, next, err := r.store.DueFollowUps(ctx, now, followUpPage)
		if err != nil || len(due) == 0 {
			return next, err
		}
		notices := make([]ippo.Notice, len(due))
		for i, d := range due {
			notices[i] = ippo.Notice{
				Follower: d.Follower, Kind: ippo.NoticeFollowUp, Key: fmt.Sprintf("%s%s:%d", store.FollowUpKey(d.Match), d.Kind, d.Due.Unix()),
				Messages: []ippo.Message{r.followUp(d.Language, d.Kind, d.Match, d.Group)}, Due: now, Until: now.Add(followUpLife),
			}
		}
		if _, err := r.store.PutFollowUps(ctx, due, notices); err != nil {
			return next, err
		}
		signal(r.notices)
	}
	return time.Time{}, ctx.Err()
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
