package ippo

import (
	"errors"
	"slices"
	"time"
)

// MatchID names a match.
type MatchID int64

// Match is a newcomer and a group that they were told of (団体紹介), and how it went.
//
// A group that was suggested may be asked for a visit, answers, is visited, and is joined or not a fit. A
// match has ended when there is nothing more to be arranged; whatever the newcomer gave is then out of the
// group's reach, and is forgotten some time later.
type Match struct {
	ID       MatchID
	Follower FollowerID
	Group    ActivityGroupID
	State    MatchState
	Why      string       // the line that the suggestion gave, in Japanese
	Wish     Wish         // what it was chosen by
	Request  VisitRequest // zero until asked, and once forgotten; kept sealed
	Consent  Consent
	HandedAt time.Time // when the group was told; zero until then
	Answer   GroupAnswer
	VisitOn  time.Time // the day that the group named; zero for none
	Staff    StaffID   // who looks after it: who took the last step by hand, or was handed it since

	SuggestedAt, AskedAt, AnsweredAt, VisitedAt, JoinedAt, EndedAt time.Time // zero until then
	LateAt                                                         time.Time // when staff were told that the group does not answer

	FollowUp   FollowUp  // the question that is put to the newcomer next; "" for none
	FollowUpAt time.Time // … and when

	GroupName    string   // filled when read
	FollowerName string   // likewise; masked in lists
	Language     Language // the newcomer's; likewise
}

// MatchState is how far a match has come. Stored: add, never rename.
type MatchState string

const (
	MatchSuggested MatchState = "suggested"
	MatchAsked     MatchState = "asked"    // the newcomer wants to visit and has said how to reach them
	MatchAnswered  MatchState = "answered" // by the group
	MatchVisited   MatchState = "visited"
	MatchJoined    MatchState = "joined"
	MatchUnfit     MatchState = "unfit"  // not a fit
	MatchSilent    MatchState = "silent" // the group never answered
)

// MatchStates lists every state in order.
var MatchStates = []MatchState{MatchSuggested, MatchAsked, MatchAnswered, MatchVisited, MatchJoined, MatchUnfit, MatchSilent}

// Words returns the state as staff read it.
func (s MatchState) Words() string {
	switch s {
	case MatchSuggested:
		return "紹介した"
	case MatchAsked:
		return "見学を希望"
	case MatchAnswered:
		return "団体が返事"
	case MatchVisited:
		return "見学した"
	case MatchJoined:
		return "参加した"
	case MatchUnfit:
		return "合わなかった"
	case MatchSilent:
		return "返事なし"
	}
	return string(s)
}

// May reports whether a match goes from s to next by itself: by what the newcomer or the group do, or by the
// clock.
func (s MatchState) May(next MatchState) bool {
	return slices.Contains(map[MatchState][]MatchState{
		MatchSuggested: {MatchAsked},
		MatchAsked:     {MatchSuggested, MatchAnswered, MatchVisited, MatchJoined, MatchUnfit, MatchSilent},
		MatchAnswered:  {MatchAnswered, MatchVisited, MatchJoined, MatchUnfit, MatchSilent},
		MatchVisited:   {MatchJoined, MatchUnfit},
		MatchJoined:    {MatchUnfit},
		MatchSilent:    {MatchAnswered},
	}[s], next)
}

// MayByHand reports whether staff may take a match from s to next. They hear of things on the telephone, so
// that steps may be left out and mistakes taken back; but nobody who did not ask has an answer.
func (s MatchState) MayByHand(next MatchState) bool {
	if s == MatchSuggested {
		return next == MatchAsked
	}
	return slices.Contains(MatchStates, next) && next != MatchSuggested && next != MatchAsked && (next != s || s == MatchAnswered)
}

// Ended reports whether a match in this state has nothing more to be arranged.
func (s MatchState) Ended() bool { return s == MatchJoined || s == MatchUnfit || s == MatchSilent }

// What a match is given time for.
const (
	AnswerWithin = 5 * 24 * time.Hour  // then the coordinator is told that the group has not answered
	SilentWithin = 30 * 24 * time.Hour // then the match ends without an answer
)

