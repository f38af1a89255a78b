package ippo

import (
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
	first := kept(say("三日です。", "On the 3rd.", nil), Said{})
	moved := kept(say("四日です。", "On the 3rd.", first.Originals), first)
	for _, step := range []struct {
		what    string
		is, was Said
		older   bool
	}{
		{"new", first, Said{}, false},
		{"the Japanese changed", moved, first, true},
		{"saved again", say("四日です。", "On the 3rd.", moved.Originals), moved, true},
		{"changed back", say("三日です。", "On the 3rd.", moved.Originals), moved, false},
		{"both changed", say("四日です。", "On the 4th.", first.Originals), first, false},
		{"compared", say("四日です。", "On the 3rd.", Originals{English: say("四日です。", "", nil).Original()}), moved, false},
		{"from before this was known", say("四日です。", "On the 3rd.", nil), say("三日です。", "On the 3rd.", nil), true},
		{"copied", say("四日です。", "On the 3rd.", moved.Originals), Said{}, true},
		{"taken away", say("四日です。", "", moved.Originals), moved, false},
	} {
		is := kept(step.is, step.was)
		if older := is.Older(); (len(older) == 1) != step.older || len(is.Originals) != len(is.Renditions) {
			t.Errorf("%s: older %v, originals %v", step.what, older, is.Originals)
		}
	}
}
