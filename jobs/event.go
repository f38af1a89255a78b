package jobs

import (
	"context"
	"fmt"
	"time"

	"ippo"
	"ippo/store"
)

// EventNoticeFunc draws what somebody who signed up for an event is told. which matters for reminders only.
type EventNoticeFunc func(l ippo.Language, kind ippo.NoticeKind, which ippo.EventReminder, b ippo.Booking) ippo.Message

// eventPage is how many people's notices are planned in one transaction, so that webhooks do not wait.
const eventPage = 100

// feedbackLife is how long the question how it was is still worth putting.
const feedbackLife = 2 * 24 * time.Hour

// TendEvents passes places that were not confirmed on to the next in line, and plans what people who signed up
// are to be told. It returns when the next place is to be passed on.
func (r *Runner) TendEvents(ctx context.Context) (next time.Time, err error) {
	if next, err = r.store.LapseReservations(ctx); err != nil {
		return next, err
	}
	for ctx.Err() == nil {
		now := r.now()
		due, err := r.store.EventsDue(ctx, now, eventPage)
		if err != nil || len(due) == 0 {
			return next, err
		}
		settings, err := r.store.Settings(ctx)
		if err != nil {
			return next, err
		}
		notices := make([][]ippo.Notice, len(due))
		for i, d := range due {
			notices[i] = r.eventNotices(d, now, settings)
		}
		if err := r.store.PlanEvents(ctx, due, notices); err != nil {
			return next, err
		}
		signal(r.notices)
		signal(r.mails) // staff ask those without LINE
	}
	return next, ctx.Err()
}

// eventNotices are the notices of one task.
func (r *Runner) eventNotices(d store.EventDue, now time.Time, settings ippo.Settings) []ippo.Notice {
	b := d.Booking
	notice := func(kind ippo.NoticeKind, which ippo.EventReminder, key string, due, until time.Time) ippo.Notice {
		return ippo.Notice{
			Follower: b.Reservation.Follower, Kind: kind, Key: store.ReservationKey(kind, b.Reservation) + key,
			Messages: []ippo.Message{r.event(b.Reservation.Language, kind, which, b)}, Due: due, Until: until,
		}
	}
	switch d.Task {
	case store.TaskOffer:
		if !b.Reservation.ConfirmBy.After(now) {
			return nil
		}
		return []ippo.Notice{notice(ippo.NoticeWaitingList, "", fmt.Sprint(b.Reservation.ConfirmBy.Unix()), now, b.Reservation.ConfirmBy)}
	case store.TaskChange:
		if !b.Event.EndsAt.After(now) {
			return nil
		}
		return []ippo.Notice{notice(ippo.NoticeEventChange, "", fmt.Sprint(b.Event.UpdatedAt.UnixMilli()), now, b.Event.EndsAt)}
	case store.TaskAsk:
		return []ippo.Notice{notice(ippo.NoticeEventFeedback, "", "ask", now, now.Add(feedbackLife))}
	}
	var reminders []ippo.Notice
	for which, due := range b.Event.Reminders(settings, r.holidays) {
		if due.After(now) { // who signs up later has the card of a moment ago
			reminders = append(reminders, notice(ippo.NoticeEventReminder, which, fmt.Sprintf("%s:%d", which, b.Event.StartsAt.Unix()), due, b.Event.StartsAt))
		}
	}
	return reminders
}
