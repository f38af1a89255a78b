package bot

import (
	"context"
	"errors"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// linkStaff ties a member of staff to this LINE account, for test sends to themselves.
func (t *turn) linkStaff(code string) error {
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		who, err := tx.LinkStaff(ctx, code, t.follower.ID)
		switch {
		case errors.Is(err, ippo.ErrNotFound):
			t.say("staff.unknown")
			return nil
		case errors.Is(err, ippo.ErrForbidden):
			t.say("staff.wait", messages.Vars{"Minutes": int(ippo.StaffLinkWait.Minutes())})
			return nil
		case err != nil:
			return err
		}
		t.say("staff.linked", messages.Vars{"Name": who.Name})
		return nil
	})
	return nil
}
