package linesim

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ippo/internal/lineview"
)

//go:embed templates/*.html
var phoneTemplateFiles embed.FS

//go:embed static
var phoneStaticFiles embed.FS

var phoneTemplates = template.Must(template.ParseFS(phoneTemplateFiles, "templates/*.html"))

// phonePolicy allows the page its own script and styles, the pictures in messages, and pages on this
// machine inside the phone. style-src-attr is what lineview asks for.
const phonePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; " +
	"img-src 'self' https: http://127.0.0.1:* http://localhost:*; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
	"frame-src 'self' http://127.0.0.1:* http://localhost:*; frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"

// Bounds on what a phone takes and shows.
const (
	maxPhoneBody    = 64 << 10
	maxPeopleShown  = 30
	maxEntriesShown = 100 // drawn anew at every change
	maxNameLen      = 40
	maxTextUnits    = 5000    // UTF-16 units, as in a bot's own text message
	maxPeople       = 100_000 // beyond, nobody can be added through the phone
	heartbeat       = 15 * time.Second
)

// Phone serves the phones of everyone on the platform as web pages: choose a person or add one, see their
// chat as LINE shows it, write and tap. Addresses in the pages are relative, so it can be mounted under
// any prefix that ends in a slash:
//
//	mux.Handle("/phone/", http.StripPrefix("/phone", platform.Phone()))
//
// ?user=ID opens one person's phone, with text=… waiting in the keyboard; ?add=1 the page of a person who
// has just scanned the account's QR code, with name=…, language=… and text=… filled in. A page holds no
// state of its own, so that two can stand side by side.
//
// Pages keep a stream of server-sent events open, which ends with the platform: Close it before, or
// while, the HTTP server shuts down. Anyone who can reach the handler can act for everyone on the
// platform: it is for loopback.
func (p *Platform) Phone() http.Handler {
	return p.phone(heartbeat)
}

func (p *Platform) phone(heartbeat time.Duration) http.Handler {
	h := &phone{Platform: p, heartbeat: heartbeat}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.page)
	mux.HandleFunc("POST /add", h.add)
	mux.HandleFunc("GET /screen", h.screen)
	mux.HandleFunc("GET /events", h.events)
	mux.HandleFunc("POST /act", h.act)
	mux.HandleFunc("GET /menus/{id}", h.menuPicture)
	mux.HandleFunc("GET /static/lineview.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(lineview.Stylesheet()))
	})
	static, err := fs.Sub(phoneStaticFiles, "static")
	if err != nil {
		panic("linesim: static files: " + err.Error()) // embedded under this name
	}
	mux.Handle("GET /static/", http.StripPrefix("/static", http.FileServerFS(static)))
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", phonePolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxPhoneBody)
		mux.ServeHTTP(w, r)
	}))
}

// phone is the web pages of a platform.
type phone struct {
	*Platform
	heartbeat time.Duration
}

// page shows one of three pages: the people, the form that adds one, or a person's phone.
func (h *phone) page(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case q.Get("user") != "":
		s, ok := h.Screen(q.Get("user"))
		if !ok {
			h.showPeople(w, http.StatusNotFound, peoplePage{Problem: "その人の電話は見つかりませんでした。下から選んでください。"}, "")
			return
		}
		h.render(w, http.StatusOK, "phone", h.chatPage(s, clip(q.Get("text"), maxTextUnits)))
	case q.Has("add"):
		h.render(w, http.StatusOK, "add", addPage{
			Account: h.opts.DisplayName, Name: clip(q.Get("name"), maxNameLen),
			Language: q.Get("language"), Text: clip(q.Get("text"), maxTextUnits), Languages: languages(),
		})
	default:
		h.showPeople(w, http.StatusOK, peoplePage{}, clip(q.Get("q"), maxNameLen))
	}
}

// peoplePage lists those whose phone one can look at.
type peoplePage struct {
	Account string
	Query   string
	Problem string
	People  []person
	More    int // people who match and are not listed
}

// person is a row of the list.
type person struct {
	User
	Initial string
	Colour  int    // of the drawn picture
	Last    string // what the chat's last line says
	When    string
	latest  time.Time
}

func (h *phone) showPeople(w http.ResponseWriter, status int, page peoplePage, query string) {
	page.Account, page.Query = h.opts.DisplayName, query
	page.People, page.More = h.people(query)
	h.render(w, status, "people", page)
}

