package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
)

// Every row is read once, wherever its ID stands among the others, and in their order.
func TestSiftReadsEveryRowOnce(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	ids := []int64{3}
	for n := range int64(200) {
		ids = append(ids, ids[n]+1+n*n%97)
	}
	kept := func(keep func(id int64) bool) []int64 {
		got, err := sift(ctx, s.ro, listing{id: "id", where: "status = ?", args: []any{"draft"}}, sieve[int64]{
			table: "news", from: "news NOT INDEXED", columns: "id",
			begin: func(context.Context, int64, int64) (sifter[int64], error) {
				return func(row scanner) (id int64, ok bool, err error) {
					err = row.Scan(&id)
					return id, keep(id), err
				}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	all := func(int64) bool { return true }
	if got := kept(all); len(got) != 0 {
		t.Errorf("of no rows: %v", got)
	}
	for _, id := range ids {
		exec(t, s, fmt.Sprintf(`INSERT INTO news (id, slug, kind, title, summary, body, topics, status, publish_at, updated_at)
			VALUES (%d, 'n%[1]d', 'news', '', '', '', 0, '%s', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`,
			id, map[bool]string{true: "draft", false: "published"}[id != ids[7]]))
		if id == ids[0] {
			if got := kept(all); fmt.Sprint(got) != "[3]" {
				t.Errorf("of one row: %v", got)
			}
		}
	}
	drafts := append(ids[:7:7], ids[8:]...)
	if got := kept(all); fmt.Sprint(got) != fmt.Sprint(drafts) {
		t.Errorf("%v, want %v", got, drafts)
	}
	if got := kept(func(id int64) bool { return id != ids[50] }); fmt.Sprint(got) != fmt.Sprint(append(drafts[:49:49], drafts[50:]...)) {
		t.Errorf("without %d: %v", ids[50], got)
	}
	gone, stop := context.WithCancel(ctx)
	stop()
	if _, err := s.ContentRows(gone, ippo.ContentNews, ContentFilter{Query: "何か"}); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// A search looks through all that is told of an ambassador, each word in any of it, and through nothing else.
func TestAmbassadorSearch(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	for _, a := range []ippo.Ambassador{
		{Name: "山田 花子", Kana: "ヤマダ ハナコ", Contact: "０９０-1111-2222", Vision: "歩くまち", Guardian: ""},
		{Name: `川口 "タロウ" & <次郎>`, Kana: "かわぐち", Contact: "taro@example.jp", Vision: "緑のまち"},
	} {
		a.AgeBand, a.ConsentedAt = "30s", s.Now()
		inTx(t, s, func(tx *Tx) error {
			_, err := tx.ApplyAmbassador(ctx, a)
			return err
		})
	}
	if err := s.SetAmbassadorNote(ctx, 0, 1, "講座で会った"); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"ﾔﾏﾀﾞ": "[1]", "はなこ まち": "[1]", "090-1111": "[1]", "講座": "[1]", "まち": "[2 1]", "2": "[2 1]", "緑の　ＴＡＲＯ": "[2]", "たろう": "[2]", "<次郎>": "[2]", "& かわ": "[2]",
		`"`: "[2]", "name": "[]", "u0026": "[]", "花子 緑": "[]",
	} {
		all, err := s.Ambassadors(ctx, AmbassadorFilter{Query: query})
		if err != nil {
			t.Fatal(err)
		}
		ids := []ippo.AmbassadorID{}
		for _, a := range all {
			ids = append(ids, a.ID)
		}
		if fmt.Sprint(ids) != want {
			t.Errorf("%q: %v, want %s", query, ids, want)
		}
	}
}

// Searches through 50,000 of what is sealed and of what is long, which find one and nothing.
func BenchmarkSearch50k(b *testing.B) {
	s, ctx := newStore(b), b.Context()
	const rows = 50_000
	people := make([]ippo.Ambassador, rows)
	for i := range people {
		people[i] = ippo.Ambassador{
			Name: fmt.Sprint("山田", i), Kana: "やまだ", Contact: "090-0000-1111", AgeBand: "30s", Vision: "みんなで歩くまち",
			Status: ippo.AmbassadorAppointed, AppliedAt: s.Now().Add(-time.Hour), ConsentedAt: s.Now().Add(-time.Hour),
		}
	}
	if err := s.ImportAmbassadors(ctx, 0, people); err != nil {
		b.Fatal(err)
	}
	exec(b, s, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
		INSERT INTO news (slug, kind, title, summary, body, topics, status, publish_at, updated_at)
		SELECT 'n' || i, 'news', '山田' || i, '概要', ?, i % 16, 'published',
			strftime('%Y-%m-%dT%H:%M:%S.000Z', 1700000000 + i * 600, 'unixepoch'), '2026-01-01T00:00:00.000Z' FROM n`, strings.Repeat("子育てサロン「ひだまり」（第２回）を、栄で開きます。\n", 8))
	exec(b, s, `INSERT INTO translations (kind, thing_id, language, texts, made_of, updated_at)
		SELECT 'news', id, 'en', json_object('title', 'News ' || id, 'body', ?), '', updated_at FROM news WHERE id % 10 = 0`, strings.Repeat("We meet every week. ", 20))
	err := s.Write(ctx, func(tx *Tx) error {
		for i := range rows {
			caller, err := s.sealJSON("consultations.caller", ippo.Caller{Name: fmt.Sprint("山田", i), Contact: "000-1111-2222", Place: "栄"})
			if err != nil {
				return err
			}
			id, err := tx.insert(ctx, `INSERT INTO consultations (kind, state, way, caller, made_at, changed_at) VALUES ('place', 'working', 'desk', ?1, ?2, ?2)`, caller, stamp(tx.now))
			if err != nil {
				return err
			}
			if _, err := tx.addEntry(ctx, ippo.ConsultationID(id), ippo.ConsultationEntry{Author: ippo.EntryNote, Text: strings.Repeat("長い相談の文。", 20), At: s.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for name, search := range map[string]func(query string) (int, error){
		"ambassadors": func(query string) (int, error) {
			part, _, err := s.AmbassadorPage(ctx, AmbassadorFilter{Query: query}, Page{Limit: 50})
			return len(part.Items), err
		},
		"consultations": func(query string) (int, error) {
			part, _, err := s.ConsultationPage(ctx, ConsultationFilter{Query: query}, Page{Limit: 50})
			return len(part.Items), err
		},
		"news": func(query string) (int, error) {
			part, _, err := s.ContentPage(ctx, ippo.ContentNews, ContentFilter{Query: query}, Page{Limit: 50})
			return len(part.Items), err
		},
	} {
		for query, want := range map[string]int{"山田32170": 1, "だれもいない": 0} {
			b.Run(name+"/"+query, func(b *testing.B) {
				for b.Loop() {
					if n, err := search(query); err != nil || n != want {
						b.Fatal(n, err)
					}
				}
			})
		}
	}
}

// BenchmarkSearchFollowers300k finds one of 300,000 followers by name.
func BenchmarkSearchFollowers300k(b *testing.B) {
	s, ctx := newStore(b), b.Context()
	const people = 300_000
	for at := 0; at < people; at += 1000 {
		rows := make([]FollowerRow, 1000)
		for n := range rows {
			rows[n] = FollowerRow{LineUserID: fmt.Sprintf("U%032x", at+n), DisplayName: fmt.Sprint("山田 花子", at+n)}
		}
		if _, err := s.ImportFollowers(ctx, rows); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.PackNames(ctx); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		part, total, err := s.Followers(ctx, FollowerFilter{Query: "ハナコ123456"}, Page{Limit: 50})
		if err != nil || total != 0 || len(part.Items) != 0 {
			b.Fatal(total, err)
		}
		if _, total, err = s.Followers(ctx, FollowerFilter{Query: "花子123456"}, Page{Limit: 50}); err != nil || total != 1 {
			b.Fatal(total, err)
		}
	}
}
