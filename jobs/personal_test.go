package jobs

import (
	"net/http"
	"testing"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
	"ippo/store"
)

func personal(b *ippo.Broadcast) {
	b.Messages = []ippo.Message{text("{{name}}さん、{{number}}番の方へ")}
}

// called gives a follower a name, as LINE's profile does.
func (c *center) called(id int, name string) {
	c.t.Helper()
	row := store.FollowerRow{LineUserID: userID(id), DisplayName: name}
	if _, err := c.store.ImportFollowers(c.t.Context(), []store.FollowerRow{row}); err != nil {
		c.t.Fatal(err)
	}
}

// ambassador signs a follower up.
func (c *center) ambassador(id int) {
	c.t.Helper()
	err := c.store.Write(c.t.Context(), func(t *store.Tx) error {
		_, err := t.ApplyAmbassador(c.t.Context(), ippo.Ambassador{
			Follower: ippo.FollowerID(id), Name: "山田", Kana: "やまだ", Contact: "0258-00-0000", AgeBand: "30s",
		})
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// Everyone is sent their own name and number; who has no number is not sent to, and the ledger says why.
func TestPersonalBroadcast(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.called(1, "花子")
	c.called(2, "太郎")
	c.ambassador(1)
	c.ambassador(3)
	b := c.approved("任命式", personal)
	c.runAll()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2, Skipped: 1})
	c.received("花子さん、1番の方へ", 1, 0, 0)
	c.received("ご利用者さん、2番の方へ", 0, 0, 1)
	reasons, err := c.store.Reasons(t.Context(), b.ID)
	if err != nil || len(reasons) != 1 || reasons[0].Reason != "差し込むアンバサダーの番号がない方です" {
		t.Errorf("reasons %+v, %v", reasons, err)
	}
	c.soundLedger(t.Errorf)
}

// LINE lost the answer, and before it was asked again the person took another name: they must not get
// the notice twice, so what goes again are the same bytes.
func TestPersonalLostAnswer(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.called(1, "花子")
	b := c.approved("お知らせ", func(b *ippo.Broadcast) { b.Messages = []ippo.Message{text("{{name}}さん")} })
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Push, When: linesim.After, Status: http.StatusBadGateway, Times: 1})
	next := c.run()
	c.called(1, "はな")
	c.at(next)
	c.runAll()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 1})
	c.received("花子さん", 1)
	c.received("はなさん", 0)
	var kept int
	if err := c.database().QueryRow("SELECT count(*) FROM delivery_requests WHERE filled IS NOT NULL").Scan(&kept); err != nil || kept > 0 {
		t.Errorf("%d requests keep what they were filled with, %v", kept, err)
	}
}

// More people than one request plans for, some of whom LINE does not take.
func TestPersonalToMany(t *testing.T) {
	const followers = ippo.MaxRecipients + 3
	c := newCenter(t, followers, options{})
	c.sql(`UPDATE followers SET status = 'blocked' WHERE id = ?`, followers)
	b := c.approved("お知らせ", func(b *ippo.Broadcast) { b.Messages = []ippo.Message{text("{{name|みなさま}}")} })
	c.platform.Inject(linesim.Fault{
		Endpoint: linesim.Push, Status: http.StatusBadRequest, Message: "The property, 'to', in the request body is invalid (line: -, column: -)", Times: 1,
	})
	c.runAll()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: followers - 2, Failed: 1})
	c.soundLedger(t.Errorf)
}

// LINE's broadcast is one request, which LINE takes once; it also goes to friends whom the bot never
// saw and to those who stopped broadcasts.
func TestLinesBroadcast(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.sql(`UPDATE followers SET stopped = 1 WHERE id = 2`)
	c.platform.AddUser(linesim.User{ID: userID(9), Friend: true})
	b := c.approved("市からの大切なお知らせ", func(b *ippo.Broadcast) { b.Audience.Unseen = true })
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Broadcast, When: linesim.After, Drop: true, Times: 1})
	c.runAll()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
	c.received("市からの", 1, 1, 0, 0, 0, 0, 0, 0, 1)
	c.soundLedger(t.Errorf)

	wrong, err := c.store.Broadcast(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.wait(2 * time.Hour)
	draft := &ippo.Broadcast{Title: "訂正", Messages: []ippo.Message{text("訂正です")}, Origin: ippo.OriginPanel}
	if err := c.store.CorrectBroadcast(t.Context(), c.writer, wrong.ID, draft); err != nil {
		t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, draft.ID, store.Approval{Hash: draft.Hash()}); err != nil {
		t.Fatal(err)
	}
	c.runAll()
	c.received("訂正です", 1, 1, 0, 0, 0, 0, 0, 0, 1)
}

// BenchmarkPersonal20k is a personal broadcast to 20,000 by way of a stand-in that answers after 50 ms and
// enforces LINE's 2,000 pushes a second: at an even pace that takes 10 s.
func BenchmarkPersonal20k(b *testing.B) {
	benchmarkDeliver(b, 20_000, line.Config{APIEndpoint: standIn(b, 50*time.Millisecond, 2000)}, func(n *ippo.Broadcast) {
		n.Messages = []ippo.Message{text("{{name|みなさま}}へ " + n.Title)}
	})
}
