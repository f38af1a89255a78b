package bot

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// write does something to the center's database.
func (c *center) write(change func(context.Context, *store.Tx) error) {
	c.t.Helper()
	if err := c.store.Write(c.t.Context(), func(tx *store.Tx) error { return change(c.t.Context(), tx) }); err != nil {
		c.t.Fatal(err)
	}
}

// approve shows an ambassador's vision as it is now.
func (c *center) approve(id ippo.AmbassadorID) {
	c.t.Helper()
	v, err := c.store.Vision(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.store.DecideVision(c.t.Context(), 0, id, v.Version, ippo.VisionShown); err != nil {
		c.t.Fatal(err)
	}
}

// sendVision writes a vision by a new link, as its writer does.
func (r *resident) sendVision(open string, form url.Values) page {
	r.t.Helper()
	link, phone := r.say("ビジョン").page(open), browser(r.t)
	post(r.t, phone, link, nil).is(200)
	return post(r.t, phone, link+"/form", form)
}

// What an ambassador writes is on the page once staff have approved it, and only what they approved; the chat never holds
// a word of it.
func TestVisionIsWrittenApprovedAndChanged(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("ビジョン").has("私のまちのビジョン", "登録すると、あなたも書けます", "みんなのビジョン")
	r.ambassador()
	all := func() page { return get(t, browser(t), c.url+"/r/visions") }

	a := r.say("ビジョン").has("職員が確認しています", "書きかえる・取り下げる").lacks("まぼろし")
	link, phone := a.page("書きかえる・取り下げる"), browser(t)
	get(t, browser(t), link).is(200, "開く").lacks("まぼろし")
	get(t, browser(t), link+"/form").is(403)
	post(t, phone, link, nil).is(200, "まぼろしのまち", "市川 まぼろし", "取り下げる").lacks(` checked`)
	all().is(200, "まだ公開しているビジョンはありません").lacks("まぼろし")
	post(t, phone, link+"/form", url.Values{"vision": {" "}}).is(422, "1文字以上300文字以内")
	post(t, phone, link+"/form", url.Values{"vision": {strings.Repeat("花", ippo.MaxVision+1)}}).is(422, "1文字以上300文字以内")
	post(t, phone, link+"/form", url.Values{"vision": {"<b>花</b>のまち"}}).is(200, "職員が確認してから公開します")
	all().lacks("花")
	c.approve(1)
	all().is(200, "&lt;b&gt;花&lt;/b&gt;のまち", "1件").lacks("市川", "<b>花")
	r.say("ビジョン").has("公開しています", "お名前：出さない")

	// A name comes to it, by its owner's tick, and is read by staff, too.
	r.sendVision("書きかえる・取り下げる", url.Values{"vision": {"<b>花</b>のまち"}, "named": {"yes"}}).is(200, "職員が確認してから")
	all().lacks("花", "市川")
	c.approve(1)
	all().is(200, "花", "市川 まぼろし")
	r.say("ビジョン").has("お名前：一緒に出す").lacks("市川")
	r.sendVision("書きかえる・取り下げる", url.Values{"vision": {"<b>花</b>のまち"}}).is(200, "ビジョンは公開しています")
	all().is(200, "花").lacks("市川")

	r.sendVision("書きかえる・取り下げる", url.Values{"vision": {"海のまち"}}).is(200)
	all().lacks("海", "花")
	c.approve(1)
	all().is(200, "海")
	r.sendVision("書きかえる・取り下げる", url.Values{"vision": {"海のまち"}, "do": {"withdraw"}}).is(200, "取り下げました")
	all().lacks("海")
	r.say("ビジョン").has("まだ書いていません", "ビジョンを書く")
}

// Whoever left cannot write by a link from before; and a child's name is never shown, whatever is sent.
func TestVisionOfWhoLeftAndOfAChild(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.ambassador()
	a, err := c.store.Ambassador(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	a.AgeBand, a.Guardian = "u16", "市川 おや"
	c.write(func(ctx context.Context, tx *store.Tx) error { return tx.ChangeAmbassador(ctx, a) })
	link, phone := r.say("ビジョン").page("書きかえる・取り下げる"), browser(t)
	post(t, phone, link, nil).is(200, "16歳未満の方のお名前は出しません").lacks("市川", `name="named"`)
	post(t, phone, link+"/form", url.Values{"vision": {"空のまち"}, "named": {"yes"}}).is(200)
	c.approve(1)
	get(t, browser(t), c.url+"/r/visions").is(200, "空のまち").lacks("市川")

	link, phone = r.say("ビジョン").page("書きかえる・取り下げる"), browser(t)
	post(t, phone, link, nil).is(200)
	c.write(func(ctx context.Context, tx *store.Tx) error { return tx.WithdrawAmbassador(ctx, r.me().ID) })
	post(t, phone, link+"/form", url.Values{"vision": {"星のまち"}}).is(410)
	get(t, browser(t), c.url+"/r/visions").is(200).lacks("空", "星")
}

// The picture on the page holds the words of what is shown, and no other; a vision that is taken back, or whose writer asks
// to be forgotten, takes its words with it at once.
func TestPictureOfVisions(t *testing.T) {
	c := newCenter(t)
	texts := []string{"花と海と森のまち", "花と空と星の公園", "笑顔とあいさつと友だち", "図書館とバス", "ひみつの温泉"}
	var people []*resident
	for i, text := range texts {
		r := c.resident("ja")
		r.follow()
		people = append(people, r)
		c.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ApplyAmbassador(ctx, ippo.Ambassador{Follower: r.me().ID, Name: "市川", Kana: "いちかわ", Contact: "090-5555-0199", AgeBand: "30s", Vision: text})
			return err
		})
		if i < 3 {
			c.approve(ippo.AmbassadorID(i + 1))
		}
	}
	const picture = "/r/visions/picture.svg"
	get(t, browser(t), c.url+picture).is(404) // nine words are too few
	get(t, browser(t), c.url+"/r/visions").is(200, "星の公園").lacks(picture)
	c.approve(4)
	get(t, browser(t), c.url+"/r/visions").is(200, picture, "図書館").lacks("温泉")
	p := get(t, browser(t), c.url+picture).is(200, ">花<", ">図書館<").lacks("温泉", "ひみつ", "市川", ">まち<")
	if kind := p.header.Get("Content-Type"); kind != "image/svg+xml" || p.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %v", kind, p.header)
	}
	c.write(func(ctx context.Context, tx *store.Tx) error { return tx.AskErasure(ctx, people[3].me().ID, 0, "") })
	get(t, browser(t), c.url+"/r/visions").is(200).lacks("図書館")
	get(t, browser(t), c.url+picture).is(404)
}

