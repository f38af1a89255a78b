package admin

import (
	"net/http"
	"regexp"
	"testing"

	"ippo"
)

var (
	idPattern  = regexp.MustCompile(`\sid="([^"]+)"`)
	forPattern = regexp.MustCompile(`\s(?:for|aria-labelledby|aria-describedby)="([^"]+)"`)
)

// Every name on a page is one thing's, so that a label leads to its own field and is read out with it.
func TestLabelsLeadToTheirFields(t *testing.T) {
	o := open(t)
	pages := o.everyPage()
	b := o.as(ippo.Administrator)
	for address := range pages {
		body := b.get("/admin" + address).want(http.StatusOK).body
		there := map[string]int{}
		for _, id := range idPattern.FindAllStringSubmatch(body, -1) {
			if there[id[1]]++; there[id[1]] == 2 {
				t.Errorf("%s has %q twice", address, id[1])
			}
		}
		for _, id := range forPattern.FindAllStringSubmatch(body, -1) {
			if there[id[1]] == 0 {
				t.Errorf("%s: something belongs to %q, which is not there", address, id[1])
			}
		}
	}
}