// VisitRequest is what a newcomer gives to be passed on (見学したい). It is personal and kept sealed.
type VisitRequest struct {
	Name    string `json:"name"`
	Contact string `json:"contact"` // how to reach them
	Text    string `json:"text,omitempty"`
}

// Validate reports every problem that the newcomer can mend.
func (r VisitRequest) Validate() error {
	var p Problems
	checkText(&p, "name", "お名前", r.Name, 1, 40)
	checkText(&p, "contact", "連絡先", r.Contact, 1, 100)
	checkText(&p, "text", "聞きたいこと", r.Text, 0, 1000)
	return p.Err()
}

// Consent is a newcomer's yes to passing on what they gave (第三者提供の同意). Source: 個人情報の保護に関する
// 法律 第27条; it names who is given what.
type Consent struct {
	Group string    `json:"group"` // to whom
	Items []string  `json:"items"` // what: 名前, 連絡先 …
	Words string    `json:"words"` // the sentence that was agreed to, as it was shown
	At    time.Time `json:"at"`
	By    StaffID   `json:"by,omitempty"` // who heard it on the telephone; 0: the newcomer ticked it
}

// ConsentItems are what a group is given of a request.
var ConsentItems = []string{"お名前", "連絡先", "聞きたいこと"}

// Given reports whether there is a consent.
func (c Consent) Given() bool { return !c.At.IsZero() }

// GroupAnswer is what a group says to a newcomer who wants to visit. Stored: add, never rename.
type GroupAnswer string

const (
	AnswerNone    GroupAnswer = ""
	AnswerWelcome GroupAnswer = "welcome" // どうぞ、○日に
	AnswerClosed  GroupAnswer = "closed"  // 今は受け入れていません
	AnswerLater   GroupAnswer = "later"   // あとで連絡します
)

// GroupAnswers lists what a group can say.
var GroupAnswers = []GroupAnswer{AnswerWelcome, AnswerLater, AnswerClosed}

// Words returns the answer as groups and staff read it.
func (a GroupAnswer) Words() string {
	switch a {
	case AnswerWelcome:
		return "どうぞ、この日に"
	case AnswerClosed:
		return "今は受け入れていません"
	case AnswerLater:
		return "あとで連絡します"
	}
	return "まだありません"
}

// CheckAnswer returns Problems unless a group can give this answer on the day of now.
func CheckAnswer(a GroupAnswer, visitOn, now time.Time) error {
	var p Problems
	switch {
	case !slices.Contains(GroupAnswers, a):
		p.Add("answer", "お返事を選んでください。")
	case a != AnswerWelcome:
	case visitOn.IsZero():
		p.Add("visitOn", "来ていただく日を入力してください。")
	case visitOn.Before(Day(now)):
		p.Add("visitOn", "きょうより前の日は選べません。")
	case visitOn.After(now.AddDate(1, 0, 0)):
		p.Add("visitOn", "1年以内の日を入力してください。")
	}
	return p.Err()
}

// FollowUp is a question that asks a newcomer how it goes. Stored: add, never rename.
type FollowUp string

const (
	FollowUpNone   FollowUp = ""
	FollowUpAnswer FollowUp = "answer" // did you get an answer?
	FollowUpVisit  FollowUp = "visit"  // how was it?
	FollowUpStay   FollowUp = "stay"   // still with them?
)

// FollowUps lists every question.
var FollowUps = []FollowUp{FollowUpAnswer, FollowUpVisit, FollowUpStay}

// Words returns the question as staff read it.
func (f FollowUp) Words() string {
	switch f {
	case FollowUpAnswer:
		return "返事はありましたか（3日後）"
	case FollowUpVisit:
		return "見学はいかがでしたか（7日後）"
	case FollowUpStay:
		return "続けていますか（30日後）"
	}
	return string(f)
}

