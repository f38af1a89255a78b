package admin

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"ippo"
)

// Two send every form of every page at the same moment, while colleagues go through all the pages: whoever is second is
// told so, nothing breaks, and everybody reads their own page. The race detector, which the journeys in a browser are
// kept from, sees the panel at work with several by this.
func TestEverybodyAtOnce(t *testing.T) {
	o := open(t)
	pages := o.everyPage()
	first, second := o.as(ippo.Administrator), o.as(ippo.Approver)
	forms := o.everyForm(first, pages)
	var all sync.WaitGroup
	for _, role := range []ippo.Role{ippo.Viewer, ippo.Editor} {
		reader := o.as(role)
		all.Go(func() {
			for _, address := range slices.Sorted(maps.Keys(pages)) {
				r := reader.get("/admin" + address)
				if r.status >= http.StatusInternalServerError {
					t.Errorf("GET %s: %d", address, r.status)
				}
				if r.status == http.StatusOK && strings.Contains(r.body, "<nav") && !strings.Contains(r.body, role.Words()+"さん") {
					t.Errorf("GET %s is another's page, not %s's", address, role)
				}
			}
		})
	}
	for _, f := range forms {
		var both sync.WaitGroup
		for _, b := range []*person{first, second} {
			both.Go(func() {
				if r := b.submit(f, nil); r.status >= http.StatusInternalServerError {
					t.Errorf("POST %s at the same moment as another: %d", f.action, r.status)
				}
			})
		}
		both.Wait()
	}
	all.Wait()
}
