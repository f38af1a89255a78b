package messages

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rivo/uniseg"

	"ippo"
	"ippo/internal/lineopenapi"
	"ippo/internal/linesim"
)

// widest is the character that takes most: four bytes, two of LINE's units, and one in our limits.
const widest = "𠮷"

func wide(n int) string { return strings.Repeat(widest, n) }

// wordiest is a language of a center's own whose every text is as long as it may be.
const wordiest ippo.Language = "qaa"

func wordiestCatalogs(t *testing.T) *Catalogs {
	t.Helper()
	built, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	for key, m := range built.built[ippo.Japanese] {
		text := ""
		for _, name := range mentions(m) {
			text += "{{." + name + "}}"
		}
		text += wide(max(1, built.most(key)-len(text)))
		fmt.Fprintf(&file, "%q = \"%s\"\n", key, text)
	}
	c, faults, err := built.With(fstest.MapFS{string(wordiest) + ".toml": {Data: []byte(file.String())}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if !strings.Contains(f.Message, "ボタンでは") {
			t.Fatal(f)
		}
	}
	if gaps := c.Gaps(wordiest); len(gaps) > 0 {
		t.Fatalf("%d gaps, %s", len(gaps), gaps[0].Key)
	}
	return c
}

// fill makes every text of a thing as long as it may be, in every language.
func fillTexts(texts []ippo.ContentText) ippo.Translations {
	ts := ippo.Translations{}
	for _, l := range []ippo.Language{ippo.EasyJapanese, ippo.English, wordiest} {
		t := ippo.Translation{Texts: map[string]string{}}
		for _, text := range texts {
			t.Texts[text.Name] = wide(text.MaxIn())
		}
		ts[l] = t
	}
	for _, text := range texts {
		*text.Text = wide(text.Max)
	}
	return ts
}

// longestMessages is what each builder of this package makes of the longest that may be kept.
func longestMessages(t *testing.T, c *Catalogs, w Words) map[string][]ippo.Message {
	t.Helper()
	slug := strings.Repeat("a", 40)
	url := "https://example.jp/" + strings.Repeat("a", ippo.MaxURL-19)
	longBase := "https://" + strings.Repeat("a", 180) + ".example.jp"
	office := ippo.Office{Account: wide(20), Name: wide(40), City: wide(20), Phone: wide(10) + "0001234567", Hours: wide(60), Address: wide(80)}
	settings := center
	settings.Office, settings.Labels = office, ippo.Labels{Ambassador: wide(20), Campaign: wide(20), Vision: wide(20)}
	areaNames := func(ippo.Choice) string {
		return strings.Repeat(wide(ippo.MaxChoiceName)+w.Say("why.and"), ippo.MaxChoices)
	}

	news := ippo.News{Slug: slug, Kind: ippo.NewsSubsidy, URL: url, Status: ippo.ContentPublished, PublishAt: noon}
	news.Translations = fillTexts(news.Texts())
	valid(t, news.Validate())
	event := ippo.Event{Slug: slug, URL: url, Status: ippo.ContentPublished, StartsAt: noon, EndsAt: noon.AddDate(0, 0, 20), Capacity: 100_000,
		SignUp: ippo.SignUp{Open: true, MaxParty: ippo.MaxParty, ConfirmHours: 24}, Places: ippo.Places{Taken: 100_000}}
	event.Translations = fillTexts(event.Texts())
	valid(t, event.Validate())
	group := ippo.ActivityGroup{
		Slug: slug, Host: ippo.Host{Person: wide(40), Public: true}, Weekdays: 127, Parts: 7, Tongues: 255, Beginners: true, Children: true, Alone: true,
		Together: true, Wheelchair: true, Online: true, Receiving: true, Full: true, ConfirmedAt: noon.AddDate(0, -6, 0), SilentSince: noon.AddDate(0, -3, 0),
	}
	group.Translations = fillTexts(group.Texts())
	valid(t, group.Validate())
	campaign := ippo.Campaign{Slug: slug, Aim: 10_000_000, People: 9_999_999, Audience: ippo.Audience{Ambassadors: true}}
	campaign.Translations = fillTexts(campaign.Texts())
	for range ippo.MaxPhrases {
		campaign.Phrases = append(campaign.Phrases, ippo.Phrase{Occasion: wide(20), Text: wide(300)})
	}
	for range ippo.MaxReminders {
		campaign.Reminders = append(campaign.Reminders, wide(500))
	}
	match := ippo.Match{ID: 1 << 60, GroupName: group.Name, VisitOn: noon}
	member := ippo.Ambassador{Number: 1 << 30, Status: ippo.AmbassadorAppointed, AppliedAt: noon, Invite: strings.Repeat("a", 32), Invited: 1 << 40}

	booked := ippo.Booking{Event: event, Reservation: ippo.Reservation{ID: 1 << 60, State: ippo.Reserved, Party: ippo.MaxParty}}

	suggestions := make([]Suggestion, 3)
	for i := range suggestions {
		suggestions[i] = Suggestion{group, strings.Repeat(w.Say("why.9")+w.Say("why.and"), 8)}
	}
	items := make([]ippo.DigestItem, 40)
	for i := range items {
		items[i] = []ippo.DigestItem{
			{Kind: ippo.DigestNews, At: noon, News: news}, {Kind: ippo.DigestEvent, At: noon, Event: event},
			{Kind: ippo.DigestBroadcast, At: noon, Broadcast: &ippo.Broadcast{ID: 1 << 60, Messages: []ippo.Message{Text(wide(2500))}}},
		}[i%3]
	}
	own := ippo.Card{Title: wide(ippo.MaxCardTitle), Text: wide(ippo.MaxCardText), Picture: pictureCode, Shape: "1600:1600"}
	for range ippo.MaxCardButtons {
		own.Buttons = append(own.Buttons, ippo.CardButton{Label: wide(ippo.MaxButtonLabel), Does: ippo.ButtonSays, Value: wide(100)})
	}
	ownCards := slices.Repeat([]ippo.Card{own}, ippo.MaxCards)
	valid(t, ippo.CheckCards("messages[0]", ownCards))
	picks := make([]Pick, ippo.MaxChoices)
	facts := make([]Fact, 8)
	for i := range picks {
		picks[i] = Pick{wide(120), i%2 == 0, "1/settings/topics/+" + slug}
	}
	for i := range facts {
		facts[i] = Fact{w.Say("settings.language"), areaNames(0)}
	}
	var choices []Choice
	for range 20 {
		choices = append(choices, Choice{Label: wide(60), Data: "1/settings/topics/+" + slug})
	}
	repeat := func(m ippo.Message) []ippo.Message { return []ippo.Message{m} }
	all := map[string][]ippo.Message{
		"OwnCards":           repeat(OwnCards(ownCards, longBase)),
		"Picture":            {Picture(pictureCode, longBase)},
		"NewsCards":          repeat(NewsCards(w, slices.Repeat([]ippo.News{news}, 12), longBase)),
		"EventCards":         repeat(EventCards(w, slices.Repeat([]ippo.Event{event}, 12), longBase, noon.AddDate(0, 0, -1))),
		"GroupCards":         repeat(GroupCards(w, slices.Repeat([]ippo.ActivityGroup{group}, 12), longBase, areaNames, noon)),
		"SuggestionCards":    repeat(SuggestionCards(w, suggestions, longBase, areaNames, noon)),
		"CampaignCards":      repeat(CampaignCards(w, slices.Repeat([]ippo.Campaign{campaign}, 12), longBase, true)),
		"Phrases":            repeat(Phrases(w, campaign, longBase)),
		"AskGoOn":            repeat(AskGoOn(w, campaign)),
		"Milestone":          Milestone(w, campaign, ippo.Milestone{N: 10_000_000}, longBase),
		"AmbassadorCard":     repeat(AmbassadorCard(w, member, settings, longBase)),
		"Digest":             repeat(Digest(w, noon, items, longBase, "/r/digests/1152921504606846976/10000")),
		"Greeting":           repeat(Greeting(w, ippo.Settings{Office: office, Modules: ippo.Modules()}, longBase+"/r/privacy")),
		"Danger":             repeat(Danger(w, office)),
		"Desk":               repeat(Desk(w, office, longBase+"/r/f/link")),
		"AskSignUp":          repeat(AskSignUp(w, event, "")),
		"Reservations":       repeat(Reservations(w, slices.Repeat([]ippo.Booking{booked}, 12), longBase)),
		"Reservation":        nil,
		"EventNotice":        nil,
		"GroupAnswer":        nil,
		"FollowUp":           nil,
		"VisitRequest":       repeat(VisitRequest(w, group.Name, longBase+"/r/g/link")),
		"Freshness":          repeat(Freshness(w, group)),
		"Room":               repeat(Room(w, office, ippo.ConsultationWorking, longBase+"/r/f/link")),
		"MovedText":          repeat(MovedText(w, longBase+"/r/f/link")),
		"ConsultationAnswer": repeat(ConsultationAnswer(w, longBase+"/r/f/link")),
		"Picks":              repeat(Picks(wide(300), wide(300), picks)),
		"Summary":            repeat(Summary(wide(300), facts, wide(600), choices[:7])),
		"Text":               repeat(Text(wide(6000))),
		"WithChoices":        repeat(WithChoices(Text(wide(6000)), choices...)),
		"Reminders":          nil,
	}
	for _, answer := range []ippo.GroupAnswer{ippo.AnswerWelcome, ippo.AnswerClosed, ippo.AnswerLater} {
		match.Answer = answer
		all["GroupAnswer"] = append(all["GroupAnswer"], GroupAnswer(w, match))
	}
	for _, heading := range []string{"reserve.done", "reserve.offer"} {
		all["Reservation"] = append(all["Reservation"], Reservation(w, heading, booked, longBase))
	}
	for _, kind := range []ippo.NoticeKind{ippo.NoticeWaitingList, ippo.NoticeEventChange, ippo.NoticeEventReminder, ippo.NoticeEventFeedback} {
		for _, which := range []ippo.EventReminder{ippo.RemindDay, ippo.RemindSoon} {
			all["EventNotice"] = append(all["EventNotice"], EventNotice(w, kind, which, booked, longBase))
		}
	}
	for kind := range ippo.FollowUpAnswers {
		all["FollowUp"] = append(all["FollowUp"], FollowUp(w, kind, 1<<60, group.Name))
	}
	for _, wording := range Reminders(c, campaign, longBase) {
		all["Reminders"] = append(all["Reminders"], wording.Draw(w.Language)...)
	}
	return all
}

func valid(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("that may not be kept: %v", err)
	}
}

