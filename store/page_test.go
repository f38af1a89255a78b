package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
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
