package messages

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"ippo"
)

//go:embed catalog/*.toml
var catalogs embed.FS

// Catalogs holds the texts of every language: those that are built in, and those that a center has added as files
// of its own.
type Catalogs struct {
	words map[ippo.Language]Words
	list  []ippo.Language
	built map[ippo.Language]texts
	own   map[ippo.Language]texts // what a center's file says
}

// texts are a catalogue's, by key.
type texts map[string]*i18n.Message

// Load returns the catalogs that are built in. They are read once, for all who ask: nothing changes them.
func Load() (*Catalogs, error) { return loadOnce() }

var loadOnce = sync.OnceValues(load)

func load() (*Catalogs, error) {
	c := &Catalogs{words: map[ippo.Language]Words{}, list: ippo.Languages, built: map[ippo.Language]texts{}}
	for _, l := range ippo.Languages {
		text, err := fs.ReadFile(catalogs, "catalog/"+string(l)+".toml")
		if err != nil {
			return nil, fmt.Errorf("catalog %s: %w", l, err)
		}
		if c.built[l], err = readTexts(text); err != nil {
			return nil, fmt.Errorf("catalog %s: %w", l, err)
		}
		if c.words[l], err = wordsOf(l, c.built[l]); err != nil {
			return nil, fmt.Errorf("catalog %s: %w", l, err)
		}
	}
	return c, nil
}

// readTexts reads a catalogue: texts by key, or tables of their plural forms.
func readTexts(file []byte) (texts, error) {
	var raw map[string]any
	if err := toml.Unmarshal(file, &raw); err != nil {
		return nil, err
	}
	all := make(texts, len(raw))
	for key, value := range raw {
		m, err := i18n.NewMessage(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		m.ID = key
		all[key] = m
	}
	return all, nil
}

// wordsOf makes the words of a language of its texts, the later ones before the earlier.
func wordsOf(l ippo.Language, layers ...texts) (Words, error) {
	tag, err := language.Parse(string(l))
	if err != nil {
		return Words{}, err
	}
	// Of a language whose plural forms are not known, one is said of any number, as in Japanese.
	if i18n.NewBundle(tag).AddMessages(tag, &i18n.Message{ID: "any", Other: "any"}) != nil {
		tag = language.Japanese
	}
	// A bundle for each: in a shared one, ja-x-easy would be matched with ja.
	bundle := i18n.NewBundle(tag)
	for _, layer := range layers {
		for _, m := range layer {
			if err := bundle.AddMessages(tag, m); err != nil {
				return Words{}, err
			}
		}
	}
	return Words{Language: l, localizer: i18n.NewLocalizer(bundle, tag.String())}, nil
}

// In returns the words of a language. Who reads one that there is no catalogue for, or no longer, is more likely to
// read やさしい日本語 than anything else.
func (c *Catalogs) In(l ippo.Language) Words {
	if w, ok := c.words[l]; ok {
		return w
	}
	if l == "" {
		return c.words[ippo.Japanese]
	}
	return c.words[ippo.EasyJapanese]
}

// Languages lists the languages that residents can choose, those that are built in first.
func (c *Catalogs) Languages() []ippo.Language { return c.list }

// Has reports whether there is a catalogue for a language.
func (c *Catalogs) Has(l ippo.Language) bool { _, ok := c.words[l]; return ok }

// Self is the language's name for itself.
func (c *Catalogs) Self(l ippo.Language) string { return c.In(l).Say("language.self") }

// Own reports whether a center's own catalogue has a text, rather than やさしい日本語 in its place.
func (c *Catalogs) Own(l ippo.Language, key string) bool { return c.own[l][key] != nil }

// For is the language to offer first to somebody whose LINE speaks tag.
func (c *Catalogs) For(tag string) ippo.Language {
	if tag == "" {
		return ippo.Japanese
	}
	wanted, err := language.Parse(tag)
	if err != nil {
		return ippo.Japanese
	}
	base, _ := wanted.Base()
	script, _ := wanted.Script()
	if base.String() == "ja" {
		return ippo.Japanese
	}
	for _, l := range c.list {
		has, err := language.Parse(string(l))
		if err != nil {
			continue
		}
		hasBase, _ := has.Base()
		if hasScript, _ := has.Script(); hasBase == base && hasScript == script {
			return l
		}
	}
	return ippo.EasyJapanese
}
