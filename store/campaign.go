package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"ippo"
	"ippo/internal/fold"
)

// Campaigns returns every campaign with its call-outs, the one that began last first.
func (s *Store) Campaigns(ctx context.Context) ([]ippo.Campaign, error) {
	return s.campaigns(ctx, 0, "1 = 1")
}

// CampaignsOn returns at most limit of those that are under way on a day, such as 2026-04-01; 0: all of them.
func (s *Store) CampaignsOn(ctx context.Context, day string, limit int) ([]ippo.Campaign, error) {
	return s.campaigns(ctx, limit, "c.starts_on <= ?1 AND (c.ends_on = '' OR c.ends_on >= ?1)", day)
}

// CampaignsAfter returns those that begin after a day, the one that begins last first.
func (s *Store) CampaignsAfter(ctx context.Context, day string) ([]ippo.Campaign, error) {
	return s.campaigns(ctx, 0, "c.starts_on > ?1", day)
}

func (s *Store) campaigns(ctx context.Context, limit int, where string, args ...any) ([]ippo.Campaign, error) {
	l := listing{where: where, args: args}
	if err := s.narrowToSeen(ctx, &l, "campaigns", "c.audience"); err != nil {
		return nil, err
	}
	query := `SELECT ` + campaignColumns + ` FROM campaigns c WHERE ` + l.where + ` ORDER BY c.starts_on DESC, c.id DESC`
	if limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", limit)
	}
	campaigns, err := collect(ctx, s.ro, scanCampaign, query, l.args...)
	if err != nil {
		return nil, fmt.Errorf("campaigns: %w", err)
	}
	return campaigns, nil
}

// CampaignFilter narrows a list of campaigns; its zero value is all of them.
type CampaignFilter struct {
	State CampaignState
	IDs   []int64 // some of them; nil for any
	Query string  // what is searched for in its texts, translations too
}

// CampaignState is how far a campaign has come, as its list shows it.
type CampaignState string

const (
	CampaignActive  CampaignState = "active"  // residents see it and reminders go out
	CampaignStopped CampaignState = "stopped" // it waits for its approval, or was stopped
	CampaignOver    CampaignState = "over"    // its last day has passed
)

// CampaignPage returns a part of the list of those that a filter leaves, and how many these are: by when they begin,
// unless it is sorted by "name" or by how often was "called".
func (s *Store) CampaignPage(ctx context.Context, filter CampaignFilter, p Page) (Part[ippo.Campaign], int, error) {
	none := Part[ippo.Campaign]{}
	l, err := s.campaignListing(ctx, filter)
	if err != nil {
		return none, 0, fmt.Errorf("search campaigns: %w", err)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count campaigns: %w", err)
	}
	by := "c.starts_on"
	switch p.Sort {
	case "name":
		by = "c.title"
	case "called":
		by = digits("(SELECT count(*) FROM call_outs o WHERE o.campaign_id = c.id)")
	}
	l.stretches = []stretch{{by: by, desc: p.Desc}}
	part, err := collectPage(ctx, s.ro, scanCampaign, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("campaigns: %w", err)
	}
	return part, total, nil
}

// CampaignRows returns those that a filter leaves and that the context's remit may change.
func (s *Store) CampaignRows(ctx context.Context, filter CampaignFilter) ([]ippo.ContentRow, error) {
	l, err := s.campaignListing(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("rows of campaigns: %w", err)
	}
	today := ippo.Day(s.Now()).Format(time.DateOnly)
	rows, err := collect(ctx, s.ro, func(row scanner) (r ippo.ContentRow, err error) {
		var audience []byte
		var a ippo.Audience
		var active bool
		var endsOn string
		if err := row.Scan(&r.ID, &audience, &active, &endsOn, &r.Used); err != nil {
			return r, err
		}
		if r.Status = ippo.ContentRetired; active && endsOn >= today {
			r.Status = ippo.ContentPublished
		}
		if err := json.Unmarshal(audience, &a); err != nil {
			return r, err
		}
		r.Topics, r.Areas, err = s.about(ctx, a)
		return r, err
	}, `SELECT c.id, c.audience, c.active, c.ends_on, `+campaignUses+` > 0 FROM `+l.from+` WHERE `+l.where, l.args...)
	if err != nil {
		return nil, fmt.Errorf("rows of campaigns: %w", err)
	}
	return slices.DeleteFunc(rows, func(r ippo.ContentRow) bool { return !RemitOf(ctx).Holds(r.Topics, r.Areas) }), nil
}

