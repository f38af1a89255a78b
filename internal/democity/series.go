package democity

import (
	"time"

	"ippo"
)

// seriesAge is how many days ago the series were approved.
const seriesAge = 15

// series returns what goes out again and again: one on Thursdays, one before the concert.
func series(concert ippo.EventID) []ippo.Series {
	return []ippo.Series{
		{
			Title:    "週末の居場所（毎週木曜）",
			Messages: []ippo.Message{text("今週末も、みらい交流館の「だれでも茶の間」が開いています。土曜と日曜の13時から16時まで。お茶を飲むだけでも、本を読むだけでも。申し込みはいりません。")},
			Audience: ippo.Audience{Areas: list{"chuo"}},
			Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Thursday}, At: 17 * 60, Holidays: ippo.HolidaySkip},
		},
		{
			Title:    "ねころび音楽会 3日前のお知らせ",
			Messages: []ippo.Message{text("「ねころび音楽会」まで、あと3日です。花房公民館のホールに、毛布を敷いてお待ちしています。どこへ電話すればよいか迷ったら、センターの窓口へどうぞ。")},
			Audience: ippo.Audience{Topics: list{"kosodate", "bunka"}, Areas: list{"hanabusa", "chuo"}},
			Schedule: ippo.Schedule{Kind: ippo.ScheduleBefore, Event: concert, Days: 3, At: 10 * 60},
		},
	}
}
