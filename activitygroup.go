package ippo

import (
	"net/url"
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
	Contact  string // public contact, as the group gave it

	Beginners  bool // 初めての方歓迎
	Children   bool // 子ども連れ歓迎
	Wheelchair bool // 車いすで参加できる
	Online     bool
	Receiving  bool // 募集中
	Hidden     bool // retired from the list by staff

	UpdatedAt time.Time
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
	if g.Weekdays >= 1<<7 {
		p.Add("weekdays", "曜日が正しくありません。")
	}
	if g.Parts >= 1<<3 {
		p.Add("parts", "時間帯が正しくありません。")
	}
	return p.Err()
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
