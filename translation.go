package ippo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ContentKind says which kind of thing that staff wrote a translation belongs to. Stored: add, never rename.
type ContentKind string

const (
	ContentNews      ContentKind = "news"
	ContentEvent     ContentKind = "event"
	ContentGroup     ContentKind = "group"
	ContentCampaign  ContentKind = "campaign"
	ContentFAQ       ContentKind = "faq"
	ContentAutoReply ContentKind = "autoreply"
)

// ContentText is one of the texts of something that staff wrote. Staff write it in Japanese, and in other languages
// as they can.
type ContentText struct {
	Name  string  // in forms, in the API and as it is kept. Stored: add, never rename.
	Label string  // for staff
	Max   int     // of the Japanese text, in characters
	Text  *string // the Japanese text
}

// Translations are the texts of one thing in other languages than Japanese (訳文).
type Translations map[Language]Translation

// Translation is what one language has of a thing.
type Translation struct {
	Texts map[string]string // by ContentText.Name; what is not there is read in another language
	Of    string            // stands for the Japanese text that it was made of (Fingerprint); "" if that is not known
	At    time.Time         // when staff last wrote it, or said that it is still right

	Checked bool // given by a form: still right, although the Japanese text was changed
}

// Fingerprint stands for the Japanese text of a thing: a change to any of its parts gives another.
func Fingerprint(parts []ContentText) string {
	sum := sha256.New()
	for _, p := range parts {
		if *p.Text != "" {
			fmt.Fprintf(sum, "%s:%d:%s", p.Name, len(*p.Text), *p.Text)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// Kept is what is kept of the translations given for a thing whose translations so far are was. Nil leaves
// them as they were; a language without a text is taken away. One that says the same as before is as old as
// it was, unless staff have checked it.
func (given Translations) Kept(was Translations, parts []ContentText, now time.Time) Translations {
	if given == nil {
		return was
	}
	kept := make(Translations, len(given))
	for l, t := range given {
		texts := make(map[string]string, len(t.Texts))
		for name, text := range t.Texts {
			if text = strings.TrimSpace(text); text != "" {
				texts[name] = text
			}
		}
		before, had := was[l]
		switch {
		case len(texts) == 0:
		case had && !t.Checked && maps.Equal(before.Texts, texts):
			kept[l] = before
		default:
			kept[l] = Translation{Texts: texts, Of: Fingerprint(parts), At: now}
		}
	}
	return kept
}

// Older reports whether the Japanese text was changed after a translation was written.
func (t Translation) Older(parts []ContentText) bool { return t.Of != "" && t.Of != Fingerprint(parts) }

// Lacks reports whether there is a Japanese text that the translation has none for.
func (t Translation) Lacks(parts []ContentText) bool {
	return slices.ContainsFunc(parts, func(p ContentText) bool { return *p.Text != "" && t.Texts[p.Name] == "" })
}

// All returns the texts of every language, for a search.
func (ts Translations) All(names ...string) []string {
	var all []string
	for _, l := range slices.Sorted(maps.Keys(ts)) {
		for _, name := range names {
			if text := ts[l].Texts[name]; text != "" {
				all = append(all, text)
			}
		}
	}
	return all
}

// texts is all that readers see of them.
func (ts Translations) texts() map[Language]map[string]string {
	var all map[Language]map[string]string
	for l, t := range ts {
		if all == nil {
			all = make(map[Language]map[string]string)
		}
		all[l] = t.Texts
	}
	return all
}

// Reading says in which languages a reader is shown the parts of a thing.
type Reading struct {
	Language Language            // the reader's
	Of       map[string]Language // by ContentText.Name, of those that say something
	Older    bool                // the Japanese text was changed after the reader's was written
}

// read puts into the parts what a reader of l is shown: their own language's text, or the one in やさしい日本語,
// or the Japanese one.
func (ts Translations) read(l Language, parts []ContentText) Reading {
	r := Reading{Language: l, Of: make(map[string]Language, len(parts))}
	if own, ok := ts[l]; ok {
		r.Older = own.Older(parts)
	}
	for _, p := range parts {
		if *p.Text == "" {
			continue
		}
		r.Of[p.Name] = Japanese
		if l == Japanese {
			continue
		}
		for _, from := range []Language{l, EasyJapanese} {
			if text := ts[from].Texts[p.Name]; text != "" {
				*p.Text, r.Of[p.Name] = text, from
				break
			}
		}
	}
	return r
}

// Caveat is what a reader is told about the language of what they are shown; "" for nothing.
type Caveat string

const (
	CaveatJapanese Caveat = "ja"        // it is in Japanese, though not the reader's language
	CaveatEasy     Caveat = "ja-x-easy" // it is in やさしい日本語
	CaveatPartly   Caveat = "partly"    // some of it is not in the reader's language
	CaveatOlder    Caveat = "older"     // the Japanese text was changed since
)

// Caveat says what to tell the reader of these parts, or of all.
func (r Reading) Caveat(parts ...string) Caveat {
	if len(parts) == 0 {
		parts = slices.Collect(maps.Keys(r.Of))
	}
	var own, easy, japanese bool
	for _, name := range parts {
		switch r.Of[name] {
		case r.Language:
			own = true
		case EasyJapanese:
			easy = true
		case Japanese:
			japanese = true
		}
	}
	switch {
	case own && (easy || japanese):
		return CaveatPartly
	case japanese:
		return CaveatJapanese
	case easy:
		return CaveatEasy
	case r.Older:
		return CaveatOlder
	}
	return ""
}

// Limits of translations. A text says in other letters what the Japanese says in half as many.
const (
	maxTranslations = 20
	translatedWidth = 2
)

// MaxIn is how many characters the part may have in another language.
func (p ContentText) MaxIn() int { return translatedWidth * p.Max }

var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$`)

// IsLanguage reports whether l can name a catalogue or a translation.
func IsLanguage(l Language) bool { return languageForm.MatchString(string(l)) }

// checkTranslations notes a problem with every text that cannot be kept. Fields are named translations.en.title.
func checkTranslations(p *Problems, ts Translations, parts []ContentText) {
	if len(ts) > maxTranslations {
		p.Addf("translations", "訳文は%dのことばまでです（現在%d）。", maxTranslations, len(ts))
		return
	}
	for _, l := range slices.Sorted(maps.Keys(ts)) {
		field := "translations." + string(l)
		if !IsLanguage(l) || l == Japanese {
			p.Addf(field, "「%.20s」は訳文のことばとして使えません（例: en、ja-x-easy、vi）。", l)
			continue
		}
		texts, written := maps.Clone(ts[l].Texts), false
		for _, part := range parts {
			text := strings.TrimSpace(texts[part.Name])
			written = written || text != ""
			checkText(p, field+"."+part.Name, l.Words()+"の"+part.Label, text, 0, part.MaxIn())
			delete(texts, part.Name)
		}
		for name := range texts {
			p.Addf(field+"."+name, "訳文に「%.20s」という欄はありません。", name)
		}
		if first := parts[0]; written && strings.TrimSpace(ts[l].Texts[first.Name]) == "" {
			p.Addf(field+"."+first.Name, "%sは、%sも入力してください。", l.Words(), first.Label)
		}
	}
}
