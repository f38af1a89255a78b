package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// audienceForm is an audience as it is chosen: everyone, or those who meet conditions; and who is left out.
type audienceForm struct {
	All, Some bool // neither: not chosen yet
	Everyone  bool // all can be chosen; a team has to choose by what it looks after
	Unseen    bool // by LINE's broadcast
	ByLine    bool // LINE's broadcast is offered
	Who       conditionForm
	Languages []option
	Except    conditionForm
	Left      bool // somebody is left out

	// Where audiences can be kept under a name, and chosen again.
	FormAction string // of the form; "" where they cannot
	Saved      []option
	SaveName   string
	SaveAs     string // what is wrong with the name

	Label    string // what ambassadors are called here
	Offered  bool   // they can be chosen
	Problems ippo.Problems
}

// conditionForm are conditions as they are ticked.
type conditionForm struct {
	Prefix      string // of the fields' names
	Topics      []option
	Areas       []option
	Tags        []option
	Entries     []option
	Ambassadors bool
	Within      string // days as typed; "" for none
}

// exceptPrefix begins the names of the fields that leave people out.
const exceptPrefix = "except."

// Problem returns what is wrong with the choice, or "".
func (f audienceForm) Problem() string {
	for _, key := range []string{"", ".topics", ".areas", ".tags", ".entries", ".languages", ".within",
		".except", ".except.topics", ".except.areas", ".except.tags", ".except.entries", ".except.within"} {
		if m := f.Problems.For("audience" + key); m != "" {
			return m
		}
	}
	return ""
}

// More reports whether one of the rarer conditions is set.
func (f audienceForm) More() bool {
	on := func(o option) bool { return o.On }
	return slices.ContainsFunc(f.Who.Entries, on) || slices.ContainsFunc(f.Languages, on) || f.Who.Within != ""
}

// formAudience reads the choice. Conditions left ticked under "everyone" do not count.
func formAudience(c *gin.Context) ippo.Audience {
	var a ippo.Audience
	switch c.PostForm("to") {
	case "all":
		a = ippo.Audience{All: true, Unseen: formOn(c, "unseen")}
	case "some":
		a = ippo.Audience{
			Topics: ticked(c, "topics"), Areas: ticked(c, "areas"), Tags: ticked(c, "tags"), Entries: ticked(c, "entries"),
			Ambassadors: formOn(c, "ambassadors"), Within: formDays(c, "within"),
		}
		for _, l := range ticked(c, "languages") {
			a.Languages = append(a.Languages, ippo.Language(l))
		}
	default:
		return ippo.Audience{}
	}
	except := ippo.Except{
		Topics: ticked(c, exceptPrefix+"topics"), Areas: ticked(c, exceptPrefix+"areas"), Tags: ticked(c, exceptPrefix+"tags"),
		Entries: ticked(c, exceptPrefix+"entries"), Ambassadors: formOn(c, exceptPrefix+"ambassadors"), Within: formDays(c, exceptPrefix+"within"),
	}
	if len(except.Topics)+len(except.Areas)+len(except.Tags)+len(except.Entries)+except.Within != 0 || except.Ambassadors {
		a.Except = &except
	}
	return a
}

// ticked returns the values of checkboxes; nil for none.
func ticked(c *gin.Context, name string) []string {
	slugs := c.PostFormArray(name)
	if len(slugs) == 0 {
		return nil
	}
	return slugs
}

// formDays reads a number of days; what is none is one that Validate refuses, so that a slip of the finger
// does not widen the audience.
func formDays(c *gin.Context, name string) int {
	var found ippo.Problems
	days := formInt(c, name, "日数", &found)
	if found != nil || days < 0 || days == 0 && formText(c, name) != "" {
		return -1
	}
	return days
}

// audienceForm shows an audience as a form; some says that "by conditions" was chosen, though none
// may be ticked.
func (p *Panel) audienceForm(ctx context.Context, known audienceChoices, a ippo.Audience, some bool, label string, problems ippo.Problems) (audienceForm, error) {
	f := audienceForm{All: a.All, Unseen: a.Unseen, Label: label, Problems: problems, Left: a.Except != nil}
	f.Everyone = a.All || store.RemitOf(ctx) == nil
	f.Some = !a.All && (some || !f.Everyone || a.Validate() == nil)
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return f, err
	}
	f.Offered = settings.Has(ippo.ModuleAmbassadors)
	except := ippo.Except{}
	if a.Except != nil {
		except = *a.Except
	}
	f.Who = known.within(store.RemitOf(ctx)).form("", ippo.Except{Topics: a.Topics, Areas: a.Areas, Tags: a.Tags, Entries: a.Entries, Ambassadors: a.Ambassadors, Within: a.Within})
	f.Except = known.form(exceptPrefix, except)
	for _, l := range slices.Concat(ippo.Languages, a.Languages) {
		if !slices.ContainsFunc(f.Languages, func(o option) bool { return o.Value == string(l) }) {
			f.Languages = append(f.Languages, option{string(l), l.Words(), slices.Contains(a.Languages, l)})
		}
	}
	return f, nil
}

// audienceChoices are the things that an audience can be chosen by.
type audienceChoices struct{ ippo.AudienceChoices }

func (p *Panel) audienceChoices(ctx context.Context) (audienceChoices, error) {
	all, err := p.Store.AudienceChoices(ctx)
	return audienceChoices{all}, err
}