// campaignUses is how much there is of a campaign c that is not to be lost.
const campaignUses = `((SELECT count(*) FROM call_outs WHERE campaign_id = c.id) +
	(SELECT count(*) FROM broadcasts WHERE campaign_id = c.id) +
	(SELECT count(*) FROM firings WHERE source = 'campaign' AND source_id = c.id))`

// campaignListing says a filter in SQL, within the context's remit. What is searched for is compared here, of those that the
// rest of the filter leaves.
func (s *Store) campaignListing(ctx context.Context, filter CampaignFilter) (listing, error) {
	l := listing{columns: campaignColumns, table: "campaigns c", id: "c.id", from: "campaigns c", where: "1 = 1"}
	today := ippo.Day(s.Now()).Format(time.DateOnly)
	switch filter.State {
	case CampaignActive:
		l.narrow("c.ends_on >= ? AND c.active = 1", today)
	case CampaignStopped:
		l.narrow("c.ends_on >= ? AND c.active = 0", today)
	case CampaignOver:
		l.narrow("c.ends_on < ?", today)
	}
	if filter.IDs != nil {
		l.among(filter.IDs)
	}
	if err := s.narrowToSeen(ctx, &l, "campaigns", "c.audience"); err != nil {
		return l, err
	}
	query := fold.QueryOf(filter.Query)
	if query.Empty() {
		return l, nil
	}
	found, err := sift(ctx, s.ro, l, sieve[int64]{
		table: "campaigns", from: "campaigns c NOT INDEXED", columns: "c.id, c.title, c.story, c.whom",
		begin: func(ctx context.Context, after, to int64) (sifter[int64], error) {
			looker := query.Looker()
			translated, err := s.foundInTranslations(ctx, ippo.ContentCampaign, looker, after, to)
			return func(row scanner) (id int64, ok bool, err error) {
				var title, story, whom sql.RawBytes
				if err := row.Scan(&id, &title, &story, &whom); err != nil {
					return 0, false, err
				}
				return id, (translated[id] | looker.Look(title) | looker.Look(story) | looker.Look(whom)).All(query), nil
			}, err
		},
	})
	l.found(found)
	return l, err
}

