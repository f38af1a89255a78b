package groupsheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
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
	maxCell    = 4000 // runes

	// Of a file of Excel: of all that is packed in it, of what its parts are made of, and of how that is shown.
	maxUnzip    = 64 << 20
	maxParts    = 2_000
	maxElements = 1_000_000 // of sheets and their texts
	maxOthers   = 100_000   // of what is beside them, such as styles
	maxDepth    = 100
	maxPiece    = 256 << 10 // of a part without a "<": a text or an element's attributes
	maxFormat   = 255       // Excel's own
)

// unpacking keeps files of Excel from being unpacked at the same time: each takes up to 250 MB.
var unpacking sync.Mutex

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

// Parse reads a file of CSV, in UTF-8 or Shift_JIS, parted by commas or tabs, or the first sheet that is seen of one of
// Excel (xlsx).
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

// parseExcel reads the first sheet that is seen: offices hide those that they work with. The file is a stranger's: what it unpacks to is bounded, and a panic of the reader's
// over it is a file that cannot be read.
func parseExcel(file []byte) (g Grid, err error) {
	unpacking.Lock()
	defer unpacking.Unlock()
	defer func() {
		if recover() != nil {
			g, err = nil, unreadable("Excelのファイルが壊れているため、読めません。")
		}
	}()
	var book *excelize.File
	if err = checkPacked(file); err == nil {
		book, err = excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip})
	}
	if err != nil {
		return nil, unreadable("Excelのファイルが大きすぎるか、壊れているため、読めません。CSVで保存し直してお試しください。")
	}
	defer book.Close()
	rows, err := book.Rows(seen(book))
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

// seen is the first sheet of a book that is not hidden; "" for none.
func seen(book *excelize.File) string {
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err == nil && visible {
			return name
		}
	}
	return ""
}

var errBomb = errors.New("it becomes more than it may")

// checkPacked looks through a file of Excel before anything of it is kept in memory: what is small as text, such as
// elements within elements, may be a hundred times as large as what it is read into.
func checkPacked(file []byte) error {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	if len(z.File) > maxParts {
		return errBomb
	}
	left, others, unpacked := maxElements, maxOthers, int64(0)
	for _, part := range z.File {
		unpacked += int64(min(part.UncompressedSize64, maxUnzip+1))
		if unpacked > maxUnzip {
			return errBomb
		}
		name, count := strings.ToLower(part.Name), &others
		switch {
		case strings.HasPrefix(name, "xl/worksheets/"), name == "xl/sharedstrings.xml":
			count = &left
		case !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels"): // a picture
			continue
		}
		r, err := part.Open()
		if err != nil {
			return err
		}
		if err := checkPart(r, count); err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}

// checkPart reads a part as its reader will, and counts its elements down.
func checkPart(r io.Reader, left *int) error {
	d, depth := xml.NewDecoder(&pieces{from: r}), 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			*left--
			depth++
			format := slices.ContainsFunc(token.Attr, func(a xml.Attr) bool {
				return a.Name.Local == "formatCode" && utf8.RuneCountInString(a.Value) > maxFormat
			})
			if *left < 0 || depth > maxDepth || format {
				return errBomb
			}
		case xml.EndElement:
			depth--
		}
	}
}

// pieces stops where a piece is longer than it may be: reading a token keeps the whole of it.
type pieces struct {
	from  io.Reader
	since int // the last "<", or a little more
}

func (p *pieces) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	if at := bytes.LastIndexByte(b[:n], '<'); at >= 0 {
		p.since = n - at
	} else if p.since += n; p.since > maxPiece {
		return n, errBomb
	}
	return n, err
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

// Columns returns the headings of a row, each of its own: one that is empty or repeated is told apart by its place. Where
// headings are two rows high, some stand in the upper one alone.
func (g Grid) Columns(head int) []string {
	width := 0
	for _, row := range g[head:] {
		width = max(width, len(row.Cells))
	}
	columns, upper := make([]string, width), g.upper(head)
	for i := range columns {
		columns[i] = strings.Join(strings.Fields(g[head].Cell(i)), " ")
		if columns[i] == "" && upper != nil {
			columns[i] = strings.Join(strings.Fields(upper.Cell(i)), " ")
		}
		if columns[i] == "" {
			columns[i] = fmt.Sprintf("（%d列目）", i+1)
		} else if slices.Contains(columns[:i], columns[i]) {
			columns[i] += fmt.Sprintf("（%d列目）", i+1)
		}
	}
	return columns
}

// upper is the upper half of headings whose lower one is a row; nil where that has none. A title stands alone.
func (g Grid) upper(head int) *Row {
	if head == 0 || g[head-1].Line != g[head].Line-1 {
		return nil
	}
	filled := 0
	for i := range g[head-1].Cells {
		if g[head-1].Cell(i) != "" {
			filled++
		}
	}
	if filled < 2 {
		return nil
	}
	return &g[head-1]
}
