package jobs

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
	"ippo/store"
)

var lives = flag.Int("lives", 12, "random lives of broadcasts in TestLivesOfBroadcasts")

// Broadcasts live random lives: written, for now or for later, edited, also when they are approved,
// returned, approved, delivered while LINE misbehaves, the process ending in the midst of it, paused,
// resumed, cancelled, corrected, given up and sent again by staff, their recipients blocking the account,
// the clock moving on. Whatever happens, nobody has a message twice unless staff said so, nobody has one
// that was not approved, nobody gets what is being corrected, a correction goes to exactly those who
// have or may have what it corrects, and the ledger says what LINE knows.
func TestLivesOfBroadcasts(t *testing.T) {
	for i := range *lives {
		seed := uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { life(t, seed) })
	}
}

func life(t *testing.T, seed uint64) {
	const followers = 2*ippo.MaxRecipients + 3
	w := &world{center: newCenter(t, followers, options{}), dice: rand.New(rand.NewPCG(seed, 1)), again: map[ippo.BroadcastID]map[ippo.FollowerID]bool{}, stopped: map[ippo.BroadcastID]int{}}
	w.parallel = 1 + w.dice.IntN(4)
	c, ctx := w.center, t.Context()
	for range 60 {
		if len(w.all) == 0 || w.dice.IntN(8) == 0 {
			w.write()
		}
		b := w.all[w.dice.IntN(len(w.all))]
		switch w.dice.IntN(17) {
		case 0:
			w.did("pause", c.store.PauseBroadcast(ctx, c.writer, b.ID, ""))
		case 1, 2:
			w.did("resume", c.store.ResumeBroadcast(ctx, c.approver, b.ID))
			w.did("release", c.store.ReleaseBroadcast(ctx, c.approver, b.ID, "確かめました"))
		case 3:
			if w.dice.IntN(4) == 0 {
				w.did("cancel", c.store.CancelBroadcast(ctx, c.writer, b.ID))
			}
		case 4:
			c.wait(time.Duration(w.dice.Int64N(int64(4 * time.Hour))))
			w.did("later", nil)
		case 5:
			c.sql(`UPDATE followers SET status = 'blocked' WHERE id = ?`, 1+w.dice.IntN(followers))
			w.did("block", nil)
		case 6:
			w.edit(b)
		case 7:
			w.did("submit", c.store.SubmitBroadcast(ctx, c.writer, b.ID))
			if w.dice.IntN(4) == 0 {
				w.did("return", c.store.ReturnBroadcast(ctx, c.approver, b.ID, "日付"))
			}
		case 8, 9, 10:
			w.approve(b)
		case 11:
			w.decide(b)
		case 12:
			w.correct(b)
		default:
			w.deliver()
		}
		w.check()
	}

	// In the end everything is let go and LINE is well.
	c.platform.ClearFaults()
	for range 20 {
		c.at(c.clock().In(ippo.Tokyo).Truncate(time.Hour).Add(time.Hour))
		for _, b := range w.all {
			w.did("resume", c.store.ResumeBroadcast(ctx, c.approver, b.ID))
			w.did("release", c.store.ReleaseBroadcast(ctx, c.approver, b.ID, "確かめました"))
		}
		c.run()
	}
	w.check()
	for _, b := range w.all {
		is, err := c.store.Broadcast(ctx, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !is.Status.Finished() && !is.Status.Editable() {
			w.failed("%s is %s (%s) in the end", b.Title, is.Status, is.Reason)
		}
	}
}

// world is a center, its broadcasts and what was done to them.
type world struct {
	*center
	dice  *rand.Rand
	all   []*ippo.Broadcast                             // as they were last written
	again map[ippo.BroadcastID]map[ippo.FollowerID]bool // whom staff chose to send to again
	story []string

	stopped map[ippo.BroadcastID]int // how many people had what was stopped by its correction, at that moment
}

func (w *world) failed(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\nafter %s", fmt.Sprintf(format, args...), strings.Join(w.story, ", "))
}

// did notes something that staff did; it may fail only because somebody else was first or the time to
// approve it has passed.
func (w *world) did(what string, err error) {
	w.t.Helper()
	p, _ := errors.AsType[ippo.Problems](err)
	if w.story = append(w.story, what); err != nil && !errors.Is(err, ippo.ErrConflict) && p.For("sendAt") == "" {
		w.failed("%s: %v", what, err)
	}
}

func (w *world) write() {
	title := fmt.Sprintf("お知らせ%02d", len(w.all))
	b := &ippo.Broadcast{Title: title, Messages: []ippo.Message{text(title)}, Audience: ippo.Audience{All: true}, OnCall: "当番", Origin: ippo.OriginPanel}
	switch w.dice.IntN(8) {
	case 0: // nobody's name is known, so that all are sent the same
		b.Messages = []ippo.Message{text(title + "、{{name|みなさま}}")}
	case 1:
		b.Audience.Unseen = true
	}
	if w.dice.IntN(4) == 0 {
		b.Emergency = "断水"
	}
	b.SendAt = w.sometime()
	w.did("write", w.store.CreateBroadcast(w.t.Context(), w.writer, b))
	w.all = append(w.all, b)
}

// sometime is now, or a time within the next hours that is not quiet.
func (w *world) sometime() time.Time {
	if w.dice.IntN(3) > 0 {
		return time.Time{}
	}
	return ippo.DefaultSettings().Open(w.clock().Add(time.Duration(1+w.dice.Int64N(int64(6*time.Hour)))), w.holidays)
}

// approve is a colleague's, of what was last written. A correction is then to those who have, or may have,
// what it corrects.
func (w *world) approve(b *ippo.Broadcast) {
	err := w.store.ApproveBroadcast(w.t.Context(), w.approver, b.ID, store.Approval{Hash: b.Hash()})
	w.did("approve", err)
	if err != nil || b.Corrects == 0 {
		return
	}
	reached, to := []ippo.FollowerID{}, fates(w.t, w.center, b.ID)
	for follower, fate := range fates(w.t, w.center, b.Corrects) {
		if fate == ippo.DeliveryAccepted || fate == ippo.DeliveryUnknown {
			reached = append(reached, follower)
		}
	}
	if len(reached) != len(to) {
		w.failed("%s is to %d people, and what it corrects reached %d", b.Title, len(to), len(reached))
	}
	for _, follower := range reached {
		if _, ok := to[follower]; !ok {
			w.failed("%s is not to follower %d", b.Title, follower)
		}
	}
}

// correct stops a broadcast and writes a correction, which is refused before it has begun.
func (w *world) correct(b *ippo.Broadcast) {
	is, err := w.store.Broadcast(w.t.Context(), b.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	title := fmt.Sprintf("訂正%02d", len(w.all))
	draft := &ippo.Broadcast{Title: title, Messages: []ippo.Message{text(title)}, OnCall: "当番", Origin: ippo.OriginPanel}
	err = w.store.CorrectBroadcast(w.t.Context(), w.writer, b.ID, draft)
	w.did("correct", err)
	if (err == nil) == is.StartedAt.IsZero() {
		w.failed("a correction of one that is %s, begun at %v: %v", is.Status, is.StartedAt, err)
	}
	if err != nil {
		return
	}
	w.all = append(w.all, draft)
	if !is.Status.Finished() {
		w.stopped[b.ID] = w.had(b)
	}
}

// had is how many messages of a broadcast are on the phones.
func (w *world) had(b *ippo.Broadcast) (n int) {
	sent := asSent(b)
	for follower := range fates(w.t, w.center, b.ID) {
		for _, m := range w.platform.SentTo(userID(int(follower))) {
			if string(m) == sent {
				n++
			}
		}
	}
	return n
}

// edit changes what a broadcast says and when it leaves, which must be refused once it has begun.
func (w *world) edit(b *ippo.Broadcast) {
	is, err := w.store.Broadcast(w.t.Context(), b.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	edited := *b
	edited.UpdatedAt, edited.SendAt = is.UpdatedAt, w.sometime()
	edited.Messages = []ippo.Message{text(fmt.Sprintf("%s（直し%d）", b.Title, len(w.story)))}
	if ippo.Personal(b.Messages) {
		edited.Messages = []ippo.Message{text(fmt.Sprintf("%s（直し%d、{{name|みなさま}}）", b.Title, len(w.story)))}
	}
	err = w.store.UpdateBroadcast(w.t.Context(), w.writer, &edited)
	w.did("edit", err)
	if (err == nil) != is.Changeable() {
		w.failed("an edit of one that is %s: %v", is.Status, err)
	}
	if err == nil {
		*b = edited
		if left := fates(w.t, w.center, b.ID); len(left) > 0 {
			w.failed("%s was edited and still has %d recipients", b.Title, len(left))
		}
	}
}

// decide is what staff do about what is unknown.
func (w *world) decide(b *ippo.Broadcast) {
	groups, err := w.store.Unknowns(w.t.Context(), b.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, g := range groups {
		if w.dice.IntN(2) == 0 {
			w.did("count as sent", w.store.SettleUnknown(w.t.Context(), w.approver, b.ID, g))
			continue
		}
		before := fates(w.t, w.center, b.ID)
		err := w.store.SendUnknownAgain(w.t.Context(), w.approver, b.ID, g, "届いていないと聞いたため")
		w.did("send again", err)
		for follower, fate := range before {
			if err == nil && fate == ippo.DeliveryUnknown {
				if w.again[b.ID] == nil {
					w.again[b.ID] = map[ippo.FollowerID]bool{}
				}
				w.again[b.ID][follower] = true
			}
		}
	}
}

// deliver lets the engine work while LINE misbehaves; now and then the process ends in the midst.
func (w *world) deliver() {
	ctx, end := context.WithCancel(w.t.Context())
	defer end()
	remove := []func(){w.platform.Inject(mishap(w.dice))}
	if w.dice.IntN(4) == 0 {
		remove = append(remove, w.platform.Inject(linesim.Fault{Times: 1, Match: func(r *http.Request) bool {
			if sends(r) {
				end()
			}
			return false
		}}))
	}
	next, err := w.Deliver(ctx)
	for _, f := range remove {
		f()
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		w.t.Fatal(err)
	}
	if !next.IsZero() && w.dice.IntN(2) == 0 {
		w.at(next)
	}
	w.did("deliver", nil)
}

// mishap is one of the things that calls to LINE run into.
func mishap(dice *rand.Rand) linesim.Fault {
	faults := []linesim.Fault{
		{When: linesim.After, Drop: true},
		{When: linesim.After, Status: 500},
		{When: linesim.Before, Status: 500},
		{When: linesim.Before, Status: 401},
		{When: linesim.Before, Status: 429, Message: "You have reached your monthly limit."},
		{When: linesim.Before, Status: 400, Message: "The property, to[0], in the request body is invalid (line: -, column: -)", Times: 1},
		{Delay: time.Microsecond},
	}
	f := faults[dice.IntN(len(faults))]
	f.Match, f.Probability, f.Seed = sends, 0.5, dice.Uint64()
	return f
}

// sends reports whether a call sends something.
func sends(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/v2/bot/message/")
}

// check holds what the ledger says against what is on the phones.
func (w *world) check() {
	w.t.Helper()
	w.soundLedger(w.failed)
	approved := map[string]bool{}
	for _, b := range w.all {
		fates := fates(w.t, w.center, b.ID)
		sent := asSent(b)
		if len(fates) > 0 {
			approved[sent] = true
		}
		for follower, fate := range fates {
			times := 0
			for _, m := range w.platform.SentTo(userID(int(follower))) {
				if string(m) == sent {
					times++
				}
			}
			switch again := w.again[b.ID][follower]; {
			case times > 1 && !again:
				w.failed("follower %d has %s %d times", follower, b.Title, times)
			case fate == ippo.DeliveryAccepted && times == 0:
				w.failed("follower %d does not have %s, which LINE accepted", follower, b.Title)
			case (fate == ippo.DeliverySkipped || fate == ippo.DeliveryFailed) && times > 0 && !again:
				w.failed("follower %d has %s, which says %s", follower, b.Title, fate)
			}
		}
	}
	for _, b := range w.all {
		if before, stopped := w.stopped[b.ID]; stopped {
			if now := w.had(b); now != before {
				w.failed("%s was being corrected, and %d more have it", b.Title, now-before)
			}
		}
	}
	for _, m := range w.platform.SentTo(userID(1)) {
		if !approved[string(m)] {
			w.failed("follower 1 has %s, which nobody approved", m)
		}
	}
}

// asSent is what arrives of a broadcast whose variables nobody has a value for.
func asSent(b *ippo.Broadcast) string {
	filled, _ := ippo.Fill(b.Messages, nil)
	return string(filled[0])
}

// fates reads the ledger: what became of each recipient.
func fates(t testing.TB, c *center, id ippo.BroadcastID) map[ippo.FollowerID]ippo.DeliveryState {
	t.Helper()
	fates := map[ippo.FollowerID]ippo.DeliveryState{}
	note := func(query string, each func(packed []byte, follower ippo.FollowerID, state ippo.DeliveryState)) {
		rows, err := c.database().Query(query, id)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var packed []byte
			var follower ippo.FollowerID
			var state ippo.DeliveryState
			if err := rows.Scan(&packed, &follower, &state); err != nil {
				t.Fatal(err)
			}
			each(packed, follower, state)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	note(`SELECT members, 0, state FROM delivery_requests WHERE broadcast_id = ?`, func(packed []byte, _ ippo.FollowerID, state ippo.DeliveryState) {
		members, err := ippo.UnpackMembers(packed)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range members {
			fates[m] = state
		}
	})
	note(`SELECT NULL, e.follower_id, e.state FROM delivery_exceptions e JOIN delivery_requests r ON r.id = e.request_id
		WHERE r.broadcast_id = ?`, func(_ []byte, follower ippo.FollowerID, state ippo.DeliveryState) { fates[follower] = state })
	return fates
}
