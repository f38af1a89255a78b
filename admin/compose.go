package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/lineview"
	"ippo/messages"
)

// part is one message of a broadcast while it is being written. Nobody writes JSON: a part is a text,
// names an item whose card is drawn when it is saved, or stands for a message that was saved before.
type part struct {
	Kind  string // text, news, event, group, or kept
	Text  string
	Ref   int64 // the item's ID, or the place of the kept message
	Label string
}

const (
	partText  = "text"
	partNews  = "news"
	partEvent = "event"
	partGroup = "group"
	partKept  = "kept"
)

// Words says what kind of part it is.
func (p part) Words() string {
	switch p.Kind {
	case partText:
		return "文章"
	case partNews:
		return "お知らせのカード"
	case partEvent:
		return "イベントのカード"
	case partGroup:
		return "団体のカード"
	}
	return "カード"
}

// composing is a broadcast, or a series, while it is being written.
type composing struct {
	stored    *ippo.Broadcast // nil when it is new
	series    *ippo.Series    // the series that is being changed; nil otherwise
	parts     []part
	broadcast ippo.Broadcast // what the form says; its messages are made from the parts
	some      bool           // "by conditions" was chosen
	repeat    bool           // it is to be sent again and again: a series comes of it
	schedule  ippo.Schedule  // when, if so
	problems  ippo.Problems
	notice    string // what has just been done
	token     string // tells what is new apart from what else its writer has begun
}

// saved returns the messages as they were written last.
func (w *composing) saved() []ippo.Message {
	switch {
	case w.stored != nil:
		return w.stored.Written()
	case w.series != nil:
		return w.series.Messages
	}
	return nil
}

// version tells the states of what is kept apart; "" for what is new.
func (w *composing) version() string {
	var updated time.Time
	switch {
	case w.stored != nil:
		updated = w.stored.UpdatedAt
	case w.series != nil:
		updated = w.series.UpdatedAt
	default:
		return ""
	}
	return updated.UTC().Format(time.RFC3339Nano)
}

// partsOf shows messages, as they were written, as parts: texts can be changed, the rest is kept as it is.
func partsOf(written []ippo.Message) []part {
	parts := make([]part, len(written))
	for i, m := range written {
		var head struct{ Type, Text string }
		if json.Unmarshal(m, &head) == nil && head.Type == "text" && plainText(m) {
			parts[i] = part{Kind: partText, Text: head.Text}
		} else {
			parts[i] = part{Kind: partKept, Ref: int64(i)}
		}
	}
	return parts
}

// plainText reports whether a text message holds nothing but its text, so that writing it anew loses
// nothing.
func plainText(m ippo.Message) bool {
	var keys map[string]json.RawMessage
	return json.Unmarshal(m, &keys) == nil && len(keys) == 2
}

// formParts reads the parts from three columns of equal length.
func formParts(c *gin.Context) []part {
	kinds, texts, refs := c.PostFormArray("kind"), c.PostFormArray("text"), c.PostFormArray("ref")
	if len(kinds) != len(texts) || len(kinds) != len(refs) || len(kinds) > 2*ippo.MaxMessages {
		return nil
	}
	parts := make([]part, len(kinds))
	for i := range kinds {
		ref, _ := strconv.ParseInt(refs[i], 10, 64) // one that is no number names nothing, as message finds
		parts[i] = part{Kind: kinds[i], Text: strings.TrimSpace(strings.ReplaceAll(texts[i], "\r\n", "\n")), Ref: ref}
	}
	return parts
}

// rearrange does what one of the buttons inside the form asks for; false: it is not one of them.
func rearrange(c *gin.Context, parts []part) ([]part, bool) {
	do, where, _ := strings.Cut(c.PostForm("do"), ":")
	i, err := strconv.Atoi(where)
	known := err == nil && i >= 0 && i < len(parts)
	switch {
	case do == "add-text":
		return append(parts, part{Kind: partText}), true
	case do == "add-card":
		if kind, ref, ok := strings.Cut(c.PostForm("card"), ":"); ok {
			id, _ := strconv.ParseInt(ref, 10, 64)
			parts = append(parts, part{Kind: kind, Ref: id})
		}
		return parts, true
	case do == "remove" && known:
		return append(parts[:i:i], parts[i+1:]...), true
	case do == "up" && known && i > 0:
		parts[i-1], parts[i] = parts[i], parts[i-1]
		return parts, true
	case do == "down" && known && i < len(parts)-1:
		parts[i+1], parts[i] = parts[i], parts[i+1]
		return parts, true
	case do == "save":
		return parts, false
	}
	return parts, true
}

