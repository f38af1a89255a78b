package admin

import (
	"encoding/hex"
	"html"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/store"
)

// hidden returns the value of a hidden input.
func (r reply) hidden(name string) string {
	r.t.Helper()
	found := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)"`).FindStringSubmatch(r.body)
	if found == nil {
		r.t.Fatalf("%s has no hidden %s", r.what, name)
	}
	return html.UnescapeString(found[1])
}

// The whole way of a broadcast: parts without JSON, the count, a second person, the ledger.
func TestBroadcastFromDraftToApproval(t *testing.T) {
	o := open(t)
	o.fill()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)

	form := []string{"title", "春まつり", "kind", "text", "ref", "0", "text", "お元気ですか。", "to", "all", "when", "now"}
	page := editor.post("/admin/broadcasts", append(form, "do", "add-card:ja", "card", "news:1")...).want(http.StatusOK)
	page.says("2. お知らせのカード", "春まつりの手伝いを募集", "1人に送信します", "今月の残り5,000通")
	if list, err := o.store.Broadcasts(t.Context(), store.BroadcastFilter{Query: "春まつり"}); err != nil || len(list) != 0 {
		t.Fatalf("adding a card has saved %d broadcasts, %v", len(list), err)
	}
	form = append(form, "kind", "news", "ref", "1", "text", "")
	saved := editor.post("/admin/broadcasts", append(form, "do", "save")...).want(http.StatusSeeOther)
	address := saved.header.Get("Location")
	editor.get(address).want(http.StatusOK).says("下書き", "春まつりの手伝いを募集", "1人に送信します", "承認を申請する")

	editor.follow(editor.post(address+"/submit")).says("承認待ち", "自分の配信は自分では承認できません")
	shown := approver.get(address).want(http.StatusOK).says("1人に今すぐ送信する", "作成者さん")
	hash := shown.hidden("hash")
	editor.post(address+"/approve", "hash", hash).want(http.StatusForbidden)

	// The author changes it after the approver has looked: what was not seen is not approved.
	edit := editor.get(address + "/edit").want(http.StatusOK).says("保存すると下書きに戻り")
	change := []string{"id", "2", "version", edit.hidden("version"), "title", "春まつり", "kind", "text", "ref", "0", "text", "まったく別の文章", "kind", "kept", "ref", edit.ref(1), "text", "", "to", "all", "when", "now", "do", "save"}
	editor.post(address, change...).want(http.StatusSeeOther)
	approver.post(address+"/approve", "hash", hash).want(http.StatusConflict)
	b, err := o.store.Broadcast(t.Context(), 2)
	if err != nil || b.Status != ippo.BroadcastDraft || len(b.Messages) != 2 || !strings.Contains(string(b.Messages[1]), "春まつりの手伝い") {
		t.Fatalf("after the change: %+v, %v", b, err)
	}

	editor.post(address + "/submit").want(http.StatusSeeOther)
	hash = approver.get(address).hidden("hash")
	woken := o.woken
	approver.follow(approver.post(address+"/approve", "hash", hash)).says("送信予定", "LINEが受付", "これから")
	if o.woken == woken {
		t.Error("the delivery engine was not told")
	}
	if tally, err := o.store.Tally(t.Context(), 2); err != nil || tally.Recipients != 1 || tally.Pending != 1 {
		t.Errorf("ledger: %+v, %v", tally, err)
	}
	editor.get(address + "/edit").want(http.StatusOK).says("保存すると承認が取り消され")
	approver.post(address+"/approve", "hash", hash).want(http.StatusConflict)
	editor.follow(editor.post(address + "/pause")).says("一時停止")
	editor.post(address + "/resume").want(http.StatusForbidden)
	approver.follow(approver.post(address + "/resume")).says("送信予定")
	editor.get(address + "/cancel").want(http.StatusOK).says("取り消しますか")
	editor.follow(editor.post(address+"/cancel")).says("取り消し", "対象外")
	editor.follow(editor.post(address + "/duplicate")).want(http.StatusOK).says("配信の編集")
}

