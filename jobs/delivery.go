package jobs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/store"
)

// Each request of the ledger goes to LINE in three steps: commit that it will be asked, and with
// which body; ask; commit the answer. A crash between any two of them leaves a request that was
// asked and not answered: it goes out again with the same key and the same bytes, and LINE says 409
// if it had it already.

// giveUp is how long after its first call a request may be tried again. LINE keeps the key for
// ippo.RetryWindow; the rest is for clocks that differ and calls that take long.
const giveUp = ippo.RetryWindow - 10*time.Minute

// clockBack is how far the clock may seem to run backwards before we no longer know how old a
// retry key is.
const clockBack = time.Minute

// keyFault says why a retry key must not be used again that was first used at called; "" if it may.
func keyFault(now, called time.Time) string {
	switch age := now.Sub(called); {
	case age >= giveUp:
		return reasonUnknown
	case age < -clockBack:
		return reasonClock
	}
	return ""
}

// Reasons that staff read.
const (
	reasonNoAnswer   = "LINEから返事がないため、もう一度送ります"
	reasonTooFast    = "LINEが混み合っているため、間をおいて送ります"
	reasonUnknown    = "24時間のあいだLINEから返事がありませんでした"
	reasonClock      = "サーバーの時計が戻ったため、送れたかどうかを確かめられません"
	reasonChanged    = "はじめに送った内容を同じ形で作れないため、送れたかどうかを確かめられません"
	reasonUncertain  = "はじめに送ったときは返事がなく、2度目は断られたため、送れたかどうかを確かめられません"
	reasonStopped    = "送る前に止めました"
	reasonRecipient  = "LINEがこの方を受け付けませんでした"
	reasonQuotaSpent = "今月送れる通数を使い切りました。LINEの契約を確かめるか、来月になってから再開してください。"
	reasonToken      = "LINEのアクセストークンが使えません。設定を直してから再開してください。"
	reasonForbidden  = "LINEの契約では、この送り方は使えません。"
	reasonNoValue    = "差し込む%sがない方です"
)

// Deliver sends everything that may go now. It returns when nothing more may, with the time at
// which there will be more to do: zero if that depends on somebody's decision.
func (r *Runner) Deliver(ctx context.Context) (next time.Time, err error) {
	calls, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, stop) })()

	d := &delivery{
		Runner:  r,
		calls:   calls,
		lanes:   make(map[ippo.Call]*lane, len(ops)),
		changed: make(chan struct{}, 1),
	}
	for call, op := range ops {
		d.lanes[call] = &lane{op: op, ahead: r.ahead(op)}
	}
	defer d.workers.Wait()
	return d.run(ctx)
}

// ops says as what package line knows the calls that broadcasts go by.
var ops = map[ippo.Call]line.Op{
	ippo.CallMulticast: line.OpMulticast,
	ippo.CallPush:      line.OpPush,
	ippo.CallBroadcast: line.OpBroadcast,
}

// lane is what all broadcasts share that go by one kind of call: LINE has a rate for each.
type lane struct {
	op       line.Op
	ahead    int
	prepared atomic.Int32 // requests that are getting ready or wait for their turn
}

func (l *lane) full() bool { return int(l.prepared.Load()) >= l.ahead }

// ahead is how many requests may be committed while they wait for their turn within LINE's rate:
// enough to hide 50 ms of a slow disk, and so few that an emergency or a pause hardly waits for them.
func (r *Runner) ahead(op line.Op) int {
	const hidden = 0.05 // seconds
	return int(min(float64(r.parallel), 1+hidden*r.line.Rate(op)))
}

// delivery is one run over all that may go now.
type delivery struct {
	*Runner
	calls   context.Context // of calls under way: outlives Deliver's by grace
	changed chan struct{}   // a call has begun or ended
	workers sync.WaitGroup

	lanes   map[ippo.Call]*lane
	streams []*stream // being sent, emergencies first
	last    int       // the ordinary one that was chosen last
	later   time.Time // when the next approved broadcast becomes due; zero: none waits
}

// pageSize is how many requests of one broadcast are held in memory: a quarter of a megabyte of members.
const pageSize = 64

