package faq

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"ippo"
	"ippo/internal/fold"
)

// Index finds frequent questions. It does not change, and many may search it at once.
type Index struct {
	faqs    []ippo.FAQ
	written map[string]feature
	sounds  map[string]feature
	grams   map[string]feature
	spelt   map[rune][]string // sounds of four characters and more, by their first and by their last one
}

// feature is something that texts have in common.
type feature struct {
	in    []posting
	worth float64 // how much it says to have it: more, the fewer questions do
}

// posting says that a question has a feature, and whether the answer alone does.
type posting struct {
	faq    int32
	weight float32
}

// How things are weighed. Found on one half of the paraphrases of package democity, and measured on the
// other.
const (
	inAnswer   = 0.3  // a word of the answer, beside one of the question or its synonyms
	bySound    = 0.95 // a word of the same sound, beside one written alike
	bySlip     = 0.8  // a word with one character wrong
	wordShare  = 0.5  // of the words in the score; the rest is n-grams'
	kanaShare  = 0.1  // … in a text of kana alone
	strangeGap = 0.25 // what no question has counts so much against what was found …
	strange    = 1.5  // … an n-gram,
	thingGap   = 6    // … a noun among the words,
	thingSound = 10   // … a noun, if the dictionary knows it, among the n-grams,
	verbGap    = 0.4  // … a verb,
	otherGap   = 0.5  // … any other word
	pairs      = 0.4  // n-grams of two characters, beside those of three
	dullness   = 0.1  // n-grams of how questions end
	doubt      = 0.3  // keeps what says next to nothing from being all that was found
)

// New makes an index of the questions that are not hidden. It takes about a millisecond for each.
func New(all []ippo.FAQ) *Index {
	x := &Index{written: map[string]feature{}, sounds: map[string]feature{}, grams: map[string]feature{}, spelt: map[rune][]string{}}
	for _, q := range all {
		if !q.Hidden {
			x.add(q)
		}
	}
	for _, features := range []map[string]feature{x.written, x.sounds, x.grams} {
		for key, f := range features {
			held := 0.5
			for _, p := range f.in {
				held += float64(p.weight)
			}
			f.worth = max(0.1, math.Log((float64(len(x.faqs))+1)/held))
			features[key] = f
		}
	}
	for sound := range x.sounds {
		if utf8.RuneCountInString(sound) < minSlip {
			continue
		}
		for _, end := range ends(sound) {
			x.spelt[end] = append(x.spelt[end], sound)
		}
	}
	for _, list := range x.spelt {
		slices.Sort(list)
	}
	return x
}

func (x *Index) add(q ippo.FAQ) {
	number := int32(len(x.faqs))
	x.faqs = append(x.faqs, q)
	note := func(features map[string]feature, key string, weight float32) {
		f := features[key]
		// The question and its synonyms come first, so what is noted already weighs no less.
		if n := len(f.in); n == 0 || f.in[n-1].faq != number {
			f.in = append(f.in, posting{number, weight})
			features[key] = f
		}
	}
	read := func(text string, weight float32) {
		f := featuresOf(text)
		for i, w := range f.words {
			note(x.written, w.written, weight)
			note(x.sounds, w.sound, weight)
			if w.joins {
				note(x.written, f.words[i-1].written+w.written, weight)
			}
		}
		for _, g := range f.grams {
			note(x.grams, g, weight)
		}
	}
	for _, text := range slices.Concat([]string{q.Question}, q.Translations.All("question"), q.SynonymList()) {
		read(text, 1)
	}
	for _, text := range append([]string{q.Answer}, q.Translations.All("answer")...) {
		read(text, inAnswer)
	}
}

// Hit is a frequent question that may answer a text.
type Hit struct {
	FAQ   ippo.FAQ
	Score float64  // from 0 to 1
	Words []string // of the text that brought it, as they stand there
}

// maxText is how many characters of a text are searched for. Whoever writes more tells a story, whose
// first lines say what it is about.
const maxText = 200

