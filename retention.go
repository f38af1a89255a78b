package ippo

import "time"

// RetentionKind is something that is forgotten by itself some days after it has done its work (保管期間).
// Stored: add, never rename.
type RetentionKind string

// What a center sets the days of.
const (
	RetainEvents        RetentionKind = "events"
	RetainLinks         RetentionKind = "links"
	RetainTalks         RetentionKind = "talks"
	RetainNotices       RetentionKind = "notices"
	RetainVisits        RetentionKind = "visits"
	RetainSuggestions   RetentionKind = "suggestions"
	RetainQuestions     RetentionKind = "questions"
	RetainDesk          RetentionKind = "desk"
	RetainConsultations RetentionKind = "consultations"
	RetainAmbassadors   RetentionKind = "ambassadors"
	RetainBlocked       RetentionKind = "blocked"
	RetainReservations  RetentionKind = "reservations"
	RetainAudit         RetentionKind = "audit"
)

// Retentions lists every kind, with the words staff read, the days it is kept unless a center decides
// otherwise, and the bounds of that.
var Retentions = []struct {
	Kind           RetentionKind
	Words, Hint    string
	Days, Min, Max int
}{
	{RetainEvents, "LINEから届いた記録", "内容は、お返事のあとすぐに消しています。", 30, 7, 90},
	{RetainLinks, "入力画面へのリンク", "使えなくなった日から数えます。", 30, 7, 90},
	{RetainTalks, "途中の会話", "最後に答えた日から数えます。", 30, 7, 90},
	// Longer than any plan looks ahead, for a key is planned once for as long as its notice is kept.
	{RetainNotices, "個別のお知らせの記録", "送った日から数えます。", 90, 90, 730},
	{RetainVisits, "見学の申し込みの内容", "見学の手続きが終わった日から数えます。", 90, 30, 365},
	{RetainSuggestions, "紹介しただけの団体", "紹介した日から数えます。", 180, 30, 730},
	{RetainQuestions, "答えのなかった質問", "届いた日から数えます。", 90, 30, 365},
	{RetainDesk, "完了した受付の内容とメモ", "完了した日から数えます。件数は残ります。", 365, 30, 1825},
	{RetainConsultations, "完了した相談", "完了した日から数えます。書かれたこともメモも、すべて消します。", 1095, 365, 3650},
	{RetainReservations, "イベントの申込", "イベントが終わった日から数えます。人数と感想の数は残ります。", 180, 30, 1825},
	{RetainAmbassadors, "退任・辞退した方の情報", "最後に変わった日から数えます。番号は残ります。", 730, 90, 3650},
	{RetainBlocked, "ブロックした方の情報", "ブロックの日から数えます。活動中のアンバサダーは消しません。", 730, 90, 3650},
	// As long as offices keep the files on their decisions.
	{RetainAudit, "操作の記録", "操作の日から数えます。", 1825, 365, 3650},
}

// Keep is for how long a center keeps each kind, in days.
type Keep map[RetentionKind]int

// For returns how long a kind is kept.
func (k Keep) For(kind RetentionKind) time.Duration {
	for _, r := range Retentions {
		if r.Kind != kind {
			continue
		}
		days := r.Days
		if own, ok := k[kind]; ok {
			days = own
		}
		return time.Duration(days) * 24 * time.Hour
	}
	panic("ippo: no retention of kind " + string(kind))
}

// Days returns how many days a kind is kept.
func (k Keep) Days(kind RetentionKind) int { return int(k.For(kind) / (24 * time.Hour)) }

func (k Keep) check(p *Problems) {
	for _, r := range Retentions {
		if days := k.Days(r.Kind); days < r.Min || days > r.Max {
			p.Addf("keep."+string(r.Kind), "%sの日数は%dから%dまでで入力してください。", r.Words, r.Min, r.Max)
		}
	}
}

// RetentionRun is what one night's forgetting removed.
type RetentionRun struct {
	At      time.Time
	Removed []Removed
}

// Removed is how many of something were removed.
type Removed struct {
	Words string `json:"words"`
	Count int64  `json:"count"`
}
