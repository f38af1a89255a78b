package jobs

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
)

var lives = flag.Int("lives", 12, "random lives of broadcasts in TestLivesOfBroadcasts")

// Broadcasts live random lives: approved, delivered while LINE misbehaves, paused, resumed, cancelled,
// their recipients blocking the account, the clock moving on. Whatever happens, nobody has a message
// twice, the ledger's sums are right, and it says what LINE knows.
func TestLivesOfBroadcasts(t *testing.T) {
	for i := range *lives {
		seed := uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { life(t, seed) })
	}
}

func life(t *testing.T, seed uint64) {
	const followers = 2*ippo.MaxRecipients + 3
	dice := rand.New(rand.NewPCG(seed, 1))
	c := newCenter(t, followers, options{parallel: 1 + dice.IntN(4)})
	db := c.database()
	ctx := t.Context()
	var all []*ippo.Broadcast
	var story []string
	decide := func(name string, err error) {
		story = append(story, name)
		if err != nil && !errors.Is(err, ippo.ErrConflict) {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for range 40 {
		if len(all) == 0 || dice.IntN(8) == 0 {
			all = append(all, c.approved(fmt.Sprintf("お知らせ%02d", len(all)), func(b *ippo.Broadcast) {
				if dice.IntN(4) == 0 {
					b.Emergency = "断水"
				}
			}))
			decide("approve", nil)
		}
		b := all[dice.IntN(len(all))]
		switch dice.IntN(9) {
		case 0:
			decide("pause", c.store.PauseBroadcast(ctx, c.writer, b.ID, ""))
		case 1, 2:
			decide("resume", c.store.ResumeBroadcast(ctx, c.approver, b.ID))
			decide("release", c.store.ReleaseBroadcast(ctx, c.approver, b.ID))
		case 3:
			if dice.IntN(3) == 0 {
				decide("cancel", c.store.CancelBroadcast(ctx, c.writer, b.ID))
			}
		case 4:
			c.wait(time.Duration(dice.Int64N(int64(4 * time.Hour))))
			decide("later", nil)
		case 5:
			id := 1 + dice.IntN(followers)
			if _, err := db.Exec(`UPDATE followers SET status = 'blocked' WHERE id = ?`, id); err != nil {
				t.Fatal(err)
			}
			decide("block", nil)
		default:
			remove := c.platform.Inject(mishap(dice))
			next := c.run()
			remove()
			if !next.IsZero() && dice.IntN(2) == 0 {
				c.at(next)
			}
			decide("deliver", nil)
		}
		check(t, c, all, story)
	}

	// In the end everything is let go and LINE is well.
	c.platform.ClearFaults()
	for range 20 {
		c.at(c.clock().In(ippo.Tokyo).Truncate(time.Hour).Add(time.Hour))
		for _, b := range all {
			decide("resume", c.store.ResumeBroadcast(ctx, c.approver, b.ID))
			decide("release", c.store.ReleaseBroadcast(ctx, c.approver, b.ID))
		}
		c.run()
	}
	check(t, c, all, story)
	for _, b := range all {
		is, err := c.store.Broadcast(ctx, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !is.Status.Finished() {
			t.Errorf("%s is %s (%s) in the end, after %s", b.Title, is.Status, is.Reason, strings.Join(story, ", "))
		}
	}
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
	f.Endpoint, f.Probability, f.Seed = linesim.Multicast, 0.5, dice.Uint64()
	return f
}

// check holds what the ledger says against what is on the phones.
func check(t *testing.T, c *center, all []*ippo.Broadcast, story []string) {
	t.Helper()
	failed := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("%s\nafter %s", fmt.Sprintf(format, args...), strings.Join(story, ", "))
	}
	c.soundLedger(failed)
	for _, b := range all {
		for follower, fate := range fates(t, c, b.ID) {
			times := 0
			for _, m := range c.platform.SentTo(userID(int(follower))) {
				if string(m) == string(b.Messages[0]) {
					times++
				}
			}
			switch {
			case times > 1:
				failed("follower %d has %s %d times", follower, b.Title, times)
			case fate == ippo.DeliveryAccepted && times == 0:
				failed("follower %d does not have %s, which LINE accepted", follower, b.Title)
			case (fate == ippo.DeliverySkipped || fate == ippo.DeliveryFailed) && times > 0:
				failed("follower %d has %s, which says %s", follower, b.Title, fate)
			}
		}
	}
}

// fates reads the ledger: what became of each recipient.
func fates(t *testing.T, c *center, id ippo.BroadcastID) map[ippo.FollowerID]ippo.DeliveryState {
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
