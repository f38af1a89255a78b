package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// signUp lets somebody with a LINE account sign up as an ambassador.
func (o *office) signUp(n int, name string) ippo.Ambassador {
	o.t.Helper()
	var a ippo.Ambassador
	err := o.store.Write(o.t.Context(), func(t *store.Tx) error {
		id, err := t.Follow(o.t.Context(), fmt.Sprintf("U%032x", 1<<20+n), "", ippo.Japanese, t.Now())
		if err != nil {
			return err
		}
		a, err = t.ApplyAmbassador(o.t.Context(), ippo.Ambassador{
			Follower: id, Name: name, Kana: "よみ", Contact: fmt.Sprintf("090-1111-%04d", n), AgeBand: "40s",
		})
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

// Staff take several along the path at once, see what is due and take a step back.
func TestAmbassadorPath(t *testing.T) {
	o := open(t)
	editor := o.as(ippo.Editor)
	var all []ippo.Ambassador
	for n, name := range []string{"一ノ瀬", "二階堂", "三好"} {
		all = append(all, o.signUp(n, name))
	}
	who := func(status ippo.AmbassadorStatus, several ...ippo.Ambassador) (pairs []string) {
		for _, a := range several {
			pairs = append(pairs, "who", fmt.Sprintf("%d.%s", a.ID, status))
		}
		return pairs
	}
	move := func(step string, pairs ...string) reply {
		t.Helper()
		return editor.follow(editor.post("/admin/ambassadors/steps", append(pairs, "step", step, "list", "status=applied")...))
	}
	editor.get("/admin/ambassadors").says("連絡する", "期日が来た人0人")
	editor.get("/admin/").saysNot("次にすること")

	// The week is over: it is due, on the board and on the home page.
	o.setClock(o.clock().Add(7 * 24 * time.Hour))
	editor.get("/admin/ambassadors?only=due").says("一ノ瀬", "三好", "期日が来た人3人").saysNot("過ぎています")
	editor.get("/admin/").says("一ノ瀬さんに連絡する", "3人の一覧を見る")
	o.setClock(o.clock().Add(24 * time.Hour))
	editor.get("/admin/ambassadors").says("過ぎています")

	move("contacted", who(ippo.AmbassadorApplied, all...)...).says("3人を「連絡済」にしました。")
	editor.get("/admin/ambassadors?only=due").says("条件に合う人はいません")
	editor.get("/admin/ambassadors?status=contacted").says("任命する", "二階堂")
	move("appointed", who(ippo.AmbassadorContacted, all[:2]...)...).says("2人を「任命」にしました。")
	// One of them has been appointed already: that one is left alone, and it is said.
	move("appointed", who(ippo.AmbassadorContacted, all[1:]...)...).says("1人を「任命」にしました。", "1人は今の状態から変えられない")
	// The same press twice takes one step back, not two.
	move("back", who(ippo.AmbassadorAppointed, all[0])...).says("1人を一つ前の状態に戻しました。")
	move("back", who(ippo.AmbassadorAppointed, all[0])...).says("変えられる人がいませんでした")
	editor.get(fmt.Sprintf("/admin/ambassadors/%d", all[0].ID)).says("取り消して「連絡済」に戻しました", "作成者さん", "ご本人", "一つ前の「申込」に戻す")
	editor.post(fmt.Sprintf("/admin/ambassadors/%d/back", all[0].ID), "seen", "appointed").want(http.StatusConflict)
	editor.follow(editor.post(fmt.Sprintf("/admin/ambassadors/%d/back", all[0].ID), "seen", "contacted")).says("一つ前の状態に戻しました。").saysNot("一つ前の「")

	move("day", append(who(ippo.AmbassadorApplied, all[0]), "day", "2026-12-24")...).says("1人を期日を2026年12月24日（木）にしました。")
	editor.get(fmt.Sprintf("/admin/ambassadors/%d", all[0].ID)).says("2026年12月24日（木）まで")
	editor.follow(editor.post(fmt.Sprintf("/admin/ambassadors/%d/day", all[0].ID), "day", "")).saysNot("12月24日")
	editor.post(fmt.Sprintf("/admin/ambassadors/%d/day", all[0].ID), "day", "あした").want(http.StatusUnprocessableEntity).says("日付は")

	move("appointed").says("先に、表で人を選んでください。")
	move("day", who(ippo.AmbassadorApplied, all[0])...).says("期日を入力して")
	for _, bad := range [][]string{{"step", "elsewhere"}, {"step", "appointed", "who", "x.applied"}} {
		editor.post("/admin/ambassadors/steps", bad...).want(http.StatusBadRequest)
	}
	o.as(ippo.Viewer).post("/admin/ambassadors/steps", "step", "appointed").want(http.StatusForbidden)

	editor.follow(editor.post("/admin/ambassadors/path", "contactDays", "3", "appointDays", "30")).says("日数を保存しました。")
	editor.post("/admin/ambassadors/path", "contactDays", "0", "appointDays", "30").want(http.StatusUnprocessableEntity).says("1から365まで")
	if center, err := o.store.Settings(t.Context()); err != nil || center.Path != (ippo.AmbassadorPlan{ContactDays: 3, AppointDays: 30}) {
		t.Errorf("%+v, %v", center.Path, err)
	}
	if csv := editor.get("/admin/ambassadors.csv?only=due").want(http.StatusOK); strings.Contains(csv.body, "二階堂") {
		t.Errorf("the file has who is not on the list: %s", csv.body)
	}
	o.as(ippo.Administrator).get("/admin/audit").says("一つ前の状態に戻す", "状態の変更", "期日の変更", "進める日数の変更")
}
