package admin

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
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
	// move makes a move and says yes to the question.
	move := func(to string, pairs ...string) reply {
		t.Helper()
		pairs = append(pairs, "to", to, "list", "status=applied")
		if r := editor.post("/admin/ambassadors/steps", pairs...); r.status != http.StatusOK {
			return editor.follow(r)
		}
		return editor.agree("/admin/ambassadors/steps", pairs...)
	}
	editor.get("/admin/ambassadors").says("連絡する", "期日が来た人0人")
	editor.get("/admin/").saysNot("次にすること")

	// The week is over: it is due, on the board and on the home page.
	o.setClock(o.clock().Add(7 * 24 * time.Hour))
	editor.get("/admin/ambassadors?only=due").says("一ノ瀬", "三好", "期日が来た人3人").saysNot("過ぎています")
	editor.get("/admin/").says("一ノ瀬さん: 連絡する", "3人の一覧を見る")
	o.setClock(o.clock().Add(24 * time.Hour))
	editor.get("/admin/ambassadors").says("過ぎています")

	move("contacted", who(ippo.AmbassadorApplied, all...)...).says("3人を「連絡済」にしました。")
	editor.get("/admin/ambassadors?only=due").says("条件に合う人はいません")
	editor.get("/admin/ambassadors?status=contacted").says("任命する", "二階堂")
	move("appointed", who(ippo.AmbassadorContacted, all[:2]...)...).says("2人を「任命」にしました。")
	// One of them has been appointed already: that one is left alone, and it is said.
	editor.post("/admin/ambassadors/steps", append(who(ippo.AmbassadorContacted, all[1:]...), "to", "appointed")...).want(http.StatusOK).says("1人を「任命」にすることでよいですか", "選んだうちの1人は、今の状態からは変えられない")
	move("appointed", who(ippo.AmbassadorContacted, all[1:]...)...).says("1人を「任命」にしました。")
	// The same press twice takes one step back, not two.
	move("back", who(ippo.AmbassadorAppointed, all[0])...).says("1人を一つ前の状態に戻しました。")
	move("back", who(ippo.AmbassadorAppointed, all[0])...).says("変えられる人がいませんでした")
	editor.get(fmt.Sprintf("/admin/ambassadors/%d", all[0].ID)).says("取り消して「連絡済」に戻しました", "作成者さん", "ご本人", "一つ前の「申込」に戻す")
	editor.post(fmt.Sprintf("/admin/ambassadors/%d/back", all[0].ID), "seen", "appointed").want(http.StatusConflict)
	editor.follow(editor.post(fmt.Sprintf("/admin/ambassadors/%d/back", all[0].ID), "seen", "contacted")).says("一つ前の状態に戻しました。").saysNot("一つ前の「")

	move("day", append(who(ippo.AmbassadorApplied, all[0]), "day", "2026-12-24")...).says("1人の期日を2026年12月24日（木）にしました。")
	editor.get(fmt.Sprintf("/admin/ambassadors/%d", all[0].ID)).says("2026年12月24日（木）まで")
	editor.follow(editor.post(fmt.Sprintf("/admin/ambassadors/%d/day", all[0].ID), "day", "")).saysNot("12月24日")
	editor.post(fmt.Sprintf("/admin/ambassadors/%d/day", all[0].ID), "day", "あした").want(http.StatusUnprocessableEntity).says("日付は")

	move("appointed").says("先に、表で人を選んでください。")
	move("day", who(ippo.AmbassadorApplied, all[0])...).says("期日を入力して")
	for _, bad := range [][]string{{"to", "elsewhere"}, {"to", "appointed", "who", "x.applied"}} {
		editor.post("/admin/ambassadors/steps", bad...).want(http.StatusBadRequest)
	}
	o.as(ippo.Viewer).post("/admin/ambassadors/steps", "to", "appointed").want(http.StatusForbidden)

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

