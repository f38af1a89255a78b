package admin

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// signsUp opens sign-up for the event of fill, for one person, and has one come by telephone.
func (o *office) signsUp() ippo.Event {
	o.t.Helper()
	ctx, by := o.t.Context(), o.staff[ippo.Editor].ID
	e, err := o.store.Event(ctx, 1)
	if err != nil {
		o.t.Fatal(err)
	}
	e.SignUp.Open, e.Capacity, e.EndsAt = true, 1, e.StartsAt.Add(2*time.Hour)
	if err := o.store.UpdateEvent(ctx, by, e); err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.store.EnterReservation(ctx, by, ippo.Reservation{
		Event: 1, Way: ippo.ReservedByPhone, Party: 1, Attendee: ippo.Attendee{Name: "山田まぼろし", Contact: "090-5555-0199"},
	}); err != nil {
		o.t.Fatal(err)
	}
	if e, err = o.store.Event(ctx, 1); err != nil {
		o.t.Fatal(err)
	}
	return e
}

// reserves signs a follower up in the chat, or has them wait.
func (o *office) reserves(f ippo.FollowerID) {
	o.t.Helper()
	if err := o.store.Write(o.t.Context(), func(t *store.Tx) error {
		_, _, err := t.Reserve(o.t.Context(), ippo.Reservation{Event: 1, Follower: f, Party: 1}, true)
		return err
	}); err != nil {
		o.t.Fatal(err)
	}
}

// An event whose sign-up nobody opened has nothing of it on any page.
func TestEventWithoutSignUp(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	editor.get("/admin/events").saysNot("申込", "待ち")
	editor.get("/admin/events/1").saysNot("申込の一覧", "席が決まった人")
	editor.get("/admin/events/1/code").want(http.StatusNotFound)
}

