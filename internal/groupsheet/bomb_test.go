//go:build !race

package groupsheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"ippo"
)

// book packs the parts of a file of Excel; what a part does not name is as in a small honest one.
func book(t testing.TB, parts map[string]func(io.Writer), more int) []byte {
	t.Helper()
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const office = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	honest := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook ` + main + ` xmlns:r="` + office + `"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="` + office + `/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst ` + main + `><si><t>団体名</t></si></sst>`,
		"xl/styles.xml":              `<styleSheet ` + main + `><cellXfs count="1"><xf/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml":   `<worksheet ` + main + `><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>えほんの広場</t></is></c></row></sheetData></worksheet>`,
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for name, text := range honest {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if write := parts[name]; write != nil {
			write(w)
		} else {
			io.WriteString(w, text)
		}
	}
	for name, write := range parts {
		if honest[name] == "" {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			write(w)
		}
	}
	for i := range more {
		if _, err := z.Create(fmt.Sprintf("x%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// times writes the same so many times between two texts.
func times(before, text string, n int, after string) func(io.Writer) {
	return func(w io.Writer) {
		// The first element is the reader's own.
		root, rest, _ := strings.Cut(before, ">")
		if before != "" && !strings.HasPrefix(before, "<!") {
			before = root + ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + rest
		}
		io.WriteString(w, before)
		many := strings.Repeat(text, 1+(1<<16)/len(text))
		each := len(many) / len(text)
		for ; n > each; n -= each {
			io.WriteString(w, many)
		}
		io.WriteString(w, strings.Repeat(text, n)+after)
	}
}

// A small file that becomes a large one is refused or read in bounded time and memory.
func TestBombs(t *testing.T) {
	if g, err := Parse(book(t, nil, 0)); err != nil || len(g) != 2 || g[0].Cell(0) != "団体名" || g[1].Cell(0) != "えほんの広場" {
		t.Fatalf("the honest one: %v, %v", g, err)
	}
	const sheet, texts, styles = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
	const row = `<row><c t="s"><v>0</v></c></row>`
	dates := `<row>` + strings.Repeat(`<c s="0"><v>45000.5</v></c>`, 20) + `</row>`
	one := func(part string, write func(io.Writer)) []byte {
		return book(t, map[string]func(io.Writer){part: write}, 0)
	}
	for name, file := range map[string][]byte{
		"zeros of 1.2 GB":         one(sheet, times("", "\x00", 1200<<20, "")),
		"a sheet of 150 MB":       one(sheet, times("<worksheet><sheetData>", `<row/>`, 25<<20, "</sheetData></worksheet>")),
		"many rows":               one(sheet, times("<worksheet><sheetData>", `<row/>`, 10<<20, "</sheetData></worksheet>")),
		"many cells":              one(sheet, times("<worksheet><sheetData><row>", `<c/>`, 15<<20, "</row></sheetData></worksheet>")),
		"rows far down":           one(sheet, times(`<worksheet><sheetData><row r="1048576"><c t="s"><v>0</v></c></row><row r="2000000000">`, "<c/>", 1, "</row></sheetData></worksheet>")),
		"columns far out":         one(sheet, times("<worksheet><sheetData>", `<row><c r="XFD1" t="s"><v>0</v></c></row>`, 300_000, "</sheetData></worksheet>")),
		"deep elements":           one(sheet, times("<worksheet><sheetData>", `<a>`, 20<<20, "")),
		"an element's attributes": one(sheet, times("<worksheet><sheetData><row ", `a="" `, 12<<20, "></row></sheetData></worksheet>")),
		"shared texts":            one(texts, times("<sst>", `<si/>`, 12<<20, "</sst>")),
		"a shared text":           one(texts, times("<sst><si><t>", `a`, 60<<20, "</t></si></sst>")),
		"deep shared texts":       one(texts, times("<sst>", `<si>`, 15<<20, "")),
		"entities of entities":    one(texts, times(`<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>`, "&b;", 1000, "</t></si></sst>")),
		"styles":                  one(styles, times("<styleSheet><cellXfs>", `<xf/>`, 12<<20, "</cellXfs></styleSheet>")),
		"a format":                one(styles, times(`<styleSheet><numFmts><numFmt numFmtId="170" formatCode="`, "y", 1<<20, `"/></numFmts></styleSheet>`)),
		"sheets":                  one("xl/workbook.xml", times("<workbook><sheets>", `<sheet name="s"/>`, 3<<20, "</sheets></workbook>")),
		"files":                   book(t, nil, 150_000),
		"half of one":             book(t, nil, 0)[:600],
		// As much as is let through.
		"all shared texts": one(texts, times("<sst>", `<si/>`, maxElements-20, "</sst>")),
		"all runs":         one(texts, times("<sst><si>", `<r/>`, maxElements-20, "</si></sst>")),
		"all cells":        one(sheet, times("<worksheet><sheetData><row>", `<c/>`, maxElements-20, "</row></sheetData></worksheet>")),
		"all styles":       one(styles, times("<styleSheet><cellXfs>", `<xf/>`, maxOthers-20, "</cellXfs></styleSheet>")),
		"long texts":       book(t, map[string]func(io.Writer){texts: times("<sst><si><t>", `a`, 200_000, "</t></si></sst>"), sheet: times("<worksheet><sheetData>", row, 300_000, "</sheetData></worksheet>")}, 0),
		"dates": book(t, map[string]func(io.Writer){
			styles: times(`<styleSheet><numFmts><numFmt numFmtId="170" formatCode="`, "y", maxFormat, `"/></numFmts><cellXfs><xf numFmtId="170" applyNumberFormat="1"/></cellXfs></styleSheet>`),
			sheet:  times("<worksheet><sheetData>", dates, maxRows, "</sheetData></worksheet>"),
		}, 0),
	} {
		if len(file) > MaxFile {
			t.Fatalf("%s: %d bytes are refused without a look", name, len(file))
		}
		var err error
		peak := peakOf(func() { _, err = Parse(file) })
		t.Logf("%s, %d bytes: %d MB: %v", name, len(file), peak>>20, err)
		if p := (ippo.Problems)(nil); name != "dates" && name != "all styles" && !errors.As(err, &p) {
			t.Errorf("%s: %v", name, err)
		}
		if peak > 300<<20 {
			t.Errorf("%s took %d MB", name, peak>>20)
		}
	}
}

// peakOf returns how much more memory was held, at most, while do ran.
func peakOf(do func()) (peak uint64) {
	runtime.GC()
	held := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, done, stopped := held(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			if now := held(); now > before+peak {
				peak = now - before
			}
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	do()
	close(done)
	<-stopped
	return peak
}
