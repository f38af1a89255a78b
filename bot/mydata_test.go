package bot

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// ambassador signs a resident up.
func (r *resident) ambassador() {
	r.t.Helper()
	link, phone := r.signUp(), browser(r.t)
	post(r.t, phone, link, nil)
	post(r.t, phone, link+"/form", url.Values{
		"name": {"市川 まぼろし"}, "kana": {"いちかわ まぼろし"}, "contact": {"090-5555-0199"}, "ageBand": {"30s"}, "vision": {"まぼろしのまち"},
	}).is(200, "No. 0001")
	r.notice()
}

func TestMyDataIsSeenAndCorrected(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.ambassador()
	link := r.say("わたしのデータ").has("見る・直す").lacks("市川", "090").page("見る・直す")
	get(t, browser(t), link).is(200, "あなた専用", "開く").lacks("市川")
	get(t, browser(t), link+"/form").is(403)
	get(t, browser(t), link+"/edit").is(403)
	phone := browser(t)
	post(t, phone, link, nil).is(200, "山田花子", "市川 まぼろし", "090-5555-0199", "まぼろしのまち", "No. 0001", "申し込み受付", "チラシを配る", "会員証",
		"だれのものかわからない数", "「消す」を押してください").lacks("/file/")
	get(t, phone, link+"/file/mydata.json").is(404) // not without a yes in the chat

	form := url.Values{"name": {"市川 まぼろし"}, "kana": {"いちかわ"}, "contact": {"だめ"}, "ageBand": {"40s"}, "vision": {"あたらしいまち"}}
	get(t, phone, link+"/edit").is(200, `value="市川 まぼろし"`, "まぼろしのまち")
	post(t, phone, link+"/edit", form).is(422, "電話番号かメールアドレス")
	form.Set("contact", "new@example.jp")
	post(t, phone, link+"/edit", form).is(200, "new@example.jp", "あたらしいまち", "40代").lacks("090-5555-0199")
	if a, err := c.store.Ambassador(t.Context(), 1); err != nil || a.Contact != "new@example.jp" || a.Status != ippo.AmbassadorApplied || len(a.Actions) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	c.clock.pass(dataLife + time.Minute)
	get(t, phone, link).is(410)
}

// The data is handed over only after a yes in the chat, for a quarter of an hour, to one browser.
func TestMyDataIsTaken(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.ambassador()
	a := r.tap(r.say("わたしのデータ"), "受け取る").has("受け取りますか")
	link := r.tap(a, "2 はい、受け取ります").has("15分").page("受け取る画面を開く")
	link, external := strings.CutSuffix(link, "?openExternalBrowser=1")
	if !external {
		t.Error("files cannot be kept in LINE's browser")
	}
	phone := browser(t)
	post(t, phone, link, nil).is(200, "/file/mydata.html", "/file/mydata.json")
	p := get(t, phone, link+"/file/mydata.json").is(200)
	var d ippo.PersonalData
	if err := json.Unmarshal([]byte(p.body), &d); err != nil || d.LineUserID != r.id || d.Ambassador == nil || d.Ambassador.Contact != "090-5555-0199" {
		t.Errorf("%v: %s", err, p.body)
	}
	if got := p.header.Get("Content-Disposition"); got != `attachment; filename="mydata.json"` {
		t.Error(got)
	}
	get(t, phone, link+"/file/mydata.html").is(200, "<!DOCTYPE html>", "まぼろしのまち")
	get(t, phone, link+"/file/other").is(404)
	get(t, browser(t), link+"/file/mydata.json").is(403)
	c.clock.pass(takeLife)
	get(t, phone, link+"/file/mydata.json").is(410)

	// Nobody takes anything with yesterday's button.
	r.tap(a, "2 はい、受け取ります").has("受け取りますか")
}

func TestMyDataIsErased(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.ambassador()
	old := r.tap(r.say("わたしのデータ"), "消す").has("消しますか", "元に戻せません", "[くわしく読む]")
	r.say("はい").has("消しますか") // too easily said
	r.say("2").has("消しますか")
	r.tap(old, "1 消さない").has("何も変えていません")
	c.clock.pass(sure)
	again := r.tap(old, "2 はい、消します").has("消しますか") // an old button asks again
	if f := r.me(); f.Status != ippo.FollowerActive {
		t.Fatalf("%+v", f)
	}
	id := r.me().ID
	// Until it begins it can be called off, by the button or by a word.
	for _, keep := range []func(answer) answer{
		func(a answer) answer { return r.tap(a, "取り消す") },
		func(answer) answer { return r.say("やめる") },
	} {
		begun := r.tap(again, "2 はい、消します").has("10分ほど", "[取り消す]")
		if f := r.me(); f.Status != ippo.FollowerErased {
			t.Fatalf("%+v", f)
		}
		keep(begun).has("消すのをやめました")
		if waiting, err := c.store.Erasures(t.Context()); err != nil || len(waiting) != 0 || r.me().Status != ippo.FollowerActive {
			t.Fatalf("%+v, %v", waiting, err)
		}
		r.tap(begun, "取り消す").has("何も変えていません") // long after
		again = r.tap(r.say("わたしのデータ"), "消す").has("消しますか")
	}
	r.tap(again, "2 はい、消します").has("あなたの情報を消します", "24時間")
	r.say("お知らせ").has("いま、あなたの情報を消しています").lacks("お知らせ0号")
	r.say("死にたい").lacks("消しています") // that is always answered
	r.idle()

	waiting, err := c.store.Erasures(t.Context())
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%+v, %v", waiting, err)
	}
	if done, err := c.store.Erase(t.Context(), waiting[0]); err != nil || !done {
		t.Fatal(done, err)
	}
	if done, err := c.store.Scrub(t.Context()); err != nil || !done {
		t.Fatal(done, err)
	}
	for _, name := range []string{"ippo.db", "ippo.db-wal", "ippo.db-shm"} {
		b, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, trace := range []string{r.id, "まぼろし", "090-5555-0199", "山田花子"} {
			if strings.Contains(string(b), trace) {
				t.Errorf("%s is still in %s", trace, name)
			}
		}
	}

	// Whoever writes afterwards is somebody new.
	r.say("わたしのデータ").has("見る・直す")
	if f := r.me(); f.ID == id || !f.OnboardedAt.IsZero() {
		t.Errorf("%+v", f)
	}
	if _, err := c.store.AmbassadorOf(t.Context(), r.me().ID); err == nil {
		t.Error("still an ambassador")
	}
}

func TestMyDataInEveryLanguage(t *testing.T) {
	c := newCenter(t)
	for l, want := range map[ippo.Language][2]string{ippo.EasyJapanese: {"見る・なおす", "センターが もっている、あなたの"}, ippo.English: {"See or correct", "This is what the center holds"}} {
		r := c.friend()
		f := r.me()
		f.Preferences.Language = l
		if err := c.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SavePreferences(t.Context(), f.ID, f.Preferences) }); err != nil {
			t.Fatal(err)
		}
		link := r.say("my data").page(want[0])
		post(t, browser(t), link, nil).is(200, want[1])
	}
}
