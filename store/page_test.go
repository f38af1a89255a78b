package store

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
)

// walk reads a list from its first page to its last and back again, and returns the rows of each way; both ways have
// to meet the same.
func walk[T any](t *testing.T, page Page, read func(Page) (Part[T], int, error)) (rows []T, total int) {
	t.Helper()
	var back []T
	for {
		part, n, err := read(page)
		if err != nil {
			t.Fatal(err)
		}
		rows, total = append(rows, part.Items...), n
		if part.Later == "" {
			back, page.Before = part.Items, part.Earlier
			break
		}
		page.After = part.Later
	}
	for page.After = ""; page.Before != ""; {
		part, _, err := read(page)
		if err != nil {
			t.Fatal(err)
		}
		back = append(slices.Clone(part.Items), back...)
		page.Before = part.Earlier
	}
	if fmt.Sprint(rows) != fmt.Sprint(back) {
		t.Errorf("%+v: forth %v, back %v", page, rows, back)
	}
	return rows, total
}

// What is to be done next with an ambassador is said in Go and in SQL: both agree on whose day has come, whatever
// they stand at, and so on the order of the list.
func TestAmbassadorPageIsInOrder(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	began := time.Date(2026, 3, 31, 14, 59, 30, 0, time.UTC) // 23:59:30 in Tokyo
	kana := []rune("あいうえおかきくけこさしすせそ")
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		s.Now = func() time.Time { return began.Add(-time.Duration(r.IntN(30*24)) * time.Hour) }
		var who ippo.FollowerID
		if n%3 != 0 {
			who = follow(t, s, n)
		}
		a := applicant(who)
		a.Name, a.Kana, a.Contact = fmt.Sprint("名前", r.IntN(100)), string(kana[r.IntN(len(kana))])+string(kana[r.IntN(len(kana))]), fmt.Sprintf("090-0000-%04d", r.IntN(30))
		inTx(t, s, func(tx *Tx) (err error) {
			a, err = tx.ApplyAmbassador(ctx, a)
			return err
		})
		for _, next := range []ippo.AmbassadorStatus{ippo.AmbassadorContacted, ippo.AmbassadorAppointed, ippo.AmbassadorRetired}[:r.IntN(4)] {
			if err := s.SetAmbassadorStatus(ctx, 0, a.ID, next); err != nil {
				t.Fatal(err)
			}
		}
		if r.IntN(3) == 0 {
			if err := s.SetAmbassadorDay(ctx, 0, a.ID, began.AddDate(0, 0, r.IntN(7)-3)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SetResting(ctx, 0, a.ID, r.IntN(4) == 0); err != nil {
			t.Fatal(err)
		}
	}
	s.Now = func() time.Time { return began }
	all, err := s.Ambassadors(ctx, AmbassadorFilter{})
	if err != nil || len(all) != 60 {
		t.Fatal(len(all), err)
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		t.Fatal(err)
	}
	due := func(a ippo.Ambassador) bool { return a.NextTask(settings.Path).Due(began) }
	on := func(a ippo.Ambassador) int64 {
		if due(a) {
			return a.NextTask(settings.Path).On.Unix()
		}
		return began.AddDate(1, 0, 0).Unix()
	}
	yes, no := true, false
	for name, c := range map[string]struct {
		filter AmbassadorFilter
		page   Page
		keep   func(ippo.Ambassador) bool
		order  func(a, b ippo.Ambassador) int
	}{
		"own order": {AmbassadorFilter{}, Page{}, nil, func(a, b ippo.Ambassador) int { return cmp.Compare(on(a), on(b)) }},
		"due":       {AmbassadorFilter{Due: true}, Page{}, due, func(a, b ippo.Ambassador) int { return cmp.Compare(on(a), on(b)) }},
		"number": {AmbassadorFilter{Resting: &yes}, Page{Sort: "number"}, func(a ippo.Ambassador) bool { return a.Resting },
			func(a, b ippo.Ambassador) int { return cmp.Compare(a.ID, b.ID) }},
		"name": {AmbassadorFilter{Linked: &no}, Page{Sort: "name"}, func(a ippo.Ambassador) bool { return a.Follower == 0 },
			func(a, b ippo.Ambassador) int { return cmp.Compare(a.Kana, b.Kana) }},
		"searched, from the last name": {AmbassadorFilter{Query: "名前1"}, Page{Sort: "name", Desc: true}, func(a ippo.Ambassador) bool { return len(a.Name) > 6 && a.Name[6] == '1' },
			func(a, b ippo.Ambassador) int { return cmp.Or(cmp.Compare(b.Kana, a.Kana), cmp.Compare(a.ID, b.ID)) }},
		"same contact": {AmbassadorFilter{Same: true}, Page{}, func(a ippo.Ambassador) bool {
			return slices.ContainsFunc(all, func(b ippo.Ambassador) bool { return a.ID != b.ID && a.Contact == b.Contact })
		}, func(a, b ippo.Ambassador) int { return cmp.Compare(a.ContactKey(), b.ContactKey()) }},
		"nobody": {AmbassadorFilter{Query: "だれもいない"}, Page{}, func(ippo.Ambassador) bool { return false }, func(a, b ippo.Ambassador) int { return 0 }},
	} {
		var want []ippo.AmbassadorID
		in := slices.Clone(all)
		slices.SortStableFunc(in, c.order)
		for _, a := range in {
			if c.keep == nil || c.keep(a) {
				want = append(want, a.ID)
			}
		}
		c.page.Limit = 3
		rows, total := walk(t, c.page, func(p Page) (Part[ippo.Ambassador], int, error) { return s.AmbassadorPage(ctx, c.filter, p) })
		var got []ippo.AmbassadorID
		for _, a := range rows {
			got = append(got, a.ID)
		}
		if !slices.Equal(got, want) || total != len(want) {
			t.Errorf("%s: %v, %d in all; want %v", name, got, total, want)
		}
		if name != "nobody" && len(want) <= c.page.Limit {
			t.Errorf("%s: %d rows prove nothing", name, len(want))
		}
	}
	counts, err := s.AmbassadorCounts(ctx)
	if err != nil || counts.Due != len(slices.DeleteFunc(all, func(a ippo.Ambassador) bool { return !due(a) })) {
		t.Errorf("%+v, %v", counts, err)
	}
	for _, odd := range []string{"x", "1.2", "9.1.", "-1.1.", "0.x.", "\x00"} {
		if part, _, err := s.AmbassadorPage(ctx, AmbassadorFilter{}, Page{After: odd, Limit: 3}); err != nil || len(part.Items) != 3 {
			t.Errorf("behind %q: %d rows, %v", odd, len(part.Items), err)
		}
	}
}

// What residents read is narrowed and sorted by the database as by hand; a team's list holds what it sees, and a search
// looks through translations.
func TestContentPageIsNarrowedAndSorted(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	r := rand.New(rand.NewPCG(3, 4))
	type group struct {
		ippo.ActivityGroup
		text string
	}
	var all []group
	for n := range 40 {
		setClock(s, time.Date(2026, 3, 6, 10, r.IntN(20), 0, 0, ippo.Tokyo))
		g := ippo.ActivityGroup{
			Slug: fmt.Sprint("g", n), Name: fmt.Sprint("会", r.IntN(30)), Summary: "歌います", Receiving: true, Hidden: r.IntN(3) == 0,
			Topics: ippo.Choice(r.IntN(8)), Areas: ippo.Choice(r.IntN(4)),
		}
		if n%2 == 0 {
			g.Kana = fmt.Sprint("かい", r.IntN(30))
		}
		if n%5 == 0 {
			g.Translations = ippo.Translations{ippo.English: {Texts: map[string]string{"name": fmt.Sprint("Choir ", n)}}}
		}
		made, err := s.CreateActivityGroup(ctx, 0, g)
		if err != nil {
			t.Fatal(err)
		}
		made.UpdatedAt = s.Now()
		all = append(all, group{made, g.Name + g.Translations[ippo.English].Texts["name"]})
	}
	topic, none := ippo.ChoiceOf(1), ippo.Choice(0)
	remit := ippo.Remit{{Topics: ippo.ChoiceOf(0), Areas: ippo.ChoiceOf(1)}}
	byName := func(a, b group) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.Kana, a.Name), cmp.Or(b.Kana, b.Name)), cmp.Compare(a.ID, b.ID))
	}
	byTime := func(a, b group) int { return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(a.ID, b.ID)) }
	for name, c := range map[string]struct {
		filter ContentFilter
		page   Page
		remit  ippo.Remit
		keep   func(group) bool
		order  func(a, b group) int
	}{
		"by name":  {page: Page{Sort: "name"}, keep: func(group) bool { return true }, order: byName},
		"the last": {page: Page{Desc: true}, keep: func(group) bool { return true }, order: func(a, b group) int { return byTime(b, a) }},
		"hidden, about a topic": {filter: ContentFilter{Status: ippo.ContentRetired, Topics: &topic}, keep: func(g group) bool {
			return g.Hidden && g.Topics&topic != 0
		}, order: byTime},
		"about no such area": {filter: ContentFilter{Areas: &none}, keep: func(group) bool { return false }, order: byTime},
		"searched":           {filter: ContentFilter{Query: "ＣＨＯＩＲ"}, keep: func(g group) bool { return strings.Contains(g.text, "Choir") }, order: byTime},
		"a team's":           {remit: remit, page: Page{Sort: "name", Desc: true}, keep: func(g group) bool { return remit.Sees(g.Topics, g.Areas) }, order: func(a, b group) int { return byName(b, a) }},
		"some of them":       {filter: ContentFilter{IDs: []int64{3, 4, 5, 6, 7, 99}}, keep: func(g group) bool { return g.ID >= 3 && g.ID <= 7 }, order: byTime},
	} {
		var want []int64
		in := slices.Clone(all)
		slices.SortFunc(in, c.order)
		for _, g := range in {
			if c.keep(g) {
				want = append(want, int64(g.ID))
			}
		}
		within := ctx
		if c.remit != nil {
			within = Within(ctx, c.remit)
		}
		c.page.Limit = 3
		rows, total := walk(t, c.page, func(p Page) (Part[ippo.ContentRow], int, error) {
			return s.ContentPage(within, ippo.ContentGroup, c.filter, p)
		})
		var got []int64
		for _, row := range rows {
			got = append(got, row.ID)
		}
		if !slices.Equal(got, want) || total != len(want) {
			t.Errorf("%s: %v, %d in all; want %v", name, got, total, want)
		}
		if name != "about no such area" && len(want) <= c.page.Limit {
			t.Errorf("%s: %d rows prove nothing", name, len(want))
		}
		whole, err := s.ContentRows(within, ippo.ContentGroup, c.filter)
		if err != nil || len(whole) != len(want) {
			t.Errorf("%s: %d at once, %v", name, len(whole), err)
		}
	}
}