// refreshEvery is how often a long run looks for what staff changed, besides when it is woken.
const refreshEvery = time.Second

func (d *delivery) run(ctx context.Context) (next time.Time, err error) {
	var refreshed time.Time
	for {
		if time.Since(refreshed) >= refreshEvery || d.woken() {
			if err := d.refresh(ctx); err != nil {
				return time.Time{}, err
			}
			refreshed = time.Now()
		}
		i, err := d.choose(ctx)
		switch {
		case err != nil:
			return time.Time{}, err
		case i >= 0:
			d.dispatch(ctx, d.streams[i])
			d.last = i
		case d.flying() > 0:
			err = d.pause(ctx)
		default:
			return d.next(), d.settle(ctx)
		}
		if err != nil {
			return time.Time{}, err
		}
	}
}

// woken reports whether something was changed since the last look.
func (d *delivery) woken() bool {
	select {
	case <-d.deliver:
		return true
	default:
		return false
	}
}

// pause waits for a call to begin or end, or for a change by staff.
func (d *delivery) pause(ctx context.Context) error {
	timer := time.NewTimer(refreshEvery)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-d.deliver:
		signal(d.deliver) // for run, which looks what it was
	case <-d.changed:
	case <-timer.C:
	}
	return nil
}

// flying counts the calls under way.
func (d *delivery) flying() int {
	n := 0
	for _, s := range d.streams {
		n += s.calls()
	}
	return n
}

// next returns when there will be more to do.
func (d *delivery) next() time.Time {
	next := d.later
	sooner := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, s := range d.streams {
		sooner(s.nextCall())
	}
	if d.paused() && len(d.streams) > 0 {
		sooner(d.now().Add(time.Second))
	}
	return next
}

// paused reports whether LINE was found to be down; one call at a time finds out when it is back.
func (d *delivery) paused() bool {
	api, _ := d.line.Circuits()
	return api == line.Open || api == line.HalfOpen && d.flying() > 0
}

// refresh looks at what staff have approved, paused and cancelled, starts what is due and ends what
// is done.
func (d *delivery) refresh(ctx context.Context) error {
	if err := d.settle(ctx); err != nil {
		return err
	}
	list, err := d.store.BroadcastsToDeliver(ctx)
	if err != nil {
		return err
	}
	settings, err := d.store.Settings(ctx)
	if err != nil {
		return err
	}
	now := d.now()
	d.later = time.Time{}
	for _, b := range list {
		if b.Status == ippo.BroadcastApproved {
			if err := d.begin(ctx, b, settings, now); err != nil {
				return err
			}
		}
	}

	known := make(map[ippo.BroadcastID]*stream, len(d.streams))
	for _, s := range d.streams {
		known[s.broadcast.ID] = s
	}
	d.streams = make([]*stream, 0, len(list))
	for _, b := range list {
		if b.Status != ippo.BroadcastSending {
			continue
		}
		s := known[b.ID]
		if s == nil {
			s = &stream{broadcast: b, call: b.Call(), flying: make(map[int64]struct{})}
		}
		delete(known, b.ID)
		var quiet time.Time
		if b.Emergency == "" && settings.Quiet(now, d.holidays) {
			quiet = settings.Open(now, d.holidays)
		}
		s.goOn(quiet)
		d.streams = append(d.streams, s)
	}
	// What is left was stopped by staff. Its calls under way end by themselves, and are waited for.
	for _, s := range known {
		s.stop()
		if s.calls() > 0 {
			d.streams = append(d.streams, s)
		}
	}
	return nil
}

