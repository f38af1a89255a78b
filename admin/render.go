package admin

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

//go:embed templates
var templateFiles embed.FS

// page returns one parsed page: its own clone of the layout and the partials. It is made when it is first
// drawn, for a clone takes more than 100 kB and an office uses few of the pages.
type page func() (*template.Template, error)

// loadPages parses every page, so that one that does not parse stops the program at its start.
func loadPages(a *assets) (map[string]page, error) {
	shared, err := template.New("").Option("missingkey=error").Funcs(templateFuncs(a)).
		ParseFS(templateFiles, "templates/layout.html", "templates/partials.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	parse := func(file string) (*template.Template, error) {
		clone, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if _, err := clone.ParseFS(templateFiles, file); err != nil {
			return nil, fmt.Errorf("parse page: %w", err)
		}
		return clone, nil
	}
	pages := make(map[string]page, len(files))
	for _, file := range files {
		if _, err := parse(file); err != nil {
			return nil, err
		}
		pages[path.Base(file)] = sync.OnceValues(func() (*template.Template, error) { return parse(file) })
	}
	return pages, nil
}

// frame is what every page shows around its own content; pages embed it.
type frame struct {
	Me       ippo.Staff
	Role     ippo.Role // the reader's on this page, which may be less than theirs
	Settings ippo.Settings
	Section  string // the first part of the address below /admin, which the navigation marks
	Notice   string // what has just been done
	Deleted  int64  // what that deleted and can be put back; 0 for nothing
	Problems ippo.Problems
	Waiting  store.Waiting // what waits for staff, beside the navigation
	Question string        // asked before a form is taken that reaches people
	Left     string        // of the month's messages, beside it
	Help     *help         // of the page
	Tour     *tour         // that the reader is on
	Remit    ippo.Remit    // what the reader's teams look after; nil: everything
}

// May reports whether the reader has at least the role on this page.
func (f frame) May(least string) bool { return f.Role.Includes(ippo.Role(least)) }

// Holds reports whether something about these topics and areas is the reader's to change.
func (f frame) Holds(topics, areas ippo.Choice) bool { return f.Remit.Holds(topics, areas) }

// Has reports whether a module is switched on.
func (f frame) Has(module string) bool { return f.Settings.Has(ippo.Module(module)) }

// Problem returns what is wrong with a field, or "".
func (f frame) Problem(field string) string { return f.Problems.For(field) }

// frame gathers what surrounds a page. Settings that cannot be read are the default ones: a page that
// tells of a fault needs its frame all the same.
func (p *Panel) frame(c *gin.Context) frame {
	ctx := c.Request.Context()
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		p.fault(ctx, "read settings for the page's frame", err)
		settings = ippo.DefaultSettings()
	}
	notice := p.sessions.PopString(ctx, sessionNotice)
	deleted := p.sessions.GetInt64(ctx, sessionUndo)
	p.sessions.Remove(ctx, sessionUndo)
	if notice != "" {
		if err := p.saveSession(c); err != nil {
			p.fault(ctx, "save session", err)
		}
	}
	section, _, _ := strings.Cut(strings.TrimPrefix(c.Request.URL.Path, "/admin/"), "/")
	waiting, err := p.Store.Waiting(ctx)
	if err != nil {
		p.fault(ctx, "count what waits for the page's frame", err)
	}
	// What waits in a module that is off is out of sight, with the module.
	if !settings.Has(ippo.ModuleMatching) {
		waiting.Matches = 0
	}
	if !settings.Has(ippo.ModuleGroups) {
		waiting.Silent = 0
	}
	if !settings.Has(ippo.ModuleConsultations) {
		waiting.Consultations = 0
	}
	if !settings.Has(ippo.ModuleVisions) {
		waiting.Visions = 0
	}
	return frame{Me: p.me(c), Role: p.roleHere(c), Settings: settings, Section: section, Notice: notice, Deleted: deleted, Waiting: waiting, Help: p.helps.of(c.FullPath(), settings.Labels), Tour: p.tour(c), Remit: store.RemitOf(ctx)}
}

// fault tells operators of a fault that a page gets along with. It is none when the browser has gone.
func (p *Panel) fault(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		p.Log.ErrorContext(ctx, what, "err", err)
	}
}

// render draws a page into a buffer and then writes it, so that a page is whole or not there.
func (p *Panel) render(c *gin.Context, status int, name string, data any) error {
	return p.draw(c, status, name, layout, data)
}

// layout is the template of whole pages.
const layout = "layout.html"

// fragment draws one template of a page, for htmx.
func (p *Panel) fragment(c *gin.Context, name, part string, data any) error {
	return p.draw(c, http.StatusOK, name, part, data)
}

func (p *Panel) draw(c *gin.Context, status int, name, part string, data any) error {
	page, ok := p.pages[name]
	if !ok {
		return fmt.Errorf("no page %s", name)
	}
	drawn, err := page()
	if err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	var buf bytes.Buffer
	if err := drawn.ExecuteTemplate(&buf, part, data); err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	if part == layout && c.Query(askUnsent) != "" {
		if err := p.refill(c, drawn, &buf); err != nil {
			return fmt.Errorf("fill in %s: %w", name, err)
		}
	}
	c.Data(status, "text/html; charset=utf-8", buf.Bytes())
	return nil
}

type failPage struct {
	frame
	Title, Advice string
	To, ToWords   string // where it is put right, if that is not the home page
}

// fail shows a page that says what went wrong and what to do.
func (p *Panel) fail(c *gin.Context, status int, title, advice string) {
	p.failWith(c, status, failPage{frame: p.frame(c), Title: title, Advice: advice})
}

// failWith shows a page for a failure. It must not fail itself.
func (p *Panel) failWith(c *gin.Context, status int, page failPage) {
	if c.Writer.Written() {
		return
	}
	if c.GetHeader("HX-Request") != "" {
		// htmx leaves what is shown as it is on an error; the words are for the live region.
		c.String(status, page.Title)
		return
	}
	page.Help, page.Tour = nil, nil // they would be of the page that is not shown
	if err := p.render(c, status, "fail.html", page); err != nil {
		p.Log.ErrorContext(c.Request.Context(), "draw the page for a failure", "err", err)
		c.String(status, "%s\n%s\n", page.Title, page.Advice)
	}
}

// redirect sends the browser on with 303, so that reloading does not post again, and says notice
// there.
func (p *Panel) redirect(c *gin.Context, notice, to string) error {
	if notice != "" {
		p.sessions.Put(c.Request.Context(), sessionNotice, notice)
		if err := p.saveSession(c); err != nil {
			return err
		}
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}
