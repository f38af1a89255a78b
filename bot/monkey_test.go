//go:build !race

package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
	"ippo/messages"
	"ippo/store"
)

var (
	monkeySessions = flag.Int("monkeys", 9, "how many people do as they please")
	monkeySteps    = flag.Int("monkey-steps", 40, "how much each of them does")
	monkeySeed     = flag.Uint64("monkey-seed", 1, "of the first of them; the others count on from it")
)

// People tap whatever there is to tap, old buttons too, and write whatever comes to their mind: in a
// small town, in a city that has filled in nothing yet and switched on no module, and in one that has filled in all that
// can be filled in. Every time there is an answer, LINE takes it, and nothing goes wrong behind it.
func TestMonkeys(t *testing.T) {
	for i := range *monkeySessions {
		seed := *monkeySeed + uint64(i)
		language := []string{"ja", "en", "vi"}[i%3]
		city := []string{"small town", "empty city", "full city"}[i/3%3]
		t.Run(fmt.Sprintf("%d %s %s", seed, language, city), func(t *testing.T) {
			trouble := &troubles{t: t}
			c := openCenter(t, slog.New(trouble))
			switch city {
			case "small town":
				c.fill()
			case "full city":
				c.fillUp()
			}
			m := &monkey{resident: c.resident(language), dice: rand.New(rand.NewPCG(seed, 0))}
			m.did("follows", c.platform.Follow(m.id))
			if seed%2 == 0 {
				m.signUp()
			}
			for range *monkeySteps {
				m.step()
			}
			m.idle()
			for _, r := range c.platform.Requests() {
				if r.Status >= 400 {
					t.Errorf("LINE answered %d to %s", r.Status, r.Endpoint)
				}
			}
			if t.Failed() {
				t.Logf("what was done:\n%s", strings.Join(m.log, "\n"))
			}
		})
	}
}

// fillUp puts in as much as staff can, each text as long as it may be.
func (c *center) fillUp() {
	c.t.Helper()
	ctx := c.t.Context()
	must := func(_ any, err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatal(err)
		}
	}
	text := func(n int) string { return strings.Repeat("<&市", n/3+1)[:n/3*5] + strings.Repeat("民", n%3) }
	slug := func(kind string, i int) string {
		return fmt.Sprintf("%s-%02d-%s", kind, i, strings.Repeat("x", 35-len(kind)))
	}
	settings := ippo.DefaultSettings()
	settings.Modules = ippo.Modules()
	settings.Office = ippo.Office{
		Account: text(20), Name: text(40), City: text(20), Phone: "+81-0000-000-000-000", Hours: text(60), Address: text(80),
	}
	settings.Labels = ippo.Labels{Ambassador: text(20), Campaign: text(20), Vision: text(20)}
	must(nil, c.store.SaveSettings(ctx, 0, settings))
	for i := range ippo.MaxChoices {
		name := fmt.Sprintf("%02d%s", i, text(ippo.MaxChoiceName-2))
		must(c.store.CreateTopic(ctx, 0, ippo.Topic{Slug: slug("t", i), Name: name, Names: ippo.Names{ippo.EasyJapanese: name, ippo.English: name}, Order: i}))
		must(c.store.CreateArea(ctx, 0, ippo.Area{Slug: slug("a", i), Name: name, Names: ippo.Names{ippo.EasyJapanese: name, ippo.English: name}, Order: i}))
	}
	author, err := c.store.CreateStaff(ctx, 0, ippo.Staff{Name: "担当", Email: "a@example.jp", Role: ippo.Administrator}, "$argon2id$")
	must(author, err)
	every := ippo.Choice(1)<<ippo.MaxChoices - 1
	now := c.clock.Now()
	for i := range 20 {
		must(c.store.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{
			Slug: slug("g", i), Name: text(40), Kana: text(60), Summary: text(60), Body: text(1000), Topics: every, Areas: every,
			Place: text(60), Weekdays: 127, Parts: ippo.Morning | ippo.Afternoon | ippo.Evening, When: text(60), Whom: text(60), Cost: text(60),
			Contact: text(100), Beginners: true, Children: true, Wheelchair: true, Online: true,
		}))
		must(c.store.CreateNews(ctx, 0, ippo.News{
			Slug: slug("n", i), Kind: ippo.NewsPlain, Title: text(60), Summary: text(120), Body: text(5000), Topics: every, Areas: every,
			Status: ippo.ContentPublished, PublishAt: now.Add(-time.Hour),
		}))
		must(c.store.CreateEvent(ctx, 0, ippo.Event{
			Slug: slug("e", i), Title: text(60), Summary: text(120), Body: text(5000), StartsAt: now.Add(1000 * time.Hour), EndsAt: now.Add(1100 * time.Hour),
			Place: text(60), Capacity: 100000, Cost: text(60), Contact: text(100), Topics: every, Areas: every, Status: ippo.ContentPublished,
			SignUp: ippo.SignUp{Open: i%4 > 0, MaxParty: ippo.MaxParty, AsksName: i%4 == 1}, ForAmbassadors: i%5 == 4,
		}))
		campaign, err := c.store.CreateCampaign(ctx, author.ID, ippo.Campaign{
			Slug: slug("c", i), Title: text(40), Story: text(1000), Whom: text(200), Phrase: text(300), StartsOn: "2026-03-01", EndsOn: "2026-12-31",
			Audience: ippo.Audience{Ambassadors: true}, Reminders: []string{text(500)}, Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Wednesday}, At: 9 * 60},
		})
		must(campaign, err)
		c.show(campaign)
	}
}

