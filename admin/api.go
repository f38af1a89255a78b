package admin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/line"
	"ippo/store"
)

// API is the JSON API under /api/v1, for other systems of the city. openapi.json describes it.
//
// Every caller shows a bearer token (ippo.Staff), whose scopes say what it may do; what it does is in the audit
// log under its name. A token and whoever answers for it are one person: neither approves what the other wrote.
type API struct {
	Store *store.Store
	Line  *line.Desk // asked whether messages are well formed
	Log   *slog.Logger
	Wake  func() // tells the delivery engine that there is work

	account *account // what LINE says is left of the month
}

// Routes registers the API under /api/v1.
func (a *API) Routes(r gin.IRouter) {
	g := r.Group("/api/v1", apiHeaders)
	g.GET("/openapi.json", serveOpenAPI)
	a.broadcastRoutes(g)
	resourceRoutes(a, g, "/topics", ippo.ScopeContent, a.topics())
	resourceRoutes(a, g, "/areas", ippo.ScopeContent, a.areas())
	resourceRoutes(a, g, "/entries", ippo.ScopeContent, a.entries())
	resourceRoutes(a, g, "/groups", ippo.ScopeContent, a.groups())
	resourceRoutes(a, g, "/news", ippo.ScopeContent, a.news())
	resourceRoutes(a, g, "/events", ippo.ScopeContent, a.events())
	resourceRoutes(a, g, "/faqs", ippo.ScopeContent, a.faqs())
	resourceRoutes(a, g, "/campaigns", ippo.ScopeCampaigns, a.campaigns())
	g.GET("/campaigns/:id/results", a.handle(ippo.ScopeRead, a.campaignResults))
	resourceRoutes(a, g, "/series", ippo.ScopeCampaigns, a.series())
	a.switchRoutes(g)
	a.indicatorRoutes(g)
	a.reportRoutes(g)
	g.GET("/stats", a.handle(ippo.ScopeRead, a.stats))
}

// apiHeaders keeps answers out of caches and browsers from guessing what they are, and notes where the caller is.
func apiHeaders(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	c.Request = c.Request.WithContext(store.From(c.Request.Context(), c.ClientIP()))
}

// apiCall is one request of a known caller.
type apiCall struct {
	*gin.Context
	staff ippo.Staff
	body  []byte
}

// apiHandler does what a call asks for and says the answer's status and body.
type apiHandler func(ctx context.Context, c *apiCall) (status int, body any, err error)

// handle lets in callers whose token has a scope and turns what h returns into an answer.
func (a *API) handle(needed ippo.Scope, h apiHandler) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx := c.Request.Context()
		call := &apiCall{Context: c}
		status, body, err := a.serve(ctx, call, needed, h)
		if err != nil {
			a.noteRefusal(ctx, call, err)
			a.refuse(c, err)
			return
		}
		if body == nil {
			c.Status(status)
			c.Writer.WriteHeaderNow()
			return
		}
		c.Data(status, "application/json; charset=utf-8", body)
	}
}

// noteRefusal notes in the audit log what a token was refused, and a token that is none. The answer does not
// depend on it.
func (a *API) noteRefusal(ctx context.Context, c *apiCall, err error) {
	action, object := "access.refuse", c.Request.Method+" "+c.FullPath()
	switch {
	case errors.Is(err, ippo.ErrForbidden):
	case errors.Is(err, errNoToken) && c.GetHeader("Authorization") != "":
		action, object = "token.fail", "api"
	default:
		return
	}
	if err := a.Store.Refused(ctx, c.staff.ID, action, object); err != nil {
		a.Log.ErrorContext(ctx, "note what was refused", "err", err)
	}
}

