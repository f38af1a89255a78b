package jobs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/store"
)

// A notice leaves like a request of the ledger: commit that LINE will be asked, and with which body; ask;
// commit the answer. Before that the gates decide whether it goes, waits or is dropped; they ask again each
// time it is due, for nobody looks at single notices before they leave.

// Why a notice waits; what was dropped waiting says it too. They hold no times, so that staff see how many
// there are of each.
const (
	waiting       = "、待っています"
	reasonQuiet   = "夜間や休みの日は送らないため" + waiting
	reasonOften   = "1時間に届く数の上限に達しているため" + waiting
	reasonNoQuota = "今月送れる通数を使い切ったため" + waiting
	reasonNoToken = "LINEのアクセストークンが使えないため" + waiting
	reasonOff     = "機能が切られているため" + waiting
)

// Why a notice was not sent.
const (
	reasonLapsed  = "送る期限を過ぎました"
	reasonBlocked = "ブロックされています"
	reasonErased  = "ご本人が情報を消しました"
	reasonOptOut  = "配信を止めています"
	reasonSame    = "24時間のうちに同じ内容を送っています"

	reasonUnsendable = "LINEに送れる形にできません"
)

// stuckFor is how long notices wait that staff must help before it is tried again.
const stuckFor = 15 * time.Minute

// offFor is how long a notice waits for its module to be switched on before it is looked at again.
const offFor = 15 * time.Minute

// SendNotices sends every notice that may go now and returns when the next will be due.
func (r *Runner) SendNotices(ctx context.Context) (next time.Time, err error) {
	calls, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, stop) })()

	c := &courier{
		Runner: r,
		calls:  calls,
		slots:  make(chan struct{}, 2*r.parallel),
		landed: make(chan struct{}, 1),
		flying: make(map[ippo.NoticeID]struct{}),
	}
	err = c.run(ctx)
	c.workers.Wait()
	if err == nil && c.stuck != "" {
		err = r.store.StickNotices(context.WithoutCancel(ctx), r.now().Add(stuckFor), c.stuck, c.unasked...)
		signal(r.mails)
	}
	if err != nil {
		return time.Time{}, err
	}
	if api, _ := r.line.Circuits(); api != line.Closed {
		return r.now().Add(time.Second), nil
	}
	return r.store.NextNotice(ctx)
}

// courier is one run over the notices that are due.
type courier struct {
	*Runner
	calls   context.Context // of calls under way: outlives the run's by grace
	workers sync.WaitGroup
	slots   chan struct{}
	landed  chan struct{} // a call has ended

	month     quota
	monthRead time.Time

	mu      sync.Mutex
	flying  map[ippo.NoticeID]struct{}
	stuck   string          // why nothing more goes in this run; "" while all is well
	unasked []ippo.NoticeID // committed to be asked, and for that reason never were
}

// page is how many notices are committed at a time: as many as leave in a quarter of a second, so that one
// that is cancelled, or should wait for a broadcast that has just begun, hardly ever is among them.
func (c *courier) page() int {
	const most = 500
	if api, _ := c.line.Circuits(); api != line.Closed {
		return 1 // to find out whether LINE is back
	}
	return int(min(most, 1+c.line.Rate(line.OpPush)/4))
}

func (c *courier) run(ctx context.Context) error {
	for {
		if c.stopped() || ctx.Err() != nil {
			return ctx.Err()
		}
		due, err := c.due(ctx)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			if c.underWay() == 0 {
				return nil
			}
			select {
			case <-c.landed:
			case <-ctx.Done():
			}
			continue
		}
		if err := c.sendPage(ctx, due); err != nil {
			return err
		}
	}
}

// stopped reports whether nothing more goes in this run: LINE is down, or refuses us.
func (c *courier) stopped() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	api, _ := c.line.Circuits()
	return c.stuck != "" || api == line.Open || api == line.HalfOpen && len(c.flying) > 0
}

func (c *courier) underWay() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.flying)
}

// due reads the next page, without what is under way.
func (c *courier) due(ctx context.Context) ([]store.DueNotice, error) {
	size := c.page()
	due, err := c.store.DueNotices(ctx, c.now(), size+c.underWay())
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	due = slices.DeleteFunc(due, func(d store.DueNotice) bool {
		_, flies := c.flying[d.ID]
		return flies
	})
	return due[:min(len(due), size)], nil
}

