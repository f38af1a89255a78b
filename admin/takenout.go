package admin

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ippo"
)

// takenOut is what a press has taken out of the form of a broadcast: a language, a part or a card. It goes along in
// the form until the next press, which may put it back.
type takenOut struct {
	Place     string     // as its button named it
	Rendition *rendition `json:",omitempty"`
	Part      *part      `json:",omitempty"`
	Card      *cardForm  `json:",omitempty"`
}

// find returns which language a place names, and which part and card in it; -1 for none.
func (w *composing) find(place string) (at int, indexes []int) {
	names := strings.Split(place, "/")
	for _, name := range names[1:] {
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 {
			return -1, nil
		}
		indexes = append(indexes, i)
	}
	return slices.IndexFunc(w.renditions, func(v rendition) bool { return string(v.Language) == names[0] }), indexes
}

// copyOf returns what stands at a place; nil if nothing does.
func (w *composing) copyOf(place string) *takenOut {
	out := &takenOut{Place: place}
	at, indexes := w.find(place)
	if at < 0 {
		return nil
	}
	v := w.renditions[at]
	switch {
	case len(indexes) == 0:
		out.Rendition = &v
	case indexes[0] >= len(v.Parts):
		return nil
	case len(indexes) == 1:
		out.Part = &v.Parts[indexes[0]]
	case len(indexes) == 2 && indexes[1] < len(v.Parts[indexes[0]].Cards):
		out.Card = &v.Parts[indexes[0]].Cards[indexes[1]]
	default:
		return nil
	}
	return out.cloned()
}

// cloned returns a copy that nothing changes any more.
func (out *takenOut) cloned() *takenOut {
	var is takenOut
	if json.Unmarshal([]byte(out.Form()), &is) != nil {
		return nil
	}
	return &is
}

// Form is it as it goes along in the form.
func (out *takenOut) Form() string {
	text, err := json.Marshal(out)
	if err != nil {
		panic(fmt.Sprintf("what was taken out: %v", err)) // texts and numbers
	}
	return string(text)
}

// In is the language that it was in.
func (out *takenOut) In() ippo.Language {
	l, _, _ := strings.Cut(out.Place, "/")
	return ippo.Language(l)
}

// Anchor is where it stands on the page again.
func (out *takenOut) Anchor() string { return rendition{Language: out.In()}.Anchor() }

// Words say what was taken out.
func (out *takenOut) Words() string {
	names := strings.Split(out.Place, "/")
	last, _ := strconv.Atoi(names[len(names)-1])
	switch {
	case out.Rendition != nil:
		return out.Rendition.Language.Words()
	case out.Part != nil:
		return fmt.Sprintf("%s%d番目の%s", rendition{Language: out.In()}.before(), last+1, out.Part.Kind.Words())
	}
	return fmt.Sprintf("%d枚目のカード", last+1)
}

// putBack puts what was taken out, as the form had it, back in its place.
func (w *composing) putBack(form string) {
	var out takenOut
	if json.Unmarshal([]byte(form), &out) != nil {
		return
	}
	at, indexes := w.find(out.Place)
	if v := out.Rendition; v != nil {
		if at < 0 && ippo.IsLanguage(v.Language) && v.Language != ippo.Japanese && len(w.renditions) <= maxRenditions {
			w.renditions = append(w.renditions, *v)
		}
		return
	}
	if at < 0 || len(indexes) == 0 {
		return
	}
	parts := &w.renditions[at].Parts
	switch {
	case out.Part != nil && len(indexes) == 1:
		*parts = slices.Insert(*parts, min(indexes[0], len(*parts)), *out.Part)
	case out.Card != nil && len(indexes) == 2 && indexes[0] < len(*parts):
		cards := &(*parts)[indexes[0]].Cards
		*cards = slices.Insert(*cards, min(indexes[1], len(*cards)), *out.Card)
	}
}