// people are those whose name holds the query, with the most recent chat first, and how many more there are.
func (h *phone) people(query string) (shown []person, more int) {
	fold := strings.ToLower(strings.TrimSpace(query))
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, u := range h.order {
		if !strings.Contains(strings.ToLower(u.DisplayName), fold) {
			continue
		}
		row := person{User: u.User}
		if n := len(u.entries); n > 0 {
			row.latest = u.entries[n-1].At
			row.Last = summary(u.entries[n-1])
		}
		shown = append(shown, row)
	}
	slices.SortStableFunc(shown, func(a, b person) int { return b.latest.Compare(a.latest) })
	if len(shown) > maxPeopleShown {
		shown, more = shown[:maxPeopleShown], len(shown)-maxPeopleShown
	}
	for i := range shown {
		row := &shown[i]
		first, _ := utf8.DecodeRuneInString(row.DisplayName)
		row.Initial = string(first)
		row.Colour = int(row.ID[len(row.ID)-1]) % 6
		if !row.latest.IsZero() {
			row.When = dayOrTime(row.latest.In(h.tokyo), h.now().In(h.tokyo))
		}
	}
	return shown, more
}

// summary is a chat's line in a few words, as in LINE's list of chats.
func summary(e Entry) string {
	switch {
	case e.Unsent:
		return "送信を取り消しました"
	case e.Message == nil:
		return markText(e.Kind)
	}
	var m struct{ Type, Text, AltText string }
	if err := json.Unmarshal(e.Message, &m); err != nil {
		return ""
	}
	switch m.Type {
	case "sticker":
		return "スタンプを送信しました"
	case "image":
		return "写真を送信しました"
	case "location":
		return "位置情報を送信しました"
	}
	return clip(cmp.Or(m.Text, m.AltText), 60)
}

// dayOrTime is the time of today and the day of any other.
func dayOrTime(at, now time.Time) string {
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return fmt.Sprintf("%d/%d", at.Month(), at.Day())
}

// addPage is the form of a person who has scanned the account's QR code.
type addPage struct {
	Account   string
	Name      string
	Language  string
	Text      string
	Problem   string
	Languages []language
}

type language struct{ Code, Name string }

// languages are some of those LINE's app can be set to, each written in itself.
func languages() []language {
	return []language{
		{"ja", "日本語"}, {"en", "English"}, {"zh-Hans", "中文（简体）"}, {"zh-Hant", "中文（繁體）"},
		{"ko", "한국어"}, {"vi", "Tiếng Việt"}, {"pt-BR", "Português (Brasil)"}, {"id", "Bahasa Indonesia"},
	}
}

// add puts a new person on LINE, lets them follow the account and shows their phone, with the QR code's
// text waiting to be sent.
func (h *phone) add(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "入力を読み取れませんでした。", http.StatusBadRequest)
		return
	}
	form := addPage{
		Account: h.opts.DisplayName, Languages: languages(), Language: r.PostForm.Get("language"),
		Name: strings.TrimSpace(r.PostForm.Get("name")), Text: strings.TrimSpace(r.PostForm.Get("text")),
	}
	switch {
	case utf8.RuneCountInString(form.Name) > maxNameLen:
		form.Problem = fmt.Sprintf("名前は%d文字までにしてください。", maxNameLen)
	case form.Text != clip(form.Text, maxTextUnits):
		form.Problem = fmt.Sprintf("メッセージは%d文字までにしてください。", maxTextUnits)
	case !slices.ContainsFunc(form.Languages, func(l language) bool { return l.Code == form.Language }):
		form.Problem = "ことばを選んでください。"
	case h.peopleCount() >= maxPeople:
		form.Problem = "これ以上は人を増やせません。"
	}
	if form.Problem != "" {
		h.render(w, http.StatusUnprocessableEntity, "add", form)
		return
	}
	u := h.AddUser(User{DisplayName: form.Name, Language: form.Language})
	if err := h.Follow(u.ID); err != nil {
		http.Error(w, "友だちに追加できませんでした。", http.StatusInternalServerError)
		return
	}
	q := url.Values{"user": {u.ID}}
	if form.Text != "" {
		q.Set("text", form.Text)
	}
	// Not http.Redirect: it would make the address absolute without the prefix this is mounted under.
	w.Header().Set("Location", "./?"+q.Encode())
	w.WriteHeader(http.StatusSeeOther)
}

func (h *phone) peopleCount() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.order)
}

// menuPicture serves a rich menu's image. Its address never means another image: LINE's cannot be replaced.
func (h *phone) menuPicture(w http.ResponseWriter, r *http.Request) {
	m, ok := h.RichMenu(r.PathValue("id"))
	if !ok || m.ImageType == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", m.ImageType)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(m.Image))
}

// render writes a page whole or not at all.
func (h *phone) render(w http.ResponseWriter, status int, name string, data any) {
	var buf bytes.Buffer
	if err := phoneTemplates.ExecuteTemplate(&buf, name, data); err != nil {
		h.opts.Log.Error("phone page not drawn", "page", name, "err", err)
		http.Error(w, "画面を表示できませんでした。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(buf.Bytes())
}

// clip is s without what goes beyond n UTF-16 units.
func clip(s string, n int) string {
	for i, r := range s {
		if r > 0xffff {
			n--
		}
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
