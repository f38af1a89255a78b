-- +goose Up
-- The codes that lead those who signed up on paper to their entry, from their own LINE account.
CREATE TABLE ambassador_codes (
	ambassador_id INTEGER PRIMARY KEY REFERENCES ambassadors (id) ON DELETE CASCADE,
	code          BLOB NOT NULL UNIQUE, -- SHA-256
	expires_at    TEXT NOT NULL
) STRICT;

-- When a LINE account was linked by a code; NULL: they signed up from it.
ALTER TABLE ambassadors ADD COLUMN linked_at TEXT;
