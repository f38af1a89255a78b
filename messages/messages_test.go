package messages

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
)

var update = flag.Bool("update", false, "write the golden files and draw the rich menu")

func words(t *testing.T, l ippo.Language) Words {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.In(l)
}

func catalog(t *testing.T, l ippo.Language) texts {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.built[l]
}

// Every text is there in every language, for every number, mentions the same things, can be said, and is used
// somewhere.
func TestCatalogsAreWhole(t *testing.T) {
	japanese := catalog(t, ippo.Japanese)
	for _, l := range ippo.Languages {
		all := catalog(t, l)
		for key, text := range japanese {
			other := all[key]
			if other == nil || strings.TrimSpace(other.Other) == "" {
				t.Errorf("%s lacks %q", l, key)
				continue
			}
			if why := unsayable(other, text); why != "" {
				t.Errorf("%s: %q: %s", l, key, why)
			}
			// Of what a text holds, only English has another form for one, and only where something is counted.
			if many := len(forms(other)); many > 2 || many == 2 && (l != ippo.English || other.One == "") {
				t.Errorf("%s: %q has forms that the language has not", l, key)
			}
		}
		for key := range all {
			if japanese[key] == nil {
				t.Errorf("%s has %q, which is not in the Japanese catalogue", l, key)
			}
		}
	}

	// Keys stand in the code whole, or begin there and end in a stored word.
	source := sources(t)
	for key := range japanese {
		said := strings.Contains(source, `"`+key+`"`)
		for i, r := range key {
			said = said || r == '.' && strings.Contains(source, `"`+key[:i+1]+`"`)
		}
		if !said {
			t.Errorf("nothing says %q", key)
		}
	}
	for _, m := range regexp.MustCompile(`(?:\.Say|\.say|\.tap|\.frame|\.Say )(?:\(|\(c, )?"([a-zA-Z0-9.-]+)"`).FindAllStringSubmatch(source, -1) {
		if _, ok := japanese[m[1]]; !ok && !strings.HasSuffix(m[1], ".") {
			t.Errorf("the code says %q, which no catalogue has", m[1])
		}
	}
}

// What is counted is said rightly for one.
func TestOneAndMany(t *testing.T) {
	w := words(t, ippo.English)
	for n, want := range map[any]string{
		1: "You have called out once", 2: "called out 2 times", "1": "called out once", "12,345": "called out 12,345 times", nil: "called out <no value> times",
	} {
		if got := w.Say("callout.counted", Vars{"N": n}); !strings.Contains(got, want) {
			t.Errorf("%v: %s", n, got)
		}
	}
}

func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"*.go", "../bot/*.go", "../bot/templates/*.html", "../bot/templates/pages/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
		}
	}
	return all.String()
}

// Labels of choices fit into a quick reply together with their number.
func TestLabelsFit(t *testing.T) {
	pages := regexp.MustCompile(`^(page|form\.(done|young|guardian|vision|problem)|host\.(page|answer|mail)|host\.fresh\.(see|call))\.?`) // stand on our pages, not in LINE
	labels := regexp.MustCompile(`^(choice|time|weekday|action|menu|resume|reach|way|need|followup\.(answer|visit|stay))\.|^(host\.(visit\.see|fresh\.(open|full|closed))|newcomer\.enough|match\.next)$|\.(open|more|again|restart|topics|areas|stop|keep|agree|disagree|begin|see|later|leave|yes|no|coordinator|groups|form|cancel|dial|visit|call|read|button)$`)
	for _, l := range ippo.Languages {
		for key, text := range catalog(t, l) {
			if !labels.MatchString(key) || pages.MatchString(key) || strings.HasSuffix(key, ".hint") || strings.HasSuffix(key, ".ask") || key == "welcome.again" || strings.HasPrefix(key, "reason.") || strings.HasPrefix(key, "desk.done.") ||
				strings.HasPrefix(key, "followup.thanks.") || strings.HasPrefix(key, "answer.") {
				continue
			}
			if n := longest(text); n > 18 {
				t.Errorf("%s: %q has %d characters: %s", l, key, n, text.Other)
			}
		}
	}
}

