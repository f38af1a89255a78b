package admin

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"ippo"
	"ippo/store"
)

type auditPage struct {
	frame
	pager
	Who, About          []option
	Object, From, Until string // as in the address
	Filtered            bool
	CSV                 string // the address of the same as a file
	Items               []auditRow
}

type auditRow struct {
	store.AuditEntry
	Who     string
	What    string
	Where   string
	On      string // what it was done to, as staff call it
	Link    string // to that, where there is a page of it
	Changed []changedField
}

// changedField is a field that was changed, as staff call it.
type changedField struct {
	Words, Before, After string
}

// What actions are about, and what was done, as staff say it. One that is not here is shown as it is
// kept.
var (
	auditSubjects = map[string]string{
		"login": "ログイン", "access": "画面とAPI", "token": "APIトークン", "team": "チーム", "audit": "操作の記録",
		"broadcast": "配信", "series": "くり返し配信", "firing": "過ぎた予定", "picture": "配信の画像", "template": "配信のひな形", "news": "お知らせ", "event": "イベント", "group": "団体", "topic": "分野", "area": "地域", "tag": "タグ",
		"entry": "登録経路", "staff": "職員", "settings": "設定", "digest": "まとめ", "flyer": "チラシ", "sheet": "指標シート", "heading": "指標の見出し", "indicator": "指標", "report": "活動報告",
		"desk": "受付", "consultation": "相談", "canned": "返事のひな形", "audience": "保存した宛先", "match": "団体紹介", "reservation": "イベントの申込", "restore": "復元", "follower": "友だち", "followers": "友だちの一覧", "groups": "団体の一覧", "faq": "よくある質問", "unanswered": "答えのなかった質問",
		"stopword": "数えないことば", "connection": "LINEとの接続", "richmenu": "リッチメニュー", "autoreply": "自動の返事",
	}
	auditVerbs = map[string]string{
		"end": "停止", "invite": "招待", "uninvite": "招待の取り消し", "take": "責任者の引き継ぎ", "reset": "コマンドで入れるようにする", "factor": "二段階認証の設定", "no-factor": "二段階認証を外す", "session": "画面をログアウトする", "recovery": "予備のコードでログイン", "codes": "予備のコードを作りなおす",
		"modules": "機能を入れる・切る", "apply": "反映", "withdraw": "出すのをやめる", "greeting": "あいさつの変更", "check": "確認", "webhook": "知らせの送り先の変更",
		"success": "成功", "out": "ログアウト", "fail": "失敗", "refuse": "権限がなく拒否", "chain": "つながりを作成", "cut": "保管期間のすぎたものを削除",
		"restore": "削除したものを元に戻す", "save": "保存", "create": "作成", "update": "変更", "delete": "削除",
		"submit": "承認を申請", "return": "差し戻し", "approve": "承認", "pause": "一時停止", "resume": "再開", "cancel": "取り消し",
		"approve-own": "作成者が自分で承認", "quiet": "送らない時間に送信",
		"hold": "保留", "correct": "訂正をつくる", "lapse": "承認されず下書きに戻る", "release": "保留を解除", "test": "試し送り",
		"settle": "不明な人を送信済みとして扱う", "repeat": "不明な人にもう一度送る",
		"activate": "開始を承認", "activate-own": "作成者が自分で開始を承認", "activate-held": "止めていたものの開始を承認",
		"replan": "次の予定の変更", "send": "送信を決定", "drop": "送らないと決定",
		"password": "パスワードの変更", "link": "LINEをつなぐ", "unlink": "LINEを外す",
		"one-person": "一人での承認を許可", "two-person": "二人での承認に戻す",
		"status": "状態の変更", "note": "メモ", "resting": "休止中の印", "csv": "CSVの保存",
		"ask": "見学の希望の記録", "consent": "同意の記録", "hand": "団体に伝える", "answer": "返事の記録", "move": "結果の記録",
		"place": "席を決める", "resize": "人数の変更", "attend": "出席の記録", "absent": "出席の取り消し", "names": "名簿の印刷",
		"handover": "引きつぎ", "code": "LINEをつなぐことばを出す", "confirm": "募集の確認",
		"values": "実績値の入力", "freeze": "実績値の確定", "amend": "確定した実績値の訂正", "fix": "確定", "reopen": "下書きに戻す",
		"tag": "タグをまとめてつける", "untag": "タグをまとめて外す", "tag-undo": "まとめて変えたタグを元に戻す", "undo": "まとめて変えたものを元に戻す",
		"manual": "手引きの変更", "plan": "進める日数の変更", "back": "一つ前の状態に戻す", "day": "期日の変更", "import": "取り込み", "import-stop": "取り込みを止めた", "import-resume": "取り込みの再開", "import-end": "取り込みを途中で終える", "export": "書き出し", "add": "追加", "flyer": "チラシの追加", "flyer-delete": "チラシを外す",
		"erase": "データを消す申し出", "erased": "データを消した", "keep": "データを消すのをやめる", "own": "ご本人が内容を変更",
		"shown": "公開", "returned": "公開しない", "waiting": "確認待ちに戻す",
	}
)

