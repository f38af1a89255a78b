package bot

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"ippo"
	"ippo/internal/linesim"
	"ippo/store"
)

// invitation is the address of an ambassador's invitation, as the QR code on their card has it.
func (r *resident) invitation() string {
	r.t.Helper()
	card := r.say("会員証")
	var picture string
	for _, m := range card.messages {
		var content any
		_ = json.Unmarshal(m, &content)
		walk(content, func(o map[string]any) {
			if o["type"] == "image" {
				picture, _ = o["url"].(string)
			}
		})
	}
	p := get(r.t, browser(r.t), picture).is(200)
	if kind := p.header.Get("Content-Type"); kind != "image/png" {
		r.t.Fatalf("the picture is %s", kind)
	}
	drawn, err := png.Decode(strings.NewReader(p.body))
	if err != nil {
		r.t.Fatal(err)
	}
	if side := drawn.Bounds().Dx(); side > 1024 || len(p.body) > 100<<10 {
		r.t.Errorf("a picture of %d pixels, %d bytes", side, len(p.body))
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(drawn)
	if err != nil {
		r.t.Fatal(err)
	}
	// Nothing but the code: looking for one in a photo, this reader errs with one code in seventy.
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		r.t.Fatalf("the code cannot be read: %v", err)
	}
	card.has("あなたの招待", read.GetText()) // who sees no picture has the address in words
	return read.GetText()
}

// firstMessage is what an invitation's page types into the chat.
func (c *center) firstMessage(invitation, language string) string {
	c.t.Helper()
	p := get(c.t, browser(c.t), invitation+"?lang="+language).is(200)
	_, link, _ := strings.Cut(p.body, `href="https://line.me/R/oaMessage/`)
	link, _, found := strings.Cut(link, `"`)
	_, text, _ := strings.Cut(link, "/?")
	text, err := url.PathUnescape(text)
	if !found || err != nil {
		c.t.Fatalf("no way into the chat: %v\n%s", err, p.body)
	}
	return text
}

