package admin

import (
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"ippo"
)

func TestLogin(t *testing.T) {
	o := open(t)
	b := o.visitor()
	b.get("/admin/news?q=a").want(http.StatusSeeOther)
	b.get("/admin/login?next=/admin/news%3Fq%3Da").want(http.StatusOK).says("ログイン")
	r := b.post("/admin/login", "email", "EDITOR@example.jp ", "password", password, "next", "/admin/news?q=a").want(http.StatusSeeOther)
	if to := r.header.Get("Location"); to != "/admin/news?q=a" {
		t.Errorf("after login: %s, want the page asked for", to)
	}
	cookie := r.header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	b.get("/admin/").want(http.StatusOK).says("作成者さん")
	b.post("/admin/logout").want(http.StatusSeeOther)
	b.get("/admin/").want(http.StatusSeeOther)
}

// Who guesses learns neither whether an address is known nor whether the person is disabled.
func TestLoginTellsNothing(t *testing.T) {
	o := open(t)
	gone := o.staff[ippo.Viewer]
	gone.Disabled = true
	if err := o.store.UpdateStaff(t.Context(), 0, gone); err != nil {
		t.Fatal(err)
	}
	b := o.visitor()
	var pages []string
	for _, one := range [][2]string{{"editor@example.jp", "wrong password"}, {"nobody@example.jp", password}, {"viewer@example.jp", password}} {
		r := b.post("/admin/login", "email", one[0], "password", one[1]).want(http.StatusUnprocessableEntity).says("メールアドレスかパスワードが違います。")
		pages = append(pages, strings.ReplaceAll(r.body, one[0], ""))
	}
	if pages[0] != pages[1] || pages[1] != pages[2] {
		t.Error("the answers differ")
	}
}

func TestLoginIsSlowedAfterWrongGuesses(t *testing.T) {
	o := open(t)
	b := o.visitor()
	slowed := false
	for range 8 {
		if r := b.post("/admin/login", "email", "editor@example.jp", "password", "guess guess"); r.status == http.StatusTooManyRequests {
			r.says("お待ちください")
			slowed = true
		}
	}
	if !slowed {
		t.Fatal("eight wrong passwords in a row are not slowed")
	}
	b.post("/admin/login", "email", "editor@example.jp", "password", password).want(http.StatusTooManyRequests)
	o.setClock(opening.Add(time.Hour))
	b.post("/admin/login", "email", "editor@example.jp", "password", password).want(http.StatusSeeOther)
}

func TestLoginLeadsNowhereElse(t *testing.T) {
	for _, next := range []string{"https://evil.example/", "//evil.example/admin/", "/\\evil.example", "/admin/\\evil", "javascript:alert(1)", "/elsewhere", "/admin/login", ""} {
		if got := localPath(next); got != "/admin/" {
			t.Errorf("next %q leads to %q", next, got)
		}
	}
	if got := localPath("/admin/news/3?p=2"); got != "/admin/news/3?p=2" {
		t.Errorf("a page of the panel leads to %q", got)
	}
}

// Logging in takes a new session: one that was planted before is worth nothing.
func TestLoginRenewsTheSession(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Editor)
	before := b.post("/admin/login", "email", "editor@example.jp", "password", password).header.Get("Set-Cookie")
	after := b.post("/admin/login", "email", "editor@example.jp", "password", password).header.Get("Set-Cookie")
	if before == after || before == "" {
		t.Error("the session's token stays the same over a login")
	}
}

func TestDisabledStaffAreOutAtOnce(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Editor)
	b.get("/admin/").want(http.StatusOK)
	o.as(ippo.Administrator).post("/admin/staff/2", "name", "作成者さん", "email", "editor@example.jp", "role", "editor", "disabled", "1").want(http.StatusSeeOther)
	b.get("/admin/").want(http.StatusSeeOther)
}

func TestOtherSitesCannotPost(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Editor)
	r := b.request(http.MethodPost, "/admin/tags", "name", "x", "slug", "x")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r).want(http.StatusForbidden)
	r = b.request(http.MethodPost, "/admin/tags", "name", "x", "slug", "x")
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Set("Origin", "https://evil.example")
	b.do(r).want(http.StatusForbidden)
	if all, err := o.store.Tags(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("tags: %v, %v; want none", all, err)
	}
}

