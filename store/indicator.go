package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"time"

	"ippo"
)

// IndicatorSheets returns every sheet, the one that was changed last first.
func (s *Store) IndicatorSheets(ctx context.Context) ([]ippo.IndicatorSheet, error) {
	sheets, err := collect(ctx, s.ro, scanIndicatorSheet, `SELECT `+indicatorSheetColumns+` FROM indicator_sheets s ORDER BY s.updated_at DESC, s.id DESC`)
	if err != nil {
		return nil, fmt.Errorf("indicator sheets: %w", err)
	}
	return sheets, nil
}

// IndicatorContent returns a whole sheet. What is 再掲 of another indicator has its figures.
func (s *Store) IndicatorContent(ctx context.Context, id ippo.IndicatorSheetID) (ippo.IndicatorContent, error) {
	return indicatorContent(ctx, s.ro, id)
}

func indicatorContent(ctx context.Context, q queryer, id ippo.IndicatorSheetID) (c ippo.IndicatorContent, err error) {
	if c.IndicatorSheet, err = one(ctx, q, scanIndicatorSheet, `SELECT `+indicatorSheetColumns+` FROM indicator_sheets s WHERE s.id = ?`, id); err != nil {
		return c, fmt.Errorf("indicator sheet %d: %w", id, err)
	}
	c.Headings, err = collect(ctx, q, scanHeading, `SELECT `+headingColumns+` FROM indicator_headings h WHERE h.sheet_id = ? ORDER BY h.place, h.id`, id)
	if err != nil {
		return c, fmt.Errorf("headings of sheet %d: %w", id, err)
	}
	if c.Indicators, err = collect(ctx, q, scanIndicator, `SELECT `+indicatorColumns+` FROM indicators i WHERE i.sheet_id = ? ORDER BY i.place, i.id`, id); err != nil {
		return c, fmt.Errorf("indicators of sheet %d: %w", id, err)
	}
	at := map[ippo.IndicatorID]int{}
	for n, i := range c.Indicators {
		at[i.ID] = n
	}
	values, err := collect(ctx, q, scanOwnedValue, `
		SELECT `+indicatorValueColumns+`, v.indicator_id FROM indicator_values v JOIN indicators i ON i.id = v.indicator_id WHERE i.sheet_id = ?`, id)
	if err != nil {
		return c, fmt.Errorf("values of sheet %d: %w", id, err)
	}
	for _, v := range values {
		c.Indicators[at[v.of]].Values[v.Year] = v.IndicatorValue
	}
	for n := range c.Indicators {
		if i := &c.Indicators[n]; i.Of != 0 {
			showAgain(i, c.Indicators[at[i.Of]])
		}
	}
	return c, nil
}

// showAgain gives an indicator the figures of the one that it repeats.
func showAgain(i *ippo.Indicator, of ippo.Indicator) {
	i.Unit, i.Lower, i.Baseline, i.BaselineNote, i.Targets, i.Values = of.Unit, of.Lower, of.Baseline, of.BaselineNote, of.Targets, of.Values
}

// Indicator returns one indicator with its values.
func (s *Store) Indicator(ctx context.Context, id ippo.IndicatorID) (ippo.Indicator, error) {
	return indicatorByID(ctx, s.ro, id)
}

// IndicatorsOf returns the indicators that show what Ippo counts by itself under one of some keys, with their
// values, in the order of these.
func (s *Store) IndicatorsOf(ctx context.Context, keys ...ippo.FigureKey) ([]ippo.Indicator, error) {
	var all []ippo.Indicator
	for _, key := range keys {
		ids, err := collect(ctx, s.ro, scanInt, `SELECT id FROM indicators WHERE figure = ? ORDER BY id`, key)
		if err != nil {
			return nil, fmt.Errorf("indicators of %s: %w", key, err)
		}
		for _, id := range ids {
			i, err := indicatorByID(ctx, s.ro, ippo.IndicatorID(id))
			if err != nil {
				return nil, err
			}
			all = append(all, i)
		}
	}
	return all, nil
}

func indicatorByID(ctx context.Context, q queryer, id ippo.IndicatorID) (ippo.Indicator, error) {
	i, err := one(ctx, q, scanIndicator, `SELECT `+indicatorColumns+` FROM indicators i WHERE i.id = ?`, id)
	if err != nil {
		return i, fmt.Errorf("indicator %d: %w", id, err)
	}
	values, err := collect(ctx, q, scanOwnedValue, `SELECT `+indicatorValueColumns+`, v.indicator_id FROM indicator_values v WHERE v.indicator_id = ?`, id)
	if err != nil {
		return i, fmt.Errorf("values of indicator %d: %w", id, err)
	}
	for _, v := range values {
		i.Values[v.Year] = v.IndicatorValue
	}
	if i.Of == 0 {
		return i, nil
	}
	of, err := indicatorByID(ctx, q, i.Of)
	showAgain(&i, of)
	return i, err
}

const indicatorSheetColumns = `s.id, s.title, s.note, s.baseline_word, s.baseline_year, s.targets, s.from_year, s.until_year, s.cost_year, s.version, s.updated_at,
	(SELECT count(*) FROM indicators i WHERE i.sheet_id = s.id)`

func scanIndicatorSheet(row scanner) (s ippo.IndicatorSheet, err error) {
	var targets []byte
	if err := row.Scan(&s.ID, &s.Title, &s.Note, &s.BaselineWord, &s.BaselineYear, &targets, &s.From, &s.Until, &s.CostYear, &s.Version, at(&s.UpdatedAt), &s.Indicators); err != nil {
		return s, err
	}
	return s, json.Unmarshal(targets, &s.Targets)
}

const headingColumns = `h.id, h.sheet_id, coalesce(h.parent_id, 0), h.kind, h.place, h.name, h.text`

func scanHeading(row scanner) (h ippo.Heading, err error) {
	err = row.Scan(&h.ID, &h.Sheet, &h.Parent, &h.Kind, &h.Place, &h.Name, &h.Text)
	return h, err
}