// All whom the list's filter leaves are moved at once, those of other pages too: the panel asks first, says how many,
// and takes it back on one button, day and all, but for who has gone on since.
func TestManyAmbassadorsAtOnce(t *testing.T) {
	o := open(t)
	ctx, editor, by := t.Context(), o.as(ippo.Editor), o.staff[ippo.Editor].ID
	var all []ippo.Ambassador
	for n := range 61 {
		all = append(all, o.signUp(n, fmt.Sprintf("声かけ%02d", n)))
	}
	day := opening.AddDate(0, 0, 3)
	if err := o.store.SetAmbassadorDay(ctx, by, all[1].ID, day); err != nil {
		t.Fatal(err)
	}
	if err := o.store.SetAmbassadorStatus(ctx, by, all[60].ID, ippo.AmbassadorContacted); err != nil {
		t.Fatal(err)
	}
	counts := func(want map[ippo.AmbassadorStatus]int) {
		t.Helper()
		is, err := o.store.AmbassadorCounts(ctx)
		if err != nil || !maps.Equal(is.By, want) {
			t.Errorf("they stand at %v, want %v (%v)", is.By, want, err)
		}
	}
	those := []string{"scope", "all", "list", "q=声かけ"}
	several := func(more ...string) reply {
		t.Helper()
		return editor.agree("/admin/ambassadors/steps", append(those, more...)...)
	}
	o.setClock(o.clock().Add(time.Hour))
	editor.get("/admin/ambassadors?q=声かけ").says("条件に合う61人すべて").saysNot("元に戻す")
	editor.post("/admin/ambassadors/steps", append(those, "to", "contacted")...).want(http.StatusOK).says("60人を「連絡済」にすることでよいですか")
	editor.post("/admin/ambassadors/steps", append(those, "to", "contacted", "confirmed", "60")...).want(http.StatusOK).says("60人を")
	counts(map[ippo.AmbassadorStatus]int{ippo.AmbassadorApplied: 60, ippo.AmbassadorContacted: 1})
	several("to", "contacted").says("60人を「連絡済」にしました。", "元に戻す")
	counts(map[ippo.AmbassadorStatus]int{ippo.AmbassadorContacted: 61})
	o.as(ippo.Approver).get("/admin/ambassadors").saysNot("元に戻す") // it is whoever did it that takes it back

	if err := o.store.SetAmbassadorStatus(ctx, by, all[5].ID, ippo.AmbassadorAppointed); err != nil {
		t.Fatal(err)
	}
	editor.post("/admin/ambassadors/undo", "change", "99").want(http.StatusConflict)
	editor.follow(editor.post("/admin/ambassadors/undo", "change", "1")).says("59人を元の状態に戻しました。", "1人はその間に変わった").saysNot("元に戻す")
	editor.post("/admin/ambassadors/undo", "change", "1").want(http.StatusConflict)
	counts(map[ippo.AmbassadorStatus]int{ippo.AmbassadorApplied: 59, ippo.AmbassadorContacted: 1, ippo.AmbassadorAppointed: 1})
	for _, was := range all[:3] {
		a, err := o.store.Ambassador(ctx, was.ID)
		if err != nil {
			t.Fatal(err)
		}
		if a.ID == all[1].ID && !a.DueOn.Equal(ippo.Day(day)) || a.ID != all[1].ID && !a.DueOn.IsZero() || !a.Since.Equal(was.Since) {
			t.Errorf("%s is due on %v and stands there since %v", a.Name, a.DueOn, a.Since)
		}
	}

	// A step back and a day are taken back likewise; what takes back is a change of its own.
	several("to", "back").says("2人を一つ前の状態に戻しました。", "元に戻す")
	counts(map[ippo.AmbassadorStatus]int{ippo.AmbassadorApplied: 60, ippo.AmbassadorContacted: 1})
	editor.follow(editor.post("/admin/ambassadors/undo", "change", "3")).says("2人を元の状態に戻しました。")
	counts(map[ippo.AmbassadorStatus]int{ippo.AmbassadorApplied: 59, ippo.AmbassadorContacted: 1, ippo.AmbassadorAppointed: 1})
	several("to", "day", "day", "2026-12-24").says("61人の期日を2026年12月24日（木）にしました。")
	editor.follow(editor.post("/admin/ambassadors/undo", "change", "5")).says("61人を元の状態に戻しました。")
	if a, err := o.store.Ambassador(ctx, all[1].ID); err != nil || !a.DueOn.Equal(ippo.Day(day)) {
		t.Errorf("the day from before is %v (%v)", a.DueOn, err)
	}
	// Back and forth, each is where a step back leads them to where it did at first.
	several("to", "back").says("2人を一つ前の状態に戻しました。")
	counts(map[ippo.AmbassadorStatus]int{ippo.AmbassadorApplied: 60, ippo.AmbassadorContacted: 1})
	o.setClock(o.clock().Add(ippo.UndoWithin + time.Minute))
	editor.get("/admin/ambassadors").saysNot("元に戻す")

	// Of a change that goes on the list says how far it is, and asks again.
	if err := o.store.MoveAmbassadors(ctx, by, []store.Seen{{ID: all[2].ID, Status: ippo.AmbassadorApplied}}, ippo.AmbassadorMove{To: ippo.AmbassadorDeclined}); err != nil {
		t.Fatal(err)
	}
	r := editor.get("/admin/ambassadors?status=applied").says("にしています（1人のうち、0人まで）").saysNot("元に戻す")
	if !strings.Contains(r.body, `hx-get="/admin/ambassadors?status=applied"`) {
		t.Error("the list does not ask how far it is")
	}
}

