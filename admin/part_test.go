package admin

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/messages"
)

// ref is what the form says a part of the Japanese is.
func (r reply) ref(part int) string {
	r.t.Helper()
	all := regexp.MustCompile(`name="ref" value="([^"]*)"`).FindAllStringSubmatch(r.body, -1)
	if part >= len(all) {
		r.t.Fatalf("the form has %d parts", len(all))
	}
	return all[part][1]
}

// Two change the cards of one draft at once. Whoever saves last sends the cards that they had before them, wherever the
// colleague has put theirs, and a card that the colleague took out is still there for who goes on with it.
func TestCardsOfTwoEditors(t *testing.T) {
	o := open(t)
	o.fill()
	first, second := o.as(ippo.Editor), o.as(ippo.Approver)
	const news, group = "春まつりの手伝いを募集", "里山の会"
	text := func(s string) []string { return []string{"kind", "text", "ref", "0", "text", s} }
	kept := func(ref string) []string { return []string{"kind", "kept", "ref", ref, "text", ""} }
	form := func(r reply, parts ...[]string) []string {
		all := []string{"id", "2", "version", r.hidden("version"), "title", "花見", "to", "all", "when", "now"}
		return append(all, slices.Concat(parts...)...)
	}
	first.post("/admin/broadcasts", slices.Concat([]string{"title", "花見", "to", "all", "when", "now", "do", "save", "kind", "news", "ref", "1", "text", "", "kind", "group", "ref", "1", "text", ""}, text("よろしく。"))...).want(http.StatusSeeOther)
	sent := func() (says []string) {
		t.Helper()
		for _, m := range o.broadcast(2).Messages {
			says = append(says, messages.Alt(m))
		}
		return says
	}
	before := sent()
	if len(before) != 3 || !strings.Contains(before[0], news) || !strings.Contains(before[1], group) {
		t.Fatalf("the draft says %q", before)
	}

	mine, theirs := first.get("/admin/broadcasts/2/edit"), second.get("/admin/broadcasts/2/edit")
	newsCard, groupCard := mine.ref(0), mine.ref(1)
	if newsCard == groupCard || newsCard != theirs.ref(0) {
		t.Fatalf("cards are called %s and %s", newsCard, groupCard)
	}
	first.post("/admin/broadcasts/preview", form(mine, kept(newsCard), kept(groupCard), text("私の追加。"))...).want(http.StatusOK)
	// The colleague turns them round and saves; the first comes too late and saves again.
	second.post("/admin/broadcasts/2", append(form(theirs, kept(groupCard), kept(newsCard), text("よろしく。")), "do", "save")...).want(http.StatusSeeOther)
	late := first.post("/admin/broadcasts/2", append(form(mine, kept(newsCard), text("私の追加。")), "do", "save")...).want(http.StatusConflict)
	if late.ref(0) != newsCard {
		t.Errorf("the form comes back with %s for %s", late.ref(0), newsCard)
	}
	first.post("/admin/broadcasts/2", append(form(late, kept(newsCard), []string{"kind", "event", "ref", "1", "text", ""}), "do", "save")...).want(http.StatusSeeOther)
	before = append(before, sent()[1])
	if says := sent(); len(says) != 2 || says[0] != before[0] || !strings.Contains(says[1], "多文化交流カフェ") {
		t.Errorf("the first has saved %q", says)
	}

	// The colleague is writing with both cards of the first, who takes one out again and saves. What the colleague had
	// before them is all there, and so is what they had put there themselves.
	o.setClock(opening.Add(time.Minute))
	theirs = second.get("/admin/broadcasts/2/edit")
	eventCard := theirs.ref(1)
	second.post("/admin/broadcasts/preview", form(theirs, kept(newsCard), kept(eventCard))...).want(http.StatusOK)
	first.post("/admin/broadcasts/2", append(form(first.get("/admin/broadcasts/2/edit"), text("カードなし。")), "do", "save")...).want(http.StatusSeeOther)
	late = second.post("/admin/broadcasts/2", append(form(theirs, kept(eventCard), kept(newsCard), kept(groupCard)), "do", "save")...).want(http.StatusConflict).saysNot("書きかえました")
	second.post("/admin/broadcasts/2", append(form(late, kept(eventCard), kept(newsCard), kept(groupCard)), "do", "save")...).want(http.StatusSeeOther)
	if says := sent(); len(says) != 3 || says[0] != before[3] || says[1] != before[0] || says[2] != before[1] {
		t.Errorf("the colleague has saved %q", says)
	}

	// What never was a card of this broadcast is none, and no other's takes its place.
	for _, none := range []string{"0", "1", "-1", "", strings.Repeat("0", 16)} {
		edit := first.get("/admin/broadcasts/2/edit")
		first.post("/admin/broadcasts/2", append(form(edit, text("a"), kept(none)), "do", "save")...).want(http.StatusUnprocessableEntity).says("2番目のカードは、ほかの職員が外したか、書きかえました。")
	}
}

