package admin

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"ippo"
)

// audienceForm is an audience as it is chosen: everyone, or those who meet conditions.
type audienceForm struct {
	All, Some   bool // neither: not chosen yet
	Unseen      bool // by LINE's broadcast
	ByLine      bool // LINE's broadcast is offered
	Topics      []option
	Areas       []option
	Tags        []option
	Ambassadors bool
	Label       string // what ambassadors are called here
	Problems    ippo.Problems
}

// Problem returns what is wrong with the choice, or "".
func (f audienceForm) Problem() string {
	for _, field := range []string{"audience", "audience.topics", "audience.areas", "audience.tags"} {
		if m := f.Problems.For(field); m != "" {
			return m
		}
	}
	return ""
}

// formAudience reads the choice. Conditions left ticked under "everyone" do not count.
func formAudience(c *gin.Context) ippo.Audience {
	switch c.PostForm("to") {
	case "all":
		return ippo.Audience{All: true, Unseen: formOn(c, "unseen")}
	case "some":
		ticked := func(name string) []string {
			slugs := c.PostFormArray(name)
			if len(slugs) == 0 {
				return nil
			}
			return slugs
		}
		return ippo.Audience{Topics: ticked("topics"), Areas: ticked("areas"), Tags: ticked("tags"), Ambassadors: formOn(c, "ambassadors")}
	}
	return ippo.Audience{}
}

// audienceForm shows an audience as a form; some says that "by conditions" was chosen, though none
// may be ticked.
func (p *Panel) audienceForm(ctx context.Context, a ippo.Audience, some bool, label string, problems ippo.Problems) (audienceForm, error) {
	f := audienceForm{All: a.All, Unseen: a.Unseen, Ambassadors: a.Ambassadors, Label: label, Problems: problems}
	f.Some = !a.All && (some || a.Validate() == nil)
	topics, err := p.Store.Topics(ctx)
	if err != nil {
		return f, err
	}
	for _, t := range topics {
		if on := slices.Contains(a.Topics, t.Slug); on || !t.Hidden {
			f.Topics = append(f.Topics, option{t.Slug, t.Name, on})
		}
	}
	areas, err := p.Store.Areas(ctx)
	if err != nil {
		return f, err
	}
	for _, t := range areas {
		if on := slices.Contains(a.Areas, t.Slug); on || !t.Hidden {
			f.Areas = append(f.Areas, option{t.Slug, t.Name, on})
		}
	}
	tags, err := p.Store.Tags(ctx)
	if err != nil {
		return f, err
	}
	for _, t := range tags {
		f.Tags = append(f.Tags, option{t.Slug, t.Name, slices.Contains(a.Tags, t.Slug)})
	}
	return f, nil
}

// audienceWords says audiences with the names of topics, areas and tags.
func (p *Panel) audienceWords(ctx context.Context, label string) (func(ippo.Audience) string, error) {
	names := map[string]map[string]string{"topic": {}, "area": {}, "tag": {}}
	topics, err := p.Store.Topics(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range topics {
		names["topic"][t.Slug] = t.Name
	}
	areas, err := p.Store.Areas(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range areas {
		names["area"][t.Slug] = t.Name
	}
	tags, err := p.Store.Tags(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tags {
		names["tag"][t.Slug] = t.Name
	}
	name := func(kind string) func(string) string {
		return func(slug string) string {
			if n, ok := names[kind][slug]; ok {
				return n
			}
			return slug
		}
	}
	return func(a ippo.Audience) string {
		return a.Words(name("topic"), name("area"), name("tag"), label)
	}, nil
}

// reach is the number beside every button that reaches people.
type reach struct {
	Known bool // false while the audience is not chosen or not valid
	ippo.Count
	Quota     quota
	Shortfall *ippo.Shortfall // a broadcast that does not fit into the month; nil if it does
}

// Anybody reports whether there is somebody to hear of it, now or in their digest.
func (r reach) Anybody() bool { return r.Count.Count+r.Digest > 0 }

// Short reports whether the month's messages do not suffice for as many people, whatever else is planned.
func (r reach) Short() bool {
	return r.Quota.Known && r.Quota.Limited && int64(r.Count.Count) > r.Quota.Left()
}

func (p *Panel) reach(ctx context.Context, a ippo.Audience, emergency bool) (reach, error) {
	r := reach{Quota: p.account.read(ctx).Quota}
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
