package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
)

type groupPage struct {
	frame
	Item          ippo.ActivityGroup
	Topics, Areas []option
	Weekdays      []option
	Parts         []option
	Fees          []option
	Joining       []option
	Tongues       []option
	Doubts        []ippo.Doubt // why newcomers are shown it less
	Translations  []translationForm
}

func (p *Panel) groups() longShelf[ippo.ActivityGroup] {
	return longShelf[ippo.ActivityGroup]{
		kind: ippo.ContentGroup, hint: "団体名や活動のことば",
		state: func(g *ippo.ActivityGroup, to ippo.ContentStatus) { g.Hidden = to != ippo.ContentPublished },
		said:  map[ippo.ContentStatus]string{ippo.ContentPublished: "公開中", ippo.ContentRetired: "公開しない"},
		moves: []bulkMove{{ippo.ContentPublished, "公開する", "公開しました"}, {ippo.ContentRetired, "公開をやめる", "「公開しない」にしました"}},
		at:    "updated", first: "name",
		columns: func(topics []ippo.Topic, areas []ippo.Area) []intake.Column[ippo.ActivityGroup] {
			return []intake.Column[ippo.ActivityGroup]{ // taken in by p.uploadGroups, which knows the sheets of cities
				intake.Written("番号", func(g ippo.ActivityGroup) string { return strconv.FormatInt(int64(g.ID), 10) }),
				intake.Written("状態", func(g ippo.ActivityGroup) string {
					if g.Hidden {
						return "公開しない"
					}
					return "公開中"
				}),
				intake.Written(intake.Key, func(g ippo.ActivityGroup) string { return g.Slug }),
				intake.Written("団体名", func(g ippo.ActivityGroup) string { return g.Name }),
				intake.Written("ふりがな", func(g ippo.ActivityGroup) string { return g.Kana }),
				intake.Written("活動", func(g ippo.ActivityGroup) string { return g.Summary }),
				intake.Written("分野", func(g ippo.ActivityGroup) string { return names(topics, g.Topics) }),
				intake.Written("地域", func(g ippo.ActivityGroup) string { return names(areas, g.Areas) }),
				intake.Written("場所", func(g ippo.ActivityGroup) string { return g.Place }),
				intake.Written("日時", func(g ippo.ActivityGroup) string { return g.When }),
				intake.Written("対象", func(g ippo.ActivityGroup) string { return g.Whom }),
				intake.Written("費用", func(g ippo.ActivityGroup) string { return g.Cost }),
				intake.Written("募集", receivingWords),
				intake.Written("最後に確かめた日", func(g ippo.ActivityGroup) string { return shortTime(g.ConfirmedAt) }),
				intake.Written("変更日", func(g ippo.ActivityGroup) string { return shortTime(g.UpdatedAt) }),
			}
		},
		shelf: shelf[ippo.ActivityGroup]{
			panel: p, section: "groups", word: "団体", instead: "一覧から外すだけなら、「公開しない」にしてください。",
			one: func(ctx context.Context, id int64) (ippo.ActivityGroup, error) {
				return p.Store.ActivityGroup(ctx, ippo.ActivityGroupID(id))
			},
			create: p.Store.CreateActivityGroup,
			update: p.Store.UpdateActivityGroup,
			delete: func(ctx context.Context, by ippo.StaffID, id int64) error {
				return p.Store.DeleteActivityGroup(ctx, by, ippo.ActivityGroupID(id))
			},
			id:    func(g ippo.ActivityGroup) int64 { return int64(g.ID) },
			name:  func(g ippo.ActivityGroup) string { return g.Name },
			blank: func() ippo.ActivityGroup { return ippo.ActivityGroup{Receiving: true} },
			named: func(g ippo.ActivityGroup) ippo.ActivityGroup { g.Slug = newSlug("group", p.Now()); return g },
			read:  p.readGroup,
			page: func(f frame, g ippo.ActivityGroup, topics []ippo.Topic, areas []ippo.Area) any {
				return groupPage{
					frame: f, Item: g, Weekdays: weekdayOptions(g.Weekdays), Parts: dayPartOptions(g.Parts),
					Topics: choices(topics, g.Topics), Areas: choices(areas, g.Areas),
					Fees: statuses(ippo.Fees, g.Fee), Joining: bitOptions(joinWords, g.Joining), Tongues: bitOptions(ippo.TongueNames[:], g.Tongues),
					Doubts: g.Doubts(p.Now()), Translations: p.translationForms(g.Translations, g.Texts(), f.Problems),
				}
			},
		},
	}
}

