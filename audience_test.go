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
		{`{"entries":["shimin-ka"],"languages":["ja-x-easy","vi"],"within":30}`, ""},
		{`{"all":true,"except":{"within":7}}`, ""},
		{`{"topics":["kosodate"],"except":{"tags":["t-1"],"ambassadors":true}}`, ""},
		{`{"except":{"tags":["t-1"]}}`, "audience"},
		{`{"all":true,"unseen":true,"except":{"within":7}}`, "audience"},
		{`{"all":true,"except":{}}`, "audience.except"},
		{`{"all":true,"except":{"tags":[]}}`, "audience.except.tags"},
		{`{"all":true,"except":{"all":true}}`, "audience"},
		{`{"all":true,"within":7}`, "audience"},
		{`{"within":-1}`, "audience.within"},
		{`{"within":3651}`, "audience.within"},
		{`{"languages":["日本語"]}`, "audience.languages"},
		{`{"languages":[]}`, "audience.languages"},
		{`{"entries":[]}`, "audience.entries"},
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
		conditions := len(a.Topics) + len(a.Areas) + len(a.Tags) + len(a.Entries) + len(a.Languages) + a.Within
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

var audienceNames = AudienceNames{
	Topics: map[string]string{"a": "A", "b": "B", "bb": "BB"}, Areas: map[string]string{"c": "C"}, Tags: map[string]string{"t": "T"},
	Entries: map[string]string{"d": "D"}, Ambassador: "アンバサダー",
}

func TestAudienceWords(t *testing.T) {
	names := audienceNames
	for want, a := range map[string]Audience{
		"（宛先は決まっていません）":    {},
		"友だち全員":            {All: true},
		"友だち全員（LINEの一斉配信）": {All: true, Unseen: true},
		"分野が「A」か「B」で、地域が「C」で、登録経路が「D」で、アンバサダーで、友だちになって7日以内で、ことばが「やさしい日本語」か「英語」の人": {
			Topics: []string{"a", "b"}, Areas: []string{"c"}, Entries: []string{"d"}, Ambassadors: true, Within: 7,
			Languages: []Language{EasyJapanese, English},
		},
		"友だち全員（タグが「T」の人、または友だちになって3日以内の人をのぞく）": {All: true, Except: &Except{Tags: []string{"t"}, Within: 3}},
	} {
		if got := a.Words(names); got != want {
			t.Errorf("%+v is\n%s, want\n%s", a, got, want)
		}
	}
}
