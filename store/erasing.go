package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// holdings says of every table that holds something of a follower's, or values that cannot be read from
// the outside, what becomes of it when they are forgotten. A test fails when a table is missing here.
// Statements are given the follower's ID; they run in this order.
var holdings = []struct {
	table string
	erase []string
	stays string // why, or what of it; for who reads this
}{
	{table: "follower_tags", erase: []string{`DELETE FROM follower_tags WHERE follower_id = ?`}},
	{table: "rich_menu_links", erase: []string{`DELETE FROM rich_menu_links WHERE follower_id = ?`}},
	{table: "staff_links", erase: []string{unlinkFollower}},
	{table: "staff_link_tries", erase: []string{`DELETE FROM staff_link_tries WHERE follower_id = ?`}},
	{table: "group_accounts", erase: []string{`DELETE FROM group_accounts WHERE follower_id = ?`}},
	{table: "conversations", erase: []string{`DELETE FROM conversations WHERE follower_id = ?`}},
	{table: "form_links", erase: []string{`DELETE FROM form_links WHERE follower_id = ?`}},
	{table: "first_follows", erase: []string{`DELETE FROM first_follows WHERE follower_id = ?`}},
	{table: "inbound_events", stays: "LINE's name for the event, so that one that is delivered again is not somebody new", erase: []string{`
		UPDATE inbound_events SET state = 'done', payload = NULL, reply = NULL, message_id = '', line_user_id = ''
		WHERE line_user_id = (SELECT line_user_id FROM followers WHERE id = ?)`}},
	{table: "notices", stays: "that one of its kind was sent, for LINE's quota", erase: []string{`
		DELETE FROM notices WHERE follower_id = ? AND first_called_at IS NULL`, `
		UPDATE notices SET key = NULL, messages = NULL, content = x'', body_sha256 = NULL, stuck = 0, next_attempt_at = NULL,
			state = CASE state WHEN 'pending' THEN 'unknown' ELSE state END, answered_at = coalesce(answered_at, first_called_at)
		WHERE follower_id = ?`}},
	{table: "desk_requests", stays: "what is open, without who asked, until the desk is done with it", erase: []string{`
		UPDATE desk_requests SET body = NULL, note = NULL WHERE follower_id = ? AND state = 'done'`, `
		UPDATE desk_requests SET follower_id = NULL, message_id = NULL, forget = 1 WHERE follower_id = ?`}},
	// Its row leads to a follower's without a person; the night deletes it once it has ended.
	{table: "consultations", stays: "what is open, until the desk is done with it", erase: []string{`
		DELETE FROM consultations WHERE follower_id = ? AND state = 'done'`}},
	{table: "consultation_entries", stays: "what belongs to an open consultation; the rest went with its own"},
	// What goes with a match goes with it: match_steps, follow_ups, group_links.
	{table: "matches", stays: "of those that have ended: the group and the outcome, for the count", erase: []string{`
		DELETE FROM matches WHERE follower_id = ? AND (ended_at IS NULL OR state = 'suggested')`, `
		UPDATE matches SET why = NULL, wish = NULL, request = NULL, consent = '', followup = '', followup_at = NULL WHERE follower_id = ?`}},
	{table: "match_steps", erase: []string{`
		UPDATE match_steps SET note = NULL WHERE match_id IN (SELECT id FROM matches WHERE follower_id = ?)`}},
	{table: "group_links", erase: []string{`DELETE FROM group_links WHERE match_id IN (SELECT id FROM matches WHERE follower_id = ?)`}},
	// Open ones are cancelled in eraseReservations, which frees their places.
	{table: "reservations", stays: "that somebody came or had signed up, for the count", erase: []string{`
		DELETE FROM reservations WHERE follower_id = ? AND state IN ('cancelled', 'lapsed')`, `
		UPDATE reservations SET attendee = NULL, follower_id = NULL, made_at = substr(made_at, 1, 10) || 'T00:00:00.000Z' WHERE follower_id = ?`}},
	{table: "visions", erase: []string{`
		DELETE FROM visions WHERE ambassador_id IN (SELECT id FROM ambassadors WHERE follower_id = ?)`}},
	// The person's row follows in eraseAmbassador.
	{table: "ambassadors", stays: "the number, which is never given twice, and how far they came"},
	{table: "rests", erase: []string{`DELETE FROM rests WHERE follower_id = ?`}},
	{table: "call_outs", stays: "the number of them: the town's step does not go back", erase: []string{`
		UPDATE call_outs SET whom = '' WHERE follower_id = ?`}},
	{table: "delivery_requests", stays: "that somebody was sent; what a personal one said goes in erase"},
	{table: "delivery_exceptions", stays: "that somebody was not sent, and a reason that is nobody's own"},
	{table: "erasures", erase: []string{`DELETE FROM erasures WHERE follower_id = ?`}},
	// Last, for others find their rows by it. LINE's name for them gives way to one of our own making in Erase.
	{table: "followers", stays: "a row without a person, that the ledger's numbers lead to", erase: []string{`
		UPDATE followers SET status = 'erased', display_name = NULL, language = 'ja', topics = 0, areas = 0, stopped = 1, digest = 0,
			digest_switched_at = NULL, entry_id = NULL, followed_at = substr(followed_at, 1, 10) || 'T00:00:00.000Z', blocked_at = NULL,
			onboarded_at = NULL, seen_at = NULL
		WHERE id = ?`}},

	{table: "follower_changes", stays: "that something changed, and not what: only the latest thousands are kept"},
	{table: "name_packs", stays: "the names of others: a trigger takes a pack away with one of its names"},
	{table: "erased_accounts", stays: "keyed hashes, which is how nobody comes back by a list"},
	{table: "case_changes", stays: "staff's words for several at once, until each has them: a moment later"},
	{table: "tag_change_parts", stays: "for a month, numbers that lead to a row without a person"},
	{table: "unanswered_questions", stays: "nobody's: whose they were was never kept"},
	{table: "idempotency_keys", stays: "answers to other programs, for a day"},
	{table: "mails", stays: "letters name no resident"},
	{table: "flyers", stays: "what staff uploaded for everybody to see"},
	{table: "pictures", stays: "what staff uploaded to be sent"},
	{table: "activity_groups", stays: "whom groups name as their host; the center changes that with the group"},
	{table: "intakes", stays: "what staff see of a spreadsheet of groups, until it is taken in or a week has passed"},
	{table: "intake_parts", stays: "files that staff uploaded, likewise"},
	{table: "unsent_forms", stays: "what staff typed after their session had ended, for a day"},
	{table: "broadcasts", stays: "hashes"},
	{table: "staff", stays: "hashes of tokens, and secrets of the staff's apps"},
	{table: "recovery_codes", stays: "hashes"},
	{table: "staff_link_codes", stays: "hashes"},
	{table: "staff_invites", stays: "hashes, and whom the center invites to work there"},
	{table: "group_account_codes", stays: "hashes"},
	{table: "ambassador_codes", stays: "hashes; theirs went with their row"},
	{table: "login_failures", stays: "hashes"},
	{table: "sessions", stays: "the staff's"},
	{table: "audit_log", stays: "that staff, or somebody with a number, did something; hashes"},
	{table: "audit_chain", stays: "hashes"},
}

