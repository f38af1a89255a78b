package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"ippo"
	"ippo/internal/fold"
)

const broadcastColumns = `id, title, messages, renditions, originals, audience, send_at, on_call, emergency, coalesce(corrects_id, 0), origin, coalesce(campaign_id, 0), coalesce(series_id, 0),
	breaker = 'waived', status, reason, author_id, coalesce(approver_id, 0),
	created_at, updated_at, submitted_at, lapses_at, approved_at, not_before, started_at, finished_at, unit, counted,
	(SELECT json_group_array(json_object('Code', l.code, 'Short', l.short, 'Raw', l.raw) ORDER BY l.place)
		FROM broadcast_links l WHERE l.broadcast_id = broadcasts.id)`

func scanBroadcast(row scanner) (*ippo.Broadcast, error) {
	var b ippo.Broadcast
	var messages, renditions, originals, audience, links []byte
	err := row.Scan(&b.ID, &b.Title, &messages, &renditions, &originals, &audience, at(&b.SendAt), &b.OnCall, &b.Emergency, &b.Corrects, &b.Origin, &b.Campaign, &b.Series,
		&b.Waived, &b.Status, &b.Reason, &b.Author, &b.Approver,
		at(&b.CreatedAt), at(&b.UpdatedAt), at(&b.SubmittedAt), at(&b.LapsesAt), at(&b.ApprovedAt), at(&b.NotBefore), at(&b.StartedAt), at(&b.FinishedAt), &b.Unit, &b.Counted, &links)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(messages, &b.Messages); err != nil {
		return nil, fmt.Errorf("broadcast %d: messages: %w", b.ID, err)
	}
	if err := json.Unmarshal(renditions, &b.Renditions); err != nil {
		return nil, fmt.Errorf("broadcast %d: renditions: %w", b.ID, err)
	}
	if err := json.Unmarshal(originals, &b.Originals); err != nil {
		return nil, fmt.Errorf("broadcast %d: originals: %w", b.ID, err)
	}
	if err := json.Unmarshal(audience, &b.Audience); err != nil {
		return nil, fmt.Errorf("broadcast %d: audience: %w", b.ID, err)
	}
	if err := json.Unmarshal(links, &b.Links); err != nil {
		return nil, fmt.Errorf("broadcast %d: links: %w", b.ID, err)
	}
	return &b, nil
}