// A form that does not hold comes back as it was sent, with the reasons.
func TestBroadcastFormComesBack(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	r := editor.post("/admin/broadcasts", "title", "", "kind", "text", "ref", "0", "text", "消えては困る文章", "to", "some", "when", "at", "sendAt", "", "do", "save").want(http.StatusUnprocessableEntity)
	r.says("送る日時を入力してください。", "消えては困る文章")
	r = editor.post("/admin/broadcasts", "title", "", "kind", "text", "ref", "0", "text", strings.Repeat("あ", 5001), "to", "some", "when", "now", "do", "save").want(http.StatusUnprocessableEntity)
	r.says("件名を入力してください。", "本文は5000文字以内で入力してください（現在5001文字）。", "宛先を選んでください。")
	// 21:00 is in the quiet hours; the next good time is said.
	r = editor.post("/admin/broadcasts", "title", "夜", "kind", "text", "ref", "0", "text", "こんばんは", "to", "all", "when", "at", "sendAt", "2026-03-06T21:00", "do", "save").want(http.StatusUnprocessableEntity)
	r.says("次に送信できるのは2026年3月7日（土）08:00です。")
	night := []string{"title", "夜", "kind", "text", "ref", "0", "text", "避難してください", "to", "all", "when", "at", "sendAt", "2026-03-06T21:00", "emergency", "1", "emergency.reason", "大雨警報", "do", "save"}
	// And at that hour nobody is in the office.
	r = editor.post("/admin/broadcasts", night...).want(http.StatusUnprocessableEntity).says("2026年3月6日（金）21:00は窓口の時間の外です。問い合わせの電話を受ける人を入力してください。")
	if !strings.Contains(r.body, `id="f-onCall-problem"`) {
		t.Error("the reason is not beside the field")
	}
	for i := 0; i < len(night); i += 2 {
		if !strings.Contains(r.body, `name="`+night[i]+`"`) {
			t.Errorf("the form has no field %s", night[i])
		}
	}
	editor.follow(editor.post("/admin/broadcasts", append(night, "onCall", "防災担当")...)).says("電話を受ける人", "防災担当")
	editor.post("/admin/broadcasts", "title", "消えた", "kind", "news", "ref", "77", "text", "", "to", "all", "when", "now", "do", "save").want(http.StatusUnprocessableEntity).says("元になる内容が見つかりません")
}

// Approved in the quiet hours, a broadcast that would leave at once is held back with the next time.
func TestApproveInQuietHours(t *testing.T) {
	o := open(t)
	o.fill()
	o.as(ippo.Editor).post("/admin/broadcasts/1/submit").want(http.StatusSeeOther)
	o.setClock(time.Date(2026, 3, 6, 20, 0, 0, 0, ippo.Tokyo))
	approver := o.as(ippo.Approver)
	hash := approver.get("/admin/broadcasts/1").says("次に送れるのは2026年3月7日（土）08:00です").hidden("hash")
	approver.post("/admin/broadcasts/1/approve", "hash", hash).want(http.StatusUnprocessableEntity).says("今は送れない時間です")
	if b, err := o.store.Broadcast(t.Context(), 1); err != nil || b.Status != ippo.BroadcastSubmitted {
		t.Errorf("status %v, %v", b.Status, err)
	}
}

// Two people edit one draft: the second is told, and what they wrote is still there.
func TestTwoEditDraft(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	version := editor.get("/admin/broadcasts/1/edit").hidden("version")
	form := func(text string) []string {
		return []string{"id", "1", "version", version, "title", "春", "kind", "text", "ref", "0", "text", text, "to", "all", "when", "now", "do", "save"}
	}
	o.setClock(opening.Add(time.Minute))
	editor.post("/admin/broadcasts/1", form("一人目")...).want(http.StatusSeeOther)
	o.as(ippo.Approver).post("/admin/broadcasts/1", form("二人目の文章")...).want(http.StatusConflict).says("ほかの職員が先に", "二人目の文章")
}

// The office's only approver approves their own, types how many people it goes to, and has ten minutes
// to take it back.
func TestSoleApprover(t *testing.T) {
	o := open(t)
	o.fill()
	if err := o.follow("Uf0000000000000000000000000000002"); err != nil {
		t.Fatal(err)
	}
	boss := o.staff[ippo.Administrator]
	other := o.staff[ippo.Approver]
	other.Disabled = true
	if err := o.store.UpdateStaff(t.Context(), boss.ID, other); err != nil {
		t.Fatal(err)
	}
	if err := o.store.CreateBroadcast(t.Context(), boss.ID, o.draft("一人の事務所")); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Administrator)
	hash := b.get("/admin/broadcasts/2").says("ほかに承認者がいないため", "送信する人数", "10分後に送信する").hidden("hash")
	b.post("/admin/broadcasts/2/approve", "hash", hash, "confirmed", "").want(http.StatusUnprocessableEntity).says("確認のため")
	b.post("/admin/broadcasts/2/approve", "hash", hash, "confirmed", "300").want(http.StatusUnprocessableEntity)
	b.follow(b.post("/admin/broadcasts/2/approve", "hash", hash, "confirmed", "２")).says("送信予定", "10:10に送ります", "あと10分は、送らずに取り消せます", "作成者が自分で承認")
	o.setClock(opening.Add(9*time.Minute + 20*time.Second))
	b.get("/admin/broadcasts/2/progress?was=approved").says("あと40秒は")
	b.follow(b.post("/admin/broadcasts/2/cancel")).says("取り消し", "対象外")
}

