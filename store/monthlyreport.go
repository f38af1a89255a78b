package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// reportFigures is what a report keeps as it was when it was made.
type reportFigures struct {
	Figures    []ippo.ReportFigure    `json:"figures"`
	Groups     []ippo.ReportGroup     `json:"groups"`
	Broadcasts []ippo.ReportBroadcast `json:"broadcasts"`
}

const monthlyReportColumns = `r.id, r.month, r.state, r.summary, r.plans, r.figures, r.version, r.made_at, r.fixed_at`

func scanMonthlyReport(row scanner) (r ippo.MonthlyReport, err error) {
	var kept []byte
	if err := row.Scan(&r.ID, &r.Month, &r.State, &r.Summary, &r.Plans, &kept, &r.Version, at(&r.MadeAt), at(&r.FixedAt)); err != nil {
		return r, err
	}
	var f reportFigures
	err = json.Unmarshal(kept, &f)
	r.Figures, r.Groups, r.Broadcasts = f.Figures, f.Groups, f.Broadcasts
	return r, err
}

// MonthlyReports returns at most limit reports up to a month, the latest first; "" begins with the latest of all.
func (s *Store) MonthlyReports(ctx context.Context, until ippo.Month, limit int) ([]ippo.MonthlyReport, error) {
	reports, err := collect(ctx, s.ro, scanMonthlyReport, `
		SELECT `+monthlyReportColumns+` FROM monthly_reports r WHERE ?1 = '' OR r.month <= ?1 ORDER BY r.month DESC LIMIT ?2`, until, limit)
	if err != nil {
		return nil, fmt.Errorf("monthly reports: %w", err)
	}
	return reports, nil
}

// MonthlyReport returns one report.
func (s *Store) MonthlyReport(ctx context.Context, id ippo.MonthlyReportID) (ippo.MonthlyReport, error) {
	r, err := one(ctx, s.ro, scanMonthlyReport, `SELECT `+monthlyReportColumns+` FROM monthly_reports r WHERE r.id = ?`, id)
	if err != nil {
		return r, fmt.Errorf("monthly report %d: %w", id, err)
	}
	return r, nil
}

// SaveMonthlyReport keeps what staff wrote. ErrConflict: it is fixed, or somebody changed it since the writer
// read its version.
func (s *Store) SaveMonthlyReport(ctx context.Context, by ippo.StaffID, r ippo.MonthlyReport) error {
	if err := r.Validate(); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `UPDATE monthly_reports SET summary = ?, plans = ?, version = version + 1 WHERE id = ? AND version = ? AND state = 'draft'`,
			r.Summary, r.Plans, r.ID, r.Version)
		if err != nil {
			return fmt.Errorf("save monthly report %d: %w", r.ID, err)
		}
		return t.audit(ctx, by, "report.update", object("report", r.ID), "")
	})
}

// FixMonthlyReport settles a report as it was read (確定).
func (s *Store) FixMonthlyReport(ctx context.Context, by ippo.StaffID, id ippo.MonthlyReportID, version int) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `UPDATE monthly_reports SET state = 'fixed', fixed_at = ?, version = version + 1 WHERE id = ? AND version = ? AND state = 'draft'`,
			stamp(t.now), id, version)
		if err != nil {
			return fmt.Errorf("fix monthly report %d: %w", id, err)
		}
		return t.audit(ctx, by, "report.fix", object("report", id), "")
	})
}

// ReopenMonthlyReport makes a fixed report a draft again, for a reason that is on record. Its figures stay.
func (s *Store) ReopenMonthlyReport(ctx context.Context, by ippo.StaffID, id ippo.MonthlyReportID, reason string) error {
	if err := checkReason("理由", reason); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `UPDATE monthly_reports SET state = 'draft', fixed_at = NULL, version = version + 1 WHERE id = ? AND state = 'fixed'`, id)
		if err != nil {
			return fmt.Errorf("reopen monthly report %d: %w", id, err)
		}
		return t.audit(ctx, by, "report.reopen", object("report", id), reason)
	})
}

// MakeMonthlyReports makes the report of every month that has ended and has none, each once, and returns how
// many it made and when the next one is due. The first of all is of the month before, if the center was there
// already.
func (s *Store) MakeMonthlyReports(ctx context.Context) (made int, next time.Time, err error) {
	for {
		month, err := s.reportMonth(ctx)
		if err != nil {
			return made, next, fmt.Errorf("make monthly reports: %w", err)
		}
		if month.Ends().After(s.Now()) {
			return made, month.Ends(), nil
		}
		r, err := s.countMonth(ctx, month)
		if err != nil {
			return made, next, fmt.Errorf("make report of %s: %w", month, err)
		}
		switch err := s.addMonthlyReport(ctx, r); {
		case errors.Is(err, ippo.ErrConflict): // somebody else made it
		case err != nil:
			return made, next, fmt.Errorf("make report of %s: %w", month, err)
		default:
			made++
		}
	}
}