// sendPage asks the gates about each notice, commits what they say and sends what may go.
func (c *courier) sendPage(ctx context.Context, due []store.DueNotice) error {
	settings, err := c.store.Settings(ctx)
	if err != nil {
		return err
	}
	had, err := c.store.Had(ctx, due)
	if err != nil {
		return err
	}
	if err := c.readMonth(ctx); err != nil {
		return err
	}
	now := c.now()
	decisions := make([]store.NoticeDecision, 0, len(due))
	bodies := make(map[ippo.NoticeID][]byte, len(due))
	spent := false
	for i := range due {
		d := &due[i]
		decision := c.decide(d, had[d.Follower], settings, now)
		if decision.State == "" {
			if spent = spent || !c.afford(d); spent || c.stopped() {
				continue // as it is: StickNotices puts it off
			}
			decision, bodies[d.ID] = c.prepare(d, now)
			had[d.Follower].Add(now, now, string(d.Content))
		}
		decisions = append(decisions, decision)
	}
	begun, err := c.store.DecideNotices(ctx, decisions)
	if err != nil {
		return err
	}
	for i := range due {
		if d := &due[i]; begun[d.ID] {
			c.dispatch(ctx, d, bodies[d.ID])
		}
	}
	if spent {
		c.stick(reasonNoQuota)
	}
	return nil
}

// decide asks the gates about a notice that is due. A decision without a state lets it go.
func (c *courier) decide(d *store.DueNotice, had *store.Had, settings ippo.Settings, now time.Time) store.NoticeDecision {
	end := func(state ippo.DeliveryState, reason string) store.NoticeDecision {
		return store.NoticeDecision{Notice: &d.Notice, State: state, Reason: reason}
	}
	wait := func(until time.Time, reason string) store.NoticeDecision {
		if until.After(d.Until) {
			until = d.Until // and is dropped then, unless something has changed
		}
		return store.NoticeDecision{Notice: &d.Notice, State: ippo.DeliveryPending, Next: until, Reason: reason}
	}
	asked := !d.FirstCalledAt.IsZero()
	if asked {
		if reason := keyFault(now, d.FirstCalledAt); reason != "" {
			return end(ippo.DeliveryUnknown, reason)
		}
	}
	if !now.Before(d.Until) {
		reason := reasonLapsed
		if why := strings.TrimSuffix(d.Reason, waiting); why != "" {
			reason += "（" + why + "）"
		}
		if asked {
			return end(ippo.DeliveryUnknown, reason)
		}
		return end(ippo.DeliverySkipped, reason)
	}
	if !asked {
		switch {
		case d.Status == ippo.FollowerErased:
			return end(ippo.DeliverySkipped, reasonErased)
		case d.Status != ippo.FollowerActive:
			return end(ippo.DeliverySkipped, reasonBlocked)
		case d.Stopped && d.Kind.Voluntary():
			return end(ippo.DeliverySkipped, reasonOptOut)
		case had.Same[string(d.Content)]:
			return end(ippo.DeliverySkipped, reasonSame)
		}
	}
	if !asked && !settings.Has(d.Kind.Module()) {
		return wait(now.Add(offFor), reasonOff)
	}
	prompt := d.Kind.Prompt() && now.Sub(d.CreatedAt) < ippo.PromptTime
	if settings.Quiet(now, c.holidays) && !prompt {
		return wait(settings.Open(now, c.holidays), reasonQuiet)
	}
	if over := len(had.Lately) - settings.PerHour; !asked && over >= 0 {
		slices.SortFunc(had.Lately, time.Time.Compare)
		return wait(had.Lately[over].Add(time.Hour), reasonOften)
	}
	return store.NoticeDecision{}
}

// prepare makes the body that LINE is asked with. One that cannot be made ends the notice.
func (c *courier) prepare(d *store.DueNotice, now time.Time) (store.NoticeDecision, []byte) {
	const unheard = time.Minute // after a crash
	asked := !d.FirstCalledAt.IsZero()
	decision := store.NoticeDecision{Notice: &d.Notice}
	body, err := line.EncodePush(d.To, d.Messages, line.Options{})
	sum := sha256.Sum256(body)
	switch {
	case asked && (err != nil || len(d.BodySHA256) > 0 && !bytes.Equal(sum[:], d.BodySHA256)):
		decision.State, decision.Reason = ippo.DeliveryUnknown, reasonChanged
	case err != nil:
		decision.State, decision.Reason = ippo.DeliveryFailed, reasonUnsendable
	default:
		decision.Sum, decision.Next = sum[:], now.Add(unheard)
		return decision, body
	}
	return decision, nil
}