// The inbox of consultations stands in three stretches: what waits, what else is open, and what has ended, each from
// the latest on; a search finds who asks and what was said.
func TestConsultationPageIsInOrder(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 30 {
		setClock(s, time.Date(2026, 3, 6, 10, r.IntN(10), 0, 0, ippo.Tokyo))
		who := follow(t, s, n)
		inTx(t, s, func(tx *Tx) error {
			return tx.WriteConsultation(ctx, who, ippo.ConsultPlace, fmt.Sprint("集まる場所", n), "受け取りました。")
		})
	}
	exec(t, s, `UPDATE consultations SET state = 'working', unread = id % 2 WHERE id % 3 = 0`)
	exec(t, s, `UPDATE consultations SET state = 'done', unread = 0, closed_at = changed_at WHERE id % 3 = 1`)
	all, err := collect(ctx, s.ro, s.scanConsultation, consultationQuery)
	if err != nil {
		t.Fatal(err)
	}
	waits := func(c ippo.Consultation) int {
		switch {
		case c.State == ippo.ConsultationDone:
			return 2
		case c.State == ippo.ConsultationNew || c.Unread:
			return 0
		}
		return 1
	}
	latest := func(a, b ippo.Consultation) int {
		return cmp.Or(b.ChangedAt.Compare(a.ChangedAt), cmp.Compare(b.ID, a.ID))
	}
	inbox := func(a, b ippo.Consultation) int { return cmp.Or(cmp.Compare(waits(a), waits(b)), latest(a, b)) }
	for name, c := range map[string]struct {
		filter ConsultationFilter
		page   Page
		keep   func(ippo.Consultation) bool
		order  func(a, b ippo.Consultation) int
	}{
		"inbox":       {keep: func(ippo.Consultation) bool { return true }, order: inbox},
		"open":        {filter: ConsultationFilter{Open: true}, keep: func(c ippo.Consultation) bool { return waits(c) < 2 }, order: inbox},
		"waiting":     {filter: ConsultationFilter{Waiting: true}, keep: func(c ippo.Consultation) bool { return waits(c) == 0 }, order: inbox},
		"the latest":  {page: Page{Sort: "changed", Desc: true}, keep: func(ippo.Consultation) bool { return true }, order: latest},
		"what it was": {filter: ConsultationFilter{Query: "場所2"}, keep: func(c ippo.Consultation) bool { return c.ID == 3 || c.ID > 20 }, order: inbox},
	} {
		var want []ippo.ConsultationID
		in := slices.Clone(all)
		slices.SortFunc(in, c.order)
		for _, one := range in {
			if c.keep(one) {
				want = append(want, one.ID)
			}
		}
		c.page.Limit = 4
		rows, total := walk(t, c.page, func(p Page) (Part[ippo.Consultation], int, error) { return s.ConsultationPage(ctx, c.filter, p) })
		var got []ippo.ConsultationID
		for _, one := range rows {
			got = append(got, one.ID)
		}
		if !slices.Equal(got, want) || total != len(want) || len(want) <= c.page.Limit {
			t.Errorf("%s: %v, %d in all; want %v", name, got, total, want)
		}
	}
}

