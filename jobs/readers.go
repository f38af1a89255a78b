package jobs

import (
	"cmp"
	"context"
	"time"

	"ippo"
	"ippo/internal/line"
)

// FetchReaders asks LINE how many people opened the broadcasts of the last two weeks and their links, once
// a day from ippo.ReadersFrom on, when yesterday's figures are ready. Package line spaces the calls within
// LINE's 60 an hour. If LINE does not tell, all that is left is asked for again in an hour, or the next
// day; nothing is lost by it, for LINE's figures are totals. next is when there will be more to do.
func (r *Runner) FetchReaders(ctx context.Context) (next time.Time, err error) {
	now := r.now()
	due, err := r.store.ReadersDue(ctx, now)
	if err != nil {
		return next, err
	}
	for i, b := range due {
		readers, err := r.readersOf(ctx, b, now)
		switch class := line.ClassOf(err); {
		case ctx.Err() != nil:
			return next, ctx.Err()
		case class == line.OK:
			err = r.store.SaveReaders(ctx, b.ID, readers)
		case class == line.Invalid || class == line.NotFound: // this one; the others may be known
			r.log.WarnContext(ctx, "readers not told", "broadcast", b.ID, "err", err)
			err = r.store.PutOffReaders(ctx, []*ippo.Broadcast{b})
		default:
			r.log.WarnContext(ctx, "readers not told", "broadcasts", len(due)-i, "err", err)
			return now.Add(time.Hour), r.store.PutOffReaders(ctx, due[i:])
		}
		if err != nil {
			return next, err
		}
	}
	if from := ippo.ReadersFrom.At(now); from.After(now) {
		return from, nil
	}
	return ippo.ReadersFrom.At(now.AddDate(0, 0, 1)), nil
}

// readersOf asks by name, or by request ID what went by LINE's broadcast, which takes no name. Of one that
// was sent anew only the last is told: LINE cannot say who had both.
func (r *Runner) readersOf(ctx context.Context, b *ippo.Broadcast, now time.Time) (ippo.Readers, error) {
	if b.Call() != ippo.CallBroadcast {
		from, to := b.ReadersSpan(now)
		return r.line.UnitReaders(ctx, b.Unit, from, to)
	}
	asked, err := r.store.Asked(ctx, b.ID, 0, pageSize)
	if err != nil {
		return ippo.Readers{}, err
	}
	last := ""
	for _, one := range asked {
		last = cmp.Or(one.RequestID, last)
	}
	return r.line.Readers(ctx, last)
}
