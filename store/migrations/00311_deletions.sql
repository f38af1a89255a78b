-- +goose Up
-- What staff deleted and can still put back, as its rows were.
CREATE TABLE deletions (
	id       INTEGER PRIMARY KEY AUTOINCREMENT, -- in forms that stay open: never given twice
	kind     TEXT NOT NULL,    -- the first part of the object's name, such as news
	object   TEXT NOT NULL,    -- such as news:12
	name     TEXT NOT NULL,
	rows     TEXT NOT NULL,    -- JSON of []store.keptRow
	staff_id INTEGER REFERENCES staff (id) ON DELETE SET NULL,
	at       TEXT NOT NULL
) STRICT;
CREATE INDEX deletions_at ON deletions (at);
