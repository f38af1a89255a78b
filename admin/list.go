package admin

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"
)

// pageSize is how many rows a list shows at a time.
const pageSize = 50

// pager holds the addresses of the pages before and after; "" for none.
type pager struct{ Earlier, Later string }

// pageOf cuts a list that is held in memory into pages by the address's p.
func pageOf[T any](c *gin.Context, all []T) ([]T, pager) {
	n, err := strconv.Atoi(c.Query("p"))
	if err != nil || n < 0 || n > len(all)/pageSize {
		n = 0
	}
	var links pager
	if n > 0 {
		links.Earlier = withQuery(c, "p", strconv.Itoa(n-1))
	}
	rest := all[min(n*pageSize, len(all)):]
	if len(rest) > pageSize {
		rest = rest[:pageSize]
		links.Later = withQuery(c, "p", strconv.Itoa(n+1))
	}
	return rest, links
}

// withQuery is the present address with one parameter changed, so that filters are kept.
func withQuery(c *gin.Context, name, value string) string {
	q := c.Request.URL.Query()
	q.Set(name, value)
	return (&url.URL{Path: c.Request.URL.Path, RawQuery: q.Encode()}).String()
}

// query returns what is searched for.
func query(c *gin.Context) string {
	q := strings.TrimSpace(c.Query("q"))
	if r := []rune(q); len(r) > 100 {
		q = string(r[:100])
	}
	return q
}

// search keeps those of all whose texts hold every word of q, whatever its width and case.
func search[T any](all []T, q string, texts func(T) []string) []T {
	if q == "" {
		return all
	}
	wanted := strings.Fields(folded(q))
	var kept []T
next:
	for _, one := range all {
		text := folded(strings.Join(texts(one), "\n"))
		for _, w := range wanted {
			if !strings.Contains(text, w) {
				continue next
			}
		}
		kept = append(kept, one)
	}
	return kept
}

// folded makes full-width and half-width, capital and small letters, katakana and hiragana alike.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, strings.ToLower(norm.NFKC.String(s)))
}
