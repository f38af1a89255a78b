package keyword

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ippo/internal/fold"
	"ippo/internal/morph"
)

// Word is a word and how many texts say it.
type Word struct {
	Text  string `json:"word"`
	Texts int    `json:"visions"`
}

// Gather counts the words of texts, without the stop words, the most said first.
func Gather(texts, stop []string) []Word {
	said := make([][]morph.Compound, len(texts))
	for i, text := range texts {
		said[i] = morph.Compounds(text)
	}
	return count(said, stop)
}

// form is a way of writing a word, and the texts that have it, in ascending order.
type form struct {
	morph.Part
	in []int
}

func count(said [][]morph.Compound, stop []string) []Word {
	forms := merge(forms(said))
	stopped := make(map[string]bool, len(stop))
	for _, s := range stop {
		stopped[fold.Width(s)] = true
	}
	var words []Word
	for _, variants := range forms {
		if slices.ContainsFunc(variants, func(f form) bool { return stopped[f.Text] }) {
			continue
		}
		words = append(words, Word{variants[0].Text, len(union(variants))})
	}
	slices.SortFunc(words, func(a, b Word) int { return cmp.Or(b.Texts-a.Texts, cmp.Compare(a.Text, b.Text)) })
	return words
}

// forms finds who says what. A compound that only one text has is no word of the town's: its parts are counted.
func forms(said [][]morph.Compound) []form {
	wholes := map[string]int{}
	for _, compounds := range said {
		seen := map[string]bool{}
		for _, c := range compounds {
			if text := c.Text(); len(c.Parts) > 1 && !seen[text] {
				seen[text] = true
				wholes[text]++
			}
		}
	}
	found := map[string]*form{}
	note := func(i int, p morph.Part) {
		if !worth(p.Text) {
			return
		}
		f := found[p.Text]
		if f == nil {
			f = &form{Part: p}
			found[p.Text] = f
		}
		if len(f.in) == 0 || f.in[len(f.in)-1] != i {
			f.in = append(f.in, i)
		}
	}
	for i, compounds := range said {
		for _, c := range compounds {
			if len(c.Parts) > 1 && wholes[c.Text()] > 1 {
				note(i, c.Whole())
				continue
			}
			for _, p := range c.Parts {
				note(i, p)
			}
		}
	}
	var list []form
	for _, text := range slices.Sorted(maps.Keys(found)) {
		list = append(list, *found[text])
	}
	return list
}

// worth reports whether a word says something to who sees it alone: 花 does, and a single kana or letter does not.
func worth(text string) bool {
	if !strings.ContainsFunc(text, unicode.IsLetter) {
		return false
	}
	r, size := utf8.DecodeRuneInString(text)
	return size < len(text) || unicode.Is(unicode.Han, r)
}

// merge puts the ways of writing one word together, the commonest first: 子ども, 子供 and こども. They read alike, and the
// kanji of each are among those of one that has the most. Where there are two of these, as 橋 and 箸 for はし, nobody
// knows which is meant, and each stands for itself.
func merge(forms []form) [][]form {
	byReading := map[string][]form{}
	for _, f := range forms {
		byReading[f.Reading] = append(byReading[f.Reading], f)
	}
	var merged [][]form
	for _, reading := range slices.Sorted(maps.Keys(byReading)) {
		alike := byReading[reading]
		var fullest []int // the forms that no other one covers
		for i, f := range alike {
			if !slices.ContainsFunc(alike, func(o form) bool { return covers(o, f) && !covers(f, o) }) {
				fullest = append(fullest, i)
			}
		}
		groups := map[int][]form{}
		for i, f := range alike {
			at := i
			if over := slices.DeleteFunc(slices.Clone(fullest), func(j int) bool { return !covers(alike[j], f) }); len(over) == 1 {
				at = over[0]
			}
			groups[at] = append(groups[at], f)
		}
		for _, at := range slices.Sorted(maps.Keys(groups)) {
			g := groups[at]
			slices.SortStableFunc(g, func(a, b form) int { return len(b.in) - len(a.in) })
			merged = append(merged, g)
		}
	}
	return merged
}

// covers reports whether all kanji of b are in a.
func covers(a, b form) bool {
	for _, r := range b.Text {
		if unicode.Is(unicode.Han, r) && !strings.ContainsRune(a.Text, r) {
			return false
		}
	}
	return true
}

// union is in which texts any of the forms stands.
func union(forms []form) map[int]bool {
	in := map[int]bool{}
	for _, f := range forms {
		for _, i := range f.in {
			in[i] = true
		}
	}
	return in
}
