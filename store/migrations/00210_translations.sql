-- What staff wrote, in other languages than Japanese.
-- +goose Up
CREATE TABLE translations (
	kind       TEXT NOT NULL CHECK (kind IN ('news', 'event', 'group', 'campaign', 'faq')),
	thing_id   INTEGER NOT NULL,
	language   TEXT NOT NULL,
	texts      TEXT NOT NULL,   -- JSON: by the names of the texts
	made_of    TEXT NOT NULL,   -- stands for the Japanese text that it was made of
	updated_at TEXT NOT NULL,
	PRIMARY KEY (kind, thing_id, language)
) STRICT, WITHOUT ROWID;

INSERT INTO translations (kind, thing_id, language, texts, made_of, updated_at)
SELECT 'faq', id, 'ja-x-easy', json_object('question', easy_question, 'answer', easy_answer), '', updated_at FROM faqs WHERE easy_question <> '';
INSERT INTO translations (kind, thing_id, language, texts, made_of, updated_at)
SELECT 'faq', id, 'en', json_object('question', en_question, 'answer', en_answer), '', updated_at FROM faqs WHERE en_question <> '';

ALTER TABLE faqs DROP COLUMN easy_question;
ALTER TABLE faqs DROP COLUMN easy_answer;
ALTER TABLE faqs DROP COLUMN en_question;
ALTER TABLE faqs DROP COLUMN en_answer;
