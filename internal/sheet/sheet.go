// Package sheet reads and writes the CSV files that offices pass around: UTF-8 with a byte order
// mark so that Excel opens it as such, a header row, and nothing in it that a spreadsheet would run.
package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

const mark = "\uFEFF"

// Writer writes a sheet row by row. Its first error is returned by Flush too.
type Writer struct {
	csv   *csv.Writer
	cells []string
}

// NewWriter begins a sheet with its header row.
func NewWriter(w io.Writer, columns ...string) (*Writer, error) {
	if _, err := io.WriteString(w, mark); err != nil {
		return nil, err
	}
	s := &Writer{csv: csv.NewWriter(w)}
	return s, s.csv.Write(columns)
}

// Row writes one row. Cells that a spreadsheet would take for a formula are defused.
func (w *Writer) Row(cells ...string) error {
	w.cells = w.cells[:0]
	for _, c := range cells {
		w.cells = append(w.cells, Defuse(c))
	}
	return w.csv.Write(w.cells)
}

// Flush writes what is still held back.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Defuse puts an apostrophe before what a spreadsheet would run, such as =HYPERLINK(…) in somebody's
// name: spreadsheets then show it as text. Source: https://owasp.org/www-community/attacks/CSV_Injection
func Defuse(cell string) string {
	if armed(cell) {
		return "'" + cell
	}
	return cell
}

// Restore returns what Defuse was given.
func Restore(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && armed(rest) {
		return rest
	}
	return cell
}

// armed reports whether a cell is a formula, or one that was defused already: so that both come back
// as they were. A dash alone runs nothing; tables are full of them.
func armed(cell string) bool {
	bare := strings.TrimLeft(cell, "'")
	if bare == "-" || bare == "－" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(bare)
	return strings.ContainsRune("=+-@\t\r＝＋－＠", first)
}

// Reader reads a sheet row by row.
type Reader struct {
	Columns []string // of the header row

	csv     *csv.Reader
	in      *bounded
	decoded bool // was not UTF-8
	last    int  // the line of the row that was read last
	over    bool // what follows cannot be read
}

// Decode returns a file's text as UTF-8: offices save CSV in UTF-8 or in Shift_JIS, and the bytes tell which.
// ok is false for a file in neither.
func Decode(file []byte) (text []byte, ok bool) {
	if utf8.Valid(file) {
		return file, true
	}
	// Not U+FFFD, which is what a decoder makes of bytes that mean nothing to it.
	text, err := japanese.ShiftJIS.NewDecoder().Bytes(file)
	return text, err == nil && !bytes.ContainsRune(text, utf8.RuneError)
}

// RowError says what is wrong with the form of a row; those after it can still be read.
type RowError struct {
	Line   int // of the file, from 1
	Reason string
}

func (e *RowError) Error() string { return fmt.Sprintf("%d行目: %s", e.Line, e.Reason) }

// maxColumns is far more than any list has.
const maxColumns = 500

// NewReader reads the header row of a sheet, with or without a byte order mark. A file without one is
// a RowError.
func NewReader(r io.Reader) (*Reader, error) { return newReader(r, false) }

func newReader(r io.Reader, decoded bool) (*Reader, error) {
	s := &Reader{in: &bounded{r: r, left: maxRow}, decoded: decoded}
	buffered := bufio.NewReaderSize(s.in, 64<<10)
	if head, err := buffered.Peek(len(mark)); err == nil && string(head) == mark {
		buffered.Discard(len(mark))
	}
	s.csv = csv.NewReader(buffered)
	columns, err := s.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &RowError{1, "ファイルが空です。1行目に列の名前を書いてください。"}
	case errors.Is(err, errLongRow):
		return nil, &RowError{1, longRow}
	case err != nil:
		return nil, rowError(err)
	case len(columns) > maxColumns:
		return nil, &RowError{1, fmt.Sprintf("列が多すぎます（%d列まで）。", maxColumns)}
	}
	for i, c := range columns {
		columns[i] = strings.TrimSpace(c)
		if !s.readable(c) {
			return nil, &RowError{1, notUTF8}
		}
	}
	s.Columns = columns
	s.csv.ReuseRecord = true
	return s, nil
}

// Open reads a file that may be too long to be held, in UTF-8 or in Shift_JIS. open gives it from its beginning, and is
// called twice.
func Open(open func() (io.Reader, error)) (*Reader, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	known, err := isUTF8(r)
	if err != nil {
		return nil, err
	}
	if r, err = open(); err != nil {
		return nil, err
	}
	if !known {
		r = japanese.ShiftJIS.NewDecoder().Reader(r)
	}
	return newReader(r, !known)
}

// readable reports whether a cell is text. A decoder makes U+FFFD of bytes that mean nothing to it.
func (r *Reader) readable(cell string) bool {
	return utf8.ValidString(cell) && !(r.decoded && strings.ContainsRune(cell, utf8.RuneError))
}

// isUTF8 reports whether all of a file is UTF-8.
func isUTF8(r io.Reader) (bool, error) {
	buffer := make([]byte, 64<<10)
	held := 0 // the beginning of a character whose end is still to come
	for {
		n, err := r.Read(buffer[held:])
		text := buffer[:held+n]
		for len(text) > 0 && (errors.Is(err, io.EOF) || utf8.FullRune(text)) {
			c, size := utf8.DecodeRune(text)
			if c == utf8.RuneError && size == 1 {
				return false, nil
			}
			text = text[size:]
		}
		held = copy(buffer, text)
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, err
		}
	}
}

// maxRow bounds a row, in bytes: one quotation mark too many must not make a row of all of a file.
const maxRow = 1 << 20

var errLongRow = errors.New("row is too long")

// bounded reads no more than what is left.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errLongRow
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

const longRow = "1行が長すぎます。引用符（\"）が閉じられていないようです。ここから先は読めません。"

const notUTF8 = "文字コードがUTF-8でもShift_JISでもありません。表計算ソフトで「CSV」を選んで保存し直してください。"

// Row is one row of a sheet.
type Row struct {
	Line  int // of the file, from 1, where the row begins
	cells []string
}

// Cell returns a column's text as Row of Writer was given it, without spaces around it. It is valid
// until the next row is read.
func (r Row) Cell(column int) string { return Restore(strings.TrimSpace(r.cells[column])) }

// Next returns the next row that holds anything, a *RowError for one that cannot be read, or io.EOF.
func (r *Reader) Next() (Row, error) {
	for {
		if r.over {
			return Row{}, io.EOF
		}
		r.in.left = maxRow
		cells, err := r.csv.Read()
		switch {
		case errors.Is(err, io.EOF):
			return Row{}, io.EOF
		case errors.Is(err, errLongRow):
			r.over = true
			return Row{}, &RowError{r.last + 1, longRow}
		case err != nil:
			return Row{}, rowError(err)
		}
		line, _ := r.csv.FieldPos(0)
		r.last = line
		empty := true
		for _, c := range cells {
			if !r.readable(c) {
				return Row{}, &RowError{line, notUTF8}
			}
			empty = empty && strings.TrimSpace(c) == ""
		}
		if !empty { // spreadsheets leave rows of commas at the end
			return Row{line, cells}, nil
		}
	}
}

func rowError(err error) error {
	var parse *csv.ParseError
	switch {
	case !errors.As(err, &parse):
		return err
	case errors.Is(err, csv.ErrFieldCount):
		return &RowError{parse.StartLine, "列の数が1行目と違います。"}
	}
	return &RowError{parse.StartLine, "引用符（\"）の使い方が正しくありません。"}
}