// The lists with 50,000 rows.
func BenchmarkContentPage50k(b *testing.B) {
	s, ctx := newStore(b), b.Context()
	exec(b, s, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
		INSERT INTO news (slug, kind, title, summary, body, topics, status, publish_at, updated_at)
		SELECT 'n' || i, 'news', '記事' || i, '概要', printf('%0500d', i), i % 16, CASE i % 9 WHEN 0 THEN 'retired' ELSE 'published' END,
			strftime('%Y-%m-%dT%H:%M:%S.000Z', 1700000000 + i * 600, 'unixepoch'), '2026-01-01T00:00:00.000Z' FROM n`)
	topic := ippo.ChoiceOf(3)
	for name, c := range map[string]struct {
		filter ContentFilter
		page   Page
	}{
		"page": {page: Page{Desc: true}}, "far page": {page: Page{Desc: true, After: "0.25000.2024-05-05T00:00:00.000Z"}}, "by name": {page: Page{Sort: "name"}},
		"status": {filter: ContentFilter{Status: ippo.ContentRetired}}, "topic": {filter: ContentFilter{Topics: &topic}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.page.Limit = 50
				if part, _, err := s.ContentPage(ctx, ippo.ContentNews, c.filter, c.page); err != nil || len(part.Items) == 0 {
					b.Fatal(part, err)
				}
			}
		})
	}
}

// Matches that wait for the center stand above those that wait for a group, and those above the rest.
func TestMatchPageIsInOrder(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	who := follow(t, s, 1)
	for n := range 15 {
		setClock(s, time.Date(2026, 3, 6, 10, n*7%15, 0, 0, ippo.Tokyo))
		g, err := s.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{Slug: fmt.Sprint("g", n), Name: fmt.Sprint("会", n*4%15), Summary: "歌います", Receiving: true, Topics: ippo.ChoiceOf(n % 2)})
		if err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(tx *Tx) error {
			_, err := tx.SuggestMatch(ctx, who, g.ID, "近所", ippo.Wish{})
			return err
		})
	}
	const now = "'2026-03-06T01:00:00.000Z'"
	exec(t, s, "UPDATE matches SET state = 'asked', asked_at = suggested_at WHERE id > 3")
	exec(t, s, "UPDATE matches SET handed_at = "+now+" WHERE id % 2 = 0 AND id > 3")
	exec(t, s, "UPDATE matches SET late_at = "+now+" WHERE id = 8")
	for name, c := range map[string]struct {
		filter MatchFilter
		page   Page
		remit  ippo.Remit
		want   string
	}{
		"own order": {want: "[15 13 11 9 8 7 5 14 12 10 6 4 3 2 1]"},
		"late":      {filter: MatchFilter{Late: true}, want: "[8]"},
		"by group":  {filter: MatchFilter{State: ippo.MatchSuggested}, page: Page{Sort: "group", Desc: true}, want: "[3 2 1]"},
		"asked":     {filter: MatchFilter{Open: true}, page: Page{Sort: "asked"}, want: "[14 12 10 8 6 4 15 13 11 9 7 5]"},
		"searched":  {filter: MatchFilter{Query: "会1"}, want: "[15 11 8 5 12 4]"},
		"a team's":  {remit: ippo.Remit{{Topics: ippo.ChoiceOf(1)}}, page: Page{Sort: "asked", Desc: true}, want: "[4 6 8 10 12 14 2]"},
	} {
		c.page.Limit = 2
		rows, total := walk(t, c.page, func(p Page) (Part[ippo.Match], int, error) { return s.MatchPage(Within(ctx, c.remit), c.filter, p) })
		got := []ippo.MatchID{}
		for _, m := range rows {
			got = append(got, m.ID)
		}
		if fmt.Sprint(got) != c.want || total != len(rows) {
			t.Errorf("%s: %v, %d in all; want %s", name, got, total, c.want)
		}
	}
}

func BenchmarkConsultationPage50k(b *testing.B) {
	s, ctx := newStore(b), b.Context()
	exec(b, s, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
		INSERT INTO consultations (kind, state, way, made_at, changed_at, closed_at)
		SELECT 'place', CASE i % 25 WHEN 0 THEN 'working' ELSE 'done' END, 'desk', at, at, CASE i % 25 WHEN 0 THEN NULL ELSE at END
		FROM (SELECT i, strftime('%Y-%m-%dT%H:%M:%S.000Z', 1700000000 + i * 600, 'unixepoch') AS at FROM n)`)
	for name, c := range map[string]struct {
		filter ConsultationFilter
		page   Page
	}{
		"open": {filter: ConsultationFilter{Open: true}}, "all": {}, "far page": {page: Page{After: "2.25000.2024-05-05T00:00:00.000Z"}},
		"made": {page: Page{Sort: "made", Desc: true}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.page.Limit = 50
				if part, _, err := s.ConsultationPage(ctx, c.filter, c.page); err != nil || len(part.Items) == 0 {
					b.Fatal(part, err)
				}
			}
		})
	}
}