// Staff open sign-up, enter who rang up, and see everybody in one list.
func TestReservationsAtTheDesk(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	e, err := o.store.Event(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	form := []string{"title", e.Title, "summary", e.Summary, "place", e.Place, "status", "published", "capacity", "1",
		"startsAt", inputMoment(e.StartsAt), "endsAt", inputMoment(e.StartsAt.Add(2 * time.Hour)), "signUp", "1", "maxParty", "９", "confirmHours", "100"}
	editor.post("/admin/events/1", form...).want(http.StatusUnprocessableEntity).says("一度に申し込める人数は1から6まで", "席をとっておく時間は1から72まで")
	form[17], form[19] = "2", "12"
	editor.follow(editor.post("/admin/events/1", form...)).says("イベントを保存しました。", "申込の一覧", "席が決まった人")

	editor.get("/admin/events/1/reservations").says("申込はまだありません")
	at := "/admin/events/1/reservations"
	editor.post(at, "way", "phone", "name", "", "contact", "まだ", "party", "1").want(http.StatusUnprocessableEntity).says("お名前を入力", "電話番号かメールアドレス")
	editor.follow(editor.post(at, "way", "phone", "name", "山田まぼろし", "contact", "090-5555-0199", "party", "１")).says("「申込済み」として入れました。", "山田まぼろし")
	o.reserves(1)
	editor.follow(editor.post(at, "way", "desk", "name", "=HYPERLINK(1)", "contact", "new@example.jp", "party", "2")).says("「キャンセル待ち」として入れました。", "2番目", "川＊＊")
	editor.get(at + "?q=まぼろし").says("山田まぼろし").saysNot("川＊＊")
	editor.get(at + "?state=waiting").says("川＊＊").saysNot("山田まぼろし")
	editor.get("/admin/events").says("1／1人", "待ち3人")

	// There is no room, until somebody gives theirs back: then the first in line is asked.
	editor.post("/admin/reservations/2", "do", "place").want(http.StatusUnprocessableEntity).says("空いている席が足りません")
	editor.post("/admin/reservations/1", "do", "resize", "party", "2").want(http.StatusUnprocessableEntity).says("空いている席が足りません")
	editor.post("/admin/reservations/1", "do", "erase").want(http.StatusNotFound)
	editor.get("/admin/reservations/1/cancel").says("山田まぼろしさんの申込（1人）を取り消しますか。", "キャンセル待ちの方に案内します")
	editor.follow(editor.post("/admin/reservations/1/cancel")).says("申込を取り消しました。", "席の確認待ち")
	editor.post("/admin/reservations/1/cancel").want(http.StatusConflict)
	editor.follow(editor.post("/admin/reservations/2", "do", "place")).says("席を決めました。")

	editor.follow(editor.post("/admin/reservations/2", "do", "attend", "back", "list")).says("出席にしました。")
	editor.follow(editor.post("/admin/reservations/2", "do", "absent")).says("出席を取り消しました。")
	editor.follow(editor.post(at, "way", "desk", "walkin", "1", "party", "1")).says("「当日参加」として入れました。", "（お名前なし）")

	r := editor.get(at + ".csv").want(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.body, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 5 || rows[2][4] != "'=HYPERLINK(1)" || rows[1][6] != "川口 花" && rows[1][6] == "" {
		t.Errorf("%v: %q", err, rows)
	}
	editor.get("/admin/events/1/names").says("=HYPERLINK(1)", "new@example.jp", "当日参加", "個人情報が載っています").saysNot("山田まぼろし")
	o.as(ippo.Administrator).get("/admin/audit").says("イベントの申込: CSVの保存", "イベントの申込: 名簿の印刷", "イベントの申込: 席を決める").saysNot("まぼろし")
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/events").says("1／1人").saysNot("/reservations")
	viewer.get("/admin/events/1").saysNot("申込の一覧")
}

// Before an event is moved or called off staff see how many are told, and nothing is saved until they say yes.
func TestHowManyAreTold(t *testing.T) {
	o := open(t)
	o.fill()
	e := o.signsUp()
	o.reserves(1)
	editor := o.as(ippo.Editor)
	form := func(more ...string) []string {
		return append([]string{"title", e.Title, "summary", e.Summary, "place", "公民館", "status", "published", "capacity", "1",
			"startsAt", inputMoment(e.StartsAt), "endsAt", inputMoment(e.EndsAt), "signUp", "1", "maxParty", "1", "confirmHours", "24"}, more...)
	}
	page := editor.post("/admin/events/1", form()...).want(http.StatusOK).says("申し込んだ1人にLINEで知らせます", "LINEでは届かない人が1人います", "知らせて保存する", "今月の")
	if now, err := o.store.Event(t.Context(), 1); err != nil || now.Place != e.Place || !strings.Contains(page.body, `value="公民館"`) {
		t.Fatalf("saved without a yes: %s, %v", now.Place, err)
	}
	editor.follow(editor.post("/admin/events/1", form("confirmed", page.hidden("confirmed"))...)).says("イベントを保存しました。")
	if now, err := o.store.Event(t.Context(), 1); err != nil || now.Place != "公民館" {
		t.Errorf("not saved after a yes: %s, %v", now.Place, err)
	}
	// What was confirmed was another thing.
	editor.post("/admin/events/1", form("calledOff", "1", "confirmed", page.hidden("confirmed"))...).want(http.StatusOK).says("中止になることを、申し込んだ1人に")
	// What moves nothing asks nothing.
	editor.follow(editor.post("/admin/events/1", form("cost", "100円")...)).says("イベントを保存しました。")
	if due, err := o.store.EventsDue(t.Context(), opening, 10); err != nil || len(due) != 1 || due[0].Task != store.TaskChange {
		t.Errorf("to be told: %+v, %v", due, err)
	}
}

// The code opens our chat with the words typed in by which the bot knows the event.
func TestEventCode(t *testing.T) {
	o := open(t)
	o.fill()
	e := o.signsUp()
	r := o.as(ippo.Editor).get("/admin/events/1/code.svg").want(http.StatusOK)
	if r.header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(r.body, "<svg") {
		t.Errorf("code: %s", r.header.Get("Content-Type"))
	}
	if code, ok := ippo.AttendanceCode(ippo.AttendanceText(e)); !ok || code != e.Code || len(code) != 12 {
		t.Errorf("%q says %q", ippo.AttendanceText(e), code)
	}
}
