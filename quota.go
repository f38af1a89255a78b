package ippo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Shortfall is a broadcast that the month's messages do not suffice for, and what would fit.
//
// LINE does not say in which zone its month turns; ours turns in Tokyo.
type Shortfall struct {
	Recipients int        // to whom it still goes
	Begun      bool       // some have it already, so that it is not narrowed any more
	Left       int64      // of the month, as LINE tells
	Planned    int        // of what is left, what others take that leave before it
	Together   Narrowed   // the most of its topics that fit; none: fewer than two do
	Alone      []Narrowed // its topics that fit, each alone, most people first
	Digest     int        // who would read it in their weekly digest
	NextMonth  time.Time  // when it could leave next month; zero: not even a whole month holds it
}

// Narrowed is a broadcast to fewer topics.
type Narrowed struct {
	Topics []string // their names
	People int
}

// Room is how many people a broadcast may go to at most.
func (s Shortfall) Room() int64 { return max(0, s.Left-int64(s.Planned)) }

// Why says that and by how much it does not fit.
func (s Shortfall) Why() string {
	why := "今月の残りは" + Comma(s.Left) + "通です。"
	if s.Planned > 0 {
		why += "ほかの配信に使う" + Comma(int64(s.Planned)) + "通を引くと" + Comma(s.Room()) + "通です。"
	}
	what := "この配信には"
	if s.Begun {
		what = "この配信の残りには"
	}
	return why + what + Comma(int64(s.Recipients)) + "通が要るため、送れません。"
}

// maxAlone is how many topics are offered alone.
const maxAlone = 3

// Ways are what staff can do instead, each a line.
func (s Shortfall) Ways() []string {
	var ways []string
	narrowed := func(n Narrowed, to string) {
		ways = append(ways, fmt.Sprintf("分野を「%s」%s（%s人）", strings.Join(n.Topics, "」「"), to, Comma(int64(n.People))))
	}
	if len(s.Together.Topics) > 0 {
		narrowed(s.Together, "にしぼる")
	}
	for _, n := range s.Alone[:min(len(s.Alone), maxAlone)] {
		narrowed(n, "だけにする")
	}
	if room := s.Room(); room > 0 && !s.Begun {
		ways = append(ways, "宛先を"+Comma(room)+"人までにしぼる")
	}
	if s.Digest > 0 {
		ways = append(ways, "お知らせとして公開し、週1回のまとめに載せる（まとめて受け取る"+Comma(int64(s.Digest))+"人に、ほかのお知らせと合わせて1通で送られます）")
	}
	if !s.NextMonth.IsZero() {
		ways = append(ways, TimeWords(s.NextMonth)+"より後に送る（来月の通数を使います。月は日本時間で区切っています。LINEの区切りの時刻は公表されていません）")
	}
	return ways
}

// Words say all of it in one line.
func (s Shortfall) Words() string {
	words := s.Why()
	if ways := s.Ways(); len(ways) > 0 {
		words += "送れるようにするには: " + strings.Join(ways, "／") + "。"
	}
	return words
}

// Comma writes a number as staff read it: 1,234.
func Comma(n int64) string {
	s, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
