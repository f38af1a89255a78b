//go:build !race

package admin

import (
	"cmp"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// These tests take what they attack from the router and from the forms on the pages themselves, so that a route
// or a field that is added tomorrow is attacked too.

// Whatever is typed into any field of any form is shown as it was typed, on whichever page shows it, and is no
// formula in any file for a spreadsheet.
func TestHostileTextInEveryField(t *testing.T) {
	o := open(t)
	pages := o.everyPage()
	b := o.as(ippo.Administrator)
	taken := 0
	for _, f := range o.everyForm(b, pages) {
		// One field at a time, for each alone may be taken; then all at once.
		for _, name := range append(slices.Compact(slices.Clone(f.texts)), "") {
			sent := form{action: f.action, multipart: f.multipart, values: maps.Clone(f.values)}
			for _, text := range f.texts {
				if name == "" || text == name {
					sent.values[text] = []string{hostileText}
				}
			}
			if len(f.texts) == 0 {
				continue
			}
			r := b.submit(sent, nil)
			if harmful(r.body) {
				t.Errorf("POST %s with hostile %q answers with it", f.action, name)
			}
			if r.status >= http.StatusInternalServerError {
				t.Errorf("POST %s with hostile %q: %d", f.action, name, r.status)
			}
			if r.status == http.StatusSeeOther {
				taken++
			}
		}
	}
	if taken < 40 {
		t.Errorf("only %d of the forms were taken: nothing was tried", taken)
	}
	shown := 0
	for _, one := range o.panel.routes() {
		if one.method != http.MethodGet {
			continue
		}
		for _, slug := range []string{"kosodate", "shimin-ka", "koza", "sakae"} {
			r := b.get("/admin" + strings.NewReplacer(":id", "1", ":slug", slug, ":flyer", "1").Replace(one.path))
			if harmful(r.body) && !strings.HasSuffix(one.path, ".csv") { // a file for a spreadsheet is text
				i := strings.Index(r.body, "<script>hostile")
				t.Errorf("GET %s shows it as HTML: %s", one.path, r.body[max(0, i-200):max(0, i)+60])
			}
			if strings.Contains(r.body, "hostile()") {
				shown++
			}
			if strings.HasSuffix(one.path, ".csv") && r.status == http.StatusOK {
				rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.body, "\ufeff"))).ReadAll()
				if err != nil {
					t.Errorf("GET %s is no CSV: %v", one.path, err)
				}
				for _, cell := range slices.Concat(rows...) {
					if cell != "" && strings.ContainsAny(cell[:1], "=+@\t\r") || strings.HasPrefix(cell, "-") && strings.ContainsAny(cell, "<(") {
						t.Errorf("GET %s has the formula %q", one.path, cell)
					}
				}
			}
			if !strings.Contains(one.path, ":slug") {
				break
			}
		}
	}
	if shown < 30 {
		t.Errorf("only %d pages show what was typed", shown)
	}
}

// No form of another site does anything, whatever the route, and no cookie opens the API.
func TestForeignFormsOnEveryRoute(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Administrator)
	engine := gin.New()
	o.panel.Routes(engine)
	fill := strings.NewReplacer(":id", "1", ":slug", "kosodate", ":flyer", "1", ":code", "1", "*file", "panel.css")
	for _, one := range engine.Routes() {
		address := fill.Replace(one.Path)
		if strings.HasPrefix(address, "/api/") {
			if r := b.do(b.request(one.Method, address)); r.status != http.StatusUnauthorized && address != "/api/v1/openapi.json" {
				t.Errorf("%s %s with a cookie alone: %d", one.Method, one.Path, r.status)
			}
			continue
		}
		if one.Method == http.MethodGet {
			continue
		}
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := b.request(one.Method, address)
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set(header, value)
			if got := b.do(r); got.status != http.StatusForbidden {
				t.Errorf("%s %s with %s: %s: %d, want 403", one.Method, one.Path, header, value, got.status)
			}
		}
	}
}

