package admin

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

var shortLink = regexp.MustCompile(`http://127\.0\.0\.1/l/[a-z2-7]{10}`)

// Staff tick the box, and see and edit the addresses that they wrote; what leaves holds the short ones. The
// box taken away, everything is as before.
func TestCountLinks(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	editor := o.as(ippo.Editor)
	form := []string{"title", "手帳", "kind", "text", "ref", "0", "text", "https://a.example.jp/?x=1&y=2 をどうぞ", "when", "now", "to", "all", "do", "save"}
	counted := append(form[:len(form):len(form)], "counted", "1")

	plain := editor.post("/admin/broadcasts/preview", form...).want(http.StatusOK)
	if strings.Contains(plain.body, "数えるリンク") {
		t.Error("links are counted by themselves")
	}
	beside := editor.post("/admin/broadcasts/preview", counted...).want(http.StatusOK).says("数えるリンク", "https://a.example.jp/?x=1&y=2")
	if shortLink.MatchString(beside.body) {
		t.Error("the writer sees the short address")
	}
	editor.post("/admin/broadcasts", counted...).want(http.StatusSeeOther)
	b, err := o.store.Broadcasts(ctx, store.BroadcastFilter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	first := b[0]
	short := shortLink.FindString(string(first.Messages[0]))
	if short == "" || strings.Contains(string(first.Messages[0]), "a.example.jp") {
		t.Fatalf("kept %s", first.Messages[0])
	}
	page := href("broadcasts/%d", first.ID)
	editor.get(page).says("数えるリンク", "https://a.example.jp/?x=1&y=2", short)
	edit := editor.get(page + "/edit").says("https://a.example.jp/?x=1&y=2 をどうぞ")
	if shortLink.MatchString(edit.body) || !strings.Contains(edit.body, `name="counted" value="1" checked`) {
		t.Error("the form shows the short address")
	}

	// Saved again it keeps its address, so that a test sent before still works.
	editor.post(page, append(counted[:len(counted):len(counted)], "version", edit.hidden("version"))...).want(http.StatusSeeOther)
	if again := o.broadcast(first.ID); !strings.Contains(string(again.Messages[0]), short) {
		t.Errorf("saved again %s", again.Messages[0])
	}
	editor.post(page + "/duplicate").want(http.StatusSeeOther)
	if copied := o.broadcast(first.ID + 1); !copied.Counted || len(copied.Links) != 1 || strings.Contains(string(copied.Messages[0]), short) {
		t.Errorf("the copy %+v %s", copied.Links, copied.Messages[0])
	}
	editor.post(page, append(form[:len(form):len(form)], "version", editor.get(page+"/edit").hidden("version"))...).want(http.StatusSeeOther)
	if undone := o.broadcast(first.ID); undone.Counted || len(undone.Links) != 0 || !strings.Contains(string(undone.Messages[0]), `https://a.example.jp/?x=1\u0026y=2 をどうぞ`) {
		t.Errorf("without the box %+v %s", undone.Links, undone.Messages[0])
	}
	if _, err := o.store.LinkTarget(ctx, short[len(short)-ippo.LinkCodeLength:]); err == nil {
		t.Error("the short address still leads somewhere")
	}
}

// What LINE and we have counted of a link stands in one row, under the address that was written.
func TestLinkRows(t *testing.T) {
	rows := linkRows([]ippo.LinkReaders{{URL: "https://line.example.jp/l/aaaaaaaaaa", People: new(int64(30))}, {URL: "https://b.jp/"}},
		[]store.LinkTaps{{Short: "https://line.example.jp/l/aaaaaaaaaa", URL: "https://a.jp/", Taps: 40, Browsers: 3}, {Short: "https://line.example.jp/l/bbbbbbbbbb", URL: "https://a.jp/", Taps: 2}})
	if len(rows) != 2 || rows[0].URL != "https://a.jp/" || *rows[0].People != 30 || rows[0].Taps != 42 || rows[0].Browsers != 3 || rows[1].URL != "https://b.jp/" || rows[1].People != nil {
		t.Errorf("%+v", rows)
	}
}

func (o *office) broadcast(id ippo.BroadcastID) *ippo.Broadcast {
	o.t.Helper()
	b, err := o.store.Broadcast(o.t.Context(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

// A program asks for it with countLinks, and reads how often each link was opened.
func TestAPICountLinks(t *testing.T) {
	p := callAPI(t)
	p.follow(0, 0)
	ctx := t.Context()
	p.store.PublicURL = "http://127.0.0.1"
	p.want(201, p.call("editor", "POST", "/broadcasts",
		`{"title":"手帳","audience":{"all":true},"countLinks":true,"messages":[{"type":"text","text":"https://a.example.jp/"}]}`))
	p.want(200, p.call("approver", "POST", "/broadcasts/1/approve", ""))
	if err := p.store.StartBroadcast(ctx, 1); err != nil {
		t.Fatal(err)
	}
	b, err := p.store.Broadcast(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.store.AddTaps(ctx, []store.Taps{{Code: b.Links[0].Code, Day: p.clock(), Taps: 3}}); err != nil {
		t.Fatal(err)
	}
	want := `"readers":{"fetchedAt":null,"opened":null,"clicked":null,"links":[{"url":"https://a.example.jp/","readers":null,"taps":3}]}`
	if got := p.want(200, p.call("viewer", "GET", "/broadcasts/1", "")); !strings.Contains(string(got.body), want) {
		t.Errorf("before LINE has told: %s", got.body)
	}
}
