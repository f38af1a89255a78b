-- +goose Up
-- Spreadsheets of groups that staff uploaded, and how they are read.

CREATE TABLE group_imports (
	id          INTEGER PRIMARY KEY,
	name        TEXT NOT NULL, -- of the file
	staff_id    INTEGER NOT NULL REFERENCES staff (id),
	uploaded_at TEXT NOT NULL,
	ended_at    TEXT,
	state       TEXT NOT NULL CHECK (state IN ('draft', 'waiting', 'done')),
	file        BLOB, -- sealed; NULL once it is taken in, or was given up
	plan        TEXT NOT NULL, -- JSON of ippo.GroupImportPlan
	rows        INTEGER NOT NULL DEFAULT 0,
	done        INTEGER NOT NULL DEFAULT 0,
	added       INTEGER NOT NULL DEFAULT 0,
	changed     INTEGER NOT NULL DEFAULT 0,
	bad         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX group_imports_waiting ON group_imports (id) WHERE state = 'waiting';
