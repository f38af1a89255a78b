package ippo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings are what a center decides for itself and changes in the panel.
type Settings struct {
	Office Office `json:"office"`
	Labels Labels `json:"labels"`

	Modules []Module `json:"modules"` // that are switched on; none at first

	Greetings Greetings  `json:"greetings"`
	Unoffered []Language `json:"unoffered"` // languages that residents cannot choose; who reads one already keeps it

	// ApprovalOver is how many people a broadcast may reach and still be approved by its own author;
	// one to more people needs a colleague.
	ApprovalOver int `json:"approvalOver"`
	// OnePerson is why the two-person rule is switched off, for an office of one person; "" while it holds.
	OnePerson string `json:"onePerson"`

	// SecondFactor asks approvers and administrators for a code of their app at each login.
	SecondFactor bool `json:"secondFactor"`

	// PerHour is how many messages one person may get within an hour; a broadcast that would give
	// somebody more is held.
	PerHour int `json:"perHour"`

	// While the office is open somebody answers the telephone; holidays aside.
	OpenFrom  TimeOfDay `json:"openFrom"`
	OpenUntil TimeOfDay `json:"openUntil"`
	OpenDays  Weekdays  `json:"openDays"`
	DaysOff   []DayOff  `json:"daysOff"` // besides public holidays
	// OnCall is who usually answers it outside these hours: reminders of campaigns name them, and a new
	// broadcast begins with them.
	OnCall string `json:"onCall"`

	QuietFrom    TimeOfDay `json:"quietFrom"`    // nothing but emergencies from here …
	QuietUntil   TimeOfDay `json:"quietUntil"`   // … until here the next morning
	QuietDaysOff bool      `json:"quietDaysOff"` // nor on weekends and holidays

	// Who chose まとめて gets one message a week, on this day at this time.
	DigestDay time.Weekday `json:"digestDay"`
	DigestAt  TimeOfDay    `json:"digestAt"`

	// CountBrowsers also counts in how many browsers a counted link was opened, by a mark that each browser
	// keeps for that link. Without it nothing is kept that tells one person's taps from another's.
	CountBrowsers bool `json:"countBrowsers"`

	// MessagePrice is what one message costs by the account's plan; 0 while nobody has said.
	MessagePrice Sen `json:"messagePrice"`

	Manual Manual         `json:"manual"` // of the ambassadors
	Path   AmbassadorPlan `json:"path"`   // of who signed up as one

	Keep Keep `json:"keep"` // what is not in it is as in Retentions

	DangerWords []string `json:"dangerWords"` // answered first, in any state of any conversation
}

// Office is the center as residents know it.
type Office struct {
	Account string `json:"account"` // the LINE account's name
	Name    string `json:"name"`
	City    string `json:"city"`
	Phone   string `json:"phone"`
	Hours   string `json:"hours"` // in words: 平日 9:00〜18:00
	Address string `json:"address"`
	Email   string `json:"email"` // where staff are told of new requests; "" for every member of staff
}

// Labels are words that a city brands for itself.
type Labels struct {
	Ambassador string `json:"ambassador"` // 未来づくりアンバサダー
	Campaign   string `json:"campaign"`   // 声かけ作戦
	Vision     string `json:"vision"`     // 私のまちのビジョン
}

// Offers reports whether residents can choose a language. Japanese they always can.
func (s Settings) Offers(l Language) bool { return l == Japanese || !slices.Contains(s.Unoffered, l) }

// WithoutGreetings returns the settings with our own words of greeting.
func (s Settings) WithoutGreetings() Settings {
	s.Greetings = nil
	return s
}

