//go:build !race

package admin

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ippo"
)

var linkPattern = regexp.MustCompile(`href="(/admin[^"#]*)`)

// walk follows every link that a person is shown, of each shape of address the first, and returns the paths that it
// came through.
func (b *person) walk() map[string]bool {
	b.o.t.Helper()
	numbers := regexp.MustCompile(`/\d+`)
	seen, shapes, todo := map[string]bool{}, map[string]bool{}, []string{"/admin/"}
	for len(todo) > 0 {
		address := strings.ReplaceAll(todo[0], "&amp;", "&")
		todo = todo[1:]
		path, _, _ := strings.Cut(address, "?")
		shape := numbers.ReplaceAllString(path, "/1")
		if seen[path] = true; shapes[shape] || strings.HasPrefix(path, "/admin/static/") {
			continue
		}
		shapes[shape] = true
		page := b.get(address)
		if page.status != http.StatusOK {
			b.o.t.Errorf("a link leads to %s, which answers %d", address, page.status)
		}
		for _, link := range linkPattern.FindAllStringSubmatch(page.body, -1) {
			todo = append(todo, link[1])
		}
	}
	return seen
}

// Whoever somebody is, every link that they are shown leads somewhere, and what they may open they come to.
func TestEverybodyFindsWhatTheyMayOpen(t *testing.T) {
	o := open(t)
	team, _ := o.divide()
	apart := []string{"/login", "/login/code", "/broadcasts/beside"} // nobody goes there by a link
	for _, role := range []ippo.Role{ippo.Viewer, ippo.Editor, ippo.Approver, ippo.Administrator} {
		for _, within := range []bool{false, true} {
			if within && role == ippo.Administrator {
				continue // is in no team
			}
			b := o.as(role)
			if within {
				b = o.member(role, team)
			}
			seen := b.walk()
			for _, one := range o.panel.routes() {
				if one.method != http.MethodGet || strings.ContainsAny(one.path, ":.") || slices.Contains(apart, one.path) || seen["/admin"+one.path] {
					continue
				}
				if b.get("/admin"+one.path).status == http.StatusOK {
					t.Errorf("%s (in a team: %v) may open %s and finds no way there", role, within, one.path)
				}
			}
		}
	}
}
