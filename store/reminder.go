package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// remindersBack is how far back reminders are looked at: three of a monthly campaign and then some.
const remindersBack = 400 * 24 * time.Hour

// reminderPlan is what a campaign's due time changes besides what is sent.
type reminderPlan struct {
	seen   time.Time         // when what everybody had and answered was looked at
	base   string            // the text that its campaign's next due time begins behind
	silent []ippo.FollowerID // were asked whether to go on, and did not say
}

// wordingGroup are those who are sent the same wording in the same language.
type wordingGroup struct {
	ippo.Wording
	messages []ippo.Message
	members  []ippo.FollowerID // ascending
}

// planReminders works out which wording is whose turn. What somebody had stands in the ledger, so a reminder
// that was cancelled or refused was not one.
func (s *Store) planReminders(ctx context.Context, campaign ippo.CampaignID, wordings []ippo.Wording, audience []ippo.FollowerID) (*reminderPlan, []wordingGroup, error) {
	plan := &reminderPlan{seen: s.Now()}
	last, err := one(ctx, s.ro, scanText, "SELECT last_text FROM campaigns WHERE id = ?", campaign)
	if err != nil {
		return nil, nil, err
	}
	base := ippo.NextBase(wordings, last)
	first, _ := ippo.NextWording(wordings, base, ippo.Reminded{})
	plan.base = wordings[first].Text
	had, err := s.reminded(ctx, campaign)
	if err != nil {
		return nil, nil, err
	}
	groups, err := s.groupByWording(ctx, wordings, first, audience, func(id ippo.FollowerID) (int, bool) {
		i, ok := ippo.NextWording(wordings, base, had[id])
		if !ok {
			plan.silent = append(plan.silent, id)
		}
		return i, ok
	})
	return plan, groups, err
}

// groupByWording draws what everybody is sent. The first group is never missing, even if it is nobody: it is
// what the broadcast itself says.
func (s *Store) groupByWording(ctx context.Context, wordings []ippo.Wording, first int, audience []ippo.FollowerID, turn func(ippo.FollowerID) (int, bool)) ([]wordingGroup, error) {
	languages, err := s.languages(ctx)
	if err != nil {
		return nil, err
	}
	type key struct {
		wording  int
		language ippo.Language
	}
	var groups []wordingGroup
	found := make(map[key]int)
	group := func(k key) *wordingGroup {
		i, ok := found[k]
		if !ok {
			i = len(groups)
			found[k] = i
			groups = append(groups, wordingGroup{Wording: wordings[k.wording], messages: wordings[k.wording].Draw(k.language)})
		}
		return &groups[i]
	}
	for _, id := range audience {
		if i, ok := turn(id); ok {
			g := group(key{i, cmp.Or(languages[id], ippo.Japanese)})
			g.members = append(g.members, id)
		}
	}
	if len(groups) == 0 {
		group(key{first, ippo.Japanese})
	}
	for _, g := range groups {
		if err := ippo.CheckMessages(g.messages); err != nil {
			return nil, err
		}
	}
	// The first is the broadcast's own: what most are sent, and what is filled in for each, if anything is.
	slices.SortStableFunc(groups, func(a, b wordingGroup) int {
		if x, y := ippo.Personal(a.messages), ippo.Personal(b.messages); x != y {
			if x {
				return -1
			}
			return 1
		}
		return len(b.members) - len(a.members)
	})
	return groups, nil
}

// reminded returns what everybody was sent by reminders, as ippo.Reminded has it for one campaign.
func (s *Store) reminded(ctx context.Context, campaign ippo.CampaignID) (map[ippo.FollowerID]ippo.Reminded, error) {
	answered, err := s.lastAnswers(ctx)
	if err != nil {
		return nil, err
	}
	type sent struct {
		broadcast ippo.BroadcastID
		variant   int
		campaign  ippo.CampaignID
		text      string
		ask       bool
		at        time.Time
	}
	past, err := collect(ctx, s.ro, func(row scanner) (r sent, err error) {
		err = row.Scan(&r.broadcast, &r.variant, &r.campaign, &r.text, &r.ask, at(&r.at))
		return r, err
	}, `
		SELECT r.broadcast_id, r.variant, r.campaign_id, r.text, r.ask, coalesce(b.started_at, b.created_at)
		FROM reminders r JOIN broadcasts b ON b.id = r.broadcast_id
		WHERE b.created_at > ? AND b.status NOT IN ('cancelled', 'failed') OR b.started_at > ?
		ORDER BY r.broadcast_id DESC, r.variant`, stamp(s.Now().Add(-remindersBack)), stamp(s.Now().Add(-remindersBack)))
	if err != nil {
		return nil, fmt.Errorf("past reminders: %w", err)
	}
	had := make(map[ippo.FollowerID]ippo.Reminded)
	for _, r := range past {
		members, err := s.plannedFor(ctx, r.broadcast, r.variant)
		if err != nil {
			return nil, err
		}
		for _, id := range members {
			h := had[id]
			if r.at.After(answered[id]) && !h.Asked {
				h.Asked = r.ask
				h.Unanswered++
			}
			if r.campaign == campaign && !r.ask && h.Last == "" {
				h.Last = r.text
			}
			had[id] = h
		}
	}
	return had, nil
}

