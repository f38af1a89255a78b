package faq

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"ippo/internal/fold"
	"ippo/internal/morph"
)

// features is what of a text can be compared with another.
type features struct {
	words []word
	grams []string // of two and three characters of how it sounds, in their order
	kana  bool     // written in hiragana alone, so that its words are guesses
}

// word is a word that says something.
type word struct {
	surface string  // as it stands in the text
	written string  // base form, folded
	sound   string  // base form in hiragana, so that 作る, つくる and 造る are one
	weight  float64 // how much it says, from 0 to 1
	guess   bool    // in no dictionary, or in hiragana: a slip of the finger may be in it
	joins   bool    // continues the noun before it: 生 of 高校生
	thing   bool    // a noun that the dictionary knows: if no question has it, the text is about something else
}

// The weight of words by class; what is not here weighs nothing.
var classWeight = map[morph.Class]float64{
	morph.Noun: 1, morph.Verb: 0.7, morph.Adjective: 0.7, morph.Suffix: 0.3, morph.Number: 0.3, morph.Adverb: 0.3, morph.Hollow: 0.15,
}

const (
	nameWeight    = 0.4  // days, and names of places and people
	commonWeight  = 0.1  // words that questions are made with
	commonEnglish = 0.05 // likewise; there are more of them in a sentence
)

// featuresOf takes a text apart.
func featuresOf(text string) features {
	f := features{kana: !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Katakana, unicode.Latin)
	})}
	var run strings.Builder // of sound
	for _, piece := range strings.FieldsFunc(text, unicode.IsSpace) {
		kanji := strings.ContainsFunc(piece, func(r rune) bool { return unicode.Is(unicode.Han, r) })
		noun := -1 // where the last word ends, if it was a noun
		for _, t := range morph.Analyze(piece) {
			if r, _ := utf8.DecodeRuneInString(t.Surface); unicode.Is(unicode.Latin, r) {
				f.cut(&run)
				f.english(t.Surface)
				continue
			}
			sound := fold.Key(t.Reading)
			if sound == "" {
				f.cut(&run)
				continue
			}
			w := wordOf(t)
			if c := t.Class(); c == morph.Noun || c == morph.Suffix {
				w.joins = noun == t.Start
				noun = t.Start + len(t.Surface)
			}
			if w.weight > 0 {
				f.words = append(f.words, w)
			}
			// What only joins words is no part of their sound; but in a piece of kana the dictionary finds
			// particles within words.
			if c := t.Class(); kanji && c != morph.Suffix && (c == morph.Particle || w.weight <= commonWeight) {
				f.cut(&run)
				continue
			}
			run.WriteString(sound)
		}
		if kanji {
			f.cut(&run)
		}
	}
	f.cut(&run)
	return f
}

func wordOf(t morph.Token) word {
	w := word{surface: t.Surface, written: fold.Text(t.Base), sound: baseSound(t), weight: classWeight[t.Class()]}
	if pos := t.POS(); t.Class() == morph.Noun && t.Known && len(pos) > 1 && (pos[1] == "副詞可能" || pos[1] == "固有名詞") {
		w.weight = nameWeight
	}
	if t.Class() != morph.Suffix && (common[w.written] || common[w.sound]) {
		w.weight = commonWeight
	}
	w.guess = !t.Known || !strings.ContainsFunc(t.Surface, func(r rune) bool { return !unicode.Is(unicode.Hiragana, r) })
	w.thing = !w.guess && w.weight == 1
	return w
}

// baseSound is how a token's base form sounds: what stands for the kanji comes from its reading, what
// follows is the base form's.
func baseSound(t morph.Token) string {
	base, surface := []rune(fold.Text(t.Base)), []rune(fold.Text(t.Surface))
	same := 0
	for same < len(base) && same < len(surface) && base[same] == surface[same] {
		same++
	}
	stem, ends := strings.CutSuffix(t.Reading, string(surface[same:]))
	if !ends {
		return t.Reading
	}
	return stem + string(base[same:])
}

// cut ends a stretch of sound and takes its n-grams.
func (f *features) cut(run *strings.Builder) {
	f.grams = append(f.grams, grams(run.String())...)
	run.Reset()
}

func grams(sound string) []string {
	r := []rune(sound)
	var all []string
	for i := range r {
		for n := 2; n <= 3 && i+n <= len(r); n++ {
			all = append(all, string(r[i:i+n]))
		}
	}
	return all
}

// english takes the words of a stretch of Latin letters.
func (f *features) english(text string) {
	for _, w := range strings.FieldsFunc(fold.Text(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		stem, weight := stemmed(w), 1.0
		if common[w] || common[stem] {
			weight = commonEnglish
		} else {
			f.grams = append(f.grams, grams(w)...)
		}
		f.words = append(f.words, word{surface: w, written: stem, sound: stem, weight: weight, guess: true})
	}
}

// stemmed takes the commonest endings from an English word.
func stemmed(w string) string {
	for _, ending := range [...]string{"ings", "ing", "ies", "ied", "ed", "es", "s", "e"} {
		if stem, cut := strings.CutSuffix(w, ending); cut && len(stem) >= 3 {
			return stem
		}
	}
	return w
}

// join makes one word of a noun and what continues it.
func join(a, b word) word {
	return word{
		surface: a.surface + b.surface, written: a.written + b.written, sound: a.sound + b.sound, weight: 1,
		guess: a.guess && b.guess, joins: a.joins,
	}
}
