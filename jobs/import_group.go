package jobs

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ippo"
	"ippo/store"
)

// The columns of a sheet of activity groups. Only slug is required, and a new group needs name and
// summary too.
const (
	colSlug = iota
	colName
	colKana
	colSummary
	colBody
	colGroupTopics
	colGroupAreas
	colPlace
	colWeekdays
	colParts
	colWhen
	colWhom
	colCost
	colContact
	colBeginners
	colChildren
	colWheelchair
	colOnline
	colReceiving
	colHidden
	colFee
	colAlone
	colTogether
	colJoining
	colTongues
	colFull
	colWelcome
	colBring
	colModel
	colHostPerson
	colHostPublic
	colHostEmail
	colHostPhone
	colHostPaper
	colConfirmed
)

var groupLayout = layout{
	"slug", "name", "kana", "summary", "body", "topics", "areas", "place", "weekdays", "parts", "when", "whom", "cost",
	"contact", "beginners", "children", "wheelchair", "online", "receiving", "hidden",
	"fee", "alone", "together", "joining", "languages", "full", "welcome", "bring", "model",
	"contact_person", "contact_public", "contact_email", "contact_phone", "contact_paper", "confirmed_on",
}

func importGroups(ctx context.Context, st *store.Store, file io.ReadSeeker, progress func(done, total int)) (Report, error) {
	words, err := loadGlossary(ctx, st)
	if err != nil {
		return Report{}, fmt.Errorf("import groups: %w", err)
	}
	there, err := st.ActivityGroups(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("import groups: %w", err)
	}
	known := map[string]ippo.ActivityGroup{}
	for _, g := range there {
		known[g.Slug] = g
	}
	// A list of groups is small, so what was checked is what is written.
	var groups []ippo.ActivityGroup
	seen := map[string]int{}
	report, err := scan(ctx, file, groupLayout, func(l sheetRow) (ippo.Problems, error) {
		g, problems := readGroup(l, words, known)
		if first, ok := seen[g.Slug]; ok {
			problems.Addf("slug", "%d行目と同じ識別名です。", first)
		}
		seen[g.Slug] = l.Line
		groups = append(groups, g)
		if len(groups) > maxGroups {
			problems.Addf("", "一度に読み込めるのは%d件までです。", maxGroups)
		}
		return problems, nil
	})
	if err != nil {
		return report, fmt.Errorf("check groups: %w", err)
	}
	if len(report.Bad) > 0 {
		return report, ErrBadRows
	}
	for i, g := range groups {
		began := time.Now()
		if g.ID == 0 {
			report.Added++
			_, err = st.CreateActivityGroup(ctx, 0, g)
		} else {
			report.Changed++
			err = st.UpdateActivityGroup(ctx, 0, g)
		}
		if err == nil {
			progress(i+1, report.Rows)
			err = rest(ctx, time.Since(began))
		}
		if err != nil {
			return report, fmt.Errorf("import groups: %w", err)
		}
	}
	return report, nil
}

// maxGroups bounds a list of groups: the largest cities list some thousands.
const maxGroups = 20_000