// Campaign returns one campaign with its call-outs.
func (s *Store) Campaign(ctx context.Context, id ippo.CampaignID) (ippo.Campaign, error) {
	c, err := campaignByID(ctx, s.ro, id)
	if err != nil {
		return c, err
	}
	if sees, err := s.seesAudience(ctx, c.Audience); err != nil || !sees {
		return c, fmt.Errorf("campaign %d: %w", id, cmp.Or(err, ippo.ErrNotFound))
	}
	return c, nil
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

var campaignColumns = `c.id, c.slug, c.title, c.story, c.whom, c.phrase, c.phrases, c.url, c.ask_url, c.starts_on, c.ends_on, c.aim, c.hoped,
	c.audience, c.schedule, c.reminders, c.milestones, c.thanks, c.active, c.held, c.author_id, coalesce(c.approver_id, 0), c.next_due,
	(SELECT count(*) FROM call_outs o WHERE o.campaign_id = c.id),
	(SELECT count(DISTINCT o.follower_id) FROM call_outs o WHERE o.campaign_id = c.id),
	(SELECT coalesce(sum(o.people), 0) FROM call_outs o WHERE o.campaign_id = c.id),
	(SELECT coalesce(sum(e.taps), 0) FROM campaign_enquiries e WHERE e.campaign_id = c.id), ` + flyersOf + ", " +
	translationsOf(ippo.ContentCampaign, "c.id") + ", " + anchorColumns("c.schedule ->> 'event'", "c.schedule ->> 'campaign'")

func scanCampaign(row scanner) (ippo.Campaign, error) {
	var c ippo.Campaign
	var phrases, audience, schedule, reminders, milestones, flyers []byte
	var of anchor
	err := row.Scan(append([]any{&c.ID, &c.Slug, &c.Title, &c.Story, &c.Whom, &c.Phrase, &phrases, &c.URL, &c.AskURL, &c.StartsOn, &c.EndsOn,
		&c.Aim, &c.Hoped, &audience, &schedule, &reminders, &milestones, &c.Thanks, &c.Active, &c.Held, &c.Author, &c.Approver,
		at(&c.NextDue), &c.CallOuts, &c.People, &c.Called, &c.Asked, &flyers, translated(&c.Translations)},
		of.columns()...)...)
	if err != nil {
		return c, err
	}
	for _, stored := range []struct {
		what string
		json []byte
		into any
	}{
		{"audience", audience, &c.Audience}, {"schedule", schedule, &c.Schedule}, {"phrases", phrases, &c.Phrases},
		{"reminders", reminders, &c.Reminders}, {"milestones", milestones, &c.Milestones},
		{"flyers", flyers, &c.Flyers},
	} {
		if err := json.Unmarshal(stored.json, stored.into); err != nil {
			return c, fmt.Errorf("stored %s: %w", stored.what, err)
		}
	}
	c.Schedule = c.Schedule.Anchored(of.title, of.day())
	return c, nil
}

// encodeRules returns an audience and a schedule as they are kept.
func encodeRules(a ippo.Audience, s ippo.Schedule) (audience, schedule string, err error) {
	x, err := json.Marshal(a)
	if err != nil {
		return "", "", fmt.Errorf("encode audience: %w", err)
	}
	y, err := json.Marshal(s)
	if err != nil {
		return "", "", fmt.Errorf("encode schedule: %w", err)
	}
	return string(x), string(y), nil
}

// campaignValues are what staff write, as it is kept: the columns from title on.
func campaignValues(c ippo.Campaign) ([]any, error) {
	audience, schedule, err := encodeRules(c.Audience, c.Schedule)
	if err != nil {
		return nil, err
	}
	lists := make([]string, 3)
	for i, list := range []any{notNil(c.Phrases), notNil(c.Reminders), notNil(c.Milestones)} {
		encoded, err := json.Marshal(list)
		if err != nil {
			return nil, fmt.Errorf("encode campaign: %w", err)
		}
		lists[i] = string(encoded)
	}
	return []any{c.Title, c.Story, c.Whom, c.Phrase, lists[0], c.URL, c.AskURL, c.StartsOn, c.EndsOn, c.Aim, c.Hoped,
		audience, schedule, lists[1], lists[2], c.Thanks}, nil
}

// notNil makes an empty list of none, which JSON would call null.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// CreateCampaign makes a campaign and returns it with its ID. Its reminders go out once a second
// person has activated it.
func (s *Store) CreateCampaign(ctx context.Context, by ippo.StaffID, c ippo.Campaign) (ippo.Campaign, error) {
	if err := s.checkCampaign(ctx, c); err != nil {
		return c, err
	}
	err := s.Write(ctx, func(t *Tx) (err error) {
		c, err = t.createCampaign(ctx, by, c)
		return err
	})
	return c, err
}

func (t *Tx) createCampaign(ctx context.Context, by ippo.StaffID, c ippo.Campaign) (ippo.Campaign, error) {
	values, err := campaignValues(c)
	if err != nil {
		return c, err
	}
	id, err := t.insert(ctx, `
		INSERT INTO campaigns (title, story, whom, phrase, phrases, url, ask_url, starts_on, ends_on, aim, hoped, audience, schedule,
			reminders, milestones, thanks, slug, author_id, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append(values, c.Slug, by, stamp(t.now), stamp(t.now))...)
	if err != nil {
		return c, fmt.Errorf("create campaign: %w", slugTaken(err))
	}
	if _, err := t.saveTranslations(ctx, ippo.ContentCampaign, id, c.Translations, c.Texts()); err != nil {
		return c, err
	}
	if c, err = campaignByID(ctx, t.tx, ippo.CampaignID(id)); err != nil {
		return c, err
	}
	return c, t.audit(ctx, by, "campaign.create", fmt.Sprintf("campaign:%d", id), "")
}

// CheckCampaignDraft reports why a file cannot make this of a campaign that was a draft, or something new if was has no ID.
func (s *Store) CheckCampaignDraft(ctx context.Context, was, c ippo.Campaign) error {
	if was.ID != 0 {
		if err := s.checkSettled(ctx, was); err != nil {
			return err
		}
	}
	return s.checkCampaign(ctx, c)
}

// checkSettled refuses a campaign that is no draft, or not its reader's.
func (s *Store) checkSettled(ctx context.Context, c ippo.Campaign) error {
	if why := c.Settled(ippo.Day(s.Now()).Format(time.DateOnly)); why != "" {
		return ippo.Problems{{Message: why}}
	}
	return s.mayAddress(ctx, c.Audience)
}

// PutCampaignDraft makes a campaign of what came by a file, or changes the draft that has its ID.
func (t *Tx) PutCampaignDraft(ctx context.Context, by ippo.StaffID, c ippo.Campaign) error {
	if err := t.store.checkCampaign(ctx, c); err != nil {
		return err
	}
	if c.ID == 0 {
		_, err := t.createCampaign(ctx, by, c)
		return err
	}
	was, err := campaignByID(ctx, t.tx, c.ID)
	if err == nil {
		err = t.store.checkSettled(ctx, was)
	}
	if err != nil {
		return err
	}
	return t.updateCampaign(ctx, by, c)
}

// checkCampaign reports every problem staff can mend: the campaign's own, what its audience or its schedule
// names and is not there, and an hour in the quiet hours.
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
	more, err := s.checkSchedule(ctx, c.Schedule)
	if err == nil {
		more, err = addProblems(more, s.mayAddress(ctx, c.Audience))
	}
	if err != nil {
		return err
	}
	return append(append(p, unknown...), more...).Err()
}

// UpdateCampaign changes everything of a campaign but its slug. A change to what is sent (see
// ippo.Campaign.Hash) stops the reminders until somebody else activates them again: whoever made the
// change is the author from then on.
func (s *Store) UpdateCampaign(ctx context.Context, by ippo.StaffID, c ippo.Campaign) error {
	if err := s.checkCampaign(ctx, c); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error { return t.updateCampaign(ctx, by, c) })
}

func (t *Tx) updateCampaign(ctx context.Context, by ippo.StaffID, c ippo.Campaign) error {
	values, err := campaignValues(c)
	if err != nil {
		return err
	}
	was, err := campaignByID(ctx, t.tx, c.ID)
	if err != nil {
		return err
	}
	if err := sameSlug(was.Slug, c.Slug); err != nil {
		return err
	}
	row, err := t.row(ctx, "campaigns", "id", c.ID)
	if err != nil {
		return err
	}
	err = t.exec(ctx, `
		UPDATE campaigns SET title = ?, story = ?, whom = ?, phrase = ?, phrases = ?, url = ?, ask_url = ?, starts_on = ?, ends_on = ?,
			aim = ?, hoped = ?, audience = ?, schedule = ?, reminders = ?, milestones = ?, thanks = ?, updated_at = ?
		WHERE id = ?`, append(values, stamp(t.now), c.ID)...)
	if err == nil {
		c.Translations, err = t.saveTranslations(ctx, ippo.ContentCampaign, int64(c.ID), c.Translations, c.Texts())
	}
	c.Flyers = was.Flyers // these have their own ways
	if err == nil && was.Hash() != c.Hash() {
		err = t.voidApproval(ctx, by, was.Recurring().Source)
	}
	if err == nil {
		err = t.replan(ctx, func(s ippo.Schedule) bool { return s.Campaign == c.ID })
	}
	if err != nil {
		return fmt.Errorf("update campaign %d: %w", c.ID, err)
	}
	return t.auditChange(ctx, by, "campaign.update", fmt.Sprintf("campaign:%d", c.ID), "", row)
}

// DeleteCampaign removes a campaign made by mistake. One that was sent or called out for is refused
// with Problems: it can be paused, and its numbers stay.
func (s *Store) DeleteCampaign(ctx context.Context, by ippo.StaffID, id ippo.CampaignID) error {
	err := s.Write(ctx, func(t *Tx) error {
		used, err := one(ctx, t.tx, scanInt, `SELECT `+campaignUses+` FROM campaigns c WHERE c.id = ?`, id)
		if err != nil {
			return err
		}
		if used > 0 {
			return inUse("お知らせや声かけの記録があるため、削除できません。お知らせを止めるには「停止」にしてください。")
		}
		if err := t.counted(ctx, "campaign", int64(id)); err != nil {
			return err
		}
		if err := t.keepDeleted(ctx, by, object("campaign", id), int64(id)); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM campaigns WHERE id = ?`, id); err != nil {
			return found(err)
		}
		if err := t.deleteTranslations(ctx, ippo.ContentCampaign, int64(id)); err != nil {
			return err
		}
		return t.audit(ctx, by, "campaign.delete", fmt.Sprintf("campaign:%d", id), "")
	})
	if err != nil {
		return fmt.Errorf("delete campaign %d: %w", id, err)
	}
	return nil
}
