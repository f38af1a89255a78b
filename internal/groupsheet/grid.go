package groupsheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"ippo"
	"ippo/internal/sheet"
)

// Bounds of a file. The largest cities list some thousands of groups.
const (
	MaxFile    = 16 << 20
	maxRows    = 20_000
	maxColumns = 200
	maxCell    = 4000      // runes
	maxUnzip   = 128 << 20 // of all that is packed in a file of Excel
)

// Grid is what a file holds.
type Grid []Row

// Row is one row of it that holds anything.
type Row struct {
	Line  int // of the file, from 1
	Cells []string
}

// Cell returns a cell's text without spaces around it; "" where there is none.
func (r Row) Cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return sheet.Restore(strings.TrimSpace(r.Cells[column]))
}

// Parse reads a file of CSV, in UTF-8 or Shift_JIS, parted by commas or tabs, or the first sheet of one of Excel (xlsx).
// What cannot be read is ippo.Problems that say why to whoever chose it.
func Parse(file []byte) (Grid, error) {
	switch {
	case len(file) > MaxFile:
		return nil, unreadable("ファイルは%dMBまでです。", MaxFile>>20)
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return parseExcel(file)
	case bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0")):
		return nil, unreadable("古い形（.xls）か、パスワードのついたExcelのファイルです。「Excelブック（.xlsx）」かCSVで保存し直してください。")
	}
	text, ok := sheet.Decode(file)
	if !ok || bytes.IndexByte(text, 0) >= 0 {
		return nil, unreadable("CSV（UTF-8かShift_JIS）か、Excel（.xlsx）のファイルを選んでください。")
	}
	return parseCSV(bytes.TrimPrefix(text, []byte("\uFEFF")))
}

func unreadable(format string, args ...any) error {
	return ippo.Problems{{Field: "file", Message: fmt.Sprintf(format, args...)}}
}

func parseCSV(text []byte) (Grid, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true // tables have titles above them and remarks below
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(first, []byte("\t")) > bytes.Count(first, []byte(",")) {
		r.Comma = '\t'
	}
	var g Grid
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return g.checked()
		}
		if err != nil {
			return nil, unreadable("引用符（\"）の使い方が正しくないため、読めません。")
		}
		line, _ := r.FieldPos(0)
		if g, err = g.add(line, cells); err != nil {
			return nil, err
		}
	}
}

// parseExcel reads the first sheet. The file is a stranger's: what it unpacks to is bounded, and a panic of the reader's
// over it is a file that cannot be read.
func parseExcel(file []byte) (g Grid, err error) {
	defer func() {
		if recover() != nil {
			g, err = nil, unreadable("Excelのファイルが壊れているため、読めません。")
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip})
	if err != nil {
		return nil, unreadable("Excelのファイルが大きすぎるか、壊れているため、読めません。CSVで保存し直してお試しください。")
	}
	defer book.Close()
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return nil, unreadable("Excelのファイルに、表がありません。")
	}
	defer rows.Close()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, unreadable("Excelの%d行目が読めません。", line)
		}
		if g, err = g.add(line, cells); err != nil {
			return nil, err
		}
	}
	return g.checked()
}

// add adds a row, unless it is empty.
func (g Grid) add(line int, cells []string) (Grid, error) {
	if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return g, nil
	}
	if len(g) == maxRows {
		return nil, unreadable("一度に読めるのは%d行までです。ファイルを分けてください。", maxRows)
	}
	if len(cells) > maxColumns {
		return nil, unreadable("%d行目の列が多すぎます（%d列まで）。", line, maxColumns)
	}
	for _, c := range cells {
		if utf8.RuneCountInString(c) > maxCell {
			return nil, unreadable("%d行目に、%d文字を超える欄があります。", line, maxCell)
		}
	}
	return append(g, Row{line, cells}), nil
}

func (g Grid) checked() (Grid, error) {
	if len(g) < 2 {
		return nil, unreadable("見出しの行と、団体の行が要ります。")
	}
	return g, nil
}

// Head guesses which row has the headings, as an index: tables have titles above them.
func (g Grid) Head() int {
	best, most := 0, 0
	for i, row := range g[:min(len(g), 20)] {
		known := 0
		for _, cell := range row.Cells {
			if Guess(cell) != "" && utf8.RuneCountInString(cell) <= 20 {
				known++
			}
		}
		if known > most {
			best, most = i, known
		}
	}
	return best
}

// Columns returns the headings of a row, each of its own: one that is empty or repeated is told apart by its place.
func (g Grid) Columns(head int) []string {
	width := 0
	for _, row := range g[head:] {
		width = max(width, len(row.Cells))
	}
	columns := make([]string, width)
	for i := range columns {
		columns[i] = strings.Join(strings.Fields(g[head].Cell(i)), " ")
		if columns[i] == "" {
			columns[i] = fmt.Sprintf("（%d列目）", i+1)
		} else if slices.Contains(columns[:i], columns[i]) {
			columns[i] += fmt.Sprintf("（%d列目）", i+1)
		}
	}
	return columns
}
