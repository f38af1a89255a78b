package bot

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ippo"
	"ippo/internal/linesim"
)

// modules switches on these, what they need, and no others.
func (c *center) modules(on ...ippo.Module) {
	c.t.Helper()
	for _, m := range on {
		if needs := m.Needs(); needs != "" {
			on = append(on, needs)
		}
	}
	if err := c.store.SaveModules(c.t.Context(), 0, on); err != nil {
		c.t.Fatal(err)
	}
}

// buttons are all that can be tapped in an answer.
func (a answer) buttons() (actions []linesim.Action) {
	for _, m := range a.messages {
		var content any
		if err := json.Unmarshal(m, &content); err != nil {
			a.t.Fatal(err)
		}
		walk(content, func(o map[string]any) {
			one, ok := o["action"].(map[string]any)
			if !ok {
				return
			}
			b, _ := json.Marshal(one)
			var action linesim.Action
			if err := json.Unmarshal(b, &action); err != nil {
				a.t.Fatal(err)
			}
			actions = append(actions, action)
		})
	}
	return actions
}

const offWords = "いまは行っていません"

// offersOnlyWhatIsOn fails where a button belongs to a module that is off.
func (a answer) offersOnlyWhatIsOn(r *resident) {
	r.t.Helper()
	settings, err := r.store.Settings(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	t := &turn{bot: r.bot, center: settings}
	for _, b := range a.buttons() {
		if p, ok := parseTap(b.Data); b.Type == "postback" && (!ok || !t.has(p)) {
			r.t.Errorf("button %q (%s) belongs to what is off", b.Label, b.Data)
		}
	}
}

// explore taps everything that leads on from an answer, and from the answers to that, and opens every page of ours:
// each is an answer of what is on.
func (r *resident) explore(from ...answer) (taps int) {
	r.t.Helper()
	seen := map[string]bool{}
	for len(from) > 0 {
		a := from[0]
		from = from[1:]
		if strings.Contains(a.words(), offWords) {
			r.t.Errorf("a button leads to what is off:\n%s", a.words())
		}
		a.offersOnlyWhatIsOn(r)
		for _, b := range a.buttons() {
			switch {
			case b.Type == "uri" && strings.HasPrefix(b.URI, r.url) && !seen[b.URI]:
				seen[b.URI] = true
				response, err := http.Get(b.URI)
				if err != nil {
					r.t.Fatal(err)
				}
				response.Body.Close()
				if response.StatusCode != http.StatusOK {
					r.t.Errorf("%s: %d", b.URI, response.StatusCode)
				}
			case b.Type == "postback" && !seen[b.Data] && taps < 200:
				seen[b.Data] = true
				if strings.HasPrefix(b.Data, "1/mydata/erase/") {
					continue // that would end it
				}
				taps++
				from = append(from, r.act(r.platform.Postback(r.id, b.Data, nil)))
			}
		}
	}
	return taps
}

// With everything off, nothing that anybody can tap or open is of what is off, and typing its words gets the answer of
// what nobody understands.
func TestNothingOffersWhatIsOff(t *testing.T) {
	c := newCenter(t)
	c.modules()
	r := c.resident("ja")
	welcome := r.follow()
	if strings.Contains(welcome.words(), "団体") || strings.Contains(welcome.words(), "転入") {
		t.Errorf("the greeting offers what is off:\n%s", welcome.words())
	}
	answers := []answer{welcome}
	for _, text := range []string{"とばす", "とばす", "とばす", "メニュー", "設定", "ヘルプ", "電話", "やめる", "わたしのデータ", "English"} {
		answers = append(answers, r.say(text))
	}
	answers = append(answers, r.say("日本語"), r.say("囲碁をやってみたいけれど どこかにありますか"))
	if taps := r.explore(answers...); taps < 15 {
		t.Errorf("only %d buttons were found", taps)
	}
	r = c.friend()
	for _, k := range c.bot.talks {
		for _, word := range k.words {
			if k.module == "" {
				continue
			}
			a := r.say(word)
			// 「おやすみする」 is heard as good night.
			if said := a.words(); !strings.Contains(said, "うまく読み取れませんでした") && !strings.Contains(said, "もしかして") && !strings.Contains(said, "またいつでもどうぞ") {
				t.Errorf("%q of %s, which is off, is answered:\n%s", word, k.module, said)
			}
			a.offersOnlyWhatIsOn(r)
		}
	}
	for _, text := range []string{"未来づくりアンバサダー", "声かけ作戦", "土日に子どもと参加できる"} {
		r.say(text).has("うまく読み取れませんでした")
	}
	// What it confides is kept nowhere, and answered with the telephone.
	r.say("相談です。"+strings.Repeat("家のことで悩んでいます。", 5)).has(offWords, "000-123-4567")
}

// An old button of what is off gets a kind answer, and a talk that was begun before is not gone on with.
func TestOldButtonsOfWhatIsOff(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("転入").has("お住まいの地域")
	c.modules()
	for _, data := range []string{
		"1/groups/start/", "1/groups/show/ehon", "1/news/show/news-1", "1/events/start/", "1/newcomer/start/", "1/newcomer/area/chuo", "1/ambassador/start/",
		"1/ambassador/callout/kaette", "1/reserve/join/matsuri", "1/desk/visit/ehon", "1/consult/start/", "1/faq/start/", "1/vision/start/", "1/rest/goon/", "1/host/fresh/1.open", "1/match/next/1",
	} {
		r.act(r.platform.Postback(r.id, data, nil)).has(offWords, "000-123-4567")
	}
	r.say("中央").has("うまく読み取れませんでした")
	c.modules(ippo.Modules()...)
	r.act(r.platform.Postback(r.id, "1/groups/show/ehon", nil)).has("えほんの広場")
}

// Each module alone is whole: its words are answered, and whatever they lead to is there.
func TestEachModuleAlone(t *testing.T) {
	c := newCenter(t)
	begin := map[ippo.Module]struct{ say, has string }{
		ippo.ModuleNews:          {"お知らせ", "新しいお知らせ"},
		ippo.ModuleEvents:        {"イベント", "これからのイベント"},
		ippo.ModuleGroups:        {"団体をさがす", "どのようにさがしますか"},
		ippo.ModuleMatching:      {"転入", "お住まいの地域"},
		ippo.ModuleConsultations: {"相談", "相談"},
		ippo.ModuleFAQ:           {"よくある質問", "よくある質問"},
		ippo.ModuleAmbassadors:   {"アンバサダー", "1回5分"},
		ippo.ModuleCampaigns:     {"アンバサダー", "声かけ作戦を見る"},
		ippo.ModuleVisions:       {"ビジョン", "ビジョン"},
		ippo.ModuleReports:       {"メニュー", "受信設定"}, // it is the staff's
	}
	if _, err := c.store.CreateFAQ(t.Context(), 0, ippo.FAQ{Question: "駐車場はありますか", Answer: "あります。"}); err != nil {
		t.Fatal(err)
	}
	for _, m := range ippo.Modules() {
		t.Run(string(m), func(t *testing.T) {
			c := *c
			c.t = t
			c.modules(m)
			r := c.friend()
			a := r.say(begin[m].say).has(begin[m].has)
			if strings.Contains(a.words(), "うまく読み取れませんでした") {
				t.Errorf("not understood:\n%s", a.words())
			}
			r.explore(a, r.say("メニュー"), r.say("つくえのうえのりんご"))
		})
	}
}

// A page of a module that is off is not there, and says how else to reach the center; with the module on, it is.
func TestPagesOfWhatIsOff(t *testing.T) {
	c := newCenter(t)
	pages := map[ippo.Module][]string{
		ippo.ModuleNews:        {"/r/news", "/r/news/news-1"},
		ippo.ModuleEvents:      {"/r/events", "/r/events/matsuri", "/r/events/matsuri/calendar.ics"},
		ippo.ModuleGroups:      {"/r/groups/ehon"},
		ippo.ModuleCampaigns:   {"/r/campaigns/kaette", "/c/kaette"},
		ippo.ModuleAmbassadors: {"/r/ambassadors"},
		ippo.ModuleVisions:     {"/r/visions"},
	}
	get := func(path string) (int, string) {
		t.Helper()
		r, err := http.Get(c.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(body)
	}
	for _, m := range ippo.Modules() {
		for _, path := range pages[m] {
			c.modules(slices.DeleteFunc(ippo.Modules(), func(x ippo.Module) bool { return x == m || x.Needs() == m })...)
			if status, body := get(path); status != http.StatusNotFound || !strings.Contains(body, offWords) || !strings.Contains(body, "000-123-4567") {
				t.Errorf("%s while %s is off: %d\n%s", path, m, status, body)
			}
			c.modules(m)
			if status, _ := get(path); status != http.StatusOK {
				t.Errorf("%s while %s is on: %d", path, m, status)
			}
		}
	}
	c.modules()
	about := map[ippo.Module]string{ippo.ModuleFAQ: "どの答えも見つからなかった質問", ippo.ModuleConsultations: "相談の部屋", ippo.ModuleMatching: "見学を希望されたとき"}
	status, body := get("/r/privacy")
	if status != http.StatusOK || strings.Contains(body, `href="/r/news"`) {
		t.Errorf("/r/privacy: %d\n%s", status, body)
	}
	for m, words := range about { // nothing is told of what nobody is ever asked
		if strings.Contains(body, words) {
			t.Errorf("while %s is off, residents are told of it: %s", m, body)
		}
	}
	c.modules(ippo.Modules()...)
	_, body = get("/r/privacy")
	for m, words := range about {
		if !strings.Contains(body, words) {
			t.Errorf("while %s is on, residents are not told of it: %s", m, body)
		}
	}
}
