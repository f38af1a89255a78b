package messages

import (
	"strconv"
	"strings"
	"time"

	"ippo"
)

// GroupCards shows activity groups: what, where, when, for whom, who is welcome, and the button that
// asks the desk for a visit. areas names areas.
func GroupCards(w Words, groups []ippo.ActivityGroup, base string, areas func(ippo.Choice) string, now time.Time) ippo.Message {
	bubbles := make([]bubble, len(groups))
	alt := make([]string, len(groups))
	for i, g := range groups {
		g, reading := g.In(w.Language)
		bubbles[i] = groupCard(w, g, reading, listed(i, len(groups), g.Name), "", base, areas, now)
		alt[i] = strconv.Itoa(i+1) + " " + g.Name + "：" + g.Summary + "　" + w.where(g, areas) + "　" + w.hours(g)
	}
	return cards(w.Say("card.groups")+"\n"+strings.Join(alt, "\n"), bubbles)
}

// Suggestion is a group that was chosen for somebody, and why.
type Suggestion struct {
	Group  ippo.ActivityGroup
	Reason string
}

// SuggestionCards shows the groups that were chosen for a newcomer.
func SuggestionCards(w Words, suggestions []Suggestion, base string, areas func(ippo.Choice) string, now time.Time) ippo.Message {
	bubbles := make([]bubble, len(suggestions))
	alt := make([]string, len(suggestions))
	for i, m := range suggestions {
		g, reading := m.Group.In(w.Language)
		bubbles[i] = groupCard(w, g, reading, title(g.Name), m.Reason, base, areas, now)
		alt[i] = g.Name + "：" + g.Summary + "　" + m.Reason + "　" + w.where(g, areas) + "　" + w.hours(g)
	}
	return cards(w.Say("card.matches")+"\n"+strings.Join(alt, "\n"), bubbles)
}

func groupCard(w Words, g ippo.ActivityGroup, reading ippo.Reading, heading any, reason, base string, areas func(ippo.Choice) string, now time.Time) bubble {
	var confirmed any
	if g.Stale(now) {
		confirmed = small(w.Say("card.confirmed", Vars{"Day": w.Day(g.ConfirmedAt)}))
	}
	host := ""
	if g.Host.Public {
		host = g.Host.Person
	}
	var why any
	if reason != "" {
		why = &box{
			Type: "box", Layout: "vertical", BackgroundColor: paleBg, CornerRadius: "8px", PaddingAll: "md",
			Contents: []any{text{Type: "text", Text: w.Say("card.why"), Size: "xs", Color: blue, Weight: "bold"}, plain(reason)},
		}
	}
	return bubble{
		Type: "bubble", Size: "mega",
		Body: vertical("sm",
			heading,
			plain(g.Summary),
			small(w.Caveat(reading, "name", "summary", "place", "when", "whom", "cost", "bring", "welcome")),
			why,
			rule(),
			row(w.Say("card.place"), w.where(g, areas)),
			row(w.Say("card.when"), w.hours(g)),
			row(w.Say("card.whom"), g.Whom),
			row(w.Say("card.cost"), g.Cost),
			row(w.Say("card.bring"), g.Bring),
			row(w.Say("card.host"), host),
			row(w.Say("card.tongues"), tongues(w, g)),
			row(w.Say("card.welcome"), welcome(w, g)),
			plain(g.Welcome),
			confirmed),
		Footer: vertical("sm",
			primary(tap(w.Say("card.visit"), "1/desk/visit/"+g.Slug)),
			secondary(open(w.Say("card.more"), w.Page(GroupPage(base, g.Slug))))),
	}
}

// where says where a group meets. areas names areas.
func (w Words) where(g ippo.ActivityGroup, areas func(ippo.Choice) string) string {
	if g.Place == "" {
		return areas(g.Areas)
	}
	return g.Place + "（" + areas(g.Areas) + "）"
}

// hours says when a group meets, in its own words if it has any.
func (w Words) hours(g ippo.ActivityGroup) string {
	if g.When != "" {
		return g.When
	}
	var days, parts []string
	for _, d := range []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday} {
		if g.Weekdays.Has(d) {
			days = append(days, w.Say("why.day."+strconv.Itoa(int(d))))
		}
	}
	for _, part := range []ippo.DayParts{ippo.Morning, ippo.Afternoon, ippo.Evening} {
		if g.Parts&part != 0 {
			parts = append(parts, w.Say("why.part."+strconv.Itoa(int(part))))
		}
	}
	and := w.Say("why.and")
	return strings.TrimSpace(strings.Join(days, and) + " " + strings.Join(parts, and))
}

// tongues names the languages that are spoken there besides Japanese.
func tongues(w Words, g ippo.ActivityGroup) string {
	var said []string
	for bit := range ippo.TongueNames {
		if g.Tongues&(1<<bit) != 0 {
			said = append(said, w.Say("tongue."+strconv.Itoa(bit)))
		}
	}
	return strings.Join(said, w.Say("why.and"))
}

// welcome says who is welcome beside the regulars.
func welcome(w Words, g ippo.ActivityGroup) string {
	var said []string
	for _, mark := range []struct {
		set bool
		key string
	}{{g.Beginners, "welcome.beginners"}, {g.Children, "welcome.children"}, {g.Alone, "welcome.alone"}, {g.Together, "welcome.together"}, {g.Wheelchair, "welcome.wheelchair"}, {g.Online, "welcome.online"}} {
		if mark.set {
			said = append(said, w.Say(mark.key))
		}
	}
	switch {
	case !g.Receiving:
		said = append(said, w.Say("welcome.closed"))
	case g.Full:
		said = append(said, w.Say("welcome.full"))
	}
	return strings.Join(said, "\n")
}

// GroupPage is the address of an activity group.
func GroupPage(base, slug string) string { return base + "/r/groups/" + slug }
