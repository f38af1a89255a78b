-- +goose Up
-- What the bot says to certain words, as staff write it; and its translations.

CREATE TABLE auto_replies (
	id         INTEGER PRIMARY KEY,
	keywords   TEXT NOT NULL, -- one a line
	whole      INTEGER NOT NULL DEFAULT 0,
	text       TEXT NOT NULL,
	card       TEXT NOT NULL DEFAULT '',
	off        INTEGER NOT NULL DEFAULT 0,
	updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE translations_of_more (
	kind       TEXT NOT NULL CHECK (kind IN ('news', 'event', 'group', 'campaign', 'faq', 'autoreply')),
	thing_id   INTEGER NOT NULL,
	language   TEXT NOT NULL,
	texts      TEXT NOT NULL,   -- JSON: by the names of the texts
	made_of    TEXT NOT NULL,   -- stands for the Japanese text that it was made of
	updated_at TEXT NOT NULL,
	PRIMARY KEY (kind, thing_id, language)
) STRICT, WITHOUT ROWID;
INSERT INTO translations_of_more SELECT kind, thing_id, language, texts, made_of, updated_at FROM translations;
DROP TABLE translations;
ALTER TABLE translations_of_more RENAME TO translations;
