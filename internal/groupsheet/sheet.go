package groupsheet

import (
	"fmt"
	"strings"

	"ippo"
)

// Sheet is a grid read by a plan.
type Sheet struct {
	Columns []string
	Fields  []Field // what each column holds; "": it is not taken in
	Rows    Grid    // of groups
}

// NewSheet reads a grid by a plan.
func NewSheet(g Grid, plan ippo.GroupPlan) Sheet {
	head := min(max(plan.Head, 0), len(g)-1)
	s := Sheet{Columns: g.Columns(head), Rows: g[head+1:]}
	for _, c := range s.Columns {
		s.Fields = append(s.Fields, Field(plan.Fields[c]))
	}
	return s
}

// Begin returns a plan for a grid whose headings stand in a row: what the last plan said of each heading or, where it
// did not know it, what the heading says itself. A negative row is guessed.
func Begin(g Grid, head int, last ippo.GroupPlan) ippo.GroupPlan {
	if head < 0 || head >= len(g) {
		head = g.Head()
	}
	plan := ippo.GroupPlan{Head: head, Fields: map[string]string{}, Words: last.Words, Skip: last.Skip}
	for _, c := range g.Columns(head) {
		said, known := last.Fields[c]
		if !known {
			said = string(Guess(c))
		}
		plan.Fields[c] = said
	}
	return plan
}

// Cells returns what a row holds of each field. Several columns of one field are one after another.
func (s Sheet) Cells(row Row) func(Field) string {
	return func(f Field) string {
		var texts []string
		for i, field := range s.Fields {
			if field == f && row.Cell(i) != "" {
				texts = append(texts, row.Cell(i))
			}
		}
		return strings.Join(texts, "、")
	}
}

// Samples returns a few texts of a column, for whoever says what it holds.
func (s Sheet) Samples(column int) (texts []string) {
	const few, long = 3, 40
	for _, row := range s.Rows {
		text := row.Cell(column)
		if text == "" {
			continue
		}
		if runes := []rune(text); len(runes) > long {
			text = string(runes[:long]) + "…"
		}
		if texts = append(texts, text); len(texts) == few {
			break
		}
	}
	return texts
}

// SlugOf names groups of an import that have no slug, by their line: the same group whenever the row is read.
func SlugOf(id ippo.IntakeID) func(line int) string {
	return func(line int) string { return fmt.Sprintf("import-%d-%d", id, line) }
}