const indicatorColumns = `i.id, i.sheet_id, coalesce(i.heading_id, 0), coalesce(i.part_id, 0), i.again, coalesce(i.of_id, 0), i.place, i.name, i.span, i.unit, i.lower,
	i.baseline, i.baseline_note, i.targets, i.department, i.remark, i.sheet_no, i.figure, i.since_year, i.version`

func scanIndicator(row scanner) (i ippo.Indicator, err error) {
	var targets []byte
	err = row.Scan(&i.ID, &i.Sheet, &i.Heading, &i.Part, &i.Again, &i.Of, &i.Place, &i.Name, &i.Span, &i.Unit, &i.Lower,
		&i.Baseline, &i.BaselineNote, &targets, &i.Department, &i.Remark, &i.SheetNo, &i.Figure, &i.Since, &i.Version)
	if err != nil {
		return i, err
	}
	i.Values = map[ippo.FiscalYear]ippo.IndicatorValue{}
	return i, json.Unmarshal(targets, &i.Targets)
}

const indicatorValueColumns = `v.year, v.value, v.rate, v.as_of, v.cost, v.counted, v.frozen_at`

type ownedValue struct {
	ippo.IndicatorValue
	of ippo.IndicatorID
}

func scanOwnedValue(row scanner) (v ownedValue, err error) {
	err = row.Scan(&v.Year, &v.Value, &v.Rate, &v.AsOf, &v.Cost, &v.Counted, at(&v.FrozenAt), &v.of)
	return v, err
}