// No card breaks at the longest text that may be kept, in the longest language: LINE takes each.
func TestLongest(t *testing.T) {
	c := wordiestCatalogs(t)
	platform := linesim.New(linesim.Options{AccessToken: "token", NoRateLimits: true})
	t.Cleanup(platform.Close)
	made := map[string]bool{}
	for _, l := range c.Languages() {
		for name, messages := range longestMessages(t, c, c.In(l)) {
			made[name] = true
			for i, m := range messages {
				t.Run(fmt.Sprintf("%s/%s/%d", l, name, i), func(t *testing.T) {
					validate(t, platform, m)
					measure(t, m)
				})
			}
		}
	}
	// Whatever else makes messages is to be here too.
	for _, path := range codeIn(t, ".") {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() && makesMessages(f) && !made[f.Name.Name] {
				t.Errorf("%s is not among the longest", f.Name.Name)
			}
		}
	}
}

func makesMessages(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) == 0 {
		return false
	}
	of := f.Type.Results.List[0].Type
	if list, ok := of.(*ast.ArrayType); ok {
		of = list.Elt
	}
	s, ok := of.(*ast.SelectorExpr)
	return ok && (s.Sel.Name == "Message" || s.Sel.Name == "Wording")
}

// measure holds a message against LINE's limits. Source: https://developers.line.biz/en/reference/messaging-api/
func measure(t *testing.T, m ippo.Message) {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal(m, &tree); err != nil {
		t.Fatal(err)
	}
	at := func(what string, got, limit int) {
		t.Helper()
		if got > limit {
			t.Errorf("%s: %d, at most %d", what, got, limit)
		}
	}
	if alt, ok := tree["altText"].(string); ok {
		at("altText", ippo.TextUnits(alt), ippo.MaxAltText)
		if strings.TrimSpace(alt) == "" {
			t.Error("an empty altText")
		}
	}
	if tree["type"] == "text" {
		at("text", ippo.TextUnits(tree["text"].(string)), ippo.MaxTextUnits)
	}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, child := range node {
				walk(child)
			}
		case map[string]any:
			of := func(name string) string { s, _ := node[name].(string); return s }
			switch of("type") {
			case "bubble":
				at("a bubble", len(encode(node)), ippo.MaxBubbleSize)
			case "carousel":
				at("a carousel", len(encode(node)), ippo.MaxFlexSize)
				at("its bubbles", len(node["contents"].([]any)), ippo.MaxBubbles)
			case "postback", "uri":
				at("a label", uniseg.GraphemeClusterCount(of("label")), 20)
				at("data", len(of("data")), 300)
				at("displayText", ippo.TextUnits(of("displayText")), 300)
				at("an address", len(of("uri")), 1000)
			}
			if quick, ok := node["quickReply"].(map[string]any); ok {
				at("quick replies", len(quick["items"].([]any)), 13)
			}
			for _, child := range node {
				walk(child)
			}
		}
	}
	walk(map[string]any(tree))
}

