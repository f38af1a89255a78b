package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// CampaignsDue returns the active campaigns whose next reminder is due, the longest due first.
func (s *Store) CampaignsDue(ctx context.Context, now time.Time) ([]ippo.Campaign, error) {
	campaigns, err := collect(ctx, s.ro, scanCampaign, "SELECT "+campaignColumns+` FROM campaigns c
		WHERE c.active = 1 AND c.next_due <= ? ORDER BY c.next_due, c.id`, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("campaigns due: %w", err)
	}
	return campaigns, nil
}

// Fire makes an approved broadcast of a campaign's due reminder, with its recipients fixed, and sets
// the campaign's next due time (zero: none). Each due time fires once: a second Fire is
// ippo.ErrConflict.
func (s *Store) Fire(ctx context.Context, c ippo.Campaign, next time.Time, b *ippo.Broadcast) error {
	planned, err := s.planReminder(ctx, c, b)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.passDue(ctx, c, next); err != nil {
			return err
		}
		if err := t.insertReminder(ctx, b, planned); err != nil {
			return fmt.Errorf("fire campaign %d: %w", c.ID, err)
		}
		return t.insertFiring(ctx, c.ID, c.NextDue, ippo.FiringFired, b.ID)
	})
}

// MissFiring records that a campaign's reminder was not sent in time; staff are told and decide.
func (s *Store) MissFiring(ctx context.Context, c ippo.Campaign, next time.Time) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.passDue(ctx, c, next); err != nil {
			return err
		}
		if err := t.mailStaff(ctx, "送られなかったお知らせがあります",
			fmt.Sprintf("%s の「%s」のお知らせは、時刻を過ぎたため送信していません。送るかどうかを決めてください。\n/admin/campaigns/%d\n",
				ippo.TimeWords(c.NextDue), c.Title, c.ID)); err != nil {
			return err
		}
		return t.insertFiring(ctx, c.ID, c.NextDue, ippo.FiringWaiting, 0)
	})
}

// planReminder plans the requests of a reminder's broadcast, outside any write.
func (s *Store) planReminder(ctx context.Context, c ippo.Campaign, b *ippo.Broadcast) ([]plannedRequest, error) {
	b.Status, b.Origin, b.Campaign = ippo.BroadcastApproved, ippo.OriginCampaign, c.ID
	b.Author, b.Approver, b.Audience = c.Author, c.Approver, c.Audience
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	// Whoever the office has set: nobody is asked at this hour.
	if leaves := later(s.Now(), b.SendAt); !settings.Staffed(leaves, s.Holidays) {
		b.OnCall = settings.OnCall
	}
	if err := b.Validate(); err != nil {
		return nil, err
	}
	members, err := s.audienceMembers(ctx, b.Audience, b.Everyone())
	if err != nil {
		return nil, err
	}
	return planRequests(b.Call(), 0, members), nil
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (t *Tx) insertReminder(ctx context.Context, b *ippo.Broadcast, planned []plannedRequest) error {
	if err := t.insertBroadcast(ctx, b); err != nil {
		return err
	}
	hash := b.Hash()
	if err := t.exec(ctx, "UPDATE broadcasts SET approved_at = ?, approved_hash = ? WHERE id = ?",
		stamp(t.now), hash[:], b.ID); err != nil {
		return err
	}
	return t.insertRequests(ctx, b.ID, planned)
}

// passDue moves a campaign from the due time it was read with to the next.
func (t *Tx) passDue(ctx context.Context, c ippo.Campaign, next time.Time) error {
	err := t.changeOne(ctx, `
		UPDATE campaigns SET next_due = ? WHERE id = ? AND active = 1 AND next_due = ?`,
		stamp(next), c.ID, stamp(c.NextDue))
	if err != nil {
		return fmt.Errorf("campaign %d, due %s: %w", c.ID, c.NextDue.UTC().Format(layout), err)
	}
	return nil
}

func (t *Tx) insertFiring(ctx context.Context, id ippo.CampaignID, due time.Time, state ippo.FiringState, b ippo.BroadcastID) error {
	err := t.exec(ctx, "INSERT INTO campaign_firings (campaign_id, due_at, state, broadcast_id) VALUES (?, ?, ?, ?)",
		id, stamp(due), state, orNull(b))
	if isUnique(err) {
		err = ippo.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("firing of campaign %d: %w", id, err)
	}
	return nil
}

// WaitingFirings returns the reminders that were not sent in time and that staff have to decide on.
func (s *Store) WaitingFirings(ctx context.Context) ([]ippo.Firing, error) {
	firings, err := collect(ctx, s.ro, scanFiring, `
		SELECT f.campaign_id, c.title, f.due_at, f.state, coalesce(f.broadcast_id, 0)
		FROM campaign_firings f JOIN campaigns c ON c.id = f.campaign_id
		WHERE f.state = 'waiting' ORDER BY f.due_at`)
	if err != nil {
		return nil, fmt.Errorf("waiting firings: %w", err)
	}
	return firings, nil
}

func scanFiring(row scanner) (f ippo.Firing, err error) {
	err = row.Scan(&f.Campaign, &f.Title, at(&f.DueAt), &f.State, &f.Broadcast)
	return f, err
}

// SendFiring sends a reminder that waited, from now; b is its broadcast. One that was decided
// already is ippo.ErrConflict; ippo.ErrForbidden if a restore holds the campaign and by is no administrator.
func (s *Store) SendFiring(ctx context.Context, by ippo.StaffID, c ippo.Campaign, due time.Time, b *ippo.Broadcast) error {
	planned, err := s.planReminder(ctx, c, b)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		who, _, err := t.mayApprove(ctx, by)
		if err != nil {
			return fmt.Errorf("send late reminder of campaign %d: %w", c.ID, err)
		}
		is, err := campaignByID(ctx, t.tx, c.ID)
		if err != nil {
			return err
		}
		if is.Held && !who.Role.Includes(ippo.Administrator) {
			return fmt.Errorf("send late reminder of campaign %d, held: %w", c.ID, ippo.ErrForbidden)
		}
		if err := t.insertReminder(ctx, b, planned); err != nil {
			return fmt.Errorf("send late reminder of campaign %d: %w", c.ID, err)
		}
		if err := t.decideFiring(ctx, c.ID, due, ippo.FiringFired, b.ID); err != nil {
			return err
		}
		return t.audit(ctx, by, "firing.send", object("campaign", c.ID), ippo.TimeWords(due))
	})
}

// DropFiring decides that a reminder that waited is not sent.
func (s *Store) DropFiring(ctx context.Context, by ippo.StaffID, id ippo.CampaignID, due time.Time) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.decideFiring(ctx, id, due, ippo.FiringDropped, 0); err != nil {
			return err
		}
		return t.audit(ctx, by, "firing.drop", object("campaign", id), ippo.TimeWords(due))
	})
}

func (t *Tx) decideFiring(ctx context.Context, id ippo.CampaignID, due time.Time, state ippo.FiringState, b ippo.BroadcastID) error {
	err := t.changeOne(ctx, `
		UPDATE campaign_firings SET state = ?, broadcast_id = ? WHERE campaign_id = ? AND due_at = ? AND state = 'waiting'`,
		state, orNull(b), id, stamp(due))
	if err != nil {
		return fmt.Errorf("decide firing of campaign %d: %w", id, err)
	}
	return nil
}
