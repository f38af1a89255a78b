package ippo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Audience is who a broadcast is for (宛先), as a rule: the people are found when it is approved.
// Values of one key are joined by OR, keys by AND. Only All means everyone; a rule without a
// condition means nobody and is refused.
type Audience struct {
	All         bool     `json:"all,omitempty"`
	Unseen      bool     `json:"unseen,omitempty"` // with All: by LINE's broadcast, also to friends the bot never saw and to who stopped
	Topics      []string `json:"topics,omitempty"` // slugs
	Areas       []string `json:"areas,omitempty"`  // slugs
	Tags        []string `json:"tags,omitempty"`   // slugs
	Ambassadors bool     `json:"ambassadors,omitempty"`
}

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
	lists := []struct {
		field string
		slugs []string
	}{{"audience.topics", a.Topics}, {"audience.areas", a.Areas}, {"audience.tags", a.Tags}}
	conditions := 0
	for _, l := range lists {
		switch {
		case l.slugs == nil:
			continue
		case len(l.slugs) == 0:
			p.Add(l.field, "空の一覧は指定できません。全員に送るときは「全員」を選んでください。")
		case len(l.slugs) > MaxChoices:
			p.Addf(l.field, "一度に指定できるのは%d件までです。", MaxChoices)
		}
		for _, s := range l.slugs {
			if len(s) > 40 || !slugForm.MatchString(s) {
				p.Add(l.field, "識別名の形式が正しくありません。")
				break
			}
		}
		conditions++
	}
	if a.Ambassadors {
		conditions++
	}
	switch {
	case a.All && conditions > 0:
		p.Add("audience", "「全員」とほかの条件は一緒に指定できません。")
	case a.Unseen && !a.All:
		p.Add("audience", "LINEの一斉配信を使えるのは、友だち全員に送るときだけです。")
	case !a.All && conditions == 0:
		p.Add("audience", "宛先を選んでください。")
	}
	return p.Err()
}

// Words says the rule as staff read it, with the names that these functions give for slugs.
func (a Audience) Words(topic, area, tag func(slug string) string, ambassador string) string {
	switch {
	case a.Unseen:
		return "友だち全員（LINEの一斉配信）"
	case a.All:
		return "友だち全員"
	}
	var said []string
	say := func(label string, slugs []string, name func(string) string) {
		if len(slugs) == 0 {
			return
		}
		names := make([]string, len(slugs))
		for i, s := range slugs {
			names[i] = name(s)
		}
		said = append(said, fmt.Sprintf("%s：%s", label, strings.Join(names, "・")))
	}
	say("分野", a.Topics, topic)
	say("地域", a.Areas, area)
	say("タグ", a.Tags, tag)
	if a.Ambassadors {
		said = append(said, ambassador)
	}
	return strings.Join(said, " × ")
}

// Count is how many followers an audience holds now.
type Count struct {
	Count    int `json:"count"`
	Unguided int `json:"unguided"` // of these, those who chose neither topic nor area (おまかせ)
	Digest   int `json:"digest"`   // not of these: those who will find it in their weekly digest
}