// What goes out is in order and narrowed as by hand, and to what a team sees: a correction as what it corrects.
func TestPagesOfWhatGoesOut(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	noon(s)
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 3 {
		if _, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: fmt.Sprint("topic-", i), Name: fmt.Sprint("分野", i)}); err != nil {
			t.Fatal(err)
		}
	}
	topics, err := s.Topics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	by := staff(t, s, "author@example.jp", ippo.Editor)
	var broadcasts []*ippo.Broadcast
	var campaigns []ippo.Campaign
	for n := range 40 {
		b := draft()
		b.Title, b.Audience = fmt.Sprint("件名", r.IntN(20)), ippo.Audience{Topics: []string{fmt.Sprint("topic-", n%3)}}
		if n%3 == 2 {
			b.SendAt, b.OnCall = s.Now().AddDate(0, 0, 1+r.IntN(9)), "当番"
		}
		if err := s.CreateBroadcast(ctx, by, b); err != nil {
			t.Fatal(err)
		}
		broadcasts = append(broadcasts, b)
		c := campaign(fmt.Sprint("c", n))
		c.Title, c.Audience = fmt.Sprint("作戦", r.IntN(20)), ippo.Audience{Topics: []string{fmt.Sprint("topic-", n%3)}}
		c.StartsOn, c.EndsOn = s.Now().AddDate(0, 0, -40+r.IntN(20)).Format(time.DateOnly), s.Now().AddDate(0, 0, -5+r.IntN(10)).Format(time.DateOnly)
		if n%4 == 0 {
			c.Translations = ippo.Translations{ippo.English: {Texts: map[string]string{"title": fmt.Sprint("Call ", n)}}}
		}
		made, err := s.CreateCampaign(ctx, by, c)
		if err != nil {
			t.Fatal(err)
		}
		campaigns = append(campaigns, made)
	}
	wrong := broadcasts[3] // of the first topic, which the team does not see
	exec(t, s, `UPDATE broadcasts SET corrects_id = ? WHERE id = ?`, wrong.ID, broadcasts[1].ID)
	exec(t, s, `UPDATE broadcasts SET status = 'sent', started_at = ? WHERE id % 5 = 0`, stamp(s.Now().AddDate(0, 0, 5)))
	for i, b := range broadcasts {
		if broadcasts[i], err = s.Broadcast(ctx, b.ID); err != nil {
			t.Fatal(err)
		}
	}
	const all, theirs = false, true
	within := map[bool]context.Context{all: ctx, theirs: Within(ctx, ippo.Remit{{Topics: ippo.ChoiceOf(topics[1].Number)}})}
	leaves := func(b *ippo.Broadcast) string { return cmp.Or(stampText(b.StartedAt), stampText(b.SendAt)) }
	for name, c := range map[string]struct {
		team   bool
		filter BroadcastFilter
		page   Page
		keep   func(*ippo.Broadcast) bool
		order  func(a, b *ippo.Broadcast) int
	}{
		"newest first": {page: Page{Desc: true}, order: func(a, b *ippo.Broadcast) int { return cmp.Compare(b.ID, a.ID) }},
		"by title": {page: Page{Sort: "name"}, order: func(a, b *ippo.Broadcast) int {
			return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
		}},
		"by when it leaves": {page: Page{Sort: "sent", Desc: true}, order: func(a, b *ippo.Broadcast) int {
			return cmp.Or(cmp.Compare(leaves(b), leaves(a)), cmp.Compare(b.ID, a.ID))
		}},
		"sent": {filter: BroadcastFilter{Statuses: []ippo.BroadcastStatus{ippo.BroadcastSent}}, keep: func(b *ippo.Broadcast) bool { return b.Status == ippo.BroadcastSent },
			order: func(a, b *ippo.Broadcast) int { return cmp.Compare(a.ID, b.ID) }},
		"searched": {filter: BroadcastFilter{Query: "件名１"}, keep: func(b *ippo.Broadcast) bool { return strings.HasPrefix(b.Title, "件名1") },
			order: func(a, b *ippo.Broadcast) int { return cmp.Compare(a.ID, b.ID) }},
		"a team's": {team: theirs, keep: func(b *ippo.Broadcast) bool {
			return b.Corrects == 0 && slices.Equal(b.Audience.Topics, []string{"topic-1"})
		}, order: func(a, b *ippo.Broadcast) int { return cmp.Compare(a.ID, b.ID) }},
	} {
		c.page.Limit = 3
		ids, total := walk(t, c.page, func(p Page) (part Part[ippo.BroadcastID], total int, err error) {
			list, total, err := s.BroadcastPage(within[c.team], c.filter, p)
			for _, b := range list.Items {
				part.Items = append(part.Items, b.ID)
			}
			part.Earlier, part.Later = list.Earlier, list.Later
			return part, total, err
		})
		var got []*ippo.Broadcast
		for _, id := range ids {
			got = append(got, broadcasts[id-1])
		}
		sameOrder(t, name, broadcasts, c.keep, c.order, got, total, func(b *ippo.Broadcast) int64 { return int64(b.ID) })
	}
	today := s.Now().Format(time.DateOnly)
	for name, c := range map[string]struct {
		team   bool
		filter CampaignFilter
		page   Page
		keep   func(ippo.Campaign) bool
		order  func(a, b ippo.Campaign) int
	}{
		"by when it begins": {page: Page{Desc: true}, order: func(a, b ippo.Campaign) int {
			return cmp.Or(cmp.Compare(b.StartsOn, a.StartsOn), cmp.Compare(b.ID, a.ID))
		}},
		"over": {filter: CampaignFilter{State: CampaignOver}, page: Page{Sort: "name"}, keep: func(c ippo.Campaign) bool { return c.EndsOn < today }, order: func(a, b ippo.Campaign) int {
			return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
		}},
		"in English": {filter: CampaignFilter{Query: "call"}, page: Page{Sort: "called"}, keep: func(c ippo.Campaign) bool { return len(c.Translations) > 0 },
			order: func(a, b ippo.Campaign) int { return cmp.Compare(a.ID, b.ID) }},
		"a team's": {team: theirs, page: Page{Sort: "called", Desc: true}, keep: func(c ippo.Campaign) bool { return slices.Equal(c.Audience.Topics, []string{"topic-1"}) },
			order: func(a, b ippo.Campaign) int { return cmp.Compare(b.ID, a.ID) }},
	} {
		c.page.Limit = 3
		got, total := walk(t, c.page, func(p Page) (Part[ippo.Campaign], int, error) {
			return s.CampaignPage(within[c.team], c.filter, p)
		})
		sameOrder(t, name, campaigns, c.keep, c.order, got, total, func(c ippo.Campaign) int64 { return int64(c.ID) })
	}
}

