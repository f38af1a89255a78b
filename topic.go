package ippo

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Topic is what news is about (分野): 子育て, 福祉, 防災 …
type Topic struct {
	Number int    // its bit in a Choice, given when it is made
	Slug   string // names it in the API, in CSV and in links; never changes
	Name   string // in Japanese
	Names  Names
	Order  int  // place in lists; staff arrange them
	Hidden bool // retired: residents cannot choose it any more
}

// Area is a part of the city (地域): the central area or a branch office's.
type Area struct {
	Number int
	Slug   string
	Name   string
	Names  Names
	Order  int
	Hidden bool
}

// Names are what a topic or an area is called in other languages than Japanese.
type Names map[Language]string

// NameIn returns the topic's name in a language, falling back to やさしい日本語 and then to Japanese.
func (t Topic) NameIn(l Language) string { return t.Names.in(l, t.Name) }

// NameIn returns the area's name in a language, falling back likewise.
func (a Area) NameIn(l Language) string { return a.Names.in(l, a.Name) }

func (n Names) in(l Language, japanese string) string {
	if l == Japanese {
		return japanese
	}
	return cmp.Or(n[l], n[EasyJapanese], japanese)
}

// Spellings are all the words that the topic is known by, the Japanese first.
func (t Topic) Spellings() []string { return t.Names.all(t.Name) }

// Spellings are all the words that the area is known by, the Japanese first.
func (a Area) Spellings() []string { return a.Names.all(a.Name) }

func (n Names) all(japanese string) []string {
	all := []string{japanese}
	for _, l := range slices.Sorted(maps.Keys(n)) {
		if n[l] != "" {
			all = append(all, n[l])
		}
	}
	return all
}

// Validate reports every problem staff can mend.
func (t Topic) Validate() error { return validateNamed(t.Slug, t.Name, t.Names) }

// Validate reports every problem staff can mend.
func (a Area) Validate() error { return validateNamed(a.Slug, a.Name, a.Names) }

// MaxChoiceName keeps a name inside a LINE quick reply, whose label holds 20 grapheme clusters,
// with its number before it. Source:
// https://developers.line.biz/en/reference/messaging-api/#action-object-label-spec
const MaxChoiceName = 16

func validateNamed(slug, name string, names Names) error {
	var p Problems
	checkSlug(&p, slug)
	switch {
	case strings.TrimSpace(name) == "":
		p.Add("name", "名前を入力してください。")
	case utf8.RuneCountInString(name) > MaxChoiceName:
		p.Addf("name", "名前は%d文字以内で入力してください。", MaxChoiceName)
	}
	if len(names) > maxTranslations {
		p.Addf("names", "名前は%dのことばまでです（現在%d）。", maxTranslations, len(names))
		return p.Err()
	}
	for _, l := range slices.Sorted(maps.Keys(names)) {
		switch field := "names." + string(l); {
		case l == Japanese || !IsLanguage(l):
			p.Addf("names", "「%s」はことばの名前ではありません。", l)
		case utf8.RuneCountInString(names[l]) > MaxChoiceName:
			p.Addf(field, "%sの名前は%d文字以内で入力してください。", l.Words(), MaxChoiceName)
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
