package admin

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"ippo"
)

// modules switches on these and no others.
func (o *office) modules(on ...ippo.Module) {
	o.t.Helper()
	if err := o.store.SaveModules(o.t.Context(), 0, on); err != nil {
		o.t.Fatal(err)
	}
}

// A route of a module that is off is not there, in the panel and in the API, whoever asks; with the module on, it is.
// Administrators are told where to switch it on.
func TestRoutesOfWhatIsOff(t *testing.T) {
	o := open(t)
	o.fill()
	o.modules()
	fill := strings.NewReplacer(":id", "1", ":slug", "none", ":flyer", "1")
	for _, role := range ippo.Roles {
		b := o.as(role)
		for _, one := range o.panel.routes() {
			m := moduleOf(one.path)
			if m == "" || !role.Includes(one.least) {
				continue
			}
			r := b.do(b.request(one.method, "/admin"+fill.Replace(one.path)))
			if r.status != http.StatusNotFound || !strings.Contains(r.body, "は使っていません") || strings.Contains(r.body, "「機能」の画面へ") != (role == ippo.Administrator) {
				t.Errorf("%s %s of %s as %s: %d", one.method, one.path, m, role, r.status)
			}
		}
	}
}

// The API has no more than the panel, and says why.
func TestAPIOfWhatIsOff(t *testing.T) {
	p := callAPI(t)
	p.modules()
	engine := gin.New()
	(&API{}).Routes(engine)
	off := 0
	for _, one := range engine.Routes() {
		path := strings.TrimPrefix(one.Path, "/api/v1")
		r := p.call("admin", one.Method, strings.ReplaceAll(path, ":id", "1"), "")
		said := r.status == http.StatusNotFound && strings.Contains(string(r.body), "この機能は使われていません")
		if m := moduleOf(path); said != (m != "") {
			t.Errorf("%s %s of module %q: %d %s", one.Method, one.Path, m, r.status, r.body)
		} else if said {
			off++
		}
	}
	if off < 30 {
		t.Errorf("%d routes belong to modules", off)
	}
}

// Modules are switched on and off on one page. What needs another module says so, and before one is switched off in
// which something is under way, the page says what and asks.
func TestModulesPage(t *testing.T) {
	o := open(t)
	o.everyPage()
	b := o.as(ippo.Administrator)
	tick := func(confirmed string, on ...ippo.Module) reply {
		fields := []string{"confirmed", confirmed}
		for _, m := range on {
			fields = append(fields, "modules", string(m))
		}
		return b.post("/admin/modules", fields...)
	}
	without := func(off ...ippo.Module) []ippo.Module {
		return slices.DeleteFunc(ippo.Modules(), func(m ippo.Module) bool { return slices.Contains(off, m) })
	}
	now := func() []ippo.Module {
		s, err := o.store.Settings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.Modules
	}

	tick("", without(ippo.ModuleGroups)...).want(http.StatusUnprocessableEntity).says("「団体紹介」には「団体」が必要です")
	if len(now()) != len(ippo.Modules()) {
		t.Fatal("saved although refused")
	}

	asked := tick("", without(ippo.ModuleConsultations)...).want(http.StatusUnprocessableEntity).
		says("終わっていない相談 1件", "切って保存する")
	if !strings.Contains(asked.body, `name="confirmed" value="consultations"`) {
		t.Error("the question does not say what it is about")
	}
	if len(now()) != len(ippo.Modules()) {
		t.Fatal("saved before the answer")
	}
	if strings.Contains(asked.body, `name="modules" value="consultations" checked`) {
		t.Error("what was unticked is ticked again")
	}
	// A yes to one is no yes to another.
	tick("consultations", without(ippo.ModuleConsultations, ippo.ModuleEvents)...).want(http.StatusUnprocessableEntity).says("申し込み 1件")
	tick("consultations", without(ippo.ModuleConsultations)...).want(http.StatusSeeOther)
	if slices.Contains(now(), ippo.ModuleConsultations) {
		t.Fatal("still on")
	}
	b.get("/admin/audit").says("設定: 機能を入れる・切る", "使う機能")

	// Back on, it is as it was; nothing is asked for that.
	tick("", ippo.Modules()...).want(http.StatusSeeOther)
	b.get("/admin/consultations/1").want(http.StatusOK).says("秘密の悩み")
	if o.woken == 0 {
		t.Error("nobody was waked")
	}
}
