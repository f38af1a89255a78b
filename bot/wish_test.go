package bot

import (
	"fmt"
	"testing"
	"time"
	"unicode/utf8"

	"ippo"
)

var (
	heardTopics = []ippo.Topic{{Slug: "kosodate", Name: "子育て", Names: ippo.Names{ippo.EasyJapanese: "こそだて", ippo.English: "Children"}}, {Slug: "kankyo", Name: "環境・自然", Names: ippo.Names{ippo.English: "Nature"}, Number: 1}}
	heardAreas  = []ippo.Area{{Slug: "sakae", Name: "栄", Names: ippo.Names{ippo.EasyJapanese: "さかえ", ippo.English: "Sakae"}}, {Slug: "minato", Name: "みなと浜", Names: ippo.Names{ippo.English: "Minatohama"}, Number: 1}}
)

func TestListen(t *testing.T) {
	const m, a, e = ippo.Morning, ippo.Afternoon, ippo.Evening
	day := func(d time.Weekday) ippo.Weekdays { return 1 << d }
	everyday := ippo.Workdays | ippo.Weekend
	for text, want := range map[string]heard{
		"土日に子どもと参加できる":                            {free: ippo.HoursOf(ippo.Weekend, 0), needs: []string{needChildren}},
		"ドニチに、こどもと":                               {free: ippo.HoursOf(ippo.Weekend, 0), needs: []string{needChildren}},
		"土曜の午前と水曜の夜":                              {free: ippo.HoursOf(day(6), m) | ippo.HoursOf(day(3), e)},
		"土曜と日曜の午前":                                {free: ippo.HoursOf(ippo.Weekend, m)},
		"日曜の午前と午後":                                {free: ippo.HoursOf(day(0), m|a)},
		"夜なら、火曜がいい":                               {free: ippo.HoursOf(day(2), e)},
		"平日は無理です。土日がいい":                           {free: ippo.HoursOf(ippo.Weekend, 0)},
		"日曜以外":                                    {free: ippo.AllHours &^ ippo.HoursOf(day(0), 0)},
		"夜はだめ":                                    {free: ippo.HoursOf(everyday, m|a)},
		"仕事帰りに英語で":                                {free: ippo.HoursOf(ippo.Workdays, e), tongue: ippo.TongueEnglish},
		"一人で車いすでも行ける、みなと浜の近く":                     {area: "minato", reach: ippo.ReachNear, needs: []string{needAlone, needWheelchair}},
		"子育ての会に一度だけ、無料で":                          {topics: []string{"kosodate"}, way: "once", needs: []string{needNoFee}},
		"子どもはいない":                                 {},
		"子ども食堂を手伝いたい":                             {},
		"どようびの　ごぜん":                               {free: ippo.HoursOf(day(6), m)},
		"I am free on Sunday mornings, with kids": {free: ippo.HoursOf(day(0), m), needs: []string{needChildren}},
		"Weekends online, free of charge":         {free: ippo.HoursOf(ippo.Weekend, 0), reach: ippo.ReachOnline, needs: []string{needNoFee}},
		"電話番号を教えてください":                            {},
		"":                                        {},
	} {
		if got := listen(text, heardTopics, heardAreas); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q:\n%+v, want\n%+v", text, got, want)
		}
	}
}

// Whatever somebody writes is listened to, quickly, and says nothing that no question could have been
// answered with.
func FuzzListen(f *testing.F) {
	for _, s := range []string{"土日に子どもと参加できる", "平日は無理なしなしなし", "Sunday ﾄﾞﾖｳ　の朝以外", "栄さかえ環境・自然", "\xff\x00は無理", "ただでただで"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h := listen(text, heardTopics, heardAreas)
		if h.free&^ippo.AllHours != 0 || len(h.topics) > len(heardTopics) || len(h.needs) > 5 {
			t.Errorf("%q: %+v", text, h)
		}
		if utf8.RuneCountInString(text) > maxWish && h.kinds() > 0 {
			t.Errorf("%d runes were listened to", utf8.RuneCountInString(text))
		}
	})
}