// AskErasure notes that a follower wants to be forgotten; by is 0 when they said so themselves, and else a
// member of staff, with the reason. From now on nothing new goes to them. ErrConflict: that was noted before.
func (t *Tx) AskErasure(ctx context.Context, id ippo.FollowerID, by ippo.StaffID, reason string) error {
	err := t.exec(ctx, `
		INSERT INTO erasures (follower_id, asked_at, staff_id, was) SELECT id, ?, ?, status FROM followers WHERE id = ? AND status <> 'erased'`,
		stamp(t.now), orNull(by), id)
	if err == nil {
		err = t.changeOne(ctx, `UPDATE followers SET status = 'erased' WHERE id = ? AND status <> 'erased'`, id)
	}
	if err != nil {
		return fmt.Errorf("ask to erase %d: %w", id, err)
	}
	return t.audit(ctx, by, "follower.erase", object("follower", id), reason)
}

// CallOffErasure takes back that somebody is to be forgotten; by is 0 when they say so themselves. It is
// ippo.ErrConflict once they have been, and for who never was to be.
func (t *Tx) CallOffErasure(ctx context.Context, id ippo.FollowerID, by ippo.StaffID, reason string) error {
	err := t.changeOne(ctx, `
		UPDATE followers SET status = (SELECT was FROM erasures WHERE follower_id = ?1)
		WHERE id = ?1 AND EXISTS (SELECT 1 FROM erasures WHERE follower_id = ?1)`, id)
	if err == nil {
		err = t.exec(ctx, `DELETE FROM erasures WHERE follower_id = ?`, id)
	}
	if err != nil {
		return fmt.Errorf("call off the erasure of %d: %w", id, err)
	}
	return t.audit(ctx, by, "follower.keep", object("follower", id), reason)
}