// What cards are made of is as LINE describes it.
func TestLongestAsLineDescribesIt(t *testing.T) {
	doc := lineopenapi.Load(t, "messaging-api.yml")
	schema := doc.Components.Schemas["Message"]
	c := wordiestCatalogs(t)
	for _, l := range c.Languages() {
		for name, messages := range longestMessages(t, c, c.In(l)) {
			for _, m := range messages {
				for _, problem := range lineopenapi.Problems(doc, schema, m) {
					t.Errorf("%s %s: %.300s", l, name, problem)
				}
			}
		}
	}
	if lineopenapi.Problems(doc, schema, []byte(`{"type":"flex","altText":"a","contents":{"type":"bubble","colour":"red"}}`)) == nil {
		t.Error("LINE's description takes anything")
	}
}

// The altText says the main facts of a card, for whoever cannot be shown one and for who has it read out.
func TestAltTextSaysTheCard(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range c.Languages() {
		w := c.In(l)
		all := kinds(w)
		for name, facts := range map[string][]string{
			"greeting":        {"みらい市 市民協働センター", w.Say("greeting.care"), base + "/r/privacy"},
			"danger":          {w.Say("danger.title"), "119", "110", "0120-061-338", office.Phone},
			"desk":            {office.Name, office.Phone, office.Hours, office.Address},
			"events":          {"春の市民まつり", w.Day(noon), "12:00", "15:00", "中央広場"},
			"groups":          {"えほんの広場", "絵本の読み聞かせ", "中央図書館", "毎週土曜 10:00〜11:30", "みらい囲碁クラブ"},
			"matches":         {"えほんの広場", "土曜の午前・中央地区・親子歓迎", "中央図書館", "みらい囲碁クラブ"},
			"campaigns":       {"帰っておいでよ作戦", "12,345", "30,000"},
			"ambassador":      {"No. 0007", w.Say("ambassador.status.applied")},
			"room_open":       {w.Say("consult.title"), w.Say("consult.state.working"), office.Hours, w.Say("consult.note")},
			"group_answer_no": {"里山の会", w.Say("answer.closed")},
			"freshness":       {w.Say("host.fresh.ask"), w.Say("host.fresh.note")},
			"picks":           {"どの分野ですか。", "1 子育て", "2 福祉"},
			"summary":         {"受信設定", "地域：中央", "いつでも変えられます。"},
		} {
			for _, fact := range facts {
				if !strings.Contains(Alt(all[name]), fact) {
					t.Errorf("%s %s: the altText lacks %q: %s", l, name, fact, Alt(all[name]))
				}
			}
		}
		news, _ := ippo.News{Title: "題", Summary: "概要です"}.In(l)
		if alt := Alt(NewsCards(w, []ippo.News{news}, base)); !strings.Contains(alt, "題") || !strings.Contains(alt, "概要です") {
			t.Errorf("%s: news says %s", l, alt)
		}
		week := []ippo.DigestItem{{Kind: ippo.DigestNews, At: noon, News: ippo.News{Title: "断水", Slug: "a"}}, {Kind: ippo.DigestEvent, At: noon, Event: ippo.Event{Title: "祭", Slug: "b", StartsAt: noon, EndsAt: noon.Add(time.Hour)}}}
		if alt := Alt(Digest(w, noon, week, base, "/r/digests/1/1")); !strings.Contains(alt, "断水") || !strings.Contains(alt, "祭") || !strings.Contains(alt, w.Say("digest.title")) {
			t.Errorf("%s: the digest says %s", l, alt)
		}
	}
}
