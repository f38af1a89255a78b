package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// Somebody asks on the telephone that their data be erased: an approver sees who it is, gives a reason, and can
// call it off until it begins, as can a colleague. Both are on record, without the name.
func TestStaffEraseAndCallOff(t *testing.T) {
	o := open(t)
	o.fill()
	o.as(ippo.Editor).get("/admin/followers").says("川＊＊").saysNot("データを消す")
	o.as(ippo.Editor).get("/admin/followers/1/erase").want(http.StatusForbidden)
	b := o.as(ippo.Approver)
	b.get("/admin/followers").says("川＊＊").saysNot("データを消す方")
	b.get("/admin/followers/99/erase").want(http.StatusNotFound)
	b.get("/admin/followers/1/keep").want(http.StatusConflict)
	b.get("/admin/followers/1/erase").want(http.StatusOK).says("「川口 花」さん", "12時間後に消しはじめます", "元に戻せません", "データを消す理由")
	b.post("/admin/followers/1/erase", "reason", " ").want(http.StatusUnprocessableEntity).says("理由を200文字以内で入力してください")
	b.post("/admin/followers/1/erase", "reason", strings.Repeat("あ", 201)).want(http.StatusUnprocessableEntity)
	woken := o.woken
	b.follow(b.post("/admin/followers/1/erase", "reason", "きょう窓口でご本人から")).says("データを消すことにしました", "データを消す方", "承認者さんが受付", "消すのをやめる")
	if o.woken == woken {
		t.Error("the job does not learn of it")
	}
	b.post("/admin/followers/1/erase", "reason", "もう一度").want(http.StatusConflict)
	waiting, err := o.store.Erasures(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Staff != o.staff[ippo.Approver].ID {
		t.Fatalf("%+v, %v", waiting, err)
	}
	o.as(ippo.Viewer).post("/admin/followers/1/keep", "reason", "いいえ").want(http.StatusForbidden)
	colleague := o.as(ippo.Administrator)
	colleague.get("/admin/followers/1/keep").want(http.StatusOK).says("「川口 花」さん")
	colleague.post("/admin/followers/1/keep", "reason", "").want(http.StatusUnprocessableEntity)
	colleague.follow(colleague.post("/admin/followers/1/keep", "reason", "別の方でした")).says("消すのをやめました").saysNot("データを消す方")
	colleague.post("/admin/followers/1/keep", "reason", "もう一度").want(http.StatusConflict)
	colleague.get("/admin/audit").says("友だち: データを消す申し出", "友だち: データを消すのをやめる", "きょう窓口でご本人から", "別の方でした").saysNot("川口")

	// What a resident asked for themselves stands there too.
	if err := o.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AskErasure(t.Context(), 1, 0, "") }); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/followers").says("データを消す方", "ご本人か、保管期間")
}

// Somebody on the telephone says their name: staff who may answer them find their row, and who may only look does not
// learn more than the first letter.
func TestFollowerIsFoundByName(t *testing.T) {
	o := open(t)
	o.fill()
	if err := o.store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Follow(t.Context(), "Uf0000000000000000000000000000002", "ﾔﾏﾀﾞ Taro", ippo.Japanese, opening)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	b.get("/admin/followers?q=やまだ+ＴＡＲＯ").says("1人が条件に合います").saysNot("川＊＊")
	b.get("/admin/followers?q=2").says("1人が条件に合います").saysNot("川＊＊")
	b.get("/admin/followers?q=1&status=active").says("川＊＊")
	b.get("/admin/followers?q=やまだ&status=blocked").says("条件に合う友だちはいません")
	if csv := b.get("/admin/followers.csv?q=やまだ"); strings.Count(csv.body, "\n") != 2 {
		t.Errorf("the file is not narrowed:\n%s", csv.body)
	}
	b.post("/admin/followers/tags", "to", "add", "tag", "koza", "scope", "all", "list", "q=やまだ").want(http.StatusOK).says("1人に「講座の参加者」")
	o.as(ippo.Viewer).get("/admin/followers?q=やまだ").says("2人", "川＊＊").saysNot("名前か番号")
}