var (
	office = ippo.Office{
		Account: "みらい市 市民協働センター", Name: "みらい市民協働センター", City: "みらい市", Phone: "000-123-4567",
		Hours: "平日 9:00〜17:00", Address: "みらい市中央1-1",
	}
	center = ippo.Settings{Office: office, Labels: ippo.Labels{Ambassador: "未来づくりアンバサダー", Campaign: "声かけ作戦", Vision: "私のまちのビジョン"}}
	noon   = time.Date(2026, 3, 31, 12, 0, 0, 0, ippo.Tokyo)
	ehon   = ippo.ActivityGroup{
		ID: 1, Slug: "ehon", Name: "えほんの広場", Summary: "絵本の読み聞かせ", Place: "中央図書館", When: "毎週土曜 10:00〜11:30",
		Whom: "親子", Cost: "無料", Beginners: true, Children: true, Wheelchair: true, Online: true, Receiving: true,
	}
	igo = ippo.ActivityGroup{ID: 2, Slug: "igo", Name: "みらい囲碁クラブ", Summary: "囲碁を楽しむ会", Weekdays: 1 << time.Wednesday, Parts: ippo.Afternoon}
)

const base = "https://ippo.example.jp"

func areas(c ippo.Choice) string {
	if c == 0 {
		return "市内全域"
	}
	return "中央"
}

