package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"ippo"
)

// This file holds what campaigns and series have in common: how they are switched on and off, and that
// each of their due times has exactly one outcome. The two tables have the same columns for it.

// table is where a source is kept.
func table(s ippo.Source) string {
	if s.Kind == ippo.SourceCampaign {
		return "campaigns"
	}
	return "series"
}

// Recurring returns a campaign or a series as broadcasts are made of it.
func (s *Store) Recurring(ctx context.Context, of ippo.Source) (ippo.Recurring, error) {
	r, err := recurring(ctx, s.ro, of)
	if err != nil {
		return r, err
	}
	if sees, err := s.seesAudience(ctx, r.Audience); err != nil || !sees {
		return r, fmt.Errorf("%s: %w", of, cmp.Or(err, ippo.ErrNotFound))
	}
	return r, nil
}

func recurring(ctx context.Context, q queryer, of ippo.Source) (ippo.Recurring, error) {
	if of.Kind == ippo.SourceCampaign {
		c, err := campaignByID(ctx, q, ippo.CampaignID(of.ID))
		return c.Recurring(), err
	}
	one, err := seriesByID(ctx, q, ippo.SeriesID(of.ID))
	return one.Recurring(), err
}

// Activate lets broadcasts be made of a source at its due times, and returns the first: zero for a campaign whose
// reminders have all gone out. From then on residents see a campaign. approval is what the approver saw: the hash of
// a ippo.Recurring. If it has changed since, or is active already, that is
// ippo.ErrConflict. Its author is refused with ippo.ErrForbidden unless nobody else can approve, and then
// types the number of people it would reach now. One that a restore holds is for an administrator, with a
// reason that all staff read; what was approved before still is, so that its author may be the one.
func (s *Store) Activate(ctx context.Context, by ippo.StaffID, of ippo.Source, approval Approval) (first time.Time, err error) {
	seen, err := recurring(ctx, s.ro, of)
	if err != nil {
		return first, err
	}
	reach, err := s.countAudience(ctx, seen.Audience, seen.Audience.Unseen)
	if err != nil {
		return first, err
	}
	err = s.Write(ctx, func(t *Tx) error {
		who, alone, err := t.mayApprove(ctx, by)
		if err != nil {
			return err
		}
		is, err := recurring(ctx, t.tx, of)
		switch {
		case err != nil:
			return err
		case is.Active || is.Hash != approval.Hash:
			return ippo.ErrConflict
		case is.Held && !who.Role.Includes(ippo.Administrator):
			return ippo.ErrForbidden
		}
		mine, err := samePerson(ctx, t.tx, is.Author, by)
		if err != nil {
			return err
		}
		approver, from, action, detail := by, t.now, "activate", fmt.Sprintf("%d人", reach.Count)
		if is.Held {
			if err := checkReason("始める理由", approval.Reason); err != nil {
				return err
			}
			action, detail = "activate-held", detail+"、理由: "+approval.Reason
		}
		if is.Held && is.Approver != 0 {
			approver = is.Approver
		} else if mine {
			settings, err := settingsIn(ctx, t.tx)
			if err != nil {
				return err
			}
			switch settings.OwnRecurring(who, alone) {
			case ippo.OwnConfirmed:
				if approval.Confirmed != reach.Count {
					return wrongNumber(reach.Count)
				}
				why, err := t.whyAlone(ctx, is.Broadcast(nil))
				if err != nil {
					return err
				}
				from, detail = t.now.Add(ippo.OwnDelay), detail+"、"+why
				if !is.Held {
					action = "activate-own"
				}
			default:
				return ippo.ErrForbidden
			}
		}
		if first, err = t.nextDue(ctx, is, from); err != nil {
			return err
		}
		if first.IsZero() {
			// Residents are to see a campaign to its end, also when its last reminder has gone out and its words change.
			due, err := t.wasDue(ctx, of)
			if err != nil {
				return err
			}
			if of.Kind != ippo.SourceCampaign || !due {
				return ippo.Problems{{Field: "schedule", Message: "これから送る予定がありません。期間と予定を確認してください。"}}
			}
		} else if err := t.checkAnswering(ctx, is, first); err != nil {
			return err
		}
		if of.Kind == ippo.SourceCampaign {
			if err := t.passMilestones(ctx, ippo.CampaignID(of.ID)); err != nil {
				return err
			}
		}
		err = t.exec(ctx, `UPDATE `+table(of)+` SET active = 1, held = 0, approver_id = ?, next_due = ?, updated_at = ? WHERE id = ?`,
			approver, stamp(first), stamp(t.now), of.ID)
		if err != nil {
			return err
		}
		return t.audit(ctx, by, string(of.Kind)+"."+action, of.String(), detail)
	})
	if err != nil {
		return first, fmt.Errorf("activate %s: %w", of, err)
	}
	return first, nil
}

