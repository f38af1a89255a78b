package bot

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ippo"
	"ippo/internal/fold"
)

// choice is one answer to a question, to be tapped or typed.
type choice struct {
	value string   // what a tap on it says
	label string   // what is shown
	words []string // what else may be typed for it
	plain bool     // has no number: とばす, もどる

	chosen bool   // was chosen before, in a question that takes several answers
	untap  string // what a tap on it says when it is chosen

	module ippo.Module // while it is off, the choice is not offered; "": always
}

// offered are the choices whose modules are on.
func (t *turn) offered(choices []choice) []choice {
	return slices.DeleteFunc(choices, func(c choice) bool { return !t.center.Has(c.module) })
}

// matchChoices finds the choices that somebody typed: by number in any width, by name, by kana, or
// several of them parted by commas or spaces. With loosely, a part of a name will do when only one
// choice has it. ok is false if any part of the text means nothing here.
func matchChoices(choices []choice, typed string, loosely bool) (values []string, ok bool) {
	const longest = 600 // bytes; whoever writes more is telling something
	if len(typed) > longest {
		return nil, false
	}
	text := fold.Text(typed)
	if v, ok := matchOne(choices, text, loosely); ok {
		return []string{v}, true
	}
	parts := strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",、。.・/&+と", r)
	})
	if len(parts) < 2 {
		return nil, false
	}
	for _, part := range parts {
		v, ok := matchOne(choices, part, loosely)
		if !ok {
			return nil, false
		}
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values, true
}

// matchOne finds the one choice that a folded text means.
func matchOne(choices []choice, text string, loosely bool) (value string, ok bool) {
	if n, isNumber := number(text); isNumber {
		for _, c := range choices {
			if c.plain {
				continue
			}
			if n--; n == 0 {
				return c.value, true
			}
		}
		return "", false
	}
	key := fold.Key(text)
	if key == "" {
		return "", false
	}
	for _, c := range choices {
		if slices.ContainsFunc(c.names(), func(name string) bool { return name == key }) {
			return c.value, true
		}
	}
	if !loosely {
		return "", false
	}
	// Polite endings are no part of an answer.
	for _, ending := range []string{"でおねがいします", "でお願いします", "おねがいします", "お願いします", "にします", "がいいです", "です"} {
		key = strings.TrimSuffix(key, ending)
	}
	if utf8.RuneCountInString(key) < 2 {
		return "", false
	}
	romaji, spelt := fold.Romaji(key)
	var found []string
	for _, c := range choices {
		if slices.ContainsFunc(c.names(), func(name string) bool {
			return strings.Contains(name, key) || spelt && len(romaji) >= 4 && strings.HasPrefix(name, romaji) ||
				utf8.RuneCountInString(name) >= 2 && !c.plain && strings.Contains(key, name)
		}) {
			found = append(found, c.value)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// names are the ways to type a choice, folded.
func (c choice) names() []string {
	names := []string{fold.Key(c.label)}
	for _, w := range c.words {
		names = append(names, fold.Key(w))
		if w[0] < utf8.RuneSelf {
			names = append(names, fold.Short(fold.Key(w))) // a slug: こうりゅう is typed for kouryu and koryu
		}
	}
	return names
}

// number reads a folded number: 3, 三, さん, three, 3番, no.3.
func number(text string) (n int, ok bool) {
	text = strings.TrimPrefix(text, "no.")
	for _, after := range []string{"番目", "番", "ばん", "つめ", "つ目", ".", ")", "）"} {
		text = strings.TrimSuffix(text, after)
	}
	text = strings.Trim(text, "()[]「」 ")
	const kanji = "一二三四五六七八九"
	runes := []rune(text)
	switch {
	case len(runes) == 1 && strings.ContainsRune(kanji, runes[0]):
		return strings.Index(kanji, text)/len("一") + 1, true
	case text == "十":
		return 10, true
	case len(runes) == 2 && runes[0] == '十' && strings.ContainsRune(kanji, runes[1]):
		return 10 + strings.Index(kanji, string(runes[1]))/len("一") + 1, true
	}
	for i, spoken := range spokenNumbers {
		if slices.Contains(spoken, text) {
			return i + 1, true
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 99 {
		return 0, err == nil // a number, but none of ours
	}
	return n, true
}

// spokenNumbers are the numbers from one to ten as they sound, folded.
var spokenNumbers = [...][]string{
	{"いち", "ひとつ", "ひと", "one", "first"},
	{"に", "ふたつ", "ふた", "two", "second"},
	{"さん", "みっつ", "みっ", "three", "third"},
	{"よん", "し", "よっつ", "よっ", "four"},
	{"ご", "いつつ", "いつ", "five"},
	{"ろく", "むっつ", "むっ", "six"},
	{"なな", "しち", "ななつ", "seven"},
	{"はち", "やっつ", "やっ", "eight"},
	{"きゅう", "く", "ここのつ", "ここの", "nine"},
	{"じゅう", "とお", "ten"},
}
