-- +goose Up
-- Who was invited to work here and has not come yet. An invitation is gone once it is used.
CREATE TABLE staff_invites (
	id         INTEGER PRIMARY KEY,
	name       TEXT NOT NULL,
	email      TEXT NOT NULL UNIQUE,
	role       TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'approver', 'admin')),
	teams      TEXT NOT NULL, -- JSON array of IDs
	code       BLOB NOT NULL UNIQUE, -- SHA-256
	made_by    INTEGER NOT NULL REFERENCES staff (id),
	expires_at TEXT NOT NULL
) STRICT;