// CreateIndicatorSheet makes an empty sheet and returns it with its ID.
func (s *Store) CreateIndicatorSheet(ctx context.Context, by ippo.StaffID, sheet ippo.IndicatorSheet) (ippo.IndicatorSheet, error) {
	if err := sheet.Validate(); err != nil {
		return sheet, err
	}
	targets, err := json.Marshal(append([]ippo.TargetYear{}, sheet.Targets...))
	if err != nil {
		return sheet, fmt.Errorf("create indicator sheet: %w", err)
	}
	err = s.Write(ctx, func(t *Tx) error {
		if err := t.roomForSheet(ctx); err != nil {
			return err
		}
		id, err := t.freeID(ctx, "indicator_sheets")
		if err != nil {
			return err
		}
		err = t.exec(ctx, `
			INSERT INTO indicator_sheets (id, title, note, baseline_word, baseline_year, targets, from_year, until_year, cost_year, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, sheet.Title, sheet.Note, sheet.BaselineWord, sheet.BaselineYear, string(targets), sheet.From, sheet.Until, sheet.CostYear, stamp(t.now))
		if err != nil {
			return fmt.Errorf("create indicator sheet: %w", err)
		}
		sheet.ID, sheet.Version, sheet.UpdatedAt = ippo.IndicatorSheetID(id), 1, t.now
		return t.audit(ctx, by, "sheet.create", object("sheet", sheet.ID), "")
	})
	return sheet, err
}

func (t *Tx) roomForSheet(ctx context.Context) error {
	n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM indicator_sheets`)
	if err != nil {
		return fmt.Errorf("count indicator sheets: %w", err)
	}
	if n >= ippo.MaxIndicatorSheets {
		return inUse(fmt.Sprintf("指標シートは%d枚までです。", ippo.MaxIndicatorSheets))
	}
	return nil
}

// UpdateIndicatorSheet changes a sheet's columns. A year of targets that an indicator has one for stays.
// ErrConflict: somebody changed the sheet since the writer read it.
func (s *Store) UpdateIndicatorSheet(ctx context.Context, by ippo.StaffID, sheet ippo.IndicatorSheet) error {
	if err := sheet.Validate(); err != nil {
		return err
	}
	targets, err := json.Marshal(append([]ippo.TargetYear{}, sheet.Targets...))
	if err != nil {
		return fmt.Errorf("update indicator sheet %d: %w", sheet.ID, err)
	}
	return s.Write(ctx, func(t *Tx) error {
		c, err := indicatorContent(ctx, t.tx, sheet.ID)
		if err != nil {
			return err
		}
		for _, i := range c.Indicators {
			for y, text := range i.Targets {
				kept := slices.ContainsFunc(sheet.Targets, func(t ippo.TargetYear) bool { return t.Year == y })
				if text != "" && !kept {
					return ippo.Problems{{Field: "targets", Message: y.Short() + "の目標値が入っている指標があるため、この年度はなくせません。"}}
				}
			}
		}
		was, err := t.row(ctx, "indicator_sheets", "id", sheet.ID)
		if err != nil {
			return fmt.Errorf("update indicator sheet %d: %w", sheet.ID, err)
		}
		err = t.changeOne(ctx, `
			UPDATE indicator_sheets SET title = ?, note = ?, baseline_word = ?, baseline_year = ?, targets = ?, from_year = ?, until_year = ?, cost_year = ?,
				version = version + 1, updated_at = ?
			WHERE id = ? AND version = ?`,
			sheet.Title, sheet.Note, sheet.BaselineWord, sheet.BaselineYear, string(targets), sheet.From, sheet.Until, sheet.CostYear, stamp(t.now),
			sheet.ID, sheet.Version)
		if err != nil {
			return fmt.Errorf("update indicator sheet %d: %w", sheet.ID, err)
		}
		return t.auditChange(ctx, by, "sheet.update", object("sheet", sheet.ID), "", was)
	})
}

// DeleteIndicatorSheet removes a sheet with all that is on it, which can be put back (Undelete). One with a frozen value is refused with
// Problems: what was reported stays.
func (s *Store) DeleteIndicatorSheet(ctx context.Context, by ippo.StaffID, id ippo.IndicatorSheetID) error {
	err := s.Write(ctx, func(t *Tx) error {
		frozen, err := one(ctx, t.tx, scanInt, `
			SELECT count(*) FROM indicator_values v JOIN indicators i ON i.id = v.indicator_id WHERE i.sheet_id = ? AND v.frozen_at IS NOT NULL`, id)
		if err != nil {
			return err
		}
		if frozen > 0 {
			return inUse("確定した実績値があるため、削除できません。")
		}
		if err := t.keepDeleted(ctx, by, object("sheet", id), int64(id)); err != nil {
			return err
		}
		if err := t.clearSheet(ctx, id); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM indicator_sheets WHERE id = ?`, id); err != nil {
			return found(err)
		}
		return t.audit(ctx, by, "sheet.delete", object("sheet", id), "")
	})
	if err != nil {
		return fmt.Errorf("delete indicator sheet %d: %w", id, err)
	}
	return nil
}

// clearSheet removes all that is on a sheet.
func (t *Tx) clearSheet(ctx context.Context, id ippo.IndicatorSheetID) error {
	// One after another, for they point to each other.
	for _, query := range []string{
		`UPDATE indicators SET part_id = NULL, of_id = NULL, heading_id = NULL WHERE sheet_id = ?`,
		`DELETE FROM indicators WHERE sheet_id = ?`,
		`DELETE FROM indicator_headings WHERE sheet_id = ?`,
	} {
		if err := t.exec(ctx, query, id); err != nil {
			return err
		}
	}
	return nil
}

// touchSheet notes that something on a sheet has changed.
func (t *Tx) touchSheet(ctx context.Context, id ippo.IndicatorSheetID) error {
	err := t.changeOne(ctx, `UPDATE indicator_sheets SET version = version + 1, updated_at = ? WHERE id = ?`, stamp(t.now), id)
	if err != nil {
		return fmt.Errorf("touch sheet %d: %w", id, found(err))
	}
	return nil
}

// Heading returns one heading.
func (s *Store) Heading(ctx context.Context, id ippo.HeadingID) (ippo.Heading, error) {
	return headingByID(ctx, s.ro, id)
}

func headingByID(ctx context.Context, q queryer, id ippo.HeadingID) (ippo.Heading, error) {
	h, err := one(ctx, q, scanHeading, `SELECT `+headingColumns+` FROM indicator_headings h WHERE h.id = ?`, id)
	if err != nil {
		return h, fmt.Errorf("heading %d: %w", id, err)
	}
	return h, nil
}

// CreateHeading makes a heading, the last of its like, and returns it with its ID.
func (s *Store) CreateHeading(ctx context.Context, by ippo.StaffID, h ippo.Heading) (ippo.Heading, error) {
	err := s.Write(ctx, func(t *Tx) (err error) {
		if h, err = t.addHeading(ctx, h); err != nil {
			return err
		}
		if err := t.touchSheet(ctx, h.Sheet); err != nil {
			return err
		}
		return t.audit(ctx, by, "heading.create", object("heading", h.ID), "")
	})
	return h, err
}

func (t *Tx) addHeading(ctx context.Context, h ippo.Heading) (ippo.Heading, error) {
	if err := t.checkHeading(ctx, h); err != nil {
		return h, err
	}
	n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM indicator_headings WHERE sheet_id = ?`, h.Sheet)
	if err != nil {
		return h, fmt.Errorf("create heading: %w", err)
	}
	if n >= ippo.MaxIndicators {
		return h, inUse(fmt.Sprintf("見出しは1枚に%d個までです。", ippo.MaxIndicators))
	}
	if h.Place == 0 {
		if h.Place, err = one(ctx, t.tx, scanInt, `SELECT coalesce(max(place), 0) + 10 FROM indicator_headings WHERE sheet_id = ?`, h.Sheet); err != nil {
			return h, fmt.Errorf("create heading: %w", err)
		}
	}
	id, err := t.freeID(ctx, "indicator_headings")
	if err != nil {
		return h, err
	}
	err = t.exec(ctx, `INSERT INTO indicator_headings (id, sheet_id, parent_id, kind, place, name, text) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, h.Sheet, orNull(h.Parent), h.Kind, h.Place, h.Name, h.Text)
	if err != nil {
		return h, fmt.Errorf("create heading: %w", err)
	}
	h.ID = ippo.HeadingID(id)
	return h, nil
}

// checkHeading reports what staff can mend, where the heading stands included.
func (t *Tx) checkHeading(ctx context.Context, h ippo.Heading) error {
	if err := h.Validate(); err != nil {
		return err
	}
	if h.Parent != 0 {
		above, err := headingByID(ctx, t.tx, h.Parent)
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return err
		}
		if err != nil || above.Sheet != h.Sheet || above.Kind.Level() >= h.Kind.Level() {
			return ippo.Problems{{Field: "parent", Message: h.Kind.Words() + "を置けるのは、上の段の見出しの下です。"}}
		}
	}
	if h.ID == 0 {
		return nil
	}
	below, err := collect(ctx, t.tx, scanHeading, `SELECT `+headingColumns+` FROM indicator_headings h WHERE h.parent_id = ?`, h.ID)
	if err != nil {
		return fmt.Errorf("headings under %d: %w", h.ID, err)
	}
	for _, b := range below {
		if b.Kind.Level() <= h.Kind.Level() {
			return ippo.Problems{{Field: "kind", Message: "下に「" + b.Kind.Words() + "」の見出しがあるため、この種類にはできません。"}}
		}
	}
	return nil
}

// UpdateHeading changes everything of a heading but its sheet.
func (s *Store) UpdateHeading(ctx context.Context, by ippo.StaffID, h ippo.Heading) error {
	return s.Write(ctx, func(t *Tx) error {
		was, err := headingByID(ctx, t.tx, h.ID)
		if err != nil {
			return err
		}
		h.Sheet = was.Sheet
		if err := t.checkHeading(ctx, h); err != nil {
			return err
		}
		err = t.changeOne(ctx, `UPDATE indicator_headings SET parent_id = ?, kind = ?, place = ?, name = ?, text = ? WHERE id = ?`,
			orNull(h.Parent), h.Kind, h.Place, h.Name, h.Text, h.ID)
		if err != nil {
			return fmt.Errorf("update heading %d: %w", h.ID, err)
		}
		if err := t.touchSheet(ctx, h.Sheet); err != nil {
			return err
		}
		return t.audit(ctx, by, "heading.update", object("heading", h.ID), "")
	})
}

// DeleteHeading removes a heading under which there is nothing; another is refused with Problems.
func (s *Store) DeleteHeading(ctx context.Context, by ippo.StaffID, id ippo.HeadingID) error {
	return s.Write(ctx, func(t *Tx) error {
		h, err := headingByID(ctx, t.tx, id)
		if err != nil {
			return err
		}
		under, err := one(ctx, t.tx, scanInt, `
			SELECT (SELECT count(*) FROM indicator_headings WHERE parent_id = ?1) + (SELECT count(*) FROM indicators WHERE heading_id = ?1)`, id)
		if err != nil {
			return fmt.Errorf("delete heading %d: %w", id, err)
		}
		if under > 0 {
			return inUse("下に見出しか指標があるため、削除できません。先に移すか、削除してください。")
		}
		if err := t.keepDeleted(ctx, by, object("heading", id), int64(id)); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM indicator_headings WHERE id = ?`, id); err != nil {
			return fmt.Errorf("delete heading %d: %w", id, err)
		}
		if err := t.touchSheet(ctx, h.Sheet); err != nil {
			return err
		}
		return t.audit(ctx, by, "heading.delete", object("heading", id), "")
	})
}

// CreateIndicator makes an indicator with what values it has, the last of its like, and returns it with its
// ID. What Ippo counts is counted when CountIndicators comes next.
func (s *Store) CreateIndicator(ctx context.Context, by ippo.StaffID, i ippo.Indicator) (ippo.Indicator, error) {
	err := s.Write(ctx, func(t *Tx) (err error) {
		if i, err = t.addIndicator(ctx, i); err != nil {
			return err
		}
		if err := t.touchSheet(ctx, i.Sheet); err != nil {
			return err
		}
		return t.audit(ctx, by, "indicator.create", object("indicator", i.ID), "")
	})
	return i, err
}

func (t *Tx) addIndicator(ctx context.Context, i ippo.Indicator) (ippo.Indicator, error) {
	if i.Figure != "" {
		i.Since = ippo.FiscalYearOf(t.now)
	}
	if err := t.checkIndicator(ctx, &i); err != nil {
		return i, err
	}
	n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM indicators WHERE sheet_id = ?`, i.Sheet)
	if err != nil {
		return i, fmt.Errorf("create indicator: %w", err)
	}
	if n >= ippo.MaxIndicators {
		return i, inUse(fmt.Sprintf("指標は1枚に%d個までです。", ippo.MaxIndicators))
	}
	if i.Place == 0 {
		if i.Place, err = one(ctx, t.tx, scanInt, `SELECT coalesce(max(place), 0) + 10 FROM indicators WHERE sheet_id = ?`, i.Sheet); err != nil {
			return i, fmt.Errorf("create indicator: %w", err)
		}
	}
	targets, err := encodeTargets(i)
	if err != nil {
		return i, fmt.Errorf("create indicator: %w", err)
	}
	id, err := t.freeID(ctx, "indicators")
	if err != nil {
		return i, err
	}
	err = t.exec(ctx, `
		INSERT INTO indicators (id, sheet_id, heading_id, part_id, again, of_id, place, name, span, unit, lower, baseline, baseline_note, targets,
			department, remark, sheet_no, figure, since_year)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, i.Sheet, orNull(i.Heading), orNull(i.Part), i.Again, orNull(i.Of), i.Place, i.Name, i.Span, i.Unit, i.Lower, i.Baseline, i.BaselineNote, targets,
		i.Department, i.Remark, i.SheetNo, i.Figure, i.Since)
	if err != nil {
		return i, fmt.Errorf("create indicator: %w", err)
	}
	i.ID, i.Version = ippo.IndicatorID(id), 1
	bare := i
	bare.Values = nil
	return i, t.putValues(ctx, bare, i.Values)
}