// Broadcast returns one broadcast.
func (s *Store) Broadcast(ctx context.Context, id ippo.BroadcastID) (*ippo.Broadcast, error) {
	b, err := one(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcasts WHERE id = ?", id)
	if err != nil {
		return nil, fmt.Errorf("broadcast %d: %w", id, err)
	}
	shown, err := s.seenBroadcasts(ctx, []*ippo.Broadcast{b})
	if err == nil && len(shown) == 0 {
		err = ippo.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("broadcast %d: %w", id, err)
	}
	return b, nil
}

// BroadcastFilter narrows a list of broadcasts; its zero value is all of them.
type BroadcastFilter struct {
	Statuses []ippo.BroadcastStatus // any of these; none: all
	Query    string                 // what is searched for in the title
	Limit    int                    // how many Broadcasts returns; 0: 50
}

// Broadcasts returns the newest broadcasts that a filter leaves.
func (s *Store) Broadcasts(ctx context.Context, filter BroadcastFilter) ([]*ippo.Broadcast, error) {
	l, err := s.broadcastListing(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("broadcasts: %w", err)
	}
	l.stretches = []stretch{{desc: true}}
	part, err := collectPage(ctx, s.ro, scanBroadcast, l, Page{Limit: cmp.Or(filter.Limit, 50)})
	if err != nil {
		return nil, fmt.Errorf("broadcasts: %w", err)
	}
	return part.Items, nil
}

// BroadcastPage returns a part of the list of those that a filter leaves, and how many these are: the newest first,
// unless it is sorted by "name" or by when each was "sent", or is to be.
func (s *Store) BroadcastPage(ctx context.Context, filter BroadcastFilter, p Page) (Part[*ippo.Broadcast], int, error) {
	none := Part[*ippo.Broadcast]{}
	l, err := s.broadcastListing(ctx, filter)
	if err != nil {
		return none, 0, fmt.Errorf("broadcasts: %w", err)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count broadcasts: %w", err)
	}
	switch p.Sort {
	case "name":
		l.stretches = []stretch{{by: "title", desc: p.Desc}}
	case "sent":
		l.stretches = []stretch{{by: "coalesce(started_at, send_at, '')", desc: p.Desc}}
	default:
		l.stretches = []stretch{{desc: p.Desc}}
	}
	part, err := collectPage(ctx, s.ro, scanBroadcast, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("broadcasts: %w", err)
	}
	return part, total, nil
}

// broadcastListing says a filter in SQL, within the context's remit. What is searched for is compared here, of those that the
// rest of the filter leaves.
func (s *Store) broadcastListing(ctx context.Context, filter BroadcastFilter) (listing, error) {
	l := listing{columns: broadcastColumns, table: "broadcasts", id: "id", from: "broadcasts", where: "1 = 1"}
	if len(filter.Statuses) > 0 {
		var args []any
		for _, status := range filter.Statuses {
			args = append(args, status)
		}
		l.narrow("status IN ("+placeholders(len(args))+")", args...)
	}
	if err := s.narrowToSeen(ctx, &l, "broadcasts", addressedBy); err != nil {
		return l, err
	}
	query := fold.QueryOf(filter.Query)
	if query.Empty() {
		return l, nil
	}
	found, err := sift(ctx, s.ro, l, sieve[int64]{
		table: "broadcasts", from: "broadcasts NOT INDEXED", columns: "id, title",
		begin: func(context.Context, int64, int64) (sifter[int64], error) {
			looker := query.Looker()
			return func(row scanner) (id int64, ok bool, err error) {
				var title sql.RawBytes
				err = row.Scan(&id, &title)
				return id, looker.Look(title).All(query), err
			}, nil
		},
	})
	l.found(found)
	return l, err
}

// SaidSince lists the other broadcasts of the same content that have left since a time, the newest first.
func (s *Store) SaidSince(ctx context.Context, b *ippo.Broadcast, since time.Time) ([]*ippo.Broadcast, error) {
	list, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+` FROM broadcasts
		WHERE started_at >= ? AND content = ? AND id <> ? ORDER BY started_at DESC LIMIT 3`, stamp(since), b.Content(), b.ID)
	if err != nil {
		return nil, fmt.Errorf("broadcasts of the same content: %w", err)
	}
	return list, nil
}

// CreateBroadcast keeps a new draft by a member of staff and fills in its ID and times.
func (s *Store) CreateBroadcast(ctx context.Context, by ippo.StaffID, b *ippo.Broadcast) error {
	s.countLinks(b)
	if err := s.checkBroadcast(ctx, b); err != nil {
		return err
	}
	b.Status, b.Author, b.Approver = ippo.BroadcastDraft, by, 0
	return s.Write(ctx, func(t *Tx) error {
		if err := t.insertBroadcast(ctx, b); err != nil {
			return fmt.Errorf("create broadcast: %w", err)
		}
		return t.audit(ctx, by, "broadcast.create", object("broadcast", b.ID), withReason(b.Title, b))
	})
}

