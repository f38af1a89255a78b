package ippo

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Renditions are what a broadcast says in other languages than Japanese (ほかのことば). Each is whole and has its own
// messages, which are sent to its readers in place of the Japanese ones.
type Renditions map[Language][]Message

// Languages returns the languages that there are renditions in, always in the same order.
func (vs Renditions) Languages() []Language { return slices.Sorted(maps.Keys(vs)) }

// For returns the language in which a reader is sent it: their own, else やさしい日本語, else Japanese.
func (vs Renditions) For(l Language) Language {
	if l != Japanese {
		for _, has := range []Language{l, EasyJapanese} {
			if len(vs[has]) > 0 {
				return has
			}
		}
	}
	return Japanese
}

// Numbers returns the number of each language's variant in the ledger; that of Japanese is 0.
func (vs Renditions) Numbers() map[Language]int {
	numbers := map[Language]int{Japanese: 0}
	for i, l := range vs.Languages() {
		numbers[l] = i + 1
	}
	return numbers
}

// Variants are the renditions as the ledger keeps them.
func (vs Renditions) Variants() []Variant {
	var all []Variant
	for l, number := range vs.Numbers() {
		if number > 0 {
			all = append(all, Variant{Number: number, Messages: vs[l]})
		}
	}
	return all
}

// WithoutReduce returns the renditions as their author wrote them.
func (vs Renditions) WithoutReduce() Renditions {
	b := Broadcast{Renditions: vs}
	b.rewrite(func(_ Language, messages []Message) []Message { return WithoutReduce(messages) })
	return b.Renditions
}

// Said is what a broadcast, a series or a template says, as its author wrote it.
type Said struct {
	Messages   []Message
	Renditions Renditions
	Originals  Originals
}

// Find returns the message that a fingerprint stands for, in whatever language it is.
func (is Said) Find(of string) (Message, bool) {
	all := slices.Clone(is.Messages)
	for _, l := range is.Renditions.Languages() {
		all = append(all, is.Renditions[l]...)
	}
	for _, m := range all {
		if m.Fingerprint() == of {
			return m, true
		}
	}
	return nil, false
}

// Originals say which Japanese the renditions were written beside, the latest first. What is not there is not known.
type Originals map[Language][]Original

// Original says which Japanese a rendition was written beside, or was compared with since. Both are fingerprints: one
// that says again what it said before, because somebody saves what they had open, is as old as it was then.
type Original struct {
	Text string `json:"text"` // of the rendition; "" for what it says where they are kept
	Of   string `json:"of"`   // of the Japanese (Said.Original)
}

// UnmarshalJSON reads originals, also as they were kept while each language had one: {"en": "3f2a…"}.
func (o *Originals) UnmarshalJSON(kept []byte) error {
	var single map[Language]string
	if json.Unmarshal(kept, &single) != nil {
		return json.Unmarshal(kept, (*map[Language][]Original)(o))
	}
	*o = Originals{}
	for l, of := range single {
		(*o)[l] = []Original{{Of: of}}
	}
	return nil
}

// maxOriginals is how many are kept of each language.
const maxOriginals = 20

// Original stands for what is said in Japanese: a change to any message gives another.
func (is Said) Original() string { return fingerprint(is.Messages) }

// Fingerprint stands for a message, wherever it stands: another message has another.
func (m Message) Fingerprint() string { return fingerprint([]Message{m}) }

func fingerprint(messages []Message) string {
	canonical, err := json.Marshal(messages) // as they are kept
	if err != nil {
		panic(fmt.Sprintf("fingerprint of messages: %v", err)) // they are JSON already
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:8])
}

// originals are those of a language.
func (is Said) originals(l Language) []Original {
	known := slices.Clone(is.Originals[l])
	for i, one := range known {
		if one.Text == "" {
			known[i].Text = fingerprint(is.Renditions[l])
		}
	}
	return known
}

// of returns which Japanese a rendition that says text was written beside; "" if it is not known.
func of(known []Original, text string) string {
	for _, one := range known {
		if one.Text == text {
			return one.Of
		}
	}
	return ""
}

