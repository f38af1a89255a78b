package admin

import (
	"context"
	testflag "flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"
	"modernc.org/sqlite"

	"ippo/internal/browser"
	"ippo/store"
)

// Every request of this package's tests has a witness: one that changed what is kept and left no line in the audit
// log fails its test. When all tests have run, which they do not under the race detector, each route that changes
// anything must have been seen leaving a line.
func TestMain(m *testing.M) {
	sqlite.RegisterConnectionHook(hearOf)
	code := browser.Main(m)
	narrowed := slices.ContainsFunc([]string{"run", "skip", "list", "fuzz"}, func(name string) bool {
		return testflag.Lookup("test."+name).Value.String() != ""
	})
	if code == 0 && !narrowed && !raced {
		for _, fault := range unwritten() {
			fmt.Fprintln(os.Stderr, fault)
			code = 1
		}
	}
	os.Exit(code)
}

// lineless are the routes that leave no line, and why.
var lineless = map[string]string{
	"POST /admin/unsent":                 "throws away what the reader did not send",
	"POST /admin/tour":                   "how far the reader has come on the tour",
	"POST /admin/broadcasts/preview":     "shows, and keeps what the reader is writing",
	"POST /admin/broadcasts/beside/drop": "throws away what the reader was writing",
	"POST /admin/campaigns/preview":      "shows",
	"POST /admin/richmenu/preview":       "shows",
	"POST /admin/groups/import":          "takes nothing in yet, as with all files; starting to leaves a line",
	"POST /admin/groups/import/:id":      "says how the file is to be read",
	"POST /admin/news/import":            "takes nothing in yet",
	"POST /admin/events/import":          "takes nothing in yet",
	"POST /admin/entries/import":         "takes nothing in yet",
	"POST /admin/followers/import":       "takes nothing in yet",
	"POST /admin/ambassadors/import":     "takes nothing in yet",
	"POST /admin/campaigns/import":       "takes nothing in yet",
	"POST /admin/consultations/import":   "takes nothing in yet",
	"POST /admin/matches/import":         "takes nothing in yet",
	"POST /api/v1/audience/count":        "counts",
}

// passing are tables of what somebody is about to do and has not done, or was not let do.
var passing = []string{"sessions", "unsent_forms", "working_copies", "refusals"}

// seenAt is the column of staff that says when somebody was last at work.
const seenAt = 8

// witness sees what is written into the database of an office while a request is answered.
type witness struct {
	o *office

	mu     sync.Mutex
	asking int             // requests that may change something
	alone  bool            // the one that is answered is the only one, so that what is written is its doing
	wrote  map[string]bool // tables
}

// The witnesses by the folders of their databases, and the routes by whether a change was seen to leave a line.
var (
	witnesses sync.Map
	lines     = struct {
		sync.Mutex
		left map[string]bool
	}{left: map[string]bool{}}
)

// bearWitness makes the office's witness. It comes before the database is opened.
func (o *office) bearWitness() *witness {
	w := &witness{o: o}
	witnesses.Store(o.dir, w)
	o.t.Cleanup(func() { witnesses.Delete(o.dir) })
	return w
}

// hearOf lets a witness hear of every row that a new connection writes.
func hearOf(conn sqlite.ExecQuerierContext, dsn string) error {
	address, err := url.Parse(dsn)
	if err != nil {
		return err
	}
	if w, ok := witnesses.Load(filepath.Dir(address.Path)); ok {
		conn.(sqlite.HookRegisterer).RegisterPreUpdateHook(w.(*witness).note)
	}
	return nil
}

func (w *witness) note(row sqlite.SQLitePreUpdateData) {
	if slices.Contains(passing, row.TableName) || row.TableName == "staff" && onlySeen(row) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.asking > 0 {
		w.wrote[row.TableName] = true
	}
}

// onlySeen reports whether of somebody nothing changes but when they were last at work.
func onlySeen(row sqlite.SQLitePreUpdateData) bool {
	was, is := make([]any, row.Count()), make([]any, row.Count())
	if row.Old(was...) != nil || row.New(is...) != nil {
		return false // somebody has come or gone
	}
	was[seenAt] = is[seenAt]
	return reflect.DeepEqual(was, is)
}

// watch stands before every handler.
func (w *witness) watch(c *gin.Context) {
	route := c.Request.Method + " " + c.FullPath()
	if c.Request.Method == http.MethodGet || lineless[route] != "" {
		return
	}
	w.mu.Lock()
	w.asking++
	w.alone, w.wrote = w.asking == 1, map[string]bool{}
	w.mu.Unlock()
	answer := &heldAnswer{ResponseWriter: c.Writer}
	c.Writer = answer
	c.Next()
	defer answer.give(c)
	w.mu.Lock()
	w.asking--
	wrote, alone := w.wrote, w.alone
	w.mu.Unlock()
	if c.Writer.Status() >= http.StatusBadRequest || !alone || len(wrote) == 0 {
		return
	}
	if !wrote["audit_log"] {
		w.o.t.Errorf("%s changed %v and left no line in the audit log", route, slices.Sorted(maps.Keys(wrote)))
		return
	}
	last, err := w.o.store.AuditLog(context.WithoutCancel(c.Request.Context()), store.AuditFilter{Limit: 1})
	if err != nil || len(last) != 1 || last[0].Staff == 0 || last[0].From == "" {
		w.o.t.Errorf("%s left a line that does not say who did it from where: %+v, %v", route, last, err)
	}
	lines.Lock()
	defer lines.Unlock()
	lines.left[route] = true
}

// heldAnswer keeps an answer back until the witness has looked: whoever has it may go on, and leave the next line.
type heldAnswer struct {
	gin.ResponseWriter
	body []byte
}

func (a *heldAnswer) Write(b []byte) (int, error) {
	a.body = append(a.body, b...)
	return len(b), nil
}

func (a *heldAnswer) WriteString(s string) (int, error) { return a.Write([]byte(s)) }

func (a *heldAnswer) give(c *gin.Context) {
	c.Writer = a.ResponseWriter
	if len(a.body) > 0 {
		c.Writer.Write(a.body) // who has gone away meanwhile has no use for it
	}
}

// expectLines notes the routes of which lines are expected.
func expectLines(routes gin.RoutesInfo) {
	lines.Lock()
	defer lines.Unlock()
	for _, one := range routes {
		if one.Method != http.MethodGet && one.Method != http.MethodHead {
			route := one.Method + " " + one.Path
			if _, known := lines.left[route]; !known {
				lines.left[route] = false
			}
		}
	}
}

// unwritten says which routes no test has seen leaving a line, and which have no need to be named in lineless.
func unwritten() (faults []string) {
	for _, route := range slices.Sorted(maps.Keys(lines.left)) {
		if !lines.left[route] && lineless[route] == "" {
			faults = append(faults, "no test has seen a change by "+route+" leave a line in the audit log")
		}
	}
	for _, route := range slices.Sorted(maps.Keys(lineless)) {
		if _, known := lines.left[route]; !known {
			faults = append(faults, "there is no "+route)
		}
	}
	return faults
}