// message makes the LINE message of a part and gives the part its label. A part that names nothing is
// ippo.ErrNotFound.
func (p *Panel) message(ctx context.Context, one *part, saved []ippo.Message) (ippo.Message, error) {
	switch one.Kind {
	case partText:
		return textMessage(one.Text), nil
	case partNews:
		item, err := p.Store.News(ctx, ippo.NewsID(one.Ref))
		if err != nil {
			return nil, err
		}
		one.Label = item.Title
		return messages.NewsCards(p.words, []ippo.News{item}, p.PublicURL), nil
	case partEvent:
		item, err := p.Store.Event(ctx, ippo.EventID(one.Ref))
		if err != nil {
			return nil, err
		}
		one.Label = item.Title
		return messages.EventCards(p.words, []ippo.Event{item}, p.PublicURL, p.Now()), nil
	case partGroup:
		item, err := p.Store.ActivityGroup(ctx, ippo.ActivityGroupID(one.Ref))
		if err != nil {
			return nil, err
		}
		one.Label = item.Name
		areas, err := p.Store.Areas(ctx)
		if err != nil {
			return nil, err
		}
		where := func(choice ippo.Choice) string {
			if choice == 0 {
				return p.words.Say("area.city")
			}
			return names(areas, choice)
		}
		return messages.GroupCards(p.words, []ippo.ActivityGroup{item}, p.PublicURL, where, p.Now()), nil
	case partKept:
		if one.Ref < 0 || one.Ref >= int64(len(saved)) {
			return nil, ippo.ErrNotFound
		}
		one.Label = messages.Alt(saved[one.Ref])
		return saved[one.Ref], nil
	}
	return nil, ippo.ErrNotFound
}

// textMessage is a text message as it was typed, whole: what is too long for LINE is for staff to
// shorten.
func textMessage(text string) ippo.Message {
	m, err := json.Marshal(struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}{"text", text})
	if err != nil {
		panic(fmt.Sprintf("text message: %v", err)) // a struct of two strings
	}
	return m
}

// write makes the broadcast's messages from the parts, noting parts whose item is gone.
func (p *Panel) write(ctx context.Context, w *composing) error {
	saved := w.saved()
	w.broadcast.Messages = nil
	for i := range w.parts {
		m, err := p.message(ctx, &w.parts[i], saved)
		if errors.Is(err, ippo.ErrNotFound) {
			w.problems.Addf(fmt.Sprintf("messages[%d]", i), "%d番目のカードの元になる内容が見つかりません。外してください。", i+1)
			m = textMessage("（内容が見つかりません）")
		} else if err != nil {
			return err
		}
		w.broadcast.Messages = append(w.broadcast.Messages, m)
	}
	return nil
}

// composeBroadcast is a broadcast while it is being written; nil: a new one.
func composeBroadcast(stored *ippo.Broadcast) *composing {
	if stored == nil {
		return &composing{broadcast: ippo.Broadcast{Origin: ippo.OriginPanel}, schedule: newSchedule()}
	}
	return &composing{stored: stored, broadcast: *stored}
}

// read reads the form over what is being written.
func (w *composing) read(c *gin.Context) {
	if token := c.PostForm("token"); isToken(token) {
		w.token = token
	} else if w.token == "" {
		w.token = newToken()
	}
	w.some = c.PostForm("to") == "some"
	w.broadcast.Title = formText(c, "title")
	if w.broadcast.Corrects == 0 {
		w.broadcast.Audience = formAudience(c)
	}
	w.broadcast.SendAt = time.Time{}
	switch c.PostForm("when") {
	case "repeat":
		w.repeat, w.schedule = w.stored == nil, formSchedule(c, &w.problems)
	case "at":
		w.broadcast.SendAt = formTime(c, "sendAt", "送る日時", &w.problems)
		if w.broadcast.SendAt.IsZero() && w.problems == nil {
			w.problems.Add("sendAt", "送る日時を入力してください。")
		}
	}
	w.broadcast.Counted = formOn(c, "counted")
	w.broadcast.OnCall = formText(c, "onCall")
	w.broadcast.Emergency = ""
	if formOn(c, "emergency") && !w.repeat { // ticked, and hidden since
		if w.broadcast.Emergency = formText(c, "emergency.reason"); w.broadcast.Emergency == "" {
			w.problems.Add("emergency.reason", "緊急とする理由を入力してください。")
		}
	}
	w.parts = formParts(c)
}