func stampText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// sameOrder holds a list that was read page by page to what is found and sorted by hand.
func sameOrder[T any](t *testing.T, name string, all []T, keep func(T) bool, order func(a, b T) int, got []T, total int, id func(T) int64) {
	t.Helper()
	ids := func(rows []T) (ids []int64) {
		for _, row := range rows {
			ids = append(ids, id(row))
		}
		return ids
	}
	want := slices.Clone(all)
	if keep != nil {
		want = slices.DeleteFunc(want, func(one T) bool { return !keep(one) })
	}
	slices.SortStableFunc(want, order)
	if !slices.Equal(ids(got), ids(want)) || total != len(want) {
		t.Errorf("%s: %v, %d in all; want %v", name, ids(got), total, ids(want))
	}
	if len(want) < 4 {
		t.Errorf("%s: %d rows prove nothing", name, len(want))
	}
}

// The desk's list has what is open first, words of danger at the top, and a search opens what is sealed.
func TestDeskRequestPage(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	noon(s)
	var all []ippo.DeskRequest
	for n := range 24 {
		request := ippo.DeskRequest{Kind: ippo.DeskRequestKinds[n%len(ippo.DeskRequestKinds)], Follower: follow(t, s, n), Body: fmt.Sprint("ご相談", n%3)}
		inTx(t, s, func(tx *Tx) (err error) {
			request.ID, err = tx.AddDeskRequest(ctx, request, "")
			return err
		})
		request.State = ippo.DeskRequestStates[n%len(ippo.DeskRequestStates)]
		if err := s.UpdateDeskRequest(ctx, 0, request.ID, request.State, ""); err != nil {
			t.Fatal(err)
		}
		all = append(all, request)
	}
	stands := func(r ippo.DeskRequest) (n int) {
		if r.State == ippo.RequestDone {
			n += 2
		}
		if r.Kind != ippo.RequestDanger {
			n++
		}
		return n
	}
	own := func(a, b ippo.DeskRequest) int {
		return cmp.Or(cmp.Compare(stands(a), stands(b)), cmp.Compare(b.ID, a.ID))
	}
	for name, c := range map[string]struct {
		filter DeskRequestFilter
		page   Page
		keep   func(ippo.DeskRequest) bool
		order  func(a, b ippo.DeskRequest) int
	}{
		"own order": {order: own},
		"open":      {filter: DeskRequestFilter{Open: true}, keep: func(r ippo.DeskRequest) bool { return r.State != ippo.RequestDone }, order: own},
		"of a kind": {filter: DeskRequestFilter{Kind: ippo.RequestVisit}, keep: func(r ippo.DeskRequest) bool { return r.Kind == ippo.RequestVisit }, order: own},
		"searched": {filter: DeskRequestFilter{Query: "相談２"}, page: Page{Sort: "made"}, keep: func(r ippo.DeskRequest) bool { return r.Body == "ご相談2" },
			order: func(a, b ippo.DeskRequest) int { return cmp.Compare(a.ID, b.ID) }},
	} {
		c.page.Limit = 3
		got, total := walk(t, c.page, func(p Page) (Part[ippo.DeskRequest], int, error) { return s.DeskRequestPage(ctx, c.filter, p) })
		sameOrder(t, name, all, c.keep, c.order, got, total, func(r ippo.DeskRequest) int64 { return int64(r.ID) })
	}
}
