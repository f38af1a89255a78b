package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// sendBack makes a broadcast one that was submitted, sent back, and changed.
func (o *office) sendBack(id ippo.BroadcastID, to string) {
	o.t.Helper()
	ctx, editor, approver := o.t.Context(), o.staff[ippo.Editor].ID, o.staff[ippo.Approver].ID
	if err := o.store.SubmitBroadcast(ctx, editor, id); err != nil {
		o.t.Fatal(err)
	}
	if err := o.store.ReturnBroadcast(ctx, approver, id, "時刻がちがいます"); err != nil {
		o.t.Fatal(err)
	}
	b, err := o.store.Broadcast(ctx, id)
	if err != nil {
		o.t.Fatal(err)
	}
	b.Messages = []ippo.Message{textMessage(to)}
	if err := o.store.UpdateBroadcast(ctx, editor, b); err != nil {
		o.t.Fatal(err)
	}
}

// Whoever approves what was sent back sees what is new in it, in words; what its author wrote before anybody saw it is
// no version.
func TestBroadcastBeforeAndAfter(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	const address = "/admin/broadcasts/1/versions"
	approver := o.as(ippo.Approver)
	b, err := o.store.Broadcast(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	b.Messages = []ippo.Message{textMessage("集合は駅前に10時です。")}
	if err := o.store.UpdateBroadcast(ctx, o.staff[ippo.Editor].ID, b); err != nil {
		t.Fatal(err)
	}
	approver.get(address).want(http.StatusOK).says("まだ変更はありません")
	approver.get("/admin/broadcasts/1").saysNot("変更の前と後")

	o.sendBack(1, "集合は駅前に11時です。雨の日は中止です。")
	approver.get("/admin/broadcasts/1").says("変更の前と後を比べる（1回）")
	r := approver.get(address).says("時刻がちがいます", o.staff[ippo.Editor].Name+"の変更", "集合は駅前に")
	if !strings.Contains(r.body, "<del>0</del>") || !strings.Contains(r.body, "<ins>1</ins>") || !strings.Contains(r.body, "<ins>雨の日は中止です。</ins>") {
		t.Errorf("what differs is not marked:\n%s", r.body)
	}

	// A colleague's change is one too, of whatever it was; the links that are counted are no difference.
	if b, err = o.store.Broadcast(ctx, 1); err != nil {
		t.Fatal(err)
	}
	b.Title, b.Audience, b.Counted = "夏のお知らせ", ippo.Audience{Topics: []string{"kosodate"}}, true
	if err := o.store.UpdateBroadcast(ctx, o.staff[ippo.Approver].ID, b); err != nil {
		t.Fatal(err)
	}
	r = approver.get(address).says(o.staff[ippo.Approver].Name+"の変更", "「下書き」の配信", "子育て")
	if !strings.Contains(r.body, "<del>春</del><ins>夏</ins>のお知らせ") {
		t.Errorf("the title's change is not marked:\n%s", r.body)
	}
}

// A long text is shown around its changes, and what is hidden by that is not what differs.
func TestDifferenceOfLongTexts(t *testing.T) {
	same := strings.Repeat("同じ文が続きます。", 200)
	parts := difference("はじめ"+same+"前"+same, "はじめ"+same+"後"+same)
	var out, put string
	length := 0
	for _, p := range parts {
		length += len([]rune(p.Text))
		if p.Out {
			out += p.Text
		}
		if p.Put {
			put += p.Text
		}
	}
	if out != "前" || put != "後" || length > 4*diffContext {
		t.Errorf("out %q, in %q, %d characters", out, put, length)
	}
}
