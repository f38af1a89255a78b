package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// How much of what was sent is told: a person wants to know what came lately, and looking further back
// would read the whole ledger.
const (
	ownBroadcasts = 30
	ownNotices    = 100
)

// Kept says what of residents there is, whoever it is of.
type Kept struct {
	Questions, Consultations, Visits, Reservations bool
}

// Kept looks what there is, for a page that tells residents of no more than that.
func (s *Store) Kept(ctx context.Context) (k Kept, err error) {
	err = s.ro.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM unanswered_questions), EXISTS (SELECT 1 FROM consultations),
		EXISTS (SELECT 1 FROM matches), EXISTS (SELECT 1 FROM reservations)`).Scan(&k.Questions, &k.Consultations, &k.Visits, &k.Reservations)
	if err != nil {
		return k, fmt.Errorf("what is kept: %w", err)
	}
	return k, nil
}

// PersonalData gathers all that is held about a follower. The words of broadcasts are for the caller to
// draw; staff's own notes about requests are not in it.
func (s *Store) PersonalData(ctx context.Context, id ippo.FollowerID) (d ippo.PersonalData, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("data of follower %d: %w", id, err)
		}
	}()
	f, err := s.Follower(ctx, id)
	if err != nil {
		return d, err
	}
	d = ippo.PersonalData{
		At: s.Now(), LineUserID: f.LineUserID, DisplayName: f.DisplayName, Language: f.Language, Preferences: f.Preferences,
		Topics: []string{}, Areas: []string{}, Stopped: f.Stopped, Digest: f.Digest, FollowedAt: f.FollowedAt, SeenAt: f.SeenAt,
	}
	all, err := s.Topics(ctx)
	if err != nil {
		return d, err
	}
	for _, t := range all {
		if f.Topics&(1<<t.Number) != 0 {
			d.Topics = append(d.Topics, t.Name)
		}
	}
	areas, err := s.Areas(ctx)
	if err != nil {
		return d, err
	}
	for _, a := range areas {
		if f.Areas&(1<<a.Number) != 0 {
			d.Areas = append(d.Areas, a.Name)
		}
	}
	if f.Entry != "" {
		e, err := s.Entry(ctx, f.Entry)
		if err != nil {
			return d, err
		}
		d.Entry = e.Name
	}
	if d.Tags, err = collect(ctx, s.ro, scanText, `
		SELECT g.name FROM follower_tags t JOIN tags g ON g.id = t.tag_id WHERE t.follower_id = ? ORDER BY g.name`, id); err != nil {
		return d, err
	}
	if d.Hosts, err = collect(ctx, s.ro, scanText, `
		SELECT g.name FROM group_accounts a JOIN activity_groups g ON g.id = a.group_id WHERE a.follower_id = ? ORDER BY g.name`, id); err != nil {
		return d, err
	}
	if d.Staff, err = s.staffsPhone(ctx, id); err != nil {
		return d, err
	}
	if d.Events, err = one(ctx, s.ro, scanInt, `SELECT count(*) FROM inbound_events WHERE line_user_id = ?`, f.LineUserID); err != nil {
		return d, err
	}
	talk, err := s.Conversation(ctx, id)
	if err != nil && !notFound(err) {
		return d, err
	}
	d.Talk = talk.UpdatedAt
	for _, part := range []func(context.Context, ippo.FollowerID, *ippo.PersonalData) error{
		s.ownAmbassador, s.ownRequests, s.ownConsultations, s.ownMatches, s.ownReservations, s.ownCallOuts, s.ownNotices, s.ownBroadcasts,
	} {
		if err := part(ctx, id, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

func (s *Store) ownAmbassador(ctx context.Context, id ippo.FollowerID, d *ippo.PersonalData) error {
	a, err := s.AmbassadorOf(ctx, id)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Ambassador = &ippo.OwnAmbassador{
		Number: a.Number, Status: a.Status, Resting: a.Resting, Name: a.Name, Kana: a.Kana, Contact: a.Contact, AgeBand: a.AgeBand,
		Guardian: a.Guardian, Vision: a.Vision, Actions: a.Actions, Invited: a.Invited, AppliedAt: a.AppliedAt, ConsentedAt: a.ConsentedAt,
	}
	return nil
}

func (s *Store) ownRequests(ctx context.Context, id ippo.FollowerID, d *ippo.PersonalData) error {
	list, err := s.DeskRequests(ctx, DeskRequestFilter{Follower: id})
	for _, r := range list {
		d.Requests = append(d.Requests, ippo.OwnRequest{Kind: r.Kind, State: r.State, Group: r.GroupName, Body: r.Body, MadeAt: r.MadeAt, DoneAt: r.DoneAt})
	}
	return err
}

func (s *Store) ownConsultations(ctx context.Context, id ippo.FollowerID, d *ippo.PersonalData) error {
	list, err := collect(ctx, s.ro, s.scanConsultation, consultationQuery+` WHERE c.follower_id = ? ORDER BY c.id DESC`, id)
	if err != nil {
		return err
	}
	for _, c := range list {
		entries, err := s.ConsultationEntries(ctx, c.ID)
		if err != nil {
			return err
		}
		own := ippo.OwnConsultation{Kind: c.Kind, State: c.State, MadeAt: c.MadeAt, ClosedAt: c.ClosedAt, Said: []ippo.OwnWords{}}
		for _, e := range entries {
			if e.Shown() {
				own.Said = append(own.Said, ippo.OwnWords{By: e.Author, At: e.At, Text: e.Text})
			}
		}
		d.Consultations = append(d.Consultations, own)
	}
	return nil
}

func (s *Store) ownMatches(ctx context.Context, id ippo.FollowerID, d *ippo.PersonalData) error {
	list, err := collect(ctx, s.ro, s.scanMatch, matchQuery+` WHERE m.follower_id = ? ORDER BY m.id DESC`, id)
	for _, m := range list {
		d.Matches = append(d.Matches, ippo.OwnMatch{
			Group: m.GroupName, State: m.State, Why: m.Why, Wish: m.Wish, Request: m.Request, Consent: m.Consent,
			SuggestedAt: m.SuggestedAt, HandedAt: m.HandedAt, EndedAt: m.EndedAt,
		})
	}
	return err
}

func (s *Store) ownReservations(ctx context.Context, id ippo.FollowerID, d *ippo.PersonalData) error {
	list, err := collect(ctx, s.ro, s.scanReservation, reservationQuery+` WHERE r.follower_id = ? ORDER BY r.id DESC`, id)
	if err != nil {
		return err
	}
	for _, r := range list {
		e, err := s.Event(ctx, r.Event)
		if err != nil {
			return err
		}
		d.Reservations = append(d.Reservations, ippo.OwnReservation{
			Event: e.Title, StartsAt: e.StartsAt, State: r.State, Party: r.Party, Attendee: r.Attendee,
			MadeAt: r.MadeAt, EndedAt: r.EndedAt, AttendedAt: r.AttendedAt, Feedback: r.Feedback,
		})
	}
	return nil
}

func (s *Store) ownCallOuts(ctx context.Context, id ippo.FollowerID, d *ippo.PersonalData) (err error) {
	d.CallOuts, err = collect(ctx, s.ro, func(row scanner) (c ippo.OwnCallOuts, err error) {
		var whom []byte
		if err := row.Scan(&c.Campaign, &c.Count, &c.People, &whom, at(&c.LastAt)); err != nil {
			return c, err
		}
		return c, json.Unmarshal(whom, &c.Whom)
	}, `
		SELECT c.title, count(*), sum(o.people), json_group_array(DISTINCT o.whom) FILTER (WHERE o.whom <> ''), max(o.at) FROM call_outs o JOIN campaigns c ON c.id = o.campaign_id
		WHERE o.follower_id = ? GROUP BY c.id ORDER BY c.id DESC`, id)
	if err != nil {
		return err
	}
	rest, err := s.RestOf(ctx, id)
	if notFound(err) {
		return nil
	}
	d.Rest = &ippo.OwnRest{Why: rest.Why, Since: rest.Since, Until: rest.Until}
	return err
}

func (s *Store) ownNotices(ctx context.Context, id ippo.FollowerID, d *ippo.PersonalData) (err error) {
	d.Notices, err = collect(ctx, s.ro, func(row scanner) (n ippo.OwnNotice, err error) {
		err = row.Scan(&n.Kind, &n.State, at(&n.At))
		return n, err
	}, `SELECT kind, state, coalesce(answered_at, due_at) FROM notices WHERE follower_id = ? ORDER BY id DESC LIMIT ?`, id, ownNotices)
	return err
}

// ownBroadcasts looks the follower up in the ledger of the latest broadcasts.
func (s *Store) ownBroadcasts(ctx context.Context, id ippo.FollowerID, d *ippo.PersonalData) error {
	latest, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+` FROM broadcasts
		WHERE started_at IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT ?`, ownBroadcasts)
	if err != nil {
		return err
	}
	for _, b := range latest {
		when, err := s.sentTo(ctx, b.ID, id)
		if err != nil {
			return err
		}
		if !when.IsZero() {
			d.Broadcasts = append(d.Broadcasts, ippo.OwnBroadcast{At: when, Broadcast: b})
		}
	}
	return nil
}

// sentTo returns when LINE was first asked to send a broadcast to a follower; zero: it was not.
func (s *Store) sentTo(ctx context.Context, broadcast ippo.BroadcastID, id ippo.FollowerID) (when time.Time, err error) {
	rows, err := s.ro.QueryContext(ctx, `
		SELECT r.members, r.first_called_at FROM delivery_requests r
		WHERE r.broadcast_id = ? AND r.first_called_at IS NOT NULL AND r.state IN ('pending', 'accepted', 'unknown')
			AND NOT EXISTS (SELECT 1 FROM delivery_exceptions e WHERE e.request_id = r.id AND e.follower_id = ?)`, broadcast, id)
	if err != nil {
		return when, err
	}
	defer rows.Close()
	for rows.Next() {
		var packed []byte
		var called time.Time
		if err := rows.Scan(&packed, at(&called)); err != nil {
			return when, err
		}
		members, err := ippo.UnpackMembers(packed)
		if err != nil {
			return when, err
		}
		if _, sent := slices.BinarySearch(members, id); sent {
			return called, nil
		}
	}
	return when, rows.Err()
}

// ChangeAmbassador replaces what an ambassador tells of themselves. A vision that is another than before
// has to be looked at again before it is shown. ErrConflict: the sign-up has ended.
func (t *Tx) ChangeAmbassador(ctx context.Context, a ippo.Ambassador) error {
	if err := a.Validate(); err != nil {
		return err
	}
	before, err := one(ctx, t.tx, t.store.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE follower_id = ?`, a.Follower)
	if err != nil {
		return fmt.Errorf("change ambassador: %w", err)
	}
	sealed, err := t.store.sealJSON("ambassadors.person", person{a.Name, a.Kana, a.Contact, a.Guardian})
	if err != nil {
		return err
	}
	err = t.changeOne(ctx, `
		UPDATE ambassadors SET person = ?, age_band = ?, updated_at = ?
		WHERE id = ? AND status IN ('applied', 'contacted', 'appointed')`,
		sealed, a.AgeBand, stamp(t.now), before.ID)
	if err != nil {
		return fmt.Errorf("change ambassador %d: %w", before.ID, err)
	}
	vision, err := t.visionIn(ctx, before.ID)
	if err != nil && !notFound(err) {
		return fmt.Errorf("change ambassador %d: %w", before.ID, err)
	}
	if err := t.keepVision(ctx, before.ID, a.Vision, !vision.NamedAt.IsZero(), a.Name != before.Name); err != nil {
		return fmt.Errorf("change ambassador %d: %w", before.ID, err)
	}
	return t.audit(ctx, 0, "ambassador.own", object("ambassador", before.ID), "")
}