// search returns the questions that come nearest to a text, the best first, at most most of them.
func (x *Index) search(text string, most int) []Hit {
	if len(x.faqs) == 0 {
		return nil
	}
	if r := []rune(text); len(r) > maxText {
		text = string(r[:maxText])
	}
	f := featuresOf(text)
	t := tally{index: x, strangeness: math.Log(float64(len(x.faqs)) + 1), words: make([]float64, len(x.faqs)), grams: make([]float64, len(x.faqs))}
	t.countWords(f)
	t.countGrams(f)
	share := wordShare
	if f.kana {
		share = kanaShare
	}
	if t.allGrams == 0 {
		share = 1
	}
	hits := make([]Hit, 0, len(x.faqs))
	for i, q := range x.faqs {
		score := share*covered(t.words[i], t.allWords) + (1-share)*covered(t.grams[i], t.allGrams)
		if score >= least {
			hits = append(hits, Hit{FAQ: q, Score: score})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	hits = hits[:min(len(hits), most)]
	for i := range hits {
		hits[i].Words = x.why(f, hits[i].FAQ.ID)
	}
	return hits
}

// covered is how much of what a text says was found, from 0 to 1.
func covered(found, all float64) float64 {
	if found <= 0 {
		return 0
	}
	return found / (found + strangeGap*max(0, all-found) + doubt)
}

// tally is a search under way: what of a text each question has, and what there is to have.
type tally struct {
	index              *Index
	strangeness        float64 // worth of what a single question would have
	words, grams       []float64
	allWords, allGrams float64
}

func (t *tally) countWords(f features) {
	best := make([]float64, len(t.words))
	for _, w := range t.index.compounds(f.words) {
		written, sound, slip := t.index.find(w)
		worth := max(written.worth, sound.worth) * w.weight
		if len(written.in) == 0 && len(sound.in) == 0 {
			t.allWords += t.strangeness * w.gap()
			if w.thing {
				t.allGrams += t.strangeness * thingSound
			}
			continue
		}
		t.allWords += worth
		likeness := bySound
		if slip {
			likeness = bySlip
		}
		for _, p := range sound.in {
			best[p.faq] = worth * float64(p.weight) * likeness
		}
		for _, p := range written.in {
			best[p.faq] = max(best[p.faq], worth*float64(p.weight))
		}
		for _, list := range [][]posting{sound.in, written.in} {
			for _, p := range list {
				t.words[p.faq] += best[p.faq]
				best[p.faq] = 0
			}
		}
	}
}

// compounds joins nouns that are one word to some question: the dictionary cuts 高校生 in one sentence and
// leaves it whole in another.
func (x *Index) compounds(words []word) []word {
	joined := make([]word, 0, len(words))
	for _, w := range words {
		if last := len(joined) - 1; w.joins && last >= 0 {
			if both := join(joined[last], w); len(x.written[both.written].in) > 0 {
				joined[last] = both
				continue
			}
		}
		joined = append(joined, w)
	}
	return joined
}

// gap is how much a word that no question has counts.
func (w word) gap() float64 {
	switch {
	case w.weight >= 1:
		return thingGap
	case w.weight >= 0.7:
		return verbGap * w.weight
	}
	return otherGap * w.weight
}

func (t *tally) countGrams(f features) {
	seen := map[string]bool{}
	for _, g := range f.grams {
		if seen[g] {
			continue
		}
		seen[g] = true
		found := t.index.grams[g]
		worth := t.strangeness * strange
		if len(found.in) > 0 {
			worth = found.worth
		}
		worth *= saying(g)
		t.allGrams += worth
		for _, p := range found.in {
			t.grams[p.faq] += worth * float64(p.weight)
		}
	}
}

// saying is how much an n-gram says beside another.
func saying(gram string) float64 {
	says := 1.0
	if utf8.RuneCountInString(gram) == 2 {
		says = pairs
	}
	if dull[gram] {
		says *= dullness
	}
	return says
}

// find returns the questions that have a word, written like this or of the same sound. slip is true if
// none has it but some have one that differs in a single character.
func (x *Index) find(w word) (written, sound feature, slip bool) {
	written, sound = x.written[w.written], x.sounds[w.sound]
	if w.guess && len(written.in) == 0 && len(sound.in) == 0 {
		if near := x.nearest(w.sound); near != "" {
			return feature{}, x.sounds[near], true
		}
	}
	return written, sound, false
}

// minSlip is how long a word must be for a slip in it to be told from another word.
const minSlip = 4

// maxSlip keeps who writes without spaces from costing time.
const maxSlip = 12

// nearest returns the sound that differs from this one in a single character, or "".
func (x *Index) nearest(sound string) string {
	n := utf8.RuneCountInString(sound)
	if n < minSlip || n > maxSlip {
		return ""
	}
	for _, end := range ends(sound) {
		for _, other := range x.spelt[end] {
			if m := utf8.RuneCountInString(other); m >= n-1 && m <= n+1 && fold.Distance(sound, other) == 1 {
				return other
			}
		}
	}
	return ""
}

// ends are a word's first and last character: a single slip leaves one of them.
func ends(sound string) [2]rune {
	first, _ := utf8.DecodeRuneInString(sound)
	last, _ := utf8.DecodeLastRuneInString(sound)
	return [2]rune{first, last}
}

// why returns the words of a text that a question has, or if it has none, the stretches of its sound.
func (x *Index) why(f features, id ippo.FAQID) []string {
	has := func(f feature) bool {
		return slices.ContainsFunc(f.in, func(p posting) bool { return x.faqs[p.faq].ID == id })
	}
	var words []string
	for _, w := range x.compounds(f.words) {
		written, sound, _ := x.find(w)
		if w.weight > 2*commonWeight && (has(written) || has(sound)) && !slices.Contains(words, w.surface) {
			words = append(words, w.surface)
		}
	}
	if len(words) > 0 && !f.kana {
		return words
	}
	for _, stretch := range x.stretches(f, has) {
		if !slices.Contains(words, stretch) {
			words = append(words, stretch)
		}
	}
	return words
}

// stretches joins the n-grams of three that a question has, where they overlap.
func (x *Index) stretches(f features, has func(feature) bool) []string {
	var all []string
	run := []rune{}
	end := func() {
		if len(run) > 0 {
			all = append(all, string(run))
		}
		run = run[:0]
	}
	for _, g := range f.grams {
		r := []rune(g)
		if len(r) != 3 {
			continue
		}
		if !has(x.grams[g]) {
			end()
			continue
		}
		if n := len(run); n >= 2 && run[n-2] == r[0] && run[n-1] == r[1] {
			run = append(run, r[2])
			continue
		}
		end()
		if !dull[g] {
			run = append(run, r...)
		}
	}
	end()
	return all
}
