package keyword

import (
	"context"
	"fmt"
	"sync"

	"ippo/internal/morph"
	"ippo/internal/wordcloud"
)

// Source is where a Gatherer finds what is shown.
type Source interface {
	VisionChanges(context.Context) (int, error) // grows when one of the others may return something else
	ShownTexts(context.Context) ([]string, error)
	StopWords(context.Context) ([]string, error)
}

// Keywords are the words of all that is shown, and their picture.
type Keywords struct {
	Texts int    // of how many texts
	Words []Word // the most said first
	Cloud wordcloud.Picture

	print sync.Mutex
	png   []byte
}

// printWidth is how wide the picture for print is, in pixels: 20 cm at 300 to the inch.
const printWidth = 2400

// PNG is the picture for print. It is drawn when it is first asked for.
func (k *Keywords) PNG() ([]byte, error) {
	k.print.Lock()
	defer k.print.Unlock()
	if k.png == nil {
		png, err := k.Cloud.PNG(printWidth)
		if err != nil {
			return nil, err
		}
		k.png = png
	}
	return k.png, nil
}

// Gatherer keeps the keywords until what is shown changes. What it has once cut into words it does not cut again. It
// costs nothing before it is first asked, and is safe for concurrent use.
type Gatherer struct {
	from Source

	mu   sync.Mutex
	at   int // of VisionChanges
	kept *Keywords
	cut  map[string][]morph.Compound // of the texts that are shown, and no others
}

// NewGatherer makes a Gatherer of what a store shows.
func NewGatherer(from Source) *Gatherer { return &Gatherer{from: from} }

// Keywords returns the keywords as of now. Nobody changes them.
func (g *Gatherer) Keywords(ctx context.Context) (*Keywords, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	// What changes after this is noticed the next time.
	at, err := g.from.VisionChanges(ctx)
	if err != nil {
		return nil, fmt.Errorf("gather keywords: %w", err)
	}
	if g.kept != nil && at == g.at {
		return g.kept, nil
	}
	texts, err := g.from.ShownTexts(ctx)
	if err != nil {
		return nil, fmt.Errorf("gather keywords: %w", err)
	}
	stop, err := g.from.StopWords(ctx)
	if err != nil {
		return nil, fmt.Errorf("gather keywords: %w", err)
	}
	cut := make(map[string][]morph.Compound, len(texts))
	said := make([][]morph.Compound, len(texts))
	for i, text := range texts {
		c, known := g.cut[text]
		if !known {
			c = morph.Compounds(text)
		}
		cut[text], said[i] = c, c
	}
	k := &Keywords{Texts: len(texts), Words: count(said, stop)}
	var drawn []wordcloud.Word
	for _, w := range k.Words[:min(len(k.Words), 2*wordcloud.Most)] { // some may have characters that the font has not
		drawn = append(drawn, wordcloud.Word{Text: w.Text, Weight: w.Texts})
	}
	k.Cloud = wordcloud.Lay(drawn)
	g.at, g.kept, g.cut = at, k, cut
	return k, nil
}
