package store

import (
	"testing"

	"ippo"
)

// What LINE has told stays when it tells it no more, and what it never told is nil.
func TestReadersStay(t *testing.T) {
	s := newStore(t)
	noon(s)
	staff(t, s, "a@example.jp", ippo.Editor)
	b := draft()
	if err := s.CreateBroadcast(t.Context(), 1, b); err != nil {
		t.Fatal(err)
	}
	told := ippo.Readers{Opened: new(int64(80)), Links: []ippo.LinkReaders{{URL: "https://a.jp/", People: new(int64(20))}}}
	for _, r := range []ippo.Readers{told, {}} {
		if err := s.SaveReaders(t.Context(), b.ID, r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Readers(t.Context(), b)
	if err != nil || got.Opened == nil || *got.Opened != 80 || got.Clicked != nil || len(got.Links) != 1 || *got.Links[0].People != 20 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.SaveReaders(t.Context(), b.ID, ippo.Readers{Opened: new(int64(90))}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Readers(t.Context(), b); err != nil || *got.Opened != 90 {
		t.Errorf("later %+v, %v", got, err)
	}
}