// checkBroadcast reports every problem staff can mend: the broadcast's own, slugs that name nothing,
// and a time in the quiet hours, with the next good one.
func (s *Store) checkBroadcast(ctx context.Context, b *ippo.Broadcast) error {
	b.SendAt = b.SendAt.Truncate(time.Millisecond) // as it is kept, so that its hash is the same when read
	var p, unknown ippo.Problems
	if err := b.Validate(); err != nil && !errors.As(err, &p) {
		return err
	}
	if b.Audience.Validate() == nil {
		if _, _, err := s.audienceCondition(ctx, b.Audience, b.Everyone()); errors.As(err, &unknown) {
			p = append(p, unknown...)
		} else if err != nil {
			return err
		}
	}
	to, err := s.addressed(ctx, b)
	if err != nil {
		return err
	}
	if p, err = addProblems(p, s.mayAddress(ctx, to)); err != nil {
		return err
	}
	if b.SendAt.IsZero() {
		return p.Err()
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	switch now := s.Now(); {
	case b.SendAt.Before(now):
		p.Add("sendAt", "予定の時刻を過ぎています。これからの時刻を選んでください。")
	case b.SendAt.After(now.AddDate(1, 0, 0)):
		p.Add("sendAt", "予定の時刻は1年以内で選んでください。")
	case b.Emergency == "" && settings.Quiet(b.SendAt, s.Holidays):
		p.Addf("sendAt", "%sは送信できません。次に送信できるのは%sです。",
			settings.QuietWords(), ippo.TimeWords(settings.Open(b.SendAt, s.Holidays)))
	default:
		p, err = addProblems(p, settings.CheckOnCall(b, b.SendAt, s.Holidays))
		if err != nil {
			return err
		}
	}
	return p.Err()
}

// addProblems adds those of another check; an error that is no ippo.Problems is returned as it is.
func addProblems(p ippo.Problems, err error) (ippo.Problems, error) {
	var more ippo.Problems
	if err != nil && !errors.As(err, &more) {
		return p, err
	}
	return append(p, more...), nil
}

// insertBroadcast keeps a new broadcast, with its own 配信を減らす under it, and fills in its ID.
func (t *Tx) insertBroadcast(ctx context.Context, b *ippo.Broadcast) error {
	id, err := one(ctx, t.tx, scanInt, "SELECT coalesce(max(id), 0) + 1 FROM broadcasts")
	if err != nil {
		return err
	}
	b.ID = ippo.BroadcastID(id)
	b.PutReduce(t.store.reduceLabel)
	messages, renditions, audience, err := encodeBroadcast(b)
	if err != nil {
		return err
	}
	var originals string
	if b.Originals, originals, err = originalsSince(ippo.Said{}, b.Said()); err != nil {
		return err
	}
	b.CreatedAt, b.UpdatedAt = t.now, t.now
	if err := t.exec(ctx, `
		INSERT INTO broadcasts (id, title, messages, renditions, originals, counted, content, audience, send_at, on_call, emergency, corrects_id, origin, campaign_id, series_id, status,
			author_id, approver_id, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.ID, b.Title, messages, renditions, originals, b.Counted, b.Content(), audience, stamp(b.SendAt), b.OnCall, b.Emergency, orNull(b.Corrects), b.Origin, orNull(b.Campaign), orNull(b.Series), b.Status,
		b.Author, orNull(b.Approver), stamp(t.now), stamp(t.now)); err != nil {
		return err
	}
	return t.saveLinks(ctx, b)
}

// reduceLabel says 配信を減らす in a language.
func (s *Store) reduceLabel(l ippo.Language) string {
	if s.ReduceLabel == nil {
		return ippo.ReduceLabel
	}
	return s.ReduceLabel(l)
}

func encodeBroadcast(b *ippo.Broadcast) (messages, renditions, audience string, err error) {
	if messages, renditions, err = encodeMessages(b.Messages, b.Renditions); err != nil {
		return "", "", "", err
	}
	a, err := json.Marshal(b.Audience)
	if err != nil {
		return "", "", "", fmt.Errorf("encode audience: %w", err)
	}
	return messages, renditions, string(a), nil
}

// encodeMessages returns messages as they are kept, and their renditions in other languages.
func encodeMessages(messages []ippo.Message, renditions ippo.Renditions) (m, v string, err error) {
	own, err := json.Marshal(messages)
	if err != nil {
		return "", "", fmt.Errorf("encode messages: %w", err)
	}
	if len(renditions) == 0 {
		return string(own), "{}", nil
	}
	others, err := json.Marshal(renditions)
	if err != nil {
		return "", "", fmt.Errorf("encode renditions: %w", err)
	}
	return string(own), string(others), nil
}

// originalsSince works out what renditions were made of, now that something is said in place of was, and returns it as it is
// kept.
func originalsSince(was, is ippo.Said) (originals ippo.Originals, kept string, err error) {
	originals = is.Since(was)
	text, err := json.Marshal(originals)
	if err != nil {
		return nil, "", fmt.Errorf("encode originals: %w", err)
	}
	return originals, string(text), nil
}

// withReason adds, for the audit log, why a broadcast passes the quiet hours.
func withReason(detail string, b *ippo.Broadcast) string {
	if b.Emergency == "" {
		return detail
	}
	return detail + "（緊急: " + b.Emergency + "）"
}

// object names a row for the audit log, such as broadcast:12.
func object[ID ~int64](kind string, id ID) string { return fmt.Sprintf("%s:%d", kind, id) }

// UpdateBroadcast replaces what a broadcast says that has not begun; it is a draft again, since what
// was submitted or approved is no longer there, and its recipients are found anew. Whoever changes it is its author from then on: an approver who
// rewrites a colleague's draft does not approve it too. b.UpdatedAt is when the writer last read it: if somebody else
// has changed it since, nothing is written and the error is ippo.ErrConflict.
func (s *Store) UpdateBroadcast(ctx context.Context, by ippo.StaffID, b *ippo.Broadcast) error {
	s.countLinks(b)
	if err := s.checkBroadcast(ctx, b); err != nil {
		return err
	}
	b.PutReduce(s.reduceLabel)
	messages, renditions, audience, err := encodeBroadcast(b)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "broadcasts", "id", b.ID)
		if err != nil {
			return fmt.Errorf("update broadcast %d: %w", b.ID, err)
		}
		before, err := one(ctx, t.tx, scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcasts WHERE id = ?", b.ID)
		if err != nil {
			return fmt.Errorf("update broadcast %d: %w", b.ID, err)
		}
		if err := t.keepVersion(ctx, by, before); err != nil {
			return err
		}
		var originals string
		if b.Originals, originals, err = originalsSince(before.Said(), b.Said()); err != nil {
			return err
		}
		// updated_at also tells versions apart, so it moves even within one millisecond.
		updated := t.now
		if !updated.After(b.UpdatedAt) {
			updated = b.UpdatedAt.Add(time.Millisecond)
		}
		err = t.changeOne(ctx, `
			UPDATE broadcasts SET title = ?, messages = ?, renditions = ?, originals = ?, counted = ?, content = ?, audience = ?, send_at = ?, on_call = ?, emergency = ?, author_id = ?,
				status = 'draft', reason = '', submitted_at = NULL, updated_at = ?,
				approver_id = NULL, approved_hash = NULL, approved_at = NULL, not_before = NULL, breaker = '', recipients = 0
			WHERE id = ? AND status IN ('draft', 'submitted', 'approved', 'held', 'paused') AND started_at IS NULL
				AND origin <> 'digest' AND updated_at = ?`,
			b.Title, messages, renditions, originals, b.Counted, b.Content(), audience, stamp(b.SendAt), b.OnCall, b.Emergency, by, stamp(updated), b.ID, stamp(b.UpdatedAt))
		if err != nil {
			return fmt.Errorf("update broadcast %d: %w", b.ID, err)
		}
		if err := t.exec(ctx, "DELETE FROM delivery_requests WHERE broadcast_id = ?", b.ID); err != nil {
			return fmt.Errorf("update broadcast %d: drop its ledger: %w", b.ID, err)
		}
		if err := t.exec(ctx, "DELETE FROM broadcast_variants WHERE broadcast_id = ?", b.ID); err != nil {
			return fmt.Errorf("update broadcast %d: drop its renditions: %w", b.ID, err)
		}
		if err := t.saveLinks(ctx, b); err != nil {
			return err
		}
		b.UpdatedAt, b.Status, b.Author = updated, ippo.BroadcastDraft, by
		return t.auditChange(ctx, by, "broadcast.update", object("broadcast", b.ID), withReason(b.Title, b), was)
	})
}

// SubmitBroadcast asks for a draft's approval; staff who may approve are told by mail.
func (s *Store) SubmitBroadcast(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
	return s.Write(ctx, func(t *Tx) error {
		b, err := one(ctx, t.tx, scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcasts WHERE id = ?", id)
		if err != nil {
			return fmt.Errorf("submit broadcast %d: %w", id, err)
		}
		settings, err := settingsIn(ctx, t.tx)
		if err != nil {
			return err
		}
		lapses := b.Lapses(t.now, settings, s.Holidays)
		if b.Status == ippo.BroadcastDraft && !lapses.After(t.now) {
			return tooLate(lapses)
		}
		if b.SendAt.IsZero() {
			if err := settings.CheckOnCall(b, t.now, s.Holidays); err != nil {
				return err
			}
		}
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'submitted', reason = '', submitted_at = ?, lapses_at = ?
			WHERE id = ? AND status = 'draft'`, stamp(t.now), stamp(lapses), id); err != nil {
			return fmt.Errorf("submit broadcast %d: %w", id, err)
		}
		if err := t.mailStaff(ctx, "配信の承認をお願いします",
			fmt.Sprintf("承認を待っている配信があります。\n/admin/broadcasts/%d\n", id)); err != nil {
			return err
		}
		return t.audit(ctx, by, "broadcast.submit", object("broadcast", id), "")
	})
}

