package bot

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// signUp taps through the ambassadors' talk up to the link.
func (r *resident) signUp() (link string) {
	r.t.Helper()
	a := r.say("アンバサダー").has("未来づくりアンバサダー", "1回5分", "登録する")
	a = r.tap(a, "登録する").has("LINEではなく", "/r/privacy", "16歳未満")
	a = r.tap(a, "同意する").has("どんなこと")
	a = r.tap(a, "チラシを配る").has("✓")
	return r.tap(a, "つぎへ").has("24時間").page("入力画面を開く")
}

type page struct {
	t      testing.TB
	status int
	header http.Header
	body   string
	url    *url.URL
}

func received(t testing.TB, res *http.Response, err error) page {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{t, res.StatusCode, res.Header, string(body), res.Request.URL}
}

func (p page) is(status int, texts ...string) page {
	p.t.Helper()
	if p.status != status {
		p.t.Errorf("%s: status %d, want %d", p.url.Path, p.status, status)
	}
	for _, s := range texts {
		if !strings.Contains(p.body, s) {
			p.t.Errorf("%s lacks %q:\n%s", p.url.Path, s, p.body)
		}
	}
	return p
}

func (p page) lacks(texts ...string) page {
	p.t.Helper()
	for _, s := range texts {
		if strings.Contains(p.body, s) {
			p.t.Errorf("%s says %q", p.url.Path, s)
		}
	}
	return p
}

func get(t testing.TB, b *http.Client, link string) page {
	t.Helper()
	res, err := b.Get(link)
	return received(t, res, err)
}

func post(t testing.TB, b *http.Client, link string, form url.Values) page {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, link, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.Do(req)
	return received(t, res, err)
}

func TestAmbassadorSignUp(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	link := r.signUp()
	phone, other := browser(t), browser(t)

	// Robots and closed pages open links too: that spends nothing.
	for range 3 {
		p := get(t, browser(t), link).is(200, "開く", "ここから先は、あなた専用の画面です")
		for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("CSP %q", csp)
		}
	}
	get(t, other, link+"/form").is(403, "LINEからもう一度開いてください")

	post(t, phone, link, nil).is(200, "お名前", "ふりがな", "私のまちのビジョン")
	get(t, phone, link).is(200, "お名前") // closed and opened again
	get(t, other, link).is(403, "LINEからもう一度開いてください")
	post(t, other, link, nil).is(403, "LINEからもう一度開いてください")
	post(t, other, link+"/form", url.Values{"name": {"他人"}}).is(403)

	form := url.Values{"name": {"山田 花子"}, "kana": {""}, "contact": {"わからない"}, "ageBand": {"u16"}, "vision": {"<b>笑顔のまち</b>"}}
	post(t, phone, link+"/form", form).is(422, `value="山田 花子"`, "ふりがなを、40文字以内で入力してください", "電話番号かメールアドレス", "保護者のお名前を、40文字以内で入力してください",
		"保護者の方の同意が必要です", "&lt;b&gt;笑顔のまち")
	form.Set("kana", "やまだ はなこ")
	form.Set("contact", "090-1234-5678")
	form.Set("guardian", "山田 太郎")
	form.Set("guardianConsent", "yes")
	post(t, phone, link+"/form", form).is(200, "登録しました", "No. 0001", "LINEにお戻りください")
	post(t, phone, link+"/form", form).is(200, "No. 0001") // 送信 tapped twice
	get(t, phone, link).is(200, "No. 0001")
	get(t, other, link).is(403, "LINEからもう一度開いてください")

	r.notice().has("ありがとうございます", "No. 0001", "申込受付").lacks("花子", "090")
	list, err := c.store.Ambassadors(t.Context(), store.AmbassadorFilter{Query: "花子"})
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if a := list[0]; a.Contact != "090-1234-5678" || a.Guardian != "山田 太郎" || a.Vision != "<b>笑顔のまち</b>" || len(a.Actions) != 1 || a.Actions[0] != "flyer" || a.Follower != r.me().ID {
		t.Errorf("%+v", a)
	}
	mails, err := c.store.DueMails(t.Context(), c.clock.Now(), 10)
	if err != nil || len(mails) != 1 || strings.Contains(mails[0].Body, "花子") {
		t.Errorf("mails %+v, %v", mails, err)
	}

	// Never asked twice; campaigns; the way out.
	a := r.say("アンバサダー").has("No. 0001", "登録は済んでいます").lacks("同意")
	a = r.tap(a, "声かけ作戦を見る").has("帰っておいでよ作戦", "こんどの休み", "声かけしました")
	r.tap(a, "声かけしました").has("1回")
	r.tap(a, "声かけしました").has("1回") // a finger that was too quick
	c.clock.pass(time.Minute)
	r.tap(a, "声かけしました").has("2回")
	r.say("アンバサダー")
	r.say("2").has("取り消しますか")
	r.say("はい").has("取り消しました").lacks("登録のつづき")
	if a, err := c.store.AmbassadorOf(t.Context(), r.me().ID); err != nil || a.Status != ippo.AmbassadorDeclined {
		t.Errorf("%+v, %v", a, err)
	}
	r.say("アンバサダー").has("登録する")
}

