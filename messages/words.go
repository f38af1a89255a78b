package messages

import (
	"strconv"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"

	"ippo"
)

// Words are the texts of one language.
type Words struct {
	Language  ippo.Language
	localizer *i18n.Localizer
}

// Vars are what a text mentions, by name: {{.Office}}.
type Vars map[string]any

// Say returns the text with this key. A key that no catalog has comes back as it is: a test keeps the
// catalogs whole, and a resident is better served by a strange word than by silence.
func (w Words) Say(key string, vars ...Vars) string {
	config := &i18n.LocalizeConfig{MessageID: key}
	if len(vars) > 0 {
		config.TemplateData = map[string]any(vars[0])
		config.PluralCount = vars[0]["N"] // "1 group", "2 groups": what can be counted is called N
	}
	text, err := w.localizer.Localize(config)
	if err != nil && config.PluralCount != nil { // it has one form for any number, or N is no number
		config.PluralCount = nil
		text, err = w.localizer.Localize(config)
	}
	if err != nil {
		return key
	}
	return strings.TrimSpace(text)
}

// Day says a day as readers of the language do.
func (w Words) Day(t time.Time) string {
	t = t.In(ippo.Tokyo)
	return w.Say("date.day", Vars{
		"Year": t.Year(), "Month": w.Say("date.month." + strconv.Itoa(int(t.Month()))), "Day": t.Day(),
		"Weekday": w.Say("date.weekday." + strconv.Itoa(int(t.Weekday()))),
	})
}

// Moment says a day and the time on it.
func (w Words) Moment(t time.Time) string {
	return w.Say("date.moment", Vars{"Day": w.Day(t), "Time": t.In(ippo.Tokyo).Format("15:04")})
}

// When says from when to when an event lasts.
func (w Words) When(e ippo.Event) string {
	until := e.EndsAt.In(ippo.Tokyo).Format("15:04")
	if !ippo.Day(e.StartsAt).Equal(ippo.Day(e.EndsAt)) {
		until = w.Moment(e.EndsAt)
	}
	return w.Say("date.span", Vars{"From": w.Moment(e.StartsAt), "Until": until})
}

// Days says a number of days, which are said as years where they are whole ones: nobody knows how long 1095 days are.
func (w Words) Days(n int) string {
	const year = 365
	if n > 0 && n%year == 0 {
		return w.Say("date.years", Vars{"N": n / year})
	}
	return w.Say("date.days", Vars{"N": n})
}

// Caveat tells a reader that what they are shown is not, or not wholly, in their language; "" if it is. texts
// names what is shown of it; none: all.
func (w Words) Caveat(r ippo.Reading, texts ...string) string {
	if c := r.Caveat(texts...); c != "" {
		return w.Say("content." + string(c))
	}
	return ""
}

// Page is the address of one of our public pages as a reader of the language is led to it.
func (w Words) Page(address string) string {
	if w.Language == ippo.Japanese {
		return address
	}
	return address + "?" + LanguageParam + "=" + string(w.Language)
}

// LanguageParam says in the address of a public page in which language it is shown.
const LanguageParam = "lang"