// kinds is one of every kind of message that residents see.
func kinds(w Words) map[string]ippo.Message {
	long := strings.Repeat("とても長い題名の", 7)
	news := []ippo.News{
		{Slug: "a", Kind: ippo.NewsPlain, Title: "断水のお知らせ", Summary: "3月31日の夜に断水します。", PublishAt: noon, Translations: ippo.Translations{
			ippo.EasyJapanese: {Texts: map[string]string{"title": "水が 出ません", "summary": "3月31日の 夜は 水が 出ません。"}},
			ippo.English:      {Texts: map[string]string{"title": "No water on 31 March", "summary": "There will be no water at night."}},
		}},
		{Slug: "b", Kind: ippo.NewsSubsidy, Title: long, Summary: strings.Repeat("概", 120), PublishAt: noon},
	}
	event := ippo.Event{Slug: "matsuri", Title: "春の市民まつり", Summary: "団体の発表", StartsAt: noon, EndsAt: noon.Add(3 * time.Hour), Place: "中央広場", Capacity: 30, Cost: "無料"}
	event.SignUp.MaxParty = 1
	cafe := event
	cafe.Slug, cafe.SignUp = "cafe", ippo.SignUp{Open: true, MaxParty: ippo.MaxParty, ConfirmHours: 24}
	cafe.Status = ippo.ContentPublished
	full := cafe
	full.Title, full.Place, full.Places.Taken, full.SignUp.MaxParty = strings.Repeat("題", 60), strings.Repeat("場", 60), 30, 1
	off := cafe
	off.CalledOff = true
	booking := func(e ippo.Event, state ippo.ReservationState) ippo.Booking {
		b := ippo.Booking{Event: e, Reservation: ippo.Reservation{ID: 1 << 40, State: state, Party: min(2, e.SignUp.MaxParty)}}
		if state == ippo.ReservationOffered {
			b.Reservation.ConfirmBy = noon.Add(-5 * time.Hour)
		}
		return b
	}
	member := ippo.Ambassador{Number: 7, Invite: "ABCDEFGHIJKLMNOPQRST", Invited: 1234, Status: ippo.AmbassadorApplied, AppliedAt: noon, Name: "山田花子", Contact: "090-0000-0000"}
	resting := member
	resting.Resting = true
	campaigns := []ippo.Campaign{{Slug: "kaette", Title: "帰っておいでよ作戦", Story: "家族に声をかけよう", Whom: "離れて暮らす家族\nUターンを考える人", Phrase: "こんどの休み、帰っておいでよ", Aim: 30000, People: 12345,
		Phrases:   []ippo.Phrase{{Occasion: "卒業", Text: "卒業おめでとう。いつでも帰っておいで。"}, {Occasion: "結婚", Text: "結婚おめでとう。こっちは子育てしやすいよ。"}},
		Reminders: []string{"今週も、一声お願いします。"}, Thanks: "市長より、心からお礼を申し上げます。", Audience: ippo.Audience{Ambassadors: true}}}
	catalogs, err := Load()
	if err != nil {
		panic(err)
	}
	reminders := Reminders(catalogs, campaigns[0], base)
	half := Milestone(w, campaigns[0], ippo.Milestone{N: 50, Percent: true}, base)
	picks := []Pick{{"子育て", true, "1/settings/topics/-kosodate"}, {"福祉", false, "1/settings/topics/+fukushi"}}
	many := make([]Pick, ippo.MaxChoices)
	for i := range many {
		many[i] = Pick{strings.Repeat("名", ippo.MaxChoiceName), i%2 == 0, "1/settings/topics/+" + strings.Repeat("a", 40)}
	}
	choices := make([]Choice, 20)
	for i := range choices {
		choices[i] = Choice{Label: strings.Repeat("長", 30), Data: "1/menu/open/x"}
	}
	week := []ippo.DigestItem{
		{Kind: ippo.DigestBroadcast, At: noon, Broadcast: &ippo.Broadcast{ID: 12, Messages: []ippo.Message{Text("{{name}}さん、親子ひろばの曜日が増えます。\n来月から金曜も開きます。")}}},
		{Kind: ippo.DigestNews, At: noon, News: news[0]},
		{Kind: ippo.DigestEvent, At: noon, Event: event},
	}
	var busy []ippo.DigestItem
	for range 40 {
		busy = append(busy, ippo.DigestItem{Kind: ippo.DigestBroadcast, At: noon, Broadcast: &ippo.Broadcast{ID: 1 << 40, Messages: []ippo.Message{
			ippo.Message(`{"type":"image","originalContentUrl":"https://example.jp/a.jpg","previewImageUrl":"https://example.jp/a.jpg"}`), Text(strings.Repeat("長", 5000)),
		}}}, ippo.DigestItem{Kind: ippo.DigestEvent, At: noon, Event: ippo.Event{
			Slug: strings.Repeat("a", 40), Title: strings.Repeat("題", 60), Place: strings.Repeat("場", 60), StartsAt: noon, EndsAt: noon.AddDate(0, 0, 1),
		}})
	}
	long60, host := strings.Repeat("長", 60), ippo.Host{Person: strings.Repeat("名", 40), Public: true, Email: "secret@example.jp", Phone: "090-0000-0000"}
	mature := ippo.ActivityGroup{
		Slug: "hatake", Name: strings.Repeat("会", 40), Summary: long60, Place: long60, When: long60, Whom: long60, Cost: long60, Bring: long60,
		Welcome: strings.Repeat("歓", 200), Host: host, Alone: true, Together: true, Tongues: 255, Receiving: true, Full: true,
		ConfirmedAt: noon.AddDate(0, -6, 0), SilentSince: noon.AddDate(0, -3, 0),
	}
	return map[string]ippo.Message{
		"group_answer":      GroupAnswer(w, ippo.Match{ID: 1 << 40, GroupName: mature.Name, Answer: ippo.AnswerWelcome, VisitOn: noon}),
		"group_answer_no":   GroupAnswer(w, ippo.Match{ID: 7, GroupName: "里山の会", Answer: ippo.AnswerClosed}),
		"group_answer_wait": GroupAnswer(w, ippo.Match{ID: 7, GroupName: "里山の会", Answer: ippo.AnswerLater}),
		"followup_answer":   FollowUp(w, ippo.FollowUpAnswer, 7, "里山の会"),
		"followup_visit":    FollowUp(w, ippo.FollowUpVisit, 7, mature.Name),
		"followup_stay":     FollowUp(w, ippo.FollowUpStay, 7, "里山の会"),
		"visit_request":     VisitRequest(w, "里山の会", base+"/r/g/link"),
		"freshness":         Freshness(w, mature),
		"room":              Room(w, office, "", base+"/r/f/link"),
		"room_open":         Room(w, office, ippo.ConsultationWorking, base+"/r/f/link"),
		"moved_text":        MovedText(w, base+"/r/f/link"),
		"room_answer":       ConsultationAnswer(w, base+"/r/f/link"),
		"digest":            Digest(w, noon, week, base, "/r/digests/20/1"),
		"digest_picture":    Digest(w, noon, []ippo.DigestItem{{Kind: ippo.DigestBroadcast, At: noon, Broadcast: &ippo.Broadcast{ID: 12, Messages: busy[0].Broadcast.Messages[:1]}}}, base, "/r/digests/20/2"),
		"digest_most":       Digest(w, noon, busy, base, "/r/digests/1099511627776/10000"),
		"greeting":          Greeting(w, ippo.Settings{Office: office, Modules: ippo.Modules()}, base+"/r/privacy"),
		"danger":            Danger(w, office),
		"desk":              Desk(w, office, base+"/r/f/link"),
		"desk_unreachable":  Desk(w, ippo.Office{Name: "センター"}, base+"/r/f/link"),
		"news":              NewsCards(w, news, base),
		"news_one":          NewsCards(w, news[:1], base),
		"events":            EventCards(w, []ippo.Event{event}, base, noon),
		"events_signup":     EventCards(w, []ippo.Event{cafe, full}, base, noon.AddDate(0, 0, -2)),
		"signup":            AskSignUp(w, event, ""),
		"signup_party":      AskSignUp(w, cafe, ""),
		"signup_full":       AskSignUp(w, full, ""),
		"signup_form":       AskSignUp(w, full, base+"/r/f/link"),
		"reservation":       Reservation(w, "reserve.done", booking(cafe, ippo.Reserved), base),
		"reservations": Reservations(w, []ippo.Booking{
			booking(event, ippo.Reserved), booking(cafe, ippo.ReservationWaiting), booking(full, ippo.ReservationOffered), booking(off, ippo.Reserved),
		}, base),
		"place_offered":     EventNotice(w, ippo.NoticeWaitingList, "", booking(full, ippo.ReservationOffered), base),
		"event_changed":     EventNotice(w, ippo.NoticeEventChange, "", booking(cafe, ippo.Reserved), base),
		"event_off":         EventNotice(w, ippo.NoticeEventChange, "", booking(off, ippo.Reserved), base),
		"event_tomorrow":    EventNotice(w, ippo.NoticeEventReminder, ippo.RemindDay, booking(event, ippo.Reserved), base),
		"event_soon":        EventNotice(w, ippo.NoticeEventReminder, ippo.RemindSoon, booking(cafe, ippo.Reserved), base),
		"event_feedback":    EventNotice(w, ippo.NoticeEventFeedback, "", booking(full, ippo.Reserved), base),
		"groups":            GroupCards(w, []ippo.ActivityGroup{ehon, igo}, base, areas, noon),
		"matches":           SuggestionCards(w, []Suggestion{{ehon, "土曜の午前・中央地区・親子歓迎"}, {igo, "初めての方歓迎"}, {mature, "日曜の午前・市内のどこからでも"}}, base, areas, noon),
		"ambassador":        AmbassadorCard(w, member, center, base),
		"ambassador_rest":   AmbassadorCard(w, resting, center, base),
		"own_card":          OwnCards(ownCards[:1], base),
		"own_cards":         OwnCards(ownCards, base),
		"campaigns":         CampaignCards(w, campaigns, base, false),
		"campaigns_serving": CampaignCards(w, campaigns, base, true),
		"campaign_phrases":  Phrases(w, campaigns[0], base),
		"campaign_reminder": reminders[0].Draw(w.Language)[1],
		"campaign_goon":     reminders[1].Draw(w.Language)[0],
		"campaign_half":     half[0],
		"campaign_aim":      Milestone(w, campaigns[0], ippo.Milestone{N: 100, Percent: true}, base)[0],
		"campaign_people":   Milestone(w, campaigns[0], ippo.Milestone{N: 500}, base)[0],
		"picks":             Picks("どの分野ですか。", "番号でも選べます。", picks),
		"picks_most":        Picks("どの分野ですか。", "番号でも選べます。", many),
		"picks_none":        Picks("どの分野ですか。", "", nil),
		"summary":           Summary("受信設定", []Fact{{"地域", "中央"}, {"分野", ""}}, "いつでも変えられます。", []Choice{{Label: "変える", Data: "1/settings/start/"}, {Label: "電話", Dial: office.Phone}, {Label: "開く", Page: base}}),
		"text_choices":      WithChoices(Text(strings.Repeat("あ", 6000)), choices...),
	}
}

