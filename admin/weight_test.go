//go:build !race

package admin

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ippo"
)

// maxWeight is how many bytes a page may take with nothing cached, as they are sent: the page itself and all that it
// loads.
const maxWeight = 150 << 10

var loaded = regexp.MustCompile(`<(?:link|script|img|use|source|iframe)\b[^>]*?\b(?:href|src)="([^"#]+)`)

// No page weighs more than a slow line carries in a moment: its HTML, styles, scripts, icons and pictures together.
func TestPagesAreLight(t *testing.T) {
	o := open(t)
	pages := o.everyPage()
	b := o.as(ippo.Administrator)
	fetch := func(address string) (body []byte, plain reply) {
		t.Helper()
		r := b.request(http.MethodGet, address)
		r.Header.Set("Accept-Encoding", "gzip") // by hand: what comes is counted as it is
		resp, err := b.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, err = io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", address, resp.StatusCode, err)
		}
		return body, b.get(address)
	}
	parts := map[string]int{} // what several pages load is fetched once, and weighs on each
	most, heaviest := 0, ""
	for _, page := range slices.Sorted(maps.Keys(pages)) {
		address := "/admin" + page
		sent, plain := fetch(address)
		weight, seen := len(sent), map[string]bool{}
		for _, m := range loaded.FindAllStringSubmatch(plain.body, -1) {
			at, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			if at.Host != "" || at.Scheme == "data" || seen[at.String()] {
				continue
			}
			seen[at.String()] = true
			part := (&url.URL{Path: address}).ResolveReference(at).String()
			if _, ok := parts[part]; !ok {
				body, _ := fetch(part)
				parts[part] = len(body)
			}
			weight += parts[part]
		}
		if len(seen) < 3 {
			t.Errorf("%s loads only %v", address, seen)
		}
		if weight > maxWeight {
			t.Errorf("%s weighs %d bytes, at most %d", address, weight, maxWeight)
		}
		if weight > most {
			most, heaviest = weight, address
		}
	}
	t.Logf("the heaviest is %s with %d bytes", heaviest, most)
}
