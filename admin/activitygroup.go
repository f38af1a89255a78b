package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/groupsheet"
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
		moves: []bulkMove{
			{To: ippo.ContentPublished, Words: "公開する", Asks: "を「公開中」にしますか", Done: "を公開しました", Did: "「公開中」にした"},
			{To: ippo.ContentRetired, Words: "公開をやめる", Asks: "を「公開しない」にしますか", Done: "を「公開しない」にしました", Did: "「公開しない」にした"},
		},
		at: "updated", first: "name",
		columns: groupColumns,
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

// groupColumns are those that p.uploadGroups takes in, under the names by which it knows them, but for whom a group
// names as its contact: a file is passed around.
func groupColumns(topics []ippo.Topic, areas []ippo.Area) []intake.Column[ippo.ActivityGroup] {
	columns := []intake.Column[ippo.ActivityGroup]{
		intake.Written("番号", func(g ippo.ActivityGroup) string { return strconv.FormatInt(int64(g.ID), 10) }),
	}
	for _, f := range groupsheet.Fields {
		if f.Field.Personal() {
			continue
		}
		columns = append(columns, intake.Written(f.Words, func(g ippo.ActivityGroup) string {
			switch f.Field {
			case groupsheet.Topics:
				return chosenNames(topics, g.Topics)
			case groupsheet.Areas:
				return chosenNames(areas, g.Areas)
			}
			return groupsheet.Cell(f.Field, g)
		}))
	}
	return append(columns, intake.Written("変更日", func(g ippo.ActivityGroup) string { return shortTime(g.UpdatedAt) }))
}

// chosenNames are the names of what is chosen as they are read again; of everything, also of what will be made later.
func chosenNames[C ippo.Topic | ippo.Area](all []C, choice ippo.Choice) string {
	if choice&ippo.Everything != 0 {
		return groupsheet.Everything
	}
	return names(all, choice)
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
