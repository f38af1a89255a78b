package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ippo"
)

func TestFAQs(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	none, err := s.AskedFAQs(ctx)
	if err != nil || len(none) != 0 {
		t.Fatalf("%v, %v", none, err)
	}
	for _, q := range []string{"駐車場はありますか", "部屋を借りたい"} {
		if _, err := s.CreateFAQ(ctx, 0, ippo.FAQ{Question: q, Answer: "はい"}); err != nil {
			t.Fatal(err)
		}
	}
	changed := ippo.FAQ{ID: 1, Question: "車で行けますか", Answer: "地下に\nあります", Synonyms: "駐車場\nパーキング", Order: 9}
	if err := s.UpdateFAQ(ctx, 0, changed); err != nil {
		t.Fatal(err)
	}
	err = s.Write(ctx, func(t *Tx) error {
		return errors.Join(t.CountFAQ(ctx, 1, 1, 0, 0), t.CountFAQ(ctx, 1, 1, 1, 0), t.CountFAQ(ctx, 1, 0, 0, 1), t.CountFAQ(ctx, 99, 1, 1, 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	changed.UpdatedAt, changed.Shown, changed.Helped, changed.Failed = s.Now(), 2, 1, 1
	if got, err := s.FAQ(ctx, 1); err != nil || fmt.Sprint(got) != fmt.Sprint(changed) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, changed)
	}
	all, err := s.FAQs(ctx)
	if err != nil || len(all) != 2 || all[0].Question != "部屋を借りたい" || all[1].ID != 1 {
		t.Errorf("in their order: %+v, %v", all, err)
	}

	// A search keeps its index while the slice is the same.
	before, err := s.AskedFAQs(ctx)
	if err != nil || len(before) != 2 {
		t.Fatalf("%+v, %v", before, err)
	}
	if again, _ := s.AskedFAQs(ctx); &again[0] != &before[0] {
		t.Error("nothing changed, and another slice")
	}
	hidden := before[0]
	hidden.Hidden = true
	if err := s.UpdateFAQ(ctx, 0, hidden); err != nil {
		t.Fatal(err)
	}
	if after, err := s.AskedFAQs(ctx); err != nil || len(after) != 1 || after[0].ID != 1 {
		t.Errorf("one is hidden: %+v, %v", after, err)
	}
	if err := s.DeleteFAQ(ctx, 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteFAQ(ctx, 0, 1); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("deleting it again: %v", err)
	}
	if err := s.UpdateFAQ(ctx, 0, changed); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("changing what is gone: %v", err)
	}
	_, err = s.CreateFAQ(ctx, 0, ippo.FAQ{Answer: strings.Repeat("あ", 1001), Translations: ippo.Translations{
		ippo.EasyJapanese: {Texts: map[string]string{"answer": "だけ"}},
	}, Synonyms: strings.Repeat("あ", 41)})
	for field, words := range map[string]string{"question": "入力", "answer": "1000文字以内", "translations.ja-x-easy.question": "質問も入力", "synonyms": "40文字以内"} {
		wantProblem(t, err, field, words)
	}
}

// What found no answer is counted, whoever spelt it how, and holds nothing in clear.
func TestUnanswered(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	ctx := t.Context()
	now := s.Now()
	s.Now = func() time.Time { return now }
	ask := func(text, message string) {
		t.Helper()
		if err := s.Write(ctx, func(t *Tx) error { return t.AddUnanswered(ctx, text, message) }); err != nil {
			t.Fatal(err)
		}
	}
	ask("温泉はどこ", "m1")
	ask("プールはありますか", "m2")
	ask("ぷーるは　ありますか？", "m3")
	ask("？？", "m4")
	ask(strings.Repeat("長", 300), "m5")
	words := func() string {
		t.Helper()
		all, err := s.Unanswered(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, q := range all {
			list = append(list, fmt.Sprintf("%d %.4s", q.Count, q.Text))
		}
		return strings.Join(list, "|")
	}
	if got, want := words(), "2 ぷーるは|1 長長長長|1 ？？|1 温泉はど"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	all, _ := s.Unanswered(ctx)
	if n := len([]rune(all[1].Text)); n != ippo.MaxUnanswered {
		t.Errorf("%d characters are kept", n)
	}
	if err := s.Write(ctx, func(t *Tx) error { return t.Unsend(ctx, "m1") }); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteUnanswered(ctx, 0, all[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteUnanswered(ctx, 0, all[0].ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("deleting it again: %v", err)
	}
	if got, want := words(), "1 長長長長|1 ？？"; got != want {
		t.Errorf("after one was taken back and one deleted: %s, want %s", got, want)
	}
	for _, name := range []string{File, File + "-wal"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil && strings.Contains(string(b), "プールは") {
			t.Errorf("%s holds it in clear", name)
		}
	}

	// The next day nothing leads to the message, and after three months it is gone.
	now = now.Add(26 * time.Hour)
	if _, err := s.ForgetPassing(ctx, now); err != nil {
		t.Fatal(err)
	}
	if n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM unanswered_questions WHERE message_id IS NOT NULL`); err != nil || n != 0 {
		t.Errorf("%d lead to a message, %v", n, err)
	}
	now = now.Add(89 * 24 * time.Hour)
	ask("新しい質問", "m6")
	if _, err := s.ForgetPassing(ctx, now); err != nil {
		t.Fatal(err)
	}
	if got := words(); got != "1 新しい質" {
		t.Errorf("after three months: %s", got)
	}
}