// reportMonth is the month whose report comes next.
func (s *Store) reportMonth(ctx context.Context) (ippo.Month, error) {
	month, err := one(ctx, s.ro, scanReportClock, `SELECT next_month FROM report_clock WHERE id = 1`)
	if err != nil || month != "" {
		return month, err
	}
	this := ippo.MonthOf(s.Now())
	earlier, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM (SELECT 1 FROM audit_log WHERE at < ? LIMIT 1)`, stamp(this.Begins()))
	if err != nil {
		return "", err
	}
	if month = this; earlier > 0 {
		month = this.Before()
	}
	err = s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE report_clock SET next_month = ? WHERE id = 1 AND next_month IS NULL`, month)
	})
	return month, err
}

func scanReportClock(row scanner) (ippo.Month, error) {
	var month sql.NullString
	err := row.Scan(&month)
	return ippo.Month(month.String), err
}

func (s *Store) addMonthlyReport(ctx context.Context, r ippo.MonthlyReport) error {
	kept, err := json.Marshal(reportFigures{r.Figures, r.Groups, r.Broadcasts})
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `UPDATE report_clock SET next_month = ? WHERE id = 1 AND next_month = ?`, r.Month.Next(), r.Month); err != nil {
			return err
		}
		id, err := t.insert(ctx, `INSERT INTO monthly_reports (month, summary, plans, figures, made_at) VALUES (?, ?, ?, ?, ?)`,
			r.Month, r.Summary, r.Plans, string(kept), stamp(t.now))
		if err != nil {
			return err
		}
		if err := t.mailStaff(ctx, r.Month.Short()+"の活動報告の下書きができました", fmt.Sprintf("数を確かめて、まとめと来月の予定を書き足してください。\n/admin/reports/%d", id)); err != nil {
			return err
		}
		return t.audit(ctx, 0, "report.create", object("report", id), string(r.Month))
	})
}

// countMonth counts a month beside the one before. What the report of that one told is told again, so that two
// reports in a row do not contradict each other.
func (s *Store) countMonth(ctx context.Context, m ippo.Month) (r ippo.MonthlyReport, err error) {
	r = ippo.MonthlyReport{Month: m, State: ippo.ReportDraft}
	settings, err := s.Settings(ctx)
	if err != nil {
		return r, err
	}
	var last ippo.MonthlyReport
	earlier, err := s.MonthlyReports(ctx, m.Before(), 1)
	if err != nil {
		return r, err
	}
	if len(earlier) > 0 && earlier[0].Month == m.Before() {
		last = earlier[0]
	}
	for _, f := range figures {
		told := ippo.ReportFigure{Key: f.Key, About: f.About, Name: f.Title(settings.Labels)}
		if told.Value, err = tellFigure(ctx, s.ro, f.Figure, m.Begins(), m.Ends()); err != nil {
			return r, err
		}
		if before, ok := last.Figure(f.Key); ok {
			told.Before = before.Value
		} else if told.Before, err = tellFigure(ctx, s.ro, f.Figure, m.Before().Begins(), m.Begins()); err != nil {
			return r, err
		}
		r.Figures = append(r.Figures, told)
	}
	if r.Groups, err = s.reportGroups(ctx, m); err != nil {
		return r, err
	}
	r.Broadcasts, err = collect(ctx, s.ro, func(row scanner) (b ippo.ReportBroadcast, err error) {
		err = row.Scan(at(&b.At), &b.Title, &b.Accepted)
		return b, err
	}, `
		SELECT b.finished_at, b.title, (SELECT coalesce(sum(r.size - (SELECT count(*) FROM delivery_exceptions x WHERE x.request_id = r.id)), 0)
			FROM delivery_requests r WHERE r.broadcast_id = b.id AND r.state = 'accepted')
		FROM broadcasts b WHERE b.status = 'sent' AND b.finished_at >= ? AND b.finished_at < ? ORDER BY b.finished_at, b.id LIMIT 200`,
		stamp(m.Begins()), stamp(m.Ends()))
	if err != nil {
		return r, fmt.Errorf("broadcasts: %w", err)
	}
	events, err := s.Events(ctx)
	if err != nil {
		return r, err
	}
	r.Summary, r.Plans = r.DraftSummary(), r.DraftPlans(events)
	return r, nil
}

