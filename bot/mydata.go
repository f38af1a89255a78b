package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/fold"
	"ippo/messages"
	"ippo/store"
)

// dataTalk is わたしのデータ: a link to the page that shows all we hold, and the two things that want a tap
// in the chat, taking it and erasing it. Whoever has only the page open can do neither.
func dataTalk() *talk {
	return &talk{
		name: talkData,
		words: []string{"わたしのデータ", "私のデータ", "自分のデータ", "マイデータ", "個人データ", "わたしの情報", "データを消す", "データを受け取る",
			"個人情報", "mydata", "my data"},
		begin: func(t *turn) error { return t.ask(t.bot.talkNamed(talkData), "open") },
		steps: []question{
			{step: "open", ask: askData, choices: dataChoices, answer: answerData, rest: true},
			{step: "take", ask: askTake, choices: takeChoices, answer: answerTake},
			{step: "erase", ask: askErase, choices: eraseChoices, answer: answerErase},
		},
		taps: map[string]func(*turn, string) error{"keep": func(t *turn, _ string) error { return t.keepData() }},
	}
}

// How long a link to the page is good, and one that lets the data be taken.
const (
	dataLife = time.Hour
	takeLife = 15 * time.Minute
)

// sure is how soon after the question its yes counts: buttons stay in the chat for years.
const sure = 10 * time.Minute

// dataAnswers is when the question was put that awaits a yes.
type dataAnswers struct {
	Asked time.Time `json:"asked,omitzero"`
}

func askData(t *turn) error {
	t.send(messages.Summary(t.w.Say("mydata.title"), nil, t.w.Say("mydata.note"), []messages.Choice{
		{Label: t.w.Say("mydata.see"), Page: t.formLinkFor(purposeData, struct{}{}, dataLife)},
		t.tap("mydata.take.button", talkData, "open", "take"),
		t.tap("mydata.erase.button", talkData, "open", "erase"),
	}))
	t.closing()
	return nil
}

func dataChoices(t *turn) []choice {
	return []choice{
		{value: "take", label: t.w.Say("mydata.take.button"), words: []string{"受け取る", "うけとる", "データを受け取る", "take"}},
		{value: "erase", label: t.w.Say("mydata.erase.button"), words: []string{"消す", "けす", "削除", "データを消す", "erase"}},
	}
}

func answerData(_ *turn, value string) (string, error) { return value, nil }

func askTake(t *turn) error {
	if err := t.keep(dataAnswers{Asked: t.now}); err != nil {
		return err
	}
	t.put(talkData, "take", t.w.Say("mydata.take.ask"), takeChoices(t))
	return nil
}

func takeChoices(t *turn) []choice {
	return []choice{
		{value: "no", label: t.w.Say("mydata.take.no"), words: []string{"いいえ", "no"}},
		{value: "yes", label: t.w.Say("mydata.take.yes")},
	}
}

func answerTake(t *turn, value string) (string, error) {
	if value != "yes" {
		return t.unchanged()
	}
	if !t.askedJustNow() {
		return "take", nil
	}
	// In LINE's own browser files cannot be kept on many phones. Source:
	// https://developers.line.biz/en/docs/messaging-api/using-line-url-scheme/#opening-url-in-external-browser
	link := t.formLinkFor(purposeTake, struct{}{}, takeLife) + "?openExternalBrowser=1"
	t.send(messages.Summary(t.w.Say("mydata.title"), nil, t.w.Say("mydata.take.ready"), []messages.Choice{{Label: t.w.Say("mydata.take.see"), Page: link}}))
	t.end()
	t.closing()
	return handled, nil
}

func askErase(t *turn) error {
	if err := t.keep(dataAnswers{Asked: t.now}); err != nil {
		return err
	}
	t.put(talkData, "erase", t.w.Say("mydata.erase.ask"), eraseChoices(t))
	t.offer(append(quickReplies(talkData, "erase", eraseChoices(t), false),
		messages.Choice{Label: t.w.Say("mydata.erase.read"), Page: t.formLinkFor(purposeData, struct{}{}, dataLife)})...)
	return nil
}

// eraseChoices names the harmless one first.
func eraseChoices(t *turn) []choice {
	return []choice{
		{value: "no", label: t.w.Say("mydata.erase.no"), words: []string{"いいえ", "no"}},
		{value: "yes", label: t.w.Say("mydata.erase.yes")},
	}
}