// DefaultSettings are what a new center begins with.
func DefaultSettings() Settings {
	return Settings{
		Office: Office{Account: "市民協働センター", Name: "市民協働センター", City: "わたしたちのまち", Hours: "平日 9:00〜17:00"},
		Labels: Labels{Ambassador: "未来づくりアンバサダー", Campaign: "声かけ作戦", Vision: "私のまちのビジョン"},

		ApprovalOver: 1,
		PerHour:      3,

		OpenFrom: 9 * 60, OpenUntil: 17 * 60,
		OpenDays: Weekdays(0).With(time.Monday).With(time.Tuesday).With(time.Wednesday).With(time.Thursday).With(time.Friday),

		QuietFrom: 20 * 60, QuietUntil: 8 * 60,

		DigestDay: time.Friday, DigestAt: 16 * 60,

		Manual: defaultManual,
		Path:   AmbassadorPlan{ContactDays: 7, AppointDays: 60},

		DangerWords: []string{
			"死にたい", "しにたい", "死にたく", "死のうと", "消えたい", "消えてしまいたい", "生きていたくない", "自殺", "首を吊", "首をつ",
			"リストカット", "リスカ", "助けて", "たすけて", "火事", "家が燃え", "煙が", "救急車", "人が倒れ", "意識がない", "息ができない",
			"殴られ", "なぐられ", "叩かれ", "たたかれ", "蹴られ", "刺され", "暴力", "虐待", "殺され", "ころされ", "襲われ",
			"kill myself", "suicide", "want to die", "help me", "call an ambulance", "call the police",
		},
	}
}

// DayOff reports whether t's day is one of the center's own days off.
func (s Settings) DayOff(t time.Time) bool {
	return slices.ContainsFunc(s.DaysOff, func(d DayOff) bool { return d.Has(t) })
}

// closed reports whether t's day is a public holiday, or one of the center's own days off.
func (s Settings) closed(t time.Time, holiday Holidays) bool { return holiday(t) || s.DayOff(t) }

// Staffed reports whether t is within the office's opening hours; on holidays and days off it is closed.
func (s Settings) Staffed(t time.Time, holiday Holidays) bool {
	return !s.closed(t.In(Tokyo), holiday) && s.OpenDays.Has(t.In(Tokyo).Weekday()) && !t.Before(s.OpenFrom.At(t)) && t.Before(s.OpenUntil.At(t))
}

// NextStaffed returns t, or when the office opens next; the zero time if it never does.
func (s Settings) NextStaffed(t time.Time, holiday Holidays) time.Time {
	if s.Staffed(t, holiday) {
		return t
	}
	// The bound is for a calendar that knows no working day.
	for day := range longestRest {
		opens := s.OpenFrom.At(t.In(Tokyo).AddDate(0, 0, day))
		if opens.After(t) && s.Staffed(opens, holiday) {
			return opens
		}
	}
	return time.Time{}
}

// CheckOnCall asks who answers the telephone if a broadcast leaves at t, outside opening hours.
func (s Settings) CheckOnCall(b *Broadcast, t time.Time, holiday Holidays) error {
	var p Problems
	if strings.TrimSpace(b.OnCall) == "" && !s.Staffed(t, holiday) {
		p.Addf("onCall", "%sは窓口の時間の外です。問い合わせの電話を受ける人を入力してください。", TimeWords(t))
	}
	return p.Err()
}

// Quiet reports whether only emergencies may leave at t: in the quiet hours, and on weekends and
// holidays if the center keeps them free.
func (s Settings) Quiet(t time.Time, holiday Holidays) bool {
	local := t.In(Tokyo)
	if s.QuietDaysOff && s.dayOff(local, holiday) {
		return true
	}
	return s.QuietAt(TimeOfDay(local.Hour()*60 + local.Minute()))
}

// QuietAt reports whether only emergencies may leave at an hour, on every day.
func (s Settings) QuietAt(at TimeOfDay) bool {
	if s.QuietFrom <= s.QuietUntil {
		return at >= s.QuietFrom && at < s.QuietUntil
	}
	return at >= s.QuietFrom || at < s.QuietUntil
}

func (s Settings) dayOff(t time.Time, holiday Holidays) bool {
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || s.closed(t, holiday)
}

// Open returns t, or the next time that is not quiet.
func (s Settings) Open(t time.Time, holiday Holidays) time.Time {
	// The bound is for a calendar that knows no working day.
	for range longestRest {
		if !s.Quiet(t, holiday) {
			return t
		}
		end := s.QuietUntil.At(t)
		if !end.After(t) {
			end = s.QuietUntil.At(t.In(Tokyo).AddDate(0, 0, 1))
		}
		t = end
	}
	return t
}

