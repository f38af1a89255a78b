package store

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ippo"
	"ippo/internal/secret"
)

// visionary signs a follower up and returns both.
func visionary(t *testing.T, s *Store, n int, vision string) (ippo.FollowerID, ippo.AmbassadorID) {
	t.Helper()
	who := follow(t, s, n)
	a := applicant(who)
	a.Vision = vision
	inTx(t, s, func(tx *Tx) (err error) {
		a, err = tx.ApplyAmbassador(t.Context(), a)
		return err
	})
	return who, a.ID
}

func writeVision(t *testing.T, s *Store, who ippo.FollowerID, text string, named bool) {
	t.Helper()
	inTx(t, s, func(tx *Tx) error { return tx.WriteVision(t.Context(), who, text, named) })
}

// show approves a vision as it is now.
func show(t *testing.T, s *Store, id ippo.AmbassadorID) {
	t.Helper()
	v, err := s.Vision(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DecideVision(t.Context(), 0, id, v.Version, ippo.VisionShown); err != nil {
		t.Fatal(err)
	}
}

// seen is what everybody sees of all visions: text, or text and name.
func seen(t *testing.T, s *Store) string {
	t.Helper()
	shown, total, err := s.ShownVisions(t.Context(), 100, 0)
	if err != nil || total != len(shown) {
		t.Fatal(shown, total, err)
	}
	var all, texts []string
	for _, v := range shown {
		all, texts = append(all, strings.TrimSpace(v.Text+" "+v.Name)), append(texts, v.Text)
	}
	counted, err := s.ShownTexts(t.Context())
	slices.Sort(counted)
	slices.Sort(texts)
	if err != nil || !slices.Equal(counted, texts) {
		t.Fatalf("%v are shown, %v counted, %v", texts, counted, err)
	}
	return strings.Join(all, "|")
}

// What is shown is what staff have read, to the letter, with a name only where its owner says so.
func TestVisionIsShownAsApproved(t *testing.T) {
	s := newStore(t)
	who, id := visionary(t, s, 1, "笑顔のまち")
	want := func(step, shown string) {
		t.Helper()
		if got := seen(t, s); got != shown {
			t.Errorf("%s: %q is shown, want %q", step, got, shown)
		}
	}
	want("signed up", "")
	show(t, s, id)
	want("approved", "笑顔のまち")
	writeVision(t, s, who, " 笑顔のまち ", false)
	want("written again as it was", "笑顔のまち")
	writeVision(t, s, who, "花のまち", false)
	want("changed", "")
	show(t, s, id)
	writeVision(t, s, who, "花のまち", true)
	want("a name comes to it", "")
	show(t, s, id)
	want("approved with the name", "花のまち 山田花子")
	writeVision(t, s, who, "花のまち", false)
	want("the name is taken back", "花のまち")
	writeVision(t, s, who, "花のまち", true)
	show(t, s, id)

	own := func(change func(*ippo.Ambassador)) {
		t.Helper()
		a, err := s.AmbassadorOf(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		change(&a)
		inTx(t, s, func(tx *Tx) error { return tx.ChangeAmbassador(t.Context(), a) })
	}
	own(func(a *ippo.Ambassador) { a.Contact = "090-0000-0000" })
	want("another telephone", "花のまち 山田花子")
	own(func(a *ippo.Ambassador) { a.Name = "ひどいことば" })
	want("another name", "")
	show(t, s, id)
	own(func(a *ippo.Ambassador) { a.AgeBand, a.Guardian = "u16", "山田" })
	want("a child's name", "花のまち")
	own(func(a *ippo.Ambassador) { a.Vision = "" })
	want("taken out of the form of one's own data", "")
	if _, err := s.Vision(t.Context(), id); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("still there: %v", err)
	}
	writeVision(t, s, who, "水のまち", false)
	show(t, s, id)
	inTx(t, s, func(tx *Tx) error { return tx.WithdrawVision(t.Context(), who) })
	want("taken back", "")
	writeVision(t, s, who, "森のまち", false)
	show(t, s, id)
	inTx(t, s, func(tx *Tx) error { return tx.WithdrawAmbassador(t.Context(), who) })
	want("its writer left", "")
	err := s.Write(t.Context(), func(tx *Tx) error { return tx.WriteVision(t.Context(), who, "まだ書ける", false) })
	if !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("who left wrote one: %v", err)
	}
}

// Staff decide on what they have read: words that were changed meanwhile are not shown by their tap.
func TestVisionChangedUnderTheReader(t *testing.T) {
	s := newStore(t)
	who, id := visionary(t, s, 1, "笑顔のまち")
	read, err := s.Vision(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	writeVision(t, s, who, "ひどいことば", false)
	if err := s.DecideVision(t.Context(), 0, id, read.Version, ippo.VisionShown); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("approved what was not read: %v", err)
	}
	// Nor those that stand where the others were taken back.
	read, _ = s.Vision(t.Context(), id)
	inTx(t, s, func(tx *Tx) error { return tx.WithdrawVision(t.Context(), who) })
	writeVision(t, s, who, "もっとひどいことば", false)
	if err := s.DecideVision(t.Context(), 0, id, read.Version, ippo.VisionShown); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("approved what took the place of what was read: %v", err)
	}
	show(t, s, id)
	now, _ := s.Vision(t.Context(), id)
	if err := s.DecideVision(t.Context(), 0, id, now.Version, ippo.VisionShown); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("approved twice: %v", err)
	}
	if err := s.DecideVision(t.Context(), 0, id, now.Version, ippo.VisionWaiting); err != nil || seen(t, s) != "" {
		t.Errorf("after undoing %q is shown, %v", seen(t, s), err)
	}
}

