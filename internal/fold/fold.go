// Package fold makes what people type comparable: one person writes ｺｿﾀﾞﾃ, another こそだて.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text folds width, case and kana: full-width letters become ASCII, katakana hiragana, ① becomes 1, and
// every run of spaces one space.
func Text(s string) string {
	if plain(s) {
		return s
	}
	return text(s)
}

func text(s string) string {
	return string(appendText(make([]byte, 0, len(s)), []byte(s)))
}

// appendText appends what Text makes of a text. Nearly all that is written here is in a few ranges of characters,
// of which each is folded by itself; what is not goes through the tables of Unicode.
func appendText(to, text []byte) []byte {
	from, space := len(to), false
	for rest := text; len(rest) > 0; {
		if n := settled(rest); n > 0 {
			if space {
				to, space = append(to, ' '), false
			}
			to, rest = append(to, rest[:n]...), rest[n:]
			continue
		}
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		r, ok := one(r)
		switch {
		case !ok:
			return appendAny(to[:from], text)
		case r == ' ':
			space = len(to) > from
		case r != 0:
			if space {
				to, space = append(to, ' '), false
			}
			to = utf8.AppendRune(to, r)
		}
	}
	return to
}

// settled returns how many bytes at the beginning of a text are hiragana, kanji, small ASCII letters and digits, which
// one leaves as they are.
func settled(text []byte) (n int) {
	for n < len(text) {
		lead := text[n]
		switch {
		case lead >= 'a' && lead <= 'z', lead >= '0' && lead <= '9':
			n++
			continue
		case lead < 0xe3 || lead > 0xe9 || n+3 > len(text):
			return n
		}
		second, third := text[n+1], text[n+2]
		switch { // as UTF-8 has it: 4e00 is e4 b8 80
		case third>>6 != 2, second>>6 != 2:
			return n
		case lead == 0xe3 && !(second == 0x81 && third >= 0x81 || second == 0x82 && third <= 0x96), lead == 0xe4 && second < 0xb8:
			return n
		}
		n += 3
	}
	return n
}

// one folds a character that neither changes nor is changed by what stands beside it: 0 is nothing. ok is false for
// any other.
func one(r rune) (folded rune, ok bool) {
	switch {
	case r >= 'ぁ' && r <= 'ゖ', r >= '一' && r <= '鿿', r >= 'a' && r <= 'z':
		return r, true
	case r >= 'ァ' && r <= 'ヶ':
		return hiragana(r), true
	case r >= '！' && r <= '～':
		return one(r - '！' + '!')
	case r >= 'A' && r <= 'Z':
		return r - 'A' + 'a', true
	case r == '\u3000', r == ' ', r >= '\t' && r <= '\r':
		return ' ', true
	case r < ' ', r == 0x7f:
		return 0, true
	case r < 0x7f, r >= '、' && r <= '〃', r >= '々' && r <= '〜', r == '・', r == 'ー', r == '※', r >= '■' && r <= '◯':
		return r, true
	}
	return 0, false
}

func appendAny(to, text []byte) []byte {
	from, space := len(to), false
	for _, r := range string(norm.NFKC.Bytes(text)) {
		if unicode.IsSpace(r) {
			space = len(to) > from
			continue
		}
		if unicode.IsControl(r) || r == '\u200b' || r == '\ufe0f' {
			continue
		}
		if space {
			to, space = append(to, ' '), false
		}
		to = utf8.AppendRune(to, hiragana(unicode.ToLower(r)))
	}
	return to
}

// Width folds width alone: ｺｿﾀﾞﾃ becomes コソダテ and ＡＢＣ abc, and kana stay as they are. It is for what is
// then looked up in a dictionary.
func Width(s string) string {
	if plain(s) {
		return s
	}
	return strings.ToLower(norm.NFKC.String(s))
}

// Key folds as Text does and leaves out everything but letters, digits and ー: for comparing whole
// answers, whatever stands around them.
func Key(s string) string {
	if plain(s) {
		return s
	}
	return key(s)
}

func key(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, text(s))
}

// plain reports whether folding leaves s as it is, because it is written in hiragana, kanji, small ASCII
// letters and digits. Most of the words that every message is compared with are.
func plain(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= 'ぁ' && r <= 'ゖ', r == 'ー', r >= '一' && r <= '鿿':
		default:
			return false
		}
	}
	return true
}

func hiragana(r rune) rune {
	if r >= 'ァ' && r <= 'ヶ' {
		return r - 'ァ' + 'ぁ'
	}
	return r
}

// Likeness tells how much of query stands in text, from 0 to 1, by the pairs of neighbouring characters
// that they share. Both are folded. A slip of the finger costs two pairs of a word.
func Likeness(query, text string) float64 {
	q := []rune(query)
	if len(q) < 2 {
		if strings.Contains(text, query) && query != "" {
			return 1
		}
		return 0
	}
	pairs := make(map[[2]rune]int)
	t := []rune(text)
	for i := 1; i < len(t); i++ {
		pairs[[2]rune{t[i-1], t[i]}]++
	}
	shared := 0
	for i := 1; i < len(q); i++ {
		p := [2]rune{q[i-1], q[i]}
		if pairs[p] > 0 {
			pairs[p]--
			shared++
		}
	}
	return float64(shared) / float64(len(q)-1)
}

// Distance is the least number of characters to insert, remove, replace or swap with their neighbour
// that makes b of a.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// Romaji spells hiragana as slugs are spelt: Hepburn, with long vowels shortened (こうりゅう → koryu).
// Other characters stay. ok reports whether all of s could be spelt.
func Romaji(s string) (spelt string, ok bool) {
	var b strings.Builder
	runes := []rune(s)
	double := false
	ok = true
	for i := 0; i < len(runes); i++ {
		syllable, width := "", 1
		if i+1 < len(runes) {
			if two, found := kana[string(runes[i:i+2])]; found {
				syllable, width = two, 2
			}
		}
		if syllable == "" {
			one, found := kana[string(runes[i])]
			switch {
			case found:
				syllable = one
			case runes[i] == 'っ':
				double = true
				continue
			case runes[i] == 'ー':
				continue
			case runes[i] < 0x80:
				syllable = string(runes[i])
			default:
				ok = false
				syllable = string(runes[i])
			}
		}
		if double && syllable != "" {
			first := syllable[:1]
			if strings.HasPrefix(syllable, "ch") {
				first = "t"
			}
			b.WriteString(first)
			double = false
		}
		b.WriteString(syllable)
		i += width - 1
	}
	return Short(b.String()), ok
}

// Short shortens the long vowels of romaji: koukyou and kookyoo become kokyo.
func Short(romaji string) string {
	return strings.NewReplacer("ou", "o", "oo", "o", "uu", "u").Replace(romaji)
}
