-- +goose Up
-- What a member of staff sent after their session had ended, the last of it, for a day: they are given it back when they
-- log in.
CREATE TABLE unsent_forms (
	staff_id INTEGER PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
	page     TEXT NOT NULL, -- the address where it was written
	action   TEXT NOT NULL, -- where it was sent
	form     BLOB NOT NULL, -- sealed
	kept_at  TEXT NOT NULL
) STRICT;