// People who signed up on paper are looked at before they are added: what is wrong is said by line, and a contact
// that is another's is for staff to judge.
func TestImportSignUps(t *testing.T) {
	o := open(t)
	o.signUp(1, "一ノ瀬") // 090-1111-0001
	editor := o.as(ippo.Editor)
	count := func() int {
		t.Helper()
		all, err := o.store.Ambassadors(t.Context(), store.AmbassadorFilter{})
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	const list = "ambassadors"
	r, _ := editor.checks(list, "氏名,年れい\n")
	r.says("1行目: 列「年れい」はありません", "1行目: 列「連絡先」がありません")
	bad, _ := editor.checks(list, "氏名,ふりがな,連絡先,年代,状態,申込日\n"+
		"紙野 一,かみの はじめ,000-111-2222,30代,,\n"+
		"紙野 二,,電話,青年,退任,あした\n"+
		"\n"+
		"紙野 三,かみの みつ,000-111-3333,16歳未満,,2099-01-01\n")
	bad.says("3行目: ふりがなを入力してください", "3行目: 電話番号かメールアドレス", "3行目: 年代は 16歳未満、", "3行目: 状態は", "3行目: 申込日は", "5行目: 保護者のお名前", "5行目: 申込日は")
	bad.saysNot("2行目:", "青年")

	good := "氏名,ふりがな,連絡先,年代,状態,申込日,メモ\n" +
		"紙野 一,かみの はじめ,０９０（１１１１）０００１,30代,任命,2026/1/5,=1+1\n" +
		"紙野 二,かみの ふたば,ni@example.jp,70代,,,\n" +
		"紙野 三,かみの みつ,NI@example.jp,70代,,,\n"
	r, file := editor.checks(list, good)
	r.says("3人を取り込む", "2行目: 番号 1 の人と同じ連絡先", "4行目: 3行目の人と同じ連絡先")
	editor.post(file+"/start").want(http.StatusUnprocessableEntity).says("全員の同意を確かめて", "「家族など、別の人であることを確かめた」に印を")
	if o.work(); count() != 1 {
		t.Fatalf("%d ambassadors before anybody said yes", count())
	}
	editor.takesIn(list, good, "consent", "1", "same", "1").says(tally("加えた", 3)...)
	editor.get("/admin/ambassadors?only=unlinked").says("紙野 二", "LINEなし")
	all, err := o.store.Ambassadors(t.Context(), store.AmbassadorFilter{Query: "紙野 一"})
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	if a := all[0]; a.Status != ippo.AmbassadorAppointed || a.Follower != 0 || a.Invite != "" || a.Note != "=1+1" || a.AppliedAt.In(ippo.Tokyo).Format(time.DateOnly) != "2026-01-05" || a.Number != 2 {
		t.Errorf("added as %+v", a)
	}
	editor.get(fmt.Sprintf("/admin/ambassadors/%d", all[0].ID)).says("同じ連絡先の人がいます", "一ノ瀬さん（番号 1）", "つながっていません", "一つ前の「申込」に戻す")
	editor.get("/admin/ambassadors?only=same").says("一ノ瀬", "紙野 一", "紙野 三")
	// Whose note alone is changed has consented long ago.
	noted := strings.Replace(editor.get("/admin/ambassadors.csv?only=unlinked").want(http.StatusOK).body, "=1+1", "電話は夜", 1)
	r, file = editor.checks(list, noted)
	r.says("1人を取り込む").saysNot("個人情報の取り扱いへの同意")
	editor.follow(editor.post(file + "/start"))
	o.work()
	if a, err := o.store.Ambassador(t.Context(), 2); err != nil || !strings.HasSuffix(a.Note, "電話は夜") {
		t.Errorf("noted as %+v, %v", a, err)
	}
	o.as(ippo.Viewer).upload("/admin/ambassadors/import", good).want(http.StatusForbidden)
	o.as(ippo.Administrator).get("/admin/audit").says("未来づくりアンバサダー: 取り込み")
}

// A letter shows a code once; a new letter voids it. Who has an account needs none.
func TestAmbassadorLetters(t *testing.T) {
	o := open(t)
	linked := o.signUp(1, "一ノ瀬")
	err := o.store.ImportAmbassadors(t.Context(), 0, []ippo.Ambassador{{
		Name: "紙野 一", Kana: "かみの", Contact: "000-111-2222", AgeBand: "30s", Status: ippo.AmbassadorApplied, AppliedAt: o.clock(), ConsentedAt: o.clock(),
	}})
	if err != nil {
		t.Fatal(err)
	}
	editor := o.as(ippo.Editor)
	who := []string{"who", fmt.Sprintf("%d.applied", linked.ID), "who", "2.applied"}
	code := func(r reply) string {
		t.Helper()
		found := regexp.MustCompile(`アンバサダー:([0-9A-Z]{4}-[0-9A-Z]{4})`).FindStringSubmatch(r.body)
		if found == nil {
			t.Fatalf("no code on the letter: %s", r.body)
		}
		return found[1]
	}
	claim := func(code string, n int) error {
		return o.store.Write(t.Context(), func(tx *store.Tx) error {
			id, err := tx.Follow(t.Context(), fmt.Sprintf("U%032x", 1<<21+n), "", ippo.Japanese, tx.Now())
			if err != nil {
				return err
			}
			_, err = tx.LinkAmbassador(t.Context(), code, id)
			return err
		})
	}
	first := editor.post("/admin/ambassadors/letters", who...).want(http.StatusOK).says("紙野 一 様", "1通を印刷する", "選んだうちの1人は", "2026年").saysNot("一ノ瀬 様", "ZgotmplZ")
	second := editor.post("/admin/ambassadors/letters", who...)
	if err := claim(code(first), 1); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("the code of the first letter: %v", err)
	}
	if err := claim(code(second), 2); err != nil {
		t.Fatal(err)
	}
	if err := claim(code(second), 3); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("spent twice: %v", err)
	}
	editor.get("/admin/ambassadors/2").says("手紙の番号でつながりました", "LINEとのつながりを外す", "招待で来た友だち")
	editor.follow(editor.post("/admin/ambassadors/letters", who...)).says("手紙の要る人がいません")
	editor.follow(editor.post("/admin/ambassadors/2/line/remove")).says("外しました", "つながっていません")
	editor.post(fmt.Sprintf("/admin/ambassadors/%d/line/remove", linked.ID)).want(http.StatusConflict)
	o.as(ippo.Administrator).get("/admin/audit").says("LINEをつなぐことばを出す", "LINEを外す")
}