func (a *API) serve(ctx context.Context, c *apiCall, needed ippo.Scope, h apiHandler) (status int, body []byte, err error) {
	if c.staff, err = a.caller(ctx, c.Request); err != nil {
		return 0, nil, err
	}
	if !c.staff.Scopes.Has(needed) {
		return 0, nil, ippo.ErrForbidden
	}
	settings, err := a.Store.Settings(ctx)
	if err != nil {
		return 0, nil, err
	}
	if !settings.Has(moduleOf(strings.TrimPrefix(c.FullPath(), "/api/v1"))) {
		return 0, nil, errModuleOff
	}
	if len(c.staff.Teams) > 0 {
		remit, err := a.Store.Remit(ctx, c.staff)
		if err != nil {
			return 0, nil, err
		}
		ctx = store.Within(ctx, remit)
		may, err := mayChange(ctx, a.Store, strings.TrimPrefix(c.FullPath(), "/api/v1"), c.Param("id"))
		if err != nil {
			return 0, nil, err
		}
		if !may && needed != ippo.ScopeRead {
			return 0, nil, ippo.ErrForbidden
		}
	}
	if c.body, err = readJSON(c.Writer, c.Request); err != nil {
		return 0, nil, err
	}
	if key := c.GetHeader("Idempotency-Key"); key != "" && c.Request.Method == http.MethodPost {
		return a.once(ctx, c, key, h)
	}
	return encoded(h(ctx, c))
}

// encoded turns a handler's answer into JSON; a nil body stays nil.
func encoded(status int, body any, err error) (int, []byte, error) {
	if err != nil || body == nil {
		return status, nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err = e.Encode(body)
	return status, b.Bytes(), err
}

// caller finds the token that the request shows.
func (a *API) caller(ctx context.Context, r *http.Request) (ippo.Staff, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return ippo.Staff{}, errNoToken
	}
	sum := sha256.Sum256([]byte(token))
	who, err := a.Store.StaffByToken(ctx, sum[:])
	if errors.Is(err, ippo.ErrNotFound) {
		return ippo.Staff{}, errNoToken
	}
	if err != nil {
		return ippo.Staff{}, err
	}
	return who, a.Store.SawStaff(ctx, who)
}

// maxAPIBody is how many bytes a request may send: five of LINE's largest messages fit twice.
const maxAPIBody = 1 << 20

// readJSON returns the request's body, which is JSON or empty.
func readJSON(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAPIBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, errNotJSON // the caller hung up
	}
	if len(body) > 0 {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			return nil, errMediaType
		}
	}
	return body, nil
}

// once does a request with an idempotency key at most once, and answers its repeats as it was
// answered. A request that was refused had no effect and leaves its key free.
func (a *API) once(ctx context.Context, c *apiCall, key string, h apiHandler) (int, []byte, error) {
	if len(key) > 255 {
		return 0, nil, ippo.Problems{{Field: "Idempotency-Key", Message: "Idempotency-Keyは255バイト以内にしてください。"}}
	}
	request := sha256.New()
	io.WriteString(request, c.Request.Method+" "+c.Request.URL.RequestURI()+"\n")
	request.Write(c.body)
	before, first, err := a.Store.Reserve(ctx, c.staff.ID, key, request.Sum(nil))
	switch {
	case err != nil:
		return 0, nil, err
	case !first && before.Status == 0:
		return 0, nil, errUndecided
	case !first:
		return before.Status, before.Body, nil
	}
	// From here on the answer is kept even if the caller hangs up.
	ctx = context.WithoutCancel(ctx)
	status, body, err := encoded(h(ctx, c))
	if err != nil {
		return 0, nil, errors.Join(err, a.Store.Release(ctx, c.staff.ID, key))
	}
	return status, body, a.Store.Answered(ctx, c.staff.ID, key, store.Answer{Status: status, Body: body})
}

// apiProblem is how an error is told (RFC 9457).
type apiProblem struct {
	Type   string        `json:"type"`
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail"`
	Errors ippo.Problems `json:"errors,omitempty"`
}

// apiError is an error of the protocol, before anything was looked at.
type apiError struct {
	status int
	detail string
}

func (e *apiError) Error() string { return http.StatusText(e.status) }

var (
	errNoToken   = &apiError{http.StatusUnauthorized, "トークンがないか、正しくありません。「Authorization: Bearer トークン」を付けてください。"}
	errMethod    = &apiError{http.StatusMethodNotAllowed, "このアドレスでは使えないメソッドです。"}
	errTooLarge  = &apiError{http.StatusRequestEntityTooLarge, "要求が大きすぎます（1MiBまで）。"}
	errMediaType = &apiError{http.StatusUnsupportedMediaType, "Content-Typeはapplication/jsonにしてください。"}
	errNotJSON   = &apiError{http.StatusBadRequest, "JSONとして読めません。"}
	errUndecided = &apiError{http.StatusConflict, "同じIdempotency-Keyの要求がまだ終わっていないか、結果を確かめられません。" +
		"しばらくしても変わらないときは、行われたかどうかを確かめてから、新しいキーで送り直してください。"}
)