// encodeTargets returns an indicator's own targets as they are kept.
func encodeTargets(i ippo.Indicator) (string, error) {
	own := map[ippo.FiscalYear]string{}
	for y, text := range i.Targets {
		if text != "" && i.Of == 0 {
			own[y] = text
		}
	}
	b, err := json.Marshal(own)
	return string(b), err
}

// checkIndicator reports what staff can mend, where the indicator stands included.
func (t *Tx) checkIndicator(ctx context.Context, i *ippo.Indicator) error {
	if err := i.Validate(); err != nil {
		return err
	}
	var p ippo.Problems
	sheet, err := one(ctx, t.tx, scanIndicatorSheet, `SELECT `+indicatorSheetColumns+` FROM indicator_sheets s WHERE s.id = ?`, i.Sheet)
	if err != nil {
		return fmt.Errorf("indicator sheet %d: %w", i.Sheet, err)
	}
	for y, text := range i.Targets {
		if text != "" && !slices.ContainsFunc(sheet.Targets, func(t ippo.TargetYear) bool { return t.Year == y }) {
			p.Addf("target"+y.Short(), "%sは、このシートの目標の年度ではありません。", y.Short())
		}
	}
	near := func(id ippo.IndicatorID) (other ippo.Indicator, ok bool, err error) {
		other, err = one(ctx, t.tx, scanIndicator, `SELECT `+indicatorColumns+` FROM indicators i WHERE i.id = ? AND i.sheet_id = ?`, id, i.Sheet)
		if errors.Is(err, ippo.ErrNotFound) {
			return other, false, nil
		}
		return other, err == nil && id != i.ID, err
	}
	if i.Heading != 0 {
		h, err := headingByID(ctx, t.tx, i.Heading)
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return err
		}
		if err != nil || h.Sheet != i.Sheet {
			p.Add("heading", "見出しを選びなおしてください。")
		}
	}
	if i.Part != 0 {
		whole, ok, err := near(i.Part)
		if err != nil {
			return err
		}
		if !ok || whole.Part != 0 {
			p.Add("part", "内訳のもとになる指標を選びなおしてください。内訳の内訳はつくれません。")
		} else {
			i.Heading = whole.Heading
		}
		if i.ID != 0 {
			parts, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM indicators WHERE part_id = ?`, i.ID)
			if err != nil {
				return fmt.Errorf("parts of indicator %d: %w", i.ID, err)
			}
			if parts > 0 {
				p.Add("part", "この指標には内訳があるため、ほかの指標の内訳にはできません。")
			}
		}
	}
	if i.Of != 0 {
		of, ok, err := near(i.Of)
		if err != nil {
			return err
		}
		if !ok || of.Of != 0 {
			p.Add("of", "再掲のもとになる指標を選びなおしてください。")
		}
		if i.ID != 0 {
			again, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM indicators WHERE of_id = ?`, i.ID)
			if err != nil {
				return fmt.Errorf("repetitions of indicator %d: %w", i.ID, err)
			}
			if again > 0 {
				p.Add("of", "この指標はほかの所に再掲されているため、再掲にはできません。")
			}
		}
	}
	if i.Figure != "" {
		switch f, ok := FigureOf(i.Figure); {
		case !ok:
			p.Add("figure", "集計する数を選びなおしてください。")
		case i.Span == ippo.SpanCumulative && !f.Adds:
			p.Add("figure", "「"+f.Name+"」は足し合わせられないため、累計にはできません。")
		}
	}
	return p.Err()
}

