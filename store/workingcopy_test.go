package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
)

// Somebody's newest unsaved pieces stay, for a month; what others have begun is theirs.
func TestWorkingCopies(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	now := time.Date(2026, 3, 6, 10, 0, 0, 0, ippo.Tokyo)
	s.Now = func() time.Time { return now }
	town(t, s)
	keep := func(by ippo.StaffID, object, form string) {
		t.Helper()
		if err := s.KeepWorkingCopy(ctx, by, object, form); err != nil {
			t.Fatal(err)
		}
	}
	keep(2, "broadcast:1", "title=a")
	for n := range ippo.MaxWorkingCopies + 5 {
		now = now.Add(time.Minute)
		keep(1, fmt.Sprint(ippo.NewObject, n), "title=b")
	}
	mine, err := s.NewWorkingCopies(ctx, 1)
	if err != nil || len(mine) != ippo.MaxWorkingCopies || mine[0].Object != fmt.Sprint(ippo.NewObject, ippo.MaxWorkingCopies+4) || mine[0].Name != "作成" {
		t.Errorf("kept are %+v, %v", mine, err)
	}
	if others, err := s.WorkingCopies(ctx, "broadcast:1"); err != nil || len(others) != 1 || others[0].Staff != 2 {
		t.Errorf("the colleague's are %+v, %v", others, err)
	}
	// The same again is no new change, and what is too large leaves what was there.
	before := mine[0]
	now = now.Add(time.Hour)
	keep(1, before.Object, before.Form)
	keep(1, before.Object, strings.Repeat("x", ippo.MaxWorkingCopy+1))
	if all, err := s.WorkingCopies(ctx, before.Object); err != nil || len(all) != 1 || all[0] != before {
		t.Errorf("%+v has become %+v, %v", before, all, err)
	}
	forgotten, err := s.ForgetPassing(ctx, now.Add(ippo.WorkingCopyLife))
	if err != nil || forgotten["working copies"] != ippo.MaxWorkingCopies+1 {
		t.Errorf("after a month %v, %v", forgotten, err)
	}
}