func answerErase(t *turn, value string) (string, error) {
	if value != "yes" {
		return t.unchanged()
	}
	// A tap, or all of its words: a short はい slips out, and the words that are a part of others are many.
	typed := t.ev.kind() == kindText && fold.Key(t.ev.Message.Text) != fold.Key(t.w.Say("mydata.erase.yes"))
	if typed || !t.askedJustNow() {
		return "erase", nil
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		err := tx.AskErasure(ctx, t.follower.ID, 0, "")
		if errors.Is(err, ippo.ErrConflict) {
			return nil // they said so twice
		}
		return err
	})
	t.say("mydata.erase.begun", t.office())
	t.talk, t.paused = ippo.Conversation{}, nil // there is nothing to go on with
	t.offer(t.tap("mydata.keep", talkData, "keep", ""))
	return handled, nil
}

// askedJustNow reports whether the question that a yes answers was put a moment ago.
func (t *turn) askedJustNow() bool {
	var a dataAnswers
	t.answers(&a)
	return !a.Asked.IsZero() && t.now.Sub(a.Asked) < sure
}

func (t *turn) unchanged() (string, error) {
	t.say("mydata.kept")
	t.end()
	t.closing()
	return handled, nil
}

// beingErased answers who waits to be forgotten: nothing new is begun with them.
func (t *turn) beingErased() error {
	if t.ev.kind() == kindText && dangerous(t.center, t.ev.Message.Text) {
		return t.answerDanger(t.ev.Message.Text)
	}
	p, tapped := parseTap(t.ev.Postback.Data)
	typed := t.ev.kind() == kindText && isKeepWord(t.ev.Message.Text)
	if typed || tapped && p.talk == talkData && p.step == "keep" {
		return t.keepData()
	}
	t.say("mydata.erasing", t.office())
	t.offer(t.tap("mydata.keep", talkData, "keep", ""))
	return nil
}

// keepWords call an erasure off.
var keepWords = []string{"取り消す", "取り消し", "取消", "とりけす", "消さない", "消さないで", "やめる", "cancel", "keep"}

func isKeepWord(text string) bool {
	return slices.ContainsFunc(keepWords, func(word string) bool { return fold.Key(word) == fold.Key(text) })
}

// keepData takes back that the data is to be erased, while that has not begun.
func (t *turn) keepData() error {
	if t.follower.Status != ippo.FollowerErased {
		_, err := t.unchanged()
		return err
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		err := tx.CallOffErasure(ctx, t.follower.ID, 0, "")
		if errors.Is(err, ippo.ErrConflict) {
			return nil // a second tap
		}
		return err
	})
	t.say("mydata.keep.done")
	t.closing()
	return nil
}

// dataSection is a part of the page: one thing, told in facts.
type dataSection struct {
	Title string
	Facts []messages.Fact
}

type dataPage struct {
	frame
	Sections []dataSection
	Made     string // the day
	Open     int    // requests and consultations that the desk is not done with
	Edit     string // address of the form for the ambassador's own data; "" for none
	Take     string // what the addresses of the files begin with; "" until it was confirmed in the chat
	Vars     messages.Vars
}

// dataPage gathers what we hold about the owner of a link.
func (b *Bot) dataPage(c *gin.Context, l store.FormLink) (page dataPage, d ippo.PersonalData, err error) {
	ctx := c.Request.Context()
	if d, err = b.store.PersonalData(ctx, l.Follower); err != nil {
		return page, d, err
	}
	topics, err := b.store.Topics(ctx)
	if err != nil {
		return page, d, err
	}
	areas, err := b.store.Areas(ctx)
	if err != nil {
		return page, d, err
	}
	if page.frame, err = b.frame(c, "mydata.title"); err != nil {
		return page, d, err
	}
	for i := range d.Broadcasts {
		d.Broadcasts[i].Words = firstWords(messages.BroadcastWords(d.Broadcasts[i].Broadcast, page.W.Language))
	}
	page.Made, page.Sections = page.W.Day(d.At), dataSections(page.W, d, topics, areas)
	for _, r := range d.Requests {
		if r.State != ippo.RequestDone {
			page.Open++
		}
	}
	for _, one := range d.Consultations {
		if one.State != ippo.ConsultationDone {
			page.Open++
		}
	}
	page.Vars = messages.Vars{"N": strconv.Itoa(page.Open), "Phone": page.Office.Phone, "Ambassador": page.Labels.Ambassador}
	base := "/r/f/" + c.Param("link")
	if d.Ambassador != nil && d.Ambassador.Status.Serving() {
		page.Edit = base + "/edit"
	}
	if l.Purpose == purposeTake {
		page.Take = base + "/file/mydata."
	}
	return page, d, nil
}

// firstWords bounds what is told of a broadcast.
func firstWords(s string) string {
	const longest = 40
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}

