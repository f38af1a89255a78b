//go:build !race

package main

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo"
	"ippo/internal/browser"
	"ippo/internal/democity"
	"ippo/messages"
)

// townsman is one of three newcomers who go the same way, each in their own language.
type townsman struct {
	*walker
	messages.Words
	name     string // that they give on our pages
	kana     string // their name in LINE
	free     string // what they write in place of the questions
	asks     string // a frequent question in their words
	consults string // the word that leads to the room
	data     string // the word that leads to their data
	phone    string // the path of their phone
	group    string // the group that they want to visit
	match    string // the path of the match's page in the panel
	page     string // the address that the group was sent
}

// townsmen are a reader of each language in the same town.
func townsmen(w *walker) []*townsman {
	texts, err := messages.Load()
	if err != nil {
		w.Fatal(err)
	}
	return []*townsman{
		{walker: w, Words: texts.In(ippo.Japanese), name: "目印 一郎", kana: "いちろう", free: "土日に子どもと参加できる", asks: "車で行っていいですか", consults: "相談", data: "わたしのデータ"},
		{walker: w, Words: texts.In(ippo.EasyJapanese), name: "目印 二葉", kana: "ふたば", free: "どにちに こどもと いきたい", asks: "ちゅうしゃじょうは ありますか", consults: "そうだん", data: "わたしの データ"},
		{walker: w, Words: texts.In(ippo.English), name: "Mina Mejirushi", kana: "Mina", free: "weekends, with children", asks: "Is there parking?", consults: "consultation", data: "my data"},
	}
}

// before is what a text says before the first of its variables.
func (p *townsman) before(key string) string {
	said := p.Say(key, messages.Vars{"N": 3, "Words": "¶", "Group": "¶", "Phone": ""})
	said, _, _ = strings.Cut(said, "¶")
	said, _, _ = strings.Cut(said, "\n")
	said, _, _ = strings.Cut(said, "3")
	return strings.TrimSpace(said)
}

// follows opens the page behind the last button of the chat that says these words.
func (w *walker) follows(words string) {
	w.Helper()
	w.do("open "+words, chromedp.Navigate(w.link(words)))
}

// link is the address behind the last button of the chat that says these words.
func (w *walker) link(words string) string {
	w.Helper()
	w.hears(words)
	find := fmt.Sprintf(`[...document.querySelectorAll("#log [data-tap], #quick [data-tap]")].filter(e => (e.innerText + (e.getAttribute("aria-label") || "")).includes(%q) && JSON.parse(e.dataset.tap).uri).pop()`, words)
	w.holds("find the link "+words, find+" !== undefined")
	link, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`JSON.parse((`+find+`).dataset.tap).uri`))
	if err != nil {
		w.Fatal(err)
	}
	return link
}

func (w *walker) isPhone() { w.do("be a phone", chromedp.EmulateViewport(375, 812)) }
func (w *walker) isDesk()  { w.do("sit at a desk", chromedp.EmulateViewport(1280, 900)) }

// path is where the browser is.
func (w *walker) path() string {
	at, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		w.Fatal(err)
	}
	return at
}

// text is what an element says.
func (w *walker) text(selector string) string {
	said, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.innerText.trim() ?? ""`, selector)))
	if err != nil {
		w.Fatal(err)
	}
	return said
}

// fits fails when something hangs over the edge of the screen.
func (w *walker) fits() {
	w.Helper()
	w.holds("nothing over the edge of "+w.path(), `document.documentElement.scrollWidth <= innerWidth`)
}

// pass moves the demo's clock ahead.
func (w *walker) pass(to string, times int) {
	w.Helper()
	for range times {
		w.open("/")
		w.click(`#clock button[value="` + to + `"]`)
		w.holds("the clock's new time", `document.querySelector("#toast").textContent.includes("進めました")`)
	}
}

