package ippo

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestCheckMessages(t *testing.T) {
	text := func(n int) string { return `{"type":"text","text":"` + strings.Repeat("あ", n) + `"}` }
	for _, c := range []struct {
		name, json, field string
	}{
		{"one text", `[` + text(1) + `]`, ""},
		{"the longest", `[` + text(5000) + `]`, ""},
		{"too long", `[` + text(5001) + `]`, "messages[0].text"},
		{"an apple is two units", `[{"type":"text","text":"` + strings.Repeat("🍎", 2501) + `"}]`, "messages[0].text"},
		{"empty", `[{"type":"text","text":""}]`, "messages[0].text"},
		{"none", `[]`, "messages"},
		{"six", `[` + strings.Repeat(text(1)+",", 5) + text(1) + `]`, "messages"},
		{"no type", `[{"text":"x"}]`, "messages[0].type"},
		{"unknown type", `[{"type":"bomb"}]`, "messages[0].type"},
		{"a bubble", `[{"type":"flex","altText":"a","contents":{"type":"bubble"}}]`, ""},
		{"no altText", `[{"type":"flex","contents":{"type":"bubble"}}]`, "messages[0].altText"},
		{"a number", `[1]`, "messages[0]"},
		{"thirteen bubbles", `[{"type":"flex","altText":"a","contents":{"type":"carousel","contents":[` +
			strings.Repeat("{},", 12) + `{}]}}]`, "messages[0].contents"},
	} {
		var messages []Message
		if err := json.Unmarshal([]byte(c.json), &messages); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		err := CheckMessages(messages)
		var p Problems
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &p) || p.For(c.field) == "") {
			t.Errorf("%s: %v; want a problem with %q", c.name, err, c.field)
		}
	}
}

// The hash must move with everything an approval approves, and with nothing else.
func TestBroadcastHash(t *testing.T) {
	b := Broadcast{Title: "t", Messages: []Message{Message(`{"type":"text","text":"a"}`)}, Audience: Audience{All: true}}
	was := b.Hash()
	b.Title = "another title"
	if b.Hash() != was {
		t.Error("the staff's own title voids the approval")
	}
	for name, change := range map[string]func(*Broadcast){
		"messages":  func(b *Broadcast) { b.Messages = []Message{Message(`{"type":"text","text":"b"}`)} },
		"audience":  func(b *Broadcast) { b.Audience = Audience{Topics: []string{"x"}} },
		"time":      func(b *Broadcast) { b.SendAt = b.SendAt.AddDate(0, 0, 1) },
		"emergency": func(b *Broadcast) { b.Emergency = "x" },
	} {
		changed := b
		change(&changed)
		if changed.Hash() == was {
			t.Errorf("a change of %s keeps the approval", name)
		}
	}
}

// A test bears its name and is otherwise the very bytes that will be sent.
func TestAsTest(t *testing.T) {
	for given, want := range map[string]string{
		`{"type":"text","text":"<b> & \u3042 }"}`:                                `{"sender":{"name":"【テスト】"},"type":"text","text":"<b> & \u3042 }"}`,
		`{"type":"text","sender":{"name":"係","iconUrl":"x"},"text":"a"}`:         `{"sender":{"name":"【テスト】"},"type":"text","text":"a"}`,
		`{"\u0073ender":{"name":"係"},"type":"text","sender":{}}`:                 `{"sender":{"name":"【テスト】"},"type":"text"}`,
		"{ \"type\" : \"text\" ,\n \"n\" : 1.50, \"sender\": null }":             `{"sender":{"name":"【テスト】"},"type" : "text","n" : 1.50}`,
		`{"type":"flex","contents":{"sender":"stays","n":12345678901234567890}}`: `{"sender":{"name":"【テスト】"},"type":"flex","contents":{"sender":"stays","n":12345678901234567890}}`,
		`{}`: `{"sender":{"name":"【テスト】"}}`,
	} {
		got, err := AsTest([]Message{Message(given)})
		if err != nil || string(got[0]) != want {
			t.Errorf("%s becomes %s, %v; want %s", given, got, err, want)
		}
	}
	for _, broken := range []string{``, `[]`, `"text"`, `{"type":"text"`, `{} {}`} {
		if got, err := AsTest([]Message{Message(broken)}); err == nil {
			t.Errorf("%s becomes %s", broken, got)
		}
	}
	// What is marked was not changed itself.
	m := Message(`{"type":"text","text":"a"}`)
	if _, err := AsTest([]Message{m}); err != nil || string(m) != `{"type":"text","text":"a"}` {
		t.Errorf("the message became %s, %v", m, err)
	}
}

func TestTexts(t *testing.T) {
	for m, want := range map[string][]string{
		`{"type":"text","text":"明日です。"}`: {"明日です。"},
		`{"type":"flex","altText":"花見","contents":{"type":"bubble","body":{"contents":[{"type":"text","text":"花見"},{"text":"3月29日（日）","type":"text"}]},
			"footer":{"contents":[{"type":"button","action":{"type":"uri","label":"くわしく","uri":"https://example.jp"}}]}}}`: {"花見", "3月29日（日）"},
		`{"type":"template","template":{"title":"題","text":{"odd":1},"actions":[]}}`: {"題"},
		`{"type":"image","originalContentUrl":"https://example.jp/a.png"}`:           nil,
		`[]`: nil, `{"text":`: nil, `"text"`: nil, ``: nil,
	} {
		if got := Message(m).Texts(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", m, got, want)
		}
	}
}
