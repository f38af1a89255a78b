package ippo

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestWithReduce(t *testing.T) {
	ours := `{"type":"action","action":{"type":"postback","label":"配信を減らす","data":"1/reduce/from/12","displayText":"配信を減らす"}}`
	theirs := `{"type":"action","action":{"type":"message","label":"はい","text":"はい"}}`
	full := strings.TrimSuffix(strings.Repeat(theirs+",", MaxQuickReplies), ",")
	for name, c := range map[string]struct{ written, want string }{
		"plain":           {`{"type":"text","text":"a"}`, `{"type":"text","text":"a","quickReply":{"items":[` + ours + `]}}`},
		"with some":       {`{"quickReply":{"items":[` + theirs + `]},"type":"text","text":"a"}`, `{"quickReply":{"items":[` + theirs + `,` + ours + `]},"type":"text","text":"a"}`},
		"no room":         {`{"type":"text","text":"a","quickReply":{"items":[` + full + `]}}`, `{"type":"text","text":"a","quickReply":{"items":[` + full + `]}}`},
		"null":            {`{"type":"text","quickReply":null,"text":"a"}`, `{"type":"text","quickReply":{"items":[` + ours + `]},"text":"a"}`},
		"within a card":   {`{"type":"flex","contents":{"quickReply":1}}`, `{"type":"flex","contents":{"quickReply":1},"quickReply":{"items":[` + ours + `]}}`},
		"not even a list": {`[]`, `[]`},
	} {
		first := Message(`{"type":"text","text":"first"}`)
		with := WithReduce([]Message{first, Message(c.written)}, 12)
		if got := string(with[1]); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", name, got, c.want)
		}
		if string(with[0]) != string(first) {
			t.Errorf("%s: the first message became %s", name, with[0])
		}
		if again := WithReduce(WithReduce([]Message{first, Message(c.written)}, 7), 12); string(again[1]) != c.want {
			t.Errorf("%s: another broadcast's button stayed: %s", name, again[1])
		}
		if moved := WithReduce([]Message{with[1], first}, 3); strings.Contains(string(moved[0]), "1/reduce/from/12") {
			t.Errorf("%s: a button stayed above: %s", name, moved[0])
		}
	}
	if got := WithReduce(nil, 1); len(got) != 0 {
		t.Errorf("nothing became %s", got)
	}
}

// Whatever a program writes, taking the button off gives back what was written.
func FuzzWithoutReduce(f *testing.F) {
	f.Add(`{"type":"text","text":"a"}`)
	f.Add(`{"quickReply":{"items":[]},"type":"text"}`)
	f.Add(`{"a":1,"quickReply":{"items":[{"type":"action","action":{"type":"postback","data":"x"}}]},"b":2}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, written string) {
		var m Message
		if json.Unmarshal([]byte(written), &m) != nil {
			return
		}
		with := WithReduce([]Message{m}, 5)
		if !json.Valid(with[0]) {
			t.Fatalf("%s became %s", m, with[0])
		}
		if again := WithReduce(with, 5); string(again[0]) != string(with[0]) {
			t.Fatalf("%s, kept twice, became %s", with[0], again[0])
		}
		if off := WithoutReduce(with); !json.Valid(off[0]) || strings.Contains(string(off[0]), ReduceData) {
			t.Fatalf("%s without the button is %s", with[0], off[0])
		}
	})
}