// begin starts an approved broadcast if it is due and nothing forbids it.
func (d *delivery) begin(ctx context.Context, b *ippo.Broadcast, settings ippo.Settings, now time.Time) error {
	due := b.Due()
	if due.After(now) {
		d.lookAgain(due)
		return nil
	}
	if b.Emergency == "" {
		if now.Sub(due) > ippo.LateLimit {
			return d.hold(ctx, b, fmt.Sprintf("予定の時刻（%s）を%d分より長く過ぎたため、保留しました。",
				ippo.TimeWords(due), int(ippo.LateLimit.Minutes())))
		}
		// What has begun waits for the morning by itself.
		if b.StartedAt.IsZero() && settings.Quiet(now, d.holidays) {
			return d.hold(ctx, b, fmt.Sprintf("%sは送信しないため、保留しました。%sから再開できます。",
				settings.QuietWords(), ippo.TimeWords(settings.Open(now, d.holidays))))
		}
	}
	if broken, err := d.breaks(ctx, b, settings); err != nil || broken {
		return err
	}
	if ok, err := d.affordable(ctx, b, now.Sub(due)); err != nil || !ok {
		return err
	}
	if err := d.store.StartBroadcast(ctx, b.ID); err != nil {
		return unlessConflict(err)
	}
	// It may have been edited and approved anew since the look; from here on it does not change.
	started, err := d.store.Broadcast(ctx, b.ID)
	if err != nil {
		return err
	}
	*b = *started
	d.log.InfoContext(ctx, "broadcast started", "broadcast", b.ID)
	return nil
}

// affordable reports whether what is left of the month is enough for a broadcast and for those
// already on their way. One that does not fit is held before anybody has it. While LINE does not
// tell what is left, it waits a little and then goes: LINE has the last word anyway, and serves
// nobody past the limit.
func (d *delivery) affordable(ctx context.Context, b *ippo.Broadcast, late time.Duration) (bool, error) {
	const again, patience = time.Second, 10 * time.Second
	month, err := d.readQuota(ctx)
	switch class := line.ClassOf(err); {
	case class == line.OK:
	case class == line.Unauthorized:
		return false, d.halt(ctx, b.ID, reasonToken)
	case (class == line.Temporary || class == line.RateLimited) && late < patience:
		d.lookAgain(d.now().Add(again))
		return false, nil
	default:
		d.log.WarnContext(ctx, "quota not read", "broadcast", b.ID, "err", err)
		return true, nil
	}
	if !month.limited {
		return true, nil
	}
	short, err := d.store.Shortfall(ctx, b, month.left, month.limit)
	if err != nil {
		return false, err
	}
	if short != nil {
		before := "送る前に"
		if short.Begun {
			before = "残りを送る前に"
		}
		return false, d.hold(ctx, b, before+"保留しました。"+short.Words())
	}
	return true, nil
}

func (d *delivery) lookAgain(at time.Time) {
	if d.later.IsZero() || at.Before(d.later) {
		d.later = at
	}
}

// hold keeps a broadcast back before its first call, until staff decide.
func (d *delivery) hold(ctx context.Context, b *ippo.Broadcast, reason string) error {
	d.log.WarnContext(ctx, "broadcast held", "broadcast", b.ID, "reason", reason)
	err := d.store.HoldBroadcast(ctx, b.ID, reason)
	signal(d.mails)
	return unlessConflict(err)
}

// halt stops a broadcast on its way, until staff have put right what is in the way.
func (d *delivery) halt(ctx context.Context, id ippo.BroadcastID, reason string) error {
	d.log.ErrorContext(ctx, "broadcast paused", "broadcast", id, "reason", reason)
	err := d.store.PauseBroadcast(ctx, 0, id, reason)
	signal(d.mails)
	return unlessConflict(err)
}

// unlessConflict drops the error that says somebody else changed the state first: what they decided
// is found at the next look.
func unlessConflict(err error) error {
	if errors.Is(err, ippo.ErrConflict) {
		return nil
	}
	return err
}

// settle ends the broadcasts that have nothing left to send.
func (d *delivery) settle(ctx context.Context) error {
	for _, s := range d.streams {
		if !s.done() {
			continue
		}
		id := s.broadcast.ID
		if err := d.store.FinishBroadcast(ctx, id); errors.Is(err, ippo.ErrConflict) {
			continue
		} else if err != nil {
			return err
		}
		s.stop()
		tally, err := d.store.Tally(ctx, id)
		if err != nil {
			return err
		}
		d.log.InfoContext(ctx, "broadcast sent", "broadcast", id, "recipients", tally.Recipients, "accepted", tally.Accepted,
			"failed", tally.Failed, "skipped", tally.Skipped, "unknown", tally.Unknown)
		if missed := tally.Failed + tally.Unknown; missed > 0 {
			body := fmt.Sprintf("送信は終わりましたが、%d人は失敗または不明です。\n/admin/broadcasts/%d\n", missed, id)
			if err := d.store.MailStaff(ctx, "配信の結果を確かめてください", body); err != nil {
				return err
			}
			signal(d.mails)
		}
	}
	return nil
}