// What stands in an address where an ID or a name belongs finds nothing and breaks nothing, wherever that is.
func TestHostileAddresses(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Administrator)
	engine := gin.New()
	o.panel.Routes(engine)
	for _, one := range engine.Routes() {
		if !strings.ContainsAny(one.Path, ":*") || strings.HasPrefix(one.Path, "/api/") {
			continue
		}
		for _, value := range []string{"..%2f..%2f..%2fetc%2fpasswd", "%2e%2e", "..%5c..%5csecret.key", "0", "-1", "9223372036854775808", "1%00", "1'--", url.PathEscape(hostileText), strings.Repeat("a", 4000)} {
			parts := strings.Split(one.Path, "/")
			for i, part := range parts {
				if strings.HasPrefix(part, ":") || strings.HasPrefix(part, "*") {
					parts[i] = value
				}
			}
			r := b.do(b.request(one.Method, strings.Join(parts, "/")))
			if r.status != http.StatusNotFound && r.status != http.StatusForbidden && r.status != http.StatusBadRequest && r.status != http.StatusSeeOther && r.status != http.StatusMovedPermanently {
				t.Errorf("%s %s with %.30s: %d", one.Method, one.Path, value, r.status)
			}
			if strings.Contains(r.body, "root:") || harmful(r.body) {
				t.Errorf("%s %s with %.30s shows %.200s", one.Method, one.Path, value, r.body)
			}
		}
	}
}

// No parameter of any route leads to another site.
func TestOpenRedirectOnEveryRoute(t *testing.T) {
	o := open(t)
	o.fill()
	engine := gin.New()
	o.panel.Routes(engine)
	fill := strings.NewReplacer(":id", "1", ":slug", "kosodate", ":flyer", "1", ":code", "1", "*file", "panel.css")
	for _, evil := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/admin/../../evil.example//", "javascript:hostile()"} {
		b, stranger := o.as(ippo.Administrator), o.visitor()
		for _, one := range engine.Routes() {
			if strings.HasPrefix(one.Path, "/api/") || one.Path == "/admin/logout" {
				continue
			}
			asked := url.Values{}
			fields := []string{"email", "admin@example.jp", "password", password}
			for _, name := range []string{"next", "back", "to", "return", "url", "list", "of", "redirect"} {
				asked.Set(name, evil)
				fields = append(fields, name, evil)
			}
			for _, who := range []*person{stranger, b} {
				r := who.request(one.Method, fill.Replace(one.Path)+"?"+asked.Encode(), fields...)
				r.Header.Set("Referer", "https://evil.example/")
				where := who.do(r).header.Get("Location")
				if u, err := url.Parse(where); where != "" && (err != nil || u.Host != "" || !strings.HasPrefix(where, "/admin/") || strings.Contains(u.Path, "evil")) {
					t.Errorf("%s %s with %s leads to %s", one.Method, one.Path, evil, where)
				}
			}
		}
	}
}

// A session that somebody planted in another's browser is worth nothing once they have signed in, and neither is
// the one from before they did.
func TestSessionFixation(t *testing.T) {
	o := open(t)
	victim := o.visitor()
	first := victim.post("/admin/login", "email", "admin@example.jp", "password", "wrong")
	planted := "planted-by-a-stranger"
	r := victim.request(http.MethodPost, "/admin/login", "email", "admin@example.jp", "password", password)
	r.Header.Set("Cookie", "ippo="+planted)
	got := victim.do(r).want(http.StatusSeeOther)
	set := got.header.Get("Set-Cookie")
	if set == "" || strings.Contains(set, planted) || set == first.header.Get("Set-Cookie") {
		t.Errorf("after the login the cookie is %q", set)
	}
	thief := o.visitor()
	r = thief.request(http.MethodGet, "/admin/account")
	r.Header.Set("Cookie", "ippo="+planted)
	thief.do(r).want(http.StatusSeeOther)

	// Nor is one that the stranger had been given for themselves.
	own, _, _ := strings.Cut(thief.post("/admin/login", "email", "viewer@example.jp", "password", password).want(http.StatusSeeOther).header.Get("Set-Cookie"), ";")
	r = victim.request(http.MethodPost, "/admin/login", "email", "admin@example.jp", "password", password)
	r.Header.Set("Cookie", own)
	if set := victim.do(r).want(http.StatusSeeOther).header.Get("Set-Cookie"); own == "" || set == "" || strings.HasPrefix(set, own+";") {
		t.Errorf("after the login over %q the cookie is %q", own, set)
	}
	r = thief.request(http.MethodGet, "/admin/staff")
	r.Header.Set("Cookie", own)
	if got := thief.do(r); got.status == http.StatusOK {
		t.Error("who planted their own session is an administrator")
	}
}

