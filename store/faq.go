package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ippo"
	"ippo/internal/fold"
)

// FAQs returns every frequent question in the order that staff arranged, the hidden ones too, with what was
// counted.
func (s *Store) FAQs(ctx context.Context) ([]ippo.FAQ, error) {
	all, err := collect(ctx, s.ro, scanFAQ, `SELECT `+faqColumns+` FROM faqs ORDER BY place, id`)
	if err != nil {
		return nil, fmt.Errorf("frequent questions: %w", err)
	}
	return all, nil
}

// AskedFAQs returns the frequent questions that the bot answers, for a search: always the same slice,
// until staff change one. What was counted may be of before.
func (s *Store) AskedFAQs(ctx context.Context) ([]ippo.FAQ, error) {
	return s.faqs.get(func() ([]ippo.FAQ, error) {
		all, err := s.FAQs(ctx)
		return slices.DeleteFunc(all, func(q ippo.FAQ) bool { return q.Hidden }), err
	})
}

// FAQ returns one frequent question, also a hidden one.
func (s *Store) FAQ(ctx context.Context, id ippo.FAQID) (ippo.FAQ, error) {
	q, err := one(ctx, s.ro, scanFAQ, `SELECT `+faqColumns+` FROM faqs WHERE id = ?`, id)
	if err != nil {
		return q, fmt.Errorf("frequent question %d: %w", id, err)
	}
	return q, nil
}

var faqColumns = `id, question, answer, synonyms, place, hidden, updated_at, shown, helped, failed, ` + translationsOf(ippo.ContentFAQ, "faqs.id")

func scanFAQ(row scanner) (q ippo.FAQ, err error) {
	err = row.Scan(&q.ID, &q.Question, &q.Answer, &q.Synonyms, &q.Order, &q.Hidden, at(&q.UpdatedAt), &q.Shown, &q.Helped, &q.Failed,
		translated(&q.Translations))
	return q, err
}

// CreateFAQ makes a frequent question, in the last place unless it names one, and returns it with its ID.
func (s *Store) CreateFAQ(ctx context.Context, by ippo.StaffID, q ippo.FAQ) (ippo.FAQ, error) {
	if err := q.Validate(); err != nil {
		return q, err
	}
	defer s.faqs.forget()
	err := s.Write(ctx, func(t *Tx) error {
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM faqs`)
		if err != nil {
			return err
		}
		if n >= ippo.MaxFAQs {
			return ippo.Problems{{Message: fmt.Sprintf("よくある質問は%d件までです。", ippo.MaxFAQs)}}
		}
		if q.Order == 0 {
			if q.Order, err = one(ctx, t.tx, scanInt, `SELECT coalesce(max(place), 0) + 1 FROM faqs`); err != nil {
				return err
			}
		}
		id, err := t.insert(ctx, `
			INSERT INTO faqs (question, answer, synonyms, place, hidden, updated_at) VALUES (?, ?, ?, ?, ?, ?)`,
			q.Question, q.Answer, q.Synonyms, q.Order, q.Hidden, stamp(t.now))
		if err != nil {
			return fmt.Errorf("create frequent question: %w", err)
		}
		q.ID, q.UpdatedAt = ippo.FAQID(id), t.now
		if q.Translations, err = t.saveTranslations(ctx, ippo.ContentFAQ, id, q.Translations, q.Texts()); err != nil {
			return err
		}
		return t.audit(ctx, by, "faq.create", fmt.Sprintf("faq:%d", id), "")
	})
	return q, err
}

// UpdateFAQ changes everything of a frequent question but what was counted.
func (s *Store) UpdateFAQ(ctx context.Context, by ippo.StaffID, q ippo.FAQ) error {
	if err := q.Validate(); err != nil {
		return err
	}
	defer s.faqs.forget()
	err := s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "faqs", "id", q.ID)
		if err != nil {
			return err
		}
		err = t.changeOne(ctx, `
			UPDATE faqs SET question = ?, answer = ?, synonyms = ?, place = ?, hidden = ?, updated_at = ? WHERE id = ?`,
			q.Question, q.Answer, q.Synonyms, q.Order, q.Hidden, stamp(t.now), q.ID)
		if err != nil {
			return found(err)
		}
		if _, err := t.saveTranslations(ctx, ippo.ContentFAQ, int64(q.ID), q.Translations, q.Texts()); err != nil {
			return err
		}
		return t.auditChange(ctx, by, "faq.update", fmt.Sprintf("faq:%d", q.ID), "", was)
	})
	if err != nil {
		return fmt.Errorf("update frequent question %d: %w", q.ID, err)
	}
	return nil
}

// DeleteFAQ removes a frequent question.
func (s *Store) DeleteFAQ(ctx context.Context, by ippo.StaffID, id ippo.FAQID) error {
	defer s.faqs.forget()
	err := s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "faqs", "id", id)
		if err != nil {
			return err
		}
		if err := t.keepDeleted(ctx, by, object("faq", id), int64(id)); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM faqs WHERE id = ?`, id); err != nil {
			return found(err)
		}
		if err := t.deleteTranslations(ctx, ippo.ContentFAQ, int64(id)); err != nil {
			return err
		}
		return t.auditChange(ctx, by, "faq.delete", fmt.Sprintf("faq:%d", id), "", was)
	})
	if err != nil {
		return fmt.Errorf("delete frequent question %d: %w", id, err)
	}
	return nil
}

