package admin

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"ippo"
)

// app is somebody's telephone with a secret in it.
type app struct{ secret string }

// code is what the app shows some half minutes from now.
func (a app) code(o *office, later int) string {
	o.t.Helper()
	code, err := totp.GenerateCodeCustom(a.secret, o.clock().Add(time.Duration(later)*factorPeriod*time.Second), factorShape)
	if err != nil {
		o.t.Fatal(err)
	}
	return code
}

var (
	hiddenSecret = regexp.MustCompile(`name="secret" value="([^"]+)"`)
	shownSecret  = regexp.MustCompile(`<p class="code address">([A-Z2-7]+)</p>`)
	shownCode    = regexp.MustCompile(`<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>`)
)

// setUp sets a second factor up and returns the app and the recovery codes.
func (b *person) setUp() (app, []string) {
	b.o.t.Helper()
	page := b.get("/admin/account/factor").want(http.StatusOK)
	a, sealed := app{shownSecret.FindStringSubmatch(page.body)[1]}, hiddenSecret.FindStringSubmatch(page.body)[1]
	b.post("/admin/account/factor", "secret", sealed, "code", "000000").want(http.StatusUnprocessableEntity).says("コードが違います", a.secret)
	done := b.post("/admin/account/factor", "secret", sealed, "code", a.code(b.o, 0)).want(http.StatusOK).says("予備のコード")
	var codes []string
	for _, m := range shownCode.FindAllStringSubmatch(done.body, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != recoveryCodes {
		b.o.t.Fatalf("%d recovery codes", len(codes))
	}
	return a, codes
}

func openWithFactors(t *testing.T) *office {
	o := open(t)
	o.panel.wall = o.clock
	return o
}

// Whoever has a second factor is in only with both: the password alone opens no page, and no code works twice.
func TestSecondFactor(t *testing.T) {
	o := openWithFactors(t)
	b, elsewhere := o.as(ippo.Editor), o.as(ippo.Editor)
	phone, codes := b.setUp()
	b.get("/admin/").want(http.StatusOK)
	elsewhere.get("/admin/").want(http.StatusSeeOther)

	again := o.visitor()
	r := again.post("/admin/login", "email", "editor@example.jp", "password", password, "next", "/admin/news").want(http.StatusSeeOther)
	if to := r.header.Get("Location"); to != "/admin/login/code?next=%2Fadmin%2Fnews" {
		t.Fatal(to)
	}
	again.get("/admin/news").want(http.StatusSeeOther)
	again.get("/admin/login/code?next=//evil.example").want(http.StatusOK).says("6けたのコード").saysNot("evil")
	again.post("/admin/login/code", "code", phone.code(o, 0)).want(http.StatusUnprocessableEntity).says("使いおわっています") // it set the factor up
	again.post("/admin/login/code", "code", phone.code(o, 9)).want(http.StatusUnprocessableEntity)
	next := phone.code(o, 1)
	if to := again.post("/admin/login/code", "code", " "+next[:3]+" "+next[3:], "next", "/admin/news").want(http.StatusSeeOther).header.Get("Location"); to != "/admin/news" {
		t.Error(to)
	}
	again.get("/admin/news").want(http.StatusOK)

	half := func() *person {
		p := o.visitor()
		p.post("/admin/login", "email", "editor@example.jp", "password", password).want(http.StatusSeeOther)
		return p
	}
	half().post("/admin/login/code", "code", next).want(http.StatusUnprocessableEntity)
	half().post("/admin/login/code", "code", strings.ToUpper(codes[0])).want(http.StatusSeeOther)
	half().post("/admin/login/code", "code", codes[0]).want(http.StatusUnprocessableEntity)
	o.visitor().post("/admin/login/code", "code", codes[1]).want(http.StatusSeeOther) // without a password: back to the beginning
	o.as(ippo.Administrator).get("/admin/audit?who=2").says("職員: 二段階認証の設定", "職員: 予備のコードでログイン")

	// New codes for paper void the old ones.
	o.setClock(opening.Add(time.Hour))
	b.post("/admin/account/factor/change", "do", "codes", "code", "000000").want(http.StatusUnprocessableEntity)
	b.post("/admin/account/factor/change", "do", "codes", "code", phone.code(o, 0)).want(http.StatusOK).says("予備のコード")
	half().post("/admin/login/code", "code", codes[1]).want(http.StatusUnprocessableEntity)

	b.follow(b.post("/admin/account/factor/change", "do", "remove", "code", phone.code(o, 1))).says("外しました")
	o.as(ippo.Editor).get("/admin/").want(http.StatusOK)
}

// A login that waits for its code ends with the password that it began with, and is no browser in which one is logged in.
func TestHalfALoginEndsWithThePassword(t *testing.T) {
	o := openWithFactors(t)
	b := o.as(ippo.Editor)
	phone, _ := b.setUp()
	half := o.visitor()
	half.post("/admin/login", "email", "editor@example.jp", "password", password).want(http.StatusSeeOther)
	half.get("/admin/login/code").want(http.StatusOK).says("6けたのコード")
	if open, err := o.store.OpenSessions(t.Context(), o.staff[ippo.Editor].ID); err != nil || len(open) != 1 {
		t.Errorf("%v, %v: one browser is logged in", open, err)
	}
	b.post("/admin/account/password", "present", password, "password", "a new long password").want(http.StatusSeeOther)
	if to := half.post("/admin/login/code", "code", phone.code(o, 1)).want(http.StatusSeeOther).header.Get("Location"); to != "/admin/login" {
		t.Error(to)
	}
	half.get("/admin/account").want(http.StatusSeeOther)
}

// Codes are guessed no faster than passwords, and a right password forgives no wrong code.
func TestCodesAreNotGuessed(t *testing.T) {
	o := openWithFactors(t)
	phone, _ := o.as(ippo.Editor).setUp()
	b := o.visitor()
	slowed := false
	for i := range 8 {
		if r := b.post("/admin/login", "email", "editor@example.jp", "password", password); r.status == http.StatusTooManyRequests {
			slowed = true
			break
		}
		b.post("/admin/login/code", "code", fmt.Sprintf("%06d", i))
	}
	if !slowed {
		t.Fatal("eight wrong codes in a row are not slowed")
	}
	b.post("/admin/login/code", "code", phone.code(o, 1)).want(http.StatusTooManyRequests).says("お待ちください")
}

// Where the setting demands it, who approves is led to set a second factor up and can do nothing else before,
// and so is not locked out; who writes only is left alone. A colleague can take a lost one away.
func TestSecondFactorIsDemanded(t *testing.T) {
	o := openWithFactors(t)
	settings, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.Office.Phone, settings.SecondFactor = "000-123-4567", true
	if err := o.store.SaveSettings(t.Context(), 0, settings); err != nil {
		t.Fatal(err)
	}
	o.as(ippo.Editor).get("/admin/").want(http.StatusOK)
	approver := o.as(ippo.Approver)
	for _, one := range o.panel.routes() {
		if one.least == anyone || one.path == "/logout" || one.path == "/account/factor" || !ippo.Approver.Includes(one.least) {
			continue
		}
		address := "/admin" + strings.NewReplacer(":id", "1", ":slug", "none").Replace(one.path)
		if r := approver.do(approver.request(one.method, address)); r.status != http.StatusSeeOther || r.header.Get("Location") != "/admin/account/factor" {
			t.Errorf("%s %s is open without a second factor: %d", one.method, address, r.status)
		}
	}
	approver.get("/admin/account/factor").says("設定が終わると")
	approver.setUp()
	approver.get("/admin/").want(http.StatusOK)

	admin := o.as(ippo.Administrator)
	admin.setUp()
	admin.get("/admin/staff").says("二段階認証")
	admin.follow(admin.post("/admin/staff/3/factor/remove")).says("外しました")
	approver.get("/admin/").want(http.StatusSeeOther)
	o.as(ippo.Approver).get("/admin/account/factor").want(http.StatusOK).says("使いはじめる")
	admin.post("/admin/staff/4/factor/remove").want(http.StatusForbidden)
}

// A secret that was made for somebody else cannot be planted.
func TestFactorOfSomebodyElse(t *testing.T) {
	o := openWithFactors(t)
	page := o.as(ippo.Viewer).get("/admin/account/factor")
	a := app{shownSecret.FindStringSubmatch(page.body)[1]}
	b := o.as(ippo.Editor)
	b.post("/admin/account/factor", "secret", hiddenSecret.FindStringSubmatch(page.body)[1], "code", a.code(o, 0)).want(http.StatusSeeOther)
	b.get("/admin/account/factor").says("使いはじめる")
}