// Since returns the originals of what is said now in place of was. What a rendition has not said before was written
// beside the Japanese of now; what it has said before is as old as it was, unless its writer has compared the two
// (Said.Compare). What becomes of languages that are taken out is remembered, for a colleague may bring them back.
func (is Said) Since(was Said) Originals {
	originals := Originals{}
	for l := range was.Originals {
		if len(originals)+len(is.Renditions) < maxTranslations {
			originals[l] = was.originals(l)
		}
	}
	for l, messages := range is.Renditions {
		text := fingerprint(messages)
		known := append(is.originals(l), was.originals(l)...)
		since := of(known, text)
		if before, had := was.Renditions[l]; since == "" && had && fingerprint(before) == text {
			since = was.Original()
		}
		originals[l] = putFirst(known, Original{text, cmp.Or(since, is.Original())})
	}
	return originals
}

// Compare notes that somebody has read a rendition beside the Japanese of now and found that it says the same.
func (is *Said) Compare(l Language) {
	originals := maps.Clone(is.Originals)
	if originals == nil {
		originals = Originals{}
	}
	originals[l] = putFirst(is.originals(l), Original{fingerprint(is.Renditions[l]), is.Original()})
	is.Originals = originals
}

// putFirst puts an original before the others, without those that it takes the place of.
func putFirst(known []Original, first Original) []Original {
	all := []Original{first}
	for _, one := range known {
		if len(all) < maxOriginals && !slices.ContainsFunc(all, func(o Original) bool { return o.Text == one.Text }) {
			all = append(all, one)
		}
	}
	return all
}

// Older returns the languages that nobody has looked at since the Japanese was changed.
func (is Said) Older() []Language {
	return slices.DeleteFunc(is.Renditions.Languages(), func(l Language) bool {
		of := of(is.originals(l), fingerprint(is.Renditions[l]))
		return of == "" || of == is.Original()
	})
}

// In returns what a reader of a language is sent.
func (b *Broadcast) In(l Language) []Message {
	if from := b.Renditions.For(l); from != Japanese {
		return b.Renditions[from]
	}
	return b.Messages
}

// Reading says in which language a reader is sent it.
func (b *Broadcast) Reading(l Language) Reading {
	return Reading{Language: l, Of: map[string]Language{"messages": b.Renditions.For(l)}}
}

// All returns what the broadcast says in every language, the Japanese first.
func (b *Broadcast) All() []Message {
	all := slices.Clone(b.Messages)
	for _, l := range b.Renditions.Languages() {
		all = append(all, b.Renditions[l]...)
	}
	return all
}

// setAll puts messages in the place of those that All returned.
func (b *Broadcast) setAll(all []Message) {
	b.Messages, all = all[:len(b.Messages):len(b.Messages)], all[len(b.Messages):]
	b.Renditions = maps.Clone(b.Renditions)
	for _, l := range b.Renditions.Languages() {
		n := len(b.Renditions[l])
		b.Renditions[l], all = all[:n:n], all[n:]
	}
}

// rewrite changes the messages of every language.
func (b *Broadcast) rewrite(change func(Language, []Message) []Message) {
	b.Messages = change(Japanese, b.Messages)
	b.Renditions = maps.Clone(b.Renditions)
	for l, messages := range b.Renditions {
		b.Renditions[l] = change(l, messages)
	}
}

// checkRenditions notes every problem with them. Fields are named languages.en[0].text.
func checkRenditions(p *Problems, vs Renditions) {
	if len(vs) > maxTranslations {
		p.Addf("languages", "ほかのことばは%dまでです（現在%d）。", maxTranslations, len(vs))
		return
	}
	for _, l := range vs.Languages() {
		field := "languages." + string(l)
		if !IsLanguage(l) || l == Japanese {
			p.Addf(field, "「%.20s」は、ほかのことばとして使えません（例: en、ja-x-easy、vi）。", l)
			continue
		}
		var found Problems
		checkMessages(&found, field, vs[l])
		checkVariables(&found, field, vs[l])
		for _, one := range found {
			p.Add(one.Field, fmt.Sprintf("%s: %s", l.Words(), one.Message))
		}
	}
}
