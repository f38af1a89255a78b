package jobs

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"ippo"
	"ippo/internal/groupsheet"
	"ippo/internal/sheet"
	"ippo/store"
)

// Export writes a CSV file (see package sheet) of all followers, groups or ambassadors. Import reads
// the first two back. It is noted in the audit log, since it takes personal data out.
func Export(ctx context.Context, st *store.Store, kind SheetKind, w io.Writer) error {
	exports := map[SheetKind]struct {
		columns []string
		rows    func(context.Context, *store.Store, *sheet.Writer) error
	}{
		FollowerSheet:   {followerLayout, exportFollowers},
		GroupSheet:      {groupLayout, exportGroups},
		AmbassadorSheet: {ambassadorLayout, exportAmbassadors},
	}
	export, ok := exports[kind]
	if !ok {
		return fmt.Errorf("export %s: there is no such export", kind)
	}
	if err := st.Audit(ctx, 0, string(kind)+".export", string(kind), ""); err != nil {
		return fmt.Errorf("export %s: %w", kind, err)
	}
	out, err := sheet.NewWriter(w, export.columns...)
	if err == nil {
		err = export.rows(ctx, st, out)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", kind, err)
	}
	return nil
}

// exportPage is how many followers are read at once: a few milliseconds' work.
const exportPage = 1000

func exportFollowers(ctx context.Context, st *store.Store, out *sheet.Writer) error {
	words, err := loadGlossary(ctx, st)
	if err != nil {
		return err
	}
	tags, entries := inverted(words.tags), inverted(words.entries)
	var last ippo.FollowerID
	for {
		page, err := st.FollowerRows(ctx, last, exportPage)
		if err != nil {
			return err
		}
		for _, f := range page {
			status := string(f.Status)
			if f.Stopped && f.Status == ippo.FollowerActive {
				status = stopped
			}
			named := make([]string, len(f.Tags))
			for i, id := range f.Tags {
				named[i] = tags[id]
			}
			slices.Sort(named)
			err := out.Row(f.LineUserID, f.DisplayName, status, choiceCell(words.areas, f.Areas), choiceCell(words.topics, f.Topics),
				strings.Join(named, ";"), string(f.Language), entries[f.Entry], moment(f.FollowedAt), groupsheet.YesNo(f.Digest))
			if err != nil {
				return err
			}
			last = f.ID
		}
		if len(page) < exportPage {
			return nil
		}
	}
}

func inverted(slugs map[string]int64) map[int64]string {
	named := make(map[int64]string, len(slugs))
	for slug, id := range slugs {
		named[id] = slug
	}
	return named
}

func exportGroups(ctx context.Context, st *store.Store, out *sheet.Writer) error {
	words, err := loadGlossary(ctx, st)
	if err != nil {
		return err
	}
	groups, err := st.ActivityGroups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		var cells []string
		for _, f := range groupsheet.Fields {
			switch f.Field {
			case groupsheet.Topics:
				cells = append(cells, choiceCell(words.topics, g.Topics))
			case groupsheet.Areas:
				cells = append(cells, choiceCell(words.areas, g.Areas))
			default:
				cells = append(cells, groupsheet.Cell(f.Field, g))
			}
		}
		if err := out.Row(cells...); err != nil {
			return err
		}
	}
	return nil
}

var ambassadorLayout = []string{
	"number", "status", "resting", "name", "kana", "contact", "age_band", "guardian", "actions", "vision", "vision_approved",
	"note", "applied_at", "consented_at", "updated_at",
}

// exportAmbassadors writes the ambassadors in the order of their numbers. There are so few of them
// that they are read at once.
func exportAmbassadors(ctx context.Context, st *store.Store, out *sheet.Writer) error {
	all, err := st.Ambassadors(ctx, store.AmbassadorFilter{})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b ippo.Ambassador) int { return a.Number - b.Number })
	for _, a := range all {
		err := out.Row(strconv.Itoa(a.Number), a.Status.Words(), groupsheet.YesNo(a.Resting), a.Name, a.Kana, a.Contact, a.AgeBand.Words(),
			a.Guardian, strings.Join(a.Actions, ";"), a.Vision, groupsheet.YesNo(a.VisionApproved), a.Note,
			moment(a.AppliedAt), moment(a.ConsentedAt), moment(a.UpdatedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// moment writes a time as the first of moments.
func moment(t time.Time) string { return t.In(ippo.Tokyo).Format(time.RFC3339) }
