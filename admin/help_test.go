package admin

import (
	"net/http"
	"path"
	"strings"
	"testing"

	"ippo"
)

// Whoever adds a page writes its help, and what no page shows is gone.
func TestEveryPageHasHelp(t *testing.T) {
	o := open(t)
	shown := map[string]bool{}
	for _, one := range o.panel.routes() {
		if one.method != http.MethodGet || one.least == anyone || path.Ext(one.path) != "" {
			continue
		}
		h := o.panel.helps.of("/admin"+one.path, ippo.DefaultSettings().Labels)
		if h == nil {
			t.Errorf("%s has no help in help.toml", one.path)
			continue
		}
		if text := strings.Join(append(h.Steps, h.Purpose, h.Safe, h.Mend), ""); strings.ContainsAny(text, "{}") {
			t.Errorf("the help of %s holds a placeholder: %s", one.path, text)
		}
		shown[h.Purpose] = true
	}
	for name, h := range o.panel.helps {
		if h := h.in(ippo.DefaultSettings().Labels); !shown[h.Purpose] {
			t.Errorf("no page shows the help of %q", name)
		}
	}
}

// A page shows the help that is its own, in the center's own words; what went wrong is told without it, and the login page has none.
func TestHelpOfPages(t *testing.T) {
	o := open(t)
	o.fill()
	settings, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.Office.Phone, settings.Labels.Ambassador = "000-123-4567", "まちの応援団"
	if err := o.store.SaveSettings(t.Context(), 1, settings); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	for address, words := range map[string]string{
		"/":                      "あなたを待っている仕事",
		"/broadcasts":            "友だちへの配信を書き",
		"/broadcasts/1/edit":     "友だちへの配信を書き",
		"/broadcasts/digest":     "まとめの配信を見る画面",
		"/events/1/reservations": "電話や窓口の申込を入れる画面",
		"/ambassadors":           "まちの応援団の申込から",
	} {
		b.get("/admin"+address).want(http.StatusOK).says("この画面の使い方", words)
	}
	b.get("/admin/broadcasts/99").want(http.StatusNotFound).saysNot("この画面の使い方")
	o.visitor().get("/admin/login").want(http.StatusOK).saysNot("この画面の使い方")
}