// Nobody learns from a page beyond the end, or a strange one, what is not shown.
func TestVisionsPages(t *testing.T) {
	c := newCenter(t)
	for i := range visionsOnPage + 1 {
		var id ippo.AmbassadorID
		c.write(func(ctx context.Context, tx *store.Tx) error {
			a, err := tx.ApplyAmbassador(ctx, ippo.Ambassador{Name: "市川", Kana: "いちかわ", Contact: "090-5555-0199", AgeBand: "30s", Vision: strings.Repeat("花", i+1) + "。"})
			id = a.ID
			return err
		})
		c.approve(id)
	}
	b := browser(t)
	get(t, b, c.url+"/r/visions?lang=en").is(200, "31 found", "Older ones", "?lang=en&amp;p=1").lacks(">花。", "Newer")
	get(t, b, c.url+"/r/visions?lang=en&p=1").is(200, ">花。", "Newer ones").lacks("Older")
	for _, p := range []string{"-1", "x", "99999999999999999999", "7"} {
		get(t, b, c.url+"/r/visions?p="+p).is(200, "31件")
	}
}

// Whatever strangers write, staff may approve it: the pages hold it as text, and no more of it than was approved.
func FuzzVision(f *testing.F) {
	c := newCenter(f)
	r := c.friend()
	var id ippo.AmbassadorID
	c.write(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.ApplyAmbassador(ctx, ippo.Ambassador{Follower: r.me().ID, Name: "市川", Kana: "いちかわ", Contact: "090-5555-0199", AgeBand: "30s"})
		id = a.ID
		return err
	})
	f.Add("花のまち", "yes")
	f.Add("<script>alert(1)</script>", "")
	f.Add("\x00\u202e\xff", "no")
	f.Add("👍🏽\r\n　", "yes")
	f.Fuzz(func(t *testing.T, text, named string) {
		form := visionForm{Vision: strings.ToValidUTF8(text, ""), Named: named == "yes"}
		err := c.store.Write(t.Context(), func(tx *store.Tx) error { return tx.WriteVision(t.Context(), r.me().ID, form.Vision, form.Named) })
		if err != nil {
			return // too long, or nothing
		}
		v, err := c.store.Vision(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if v.State == ippo.VisionWaiting {
			get(t, browser(t), c.url+"/r/visions").is(200, "まだ公開している")
			c.approve(id)
		}
		get(t, browser(t), c.url+"/r/visions").is(200, "1件").lacks("<script", "alert(1)<")
		if k, err := c.bot.keywords.Keywords(t.Context()); err != nil || k.Texts != 1 {
			t.Fatal(k, err)
		}
	})
}
