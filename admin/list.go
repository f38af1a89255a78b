package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/fold"
	"ippo/internal/sheet"
	"ippo/store"
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

// pageAsked is the part of a list that the address asks for.
func pageAsked(c *gin.Context, s sorting) store.Page {
	return store.Page{Sort: s.Column, Desc: s.Desc, After: c.Query("after"), Before: c.Query("before"), Limit: pageSize}
}

// keysetPager leads to the parts beside one that was read by keyset.
func keysetPager(c *gin.Context, earlier, later string) (links pager) {
	if earlier != "" {
		links.Earlier = withQuery(c, "before", earlier, "after", "")
	}
	if later != "" {
		links.Later = withQuery(c, "after", later, "before", "")
	}
	return links
}

// withQuery is the present address with some parameters changed, names and values in turn, so that filters are
// kept; "" takes one away.
func withQuery(c *gin.Context, changed ...string) string {
	q := c.Request.URL.Query()
	for i := 0; i+1 < len(changed); i += 2 {
		if changed[i+1] == "" {
			q.Del(changed[i])
		} else {
			q.Set(changed[i], changed[i+1])
		}
	}
	return (&url.URL{Path: c.Request.URL.Path, RawQuery: q.Encode()}).String()
}

// sorting is by which column a list is sorted, as its address says: sort=seen, or sort=-seen from the last to
// the first.
type sorting struct {
	Column string
	Desc   bool
	Asked  string            // as the address has it; "": the list's own order
	links  map[string]string // of each column's heading
}

// sortingOf reads how a list is to be sorted. Its columns are named as in an address, each as it is sorted when its
// heading is chosen first; the first is the list's own order.
func sortingOf(c *gin.Context, columns ...string) sorting {
	wanted := columns[0]
	if asked := c.Query("sort"); slices.ContainsFunc(columns, func(column string) bool { return bare(column) == bare(asked) }) {
		wanted = asked
	}
	s := sorting{Column: bare(wanted), Desc: wanted != bare(wanted), links: map[string]string{}}
	if wanted != columns[0] {
		s.Asked = wanted
	}
	for _, column := range columns {
		if bare(column) == s.Column { // chosen again, it turns round
			if column = "-" + s.Column; s.Desc {
				column = s.Column
			}
		}
		s.links[bare(column)] = withQuery(c, "sort", column, "after", "", "before", "", "p", "")
	}
	return s
}

// bare is the name of a column in an address.
func bare(column string) string { return strings.TrimPrefix(column, "-") }

// heading is a column's heading that sorts the list.
type heading struct {
	Words, Address string
	Order          string // ascending or descending, as ARIA has it; "" while the list is sorted by another
	Number         bool
}

// Head is the heading of a column.
func (s sorting) Head(column, words string) heading {
	h := heading{Words: words, Address: s.links[column]}
	switch {
	case s.Column != column:
	case s.Desc:
		h.Order = "descending"
	default:
		h.Order = "ascending"
	}
	return h
}

// HeadNumber is the heading of a column of numbers.
func (s sorting) HeadNumber(column, words string) heading {
	h := s.Head(column, words)
	h.Number = true
	return h
}

// asFile is the address of a list as a file: its own with .csv behind it, all pages of it at once.
func asFile(c *gin.Context) string { return fileAt(c.Request.URL.Path, c.Request.URL.Query()) }

func fileAt(path string, q url.Values) string {
	for _, name := range []string{"after", "before", "p"} {
		q.Del(name)
	}
	return (&url.URL{Path: path + ".csv", RawQuery: q.Encode()}).String()
}

// beginCSV begins a file of rows to be saved. From then on an error is a browser that has gone; there is nobody to
// tell.
func beginCSV(c *gin.Context, name string, columns ...string) (*sheet.Writer, error) {
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
	c.Status(http.StatusOK)
	return sheet.NewWriter(c.Writer, columns...)
}

// query returns what is searched for.
func query(c *gin.Context) string { return cutQuery(c.Query("q")) }

// cutQuery bounds what is searched for.
func cutQuery(q string) string {
	q = strings.TrimSpace(q)
	if r := []rune(q); len(r) > 100 {
		q = string(r[:100])
	}
	return q
}

// search keeps those of all whose texts hold every word of q, whatever its width, case and kana.
func search[T any](all []T, q string, texts func(T) []string) []T {
	if q == "" {
		return all
	}
	query := fold.QueryOf(q)
	var kept []T
	for _, one := range all {
		if query.In(texts(one)...) {
			kept = append(kept, one)
		}
	}
	return kept
}

// listFile is a long list as a file to be saved.
type listFile struct {
	kind, name string // what it is a list of, for the audit log, and the list
	unit       string // 件
	columns    []string
}

// savedAtOnce is how many rows of a file are in memory.
const savedAtOnce = 5000

// saveParts saves all of a list, as it is narrowed and sorted, part by part, and notes it in the audit log.
func saveParts[T any](p *Panel, c *gin.Context, f listFile, s sorting, read func(store.Page) (store.Part[T], int, error), cells func(T) []string) error {
	ctx, at := c.Request.Context(), store.Page{Sort: s.Column, Desc: s.Desc, Limit: savedAtOnce}
	part, total, err := read(at)
	if err != nil {
		return err
	}
	if err := p.Store.Audit(ctx, p.me(c).ID, f.kind+".csv", f.name, fmt.Sprintf("%d%s", total, f.unit)); err != nil {
		return err
	}
	w, err := beginCSV(c, fmt.Sprintf("%s-%s.csv", f.name, p.Now().In(ippo.Tokyo).Format("20060102")), f.columns...)
	if err != nil {
		return nil
	}
	for {
		for _, one := range part.Items {
			if err := w.Row(cells(one)...); err != nil {
				return nil
			}
		}
		if at.After = part.Later; at.After == "" {
			w.Flush()
			return nil
		}
		if part, _, err = read(at); err != nil {
			p.fault(ctx, "read "+f.name+" for a file", err)
			return nil
		}
	}
}

// yesCell marks what is so in a file.
func yesCell(is bool) string {
	if is {
		return "はい"
	}
	return ""
}