// Each message is what it was, in JSON that LINE takes.
func TestGolden(t *testing.T) {
	platform := linesim.New(linesim.Options{AccessToken: "token", NoRateLimits: true})
	t.Cleanup(platform.Close)
	for _, l := range ippo.Languages {
		for _, name := range slices.Sorted(maps.Keys(kinds(words(t, l)))) {
			m := kinds(words(t, l))[name]
			t.Run(string(l)+"/"+name, func(t *testing.T) {
				validate(t, platform, m)
				if Alt(m) == "" {
					t.Error("says nothing where no card can be drawn")
				}
				golden(t, name+"."+string(l)+".json", m)
			})
		}
	}
}

func golden(t *testing.T, name string, m ippo.Message) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, m, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if !bytes.Equal(want, pretty.Bytes()) {
		t.Errorf("not as in %s (-update writes it):\n%s", path, pretty.Bytes())
	}
}

// validate asks LINE's validation, as far as it is known here.
func validate(t *testing.T, platform *linesim.Platform, m ippo.Message) {
	t.Helper()
	if err := ippo.CheckMessages([]ippo.Message{m}); err != nil {
		t.Error(err)
	}
	body, err := json.Marshal(map[string]any{"messages": []ippo.Message{m}})
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, "/v2/bot/message/validate/reply", bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer token")
	req.Header.Set("Content-Type", "application/json")
	res := httptest.NewRecorder()
	platform.Handler().ServeHTTP(res, req)
	if res.Code != http.StatusOK {
		t.Errorf("LINE would refuse it: %s\n%s", res.Body, m)
	}
}

