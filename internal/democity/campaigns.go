package democity

import (
	"time"

	"ippo"
)

// campaignAge is how many days ago each campaign began.
var campaignAge = map[string]int{"kaeri": 31, "kosodate": 17}

// campaigns returns the two call-out campaigns. The first reminds ambassadors on Mondays at 9:00.
func campaigns(c calendar) []ippo.Campaign {
	return []ippo.Campaign{
		{
			Slug: "kaeri", Title: "みらい市に帰っておいでよ 声かけ作戦",
			Story:    "市外で暮らす家族や友人に、「いつか帰っておいで」と声をかける作戦です。1回5分。卒業、転職、子どもの誕生など、どんなきっかけでもかまいません。みらい市では、家賃の補助と仕事の相談を用意して待っています。",
			Whom:     "市外で暮らすお子さん、お孫さん、友人",
			Phrase:   "元気にしてる？ みらい市、最近ちょっとおもしろくなってきたよ。いつか帰っておいで。",
			URL:      "https://mirai.example.jp/kaeri",
			StartsOn: date(c.ago(campaignAge["kaeri"], 0)), EndsOn: date(c.now.AddDate(0, 4, 0)), Aim: 3000,
			Audience: ippo.Audience{Ambassadors: true},
			Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Monday}, At: 9 * 60},
			Reminder: "おはようございます。今週も1回5分の声かけをお願いします。市外のご家族や友人に、「帰っておいでよ」の一言を。声をかけたら、下の「声かけしました」を押してください。",
		},
		{
			Slug: "kosodate", Title: "子育てするなら みらい市 声かけ作戦",
			Story:    "市外で子育て中の方に、みらい市の子育てのしやすさを伝える作戦です。病児保育、親子ひろば、ゆずり合い市。伝えたいのは制度の名前より、「ここなら一人じゃない」ということです。",
			Whom:     "市外で子育て中の友人、知人",
			Phrase:   "こっちは親子ひろばが毎週あって、けっこう助かるよ。一度遊びに来てみない？",
			URL:      "https://mirai.example.jp/kosodate",
			StartsOn: date(c.ago(campaignAge["kosodate"], 0)), EndsOn: date(c.now.AddDate(0, 5, 0)), Aim: 1000,
			Audience: ippo.Audience{Ambassadors: true},
			Schedule: ippo.Schedule{Kind: ippo.ScheduleMonthly, Day: 1, At: 10 * 60, Holidays: ippo.HolidayNext},
			Reminder: "今月は「子育てするなら みらい市」の声かけ月間です。市外で子育て中の方を思い浮かべて、一言送ってみませんか。作戦チラシは下のリンクから見られます。",
		},
	}
}