// An ID that nothing has, or that is none, is not found, by panel and API alike: not broken, not taken for another.
func TestIDsThatNothingHas(t *testing.T) {
	p := callAPI(t)
	b := p.as(ippo.Administrator)
	engine := gin.New()
	p.panel.Routes(engine)
	tried := 0
	for _, one := range engine.Routes() {
		if !strings.Contains(one.Path, ":id") {
			continue
		}
		for _, value := range []string{"0", "-1", "1000000000", "9223372036854775807", "9223372036854775808", "1%20OR%201=1", "1e0", "0x1", "１", "1;2"} {
			address := strings.NewReplacer(":id", value, ":slug", "kosodate", ":flyer", "1").Replace(one.Path)
			tried++
			if strings.HasPrefix(one.Path, "/api/") {
				body, named := "", false // named: by a word, which has its own form
				for _, kind := range apiThings {
					if one.Method == http.MethodPut && strings.HasPrefix(one.Path, "/api/v1"+kind.path+"/") {
						body, named = kind.changed, slices.Contains([]string{"/topics", "/areas", "/entries"}, kind.path)
					}
				}
				if got := p.call("approver", one.Method, strings.TrimPrefix(address, "/api/v1"), body); got.status != http.StatusNotFound && got.status != http.StatusForbidden && !(named && got.status == http.StatusUnprocessableEntity) {
					t.Errorf("%s %s: %d %.100s", one.Method, address, got.status, got.body)
				}
			} else if r := b.do(b.request(one.Method, address)); r.status != http.StatusNotFound && r.status != http.StatusForbidden &&
				(one.Method == http.MethodGet || r.status != http.StatusConflict && r.status != http.StatusBadRequest) { // somebody may have deleted it
				t.Errorf("%s %s: %d %s", one.Method, address, r.status, r.header.Get("Location"))
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d were tried", tried)
	}
}

// queries are the names of what the panel reads from the query of an address, by its source and by its links.
func queries(t testing.TB) (all []string) {
	t.Helper()
	for _, pattern := range []string{"*.go", "templates/*.html", "templates/*/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range readQuery.FindAllSubmatch(source, -1) {
				all = append(all, string(found[1])+string(found[2]))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var readQuery = regexp.MustCompile(`Query(?:\(\)\.Get)?\("([A-Za-z_.]+)"|[?&;]([a-z]+)=[{%1"]`)

// Another team's thing is not shown, and not changed, by its ID in a query or in any field of a form that somebody in
// a team may send.
func TestForeignIDsInEveryField(t *testing.T) {
	o := open(t)
	team, made := o.divide()
	b := o.member(ippo.Approver, team)
	foreign := func() string {
		t.Helper()
		var all []any
		keep := func(one any, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, one)
		}
		ctx := t.Context()
		keep(o.store.News(ctx, ippo.NewsID(made.foreign["news"])))
		keep(o.store.Event(ctx, ippo.EventID(made.foreign["event"])))
		keep(o.store.Reservation(ctx, ippo.ReservationID(made.foreign["reservation"])))
		keep(o.store.ActivityGroup(ctx, ippo.ActivityGroupID(made.foreign["group"])))
		keep(o.store.Campaign(ctx, ippo.CampaignID(made.foreign["campaign"])))
		keep(o.store.Series(ctx, ippo.SeriesID(made.foreign["series"])))
		keep(o.store.Broadcast(ctx, ippo.BroadcastID(made.foreign["broadcast"])))
		keep(o.store.Match(ctx, ippo.MatchID(made.foreign["match"])))
		keep(o.store.Follower(ctx, ippo.FollowerID(made.foreign["follower"])))
		keep(o.store.DeskRequest(ctx, ippo.DeskRequestID(made.foreign["request"])))
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	was := foreign()
	tells := func(what string, r reply) {
		t.Helper()
		if i := strings.Index(r.body, foreignMark); i >= 0 {
			t.Errorf("%s tells of another team: %s", what, r.body[max(0, i-150):i+40])
		}
		if r.status >= http.StatusInternalServerError {
			t.Errorf("%s: %d", what, r.status)
		}
	}
	id := fmt.Sprint(made.foreign["news"])
	for kind, other := range made.foreign {
		if fmt.Sprint(other) != id {
			t.Fatalf("the %s of another team is %d, the news %s", kind, other, id)
		}
	}
	names := queries(t)
	if len(names) < 20 {
		t.Errorf("only %d names in queries: %v", len(names), names)
	}
	every := url.Values{}
	for _, name := range names {
		every.Set(name, id)
	}
	fill := strings.NewReplacer(":id", fmt.Sprint(made.own["news"]), ":slug", "kosodate", ":flyer", "1")
	var forms []form
	for _, one := range o.panel.routes() {
		if one.method != http.MethodGet {
			continue
		}
		address := "/admin" + fill.Replace(one.path)
		page := b.get(address)
		forms = append(forms, formsOf(t, address, page.body)...)
		tells("GET "+address, b.get(address+"?"+every.Encode()))
		if strings.HasSuffix(one.path, "/new") || strings.Contains(one.path, "preview") || strings.Contains(page.body, `name="q"`) {
			for _, name := range names {
				tells("GET "+address+"?"+name, b.get(address+"?"+name+"="+id))
			}
		}
	}
	sent := 0
	for _, f := range forms {
		if f.action == "/admin/logout" || strings.HasPrefix(f.action, "/admin/account") {
			continue
		}
		for name := range f.values {
			one := form{action: f.action, multipart: f.multipart, values: maps.Clone(f.values)}
			one.values[name] = []string{id}
			tells("POST "+f.action+" with "+name, b.submit(one, nil))
			sent++
		}
	}
	if sent < 200 {
		t.Errorf("only %d forms were sent", sent)
	}
	for _, one := range o.panel.routes() {
		if one.method == http.MethodGet && !strings.Contains(one.path, ":") && one.path != "/broadcasts/digest" {
			tells("afterwards GET "+one.path, b.get("/admin"+one.path))
		}
	}
	if now := foreign(); now != was {
		t.Errorf("what is another team's was\n%s\nand is\n%s", was, now)
	}
}

// fieldNames are what the fields of all structs of the domain are called, as forms, JSON and tables might write them.
func fieldNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	known := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.StructType); ok {
				for _, field := range s.Fields.List {
					for _, is := range field.Names {
						if is.IsExported() {
							camel := strings.ToLower(is.Name[:1]) + is.Name[1:]
							snake := strings.ToLower(wordStart.ReplaceAllString(is.Name, "${1}_$2"))
							for _, one := range []string{is.Name, camel, snake, snake + "_id", camel + "ID"} {
								known[one] = true
							}
						}
					}
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(known))
}

var wordStart = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// whose is who made, approved and may do everything that there is, by the row and column of the database that says so.
func (o *office) whose() map[string]string {
	o.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, store.File)+"?mode=ro")
	if err != nil {
		o.t.Fatal(err)
	}
	defer db.Close()
	all := map[string]string{}
	columns, err := db.Query(`
		SELECT t.name, c.name, (SELECT group_concat('quote(' || k.name || ')', '||') FROM pragma_table_info(t.name) k WHERE k.pk > 0)
		FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.sql NOT LIKE '%VIRTUAL%' AND t.name NOT IN ('audit_log', 'sessions')
			AND (c.name IN ('role', 'teams', 'team_id', 'origin', 'approved_at', 'approved_hash', 'approver_id', 'settled_by', 'disabled_at')
				OR c.name LIKE '%author%' OR c.name LIKE '%token%' OR c.name LIKE '%password%' OR c.name LIKE '%scope%' OR c.name LIKE '%owner%' OR c.name LIKE '%made_by%')`)
	if err != nil {
		o.t.Fatal(err)
	}
	defer columns.Close()
	for columns.Next() {
		var table, column string
		var key sql.NullString
		if err := columns.Scan(&table, &column, &key); err != nil {
			o.t.Fatal(err)
		}
		rows, err := db.Query(fmt.Sprintf(`SELECT %s, ifnull(%s, '') FROM %s`, cmp.Or(key.String, "rowid"), column, table))
		if err != nil {
			o.t.Fatal(err)
		}
		for rows.Next() {
			var id, value string
			if err := rows.Scan(&id, &value); err != nil {
				o.t.Fatal(err)
			}
			all[fmt.Sprintf("%s %s %s", table, id, column)] = value
		}
		if err := rows.Err(); err != nil {
			o.t.Fatal(err)
		}
	}
	if err := columns.Err(); err != nil {
		o.t.Fatal(err)
	}
	return all
}

// Fields that no form has change nothing: whoever may write makes nobody an administrator, approves nothing and
// takes nobody's place, through any form or route, whatever a field may be called.
func TestMassAssignment(t *testing.T) {
	o := open(t)
	pages := o.everyPage()
	b := o.as(ippo.Editor)
	me := fmt.Sprint(o.staff[ippo.Editor].ID)
	before, err := o.store.StaffList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	forms := o.everyForm(b, pages)
	was := o.whose()
	planted := url.Values{}
	for _, name := range fieldNames(t) {
		planted.Set(name, "4")
	}
	for name, value := range map[string]string{
		"id": "2", "ID": "2", "staff": "4", "staff_id": "4", "by": "4", "author": "4", "author_id": "4", "approver": "4", "approver_id": "3", "role": "admin", "Role": "admin", "disabled": "1",
		"teams": "1", "approved": "1", "approved_at": "2026-01-01", "origin": "digest", "active": "1", "held": "0", "owner": "4", "owner_id": "4", "scopes": "approve", "breaker": "waived",
	} {
		planted.Set(name, value)
	}
	if len(planted) < 500 {
		t.Errorf("only %d names of fields were found", len(planted))
	}
	// What a form has is as it stands, or a text where it has none yet, so that it is taken.
	taken := 0
	for _, f := range forms {
		for _, only := range []string{"", "id", "author", "approver", "role", "teams", "origin", "owner"} {
			sent := form{action: f.action, multipart: f.multipart, values: maps.Clone(f.values)}
			for name := range planted {
				if !f.values.Has(name) && (only == "" || only == name) {
					sent.values[name] = planted[name]
				}
			}
			for _, name := range f.texts {
				if f.values.Get(name) == "" {
					sent.values.Set(name, "文")
				}
			}
			sent.values.Set("do", "save") // the button of forms with several
			switch r := b.submit(sent, nil); {
			case r.status >= http.StatusInternalServerError:
				t.Errorf("POST %s: %d", f.action, r.status)
			case r.status == http.StatusSeeOther:
				taken++
			}
		}
	}
	// A broadcast needs more than texts.
	fields := []string{"title", "花見", "kind", "text", "ref", "0", "text", "花見をします。", "to", "all", "when", "now", "do", "save"}
	for _, name := range []string{"id", "ID", "by", "author", "author_id", "authorID", "Author", "approver", "approver_id", "approved", "approved_at", "origin", "status", "state"} {
		fields = append(fields, name, planted.Get(name))
	}
	b.post("/admin/broadcasts", fields...).want(http.StatusSeeOther)
	if taken < 60 {
		t.Errorf("only %d forms were taken: nothing was tried", taken)
	}
	fill := strings.NewReplacer(":id", "1", ":slug", "kosodate", ":flyer", "1", ":code", "1")
	for _, one := range o.panel.routes() {
		if one.method == http.MethodPost && one.path != "/logout" {
			if r := b.submit(form{action: "/admin" + fill.Replace(one.path), values: planted}, nil); r.status >= http.StatusInternalServerError {
				t.Errorf("POST %s: %d", one.path, r.status)
			}
		}
	}
	own := 0
	for what, now := range o.whose() {
		then, there := was[what]
		author := strings.HasSuffix(what, " author_id") || strings.HasSuffix(what, " made_by")
		if !there && author && now == me {
			own++
		}
		switch {
		case there && now != then:
			t.Errorf("%s was %q and is %q", what, then, now)
		case !there && author && now != me && now != "":
			t.Errorf("%s is %q, and not who was at it", what, now)
		case !there && strings.Contains(what, " approve") && now != "":
			t.Errorf("%s is %q: an editor approved it", what, now)
		case !there && (strings.HasPrefix(what, "staff ") || strings.HasPrefix(what, "team")):
			t.Errorf("there is %s", what)
		}
	}
	if own == 0 {
		t.Error("nothing was made that has an author: the test looks past it")
	}
	after, err := o.store.StaffList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range before {
		before[i].SeenAt, after[i].SeenAt = time.Time{}, time.Time{}
	}
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("staff were\n%v\nand are\n%v", before, after)
	}
	if now, err := o.store.Settings(t.Context()); err != nil || fmt.Sprint(now.OnePerson, now.ApprovalOver, now.SecondFactor) != fmt.Sprint(settings.OnePerson, settings.ApprovalOver, settings.SecondFactor) {
		t.Errorf("settings %+v, %v", now, err)
	}
	if n, err := o.store.Stats(t.Context(), store.Waiting{}); err != nil || n.Planned+n.Sending != 0 {
		t.Errorf("an editor had something approved: %+v, %v", n, err)
	}
}

