package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// Campaigns returns every campaign with its call-outs, the one that began last first.
func (s *Store) Campaigns(ctx context.Context) ([]ippo.Campaign, error) {
	campaigns, err := collect(ctx, s.ro, scanCampaign, `
		SELECT `+campaignColumns+` FROM campaigns c ORDER BY c.starts_on DESC, c.id DESC`)
	if err != nil {
		return nil, fmt.Errorf("campaigns: %w", err)
	}
	return campaigns, nil
}

// Campaign returns one campaign with its call-outs.
func (s *Store) Campaign(ctx context.Context, id ippo.CampaignID) (ippo.Campaign, error) {
	return campaignByID(ctx, s.ro, id)
}

// CampaignBySlug returns the campaign that a slug names, with its call-outs.
func (s *Store) CampaignBySlug(ctx context.Context, slug string) (ippo.Campaign, error) {
	c, err := one(ctx, s.ro, scanCampaign, `SELECT `+campaignColumns+` FROM campaigns c WHERE c.slug = ?`, slug)
	if err != nil {
		return c, fmt.Errorf("campaign %s: %w", slug, err)
	}
	return c, nil
}

func campaignByID(ctx context.Context, q queryer, id ippo.CampaignID) (ippo.Campaign, error) {
	c, err := one(ctx, q, scanCampaign, `SELECT `+campaignColumns+` FROM campaigns c WHERE c.id = ?`, id)
	if err != nil {
		return c, fmt.Errorf("campaign %d: %w", id, err)
	}
	return c, nil
}

const campaignColumns = `c.id, c.slug, c.title, c.story, c.whom, c.phrase, c.url, c.starts_on, c.ends_on, c.aim,
	c.audience, c.schedule, c.reminder, c.active, c.held, c.author_id, c.approver_id, c.next_due,
	(SELECT count(*) FROM call_outs o WHERE o.campaign_id = c.id),
	(SELECT count(DISTINCT o.follower_id) FROM call_outs o WHERE o.campaign_id = c.id)`

func scanCampaign(row scanner) (ippo.Campaign, error) {
	var c ippo.Campaign
	var audience, schedule []byte
	var approver sql.NullInt64
	err := row.Scan(&c.ID, &c.Slug, &c.Title, &c.Story, &c.Whom, &c.Phrase, &c.URL, &c.StartsOn, &c.EndsOn, &c.Aim,
		&audience, &schedule, &c.Reminder, &c.Active, &c.Held, &c.Author, &approver, at(&c.NextDue), &c.CallOuts, &c.People)
	if err != nil {
		return c, err
	}
	c.Approver = ippo.StaffID(approver.Int64)
	if err := json.Unmarshal(audience, &c.Audience); err != nil {
		return c, fmt.Errorf("stored audience: %w", err)
	}
	if err := json.Unmarshal(schedule, &c.Schedule); err != nil {
		return c, fmt.Errorf("stored schedule: %w", err)
	}
	return c, nil
}

// rules returns a campaign's audience and schedule as they are kept.
func rules(c ippo.Campaign) (audience, schedule string, err error) {
	a, err := json.Marshal(c.Audience)
	if err != nil {
		return "", "", err
	}
	b, err := json.Marshal(c.Schedule)
	return string(a), string(b), err
}

