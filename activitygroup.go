package ippo

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ActivityGroupID names an activity group.
type ActivityGroupID int64

// ActivityGroup is a listed group of citizens (市民活動団体). LINE's own "group" is a group chat.
type ActivityGroup struct {
	ID       ActivityGroupID
	Slug     string
	Name     string
	Kana     string
	Summary  string // one line: what they do
	Body     string // more of it
	Topics   Choice
	Areas    Choice // where they meet; 0: all over the city
	Place    string
	Weekdays Weekdays
	Parts    DayParts
	When     string // in words: 第2・第4日曜 9:30〜11:30
	Whom     string // for whom
	Cost     string
	Fee      Fee
	Contact  string // public contact, as the group gave it

	Beginners  bool // 初めての方歓迎
	Children   bool // 子ども連れ歓迎
	Alone      bool // 一人での参加歓迎
	Together   bool // 家族や友人と一緒に参加できる
	Wheelchair bool // 車いすで参加できる、段差がない
	Online     bool
	Joining    JoinWays
	Tongues    Tongues // spoken there besides Japanese
	Receiving  bool    // 募集中
	Full       bool    // 満員: looks for nobody until a place is free
	Hidden     bool    // retired from the list by staff

	// How it receives newcomers (受入体制).
	Welcome string // what it says to who comes for the first time
	Bring   string // 持ち物
	Model   bool   // モデル団体: others learn from how it receives people
	Host    Host

	ConfirmedAt time.Time // when its entry was last known to be right (最終確認)
	AskedAt     time.Time // when it was last asked 「募集中ですか」 and has not answered; zero otherwise
	SilentSince time.Time // the first of the askings in a row without an answer; zero: none
	UpdatedAt   time.Time

	Translations Translations
}

// Texts are the texts of the group's entry, for its translations.
func (g *ActivityGroup) Texts() []ContentText {
	return []ContentText{
		{"name", "団体名", 40, &g.Name}, {"summary", "活動内容（一行）", 60, &g.Summary}, {"body", "くわしい内容", 1000, &g.Body},
		{"when", "日時", 60, &g.When}, {"place", "場所", 60, &g.Place}, {"whom", "対象", 60, &g.Whom}, {"cost", "費用", 60, &g.Cost},
		{"contact", "連絡先", 100, &g.Contact}, {"welcome", "初めての方へのひとこと", 200, &g.Welcome}, {"bring", "持ち物", 60, &g.Bring},
	}
}

// In returns the group as readers of a language are shown it.
func (g ActivityGroup) In(l Language) (ActivityGroup, Reading) {
	r := g.Translations.read(l, g.Texts())
	return g, r
}

// Host is who receives newcomers for a group (受入担当). It is kept sealed; the person's name is shown to
// residents only if staff say so, the rest never is.
type Host struct {
	Person string `json:"person,omitempty"`
	Public bool   `json:"public,omitempty"` // the name may be shown
	Email  string `json:"email,omitempty"`
	Phone  string `json:"phone,omitempty"` // telephone or fax
	Paper  bool   `json:"paper,omitempty"` // asks to be written to by fax or rung, not by LINE or e-mail
}

// Fee says whether taking part costs something; the words are in Cost. Stored: add, never rename.
type Fee string

const (
	FeeUnknown Fee = ""
	FeeFree    Fee = "free"
	FeePaid    Fee = "paid"
)

// Fees lists every fee.
var Fees = []Fee{FeeUnknown, FeeFree, FeePaid}

// Words returns the fee as staff read it.
func (f Fee) Words() string {
	switch f {
	case FeeFree:
		return "無料"
	case FeePaid:
		return "有料"
	}
	return "わからない"
}

// JoinWays is how one may take part; none: it has not said.
type JoinWays uint8

const (
	JoinOnce    JoinWays = 1 << iota // 一度だけでも
	JoinRegular                      // 続けて
)

// Tongues is a set of languages.
type Tongues uint8

const (
	TongueEasy Tongues = 1 << iota
	TongueEnglish
	TongueChinese
	TongueKorean
	TongueVietnamese
	TonguePortuguese
	TongueNepali
	TongueTagalog
)

// TongueNames names each language, in the order of its bit.
var TongueNames = [...]string{"やさしい日本語", "英語", "中国語", "韓国語", "ベトナム語", "ポルトガル語", "ネパール語", "タガログ語"}

// TongueOf returns what a reader of l would like to be spoken to in; none: Japanese.
func TongueOf(l Language) Tongues {
	if l == EasyJapanese {
		return TongueEasy
	}
	switch base, _, _ := strings.Cut(string(l), "-"); base {
	case "en":
		return TongueEnglish
	case "zh":
		return TongueChinese
	case "ko":
		return TongueKorean
	case "vi":
		return TongueVietnamese
	case "pt":
		return TonguePortuguese
	case "ne":
		return TongueNepali
	case "tl", "fil":
		return TongueTagalog
	}
	return 0
}

