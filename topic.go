package ippo

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Topic is what news is about (分野): 子育て, 福祉, 防災 …
type Topic struct {
	Number int    // its bit in a Choice, given when it is made
	Slug   string // names it in the API, in CSV and in links; never changes
	Name   string
	Easy   string // its name in やさしい日本語; "" to use Name
	En     string // its name in English; "" to use Name
	Order  int    // place in lists; staff arrange them
	Hidden bool   // retired: residents cannot choose it any more
}

// Area is a part of the city (地域): the central area or a branch office's.
type Area struct {
	Number int
	Slug   string
	Name   string
	Easy   string
	En     string
	Order  int
	Hidden bool
}

// NameIn returns the topic's name in a language, falling back to やさしい日本語 and then to Japanese.
func (t Topic) NameIn(l Language) string { return nameIn(l, t.Name, t.Easy, t.En) }

// NameIn returns the area's name in a language, falling back likewise.
func (a Area) NameIn(l Language) string { return nameIn(l, a.Name, a.Easy, a.En) }

func nameIn(l Language, name, easy, en string) string {
	switch {
	case l == English && en != "":
		return en
	case l != Japanese && easy != "":
		return easy
	}
	return name
}

// Validate reports every problem staff can mend.
func (t Topic) Validate() error { return validateNamed(t.Slug, t.Name, t.Easy, t.En) }

// Validate reports every problem staff can mend.
func (a Area) Validate() error { return validateNamed(a.Slug, a.Name, a.Easy, a.En) }

// MaxChoiceName keeps a name inside a LINE quick reply, whose label holds 20 grapheme clusters,
// with its number before it. Source:
// https://developers.line.biz/en/reference/messaging-api/#action-object-label-spec
const MaxChoiceName = 16

func validateNamed(slug, name string, others ...string) error {
	var p Problems
	checkSlug(&p, slug)
	if strings.TrimSpace(name) == "" {
		p.Add("name", "名前を入力してください。")
	}
	for _, n := range append(others, name) {
		if utf8.RuneCountInString(n) > MaxChoiceName {
			p.Addf("name", "名前は%d文字以内で入力してください。", MaxChoiceName)
			break
		}
	}
	return p.Err()
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// checkSlug notes a problem unless s can name something in links, CSV and the API.
func checkSlug(p *Problems, s string) {
	if len(s) > 40 || !slugForm.MatchString(s) {
		p.Add("slug", "識別名は半角の英小文字・数字・ハイフンで、40文字以内にしてください（例: kosodate）。")
	}
}
