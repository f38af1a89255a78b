package jobs

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ippo"
	"ippo/internal/groupsheet"
	"ippo/internal/pace"
	"ippo/store"
)

// The columns of a sheet of followers. Only line_user_id is required.
const (
	colUserID = iota
	colDisplayName
	colStatus
	colAreas
	colTopics
	colTags
	colLanguage
	colEntry
	colFollowedAt
	colDigest
)

var followerLayout = layout{
	"line_user_id", "display_name", "status", "areas", "topics", "tags", "language", "entry", "followed_at", "digest",
}

// stopped is the status, in a sheet, of a friend who stopped all but emergencies: leaving it out
// would send to them again after their center moved to another machine.
const stopped = "stopped"

// everything stands for all topics or areas, also those made later.
const everything = groupsheet.Everything

// Rows are written window by window, sorted by LINE user ID: neighbours share pages of the index, and
// writing pages is most of the work (300,000 rows: 26 s against 70 s on a busy machine).
const (
	windowRows = 20_000
	firstChunk = 50 // what the first transaction writes
)

func importFollowers(ctx context.Context, st *store.Store, file io.ReadSeeker, progress func(done, total int)) (Report, error) {
	words, err := loadGlossary(ctx, st)
	if err != nil {
		return Report{}, fmt.Errorf("import followers: %w", err)
	}
	check := followerReader{words: words, now: st.Now(), seen: map[string]int{}}
	report, err := scan(ctx, file, followerLayout, func(l sheetRow) (ippo.Problems, error) {
		_, problems := check.read(l)
		return problems, nil
	})
	if err != nil {
		return report, fmt.Errorf("check followers: %w", err)
	}
	if len(report.Bad) > 0 {
		return report, ErrBadRows
	}

	written := 0
	window := make([]store.FollowerRow, 0, min(report.Rows, windowRows))
	chunk := firstChunk
	flush := func() error {
		slices.SortFunc(window, func(a, b store.FollowerRow) int { return strings.Compare(a.LineUserID, b.LineUserID) })
		for len(window) > 0 {
			n := min(chunk, len(window))
			done, err := st.ImportFollowers(ctx, window[:n])
			if err != nil {
				return err
			}
			report.Added += done.Added
			report.Changed += done.Changed
			report.Erased += done.Erased
			written += n
			progress(written, report.Rows)
			window = window[n:]
			chunk = pace.Chunk(n, done.Held)
			if err := pace.Rest(ctx, done.Held); err != nil {
				return err
			}
		}
		return nil
	}
	again, err := scan(ctx, file, followerLayout, func(l sheetRow) (ippo.Problems, error) {
		row, problems := check.read(l)
		if problems != nil {
			return problems, nil
		}
		if window = append(window, row); len(window) < windowRows {
			return nil, nil
		}
		err := flush()
		window = make([]store.FollowerRow, 0, windowRows)
		return nil, err
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return report, fmt.Errorf("import followers: %w", err)
	}
	if report.Bad = again.Bad; len(report.Bad) > 0 {
		return report, fmt.Errorf("import followers: the file was changed meanwhile: %w", ErrBadRows)
	}
	detail := fmt.Sprintf("added %d, changed %d", report.Added, report.Changed)
	return report, st.Audit(ctx, 0, "followers.import", "followers", detail)
}

// followerReader reads rows of followers.
type followerReader struct {
	words glossary
	now   time.Time
	seen  map[string]int // LINE user ID → the line it stands in
}

func (f *followerReader) read(l sheetRow) (store.FollowerRow, ippo.Problems) {
	var p ippo.Problems
	r := store.FollowerRow{
		LineUserID:  strings.Clone(l.cell(colUserID)),
		DisplayName: l.cell(colDisplayName),
		Language:    ippo.Language(l.cell(colLanguage)),
		Areas:       f.words.choice(&p, "areas", f.words.areas, l.cell(colAreas)),
		Topics:      f.words.choice(&p, "topics", f.words.topics, l.cell(colTopics)),
	}
	if !ippo.IsLineUserID(r.LineUserID) {
		p.Add("line_user_id", "LINEのユーザーIDは「U」と32桁の半角英小文字・数字（0-9, a-f）です。")
	} else if first, ok := f.seen[r.LineUserID]; ok && first != l.Line {
		p.Addf("line_user_id", "%d行目と同じユーザーIDです。", first)
	} else {
		f.seen[r.LineUserID] = l.Line
	}
	if utf8.RuneCountInString(r.DisplayName) > maxDisplayName {
		p.Addf("display_name", "表示名は%d文字以内にしてください。", maxDisplayName)
	}
	switch status := l.cell(colStatus); status {
	case "", string(ippo.FollowerActive), string(ippo.FollowerBlocked):
		r.Status = ippo.FollowerStatus(status)
	case stopped:
		r.Status, r.Stopped = ippo.FollowerActive, true
	default:
		p.Add("status", "active, blocked, stopped のどれかにしてください。")
	}
	if r.Language != "" && !ippo.IsLanguage(r.Language) {
		p.Add("language", "ja, ja-x-easy, en か、ことばのファイルの名前（vi など）にしてください。")
	}
	for _, slug := range cells(l.cell(colTags)) {
		id, ok := f.words.tags[slug]
		if !ok {
			p.Addf("tags", "タグ「%.40s」はありません。", slug)
		}
		r.Tags = append(r.Tags, id)
	}
	if slug := l.cell(colEntry); slug != "" {
		var ok bool
		if r.Entry, ok = f.words.entries[slug]; !ok {
			p.Addf("entry", "登録経路「%.40s」はありません。", slug)
		}
	}
	switch digest := l.cell(colDigest); digest {
	case "", groupsheet.No:
	case groupsheet.Yes:
		r.Digest = true
	default:
		p.Addf("digest", "「%s」か「%s」にしてください。", groupsheet.Yes, groupsheet.No)
	}
	r.FollowedAt = f.moment(&p, "followed_at", l.cell(colFollowedAt))
	return r, p
}

// maxDisplayName is well beyond the 20 characters that LINE gives a display name.
const maxDisplayName = 100

// moments are the forms of a date and time that a sheet may have: ours first, then those that
// spreadsheets make of it. Without an offset it is the time in Japan.
var moments = []string{
	time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2",
}

func (f *followerReader) moment(p *ippo.Problems, field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	for _, form := range moments {
		if t, err := time.ParseInLocation(form, text, ippo.Tokyo); err == nil {
			if t.Year() < 2011 || t.After(f.now.Add(24*time.Hour)) { // LINE began in 2011
				break
			}
			return t
		}
	}
	p.Add(field, "日時を「2026-04-01T09:00:00+09:00」か「2026-04-01」のように書いてください。")
	return time.Time{}
}

// cells returns the slugs of a cell, which are parted by semicolons.
func cells(text string) []string {
	var all []string
	for one := range strings.SplitSeq(text, ";") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// glossary knows the slugs that sheets name things by.
type glossary struct {
	topics, areas map[string]int // numbers
	tags, entries map[string]int64
}

func loadGlossary(ctx context.Context, st *store.Store) (glossary, error) {
	g := glossary{map[string]int{}, map[string]int{}, map[string]int64{}, map[string]int64{}}
	topics, err := st.Topics(ctx)
	if err != nil {
		return g, err
	}
	for _, t := range topics {
		g.topics[t.Slug] = t.Number
	}
	areas, err := st.Areas(ctx)
	if err != nil {
		return g, err
	}
	for _, a := range areas {
		g.areas[a.Slug] = a.Number
	}
	tags, err := st.Tags(ctx)
	if err != nil {
		return g, err
	}
	for _, t := range tags {
		g.tags[t.Slug] = t.ID
	}
	entries, err := st.Entries(ctx)
	if err != nil {
		return g, err
	}
	for _, e := range entries {
		g.entries[e.Slug] = e.ID
	}
	return g, nil
}

// choice reads a cell of topics or areas.
func (g glossary) choice(p *ippo.Problems, field string, known map[string]int, text string) ippo.Choice {
	var c ippo.Choice
	for _, slug := range cells(text) {
		if slug == everything {
			c |= ippo.Everything
			continue
		}
		number, ok := known[slug]
		if !ok {
			p.Addf(field, "「%.40s」はありません。", slug)
			continue
		}
		c = c.With(number)
	}
	return c
}

// choiceCell writes what choice reads.
func choiceCell(known map[string]int, c ippo.Choice) string {
	var slugs []string
	if c&ippo.Everything != 0 {
		slugs = append(slugs, everything)
	}
	c &^= ippo.Everything
	for slug, number := range known {
		if c.Has(number) {
			slugs = append(slugs, slug)
		}
	}
	slices.Sort(slugs) // a map has no order, and two exports of the same should be the same
	return strings.Join(slugs, ";")
}