// monkey is a resident without a plan.
type monkey struct {
	*resident
	dice    *rand.Rand
	buttons []json.RawMessage // of every message so far
	latest  int               // the buttons from here on belong to the last answer
	log     []string
}

// signUp makes an ambassador of the monkey, who would not get through the form.
func (m *monkey) signUp() {
	m.log = append(m.log, "signs up as an ambassador")
	err := m.store.Write(m.t.Context(), func(t *store.Tx) error {
		_, err := t.ApplyAmbassador(m.t.Context(), ippo.Ambassador{
			Follower: m.me().ID, Name: "山田", Kana: "やまだ", Contact: "090-0000-0000", AgeBand: "30s", ConsentedAt: m.clock.Now(),
		})
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *monkey) step() {
	switch n := m.dice.IntN(100); {
	case n < 45 && m.latest < len(m.buttons):
		m.tap(m.buttons[m.latest+m.dice.IntN(len(m.buttons)-m.latest)])
	case n < 55 && len(m.buttons) > 0:
		m.tap(m.buttons[m.dice.IntN(len(m.buttons))])
	case n < 62:
		m.tap(richMenuActions(m.t)[m.dice.IntN(6)])
	case n < 64:
		_, err := m.platform.SendSticker(m.id, "446", "1988")
		m.did("sends a sticker", err)
	case n < 66:
		_, err := m.platform.SendLocation(m.id, linesim.Location{Title: "家", Address: "みらい市", Latitude: 35, Longitude: 139})
		m.did("shares a place", err)
	case n < 68:
		_, err := m.platform.SendAudio(m.id, linesim.Media{ContentType: "audio/m4a", Data: []byte("…"), Duration: time.Second})
		m.did("speaks", err)
	case n < 70:
		if err := m.platform.Block(m.id); err != nil {
			m.t.Fatal(err)
		}
		m.did("blocks and comes back", m.platform.Follow(m.id))
	case n < 73:
		m.clock.pass(time.Duration(m.dice.IntN(50)) * time.Hour)
	case n < 76:
		data := m.someWords()
		if m.dice.IntN(2) == 0 {
			data = "1/" + []string{"menu", "settings", "groups", "newcomer", "ambassador", "desk", "news", "reduce"}[m.dice.IntN(8)] +
				"/" + []string{"start", "areas", "topics", "show", "call", "cancel", "withdraw", "results", "list", "callout"}[m.dice.IntN(10)] +
				"/" + []string{"", "ask", "back", "yes", "p2", "+chuo", "-", "visit", "visit.ehon", "nobody"}[m.dice.IntN(10)]
		}
		m.did(fmt.Sprintf("sends an odd postback %.60q", data), m.platform.Postback(m.id, data, nil))
	default:
		text := m.someWords()
		_, err := m.platform.Say(m.id, text)
		m.did(fmt.Sprintf("writes %.60q", text), err)
	}
}

// tap taps a button: one that opens a page of ours must lead somewhere.
func (m *monkey) tap(action json.RawMessage) {
	var a linesim.Action
	if err := json.Unmarshal(action, &a); err != nil {
		m.t.Fatal(err)
	}
	if a.Type == "uri" {
		m.log = append(m.log, "opens "+a.Label)
		if strings.HasPrefix(a.URI, m.url) {
			m.open(a.URI)
		}
		return
	}
	_, err := m.platform.Tap(m.id, action, "")
	m.did(fmt.Sprintf("taps %q %s", a.Label, a.Data), err)
}

func (m *monkey) open(page string) {
	response, err := http.Get(page)
	if err != nil {
		m.t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	// An old link may be over, and what it is about may be gone; nothing may break.
	if response.StatusCode >= 500 {
		m.t.Errorf("%s answered %d", page, response.StatusCode)
	}
}

// did notes what was done, and reads the answer to it.
func (m *monkey) did(what string, err error) {
	m.t.Helper()
	m.log = append(m.log, what)
	if err != nil {
		m.t.Fatalf("%s: %v", what, err)
	}
	ctx, cancel := context.WithTimeout(m.t.Context(), 20*time.Second)
	defer cancel()
	if err := m.platform.WaitFor(ctx, func() bool { return m.platform.Received(m.id) > m.seen }); err != nil {
		m.t.Fatalf("silence. What was done:\n%s", strings.Join(m.log, "\n"))
	}
	m.latest = len(m.buttons)
	answer := m.answer()
	answer.offersOnlyWhatIsOn(m.resident)
	for _, message := range answer.messages {
		var content any
		if err := json.Unmarshal(message, &content); err != nil {
			m.t.Fatal(err)
		}
		walk(content, func(o map[string]any) {
			if action, ok := o["action"].(map[string]any); ok {
				b, _ := json.Marshal(action)
				m.buttons = append(m.buttons, b)
			}
		})
		if words := messages.Alt(ippo.Message(message)); strings.Contains(words, "{{") || strings.Contains(words, "<no value>") {
			m.t.Errorf("unfinished words: %s", words)
		}
	}
	// A map is walked in any order; the same seed taps the same buttons.
	slices.SortFunc(m.buttons[m.latest:], func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
}

// someWords is something that somebody might write.
func (m *monkey) someWords() string {
	words := []string{
		"1", "１", "いち", "一番", "2と3", "３、１", "99", "0", "-1", "全部", "ぜんぶ", "わからない", "とばす", "もどる", "やめる", "メニュー", "設定",
		"はい", "いいえ", "つぎへ", "もっと見る", "おまかせ", "ありがとう", "やめたい", "いらない", "こんにちは", "お知らせ", "団体をさがす", "転入", "アンバサダー",
		"イベント", "相談", "配信を減らす", "再開", "English", "ことば", "menu", "settings", "help", "yes", "next", "skip", "all",
		"子育て", "ｺｿﾀﾞﾃ", "bousai", "いご", "囲碁くらぶ", "えほんのひろは", "中央", "土曜", "月", "見学したい", "北山", "退任", "同意する",
		"死にたい", "たすけて", "090-1234-5678です", "hanako@example.jp", "みらい市本町1-2-3に住んでいます", "市民課の窓口で知りました（入口:shimin-ka）",
		"（入口:no-such-entry）", "職員:123456", "{{.Name}}", "<script>alert(1)</script>", "'; DROP TABLE followers; --", "%s%d%n", "\u202eかいけ", "👨‍👩‍👧‍👦🎉",
		"。。。", "？", "\u200b", "ー", "あ", "\n\n", "1/menu/start/",
		strings.Repeat("長い文です。", 800), strings.Repeat("あ", 5000), strings.Repeat("囲碁 ", 1600),
	}
	if m.dice.IntN(5) > 0 {
		return words[m.dice.IntN(len(words))]
	}
	alphabet := []rune("あいうえおかきくけこさしすせそ12３４アイウｱｲｳ市民団体子育abcXYZ 　、。・-ー!？👍\u0301")
	text := make([]rune, 1+m.dice.IntN(40))
	for i := range text {
		text[i] = alphabet[m.dice.IntN(len(alphabet))]
	}
	return string(text)
}

func richMenuActions(t testing.TB) []json.RawMessage {
	t.Helper()
	object, _, _, err := messages.RichMenu(ippo.DefaultRichMenu(ippo.DefaultSettings().Labels))
	if err != nil {
		t.Fatal(err)
	}
	var menu struct {
		Areas []struct{ Action json.RawMessage }
	}
	if err := json.Unmarshal(object, &menu); err != nil {
		t.Fatal(err)
	}
	var actions []json.RawMessage
	for _, a := range menu.Areas {
		actions = append(actions, a.Action)
	}
	return actions
}

// troubles is a log that must stay empty of errors.
type troubles struct{ t testing.TB }

func (h *troubles) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

func (h *troubles) Handle(_ context.Context, r slog.Record) error {
	var attributes []string
	r.Attrs(func(a slog.Attr) bool { attributes = append(attributes, a.String()); return true })
	h.t.Errorf("logged an error: %s %s", r.Message, strings.Join(attributes, " "))
	return nil
}

func (h *troubles) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *troubles) WithGroup(string) slog.Handler      { return h }