// Erasures returns who waits to be forgotten, the longest first.
func (s *Store) Erasures(ctx context.Context) ([]ippo.Erasure, error) {
	waiting, err := collect(ctx, s.ro, func(row scanner) (e ippo.Erasure, err error) {
		err = row.Scan(&e.Follower, at(&e.AskedAt), &e.Staff)
		return e, err
	}, `SELECT follower_id, asked_at, coalesce(staff_id, 0) FROM erasures ORDER BY asked_at, follower_id`)
	if err != nil {
		return nil, fmt.Errorf("erasures: %w", err)
	}
	return waiting, nil
}

// Erase erases, in one transaction, all that we hold about who asked for it. done is false if that was called
// off, and while LINE has yet to answer a request that names them, for at most ippo.EraseWithin. What was there
// still stands in SQLite's log until Scrub.
func (s *Store) Erase(ctx context.Context, e ippo.Erasure) (done bool, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		asked, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM erasures WHERE follower_id = ? AND asked_at = ?`, e.Follower, stamp(e.AskedAt))
		if err != nil || asked == 0 {
			return err
		}
		if t.now.Before(e.AskedAt.Add(ippo.EraseWithin)) {
			if open, err := t.named(ctx, e.Follower); err != nil || open {
				return err
			}
		}
		done = true
		return t.erase(ctx, e.Follower)
	})
	if err != nil {
		return false, fmt.Errorf("erase %d: %w", e.Follower, err)
	}
	return done, nil
}

// named reports whether LINE was asked to send somebody something and has not answered, or shows them a menu of their own
// that it is yet to be told to take away.
func (t *Tx) named(ctx context.Context, id ippo.FollowerID) (bool, error) {
	notices, err := one(ctx, t.tx, scanInt, `
		SELECT count(*) FROM notices WHERE follower_id = ? AND state = 'pending' AND first_called_at IS NOT NULL`, id)
	if err != nil || notices > 0 {
		return notices > 0, err
	}
	menus, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM rich_menu_links WHERE follower_id = ? AND line_id <> ''`, id)
	if err != nil || menus > 0 {
		return menus > 0, err
	}
	packed, err := collect(ctx, t.tx, scanBytes, `
		SELECT members FROM delivery_requests WHERE state = 'pending' AND first_called_at IS NOT NULL
			AND broadcast_id IN (SELECT id FROM broadcasts WHERE status IN ('submitted', 'approved', 'held', 'sending', 'paused'))`)
	if err != nil {
		return false, err
	}
	for _, p := range packed {
		members, err := ippo.UnpackMembers(p)
		if err != nil {
			return false, err
		}
		if _, named := slices.BinarySearch(members, id); named {
			return true, nil
		}
	}
	return false, nil
}

