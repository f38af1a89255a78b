package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// ErrOtherAmbassador: the LINE account is another ambassador's, or was.
var ErrOtherAmbassador = errors.New("the account belongs to another ambassador")

// ImportAmbassadors adds people who signed up by telephone or on paper, all or none, each with a number of their
// own. They stand where they are said to stand.
func (s *Store) ImportAmbassadors(ctx context.Context, by ippo.StaffID, people []ippo.Ambassador) error {
	err := s.Write(ctx, func(t *Tx) error {
		for _, a := range people {
			if err := t.EnterAmbassador(ctx, by, a); err != nil {
				return err
			}
		}
		return t.audit(ctx, by, "ambassador.import", "ambassadors", fmt.Sprintf("%d人", len(people)))
	})
	if err != nil {
		return fmt.Errorf("import ambassadors: %w", err)
	}
	return nil
}

// EnterAmbassador adds one of these people, who stands where they are said to stand.
func (t *Tx) EnterAmbassador(ctx context.Context, by ippo.StaffID, a ippo.Ambassador) error {
	if err := a.Validate(); err != nil {
		return err
	}
	sealed, err := t.store.sealJSON("ambassadors.person", person{a.Name, a.Kana, a.Contact, a.Guardian})
	if err != nil {
		return err
	}
	actions, err := json.Marshal(append([]string{}, a.Actions...))
	if err != nil {
		return err
	}
	id, err := t.insert(ctx, `
		INSERT INTO ambassadors (status, person, age_band, actions, note, applied_at, consented_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		a.Status, sealed, a.AgeBand, string(actions), t.store.seal("ambassadors.note", a.Note), stamp(a.AppliedAt), stamp(a.ConsentedAt), stamp(t.now))
	if err != nil {
		return err
	}
	if err := t.keepVision(ctx, ippo.AmbassadorID(id), a.Vision, false, false); err != nil {
		return err
	}
	if err := t.addAmbassadorStep(ctx, ippo.AmbassadorID(id), by, ippo.AmbassadorApplied, false); err != nil || a.Status == ippo.AmbassadorApplied {
		return err
	}
	return t.addAmbassadorStep(ctx, ippo.AmbassadorID(id), by, a.Status, false)
}

// NewAmbassadorCode makes the code that somebody who signed up on paper types into the chat, from their own LINE
// account. It is good once and until expires; an earlier one is void. ErrConflict: they have an account, or serve
// no more.
func (s *Store) NewAmbassadorCode(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID) (code string, expires time.Time, err error) {
	code = newTypedCode()
	err = s.changeAmbassador(ctx, by, id, "ambassador.code", "", func(t *Tx, a ippo.Ambassador) error {
		if a.Follower != 0 || !a.Status.Serving() {
			return ippo.ErrConflict
		}
		expires = t.now.Add(ippo.AmbassadorLinkLife)
		return t.exec(ctx, `
			INSERT INTO ambassador_codes (ambassador_id, code, expires_at) VALUES (?, ?, ?)
			ON CONFLICT (ambassador_id) DO UPDATE SET code = excluded.code, expires_at = excluded.expires_at`,
			id, linkKey(code), stamp(expires))
	})
	return code, expires, err
}

// LinkAmbassador spends a code that was typed into the chat by a follower, and makes the ambassador whose it was
// theirs. Wrong codes count as in LinkStaff, with the same errors; one is not spent on ErrOtherAmbassador.
func (t *Tx) LinkAmbassador(ctx context.Context, code string, follower ippo.FollowerID) (ippo.Ambassador, error) {
	a, err := t.linkAmbassador(ctx, code, follower)
	if err != nil {
		return a, fmt.Errorf("link ambassador: %w", err)
	}
	return a, t.audit(ctx, 0, "ambassador.link", object("ambassador", a.ID), "")
}

func (t *Tx) linkAmbassador(ctx context.Context, code string, follower ippo.FollowerID) (a ippo.Ambassador, err error) {
	wrong, err := t.linkTries(ctx, follower)
	if err != nil {
		return a, err
	}
	a, err = one(ctx, t.tx, t.store.scanAmbassador, `
		SELECT `+ambassadorColumns+` FROM ambassadors WHERE follower_id IS NULL AND status IN ('applied', 'contacted', 'appointed')
			AND id = (SELECT ambassador_id FROM ambassador_codes WHERE code = ? AND expires_at > ?)`, linkKey(code), stamp(t.now))
	if notFound(err) {
		if err := t.countWrongCode(ctx, follower, wrong+1); err != nil {
			return a, err
		}
	}
	if err != nil {
		return a, err
	}
	taken, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM ambassadors WHERE follower_id = ?`, follower)
	if err != nil {
		return a, err
	}
	if taken > 0 {
		return a, ErrOtherAmbassador
	}
	for _, query := range []string{`DELETE FROM staff_link_tries WHERE follower_id = ?1`, `DELETE FROM ambassador_codes WHERE ambassador_id = ?2`,
		`UPDATE ambassadors SET follower_id = ?1, linked_at = ?3, invite = ?4, updated_at = ?3 WHERE id = ?2 AND follower_id IS NULL`} {
		if err := t.exec(ctx, query, follower, a.ID, stamp(t.now), newInvite()); err != nil {
			return a, err
		}
	}
	return one(ctx, t.tx, t.store.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE id = ?`, a.ID)
}

// UnlinkAmbassador takes the LINE account off that was linked by a code, for a letter may reach somebody else.
// ErrConflict: none was.
func (s *Store) UnlinkAmbassador(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID) error {
	return s.changeAmbassador(ctx, by, id, "ambassador.unlink", "", func(t *Tx, a ippo.Ambassador) error {
		if err := t.doubtVision(ctx, id); err != nil {
			return err
		}
		return t.changeOne(ctx, `
			UPDATE ambassadors SET follower_id = NULL, linked_at = NULL, invite = NULL, updated_at = ? WHERE id = ? AND linked_at IS NOT NULL`,
			stamp(t.now), id)
	})
}