func TestHeaders(t *testing.T) {
	o := open(t)
	r := o.visitor().get("/admin/login")
	if csp := r.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("policy: %s", csp)
	}
	if r.header.Get("Cache-Control") != "no-store" || r.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers: %v", r.header)
	}
	for name := range o.panel.assets.files {
		if r := o.visitor().get("/admin/static/" + name); r.status != http.StatusOK || !strings.Contains(r.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %s", name, r.status, r.header.Get("Cache-Control"))
		}
	}
	o.visitor().get("/admin/static/../admin.go").want(http.StatusNotFound)
}

// With https the cookie is bound to this host and never travels in clear.
func TestCookieOverHTTPS(t *testing.T) {
	if c := newSessions(open(t).store, true).Cookie; c.Name != "__Host-ippo" || !c.Secure || c.Path != "/" || c.Domain != "" || !c.HttpOnly {
		t.Errorf("cookie: %+v", c)
	}
}

func TestChangePassword(t *testing.T) {
	o := open(t)
	b, elsewhere := o.as(ippo.Editor), o.as(ippo.Editor)
	b.post("/admin/account/password", "present", "wrong", "password", "a new long password").want(http.StatusUnprocessableEntity).says("今のパスワードが違います")
	b.post("/admin/account/password", "present", password, "password", "short").want(http.StatusUnprocessableEntity).says("15文字以上")
	b.follow(b.post("/admin/account/password", "present", password, "password", "a new long password")).says("パスワードを変えました")
	elsewhere.get("/admin/").want(http.StatusSeeOther)
	o.visitor().post("/admin/login", "email", "editor@example.jp", "password", "a new long password").want(http.StatusSeeOther)
}

// A password is the same however it is typed: wide or narrow, kana in one part or in two. One from before that was so
// still lets its owner in.
func TestPasswordHoweverTyped(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Editor)
	b.post("/admin/account/password", "present", password, "password", "ｐａｓｓｗｏｒｄ１２３４５６７").want(http.StatusUnprocessableEntity).says("知られています")
	b.post("/admin/account/password", "present", password, "password", "がらくたＡＢＣ ポスト １２３ やま").want(http.StatusSeeOther)
	for _, typed := range []string{"がらくたＡＢＣ ポスト １２３ やま", "がらくたABC ポスト 123 やま", "か\u3099らくたABC ホ\u309aスト 123 やま"} {
		o.visitor().post("/admin/login", "email", "editor@example.jp", "password", typed).want(http.StatusSeeOther)
	}
	o.visitor().post("/admin/login", "email", "editor@example.jp", "password", "からくたABC ポスト 123 やま").want(http.StatusUnprocessableEntity)
	o.visitor().post("/admin/login", "email", "editor@example.jp", "password", "がらくたabc ポスト 123 やま").want(http.StatusUnprocessableEntity)

	old, err := argon2id.CreateHash("ＡＢＣ ａｂｃ ＡＢＣ ａｂｃ", &hashParams)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.SetPassword(t.Context(), 0, o.staff[ippo.Viewer].ID, old); err != nil {
		t.Fatal(err)
	}
	o.visitor().post("/admin/login", "email", "viewer@example.jp", "password", "ＡＢＣ ａｂｃ ＡＢＣ ａｂｃ").want(http.StatusSeeOther)
}

// What is too large or no form is refused, not taken for an empty form.
func TestFormsThatCannotBeRead(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Editor)
	b.post("/admin/tags", "name", strings.Repeat("あ", maxBody), "slug", "x").want(http.StatusRequestEntityTooLarge).says("内容が大きすぎます")
	r := b.request(http.MethodPost, "/admin/tags")
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader("name=%zz")), 8
	b.do(r).want(http.StatusBadRequest).says("読み取れませんでした")
}

