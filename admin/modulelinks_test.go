//go:build !race

package admin

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"ippo"
)

var leads = regexp.MustCompile(`(href|action|hx-get)="(/admin[^"#]*)`)

// walk follows every link of the panel from the home page on and returns, by address, the page that leads to it.
func (o *office) walk(role ippo.Role) map[string]string {
	b := o.as(role)
	from := map[string]string{"/admin/": "the beginning"}
	for next := []string{"/admin/"}; len(next) > 0; next = next[1:] {
		r := b.get(next[0])
		if strings.Contains(r.body, "は使っていません</h1>") {
			o.t.Errorf("as %s, %s leads to %s, which is off", role, from[next[0]], next[0])
		}
		for _, m := range leads.FindAllStringSubmatch(r.body, -1) {
			address := strings.ReplaceAll(m[2], "&amp;", "&")
			path, _, _ := strings.Cut(address, "?")
			if from[address] != "" || strings.HasPrefix(address, "/admin/static/") || path == "/admin/logout" {
				continue
			}
			// Of the same page with this or that filter, a few are enough.
			if n := strings.Count(address, "="); n > 1 || n == 1 && len(from) > 400 {
				continue
			}
			from[address] = next[0]
			if m[1] != "action" { // what a form does is another story
				next = append(next, address)
			}
		}
	}
	return from
}

// With everything off the panel is home, broadcasts, the desk, people and settings, and no page leads to what is off,
// although all of it is there. Each module alone is as whole.
func TestNoLinkToWhatIsOff(t *testing.T) {
	o := open(t)
	o.everyPage()
	o.modules()
	for _, role := range ippo.Roles {
		found := o.walk(role)
		for address := range found {
			path, _, _ := strings.Cut(strings.TrimPrefix(address, "/admin"), "?")
			if m := moduleOf(path); m != "" {
				t.Errorf("as %s, %s leads to %s", role, found[address], address)
			}
		}
	}
	home := o.as(ippo.Administrator).get("/admin/")
	var rooms []string
	for _, m := range regexp.MustCompile(`(?s)<nav class="side".*?</nav>`).FindAllString(home.body, 1) {
		for _, room := range regexp.MustCompile(`</svg>([^<]+)`).FindAllStringSubmatch(m, -1) {
			rooms = append(rooms, room[1])
		}
	}
	if want := []string{"ホーム", "配信", "受付", "名簿", "設定"}; !slices.Equal(rooms[:min(len(rooms), 5)], want) {
		t.Errorf("rooms %v, want %v", rooms, want)
	}
	for _, m := range ippo.Modules() {
		on := []ippo.Module{m}
		if needs := m.Needs(); needs != "" {
			on = append(on, needs)
		}
		o.modules(on...)
		for address, page := range o.walk(ippo.Administrator) {
			path, _, _ := strings.Cut(strings.TrimPrefix(address, "/admin"), "?")
			if of := moduleOf(path); of != "" && !slices.Contains(on, of) {
				t.Errorf("with %v on, %s leads to %s", on, page, address)
			}
		}
	}
}
