package fold

import (
	"slices"
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

// A line that holds all of the words is found wherever it stands, once, whatever the lines beside it hold.
func TestLines(t *testing.T) {
	lines := []string{"山田 花子", "", "山田 太郎", "花子", "", "田 花 山田花子 花子", "山"}
	for query, want := range map[string][]int{
		"ハナコ": nil, "花子": {0, 3, 5}, "花子 山田": {0, 5}, "山": {0, 2, 5, 6}, "郎": {2}, "太郎 花": nil, "": nil,
	} {
		if got := slices.Collect(QueryOf(query).Lines([]byte(strings.Join(lines, "\n")))); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	for n := range QueryOf("花子").Lines([]byte(strings.Join(lines, "\n"))) {
		if n != 0 {
			t.Error("goes on after it was enough")
		}
		break
	}
}