// plannedFor returns whom a wording of a broadcast has reached, may have, or still will.
func (s *Store) plannedFor(ctx context.Context, id ippo.BroadcastID, variant int) ([]ippo.FollowerID, error) {
	packed, err := collect(ctx, s.ro, scanBytes, `
		SELECT members FROM delivery_requests WHERE broadcast_id = ? AND variant = ? AND state IN ('accepted', 'unknown', 'pending')`, id, variant)
	if err != nil {
		return nil, fmt.Errorf("reminder %d: %w", id, err)
	}
	left, err := collect(ctx, s.ro, scanFollowerID, `
		SELECT e.follower_id FROM delivery_exceptions e JOIN delivery_requests r ON r.id = e.request_id
		WHERE r.broadcast_id = ? AND r.variant = ?`, id, variant)
	if err != nil {
		return nil, fmt.Errorf("reminder %d: %w", id, err)
	}
	var excepted members
	excepted.add(left)
	var planned []ippo.FollowerID
	for _, p := range packed {
		ids, err := ippo.UnpackMembers(p)
		if err != nil {
			return nil, fmt.Errorf("reminder %d: %w", id, err)
		}
		for _, id := range ids {
			if !excepted.has(id) {
				planned = append(planned, id)
			}
		}
	}
	return planned, nil
}

// lastAnswers returns when everybody last called out, or said whether to go on.
func (s *Store) lastAnswers(ctx context.Context) (map[ippo.FollowerID]time.Time, error) {
	rows, err := s.ro.QueryContext(ctx, `
		SELECT follower_id, max(at) FROM (
			SELECT follower_id, max(at) AS at FROM call_outs GROUP BY follower_id
			UNION ALL SELECT follower_id, answered_at FROM rests WHERE answered_at IS NOT NULL)
		GROUP BY follower_id`)
	if err != nil {
		return nil, fmt.Errorf("last answers: %w", err)
	}
	defer rows.Close()
	answered := make(map[ippo.FollowerID]time.Time)
	for rows.Next() {
		var id ippo.FollowerID
		var when time.Time
		if err := rows.Scan(&id, at(&when)); err != nil {
			return nil, fmt.Errorf("last answers: %w", err)
		}
		answered[id] = when
	}
	return answered, rows.Err()
}

// requestsOf plans the requests of a broadcast whose own messages are the first group's.
func requestsOf(b *ippo.Broadcast, groups []wordingGroup) (planned []plannedRequest) {
	b.Messages = groups[0].messages
	for i, g := range groups {
		planned = append(planned, planRequests(b.Call(), i, g.members)...)
	}
	return planned
}

// insertWordings keeps what the groups after the first are sent.
func (t *Tx) insertWordings(ctx context.Context, id ippo.BroadcastID, groups []wordingGroup) error {
	if len(groups) == 0 {
		return nil
	}
	variants := make([]ippo.Variant, len(groups)-1)
	for i, g := range groups[1:] {
		variants[i] = ippo.Variant{Number: i + 1, Messages: ippo.WithReduce(g.messages, id)}
	}
	return t.insertVariants(ctx, id, variants)
}

// insertReminders notes which text each wording is, lets rest who has fallen silent, and moves the campaign to
// its next text.
func (t *Tx) insertReminders(ctx context.Context, b *ippo.Broadcast, p firingPlan) error {
	for i, g := range p.groups {
		if err := t.exec(ctx, `INSERT INTO reminders (broadcast_id, variant, campaign_id, text, ask) VALUES (?, ?, ?, ?, ?)`,
			b.ID, i, b.Campaign, g.Text, g.Ask); err != nil {
			return fmt.Errorf("reminder %d: %w", b.ID, err)
		}
	}
	if err := t.fallSilent(ctx, p.reminders.silent, p.reminders.seen); err != nil {
		return err
	}
	return t.exec(ctx, "UPDATE campaigns SET last_text = ? WHERE id = ?", p.reminders.base, b.Campaign)
}
