package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// DigestFunc draws the digest of those who are told the same. all is the address, on our own pages, of the
// list of everything in it.
type DigestFunc func(l ippo.Language, until time.Time, items []ippo.DigestItem, all string) ippo.Message

// MakeDigests makes the broadcast of the weekly digest when it is due, with a wording for each set of items
// and language; where there was nothing for anybody, nobody is written to. One that was missed by more than
// ippo.LateLimit waits for staff. next is always zero, as with Fire.
func (r *Runner) MakeDigests(ctx context.Context) (next time.Time, err error) {
	for {
		due, err := r.store.DigestDue(ctx)
		if now := r.now(); err != nil || due.IsZero() || due.After(now) {
			return next, err
		}
		if err := unlessConflict(r.makeDigest(ctx, due)); err != nil {
			return next, err
		}
		signal(r.deliver)
		signal(r.mails)
	}
}

// makeDigest makes the digest of one due time. ippo.ErrConflict means that somebody else did, or that
// something came out meanwhile: the clock says which.
func (r *Runner) makeDigest(ctx context.Context, due time.Time) error {
	now := r.now()
	settings, err := r.store.Settings(ctx)
	if err != nil {
		return err
	}
	// From now and not from the due time: however many were missed, the next one has it all.
	following, _ := settings.DigestSchedule().Next(now, r.holidays)
	if now.Sub(due) > ippo.LateLimit {
		r.log.WarnContext(ctx, "digest missed", "due", due)
		return r.store.MissDigest(ctx, due, following)
	}
	plan, err := r.store.PlanDigest(ctx)
	if err != nil {
		return err
	}
	b := &ippo.Broadcast{Title: "まとめ " + ippo.DateWords(due)}
	leaves := settings.DigestLeaves(now, r.holidays)
	if leaves.After(now) {
		b.SendAt = leaves
	}
	if !settings.Staffed(leaves, r.holidays) {
		b.OnCall = settings.OnCall // nobody is asked at this hour
	}
	wordings := make([][]ippo.Message, len(plan.Groups))
	for i, g := range plan.Groups {
		all := fmt.Sprintf("/r/digests/%d/%d", plan.ID, i+1)
		wordings[i] = ippo.WithReduce([]ippo.Message{r.digest(g.Language, plan.Until, plan.Of(g), all)}, plan.ID)
	}
	if len(wordings) > 0 {
		b.Messages = wordings[0] // what most are sent stands for all of them in the panel
	}
	err = r.store.MakeDigest(ctx, due, following, plan, b, wordings)
	if problems, ok := errors.AsType[ippo.Problems](err); ok || errors.Is(err, ippo.ErrNotFound) {
		// LINE would not take it, or there is no member of staff in whose name it could go. Staff see it
		// among what waits, rather than nothing at all.
		r.log.ErrorContext(ctx, "digest cannot be sent", "due", due, "err", err, "problems", problems)
		return r.store.MissDigest(ctx, due, following)
	}
	if err != nil {
		return err
	}
	r.log.InfoContext(ctx, "digest made", "due", due, "broadcast", b.ID, "items", len(plan.Items), "wordings", len(wordings), "recipients", plan.Recipients())
	return nil
}