// UpdateIndicator changes everything of an indicator but its values. What has become counted is so from this
// year on. ErrConflict: somebody changed it since the writer read it.
func (s *Store) UpdateIndicator(ctx context.Context, by ippo.StaffID, i ippo.Indicator) error {
	return s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "indicators", "id", i.ID)
		if err != nil {
			return fmt.Errorf("update indicator %d: %w", i.ID, err)
		}
		if err := t.updateIndicator(ctx, i); err != nil {
			return err
		}
		if err := t.touchSheet(ctx, i.Sheet); err != nil {
			return err
		}
		return t.auditChange(ctx, by, "indicator.update", object("indicator", i.ID), "", was)
	})
}

func (t *Tx) updateIndicator(ctx context.Context, i ippo.Indicator) error {
	was, err := indicatorByID(ctx, t.tx, i.ID)
	if err != nil {
		return err
	}
	i.Sheet = was.Sheet
	switch {
	case i.Figure == "":
		i.Since = 0
	case i.Figure == was.Figure:
		i.Since = was.Since
	default:
		i.Since = ippo.FiscalYearOf(t.now)
	}
	if err := t.checkIndicator(ctx, &i); err != nil {
		return err
	}
	targets, err := encodeTargets(i)
	if err != nil {
		return fmt.Errorf("update indicator %d: %w", i.ID, err)
	}
	err = t.changeOne(ctx, `
		UPDATE indicators SET heading_id = ?, part_id = ?, again = ?, of_id = ?, place = ?, name = ?, span = ?, unit = ?, lower = ?,
			baseline = ?, baseline_note = ?, targets = ?, department = ?, remark = ?, sheet_no = ?, figure = ?, since_year = ?, counted_on = '',
			version = version + 1
		WHERE id = ? AND version = ?`,
		orNull(i.Heading), orNull(i.Part), i.Again, orNull(i.Of), i.Place, i.Name, i.Span, i.Unit, i.Lower,
		i.Baseline, i.BaselineNote, targets, i.Department, i.Remark, i.SheetNo, i.Figure, i.Since, i.ID, i.Version)
	if err == nil {
		err = t.exec(ctx, `UPDATE indicators SET heading_id = ? WHERE part_id = ?`, orNull(i.Heading), i.ID)
	}
	if err != nil {
		return fmt.Errorf("update indicator %d: %w", i.ID, err)
	}
	return nil
}