// dataSections tells what we hold in plain words. What is not there is not mentioned.
func dataSections(w messages.Words, d ippo.PersonalData, topics []ippo.Topic, areas []ippo.Area) (list []dataSection) {
	var s *dataSection
	begin := func(title string) {
		list = append(list, dataSection{Title: w.Say("mydata.part." + title)})
		s = &list[len(list)-1]
	}
	tell := func(name, value string) {
		if value != "" {
			s.Facts = append(s.Facts, messages.Fact{Name: name, Value: value})
		}
	}
	fact := func(name, value string) { tell(w.Say("mydata.fact."+name), value) }
	joined := func(names []string) string { return strings.Join(names, w.Say("mydata.comma")) }

	begin("profile")
	fact("name", d.DisplayName)
	fact("line", d.LineUserID)
	fact("followed", w.Day(d.FollowedAt))
	if !d.SeenAt.IsZero() {
		fact("seen", w.Day(d.SeenAt))
	}
	fact("entry", d.Entry)
	fact("tags", joined(d.Tags))
	fact("hosts", joined(d.Hosts))
	if d.Staff {
		fact("staff", w.Say("mydata.yes"))
	}

	begin("settings")
	var names []string
	for _, a := range areas {
		if d.Preferences.Areas&(1<<a.Number) != 0 {
			names = append(names, a.NameIn(w.Language))
		}
	}
	fact("areas", chosen(w, d.Preferences.Areas, joined(names)))
	names = nil
	for _, p := range topics {
		if d.Preferences.Topics&(1<<p.Number) != 0 {
			names = append(names, p.NameIn(w.Language))
		}
	}
	fact("topics", chosen(w, d.Preferences.Topics, joined(names)))
	fact("language", w.Say("language.self"))
	switch {
	case d.Stopped:
		fact("news", w.Say("settings.stopped"))
	case d.Digest:
		fact("news", w.Say("settings.digest"))
	default:
		fact("news", w.Say("settings.arrive"))
	}

	if a := d.Ambassador; a != nil {
		begin("ambassador")
		fact("number", fmt.Sprintf("No. %04d", a.Number))
		fact("state", w.Say("mydata.ambassador."+string(a.Status)))
		fact("realname", a.Name)
		fact("kana", a.Kana)
		fact("contact", a.Contact)
		fact("age", w.Say("mydata.age."+string(a.AgeBand)))
		fact("guardian", a.Guardian)
		fact("vision", a.Vision)
		var actions []string
		for _, x := range a.Actions {
			actions = append(actions, w.Say("action."+x))
		}
		fact("actions", joined(actions))
		tell(w.Say("invite.invited"), w.Say("invite.people", messages.Vars{"N": ippo.Comma(int64(a.Invited))}))
		fact("applied", w.Day(a.AppliedAt))
	}
	if len(d.Requests) > 0 {
		begin("requests")
		for _, r := range d.Requests {
			head := w.Say("mydata.request." + string(r.Kind))
			tell(w.Day(r.MadeAt), lines(head, r.Group, r.Body, w.Say("mydata.desk."+string(r.State))))
		}
	}
	if len(d.Consultations) > 0 {
		begin("consultations")
		for _, one := range d.Consultations {
			said := []string{w.Say("consult.state." + string(one.State))}
			for _, x := range one.Said {
				said = append(said, w.Say("consult.by."+string(x.By))+" "+w.Day(x.At), x.Text)
			}
			tell(w.Day(one.MadeAt), lines(said...))
		}
	}
	if len(d.Reservations) > 0 {
		begin("reservations")
		for _, r := range d.Reservations {
			felt := ""
			if r.Feedback != "" {
				felt = w.Say("feedback." + string(r.Feedback))
			}
			tell(r.Event, lines(w.Day(r.StartsAt)+" "+w.Say("reserve.state."+string(r.State)), w.Say("reserve.party.n", messages.Vars{"N": r.Party}),
				r.Attendee.Name, r.Attendee.Contact, felt))
		}
	}
	if len(d.Matches) > 0 {
		begin("matches")
		for _, m := range d.Matches {
			consent := ""
			if m.Consent.Given() {
				consent = w.Say("mydata.consent", messages.Vars{"Group": m.Consent.Group, "Day": w.Day(m.Consent.At)})
			}
			tell(m.Group, lines(w.Day(m.SuggestedAt)+" "+w.Say("mydata.match."+string(m.State)), m.Why, m.Request.Name, m.Request.Contact, m.Request.Text, consent))
		}
	}
	if len(d.CallOuts) > 0 || d.Rest != nil {
		begin("callouts")
		for _, c := range d.CallOuts {
			said := w.Say("mydata.times", messages.Vars{"N": strconv.Itoa(c.Count), "Day": w.Day(c.LastAt)})
			tell(c.Campaign, strings.Join(append([]string{said, w.Say("mydata.called", messages.Vars{"N": strconv.Itoa(c.People)})}, c.Whom...), "、"))
		}
		if r := d.Rest; r != nil {
			tell(w.Say("rest.fact"), w.Say("rest.state", messages.Vars{"Until": restUntil(w, ippo.Rest{Why: r.Why, Until: r.Until})}))
		}
	}
	if len(d.Notices) > 0 {
		begin("notices")
		for _, n := range d.Notices {
			tell(w.Day(n.At), w.Say("mydata.notice."+string(n.Kind)))
		}
	}
	if len(d.Broadcasts) > 0 {
		begin("broadcasts")
		for _, x := range d.Broadcasts {
			words := x.Words
			if words == "" {
				words = w.Say("digest.picture")
			}
			tell(w.Day(x.At), words)
		}
	}
	begin("chat")
	fact("events", w.Say("mydata.events", messages.Vars{"N": strconv.Itoa(d.Events)}))
	if !d.Talk.IsZero() {
		fact("talk", w.Day(d.Talk))
	}
	return list
}

