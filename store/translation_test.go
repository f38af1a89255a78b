package store

import (
	"fmt"
	"testing"
	"time"

	"ippo"
)

func texts(pairs ...string) ippo.Translation {
	t := ippo.Translation{Texts: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		t.Texts[pairs[i]] = pairs[i+1]
	}
	return t
}

// A translation is read back, is known to be older once the Japanese text changes, is right again when staff
// say so, and goes with what it belongs to.
func TestTranslations(t *testing.T) {
	s := newStore(t)
	now := time.Date(2026, 3, 31, 23, 59, 30, 0, ippo.Tokyo)
	s.Now = func() time.Time { return now }
	ctx := t.Context()
	made, err := s.CreateNews(ctx, 0, ippo.News{
		Slug: "dansui", Kind: ippo.NewsPlain, Title: "断水", Summary: "夜に断水します", Body: "くわしく", Status: ippo.ContentPublished,
		Translations: ippo.Translations{ippo.English: texts("title", " No water ", "summary", ""), "vi": texts("title", "")},
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func() ippo.News {
		t.Helper()
		n, err := s.News(ctx, made.ID)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	n := read()
	if en := n.Translations[ippo.English]; len(n.Translations) != 1 || len(en.Texts) != 1 || en.Texts["title"] != "No water" || !en.At.Equal(now) || en.Older(n.Texts()) {
		t.Fatalf("as it was made: %+v", n.Translations)
	}

	// Whoever changes other things leaves the translations alone, and does not make them newer.
	now = now.Add(time.Hour)
	n.Translations, n.Status = nil, ippo.ContentDraft
	if err := s.UpdateNews(ctx, 0, n); err != nil {
		t.Fatal(err)
	}
	n = read()
	if en := n.Translations[ippo.English]; en.Texts["title"] != "No water" || !en.At.Equal(now.Add(-time.Hour)) || en.Older(n.Texts()) {
		t.Fatalf("left alone: %+v", n.Translations)
	}

	n.Summary = "朝に断水します"
	if err := s.UpdateNews(ctx, 0, n); err != nil {
		t.Fatal(err)
	}
	n = read()
	if en := n.Translations[ippo.English]; !en.Older(n.Texts()) {
		t.Fatalf("the Japanese text was changed: %+v", en)
	}
	if shown, reading := n.In(ippo.English); shown.Title != "No water" || shown.Summary != "朝に断水します" || reading.Caveat("title", "summary") != ippo.CaveatPartly || reading.Caveat("title") != ippo.CaveatOlder {
		t.Errorf("in English: %+v %+v", shown, reading)
	}
	en := n.Translations[ippo.English]
	en.Checked = true
	n.Translations = ippo.Translations{ippo.English: en, "vi": texts("title", "Cúp nước")}
	if err := s.UpdateNews(ctx, 0, n); err != nil {
		t.Fatal(err)
	}
	n = read()
	if en := n.Translations[ippo.English]; en.Older(n.Texts()) || !en.At.Equal(now) || len(n.Translations) != 2 {
		t.Fatalf("checked: %+v", n.Translations)
	}

	n.Translations = ippo.Translations{"vi": n.Translations["vi"]}
	if err := s.UpdateNews(ctx, 0, n); err != nil {
		t.Fatal(err)
	}
	if n = read(); len(n.Translations) != 1 || n.Translations["vi"].Texts["title"] != "Cúp nước" {
		t.Errorf("English taken away: %+v", n.Translations)
	}
	if err := s.DeleteNews(ctx, 0, n.ID); err != nil {
		t.Fatal(err)
	}
	if left, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM translations`); err != nil || left != 0 {
		t.Errorf("%d translations are left behind, %v", left, err)
	}
}

// Every kind keeps its translations beside those of other kinds with the same number.
func TestTranslationsOfEveryKind(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	in := func(name, text string) ippo.Translations { return ippo.Translations{ippo.English: texts(name, text)} }
	if _, err := s.CreateNews(ctx, 0, ippo.News{Slug: "a", Kind: ippo.NewsPlain, Title: "断水", Summary: "断水", Status: ippo.ContentDraft, Translations: in("title", "news")}); err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 4, 1, 9, 0, 0, 0, ippo.Tokyo)
	if _, err := s.CreateEvent(ctx, 0, ippo.Event{Slug: "a", Title: "祭", Summary: "祭", Place: "広場", StartsAt: start, EndsAt: start, Status: ippo.ContentDraft, Translations: in("title", "event")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{Slug: "a", Name: "会", Summary: "会", Translations: in("name", "group")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateFAQ(ctx, 0, ippo.FAQ{Question: "何時から", Answer: "9時", Translations: in("question", "faq")}); err != nil {
		t.Fatal(err)
	}
	news, err1 := s.NewsBySlug(ctx, "a")
	event, err2 := s.EventBySlug(ctx, "a")
	group, err3 := s.ActivityGroupBySlug(ctx, "a")
	faq, err4 := s.FAQ(ctx, 1)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	news, _ = news.In(ippo.English)
	event, _ = event.In(ippo.English)
	group, _ = group.In(ippo.English)
	faq, _ = faq.In(ippo.English)
	if news.Title != "news" || event.Title != "event" || group.Name != "group" || faq.Question != "faq" {
		t.Errorf("read back: %q %q %q %q", news.Title, event.Title, group.Name, faq.Question)
	}
}

// What a frequent question had in other languages, when each language had columns, is kept.
func TestMigrateTranslations(t *testing.T) {
	dir := t.TempDir()
	db := bareDatabase(t, dir)
	old, err := newMigrator(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 160); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`
		INSERT INTO faqs (question, answer, easy_question, easy_answer, updated_at) VALUES ('質問', '答え', 'しつもん', 'こたえ', '2026-01-01T00:00:00.000Z');
		INSERT INTO faqs (question, answer, en_question, en_answer, updated_at) VALUES ('質問', '答え', 'Question', 'Answer', '2026-01-01T00:00:00.000Z')`); err != nil {
		t.Fatal(err)
	}
	s := openIn(t, dir)
	all, err := s.FAQs(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	easy, reading := all[0].In(ippo.EasyJapanese)
	if easy.Question != "しつもん" || easy.Answer != "こたえ" || reading.Caveat() != "" {
		t.Errorf("やさしい日本語: %+v %+v", easy, reading)
	}
	if english, reading := all[0].In(ippo.English); english.Answer != "こたえ" || reading.Caveat() != ippo.CaveatEasy {
		t.Errorf("English that there is not: %+v %+v", english, reading)
	}
	if english, reading := all[1].In(ippo.English); english.Question != "Question" || reading.Caveat() != "" {
		t.Errorf("English: %+v %+v", english, reading)
	}
}

// What a list of 5,000 groups costs without translations, and with two of each.
func BenchmarkTranslatedGroups(b *testing.B) {
	for name, translations := range map[string]ippo.Translations{
		"none": nil,
		"two":  {ippo.English: texts("name", "Group", "summary", "What we do"), ippo.EasyJapanese: texts("name", "かい")},
	} {
		b.Run(name, func(b *testing.B) {
			s := newStore(b)
			ctx := b.Context()
			err := s.Write(ctx, func(t *Tx) error {
				g := ippo.ActivityGroup{Name: "会", Summary: "活動"}
				for i := range 5000 {
					id, err := t.insert(ctx, `INSERT INTO activity_groups (slug, name, summary, updated_at) VALUES (?, '会', '活動', '2026-01-01T00:00:00.000Z')`, fmt.Sprintf("g%d", i))
					if err == nil {
						_, err = t.saveTranslations(ctx, ippo.ContentGroup, id, translations, g.Texts())
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if all, err := s.ActivityGroups(ctx); err != nil || len(all) != 5000 || len(all[0].Translations) != len(translations) {
					b.Fatal(len(all), err)
				}
			}
		})
	}
}
