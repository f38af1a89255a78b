package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
)

// Taps add up by day, only for what is out, and for codes that there are.
func TestTaps(t *testing.T) {
	s := newStore(t)
	s.PublicURL = "https://line.example.jp"
	noon(s)
	staff(t, s, "a@example.jp", ippo.Editor)
	staff(t, s, "b@example.jp", ippo.Approver)
	follow(t, s, 1)
	b := draft()
	b.Counted, b.Messages = true, []ippo.Message{ippo.Message(`{"type":"text","text":"https://a.jp/ https://b.jp/"}`)}
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.CreateBroadcast(ctx, 1, b))
	late := time.Date(2026, 3, 31, 23, 59, 0, 0, ippo.Tokyo)
	tap := func(code string, at time.Time, n int) { must(s.AddTaps(ctx, []Taps{{code, at, n, 0}})) }
	tap(b.Links[0].Code, late, 1)
	must(s.ApproveBroadcast(ctx, 2, b.ID, Approval{Hash: b.Hash()}))
	must(s.StartBroadcast(ctx, b.ID))
	tap(b.Links[0].Code, late, 2)
	tap(b.Links[0].Code, late.Add(2*time.Minute), 3)
	tap("nosuchcode", late, 5)
	got, err := s.LinkTaps(ctx, b.ID)
	must(err)
	if len(got) != 2 || got[0].Taps != 5 || got[0].URL != "https://a.jp/" || got[1].Taps != 0 {
		t.Errorf("%+v", got)
	}
	days, err := collect(ctx, s.ro, scanText, "SELECT day || ' ' || taps FROM link_taps ORDER BY day")
	must(err)
	if want := "2026-03-31 2,2026-04-01 3"; strings.Join(days, ",") != want {
		t.Errorf("by day %v, want %s", days, want)
	}
}

// A text that fits LINE as it was written may not fit with longer addresses in it: that is said, not sent.
func TestCountedTextTooLong(t *testing.T) {
	s := newStore(t)
	s.PublicURL = "https://a-rather-long-name-of-a-city.example.jp"
	staff(t, s, "a@example.jp", ippo.Editor)
	b := draft()
	written := fmt.Sprintf(`{"type":"text","text":"https://a.jp/ %s"}`, strings.Repeat("あ", ippo.MaxTextUnits-20))
	b.Counted, b.Messages = true, []ippo.Message{ippo.Message(written)}
	if err := s.CreateBroadcast(t.Context(), 1, b); !strings.Contains(fmt.Sprint(err), "文字以内") {
		t.Errorf("%v", err)
	}
}