// CountFAQ counts that a resident was shown an answer, or said whether it helped. One that was deleted
// meanwhile counts nothing.
func (t *Tx) CountFAQ(ctx context.Context, id ippo.FAQID, shown, helped, failed int) error {
	err := t.exec(ctx, `UPDATE faqs SET shown = shown + ?, helped = helped + ?, failed = failed + ? WHERE id = ?`, shown, helped, failed, id)
	if err != nil {
		return fmt.Errorf("count frequent question %d: %w", id, err)
	}
	return nil
}

// maxUnanswered is how many questions without an answer are kept; older ones go for them.
const maxUnanswered = 5000

// AddUnanswered keeps what was asked and found no answer, without whose it was. What could tell that is
// to be masked before. messageID is LINE's: unsending that message takes it back.
func (t *Tx) AddUnanswered(ctx context.Context, text, messageID string) error {
	if r := []rune(text); len(r) > ippo.MaxUnanswered {
		text = string(r[:ippo.MaxUnanswered])
	}
	err := t.exec(ctx, `INSERT INTO unanswered_questions (text, message_id, asked_at) VALUES (?, ?, ?)`,
		t.store.box.Seal([]byte(text), "unanswered_questions.text"), textOrNull(messageID), stamp(t.now))
	if err != nil {
		return fmt.Errorf("add unanswered question: %w", err)
	}
	err = t.exec(ctx, `DELETE FROM unanswered_questions WHERE id <= (SELECT max(id) FROM unanswered_questions) - ?`, maxUnanswered)
	if err != nil {
		return fmt.Errorf("add unanswered question: %w", err)
	}
	return nil
}

// Unanswered returns the questions that found no answer, the most frequent first, then the latest. What is
// the same but for width, kana, spaces and signs is one.
func (s *Store) Unanswered(ctx context.Context) ([]ippo.UnansweredQuestion, error) {
	all, _, err := s.unanswered(ctx, s.ro)
	return all, err
}

// unanswered also returns the rows of each question, by the ID of its latest.
func (s *Store) unanswered(ctx context.Context, q queryer) ([]ippo.UnansweredQuestion, map[int64][]int64, error) {
	rows, err := collect(ctx, q, s.scanUnanswered, `SELECT id, text, asked_at FROM unanswered_questions ORDER BY id DESC`)
	if err != nil {
		return nil, nil, fmt.Errorf("unanswered questions: %w", err)
	}
	var all []ippo.UnansweredQuestion
	place, of := map[string]int{}, map[int64][]int64{}
	for _, row := range rows {
		key := cmp.Or(fold.Key(row.Text), row.Text)
		i, known := place[key]
		if !known {
			i = len(all)
			place[key] = i
			all = append(all, row)
		}
		all[i].Count++
		of[all[i].ID] = append(of[all[i].ID], row.ID)
	}
	slices.SortStableFunc(all, func(a, b ippo.UnansweredQuestion) int { return cmp.Compare(b.Count, a.Count) })
	return all, of, nil
}

func (s *Store) scanUnanswered(row scanner) (q ippo.UnansweredQuestion, err error) {
	var text []byte
	if err := row.Scan(&q.ID, &text, at(&q.Last)); err != nil {
		return q, err
	}
	q.Text, err = s.open("unanswered_questions.text", text)
	return q, err
}

// UnansweredQuestion returns the question that was asked last under this ID.
func (s *Store) UnansweredQuestion(ctx context.Context, id int64) (ippo.UnansweredQuestion, error) {
	q, err := one(ctx, s.ro, s.scanUnanswered, `SELECT id, text, asked_at FROM unanswered_questions WHERE id = ?`, id)
	if err != nil {
		return q, fmt.Errorf("unanswered question %d: %w", id, err)
	}
	return q, nil
}

// DeleteUnanswered removes a question, however often it was asked. id is of its latest.
func (s *Store) DeleteUnanswered(ctx context.Context, by ippo.StaffID, id int64) error {
	err := s.Write(ctx, func(t *Tx) error {
		_, of, err := s.unanswered(ctx, t.tx)
		if err != nil {
			return err
		}
		if len(of[id]) == 0 {
			return ippo.ErrNotFound
		}
		for _, row := range of[id] {
			if err := t.exec(ctx, `DELETE FROM unanswered_questions WHERE id = ?`, row); err != nil {
				return err
			}
		}
		return t.audit(ctx, by, "unanswered.delete", "unanswered", "")
	})
	if err != nil {
		return fmt.Errorf("delete unanswered question %d: %w", id, err)
	}
	return nil
}