// With a colleague who can approve, nobody approves their own to more than one person; an administrator
// does when it is an emergency.
func TestOwnBroadcast(t *testing.T) {
	o := open(t)
	o.fill()
	boss := o.staff[ippo.Administrator]
	create := func(b *ippo.Broadcast) string {
		t.Helper()
		if err := o.store.CreateBroadcast(t.Context(), boss.ID, b); err != nil {
			t.Fatal(err)
		}
		return "/admin/broadcasts/" + strconv.FormatInt(int64(b.ID), 10)
	}
	b := o.as(ippo.Administrator)
	small := create(o.draft("一人だけ"))
	b.follow(b.post(small+"/approve", "hash", b.get(small).says("1人までの配信なので").hidden("hash"))).says("送信予定").saysNot("取り消せます")

	if err := o.follow("Uf0000000000000000000000000000002"); err != nil {
		t.Fatal(err)
	}
	shown := create(o.draft("二人に"))
	b.get(shown).saysNot("自分で承認できます").says("承認を申請する")
	draft, err := o.store.Broadcast(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	sum := draft.Hash()
	b.post(shown+"/approve", "hash", hex.EncodeToString(sum[:]), "confirmed", "2").want(http.StatusForbidden)

	urgent := o.draft("断水")
	urgent.Emergency = "本管の破裂"
	address := create(urgent)
	page := b.get(address).says("緊急の配信なので、管理者は自分で承認できます").hidden("hash")
	b.post(address+"/approve", "hash", page, "confirmed", "1").want(http.StatusUnprocessableEntity)
	b.follow(b.post(address+"/approve", "hash", page, "confirmed", "2")).says("まもなく送信を始めます", "（緊急: 本管の破裂）")
}

// settingsForm is the form of the center's settings but for what a test is about.
func settingsForm() []string {
	return append(keepForm(),
		"office.account", "みらいセンター", "office.name", "みらい市民センター", "office.city", "みらい市", "office.phone", "000-111-2222", "office.hours", "平日 9:00〜17:00",
		"labels.ambassador", "アンバサダー", "labels.campaign", "声かけ作戦", "labels.vision", "ビジョン",
		"perHour", "3", "openFrom", "09:00", "openUntil", "17:00", "openDays", "1", "openDays", "5", "quietFrom", "20:00", "quietUntil", "08:00", "digestDay", "5", "digestAt", "16:00",
	)
}

// An administrator switches the two-person rule off, says why, and everybody reads it.
func TestOnePersonOffice(t *testing.T) {
	o := open(t)
	o.fill()
	if err := o.follow("Uf0000000000000000000000000000002"); err != nil {
		t.Fatal(err)
	}
	approver, admin, viewer := o.as(ippo.Approver), o.as(ippo.Administrator), o.as(ippo.Viewer)
	if err := o.store.CreateBroadcast(t.Context(), o.staff[ippo.Approver].ID, o.draft("窓口は一人")); err != nil {
		t.Fatal(err)
	}
	approver.get("/admin/broadcasts/2").says("承認を申請する").saysNot("自分で承認できます")
	form := append(settingsForm(), "alone", "1")
	admin.post("/admin/settings", append(form, "approvalOver", "1")...).want(http.StatusUnprocessableEntity).says("一人で承認する理由を入力してください")
	form = append(form, "onePerson", "4月まで職員が一人のため")
	admin.post("/admin/settings", append(form, "approvalOver", "5000")...).want(http.StatusUnprocessableEntity).says("人数は0から1000まで")
	admin.post("/admin/settings", append(form, "approvalOver", "1")...).want(http.StatusSeeOther)
	viewer.get("/admin/").says("配信を一人で承認できる設定です（理由: 4月まで職員が一人のため）")
	admin.get("/admin/audit").says("一人での承認を許可", "4月まで職員が一人のため")
	hash := approver.get("/admin/broadcasts/2").says("一人で承認できる設定のため").hidden("hash")
	approver.follow(approver.post("/admin/broadcasts/2/approve", "hash", hash, "confirmed", "2")).says("あと10分は")

	admin.post("/admin/settings", append(settingsForm(), "approvalOver", "1")...).want(http.StatusSeeOther)
	viewer.get("/admin/").saysNot("配信を一人で承認できる設定です").says("作成者が自分で承認", "一人で承認できる設定のため: 4月まで職員が一人のため", "二人での承認に戻す")
	o.setClock(opening.AddDate(0, 0, exceptionDays+1))
	o.as(ippo.Viewer).get("/admin/").saysNot("きまりの例外")
	admin = o.as(ippo.Administrator)
	admin.get("/admin/audit").says("二人での承認に戻す")
}

func TestReturnBroadcast(t *testing.T) {
	o := open(t)
	o.fill()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.post("/admin/broadcasts/1/submit").want(http.StatusSeeOther)
	approver.post("/admin/broadcasts/1/return", "reason", "").want(http.StatusUnprocessableEntity).says("差し戻す理由を")
	approver.follow(approver.post("/admin/broadcasts/1/return", "reason", "日付を確かめてください")).says("差し戻されました", "日付を確かめてください")
}

// A test reaches the person who asked for it and nobody else, whatever the request says.
func TestTestSendReachesOnlyMyself(t *testing.T) {
	o := open(t)
	o.fill()
	const resident, mine = "Uf0000000000000000000000000000001", "Uf0000000000000000000000000000002"
	if err := o.follow(mine); err != nil {
		t.Fatal(err)
	}
	editor := o.as(ippo.Editor)
	editor.follow(editor.post("/admin/broadcasts/1/test")).says("あなたのLINEをつないでください")
	said := editor.post("/admin/account/line").want(http.StatusOK)
	code, ok := ippo.StaffLinkCode(regexp.MustCompile(`職員:[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(text(said.body)))
	if !ok {
		t.Fatal("the page shows no code")
	}
	if err := o.store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.LinkStaff(t.Context(), code, 2)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	editor.get("/admin/account").says("川口 花")
	everything := []string{"hash", "x", "do", "save", "title", "x", "all", "1", "audience", `{"all":true}`}
	for _, name := range []string{"to", "follower", "followerId", "follower_id", "userId", "lineUser", "staff", "staffId", "id", "topics", "tags"} {
		for _, value := range []string{resident, "1", "all", strconv.Itoa(int(o.staff[ippo.Approver].ID))} {
			everything = append(everything, name, value)
		}
	}
	editor.follow(editor.post("/admin/broadcasts/1/test?to="+resident+"&staff=1", everything...)).says("ほかの人には送られていません")
	if sent := o.platform.SentTo(mine); len(sent) != 1 || !strings.HasPrefix(string(sent[0]), `{"sender":{"name":"【テスト】"},`) || !strings.Contains(string(sent[0]), "春まつり") {
		t.Errorf("I received %s", sent)
	}
	if sent := o.platform.SentTo(resident); len(sent) != 0 {
		t.Errorf("a resident received %d messages", len(sent))
	}
	// What repeats itself is tried out the same way, and nobody else hears of it.
	editor.follow(editor.post("/admin/series/1/test?to="+resident, everything...)).says("ほかの人には送られていません", "くり返し配信: 試し送り")
	editor.follow(editor.post("/admin/campaigns/1/test?to="+resident, everything...)).says("ほかの人には送られていません", "声かけ作戦: 試し送り")
	if sent := o.platform.SentTo(mine); len(sent) != 4 || !strings.HasPrefix(string(sent[1]), `{"sender":{"name":"【テスト】"},`) || !strings.Contains(string(sent[1]), "配信を減らす") || !strings.Contains(string(sent[3]), "帰っておいでよ") {
		t.Errorf("I received %s", sent)
	}
	if sent := o.platform.SentTo(resident); len(sent) != 0 {
		t.Errorf("a resident received %d messages", len(sent))
	}
	// A colleague has no account linked by that.
	colleague := o.as(ippo.Approver)
	colleague.follow(colleague.post("/admin/broadcasts/1/test")).says("あなたのLINEをつないでください")
	editor.post("/admin/account/line/remove").want(http.StatusSeeOther)
	editor.follow(editor.post("/admin/broadcasts/1/test")).says("あなたのLINEをつないでください")
}

// Whom the test lane sends to is one kind of value, and one query makes it, of a row of staff_links: a
// change that adds another way to it, or a way past it, has to change this test.
func TestTestLaneHasOneDoor(t *testing.T) {
	mentions := func(word string) []string {
		var found []string
		err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if strings.Contains(string(source), word) {
				found = append(found, filepath.ToSlash(path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for word, want := range map[string][]string{
		"TestRecipient":    {"../admin/testsend.go", "../internal/line/desk.go", "../stafflink.go", "../store/stafflink.go"}, // admin's is a comment
		"FROM staff_links": {"../store/stafflink.go"},
		".SendTest(":       {"../admin/testsend.go"},
	} {
		if got := mentions(word); !slices.Equal(got, want) {
			t.Errorf("%q stands in %v, want %v", word, got, want)
		}
	}

	// The panel holds nothing that can be told whom to send to.
	desk := reflect.TypeFor[*line.Desk]()
	config := reflect.TypeFor[Config]()
	for i := range config.NumField() {
		if f := config.Field(i); strings.Contains(f.Type.String(), "line.") && f.Type != desk {
			t.Errorf("the panel holds a %s", f.Type)
		}
	}
	for i := range desk.NumMethod() {
		m := desk.Method(i)
		for k := range m.Type.NumIn() {
			in := m.Type.In(k)
			for in.Kind() == reflect.Slice && in != reflect.TypeFor[[]ippo.Message]() {
				in = in.Elem()
			}
			if in.Kind() == reflect.String && in != reflect.TypeFor[line.Op]() {
				t.Errorf("the panel can call %s with a %s", m.Name, in)
			}
		}
	}
}

// The count moves with the conditions, and says how many left the choice to us.
func TestPreviewCountsTheAudience(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	base := []string{"title", "", "kind", "text", "ref", "0", "text", "下見の文", "when", "now"}
	editor.post("/admin/broadcasts/preview", append(base, "to", "all")...).want(http.StatusOK).says("1人に送信します", "おまかせの人 1人", "下見の文")
	editor.post("/admin/broadcasts/preview", append(base, "to", "some", "topics", "kosodate")...).want(http.StatusOK).says("0人に送信します", "当てはまる人がいません")
	editor.post("/admin/broadcasts/preview", append(base, "to", "some")...).want(http.StatusOK).says("宛先を選ぶと")
	editor.post("/admin/broadcasts/preview", append(base, "to", "some", "ambassadors", "1")...).want(http.StatusOK).says("1人に送信します")
	editor.post("/admin/broadcasts/preview", "title", "", "kind", "text", "ref", "0", "text", "", "when", "now", "to", "all").want(http.StatusOK).saysNot("画像だけ") // not begun
	// Before anything is saved, some of them are shown, and who is left out.
	editor.post("/admin/broadcasts/preview", append(base, "to", "all")...).says("送る人の例").saysNot("川＊＊", "ブロックしている人")
	editor.post("/admin/broadcasts/preview", append(base, "to", "all", "whom", "1")...).want(http.StatusOK).says("川＊＊", "おまかせ", "条件に合うが、送らない人", "ブロックしている人0人").saysNot("川口")
	editor.post("/admin/broadcasts/preview", append(base, "to", "some", "topics", "kosodate", "whom", "1")...).says("いまは、だれもいません")
	editor.post("/admin/broadcasts/preview", append(base, "whom", "1")...).saysNot("送る人の例")
	o.as(ippo.Viewer).post("/admin/broadcasts/preview", base...).want(http.StatusForbidden)
}

// The moving part asks for the whole page when the state has changed under it.
func TestProgress(t *testing.T) {
	o := open(t)
	o.fill()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.post("/admin/broadcasts/1/submit").want(http.StatusSeeOther)
	approver.post("/admin/broadcasts/1/approve", "hash", approver.get("/admin/broadcasts/1").hidden("hash")).want(http.StatusSeeOther)
	r := editor.get("/admin/broadcasts/1/progress?was=approved").want(http.StatusOK).says("0／1人")
	if r.header.Get("HX-Refresh") != "" || !strings.Contains(r.body, `hx-trigger="every 5s"`) {
		t.Errorf("a broadcast that waits: refresh %q\n%s", r.header.Get("HX-Refresh"), r.body)
	}
	if err := o.store.StartBroadcast(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if r := editor.get("/admin/broadcasts/1/progress?was=approved"); r.header.Get("HX-Refresh") != "true" {
		t.Error("the buttons are not renewed when sending begins")
	}
	editor.post("/admin/broadcasts/1/cancel").want(http.StatusSeeOther)
	if r := editor.get("/admin/broadcasts/1/progress?was=cancelled"); strings.Contains(r.body, "hx-trigger") {
		t.Error("a finished broadcast is still asked for")
	}
	logged := o.visitor().request(http.MethodGet, "/admin/broadcasts/1/progress?was=sending")
	logged.Header.Set("HX-Request", "true")
	if r := o.visitor().do(logged); r.status != http.StatusUnauthorized || r.header.Get("HX-Redirect") == "" {
		t.Errorf("after the session ended: %d, to %q", r.status, r.header.Get("HX-Redirect"))
	}
}

// After a restore nothing leaves by itself; an administrator says what goes on.
func TestReleaseAfterRestore(t *testing.T) {
	o := open(t)
	o.fill()
	editor, approver, admin := o.as(ippo.Editor), o.as(ippo.Approver), o.as(ippo.Administrator)
	editor.post("/admin/broadcasts/1/submit").want(http.StatusSeeOther)
	approver.post("/admin/broadcasts/1/approve", "hash", approver.get("/admin/broadcasts/1").hidden("hash")).want(http.StatusSeeOther)
	hash := approver.get("/admin/campaigns/1").hidden("hash")
	approver.post("/admin/campaigns/1/activate", "hash", hash).want(http.StatusSeeOther)
	if err := o.store.HoldEverything(t.Context(), "写しから戻しました。"); err != nil {
		t.Fatal(err)
	}
	approver.get("/admin/campaigns/1").says("写しから戻したため、案内を止めています", "管理者が承認すると始まります")
	approver.post("/admin/campaigns/1/activate", "hash", hash).want(http.StatusForbidden)
	hash = admin.get("/admin/campaigns/1").hidden("hash")
	admin.post("/admin/campaigns/1/activate", "hash", hash).want(http.StatusUnprocessableEntity).says("始める理由を200文字以内で入力してください")
	admin.follow(admin.post("/admin/campaigns/1/activate", "hash", hash, "reason", "名簿を確かめました")).says("案内中")
	o.as(ippo.Viewer).get("/admin/").says("止めていたものの開始を承認", "名簿を確かめました")
	approver.get("/admin/broadcasts/1").says("写しから戻しました。", "管理者が保留を解くと送られます")
	approver.post("/admin/broadcasts/1/release").want(http.StatusForbidden)
	admin.get("/admin/").says("保留")
	shown := admin.get("/admin/broadcasts/1").says("保留を解いて1人に送信する").hidden("shown")
	admin.post("/admin/broadcasts/1/release", "shown", shown).want(http.StatusUnprocessableEntity).says("保留を解く理由を")
	admin.follow(admin.post("/admin/broadcasts/1/release", "shown", shown, "reason", "電話で確かめました")).says("送信予定", "電話で確かめました")
}

// While somebody types why a held broadcast may go, it changes: what they typed is not lost, and they are told.
func TestReasonThatComesTooLate(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, admin, id := t.Context(), o.as(ippo.Administrator), o.staff[ippo.Administrator].ID
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	o.as(ippo.Editor).post("/admin/broadcasts/1/submit").want(http.StatusSeeOther)
	o.as(ippo.Approver).post("/admin/broadcasts/1/approve", "hash", o.as(ippo.Approver).get("/admin/broadcasts/1").hidden("hash")).want(http.StatusSeeOther)
	const first, words = "名簿が古いため、保留しました。", "名簿を、電話で確かめました"
	must(o.store.HoldBroadcast(ctx, 1, first))
	shown := admin.get("/admin/broadcasts/1").hidden("shown")
	release := func(more ...string) reply {
		t.Helper()
		return admin.post("/admin/broadcasts/1/release", append([]string{"shown", shown, "reason", words}, more...)...)
	}
	progress := func(was ippo.BroadcastStatus) reply {
		t.Helper()
		return admin.get("/admin/broadcasts/1/progress?was=" + string(was))
	}
	// A colleague lets it go, and a job holds it for another reason: that reason has to be read, the words stay in the field.
	must(o.store.ReleaseBroadcast(ctx, id, 1, "急ぎのため"))
	must(o.store.HoldBroadcast(ctx, 1, "今月の残りが足りないため、保留しました。"))
	again := release().want(http.StatusConflict).says("書いているあいだに、状態が変わりました", "今月の残りが足りないため").holds(`value="` + words + `"`)
	shown = again.hidden("shown")
	// Too long is said, and kept.
	admin.post("/admin/broadcasts/1/release", "shown", shown, "reason", strings.Repeat("長", 201)).want(http.StatusUnprocessableEntity).holds(`value="長長`)
	// A colleague takes it back: the page stays as it is and says so, and the words are there to be copied.
	must(o.store.CancelBroadcast(ctx, id, 1))
	page := progress(ippo.BroadcastHeld).says("この配信は「取り消し」になりました", "今の状態を見る")
	if page.header.Get("HX-Refresh") != "" || strings.Contains(page.body, "hx-trigger") {
		t.Error("the page on which somebody types is loaded anew")
	}
	if page := o.as(ippo.Editor).get("/admin/broadcasts/1/progress?was=held"); page.header.Get("HX-Refresh") == "" {
		t.Error("where nobody types, the page is not loaded anew")
	}
	for _, do := range [][]string{nil, {"do", "look"}} {
		release(do...).want(http.StatusConflict).says("書いているあいだに、この配信は「取り消し」になりました", "最後の記録", "必要なら写してください", words)
	}
	if b, err := o.store.Broadcast(ctx, 1); err != nil || b.Status != ippo.BroadcastCancelled {
		t.Errorf("%v, %v", b.Status, err)
	}
}

// An approver who rewrites a colleague's draft has become its author, and does not approve it too.
func TestWhoChangesItDoesNotApproveIt(t *testing.T) {
	o := open(t)
	o.fill()
	// More people than the settings let a writer send to alone.
	if err := o.follow("Uf0000000000000000000000000000002"); err != nil {
		t.Fatal(err)
	}
	approver := o.as(ippo.Approver)
	version := approver.get("/admin/broadcasts/1/edit").hidden("version")
	o.setClock(opening.Add(time.Minute))
	approver.post("/admin/broadcasts/1", "id", "1", "version", version, "title", "春", "kind", "text", "ref", "0", "text", "書きかえた", "to", "all", "when", "now", "do", "save").want(http.StatusSeeOther)
	approver.follow(approver.post("/admin/broadcasts/1/submit")).says("自分の配信は自分では承認できません")
	hash := o.as(ippo.Administrator).get("/admin/broadcasts/1").hidden("hash")
	approver.post("/admin/broadcasts/1/approve", "hash", hash).want(http.StatusForbidden)
}

// Two clicks from a broadcast that is going out: the rest is stopped, and a draft is open to those who
// have it, and to nobody else.
func TestCorrectBroadcast(t *testing.T) {
	o := open(t)
	o.fill()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.get("/admin/broadcasts/1/correct").want(http.StatusConflict)
	o.sendHalf(1)
	editor.get("/admin/broadcasts/1").says("訂正を送る")
	editor.get("/admin/broadcasts/1/correct").want(http.StatusOK).says("今すぐ止めます", "届いた1人")
	o.as(ippo.Viewer).post("/admin/broadcasts/1/correct").want(http.StatusForbidden)
	edit := editor.follow(editor.post("/admin/broadcasts/1/correct")).want(http.StatusOK)
	edit.says("【訂正】", "訂正する配信が届いた人にだけ送ります", "1人に送信します").saysNot("友だち全員")
	editor.get("/admin/broadcasts/1").says("取り消し")
	// Whatever the form says, it goes to nobody else.
	editor.follow(editor.post("/admin/broadcasts/2", "id", "2", "version", edit.hidden("version"), "title", "訂正", "kind", "text", "ref", "0",
		"text", "正しくは10時です。", "to", "all", "when", "now", "do", "save")).says("訂正する配信が届いた人", "訂正する配信")
	editor.post("/admin/broadcasts/2/submit").want(http.StatusSeeOther)
	hash := approver.get("/admin/broadcasts/2").hidden("hash")
	approver.follow(approver.post("/admin/broadcasts/2/approve", "hash", hash)).says("まもなく送信を始めます", "0／1人")
}

// sendHalf approves a broadcast and begins to send it: LINE has its only request and has not answered.
func (o *office) sendHalf(id ippo.BroadcastID) {
	o.t.Helper()
	ctx := o.t.Context()
	b, err := o.store.Broadcast(ctx, id)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.store.ApproveBroadcast(ctx, o.staff[ippo.Approver].ID, id, store.Approval{Hash: b.Hash()}); err != nil {
		o.t.Fatal(err)
	}
	if err := o.store.StartBroadcast(ctx, id); err != nil {
		o.t.Fatal(err)
	}
	requests, err := o.store.PendingRequests(ctx, id, 0, 1)
	if err != nil || len(requests) != 1 {
		o.t.Fatalf("%d requests, %v", len(requests), err)
	}
	if err := o.store.BeginRequest(ctx, &requests[0], nil, []byte("body")); err != nil {
		o.t.Fatal(err)
	}
}

// What was sent then? Every request with LINE's own number for it, as a file.
func TestLedgerFile(t *testing.T) {
	o := open(t)
	o.fill()
	o.sendHalf(1)
	requests, err := o.store.PendingRequests(t.Context(), 1, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	outcome := store.Outcome{State: ippo.DeliveryAccepted, RequestID: "3f1d4b1e-6a10"}
	if err := o.store.EndRequest(t.Context(), &requests[0], outcome); err != nil {
		t.Fatal(err)
	}
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/broadcasts/1").want(http.StatusOK).says("送った記録とLINEの受付番号（1件）")
	file := viewer.get("/admin/broadcasts/1/ledger.csv").want(http.StatusOK)
	if !strings.Contains(file.body, "送った時刻,返事の時刻,人数,状態,LINEの受付番号,理由") || !strings.Contains(file.body, ",1,LINEが受付,3f1d4b1e-6a10,") {
		t.Errorf("the file says %q", file.body)
	}
}

// Words of each recipient's own are shown as an example before they are sent, and what is mistyped is
// said beside the text; LINE's own broadcast is a choice for everyone, which it names.
func TestVariablesAndLinesBroadcast(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := func(text string, more ...string) []string {
		return append([]string{"title", "案内", "kind", "text", "ref", "0", "text", text, "to", "all", "when", "now", "do", "save"}, more...)
	}
	editor.post("/admin/broadcasts", form("{{nmae}}さん")...).want(http.StatusUnprocessableEntity).says("「{{nmae}}」という差し込みはありません")
	page := editor.follow(editor.post("/admin/broadcasts", form("{{name}}さん")...))
	page.says("はなこさん", "差し込むことばは例です")

	editor.post("/admin/broadcasts", form("{{name}}さん", "unseen", "1")...).want(http.StatusUnprocessableEntity).says("LINEの一斉配信では、差し込みを使えません")
	page = editor.follow(editor.post("/admin/broadcasts", form("お知らせ", "unseen", "1")...))
	page.says("友だち全員（LINEの一斉配信）")
	list, err := o.store.Broadcasts(t.Context(), store.BroadcastFilter{})
	if err != nil || list[0].Call() != ippo.CallBroadcast {
		t.Errorf("goes by %v, %v", list[0].Call(), err)
	}
	editor.get("/admin/broadcasts/new").want(http.StatusOK).says("LINEの一斉配信で送る", "{{number}}", "その人には送りません")
}

// An author who has taken a broadcast back to work on it does not see it leave, even if nothing that is
// approved has changed yet.
func TestTakenBackIsNotApproved(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	editor := o.staff[ippo.Editor].ID
	if err := o.store.SubmitBroadcast(ctx, editor, 1); err != nil {
		t.Fatal(err)
	}
	approver := o.as(ippo.Approver)
	hash := approver.get("/admin/broadcasts/1").hidden("hash")
	b, err := o.store.Broadcast(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	b.Title = "書きなおし中"
	if err := o.store.UpdateBroadcast(ctx, editor, b); err != nil {
		t.Fatal(err)
	}
	approver.post("/admin/broadcasts/1/approve", "hash", hash).want(http.StatusConflict)
	if is, err := o.store.Broadcast(ctx, 1); err != nil || is.Status != ippo.BroadcastDraft {
		t.Errorf("%s, %v", is.Status, err)
	}
}

// The sheet says on paper what the page says, before and after; the JSON is what is sent, byte for byte.
func TestBroadcastSheet(t *testing.T) {
	o := open(t)
	o.fill()
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/broadcasts/1/sheet").says("LINE配信伺い", "春のお知らせ", "作成者さん", "まだ承認されていません", "1人・1通（今の人数です", "承認されたらすぐ", "決裁")
	sent := html.EscapeString(string(o.broadcast(1).Messages[0]))
	if page := viewer.get("/admin/broadcasts/1"); !strings.Contains(page.body, sent) {
		t.Errorf("the page does not show what is sent: %s", sent)
	}
	viewer.get("/admin/broadcasts/1/sheet").says("1通あたりの費用が設定されていません")
	settings, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.MessagePrice, settings.Office.Phone = 250, "000-111-2222"
	if err := o.store.SaveSettings(t.Context(), o.staff[ippo.Administrator].ID, settings); err != nil {
		t.Fatal(err)
	}
	viewer.get("/admin/broadcasts/1/sheet").says("2.5円（1通 2.5円）")
	o.as(ippo.Editor).get("/admin/broadcasts/1/edit").says("費用の目安 2.5円")
	o.sendHalf(1)
	viewer.get("/admin/broadcasts/1/sheet").says("承認者さん（2026年3月6日（金）10:00）", "1人・1通", "2.5円（1通 2.5円）", "に送信を開始").saysNot("まだ承認されていません", "今の人数です")
}

// On a phone, what is sent is seen before the button that sends it is reached; of what was sent, the result comes first.
func TestWhatIsSentIsSeenFirst(t *testing.T) {
	o := open(t)
	o.fill()
	o.as(ippo.Editor).post("/admin/broadcasts/1/submit").want(http.StatusSeeOther)
	approver := o.as(ippo.Approver)
	order := func(path, first, then string) {
		t.Helper()
		page := approver.get(path).body
		if a, b := strings.Index(page, first), strings.Index(page, then); a < 0 || b < a {
			t.Errorf("%s is at %d, %s at %d", first, a, then, b)
		}
	}
	order("/admin/series/1", `class="phone"`, `action="/admin/series/1/activate"`)
	order("/admin/broadcasts/1", `class="phone"`, `action="/admin/broadcasts/1/approve"`)
	sent := o.draft("送ったもの")
	if err := o.store.CreateBroadcast(t.Context(), o.staff[ippo.Editor].ID, sent); err != nil {
		t.Fatal(err)
	}
	o.sendHalf(sent.ID)
	order(href("broadcasts/%d", sent.ID), `id="progress"`, `class="phone"`)
}