// chosen says what was chosen, by the names of it.
func chosen(w messages.Words, c ippo.Choice, names string) string {
	switch {
	case c&ippo.Everything != 0:
		return w.Say("choice.all")
	case names == "":
		return w.Say("choice.open")
	}
	return names
}

// lines joins what there is, one a line.
func lines(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, "\n")
}

func (b *Bot) showData(c *gin.Context, l store.FormLink) error {
	page, _, err := b.dataPage(c, l)
	if err != nil {
		return err
	}
	return b.render(c, http.StatusOK, "mydata", page)
}

// takeData hands the data over as a file, while a link is good that was made by a tap in the chat.
func (b *Bot) takeData(c *gin.Context) error {
	l, err := b.ownLink(c)
	if err != nil {
		return err
	}
	if l.Purpose != purposeTake {
		return ippo.ErrNotFound
	}
	page, d, err := b.dataPage(c, l)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	kind, name := "application/json; charset=utf-8", "mydata.json"
	if c.Param("format") == "mydata.html" {
		kind, name = "text/html; charset=utf-8", "mydata.html"
		err = b.pages.byName["mydata"].ExecuteTemplate(&file, "file", page)
	} else if c.Param("format") == name {
		enc := json.NewEncoder(&file)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err = enc.Encode(d)
	} else {
		return ippo.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Data(http.StatusOK, kind, file.Bytes())
	return nil
}

// ownSignUp is the sign-up of who came by a link to their own data.
func (b *Bot) ownSignUp(c *gin.Context) (ippo.Ambassador, error) {
	l, err := b.ownLink(c)
	if err != nil {
		return ippo.Ambassador{}, err
	}
	if l.Purpose != purposeData && l.Purpose != purposeTake {
		return ippo.Ambassador{}, ippo.ErrNotFound
	}
	a, err := b.store.AmbassadorOf(c.Request.Context(), l.Follower)
	if err == nil && !a.Status.Serving() {
		err = ippo.ErrNotFound
	}
	return a, err
}

func (b *Bot) editSignUp(c *gin.Context) error {
	a, err := b.ownSignUp(c)
	if err != nil {
		return err
	}
	return b.showAmbassadorForm(c, http.StatusOK, ambassadorForm{
		Name: a.Name, Kana: a.Kana, Contact: a.Contact, AgeBand: string(a.AgeBand), Guardian: a.Guardian, Vision: a.Vision,
		GuardianConsent: a.AgeBand.NeedsGuardian(),
	}, nil)
}

func (b *Bot) changeSignUp(c *gin.Context) error {
	ctx := c.Request.Context()
	a, err := b.ownSignUp(c)
	if err != nil {
		return err
	}
	if err := readForm(c); err != nil {
		return err
	}
	form := readAmbassadorForm(c)
	if problems := form.problems(); len(problems) > 0 {
		return b.showAmbassadorForm(c, http.StatusUnprocessableEntity, form, problems)
	}
	changed := form.ambassador()
	changed.Follower = a.Follower
	err = b.store.Write(ctx, func(t *store.Tx) error { return t.ChangeAmbassador(ctx, changed) })
	if errors.Is(err, ippo.ErrConflict) { // it ended meanwhile
		err = ippo.ErrNotFound
	}
	if err != nil {
		return err
	}
	return b.to(c, "/form")
}
