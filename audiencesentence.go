package ippo

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Read reads what Words says of an audience with these names.
func (names AudienceNames) Read(sentence string) (Audience, error) {
	s := audienceSentence{names: names, left: strings.TrimSpace(sentence)}
	var a Audience
	switch {
	case s.eat("友だち全員（LINEの一斉配信）"):
		a.All, a.Unseen = true, true
	case s.eat("友だち全員"):
		a.All = true
	default:
		var who Except
		who, a.Languages = s.conditions("で、")
		a.Topics, a.Areas, a.Tags, a.Entries, a.Ambassadors, a.Within = who.Topics, who.Areas, who.Tags, who.Entries, who.Ambassadors, who.Within
		s.eat("の人")
	}
	if s.eat("（") {
		except, languages := s.conditions("の人、または")
		if !s.eat("の人をのぞく）") || languages != nil {
			s.fail("")
		}
		a.Except = &except
	}
	if s.left != "" || s.ended {
		return Audience{}, Problems{{"audience", cmp.Or(s.wrong, fmt.Sprintf("宛先は「%sの人」「分野が「子育て」か「福祉」で、地域が「栄」の人」のように書いてください。", names.Ambassador))}}
	}
	return a, a.Validate()
}

// audienceSentence is a sentence as it is read.
type audienceSentence struct {
	names AudienceNames
	left  string // what is still to be read
	ended bool   // the rest cannot be read
	wrong string // why, if there is more to say of it
}

// eat reads words if they come next.
func (s *audienceSentence) eat(words string) bool {
	left, ok := strings.CutPrefix(s.left, words)
	s.left = left
	return ok && words != ""
}

// fail ends the reading.
func (s *audienceSentence) fail(why string) { s.ended, s.wrong = true, cmp.Or(s.wrong, why) }

var daysWithin = regexp.MustCompile(`^友だちになって([0-9０-９]{1,4})日以内`)

// conditions reads one condition or more.
func (s *audienceSentence) conditions(between string) (who Except, languages []Language) {
	for more := true; more; more = s.eat(between) {
		switch {
		case s.eat("分野が"):
			who.Topics = s.anyOf("分野", s.names.Topics)
		case s.eat("地域が"):
			who.Areas = s.anyOf("地域", s.names.Areas)
		case s.eat("タグが"):
			who.Tags = s.anyOf("タグ", s.names.Tags)
		case s.eat("登録経路が"):
			who.Entries = s.anyOf("登録経路", s.names.Entries)
		case s.eat("ことばが"):
			names := make(map[string]string, len(Languages))
			for _, l := range Languages {
				names[string(l)] = l.Words()
			}
			for _, l := range s.anyOf("ことば", names) {
				languages = append(languages, Language(l))
			}
		case s.eat(s.names.Ambassador):
			who.Ambassadors = true
		default:
			days := daysWithin.FindStringSubmatch(s.left)
			if days == nil {
				s.fail("")
				return who, languages
			}
			s.left = s.left[len(days[0]):]
			who.Within, _ = strconv.Atoi(Narrow(days[1])) // four digits are a number
		}
	}
	return who, languages
}

// anyOf reads 「子育て」か「福祉」 and returns the slugs. Of two names of which one begins with the other, the longer is
// meant.
func (s *audienceSentence) anyOf(what string, names map[string]string) (slugs []string) {
	for more := true; more; more = s.eat("か") {
		found, longest := "", ""
		for slug, name := range names {
			if quoted := "「" + name + "」"; strings.HasPrefix(s.left, quoted) && (len(quoted) > len(longest) || len(quoted) == len(longest) && slug < found) {
				found, longest = slug, quoted
			}
		}
		if found == "" {
			name, _, _ := strings.Cut(strings.TrimPrefix(s.left, "「"), "」")
			s.fail(fmt.Sprintf("「%s」という%sはありません。", string([]rune(name)[:min(20, len([]rune(name)))]), what))
			return nil
		}
		s.eat(longest)
		if !slices.Contains(slugs, found) {
			slugs = append(slugs, found)
		}
	}
	return slugs
}
