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

// Originals stand for the Japanese that each rendition was made of (Said.Original). What is not there is not known.
type Originals map[Language]string

// Original stands for what is said in Japanese: a change to any message gives another.
func (is Said) Original() string { return fingerprint(is.Messages) }

func fingerprint(messages []Message) string {
	canonical, err := json.Marshal(messages) // as they are kept
	if err != nil {
		panic(fmt.Sprintf("fingerprint of messages: %v", err)) // they are JSON already
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:8])
}

// Since returns the originals of what is said now in place of was. A rendition that was changed is made of the
// Japanese of now; one that says the same as before is as old as it was, unless its writer has compared the two and
// says so by an original of now.
func (is Said) Since(was Said) Originals {
	now := is.Original()
	originals := make(Originals, len(is.Renditions))
	for l, messages := range is.Renditions {
		before, had := was.Renditions[l]
		switch {
		case !had:
			originals[l] = cmp.Or(is.Originals[l], now)
		case is.Originals[l] == now || fingerprint(before) != fingerprint(messages):
			originals[l] = now
		default:
			originals[l] = cmp.Or(was.Originals[l], was.Original())
		}
	}
	return originals
}

// Older returns the languages that were written before the Japanese was changed.
func (is Said) Older() []Language {
	return slices.DeleteFunc(is.Renditions.Languages(), func(l Language) bool {
		of := is.Originals[l]
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
