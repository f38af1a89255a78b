package admin

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"ippo"
)

// templateFuncs are what templates may call.
func templateFuncs(a *assets) template.FuncMap {
	return template.FuncMap{
		"static": a.url,
		"number": number,
		"people": peopleWords,
		"source": sourcePath,
		"date":   ippo.DateWords,
		"time":   ippo.TimeWords,
		"short":  shortTime,
		"day":    dayOf,
		"clock":  clock,

		"weekday":      weekday,
		"outgoing":     outgoingPath,
		"outgoingNote": outgoingNote,
		"marks":        translationMarks,
		"add":          func(a, b int) int { return a + b },

		"field":    newField,
		"required": func(f field) field { f.Required = true; return f },
		"in":       func(form string, f field) field { f.Form = form + "-"; return f },
		"limit":    func(n int, f field) field { f.Max = n; return f },
		"hint":     func(s string, f field) field { f.Hint = s; return f },
		"kind":     func(s string, f field) field { f.Type = s; return f },
		"rows":     func(n int, f field) field { f.Rows = n; return f },
		"complete": func(s string, f field) field { f.Complete = s; return f },
		"among":    func(o []option, f field) field { f.Options = o; return f },
	}
}

// field is one labelled input with its hint and, when it came back, what is wrong with it.
type field struct {
	Name, Label, Value string
	Form               string // which of a page's forms it is in, if others have a field of its name
	Hint, Problem      string
	Type               string // of the input; text by default
	Complete           string // autocomplete
	Required           bool
	Max, Rows          int
	Options            []option
}

// option is one choice of a list.
type option struct {
	Value, Label string
	On           bool
}

// newField makes a field; name is its name in the form and in ippo.Problems.
func newField(name, label string, value any, problems ippo.Problems) field {
	return field{Name: name, Label: label, Value: fmt.Sprint(value), Problem: problems.For(name), Type: "text"}
}

// ID is the input's id.
func (f field) ID() string {
	return "f-" + f.Form + strings.NewReplacer(".", "-", "[", "-", "]", "").Replace(f.Name)
}

// Described names what a screen reader reads after the label.
func (f field) Described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Problem != "" {
		ids = append(ids, f.ID()+"-problem")
	}
	return strings.Join(ids, " ")
}

// number writes a count as staff read it: 1,234.
func number(n any) (string, error) {
	var v int64
	switch n := n.(type) {
	case int:
		v = int64(n)
	case int64:
		v = n
	default:
		return "", fmt.Errorf("number: cannot write %T", n)
	}
	return ippo.Comma(v), nil
}

// dayOf writes a moment's day for a narrow column: 2026/3/6（金）.
func dayOf(t time.Time) string {
	return t.In(ippo.Tokyo).Format("2006/1/2") + "（" + weekday(t) + "）"
}

func clock(t time.Time) string { return t.In(ippo.Tokyo).Format("15:04") }

func weekday(t time.Time) string { return ippo.WeekdayName(t.In(ippo.Tokyo).Weekday()) }

// shortTime writes a moment for a narrow column: 2026/3/6（金）15:00; "" for the zero time.
func shortTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return dayOf(t) + clock(t)
}