func (t *Tx) erase(ctx context.Context, id ippo.FollowerID) error {
	lineUserID, err := one(ctx, t.tx, scanText, `
		SELECT f.line_user_id FROM followers f JOIN erasures e ON e.follower_id = f.id WHERE f.id = ?`, id)
	if err != nil {
		return err
	}
	if err := t.eraseAmbassador(ctx, id); err != nil {
		return err
	}
	if err := t.eraseReservations(ctx, id); err != nil {
		return err
	}
	for _, h := range holdings {
		for _, statement := range h.erase {
			if err := t.exec(ctx, statement, id); err != nil {
				return fmt.Errorf("%s: %w", h.table, err)
			}
		}
	}
	// What a personal message was filled with, where LINE never answered and the key is worth nothing any more.
	err = t.exec(ctx, `UPDATE delivery_requests SET filled = NULL WHERE filled IS NOT NULL AND size = 1 AND members = ?`,
		ippo.PackMembers([]ippo.FollowerID{id}))
	if err != nil {
		return err
	}
	// In the form of LINE's names, as the ledger expects, and nobody's.
	var nobody [16]byte
	rand.Read(nobody[:])
	err = t.changeOne(ctx, `UPDATE followers SET line_user_id = ? WHERE id = ?`, "U"+hex.EncodeToString(nobody[:]), id)
	if err != nil {
		return err
	}
	// The day, and not the moment, which would lead to the line in the audit log.
	err = t.exec(ctx, `INSERT INTO erased_accounts (account, erased_at) VALUES (?, ?) ON CONFLICT DO NOTHING`,
		t.store.erased.Sums(lineUserID)[0], stamp(ippo.Day(t.now)))
	if err != nil {
		return err
	}
	return t.audit(ctx, 0, "follower.erased", object("follower", id), "")
}

// eraseAmbassador leaves the number of an ambassador, which is never given twice, without the person.
func (t *Tx) eraseAmbassador(ctx context.Context, id ippo.FollowerID) error {
	if err := t.WithdrawAmbassador(ctx, id); err != nil {
		return err
	}
	a, err := one(ctx, t.tx, scanInt, `SELECT id FROM ambassadors WHERE follower_id = ?`, id)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.unnameAmbassador(ctx, ippo.AmbassadorID(a))
}

// eraseReservations gives back the places that somebody has at events that are not over.
func (t *Tx) eraseReservations(ctx context.Context, id ippo.FollowerID) error {
	open, err := collect(ctx, t.tx, t.store.scanReservation, reservationQuery+` JOIN events e ON e.id = r.event_id
		WHERE r.follower_id = ? AND r.`+stillComing+` AND r.attended_at IS NULL AND e.ends_at > ?`, id, stamp(t.now))
	if err != nil {
		return err
	}
	for _, r := range open {
		if err := t.endReservation(ctx, r, ippo.ReservationCancelled); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) unnameAmbassador(ctx context.Context, id ippo.AmbassadorID) error {
	if err := t.exec(ctx, `DELETE FROM ambassador_codes WHERE ambassador_id = ?`, id); err != nil {
		return err
	}
	nobody, err := t.store.sealJSON("ambassadors.person", person{Name: "（削除済み）"})
	if err != nil {
		return err
	}
	if err := t.exec(ctx, `DELETE FROM visions WHERE ambassador_id = ?`, id); err != nil {
		return err
	}
	return t.exec(ctx, `
		UPDATE ambassadors SET follower_id = NULL, linked_at = NULL, invite = NULL, person = ?, note = NULL, age_band = '', actions = '[]', resting = 0
		WHERE id = ?`, nobody, id)
}

// forgotten reports whether who has this LINE ID asked to be forgotten, and has not come back.
func (t *Tx) forgotten(ctx context.Context, lineUserID string) (bool, error) {
	args := t.store.accounts(lineUserID)
	n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM erased_accounts WHERE account IN (`+placeholders(len(args))+`)`, args...)
	return n > 0, err
}

// accounts returns the keyed hashes of LINE IDs as arguments of a statement.
func (s *Store) accounts(lineUserIDs ...string) (args []any) {
	for _, id := range lineUserIDs {
		for _, sum := range s.erased.Sums(id) {
			args = append(args, sum)
		}
	}
	return args
}

// welcomeBack lets lists name somebody again who has come back by themselves.
func (t *Tx) welcomeBack(ctx context.Context, lineUserID string) error {
	args := t.store.accounts(lineUserID)
	return t.exec(ctx, `DELETE FROM erased_accounts WHERE account IN (`+placeholders(len(args))+`)`, args...)
}

// Forgotten is who was forgotten, or asked to be, by what one database knows: for another, which was made
// before.
type Forgotten struct {
	accounts []erasedAccount
	waiting  []string // LINE IDs of those who asked
}

type erasedAccount struct {
	account []byte
	day     string
}

// Forgotten returns who was forgotten and who waits to be. A database of before there was erasing knows of
// nobody.
func (s *Store) Forgotten(ctx context.Context) (f Forgotten, err error) {
	tables, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('erased_accounts', 'erasures')`)
	if err == nil && tables == 2 {
		f.accounts, err = collect(ctx, s.ro, func(row scanner) (a erasedAccount, err error) {
			err = row.Scan(&a.account, &a.day)
			return a, err
		}, `SELECT account, erased_at FROM erased_accounts`)
	}
	if err == nil && tables == 2 {
		f.waiting, err = collect(ctx, s.ro, scanText, `SELECT f.line_user_id FROM erasures e JOIN followers f ON f.id = e.follower_id`)
	}
	if err != nil {
		return Forgotten{}, fmt.Errorf("who was forgotten: %w", err)
	}
	return f, nil
}