// arrives comes by the leaflet's QR code, answers the six questions with taps, and then says it in words of
// their own.
func (p *townsman) arrives() {
	p.Helper()
	p.isPhone()
	p.open("/phone/?add=1&name=" + url.QueryEscape(p.kana) + "&text=" + url.QueryEscape("市民課の窓口で知りました（入口:shimin-ka）"))
	p.click(`button.wide`)
	p.hears("友だち追加ありがとうございます")
	at, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.pathname + location.search"))
	if err != nil {
		p.Fatal(err)
	}
	p.phone = at
	p.tap(p.Say("language.self"))
	p.hears(p.before("settings.areas.ask"))
	p.say("市民課の窓口で知りました（入口:shimin-ka）")
	p.hears(p.Say("newcomer.area.ask"))
	area, topic := "中央", "子育て"
	if p.Language == ippo.English {
		area, topic = "Chuo", "Raising kids"
	} else if p.Language == ippo.EasyJapanese {
		topic = "どもと家族"
	}
	p.tap(area)
	p.hears(p.Say("newcomer.reach.ask"))
	p.tap(p.Say("reach.city"))
	p.hears(p.before("newcomer.interest.ask"))
	p.chooses(topic)
	p.tap(p.Say("choice.next"))
	p.hears(p.before("newcomer.time.ask"))
	p.chooses(p.Say("time.weekend-morning"))
	p.tap(p.Say("choice.next"))
	p.hears(p.Say("newcomer.way.ask"))
	p.tap(p.Say("way.regular"))
	p.hears(p.before("newcomer.needs.ask"))
	p.chooses(p.Say("need.children"))
	p.tap(p.Say("choice.next"))
	p.hears(p.Say("card.why"))
	p.say(p.free)
	p.hears(p.before("newcomer.heard"))
	p.hears(p.before("newcomer.found"))
}

// chooses taps one of several answers, and waits until it is ticked: what is tapped next may overtake it otherwise.
func (p *townsman) chooses(words string) {
	p.Helper()
	const ticks = `document.querySelector("#log").innerText.split("✓").length`
	before, err := chromedp.Run(p.ctx, chromedp.Evaluate[int](ticks))
	if err != nil {
		p.Fatal(err)
	}
	p.tap(words)
	p.holds("see "+words+" ticked", fmt.Sprintf("%s > %d", ticks, before))
}

// wants fills in the form for a visit and agrees to its being passed on.
func (p *townsman) wants() {
	p.Helper()
	p.tap(p.Say("card.visit"))
	p.follows(p.Say("desk.form"))
	p.press(p.Say("consult.door.go"))
	p.sees(p.Say("visit.title"))
	p.fits()
	p.fill("name", p.name)
	p.fill("contact", "mejirushi@example.jp")
	p.fill("text", "？")
	p.click(`[name="consent"]`)
	p.press(p.Say("visit.send"))
	p.sees(p.Say("visit.done.title"))
}

// handsOver is the coordinator's part: the group's host is linked by a code if they are not yet, and told.
func (p *townsman) handsOver(host string, told int) {
	p.Helper()
	p.isDesk()
	p.open("/admin/matches")
	listed, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll('th a[href^="/admin/matches/"]')].map(a => a.pathname)`))
	if err != nil {
		p.Fatal(err)
	}
	for _, match := range listed { // names stand on their pages only
		if p.open(match); strings.Contains(p.words(), p.name) {
			break
		}
	}
	p.sees(p.name)
	p.match, p.group = p.path(), strings.TrimSuffix(p.text("h1"), "への紹介")
	p.press("受入担当")
	p.sees("受入担当のLINE")
	if !strings.Contains(p.words(), "つながっています") {
		p.press("つなぐことばを出す")
		p.sees("そのまま送る")
	}
	if code := p.text(".code"); code != "" {
		p.isPhone()
		p.open(host)
		p.say(code)
		p.hears(p.group)
		p.isDesk()
	}
	p.open(p.match)
	p.press("LINEで伝える")
	p.sees("団体に伝えました")
	p.isPhone()
	p.open(host)
	p.holds("be told of each", fmt.Sprintf(`(document.getElementById("log")?.innerText.match(/見学を希望する方がいます/g) ?? []).length >= %d`, told))
	p.page = p.link("内容を見る")
}

// answers is the group's part, by the link in its host's chat.
func (p *townsman) answers(now time.Time) {
	p.Helper()
	p.isPhone()
	p.do("open the group's link", chromedp.Navigate(p.page))
	p.press("開く")
	p.sees(p.name)
	p.fits()
	p.do("choose a day", chromedp.SetValue("#visitOn", now.In(ippo.Tokyo).AddDate(0, 0, 1).Format(time.DateOnly)))
	p.press("どうぞ、この日に")
	p.sees("お返事を伝えました")
	p.open(p.phone)
	p.hears(p.Say("answer.title"))
	if strings.Contains(p.words(), p.name) {
		p.Errorf("%s stands in the chat", p.name)
	}
}

// asked waits for a question about the group and taps its answer.
func (p *townsman) asked(question, answer string) {
	p.Helper()
	p.isPhone()
	p.open(p.phone)
	p.hears(p.before("followup." + question + ".ask"))
	p.tap(p.Say("followup." + question + "." + answer))
	p.hears(p.Say("followup.thanks." + question + "." + answer))
}

// The demo's clock, as the page shows it.
func (w *walker) clock() time.Time {
	w.Helper()
	w.open("/")
	stands, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.getElementById("now").dateTime`))
	if err != nil {
		w.Fatal(err)
	}
	now, err := time.Parse(time.RFC3339, stands)
	if err != nil {
		w.Fatal(err)
	}
	return now
}

