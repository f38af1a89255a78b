package ippo

import (
	"strings"
	"testing"
	"time"
)

// A reader is shown their own language, then やさしい日本語, then Japanese, and told whenever it is not theirs.
func TestRead(t *testing.T) {
	n := News{Title: "題", Summary: "概"}
	in := func(pairs ...string) Translation {
		texts := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			texts[pairs[i]] = pairs[i+1]
		}
		return Translation{Texts: texts, Of: Fingerprint(n.Texts())}
	}
	easy, english := in("title", "だい", "summary", "がい"), in("title", "Title", "summary", "Summary")
	old := english
	old.Of = "before"
	for _, c := range []struct {
		name   string
		reader Language
		has    Translations
		want   string
		caveat Caveat
	}{
		{"a reader of Japanese", Japanese, Translations{EasyJapanese: easy, English: english}, "題 概", ""},
		{"nothing is translated", English, nil, "題 概", CaveatJapanese},
		{"nothing is translated into やさしい日本語", EasyJapanese, Translations{English: english}, "題 概", CaveatJapanese},
		{"their own", English, Translations{EasyJapanese: easy, English: english}, "Title Summary", ""},
		{"やさしい日本語 stands in", "vi", Translations{EasyJapanese: easy, English: english}, "だい がい", CaveatEasy},
		{"half of it", English, Translations{English: in("title", "Title")}, "Title 概", CaveatPartly},
		{"half of it, and やさしい日本語", English, Translations{English: in("title", "Title"), EasyJapanese: easy}, "Title がい", CaveatPartly},
		{"half in やさしい日本語", English, Translations{EasyJapanese: in("title", "だい")}, "だい 概", CaveatJapanese},
		{"the Japanese was changed", English, Translations{English: old}, "Title Summary", CaveatOlder},
	} {
		n.Translations = c.has
		shown, reading := n.In(c.reader)
		if got := shown.Title + " " + shown.Summary; got != c.want || reading.Caveat() != c.caveat {
			t.Errorf("%s: %q, told %q", c.name, got, reading.Caveat())
		}
		if n.Title != "題" {
			t.Fatal("the item itself was changed")
		}
	}
}

// What does not fit, is in no language or belongs to no text is refused, with the field's name.
func TestCheckTranslations(t *testing.T) {
	n := News{Slug: "a", Kind: NewsPlain, Title: "題", Summary: "概", Status: ContentDraft, Translations: Translations{
		English:      {Texts: map[string]string{"title": strings.Repeat("a", 121)}},
		EasyJapanese: {Texts: map[string]string{"summary": "がい"}},
		Japanese:     {Texts: map[string]string{"title": "題"}},
		"vi":         {Texts: map[string]string{"title": "a", "colour": "b"}},
		"../etc":     {},
	}}
	err, _ := n.Validate().(Problems)
	for _, field := range []string{"translations.en.title", "translations.ja-x-easy.title", "translations.ja", "translations.vi.colour", "translations.../etc"} {
		if err.For(field) == "" {
			t.Errorf("nothing is wrong with %s: %v", field, err)
		}
	}
	if len(err) != 5 {
		t.Errorf("%d problems: %v", len(err), err)
	}
}

// A campaign that was approved before it had translations still is; what ambassadors read in any language is
// part of what is approved, and when it was written is not.
func TestCampaignHashHoldsTranslations(t *testing.T) {
	c := Campaign{Title: "作戦"}
	bare := c.Hash()
	c.Translations = Translations{}
	if c.Hash() != bare {
		t.Error("no translation at all gives another hash")
	}
	c.Translations[English] = Translation{Texts: map[string]string{"title": "Campaign"}}
	english := c.Hash()
	if english == bare {
		t.Error("a translation is not part of what is approved")
	}
	c.Translations[English] = Translation{Texts: map[string]string{"title": "Campaign"}, Of: "x", At: time.Unix(1, 0), Checked: true}
	if c.Hash() != english {
		t.Error("when it was written is part of what is approved")
	}
}
