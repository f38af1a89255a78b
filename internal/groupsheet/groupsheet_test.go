package groupsheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"

	"ippo"
)

// city is a spreadsheet as cities keep them: a title above, headings of their own, words of their own, a remark below.
const city = "令和7年度 市民活動団体一覧,,,,,,\r\n" +
	"\r\n" +
	"No.,団体の名称,フリガナ,主な活動内容,活動分野,活動地域,活動日,曜日,代表者連絡先,問い合わせ先\r\n" +
	"1,里山の会,サトヤマノカイ,里山の手入れ,環境・子育て,中央,毎月第2土曜 9:30～,土,090-0000-0000,satoyama@example.jp\r\n" +
	"2,浜の会,ハマノカイ,\"浜の掃除と、海の生きものの観察。毎月、子どもから大人まで集まって、浜を歩きながらごみを拾い、季節ごとの生きものを調べています。\",海と川,全域,,毎週火・木,,\r\n" +
	",,,,,,,,,\r\n"

func column(t *testing.T, s Sheet, heading string) Field {
	t.Helper()
	for i, c := range s.Columns {
		if c == heading {
			return s.Fields[i]
		}
	}
	t.Fatalf("no column %q in %q", heading, s.Columns)
	return ""
}

var (
	topics = []ippo.Topic{{Slug: "kankyo", Name: "環境", Number: 0}, {Slug: "kosodate", Name: "子育て", Number: 1}}
	areas  = []ippo.Area{{Slug: "chuo", Name: "中央", Number: 0}}
)