// wasDue reports whether a due time of a source has come already.
func (t *Tx) wasDue(ctx context.Context, of ippo.Source) (bool, error) {
	n, err := one(ctx, t.tx, scanInt, "SELECT count(*) FROM firings WHERE source = ? AND source_id = ?", of.Kind, of.ID)
	if err != nil {
		return false, fmt.Errorf("firings of %s: %w", of, err)
	}
	return n > 0, nil
}

// checkAnswering asks who answers the telephone if one of the due times to come is outside opening hours.
// It is asked here, because nobody is there to be asked when one fires.
func (t *Tx) checkAnswering(ctx context.Context, r ippo.Recurring, first time.Time) error {
	settings, err := settingsIn(ctx, t.tx)
	if err != nil || settings.OnCall != "" {
		return err
	}
	const ahead = 10
	for _, due := range append([]time.Time{first}, r.Schedule.Upcoming(first, ahead, t.store.Holidays)...) {
		if !settings.Staffed(due, t.store.Holidays) {
			return ippo.Problems{{Field: "schedule", Message: ippo.TimeWords(due) + "は窓口の時間の外です。センターの設定で「窓口の時間の外に電話を受ける人」を決めてから、始めてください。"}}
		}
	}
	return nil
}

// wrongNumber asks an author who approves alone for the number of people.
func wrongNumber(want int) error {
	return ippo.Problems{{Field: "confirmed", Message: fmt.Sprintf("確認のため、送信する人数（%d）を入力してください。", want)}}
}

// Deactivate stops a source, one that a restore holds too, until somebody activates it again.
func (s *Store) Deactivate(ctx context.Context, by ippo.StaffID, of ippo.Source) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `
			UPDATE `+table(of)+` SET active = 0, approver_id = NULL, next_due = NULL, updated_at = ?
			WHERE id = ? AND approver_id IS NOT NULL`, stamp(t.now), of.ID)
		if err != nil {
			return fmt.Errorf("pause %s: %w", of, err)
		}
		return t.audit(ctx, by, string(of.Kind)+".pause", of.String(), "")
	})
}

// voidApproval stops a source whose content was changed, and makes whoever changed it its author.
func (t *Tx) voidApproval(ctx context.Context, by ippo.StaffID, of ippo.Source) error {
	return t.exec(ctx, `UPDATE `+table(of)+` SET active = 0, approver_id = NULL, next_due = NULL, author_id = ? WHERE id = ?`, by, of.ID)
}

// nextDue returns the first due time of a source after a moment; zero if there is none. It never goes
// back behind what was dealt with, not even when the clock does.
func (t *Tx) nextDue(ctx context.Context, r ippo.Recurring, after time.Time) (time.Time, error) {
	last, err := one(ctx, t.tx, scanTime, "SELECT max(due_at) FROM firings WHERE source = ? AND source_id = ?", r.Source.Kind, r.Source.ID)
	if err != nil {
		return last, fmt.Errorf("firings of %s: %w", r.Source, err)
	}
	if last.After(after) {
		after = last
	}
	next, _ := r.Schedule.Next(after, t.store.Holidays) // zero when there is none
	return next, nil
}

