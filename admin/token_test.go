package admin

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
)

// Each operation is done for a token that has the scope that it is described with, and refused to a token
// that has all others: an operation added tomorrow is asked too.
func TestAPIScopes(t *testing.T) {
	p := callAPI(t)
	owner := p.administrator("scopes")
	for _, one := range ippo.AllScopes {
		p.addTokenOf(owner, "only "+string(one), one)
		p.addTokenOf(owner, "all but "+string(one), slices.DeleteFunc(slices.Clone(ippo.AllScopes), func(s ippo.Scope) bool { return s == one })...)
	}
	fill := strings.NewReplacer("{id}", "9")
	for path, item := range loadOpenAPI(t).Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.Security != nil && len(*operation.Security) == 0 {
				continue
			}
			if operation.Security == nil {
				t.Errorf("%s %s is described without a scope", method, path)
				continue
			}
			scope := (*operation.Security)[0]["token"][0]
			if got := p.call("only "+scope, method, fill.Replace(path), ""); got.status == http.StatusForbidden {
				t.Errorf("%s %s is refused to a token for %s", method, path, scope)
			}
			if got := p.call("all but "+scope, method, fill.Replace(path), ""); got.status != http.StatusForbidden {
				t.Errorf("%s %s answers %d to a token for all but %s", method, path, got.status, scope)
			}
		}
	}
}

// An administrator makes a token, which is shown once and works, is told when its day is near, and ends it.
func TestTokenInThePanel(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Administrator)
	b.get("/admin/tokens").want(http.StatusOK).says("トークンはまだありません")
	b.post("/admin/tokens", "name", "広報システム", "expires", "2030-01-01").want(http.StatusUnprocessableEntity).says("広報システム", "できることを一つ以上", "2年先まで")
	until := o.clock().AddDate(0, 0, 40).In(ippo.Tokyo).Format(inputDay)
	b.post("/admin/tokens", "name", "広報システム", "expires", until, "scopes", "read", "scopes", "everything").want(http.StatusUnprocessableEntity).says("「everything」はありません")
	made := b.post("/admin/tokens", "name", "広報システム", "expires", until, "scopes", "read").want(http.StatusOK).says("もう一度は表示できません", "管理者さん")
	token := regexp.MustCompile(`ippo_[A-Z2-7]{26}`).FindString(made.body)
	who := regexp.MustCompile(`/admin/tokens/(\d+)/end`).FindStringSubmatch(made.body)
	if token == "" || who == nil {
		t.Fatalf("no token in %s", made.body)
	}
	page := "/admin/tokens/" + who[1]
	b.get(page).want(http.StatusOK).says("広報システム", "読む", "まだ使われていません").saysNot(token)

	call := func(want int) {
		t.Helper()
		r := o.visitor().request(http.MethodGet, "/api/v1/stats")
		r.Header.Set("Authorization", "Bearer "+token)
		o.visitor().do(r).want(want)
	}
	call(http.StatusOK)
	b.get(page).saysNot("まだ使われていません")
	b.get("/admin/").saysNot("手入れのいるAPIトークン")
	o.setClock(o.clock().AddDate(0, 0, 15))
	b.get("/admin/").says("手入れのいるAPIトークン", "広報システム")
	o.as(ippo.Approver).get("/admin/").saysNot("手入れのいるAPIトークン")
	b.get("/admin/tokens").says("まもなく")
	b.get("/admin/staff").saysNot("広報システム")
	b.get("/admin/staff/" + who[1]).want(http.StatusNotFound)

	b.get(page + "/end").want(http.StatusOK).says("もとに戻せません")
	b.follow(b.post(page + "/end")).says("止めました")
	call(http.StatusUnauthorized)
	b.get(page).says("止めた").saysNot("止める…")
	b.get("/admin/audit?about=token").says("APIトークン: 停止", "APIトークン: 作成")

	// Past its day it is no good, whoever asks.
	short := b.post("/admin/tokens", "name", "短いもの", "expires", o.clock().In(ippo.Tokyo).Format(inputDay), "scopes", "read").want(http.StatusOK)
	token = regexp.MustCompile(`ippo_[A-Z2-7]{26}`).FindString(short.body)
	call(http.StatusOK)
	o.setClock(o.clock().Add(24 * time.Hour))
	call(http.StatusUnauthorized)
	b.get("/admin/tokens").says("期限切れ")
}

// When whoever answers for a token leaves, it rests until a colleague takes it over.
func TestTokenIsTakenOver(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Administrator)
	token, sum := NewToken()
	leaver := o.administrator("leaver")
	made, err := o.store.CreateToken(t.Context(), leaver, ippo.Staff{Name: "広報", Scopes: ippo.Scopes{ippo.ScopeRead}, Owner: leaver, Expires: o.clock().AddDate(1, 0, 0)}, sum)
	if err != nil {
		t.Fatal(err)
	}
	call := func(want int) {
		t.Helper()
		r := o.visitor().request(http.MethodGet, "/api/v1/stats")
		r.Header.Set("Authorization", "Bearer "+token)
		o.visitor().do(r).want(want)
	}
	call(http.StatusOK)
	if err := o.store.UpdateStaff(t.Context(), 0, ippo.Staff{ID: leaver, Name: "退職", Email: "leaver@owner.example.jp", Role: ippo.Administrator, Disabled: true}); err != nil {
		t.Fatal(err)
	}
	call(http.StatusUnauthorized)
	b.get("/admin/").says("広報", "責任者がいません")
	page := href("tokens/%d", made.ID)
	b.get(page).says("責任者が管理者ではないため、使えません")
	b.follow(b.post(page + "/take")).says("責任者になりました")
	call(http.StatusOK)
	b.get("/admin/").saysNot("責任者がいません")
}
