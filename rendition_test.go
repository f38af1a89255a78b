package ippo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func said(text string) []Message { return []Message{Message(`{"type":"text","text":"` + text + `"}`)} }

func TestVersionsFor(t *testing.T) {
	all := Renditions{English: said("Hi"), EasyJapanese: said("こんにちは")}
	for _, one := range []struct {
		has          Renditions
		reads, given Language
	}{
		{nil, English, Japanese},
		{all, Japanese, Japanese},
		{all, English, English},
		{all, "vi", EasyJapanese},
		{Renditions{English: said("Hi")}, "vi", Japanese},
		{Renditions{English: said("Hi")}, EasyJapanese, Japanese},
	} {
		if got := one.has.For(one.reads); got != one.given {
			t.Errorf("a reader of %s is given %s, want %s", one.reads, got, one.given)
		}
	}
	if n := all.Numbers(); n[Japanese] != 0 || n[English] != 1 || n[EasyJapanese] != 2 {
		t.Errorf("numbered %v", n)
	}
}

// Each language counts: in what is approved, in what is checked, in how it is sent and in its links.
func TestVersionsAreOfTheBroadcast(t *testing.T) {
	b := &Broadcast{Title: "花見", Messages: said("見て https://example.jp/a"), Audience: Audience{All: true}}
	before := b.Hash()
	b.Renditions = Renditions{}
	if b.Hash() != before {
		t.Error("no renditions are another hash than none")
	}
	b.Renditions = Renditions{English: said("Look https://example.jp/a and https://example.jp/b")}
	if b.Hash() == before {
		t.Error("a version is not in the hash")
	}
	if err := b.Validate(); err != nil {
		t.Error(err)
	}
	codes := []string{"aaaaaaaaaa", "bbbbbbbbbb"}
	b.CountLinks("https://line.example.jp", func() string { code := codes[0]; codes = codes[1:]; return code })
	if len(b.Links) != 2 || !strings.Contains(string(b.Messages[0]), "/l/aaaaaaaaaa") || !strings.Contains(string(b.Renditions[English][0]), "/l/aaaaaaaaaa and https://line.example.jp/l/bbbbbbbbbb") {
		t.Errorf("counted: %s, %s", b.Messages, b.Renditions)
	}
	b.PutReduce(func(l Language) string { return map[Language]string{Japanese: ReduceLabel, English: "Fewer"}[l] })
	if !strings.Contains(string(b.Renditions[English][0]), `"label":"Fewer"`) || !strings.Contains(string(b.Messages[0]), ReduceLabel) {
		t.Errorf("under it: %s, %s", b.Messages, b.Renditions)
	}
	if w := b.Said().Renditions; string(w[English][0]) != string(said("Look https://example.jp/a and https://example.jp/b")[0]) {
		t.Errorf("written: %s", w)
	}
	b.Renditions = Renditions{English: said("Dear {{name}}")}
	if b.Call() != CallPush {
		t.Errorf("goes by %s although one language has a variable", b.Call())
	}
	b.Audience.Unseen = true
	if err := b.Validate(); err == nil || !strings.Contains(err.Error(), "ことばごと") {
		t.Errorf("LINE's broadcast in two languages: %v", err)
	}
}

func TestRenditionsAreChecked(t *testing.T) {
	b := &Broadcast{Title: "花見", Messages: said("見て"), Audience: Audience{All: true}, Renditions: Renditions{
		Japanese: said("x"), "../x": said("x"), English: nil, "vi": said(strings.Repeat("a", MaxTextUnits+1)), "ko": said("{{nobody}}"),
	}}
	problems, _ := b.Validate().(Problems)
	for _, field := range []string{"languages.ja", "languages.../x", "languages.en", "languages.vi[0].text", "languages.ko[0].text"} {
		if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Field == field }) {
			t.Errorf("nothing is said of %s: %v", field, problems)
		}
	}
}

func TestRenditionsGrowOld(t *testing.T) {
	say := func(japanese, english string, of Originals) Said {
		s := Said{Messages: []Message{Message(`{"type":"text","text":"` + japanese + `"}`)}, Originals: of}
		if english != "" {
			s.Renditions = Renditions{English: {Message(`{"type":"text","text":"` + english + `"}`)}}
		}
		return s
	}
	kept := func(is, was Said) Said {
		is.Originals = is.Since(was)
		return is
	}
	compared := func(is Said) Said {
		is.Compare(English)
		return is
	}
	first := kept(say("三日です。", "On the 3rd.", nil), Said{})
	moved := kept(say("四日です。", "On the 3rd.", first.Originals), first)
	without := kept(say("四日です。", "", moved.Originals), moved)
	both := kept(say("四日です。", "On the 4th.", first.Originals), first)
	var single Originals
	if err := json.Unmarshal([]byte(`{"en":"`+first.Original()+`"}`), &single); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		what    string
		is, was Said
		older   bool
	}{
		{"new", first, Said{}, false},
		{"the Japanese changed", moved, first, true},
		{"saved again", say("四日です。", "On the 3rd.", moved.Originals), moved, true},
		{"saved again by a program", say("四日です。", "On the 3rd.", nil), moved, true},
		{"changed back", say("三日です。", "On the 3rd.", moved.Originals), moved, false},
		{"both changed", both, first, false},
		{"compared", compared(say("四日です。", "On the 3rd.", moved.Originals)), moved, false},
		{"compared, and the Japanese changed", say("五日です。", "On the 3rd.", compared(moved).Originals), compared(moved), true},
		{"from before this was known", say("四日です。", "On the 3rd.", nil), say("三日です。", "On the 3rd.", nil), true},
		{"from when only one was kept", say("四日です。", "On the 3rd.", nil), say("四日です。", "On the 3rd.", single), true},
		{"copied", say("四日です。", "On the 3rd.", moved.Originals), Said{}, true},
		{"taken away", without, moved, false},
		{"brought back", say("四日です。", "On the 3rd.", nil), without, true},
		{"as it was before, over a colleague's", say("五日です。", "On the 3rd.", nil), both, true},
		{"as it was before, with its Japanese", say("三日です。", "On the 3rd.", nil), both, false},
	} {
		is := kept(step.is, step.was)
		if older := is.Older(); (len(older) == 1) != step.older {
			t.Errorf("%s: older %v, originals %v", step.what, older, is.Originals)
		}
	}
	for i := range 3 * maxOriginals {
		first = kept(say("三日です。", fmt.Sprint("On the 3rd. ", i), nil), first)
	}
	if n := len(first.Originals[English]); n != maxOriginals {
		t.Errorf("of one language %d are kept", n)
	}
}
