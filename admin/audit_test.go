package admin

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// Every action that is written down anywhere is said in Japanese: one added tomorrow is found here.
func TestAuditSaysEveryAction(t *testing.T) {
	written := regexp.MustCompile(`(?:[aA]udit|changeAmbassador|letGo)\(ctx, .*?"([a-z-]+\.[a-z-]+)"`)
	actions := map[string]bool{}
	for _, dir := range []string{"../store", "../jobs", "."} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range written.FindAllStringSubmatch(string(source), -1) {
				actions[found[1]] = true
			}
		}
	}
	if len(actions) < 30 {
		t.Fatalf("found only %d actions in the source", len(actions))
	}
	for action := range actions {
		if said := sayAudit(ippo.DefaultSettings().Labels, action); regexp.MustCompile(`[a-z]`).MatchString(strings.ReplaceAll(strings.ReplaceAll(said, "LINE", ""), "CSV", "")) {
			t.Errorf("%s is said as %q", action, said)
		}
	}
}

// What is refused and who failed to sign in is in the log, with where from; the log can be narrowed, the
// address keeps to what, and the file holds the same.
func TestAuditIsFiltered(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Administrator)
	o.visitor().post("/admin/login", "email", "editor@example.jp", "password", "wrong password").want(http.StatusUnprocessableEntity)
	o.visitor().post("/admin/login", "email", "secret-typed-here", "password", "wrong password").want(http.StatusUnprocessableEntity)
	o.as(ippo.Viewer).post("/admin/broadcasts/1/approve").want(http.StatusForbidden)
	o.as(ippo.Approver).post("/admin/logout").want(http.StatusSeeOther)

	b.get("/admin/audit?about=login").want(http.StatusOK).says("ログイン: 失敗", "（ログイン前）", "職員 2", "127.0.0.1", "ログイン: 成功", "ログイン: ログアウト").saysNot("配信: 作成", "secret-typed-here")
	b.get("/admin/audit?about=access").says("画面とAPI: 権限がなく拒否", "POST /admin/broadcasts/:id/approve", "閲覧者さん").saysNot("ログイン: 成功")
	b.get("/admin/audit?object=group:1").says("団体: 作成").saysNot("配信: 作成")
	for _, typed := range []string{"団体 1", "団体１", "団体:1"} {
		b.get("/admin/audit?object="+url.QueryEscape(typed)).want(http.StatusOK).says("団体: 作成", "団体 1").saysNot("配信: 作成")
	}
	b.get("/admin/audit?who=system").says("（ログイン前）").saysNot("団体: 作成")
	b.get("/admin/audit?who=2&from=2026-03-06&until=2026-03-06").says("団体: 作成")
	b.get("/admin/audit?who=2&until=2026-03-05").says("条件に合う記録はありません")
	b.get("/admin/audit?from=yesterday&who=x&about=x").want(http.StatusOK).says("団体: 作成")

	g, err := o.store.ActivityGroup(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	g.Name = "里山を歩く会"
	if err := o.store.UpdateActivityGroup(t.Context(), 2, g); err != nil {
		t.Fatal(err)
	}
	page := b.get("/admin/audit?about=group").says("変わった所（1）", "里山の会", "里山を歩く会")
	if !strings.Contains(page.body, "/admin/audit.csv?about=group") || strings.Contains(page.body, "before=") {
		t.Error("the file is not of what is shown, or there is a second page of a few entries")
	}
	file := b.get("/admin/audit.csv?about=group").want(http.StatusOK).says("団体: 変更", "名前: 里山の会 → 里山を歩く会").saysNot("ログイン")
	if got := file.header.Get("Content-Disposition"); !strings.Contains(got, "audit-20260306.csv") {
		t.Error(got)
	}
	b.get("/admin/audit?about=audit").says("操作の記録: CSVの保存")
}

// The file is whole, however long the log is.
func TestAuditCSVIsWhole(t *testing.T) {
	o := open(t)
	for range 1200 {
		if err := o.store.Audit(t.Context(), 2, "unanswered.delete", "unanswered", ""); err != nil {
			t.Fatal(err)
		}
	}
	b := o.as(ippo.Administrator)
	if n := strings.Count(b.get("/admin/audit.csv?about=unanswered").body, "答えのなかった質問: 削除"); n != 1200 {
		t.Errorf("%d lines, want 1200", n)
	}
	if page := b.get("/admin/audit?about=unanswered"); !strings.Contains(page.body, "before=") {
		t.Error("no second page")
	}
}

