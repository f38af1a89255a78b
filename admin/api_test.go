package admin

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/linesim"
	"ippo/store"
)

// program is another system of the city that calls the API. Each of its calls, and each answer, is
// held against openapi.json.
type program struct {
	*office
	router routers.Router
	tokens map[string]string // by name

	mu   sync.Mutex
	seen map[string]bool // operations that succeeded
}

func callAPI(t *testing.T) *program {
	t.Helper()
	doc := loadOpenAPI(t)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{office: open(t), router: router, tokens: map[string]string{}, seen: map[string]bool{}}
	for _, role := range ippo.Roles {
		p.addToken(string(role), role)
	}
	for _, slug := range []string{"kosodate", "bosai"} {
		if _, err := p.store.CreateTopic(t.Context(), 0, ippo.Topic{Slug: slug, Name: slug}); err != nil {
			t.Fatal(err)
		}
	}
	for _, slug := range []string{"chuo", "kita"} {
		if _, err := p.store.CreateArea(t.Context(), 0, ippo.Area{Slug: slug, Name: slug}); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func loadOpenAPI(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}

// addToken adds a token that may do all that a role may here, and an administrator of its own to answer for it.
func (p *program) addToken(name string, role ippo.Role) ippo.Staff {
	p.t.Helper()
	scopes := ippo.AllScopes
	switch role {
	case ippo.Viewer:
		scopes = scopes[:1]
	case ippo.Editor:
		scopes = scopes[:len(scopes)-1]
	}
	return p.addTokenOf(p.administrator(name), name, scopes...)
}

// administrator adds one to the office.
func (o *office) administrator(name string) ippo.StaffID {
	o.t.Helper()
	who, err := o.store.CreateStaff(o.t.Context(), 0, ippo.Staff{Name: name + "の責任者", Email: name + "@owner.example.jp", Role: ippo.Administrator}, "no password")
	if err != nil {
		o.t.Fatal(err)
	}
	return who.ID
}

func (p *program) addTokenOf(owner ippo.StaffID, name string, scopes ...ippo.Scope) ippo.Staff {
	p.t.Helper()
	p.tokens[name] = "token-of-" + name
	sum := sha256.Sum256([]byte(p.tokens[name]))
	who, err := p.store.CreateToken(p.t.Context(), 0, ippo.Staff{Name: name, Scopes: scopes, Owner: owner, Expires: p.clock().AddDate(0, 0, 30)}, sum[:])
	if err != nil {
		p.t.Fatal(err)
	}
	return who
}

// apiReply is an answer of the API.
type apiReply struct {
	status int
	header http.Header
	body   []byte
}

// problem returns what the answer says of a field.
func (r apiReply) problem(field string) string {
	var p apiProblem
	if json.Unmarshal(r.body, &p) != nil {
		return ""
	}
	return p.Errors.For(field)
}

// field returns a field of an answer that is an object.
func (r apiReply) field(name string) any {
	var object map[string]any
	if json.Unmarshal(r.body, &object) != nil {
		return nil
	}
	return object[name]
}

// call makes a request as the holder of a token; headers are names and values in turn.
func (p *program) call(as, method, path, body string, headers ...string) apiReply {
	p.t.Helper()
	req, got := p.ask(as, method, path, body, headers...)
	p.describe(req, body, got)
	return got
}

// ask sends a request that need not be as openapi.json has it.
func (p *program) ask(as, method, path, body string, headers ...string) (*http.Request, apiReply) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+p.tokens[as])
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	got := apiReply{status: res.StatusCode, header: res.Header}
	if got.body, err = io.ReadAll(res.Body); err != nil {
		p.t.Fatal(err)
	}
	return req, got
}

