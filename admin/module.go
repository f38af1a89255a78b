package admin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
)

// sectionModules says which module the first part of an address belongs to, in the panel and in the API. What is
// not here is always there.
var sectionModules = map[string]ippo.Module{
	"news":   ippo.ModuleNews,
	"events": ippo.ModuleEvents, "reservations": ippo.ModuleEvents,
	"groups": ippo.ModuleGroups, "freshness": ippo.ModuleGroups,
	"matches": ippo.ModuleMatching, "outcomes": ippo.ModuleMatching,
	"consultations": ippo.ModuleConsultations, "canned": ippo.ModuleConsultations,
	"faq": ippo.ModuleFAQ, "unanswered": ippo.ModuleFAQ, "faqs": ippo.ModuleFAQ,
	"ambassadors": ippo.ModuleAmbassadors,
	"campaigns":   ippo.ModuleCampaigns,
	"visions":     ippo.ModuleVisions, "keywords": ippo.ModuleVisions,
	"sheets": ippo.ModuleReports, "headings": ippo.ModuleReports, "indicators": ippo.ModuleReports, "reports": ippo.ModuleReports,
}

// moduleOf is the module that a path belongs to, such as /news/:id or /news.csv; "" for none.
func moduleOf(path string) ippo.Module {
	section, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	section, _, _ = strings.Cut(section, ".")
	return sectionModules[section]
}

// has lets a request through where the module is on, and says otherwise what it takes.
func (p *Panel) has(m ippo.Module) gin.HandlerFunc {
	return func(c *gin.Context) {
		settings, err := p.Store.Settings(c.Request.Context())
		switch {
		case err != nil:
			p.oops(c, err)
		case settings.Has(m):
			return
		default:
			p.failOff(c, settings.ModuleWords(m))
		}
		c.Abort()
	}
}

// failOff says that a module is off, and to administrators where to switch it on.
func (p *Panel) failOff(c *gin.Context, module string) {
	page := failPage{frame: p.frame(c), Title: fmt.Sprintf("「%s」は使っていません", module), Advice: "この機能は切ってあります。使いたいときは、管理者に相談してください。"}
	if page.May("admin") {
		page.Advice, page.To, page.ToWords = "この機能は切ってあります。「機能」の画面で入れると、すぐに使えます。", href("modules"), "「機能」の画面へ"
	}
	p.failWith(c, http.StatusNotFound, page)
}

// errModuleOff is a route of a module that is off, in the API.
var errModuleOff = &apiError{http.StatusNotFound, "この機能は使われていません。管理者が「設定」の「機能」で入れると使えます。"}

type modulesPage struct {
	frame
	Modules []moduleRow
	Closing []closingModule // asks whether these may be switched off, which have something under way
}

type moduleRow struct {
	Value, Words, Brings, Hides string
	Needs                       string // the module it needs, as staff call it
	On                          bool
	Problem                     string
}

// closingModule is a module that is about to be switched off, and what is under way in it.
type closingModule struct {
	Module ippo.Module
	Words  string
	Open   []ippo.OpenWork
}

// Confirmed names the modules that the question is about, as the form sends it back.
func (m modulesPage) Confirmed() string {
	names := make([]string, len(m.Closing))
	for i, closing := range m.Closing {
		names[i] = string(closing.Module)
	}
	return strings.Join(names, " ")
}

func (p *Panel) showModules(c *gin.Context) error {
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	return p.modulesPage(c, settings.Modules, nil, nil)
}

func (p *Panel) modulesPage(c *gin.Context, on []ippo.Module, closing []closingModule, found ippo.Problems) error {
	page := modulesPage{frame: p.frame(c), Closing: closing}
	page.Problems = found
	for _, m := range ippo.Modules() {
		row := moduleRow{
			Value: string(m), Words: page.Settings.ModuleWords(m), Brings: m.Brings(), Hides: m.Hides(),
			On: slices.Contains(on, m), Problem: found.For("modules." + string(m)),
		}
		if needs := m.Needs(); needs != "" {
			row.Needs = page.Settings.ModuleWords(needs)
		}
		page.Modules = append(page.Modules, row)
	}
	status := formStatus(found)
	if closing != nil {
		status = http.StatusUnprocessableEntity
	}
	return p.render(c, status, "modules.html", page)
}

// saveModules switches modules on and off. Before one is switched off in which something is under way, it says what,
// and asks.
func (p *Panel) saveModules(c *gin.Context) error {
	ctx := c.Request.Context()
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	var on []ippo.Module
	ticked := c.PostFormArray("modules")
	for _, m := range ippo.Modules() {
		if slices.Contains(ticked, string(m)) {
			on = append(on, m)
		}
	}
	if found := (ippo.Problems)(nil); errors.As(ippo.CheckModules(on), &found) {
		return p.modulesPage(c, on, nil, found)
	}
	var closing []closingModule
	for _, m := range settings.Modules {
		if slices.Contains(on, m) {
			continue
		}
		open, err := p.Store.OpenWork(ctx, m)
		if err != nil {
			return err
		}
		if open != nil {
			closing = append(closing, closingModule{m, settings.ModuleWords(m), open})
		}
	}
	// A yes counts for what it was asked about, and for no more.
	if c.PostForm("confirmed") != (modulesPage{Closing: closing}).Confirmed() {
		return p.modulesPage(c, on, closing, nil)
	}
	if err := p.Store.SaveModules(ctx, p.me(c).ID, on); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, "機能を保存しました。", href("modules"))
}
