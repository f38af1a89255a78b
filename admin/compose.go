package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// composing is a broadcast, or a series, while it is being written.
type composing struct {
	stored     *ippo.Broadcast         // nil when it is new
	template   *ippo.BroadcastTemplate // the template that is being changed; nil otherwise
	from       *ippo.BroadcastTemplate // the template that a new broadcast begins with; nil for none
	series     *ippo.Series            // the series that is being changed; nil otherwise
	was        ippo.Said               // what any of these said
	renditions []rendition             // the Japanese first
	broadcast  ippo.Broadcast          // what the form says; its messages are made from the renditions
	some       bool                    // "by conditions" was chosen
	repeat     bool                    // it is to be sent again and again: a series comes of it
	schedule   ippo.Schedule           // when, if so
	problems   ippo.Problems
	notice     string    // what has just been done
	token      string    // tells what is new apart from what else its writer has begun
	as         string    // with whose eyes it is looked at
	whom       bool      // who it would reach is looked at, too
	overtaken  bool      // a colleague has saved since its writer read it
	out        *takenOut // what the press has taken out; nil if nothing
}

// saved returns the messages in a language as they were written last; those of the Japanese if it is new.
func (w *composing) saved(l ippo.Language) []ippo.Message {
	if own, ok := w.was.Renditions[l]; ok {
		return own
	}
	return w.was.Messages
}

// open shows what was written last as parts.
func (p *Panel) open(ctx context.Context, w *composing) error {
	w.renditions = nil
	for _, l := range append([]ippo.Language{ippo.Japanese}, w.was.Renditions.Languages()...) {
		parts, err := p.partsOf(ctx, w.saved(l))
		if err != nil {
			return err
		}
		w.renditions = append(w.renditions, rendition{Language: l, Parts: parts})
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
	case w.template != nil:
		updated = w.template.UpdatedAt
	default:
		return ""
	}
	return updated.UTC().Format(time.RFC3339Nano)
}

// composeBroadcast is a broadcast while it is being written; nil: a new one.
func composeBroadcast(stored *ippo.Broadcast) *composing {
	if stored == nil {
		return &composing{broadcast: ippo.Broadcast{Origin: ippo.OriginPanel}, schedule: newSchedule()}
	}
	return &composing{stored: stored, was: stored.Said(), broadcast: *stored}
}

// readComposed reads the form over what is being written. What is new may have begun with a template, whose
// cards it keeps; one that is gone since leaves parts that name nothing.
func (p *Panel) readComposed(c *gin.Context, w *composing) error {
	id, err := strconv.ParseInt(c.PostForm("from"), 10, 64)
	if err == nil && w.object() == ippo.NewObject+w.token {
		one, err := p.Store.BroadcastTemplate(c.Request.Context(), id)
		if err == nil {
			w.from, w.was = &one, one.Said()
		} else if !errors.Is(err, ippo.ErrNotFound) {
			return err
		}
	}
	w.read(c)
	return nil
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
	w.renditions = formRenditions(c)
	w.as, w.whom = c.PostForm("as"), formOn(c, "whom")
}

// action is where the form goes. Its buttons need the whole address, to come back to their own part of the page.
func (w *composing) action() string {
	switch {
	case w.series != nil:
		return href("series/%d", w.series.ID)
	case w.template != nil:
		return href("templates/%d", w.template.ID)
	case w.stored != nil:
		return href("broadcasts/%d", w.stored.ID)
	}
	return href("broadcasts")
}

type composePage struct {
	frame
	Action     string // where the form goes
	ID         ippo.BroadcastID
	Template   int64         // the template that is being changed; 0 otherwise
	From       int64         // the template that it begins with; 0 for none
	Series     ippo.SeriesID // the series that is being changed; 0 otherwise
	Version    string        // what the writer has before them; another means that a colleague was first
	Title      string
	Renditions []renditionForm
	Languages  []option // that may be added
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
	Differs    []changedText // from what a colleague has saved meanwhile
	Out        *takenOut     // what has just been taken out; nil if nothing
	Pressed    bool          // a button inside the form has changed it: it is kept again as it is now
	Aside      aside
}

// cardChoices are the items of one kind that a card can be made from.
type cardChoices struct {
	Words   string
	Options []option
}

// New reports whether nothing is kept yet.
func (f composePage) New() bool { return f.ID == 0 && f.Series == 0 && f.Template == 0 }

// Back is where the form was opened from.
func (f composePage) Back() string {
	switch {
	case f.New() && f.Repeat:
		return href("series")
	case f.Template != 0:
		return href("templates")
	}
	return f.Action
}

// renditionForm is what is written in one language, as the form shows it.
type renditionForm struct {
	rendition
	Words    string
	Prefix   string
	Own      bool     // it is not the Japanese one
	Full     bool     // no room for another part
	Japanese []string // what each part says in Japanese, to write it beside that
	Problem  string
}