// tooLate says that a broadcast cannot be approved any more as it is.
func tooLate(lapsed time.Time) ippo.Problems {
	return ippo.Problems{{Field: "sendAt", Message: ippo.TimeWords(lapsed) + "を過ぎたため、このままでは承認できません。送る時を決めなおして、もう一度申請してください。"}}
}

// LapseBroadcasts returns what was not approved in time to its authors as drafts, and tells staff.
// next is when the next one lapses; zero if none waits.
func (s *Store) LapseBroadcasts(ctx context.Context) (next time.Time, err error) {
	waiting, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+` FROM broadcasts
		WHERE status = 'submitted' ORDER BY lapses_at`)
	if err != nil {
		return next, fmt.Errorf("submitted broadcasts: %w", err)
	}
	for _, b := range waiting {
		if b.LapsesAt.After(s.Now()) {
			return b.LapsesAt, nil
		}
		if err := s.lapse(ctx, b); err != nil && !errors.Is(err, ippo.ErrConflict) {
			return next, err
		}
	}
	return next, nil
}

func (s *Store) lapse(ctx context.Context, b *ippo.Broadcast) error {
	reason := ippo.TimeWords(b.LapsesAt) + "までに承認されなかったため、下書きに戻しました。"
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'draft', reason = ?, submitted_at = NULL
			WHERE id = ? AND status = 'submitted' AND lapses_at = ?`, reason, b.ID, stamp(b.LapsesAt)); err != nil {
			return fmt.Errorf("lapse broadcast %d: %w", b.ID, err)
		}
		if err := t.mailStaff(ctx, "承認されなかった配信を下書きに戻しました",
			fmt.Sprintf("%s\n/admin/broadcasts/%d\n", reason, b.ID)); err != nil {
			return err
		}
		return t.audit(ctx, 0, "broadcast.lapse", object("broadcast", b.ID), reason)
	})
}

// ReturnBroadcast gives a submitted broadcast back to its author, with the reason.
func (s *Store) ReturnBroadcast(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID, reason string) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'draft', reason = ?, submitted_at = NULL
			WHERE id = ? AND status = 'submitted'`, "差し戻されました: "+reason, id); err != nil {
			return fmt.Errorf("return broadcast %d: %w", id, err)
		}
		return t.audit(ctx, by, "broadcast.return", object("broadcast", id), reason)
	})
}