// The list is sorted by its headings, which keep what it is narrowed to, and saved as it stands with names masked.
func TestFollowerListIsSortedAndSaved(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	for i, id := range []string{"Uf0000000000000000000000000000002", "Uf0000000000000000000000000000003"} {
		o.setClock(opening.AddDate(0, 0, 1+i))
		if err := o.store.Write(ctx, func(t *store.Tx) error {
			_, err := t.Follow(ctx, id, []string{"=山田", "佐藤"}[i], ippo.Japanese, o.clock())
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.store.Write(ctx, func(t *store.Tx) error { return t.Seen(ctx, 1, opening.AddDate(0, 0, 9)) }); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	r := b.get("/admin/followers?status=active&entry=").says("3人が条件に合います", "佐＊", "最後の連絡 ")
	order := func(r reply, names ...string) {
		t.Helper()
		last := 0
		for _, name := range names {
			at := strings.Index(r.body, name)
			if at < last {
				t.Errorf("%s stands wrong on\n%s", name, text(r.body))
			}
			last = at
		}
	}
	order(r, "佐＊", "=＊＊", "川＊＊")
	if !strings.Contains(r.body, `aria-sort="descending"><a class="sort" href="/admin/followers?entry=&amp;sort=followed&amp;status=active">登録日`) {
		t.Errorf("the heading does not turn the list round:\n%s", r.body)
	}
	r = b.get("/admin/followers?status=active&sort=-seen")
	order(r, "川＊＊", "佐＊", "=＊＊")
	if !strings.Contains(r.body, `name="sort" value="-seen"`) || !strings.Contains(r.body, `href="/admin/followers.csv?sort=-seen&amp;status=active"`) {
		t.Errorf("the sort is forgotten:\n%s", r.body)
	}
	r = b.get("/admin/followers.csv?sort=-seen&status=active").want(http.StatusOK)
	order(r, "川＊＊", "佐＊", "'=＊＊")
	r.saysNot("佐藤", "Uf00")
	if !strings.HasPrefix(r.body, "\uFEFF番号,") {
		t.Errorf("no byte order mark: %q", r.body[:20])
	}
	b.get("/admin/followers.csv?status=blocked").want(http.StatusOK).saysNot("川＊＊")
	o.as(ippo.Viewer).get("/admin/followers.csv").want(http.StatusForbidden)
	o.as(ippo.Administrator).get("/admin/audit").says("CSVの保存", "3人")
}

// Editors give a tag to all whom the list's filter leaves: the panel asks first, the job does it, and one button
// takes it back.
func TestTagManyFollowers(t *testing.T) {
	o := open(t)
	o.fill()
	for i := range 60 {
		if err := o.follow(fmt.Sprintf("U%032x", i+1)); err != nil {
			t.Fatal(err)
		}
	}
	b := o.as(ippo.Editor)
	several := func(more ...string) reply {
		t.Helper()
		return b.post("/admin/followers/tags", append([]string{"to", "add", "list", "status=active"}, more...)...)
	}
	b.get("/admin/followers?status=active").says("条件に合う61人すべて")
	b.follow(several("scope", "all")).says("タグを選んでから")
	b.follow(several("scope", "ticked", "tag", "koza")).says("変える人がいません")
	several("scope", "ticked", "tag", "koza", "who", "1", "who", "<1>").want(http.StatusOK).says("1人に「講座の参加者」のタグをつけることでよいですか")
	several("scope", "all", "tag", "koza", "confirmed", "61").want(http.StatusOK).says("61人に「講座の参加者」のタグをつける")
	b.get("/admin/followers?tag=koza").saysNot("川＊＊")
	woken := o.woken
	b.agree("/admin/followers/tags", "to", "add", "list", "status=active", "scope", "all", "tag", "koza").says("「講座の参加者」のタグを61人につけました。", "元に戻す")
	if o.woken == woken {
		t.Error("the job does not learn of it")
	}
	b.get("/admin/followers?tag=koza").says("61人が条件に合います")
	o.as(ippo.Approver).get("/admin/followers").saysNot("元に戻す")
	b.post("/admin/followers/tags/undo", "change", "99").want(http.StatusConflict)
	b.follow(b.post("/admin/followers/tags/undo", "change", "1")).says("「講座の参加者」のタグを61人から外しました").saysNot("元に戻す")
	b.post("/admin/followers/tags", "to", "erase", "tag", "koza").want(http.StatusBadRequest)
	o.as(ippo.Viewer).post("/admin/followers/tags", "to", "add", "tag", "koza", "scope", "all").want(http.StatusForbidden)
	o.as(ippo.Viewer).get("/admin/followers").saysNot("タグをまとめて")
	o.as(ippo.Administrator).get("/admin/audit").says("タグをまとめてつける", "まとめて変えたタグを元に戻す", "61人")
}