func (r *resident) invited() int {
	r.t.Helper()
	a, err := r.store.AmbassadorOf(r.t.Context(), r.me().ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return a.Invited
}

// Who becomes a friend by an ambassador's invitation is counted once, in any language; nobody else is.
func TestInvitation(t *testing.T) {
	c := newCenter(t)
	hana := c.ambassador()
	link := hana.invitation()
	guest := func(language string) *resident {
		g := c.resident(language)
		g.follow()
		return g
	}

	g := guest("ja")
	g.say(c.firstMessage(link, "ja")).has("ご紹介で来てくださって", "どのことばで") // and the settings go on
	if n := hana.invited(); n != 1 {
		t.Fatalf("%d invited after one came", n)
	}
	g.say(c.firstMessage(link, "ja")).has("すでに友だち")

	// In other languages, and with wide letters and spaces that a phone may make of it.
	easy := guest("vi")
	easy.say(c.firstMessage(link, "ja-x-easy")).has("友だちに 聞いて 来てくれて")
	english := guest("en")
	english.say(strings.ReplaceAll(c.firstMessage(link, "en"), "招待:", "招待： ")).has("friend's invitation")
	if n := hana.invited(); n != 3 {
		t.Fatalf("%d invited after three came", n)
	}
	hana.say("会員証").has("3人")

	// Not a friend of before, whatever they did since; not oneself; not by another's or a made-up code.
	friend := c.friend()
	friend.say(c.firstMessage(link, "ja")).has("すでに友だち")
	talker := guest("ja")
	talker.say("イベント")
	talker.say(c.firstMessage(link, "ja")).has("すでに友だち")
	late := guest("ja")
	c.clock.pass(ippo.FirstFollow)
	late.say(c.firstMessage(link, "ja")).has("すでに友だち")
	hana.say(c.firstMessage(link, "ja")).has("これはあなたの招待です")
	stranger := guest("ja")
	stranger.say("友だちの招待で来ました（招待:AAAAAAAAAAAAAAAAAAAA）").lacks("招待", "友だちでいて")

	// Who blocks and comes back was a friend, and so was who is told as unblocked although we know nothing of them.
	back := guest("ja")
	if err := c.platform.Block(back.id); err != nil {
		t.Fatal(err)
	}
	back.idle()
	back.act(c.platform.Unblock(back.id))
	back.say(c.firstMessage(link, "ja")).has("すでに友だち")
	unknown := &resident{center: c, id: c.platform.AddUser(linesim.User{DisplayName: "前からの友だち", Blocked: true}).ID}
	unknown.act(c.platform.Unblock(unknown.id))
	unknown.say(c.firstMessage(link, "ja")).has("すでに友だち")

	// Nor by who serves no more; the way in stays open.
	last := guest("ja")
	hana.tap(hana.tap(hana.say("会員証"), "登録を取り消す"), "取り消す")
	last.say(c.firstMessage(link, "ja")).has("すでに友だち")
	if n := hana.invited(); n != 3 {
		t.Errorf("%d invited, want the 3 who came by it", n)
	}
}

// Two who are invited at once are two, and an event that LINE delivers again is none.
func TestInvitationAtOnce(t *testing.T) {
	c := newCenter(t)
	hana := c.ambassador()
	text := c.firstMessage(hana.invitation(), "ja")
	const guests = 20
	all := make([]*resident, guests)
	for i := range all {
		all[i] = c.resident("ja")
		if err := c.platform.Follow(all[i].id); err != nil {
			t.Fatal(err)
		}
		for range 2 { // an impatient thumb
			if _, err := c.platform.Say(all[i].id, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	hana.idle()
	if n := hana.invited(); n != guests {
		t.Errorf("%d invited, want %d", n, guests)
	}
}

// The page names nobody, works without LINE's help, and there is none for a code that was never given.
func TestInvitationPage(t *testing.T) {
	c := newCenter(t)
	hana := c.ambassador()
	link := hana.invitation()
	b := browser(t)
	p := get(t, b, link).is(200, "みらい市のLINEで友だちになりませんか", "LINEで友だちになる", "qr.png")
	p.lacks("山田", "No.", hana.id)
	if got := p.header.Get("X-Robots-Tag"); !strings.Contains(got, "noindex") {
		t.Errorf("X-Robots-Tag %q", got)
	}
	for language, words := range map[string]string{"en": "Add us on LINE", "ja-x-easy": "友だちに なる", "xx": "LINEで友だちになる"} {
		get(t, b, link+"?lang="+language).is(200, words)
	}
	for _, path := range []string{"AAAAAAAAAAAAAAAAAAAA", "x", strings.Repeat("a", 5000), "%00"} {
		get(t, b, c.url+"/i/"+path).is(404)
		get(t, b, c.url+"/i/"+path+"/qr.png").is(404)
	}

	// Erased: the link is over, and what it brought stays a number of nobody's.
	if err := c.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AskErasure(t.Context(), hana.me().ID, 0, "") }); err != nil {
		t.Fatal(err)
	}
	waiting, err := c.store.Erasures(t.Context())
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%v, %v", waiting, err)
	}
	if done, err := c.store.Erase(t.Context(), waiting[0]); err != nil || !done {
		t.Fatalf("erased: %v, %v", done, err)
	}
	get(t, b, link).is(404)
}

// While LINE does not tell who we are, the page says so and is right once it does.
func TestInvitationWithoutLine(t *testing.T) {
	c := newCenter(t)
	link := c.ambassador().invitation()
	remove := c.platform.Inject(linesim.Fault{Endpoint: linesim.BotInfo, Status: http.StatusInternalServerError})
	get(t, browser(t), link).is(200, "少し待って")
	remove()
	get(t, browser(t), link).is(200, "LINEで友だちになる")
}

func TestManualPage(t *testing.T) {
	c := newCenter(t)
	b := browser(t)
	get(t, b, c.url+"/r/ambassadors").is(200, "未来づくりアンバサダー", "手引き", "声をかける", "https://line.me/R/share?text=").lacks("日本語だけ")
	get(t, b, c.url+"/r/ambassadors?lang=en").is(200, "Talk to people", url.QueryEscape(c.url+"/r/ambassadors?lang=en"))
	if err := c.store.SaveManual(t.Context(), 1, ippo.Manual{Text: "まず一言から", Translations: ippo.Translations{}}); err != nil {
		t.Fatal(err)
	}
	get(t, b, c.url+"/r/ambassadors").is(200, "まず一言から")
	get(t, b, c.url+"/r/ambassadors?lang=en").is(200, "まず一言から", "only in Japanese")
	card := c.ambassador().say("会員証")
	if got, want := card.page("手引きを見る"), c.url+"/r/ambassadors"; got != want {
		t.Errorf("the card leads to %s", got)
	}
	text, err := url.PathUnescape(strings.TrimPrefix(card.page("招待を送る"), "https://line.me/R/share?text="))
	if err != nil || !strings.Contains(text, "みらい市 市民協働センター") || !strings.Contains(text, c.url+"/i/") {
		t.Errorf("shares %q, %v", text, err)
	}
}

func FuzzInvitationIn(f *testing.F) {
	f.Add("友だちの招待で来ました（招待:ABCDEFGHIJKLMNOPQRST）")
	f.Add("（招待：ａｂｃｄ")
	f.Fuzz(func(t *testing.T, text string) {
		if code, ok := invitationIn(text); ok && (len(code) != 20 || !bytes.Equal(bytes.ToUpper([]byte(code)), []byte(code))) {
			t.Errorf("%q names %q", text, code)
		}
	})
}
