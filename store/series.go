package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// AllSeries returns every series, those that are switched on first, the soonest due before the others.
func (s *Store) AllSeries(ctx context.Context) ([]ippo.Series, error) {
	all, err := collect(ctx, s.ro, scanSeries, `
		SELECT `+seriesColumns+` FROM series s ORDER BY s.active DESC, s.next_due IS NULL, s.next_due, s.id DESC`)
	if err != nil {
		return nil, fmt.Errorf("series: %w", err)
	}
	return seenTo(ctx, s, all, func(one ippo.Series) ippo.Audience { return one.Audience })
}

// Series returns one series.
func (s *Store) Series(ctx context.Context, id ippo.SeriesID) (ippo.Series, error) {
	one, err := seriesByID(ctx, s.ro, id)
	if err != nil {
		return one, err
	}
	if sees, err := s.seesAudience(ctx, one.Audience); err != nil || !sees {
		return one, fmt.Errorf("series %d: %w", id, cmp.Or(err, ippo.ErrNotFound))
	}
	return one, nil
}

func seriesByID(ctx context.Context, q queryer, id ippo.SeriesID) (ippo.Series, error) {
	one, err := one(ctx, q, scanSeries, `SELECT `+seriesColumns+` FROM series s WHERE s.id = ?`, id)
	if err != nil {
		return one, fmt.Errorf("series %d: %w", id, err)
	}
	return one, nil
}

var seriesColumns = `s.id, s.title, s.messages, s.renditions, s.originals, s.counted, s.audience, s.schedule, s.active, s.held, s.author_id, coalesce(s.approver_id, 0),
	s.next_due, s.updated_at, ` + anchorColumns("s.schedule ->> 'event'", "s.schedule ->> 'campaign'")

func scanSeries(row scanner) (s ippo.Series, err error) {
	var messages, renditions, originals, audience, schedule []byte
	var of anchor
	err = row.Scan(append([]any{&s.ID, &s.Title, &messages, &renditions, &originals, &s.Counted, &audience, &schedule, &s.Active, &s.Held, &s.Author, &s.Approver,
		at(&s.NextDue), at(&s.UpdatedAt)}, of.columns()...)...)
	if err != nil {
		return s, err
	}
	for _, part := range []struct {
		stored []byte
		into   any
	}{{messages, &s.Messages}, {renditions, &s.Renditions}, {originals, &s.Originals}, {audience, &s.Audience}, {schedule, &s.Schedule}} {
		if err := json.Unmarshal(part.stored, part.into); err != nil {
			return s, fmt.Errorf("stored series %d: %w", s.ID, err)
		}
	}
	s.Schedule = s.Schedule.Anchored(of.title, of.day())
	return s, nil
}

