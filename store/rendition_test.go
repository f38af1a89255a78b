package store

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"ippo"
)

// reads gives a follower a language.
func reads(t *testing.T, s *Store, id ippo.FollowerID, l ippo.Language) {
	t.Helper()
	exec(t, s, "UPDATE followers SET language = ? WHERE id = ?", l, id)
}

func inEnglish() ippo.Renditions {
	return ippo.Renditions{ippo.English: {ippo.Message(`{"type":"text","text":"The water will be cut off."}`)}}
}

// Approval fixes for each reader which language they are sent, whatever they choose afterwards; a change makes it
// all anew.
func TestApprovalFixesTheLanguages(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	writer, approver, _ := town(t, s, "all-topics", "all-topics", "all-topics", "all-topics")
	answered(t, s)
	reads(t, s, 2, ippo.English)
	reads(t, s, 3, "vi")
	reads(t, s, 4, ippo.English)
	s.ReduceLabel = func(l ippo.Language) string { return "減らす（" + string(l) + "）" }
	b := draft()
	b.Renditions = inEnglish()
	if err := s.CreateBroadcast(ctx, writer, b); err != nil {
		t.Fatal(err)
	}
	if readers, err := s.CountReaders(ctx, b); err != nil || readers[ippo.Japanese] != 1 || readers[ippo.English] != 2 || readers["vi"] != 1 {
		t.Errorf("readers: %v, %v", readers, err)
	}
	approve := func() map[int][]ippo.FollowerID {
		t.Helper()
		is, err := s.Broadcast(ctx, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.ApproveBroadcast(ctx, approver, b.ID, Approval{Hash: is.Hash()}); err != nil {
			t.Fatal(err)
		}
		planned := map[int][]ippo.FollowerID{}
		all, err := collect(ctx, s.ro, func(row scanner) (r struct {
			variant int
			packed  []byte
		}, err error) {
			err = row.Scan(&r.variant, &r.packed)
			return r, err
		}, "SELECT variant, members FROM delivery_requests WHERE broadcast_id = ?", b.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			members, err := ippo.UnpackMembers(r.packed)
			if err != nil {
				t.Fatal(err)
			}
			planned[r.variant] = append(planned[r.variant], members...)
		}
		if found, err := s.CheckLedger(ctx); err != nil || len(found) > 0 {
			t.Errorf("ledger: %v, %v", found, err)
		}
		return planned
	}
	planned := approve()
	if !slices.Equal(planned[0], []ippo.FollowerID{1, 3}) || !slices.Equal(planned[1], []ippo.FollowerID{2, 4}) {
		t.Errorf("planned: %v", planned)
	}
	is, err := s.Broadcast(ctx, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	for variant, want := range map[int]string{0: "減らす（ja）", 1: "減らす（en）"} {
		sent, err := s.Wording(ctx, is, variant)
		if err != nil || !slices.Contains(labels(sent), want) {
			t.Errorf("variant %d is %s, %v", variant, sent, err)
		}
	}
	// The same broadcast in one language less, and then approved again.
	is.Renditions = nil
	if err := s.UpdateBroadcast(ctx, writer, is); err != nil {
		t.Fatal(err)
	}
	if n, err := one(ctx, s.ro, scanInt, "SELECT count(*) FROM broadcast_variants"); err != nil || n != 0 {
		t.Errorf("%d variants are left, %v", n, err)
	}
	if planned := approve(); !slices.Equal(planned[0], []ippo.FollowerID{1, 2, 3, 4}) {
		t.Errorf("planned: %v", planned)
	}
}

var quickLabel = regexp.MustCompile(`"label":"([^"]*)"`)

// labels are those of the quick replies under messages.
func labels(all []ippo.Message) []string {
	var found []string
	for _, m := range all {
		for _, label := range quickLabel.FindAllSubmatch(m, -1) {
			found = append(found, string(label[1]))
		}
	}
	return found
}

// A series goes out in the languages it has, and a change to one of them stops it.
func TestSeriesInTwoLanguages(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	writer, approver, _ := town(t, s, "all-topics", "all-topics")
	answered(t, s)
	reads(t, s, 2, ippo.English)
	made, err := s.CreateSeries(ctx, writer, ippo.Series{
		Title: "週末の居場所", Messages: draft().Messages, Renditions: inEnglish(), Audience: ippo.Audience{All: true},
		Schedule: ippo.Schedule{Kind: ippo.ScheduleDaily, At: 13 * 60},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Activate(ctx, approver, made.Recurring().Source, Approval{Hash: made.Hash()}); err != nil {
		t.Fatal(err)
	}
	r, err := s.Recurring(ctx, made.Recurring().Source)
	if err != nil {
		t.Fatal(err)
	}
	s.Now = func() time.Time { return r.NextDue }
	b := r.Broadcast(made.Messages)
	if err := s.Fire(ctx, r, b); err != nil {
		t.Fatal(err)
	}
	variants, err := collect(ctx, s.ro, scanInt, "SELECT variant FROM delivery_requests WHERE broadcast_id = ? ORDER BY variant", b.ID)
	if err != nil || !slices.Equal(variants, []int{0, 1}) {
		t.Errorf("it goes out as %v, %v", variants, err)
	}
	made.Renditions = ippo.Renditions{ippo.English: {ippo.Message(`{"type":"text","text":"Changed."}`)}}
	if now, err := s.Series(ctx, made.ID); err == nil {
		made.UpdatedAt = now.UpdatedAt
	} else {
		t.Fatal(err)
	}
	if err := s.UpdateSeries(ctx, writer, made); err != nil {
		t.Fatal(err)
	}
	if is, err := s.Series(ctx, made.ID); err != nil || is.Active || string(is.Renditions[ippo.English][0]) != string(made.Renditions[ippo.English][0]) {
		t.Errorf("%+v, %v", is, err)
	}
}

// Whatever way something in two languages is kept, what was not written after the Japanese is known to be older.
func TestRenditionsOlderThanTheJapanese(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	writer, _, _ := town(t, s)
	changed := []ippo.Message{ippo.Message(`{"type":"text","text":"明日、断水します。<A&B>"}`)}
	b := draft()
	b.Renditions = inEnglish()
	one := ippo.Series{Title: b.Title, Messages: b.Messages, Renditions: b.Renditions, Audience: b.Audience,
		Schedule: ippo.Schedule{Kind: ippo.ScheduleDaily, At: 10 * 60}}
	form := ippo.BroadcastTemplate{Title: b.Title, Messages: b.Messages, Renditions: b.Renditions}
	if err := s.CreateBroadcast(ctx, writer, b); err != nil {
		t.Fatal(err)
	}
	one, err := s.CreateSeries(ctx, writer, one)
	if err != nil {
		t.Fatal(err)
	}
	if form.ID, err = s.CreateBroadcastTemplate(ctx, writer, form); err != nil {
		t.Fatal(err)
	}
	kept := func() (all [3]ippo.Said) {
		t.Helper()
		is, err := s.Broadcast(ctx, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if one, err = s.Series(ctx, one.ID); err != nil {
			t.Fatal(err)
		}
		if form, err = s.BroadcastTemplate(ctx, form.ID); err != nil {
			t.Fatal(err)
		}
		b = is
		return [3]ippo.Said{b.Said(), one.Said(), form.Said()}
	}
	for i, said := range kept() {
		if older := said.Older(); len(older) != 0 || len(said.Originals) != 1 {
			t.Errorf("%d: at first %v are older, of %v", i, older, said.Originals)
		}
	}
	b.Messages, one.Messages, form.Messages = changed, changed, changed
	for _, err := range []error{s.UpdateBroadcast(ctx, writer, b), s.UpdateSeries(ctx, writer, one), s.UpdateBroadcastTemplate(ctx, writer, form)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, said := range kept() {
		if older := said.Older(); !slices.Equal(older, []ippo.Language{ippo.English}) {
			t.Errorf("%d: %v are older than the Japanese", i, older)
		}
	}
}
