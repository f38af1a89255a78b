package admin

import (
	"net/http"
	"strings"
	"testing"

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
