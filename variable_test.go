package ippo

import (
	"encoding/json"
	"strings"
	"testing"
)

func textOf(t *testing.T, m Message) string {
	t.Helper()
	var text struct{ Text string }
	if err := json.Unmarshal(m, &text); err != nil {
		t.Fatalf("%s: %v", m, err)
	}
	return text.Text
}

func message(text string) Message {
	return Message(`{"type":"text","text":` + string(quote(text)) + `}`)
}

func quote(text string) []byte {
	quoted, _ := json.Marshal(text)
	return quoted
}

func TestFill(t *testing.T) {
	known := Values{VariableName: `花"子\`, VariableArea: "栄", VariableNumber: "7"}
	for _, c := range []struct {
		text, want string
		values     Values
		missing    Variable
	}{
		{"{{name}}さん、{{ area }}の会です。", `花"子\さん、栄の会です。`, known, ""},
		{"{{name}}さん、{{area}}の会です。", "ご利用者さん、市内の会です。", nil, ""},
		{"{{name|みなさま}}へ", "みなさまへ", nil, ""},
		{"No. {{number}}", "No. 7", known, ""},
		{"No. {{number}}", "No. ", nil, VariableNumber},
		{"No. {{number|―}}", "No. ―", nil, ""},
		{"{name}", "{name}", known, ""},
	} {
		filled, missing := Fill([]Message{message(c.text)}, c.values)
		if got := textOf(t, filled[0]); got != c.want || missing != c.missing {
			t.Errorf("%q: %q, missing %q; want %q, %q", c.text, got, missing, c.want, c.missing)
		}
	}
}

func TestVariablesAreChecked(t *testing.T) {
	for name, c := range map[string]struct{ json, want string }{
		"known":              {string(message("{{name}}さん")), ""},
		"none":               {string(message("きょうは晴れ")), ""},
		"mistyped":           {string(message("{{nmae}}さん")), "という差し込みはありません"},
		"not closed":         {string(message("{{name}さん")), "書き方が正しくありません"},
		"wide braces":        {string(message("｛｛name｝｝さん")), "半角"},
		"in a link":          {`{"type":"template","altText":"a","template":{"actions":[{"type":"uri","uri":"https://e.example/{{name}}"}]}}`, "文章の中でだけ"},
		"beside LINE emoji":  {`{"type":"text","text":"{{name}}さん$","emojis":[{"index":10,"productId":"a","emojiId":"1"}]}`, "絵文字の場所がずれる"},
		"two braces for one": {`{"type":"textV2","text":"{{ok}}"}`, ""},
		"too long when long": {string(message("{{area}}" + strings.Repeat("あ", MaxTextUnits-60))), "差し込むことばが長い人では"},
	} {
		b := &Broadcast{Title: "t", Messages: []Message{Message(c.json)}, Audience: Audience{All: true}}
		err := b.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// What a broadcast goes by follows from what was approved.
func TestCall(t *testing.T) {
	for want, b := range map[Call]*Broadcast{
		CallMulticast: {Messages: []Message{message("a")}, Audience: Audience{All: true}},
		CallPush:      {Messages: []Message{message("a"), message("{{name}}")}, Audience: Audience{All: true}},
		CallBroadcast: {Messages: []Message{message("a")}, Audience: Audience{All: true, Unseen: true}},
	} {
		if got := b.Call(); got != want {
			t.Errorf("%s: %s", want, got)
		}
	}
}

// Whatever is written and whatever people are called, a message stays JSON.
func FuzzFill(f *testing.F) {
	f.Add("{{name}}さん", `"`)
	f.Add("{{name|\\}}", "\\")
	f.Add("{{number|\u2028}}{{", "\x00")
	f.Fuzz(func(t *testing.T, text, value string) {
		m := message(text)
		filled, _ := Fill([]Message{m}, Values{VariableName: value, VariableArea: value})
		if !json.Valid(filled[0]) {
			t.Errorf("%s filled with %q: %s", m, value, filled[0])
		}
	})
}