// CreateSeries makes a series and returns it with its ID. It goes out once a second person has activated
// it.
func (s *Store) CreateSeries(ctx context.Context, by ippo.StaffID, one ippo.Series) (ippo.Series, error) {
	messages, renditions, audience, schedule, err := s.encodeSeries(ctx, one)
	if err != nil {
		return one, err
	}
	_, originals, err := originalsSince(ippo.Said{}, one.Said())
	if err != nil {
		return one, err
	}
	err = s.Write(ctx, func(t *Tx) error {
		id, err := t.insert(ctx, `
			INSERT INTO series (title, messages, renditions, originals, counted, audience, schedule, author_id, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, one.Title, messages, renditions, originals, one.Counted, audience, schedule, by, stamp(t.now), stamp(t.now))
		if err != nil {
			return fmt.Errorf("create series: %w", err)
		}
		if one, err = seriesByID(ctx, t.tx, ippo.SeriesID(id)); err != nil {
			return err
		}
		if err := t.askToActivate(ctx, one.ID); err != nil {
			return err
		}
		return t.audit(ctx, by, "series.create", object("series", one.ID), one.Title)
	})
	return one, err
}

// askToActivate tells staff by mail that a series waits for a colleague.
func (t *Tx) askToActivate(ctx context.Context, id ippo.SeriesID) error {
	return t.mailStaff(ctx, "くり返し配信の承認をお願いします",
		fmt.Sprintf("承認されるまで送られないくり返し配信があります。\n/admin/series/%d\n", id))
}

// encodeSeries returns a series' parts as they are kept, or reports every problem staff can mend. 配信を減らす
// is not kept: each broadcast gets its own.
func (s *Store) encodeSeries(ctx context.Context, one ippo.Series) (messages, renditions, audience, schedule string, err error) {
	said := one.Said()
	one.Messages, one.Renditions = said.Messages, said.Renditions
	var p, unknown ippo.Problems
	if err := one.Validate(); err != nil && !errors.As(err, &p) {
		return "", "", "", "", err
	}
	if one.Audience.Validate() == nil {
		if _, _, err := s.audienceCondition(ctx, one.Audience, one.Audience.Unseen); err != nil && !errors.As(err, &unknown) {
			return "", "", "", "", err
		}
	}
	more, err := s.checkSchedule(ctx, one.Schedule)
	if err == nil {
		more, err = addProblems(more, s.mayAddress(ctx, one.Audience))
	}
	if err != nil {
		return "", "", "", "", err
	}
	if err := append(append(p, unknown...), more...).Err(); err != nil {
		return "", "", "", "", err
	}
	if messages, renditions, err = encodeMessages(one.Messages, one.Renditions); err != nil {
		return "", "", "", "", err
	}
	audience, schedule, err = encodeRules(one.Audience, one.Schedule)
	return messages, renditions, audience, schedule, err
}

// UpdateSeries changes a series. It stops until somebody else activates it again: whoever made the change
// is the author from then on. one.UpdatedAt is when the writer last read it: if somebody else has changed
// it since, nothing is written and the error is ippo.ErrConflict.
func (s *Store) UpdateSeries(ctx context.Context, by ippo.StaffID, one ippo.Series) error {
	messages, renditions, audience, schedule, err := s.encodeSeries(ctx, one)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := seriesByID(ctx, t.tx, one.ID)
		if err != nil {
			return err
		}
		row, err := t.row(ctx, "series", "id", one.ID)
		if err != nil {
			return err
		}
		_, originals, err := originalsSince(was.Said(), one.Said())
		if err != nil {
			return err
		}
		// updated_at also tells versions apart, so it moves even within one millisecond.
		updated := t.now
		if !updated.After(one.UpdatedAt) {
			updated = one.UpdatedAt.Add(time.Millisecond)
		}
		if err := t.changeOne(ctx, `
			UPDATE series SET title = ?, messages = ?, renditions = ?, originals = ?, counted = ?, audience = ?, schedule = ?, updated_at = ? WHERE id = ? AND updated_at = ?`,
			one.Title, messages, renditions, originals, one.Counted, audience, schedule, stamp(updated), one.ID, stamp(one.UpdatedAt)); err != nil {
			return fmt.Errorf("update series %d: %w", one.ID, err)
		}
		if is, err := seriesByID(ctx, t.tx, one.ID); err != nil {
			return err
		} else if is.Hash() != was.Hash() {
			if err := t.voidApproval(ctx, by, is.Recurring().Source); err != nil {
				return fmt.Errorf("update series %d: %w", one.ID, err)
			}
			if was.Active { // it went out, and does not any more
				if err := t.askToActivate(ctx, one.ID); err != nil {
					return err
				}
			}
		}
		return t.auditChange(ctx, by, "series.update", object("series", one.ID), one.Title, row)
	})
}

// DeleteSeries removes a series that has sent nothing. Another is refused with Problems: it can be
// paused, and its record stays.
func (s *Store) DeleteSeries(ctx context.Context, by ippo.StaffID, id ippo.SeriesID) error {
	err := s.Write(ctx, func(t *Tx) error {
		used, err := one(ctx, t.tx, scanInt, `
			SELECT (SELECT count(*) FROM broadcasts WHERE series_id = ?1) +
				(SELECT count(*) FROM firings WHERE source = 'series' AND source_id = ?1)`, id)
		if err != nil {
			return err
		}
		if used > 0 {
			return inUse("送った記録があるため、削除できません。送るのをやめるには「止める」を使ってください。")
		}
		if err := t.keepDeleted(ctx, by, object("series", id), int64(id)); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM series WHERE id = ?`, id); err != nil {
			return found(err)
		}
		return t.audit(ctx, by, "series.delete", object("series", id), "")
	})
	if err != nil {
		return fmt.Errorf("delete series %d: %w", id, err)
	}
	return nil
}
