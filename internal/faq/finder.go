package faq

import (
	"context"
	"fmt"
	"sync"

	"ippo"
)

// What a score is good for. Found as the weights were.
const (
	least  = 0.05 // below it nothing speaks for a question
	enough = 0.37 // from here the bot offers it …
	sure   = 0.85 // … and from here, if no other comes near, it answers at once
	alone  = 0.6  // a second question's score beside the first one's, below which it does not come near
	beside = 0.4  // … below which it is not offered with it
)

// offered is how many questions are offered at once.
const offered = 3

// Outcome is what the bot makes of a search.
type Outcome int

// The outcomes of a search.
const (
	None   Outcome = iota // no question answers it
	Offer                 // one of a few may
	Answer                // one does
)

// Result is what was found for a text.
type Result struct {
	Outcome Outcome
	Hits    []Hit // that are offered, the best first; none for None
	Below   []Hit // that came nearest of those which are not offered; none that hardly matches
}

// Search looks for the questions that answer a text.
func (x *Index) Search(text string) Result {
	hits := x.search(text, 2*offered)
	var r Result
	for _, h := range hits {
		if hits[0].Score >= enough && len(r.Hits) < offered && h.Score >= beside*hits[0].Score {
			r.Hits = append(r.Hits, h)
		} else if h.Score >= enough/2 {
			r.Below = append(r.Below, h)
		}
	}
	switch {
	case len(r.Hits) == 0:
	case r.Hits[0].Score >= sure && (len(hits) == 1 || hits[1].Score < alone*hits[0].Score):
		r.Outcome = Answer
	default:
		r.Outcome = Offer
	}
	r.Below = r.Below[:min(len(r.Below), offered)]
	return r
}

// Strength says a score in words, for staff.
func (h Hit) Strength() string {
	switch {
	case h.Score >= sure:
		return "よく合う"
	case h.Score >= enough:
		return "合う"
	case h.Score >= enough/2:
		return "少し合う"
	}
	return "ほとんど合わない"
}

// Finder searches the questions as they are now. Its index is made when it is first asked, and again when
// the questions have changed; without any it costs nothing. It is safe for concurrent use.
type Finder struct {
	// questions returns the same slice again until they change.
	questions func(context.Context) ([]ippo.FAQ, error)

	mu    sync.Mutex
	of    []ippo.FAQ
	index *Index
}

// NewFinder makes a Finder of the questions that a store keeps: questions returns the same slice until
// they change.
func NewFinder(questions func(context.Context) ([]ippo.FAQ, error)) *Finder {
	return &Finder{questions: questions}
}

// Prepare makes the index before somebody waits for it, and so loads the dictionary of package morph. Without
// questions it does neither.
func (f *Finder) Prepare(ctx context.Context) error {
	all, err := f.questions(ctx)
	if err != nil {
		return fmt.Errorf("prepare frequent questions: %w", err)
	}
	if len(all) > 0 {
		f.indexOf(all)
	}
	return nil
}

// Search looks for the questions that answer a text.
func (f *Finder) Search(ctx context.Context, text string) (Result, error) {
	all, err := f.questions(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("search frequent questions: %w", err)
	}
	return f.indexOf(all).Search(text), nil
}

func (f *Finder) indexOf(all []ippo.FAQ) *Index {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.index == nil || len(all) != len(f.of) || len(all) > 0 && &all[0] != &f.of[0] {
		f.index, f.of = New(all), all
	}
	return f.index
}
