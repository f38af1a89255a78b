package morph

import (
	"strings"
	"unicode"

	"github.com/ikawaha/kagome/v2/tokenizer"

	"ippo/internal/fold"
)

// Token is one word of a text.
type Token struct {
	Surface string // as it stands in the text, after the folding of widths
	Base    string // as a dictionary lists it: 行く for 行っ; the surface if it stands in none
	Reading string // of the surface, in hiragana; folded as it stands if the dictionary has none
	Start   int    // where it begins in the analyzed text (Normal), in bytes
	Known   bool   // stands in the dictionary

	pos []string
}

// Class is what sort of word a token is, as far as a search needs to know.
type Class int

// The classes of words. What only joins words or colours a sentence is Particle.
const (
	Other  Class = iota // signs, interjections, fillers
	Noun                // 名詞 that say something by themselves: 駐車場, みらい市, サ変接続 such as 予約
	Suffix              // 名詞,接尾: 場 of 駐車場, さん
	Number              // 名詞,数
	Hollow              // nouns that say nothing by themselves: こと, それ, 何
	Verb
	Adjective
	Adverb
	Particle // 助詞, 助動詞, and verbs that only help others: 〜ている
)

// Class returns what sort of word it is.
func (t Token) Class() Class {
	at := func(i int) string {
		if i < len(t.pos) {
			return t.pos[i]
		}
		return ""
	}
	switch at(0) {
	case "名詞":
		switch at(1) {
		case "数":
			return Number
		case "接尾":
			return Suffix
		case "非自立", "代名詞", "特殊", "動詞非自立的":
			return Hollow
		}
		if !hasLetter(t.Surface) {
			return Other // the dictionary takes strange signs for nouns
		}
		return Noun
	case "動詞":
		if at(1) != "自立" {
			return Particle
		}
		return Verb
	case "形容詞":
		if at(1) == "非自立" {
			return Particle
		}
		return Adjective
	case "副詞", "連体詞":
		return Adverb
	case "助詞", "助動詞", "接続詞":
		return Particle
	case "接頭詞":
		return Hollow
	}
	return Other
}

// POS returns the parts of speech as the IPA dictionary names them, from the widest to the narrowest:
// 名詞, サ変接続. Nobody changes it.
func (t Token) POS() []string { return t.pos }

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// MaxText is how many characters of a text are analyzed: more is no question, and costs time.
const MaxText = 2000

// Normal is how a text is analyzed: widths folded, and cut to MaxText. Kana stay as they are, because
// ボランティア is one word and ぼらんてぃあ none.
func Normal(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, fold.Width(strings.ToValidUTF8(text, "")))
	if len(text) <= MaxText {
		return text
	}
	if r := []rune(text); len(r) > MaxText {
		text = string(r[:MaxText])
	}
	return text
}

// Analyze cuts a text into its words; spaces are left out. Its first call loads the dictionary. It is safe
// for concurrent use.
func Analyze(text string) []Token {
	d := loaded()
	raw := d.kagome.Analyze(Normal(text), tokenizer.Search)
	tokens := make([]Token, 0, len(raw))
	for _, r := range raw {
		if strings.TrimSpace(r.Surface) == "" {
			continue
		}
		t := Token{Surface: r.Surface, Base: r.Surface, Start: r.Position}
		switch r.Class {
		case tokenizer.UNKNOWN:
			t.pos = r.POS()
		case tokenizer.USER:
			t.Known, t.pos, t.Reading = true, ownKind, ownWords[r.Surface]
		case tokenizer.KNOWN:
			t.Known = true
			t.pos = d.kinds[d.kind[r.ID]]
			base, reading := d.entry(r.ID)
			if base != "" {
				t.Base = base
			}
			t.Reading = fold.Text(reading)
		}
		if t.Reading == "" {
			t.Reading = fold.Text(t.Surface)
		}
		tokens = append(tokens, t)
	}
	return tokens
}
