package admin

import (
	"net/http"
	"regexp"
	"testing"

	"ippo"
)

// report has the report on February made, which an office of March has.
func (o *office) report() {
	o.t.Helper()
	now := o.clock()
	o.setClock(opening.AddDate(0, -1, 0))
	if err := o.store.Audit(o.t.Context(), 0, "news.create", "news:1", ""); err != nil {
		o.t.Fatal(err)
	}
	o.setClock(now)
	if _, _, err := o.store.MakeMonthlyReports(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// Editors write around the figures, nobody overwrites a colleague, an approver fixes and opens again.
func TestReportFromDraftToFixed(t *testing.T) {
	o := open(t)
	o.report()
	editor, approver, viewer := o.as(ippo.Editor), o.as(ippo.Approver), o.as(ippo.Viewer)
	viewer.get("/admin/reports").want(http.StatusOK).says("令和8年2月（2026年）", "下書き")
	viewer.get("/admin/reports/1").want(http.StatusOK).says("前の月", "送った通数").saysNot("まとめと予定を書く", "確定する")
	version := func() string {
		t.Helper()
		return regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(editor.get("/admin/reports/1/edit").want(http.StatusOK).body)[1]
	}
	seen := version()
	editor.follow(editor.post("/admin/reports/1", "version", seen, "summary", "雪の多い月でした。", "plans", "・春まつり")).says("活動報告を保存しました", "雪の多い月でした。", "・春まつり")
	editor.post("/admin/reports/1", "version", seen, "summary", "晴れの多い月でした。").want(http.StatusUnprocessableEntity).says("ほかの職員が先にこの報告を変更しました", "晴れの多い月でした。")
	editor.post("/admin/reports/1/fix", "version", version()).want(http.StatusForbidden)
	approver.post("/admin/reports/1/fix", "version", seen).want(http.StatusConflict)
	approver.follow(approver.post("/admin/reports/1/fix", "version", version())).says("2月の活動報告を確定しました", "下書きに戻す").saysNot("まとめと予定を書く")
	editor.get("/admin/reports/1/edit").want(http.StatusConflict)
	editor.post("/admin/reports/1", "version", seen, "summary", "書きかえ").want(http.StatusConflict)
	approver.post("/admin/reports/1/reopen").want(http.StatusUnprocessableEntity).says("理由を")
	approver.follow(approver.post("/admin/reports/1/reopen", "reason", "予定に誤り")).says("下書きに戻しました", "予定に誤り", "雪の多い月でした。")
	o.as(ippo.Administrator).get("/admin/audit").says("活動報告: 作成", "活動報告: 確定", "活動報告: 下書きに戻す")
	viewer.get("/admin/reports/2").want(http.StatusNotFound)
}
