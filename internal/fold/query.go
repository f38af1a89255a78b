package fold

import (
	"bytes"
	"iter"
)

// Query is what somebody searches for: words, folded once.
type Query struct{ words [][]byte }

// maxWords is how many words are searched for; the rest of a longer query is left out.
const maxWords = 64

// QueryOf reads a query; it has no words when nothing is left of it.
func QueryOf(text string) (q Query) {
	for _, word := range bytes.Fields([]byte(Text(text))) {
		if len(q.words) < maxWords {
			q.words = append(q.words, word)
		}
	}
	return q
}

// Empty reports whether there is nothing to search for, so that everything is found.
func (q Query) Empty() bool { return len(q.words) == 0 }

// In reports whether all of the words stand in these texts, whatever their width, case and kana.
func (q Query) In(texts ...string) bool {
	l := q.Looker()
	var found Found
	for _, text := range texts {
		found |= l.Look([]byte(text))
	}
	return found.All(q)
}

// Found is which words of a query were found, one bit each: what is found of a thing's texts is put together by |.
type Found uint64

// All reports whether they are all of a query's words.
func (f Found) All(q Query) bool { return f == 1<<len(q.words)-1 }

// Looker looks for a query in many texts, one after the other.
type Looker struct {
	words  [][]byte
	folded []byte // the text under way
}

// Looker returns a looker, which is for one goroutine.
func (q Query) Looker() *Looker { return &Looker{words: q.words} }

// Look returns which words stand in a text.
func (l *Looker) Look(text []byte) (found Found) {
	if len(l.words) == 0 {
		return 0
	}
	l.folded = appendText(l.folded[:0], text)
	for i, word := range l.words {
		if bytes.Contains(l.folded, word) {
			found |= 1 << i
		}
	}
	return found
}

// Lines yields which lines of a text that was folded, the first being 0, hold all of the words.
func (q Query) Lines(folded []byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		if q.Empty() {
			return
		}
		for n := 0; ; n++ {
			at := bytes.Index(folded, q.words[0])
			if at < 0 {
				return
			}
			n += bytes.Count(folded[:at], []byte("\n"))
			line, rest, _ := bytes.Cut(folded[bytes.LastIndexByte(folded[:at], '\n')+1:], []byte("\n"))
			if q.all(line) && !yield(n) {
				return
			}
			folded = rest
		}
	}
}

func (q Query) all(folded []byte) bool {
	for _, word := range q.words {
		if !bytes.Contains(folded, word) {
			return false
		}
	}
	return true
}
