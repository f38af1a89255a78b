package fold

import (
	"strings"
	"testing"
)

func TestQuery(t *testing.T) {
	for _, c := range []struct {
		query string
		texts []string
		want  bool
	}{
		{"ｺｿﾀﾞﾃ　栄", []string{"栄の子そだて", "こそだてサロン"}, true}, // each word in one text or another
		{"ＡＢＣ", []string{"xAbCx"}, true},
		{"子育て 緑", []string{"子育て", "栄"}, false},
		{"育て栄", []string{"子育て", "栄"}, false}, // no word goes across texts
		{"", []string{"何でも"}, true},
		{"\u200b", nil, true},
		{"何か", nil, false},
		{strings.Repeat("あ ", 70), []string{"あ"}, true},
	} {
		if got := QueryOf(c.query).In(c.texts...); got != c.want {
			t.Errorf("%q in %q: %t", c.query, c.texts, got)
		}
	}
	if !QueryOf(" \u200b").Empty() || QueryOf("a").Empty() {
		t.Error("Empty")
	}
}

// Who searches for nothing has no text folded, however many there are.
func TestLookForNothing(t *testing.T) {
	q := QueryOf("")
	if l := q.Looker(); !l.Look([]byte("子育て")).All(q) || len(l.folded) > 0 {
		t.Errorf("%q was folded", l.folded)
	}
}

// Looking allocates nothing once the longest text has been seen.
func TestLookAllocatesNothing(t *testing.T) {
	l, text := QueryOf("さろん ひだまり").Looker(), []byte("子育てサロン「ひだまり」（第２回）")
	if l.Look(text) != 3 {
		t.Fatal("not found")
	}
	if n := testing.AllocsPerRun(10, func() { l.Look(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