// Who guesses an address cannot tell from the time of the answer whether somebody has it: what is compared
// with then is as much work as a real hash, and no password fits it.
func TestDummyHash(t *testing.T) {
	h := newPasswords()
	params, salt, key, err := argon2id.DecodeHash(h.dummy)
	if err != nil || *params != hashParams || uint32(len(salt)) != params.SaltLength || uint32(len(key)) != params.KeyLength {
		t.Errorf("%q: %+v, %v", h.dummy, params, err)
	}
	for _, password := range []string{"", h.dummy, "password"} {
		if match, err := h.match(password, ""); match || err != nil {
			t.Errorf("%q matches nobody's password: %v, %v", password, match, err)
		}
	}
	if again := newPasswords(); again.dummy == h.dummy {
		t.Error("the same dummy at every start")
	}
}

// People see where they are logged in and log out elsewhere; an administrator does so for a colleague, and
// nobody else's can be named.
func TestSessionsAreListedAndEnded(t *testing.T) {
	o := open(t)
	session := regexp.MustCompile(`name="session" value="([0-9a-f]{64})"`)
	b, elsewhere := o.as(ippo.Editor), o.as(ippo.Editor)
	keys := func(r reply) (found []string) {
		for _, m := range session.FindAllStringSubmatch(r.body, -1) {
			found = append(found, m[1])
		}
		return found
	}
	both := keys(b.get("/admin/account").want(http.StatusOK).says("この画面", "127.0.0.1"))
	mine := keys(o.as(ippo.Administrator).get("/admin/staff/2").says("ログインしている画面"))
	if len(both) != 2 || len(mine) != 2 {
		t.Fatalf("%d and %d sessions, want 2", len(both), len(mine))
	}
	o.as(ippo.Viewer).post("/admin/account/sessions/end", "session", both[0]).want(http.StatusNotFound)
	b.post("/admin/account/sessions/end", "session", "no key").want(http.StatusNotFound)
	for _, key := range both { // one of them is b's own
		o.as(ippo.Administrator).post("/admin/staff/2/sessions/end", "session", key).want(http.StatusSeeOther)
	}
	b.get("/admin/").want(http.StatusSeeOther)
	elsewhere.get("/admin/").want(http.StatusSeeOther)
}

// Where the office says from where its panel is opened, it opens from nowhere else, neither for its staff nor for who
// wants to become one of them.
func TestPanelOpensFromTheOffice(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Editor)
	for _, one := range []struct {
		from string
		open bool
	}{{"", true}, {"203.0.113.0/24", false}, {"203.0.113.0/24,127.0.0.0/8", true}} {
		o.panel.From = nil
		for _, network := range strings.FieldsFunc(one.from, func(r rune) bool { return r == ',' }) {
			o.panel.From = append(o.panel.From, netip.MustParsePrefix(network))
		}
		for address, who := range map[string]*person{"/admin/": b, "/admin/login": o.visitor()} {
			if r := who.get(address); one.open {
				r.want(http.StatusOK)
			} else {
				r.want(http.StatusForbidden).says("この場所からは開けません").saysNot("作成者さん")
			}
		}
	}
}

// Whoever is logged out while they write comes back to where they wrote, whatever asked.
func TestLoginLeadsBackToTheForm(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.visitor()
	const form = "/admin/broadcasts/1/edit"
	back := "/admin/login?next=" + url.QueryEscape(form)
	sent := b.request(http.MethodPost, "/admin/broadcasts/1", "title", "書きかけ")
	sent.Header.Set("Referer", o.url+form)
	if got := b.do(sent).want(http.StatusSeeOther).header.Get("Location"); got != back {
		t.Errorf("who sends the form is led to %s", got)
	}
	asked := b.request(http.MethodPost, "/admin/broadcasts/preview")
	asked.Header.Set("HX-Request", "true")
	asked.Header.Set("HX-Current-URL", o.url+form)
	if got := b.do(asked).want(http.StatusUnauthorized).header.Get("HX-Redirect"); got != back {
		t.Errorf("who types is led to %s", got)
	}
	astray := b.request(http.MethodPost, "/admin/broadcasts/1")
	astray.Header.Set("Referer", "https://evil.example/elsewhere")
	if got := b.do(astray).header.Get("Location"); got != "/admin/login" {
		t.Errorf("from nowhere one is led to %s", got)
	}
}