// Approval is what an approver has seen and agrees to.
type Approval struct {
	Hash      [32]byte // of the broadcast as it was shown; any change since voids the approval
	Confirmed int      // the number of recipients, typed in by the office's only approver; else 0
	Reason    string   // why what a restore holds goes on; else ""
}

// ApproveBroadcast fixes a broadcast's recipients in the ledger and lets it go at its time. Whether
// its author may approve it is for ippo.Settings.OwnApproval to say: it is ippo.ErrForbidden, or asks
// for the number of recipients. A broadcast changed since it was shown is ippo.ErrConflict, and so is a
// colleague's that lapsed or was sent back since: it is submitted again first.
func (s *Store) ApproveBroadcast(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID, approval Approval) error {
	b, err := s.Broadcast(ctx, id)
	if err != nil {
		return err
	}
	hash := b.Hash()
	if !b.Status.Editable() || hash != approval.Hash {
		return fmt.Errorf("approve broadcast %d: %w", id, ippo.ErrConflict)
	}
	if err := s.checkBroadcast(ctx, b); err != nil {
		return err
	}
	members, err := s.recipients(ctx, b)
	if err != nil {
		return err
	}
	planned, err := s.planRenditions(ctx, b, members)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		own, err := t.approveAs(ctx, by, b, len(members))
		if err != nil {
			return fmt.Errorf("approve broadcast %d: %w", id, err)
		}
		// A late approval never sends: not when the job that lapses it has not come to it yet, and not from
		// a page that was loaded before it was a draft again. The reason says that it is. A program's draft
		// is submitted by being written: the API has no other step.
		settings, err := settingsIn(ctx, t.tx)
		if err != nil {
			return err
		}
		switch written := b.Lapses(b.UpdatedAt, settings, t.store.Holidays); {
		case b.Status == ippo.BroadcastSubmitted && !b.LapsesAt.After(t.now):
			return tooLate(b.LapsesAt)
		case b.Status == ippo.BroadcastDraft && b.Origin == ippo.OriginAPI && !written.After(t.now):
			return tooLate(written)
		case b.Status == ippo.BroadcastDraft && b.Author != by && b.Reason != "":
			return fmt.Errorf("approve broadcast %d: a draft again: %w", id, ippo.ErrConflict)
		}
		action, detail := "broadcast.approve", fmt.Sprintf("%d人", len(members))
		var notBefore time.Time
		switch own {
		case ippo.OwnConfirmed, ippo.OwnUrgent:
			if approval.Confirmed != len(members) {
				return wrongNumber(len(members))
			}
			action = "broadcast.approve-own"
			reason, err := t.whyAlone(ctx, b)
			if err != nil {
				return err
			}
			detail += "、" + reason
			if own == ippo.OwnConfirmed {
				notBefore = t.now.Add(ippo.OwnDelay)
			}
		}
		if err := s.checkAnswered(ctx, t, b, notBefore); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'approved', reason = '', approver_id = ?, approved_hash = ?, approved_at = ?, not_before = ?
			WHERE id = ? AND status = ? AND updated_at = ?`,
			by, hash[:], stamp(t.now), stamp(notBefore), id, b.Status, stamp(b.UpdatedAt)); err != nil {
			return fmt.Errorf("approve broadcast %d: %w", id, err)
		}
		if err := t.insertVariants(ctx, id, b.Renditions.Variants()); err != nil {
			return err
		}
		if err := t.insertRequests(ctx, id, planned); err != nil {
			return err
		}
		return t.audit(ctx, by, action, object("broadcast", id), withReason(detail, b))
	})
}

// whyAlone says why somebody approves a broadcast of their own that reaches more people than one may
// write to alone. That of an emergency is its own.
func (t *Tx) whyAlone(ctx context.Context, b *ippo.Broadcast) (string, error) {
	settings, err := settingsIn(ctx, t.tx)
	switch {
	case err != nil:
		return "", err
	case b.Emergency != "":
		return "緊急のため", nil
	case settings.OnePerson != "":
		return "一人で承認できる設定のため: " + settings.OnePerson, nil
	}
	return "ほかに承認者がいないため", nil
}

// checkAnswered asks who answers the telephone when b is approved now and leaves no sooner than notBefore.
func (s *Store) checkAnswered(ctx context.Context, t *Tx, b *ippo.Broadcast, notBefore time.Time) error {
	settings, err := settingsIn(ctx, t.tx)
	if err != nil {
		return err
	}
	leaves := *b
	leaves.ApprovedAt, leaves.NotBefore = t.now, notBefore
	return settings.CheckOnCall(b, leaves.Due(), s.Holidays)
}

// approveAs returns in which way somebody approves a broadcast of their own; OwnFree for that of a
// colleague. It is ippo.ErrForbidden if they may not.
func (t *Tx) approveAs(ctx context.Context, by ippo.StaffID, b *ippo.Broadcast, recipients int) (ippo.OwnApproval, error) {
	who, alone, err := t.mayApprove(ctx, by)
	if err != nil {
		return ippo.OwnRefused, err
	}
	if mine, err := samePerson(ctx, t.tx, b.Author, by); err != nil || !mine {
		return ippo.OwnFree, err
	}
	settings, err := settingsIn(ctx, t.tx)
	if err != nil {
		return ippo.OwnRefused, err
	}
	own := settings.OwnApproval(who, b, recipients, alone)
	if own == ippo.OwnRefused {
		return own, fmt.Errorf("the author's own: %w", ippo.ErrForbidden)
	}
	return own, nil
}

// PauseBroadcast stops a broadcast that is being sent or waits for its time; at most the requests
// already on their way still go out. reason is shown to staff; by is 0 when the program stops it.
func (s *Store) PauseBroadcast(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID, reason string) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'paused', reason = ? WHERE id = ? AND status IN ('approved', 'sending')`,
			reason, id); err != nil {
			return fmt.Errorf("pause broadcast %d: %w", id, err)
		}
		if by == 0 {
			if err := t.mailStaff(ctx, "配信を一時停止しました",
				fmt.Sprintf("%s\n/admin/broadcasts/%d\n", reason, id)); err != nil {
				return err
			}
		}
		return t.audit(ctx, by, "broadcast.pause", object("broadcast", id), reason)
	})
}