// describe fails unless openapi.json describes the answer, and the request if it was accepted.
func (p *program) describe(req *http.Request, body string, got apiReply) {
	p.t.Helper()
	route, params, err := p.router.FindRoute(req)
	if err != nil {
		p.t.Errorf("%s %s is not described: %v", req.Method, req.URL.Path, err)
		return
	}
	again := req.Clone(req.Context())
	again.Body = io.NopCloser(strings.NewReader(body))
	in := &openapi3filter.RequestValidationInput{
		Request: again, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true,
		},
	}
	if got.status < 300 {
		if err := openapi3filter.ValidateRequest(req.Context(), in); err != nil {
			p.t.Errorf("%s %s was accepted though its description forbids it: %v", req.Method, req.URL.Path, err)
		}
		p.mu.Lock()
		p.seen[route.Operation.OperationID] = true
		p.mu.Unlock()
	}
	out := (&openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: got.status, Header: got.header, Options: in.Options,
	}).SetBodyBytes(got.body)
	if err := openapi3filter.ValidateResponse(req.Context(), out); err != nil {
		p.t.Errorf("%s %s answered what is not described: %v\n%s", req.Method, req.URL.Path, err, got.body)
	}
}

// want fails unless the answer has the status; it returns the answer.
func (p *program) want(status int, got apiReply) apiReply {
	p.t.Helper()
	if got.status != status {
		p.t.Fatalf("status %d, want %d: %s", got.status, status, got.body)
	}
	return got
}

func TestAPIDescriptionNamesEveryRoute(t *testing.T) {
	doc := loadOpenAPI(t)
	var described, served []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" /api/v1"+path)
		}
	}
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	(&API{}).Routes(engine)
	for _, r := range engine.Routes() {
		served = append(served, r.Method+" "+regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}"))
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described %v\nserved    %v", described, served)
	}
}

const (
	waterCut  = `"messages":[{"type":"text","text":"あす9時から正午まで断水します。"}]`
	broadcast = `{"title":"断水","audience":{"all":true},` + waterCut + `}`
)

// apiThings are what a program makes and changes: one of each, as JSON.
var apiThings = []struct{ path, made, changed, deleted string }{
	{"/topics", `{"slug":"kankyo","name":"環境","easy":"かんきょう","en":"Environment"}`, `{"name":"環境保全","order":5,"hidden":true}`, "kankyo"},
	{"/areas", `{"slug":"minami","name":"南"}`, `{"slug":"minami","name":"南地域"}`, "minami"},
	{"/entries", `{"slug":"madoguchi","name":"市民課の窓口","newcomer":true}`, `{"name":"市民課","hidden":true}`, ""},
	{"/groups", `{"slug":"yama","name":"山を守る会","summary":"里山の手入れ","topics":["bosai"],"areas":["kita","chuo"],"weekdays":["sun"],"parts":["morning"],"beginners":true}`,
		`{"name":"山を守る会","summary":"里山の手入れと観察","receiving":false,"weekdays":["sat","sun"]}`, ""},
	{"/news", `{"slug":"hojokin","title":"補助金","summary":"募集します","kind":"subsidy","status":"published","topics":["kosodate"],"publishAt":"2026-03-01T09:00:00+09:00","translations":{"en":{"title":"Subsidy","summary":"Open now"}}}`,
		`{"title":"補助金の募集","summary":"締め切りました","kind":"subsidy","status":"retired"}`, ""},
	{"/events", `{"slug":"matsuri","title":"まつり","summary":"みんなで","place":"広場","startsAt":"2026-04-01T10:00:00+09:00","endsAt":"2026-04-01T03:00:00Z","capacity":30}`,
		`{"title":"春まつり","summary":"みんなで","place":"広場","startsAt":"2026-04-02T10:00:00+09:00","endsAt":"2026-04-02T12:00:00+09:00","status":"published","signUp":{"open":true,"maxParty":2},"calledOff":false}`, ""},
	{"/faqs", `{"question":"駐車場はありますか","answer":"あります","synonyms":["パーキング","車"],"translations":{"en":{"question":"Parking?","answer":"Yes"},"vi":{"question":"Bãi đỗ xe?"}}}`,
		`{"question":"駐車場はありますか","answer":"地下にあります","hidden":true,"order":7}`, ""},
	{"/campaigns", `{"slug":"koe","title":"声かけ","startsOn":"2026-04-01","endsOn":"2026-06-30","reminder":"一声お願いします","schedule":{"kind":"weekly","at":"09:00","weekdays":["mon"],"holidays":"next"}}`,
		`{"title":"春の声かけ","startsOn":"2026-04-01","endsOn":"2026-06-30","aim":100,"reminder":"一声お願いします","audience":{"topics":["bosai"]},"schedule":{"kind":"nth-weekday","at":"18:30","weekdays":["tue"],"nth":-1}}`, ""},
	{"/series", `{"title":"週末の居場所","messages":[{"type":"text","text":"開いています"}],"audience":{"all":true},"schedule":{"kind":"weekly","at":"17:00","weekdays":["thu"]}}`,
		`{"title":"週末の居場所","messages":[{"type":"text","text":"開いています"}],"audience":{"topics":["bosai"]},"schedule":{"kind":"month-end","at":"09:00","until":"2026-12-31"}}`, ""},
}