// Whatever changes what is shown is noticed by who keeps a picture of it, or the number of those that wait.
func TestVisionChanges(t *testing.T) {
	s := newStore(t)
	who, id := visionary(t, s, 1, "笑顔のまち")
	for _, step := range []struct {
		name   string
		change func()
	}{
		{"approving", func() { show(t, s, id) }},
		{"stop word", func() {
			if err := s.AddStopWord(t.Context(), 0, "笑顔"); err != nil {
				t.Error(err)
			}
		}},
		{"its end", func() {
			if err := s.RemoveStopWord(t.Context(), 0, "笑顔"); err != nil {
				t.Error(err)
			}
		}},
		{"writing", func() { writeVision(t, s, who, "花のまち", true) }},
		{"leaving", func() { inTx(t, s, func(tx *Tx) error { return tx.WithdrawAmbassador(t.Context(), who) }) }},
		{"asking to be forgotten", func() { inTx(t, s, func(tx *Tx) error { return tx.AskErasure(t.Context(), who, 0, "") }) }},
	} {
		before, err := s.VisionChanges(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		step.change()
		if after, err := s.VisionChanges(t.Context()); err != nil || after <= before {
			t.Errorf("%s: %d, then %d, %v", step.name, before, after, err)
		}
		waiting, err := one(t.Context(), s.ro, scanInt, `SELECT count(*)`+visionFrom+` WHERE v.state = 'waiting'`)
		if w, err2 := s.Waiting(t.Context()); err != nil || err2 != nil || w.Visions != waiting {
			t.Errorf("%s: %d wait, want %d, %v, %v", step.name, w.Visions, waiting, err, err2)
		}
	}
}

// Who asks to be forgotten has nothing on a page from then on, a day before the erasing may come to them.
func TestVisionOfWhoAsksToBeForgotten(t *testing.T) {
	s := newStore(t)
	who, id := visionary(t, s, 1, "笑顔のまち")
	writeVision(t, s, who, "笑顔のまち", true)
	show(t, s, id)
	inTx(t, s, func(tx *Tx) error { return tx.AskErasure(t.Context(), who, 0, "") })
	if got := seen(t, s); got != "" {
		t.Errorf("%q is shown", got)
	}
	err := s.Write(t.Context(), func(tx *Tx) error { return tx.WriteVision(t.Context(), who, "また書く", true) })
	if !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("wrote by a link from before: %v", err)
	}
	before, _ := s.VisionChanges(t.Context())
	inTx(t, s, func(tx *Tx) error { return tx.CallOffErasure(t.Context(), who, 0, "") })
	after, err := s.VisionChanges(t.Context())
	if got := seen(t, s); err != nil || got != "笑顔のまち 山田花子" || after <= before {
		t.Errorf("called off: %q is shown, %d changes and then %d, %v", got, before, after, err)
	}
}

// Visions from before they had a table are where they belong, approved or not.
func TestMigrateVisions(t *testing.T) {
	dir := t.TempDir()
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	db := bareDatabase(t, dir)
	old, err := newMigrator(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 189); err != nil {
		t.Fatal(err)
	}
	for i, vision := range []string{"見せてよい", "まだ", ""} {
		plain, _ := json.Marshal(map[string]string{"name": "山田", "kana": "やまだ", "contact": "a@example.jp", "vision": vision})
		if _, err := db.Exec(`INSERT INTO ambassadors (status, person, age_band, vision_approved, applied_at, consented_at, updated_at)
			VALUES ('appointed', ?, '40s', ?, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z')`,
			keys.Box("personal data").Seal(plain, "ambassadors.person"), i == 0); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second start finds nothing to do
		s, err := Open(t.Context(), dir, keys)
		if err != nil {
			t.Fatal(err)
		}
		part, _, err := s.VisionPage(t.Context(), VisionFilter{}, Page{Limit: 1000})
		all := part.Items
		if err != nil || len(all) != 2 || seen(t, s) != "見せてよい" || all[0].Name != "山田" {
			t.Errorf("%+v, %v", all, err)
		}
		if w, err := s.Waiting(t.Context()); err != nil || w.Visions != 1 {
			t.Errorf("%d wait, %v", w.Visions, err)
		}
		s.Close()
	}
}

func TestStopWords(t *testing.T) {
	s := newStore(t)
	var problems ippo.Problems
	for _, bad := range []string{"", "　", strings.Repeat("あ", ippo.MaxStopWord+1)} {
		if err := s.AddStopWord(t.Context(), 0, bad); !errors.As(err, &problems) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := errors.Join(s.AddStopWord(t.Context(), 0, " ＰＴＡ"), s.AddStopWord(t.Context(), 0, "pta")); err != nil {
		t.Fatal(err)
	}
	words, err := s.StopWords(t.Context())
	if err != nil || !slices.Contains(words, "pta") || !slices.Contains(words, "まち") {
		t.Errorf("%v, %v", words, err)
	}
	if err := s.RemoveStopWord(t.Context(), 0, "ない"); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("removed what is not there: %v", err)
	}
}

// What somebody wrote whose LINE account turns out to be another's is read again, and has no name.
func TestVisionOfAnotherAccount(t *testing.T) {
	s := newStore(t)
	who, id := visionary(t, s, 1, "笑顔のまち")
	exec(t, s, `UPDATE ambassadors SET linked_at = applied_at WHERE id = ?`, id)
	writeVision(t, s, who, "笑顔のまち", true)
	show(t, s, id)
	if err := s.UnlinkAmbassador(t.Context(), 0, id); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Vision(t.Context(), id); err != nil || v.State != ippo.VisionWaiting || !v.NamedAt.IsZero() || seen(t, s) != "" {
		t.Errorf("%+v, %v", v, err)
	}
}
