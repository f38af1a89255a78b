package admin

import (
	"net/http"
	"net/url"
	"testing"

	"ippo"
)

// Whoever is new is led from page to page, may go back and leave, and finds the way again; one's tour is not
// another's.
func TestTour(t *testing.T) {
	o := open(t)
	o.fill()
	hash, err := passwordHash()
	if err != nil {
		t.Fatal(err)
	}
	who, err := o.store.CreateStaff(t.Context(), 0, ippo.Staff{Name: "新人さん", Email: "new@example.jp", Role: ippo.Editor}, hash)
	if err != nil {
		t.Fatal(err)
	}
	b := o.visitor()
	b.follow(b.post("/admin/login", "email", "new@example.jp", "password", password)).says("ようこそ", "ご案内 1 / 6", "案内を終わる")
	b.get("/admin/news").want(http.StatusOK).saysNot("ご案内")
	move := func(at, do, to string) reply {
		t.Helper()
		r := b.post("/admin/tour", "at", at, "do", do).want(http.StatusSeeOther)
		if r.header.Get("Location") != to {
			t.Fatalf("%s of %q leads to %s, want %s", do, at, r.header.Get("Location"), to)
		}
		return b.follow(r)
	}
	move("", "next", "/admin/broadcasts").says("ご案内 2 / 6", "一時停止")
	b.get("/admin/").says("ご案内の途中です", "続きを見る")
	b.get("/admin/broadcasts/1").saysNot("ご案内")
	move("", "next", "/admin/broadcasts") // pressed twice
	move("broadcasts", "next", "/admin/requests").says("ご案内 3 / 6")
	move("requests", "back", "/admin/broadcasts").says("ご案内 2 / 6")
	move("followers", "next", "/admin/setup").says("ご案内 5 / 6")
	move("setup", "next", "/admin/account").says("ご案内 6 / 6", "使いはじめる")
	move("account", "end", "/admin/").says("案内を終わりました").saysNot("ご案内")
	b.get("/admin/account").says("案内をはじめから見る").saysNot("ご案内 ")
	move("", "again", "/admin/").says("ご案内 1 / 6")
	o.as(ippo.Editor).get("/admin/").saysNot("ご案内")
	b.post("/admin/tour", "at", "nowhere", "do", "next").want(http.StatusNotFound)

	// Who may see less is led to less, and whoever stands where they may go no more begins anew.
	if err := o.store.MoveTour(t.Context(), who.ID, "requests"); err != nil {
		t.Fatal(err)
	}
	who.Role = ippo.Viewer
	if err := o.store.UpdateStaff(t.Context(), o.staff[ippo.Administrator].ID, who); err != nil {
		t.Fatal(err)
	}
	b = o.visitor()
	b.follow(b.post("/admin/login", "email", "new@example.jp", "password", password)).says("ご案内 1 / 5")
	move("broadcasts", "next", "/admin/followers").says("ご案内 3 / 5")
}

// Every station's page is there, and may be seen by whom it is for.
func TestTourStations(t *testing.T) {
	o := open(t)
	for _, s := range stations {
		o.as(s.least).get("/admin/" + url.PathEscape(s.Key)).want(http.StatusOK)
	}
}