// Every field that a change can name is said in Japanese: one added tomorrow is found here.
func TestAuditSaysEveryField(t *testing.T) {
	o := open(t)
	o.fill()
	fields, err := o.store.AuditedFields(t.Context())
	if err != nil || len(fields) < 80 {
		t.Fatalf("%d fields, %v", len(fields), err)
	}
	for _, field := range fields {
		if said := sayField(field); said == field {
			t.Errorf("%s is not said in Japanese", field)
		}
	}
}

// A token that is none, and what a token may not do, are in the log.
func TestAuditOfTheAPI(t *testing.T) {
	o := open(t)
	sum := sha256.Sum256([]byte("viewer-token"))
	if _, err := o.store.CreateToken(t.Context(), 0, ippo.Staff{Name: "広報", Scopes: ippo.Scopes{ippo.ScopeRead}, Owner: o.staff[ippo.Administrator].ID, Expires: o.clock().AddDate(1, 0, 0)}, sum[:]); err != nil {
		t.Fatal(err)
	}
	call := func(token string, want int) {
		r := o.visitor().request(http.MethodPost, "/api/v1/topics")
		r.Header.Set("Authorization", "Bearer "+token)
		o.visitor().do(r).want(want)
	}
	call("guessed", http.StatusUnauthorized)
	call("viewer-token", http.StatusForbidden)
	b := o.as(ippo.Administrator)
	b.get("/admin/audit?about=token").says("APIトークン: 失敗")
	b.get("/admin/audit?about=access").says("POST /api/v1/topics", "広報")
}

// Whoever is refused leaves a line, whatever they tried, in the panel and in the API.
func TestRefusalsAreWrittenOnEveryRoute(t *testing.T) {
	p := callAPI(t)
	o := p.office
	viewer := o.as(ippo.Viewer)
	now := opening
	refused := func(what string) {
		t.Helper()
		last, err := o.store.AuditLog(t.Context(), store.AuditFilter{Limit: 1})
		if err != nil || len(last) != 1 || last[0].Action != "access.refuse" || last[0].Object != what || last[0].From == "" || last[0].Staff == 0 {
			t.Errorf("%s was refused, and the last line says %+v, %v", what, last, err)
		}
	}
	tried := 0
	fill := strings.NewReplacer(":id", "1", ":slug", "kosodate", ":flyer", "1")
	for _, one := range o.panel.routes() {
		if one.least == anyone || ippo.Viewer.Includes(one.least) {
			continue
		}
		now = now.Add(time.Hour + time.Second) // one of a kind is written at once each hour
		o.setClock(now)
		viewer.do(viewer.request(one.method, "/admin"+fill.Replace(one.path))).want(http.StatusForbidden)
		refused(one.method + " /admin" + one.path)
		tried++
	}
	engine := gin.New()
	o.panel.Routes(engine)
	for _, one := range engine.Routes() {
		below, api := strings.CutPrefix(one.Path, "/api/v1")
		if !api || one.Method == http.MethodGet || below == "/audience/count" { // which asks, and changes nothing
			continue
		}
		now = now.Add(time.Hour + time.Second)
		o.setClock(now)
		if _, got := p.ask("viewer", one.Method, fill.Replace(below), "{}", "Idempotency-Key", "refused"); got.status != http.StatusForbidden {
			t.Errorf("%s %s with a token that may only read: %d", one.Method, below, got.status)
			continue
		}
		refused(one.Method + " " + one.Path)
		tried++
	}
	if tried < 150 {
		t.Errorf("only %d routes were tried", tried)
	}
}

// What an action kept as its detail is said as the pages say it, and not as it is stored.
func TestAuditDetails(t *testing.T) {
	for action, detail := range map[string][2]string{
		"desk.update":        {"working", "対応中"},
		"match.hand":         {"phone", "電話"},
		"match.move":         {"joined", "参加した"},
		"reservation.create": {"waiting", "キャンセル待ち"},
		"reservation.cancel": {"reservation:16", "イベントの申込 16"},
		"ambassador.status":  {"appointed", "任命"},
		"ambassador.resting": {"true", "はい"},
		"broadcast.approve":  {"31人", "31人"},
		"match.answer":       {"", ""},
	} {
		if got := newAuditRow(ippo.DefaultSettings(), store.AuditEntry{Action: action, Detail: detail[0]}).Detail; got != detail[1] {
			t.Errorf("%s %q is said %q, want %q", action, detail[0], got, detail[1])
		}
	}
}