// eachText returns what JSON becomes with one of its texts replaced, for each of them.
func eachText(t testing.TB, made, by string) (all []string) {
	t.Helper()
	var walk func(v any, put func(any) any)
	walk = func(v any, put func(any) any) {
		switch v := v.(type) {
		case string:
			out, err := json.Marshal(put(by))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(out))
		case []any:
			for i := range v {
				walk(v[i], func(x any) any { w := slices.Clone(v); w[i] = x; return put(w) })
			}
		case map[string]any:
			for key := range v {
				walk(v[key], func(x any) any { w := maps.Clone(v); w[key] = x; return put(w) })
			}
		}
	}
	var whole any
	if err := json.Unmarshal([]byte(made), &whole); err != nil {
		t.Fatal(err)
	}
	walk(whole, func(x any) any { return x })
	return all
}

// What a program sends is shown as it was sent, too, wherever staff see it.
func TestHostileTextThroughTheAPI(t *testing.T) {
	p := callAPI(t)
	const short = `=<img src=x>` // so that names may be as long
	taken := 0
	for i, kind := range apiThings {
		for n, body := range slices.Concat(eachText(t, kind.made, short), eachText(t, kind.changed, short)) {
			var one map[string]any
			if err := json.Unmarshal([]byte(body), &one); err != nil {
				t.Fatal(err)
			}
			if one["slug"] != short && kind.path != "/faqs" && kind.path != "/series" {
				one["slug"] = fmt.Sprintf("hostile-%d-%d", i, n)
			}
			sent, err := json.Marshal(one)
			if err != nil {
				t.Fatal(err)
			}
			switch got := p.call("editor", "POST", kind.path, string(sent)); {
			case got.status == http.StatusCreated:
				taken++
			case got.status < 400 || got.status >= 500:
				t.Errorf("POST %s with %s: %d %s", kind.path, sent, got.status, got.body)
			}
		}
		made := p.want(201, p.call("editor", "POST", kind.path, kind.made))
		for _, body := range eachText(t, kind.changed, short) {
			switch got := p.call("editor", "PUT", fmt.Sprint(kind.path, "/", made.field("id")), body); {
			case got.status == http.StatusOK:
				taken++
			case got.status < 400 || got.status >= 500:
				t.Errorf("PUT %s with %s: %d %s", kind.path, body, got.status, got.body)
			}
		}
	}
	if taken < 35 {
		t.Errorf("only %d texts were taken: nothing was tried", taken)
	}
	b, shown := p.as(ippo.Administrator), 0
	for path := range b.walk() {
		r := b.get(path)
		if harmful(r.body) && !strings.HasSuffix(path, ".csv") {
			t.Errorf("%s shows it as HTML", path)
		}
		if strings.Contains(r.body, "&lt;img src=x") {
			shown++
		}
	}
	if shown < 10 {
		t.Errorf("only %d pages show what was sent", shown)
	}
}