// replan moves the due times of what counts back from an event or a campaign to where that is now. One
// that is due already and was not dealt with stays due, unless its day has moved away.
func (t *Tx) replan(ctx context.Context, counts func(ippo.Schedule) bool) error {
	all, err := switchedOn(ctx, t.tx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Schedule.Kind != ippo.ScheduleBefore || !counts(r.Schedule) {
			continue
		}
		after := t.now
		if !r.NextDue.IsZero() && r.NextDue.Before(after) {
			after = r.NextDue.Add(-time.Millisecond)
		}
		next, err := t.nextDue(ctx, r, after)
		if err != nil {
			return err
		}
		if next.Equal(r.NextDue) {
			continue
		}
		if err := t.exec(ctx, `UPDATE `+table(r.Source)+` SET next_due = ? WHERE id = ?`, stamp(next), r.Source.ID); err != nil {
			return fmt.Errorf("plan %s anew: %w", r.Source, err)
		}
		detail := "予定なし"
		if !next.IsZero() {
			detail = ippo.TimeWords(next)
		} else if err := t.mailStaff(ctx, "送る予定がなくなった配信があります", fmt.Sprintf(
			"もとになるイベントなどが変わったため、「%s」をこれから送る予定はありません。\n%s\n", r.Title, panelPath(r.Source))); err != nil {
			return err
		}
		if err := t.audit(ctx, 0, string(r.Source.Kind)+".replan", r.Source.String(), detail); err != nil {
			return err
		}
	}
	return nil
}