type composePage struct {
	frame
	ID         ippo.BroadcastID
	Series     ippo.SeriesID // the series that is being changed; 0 otherwise
	Version    string        // what the writer has before them; another means that a colleague was first
	Title      string
	Parts      []part
	Full       bool // no room for another part
	Cards      []cardChoices
	Counted    bool // taps on links are counted
	Variables  []ippo.VariableKind
	Correction bool // it goes to whom another reached
	Audience   audienceForm
	At         bool
	SendAt     string
	OnCall     string
	Repeat     bool // it is to be sent again and again
	Schedule   scheduleForm
	Emergency  bool
	Reason     string
	Submitted  bool   // an edit takes it back from approval
	Approved   bool   // an edit voids its approval
	Active     bool   // a series that an edit stops
	Token      string // of what is new
	Beside     beside
	Aside      aside
}

// cardChoices are the items of one kind that a card can be made from.
type cardChoices struct {
	Words   string
	Options []option
}

// Action is where the form goes. Its buttons need the whole address, to come back to their own part of
// the page.
func (f composePage) Action() string {
	switch {
	case f.Series != 0:
		return href("series/%d", f.Series)
	case f.ID != 0:
		return href("broadcasts/%d", f.ID)
	}
	return href("broadcasts")
}

// New reports whether nothing is kept yet.
func (f composePage) New() bool { return f.ID == 0 && f.Series == 0 }

// Back is where the form was opened from.
func (f composePage) Back() string {
	if f.New() && f.Repeat {
		return href("series")
	}
	return f.Action()
}

// PartProblem returns what is wrong with a part, or "".
func (f composePage) PartProblem(i int) string {
	for _, suffix := range []string{"", ".text"} {
		if m := f.Problems.For(fmt.Sprintf("messages[%d]%s", i, suffix)); m != "" {
			return m
		}
	}
	return ""
}

// aside is what stands beside the form: how it will look and whom it will reach.
type aside struct {
	Preview preview
	Reach   reach
	checked
	Counted  bool     // taps on links are to be counted
	Links    []string // these
	Repeat   bool
	Upcoming upcoming // when it is sent again and again
}

// preview is a broadcast as on the phone, drawn from what is sent.
type preview struct {
	Of      string // what it is of, where a page has several
	Account string
	Rows    []template.HTML
	Quick   template.HTML // the buttons under the last message
	Broken  bool          // something in it cannot be drawn
	Example bool          // variables are filled with examples
}

func newPreview(account string, all []ippo.Message, now time.Time) preview {
	v := preview{Account: account, Example: ippo.Personal(all)}
	all, _ = ippo.Fill(all, ippo.ExampleValues())
	for i, m := range all {
		html, err := lineview.Render(json.RawMessage(m), lineview.Options{
			Account: account, Time: now.In(ippo.Tokyo).Format("15:04"), Follows: i > 0, Inert: true,
		})
		if err != nil {
			v.Broken = true
			continue
		}
		v.Rows = append(v.Rows, html)
	}
	if last := len(all) - 1; last >= 0 {
		quick, err := lineview.QuickReplies(json.RawMessage(all[last]), lineview.Options{Inert: true})
		v.Quick, v.Broken = quick, v.Broken || err != nil
	}
	return v
}

// maxCardChoices bounds the list of items offered for a card; older ones are reached from their own
// page.
const maxCardChoices = 100