// openTown runs the demo in this process, and a browser.
func openTown(t *testing.T) *walker {
	t.Helper()
	ctx := browser.New(t, 15*time.Minute)
	running, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var out output
	done, folder := make(chan error, 1), demoFolder(t)
	go func() { done <- demo(running, &out, folder) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	waitUntil(t, "the demo has started", func() bool { return strings.Contains(out.String(), "Ctrl-C") })
	return &walker{t, ctx, regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(out.String())}
}

// A newcomer scans the leaflet's QR code at the city's desk and is walked to a group: six questions or their
// own words, a reason for every suggestion, the form and the consent on our page, the group's answer by its
// link, and the questions after 3, 7 and 30 days. One stays, one finds that it does not fit, one leaves.
func TestJourneyNewcomer(t *testing.T) {
	w := openTown(t)
	people := townsmen(w)
	w.isPhone()
	host := w.follow("受入 たんとう")
	for _, p := range people {
		p.arrives()
		p.wants()
	}
	w.isDesk()
	w.login(democity.Logins()[0])
	for i, p := range people {
		p.handsOver(host, i+1)
	}
	w.pass("day", 3)
	for _, p := range people {
		p.asked("answer", "no")
	}
	now := w.clock()
	for _, p := range people {
		p.answers(now)
	}
	w.pass("week", 1)
	w.pass("day", 2)
	people[0].asked("visit", "joined")
	people[1].asked("visit", "unfit")
	people[1].hears(people[1].before("match.next.found"))
	people[2].asked("visit", "joined")
	w.pass("week", 5)
	people[0].asked("stay", "yes")
	people[2].asked("stay", "no")
	people[2].hears(people[2].before("match.next.found"))
	w.isDesk()
	w.open("/admin/outcomes")
	w.sees("参加した")
}

// joins adds the account and chooses a language.
func (p *townsman) joins() {
	p.Helper()
	p.isPhone()
	p.phone = p.follow(p.kana)
	p.tap(p.Say("language.self"))
	p.hears(p.Say("settings.areas.ask"))
	p.say("やめる")
}

// A resident asks a frequent question and gets its answer; then something of their own, in the room. Staff find
// it in the inbox and answer; LINE says that there is an answer, and nothing more, and the room has it. What is
// typed into the chat by mistake is moved behind a link.
func TestJourneyConsultation(t *testing.T) {
	w := openTown(t)
	people := townsmen(w)
	for _, p := range people {
		p.joins()
		p.say(p.asks)
		p.holds("have an answer or an offer", fmt.Sprintf(`[%q, %q].some(words => document.getElementById("log").innerText.includes(words))`, p.Say("faq.ask"), p.Say("faq.offer")))
		if !strings.Contains(p.words(), p.Say("faq.ask")) { // one of three
			p.say("1")
		}
		p.hears(p.Say("faq.ask"))
		p.say(p.consults)
		p.follows(p.Say("consult.enter"))
		p.press(p.Say("consult.door.go"))
		p.sees(p.Say("consult.kind"))
		p.fits()
		p.fill("text", p.name+"。？")
		p.press(p.Say("consult.send"))
		p.sees(p.Say("consult.sent"))
		p.sees(p.Say("consult.state.new"))
	}
	w.isDesk()
	w.login(democity.Logins()[0])
	for _, p := range people {
		p.open("/admin/consultations?q=" + url.QueryEscape(p.name))
		p.press("未分類")
		p.sees(p.name)
		p.fill("answer", "火曜にどうぞ、"+p.name)
		p.press("お返事を送る")
		p.sees("お返事を送りました") // the state is among the words of the page before
	}
	for _, p := range people {
		p.isPhone()
		p.open(p.phone)
		p.hears(p.Say("consult.answered.title"))
		if strings.Contains(p.words(), p.name) || strings.Contains(p.words(), "火曜") {
			p.Errorf("%s: the chat holds what was said", p.kana)
		}
		p.follows(p.Say("consult.answered.read"))
		p.press(p.Say("consult.door.go"))
		p.sees("火曜にどうぞ、" + p.name)
		p.sees(p.Say("consult.by.staff"))
		p.fits()
		p.open(p.phone)
		p.say("相談があります。夫のことで困っています。電話番号は090-1234-5678です。よろしくお願いします。")
		p.hears(p.Say("consult.moved.title"))
		p.follows(p.Say("consult.enter"))
		p.press(p.Say("consult.door.go"))
		p.sees(p.Say("consult.moved.here"))
	}
}

// A resident sees what is held about them, takes it and has it erased, the last two with a yes in the chat; what
// was begun by mistake is called off first. Nothing is left on the staff's side.
func TestJourneyMyData(t *testing.T) {
	w := openTown(t)
	people := townsmen(w)
	for _, p := range people {
		p.joins()
		p.say(p.consults)
		p.follows(p.Say("consult.enter"))
		p.press(p.Say("consult.door.go"))
		p.fill("text", p.name+"。？")
		p.press(p.Say("consult.send"))
		p.sees(p.Say("consult.sent"))

		p.open(p.phone)
		p.say(p.data)
		p.follows(p.Say("mydata.see"))
		p.press(p.Say("consult.door.go"))
		p.sees(p.Say("mydata.lead"))
		p.sees(p.kana)
		p.sees(p.name)
		p.fits()

		p.open(p.phone)
		p.tap(p.Say("mydata.take.button"))
		p.hears(p.before("mydata.take.ask"))
		p.tap(p.Say("mydata.take.yes"))
		p.follows(p.Say("mydata.take.see"))
		p.press(p.Say("consult.door.go"))
		p.sees(p.Say("mydata.file.title"))
		p.fits()
		for _, file := range []string{"html", "json"} { // what is in them: package bot's tests
			p.holds("be given "+file, fmt.Sprintf(`[...document.links].some(a => a.pathname.endsWith("/file/mydata.%s"))`, file))
		}

		p.open(p.phone)
		for _, end := range []string{"keep", "erase"} {
			p.tap(p.Say("mydata.erase.button"))
			p.hears(p.before("mydata.erase.ask"))
			p.tap(p.Say("mydata.erase.yes"))
			p.hears(p.before("mydata.erase.begun"))
			if end == "keep" {
				p.tap(p.Say("mydata.keep"))
				p.hears(p.Say("mydata.keep.done"))
			}
		}
	}
	w.isDesk()
	w.login(democity.Logins()[1])
	w.open("/admin/followers")
	w.sees("データを消す方")
	for _, p := range people { // what is open waits for its answer, apart from who asked
		p.open("/admin/consultations?q=" + url.QueryEscape(p.name))
		p.sees("未分類")
	}
	w.pass("hour", 1)
	w.open("/admin/followers")
	w.holds("nobody waits to be erased", `!document.body.innerText.includes("データを消す方") || (location.reload(), false)`)
	afresh := people[0].Words // whoever comes back is somebody new, whose language is not known
	for _, p := range people {
		p.isPhone()
		p.open(p.phone)
		p.hears(p.Say("mydata.keep.done")) // what stood there is drawn
		stood := strings.Count(p.text("#log"), afresh.Say("mydata.see"))
		p.say(p.data)
		p.holds("be answered anew", fmt.Sprintf(`document.getElementById("log").innerText.split(%q).length - 1 > %d`, afresh.Say("mydata.see"), stood))
		p.follows(afresh.Say("mydata.see"))
		p.press(afresh.Say("consult.door.go"))
		p.sees(afresh.Say("mydata.lead"))
		if strings.Contains(p.words(), p.name) {
			p.Errorf("%s is still there", p.name)
		}
	}
}
