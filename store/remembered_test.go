package store

import (
	"errors"
	"testing"

	"ippo"
)

// What staff change is seen by the very next reader, although it is read from the database only once.
func TestRemembered(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	town(t, s)
	if settings, err := s.Settings(ctx); err != nil || settings.PerHour != 3 {
		t.Fatalf("%+v, %v", settings, err)
	}
	changed := ippo.DefaultSettings()
	changed.PerHour, changed.Office.Phone, changed.Office.Address = 5, "000-000-0000", "中央1-1"
	if err := s.SaveSettings(ctx, 3, changed); err != nil {
		t.Fatal(err)
	}
	if settings, err := s.Settings(ctx); err != nil || settings.PerHour != 5 {
		t.Errorf("after a change: %+v, %v", settings, err)
	}

	all, err := s.Topics(ctx)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	all[0] = ippo.Topic{} // the caller's own
	if _, err := s.CreateTopic(ctx, 3, ippo.Topic{Slug: "bosai", Name: "防災"}); err != nil {
		t.Fatal(err)
	}
	all, err = s.Topics(ctx)
	if err != nil || len(all) != 3 || all[0].Slug == "" {
		t.Errorf("after another: %v, %v", all, err)
	}
	if err := s.UpdateArea(ctx, 3, "chuo", ippo.Area{Slug: "chuo", Name: "中央区"}); err != nil {
		t.Fatal(err)
	}
	if areas, err := s.Areas(ctx); err != nil || areas[0].Name != "中央区" {
		t.Errorf("after a new name: %v, %v", areas, err)
	}
}

// A reader who began before a change does not bring back what it found.
func TestRememberedRace(t *testing.T) {
	var r remembered[int]
	got, err := r.get(func() (int, error) {
		r.forget() // the change comes between the reading and the remembering
		return 1, nil
	})
	if got != 1 || err != nil {
		t.Fatal(got, err)
	}
	if got, _ := r.get(func() (int, error) { return 2, nil }); got != 2 {
		t.Errorf("%d is remembered from before the change", got)
	}
	r.forget()
	broken := errors.New("broken")
	if _, err := r.get(func() (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if got, err := r.get(func() (int, error) { return 3, nil }); got != 3 || err != nil {
		t.Errorf("after a failure: %d, %v", got, err)
	}
}