// A city's list is read as it is: its headings are found and understood, in either encoding and as Excel's.
func TestReadACitysList(t *testing.T) {
	inSJIS, err := japanese.ShiftJIS.NewEncoder().String(city)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"UTF-8": []byte(city), "with a mark": []byte("\uFEFF" + city), "Shift_JIS": []byte(inSJIS),
		"tabs": []byte(strings.ReplaceAll(city, ",", "\t")), "Excel": excel(t, city),
	} {
		grid, err := Parse(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		plan := Begin(grid, -1, ippo.GroupPlan{Words: map[string]string{"areas:全域": "", "topics:海と川": "kankyo"}})
		s := NewSheet(grid, plan)
		for heading, want := range map[string]Field{
			"No.": "", "団体の名称": Name, "フリガナ": Kana, "主な活動内容": Summary, "活動分野": Topics, "活動地域": Areas,
			"活動日": When, "曜日": Weekdays, "代表者連絡先": ContactPhone, "問い合わせ先": Contact,
		} {
			if got := column(t, s, heading); got != want {
				t.Errorf("%s: %s is guessed to be %q, want %q", name, heading, got, want)
			}
		}
		r := NewReader(topics, areas, nil, plan.Words, SlugOf(7))
		var groups []ippo.ActivityGroup
		for _, row := range s.Rows {
			g, _, problems := r.Read(row.Line, s.Cells(row))
			if problems != nil {
				t.Errorf("%s: line %d: %v", name, row.Line, problems)
			}
			groups = append(groups, g)
		}
		if len(groups) != 2 {
			t.Errorf("%s: %d groups", name, len(groups))
			continue
		}
		if g := groups[0]; g.Slug != "import-7-4" || g.Name != "里山の会" || g.Topics != ippo.ChoiceOf(0, 1) || g.Areas != ippo.ChoiceOf(0) ||
			g.Weekdays.Words() != "土" || g.Contact != "satoyama@example.jp" || g.Host.Phone != "090-0000-0000" {
			t.Errorf("%s: %+v", name, g)
		}
		if g := groups[1]; g.Topics != ippo.ChoiceOf(0) || g.Areas != 0 || g.Weekdays.Words() != "火・木" || !strings.HasSuffix(g.Summary, "…") || !strings.HasSuffix(g.Body, "調べています。") {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

// Headings that are two rows high are read together, and a sheet that is hidden is not what staff see.
func TestReadHeadingsOfTwoRows(t *testing.T) {
	const list = "市民活動団体一覧,,,,\n団体名,活動,,連絡先,\n,活動内容,活動日,電話番号,メール\n里山の会,里山の手入れ,毎月,000-111-2222,a@example.jp\n"
	file, err := excelize.OpenReader(bytes.NewReader(excel(t, list)))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	index, err := file.NewSheet("作業用")
	if err == nil {
		err = errors.Join(file.SetCellStr("作業用", "A1", "控え"), file.SetCellStr("作業用", "A2", "控え"), file.MoveSheet("作業用", "Sheet1"), file.SetSheetVisible("作業用", false))
	}
	if err != nil || index < 0 {
		t.Fatal(index, err)
	}
	var book bytes.Buffer
	if err := file.Write(&book); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"CSV": []byte(list), "Excel": book.Bytes()} {
		grid, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := NewSheet(grid, Begin(grid, -1, ippo.GroupPlan{}))
		for heading, want := range map[string]Field{"団体名": Name, "活動内容": Summary, "活動日": When, "電話番号": ContactPhone, "メール": ContactEmail} {
			if got := column(t, s, heading); got != want {
				t.Errorf("%s: %s is guessed to be %q, want %q", name, heading, got, want)
			}
		}
		if len(s.Rows) != 1 || s.Cells(s.Rows[0])(Name) != "里山の会" {
			t.Errorf("%s: %+v", name, s.Rows)
		}
	}
	// A title alone is no heading.
	grid, err := Parse([]byte("市民活動団体一覧,,\n,団体名,活動内容\n1,里山の会,里山の手入れ\n"))
	if err != nil || grid.Columns(1)[0] != "（1列目）" {
		t.Errorf("%q, %v", grid.Columns(1), err)
	}
}

// excel is a table as a file of Excel.
func excel(t *testing.T, table string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	grid, err := parseCSV([]byte(table))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range grid {
		for i, cell := range row.Cells {
			at, err := excelize.CoordinatesToCellName(i+1, row.Line)
			if err == nil {
				err = f.SetCellStr("Sheet1", at, cell)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// A row is a group that is there by its name, however that is typed; what it leaves empty stays, and what cannot be is
// said by column.
func TestReadAgainstThoseThatAreThere(t *testing.T) {
	there := []ippo.ActivityGroup{
		{ID: 1, Slug: "satoyama", Name: "里山の会", Summary: "里山の手入れ", Receiving: true, Place: "里山"},
		{ID: 2, Slug: "a", Name: "同名の会", Summary: "x"}, {ID: 3, Slug: "b", Name: "同名の会", Summary: "y"},
	}
	r := NewReader(topics, areas, there, nil, SlugOf(1))
	read := func(line int, cells map[Field]string) (ippo.ActivityGroup, ippo.Problems) {
		g, _, p := r.Read(line, func(f Field) string { return cells[f] })
		return g, p
	}
	if g, p := read(2, map[Field]string{Name: "里山の 会", Receiving: "×", Beginners: "○", Topics: "子育て"}); p != nil || g.ID != 1 || g.Place != "里山" || g.Receiving || !g.Beginners || g.Topics != ippo.ChoiceOf(1) {
		t.Errorf("%+v, %v", g, p)
	}
	for i, bad := range []struct {
		cells map[Field]string
		field Field
	}{
		{map[Field]string{Name: "里山の会"}, Name}, // again
		{map[Field]string{Name: "同名の会"}, Name},
		{map[Field]string{Name: "新しい会"}, "summary"},
		{map[Field]string{Name: "川の会", Summary: "川", Topics: "宇宙"}, Topics},
		{map[Field]string{Name: "空の会", Summary: "空", Weekdays: "雨の日"}, Weekdays},
		{map[Field]string{Name: "花の会", Summary: "花", Beginners: "たぶん"}, Beginners},
	} {
		if _, p := read(3+i, bad.cells); len(p) == 0 || p[0].Field != string(bad.field) {
			t.Errorf("%v: %v, want a problem of %s", bad.cells, p, bad.field)
		}
	}
	if len(r.Unknown) != 1 || r.Unknown[0] != (Word{Topics, "宇宙"}) {
		t.Errorf("unknown words: %v", r.Unknown)
	}
}

// Names with dots of their own are read from a list with dots, and a column about looking for members in the words that
// cities use.
func TestReadNamesWithDots(t *testing.T) {
	topics := []ippo.Topic{{Slug: "a", Name: "学び・講座", Number: 0}, {Slug: "b", Name: "環境・自然", Number: 1}, {Slug: "c", Name: "環境", Number: 2}, {Slug: "d", Name: "子育て", Number: 3}}
	for text, want := range map[string]ippo.Choice{
		"子育て・学び・講座": ippo.ChoiceOf(0, 3), "環境・自然・学び・講座": ippo.ChoiceOf(0, 1), "環境・子育て": ippo.ChoiceOf(2, 3), "環境 子育て、学び・講座": ippo.ChoiceOf(0, 2, 3),
	} {
		r := NewReader(topics, nil, nil, nil, SlugOf(1))
		g, _, p := r.Read(2, func(f Field) string { return map[Field]string{Name: "会", Summary: "活動", Topics: text}[f] })
		if p != nil || g.Topics != want {
			t.Errorf("%s: %b, %v; want %b", text, g.Topics, p, want)
		}
	}
	r := NewReader(topics, nil, nil, nil, SlugOf(1))
	if _, _, p := r.Read(2, func(f Field) string {
		return map[Field]string{Name: "会", Summary: "活動", Topics: "学び・宇宙"}[f]
	}); len(p) != 1 || r.Unknown[0].Text != "学び・宇宙" {
		t.Errorf("of what is half known: %v, %v", p, r.Unknown)
	}
	line := 3
	for text, want := range map[string][2]bool{"募集中": {true, false}, "随時": {true, false}, "募集していない": {false, false}, "満員": {true, true}} {
		line++
		g, _, p := r.Read(line, func(f Field) string { return map[Field]string{Name: text, Summary: "活動", Receiving: text}[f] })
		if p != nil || g.Receiving != want[0] || g.Full != want[1] {
			t.Errorf("%s: receiving %v, full %v, %v", text, g.Receiving, g.Full, p)
		}
	}
}

func TestWeekdaysAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"土": "土", "火・木": "火・木", "毎週火曜日": "火", "第2・4土曜": "土", "月;水;金": "月・水・金", "土日": "土・日", "平日": "月・火・水・木・金",
		"毎日": "月・火・水・木・金・土・日", "毎月第1日曜日、第3水曜日": "水・日", "不定期": "", "－": "",
	} {
		var p ippo.Problems
		if got := weekdays(&p, text).Words(); got != want || p != nil {
			t.Errorf("%s: %s, %v; want %s", text, got, p, want)
		}
	}
	for _, text := range []string{"10日と20日", "雨の日", "月末"} {
		var p ippo.Problems
		if got := weekdays(&p, text); p == nil {
			t.Errorf("%s is taken for %s", text, got.Words())
		}
	}
}

// What is no list is refused with the reason, however large it unpacks to.
func TestUnreadable(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for name, content := range map[string]io.Reader{
		"[Content_Types].xml":      strings.NewReader(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`),
		"xl/worksheets/sheet1.xml": io.LimitReader(zeros{}, maxUnzip+1),
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.Copy(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"empty": nil, "a heading alone": []byte("団体名\n"), "bytes": {0xff, 0xfe, 0}, "zeros": make([]byte, 100),
		"an old file of Excel": []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "no zip": []byte("PK\x03\x04 and no more"),
		"a bomb": bomb.Bytes(), "too many columns": []byte(strings.Repeat(",", 300) + "x\ny\n"),
		"a long cell": []byte("団体名\n" + strings.Repeat("あ", maxCell+1) + "\n"), "too many rows": []byte(strings.Repeat("x\n", maxRows+1)),
		"too large": make([]byte, MaxFile+1),
	} {
		if _, err := Parse(file); !errors.As(err, new(ippo.Problems)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Strangers' files never break the reader.
func FuzzParse(f *testing.F) {
	f.Add([]byte(city))
	f.Add([]byte("\"a\nb\",c\n1\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		grid, err := Parse(file)
		if err != nil {
			if !errors.As(err, new(ippo.Problems)) {
				t.Errorf("%v", err)
			}
			return
		}
		plan := Begin(grid, -1, ippo.GroupPlan{})
		s := NewSheet(grid, plan)
		r := NewReader(topics, areas, nil, nil, SlugOf(1))
		for _, row := range s.Rows {
			if g, _, p := r.Read(row.Line, s.Cells(row)); p == nil && g.Validate() != nil {
				t.Errorf("accepted %+v", g)
			}
		}
	})
}
