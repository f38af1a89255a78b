package ippo

import (
	"errors"
	"testing"
)

func TestParseAudience(t *testing.T) {
	for _, c := range []struct {
		json  string
		field string // of the problem; "" for none
	}{
		{`{"all":true}`, ""},
		{`{"topics":["kosodate"],"areas":["sakae"],"tags":["t-1"],"ambassadors":true}`, ""},
		{`{}`, "audience"},
		{`{"all":false}`, "audience"},
		{`{"topics":[]}`, "audience.topics"},
		{`{"topics":["kosodate"],"areas":[]}`, "audience.areas"},
		{`{"all":true,"topics":["kosodate"]}`, "audience"},
		{`{"everyone":true}`, "audience"},
		{`{"topics":["子育て"]}`, "audience.topics"},
		{`{"all":true}{}`, "audience"},
		{`null`, "audience"},
		{`[]`, "audience"},
	} {
		_, err := ParseAudience([]byte(c.json))
		var p Problems
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &p) || p.For(c.field) == "") {
			t.Errorf("%s: %v; want a problem with %q", c.json, err, c.field)
		}
	}
}

// No input that a stranger writes may come to mean everyone.
func FuzzParseAudience(f *testing.F) {
	for _, s := range []string{`{"all":true}`, `{"topics":["a"]}`, `{"topics":[]}`, `{"all":true,"areas":["x"]}`, `{}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ParseAudience(b)
		if err != nil {
			return
		}
		conditions := len(a.Topics) + len(a.Areas) + len(a.Tags)
		if a.Ambassadors {
			conditions++
		}
		if a.All == (conditions > 0) {
			t.Errorf("%s accepted as %+v", b, a)
		}
	})
}

func TestPreferencesWant(t *testing.T) {
	kosodate, fukushi := ChoiceOf(0), ChoiceOf(1)
	chuo, sakae := ChoiceOf(0), ChoiceOf(1)
	for _, c := range []struct {
		name          string
		p             Preferences
		topics, areas Choice
		want          bool
	}{
		{"both meet", Preferences{Topics: kosodate, Areas: chuo}, kosodate | fukushi, chuo, true},
		{"another area", Preferences{Topics: kosodate, Areas: chuo}, kosodate, sakae, false},
		{"another topic", Preferences{Topics: kosodate, Areas: chuo}, fukushi, chuo, false},
		{"city-wide", Preferences{Topics: kosodate, Areas: chuo}, kosodate, 0, true},
		{"skipped the areas", Preferences{Topics: kosodate}, kosodate, sakae, true},
		{"everything", Preferences{Topics: Everything, Areas: Everything}, fukushi, sakae, true},
		{"おまかせ, an item of a topic", Preferences{}, kosodate, 0, false},
		{"おまかせ, an item for all", Preferences{}, 0, 0, true},
	} {
		if got := c.p.Wants(c.topics, c.areas); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