// readGroup reads a row: a new group, or one that is known with what the row changes.
func readGroup(l sheetRow, words glossary, known map[string]ippo.ActivityGroup) (ippo.ActivityGroup, ippo.Problems) {
	var p ippo.Problems
	slug := strings.Clone(l.cell(colSlug))
	g, ok := known[slug]
	if !ok {
		g = ippo.ActivityGroup{Slug: slug, Receiving: true}
	}
	for column, text := range map[int]*string{
		colName: &g.Name, colKana: &g.Kana, colSummary: &g.Summary, colBody: &g.Body, colPlace: &g.Place, colWhen: &g.When,
		colWhom: &g.Whom, colCost: &g.Cost, colContact: &g.Contact,
		colWelcome: &g.Welcome, colBring: &g.Bring, colHostPerson: &g.Host.Person, colHostEmail: &g.Host.Email, colHostPhone: &g.Host.Phone,
	} {
		if cell := l.cell(column); cell != "" {
			*text = cell
		}
	}
	if c := words.choice(&p, "topics", words.topics, l.cell(colGroupTopics)); c != 0 {
		g.Topics = c
	}
	if c := words.choice(&p, "areas", words.areas, l.cell(colGroupAreas)); c != 0 {
		g.Areas = c
	}
	if set := wordSet(&p, "weekdays", weekdayWords, l.cell(colWeekdays)); set != 0 {
		g.Weekdays = ippo.Weekdays(set)
	}
	if set := wordSet(&p, "parts", partWords, l.cell(colParts)); set != 0 {
		g.Parts = ippo.DayParts(set)
	}
	if set := wordSet(&p, "joining", joinWords, l.cell(colJoining)); set != 0 {
		g.Joining = ippo.JoinWays(set)
	}
	if set := wordSet(&p, "languages", ippo.TongueNames[:], l.cell(colTongues)); set != 0 {
		g.Tongues = ippo.Tongues(set)
	}
	if cell := l.cell(colFee); cell != "" {
		if at := slices.IndexFunc(ippo.Fees, func(f ippo.Fee) bool { return f.Words() == cell }); at >= 0 {
			g.Fee = ippo.Fees[at]
		} else {
			p.Add("fee", "「無料」か「有料」か「わからない」にしてください。")
		}
	}
	if cell := l.cell(colConfirmed); cell != "" {
		day, err := time.ParseInLocation(time.DateOnly, cell, ippo.Tokyo)
		if err != nil {
			p.Add("confirmed_on", "日付は「2026-04-01」のように入力してください。")
		} else if day.After(g.ConfirmedAt) { // an older list than ours says nothing new
			g.ConfirmedAt, g.AskedAt, g.SilentSince = day, time.Time{}, time.Time{}
		}
	}
	for _, mark := range []struct {
		column int
		is     *bool
	}{
		{colBeginners, &g.Beginners}, {colChildren, &g.Children}, {colWheelchair, &g.Wheelchair}, {colOnline, &g.Online},
		{colReceiving, &g.Receiving}, {colHidden, &g.Hidden}, {colAlone, &g.Alone}, {colTogether, &g.Together}, {colFull, &g.Full},
		{colModel, &g.Model}, {colHostPublic, &g.Host.Public}, {colHostPaper, &g.Host.Paper},
	} {
		switch l.cell(mark.column) {
		case "":
		case yes:
			*mark.is = true
		case no:
			*mark.is = false
		default:
			p.Addf(groupLayout[mark.column], "「%s」か「%s」にしてください。", yes, no)
		}
	}
	if invalid, ok := g.Validate().(ippo.Problems); ok {
		p = append(p, invalid...)
	}
	return g, p
}

// How marks, days and parts of the day are written in sheets, which staff edit by hand.
const (
	yes = "はい"
	no  = "いいえ"
)

var (
	weekdayWords = []string{"日", "月", "火", "水", "木", "金", "土"}
	partWords    = []string{"午前", "午後", "夜"}
	joinWords    = []string{"一度だけ", "続けて"}
)

// wordSet reads a cell of words, each of which stands for a bit.
func wordSet(p *ippo.Problems, field string, words []string, text string) (set uint8) {
	for _, one := range cells(text) {
		bit := slices.Index(words, one)
		if bit < 0 {
			p.Addf(field, "「%.20s」は使えません（%s）。", one, strings.Join(words, ";"))
			continue
		}
		set |= 1 << bit
	}
	return set
}

// wordCell writes what wordSet reads.
func wordCell(words []string, set uint8) string {
	var named []string
	for bit, word := range words {
		if set&(1<<bit) != 0 {
			named = append(named, word)
		}
	}
	return strings.Join(named, ";")
}