// readMonth looks up what the month still holds. While LINE does not tell, LINE has the last word.
func (c *courier) readMonth(ctx context.Context) error {
	if time.Since(c.monthRead) < refreshEvery {
		return nil
	}
	month, err := c.readQuota(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case line.ClassOf(err) == line.Unauthorized:
		c.stick(reasonNoToken)
	case err != nil:
		c.log.WarnContext(ctx, "quota not read", "err", err)
		month = quota{}
	}
	month.left -= int64(c.underWay())
	c.month, c.monthRead = month, time.Now()
	return nil
}

// afford takes one message from the month. A notice that LINE was asked about may be counted already.
func (c *courier) afford(d *store.DueNotice) bool {
	if !c.month.limited || !d.FirstCalledAt.IsZero() {
		return true
	}
	c.month.left--
	return c.month.left >= 0
}

// stick ends the run for a reason that staff must put right; refused are notices that were committed to
// be asked for the first time, and were refused or not asked at all.
func (c *courier) stick(reason string, refused ...ippo.NoticeID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stuck = cmp.Or(c.stuck, reason)
	c.unasked = append(c.unasked, refused...)
}

// dispatch sends a notice on its way once there is room.
func (c *courier) dispatch(ctx context.Context, d *store.DueNotice, body []byte) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return // the next process asks, with the same key
	}
	c.mu.Lock()
	stuck := c.stuck
	if stuck == "" {
		c.flying[d.ID] = struct{}{}
	}
	c.mu.Unlock()
	if stuck != "" {
		<-c.slots
		if d.FirstCalledAt.IsZero() {
			c.stick(stuck, d.ID)
		}
		return
	}
	// Here, so that one notice at most waits in line before a broadcast that goes by pushes too.
	turn, err := c.line.Turn(ctx, line.OpPush)
	c.workers.Go(func() {
		if err := unlessConflict(c.send(ctx, d, turn, err, body)); err != nil {
			// What LINE was asked and we did not record stays pending: LINE will say 409.
			c.log.ErrorContext(ctx, "notice not recorded", "notice", d.ID, "err", err)
		}
		c.mu.Lock()
		delete(c.flying, d.ID)
		c.mu.Unlock()
		<-c.slots
		signal(c.landed)
	})
}

// send asks LINE, unless there was no turn to be had, and records the answer.
func (c *courier) send(ctx context.Context, d *store.DueNotice, turn line.Turn, err error, body []byte) error {
	stored := context.WithoutCancel(ctx) // the database's answer is always waited for
	var receipt line.Receipt
	if err == nil {
		receipt, err = turn.Send(c.calls, d.RetryKey, body)
	}
	if err == nil {
		return c.store.EndNotice(stored, d.ID, store.Outcome{
			State: ippo.DeliveryAccepted, RequestID: cmp.Or(receipt.AcceptedRequestID, receipt.RequestID)})
	}
	e, ok := errors.AsType[*line.Error](err)
	switch {
	case ctx.Err() != nil && (!ok || e.Class == line.Temporary):
		return nil // the next process asks again with the same key
	case !ok:
		return err
	}
	return c.refusedNotice(stored, d, e)
}

// refusedNotice records what follows from a call that LINE did not accept.
func (c *courier) refusedNotice(ctx context.Context, d *store.DueNotice, e *line.Error) error {
	c.log.WarnContext(ctx, "LINE did not accept a notice", "notice", d.ID, "attempt", d.Attempts+1, "err", e)
	asked := !d.FirstCalledAt.IsZero()
	again := func(first time.Duration, reason string) error {
		next := c.now().Add(max(backoff(first, d.Attempts), e.RetryAfter))
		return c.store.RetryNotice(ctx, d.ID, next, e.RequestID, reason)
	}
	stick := func(reason string) error {
		if asked {
			c.stick(reason)
			return c.store.RetryNotice(ctx, d.ID, c.now().Add(stuckFor), e.RequestID, reason)
		}
		c.stick(reason, d.ID)
		return nil
	}
	switch e.Class {
	case line.Temporary:
		return again(time.Second, reasonNoAnswer)
	case line.RateLimited:
		return again(100*time.Millisecond, reasonTooFast)
	case line.TooMany:
		return again(time.Minute, reasonTooFast)
	case line.QuotaSpent:
		return stick(reasonNoQuota)
	case line.Unauthorized:
		return stick(reasonNoToken)
	}
	outcome := store.Outcome{State: ippo.DeliveryFailed, RequestID: e.RequestID, Reason: reasonRefused(e)}
	switch {
	case asked:
		outcome.State, outcome.Reason = ippo.DeliveryUnknown, reasonUncertain
	case e.Class == line.BadRecipient:
		outcome.Reason = reasonRecipient
	}
	return c.store.EndNotice(ctx, d.ID, outcome)
}
