package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type auditPage struct {
	frame
	pager
	Items []auditRow
}

type auditRow struct {
	store.AuditEntry
	Who  string
	What string
	Link string // to what was changed, where there is a page of it
}

// What actions are about, and what was done, as staff say it. One that is not here is shown as it is
// kept.
var (
	auditSubjects = map[string]string{
		"broadcast": "配信", "series": "くり返し配信", "firing": "過ぎた予定", "news": "お知らせ", "event": "イベント", "group": "団体", "topic": "分野", "area": "地域", "tag": "タグ",
		"entry": "登録経路", "staff": "職員", "settings": "設定", "digest": "まとめ", "sheet": "指標シート", "heading": "指標の見出し", "indicator": "指標", "report": "活動報告",
		"desk": "受付", "consultation": "相談", "canned": "返事のひな形", "audience": "保存した宛先", "match": "団体紹介", "reservation": "イベントの申込", "restore": "復元", "follower": "友だち", "followers": "友だち", "groups": "団体", "faq": "よくある質問", "unanswered": "答えのなかった質問",
	}
	auditVerbs = map[string]string{
		"save": "保存", "create": "作成", "update": "変更", "delete": "削除",
		"submit": "承認を申請", "return": "差し戻し", "approve": "承認", "pause": "一時停止", "resume": "再開", "cancel": "取り消し",
		"approve-own": "作成者が自分で承認", "quiet": "送らない時間に送信",
		"hold": "保留", "correct": "訂正をつくる", "lapse": "承認されず下書きに戻る", "release": "保留を解除", "fail": "失敗", "test": "試し送り",
		"settle": "不明な人を送信済みとして扱う", "repeat": "不明な人にもう一度送る",
		"activate": "開始を承認", "activate-own": "作成者が自分で開始を承認", "activate-held": "止めていたものの開始を承認",
		"replan": "次の予定の変更", "send": "送信を決定", "drop": "送らないと決定",
		"password": "パスワードの変更", "link": "LINEをつなぐ", "unlink": "LINEを外す",
		"one-person": "一人での承認を許可", "two-person": "二人での承認に戻す",
		"status": "状態の変更", "note": "メモ", "resting": "休止中の印", "vision": "ビジョンの公開", "csv": "CSVの保存",
		"ask": "見学の希望の記録", "consent": "同意の記録", "hand": "団体に伝える", "answer": "返事の記録", "move": "結果の記録",
		"place": "席を決める", "resize": "人数の変更", "attend": "出席の記録", "absent": "出席の取り消し", "names": "名簿の印刷",
		"handover": "引きつぎ", "code": "LINEをつなぐことばを出す", "confirm": "募集の確認",
		"values": "実績値の入力", "freeze": "実績値の確定", "amend": "確定した実績値の訂正", "fix": "確定", "reopen": "下書きに戻す",
		"manual": "手引きの変更", "plan": "進める日数の変更", "back": "一つ前の状態に戻す", "day": "期日の変更", "import": "取り込み", "export": "書き出し", "flyer": "チラシの追加", "flyer-delete": "チラシを外す",
		"erase": "データを消す申し出", "erased": "データを消した", "own": "ご本人が内容を変更",
	}
)

// sayAudit says what an action was, with the city's own words for what has them.
func sayAudit(own ippo.Labels, action string) string {
	subject, verb, _ := strings.Cut(action, ".")
	switch words, known := auditSubjects[subject]; {
	case known:
		subject = words
	case subject == "campaign":
		subject = own.Campaign
	case subject == "ambassador", subject == "ambassadors":
		subject = own.Ambassador
	}
	if words, known := auditVerbs[verb]; known {
		verb = words
	}
	return subject + ": " + verb
}

// auditSections are the objects that have a page under their number or name.
var auditSections = map[string]string{
	"broadcast": "broadcasts", "news": "news", "event": "events", "group": "groups", "match": "matches", "campaign": "campaigns", "series": "series",
	"topic": "topics", "area": "areas", "tag": "tags", "entry": "entries", "staff": "staff", "ambassador": "ambassadors", "desk": "requests", "consultation": "consultations", "canned": "canned", "faq": "faq",
	"sheet": "sheets", "heading": "headings", "indicator": "indicators", "report": "reports",
}

func newAuditRow(own ippo.Labels, e store.AuditEntry) auditRow {
	row := auditRow{AuditEntry: e, Who: e.Name, What: sayAudit(own, e.Action)}
	if e.Staff == 0 {
		row.Who = "（システム）"
	}
	if kind, name, ok := strings.Cut(e.Object, ":"); ok && auditSections[kind] != "" && !strings.HasSuffix(e.Action, ".delete") {
		row.Link = href("%s/%s", auditSections[kind], name)
	}
	return row
}

// maxHistory bounds what a page tells of its object's past.
const maxHistory = 50

// history is what was done to one object, for its page.
func (p *Panel) history(ctx context.Context, own ippo.Labels, object string) ([]auditRow, error) {
	list, err := p.Store.History(ctx, object, maxHistory)
	if err != nil {
		return nil, err
	}
	rows := make([]auditRow, len(list))
	for i, e := range list {
		rows[i] = newAuditRow(own, e)
	}
	return rows, nil
}

func (p *Panel) auditLog(c *gin.Context) error {
	ctx := c.Request.Context()
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64) // 0: from the newest
	list, err := p.Store.AuditLog(ctx, pageSize+1, before)
	if err != nil {
		return err
	}
	page := auditPage{frame: p.frame(c)}
	if len(list) > pageSize {
		list = list[:pageSize]
		page.Later = withQuery(c, "before", strconv.FormatInt(list[pageSize-1].ID, 10))
	}
	for _, e := range list {
		page.Items = append(page.Items, newAuditRow(page.Settings.Labels, e))
	}
	return p.render(c, http.StatusOK, "audit.html", page)
}