// renditionForms are those of all languages, with what is wrong beside each part.
func renditionForms(w *composing) []renditionForm {
	var originals []string
	for _, one := range w.renditions[0].Parts {
		originals = append(originals, one.Text)
	}
	var forms []renditionForm
	for _, v := range w.renditions {
		v.number()
		for i := range v.Parts {
			one := &v.Parts[i]
			for _, suffix := range []string{"", ".text"} {
				m := w.problems.For(fmt.Sprintf("%s[%d]%s", v.field(), i, suffix))
				if m != "" && one.Problem == "" && one.Picture.Problem == "" { // that is said at the picture
					one.Problem = m
				}
			}
		}
		f := renditionForm{rendition: v, Words: v.Language.Words(), Prefix: v.prefix(), Own: v.Language != ippo.Japanese, Full: len(v.Parts) >= ippo.MaxMessages}
		if f.Own {
			f.Japanese, f.Problem = originals, w.problems.For(v.field())
		}
		forms = append(forms, f)
	}
	return forms
}

// Original is what a part says in Japanese, "" if there is none or this is it.
func (f renditionForm) Original(i int) string {
	if i < len(f.Japanese) {
		return f.Japanese[i]
	}
	return ""
}

// otherLanguages are those that may be added.
func (p *Panel) otherLanguages(w *composing) []option {
	var others []option
	for _, l := range p.catalogs.Languages() {
		if !slices.ContainsFunc(w.renditions, func(v rendition) bool { return v.Language == l }) {
			others = append(others, option{Value: string(l), Label: l.Words()})
		}
	}
	return others
}

// aside is what stands beside the form: how it will look and whom it will reach.
type aside struct {
	Action string // where the form goes
	Look   look
	To     string // the audience as a sentence; "" while it is not chosen
	Reach  reach
	MayAsk bool  // whom it reaches can be looked at
	Whom   *whom // if it is
	checked
	Template bool     // it goes to nobody
	Counted  bool     // taps on links are to be counted
	Links    []string // these
	Repeat   bool
	Upcoming upcoming // when it is sent again and again
}

// maxCardChoices bounds the list of items offered for a card; older ones are reached from their own
// page.
const maxCardChoices = 100