// CreateCampaign makes a campaign and returns it with its ID. Its reminders go out once a second
// person has activated it.
func (s *Store) CreateCampaign(ctx context.Context, by ippo.StaffID, c ippo.Campaign) (ippo.Campaign, error) {
	if err := s.checkCampaign(ctx, c); err != nil {
		return c, err
	}
	audience, schedule, err := rules(c)
	if err != nil {
		return c, err
	}
	err = s.Write(ctx, func(t *Tx) error {
		id, err := t.insert(ctx, `
			INSERT INTO campaigns (slug, title, story, whom, phrase, url, starts_on, ends_on, aim, audience, schedule,
				reminder, author_id, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			c.Slug, c.Title, c.Story, c.Whom, c.Phrase, c.URL, c.StartsOn, c.EndsOn, c.Aim, audience, schedule,
			c.Reminder, by, stamp(t.now), stamp(t.now))
		if err != nil {
			return fmt.Errorf("create campaign: %w", slugTaken(err))
		}
		if c, err = campaignByID(ctx, t.tx, ippo.CampaignID(id)); err != nil {
			return err
		}
		return t.audit(ctx, by, "campaign.create", fmt.Sprintf("campaign:%d", id), "")
	})
	return c, err
}

// checkCampaign reports every problem staff can mend: the campaign's own, and slugs of its audience
// that name nothing.
func (s *Store) checkCampaign(ctx context.Context, c ippo.Campaign) error {
	var p, unknown ippo.Problems
	if err := c.Validate(); err != nil && !errors.As(err, &p) {
		return err
	}
	if c.Audience.Validate() == nil {
		if _, _, err := s.audienceCondition(ctx, c.Audience, false); err != nil && !errors.As(err, &unknown) {
			return err
		}
	}
	return append(p, unknown...).Err()
}

// UpdateCampaign changes everything of a campaign but its slug. A change to what is sent (see
// ippo.Campaign.Hash) stops the reminders until somebody else activates them again: whoever made the
// change is the author from then on.
func (s *Store) UpdateCampaign(ctx context.Context, by ippo.StaffID, c ippo.Campaign) error {
	if err := s.checkCampaign(ctx, c); err != nil {
		return err
	}
	audience, schedule, err := rules(c)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := campaignByID(ctx, t.tx, c.ID)
		if err != nil {
			return err
		}
		if err := sameSlug(was.Slug, c.Slug); err != nil {
			return err
		}
		err = t.exec(ctx, `
			UPDATE campaigns SET title = ?, story = ?, whom = ?, phrase = ?, url = ?, starts_on = ?, ends_on = ?, aim = ?,
				audience = ?, schedule = ?, reminder = ?, updated_at = ?
			WHERE id = ?`,
			c.Title, c.Story, c.Whom, c.Phrase, c.URL, c.StartsOn, c.EndsOn, c.Aim, audience, schedule, c.Reminder,
			stamp(t.now), c.ID)
		if err == nil && was.Hash() != c.Hash() {
			err = t.exec(ctx, `
				UPDATE campaigns SET active = 0, approver_id = NULL, next_due = NULL, author_id = ? WHERE id = ?`, by, c.ID)
		}
		if err != nil {
			return fmt.Errorf("update campaign %d: %w", c.ID, err)
		}
		return t.audit(ctx, by, "campaign.update", fmt.Sprintf("campaign:%d", c.ID), "")
	})
}

// ActivateCampaign lets a campaign's reminders go out. seen is the campaign as the approver saw it,
// with NextDue worked out; if it has changed since, or is active already, that is ippo.ErrConflict.
// Its author is refused with ippo.ErrForbidden unless nobody else can approve. One that a restore holds
// is for an administrator; what was approved before still is, so that its author may be the one.
func (s *Store) ActivateCampaign(ctx context.Context, by ippo.StaffID, seen ippo.Campaign) error {
	if seen.NextDue.IsZero() {
		return ippo.Problems{{Field: "schedule", Message: "これからのお知らせの予定がありません。期間と予定を確認してください。"}}
	}
	if err := s.checkReminders(ctx, seen); err != nil {
		return err
	}
	err := s.Write(ctx, func(t *Tx) error {
		who, alone, err := t.mayApprove(ctx, by)
		if err != nil {
			return err
		}
		is, err := campaignByID(ctx, t.tx, seen.ID)
		switch {
		case err != nil:
			return err
		case is.Active || is.Hash() != seen.Hash():
			return ippo.ErrConflict
		case is.Held && !who.Role.Includes(ippo.Administrator):
			return ippo.ErrForbidden
		}
		approver := by
		if is.Held && is.Approver != 0 {
			approver = is.Approver
		} else if is.Author == by && !alone {
			return ippo.ErrForbidden
		}
		err = t.exec(ctx, `UPDATE campaigns SET active = 1, held = 0, approver_id = ?, next_due = ?, updated_at = ? WHERE id = ?`,
			approver, stamp(seen.NextDue), stamp(t.now), seen.ID)
		if err != nil {
			return err
		}
		return t.audit(ctx, by, "campaign.activate", fmt.Sprintf("campaign:%d", seen.ID), "")
	})
	if err != nil {
		return fmt.Errorf("activate campaign %d: %w", seen.ID, err)
	}
	return nil
}

// checkReminders asks who answers the telephone if one of the reminders to come leaves outside opening
// hours. It is asked here, because nobody is there to be asked when one fires.
func (s *Store) checkReminders(ctx context.Context, c ippo.Campaign) error {
	settings, err := s.Settings(ctx)
	if err != nil || settings.OnCall != "" {
		return err
	}
	const ahead = 10
	for _, due := range append([]time.Time{c.NextDue}, c.Upcoming(c.NextDue, ahead, s.Holidays)...) {
		if !settings.Staffed(due, s.Holidays) {
			return ippo.Problems{{Field: "schedule", Message: ippo.TimeWords(due) + "は窓口の時間の外です。センターの設定で「窓口の時間の外に電話を受ける人」を決めてから、始めてください。"}}
		}
	}
	return nil
}

// PauseCampaign stops a campaign's reminders until somebody activates it again.
func (s *Store) PauseCampaign(ctx context.Context, by ippo.StaffID, id ippo.CampaignID) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `
			UPDATE campaigns SET active = 0, approver_id = NULL, next_due = NULL, updated_at = ?
			WHERE id = ? AND active = 1`, stamp(t.now), id)
		if err != nil {
			return fmt.Errorf("pause campaign %d: %w", id, err)
		}
		return t.audit(ctx, by, "campaign.pause", fmt.Sprintf("campaign:%d", id), "")
	})
}

// DeleteCampaign removes a campaign made by mistake. One that was sent or called out for is refused
// with Problems: it can be paused, and its numbers stay.
func (s *Store) DeleteCampaign(ctx context.Context, by ippo.StaffID, id ippo.CampaignID) error {
	err := s.Write(ctx, func(t *Tx) error {
		used, err := one(ctx, t.tx, scanInt, `
			SELECT (SELECT count(*) FROM call_outs WHERE campaign_id = ?1) +
				(SELECT count(*) FROM broadcasts WHERE campaign_id = ?1) +
				(SELECT count(*) FROM campaign_firings WHERE campaign_id = ?1)`, id)
		if err != nil {
			return err
		}
		if used > 0 {
			return inUse("お知らせや声かけの記録があるため、削除できません。お知らせを止めるには「停止」にしてください。")
		}
		if err := t.changeOne(ctx, `DELETE FROM campaigns WHERE id = ?`, id); err != nil {
			return found(err)
		}
		return t.audit(ctx, by, "campaign.delete", fmt.Sprintf("campaign:%d", id), "")
	})
	if err != nil {
		return fmt.Errorf("delete campaign %d: %w", id, err)
	}
	return nil
}