// sayAudit says what an action was, with the city's own words for what has them.
func sayAudit(own ippo.Labels, action string) string {
	subject, verb, _ := strings.Cut(action, ".")
	subject = saySubject(own, subject)
	if words, known := auditVerbs[verb]; known {
		verb = words
	}
	return subject + ": " + verb
}

func saySubject(own ippo.Labels, subject string) string {
	switch words, known := auditSubjects[subject]; {
	case known:
		return words
	case subject == "campaign":
		return own.Campaign
	case subject == "vision":
		return own.Vision
	case subject == "ambassador", subject == "ambassadors":
		return own.Ambassador
	}
	return subject
}

// sayObject says which one an action was about: 配信 12.
func sayObject(own ippo.Labels, object string) string {
	subject, name, _ := strings.Cut(object, ":")
	words := saySubject(own, subject)
	if words == subject {
		return object // a route, say
	}
	return strings.TrimSpace(words + " " + name)
}

// readObject reads what sayObject says, as staff type it: 配信 12, 配信12. What it does not know, it leaves.
func readObject(own ippo.Labels, typed string) string {
	typed = strings.TrimSpace(norm.NFKC.String(typed))
	object, longest := typed, ""
	for _, subject := range auditKinds() {
		words := norm.NFKC.String(saySubject(own, subject))
		if name, ok := strings.CutPrefix(typed, words); ok && len(words) > len(longest) {
			object, longest = subject, words
			if name = strings.Trim(name, " :"); name != "" {
				object += ":" + name
			}
		}
	}
	return object
}

// auditKinds are the subjects of actions, those with the city's own words too.
func auditKinds() []string {
	return append(slices.Collect(maps.Keys(auditSubjects)), "campaign", "ambassador", "vision")
}

// auditSections are the objects that have a page under their number or name.
var auditSections = map[string]string{
	"broadcast": "broadcasts", "news": "news", "event": "events", "group": "groups", "match": "matches", "campaign": "campaigns", "series": "series",
	"topic": "topics", "area": "areas", "tag": "tags", "entry": "entries", "staff": "staff", "token": "tokens", "team": "teams", "ambassador": "ambassadors", "desk": "requests", "consultation": "consultations", "canned": "canned", "faq": "faq",
	"sheet": "sheets", "heading": "headings", "indicator": "indicators", "report": "reports",
	"vision": "ambassadors", "autoreply": "autoreplies",
}

func newAuditRow(settings ippo.Settings, e store.AuditEntry) auditRow {
	row := auditRow{AuditEntry: e, Who: e.Name, What: sayAudit(settings.Labels, e.Action), On: sayObject(settings.Labels, e.Object)}
	if e.Staff == 0 {
		row.Who = "（システム）"
		if e.From != "" && e.From != store.CommandLine {
			row.Who = "（ログイン前）"
		}
	}
	row.Detail = sayDetail(settings.Labels, e.Action, e.Detail)
	if row.Where = e.From; e.From == store.CommandLine {
		row.Where = "コマンド"
	}
	for _, ch := range e.Changes {
		row.Changed = append(row.Changed, changedField{sayField(ch.Field), sayValue(ch.Field, ch.Before), sayValue(ch.Field, ch.After)})
	}
	if kind, name, ok := strings.Cut(e.Object, ":"); ok && auditSections[kind] != "" && settings.Has(sectionModules[auditSections[kind]]) && !strings.HasSuffix(e.Action, ".delete") {
		row.Link = href("%s/%s", auditSections[kind], name)
	}
	return row
}

// auditDetails say the states and ways that some actions keep as their detail.
var auditDetails = map[string]func(string) string{
	"ambassador.back":    func(s string) string { return ippo.AmbassadorStatus(s).Words() },
	"ambassador.resting": func(s string) string { return sayValue("resting", s) },
	"ambassador.status":  func(s string) string { return ippo.AmbassadorStatus(s).Words() },
	"desk.update":        func(s string) string { return ippo.DeskRequestState(s).Words() },
	"match.answer":       func(s string) string { return ippo.GroupAnswer(s).Words() },
	"match.hand": func(s string) string {
		return map[string]string{"phone": "電話", "mail": "メール", "line": "LINE"}[s]
	},
	"match.move":         func(s string) string { return ippo.MatchState(s).Words() },
	"reservation.create": func(s string) string { return ippo.ReservationState(s).Words() },
}

// sayDetail says an action's detail as staff know it.
func sayDetail(own ippo.Labels, action, detail string) string {
	if say := auditDetails[action]; say != nil && detail != "" {
		return cmp.Or(say(detail), detail)
	}
	if strings.HasPrefix(detail, "reservation:") {
		return sayObject(own, detail)
	}
	return detail
}