// choose returns the index of the stream whose turn it is and that has a request to send now, or -1.
// Emergencies and corrections come first; the others take turns, so that a large one does not starve a small one,
// and none may fill all slots with calls that LINE does not answer.
func (d *delivery) choose(ctx context.Context) (int, error) {
	if d.flying() >= d.parallel || d.paused() {
		return -1, nil
	}
	n := len(d.streams)
	share := d.parallel / max(n, 1)
	for i, s := range d.streams {
		if !s.broadcast.First() {
			continue
		}
		if ready, err := d.ready(ctx, s, share); err != nil || ready {
			return i, err
		}
	}
	for k := range n {
		i := (d.last + 1 + k) % n
		if s := d.streams[i]; !s.broadcast.First() {
			if ready, err := d.ready(ctx, s, share); err != nil || ready {
				return i, err
			}
		}
	}
	return -1, nil
}

// dispatch sends the next request of a stream on its way.
func (d *delivery) dispatch(ctx context.Context, s *stream) {
	request := s.take()
	d.lanes[s.call].prepared.Add(1)
	d.workers.Go(func() {
		again, err := d.send(ctx, s.broadcast, &request)
		switch {
		case errors.Is(err, errStopped):
			s.stop()
		case err != nil:
			// What LINE was asked and we did not record stays pending: LINE will say 409.
			d.log.ErrorContext(ctx, "request not recorded", "broadcast", s.broadcast.ID, "request", request.ID, "err", err)
			again = d.now().Add(time.Second)
		}
		s.landed(request.ID, again)
		signal(d.changed)
	})
}

// errStopped: the broadcast was paused or cancelled since the last look, and nothing was asked.
var errStopped = errors.New("broadcast is no longer being sent")

// send takes one request through its three steps. again is when it may be tried again: zero when it
// has ended, or when the process ends first.
func (d *delivery) send(ctx context.Context, b *ippo.Broadcast, r *ippo.DeliveryRequest) (again time.Time, err error) {
	stored := context.WithoutCancel(ctx) // the database's answer is always waited for
	lane := d.lanes[b.Call()]
	to, body, err := d.prepare(stored, b, r)
	var turn line.Turn
	if err == nil && body != nil {
		turn, err = d.takeTurn(ctx, stored, lane.op, r)
	}
	lane.prepared.Add(-1)
	signal(d.changed)
	switch {
	case errors.Is(err, context.Canceled):
		return again, nil
	case err != nil:
		if e, ok := errors.AsType[*line.Error](err); ok {
			return d.refused(stored, r, to, e)
		}
		return again, err
	case body == nil:
		return again, nil
	}
	receipt, err := turn.Send(d.calls, r.RetryKey, body)
	if err != nil {
		if d.calls.Err() != nil {
			return again, nil // the next process asks again with the same key
		}
		e, ok := errors.AsType[*line.Error](err)
		if !ok {
			return again, err
		}
		return d.refused(stored, r, to, e)
	}
	return again, unlessConflict(d.store.EndRequest(stored, r, store.Outcome{
		State:     ippo.DeliveryAccepted,
		RequestID: cmp.Or(receipt.AcceptedRequestID, receipt.RequestID),
	}))
}