// A day's work of a program, through every operation.
func TestAPIWalk(t *testing.T) {
	p := callAPI(t)
	p.want(200, p.call("", "GET", "/openapi.json", ""))

	for _, kind := range apiThings {
		made := p.want(201, p.call("editor", "POST", kind.path, kind.made))
		one := fmt.Sprint(kind.path, "/", made.field("id"))
		if got := p.want(200, p.call("viewer", "GET", one, "")); !bytes.Equal(got.body, made.body) {
			t.Errorf("%s: made %s\nread %s", kind.path, made.body, got.body)
		}
		changed := p.want(200, p.call("editor", "PUT", one, kind.changed))
		if bytes.Equal(changed.body, made.body) {
			t.Errorf("%s: nothing changed", kind.path)
		}
		if got := p.want(200, p.call("viewer", "GET", kind.path+"?limit=500&offset=0", "")); !strings.Contains(string(got.body), strings.TrimSpace(string(changed.body))) {
			t.Errorf("%s: %s\nis not in the list %s", kind.path, changed.body, got.body)
		}
		p.want(204, p.call("editor", "DELETE", one, ""))
		p.want(404, p.call("viewer", "GET", one, ""))
		p.want(404, p.call("editor", "DELETE", one, ""))
	}

	p.plan()
	if got := p.want(200, p.call("viewer", "GET", "/sheets", "")); got.field("total") != 1.0 {
		t.Errorf("sheets %s", got.body)
	}
	if got := p.want(200, p.call("viewer", "GET", "/sheets/1", "")); !strings.Contains(string(got.body), `"year":2024,"words":"令和6年度","value":"6","rate":"85.7%"`) || !strings.Contains(string(got.body), `"kind":"goal"`) {
		t.Errorf("sheet %s", got.body)
	}
	p.want(404, p.call("viewer", "GET", "/sheets/9", ""))
	p.report()
	if got := p.want(200, p.call("viewer", "GET", "/reports", "")); got.field("total") != 1.0 {
		t.Errorf("reports %s", got.body)
	}
	if got := p.want(200, p.call("viewer", "GET", "/reports/1", "")); got.field("month") != "2026-02" || !strings.Contains(string(got.body), `"key":"friends"`) {
		t.Errorf("report %s", got.body)
	}
	p.want(404, p.call("viewer", "GET", "/reports/9", ""))

	for i := range 3 {
		p.follow(i, 1<<i)
	}
	if got := p.want(200, p.call("viewer", "POST", "/audience/count", `{"topics":["kosodate","bosai"]}`)); got.field("count") != 2.0 {
		t.Errorf("count %s", got.body)
	}
	draft := p.want(201, p.call("editor", "POST", "/broadcasts", broadcast))
	if !bytes.Equal(bytes.TrimSpace(draft.body), []byte(`{"id":1,"status":"draft"}`)) {
		t.Errorf("draft %s", draft.body)
	}
	before := p.want(200, p.call("viewer", "GET", "/broadcasts/1", ""))
	if want := `{"id":1,"status":"draft","recipients":0,"accepted":0,"failed":0,"skipped":0,"unknown":0,"pending":0,"startedAt":null,"finishedAt":null}`; strings.TrimSpace(string(before.body)) != want {
		t.Errorf("draft is %s\nwant     %s", before.body, want)
	}
	woken := p.woken
	approved := p.want(200, p.call("approver", "POST", "/broadcasts/1/approve", ""))
	if want := `{"id":1,"status":"approved","recipients":3,"accepted":0,"failed":0,"skipped":0,"unknown":0,"pending":3,"startedAt":null,"finishedAt":null}`; strings.TrimSpace(string(approved.body)) != want {
		t.Errorf("approved %s\nwant     %s", approved.body, want)
	}
	if p.woken == woken {
		t.Error("the delivery engine was not woken")
	}
	if got := p.want(200, p.call("editor", "POST", "/broadcasts/1/pause", `{}`)); got.field("status") != "paused" || got.field("error") == nil {
		t.Errorf("paused %s", got.body)
	}
	if got := p.want(200, p.call("approver", "POST", "/broadcasts/1/resume", "")); got.field("status") != "approved" {
		t.Errorf("resumed %s", got.body)
	}
	if err := p.store.StartBroadcast(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got := p.want(200, p.call("viewer", "GET", "/broadcasts/1", "")); got.field("rate") != 0.0 || got.field("etaSeconds") != nil {
		t.Errorf("sending, and nobody was served yet: %s", got.body)
	}
	if got := p.want(200, p.call("viewer", "GET", "/broadcasts/1/requests", "")); got.field("total") != 0.0 {
		t.Errorf("LINE was not asked yet: %s", got.body)
	}
	p.want(404, p.call("viewer", "GET", "/broadcasts/99/requests", ""))
	asked, err := p.store.PendingRequests(t.Context(), 1, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.store.BeginRequest(t.Context(), &asked[0], nil, []byte("body")); err != nil {
		t.Fatal(err)
	}
	if got := p.want(200, p.call("viewer", "GET", "/broadcasts/1/requests?limit=5&after=0", "")); got.field("total") != 1.0 || !strings.Contains(string(got.body), `"recipients":3`) {
		t.Errorf("asked %s", got.body)
	}
	if got := p.want(200, p.call("editor", "POST", "/broadcasts/1/cancel", "")); got.field("status") != "cancelled" || got.field("unknown") != 3.0 {
		t.Errorf("cancelled %s", got.body)
	}
	told := ippo.Readers{Opened: new(int64(40)), Links: []ippo.LinkReaders{{URL: "https://example.jp/"}}}
	if err := p.store.SaveReaders(t.Context(), 1, told); err != nil {
		t.Fatal(err)
	}
	hidden := `"opened":{"people":40,"hidden":false},"clicked":{"people":null,"hidden":true},"links":[{"url":"https://example.jp/","readers":{"people":null,"hidden":true}}]`
	if got := p.want(200, p.call("viewer", "GET", "/broadcasts/1", "")); !strings.Contains(string(got.body), hidden) {
		t.Errorf("readers %s", got.body)
	}
	if got := p.want(200, p.call("viewer", "GET", "/stats", "")); got.field("friends") != 3.0 || !strings.Contains(string(got.body), `"scheduled":0,"submitted":0,"campaigns":0,"series":0,"digests":0,"notices":0,"total":0}`) {
		t.Errorf("stats %s", got.body)
	}

	for _, kind := range []struct{ path, made string }{
		{"/campaigns", `{"slug":"koe","title":"声かけ","startsOn":"2026-03-01","endsOn":"2026-06-30","reminder":"一声お願いします","schedule":{"kind":"weekly","at":"09:00","weekdays":["wed"]}}`},
		{"/series", `{"title":"居場所","messages":[{"type":"text","text":"開いています"}],"audience":{"all":true},"schedule":{"kind":"weekly","at":"16:00","weekdays":["wed"]}}`},
	} {
		one := fmt.Sprint(kind.path, "/", p.want(201, p.call("approver", "POST", kind.path, kind.made)).field("id"))
		p.want(403, p.call("approver", "POST", one+"/activate", "")) // its author
		if got := p.want(200, p.call("admin", "POST", one+"/activate", "")); got.field("active") != true || got.field("nextDue") == nil {
			t.Errorf("%s: activated %s", kind.path, got.body)
		}
		p.want(409, p.call("admin", "POST", one+"/activate", ""))
		if got := p.want(200, p.call("editor", "POST", one+"/pause", `{}`)); got.field("active") != false || got.field("nextDue") != nil {
			t.Errorf("%s: paused %s", kind.path, got.body)
		}
	}

	if got := p.want(200, p.call("viewer", "GET", "/campaigns/1/results", "")); got.field("callOuts") != 0.0 || !strings.Contains(string(got.body), `"callOuts":null`) {
		t.Errorf("results %s", got.body)
	}

	for path, item := range loadOpenAPI(t).Paths.Map() {
		for method, operation := range item.Operations() {
			if !p.seen[operation.OperationID] {
				t.Errorf("%s %s was not walked through", method, path)
			}
		}
	}
}

// follow adds an active follower with a choice of topics.
func (p *program) follow(n int, topics ippo.Choice) {
	p.t.Helper()
	ctx := p.t.Context()
	err := p.store.Write(ctx, func(t *store.Tx) error {
		id, err := t.Follow(ctx, fmt.Sprintf("U%032x", n+1), "", ippo.Japanese, p.clock())
		if err != nil {
			return err
		}
		return t.SavePreferences(ctx, id, ippo.Preferences{Language: ippo.Japanese, Topics: topics})
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestAPIRefusals(t *testing.T) {
	p := callAPI(t)
	if err := p.store.EndToken(t.Context(), 0, p.addToken("ended", ippo.Approver).ID); err != nil {
		t.Fatal(err)
	}
	p.tokens["stranger"] = "token-of-nobody"
	long := `{"title":"` + strings.Repeat("あ", maxAPIBody/3) + `"}`
	with := func(audience string) string { return `{"title":"断水","audience":` + audience + `,` + waterCut + `}` }
	for name, c := range map[string]struct {
		as, method, path, body string
		status                 int
		field                  string
	}{
		"no token":           {"", "GET", "/topics", "", 401, ""},
		"unknown token":      {"stranger", "GET", "/topics", "", 401, ""},
		"ended token":        {"ended", "GET", "/topics", "", 401, ""},
		"viewer writes":      {"viewer", "POST", "/broadcasts", broadcast, 403, ""},
		"viewer deletes":     {"viewer", "DELETE", "/topics/bosai", "", 403, ""},
		"editor approves":    {"editor", "POST", "/broadcasts/1/approve", "", 403, ""},
		"no such broadcast":  {"approver", "POST", "/broadcasts/9/approve", "", 404, ""},
		"no such pause":      {"editor", "POST", "/broadcasts/9/pause", "", 404, ""},
		"no such topic":      {"editor", "PUT", "/topics/none", `{"name":"ない"}`, 404, ""},
		"no such group":      {"editor", "PUT", "/groups/9", `{"name":"ない","summary":"ない"}`, 404, ""},
		"not JSON":           {"editor", "POST", "/broadcasts", `{"title":`, 400, ""},
		"empty":              {"editor", "POST", "/broadcasts", "", 400, ""},
		"two values":         {"editor", "POST", "/broadcasts", broadcast + broadcast, 400, ""},
		"too large":          {"editor", "POST", "/broadcasts", long, 413, ""},
		"unknown field":      {"editor", "POST", "/broadcasts", `{"titel":"断水"}`, 422, "titel"},
		"wrong type":         {"editor", "POST", "/broadcasts", `{"title":1}`, 422, "title"},
		"not an object":      {"editor", "POST", "/topics", `[]`, 422, ""},
		"no title":           {"editor", "POST", "/broadcasts", `{"audience":{"all":true},` + waterCut + `}`, 422, "title"},
		"no messages":        {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true}}`, 422, "messages"},
		"no audience":        {"editor", "POST", "/broadcasts", `{"title":"断水",` + waterCut + `}`, 422, "audience"},
		"empty audience":     {"editor", "POST", "/broadcasts", with(`{}`), 422, "audience"},
		"null audience":      {"editor", "POST", "/broadcasts", with(`null`), 422, "audience"},
		"not everyone":       {"editor", "POST", "/broadcasts", with(`{"all":false}`), 422, "audience"},
		"empty list":         {"editor", "POST", "/broadcasts", with(`{"topics":[],"areas":["chuo"]}`), 422, "audience.topics"},
		"all and more":       {"editor", "POST", "/broadcasts", with(`{"all":true,"areas":["chuo"]}`), 422, "audience"},
		"unknown condition":  {"editor", "POST", "/broadcasts", with(`{"area":["chuo"]}`), 422, "audience.area"},
		"unknown topic":      {"editor", "POST", "/broadcasts", with(`{"topics":["none"]}`), 422, "audience.topics"},
		"wrong list":         {"editor", "POST", "/broadcasts", with(`{"topics":"bosai"}`), 422, "audience.topics"},
		"no offset":          {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"sendAt":"2026-03-09T09:00:00",` + waterCut + `}`, 422, "sendAt"},
		"quiet hours":        {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"sendAt":"2026-03-09T05:00:00+09:00",` + waterCut + `}`, 422, "sendAt"},
		"emergency, why":     {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"emergency":{"reason":" "},` + waterCut + `}`, 422, "emergency.reason"},
		"emergency, unknown": {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"emergency":{"why":"x"},` + waterCut + `}`, 422, "emergency.why"},
		"message's type":     {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"messages":[{"text":"x"}]}`, 422, "messages[0].type"},
		"LINE finds more":    {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"messages":[{"type":"sticker","packageId":"1"}]}`, 422, "messages[0].stickerId"},
		"a language is not":  {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"languages":{"ja":[{"type":"text","text":"x"}]},` + waterCut + `}`, 422, "languages.ja"},
		"a language's text":  {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"languages":{"en":[{"type":"text","text":""}]},` + waterCut + `}`, 422, "languages.en[0].text"},
		"LINE, in English":   {"editor", "POST", "/broadcasts", `{"title":"断水","audience":{"all":true},"languages":{"en":[{"type":"sticker","packageId":"1"}]},` + waterCut + `}`, 422, "languages.en[0].stickerId"},
		"approve with words": {"approver", "POST", "/broadcasts/1/approve", `{"confirmed":1}`, 422, "confirmed"},
		"count nobody":       {"viewer", "POST", "/audience/count", `{}`, 422, ""},
		"count empty list":   {"viewer", "POST", "/audience/count", `{"areas":[]}`, 422, "areas"},
		"count unknown":      {"viewer", "POST", "/audience/count", `{"all":true,"x":1}`, 422, "x"},
		"slug taken":         {"editor", "POST", "/topics", `{"slug":"bosai","name":"防災"}`, 422, "slug"},
		"slug changed":       {"editor", "PUT", "/topics/bosai", `{"slug":"other","name":"防災"}`, 422, "slug"},
		"news' topic":        {"editor", "POST", "/news", `{"slug":"x","title":"x","summary":"x","topics":["none"]}`, 422, "topics"},
		"group's weekday":    {"editor", "POST", "/groups", `{"slug":"x","name":"x","summary":"x","weekdays":["holiday"]}`, 422, "weekdays"},
		"event's time":       {"editor", "POST", "/events", `{"slug":"x","title":"x","summary":"x","place":"x","startsAt":"あす"}`, 422, "startsAt"},
		"campaign's time":    {"editor", "POST", "/campaigns", `{"slug":"x","title":"x","reminder":"x","startsOn":"2026-04-01","endsOn":"2026-04-02","schedule":{"kind":"daily","at":"9"}}`, 422, "schedule.at"},
		"campaign's date":    {"editor", "POST", "/campaigns", `{"slug":"x","title":"x","reminder":"x","startsOn":"2026-04-01","endsOn":"2026-04-02","schedule":{"kind":"yearly","at":"09:00","month":4,"day":31}}`, 422, "schedule.day"},
		"campaign's field":   {"editor", "POST", "/campaigns", `{"slug":"x","schedule":{"cron":"* * * * *"}}`, 422, "schedule.cron"},
		"limit":              {"viewer", "GET", "/news?limit=0", "", 422, "limit"},
		"offset":             {"viewer", "GET", "/news?offset=x", "", 422, "offset"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "approve with words" {
				p.want(201, p.call("editor", "POST", "/broadcasts", broadcast))
			}
			got := p.want(c.status, p.call(c.as, c.method, c.path, c.body))
			if got.header.Get("Content-Type") != "application/problem+json; charset=utf-8" {
				t.Errorf("content type %q", got.header.Get("Content-Type"))
			}
			if c.status == 422 && got.problem(c.field) == "" {
				t.Errorf("no problem with %q in %s", c.field, got.body)
			}
		})
	}
	if got := p.call("editor", "POST", "/broadcasts", broadcast, "Content-Type", "text/plain"); got.status != 415 {
		t.Errorf("text: %d %s", got.status, got.body)
	}
	if got := p.want(401, p.call("", "GET", "/stats", "", "Authorization", "Basic YTpi")); got.header.Get("WWW-Authenticate") == "" {
		t.Error("401 does not say how to come in")
	}
	if list, err := p.store.Broadcasts(t.Context(), store.BroadcastFilter{}); err != nil || len(list) != 1 {
		t.Errorf("%d broadcasts were made by refused requests, %v", len(list)-1, err)
	}
}

// What is not described is refused in the same form as what is.
func TestAPIUnknownRoutes(t *testing.T) {
	p := callAPI(t)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true // as cmd sets it
	p.panel.Routes(engine)
	for request, status := range map[string]int{"GET /api/v1/nothing": 404, "GET /api/": 404, "PATCH /api/v1/topics/bosai": 405} {
		method, path, _ := strings.Cut(request, " ")
		res := httptest.NewRecorder()
		engine.ServeHTTP(res, httptest.NewRequest(method, path, nil))
		if res.Code != status || res.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" {
			t.Errorf("%s: %d %s %s", request, res.Code, res.Header().Get("Content-Type"), res.Body)
		}
	}
}

// Two people, whatever their roles; and an edit of state never happens twice.
func TestAPIApprovalTakesTwo(t *testing.T) {
	p := callAPI(t)
	p.follow(1, 0)
	p.addToken("second", ippo.Approver)
	p.want(201, p.call("approver", "POST", "/broadcasts", broadcast))
	p.want(403, p.call("approver", "POST", "/broadcasts/1/approve", ""))
	if err := p.store.SubmitBroadcast(t.Context(), p.staff[ippo.Editor].ID, 1); err != nil {
		t.Fatal(err)
	}
	p.want(403, p.call("approver", "POST", "/broadcasts/1/approve", ""))
	p.want(409, p.call("approver", "POST", "/broadcasts/1/resume", ""))
	p.want(200, p.call("second", "POST", "/broadcasts/1/approve", ""))
	p.want(409, p.call("second", "POST", "/broadcasts/1/approve", ""))
	p.want(200, p.call("editor", "POST", "/broadcasts/1/cancel", ""))
	for _, verb := range []string{"approve", "pause", "resume", "cancel"} {
		p.want(409, p.call("second", "POST", "/broadcasts/1/"+verb, ""))
	}
}

// What was to leave at once is not approved much later: a draft of a program's lapses as a submitted one does.
func TestAPIDraftLapses(t *testing.T) {
	p := callAPI(t)
	p.follow(1, 0)
	p.want(201, p.call("editor", "POST", "/broadcasts", `{"title":"いま","audience":{"all":true},"messages":[{"type":"text","text":"いま開いています"}]}`))
	p.setClock(p.clock().Add(ippo.SubmissionLife))
	if got := p.want(422, p.call("approver", "POST", "/broadcasts/1/approve", "")); !strings.Contains(string(got.body), "このままでは承認できません") {
		t.Errorf("refused with %s", got.body)
	}
	if got := p.want(200, p.call("viewer", "GET", "/broadcasts/1", "")); got.field("status") != "draft" {
		t.Errorf("it is %s", got.body)
	}
}

func TestAPIEmergencyPassesQuietHours(t *testing.T) {
	p := callAPI(t)
	night := `{"title":"避難","audience":{"all":true},"sendAt":"2026-03-09T05:00:00+09:00",` + waterCut
	refused := p.want(422, p.call("editor", "POST", "/broadcasts", night+`}`))
	if says := refused.problem("sendAt"); !strings.Contains(says, "2026年3月9日（月）08:00") {
		t.Errorf("the next good time is not offered: %s", says)
	}
	refused = p.want(422, p.call("editor", "POST", "/broadcasts", night+`,"emergency":{"reason":"大雨"}}`))
	if says := refused.problem("onCall"); !strings.Contains(says, "電話を受ける人を入力してください") {
		t.Errorf("nobody answers the telephone at five in the morning: %s", says)
	}
	p.want(201, p.call("editor", "POST", "/broadcasts", night+`,"onCall":"防災担当","emergency":{"reason":"大雨"}}`))
	if got := p.want(200, p.call("editor", "GET", "/broadcasts/1", "")); !strings.Contains(string(got.body), `"onCall":"防災担当"`) {
		t.Errorf("who answers is not told: %s", got.body)
	}
	b, err := p.store.Broadcast(t.Context(), 1)
	if err != nil || b.Emergency != "大雨" || b.Origin != ippo.OriginAPI {
		t.Errorf("kept as %+v, %v", b, err)
	}
	p.want(200, p.call("approver", "POST", "/broadcasts/1/approve", ""))
	log, err := p.store.AuditLog(t.Context(), store.AuditFilter{Limit: 2})
	if err != nil || !strings.Contains(log[0].Detail, "大雨") || !strings.Contains(log[1].Detail, "大雨") {
		t.Errorf("the log does not say why: %+v, %v", log, err)
	}
}

func TestAPIIdempotency(t *testing.T) {
	p := callAPI(t)
	key := []string{"Idempotency-Key", "9b2c"}
	first := p.want(201, p.call("editor", "POST", "/broadcasts", broadcast, key...))
	again := p.want(201, p.call("editor", "POST", "/broadcasts", broadcast, key...))
	if !bytes.Equal(first.body, again.body) {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
	other := p.want(422, p.call("editor", "POST", "/broadcasts", strings.Replace(broadcast, "断水", "停電", 1), key...))
	if other.problem("Idempotency-Key") == "" {
		t.Errorf("another request: %s", other.body)
	}
	p.want(422, p.call("editor", "POST", "/topics", broadcast, key...))
	if mine := p.want(201, p.call("admin", "POST", "/broadcasts", broadcast, key...)); bytes.Equal(mine.body, first.body) {
		t.Error("one person's key answered another's request")
	}

	// What was refused had no effect, so its key is free for the mended request.
	p.want(422, p.call("editor", "POST", "/topics", `{"slug":"bosai","name":"防災"}`, "Idempotency-Key", "t"))
	p.want(201, p.call("editor", "POST", "/topics", `{"slug":"bosai2","name":"防災"}`, "Idempotency-Key", "t"))

	approve := func() apiReply {
		return p.call("approver", "POST", "/broadcasts/1/approve", "", "Idempotency-Key", "approve")
	}
	if first, again := p.want(200, approve()), p.want(200, approve()); !bytes.Equal(first.body, again.body) {
		t.Errorf("approved %s, again %s", first.body, again.body)
	}
	p.want(422, p.call("editor", "POST", "/broadcasts", broadcast, "Idempotency-Key", strings.Repeat("k", 256)))

	list, err := p.store.Broadcasts(t.Context(), store.BroadcastFilter{})
	if err != nil || len(list) != 2 {
		t.Errorf("%d broadcasts, %v; want 2", len(list), err)
	}
}

// A request that is repeated while it is being done, or that died half-way, is not done twice.
func TestAPIIdempotencyAtOnce(t *testing.T) {
	p := callAPI(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := p.call("editor", "POST", "/broadcasts", broadcast, "Idempotency-Key", "k"); got.status != 201 && got.status != 409 {
				t.Errorf("status %d: %s", got.status, got.body)
			}
		})
	}
	wg.Wait()
	if list, err := p.store.Broadcasts(t.Context(), store.BroadcastFilter{}); err != nil || len(list) != 1 {
		t.Errorf("%d broadcasts, %v; want 1", len(list), err)
	}
	editor, err := p.store.StaffByToken(t.Context(), sha(p.tokens["editor"]))
	if err != nil {
		t.Fatal(err)
	}
	request := sha("POST /api/v1/broadcasts\n" + broadcast)
	if _, first, err := p.store.Reserve(t.Context(), editor.ID, "died", request); err != nil || !first {
		t.Fatal(first, err)
	}
	p.want(409, p.call("editor", "POST", "/broadcasts", broadcast, "Idempotency-Key", "died"))
}

// LINE's check is a help, not a condition: a draft can be written while LINE is away.
func TestAPIDraftWhileLineIsAway(t *testing.T) {
	p := callAPI(t)
	p.platform.Inject(linesim.Fault{Status: http.StatusInternalServerError})
	p.want(201, p.call("editor", "POST", "/broadcasts", broadcast))
}

func sha(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