// Before returns t, or the last minute before it that is not quiet: the evening before, for what is due
// early in the morning.
func (s Settings) Before(t time.Time, holiday Holidays) time.Time {
	for range longestRest {
		if !s.Quiet(t, holiday) {
			return t
		}
		// The quiet begins at QuietFrom, or at midnight on a day off; either way the minute before is
		// looked at next.
		begin := s.QuietFrom.At(t)
		switch {
		case s.QuietDaysOff && s.dayOff(t.In(Tokyo), holiday):
			begin = Day(t)
		case begin.After(t):
			begin = s.QuietFrom.At(t.In(Tokyo).AddDate(0, 0, -1))
		}
		t = begin.Add(-time.Minute)
	}
	return t
}

// QuietWords says when only emergencies leave.
func (s Settings) QuietWords() string {
	words := fmt.Sprintf("%sから%sまで", s.QuietFrom, s.QuietUntil)
	if s.QuietDaysOff {
		words += "と、土日・祝日"
		if len(s.DaysOff) > 0 {
			words += "・休館日"
		}
	}
	return words
}

// maxApprovalOver keeps the rule from being set so high that it no longer holds for anything.
const maxApprovalOver = 1000

// maxPerHour does the same for the breaker.
const maxPerHour = 20

// Validate reports every problem staff can mend.
func (s Settings) Validate() error {
	var p Problems
	checkText(&p, "office.account", "アカウント名", s.Office.Account, 1, 20)
	checkText(&p, "office.name", "センターの名前", s.Office.Name, 1, 40)
	checkText(&p, "office.city", "市の名前", s.Office.City, 1, 20)
	checkText(&p, "office.phone", "電話番号", s.Office.Phone, 1, 20)
	checkText(&p, "office.hours", "受付時間", s.Office.Hours, 1, 60)
	checkText(&p, "office.address", "所在地", s.Office.Address, 0, 80)
	checkText(&p, "labels.ambassador", "アンバサダーの呼び名", s.Labels.Ambassador, 1, 20)
	checkText(&p, "labels.campaign", "作戦の呼び名", s.Labels.Campaign, 1, 20)
	checkText(&p, "labels.vision", "ビジョンの呼び名", s.Labels.Vision, 1, 20)
	if s.MessagePrice < 0 || s.MessagePrice > maxMessagePrice {
		p.Add("messagePrice", "1通あたりの費用は、0円から100円までで入力してください。")
	}
	if s.PerHour < 1 || s.PerHour > maxPerHour {
		p.Addf("perHour", "1時間に届く数は1から%dまでで入力してください。", maxPerHour)
	}
	if s.OpenUntil <= s.OpenFrom {
		p.Add("openUntil", "閉まる時刻は、開く時刻より後にしてください。")
	}
	checkText(&p, "onCall", "窓口の時間の外に電話を受ける人", s.OnCall, 0, MaxOnCall)
	if s.ApprovalOver < 0 || s.ApprovalOver > maxApprovalOver {
		p.Addf("approvalOver", "人数は0から%dまでで入力してください。", maxApprovalOver)
	}
	if len(s.DaysOff) > maxDaysOff {
		p.Addf("daysOff", "休館日は%d行までです。", maxDaysOff)
	}
	s.checkDigest(&p)
	checkText(&p, "onePerson", "一人で承認する理由", s.OnePerson, 0, MaxReason)
	s.Manual.check(&p)
	s.Path.check(&p)
	s.Keep.check(&p)
	p.include(CheckModules(s.Modules))
	if len(s.DangerWords) > 200 {
		p.Add("dangerWords", "危険なことばは200件までです。")
	}
	for _, w := range s.DangerWords {
		if n := len([]rune(strings.TrimSpace(w))); n < 2 || n > 30 {
			p.Add("dangerWords", "危険なことばは、それぞれ2文字以上30文字以内にしてください。")
			break
		}
	}
	return p.Err()
}