// checkSchedule reports what staff can mend of a schedule beyond its own rules: what it counts back from
// must be there, and its hour outside the quiet hours.
func (s *Store) checkSchedule(ctx context.Context, schedule ippo.Schedule) (p ippo.Problems, err error) {
	if schedule.Validate() != nil {
		return nil, nil // those are told already
	}
	if schedule.Kind == ippo.ScheduleBefore {
		title, _, err := anchorOf(ctx, s.ro, schedule)
		if err != nil {
			return nil, err
		}
		if title == "" {
			p.Add("schedule.of", "選んだイベントなどが見つかりません。")
		}
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if settings.QuietAt(schedule.At) {
		p.Addf("schedule.at", "%sから%sまでは送信できません。ほかの時刻を選んでください。", settings.QuietFrom, settings.QuietUntil)
	}
	return p, nil
}

// Anchored returns a schedule, as staff are choosing it, with what it counts back from.
func (s *Store) Anchored(ctx context.Context, schedule ippo.Schedule) (ippo.Schedule, error) {
	title, day, err := anchorOf(ctx, s.ro, schedule)
	return schedule.Anchored(title, day), err
}

func anchorOf(ctx context.Context, q queryer, schedule ippo.Schedule) (title string, day time.Time, err error) {
	if schedule.Kind != ippo.ScheduleBefore {
		return "", day, nil
	}
	a, err := one(ctx, q, func(row scanner) (a anchor, err error) { return a, row.Scan(a.columns()...) },
		`SELECT `+anchorColumns("s.event", "s.campaign")+` FROM (SELECT ? AS event, ? AS campaign) s`, schedule.Event, schedule.Campaign)
	if err != nil {
		return "", day, fmt.Errorf("what a schedule counts back from: %w", err)
	}
	return a.title, a.day(), nil
}

// anchor is what a schedule counts back from, as it is read.
type anchor struct {
	title string
	event time.Time // its start, if it is published
	first string    // a campaign's first day
}

// anchorColumns are those of an anchor, for the ID of an event or that of a campaign.
func anchorColumns(event, campaign string) string {
	return `coalesce((SELECT title FROM events WHERE id = ` + event + `), (SELECT title FROM campaigns WHERE id = ` + campaign + `), ''),
	(SELECT starts_at FROM events WHERE id = ` + event + ` AND status = 'published' AND called_off = 0),
	coalesce((SELECT starts_on FROM campaigns WHERE id = ` + campaign + `), '')`
}

func (a *anchor) columns() []any { return []any{&a.title, at(&a.event), &a.first} }

// day is the day it is on; zero when it is not.
func (a *anchor) day() time.Time {
	if !a.event.IsZero() {
		return ippo.Day(a.event)
	}
	day, _ := time.ParseInLocation(time.DateOnly, a.first, ippo.Tokyo) // zero when there is none
	return day
}

// counted refuses to delete an event or a campaign that a schedule counts back from: its ID may be given
// to another, which the schedule would then follow.
func (t *Tx) counted(ctx context.Context, field string, id int64) error {
	n, err := one(ctx, t.tx, scanInt, `
		SELECT (SELECT count(*) FROM series WHERE schedule ->> ?1 = ?2) +
			(SELECT count(*) FROM campaigns WHERE schedule ->> ?1 = ?2)`, field, id)
	if err == nil && n > 0 {
		err = inUse("この日を数えて送る「くり返し配信」などがあるため、削除できません。先にその予定を変えてください。")
	}
	return err
}

// switchedOn returns the campaigns and series that are.
func switchedOn(ctx context.Context, q queryer) ([]ippo.Recurring, error) {
	var all []ippo.Recurring
	campaigns, err := collect(ctx, q, scanCampaign, "SELECT "+campaignColumns+" FROM campaigns c WHERE c.active = 1")
	if err != nil {
		return nil, fmt.Errorf("active campaigns: %w", err)
	}
	for _, c := range campaigns {
		all = append(all, c.Recurring())
	}
	series, err := collect(ctx, q, scanSeries, "SELECT "+seriesColumns+" FROM series s WHERE s.active = 1")
	if err != nil {
		return nil, fmt.Errorf("active series: %w", err)
	}
	for _, one := range series {
		all = append(all, one.Recurring())
	}
	return all, nil
}

// recurring are the campaigns and series that send: campaigns do not while they are off as a module, and what came
// due meanwhile then waits for staff like anything that was missed.
func (s *Store) recurring(ctx context.Context) ([]ippo.Recurring, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	all, err := switchedOn(ctx, s.ro)
	return slices.DeleteFunc(all, func(r ippo.Recurring) bool {
		return r.Source.Kind == ippo.SourceCampaign && !settings.Has(ippo.ModuleCampaigns)
	}), err
}

// Due returns the campaigns and series whose next due time has come.
func (s *Store) Due(ctx context.Context, now time.Time) ([]ippo.Recurring, error) {
	all, err := s.recurring(ctx)
	return slices.DeleteFunc(all, func(r ippo.Recurring) bool { return r.NextDue.IsZero() || r.NextDue.After(now) }), err
}

// Fire makes an approved broadcast of a due time, with its recipients fixed, and plans the next. Each due
// time fires once: a second Fire is ippo.ErrConflict. Of a campaign's wordings each recipient is sent the one
// whose turn it is; without wordings all are sent what b says in their language.
func (s *Store) Fire(ctx context.Context, r ippo.Recurring, b *ippo.Broadcast, wordings ...ippo.Wording) error {
	planned, err := s.planFiring(ctx, b, wordings)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.passDue(ctx, r); err != nil {
			return err
		}
		if err := t.insertApproved(ctx, b, planned); err != nil {
			return fmt.Errorf("fire %s: %w", r.Source, err)
		}
		return t.insertFiring(ctx, r, ippo.FiringFired, b.ID)
	})
}

// MissFiring records that a due time was not kept; staff are told and decide.
func (s *Store) MissFiring(ctx context.Context, r ippo.Recurring) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.passDue(ctx, r); err != nil {
			return err
		}
		if err := t.mailStaff(ctx, "送られなかった配信があります",
			fmt.Sprintf("%s の「%s」は、予定の時刻に送信できませんでした。送るかどうかを決めてください。\n%s\n",
				ippo.TimeWords(r.NextDue), r.Title, panelPath(r.Source))); err != nil {
			return err
		}
		return t.insertFiring(ctx, r, ippo.FiringWaiting, 0)
	})
}

// panelPath is where staff see a source.
func panelPath(s ippo.Source) string { return fmt.Sprintf("/admin/%s/%d", table(s), s.ID) }

// firingPlan is what is written with the broadcast of a due time.
type firingPlan struct {
	requests  []plannedRequest
	groups    []wordingGroup // what each is sent, if not all are sent the same
	reminders *reminderPlan  // of a campaign's due time
}