// within leaves what somebody in a team can send to.
func (known audienceChoices) within(remit ippo.Remit) audienceChoices {
	topics, areas := remit.Offers()
	known.Topics, known.Areas = offered(known.Topics, topics), offered(known.Areas, areas)
	return known
}

// form shows conditions as they are ticked; what is hidden is offered only where it is ticked already.
func (known audienceChoices) form(prefix string, chosen ippo.Except) conditionForm {
	f := conditionForm{Prefix: prefix, Ambassadors: chosen.Ambassadors}
	offer := func(list *[]option, slugs []string, slug, name string, hidden bool) {
		if on := slices.Contains(slugs, slug); on || !hidden {
			*list = append(*list, option{slug, name, on})
		}
	}
	for _, t := range known.Topics {
		offer(&f.Topics, chosen.Topics, t.Slug, t.Name, t.Hidden)
	}
	for _, t := range known.Areas {
		offer(&f.Areas, chosen.Areas, t.Slug, t.Name, t.Hidden)
	}
	for _, t := range known.Tags {
		offer(&f.Tags, chosen.Tags, t.Slug, t.Name, false)
	}
	for _, e := range known.Entries {
		offer(&f.Entries, chosen.Entries, e.Slug, e.Name, e.Hidden)
	}
	if chosen.Within != 0 {
		f.Within = strconv.Itoa(chosen.Within)
	}
	return f
}

// audienceWords says audiences with the names of topics, areas, tags and entries.
func (p *Panel) audienceWords(ctx context.Context, label string) (func(ippo.Audience) string, error) {
	known, err := p.audienceChoices(ctx)
	return known.words(label), err
}

func (known audienceChoices) words(label string) func(ippo.Audience) string {
	names := known.Names(label)
	return func(a ippo.Audience) string { return a.Words(names) }
}

// reach is the number beside every button that reaches people.
type reach struct {
	Known bool // false while the audience is not chosen or not valid
	ippo.Count
	Quota     quota
	Price     ippo.Sen        // of one message; 0 while nobody has said
	Shortfall *ippo.Shortfall // a broadcast that does not fit into the month; nil if it does
}

// Anybody reports whether there is somebody to hear of it, now or in their digest.
func (r reach) Anybody() bool { return r.Count.Count+r.Digest > 0 }

// Short reports whether the month's messages do not suffice for as many people, whatever else is planned.
func (r reach) Short() bool {
	return r.Quota.Known && r.Quota.Limited && int64(r.Count.Count) > r.Quota.Left()
}

// Cost is what the messages come to, by the price of one.
func (r reach) Cost() ippo.Sen { return r.Price * ippo.Sen(r.Count.Count) }

func (p *Panel) reach(ctx context.Context, a ippo.Audience, emergency bool) (reach, error) {
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return reach{}, err
	}
	r := reach{Quota: p.account.read(ctx).Quota, Price: settings.MessagePrice}
	ask := p.Store.AudienceCount
	if emergency {
		ask = p.Store.EmergencyCount
	}
	count, err := ask(ctx, a)
	if problems, err := mend(err, nil); err != nil {
		return r, err
	} else if problems == nil {
		r.Known, r.Count = true, count
	}
	return r, nil
}

// maxSample is how many of an audience are shown as examples.
const maxSample = 8

// whom is who would be sent a broadcast now, and who would not.
type whom struct {
	Count     ippo.Count
	Left      ippo.LeftOut
	Sample    []followerRow
	Excepts   bool // some are left out by a condition
	Emergency bool
}

// whom returns some of those whom a broadcast would reach, names masked, and why others are left out.
func (p *Panel) whom(ctx context.Context, b *ippo.Broadcast, count ippo.Count) (w whom, err error) {
	w = whom{Count: count, Excepts: b.Audience.Except != nil, Emergency: b.Emergency != ""}
	if w.Left, err = p.Store.LeftOut(ctx, b.Audience, w.Emergency); err != nil {
		return w, err
	}
	list, err := p.Store.AudienceSample(ctx, b.Audience, w.Emergency, maxSample)
	if err != nil {
		return w, err
	}
	topics, err := p.Store.Topics(ctx)
	if err != nil {
		return w, err
	}
	areas, err := p.Store.Areas(ctx)
	for _, f := range list {
		w.Sample = append(w.Sample, followerRow{Follower: f, Name: masked(f.DisplayName), Chosen: chosenWords(topics, areas, f.Preferences)})
	}
	return w, err
}

type whomPage struct {
	frame
	*ippo.Broadcast
	To   string
	Whom whom
}

// broadcastWhom shows whom a draft would reach now. Once it is approved the ledger says it.
func (p *Panel) broadcastWhom(c *gin.Context) error {
	ctx := c.Request.Context()
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	if !b.Status.Editable() || b.Corrects != 0 {
		return ippo.ErrConflict
	}
	page := whomPage{frame: p.frame(c), Broadcast: b}
	say, err := p.audienceWords(ctx, page.Settings.Labels.Ambassador)
	if err != nil {
		return err
	}
	page.To = say(b.Audience)
	r, err := p.reachOf(ctx, b)
	if err != nil {
		return err
	}
	if !r.Known {
		return ippo.ErrConflict // it names what is gone, as its own page says
	}
	if page.Whom, err = p.whom(ctx, b, r.Count); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "broadcast_whom.html", page)
}