// ResumeBroadcast lets a paused broadcast go on, from now if its time has passed: through the gates, also
// when some have it already, for the others may have been sent much else meanwhile.
func (s *Store) ResumeBroadcast(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
	return s.Write(ctx, func(t *Tx) error {
		return t.letGo(ctx, by, id, ippo.BroadcastPaused, "broadcast.resume", "")
	})
}

// ReleaseBroadcast lets a held broadcast go, from now if its time has passed. The reason is kept in the
// log, where all staff read it; the breaker does not hold the same broadcast twice.
func (s *Store) ReleaseBroadcast(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID, reason string) error {
	if err := checkReason("保留を解く理由", reason); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.letGo(ctx, by, id, ippo.BroadcastHeld, "broadcast.release", reason); err != nil {
			return err
		}
		return t.exec(ctx, "UPDATE broadcasts SET breaker = 'waived' WHERE id = ? AND breaker = 'held'", id)
	})
}

// checkReason asks for the reason of what passes a rule.
func checkReason(label, reason string) error {
	if n := utf8.RuneCountInString(reason); n == 0 || n > ippo.MaxReason {
		return ippo.Problems{{Field: "reason", Message: fmt.Sprintf("%sを%d文字以内で入力してください。", label, ippo.MaxReason)}}
	}
	return nil
}