// A group's card shows its host's name at most, and only if staff say so.
func TestGroupCardKeepsItsHost(t *testing.T) {
	w := words(t, ippo.Japanese)
	g := ippo.ActivityGroup{Slug: "a", Name: "会", Summary: "活動", Host: ippo.Host{Person: "山田花子", Email: "hanako@example.jp", Phone: "090-0000-0000"}}
	if m := string(GroupCards(w, []ippo.ActivityGroup{g}, base, areas, noon)); strings.Contains(m, "山田") || strings.Contains(m, "example.jp\"") || strings.Contains(m, "090") {
		t.Errorf("the card says %s", m)
	}
	g.Host.Public = true
	if m := string(GroupCards(w, []ippo.ActivityGroup{g}, base, areas, noon)); !strings.Contains(m, "山田花子") || strings.Contains(m, "hanako") || strings.Contains(m, "090") {
		t.Errorf("the card says %s", m)
	}
}

// A card never shows what was told of a person.
func TestAmbassadorCardIsNameless(t *testing.T) {
	m := string(kinds(words(t, ippo.Japanese))["ambassador"])
	for _, s := range []string{"山田", "090"} {
		if strings.Contains(m, s) {
			t.Errorf("the card says %q", s)
		}
	}
}

func TestGoldenFilesAreAllUsed(t *testing.T) {
	names := kinds(words(t, ippo.Japanese))
	err := fs.WalkDir(os.DirFS("testdata"), ".", func(path string, d fs.DirEntry, err error) error {
		if name, _, _ := strings.Cut(path, "."); err == nil && !d.IsDir() && names[name] == nil {
			t.Errorf("nothing makes %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A digest says of each item that is not in its reader's language that it is not.
func TestDigestSaysWhatIsNotTheirs(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	item := ippo.DigestItem{Kind: ippo.DigestNews, At: noon, News: ippo.News{Slug: "a", Title: "断水"}}
	for l, want := range map[ippo.Language]int{ippo.Japanese: 0, ippo.EasyJapanese: 1, ippo.English: 1} {
		w := c.In(l)
		if n := strings.Count(string(Digest(w, noon, []ippo.DigestItem{item}, base, "/all")), w.Say("content.ja")); n != want {
			t.Errorf("%s: it is said %d times", l, n)
		}
	}
	item.News.Translations = ippo.Translations{ippo.English: {Texts: map[string]string{"title": "No water"}}}
	if m := string(Digest(c.In(ippo.English), noon, []ippo.DigestItem{item}, base, "/all")); !strings.Contains(m, "No water") || strings.Contains(m, "only in Japanese") {
		t.Errorf("in English: %s", m)
	}
}
