package ippo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Audience is who a broadcast is for (宛先), as a rule: the people are found when it is approved.
// Values of one key are joined by OR, keys by AND, and whoever Except names is left out. Only All means
// everyone; a rule without a condition means nobody and is refused, and to leave somebody out is no
// condition.
type Audience struct {
	All         bool       `json:"all,omitempty"`
	Unseen      bool       `json:"unseen,omitempty"` // with All: by LINE's broadcast, also to friends the bot never saw and to who stopped
	Topics      []string   `json:"topics,omitempty"` // slugs
	Areas       []string   `json:"areas,omitempty"`  // slugs
	Tags        []string   `json:"tags,omitempty"`   // slugs
	Ambassadors bool       `json:"ambassadors,omitempty"`
	Entries     []string   `json:"entries,omitempty"` // slugs: who came by one of them
	Languages   []Language `json:"languages,omitempty"`
	Within      int        `json:"within,omitempty"` // became friends within so many days; 0: whenever
	Except      *Except    `json:"except,omitempty"` // nil: nobody is left out
}

// Except is who is left out of an audience: whoever meets any of it. A topic leaves out those who chose it,
// not those who left the choice to us; areas likewise.
type Except struct {
	Topics      []string `json:"topics,omitempty"`
	Areas       []string `json:"areas,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Ambassadors bool     `json:"ambassadors,omitempty"`
	Entries     []string `json:"entries,omitempty"`
	Within      int      `json:"within,omitempty"`
}

// Empty reports whether nobody is left out by it.
func (e Except) Empty() bool {
	return len(e.Topics)+len(e.Areas)+len(e.Tags)+len(e.Entries)+e.Within == 0 && !e.Ambassadors
}

// MaxWithin bounds Within, in days.
const MaxWithin = 3650

// ParseAudience reads an audience from JSON that a stranger wrote. Unknown keys, empty lists and a
// rule without a condition are problems, never "everyone".
func ParseAudience(b []byte) (Audience, error) {
	var a Audience
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return Audience{}, Problems{{"audience", "宛先の形式が正しくありません。"}}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Audience{}, Problems{{"audience", "宛先の形式が正しくありません。"}}
	}
	return a, a.Validate()
}

// Validate reports every problem with the rule itself; whether its slugs exist is for the store.
func (a Audience) Validate() error {
	var p Problems
	conditions := checkLists(&p, "audience", map[string][]string{"topics": a.Topics, "areas": a.Areas, "tags": a.Tags, "entries": a.Entries})
	if a.Languages != nil {
		conditions++
		if n := len(a.Languages); n == 0 || n > MaxChoices {
			p.Add("audience.languages", "ことばを選びなおしてください。")
		}
		for _, l := range a.Languages {
			if len(l) > 35 || !IsLanguage(l) {
				p.Add("audience.languages", "ことばの形式が正しくありません。")
				break
			}
		}
	}
	conditions += checkWithin(&p, "audience.within", a.Within)
	if a.Ambassadors {
		conditions++
	}
	if a.Except != nil {
		out := checkLists(&p, "audience.except", map[string][]string{
			"topics": a.Except.Topics, "areas": a.Except.Areas, "tags": a.Except.Tags, "entries": a.Except.Entries,
		}) + checkWithin(&p, "audience.except.within", a.Except.Within)
		if out == 0 && !a.Except.Ambassadors {
			p.Add("audience.except", "のぞく人の条件を選んでください。")
		}
	}
	switch {
	case a.All && (conditions > 0 || a.Except != nil && a.Unseen):
		p.Add("audience", "「全員」とほかの条件は一緒に指定できません。")
	case a.Unseen && !a.All:
		p.Add("audience", "LINEの一斉配信を使えるのは、友だち全員に送るときだけです。")
	case !a.All && conditions == 0:
		p.Add("audience", "宛先を選んでください。")
	}
	return p.Err()
}

// checkLists reports what is wrong with lists of slugs and returns how many lists there are.
func checkLists(p *Problems, field string, lists map[string][]string) (conditions int) {
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		slugs := lists[key]
		switch {
		case slugs == nil:
			continue
		case len(slugs) == 0:
			p.Add(field+"."+key, "空の一覧は指定できません。全員に送るときは「全員」を選んでください。")
		case len(slugs) > MaxChoices:
			p.Addf(field+"."+key, "一度に指定できるのは%d件までです。", MaxChoices)
		}
		for _, s := range slugs {
			if len(s) > 40 || !slugForm.MatchString(s) {
				p.Add(field+"."+key, "識別名の形式が正しくありません。")
				break
			}
		}
		conditions++
	}
	return conditions
}

// checkWithin reports a number of days that cannot be, and returns 1 if there is one.
func checkWithin(p *Problems, field string, days int) int {
	if days < 0 || days > MaxWithin {
		p.Addf(field, "友だちになってからの日数は、1から%sまでで入力してください。", Comma(MaxWithin))
	}
	if days == 0 {
		return 0
	}
	return 1
}

// AudienceChoices are the things that audiences are chosen by.
type AudienceChoices struct {
	Topics  []Topic
	Areas   []Area
	Tags    []Tag
	Entries []Entry
}

// Names are what staff know them by; ambassador is what ambassadors are called.
func (c AudienceChoices) Names(ambassador string) AudienceNames {
	names := AudienceNames{Topics: map[string]string{}, Areas: map[string]string{}, Tags: map[string]string{}, Entries: map[string]string{}, Ambassador: ambassador}
	for _, t := range c.Topics {
		names.Topics[t.Slug] = t.Name
	}
	for _, t := range c.Areas {
		names.Areas[t.Slug] = t.Name
	}
	for _, t := range c.Tags {
		names.Tags[t.Slug] = t.Name
	}
	for _, e := range c.Entries {
		names.Entries[e.Slug] = e.Name
	}
	return names
}

// AudienceNames are the names that staff know slugs by; what has none is called by its slug.
type AudienceNames struct {
	Topics, Areas, Tags, Entries map[string]string
	Ambassador                   string // what ambassadors are called here
}

// Words says the rule as a sentence that staff read.
func (a Audience) Words(names AudienceNames) string {
	said := names.say(a.Topics, a.Areas, a.Tags, a.Entries, a.Ambassadors, a.Within)
	if len(a.Languages) > 0 {
		said = append(said, anyOf("ことば", a.Languages, Language.Words))
	}
	whom := strings.Join(said, "で、") + "の人"
	switch {
	case len(said) == 0 && !a.All:
		whom = "（宛先は決まっていません）"
	case a.Unseen:
		whom = "友だち全員（LINEの一斉配信）"
	case a.All:
		whom = "友だち全員"
	}
	if e := a.Except; e != nil {
		whom += "（" + strings.Join(names.say(e.Topics, e.Areas, e.Tags, e.Entries, e.Ambassadors, e.Within), "の人、または") + "の人をのぞく）"
	}
	return whom
}

// say says each condition, to be read on with 「の人」.
func (names AudienceNames) say(topics, areas, tags, entries []string, ambassadors bool, within int) []string {
	var said []string
	for _, list := range []struct {
		label string
		slugs []string
		names map[string]string
	}{{"分野", topics, names.Topics}, {"地域", areas, names.Areas}, {"タグ", tags, names.Tags}, {"登録経路", entries, names.Entries}} {
		if len(list.slugs) > 0 {
			said = append(said, anyOf(list.label, list.slugs, func(slug string) string { return cmp.Or(list.names[slug], slug) }))
		}
	}
	if ambassadors {
		said = append(said, names.Ambassador)
	}
	if within > 0 {
		said = append(said, fmt.Sprintf("友だちになって%d日以内", within))
	}
	return said
}

// anyOf says that something is one of several: 分野が「子育て」か「福祉」.
func anyOf[T any](what string, of []T, name func(T) string) string {
	words := make([]string, len(of))
	for i, one := range of {
		words[i] = "「" + name(one) + "」"
	}
	return what + "が" + strings.Join(words, "か")
}

// Count is how many followers an audience holds now.
type Count struct {
	Count    int `json:"count"`
	Unguided int `json:"unguided"` // of these, those who chose neither topic nor area (おまかせ)
	Digest   int `json:"digest"`   // not of these: those who will find it in their weekly digest
}

// LeftOut is how many meet an audience's conditions and are not in it, by the reason.
type LeftOut struct {
	Blocked  int // blocked the account
	Stopped  int // stopped broadcasts
	Excepted int // by Except
}