// A city's own words are on the buttons, and typing them begins the talk; the common words still do.
func TestOwnLabels(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	settings, err := c.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.Labels.Ambassador, settings.Labels.Campaign = "まちの声かけ隊", "イベント"
	if err := c.store.SaveSettings(t.Context(), 0, settings); err != nil {
		t.Fatal(err)
	}
	r.say("メニュー").has("まちの声かけ隊").lacks("アンバサダー")
	a := r.say("マチの声かけ隊").has("1回5分", "登録する", "イベントを見る").lacks("アンバサダー", "作戦を見る")
	r.tap(a, "またあとで").has("「まちの声かけ隊」と送ってください")
	r.say("アンバサダー").has("1回5分")
	r.say("メニュー")
	r.say("イベント").lacks("1回5分") // another talk's word stays that talk's

	settings.Labels.Campaign = "帰郷よびかけ月間"
	if err := c.store.SaveSettings(t.Context(), 0, settings); err != nil {
		t.Fatal(err)
	}
	r.say("メニュー")
	r.say("帰郷よびかけ月間").has("1回5分")
	r.say("帰郷よびかけ月間").has("帰っておいでよ作戦") // said while it asks, it is the answer
}

// The form waits; in the meantime everything else works, and giving up is giving up the sign-up.
func TestFormWaits(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	first := r.signUp()
	a := r.say("お知らせ").has("お知らせ0号")
	second := r.tap(a, "登録のつづき").page("入力画面を開く")
	if first == second {
		t.Error("the same link twice")
	}
	r.say("やめる").has("ここまでにします")
	r.say("お知らせ").lacks("登録のつづき")
	get(t, browser(t), first).is(200, "開く")
}

func TestLinksEnd(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	link := r.signUp()
	forged := link[:len(link)-1] + "A"
	if forged == link {
		forged = link[:len(link)-1] + "B"
	}
	get(t, browser(t), forged).is(404, "LINEからもう一度開いてください")
	get(t, browser(t), c.url+"/r/f/x").is(404, "アドレスが正しくありません", "English")
	get(t, browser(t), c.url+"/r/f/x?lang=en").is(404, "The address is not right.", "please call us")
	c.clock.pass(25 * time.Hour)
	get(t, browser(t), link).is(410, "LINEからもう一度開いてください")
	post(t, browser(t), link, nil).is(410)
}

func TestCrossOriginPostIsRefused(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	link := r.signUp()
	for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		req, _ := http.NewRequest(http.MethodPost, link, nil)
		req.Header.Set(name, value)
		res, err := http.DefaultClient.Do(req)
		p := received(t, res, err).is(403)
		if p.header.Get("Set-Cookie") != "" {
			t.Error("a cookie for a stranger")
		}
	}
	req, _ := http.NewRequest(http.MethodPost, link, nil) // an old phone's own page
	req.Header.Set("Origin", "null")
	res, err := browser(t).Do(req)
	received(t, res, err).is(200, "お名前") // the link was still nobody's
}

