package admin

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"ippo"
)

// A press that takes out what somebody wrote, and was the wrong one, is followed by one that puts it back where it was,
// beside what was written since.
func TestTakenOutAndPutBack(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := []string{"title", "花見", "kind", "text", "ref", "0", "text", "はじめの文章", "kind", "cards", "ref", "0", "text", "", "1.cards", "2", "1.0.title", "一枚目", "1.0.0.label", "電話", "1.0.0.does", "call", "1.0.0.value", "0258-39-2020", "1.1.title", "二枚目",
		"language", "en", "en.kind", "text", "en.ref", "0", "en.text", "The first text", "to", "all", "when", "now"}
	for _, press := range []struct {
		do, says string
		left     []string // the form after it, with something written since
		back     []string
	}{
		{"remove:ja/0", "1番目の文章を外しました。", []string{"kind", "text", "ref", "0", "text", "あとの文章"}, []string{"\nはじめの文章</textarea>", "\nあとの文章</textarea>"}},
		{"remove:en/0", "英語の1番目の文章を外しました。", []string{"kind", "text", "ref", "0", "text", "あとの文章", "language", "en"}, []string{"\nThe first text</textarea>", `name="en.kind"`, "あとの文章"}},
		{"remove:ja/1/0", "1枚目のカードを外しました。", []string{"kind", "text", "ref", "0", "text", "あとの文章", "kind", "cards", "ref", "0", "text", "", "1.cards", "1", "1.0.title", "二枚目"},
			[]string{`name="1.0.title" value="一枚目"`, `name="1.0.0.value" value="0258-39-2020"`, `name="1.1.title" value="二枚目"`, "あとの文章"}},
		{"remove-language:en", "英語を外しました。", []string{"kind", "text", "ref", "0", "text", "あとの文章"}, []string{`name="language" value="en"`, "\nThe first text</textarea>", "あとの文章"}},
	} {
		out := editor.post("/admin/broadcasts", append(slices.Clone(form), "do", press.do)...).want(http.StatusOK).says(press.says, "元に戻す")
		back := editor.post("/admin/broadcasts", append(press.left, "title", "花見", "to", "all", "when", "now", "out", out.hidden("out"), "do", "put-back")...).want(http.StatusOK).saysNot("外しました。")
		for _, want := range press.back {
			if !strings.Contains(back.body, want) {
				t.Errorf("%s and back is without %s", press.do, want)
			}
		}
	}
	for _, none := range []string{"remove:ja", "remove-language:ja", "remove:ja/9", "remove:ja/1/9", "remove:vi/0", "up:ja/1"} {
		editor.post("/admin/broadcasts", append(slices.Clone(form), "do", none)...).want(http.StatusOK).saysNot("外しました。")
	}
}
