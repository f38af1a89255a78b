package ippo

import "testing"

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
		"a colleague must look":            {approver, ordinary, 2, false, OwnRefused},
		"one person by default":            {approver, ordinary, 1, false, OwnFree},
		"an office of one":                 {approver, ordinary, 2, true, OwnConfirmed},
		"an approver's emergency":          {approver, urgent, 2, true, OwnRefused},
		"an approver's emergency to few":   {approver, urgent, 1, false, OwnRefused},
		"an administrator's emergency":     {admin, urgent, 30000, false, OwnUrgent},
		"an administrator's ordinary one":  {admin, ordinary, 2, false, OwnRefused},
		"an editor, however few it is for": {Staff{Role: Editor}, ordinary, 1, true, OwnRefused},
		"a token":                          {Staff{Role: Administrator, Token: true}, urgent, 1, true, OwnRefused},
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
