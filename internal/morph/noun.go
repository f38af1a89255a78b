package morph

import (
	"slices"
	"strings"
)

// Compound is what a text names with nouns that stand together: 子ども食堂, 市民協働センター, 駐車場.
type Compound struct {
	Parts []Part
}

// Part is one noun of a compound, with what is only written with another: the 場 of 駐車場, the お of お年寄り.
type Part struct {
	Text    string // as it stands in the text, after the folding of widths
	Reading string // in hiragana, as far as the dictionary has it
}

// Text is the whole of it.
func (c Compound) Text() string {
	var b strings.Builder
	for _, p := range c.Parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Whole is the compound as one part.
func (c Compound) Whole() Part {
	p := Part{Text: c.Text()}
	for _, one := range c.Parts {
		p.Reading += one.Reading
	}
	return p
}

// Suffixes that are not of the word: those behind somebody's name, and those that make many of one.
var (
	honorifics = []string{"さん", "さま", "様", "ちゃん", "くん", "君", "氏", "殿", "先生"}
	plurals    = []string{"たち", "達", "ら", "ども", "がた"}
)

// Compounds finds what a text names, in its order. Somebody's name with さん or the like behind it is left out.
func Compounds(text string) (found []Compound) {
	var c Compound
	var before string // what waits for its noun: お
	end := 0          // where the last token ended
	names := 0        // how many of the last parts are of a person's name
	finish := func() {
		if len(c.Parts) > 0 {
			found = append(found, c)
		}
		c, before, names = Compound{}, "", 0
	}
	for _, t := range Analyze(text) {
		if t.Start != end {
			finish()
		}
		end = t.Start + len(t.Surface)
		class := t.Class()
		switch {
		case len(t.pos) > 1 && t.pos[0] == "接頭詞" && t.pos[1] == "名詞接続":
			before += t.Surface
		case class == Noun && names > 0 && slices.Contains(honorifics, t.Surface), class == Suffix && slices.Contains(honorifics, t.Surface):
			c.Parts = c.Parts[:len(c.Parts)-names]
			finish()
		case class == Suffix && slices.Contains(plurals, t.Surface):
			finish()
		case class == Noun:
			c.Parts = append(c.Parts, Part{before + t.Surface, before + t.Reading})
			before = ""
			if slices.Contains(t.pos, "人名") {
				names++
			} else {
				names = 0
			}
		case class == Suffix && len(c.Parts) > 0 && before == "":
			last := &c.Parts[len(c.Parts)-1]
			last.Text += t.Surface
			last.Reading += t.Reading
			names = 0
		default:
			finish()
		}
	}
	finish()
	return found
}