// Weekdays is a set of days of the week; bit n stands for time.Weekday(n).
type Weekdays uint8

// Has reports whether the day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// With returns w and the day.
func (w Weekdays) With(d time.Weekday) Weekdays { return w | 1<<d }

// Words returns the days as people read them, such as 土・日; "" for none.
func (w Weekdays) Words() string {
	var words string
	for _, d := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		if w.Has(d) {
			if words != "" {
				words += "・"
			}
			words += WeekdayName(d)
		}
	}
	return words
}

// DayParts is a set of parts of the day.
type DayParts uint8

const (
	Morning DayParts = 1 << iota
	Afternoon
	Evening
)

// Words returns the parts as people read them, such as 午前・夜; "" for none.
func (d DayParts) Words() string {
	var words string
	for _, part := range []struct {
		part DayParts
		word string
	}{{Morning, "午前"}, {Afternoon, "午後"}, {Evening, "夜"}} {
		if d&part.part != 0 {
			if words != "" {
				words += "・"
			}
			words += part.word
		}
	}
	return words
}

// Validate reports every problem staff can mend.
func (g ActivityGroup) Validate() error {
	var p Problems
	checkSlug(&p, g.Slug)
	checkText(&p, "name", "団体名", g.Name, 1, 40)
	checkText(&p, "kana", "ふりがな", g.Kana, 0, 60)
	checkText(&p, "summary", "活動内容（一行）", g.Summary, 1, 60)
	checkText(&p, "body", "くわしい内容", g.Body, 0, 1000)
	checkText(&p, "place", "場所", g.Place, 0, 60)
	checkText(&p, "when", "日時", g.When, 0, 60)
	checkText(&p, "whom", "対象", g.Whom, 0, 60)
	checkText(&p, "cost", "費用", g.Cost, 0, 60)
	checkText(&p, "contact", "連絡先", g.Contact, 0, 100)
	checkText(&p, "welcome", "初めての方へのひとこと", g.Welcome, 0, 200)
	checkText(&p, "bring", "持ち物", g.Bring, 0, 60)
	checkText(&p, "contactPerson", "受入担当の名前", g.Host.Person, 0, 40)
	checkText(&p, "contactPhone", "受入担当の電話・FAX", g.Host.Phone, 0, 40)
	checkTranslations(&p, g.Translations, g.Texts())
	if g.Host.Email != "" && !isMailAddress(g.Host.Email) {
		p.Add("contactEmail", "受入担当のメールアドレスを正しく入力してください。")
	}
	if !slices.Contains(Fees, g.Fee) {
		p.Add("fee", "費用は、無料・有料・わからないから選んでください。")
	}
	if g.Joining >= 1<<2 {
		p.Add("joining", "参加のしかたが正しくありません。")
	}
	if g.Weekdays >= 1<<7 {
		p.Add("weekdays", "曜日が正しくありません。")
	}
	if g.Parts >= 1<<3 {
		p.Add("parts", "時間帯が正しくありません。")
	}
	return p.Err()
}

// isMailAddress reports whether mail can be sent to s as it stands.
func isMailAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254 && !strings.ContainsAny(s, "\r\n")
}

// MaxURL is LINE's limit for links in actions. Source:
// https://developers.line.biz/en/reference/messaging-api/#uri-action
const MaxURL = 1000

// checkURL notes a problem unless s is empty or a link that LINE and browsers open safely.
func checkURL(p *Problems, field, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || len(s) > MaxURL || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		p.Add(field, "リンクは「https://」で始まるアドレスを入力してください。")
	}
}

// How a group's entry is kept fresh: it is asked once a quarter, and when it has been silent for so long,
// staff ring it up and its card says when it was last confirmed.
const (
	AskAfter    = 91 * 24 * time.Hour
	SilentAfter = 60 * 24 * time.Hour
)

// Stale reports whether a group was asked whether its entry is right and has long been silent.
func (g *ActivityGroup) Stale(now time.Time) bool {
	return !g.SilentSince.IsZero() && now.Sub(g.SilentSince) >= SilentAfter
}

// FreshAnswer is what a group says to 「募集中ですか」. Stored: add, never rename.
type FreshAnswer string

const (
	FreshOpen   FreshAnswer = "open"   // 募集中
	FreshFull   FreshAnswer = "full"   // 満員
	FreshClosed FreshAnswer = "closed" // いまは募集していない
)

// FreshAnswers lists every answer.
var FreshAnswers = []FreshAnswer{FreshOpen, FreshFull, FreshClosed}

// Words returns the answer as groups and staff read it.
func (a FreshAnswer) Words() string {
	switch a {
	case FreshOpen:
		return "募集中です"
	case FreshFull:
		return "満員です"
	case FreshClosed:
		return "いまは募集していません"
	}
	return string(a)
}