// maxHistory bounds what a page tells of its object's past.
const maxHistory = 50

// history is what was done to one object, for its page.
func (p *Panel) history(ctx context.Context, settings ippo.Settings, object string) ([]auditRow, error) {
	list, err := p.Store.History(ctx, object, maxHistory)
	if err != nil {
		return nil, err
	}
	rows := make([]auditRow, len(list))
	for i, e := range list {
		rows[i] = newAuditRow(settings, e)
	}
	return rows, nil
}

// auditFilter reads what the log is narrowed to from the address, and fills the form with it.
func (p *Panel) auditFilter(c *gin.Context, page *auditPage) (store.AuditFilter, error) {
	ctx := c.Request.Context()
	own := page.Settings.Labels
	f := store.AuditFilter{Limit: pageSize + 1}
	staff, err := p.Store.StaffList(ctx)
	if err != nil {
		return f, err
	}
	who := c.Query("who")
	f.System = who == "system"
	page.Who = []option{{"system", "（システム・ログイン前）", f.System}}
	for _, s := range staff {
		id := strconv.FormatInt(int64(s.ID), 10)
		if id == who {
			f.Staff = s.ID
		}
		page.Who = append(page.Who, option{id, s.Name, id == who})
	}
	for _, subject := range auditKinds() {
		page.About = append(page.About, option{subject, saySubject(own, subject), false})
	}
	slices.SortFunc(page.About, func(a, b option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	for i := range page.About {
		if page.About[i].Value == c.Query("about") {
			f.About, page.About[i].On = page.About[i].Value, true
		}
	}
	page.Object, page.From, page.Until = cutRunes(strings.TrimSpace(c.Query("object")), 80), c.Query("from"), c.Query("until")
	f.Object = readObject(own, page.Object)
	if f.Since, err = time.ParseInLocation(time.DateOnly, page.From, ippo.Tokyo); err != nil {
		page.From, f.Since = "", time.Time{} // of a hand-made address
	}
	if f.Until, err = time.ParseInLocation(time.DateOnly, page.Until, ippo.Tokyo); err != nil {
		page.Until, f.Until = "", time.Time{}
	} else {
		f.Until = f.Until.AddDate(0, 0, 1)
	}
	page.Filtered = f != store.AuditFilter{Limit: f.Limit}
	f.Before, _ = strconv.ParseInt(c.Query("before"), 10, 64) // 0: from the newest
	return f, nil
}

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func (p *Panel) auditLog(c *gin.Context) error {
	page := auditPage{frame: p.frame(c)}
	filter, err := p.auditFilter(c, &page)
	if err != nil {
		return err
	}
	list, err := p.Store.AuditLog(c.Request.Context(), filter)
	if err != nil {
		return err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		page.Later = withQuery(c, "before", strconv.FormatInt(list[pageSize-1].ID, 10))
	}
	for _, e := range list {
		page.Items = append(page.Items, newAuditRow(page.Settings, e))
	}
	all := c.Request.URL.Query()
	all.Del("before")
	page.CSV = (&url.URL{Path: "/admin/audit.csv", RawQuery: all.Encode()}).String()
	return p.render(c, http.StatusOK, "audit.html", page)
}

// auditCSV saves what the filter lets through, however much it is.
func (p *Panel) auditCSV(c *gin.Context) error {
	ctx := c.Request.Context()
	page := auditPage{frame: p.frame(c)}
	filter, err := p.auditFilter(c, &page)
	if err != nil {
		return err
	}
	if err := p.Store.Audit(ctx, p.me(c).ID, "audit.csv", "audit", ""); err != nil {
		return err
	}
	w, err := beginCSV(c, fmt.Sprintf("audit-%s.csv", p.Now().In(ippo.Tokyo).Format("20060102")), "番号", "日時", "職員番号", "職員", "操作した場所", "操作", "対象", "内容", "変更")
	if err != nil {
		return nil
	}
	const at = 1000
	filter.Before, filter.Limit = 0, at
	for {
		list, err := p.Store.AuditLog(ctx, filter)
		if err != nil {
			return nil
		}
		for _, e := range list {
			r := newAuditRow(page.Settings, e)
			changes := make([]string, len(r.Changed))
			for i, ch := range r.Changed {
				changes[i] = ch.Words + ": " + ch.Before + " → " + ch.After
			}
			err := w.Row(strconv.FormatInt(e.ID, 10), e.At.In(ippo.Tokyo).Format("2006-01-02 15:04:05"), strconv.FormatInt(int64(e.Staff), 10),
				r.Who, r.Where, r.What, e.Object, r.Detail, strings.Join(changes, "\n"))
			if err != nil {
				return nil
			}
			filter.Before = e.ID
		}
		if len(list) < at {
			break
		}
	}
	w.Flush()
	return nil
}