// refuse is the one place where an error becomes an answer and, if it is a fault of ours, a line for
// operators.
func (a *API) refuse(c *gin.Context, err error) {
	p := apiProblem{Type: "about:blank"}
	var known *apiError
	switch {
	case errors.As(err, &known):
		p.Status, p.Detail = known.status, known.detail
	case errors.As(err, &p.Errors):
		p.Status, p.Detail = http.StatusUnprocessableEntity, p.Errors.Error()
	case errors.Is(err, store.ErrKeyReused):
		p.Status, p.Detail = http.StatusUnprocessableEntity, "このIdempotency-Keyは別の要求に使われています。"
		p.Errors = ippo.Problems{{Field: "Idempotency-Key", Message: p.Detail}}
	case errors.Is(err, ippo.ErrNotFound):
		p.Status, p.Detail = http.StatusNotFound, "見つかりません。"
	case errors.Is(err, ippo.ErrConflict):
		p.Status, p.Detail = http.StatusConflict, "いまの状態ではできません。先に変更されていないか、状態を確認してください。"
	case errors.Is(err, ippo.ErrForbidden):
		p.Status, p.Detail = http.StatusForbidden, "この操作は許可されていません。トークンのできることを確認してください。トークンの責任者が自分やほかのトークンで作った配信は、ほかの人が承認します。"
	case errors.Is(err, store.ErrClosed):
		p.Status, p.Detail = http.StatusServiceUnavailable, "再起動しています。少し待ってから送り直してください。"
		c.Header("Retry-After", "10")
	default:
		a.Log.ErrorContext(c.Request.Context(), "api request failed", "route", c.FullPath(), "err", err)
		p.Status, p.Detail = http.StatusInternalServerError, "処理できませんでした。時間をおいて送り直してください。"
	}
	if p.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="ippo"`)
	}
	p.Title = http.StatusText(p.Status)
	_, body, err := encoded(p.Status, p, nil)
	if err != nil {
		a.Log.ErrorContext(c.Request.Context(), "encode problem", "err", err)
	}
	c.Data(p.Status, "application/problem+json; charset=utf-8", body)
}

// decodeStrict reads one JSON value that a stranger wrote. A field it does not know, or of the wrong
// type, is a problem; in is the field that the value itself stands in, "" for the whole.
func decodeStrict(b []byte, in string, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return decodeProblem(err, in)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errNotJSON
	}
	return nil
}

func decodeProblem(err error, in string) error {
	within := func(field string) string { return strings.Trim(in+"."+field, ".") }
	var problems ippo.Problems
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &problems):
		return problems
	case errors.As(err, &wrongType):
		return ippo.Problems{{Field: within(wrongType.Field), Message: expected(wrongType)}}
	}
	// encoding/json has no type for this error.
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return ippo.Problems{{Field: within(strings.Trim(field, `"`)), Message: "この項目はありません。"}}
	}
	return errNotJSON
}

// apiTime is a moment as the API writes it: RFC 3339 with an offset, null for none.
type apiTime struct{ time.Time }

// MarshalJSON writes the time as residents' clocks show it.
func (t apiTime) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(t.In(ippo.Tokyo).Format(time.RFC3339))
}

// UnmarshalJSON reads RFC 3339, whose offset is not optional, or null.
func (t *apiTime) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var text string
	if json.Unmarshal(b, &text) == nil {
		if parsed, err := time.Parse(time.RFC3339, text); err == nil {
			t.Time = parsed
			return nil
		}
	}
	// Of this type, so that encoding/json fills in the field.
	return &json.UnmarshalTypeError{Value: "string", Type: reflect.TypeFor[apiTime]()}
}

// expected says what a value should have been.
func expected(e *json.UnmarshalTypeError) string {
	if e.Type == reflect.TypeFor[apiTime]() {
		return "日時は「2026-04-01T09:00:00+09:00」のように、時差を付けて書いてください。"
	}
	switch e.Type.Kind() {
	case reflect.String:
		return "文字列を書いてください。"
	case reflect.Bool:
		return "trueかfalseを書いてください。"
	case reflect.Int, reflect.Int64:
		return "整数を書いてください。"
	case reflect.Slice:
		return "一覧（[…]）を書いてください。"
	case reflect.Struct:
		return "まとまり（{…}）を書いてください。"
	}
	return "値の種類が正しくありません。"
}