// The API refuses what its description does not name, in what it would take without; and what only answers hold changes
// nothing.
func TestMassAssignmentOnEveryOperation(t *testing.T) {
	p := callAPI(t)
	const planted = 9999
	fields := []string{"id", "number", "author", "approver", "approved", "role", "owner", "scopes", "staff", "team", "teams", "origin", "version", "updatedAt", "people", "places", "code", "hostile"}
	try := func(method, path, body, field string) {
		t.Helper()
		var one map[string]any
		if err := json.Unmarshal([]byte(body), &one); err != nil {
			t.Fatal(err)
		}
		one[field] = planted
		sent, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		_, got := p.ask("editor", method, path, string(sent))
		switch {
		case got.status >= 400 && got.status < 500:
		case got.status >= 300 || got.field(field) == nil || got.field(field) == float64(planted):
			t.Errorf("%s %s with %s: %d %.200s", method, path, field, got.status, got.body)
		case method == http.MethodPost:
			p.want(204, p.call("editor", "DELETE", fmt.Sprint(path, "/", got.field("id")), ""))
		}
	}
	for _, kind := range apiThings {
		made := p.want(201, p.call("editor", "POST", kind.path, kind.made))
		one := fmt.Sprint(kind.path, "/", made.field("id"))
		for _, field := range fields {
			try(http.MethodPut, one, kind.changed, field)
		}
		p.want(200, p.call("editor", "PUT", one, kind.changed)) // what was refused was refused for what was planted
		p.want(204, p.call("editor", "DELETE", one, ""))
		for _, field := range fields {
			try(http.MethodPost, kind.path, kind.made, field)
		}
	}
	for path, item := range loadOpenAPI(t).Paths.Map() {
		for method := range item.Operations() {
			if method != http.MethodGet && method != http.MethodDelete {
				if got := p.call("approver", method, strings.ReplaceAll(path, "{id}", "1"), `{"hostile":4}`); got.status < 400 || got.status >= 500 {
					t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
				}
			}
		}
	}
}

