package admin

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"ippo"
)

// Whatever strangers guess, and from wherever, the office gets in with the browsers that it always uses; those who guess
// are kept out all the same.
func TestStrangersLockNobodyOut(t *testing.T) {
	o := open(t)
	theirs := map[ippo.Role]*person{}
	for _, role := range ippo.Roles {
		theirs[role] = o.as(role)
		theirs[role].post("/admin/logout").want(http.StatusSeeOther)
	}
	logIn := func(b *person, role ippo.Role, typed string) reply {
		return b.post("/admin/login", "email", string(role)+"@example.jp", "password", typed)
	}
	stranger := o.visitor()
	for _, role := range ippo.Roles {
		for range 9 {
			logIn(stranger, role, "guess guess guess")
		}
		logIn(stranger, role, password).want(http.StatusTooManyRequests)
	}
	for role, b := range theirs {
		logIn(b, role, password).want(http.StatusSeeOther)
	}
	logIn(stranger, ippo.Editor, password).want(http.StatusTooManyRequests) // that they got in forgives nobody else

	// A known browser is known for who has used it, and is slowed by its own guesses.
	logIn(theirs[ippo.Viewer], ippo.Administrator, password).want(http.StatusTooManyRequests)
	theirs[ippo.Viewer].post("/admin/logout").want(http.StatusSeeOther)
	for range 9 {
		logIn(theirs[ippo.Viewer], ippo.Viewer, "guess guess guess")
	}
	logIn(theirs[ippo.Viewer], ippo.Viewer, password).want(http.StatusTooManyRequests)
	o.setClock(opening.Add(time.Hour))
	logIn(theirs[ippo.Viewer], ippo.Viewer, password).want(http.StatusSeeOther)

	// Two who share a browser are both known there; a note that is not ours says nothing.
	shared := o.as(ippo.Editor)
	shared.post("/admin/logout").want(http.StatusSeeOther)
	logIn(shared, ippo.Approver, password).want(http.StatusSeeOther)
	shared.post("/admin/logout").want(http.StatusSeeOther)
	forger := o.visitor()
	forged, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(o.url)
	if err != nil {
		t.Fatal(err)
	}
	forged.SetCookies(at, []*http.Cookie{{Name: o.panel.knownCookie(), Value: "eyJJRCI6ImEiLCJTdGFmZiI6WzEsMiwzLDRdfQ", Path: "/"}})
	forger.client.Jar = forged
	for range 9 {
		logIn(forger, ippo.Editor, "guess guess guess")
		logIn(forger, ippo.Approver, "guess guess guess")
	}
	logIn(forger, ippo.Editor, password).want(http.StatusTooManyRequests)
	logIn(shared, ippo.Editor, password).want(http.StatusSeeOther)
	shared.post("/admin/logout").want(http.StatusSeeOther)
	logIn(shared, ippo.Approver, password).want(http.StatusSeeOther)
}

func TestGuessedFrom(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "::ffff:203.0.113.7": "::ffff:203.0.113.7", "2001:db8:1:2:aaaa::1": "2001:db8:1:2::/64",
		"2001:db8:1:2:bbbb::9%eth0": "2001:db8:1:2::/64", "unknown": "unknown",
	} {
		if got := guessedFrom(address); got != want {
			t.Errorf("from %s guesses are counted as from %s, want %s", address, got, want)
		}
	}
}

// The note travels as the session does, and says nothing to who reads it.
func TestKnownBrowserCookie(t *testing.T) {
	o := open(t)
	cookies := o.visitor().post("/admin/login", "email", "editor@example.jp", "password", password).want(http.StatusSeeOther).header.Values("Set-Cookie")
	if len(cookies) != 2 {
		t.Fatalf("cookies %q", cookies)
	}
	for _, one := range cookies {
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(one, want) {
				t.Errorf("cookie %q lacks %s", one, want)
			}
		}
	}
	o.as(ippo.Administrator).post("/admin/staff/4/password", "password", "a wholly new sentence").want(http.StatusForbidden)
}
