package jobs

import (
	"context"
	"fmt"

	"ippo"
)

// breaks holds a broadcast that would write to somebody too often, whichever path it came by: staff
// release it with a reason, or cancel it. Emergencies have been approved as such and pass.
func (d *delivery) breaks(ctx context.Context, b *ippo.Broadcast, settings ippo.Settings) (bool, error) {
	if b.Emergency != "" || b.Waived {
		return false, nil
	}
	breach, err := d.store.Breach(ctx, b, settings.PerHour)
	if err != nil {
		return false, err
	}
	var reason string
	if breach.Often > 0 {
		reason = fmt.Sprintf("この1時間に%d通を超えて届く人が%d人います。", settings.PerHour, breach.Often)
	}
	if breach.Again > 0 {
		reason += fmt.Sprintf("24時間のうちに同じ内容が届いた人が%d人います。", breach.Again)
	}
	if reason == "" {
		return false, nil
	}
	reason += "送りすぎを防ぐため、保留しました。"
	d.log.WarnContext(ctx, "broadcast held by the breaker", "broadcast", b.ID, "often", breach.Often, "again", breach.Again)
	err = d.store.BreakBroadcast(ctx, b.ID, reason)
	signal(d.mails)
	return true, unlessConflict(err)
}