// planFiring plans the requests of a broadcast that is made of a due time, outside any write: with the wording
// whose turn it is for each, if there are some.
func (s *Store) planFiring(ctx context.Context, b *ippo.Broadcast, wordings []ippo.Wording) (plan firingPlan, err error) {
	audience, err := s.firingAudience(ctx, b)
	if err != nil {
		return plan, err
	}
	if len(wordings) == 0 {
		plan.requests, err = s.planRenditions(ctx, b, audience)
		return plan, err
	}
	if plan.reminders, plan.groups, err = s.planReminders(ctx, b.Campaign, wordings, audience); err == nil {
		plan.requests = requestsOf(b, plan.groups)
	}
	return plan, err
}

// firingAudience checks the broadcast of a due time and returns whom it is for. Whoever rests is sent nothing of
// a campaign's.
func (s *Store) firingAudience(ctx context.Context, b *ippo.Broadcast) ([]ippo.FollowerID, error) {
	if b.Approver == 0 {
		// What would be sent is not what somebody once approved.
		return nil, ippo.Problems{{Message: "内容が変わり、承認されていません。先に承認して始めるか、送らないことを選んでください。"}}
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	// Whoever the office has set: nobody is asked at this hour.
	if leaves := later(s.Now(), b.SendAt); !settings.Staffed(leaves, s.Holidays) {
		b.OnCall = settings.OnCall
	}
	s.countLinks(b)
	if err := b.Validate(); err != nil {
		return nil, err
	}
	audience, err := s.audienceMembers(ctx, b.Audience, b.Everyone())
	if err != nil || b.Campaign == 0 {
		return audience, err
	}
	rests, err := s.whoRests(ctx, s.Now())
	return slices.DeleteFunc(audience, rests.has), err
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (t *Tx) insertApproved(ctx context.Context, b *ippo.Broadcast, planned firingPlan) error {
	if err := t.insertBroadcast(ctx, b); err != nil {
		return err
	}
	hash := b.Hash()
	if err := t.exec(ctx, "UPDATE broadcasts SET approved_at = ?, approved_hash = ? WHERE id = ?",
		stamp(t.now), hash[:], b.ID); err != nil {
		return err
	}
	if err := t.insertWordings(ctx, b.ID, planned.groups); err != nil {
		return err
	}
	if err := t.insertVariants(ctx, b.ID, b.Renditions.Variants()); err != nil {
		return err
	}
	if planned.reminders != nil {
		if err := t.insertReminders(ctx, b, planned); err != nil {
			return err
		}
	}
	return t.insertRequests(ctx, b.ID, planned.requests)
}

// passDue moves a source from the due time it was read with to the next; ippo.ErrConflict if it is not as
// it was read any more.
func (t *Tx) passDue(ctx context.Context, r ippo.Recurring) error {
	is, err := recurring(ctx, t.tx, r.Source)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	if err != nil || !is.Active || !is.NextDue.Equal(r.NextDue) || is.Hash != r.Hash {
		return fmt.Errorf("%s, due %s: %w", r.Source, r.NextDue.UTC().Format(layout), ippo.ErrConflict)
	}
	next, err := t.nextDue(ctx, is, r.NextDue)
	if err != nil {
		return err
	}
	return t.exec(ctx, `UPDATE `+table(r.Source)+` SET next_due = ? WHERE id = ?`, stamp(next), r.Source.ID)
}

func (t *Tx) insertFiring(ctx context.Context, r ippo.Recurring, state ippo.FiringState, b ippo.BroadcastID) error {
	err := t.exec(ctx, "INSERT INTO firings (source, source_id, due_at, state, broadcast_id) VALUES (?, ?, ?, ?, ?)",
		r.Source.Kind, r.Source.ID, stamp(r.NextDue), state, orNull(b))
	if isUnique(err) {
		err = ippo.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("firing of %s: %w", r.Source, err)
	}
	return nil
}

// WaitingFirings returns the due times that were not kept and that staff have to decide on.
func (s *Store) WaitingFirings(ctx context.Context) ([]ippo.Firing, error) {
	waiting, err := s.firings(ctx, "state = 'waiting' ORDER BY due_at", math.MaxInt)
	if err != nil || RemitOf(ctx) == nil {
		return waiting, err
	}
	var shown []ippo.Firing
	for _, one := range waiting {
		_, err := s.Recurring(ctx, one.Source)
		switch {
		case errors.Is(err, ippo.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			shown = append(shown, one)
		}
	}
	return shown, nil
}

// Firings returns at most limit due times of a source, the last first.
func (s *Store) Firings(ctx context.Context, of ippo.Source, limit int) ([]ippo.Firing, error) {
	return s.firings(ctx, "source = ? AND source_id = ? ORDER BY due_at DESC", limit, of.Kind, of.ID)
}

func (s *Store) firings(ctx context.Context, where string, limit int, args ...any) ([]ippo.Firing, error) {
	firings, err := collect(ctx, s.ro, scanFiring, `
		SELECT source, source_id, due_at, state, coalesce(broadcast_id, 0), CASE source
			WHEN 'campaign' THEN (SELECT title FROM campaigns WHERE id = source_id)
			ELSE (SELECT title FROM series WHERE id = source_id) END
		FROM firings WHERE `+where+` LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("firings: %w", err)
	}
	return firings, nil
}

func scanFiring(row scanner) (f ippo.Firing, err error) {
	err = row.Scan(&f.Source.Kind, &f.Source.ID, at(&f.DueAt), &f.State, &f.Broadcast, &f.Title)
	return f, err
}

// SendFiring sends what waited, from now, for a reason that all staff read; b is its broadcast, with wordings as
// for Fire. One that was decided already is
// ippo.ErrConflict, and so is one whose source was changed since r was read; ippo.ErrForbidden if a
// restore holds the source and by is no administrator.
func (s *Store) SendFiring(ctx context.Context, by ippo.StaffID, r ippo.Recurring, due time.Time, b *ippo.Broadcast, reason string, wordings ...ippo.Wording) error {
	if err := checkReason("今から送る理由", reason); err != nil {
		return err
	}
	planned, err := s.planFiring(ctx, b, wordings)
	if err != nil {
		return err
	}
	err = s.Write(ctx, func(t *Tx) error {
		who, _, err := t.mayApprove(ctx, by)
		if err != nil {
			return err
		}
		is, err := recurring(ctx, t.tx, r.Source)
		switch {
		case err != nil:
			return err
		case is.Held && !who.Role.Includes(ippo.Administrator):
			return fmt.Errorf("held: %w", ippo.ErrForbidden)
		case is.Hash != r.Hash:
			return ippo.ErrConflict
		}
		if err := t.insertApproved(ctx, b, planned); err != nil {
			return err
		}
		if err := t.decideFiring(ctx, r.Source, due, ippo.FiringFired, b.ID); err != nil {
			return err
		}
		return t.audit(ctx, by, "firing.send", r.Source.String(), ippo.TimeWords(due)+"の分、理由: "+reason)
	})
	if err != nil {
		return fmt.Errorf("send what %s missed: %w", r.Source, err)
	}
	return nil
}

// DropFiring decides that what waited is not sent.
func (s *Store) DropFiring(ctx context.Context, by ippo.StaffID, of ippo.Source, due time.Time) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.decideFiring(ctx, of, due, ippo.FiringDropped, 0); err != nil {
			return err
		}
		return t.audit(ctx, by, "firing.drop", of.String(), ippo.TimeWords(due))
	})
}

func (t *Tx) decideFiring(ctx context.Context, of ippo.Source, due time.Time, state ippo.FiringState, b ippo.BroadcastID) error {
	err := t.changeOne(ctx, `
		UPDATE firings SET state = ?, broadcast_id = ? WHERE source = ? AND source_id = ? AND due_at = ? AND state = 'waiting'`,
		state, orNull(b), of.Kind, of.ID, stamp(due))
	if err != nil {
		return fmt.Errorf("decide firing of %s: %w", of, err)
	}
	return nil
}
