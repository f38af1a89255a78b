-- +goose Up
-- Wrong codes that a LINE account typed to link itself to a member of staff, so that nobody guesses one.
CREATE TABLE staff_link_tries (
	follower_id INTEGER PRIMARY KEY REFERENCES followers (id) ON DELETE CASCADE,
	tries       INTEGER NOT NULL CHECK (tries > 0),
	last_at     TEXT NOT NULL
) STRICT;
