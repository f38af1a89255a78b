package ippo

import (
	"testing"
	"time"
)

func TestSubmissionLapses(t *testing.T) {
	s := DefaultSettings()
	friday := func(hour, minute int) time.Time { return time.Date(2026, 3, 6, hour, minute, 0, 0, Tokyo) }
	monday := friday(16, 30).AddDate(0, 0, 3)
	holiday := func(day time.Time) bool { return day.Day() == monday.Day() }
	saturday := friday(16, 30).AddDate(0, 0, 1)
	for name, c := range map[string]struct {
		submitted, sendAt, want time.Time
	}{
		"in the morning":        {friday(10, 0), time.Time{}, friday(11, 0)},
		"before closing time":   {friday(16, 30), time.Time{}, friday(17, 0)},
		"after closing time":    {friday(17, 0), time.Time{}, friday(18, 0)},
		"on a day off":          {saturday, time.Time{}, saturday.Add(time.Hour)},
		"on a holiday":          {monday, time.Time{}, monday.Add(time.Hour)},
		"for a time of its own": {friday(10, 0), friday(19, 0), friday(19, 0)},
	} {
		if got := (&Broadcast{SendAt: c.sendAt}).Lapses(c.submitted, s, holiday); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestTwoPersonRule(t *testing.T) {
	s := DefaultSettings()
	approver, admin := Staff{Role: Approver}, Staff{Role: Administrator}
	ordinary, urgent := &Broadcast{}, &Broadcast{Emergency: "断水"}
	for name, c := range map[string]struct {
		author     Staff
		broadcast  *Broadcast
		recipients int
		alone      bool
		want       OwnApproval
	}{
		"a colleague must look":              {approver, ordinary, 2, false, OwnRefused},
		"one person by default":              {approver, ordinary, 1, false, OwnFree},
		"an office of one":                   {approver, ordinary, 2, true, OwnConfirmed},
		"an approver's emergency":            {approver, urgent, 2, true, OwnRefused},
		"an approver's emergency to few":     {approver, urgent, 1, false, OwnRefused},
		"a correction in an office of one":   {approver, &Broadcast{Corrects: 1}, 2, true, OwnUrgent},
		"a correction, with a colleague":     {approver, &Broadcast{Corrects: 1}, 2, false, OwnRefused},
		"an administrator's emergency":       {admin, urgent, 30000, false, OwnUrgent},
		"an administrator's ordinary one":    {admin, ordinary, 2, false, OwnRefused},
		"LINE's broadcast, one friend known": {approver, &Broadcast{Audience: Audience{All: true, Unseen: true}}, 1, false, OwnRefused},
		"the same in an office of one":       {approver, &Broadcast{Audience: Audience{All: true, Unseen: true}}, 1, true, OwnConfirmed},
		"an editor, however few it is for":   {Staff{Role: Editor}, ordinary, 1, true, OwnRefused},
		"a token":                            {Staff{Role: Administrator, Token: true}, urgent, 1, true, OwnRefused},
	} {
		if got := s.OwnApproval(c.author, c.broadcast, c.recipients, c.alone); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	s.ApprovalOver = 0
	if got := s.OwnApproval(approver, ordinary, 1, false); got != OwnRefused {
		t.Errorf("with 0, one's own to one person: %v", got)
	}
}
