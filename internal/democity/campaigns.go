package democity

import (
	"context"
	"math/rand/v2"
	"time"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// publicURL is where the fictional center's pages are.
const publicURL = "https://mirai.example.jp"

// campaignAge is how many days ago each campaign began.
var campaignAge = map[string]int{"kaeri": 31, "kosodate": 17}

// campaigns returns the two call-out campaigns. The first reminds ambassadors on Mondays at 9:00.
func campaigns(c calendar) []ippo.Campaign {
	return []ippo.Campaign{
		{
			Slug: "kaeri", Title: "みらい市に帰っておいでよ 声かけ作戦",
			Story:  "市外で暮らす家族や友人に、「いつか帰っておいで」と声をかける作戦です。1回5分。卒業、転職、子どもの誕生など、どんなきっかけでもかまいません。みらい市では、家賃の補助と仕事の相談を用意して待っています。",
			Whom:   "市外で暮らすお子さん・お孫さん\n同級生\nUターンを考えている人",
			Phrase: "元気にしてる？ みらい市、最近ちょっとおもしろくなってきたよ。いつか帰っておいで。",
			Phrases: []ippo.Phrase{
				{Occasion: "卒業", Text: "卒業おめでとう。どこで働いても応援してるよ。帰ってくる道もあるから、覚えておいてね。"},
				{Occasion: "30歳の節目", Text: "30歳おめでとう。みらい市で30歳の集まりがあるって。久しぶりに顔を見せて。"},
				{Occasion: "結婚", Text: "結婚おめでとう。みらい市は新婚さんの家賃の補助があるよ。二人で一度、遊びに来て。"},
				{Occasion: "出産", Text: "おめでとう。子育ては大変なときもあるから、帰ってきたら手伝うよ。"},
			},
			URL:      publicURL + "/kaeri",
			StartsOn: date(c.ago(campaignAge["kaeri"], 0)), EndsOn: date(c.now.AddDate(0, 4, 0)), Aim: 200, Hoped: 10,
			Audience: ippo.Audience{Ambassadors: true},
			Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Monday}, At: 9 * 60},
			Reminders: []string{
				"おはようございます。今週も1回5分の声かけをお願いします。市外のご家族や友人に、「帰っておいでよ」の一言を。声をかけたら、下の「声かけしました」を押してください。",
				"今週思い出した、市外で暮らす方はいますか。「元気にしてる？」の一言が、帰ってくるきっかけになります。",
				"声かけのことばに迷ったら、「ことばを選んで送る」をどうぞ。卒業や結婚など、場面に合わせたことばがあります。",
			},
			Milestones: ippo.DefaultMilestones, Thanks: "一言が、だれかの「帰ってみようかな」になります。これからもよろしくお願いします。",
		},
		{
			Slug: "kosodate", Title: "子育てするなら みらい市 声かけ作戦",
			Story:    "市外で子育て中の方に、みらい市の子育てのしやすさを伝える作戦です。病児保育、親子ひろば、ゆずり合い市。伝えたいのは制度の名前より、「ここなら一人じゃない」ということです。",
			Whom:     "市外で子育て中の友人、知人",
			Phrase:   "こっちは親子ひろばが毎週あって、けっこう助かるよ。一度遊びに来てみない？",
			URL:      publicURL + "/kosodate",
			StartsOn: date(c.ago(campaignAge["kosodate"], 0)), EndsOn: date(c.now.AddDate(0, 5, 0)), Aim: 1000,
			Audience: ippo.Audience{Ambassadors: true},
			Schedule: ippo.Schedule{Kind: ippo.ScheduleMonthly, Day: 1, At: 10 * 60, Holidays: ippo.HolidayNext},
			Reminders: []string{
				"今月は「子育てするなら みらい市」の声かけ月間です。市外で子育て中の方を思い浮かべて、一言送ってみませんか。作戦チラシは下のリンクから見られます。",
				"子育て中の方に、「最近どう？」と送ってみませんか。みらい市の親子ひろばの話を添えると、会話がはずみます。",
			},
		},
	}
}

// campaigns are switched on when they begin. Since then they have sent the reminders that were due, and those
// who serve have called out day after day, but for one in seven, who says nothing.
func (f *filling) campaigns(ctx context.Context) error {
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	made := campaigns(f.c)
	for i, c := range made {
		f.at(f.c.ago(campaignAge[c.Slug], 9))
		c.Translations = translated(ippo.ContentCampaign, c.Slug, c.Texts())
		if made[i], err = f.CreateCampaign(ctx, f.editor, c); err != nil {
			return err
		}
		if i == 0 {
			if err := f.flyers(ctx, made[i]); err != nil {
				return err
			}
			if made[i], err = f.Campaign(ctx, made[i].ID); err != nil {
				return err
			}
		}
		if err := f.start(ctx, made[i].Recurring()); err != nil {
			return err
		}
	}
	dice := rand.New(rand.NewChaCha8(seed))
	for day := campaignAge["kaeri"] - 1; day >= 0; day-- {
		for _, c := range made {
			if day >= campaignAge[c.Slug] {
				continue
			}
			until := f.c.ago(day, 12)
			if day == 0 {
				until = f.c.now
			}
			wordings := messages.Reminders(texts, c, publicURL)
			if err := f.fire(ctx, c.Recurring().Source, until, wordings[0].Draw(ippo.Japanese), wordings...); err != nil {
				return err
			}
			if day == 0 {
				continue
			}
			if err := f.callOuts(ctx, c, f.c.ago(day, 12+dice.IntN(7)), dice); err != nil {
				return err
			}
		}
	}
	// Some of those who were called have asked.
	for day := 20; day > 0; day -= 4 {
		f.at(f.c.ago(day, 19))
		if err := f.AddEnquiry(ctx, made[0].ID); err != nil {
			return err
		}
	}
	// One of them has asked for a rest: not けんいち, whose phone shows the next reminder.
	f.at(f.c.ago(2, 20))
	return f.Write(ctx, func(t *store.Tx) error {
		return t.Rest(ctx, f.serving[2], ippo.RestUntil(f.now(), 3))
	})
}

// callOuts are those of one day.
func (f *filling) callOuts(ctx context.Context, c ippo.Campaign, when time.Time, dice *rand.Rand) error {
	f.at(when)
	groups := c.Groups()
	return f.Write(ctx, func(t *store.Tx) error {
		for i, who := range f.serving {
			if i%7 == 6 || dice.IntN(4) > 0 {
				continue
			}
			id, err := t.AddCallOut(ctx, c.ID, who)
			if err != nil {
				return err
			}
			if dice.IntN(2) == 0 {
				continue // most say no more than that
			}
			people := ippo.CallOutPeople[dice.IntN(4)]
			if err := t.DescribeCallOut(ctx, id, who, people, groups[dice.IntN(len(groups))]); err != nil {
				return err
			}
		}
		return nil
	})
}