// What stands in an address of the API, or is a body of no shape or without end, is refused as any other mistake.
func TestHostileRequestsOfTheAPI(t *testing.T) {
	p := callAPI(t)
	for _, kind := range apiThings {
		p.want(201, p.call("editor", "POST", kind.path, kind.made))
	}
	bodies := []string{
		"null", "4", `"x"`, "[]", "[[[[", strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), `{"name":{"$gt":""}}`, `{"title":["x"],"topics":"x","messages":4}`, "{\"title\":\"\x00\"}",
		`{"title":"` + strings.Repeat("a", 6<<20) + `"}`, `{"title":"a","title":"b"}`, `{"__proto__":{"role":"admin"}}`, "\xff\xfe",
	}
	engine := gin.New()
	p.panel.Routes(engine)
	tried := 0
	for _, one := range engine.Routes() {
		if !strings.HasPrefix(one.Path, "/api/") {
			continue
		}
		var asked []*http.Request
		for _, value := range []string{"..%2f..%2f..%2fetc%2fpasswd", "%2e%2e", "..%5csecret.key", "0", "-1", "9223372036854775808", "1%00", "1'--", "%0d%0ax:1", url.PathEscape(hostileText), strings.Repeat("a", 4000)} {
			if strings.Contains(one.Path, ":") {
				asked = append(asked, httptest.NewRequest(one.Method, strings.NewReplacer(":id", value, ":slug", value).Replace(one.Path), nil))
			}
			asked = append(asked, httptest.NewRequest(one.Method, strings.NewReplacer(":id", "1", ":slug", "kosodate").Replace(one.Path)+"?limit="+value+"&offset="+value+"&q="+value, nil))
		}
		if one.Method != http.MethodGet && one.Method != http.MethodDelete {
			for _, body := range bodies {
				r := httptest.NewRequest(one.Method, strings.NewReplacer(":id", "1", ":slug", "kosodate").Replace(one.Path), strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				asked = append(asked, r)
			}
		}
		for _, r := range asked {
			r.Header.Set("Authorization", "Bearer "+p.tokens["editor"])
			w := httptest.NewRecorder()
			engine.ServeHTTP(w, r)
			tried++
			if w.Code >= 500 {
				t.Errorf("%s %.100s answers %d %.100s", r.Method, r.URL, w.Code, w.Body)
			}
			if body := w.Body.String(); strings.Contains(body, "root:") || harmful(body) && !strings.HasPrefix(w.Header().Get("Content-Type"), "application/") {
				t.Errorf("%s %.100s shows %.200s", r.Method, r.URL, body)
			}
			if r.ContentLength > 0 && w.Code < 400 && one.Method == http.MethodPost && !strings.HasSuffix(one.Path, "/count") && !strings.Contains(one.Path, ":") {
				t.Errorf("%s %.100s takes a body of no shape: %d", r.Method, r.URL, w.Code)
			}
		}
	}
	if tried < 300 {
		t.Errorf("only %d requests were tried", tried)
	}
}