// tellFigure counts a figure for a report, which does not tell of few people what they are.
func tellFigure(ctx context.Context, q queryer, f ippo.Figure, from, until time.Time) (string, error) {
	n, of, known, err := figureNumbers(ctx, q, f.Key, from, until)
	if err == nil && f.Attribute && 0 < n && n < ippo.HiddenUnder {
		return ippo.FewWords, nil
	}
	return f.Tell(n, of, known), err
}

// reportGroups parts the month's new friends by how they came, and who was a friend at its end by what they have chosen.
// Nobody is in a group of few.
func (s *Store) reportGroups(ctx context.Context, m ippo.Month) ([]ippo.ReportGroup, error) {
	scan := func(row scanner) (c ippo.ReportCount, err error) {
		err = row.Scan(&c.Name, &c.Count)
		return c, err
	}
	entries, err := collect(ctx, s.ro, scan, `
		SELECT coalesce(e.name, '登録経路なし'), count(*) FROM followers f LEFT JOIN entries e ON e.id = f.entry_id
		WHERE f.followed_at >= ? AND f.followed_at < ? GROUP BY e.id ORDER BY count(*) DESC, e.id`, stamp(m.Begins()), stamp(m.Ends()))
	if err != nil {
		return nil, fmt.Errorf("by entry: %w", err)
	}
	languages, err := collect(ctx, s.ro, scan, `
		SELECT language, count(*) FROM followers WHERE `+friendsAt+` GROUP BY language ORDER BY count(*) DESC, language`, stamp(m.Begins()), stamp(m.Ends()))
	if err != nil {
		return nil, fmt.Errorf("by language: %w", err)
	}
	for i := range languages {
		languages[i].Name = ippo.Language(languages[i].Name).Words()
	}
	ages, err := collect(ctx, s.ro, scan, `
		SELECT age_band, count(*) FROM ambassadors WHERE applied_at < ? AND status IN ('applied', 'contacted', 'appointed') GROUP BY age_band`, stamp(m.Ends()))
	if err != nil {
		return nil, fmt.Errorf("by age: %w", err)
	}
	var bands []ippo.ReportCount
	for _, band := range ippo.AgeBands {
		for _, a := range ages {
			if a.Name == string(band.Band) {
				bands = append(bands, ippo.ReportCount{Name: band.Words, Count: a.Count})
			}
		}
	}
	topics, err := s.Topics(ctx)
	if err != nil {
		return nil, err
	}
	areas, err := s.Areas(ctx)
	if err != nil {
		return nil, err
	}
	chosen, err := s.countChoices(ctx, m)
	if err != nil {
		return nil, err
	}
	var byTopic, byArea []ippo.ReportCount
	for _, t := range topics {
		byTopic = append(byTopic, ippo.ReportCount{Name: t.Name, Count: chosen.topics[t.Number]})
	}
	for _, a := range areas {
		byArea = append(byArea, ippo.ReportCount{Name: a.Name, Count: chosen.areas[a.Number]})
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	all := []ippo.ReportGroup{
		{Title: "新しい友だちの登録経路", Rows: entries}, {Title: "友だちのことば", Rows: languages},
		{Title: "友だちが選んだ地域", Rows: byArea}, {Title: "友だちが選んだ分野", Rows: byTopic}, {Title: settings.Labels.Ambassador + "の年代", Rows: bands},
	}
	var groups []ippo.ReportGroup
	for n, g := range all {
		ippo.HideFew(g.Rows, n != 2 && n != 3) // people choose several areas and topics
		if slices.ContainsFunc(g.Rows, func(c ippo.ReportCount) bool { return !c.Hidden }) {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// choiceCounts is how many friends chose each topic and area by its number.
type choiceCounts struct{ topics, areas [ippo.MaxChoices]int }

// countChoices counts the choices of who was a friend at the month's end.
func (s *Store) countChoices(ctx context.Context, m ippo.Month) (c choiceCounts, err error) {
	rows, err := s.ro.QueryContext(ctx, `SELECT topics, areas, count(*) FROM followers WHERE `+friendsAt+` GROUP BY topics, areas`, stamp(m.Begins()), stamp(m.Ends()))
	if err != nil {
		return c, fmt.Errorf("by choice: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var topics, areas ippo.Choice
		var n int
		if err := rows.Scan(&topics, &areas, &n); err != nil {
			return c, fmt.Errorf("by choice: %w", err)
		}
		for _, one := range []struct {
			chosen ippo.Choice
			counts *[ippo.MaxChoices]int
		}{{topics, &c.topics}, {areas, &c.areas}} {
			for number := range one.counts {
				if one.chosen.Has(number) {
					one.counts[number] += n
				}
			}
		}
	}
	return c, rows.Err()
}
