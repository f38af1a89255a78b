package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
)

// cityList is a list of groups as a city keeps it.
const cityList = "市民活動団体一覧,,,\n団体の名称,主な活動内容,活動分野,備考\n里山の会,里山の手入れと観察,子育て,x\n浜の会,浜の掃除,海と川,\n空の会,,福祉,\n"

// uploadList uploads a list of groups; it is looked at and nothing is taken in.
func (o *office) uploadList() {
	o.t.Helper()
	o.as(ippo.Editor).upload("/admin/groups/import", cityList).want(http.StatusSeeOther)
}

// A city's list is looked at, its columns and words are explained, and it is handed to its job: until then nothing is
// changed. The next list begins with what was said of this one.
func TestImportGroups(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Editor)
	b.get("/admin/groups").says("名簿を取り込む")
	b.upload("/admin/groups/import", "").want(http.StatusUnprocessableEntity).says("名簿のファイルを選んでください。")
	b.upload("/admin/groups/import", "\xff\xfe\x00").want(http.StatusUnprocessableEntity).says("CSV（UTF-8かShift_JIS）か、Excel")

	r := b.follow(b.upload("/admin/groups/import", cityList))
	r.says("見出しの行", "主な活動内容", "里山の手入れと観察", "4行目: 「海と川」は分野にありません。", "5行目: 活動内容（一行）を入力してください。", "誤りのある2行を飛ばして取り込む")
	if !strings.Contains(r.body, `<option value="summary" selected>`) {
		t.Errorf("the column of activities is not guessed:\n%s", r.body)
	}
	fields := []string{"head", "1", "column.0", "name", "column.1", "summary", "column.2", "topics", "column.3", "", "word.topics:海と川", "fukushi"}
	r = b.follow(b.post("/admin/groups/import/1", fields...)).saysNot("海と川」は分野にありません")
	r.says("誤りのある1行", "浜の会", "福祉")
	b.post("/admin/groups/import/1/start").want(http.StatusUnprocessableEntity).says("飛ばして取り込むことを選んでください")
	if all, err := o.store.ActivityGroups(t.Context()); err != nil || len(all) != 1 || all[0].Summary != "里山の手入れ" {
		t.Fatalf("looking has changed %+v, %v", all, err)
	}
	woken := o.woken
	b.follow(b.post("/admin/groups/import/1/start", "skip", "1")).says("取り込み中", "画面を閉じても続きます")
	if o.woken == woken {
		t.Error("the job was not woken")
	}
	b.post("/admin/groups/import/1/start", "skip", "1").want(http.StatusConflict)
	b.post("/admin/groups/import/1", fields...).want(http.StatusConflict)
	o.as(ippo.Administrator).get("/admin/audit").says("団体の一覧: 取り込み")
	o.work()
	b.follow(b.get("/admin/groups/import/1")).says("取り込みました", "5行目: 活動内容（一行）を入力してください。").says(tally("加えた", 1, "変えた", 1, "取り込めなかった行", 1)...)
	b.get("/admin/intakes/1/notes.csv").want(http.StatusOK).says("5,")

	b.follow(b.upload("/admin/groups/import", strings.ReplaceAll(cityList, "空の会,,", "空の会,空を見る,"))).saysNot("海と川」は分野にありません", "誤りのある行があります")
}

// The list as a file, taken in again, changes nothing; nor does it pass on whom a group names as its contact.
func TestImportGroupsAsTheyWereSaved(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	for i, name := range []string{"学び・講座", "環境・自然"} {
		if _, err := o.store.CreateTopic(ctx, by, ippo.Topic{Slug: fmt.Sprint("t", i), Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	for i, g := range []ippo.ActivityGroup{
		{
			Topics: ippo.ChoiceOf(0, 2, 3), Areas: ippo.ChoiceOf(0), Kana: "もりのかい", Body: "一行目\n\"二行目\"", Place: "集会所", When: "第1土曜", Whom: "どなたでも", Cost: "=1+1", Contact: "mori@example.jp",
			Weekdays: ippo.Weekdays(0).With(time.Saturday).With(time.Sunday), Parts: ippo.Morning | ippo.Evening, Beginners: true, Children: true, Wheelchair: true, Online: true, Receiving: true,
			Alone: true, Together: true, Full: true, Model: true, Fee: ippo.FeeFree, Welcome: "ようこそ", Bring: "軍手", Joining: 3, Tongues: 3, ConfirmedAt: opening,
			Host: ippo.Host{Person: "森 花子", Email: "hanako@example.jp"},
		},
		{Topics: ippo.Everything, Areas: ippo.Everything, Hidden: true},
	} {
		g.Slug, g.Name, g.Summary = fmt.Sprint("g", i), fmt.Sprint("会", i), "活動"
		if _, err := o.store.CreateActivityGroup(ctx, by, g); err != nil {
			t.Fatal(err)
		}
	}
	b := o.as(ippo.Editor)
	file := b.get("/admin/groups.csv").says("学び・講座").saysNot("花子").saysNot("hanako").body
	b.follow(b.upload("/admin/groups/import", file)).says("新しく加える0内容を変える0変わらない3誤りのある行0").saysNot("誤りのある行があります")
}

// Where the headings stand is for staff to say too.
func TestImportGroupsByAnotherHeading(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Editor)
	b.upload("/admin/groups/import", "団体名,概要\n名称,内容\n里山の会,山\n").want(http.StatusSeeOther)
	r := b.follow(b.post("/admin/groups/import/1", "head", "1", "column.0", "name", "column.1", "summary"))
	if !strings.Contains(r.body, `<option value="1" selected>2行目`) || !strings.Contains(r.body, `<option value="" selected>（取り込まない）`) {
		t.Errorf("the second row does not have the headings:\n%s", r.body)
	}
}

// A stranger's spreadsheet, what it says of topics included, is shown as words.
func TestHostileListOfGroups(t *testing.T) {
	o := open(t)
	o.fill()
	const hostile = `<script>alert(1)</script>'><img src=x onerror=alert(2)>`
	b := o.as(ippo.Editor)
	r := b.follow(b.upload("/admin/groups/import", "団体名,活動内容,活動分野,"+hostile+"\n"+hostile+",山,"+hostile+","+hostile+"\n里山の会,"+hostile+",子育て,x\n"))
	r.says("ことばの対応", "取り込んだあとの内容")
	if strings.Contains(r.body, "<script>alert") || strings.Contains(r.body, "<img src=x") {
		t.Errorf("what stands in the file is shown as HTML:\n%s", r.body)
	}
	// So is what a broadcast was, and what came of it.
	if err := o.store.CreateBroadcast(t.Context(), o.staff[ippo.Editor].ID, o.draft(hostile)); err != nil {
		t.Fatal(err)
	}
	o.sendBack(2, hostile)
	for _, address := range []string{"/admin/broadcasts/2/versions", "/admin/broadcasts/2", "/admin/try?text=" + "%3Cscript%3Ealert(1)%3C/script%3E"} {
		if r := b.get(address).want(http.StatusOK); strings.Contains(r.body, "<script>alert") || strings.Contains(r.body, "<img src=x") {
			t.Errorf("%s shows what was typed as HTML", address)
		}
	}
}