// What residents write is shown to staff as words, wherever it comes to: names, worries, wishes, visions, questions, and
// on every paper.
func TestHostileWordsOfResidents(t *testing.T) {
	o := open(t)
	o.fill()
	o.signsUp()
	ctx := t.Context()
	const name = "=<script>hostile()</script>"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := o.store.ImportFollowers(ctx, []store.FollowerRow{{LineUserID: "Ubadbadbadbadbadbadbadbadbadbadbad", DisplayName: hostileText, Entry: 1, FollowedAt: opening}})
	must(err)
	followers, _, err := o.store.Followers(ctx, store.FollowerFilter{}, store.Page{Limit: 50})
	must(err)
	who := followers.Items[slices.IndexFunc(followers.Items, func(f ippo.Follower) bool { return f.DisplayName == hostileText })].ID
	must(o.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.WriteConsultation(ctx, who, ippo.ConsultPlace, hostileText, hostileText); err != nil {
			return err
		}
		if _, err := tx.AddDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestDanger, Follower: who, Body: hostileText}, "m1"); err != nil {
			return err
		}
		if err := tx.AddUnanswered(ctx, hostileText, "m2"); err != nil {
			return err
		}
		id, err := tx.SuggestMatch(ctx, who, 1, hostileText, ippo.Wish{})
		if err != nil {
			return err
		}
		if _, err := tx.WishMatch(ctx, who, 1, ippo.Wish{}); err != nil {
			return err
		}
		if err := tx.AskMatch(ctx, id, ippo.ByNewcomer, 0, ippo.VisitRequest{Name: name, Contact: "000-1111-2222", Text: hostileText}, ippo.Consent{}); err != nil {
			return err
		}
		a, err := tx.ApplyAmbassador(ctx, ippo.Ambassador{
			Follower: who, Name: name, Kana: "てき", Contact: "000-1111-2222", AgeBand: "30s", Vision: hostileText, Actions: []string{"callout"}, ConsentedAt: opening,
		})
		if err != nil {
			return err
		}
		return tx.WriteVision(ctx, a.Follower, hostileText, true)
	}))
	_, err = o.store.EnterReservation(ctx, 1, ippo.Reservation{Event: 1, Way: ippo.ReservedByPhone, Party: 1, Attendee: ippo.Attendee{Name: name, Contact: "000-1111-2222"}})
	must(err)
	for _, page := range []string{"/events/1/names", "/ambassadors/2", "/consultations/1", "/matches/1", "/requests/2", "/reservations/2"} {
		if r := o.as(ippo.Administrator).get("/admin" + page).want(http.StatusOK); !strings.Contains(r.body, "hostile()") {
			t.Errorf("%s shows nothing of it: the test looks past it", page)
		}
	}
	b, shown := o.as(ippo.Administrator), 0
	for path := range b.walk() {
		r := b.get(path)
		if harmful(r.body) && !strings.HasSuffix(path, ".csv") {
			t.Errorf("%s shows it as HTML", path)
		}
		if strings.Contains(r.body, "hostile()") {
			shown++
		}
		if strings.HasSuffix(path, ".csv") {
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.body, "\ufeff"))).ReadAll()
			if err != nil {
				t.Errorf("%s is no CSV: %v", path, err)
			}
			for _, cell := range slices.Concat(rows...) {
				if strings.HasPrefix(cell, "=") {
					t.Errorf("%s has the formula %q", path, cell)
				}
			}
		}
	}
	if shown < 8 {
		t.Errorf("only %d pages show what residents wrote", shown)
	}
}