func (p *Panel) cardChoices(ctx context.Context) ([]cardChoices, error) {
	now := p.Now()
	news, err := p.Store.PublishedNews(ctx, now)
	if err != nil {
		return nil, err
	}
	events, err := p.Store.ComingEvents(ctx, now)
	if err != nil {
		return nil, err
	}
	groups, err := p.Store.ActivityGroups(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if !settings.Has(ippo.ModuleNews) {
		news = nil
	}
	if !settings.Has(ippo.ModuleEvents) {
		events = nil
	}
	if !settings.Has(ippo.ModuleGroups) {
		groups = nil
	}
	lists := []cardChoices{{Words: "お知らせ"}, {Words: "これからのイベント"}, {Words: "団体"}}
	for _, n := range news[:min(len(news), maxCardChoices)] {
		lists[0].Options = append(lists[0].Options, option{Value: fmt.Sprintf("%s:%d", partNews, n.ID), Label: n.Title})
	}
	for _, e := range events[:min(len(events), maxCardChoices)] {
		lists[1].Options = append(lists[1].Options, option{Value: fmt.Sprintf("%s:%d", partEvent, e.ID), Label: e.Title})
	}
	for _, g := range groups {
		if !g.Hidden && len(lists[2].Options) < maxCardChoices {
			lists[2].Options = append(lists[2].Options, option{Value: fmt.Sprintf("%s:%d", partGroup, g.ID), Label: g.Name})
		}
	}
	return lists, nil
}

// composePage shows the form as it stands.
func (p *Panel) composePage(c *gin.Context, w *composing, status int) error {
	ctx := c.Request.Context()
	f := p.frame(c)
	f.Problems = w.problems
	if w.notice != "" {
		f.Notice = w.notice
	}
	b := &w.broadcast
	page := composePage{
		frame: f, ID: b.ID, Title: b.Title, Parts: w.parts, Full: len(w.parts) >= ippo.MaxMessages, Counted: b.Counted, Variables: ippo.Variables, Correction: b.Corrects != 0,
		At: !b.SendAt.IsZero() || f.Problems.For("sendAt") != "", SendAt: inputMoment(b.SendAt), OnCall: b.OnCall,
		Emergency: b.Emergency != "" || f.Problems.For("emergency.reason") != "", Reason: b.Emergency,
		Version: w.version(), Repeat: w.repeat, Token: w.token,
	}
	if w.stored != nil {
		page.Submitted = w.stored.Status == ippo.BroadcastSubmitted
		page.Approved = !w.stored.Status.Editable()
	}
	if w.series != nil {
		page.Series, page.Active = w.series.ID, w.series.Active
	}
	var err error
	if w.stored == nil {
		if page.Schedule, err = p.scheduleForm(ctx, w.schedule, w.problems); err != nil {
			return err
		}
		// Once, at a time of its own, is for a broadcast.
		page.Schedule.Kinds = slices.DeleteFunc(page.Schedule.Kinds, func(o option) bool { return o.Value == string(ippo.ScheduleOnce) && !o.On })
		page.Schedule.FromHint, page.Schedule.UntilHint = "空欄なら、承認されてから。", "空欄なら、止めるまで。"
	}
	if page.Audience, err = p.audienceForm(ctx, b.Audience, w.some, f.Settings.Labels.Ambassador, w.problems); err != nil {
		return err
	}
	page.Audience.ByLine = true
	if page.Audience.Saved, err = p.savedOptions(ctx); err != nil {
		return err
	}
	page.Audience.SaveAs = f.Problems.For("audience.name")
	page.Audience.SaveName, page.Audience.FormAction = formText(c, "audience.name"), page.Action()
	if page.Cards, err = p.cardChoices(ctx); err != nil {
		return err
	}
	if page.Beside, err = p.beside(ctx, w.object(), p.me(c).ID); err != nil {
		return err
	}
	if c.Request.Method != http.MethodGet || c.Query("resume") == w.object() {
		page.Beside.Mine = nil // it is what is before them
	}
	if page.Aside, err = p.aside(ctx, f.Settings, w); err != nil {
		return err
	}
	return p.render(c, status, "broadcast_edit.html", page)
}

func (p *Panel) aside(ctx context.Context, s ippo.Settings, w *composing) (aside, error) {
	b := &w.broadcast
	written := ippo.UncountLinks(b.Messages, b.Links)
	a := aside{Preview: newPreview(s.Office.Account, ippo.WithReduce(written, b.ID), p.Now()), Counted: b.Counted, Repeat: w.repeat}
	if b.Counted {
		a.Links = ippo.Links(written, p.PublicURL)
	}
	if w.repeat {
		anchored, err := p.Store.Anchored(ctx, w.schedule)
		if err != nil {
			return a, err
		}
		a.Upcoming = p.upcoming(anchored)
	}
	var err error
	if a.checked, err = p.check(ctx, s.Office, b, w.repeat); err != nil {
		return a, err
	}
	a.Reach, err = p.reachOf(ctx, b)
	return a, err
}

// newBroadcast begins a draft, with the card of the item that the address names; or a series.
func (p *Panel) newBroadcast(c *gin.Context) error {
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	w := composeBroadcast(nil)
	if resumed, err := p.resume(c, w); err != nil {
		return err
	} else if resumed {
		return p.composePage(c, w, http.StatusOK)
	}
	w.token = newToken()
	w.broadcast.OnCall, w.repeat = settings.OnCall, c.Query("when") == "repeat"
	for _, kind := range []string{partNews, partEvent, partGroup} {
		if id, err := strconv.ParseInt(c.Query(kind), 10, 64); err == nil {
			w.parts = append(w.parts, part{Kind: kind, Ref: id})
		}
	}
	if err := p.write(c.Request.Context(), w); err != nil {
		return err
	}
	if len(w.parts) == 0 {
		w.parts = []part{{Kind: partText}}
	} else {
		w.broadcast.Title = w.parts[0].Label
	}
	return p.composePage(c, w, formStatus(w.problems))
}

func (p *Panel) editBroadcast(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	if !b.Changeable() {
		return ippo.ErrConflict
	}
	w := composeBroadcast(b)
	w.parts = partsOf(b.Written())
	return p.begin(c, w)
}

// begin opens the form on what is written, or on what its writer had not saved.
func (p *Panel) begin(c *gin.Context, w *composing) error {
	resumed, err := p.resume(c, w)
	if err == nil && !resumed {
		err = p.write(c.Request.Context(), w)
	}
	if err != nil {
		return err
	}
	return p.composePage(c, w, http.StatusOK)
}

func (p *Panel) createBroadcast(c *gin.Context) error {
	return p.saveComposed(c, composeBroadcast(nil))
}

func (p *Panel) updateBroadcast(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	if !b.Changeable() {
		return ippo.ErrConflict
	}
	return p.saveComposed(c, composeBroadcast(b))
}

// saveComposed does what the pressed button of the form asks for: it changes the parts and shows the
// form again, or saves.
func (p *Panel) saveComposed(c *gin.Context, w *composing) error {
	ctx := c.Request.Context()
	w.read(c)
	again, err := p.audienceButton(c, w)
	if err != nil {
		return err
	}
	if !again {
		if w.parts, again = rearrange(c, w.parts); again {
			w.problems = nil // not asked for yet
		}
	}
	if err := p.write(ctx, w); err != nil {
		return err
	}
	if err := p.keep(c, w); err != nil {
		return err
	}
	if again {
		return p.composePage(c, w, http.StatusOK)
	}
	if now := w.version(); now != "" && c.PostForm("version") != now {
		w.problems.Add("", overtakenWords)
		return p.composePage(c, w, http.StatusConflict)
	}
	var series ippo.SeriesID
	if w.problems == nil {
		var err error
		switch by := p.me(c).ID; {
		case w.repeat:
			series, err = p.saveSeries(ctx, by, w)
		case w.stored == nil:
			err = p.Store.CreateBroadcast(ctx, by, &w.broadcast)
		default:
			err = p.Store.UpdateBroadcast(ctx, by, &w.broadcast)
		}
		if w.problems, err = mend(err, nil); err != nil {
			return err
		}
	}
	if w.problems != nil {
		return p.composePage(c, w, http.StatusUnprocessableEntity)
	}
	if err := p.Store.DropWorkingCopy(ctx, p.me(c).ID, w.object()); err != nil {
		return err
	}
	if w.repeat {
		return p.redirect(c, "保存しました。ほかの職員が承認すると、予定の時刻に送られます。", href("series/%d", series))
	}
	return p.redirect(c, "下書きを保存しました。", href("broadcasts/%d", w.broadcast.ID))
}

// previewBroadcast draws what stands beside the form while it is being written.
func (p *Panel) previewBroadcast(c *gin.Context) error {
	ctx := c.Request.Context()
	w := composeBroadcast(nil)
	if id, err := strconv.ParseInt(c.PostForm("id"), 10, 64); err == nil && id > 0 {
		stored, err := p.Store.Broadcast(ctx, ippo.BroadcastID(id))
		if err != nil {
			return err
		}
		w = composeBroadcast(stored)
	}
	if id, err := strconv.ParseInt(c.PostForm("series"), 10, 64); err == nil && id > 0 {
		stored, err := p.Store.Series(ctx, ippo.SeriesID(id))
		if err != nil {
			return err
		}
		w = composeSeries(stored)
	}
	w.read(c)
	if err := p.write(ctx, w); err != nil {
		return err
	}
	if err := p.keep(c, w); err != nil {
		return err
	}
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	beside, err := p.aside(ctx, settings, w)
	if err != nil {
		return err
	}
	return p.fragment(c, "broadcast_edit.html", "aside", beside)
}