func (t *Tx) letGo(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID, from ippo.BroadcastStatus, action, detail string) error {
	if err := t.changeOne(ctx, `
		UPDATE broadcasts SET status = 'approved', reason = '', send_at = max(coalesce(send_at, ?1), ?1)
		WHERE id = ?2 AND status = ?3`, stamp(t.now), id, from); err != nil {
		return fmt.Errorf("%s %d: %w", action, id, err)
	}
	if err := t.wakeRequests(ctx, id); err != nil {
		return err
	}
	return t.audit(ctx, by, action, object("broadcast", id), detail)
}

// CancelBroadcast ends a broadcast for good. Who has not been sent to is not sent to; a request that
// LINE has not answered is unknown until its answer comes.
func (s *Store) CancelBroadcast(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
	return s.Write(ctx, func(t *Tx) error { return t.cancel(ctx, by, id) })
}

func (t *Tx) cancel(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
	if err := t.changeOne(ctx, `
		UPDATE broadcasts SET status = 'cancelled', finished_at = ?
		WHERE id = ? AND status IN ('draft', 'submitted', 'approved', 'held', 'sending', 'paused')`,
		stamp(t.now), id); err != nil {
		return fmt.Errorf("cancel broadcast %d: %w", id, err)
	}
	if err := t.closeRequests(ctx, id, ippo.DeliverySkipped, "取り消し"); err != nil {
		return err
	}
	return t.audit(ctx, by, "broadcast.cancel", object("broadcast", id), "")
}