// prepare commits that LINE is about to be asked, and with which body. A nil body means that the
// request has ended without asking.
func (d *delivery) prepare(ctx context.Context, b *ippo.Broadcast, r *ippo.DeliveryRequest) (to store.Recipients, body []byte, err error) {
	asked := !r.FirstCalledAt.IsZero()
	if asked {
		if reason := keyFault(d.now(), r.FirstCalledAt); reason != "" {
			return to, nil, d.unknown(ctx, r, reason)
		}
	}
	if to, err = d.store.RecipientsOf(ctx, b, r); err != nil {
		return to, nil, err
	}
	messages, err := d.store.Wording(ctx, b, r.Variant)
	if err != nil {
		return to, nil, err
	}
	if b.Call() == ippo.CallPush && len(to.Followers) > 0 {
		if messages, err = d.fill(ctx, r, &to, messages); err != nil {
			return to, nil, err
		}
	}
	if len(to.Followers) == 0 && !asked {
		return to, nil, d.store.SkipRequest(ctx, r.ID, to.Left)
	}
	switch b.Call() {
	case ippo.CallBroadcast:
		body, err = line.EncodeBroadcast(messages, line.Options{})
	case ippo.CallPush:
		body, err = line.EncodePush(to.LineIDs[0], messages, line.Options{AggregationUnit: b.Unit})
	default:
		body, err = line.EncodeMulticast(to.LineIDs, messages, line.Options{AggregationUnit: b.Unit})
	}
	sum := sha256.Sum256(body)
	switch {
	case asked && !bytes.Equal(sum[:], r.BodySHA256):
		return to, nil, d.unknown(ctx, r, reasonChanged)
	case err != nil:
		return to, nil, err
	}
	if err := d.store.BeginRequest(ctx, r, to.Left, sum[:]); errors.Is(err, ippo.ErrConflict) {
		return to, nil, errStopped
	} else if err != nil {
		return to, nil, err
	}
	return to, body, nil
}

// fill puts what is the recipient's own into the messages of a personal request: what it was filled with
// at its first call, if there was one. Who has no such value is left out.
func (d *delivery) fill(ctx context.Context, r *ippo.DeliveryRequest, to *store.Recipients, messages []ippo.Message) ([]ippo.Message, error) {
	follower := to.Followers[0]
	if r.Values == nil {
		values, err := d.store.ValuesOf(ctx, follower)
		if err != nil {
			return nil, err
		}
		r.Values = values
	}
	filled, missing := ippo.Fill(messages, r.Values)
	if missing != "" {
		to.Left = append(to.Left, store.Exception{Follower: follower, State: ippo.DeliverySkipped, Reason: fmt.Sprintf(reasonNoValue, missing.Words())})
		to.Followers, to.LineIDs = nil, nil
	}
	return filled, nil
}

// takeTurn waits until LINE's rate allows the call. If staff stopped the broadcast meanwhile, the
// request is as if it had never been prepared.
func (d *delivery) takeTurn(ctx, stored context.Context, op line.Op, r *ippo.DeliveryRequest) (line.Turn, error) {
	turn, err := d.line.Turn(ctx, op)
	if err != nil {
		return turn, err
	}
	sending, err := d.store.Sending(ctx, r.Broadcast)
	switch {
	case err != nil || sending:
		return turn, err
	case !r.FirstCalledAt.IsZero():
		return turn, errStopped // it was asked before, and stays so
	}
	err = d.store.ReplanRequest(stored, r, nil)
	if errors.Is(err, ippo.ErrConflict) { // cancelled, and so ended as if LINE had been asked
		err = unlessConflict(d.store.EndRequest(stored, r, store.Outcome{State: ippo.DeliverySkipped, Reason: reasonStopped}))
	}
	return turn, cmp.Or(err, errStopped)
}

// unknown gives up a request whose fate LINE can no longer tell; staff decide.
func (d *delivery) unknown(ctx context.Context, r *ippo.DeliveryRequest, reason string) error {
	d.log.WarnContext(ctx, "request given up", "broadcast", r.Broadcast, "request", r.ID, "reason", reason)
	return unlessConflict(d.store.EndRequest(ctx, r, store.Outcome{State: ippo.DeliveryUnknown, Reason: reason}))
}

