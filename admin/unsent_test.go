package admin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// outlive lets somebody's session end by itself: since it was last used, or since it began, so much time has passed.
func (b *person) outlive(key string, since time.Duration) {
	b.o.t.Helper()
	at, err := url.Parse(b.o.url)
	if err != nil {
		b.o.t.Fatal(err)
	}
	sessions := b.o.panel.sessions
	ctx, err := sessions.Load(b.o.t.Context(), b.client.Jar.Cookies(at)[0].Value)
	if err == nil {
		sessions.Put(ctx, key, time.Now().Add(-since).Unix())
		_, _, err = sessions.Commit(ctx)
	}
	if err != nil {
		b.o.t.Fatal(err)
	}
}

// sends sends a form from a page, as a browser does.
func (b *person) sends(page, action string, fields ...string) reply {
	b.o.t.Helper()
	r := b.request(http.MethodPost, action, fields...)
	r.Header.Set("Referer", b.o.url+page)
	return b.do(r)
}

func (b *person) logsIn(role ippo.Role) reply {
	b.o.t.Helper()
	return b.follow(b.post("/admin/login", "email", string(role)+"@example.jp", "password", password))
}

// Whoever sends a form after their session has ended finds it filled in when they have logged in, and sends it by
// pressing once more.
func TestUnsentFormComesBack(t *testing.T) {
	o := open(t)
	o.fill()
	before, err := o.store.News(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	const text = `手を貸して"ください。</textarea><script>alert(1)</script>`
	for key, since := range map[string]time.Duration{sessionSeen: sessionIdle + time.Minute, store.SessionBegan: sessionLife + time.Minute} {
		b := o.as(ippo.Editor)
		b.get("/admin/news/1").want(http.StatusOK)
		b.outlive(key, since)
		b.follow(b.sends("/admin/news/1", "/admin/news/1", "title", "手伝い", "kind", "helpers", "summary", text, "topics", "fukushi", "gone", "欄のない内容"+text, "empty", "")).
			says("書いた内容は預かっています")
		b.get("/admin/news/1").want(http.StatusSeeOther) // the session is good for nothing else
		page := b.logsIn(ippo.Editor).want(http.StatusOK).says("送れませんでした", "書いた内容を、下の欄に戻しました", "欄のない内容")
		for _, part := range []string{`value="手伝い"`, `name="topics" value="fukushi" checked`, "手を貸して&#34;ください。&lt;/textarea&gt;"} {
			if !strings.Contains(page.body, part) {
				t.Errorf("%s: the form does not hold %s:\n%s", key, part, page.body)
			}
		}
		if strings.Contains(page.body, "<script>alert") {
			t.Errorf("%s: what was typed is part of the page", key)
		}
		if n, err := o.store.News(t.Context(), 1); err != nil || n.Title != before.Title {
			t.Errorf("%s: it was saved by itself: %+v, %v", key, n, err)
		}
		b.post("/admin/news/1", "title", "") // it is taken, and comes back by itself with what is wrong
		b.get("/admin/news/1?unsent=1").want(http.StatusOK).saysNot("送れませんでした")
		if page := b.follow(b.post("/admin/logout")); strings.Contains(page.body, "預かっています") {
			t.Errorf("%s: it is kept after it was taken", key)
		}
	}
}

// It is for nobody else, it can be thrown away, and it is gone after a day.
func TestUnsentFormIsItsWriters(t *testing.T) {
	o := open(t)
	o.fill()
	lost := func() *person {
		t.Helper()
		b := o.as(ippo.Editor)
		b.outlive(sessionSeen, sessionIdle+time.Minute)
		b.sends("/admin/news/1", "/admin/news/1", "title", "秘密の題名").want(http.StatusSeeOther)
		return b
	}
	b := lost()
	b.logsIn(ippo.Approver).saysNot("秘密の題名")
	b.get("/admin/news/1?unsent=1").want(http.StatusOK).saysNot("秘密の題名", "送れませんでした")
	own := o.visitor()
	own.logsIn(ippo.Editor).says("書いた内容を、下の欄に戻しました")
	own.follow(own.post("/admin/unsent")).says("送れなかった内容を捨てました")
	own.get("/admin/news/1?unsent=1").saysNot("送れませんでした")

	b = lost()
	o.setClock(o.clock().Add(ippo.UnsentFormLife + time.Minute))
	b.logsIn(ippo.Editor).saysNot("送れませんでした")
}

// Nothing is kept of who was never known, of what another site sends, of passwords, of what is too long, and of files.
func TestUnsentFormsAreFew(t *testing.T) {
	o := open(t)
	o.fill()
	kept := func() (ippo.UnsentForm, bool) {
		t.Helper()
		for _, who := range o.staff {
			f, err := o.store.UnsentForm(t.Context(), who.ID)
			if err == nil {
				return f, true
			}
			if !errors.Is(err, ippo.ErrNotFound) {
				t.Fatal(err)
			}
		}
		return ippo.UnsentForm{}, false
	}
	o.visitor().sends("/admin/news/1", "/admin/news/1", "title", "だれか").want(http.StatusSeeOther)
	b := o.as(ippo.Administrator)
	b.post("/admin/logout").want(http.StatusSeeOther)
	b.sends("/admin/news/1", "/admin/news/1", "title", "だれか").want(http.StatusSeeOther)

	b = o.as(ippo.Administrator)
	b.outlive(sessionSeen, sessionIdle+time.Minute)
	astray := b.request(http.MethodPost, "/admin/news/1", "title", "よそから")
	astray.Header.Set("Referer", o.url+"/admin/news/1")
	astray.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(astray).want(http.StatusForbidden)
	b.sends("/admin/account", "/admin/account/password", "now", "correct horse battery").want(http.StatusSeeOther)
	b.sends("/admin/news/1", "/admin/news/1", "title", strings.Repeat("長", ippo.MaxUnsentForm/3)).want(http.StatusSeeOther)
	b.upload("/admin/entries/import", "識別名,名前\nmado,窓口\n").want(http.StatusSeeOther)
	if f, found := kept(); found {
		t.Errorf("%+v is kept", f)
	}
	b.sends("/admin/staff/new", "/admin/staff", "name", "新しい職員", "newPassword", "correct horse battery").want(http.StatusSeeOther)
	if f, found := kept(); !found || strings.Contains(f.Form, "correct") || !strings.Contains(f.Form, "name=") {
		t.Errorf("%+v is kept (%v)", f, found)
	}
}