func (p *Panel) readGroup(c *gin.Context, g ippo.ActivityGroup, topics []ippo.Topic, areas []ippo.Area) (ippo.ActivityGroup, ippo.Problems) {
	g.Name = formText(c, "name")
	g.Kana = formText(c, "kana")
	g.Summary = formText(c, "summary")
	g.Body = formText(c, "body")
	g.Place = formText(c, "place")
	g.When = formText(c, "when")
	g.Whom = formText(c, "whom")
	g.Cost = formText(c, "cost")
	g.Contact = formText(c, "contact")
	g.Beginners = formOn(c, "beginners")
	g.Children = formOn(c, "children")
	g.Wheelchair = formOn(c, "wheelchair")
	g.Online = formOn(c, "online")
	g.Receiving = formOn(c, "receiving")
	g.Hidden = formOn(c, "hidden")
	g.Alone = formOn(c, "alone")
	g.Together = formOn(c, "together")
	g.Full = formOn(c, "full")
	g.Model = formOn(c, "model")
	g.Fee = ippo.Fee(formText(c, "fee"))
	g.Welcome = formText(c, "welcome")
	g.Bring = formText(c, "bring")
	g.Joining = formBits[ippo.JoinWays](c, "joining", joinWords)
	g.Tongues = formBits[ippo.Tongues](c, "tongues", ippo.TongueNames[:])
	g.Host = ippo.Host{
		Person: formText(c, "contactPerson"), Public: formOn(c, "contactPublic"), Email: narrow(formText(c, "contactEmail")),
		Phone: formText(c, "contactPhone"), Paper: formOn(c, "contactPaper"),
	}
	if formOn(c, "confirmed") {
		g.ConfirmedAt, g.AskedAt, g.SilentSince = p.Now(), time.Time{}, time.Time{}
	}
	g.Translations = p.formTranslations(c, g.Translations, g.Texts())
	g.Weekdays = formWeekdays(c, "weekdays")
	g.Parts = 0
	for _, part := range dayParts {
		if slices.Contains(c.PostFormArray("parts"), part.Words()) {
			g.Parts |= part
		}
	}
	g.Topics, g.Areas = chosen(c, "topics", topics), chosen(c, "areas", areas)
	return g, nil
}

// joinWords are the ways to take part, in the order of their bits.
var joinWords = []string{"一度だけの参加もできる", "続けて参加する人を募集"}

// formBits reads checkboxes made by bitOptions.
func formBits[Set ~uint8](c *gin.Context, name string, words []string) (set Set) {
	for _, value := range c.PostFormArray(name) {
		if bit := slices.Index(words, value); bit >= 0 {
			set |= 1 << bit
		}
	}
	return set
}

func bitOptions[Set ~uint8](words []string, on Set) []option {
	options := make([]option, len(words))
	for bit, word := range words {
		options[bit] = option{word, word, on&(1<<bit) != 0}
	}
	return options
}

// week lists the days of the week as calendars of offices do.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

var dayParts = []ippo.DayParts{ippo.Morning, ippo.Afternoon, ippo.Evening}

// formWeekdays reads checkboxes made by weekdayOptions.
func formWeekdays(c *gin.Context, name string) (days ippo.Weekdays) {
	for _, value := range c.PostFormArray(name) {
		if n, err := strconv.Atoi(value); err == nil && n >= 0 && n <= 6 {
			days = days.With(time.Weekday(n))
		}
	}
	return days
}

func weekdayOptions(on ippo.Weekdays) []option {
	options := make([]option, len(week))
	for i, d := range week {
		options[i] = option{strconv.Itoa(int(d)), ippo.WeekdayName(d), on.Has(d)}
	}
	return options
}

func dayPartOptions(on ippo.DayParts) []option {
	options := make([]option, len(dayParts))
	for i, part := range dayParts {
		options[i] = option{part.Words(), part.Words(), on&part != 0}
	}
	return options
}

// receivingWords says whether a group looks for members.
func receivingWords(g ippo.ActivityGroup) string {
	switch {
	case g.Full:
		return "満員"
	case g.Receiving:
		return "募集中"
	}
	return "募集していない"
}