// refused records what follows from a call that LINE did not accept.
func (d *delivery) refused(ctx context.Context, r *ippo.DeliveryRequest, to store.Recipients, e *line.Error) (again time.Time, err error) {
	d.log.WarnContext(ctx, "LINE did not accept a request", "broadcast", r.Broadcast, "request", r.ID, "attempt", r.Attempts+1, "err", e)
	switch e.Class {
	case line.Temporary:
		return d.putOff(ctx, r, e, time.Second, reasonNoAnswer)
	case line.RateLimited:
		// Package line has slowed everyone down already.
		return d.putOff(ctx, r, e, 100*time.Millisecond, reasonTooFast)
	case line.TooMany:
		return d.putOff(ctx, r, e, time.Minute, reasonTooFast)
	case line.QuotaSpent:
		return again, d.unasked(ctx, r, e, reasonQuotaSpent)
	case line.Unauthorized:
		return again, d.unasked(ctx, r, e, reasonToken)
	case line.BadRecipient:
		if !r.FirstCalledAt.IsZero() {
			// LINE may have accepted it before that person left: a new key could send it twice.
			return again, d.unknown(ctx, r, reasonUncertain)
		}
		if bad := exceptions(to, e.Recipients); len(bad) > 0 {
			return d.now(), unlessConflict(d.store.ReplanRequest(ctx, r, bad))
		}
	}
	return again, d.fail(ctx, r, e)
}

// putOff keeps a request for later; it goes again with the same key and the same bytes.
func (d *delivery) putOff(ctx context.Context, r *ippo.DeliveryRequest, e *line.Error, first time.Duration, reason string) (again time.Time, err error) {
	again = d.now().Add(max(backoff(first, r.Attempts), e.RetryAfter))
	return again, d.store.RetryRequest(ctx, r.ID, again, e.RequestID, reason)
}

// backoff doubles with each attempt up to five minutes, with up to half of it taken off at random so
// that requests which failed together do not come back together.
func backoff(first time.Duration, attempts int) time.Duration {
	const longest = 5 * time.Minute
	wait := min(first<<min(attempts, 12), longest)
	return wait - rand.N(wait/2)
}

// unasked puts back a request that LINE refused for a reason that has nothing to do with it, and
// stops its broadcast. Nobody has failed. If LINE was never asked before, the request is as if it
// had not been now: whoever resumes next month finds no key that has grown too old.
func (d *delivery) unasked(ctx context.Context, r *ippo.DeliveryRequest, e *line.Error, reason string) error {
	var err error
	if r.FirstCalledAt.IsZero() {
		err = unlessConflict(d.store.ReplanRequest(ctx, r, nil))
	} else {
		err = d.store.RetryRequest(ctx, r.ID, d.now(), e.RequestID, reason)
	}
	if err != nil {
		return err
	}
	return d.halt(ctx, r.Broadcast, reason)
}

// exceptions are the members that LINE named, or nil if it named one that was not there.
func exceptions(to store.Recipients, named []int) []store.Exception {
	bad := make([]store.Exception, 0, len(named))
	for _, i := range named {
		if i >= len(to.Followers) {
			return nil
		}
		bad = append(bad, store.Exception{Follower: to.Followers[i], State: ippo.DeliveryFailed, Reason: reasonRecipient})
	}
	return bad
}

// fail ends a request, and its broadcast, that LINE refuses for good: the same messages would be
// refused again for everyone.
func (d *delivery) fail(ctx context.Context, r *ippo.DeliveryRequest, e *line.Error) error {
	reason := reasonRefused(e)
	outcome := store.Outcome{State: ippo.DeliveryFailed, RequestID: e.RequestID, Reason: reason}
	if !r.FirstCalledAt.IsZero() {
		outcome.State, outcome.Reason = ippo.DeliveryUnknown, reasonUncertain
	}
	if err := unlessConflict(d.store.EndRequest(ctx, r, outcome)); err != nil {
		return err
	}
	d.log.ErrorContext(ctx, "broadcast failed", "broadcast", r.Broadcast, "err", e)
	err := d.store.FailBroadcast(ctx, r.Broadcast, reason)
	signal(d.mails)
	return unlessConflict(err)
}

// reasonRefused says in words for staff why LINE refused, with its own words for whoever helps them.
func reasonRefused(e *line.Error) string {
	if e.Class == line.Forbidden {
		return reasonForbidden
	}
	words := e.Message
	if len(e.Details) > 0 {
		words = e.Details[0].Property + ": " + e.Details[0].Message
	}
	return fmt.Sprintf("LINEがこの内容を受け付けませんでした（%d %s）。", e.Status, words)
}
