-- +goose Up
-- Frequent questions (よくある質問) and what residents were told; whom is not kept.
CREATE TABLE faqs (
	id            INTEGER PRIMARY KEY AUTOINCREMENT, -- buttons with a number stay in chats for years
	question      TEXT NOT NULL,
	answer        TEXT NOT NULL,
	easy_question TEXT NOT NULL DEFAULT '',
	easy_answer   TEXT NOT NULL DEFAULT '',
	en_question   TEXT NOT NULL DEFAULT '',
	en_answer     TEXT NOT NULL DEFAULT '',
	synonyms      TEXT NOT NULL DEFAULT '', -- one a line
	place         INTEGER NOT NULL DEFAULT 0,
	hidden        INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
	updated_at    TEXT NOT NULL,
	shown         INTEGER NOT NULL DEFAULT 0,
	helped        INTEGER NOT NULL DEFAULT 0,
	failed        INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Questions that found no answer: the words alone, sealed, each time they were asked. LINE's ID of the
-- message is there for the day in which it can be taken back.
CREATE TABLE unanswered_questions (
	id         INTEGER PRIMARY KEY,
	text       BLOB NOT NULL,
	message_id TEXT,
	asked_at   TEXT NOT NULL
) STRICT;
CREATE INDEX unanswered_questions_message ON unanswered_questions (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX unanswered_questions_asked ON unanswered_questions (asked_at);
