package ippo

import "time"

// NoticeID names a notice.
type NoticeID int64

// Notice is a single message to one follower that something other than a broadcast decided on (個別のお知らせ):
// the card after a sign-up, the reminder of an event, the answer of a group. Whoever decides on it
// plans it (store.Tx.AddNotice), as early as they like; package jobs sends it, through the gates.
type Notice struct {
	ID       NoticeID
	Follower FollowerID
	Kind     NoticeKind
	// Key names what it is about, such as "event-reminder:12:34:day": planning the same key twice is
	// planning it once. It is free again once the notice is cancelled. "" for none.
	Key      string
	Messages []Message
	Due      time.Time // not before then; zero: now
	Until    time.Time // pointless from then on, and dropped; zero: NoticeLife after Due

	// What became of it; none of these is for who plans one.
	State         DeliveryState
	Reason        string // why it waits, or why it was not sent, in words for staff
	RetryKey      string
	Attempts      int
	FirstCalledAt time.Time // zero until LINE is asked
	NextAttemptAt time.Time // zero once it has ended
	AnsweredAt    time.Time // when it ended; zero until then
	BodySHA256    []byte    // of the body of the first call
	RequestID     string    // LINE's
	CreatedAt     time.Time
}

// NoticeLife is how long after its time a notice is still worth sending, unless its maker says otherwise.
const NoticeLife = 24 * time.Hour

// PromptTime is how soon after it was decided on a prompt notice still is like a reply.
const PromptTime = 5 * time.Minute

// NoticeKind is what a notice is about. Stored: add, never rename. A new kind is added here, and to
// noticeKinds with its rules.
type NoticeKind string

const (
	NoticeCard               NoticeKind = "card"                // an ambassador's, after the sign-up
	NoticeEventReminder      NoticeKind = "event-reminder"      // the day before, two hours before
	NoticeWaitingList        NoticeKind = "waiting-list"        // a place has become free
	NoticeGroupAnswer        NoticeKind = "group-answer"        // to a newcomer who wants to visit
	NoticeConsultationAnswer NoticeKind = "consultation-answer" // お返事があります, with the link
	NoticeFollowUp           NoticeKind = "follow-up"           // how it went, after 3, 7 and 30 days
	NoticeAmbassador         NoticeKind = "ambassador"          // prompts to ambassadors
	NoticeVisitRequest       NoticeKind = "visit-request"       // to a group: somebody wants to visit
	NoticeFreshness          NoticeKind = "freshness"           // to a group: 募集中ですか
	NoticeEventChange        NoticeKind = "event-change"        // moved or called off, to those who signed up
	NoticeEventFeedback      NoticeKind = "event-feedback"      // how it was, to those who were there
)

// noticeKinds are the rules of each kind.
var noticeKinds = []struct {
	kind      NoticeKind
	words     string // as staff read it
	module    Module
	voluntary bool
	prompt    bool
}{
	{kind: NoticeCard, words: "会員証", module: ModuleAmbassadors, prompt: true},
	{kind: NoticeEventReminder, words: "イベントの前の案内", module: ModuleEvents},
	{kind: NoticeWaitingList, words: "キャンセル待ちの順番", module: ModuleEvents},
	{kind: NoticeGroupAnswer, words: "団体からの返事", module: ModuleMatching},
	{kind: NoticeConsultationAnswer, words: "相談のお返事", module: ModuleConsultations},
	{kind: NoticeFollowUp, words: "その後の様子うかがい", module: ModuleMatching, voluntary: true},
	{kind: NoticeAmbassador, words: "アンバサダーへの案内", module: ModuleAmbassadors, voluntary: true},
	{kind: NoticeVisitRequest, words: "見学の希望（団体へ）", module: ModuleMatching},
	{kind: NoticeFreshness, words: "募集中かどうかの確認（団体へ）", module: ModuleGroups},
	{kind: NoticeEventChange, words: "イベントの変更・中止", module: ModuleEvents},
	{kind: NoticeEventFeedback, words: "イベントの感想", module: ModuleEvents, voluntary: true},
}

// NoticeKinds lists every kind.
func NoticeKinds() []NoticeKind {
	kinds := make([]NoticeKind, len(noticeKinds))
	for i, k := range noticeKinds {
		kinds[i] = k.kind
	}
	return kinds
}

// Words returns the kind as staff read it.
func (k NoticeKind) Words() string {
	for _, rule := range noticeKinds {
		if rule.kind == k {
			return rule.words
		}
	}
	return string(k)
}

// Module is the module that the kind belongs to: while it is off, nothing of the kind leaves.
func (k NoticeKind) Module() Module {
	for _, rule := range noticeKinds {
		if rule.kind == k {
			return rule.module
		}
	}
	return ""
}

// Voluntary reports whether it is something that nobody has asked for: whoever stopped broadcasts does
// not get it either. The others answer what the person did or wants to know.
func (k NoticeKind) Voluntary() bool {
	for _, rule := range noticeKinds {
		if rule.kind == k {
			return rule.voluntary
		}
	}
	return false
}

// Prompt reports whether it answers at once what the person is doing now, where there is no reply
// token: like a reply, it may arrive in the quiet hours, if it leaves within PromptTime.
func (k NoticeKind) Prompt() bool {
	for _, rule := range noticeKinds {
		if rule.kind == k {
			return rule.prompt
		}
	}
	return false
}

// maxNoticeKey bounds a key, which is a few words and numbers.
const maxNoticeKey = 200

// Validate reports what is wrong with a notice as it was planned. These are a programmer's mistakes,
// for nobody types a notice in.
func (n *Notice) Validate() error {
	var p Problems
	known := false
	for _, rule := range noticeKinds {
		known = known || rule.kind == n.Kind
	}
	if !known {
		p.Addf("kind", "お知らせの種類「%.40s」はありません。", string(n.Kind))
	}
	if len(n.Key) > maxNoticeKey {
		p.Addf("key", "お知らせの名前は%d文字までです。", maxNoticeKey)
	}
	if !n.Until.IsZero() && !n.Until.After(n.Due) {
		p.Add("until", "送る期限は、送る時刻より後にしてください。")
	}
	p.include(CheckMessages(n.Messages))
	return p.Err()
}
