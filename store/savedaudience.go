package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"ippo"
)

// SavedAudiences returns every audience that staff have named, by name.
func (s *Store) SavedAudiences(ctx context.Context) ([]ippo.SavedAudience, error) {
	all, err := collect(ctx, s.ro, scanSavedAudience, `SELECT id, name, audience FROM saved_audiences ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("saved audiences: %w", err)
	}
	return seenTo(ctx, s, all, func(a ippo.SavedAudience) ippo.Audience { return a.Audience })
}

// SavedAudience returns one of them.
func (s *Store) SavedAudience(ctx context.Context, id int64) (ippo.SavedAudience, error) {
	a, err := one(ctx, s.ro, scanSavedAudience, `SELECT id, name, audience FROM saved_audiences WHERE id = ?`, id)
	if err != nil {
		return a, fmt.Errorf("saved audience %d: %w", id, err)
	}
	if sees, err := s.seesAudience(ctx, a.Audience); err != nil || !sees {
		return a, fmt.Errorf("saved audience %d: %w", id, cmp.Or(err, ippo.ErrNotFound))
	}
	return a, nil
}

func scanSavedAudience(row scanner) (a ippo.SavedAudience, err error) {
	var rule []byte
	if err = row.Scan(&a.ID, &a.Name, &rule); err != nil {
		return a, err
	}
	return a, json.Unmarshal(rule, &a.Audience)
}

// SaveAudience keeps an audience under its name, in place of the one that had it.
func (s *Store) SaveAudience(ctx context.Context, by ippo.StaffID, a ippo.SavedAudience) error {
	if err := a.Validate(); err != nil {
		return err
	}
	if _, _, err := s.audienceCondition(ctx, a.Audience, false); err != nil {
		return err
	}
	if err := s.mayAddress(ctx, a.Audience); err != nil {
		return err
	}
	rule, err := json.Marshal(a.Audience)
	if err != nil {
		return fmt.Errorf("save audience: %w", err)
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := one(ctx, t.tx, scanSavedAudience, `SELECT id, name, audience FROM saved_audiences WHERE name = ?`, a.Name)
		if err == nil {
			err = s.mayAddress(ctx, was.Audience)
		}
		if problems := (ippo.Problems)(nil); errors.As(err, &problems) {
			return ippo.Problems{{Field: "audience.name", Message: "この名前は、ほかのチームが使っています。別の名前にしてください。"}}
		}
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return fmt.Errorf("save audience: %w", err)
		}
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM saved_audiences WHERE name <> ?`, a.Name)
		if err != nil {
			return fmt.Errorf("save audience: %w", err)
		}
		if n >= ippo.MaxSavedAudiences {
			return ippo.Problems{{Field: "audience.name", Message: fmt.Sprintf("保存できる宛先は%d件までです。使わないものを削除してください。", ippo.MaxSavedAudiences)}}
		}
		if err := t.exec(ctx, `INSERT INTO saved_audiences (name, audience) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET audience = excluded.audience`,
			a.Name, string(rule)); err != nil {
			return fmt.Errorf("save audience: %w", err)
		}
		return t.audit(ctx, by, "audience.save", "audience:"+a.Name, "")
	})
}

// DeleteSavedAudience forgets one; broadcasts that were made with it stay as they are.
func (s *Store) DeleteSavedAudience(ctx context.Context, by ippo.StaffID, id int64) error {
	return s.Write(ctx, func(t *Tx) error {
		a, err := one(ctx, t.tx, scanSavedAudience, `SELECT id, name, audience FROM saved_audiences WHERE id = ?`, id)
		if err == nil {
			err = t.keepDeleted(ctx, by, "audience:"+a.Name, id)
		}
		if err == nil {
			err = t.changeOne(ctx, `DELETE FROM saved_audiences WHERE id = ?`, id)
		}
		if err != nil {
			return fmt.Errorf("delete saved audience %d: %w", id, err)
		}
		return t.audit(ctx, by, "audience.delete", "audience:"+a.Name, "")
	})
}
