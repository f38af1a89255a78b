package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// What was written comes back, whatever a spreadsheet would make of it.
func TestRoundTrip(t *testing.T) {
	rows := [][]string{
		{"=1+1", "+81", "-", "@x"},
		{"'=1+1", "''=1", "'quoted'", "a,b\"c\"\nd"},
		{"", "日本語", "＝1", "－"},
		{"'-", "-5", "''－", "-"},
	}
	var file bytes.Buffer
	w, err := NewWriter(&file, "a", "b", "c", "d")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(file.String(), "\uFEFFa,b,c,d\n'=1+1,'+81,-,'@x\n") {
		t.Errorf("written as %q", file.String())
	}
	r, err := NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(r.Columns, " ") != "a b c d" {
		t.Errorf("columns %q", r.Columns)
	}
	for _, want := range rows {
		got, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got.Cell(i) != want[i] {
				t.Errorf("line %d, column %d: %q, want %q", got.Line, i, got.Cell(i), want[i])
			}
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

// A row that cannot be read is named by its line in the file, and those after it are still read.
func TestLinesOfBadRows(t *testing.T) {
	r, err := NewReader(strings.NewReader("a,b\r\n1,2\r\n\r\n\"x\ny\",3\r\n4\r\n,\r\n5\"6,7\r\n\x93\xfa,8\r\n9,10\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := (*RowError)(nil); errors.As(err, &bad) {
			got = append(got, -bad.Line)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.Line)
	}
	want := []int{2, 4, -6, -8, -9, 10}
	if len(got) != len(want) {
		t.Fatalf("lines %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("lines %v, want %v", got, want)
			break
		}
	}
}

func TestNoHeader(t *testing.T) {
	for _, file := range []string{"", "\uFEFF", "\x93\xfa,b\n", strings.Repeat("a,", 100_000) + "a\n"} {
		if _, err := NewReader(strings.NewReader(file)); err == nil {
			t.Errorf("%q was taken for a sheet", file)
		}
	}
}

func FuzzDefuse(f *testing.F) {
	for _, cell := range []string{"", "=", "'=", "''+", "'", "a", "\t", "-1"} {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		safe := Defuse(cell)
		if safe != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(safe)[0]) {
			t.Errorf("%q would run", safe)
		}
		if Restore(safe) != cell {
			t.Errorf("%q came back as %q", cell, Restore(safe))
		}
	})
}

// Files come in either encoding; what is neither is refused rather than read as rubbish.
func TestDecode(t *testing.T) {
	const text = "指標,R6実績値①\r\n㎡～－髙,1,009人"
	inSJIS, err := japanese.ShiftJIS.NewEncoder().String("指標,R6実績値①\r\n㎡～－髙,1,009人")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{text, inSJIS} {
		if got, ok := Decode([]byte(file)); !ok || string(got) != text {
			t.Errorf("decoded as %q, %v", got, ok)
		}
	}
	for _, file := range []string{"\xff\xfe\x00a", "\x81", "\x89PNG\x0d\x0a\x1a\x0a\x00\xff"} {
		if got, ok := Decode([]byte(file)); ok {
			t.Errorf("%q is taken for %q", file, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x8ew\x95W"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if text, ok := Decode(file); ok && !utf8.Valid(text) {
			t.Errorf("%q was decoded into what is not UTF-8", file)
		}
	})
}

// A file is read as a stream in either encoding, wherever its parts break; one that is neither says so by line.
func TestOpen(t *testing.T) {
	const text = "名前,数\r\n㎡～髙,1\r\n\r\n市民,2\r\n"
	inSJIS, err := japanese.ShiftJIS.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"UTF-8": text, "marked": mark + text, "Shift_JIS": inSJIS} {
		r, err := Open(func() (io.Reader, error) { return iotest.OneByteReader(strings.NewReader(file)), nil })
		if err != nil {
			t.Fatal(name, err)
		}
		var got []string
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(name, err)
			}
			got = append(got, fmt.Sprint(row.Line, row.Cell(0), row.Cell(1)))
		}
		if strings.Join(r.Columns, " ") != "名前 数" || strings.Join(got, " ") != "2㎡～髙1 4市民2" {
			t.Errorf("%s: %q, %q", name, r.Columns, got)
		}
	}
	r, err := Open(func() (io.Reader, error) { return strings.NewReader("a,b\n\x93\xfa,1\n\xff\xff,2\n"), nil })
	if err != nil {
		t.Fatal(err)
	}
	if row, err := r.Next(); err != nil || row.Cell(0) != "日" {
		t.Errorf("%q, %v", row.cells, err)
	}
	if _, err := r.Next(); !errors.As(err, new(*RowError)) {
		t.Errorf("no text was read as text: %v", err)
	}
}

// One quotation mark too many does not make a row of all that follows.
func TestLongRow(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("a,b\n1,2\n3,\"4\n"), &repeated{[]byte("5,6\n")})
	r, err := NewReader(endless)
	if err != nil {
		t.Fatal(err)
	}
	if row, err := r.Next(); err != nil || row.Cell(1) != "2" {
		t.Fatal(row, err)
	}
	var form *RowError
	if _, err := r.Next(); !errors.As(err, &form) || form.Line != 3 {
		t.Errorf("an endless row: %v", err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("behind it: %v", err)
	}
}

// repeated says the same without end.
type repeated struct{ text []byte }

func (r *repeated) Read(p []byte) (int, error) { return copy(p, r.text), nil }