// FollowUpAnswers are what a newcomer can tap, by question. Stored, and in postback data: add, never rename.
var FollowUpAnswers = map[FollowUp][]string{
	FollowUpAnswer: {"yes", "no"},
	FollowUpVisit:  {"joined", "again", "unfit", "notyet"},
	FollowUpStay:   {"yes", "no"},
}

// FollowUpWords returns an answer to a question as staff read it.
func FollowUpWords(f FollowUp, answer string) string {
	switch string(f) + "." + answer {
	case "answer.yes":
		return "返事があった"
	case "answer.no":
		return "まだない"
	case "visit.joined":
		return "参加することにした"
	case "visit.again":
		return "また行きたい"
	case "visit.unfit":
		return "合わなかった"
	case "visit.notyet":
		return "まだ行っていない"
	case "stay.yes":
		return "続けている"
	case "stay.no":
		return "やめた"
	}
	return answer
}

// When each question is put.
const (
	followUpAnswerAfter = 3 * 24 * time.Hour
	followUpVisitAfter  = 7 // days after the visit, at followUpAt
	followUpStayAfter   = 30 * 24 * time.Hour
	followUpAt          = TimeOfDay(10 * 60)
)

// NextFollowUp returns which question is put to the newcomer after what has just happened to a match at now,
// and when; none once nothing more is to be asked.
func (m *Match) NextFollowUp(now time.Time) (FollowUp, time.Time) {
	switch {
	case m.State == MatchAsked:
		return FollowUpAnswer, now.Add(followUpAnswerAfter)
	case m.State == MatchAnswered && m.Answer == AnswerWelcome:
		return FollowUpVisit, followUpAt.At(m.VisitOn.AddDate(0, 0, followUpVisitAfter))
	case m.State == MatchAnswered && m.Answer == AnswerLater:
		return FollowUpAnswer, now.Add(followUpAnswerAfter)
	case m.State == MatchVisited, m.State == MatchJoined:
		return FollowUpStay, now.Add(followUpStayAfter)
	}
	return FollowUpNone, time.Time{}
}

// Actor is who took a step. Stored: add, never rename.
type Actor string

const (
	ByNewcomer Actor = "newcomer"
	ByGroup    Actor = "group"
	ByStaff    Actor = "staff"
	ByClock    Actor = "clock"
)

// Words returns the actor as staff read it.
func (a Actor) Words() string {
	switch a {
	case ByNewcomer:
		return "転入者"
	case ByGroup:
		return "団体"
	case ByStaff:
		return "職員"
	case ByClock:
		return "自動"
	}
	return string(a)
}

// MatchStep is one line of a match's record.
type MatchStep struct {
	At    time.Time
	By    Actor
	Staff StaffID // of ByStaff
	To    StaffID // whom it was handed to
	Step  string  // see MatchStepWords
	Note  string  // the staff's; kept sealed
}

// Words returns what happened as staff read it. Steps are stored: add, never rename.
func (s MatchStep) Words() string {
	switch s.Step {
	case "wished":
		return "「見学したい」を押した"
	case "withdrawn":
		return "見学の希望を取り消した"
	case "consent":
		return "団体に伝えることへの同意を聞いた"
	case "handed.line":
		return "団体にLINEで伝えた"
	case "handed.mail":
		return "団体にメールで伝えた"
	case "handed.phone":
		return "団体に電話で伝えた"
	case "late":
		return "5日たっても返事がない"
	case "note":
		return "メモ"
	case "handover":
		return "引きつぎ"
	}
	for _, a := range GroupAnswers {
		if s.Step == "answered."+string(a) {
			return "団体の返事：" + a.Words()
		}
	}
	for _, f := range FollowUps {
		if s.Step == "asked."+string(f) {
			return "様子をたずねた：" + f.Words()
		}
		for _, a := range FollowUpAnswers[f] {
			if s.Step == string(f)+"."+a {
				return "転入者の返事：" + FollowUpWords(f, a)
			}
		}
	}
	return MatchState(s.Step).Words()
}

// ErrNoConsent: nothing is passed on without the newcomer's yes.
var ErrNoConsent = errors.New("the newcomer has not agreed to passing on what they gave")