// HoldBroadcast stops a broadcast that a rule forbids to go by itself; staff are told why and
// release or cancel it.
func (s *Store) HoldBroadcast(ctx context.Context, id ippo.BroadcastID, reason string) error {
	return s.Write(ctx, func(t *Tx) error { return t.hold(ctx, id, reason) })
}

// BreakBroadcast is HoldBroadcast by the breaker, which does not hold it again once it is released.
func (s *Store) BreakBroadcast(ctx context.Context, id ippo.BroadcastID, reason string) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.hold(ctx, id, reason); err != nil {
			return err
		}
		return t.exec(ctx, "UPDATE broadcasts SET breaker = 'held' WHERE id = ?", id)
	})
}

func (t *Tx) hold(ctx context.Context, id ippo.BroadcastID, reason string) error {
	if err := t.changeOne(ctx, `
		UPDATE broadcasts SET status = 'held', reason = ? WHERE id = ? AND status IN ('approved', 'sending')`,
		reason, id); err != nil {
		return fmt.Errorf("hold broadcast %d: %w", id, err)
	}
	if err := t.mailStaff(ctx, "配信を保留しました", fmt.Sprintf("%s\n/admin/broadcasts/%d\n", reason, id)); err != nil {
		return err
	}
	return t.audit(ctx, 0, "broadcast.hold", object("broadcast", id), reason)
}

// HoldEverything holds all that would leave by itself, after a restore: what the copy believes
// unsent may have been sent since it was made. Broadcasts, campaigns and series, those with a due time that
// waits for a decision included, go on once an administrator says so; so does the next digest, when it
// is due. Notices end: each belongs to a moment, and to what their makers knew then. So do mails to groups,
// and what newcomers and groups were to be asked by now: staff have it on their lists.
func (s *Store) HoldEverything(ctx context.Context, reason string) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.exec(ctx, `
			UPDATE broadcasts SET status = 'held', reason = ? WHERE status IN ('approved', 'sending', 'paused')`, reason); err != nil {
			return fmt.Errorf("hold everything: %w", err)
		}
		for _, kind := range []ippo.SourceKind{ippo.SourceCampaign, ippo.SourceSeries} {
			if err := t.exec(ctx, `
				UPDATE `+table(ippo.Source{Kind: kind})+` SET active = 0, next_due = NULL, held = 1
				WHERE active = 1 OR id IN (SELECT source_id FROM firings WHERE source = ? AND state = 'waiting')`, kind); err != nil {
				return fmt.Errorf("hold everything: %w", err)
			}
		}
		if err := t.exec(ctx, "UPDATE digest_clock SET next_due = NULL, held = 1 WHERE id = 1"); err != nil {
			return fmt.Errorf("hold everything: %w", err)
		}
		if err := t.exec(ctx, `
			UPDATE notices SET state = CASE WHEN first_called_at IS NULL THEN 'skipped' ELSE 'unknown' END, reason = ?2, `+noticeEnded+`
			WHERE state = 'pending'`, stamp(t.now), reason); err != nil {
			return fmt.Errorf("hold everything: %w", err)
		}
		if err := t.holdMatches(ctx); err != nil {
			return err
		}
		if err := t.holdReservations(ctx); err != nil {
			return err
		}
		if err := t.forgetRichMenu(ctx); err != nil {
			return err
		}
		return t.audit(ctx, 0, "restore.hold", "all", reason)
	})
}

// FailBroadcast ends a broadcast that LINE refuses for good; nobody more is sent to.
func (s *Store) FailBroadcast(ctx context.Context, id ippo.BroadcastID, reason string) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'failed', reason = ?, finished_at = ? WHERE id = ? AND status = 'sending'`,
			reason, stamp(t.now), id); err != nil {
			return fmt.Errorf("fail broadcast %d: %w", id, err)
		}
		if err := t.closeRequests(ctx, id, ippo.DeliveryFailed, reason); err != nil {
			return err
		}
		if err := t.mailStaff(ctx, "配信が失敗しました", fmt.Sprintf("%s\n/admin/broadcasts/%d\n", reason, id)); err != nil {
			return err
		}
		return t.audit(ctx, 0, "broadcast.fail", object("broadcast", id), reason)
	})
}
