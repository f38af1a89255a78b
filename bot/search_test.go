package bot

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSearchTerms(t *testing.T) {
	for typed, want := range map[string][]string{
		"囲碁がしたい":        {"囲碁"},
		"みらい囲碁くらぶ":      {"囲碁"},
		"子どもと囲碁がしたい":    {"子ども", "囲碁"},
		"イゴ":            {"いご"},
		"読み聞かせ":         {"読み聞かせ"},
		"ボランティア 土曜":     {"ぼらんてぃあ", "土曜"},
		"団体をさがしています":    nil,
		"Ｍusic　クラブ":     {"music", "くらぶ"},
		"防災に興味があります":    {"防災", "興味"},
		"引っ越してきて友達がいない": {"引っ", "越して", "友だち"},
		"こども":           {"子ども"},
		"外国人の友だちがほしい":   {"外国人", "友だち"},
		"えほんのひろば":       {"えほんのひろば"},
		"子育てサロンはありますか？": {"子育て", "さろん"},
	} {
		if got := searchTerms(typed); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

// A long letter is no search: of its words only the first are looked for.
func TestSearchTermsOfALetter(t *testing.T) {
	var letter strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&letter, "ことば%d ", i)
	}
	if terms := searchTerms(letter.String()); len(terms) != maxTerms || terms[0] != "ことば0" {
		t.Errorf("%d terms, the first %q", len(terms), terms[0])
	}
}

// Somebody's whole letter is answered as quickly as a word.
func TestSearchIsBounded(t *testing.T) {
	long := strings.Repeat("あいうえおかきくけこ", 500)
	if terms := searchTerms(strings.Repeat("囲碁 将棋の会 ", 500) + long); len(terms) > maxTerms {
		t.Errorf("%d terms", len(terms))
	}
	g := listedGroup{name: long, about: long, more: long}
	g.Receiving = true
	began := time.Now()
	searchGroups([]listedGroup{g, g, g}, groupQuery{words: strings.Repeat("いろはにほへとちり", 100)})
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}