// A text with LINE's own emoji, which only a program writes, is kept as it came: the form shows it and changes nothing of it.
func TestLINEsOwnEmojiAreKept(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Editor)
	m := ippo.Message(`{"type":"text","text":"花見です$","emojis":[{"index":4,"productId":"5ac1bfd5040ab15980c9b435","emojiId":"001"}]}`)
	draft := o.draft("花見")
	draft.Messages = []ippo.Message{m}
	if err := o.store.CreateBroadcast(t.Context(), o.staff[ippo.Editor].ID, draft); err != nil {
		t.Fatal(err)
	}
	edit := b.get("/admin/broadcasts/2/edit").says("花見です🙂")
	b.post("/admin/broadcasts/2", "id", "2", "version", edit.hidden("version"), "title", "花見の会", "to", "all", "when", "now", "do", "save", "kind", "kept", "ref", edit.ref(0), "text", "").want(http.StatusSeeOther)
	is := o.broadcast(2)
	if said := is.Said().Messages; is.Title != "花見の会" || len(said) != 1 || string(said[0]) != string(m) {
		t.Errorf("it was %s, and is %s", m, said)
	}
}

// Who saves what they had open over what a colleague wrote meanwhile has looked at no language again by that.
func TestLanguagesOfTwoEditors(t *testing.T) {
	o := open(t)
	o.fill()
	first, second := o.as(ippo.Editor), o.as(ippo.Approver)
	const older = "英語は、日本語を変える前に書いたものです。"
	form := func(version, japanese, english string) []string {
		return []string{"id", "2", "version", version, "title", "花見", "kind", "text", "ref", "0", "text", japanese, "language", "en", "en.kind", "text", "en.ref", "0", "en.text", english, "to", "all", "when", "now", "do", "save"}
	}
	version := func(b *person) string { return b.get("/admin/broadcasts/2/edit").hidden("version") }
	first.follow(first.post("/admin/broadcasts", form("", "三日です。", "On the 3rd.")...)).saysNot(older)
	mine := version(first)
	second.follow(second.post("/admin/broadcasts/2", form(version(second), "四日です。", "On the 4th.")...)).saysNot(older)
	// The first has changed the Japanese alone: their English is that of before.
	first.post("/admin/broadcasts/2", form(mine, "五日です。", "On the 3rd.")...).want(http.StatusConflict).says(older)
	first.follow(first.post("/admin/broadcasts/2", form(version(first), "五日です。", "On the 3rd.")...)).says(older)
	// Both as they were belong together again, and so do the colleague's.
	first.follow(first.post("/admin/broadcasts/2", form(version(first), "三日です。", "On the 3rd.")...)).saysNot(older)
	second.follow(second.post("/admin/broadcasts/2", form(version(second), "四日です。", "On the 4th.")...)).saysNot(older)
	second.follow(second.post("/admin/broadcasts/2", form(version(second), "六日です。", "On the 4th.")...)).says(older)
	second.follow(second.post("/admin/broadcasts/2", form(version(second), "六日です。", "On the 6th.")...)).saysNot(older)
}