// DeleteIndicator removes an indicator made by mistake. One that has a frozen value, or that others are part or
// repetition of, is refused with Problems.
func (s *Store) DeleteIndicator(ctx context.Context, by ippo.StaffID, id ippo.IndicatorID) error {
	return s.Write(ctx, func(t *Tx) error {
		i, err := indicatorByID(ctx, t.tx, id)
		if err != nil {
			return err
		}
		var frozen, leaning int
		_, err = one(ctx, t.tx, func(row scanner) (struct{}, error) { return struct{}{}, row.Scan(&frozen, &leaning) }, `
			SELECT (SELECT count(*) FROM indicator_values WHERE indicator_id = ?1 AND frozen_at IS NOT NULL),
				(SELECT count(*) FROM indicators WHERE part_id = ?1 OR of_id = ?1)`, id)
		switch {
		case err != nil:
			return fmt.Errorf("delete indicator %d: %w", id, err)
		case frozen > 0:
			return inUse("確定した実績値があるため、削除できません。")
		case leaning > 0:
			return inUse("内訳か再掲の指標があるため、削除できません。先にそちらを削除してください。")
		}
		if err := t.keepDeleted(ctx, by, object("indicator", id), int64(id)); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM indicators WHERE id = ?`, id); err != nil {
			return fmt.Errorf("delete indicator %d: %w", id, err)
		}
		if err := t.touchSheet(ctx, i.Sheet); err != nil {
			return err
		}
		return t.audit(ctx, by, "indicator.delete", object("indicator", id), "")
	})
}

// SetIndicatorValues keeps what staff typed for the years that values names; the others stay. What is frozen
// cannot be changed here, and what Ippo counts keeps its value. ErrConflict: somebody changed the indicator
// since the writer read its version.
func (s *Store) SetIndicatorValues(ctx context.Context, by ippo.StaffID, id ippo.IndicatorID, version int, values map[ippo.FiscalYear]ippo.IndicatorValue) error {
	return s.Write(ctx, func(t *Tx) error {
		was, err := indicatorByID(ctx, t.tx, id)
		if err != nil {
			return err
		}
		if was.Of != 0 {
			return ippo.Problems{{Message: "再掲の指標です。実績値は、もとの指標で入力してください。"}}
		}
		if err := t.changeOne(ctx, `UPDATE indicators SET version = version + 1 WHERE id = ? AND version = ?`, id, version); err != nil {
			return fmt.Errorf("set values of indicator %d: %w", id, err)
		}
		if err := t.putValues(ctx, was, values); err != nil {
			return err
		}
		if err := t.touchSheet(ctx, was.Sheet); err != nil {
			return err
		}
		return t.audit(ctx, by, "indicator.values", object("indicator", id), "")
	})
}

// putValues keeps values beside those that the indicator has.
func (t *Tx) putValues(ctx context.Context, was ippo.Indicator, values map[ippo.FiscalYear]ippo.IndicatorValue) error {
	var p ippo.Problems
	for _, y := range sortedYears(values) {
		v, old := values[y], was.Values[y]
		v.Year, v.Counted, v.FrozenAt = y, old.Counted, old.FrozenAt
		if was.Figure != "" && y >= was.Since && old.Value != "" {
			v.Value, v.AsOf = old.Value, old.AsOf
		}
		if found, ok := v.Validate().(ippo.Problems); ok {
			p = append(p, found...)
			continue
		}
		if old.Frozen() {
			if v != old {
				p.Addf("value"+y.Short(), "%sの実績値は確定しています。変えるときは、承認者が理由を添えて訂正します。", y.Short())
			}
			continue
		}
		if v == old {
			continue
		}
		if err := t.putValue(ctx, was.ID, v); err != nil {
			return err
		}
	}
	return p.Err()
}

func sortedYears(values map[ippo.FiscalYear]ippo.IndicatorValue) []ippo.FiscalYear {
	var years []ippo.FiscalYear
	for y := range values {
		years = append(years, y)
	}
	slices.Sort(years)
	return years
}

func (t *Tx) putValue(ctx context.Context, id ippo.IndicatorID, v ippo.IndicatorValue) error {
	var err error
	if v.Empty() {
		err = t.exec(ctx, `DELETE FROM indicator_values WHERE indicator_id = ? AND year = ? AND frozen_at IS NULL`, id, v.Year)
	} else {
		err = t.exec(ctx, `
			INSERT INTO indicator_values (indicator_id, year, value, rate, as_of, cost, counted, frozen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (indicator_id, year) DO UPDATE SET value = excluded.value, rate = excluded.rate, as_of = excluded.as_of, cost = excluded.cost,
				counted = excluded.counted, frozen_at = excluded.frozen_at WHERE frozen_at IS NULL`,
			id, v.Year, v.Value, v.Rate, v.AsOf, v.Cost, v.Counted, stamp(v.FrozenAt))
	}
	if err != nil {
		return fmt.Errorf("value of indicator %d in %d: %w", id, v.Year, err)
	}
	return nil
}

// FreezeIndicatorValue settles a year's value (確定): an editor cannot change it any more.
func (s *Store) FreezeIndicatorValue(ctx context.Context, by ippo.StaffID, id ippo.IndicatorID, y ippo.FiscalYear) error {
	return s.Write(ctx, func(t *Tx) error {
		i, err := indicatorByID(ctx, t.tx, id)
		if err != nil {
			return err
		}
		switch v := i.Values[y]; {
		case i.Of != 0 || v.Value == "":
			return ippo.Problems{{Message: "実績値を入力してから確定してください。"}}
		case v.Frozen():
			return fmt.Errorf("freeze indicator %d in %d: %w", id, y, ippo.ErrConflict)
		case v.Counted && y >= ippo.FiscalYearOf(t.now):
			return ippo.Problems{{Message: y.Words() + "はまだ終わっていません。集計する値は、年度末に自動で確定します。"}}
		}
		if err := t.freeze(ctx, id, y); err != nil {
			return err
		}
		if err := t.touchSheet(ctx, i.Sheet); err != nil {
			return err
		}
		return t.audit(ctx, by, "indicator.freeze", object("indicator", id), y.Short()+" "+i.Values[y].Value)
	})
}

func (t *Tx) freeze(ctx context.Context, id ippo.IndicatorID, y ippo.FiscalYear) error {
	err := t.changeOne(ctx, `UPDATE indicator_values SET frozen_at = ? WHERE indicator_id = ? AND year = ? AND frozen_at IS NULL`, stamp(t.now), id, y)
	if err == nil {
		err = t.exec(ctx, `UPDATE indicators SET version = version + 1 WHERE id = ?`, id)
	}
	if err != nil {
		return fmt.Errorf("freeze indicator %d in %d: %w", id, y, err)
	}
	return nil
}

// AmendIndicatorValue corrects a frozen value, for a reason that is on record with what stood there. It stays
// frozen, and is the staff's own from then on.
func (s *Store) AmendIndicatorValue(ctx context.Context, by ippo.StaffID, id ippo.IndicatorID, v ippo.IndicatorValue, reason string) error {
	if err := checkReason("理由", reason); err != nil {
		return err
	}
	if err := v.Validate(); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		i, err := indicatorByID(ctx, t.tx, id)
		if err != nil {
			return err
		}
		old := i.Values[v.Year]
		if i.Of != 0 || !old.Frozen() {
			return fmt.Errorf("amend indicator %d in %d: %w", id, v.Year, ippo.ErrConflict)
		}
		err = t.changeOne(ctx, `
			UPDATE indicator_values SET value = ?, rate = ?, as_of = ?, cost = ?, counted = counted AND value = ?1 WHERE indicator_id = ? AND year = ?`,
			v.Value, v.Rate, v.AsOf, v.Cost, id, v.Year)
		if err == nil {
			err = t.exec(ctx, `UPDATE indicators SET version = version + 1 WHERE id = ?`, id)
		}
		if err != nil {
			return fmt.Errorf("amend indicator %d in %d: %w", id, v.Year, err)
		}
		if err := t.touchSheet(ctx, i.Sheet); err != nil {
			return err
		}
		return t.audit(ctx, by, "indicator.amend", object("indicator", id), v.Year.Short()+" "+amended(old, v)+" "+reason)
	})
}

// amended says what of a value was corrected.
func amended(was, is ippo.IndicatorValue) string {
	text := ""
	for _, one := range []struct{ word, was, is string }{{"実績値", was.Value, is.Value}, {"達成率", was.Rate, is.Rate}, {"時点", was.AsOf, is.AsOf}, {"事業費", was.Cost, is.Cost}} {
		if one.was != one.is {
			text += fmt.Sprintf("%s %s→%s、", one.word, orDash(one.was), orDash(one.is))
		}
	}
	return text
}

func orDash(s string) string {
	if s == "" {
		return ippo.Dash
	}
	return s
}

// CountIndicators counts what Ippo counts by itself and has not counted today, and freezes the years that have
// ended since: those that were missed as well, each once. It returns how many indicators it counted.
func (s *Store) CountIndicators(ctx context.Context) (counted int, err error) {
	today := ippo.Day(s.Now()).Format(time.DateOnly)
	due, err := collect(ctx, s.ro, scanInt, `SELECT id FROM indicators WHERE figure <> '' AND counted_on < ? ORDER BY id`, today)
	if err != nil {
		return 0, fmt.Errorf("count indicators: %w", err)
	}
	for _, id := range due {
		if err := s.countIndicator(ctx, ippo.IndicatorID(id), today); err != nil {
			return counted, err
		}
		counted++
	}
	return counted, nil
}

// countIndicator counts beside the writer, for hundreds of thousands of rows take their time, and then keeps
// what came of it.
func (s *Store) countIndicator(ctx context.Context, id ippo.IndicatorID, today string) error {
	now := s.Now()
	i, err := s.Indicator(ctx, id)
	if errors.Is(err, ippo.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f, ok := FigureOf(i.Figure)
	if !ok { // it was switched off meanwhile
		return nil
	}
	year := ippo.FiscalYearOf(now)
	var fresh []ippo.IndicatorValue
	for y := max(i.Since, year-ippo.MaxIndicatorYears); y <= year; y++ {
		v := i.Values[y]
		if v.Frozen() {
			continue
		}
		until := y.Ends()
		if until.After(now) {
			until = now.Add(time.Millisecond) // what was written just now is in it
		}
		v.Year, v.Counted, v.AsOf = y, true, ""
		if v.Value, err = countSpan(ctx, s.ro, i, f, y, until); err != nil {
			return err
		}
		switch {
		case y < year:
			v.FrozenAt = now
			// How groups stand is known of today only.
			if f.Stands && now.Sub(y.Ends()) >= 24*time.Hour {
				v.AsOf = today
			}
		default:
			v.AsOf = today
		}
		fresh = append(fresh, v)
		i.Values[y] = v
	}
	return s.Write(ctx, func(t *Tx) error {
		// What was changed meanwhile is counted anew, in a minute.
		if n, err := t.change(ctx, `UPDATE indicators SET counted_on = ? WHERE id = ? AND version = ?`, today, id, i.Version); err != nil || n == 0 {
			return err
		}
		for _, v := range fresh {
			if err := t.putValue(ctx, id, v); err != nil {
				return err
			}
			if !v.Frozen() {
				continue
			}
			if err := t.audit(ctx, 0, "indicator.freeze", object("indicator", id), v.Year.Short()+" "+v.Value); err != nil {
				return err
			}
		}
		return nil
	})
}

// countSpan counts a figure for one year of an indicator. What is cumulative adds to the year before, whoever
// counted that: what has been deleted since stays in it.
func countSpan(ctx context.Context, q queryer, i ippo.Indicator, f ippo.Figure, y ippo.FiscalYear, until time.Time) (string, error) {
	if i.Span != ippo.SpanCumulative {
		return countFigure(ctx, q, f.Key, y.Begins(), until)
	}
	before, ok := ippo.ParseAmount(i.Values[y-1].Value)
	if !ok || !before.Number.IsInt() {
		return countFigure(ctx, q, f.Key, time.Time{}, until)
	}
	text, err := countFigure(ctx, q, f.Key, y.Begins(), until)
	if err != nil {
		return "", err
	}
	more, ok := ippo.ParseAmount(text)
	if !ok {
		return text, nil
	}
	sum := new(big.Rat).Add(before.Number, more.Number)
	n, err := strconv.ParseInt(sum.RatString(), 10, 64)
	if err != nil {
		return "", fmt.Errorf("sum of indicator %d: %w", i.ID, err)
	}
	return f.Tell(n, 0, true), nil
}

// IndicatorRow is one row of an imported sheet: what an indicator shall be, and the headings above it.
type IndicatorRow struct {
	Line      int
	Path      []ippo.Heading // the highest first; each is found by kind and name, or made
	Indicator ippo.Indicator // ID 0: a new one; its heading follows from the path
	Whole     int            // the earlier row of which it is a part, by its index; -1: as Indicator says
	Again     int            // the earlier row that it repeats, by its index; -1: as Indicator says
	Same      bool           // it changes nothing; others may point to it
}

// ImportIndicators makes and changes what rows say, all or nothing; it can be taken back (Undelete). ErrConflict:
// somebody changed the sheet since the rows were worked out against version.
func (s *Store) ImportIndicators(ctx context.Context, by ippo.StaffID, id ippo.IndicatorSheetID, version int, rows []IndicatorRow) error {
	return s.Write(ctx, func(t *Tx) error {
		c, err := indicatorContent(ctx, t.tx, id)
		if err != nil {
			return err
		}
		if c.Version != version {
			return fmt.Errorf("import into sheet %d: %w", id, ippo.ErrConflict)
		}
		before, err := t.keptThing(ctx, "sheet", int64(id))
		if err != nil {
			return err
		}
		ids := make([]ippo.IndicatorID, len(rows))
		added := 0
		same := 0
		for n, r := range rows {
			i := r.Indicator
			if r.Same {
				ids[n], same = i.ID, same+1
				continue
			}
			i.Sheet = id
			if i.Heading, err = t.ensurePath(ctx, &c, r.Path); err != nil {
				return err
			}
			if r.Whole >= 0 {
				i.Part = ids[r.Whole]
			}
			if r.Again >= 0 {
				i.Of = ids[r.Again]
			}
			if i.ID == 0 {
				added++
				i, err = t.addIndicator(ctx, i)
			} else {
				if err = t.updateIndicator(ctx, i); err == nil && i.Of == 0 {
					var was ippo.Indicator
					if was, err = indicatorByID(ctx, t.tx, i.ID); err == nil {
						err = t.putValues(ctx, was, i.Values)
					}
				}
			}
			if err != nil {
				return atLine(r.Line, err)
			}
			ids[n] = i.ID
		}
		if err := t.touchSheet(ctx, id); err != nil {
			return err
		}
		after, err := t.keptThing(ctx, "sheet", int64(id))
		if err != nil {
			return err
		}
		if err := t.addDeletion(ctx, by, sheetImport, object("sheet", id), c.Title, before, sheetFingerprint(after)); err != nil {
			return err
		}
		return t.audit(ctx, by, "sheet.import", object("sheet", id), fmt.Sprintf("追加%d、変更%d", added, len(rows)-added-same))
	})
}

// sheetImport is the kind of a deletion that is an import into a sheet: what is put back is the sheet as it was before.
const sheetImport = "import"

// sheetFingerprint stands for what staff see and type on a sheet, as its rows have it. What Ippo goes on counting is
// not in it.
func sheetFingerprint(rows []keptRow) string {
	sum := sha256.New()
	for _, row := range rows {
		cells := maps.Clone(row.Cells)
		if row.Table == "indicator_values" && *cells["counted"].Int == 1 && cells["frozen_at"].Text == nil {
			continue
		}
		for _, own := range []string{"version", "updated_at", "counted_on"} {
			delete(cells, own)
		}
		canonical, err := json.Marshal(keptRow{Table: row.Table, Cells: cells}) // keys are sorted
		if err != nil {
			panic(fmt.Sprintf("fingerprint of a sheet: %v", err)) // numbers and texts
		}
		sum.Write(append(canonical, '\n'))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// makeRoomForSheet clears a sheet for its rows of before an import, if it is still as the import left it, which after
// is the fingerprint of. Forms that are open on it are told that it has changed; what Ippo counts, it counts anew.
func (t *Tx) makeRoomForSheet(ctx context.Context, rows []keptRow, after string) error {
	id := *rows[0].Cells["id"].Int
	now, err := t.keptThing(ctx, "sheet", id)
	if err != nil && !notFound(err) {
		return err
	}
	if err != nil || sheetFingerprint(now) != after {
		return ippo.Problems{{Message: "この取り込みは元に戻せません。取り込んだあとで、シートが変わっています。シートのページで直してください。"}}
	}
	if err := t.deferForeignKeys(ctx); err != nil {
		return err
	}
	if err := t.clearSheet(ctx, ippo.IndicatorSheetID(id)); err != nil {
		return err
	}
	if err := t.exec(ctx, `DELETE FROM indicator_sheets WHERE id = ?`, id); err != nil {
		return err
	}
	latest := map[int64]int64{} // versions of indicators
	for _, row := range now {
		if row.Table == "indicators" {
			latest[*row.Cells["id"].Int] = *row.Cells["version"].Int
		}
	}
	for _, row := range rows {
		switch row.Table {
		case "indicator_sheets":
			row.Cells["version"] = keep(*now[0].Cells["version"].Int + 1)
		case "indicators":
			row.Cells["version"], row.Cells["counted_on"] = keep(latest[*row.Cells["id"].Int]+1), keep("")
		}
	}
	return nil
}

// atLine says on which line of a file a problem is.
func atLine(line int, err error) error {
	problems, ok := errors.AsType[ippo.Problems](err)
	if !ok {
		return fmt.Errorf("line %d: %w", line, err)
	}
	var p ippo.Problems
	for _, one := range problems {
		p.Addf("", "%d行目: %s", line, one.Message)
	}
	return p
}

// ensurePath returns the lowest heading of a path, and makes those that are not there. A text that is given
// takes the place of the one that was.
func (t *Tx) ensurePath(ctx context.Context, c *ippo.IndicatorContent, path []ippo.Heading) (ippo.HeadingID, error) {
	var parent ippo.HeadingID
	for _, h := range path {
		n := slices.IndexFunc(c.Headings, func(has ippo.Heading) bool {
			return has.Parent == parent && has.Kind == h.Kind && has.Name == h.Name
		})
		if n < 0 {
			h.Sheet, h.Parent, h.Place = c.ID, parent, 0
			made, err := t.addHeading(ctx, h)
			if err != nil {
				return 0, err
			}
			c.Headings = append(c.Headings, made)
			parent = made.ID
			continue
		}
		has := &c.Headings[n]
		parent = has.ID
		if h.Text == "" || h.Text == has.Text {
			continue
		}
		has.Text = h.Text
		if err := has.Validate(); err != nil {
			return 0, err
		}
		if err := t.exec(ctx, `UPDATE indicator_headings SET text = ? WHERE id = ?`, h.Text, has.ID); err != nil {
			return 0, fmt.Errorf("heading %d: %w", has.ID, err)
		}
	}
	return parent, nil
}