func TestContactForm(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	phone := browser(t)
	link := r.say("電話").page("連絡先を入力する")
	post(t, phone, link, nil).is(200, "連絡先の入力")
	post(t, phone, link+"/form", url.Values{"name": {"山田"}}).is(422, `value="山田"`, "電話番号かメールアドレスを、100文字以内で入力してください")
	post(t, phone, link+"/form", url.Values{"name": {"山田"}, "contact": {"０９０ １２３４ ５６７８"}, "text": {"土曜に行きたいです"}}).is(200, "送信しました")
	list := c.requests()
	if len(list) != 1 || list[0].Body != "お名前：山田\n連絡先：０９０ １２３４ ５６７８\n内容：土曜に行きたいです" {
		t.Errorf("desk: %+v", list)
	}
	link = r.say("電話").page("連絡先を入力する")
	post(t, phone, link, nil)
	post(t, phone, link+"/form", url.Values{"name": {"山田"}, "contact": {"a@example.jp"}}).is(200)
	if list := c.requests(); len(list) != 2 || list[0].Kind != ippo.RequestCallback {
		t.Errorf("desk: %+v", list)
	}
}

func TestPages(t *testing.T) {
	c := newCenter(t)
	b := browser(t)
	get(t, b, c.url+"/r/news").is(200, "9件", "お知らせ0号", "北山の福祉")
	get(t, b, c.url+"/r/news?topic=fukushi").is(200, "1件")
	get(t, b, c.url+"/r/news?q=ＨＴＴＰＳ&area=umi").is(200, "8件")
	get(t, b, c.url+"/r/news?q=%00%ff&page=-3&topic=nothing").is(200)
	get(t, b, c.url+"/r/news/news-1").is(200, "お知らせ1号", `<a href="https://example.jp/" rel="noreferrer">https://example.jp/</a>`, "やさしい にほんご", "English")
	get(t, b, c.url+"/r/news/draft").is(404, "ページが見つかりません")
	get(t, b, c.url+"/r/events").is(200, "春の市民まつり")
	get(t, b, c.url+"/r/events/matsuri").is(200, "中央広場", "30人")
	get(t, b, c.url+"/r/groups/ehon").is(200, "えほんの広場", "親子歓迎")
	get(t, b, c.url+"/r/groups/hidden").is(404)
	get(t, b, c.url+"/r/campaigns/kaette").is(200, "帰っておいでよ")
	get(t, b, c.url+"/r/privacy").is(200, "個人情報の取り扱い", `<a class="phone" href="tel:0001234567">000-123-4567</a>`, "同意をいただいたときだけ", "90日で消します", "相談の部屋", "3年で消します")
	get(t, b, c.url+"/r/style.css").is(200, "@media print")
	get(t, b, c.url+"/r").is(200, "お知らせ")
}

func TestLinked(t *testing.T) {
	for text, want := range map[string]string{
		"a<b>":                       "a&lt;b&gt;",
		"見て https://a.jp/x?y=1&z=2。": `見て <a href="https://a.jp/x?y=1&amp;z=2" rel="noreferrer">https://a.jp/x?y=1&amp;z=2</a>。`,
		`https://a.jp/"onclick="x`:   `<a href="https://a.jp/" rel="noreferrer">https://a.jp/</a>&#34;onclick=&#34;x`,
		"javascript:alert(1)\n次":     "javascript:alert(1)<br>\n次",
		"https://a.jp. https://b.jp": `<a href="https://a.jp" rel="noreferrer">https://a.jp</a>. <a href="https://b.jp" rel="noreferrer">https://b.jp</a>`,
	} {
		if got := string(linked(text)); got != want {
			t.Errorf("%q:\n%s\nwant\n%s", text, got, want)
		}
	}
}
