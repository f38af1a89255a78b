package ippo

import (
	"slices"
	"testing"
)

// Everybody sees the best menu that there is for them: in their language first, as an ambassador second.
func TestRichMenusFor(t *testing.T) {
	for _, c := range []struct {
		reader RichMenuReader
		want   []RichMenuKind
	}{
		{RichMenuReader{Language: Japanese}, []RichMenuKind{DefaultRichMenuKind}},
		{RichMenuReader{Language: English}, []RichMenuKind{{MenuForEveryone, English}, DefaultRichMenuKind}},
		{RichMenuReader{Language: Japanese, Ambassador: true}, []RichMenuKind{{MenuForAmbassadors, Japanese}, DefaultRichMenuKind}},
		{RichMenuReader{Language: English, Ambassador: true}, []RichMenuKind{
			{MenuForAmbassadors, English}, {MenuForEveryone, English}, {MenuForAmbassadors, Japanese}, DefaultRichMenuKind}},
		{RichMenuReader{Language: English, Ambassador: true, Gone: true}, []RichMenuKind{DefaultRichMenuKind}},
	} {
		if got := c.reader.Kinds(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.reader, got, c.want)
		}
	}
}

// A telephone number is as good in wide digits; what is no number is not.
func TestRichMenuPhone(t *testing.T) {
	for number, good := range map[string]bool{"0258-00-0000": true, "０２５８－００－００００": true, "119": true, "12": false, "": false, "0258-00-0000-0000-0000-0000": false, "番号": false} {
		m := RichMenu{Bar: "メニュー", Areas: []RichMenuArea{{Icon: "phone", Words: "電話", Action: RichMenuPhone, Value: number}}}
		if err := m.Validate(); (err == nil) != good {
			t.Errorf("%q: %v", number, err)
		}
	}
}

// Words are as wide as they may stand: twice as many letters of half a width.
func TestRichMenuWords(t *testing.T) {
	for words, good := range map[string]bool{"あいうえおかきくけこ": true, "あいうえおかきくけこさ": false, "Settings and helping": true, "Settings and helping!": false,
		"ﾒﾆｭｰﾒﾆｭｰﾒﾆｭｰﾒﾆｭｰﾒﾆｭｰ": true, "한국어한국어한국어한": true, "한국어한국어한국어한국": false, "": false, " ": false} {
		m := RichMenu{Bar: "メニュー", Areas: []RichMenuArea{{Icon: "phone", Words: words, Action: "desk"}}}
		if err := m.Validate(); (err == nil) != good {
			t.Errorf("%q: %v", words, err)
		}
	}
}

// A menu keeps the height that staff chose, unless areas vanish so that few are left.
func TestRichMenuWithoutOff(t *testing.T) {
	on := func(modules ...Module) Settings {
		s := DefaultSettings()
		s.Modules = modules
		return s
	}
	big := RichMenu{Tall: true, Areas: []RichMenuArea{{Action: "news"}, {Action: "desk"}}}
	if m := big.WithoutOff(on(ModuleNews)); !m.Tall || len(m.Areas) != 2 {
		t.Errorf("%+v", m)
	}
	if m := big.WithoutOff(on()); m.Tall || len(m.Areas) != 1 || len(big.Areas) != 2 {
		t.Errorf("%+v of %+v", m, big)
	}
	if m := (RichMenu{Areas: []RichMenuArea{{Action: "news"}}}).WithoutOff(on()); len(m.Areas) != 1 || m.Areas[0].Action != richMenuHelp {
		t.Errorf("%+v", m)
	}
}
