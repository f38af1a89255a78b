package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/groupsheet"
	"ippo/store"
)

// openOffice opens a store with some topics, areas, a tag and an entry.
func openOffice(t testing.TB) *store.Store { return openOfficeIn(t, t.TempDir()) }

func openOfficeIn(t testing.TB, dir string) *store.Store {
	t.Helper()
	st := openStore(t, dir)
	st.Now = func() time.Time { return tuesday }
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx := t.Context()
	for _, slug := range []string{"kosodate", "bosai"} {
		if _, err := st.CreateTopic(ctx, 0, ippo.Topic{Slug: slug, Name: slug}); err != nil {
			t.Fatal(err)
		}
	}
	for _, slug := range []string{"chuo", "kita"} {
		if _, err := st.CreateArea(ctx, 0, ippo.Area{Slug: slug, Name: slug}); err != nil {
			t.Fatal(err)
		}
	}
	for _, slug := range []string{"koza", "natsu"} {
		if _, err := st.CreateTag(ctx, 0, ippo.Tag{Slug: slug, Name: slug}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := st.CreateEntry(ctx, 0, ippo.Entry{Slug: "shimin-ka", Name: "市民課"}); err != nil {
		t.Fatal(err)
	}
	return st
}

const followerHeader = "\uFEFFline_user_id,display_name,status,areas,topics,tags,language,entry,followed_at,digest\n"

func id(n int) string { return fmt.Sprintf("U%032x", n) }

func importText(t testing.TB, st *store.Store, kind SheetKind, text string) Report {
	t.Helper()
	report, err := Import(t.Context(), st, kind, strings.NewReader(text), nil)
	if err != nil {
		t.Fatalf("%v: %+v", err, report.Bad)
	}
	return report
}

func exportText(t testing.TB, st *store.Store, kind SheetKind) string {
	t.Helper()
	var out bytes.Buffer
	if err := Export(t.Context(), st, kind, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What one center exports another imports, and nothing is lost or run by a spreadsheet on the way.
func TestFollowersMoveToAnotherCenter(t *testing.T) {
	st := openOffice(t)
	file := followerHeader +
		id(1) + ",\"=HYPERLINK(\"\"https://example.jp\"\")\",active,chuo;kita,bosai,natsu;koza,ja-x-easy,shimin-ka,2026-01-02T03:04:05+09:00,はい\n" +
		id(2) + ",花子,blocked,,,,en,,2025-12-31,\n" +
		id(3) + ",太郎,stopped,*,*;bosai,,,,2026/3/1 9:05,いいえ\n" +
		id(4) + ",,,,,,,,,\n"
	if r := importText(t, st, FollowerSheet, file); r.Rows != 4 || r.Added != 4 || r.Changed != 0 {
		t.Errorf("report %+v", r)
	}
	want := followerHeader +
		id(1) + ",\"'=HYPERLINK(\"\"https://example.jp\"\")\",active,chuo;kita,bosai,koza;natsu,ja-x-easy,shimin-ka,2026-01-02T03:04:05+09:00,はい\n" +
		id(2) + ",花子,blocked,,,,en,,2025-12-31T00:00:00+09:00,いいえ\n" +
		id(3) + ",太郎,stopped,*,*;bosai,,ja,,2026-03-01T09:05:00+09:00,いいえ\n" +
		id(4) + ",,active,,,,ja,,2026-03-31T12:00:00+09:00,いいえ\n"
	got := exportText(t, st, FollowerSheet)
	if got != want {
		t.Errorf("exported\n%s\nwant\n%s", got, want)
	}
	other := openOffice(t)
	importText(t, other, FollowerSheet, got)
	if again := exportText(t, other, FollowerSheet); again != want {
		t.Errorf("the other center has\n%s\nwant\n%s", again, want)
	}
	// The stopped and the blocked are sent nothing there either.
	if n, err := other.AudienceCount(t.Context(), ippo.Audience{All: true}); err != nil || n.Count != 1 || n.Digest != 1 {
		t.Errorf("%+v would be sent to, %v; want one, and one by the digest", n, err)
	}
	log, err := st.AuditLog(t.Context(), store.AuditFilter{Limit: 2})
	if err != nil || log[0].Action != "followers.export" || log[1].Action != "followers.import" {
		t.Errorf("audit log %+v, %v", log, err)
	}
}

// A sheet with a few columns, or with empty cells, changes what it says and nothing else.
func TestImportChangesOnlyWhatItSays(t *testing.T) {
	st := openOffice(t)
	row := id(1) + ",太郎,stopped,chuo,bosai,koza,en,shimin-ka,2026-01-02T03:04:05+09:00,はい\n"
	importText(t, st, FollowerSheet, followerHeader+row)
	if r := importText(t, st, FollowerSheet, "tags,line_user_id\nnatsu,"+id(1)+"\n"); r.Changed != 1 || r.Added != 0 {
		t.Errorf("report %+v", r)
	}
	importText(t, st, FollowerSheet, followerHeader+id(1)+",,active,,,,,,,\r\n,,,,,,,,,\r\n")
	want := followerHeader + strings.Replace(row, "koza", "natsu", 1)
	if got := exportText(t, st, FollowerSheet); got != want {
		t.Errorf("now\n%s\nwant\n%s", got, want)
	}
}

// Every bad row is named by its line in the file, and nothing at all is changed.
func TestImportOfABadFileChangesNothing(t *testing.T) {
	st := openOffice(t)
	file := followerHeader +
		id(1) + ",太郎,,,,,,,,\n" +
		"u123,,,,,,,,,\n" + // 3
		id(2) + ",\"二\n行\",erased,,,,,,,\n" + // 4
		id(3) + ",,,nowhere,none,nothing,French,nowhere,tomorrow,maybe\n" + // 6
		id(4) + ",,,\n" + // 7
		id(1) + ",,,,,,,,,\n" + // 8
		id(5) + ",\x93\xfa,,,,,,,,\n" + // 9
		id(6) + ",,,,,,,,2030-01-01,\n" // 10
	report, err := Import(t.Context(), st, FollowerSheet, strings.NewReader(file), nil)
	if !errors.Is(err, ErrBadRows) {
		t.Fatalf("imported: %+v, %v", report, err)
	}
	got := map[int]string{}
	for _, bad := range report.Bad {
		for _, p := range bad.Problems {
			got[bad.Line] += p.Field + " "
		}
	}
	want := map[int]string{
		3: "line_user_id ", 4: "status ", 6: "areas topics language tags entry digest followed_at ", 7: " ", 8: "line_user_id ", 9: " ", 10: "followed_at ",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("bad rows %v\nwant     %v", got, want)
	}
	if got := exportText(t, st, FollowerSheet); got != followerHeader {
		t.Errorf("the bad file left %q", got)
	}
	for _, header := range []string{"", "display_name\n", "line_user_id,line_user_id\n", "line_user_id,phone\n", "\x93\xfa\n"} {
		report, err := Import(t.Context(), st, FollowerSheet, strings.NewReader(header), nil)
		if !errors.Is(err, ErrBadRows) || len(report.Bad) != 1 || report.Bad[0].Line != 1 {
			t.Errorf("header %q: %+v, %v", header, report, err)
		}
	}
}

// Who asked to be forgotten does not come back because an old list still names them.
func TestImportLeavesTheErased(t *testing.T) {
	c := &center{t: t, dir: t.TempDir()}
	st := openOfficeIn(t, c.dir)
	importText(t, st, FollowerSheet, followerHeader+id(1)+",太郎,,,,,,,,\n")
	db := c.database()
	if _, err := db.Exec(`UPDATE followers SET status = 'erased', display_name = NULL`); err != nil {
		t.Fatal(err)
	}
	if r := importText(t, st, FollowerSheet, followerHeader+id(1)+",太郎,active,,,,,,,\n"); r.Erased != 1 || r.Changed != 0 {
		t.Errorf("report %+v", r)
	}
	if got := exportText(t, st, FollowerSheet); got != followerHeader {
		t.Errorf("exported %q", got)
	}
}

// An import that was stopped half-way is finished by importing the same file again.
func TestImportIsTakenUpAgain(t *testing.T) {
	const followers = 200
	st := openOffice(t)
	file := followerHeader
	for i := range followers {
		file += id(i) + ",,,,,koza,,,2026-01-02,\n"
	}
	ctx, cancel := context.WithCancel(t.Context())
	report, err := Import(ctx, st, FollowerSheet, strings.NewReader(file), func(done, total int) {
		if done == 0 || done > total || total != followers {
			t.Errorf("%d of %d", done, total)
		}
		cancel()
	})
	if !errors.Is(err, context.Canceled) || report.Added == 0 || report.Added == followers {
		t.Fatalf("stopped after %+v, %v", report, err)
	}
	again := importText(t, st, FollowerSheet, file)
	if again.Changed != report.Added || again.Added != followers-report.Added {
		t.Errorf("first %+v, again %+v", report, again)
	}
	if n, err := st.AudienceCount(t.Context(), ippo.Audience{Tags: []string{"koza"}}); err != nil || n.Count != followers {
		t.Errorf("%d tagged, %v; want %d", n.Count, err, followers)
	}
}

// Standard input cannot be read twice; its copy, which holds names in clear, does not stay behind.
func TestImportFromAPipe(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	st := openOffice(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		io.WriteString(w, followerHeader+id(1)+",太郎,,,,,,,,\n")
		w.Close()
	}()
	report, err := Import(t.Context(), st, FollowerSheet, r, nil)
	if err != nil || report.Added != 1 {
		t.Errorf("report %+v, %v", report, err)
	}
	if left, err := filepath.Glob(os.Getenv("TMPDIR") + "/*"); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestGroupsMoveToAnotherCenter(t *testing.T) {
	st := openOffice(t)
	g := ippo.ActivityGroup{
		Slug: "yama", Name: "山を守る会", Kana: "やまをまもるかい", Summary: "里山の手入れ", Body: "一行目\n二行目", Topics: ippo.ChoiceOf(1),
		Areas: ippo.ChoiceOf(0, 1), Place: "里山", Weekdays: ippo.Weekdays(0).With(time.Sunday).With(time.Friday), Parts: ippo.Evening,
		When: "第2日曜", Whom: "どなたでも", Cost: "-", Contact: "+81-00-0000-0000", Beginners: true, Hidden: true,
		Fee: ippo.FeePaid, Alone: true, Together: true, Joining: ippo.JoinOnce, Tongues: ippo.TongueEasy | ippo.TongueTagalog, Full: true,
		Welcome: "どうぞ", Bring: "軍手", Model: true, Host: ippo.Host{Person: "山田", Public: true, Email: "yama@example.jp", Phone: "000", Paper: true},
		ConfirmedAt: time.Date(2026, 1, 31, 15, 0, 0, 0, time.UTC),
	}
	if _, err := st.CreateActivityGroup(t.Context(), 0, g); err != nil {
		t.Fatal(err)
	}
	file := exportText(t, st, GroupSheet)
	other := openOffice(t)
	if r := importText(t, other, GroupSheet, file); r.Added != 1 {
		t.Errorf("report %+v", r)
	}
	got, err := other.ActivityGroupBySlug(t.Context(), "yama")
	got.ID, got.UpdatedAt = 0, time.Time{}
	if err != nil || !reflect.DeepEqual(got, g) {
		t.Errorf("the other center has %+v, %v\nwant %+v", got, err, g)
	}
	r := importText(t, other, GroupSheet, "slug,summary,name,receiving,weekdays\nyama,里山の手入れと観察,,はい,月\numi,浜の掃除,浜の会,,\n")
	if r.Added != 1 || r.Changed != 1 {
		t.Errorf("report %+v", r)
	}
	got, err = other.ActivityGroupBySlug(t.Context(), "yama")
	if err != nil || got.Name != g.Name || got.Summary != "里山の手入れと観察" || !got.Receiving || got.Weekdays.Words() != "月" || got.Body != g.Body {
		t.Errorf("changed to %+v, %v", got, err)
	}
	report, err := Import(t.Context(), other, GroupSheet, strings.NewReader("slug,name,beginners\nyama,山,たぶん\nkawa,川の会,\nkawa,川の会,\n"), nil)
	if !errors.Is(err, ErrBadRows) || len(report.Bad) != 3 || report.Bad[0].Problems[0].Field != "beginners" {
		t.Errorf("report %+v, %v", report, err)
	}
}

func TestAmbassadorsForSpreadsheets(t *testing.T) {
	st := openOffice(t)
	ctx := t.Context()
	for _, name := range []string{"=名前", "次の人"} {
		err := st.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.ApplyAmbassador(ctx, ippo.Ambassador{Name: name, Kana: "なまえ", Contact: "00-0000-0000", AgeBand: "30s", Vision: "花のまち", Actions: []string{"post", "talk"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(exportText(t, st, AmbassadorSheet), "\n")
	want := "1,申込,いいえ,'=名前,なまえ,00-0000-0000,30代,,post;talk,花のまち,いいえ,,2026-03-31T12:00:00+09:00,2026-03-31T12:00:00+09:00,2026-03-31T12:00:00+09:00"
	if len(lines) != 4 || lines[1] != want || !strings.HasPrefix(lines[2], "2,") {
		t.Errorf("exported %q\nwant     %q", lines, want)
	}
	if _, err := Import(ctx, st, AmbassadorSheet, strings.NewReader(""), nil); err == nil {
		t.Error("ambassadors were imported")
	}
}

// BenchmarkImport imports the list of a large city while another program, as ippo serve would be,
// writes to the same database, and tells how long that one's writes took.
func BenchmarkImport(b *testing.B) {
	const followers = 300_000
	var file strings.Builder
	file.WriteString(followerHeader)
	for i := range followers {
		user := sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)}) // as random as LINE's
		fmt.Fprintf(&file, "U%x,みらい 太郎 %d,active,chuo;kita,bosai,koza,ja,shimin-ka,%s,\n",
			user[:16], i, tuesday.Add(time.Duration(i-followers)*time.Minute).Format(time.RFC3339))
	}
	for b.Loop() {
		dir := b.TempDir()
		st, other := openOfficeIn(b, dir), openStore(b, dir)
		stop, waits := make(chan struct{}), make(chan []time.Duration)
		go func() {
			var waited []time.Duration
			for tick := time.NewTicker(20 * time.Millisecond); ; {
				select {
				case <-tick.C:
					began := time.Now()
					if err := other.MailStaff(b.Context(), "届いた", ""); err != nil {
						b.Error(err)
					}
					waited = append(waited, time.Since(began))
				case <-stop:
					tick.Stop()
					waits <- waited
					return
				}
			}
		}()
		began := time.Now()
		report, err := Import(b.Context(), st, FollowerSheet, strings.NewReader(file.String()), nil)
		if err != nil || report.Added != followers {
			b.Fatalf("added %d, %v", report.Added, err)
		}
		b.ReportMetric(followers/time.Since(began).Seconds(), "rows/s")
		close(stop)
		waited := <-waits
		slices.Sort(waited)
		b.ReportMetric(float64(waited[len(waited)/2].Microseconds())/1000, "ms-wait-median")
		b.ReportMetric(float64(waited[len(waited)*99/100].Microseconds())/1000, "ms-wait-p99")
		if err := other.Close(); err != nil {
			b.Error(err)
		}
	}
}

// FuzzImport reads what strangers might upload: nothing may fall over, bad rows stand in the file, and
// a file without them comes back the same after it was written out.
func FuzzImport(f *testing.F) {
	f.Add([]byte(followerHeader + id(1) + ",太郎,active,chuo;kita,bosai,koza,ja,shimin-ka,2026-01-02T03:04:05+09:00\n"))
	f.Add([]byte("line_user_id\n" + id(1) + "\n\n" + id(2) + "\n"))
	f.Add([]byte("\uFEFF\"line_user_id\",display_name\r\n" + id(1) + ",\"'=1\n\"\r\n"))
	f.Add([]byte("line_user_id,line_user_id\n\"\n"))
	f.Add([]byte("slug,name,summary,weekdays,beginners\nyama,山,手入れ,日;土,はい\n"))
	st := openOffice(f)
	words, err := loadGlossary(f.Context(), st)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		lines := bytes.Count(file, []byte("\n")) + bytes.Count(file, []byte("\r")) + 1
		check := func(l layout, read func(sheetRow) ippo.Problems) {
			report, err := scan(t.Context(), bytes.NewReader(file), l, func(row sheetRow) (ippo.Problems, error) { return read(row), nil })
			if err != nil {
				t.Fatal(err)
			}
			last := 0
			for _, bad := range report.Bad {
				if bad.Line < 1 || bad.Line > lines || bad.Line < last || len(bad.Problems) == 0 {
					t.Errorf("bad row %+v in a file of %d lines", bad, lines)
				}
				last = bad.Line
			}
		}
		followers := followerReader{words: words, now: tuesday, seen: map[string]int{}}
		check(followerLayout, func(row sheetRow) ippo.Problems {
			r, problems := followers.read(row)
			if problems == nil && (!ippo.IsLineUserID(r.LineUserID) || r.Status != "" && r.Status != ippo.FollowerActive && r.Status != ippo.FollowerBlocked) {
				t.Errorf("accepted %+v", r)
			}
			return problems
		})
		check(groupLayout, func(row sheetRow) ippo.Problems {
			g, _, problems := groupsheet.NewReader(nil, nil, nil, nil, nil).Read(row.Line, row.field)
			if problems == nil && g.Validate() != nil {
				t.Errorf("accepted %+v", g)
			}
			return problems
		})
	})
}
