package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// DueMilestones are the milestones of a campaign that have been reached and that nobody was told of.
type DueMilestones struct {
	Campaign ippo.Campaign
	Reached  []ippo.Milestone // the smallest first
}

// DueMilestones returns those of all campaigns that are switched on and run today. A call-out counts once it
// cannot be taken back any more.
func (s *Store) DueMilestones(ctx context.Context, now time.Time) ([]DueMilestones, error) {
	today := ippo.Day(now).Format(time.DateOnly)
	campaigns, err := collect(ctx, s.ro, scanCampaign, "SELECT "+campaignColumns+` FROM campaigns c
		WHERE c.active = 1 AND c.milestones <> '[]' AND c.starts_on <= ?1 AND c.ends_on >= ?1`, today)
	if err != nil {
		return nil, fmt.Errorf("due milestones: %w", err)
	}
	var due []DueMilestones
	for _, c := range campaigns {
		reached, err := dueMilestones(ctx, s.ro, c, now.Add(-ippo.CallOutUndo))
		if err != nil {
			return nil, err
		}
		if len(reached) > 0 {
			due = append(due, DueMilestones{c, reached})
		}
	}
	return due, nil
}

// dueMilestones are a campaign's that its call-outs until a moment have reached, but for those that were noted.
func dueMilestones(ctx context.Context, q queryer, c ippo.Campaign, until time.Time) ([]ippo.Milestone, error) {
	people, err := one(ctx, q, scanInt, `SELECT count(DISTINCT follower_id) FROM call_outs WHERE campaign_id = ? AND at <= ?`, c.ID, stamp(until))
	if err != nil {
		return nil, fmt.Errorf("milestones of campaign %d: %w", c.ID, err)
	}
	noted, err := collect(ctx, q, scanText, `SELECT milestone FROM milestones WHERE campaign_id = ?`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("milestones of campaign %d: %w", c.ID, err)
	}
	var reached []ippo.Milestone
	for _, m := range c.Milestones {
		if at := m.People(c.Aim); at > 0 && at <= people && !slices.Contains(noted, m.String()) {
			reached = append(reached, m)
		}
	}
	slices.SortStableFunc(reached, func(a, b ippo.Milestone) int { return a.People(c.Aim) - b.People(c.Aim) })
	return reached, nil
}

// Announce makes an approved broadcast of the last of the milestones that were reached, in the language of each
// of its recipients, and notes all of them; the approval is that of the campaign. Each is announced at most
// once: a second Announce is ippo.ErrConflict, and so is one of a campaign that was changed since it was read.
// Problems that keep it from being sent are noted too: staff are told, and the milestone has passed.
func (s *Store) Announce(ctx context.Context, due DueMilestones, b *ippo.Broadcast, wording ippo.Wording) error {
	r := due.Campaign.Recurring()
	plan, problems, err := s.planAnnouncement(ctx, b, wording)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		is, err := recurring(ctx, t.tx, r.Source)
		if err != nil {
			return err
		}
		if !is.Active || is.Hash != r.Hash {
			return fmt.Errorf("announce for %s: %w", r.Source, ippo.ErrConflict)
		}
		if problems != nil {
			if err := t.mailStaff(ctx, "送られなかった節目のお知らせがあります", fmt.Sprintf("「%s」の節目のお知らせを送れませんでした。%s\n%s\n",
				r.Title, problems.Error(), panelPath(r.Source))); err != nil {
				return err
			}
			return t.noteMilestones(ctx, due.Campaign.ID, due.Reached, 0)
		}
		if err := t.insertApproved(ctx, b, plan); err != nil {
			return fmt.Errorf("announce for %s: %w", r.Source, err)
		}
		return t.noteMilestones(ctx, due.Campaign.ID, due.Reached, b.ID)
	})
}

func (s *Store) planAnnouncement(ctx context.Context, b *ippo.Broadcast, wording ippo.Wording) (plan firingPlan, problems ippo.Problems, err error) {
	audience, err := s.firingAudience(ctx, b)
	if err == nil {
		plan.groups, err = s.groupByWording(ctx, []ippo.Wording{wording}, 0, audience, func(ippo.FollowerID) (int, bool) { return 0, true })
	}
	if errors.As(err, &problems) {
		return plan, problems, nil
	}
	if err == nil {
		plan.requests = requestsOf(b, plan.groups)
	}
	return plan, nil, err
}

// noteMilestones notes that milestones were reached. Only the last is announced: who hears of the half need not
// hear of the quarter.
func (t *Tx) noteMilestones(ctx context.Context, campaign ippo.CampaignID, reached []ippo.Milestone, b ippo.BroadcastID) error {
	for i, m := range reached {
		announced := b
		if i < len(reached)-1 {
			announced = 0
		}
		err := t.exec(ctx, `INSERT INTO milestones (campaign_id, milestone, reached_at, broadcast_id) VALUES (?, ?, ?, ?)`,
			campaign, m.String(), stamp(t.now), orNull(announced))
		if isUnique(err) {
			err = ippo.ErrConflict
		}
		if err != nil {
			return fmt.Errorf("milestone %s of campaign %d: %w", m, campaign, err)
		}
	}
	return nil
}

// passMilestones notes those that were reached before a campaign is switched on: they are no news by then.
func (t *Tx) passMilestones(ctx context.Context, id ippo.CampaignID) error {
	c, err := campaignByID(ctx, t.tx, id)
	if err != nil {
		return err
	}
	reached, err := dueMilestones(ctx, t.tx, c, t.now)
	if err != nil {
		return err
	}
	return t.noteMilestones(ctx, id, reached, 0)
}

// ReachedMilestones returns a campaign's milestones that were reached, the first first.
func (s *Store) ReachedMilestones(ctx context.Context, id ippo.CampaignID) ([]ippo.ReachedMilestone, error) {
	reached, err := collect(ctx, s.ro, func(row scanner) (m ippo.ReachedMilestone, err error) {
		var name string
		if err := row.Scan(&name, at(&m.At), &m.Broadcast); err != nil {
			return m, err
		}
		m.Milestone, err = ippo.ParseMilestone(name)
		return m, err
	}, `SELECT milestone, reached_at, coalesce(broadcast_id, 0) FROM milestones WHERE campaign_id = ? ORDER BY reached_at, milestone`, id)
	if err != nil {
		return nil, fmt.Errorf("milestones of campaign %d: %w", id, err)
	}
	return reached, nil
}