func (p *Panel) cardChoices(ctx context.Context) ([]cardChoices, error) {
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	now := p.Now()
	var lists []cardChoices
	for _, list := range []struct {
		words  string
		module ippo.Module
		kind   partKind
		names  func() ([]store.ItemName, error)
	}{
		{"お知らせ", ippo.ModuleNews, partNews, func() ([]store.ItemName, error) { return p.Store.NewsNames(ctx, now, maxCardChoices) }},
		{"これからのイベント", ippo.ModuleEvents, partEvent, func() ([]store.ItemName, error) { return p.Store.EventNames(ctx, now, maxCardChoices) }},
		{"団体", ippo.ModuleGroups, partGroup, func() ([]store.ItemName, error) { return p.Store.GroupNames(ctx, maxCardChoices) }},
		{settings.Labels.Campaign, ippo.ModuleCampaigns, partCampaign, func() ([]store.ItemName, error) { return p.Store.CampaignNames(ctx, now, maxCardChoices) }},
	} {
		choices := cardChoices{Words: list.words}
		if settings.Has(list.module) {
			names, err := list.names()
			if err != nil {
				return nil, err
			}
			for _, n := range names {
				choices.Options = append(choices.Options, option{Value: fmt.Sprintf("%s:%d", list.kind, n.ID), Label: n.Name})
			}
		}
		lists = append(lists, choices)
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
		frame: f, Action: w.action(), ID: b.ID, Title: b.Title, Renditions: renditionForms(w), Languages: p.otherLanguages(w), Counted: b.Counted, Variables: ippo.Variables, Correction: b.Corrects != 0,
		At: !b.SendAt.IsZero() || f.Problems.For("sendAt") != "", SendAt: inputMoment(b.SendAt), OnCall: b.OnCall,
		Emergency: b.Emergency != "" || f.Problems.For("emergency.reason") != "", Reason: b.Emergency,
		Version: w.version(), Repeat: w.repeat, Token: w.token, Out: w.out, Pressed: c.Request.Method == http.MethodPost,
	}
	if w.stored != nil {
		page.Submitted = w.stored.Status == ippo.BroadcastSubmitted
		page.Approved = !w.stored.Status.Editable()
	}
	if w.series != nil {
		page.Series, page.Active = w.series.ID, w.series.Active
	}
	if w.template != nil {
		page.Template = w.template.ID
	}
	if w.from != nil {
		page.From = w.from.ID
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
	known, err := p.audienceChoices(ctx)
	if err != nil {
		return err
	}
	if page.Audience, err = p.audienceForm(ctx, known, b.Audience, w.some, f.Settings.Labels.Ambassador, w.problems); err != nil {
		return err
	}
	page.Audience.ByLine = true
	if page.Audience.Saved, err = p.savedOptions(ctx); err != nil {
		return err
	}
	page.Audience.SaveAs = f.Problems.For("audience.name")
	page.Audience.SaveName, page.Audience.FormAction = formText(c, "audience.name"), page.Action
	if page.Cards, err = p.cardChoices(ctx); err != nil {
		return err
	}
	if page.Beside, err = p.beside(ctx, w.object(), p.me(c).ID); err != nil {
		return err
	}
	if c.Request.Method != http.MethodGet || c.Query("resume") == w.object() {
		page.Beside.Mine = nil // it is what is before them
	}
	if w.overtaken {
		page.Differs = w.differs(known.words(f.Settings.Labels.Ambassador))
	}
	if page.Aside, err = p.aside(ctx, f.Settings, w, known); err != nil {
		return err
	}
	return p.render(c, status, "broadcast_edit.html", page)
}

func (p *Panel) aside(ctx context.Context, s ippo.Settings, w *composing, known audienceChoices) (aside, error) {
	b := &w.broadcast
	a := aside{Action: w.action(), Counted: b.Counted, Repeat: w.repeat, Template: w.template != nil}
	var err error
	if a.Look, err = p.look(ctx, s.Office.Account, p.withReduce(b), w.as); err != nil {
		return a, err
	}
	if b.Counted {
		a.Links = ippo.Links(ippo.UncountLinks(b.All(), b.Links), p.PublicURL)
	}
	if w.repeat {
		anchored, err := p.Store.Anchored(ctx, w.schedule)
		if err != nil {
			return a, err
		}
		a.Upcoming = p.upcoming(anchored)
	}
	if a.checked, err = p.check(ctx, s, b, w.repeat); err != nil {
		return a, err
	}
	if a.Reach, err = p.reachOf(ctx, b); err != nil || !a.Reach.Known {
		return a, err
	}
	a.To = correctedWords
	if b.Corrects == 0 {
		a.To, a.MayAsk = known.words(s.Labels.Ambassador)(b.Audience), true
		if w.whom {
			who, err := p.whom(ctx, b, a.Reach.Count)
			if err != nil {
				return a, err
			}
			a.Whom = &who
		}
	}
	return a, nil
}

// withReduce is a broadcast as it would be kept, but for the links that would be counted.
func (p *Panel) withReduce(b *ippo.Broadcast) *ippo.Broadcast {
	kept := *b
	kept.UncountLinks()
	kept.PutReduce(func(l ippo.Language) string { return p.catalogs.In(l).Say("reduce.open") })
	return &kept
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
	if id, err := strconv.ParseInt(c.Query("template"), 10, 64); err == nil {
		return p.beginWith(c, w, id)
	}
	first := rendition{Language: ippo.Japanese}
	for _, kind := range itemKinds {
		if id, err := strconv.ParseInt(c.Query(string(kind)), 10, 64); err == nil {
			first.Parts = append(first.Parts, part{Kind: kind, Ref: strconv.FormatInt(id, 10)})
		}
	}
	w.renditions = []rendition{first}
	if err := p.write(c.Request.Context(), w, false); err != nil {
		return err
	}
	if len(first.Parts) == 0 {
		w.renditions[0].add(string(partText), "")
	} else {
		w.broadcast.Title = first.Parts[0].Label
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
	return p.begin(c, composeBroadcast(b))
}

// begin opens the form on what is written, or on what its writer had not saved.
func (p *Panel) begin(c *gin.Context, w *composing) error {
	resumed, err := p.resume(c, w)
	if err == nil && !resumed {
		if err = p.open(c.Request.Context(), w); err == nil {
			err = p.write(c.Request.Context(), w, false)
		}
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
	if err := readForm(c); err != nil {
		return err
	}
	if err := p.readComposed(c, w); err != nil {
		return err
	}
	if err := p.takePictures(ctx, p.me(c).ID, w); err != nil {
		return err
	}
	again, err := p.audienceButton(c, w)
	if err != nil {
		return err
	}
	if !again {
		if again = w.rearrange(c); again {
			w.problems = nil // not asked for yet
		}
	}
	if err := p.write(ctx, w, !again); err != nil {
		return err
	}
	if err := p.keep(c, w); err != nil {
		return err
	}
	if again {
		return p.composePage(c, w, http.StatusOK)
	}
	if now := w.version(); now != "" && c.PostForm("version") != now {
		w.overtake()
		return p.composePage(c, w, http.StatusConflict)
	}
	var series ippo.SeriesID
	if w.problems == nil {
		var err error
		switch by := p.me(c).ID; {
		case w.template != nil:
			err = p.Store.UpdateBroadcastTemplate(ctx, by, w.templated())
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
	if w.template != nil {
		return p.redirect(c, "ひな形を保存しました。", href("templates"))
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
	if id, err := strconv.ParseInt(c.PostForm("template"), 10, 64); err == nil && id > 0 {
		stored, err := p.Store.BroadcastTemplate(ctx, id)
		if err != nil {
			return err
		}
		w = composeTemplate(stored)
	}
	if err := p.readComposed(c, w); err != nil {
		return err
	}
	if err := p.write(ctx, w, false); err != nil {
		return err
	}
	if err := p.keep(c, w); err != nil {
		return err
	}
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	known, err := p.audienceChoices(ctx)
	if err != nil {
		return err
	}
	beside, err := p.aside(ctx, settings, w, known)
	if err != nil {
		return err
	}
	return p.fragment(c, "broadcast_edit.html", "aside", beside)
}