// EraseAgain erases, in a database that was made before, those whom a newer one has forgotten or was about to,
// and keeps lists from bringing them back. It returns how many of them were there.
func (s *Store) EraseAgain(ctx context.Context, f Forgotten) (erased int, err error) {
	gone := make(map[string]bool, len(f.accounts)+len(f.waiting))
	for _, a := range f.accounts {
		gone[string(a.account)] = true
	}
	for _, id := range f.waiting {
		gone[string(s.erased.Sums(id)[0])] = true
	}
	err = s.Write(ctx, func(t *Tx) error {
		var again []ippo.FollowerID
		_, err := collect(ctx, t.tx, func(row scanner) (none struct{}, err error) {
			var id ippo.FollowerID
			var lineUserID string
			err = row.Scan(&id, &lineUserID)
			for _, sum := range s.erased.Sums(lineUserID) {
				if gone[string(sum)] {
					again = append(again, id)
					break
				}
			}
			return none, err
		}, `SELECT id, line_user_id FROM followers`)
		if err != nil {
			return err
		}
		for _, id := range again {
			if err := t.AskErasure(ctx, id, 0, ""); err != nil && !errors.Is(err, ippo.ErrConflict) {
				return err
			}
			if err := t.erase(ctx, id); err != nil {
				return err
			}
		}
		for _, a := range f.accounts {
			if err := t.exec(ctx, `INSERT INTO erased_accounts (account, erased_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, a.account, a.day); err != nil {
				return err
			}
		}
		erased = len(again)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("erase again: %w", err)
	}
	return erased, nil
}

// unnameEvents takes the name off events of somebody who was forgotten, such as that they then blocked us.
func (t *Tx) unnameEvents(ctx context.Context, lineUserID string) error {
	return t.exec(ctx, `UPDATE inbound_events SET line_user_id = '' WHERE line_user_id = ?`, lineUserID)
}

// unlessForgotten leaves out of a list those who asked to be forgotten.
func (t *Tx) unlessForgotten(ctx context.Context, rows []sealedRow) ([]sealedRow, error) {
	var args []any
	of := make(map[string]string, len(rows)) // LINE ID by its hash
	for _, r := range rows {
		for _, sum := range t.store.erased.Sums(r.LineUserID) {
			args = append(args, sum)
			of[string(sum)] = r.LineUserID
		}
	}
	found, err := collect(ctx, t.tx, scanBytes, `SELECT account FROM erased_accounts WHERE account IN (`+placeholders(len(args))+`)`, args...)
	if err != nil || len(found) == 0 {
		return rows, err
	}
	gone := make(map[string]bool, len(found))
	for _, account := range found {
		gone[of[string(account)]] = true
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r sealedRow) bool { return gone[r.LineUserID] }), nil
}

// Scrub empties SQLite's log, in which pages stand as they were before something was erased. done is false
// while readers keep it from that; then it is to be tried again.
func (s *Store) Scrub(ctx context.Context) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var path string
	if err := s.ro.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		return false, fmt.Errorf("scrub: %w", err)
	}
	if done, err = truncateLog(ctx, path); err != nil {
		return false, fmt.Errorf("scrub: %w", err)
	}
	return done, nil
}
