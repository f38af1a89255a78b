-- +goose Up
-- Files of any list that staff uploaded, and what is to be said of their rows. A file lies there in parts, so that
-- none is ever held in memory whole.

CREATE TABLE intakes (
	id          INTEGER PRIMARY KEY,
	kind        TEXT NOT NULL,
	name        TEXT NOT NULL, -- of the file
	staff_id    INTEGER NOT NULL REFERENCES staff (id),
	uploaded_at TEXT NOT NULL,
	ended_at    TEXT,
	state       TEXT NOT NULL CHECK (state IN ('draft', 'loading', 'checking', 'checked', 'waiting', 'done')),
	plan        TEXT NOT NULL, -- JSON of ippo.GroupPlan
	rows        INTEGER NOT NULL DEFAULT 0,
	done        INTEGER NOT NULL DEFAULT 0,
	added       INTEGER NOT NULL DEFAULT 0,
	changed     INTEGER NOT NULL DEFAULT 0,
	same        INTEGER NOT NULL DEFAULT 0,
	bad         INTEGER NOT NULL DEFAULT 0,
	doubts      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX intakes_open ON intakes (id) WHERE state IN ('checking', 'waiting');

CREATE TABLE intake_parts (
	intake_id INTEGER NOT NULL REFERENCES intakes (id) ON DELETE CASCADE,
	part      INTEGER NOT NULL, -- from 0
	data      BLOB NOT NULL, -- sealed
	PRIMARY KEY (intake_id, part)
) STRICT;

CREATE TABLE intake_notes (
	intake_id INTEGER NOT NULL REFERENCES intakes (id) ON DELETE CASCADE,
	n         INTEGER NOT NULL, -- from 0
	line      INTEGER NOT NULL,
	words     TEXT NOT NULL, -- never what the row holds of a person
	doubt     INTEGER NOT NULL,
	PRIMARY KEY (intake_id, n)
) STRICT, WITHOUT ROWID;

INSERT INTO intakes (id, kind, name, staff_id, uploaded_at, ended_at, state, plan, rows, done, added, changed, bad)
	SELECT id, 'groups', name, staff_id, uploaded_at, ended_at, state, plan, rows, done, added, changed, bad FROM group_imports;
INSERT INTO intake_parts SELECT id, 0, file FROM group_imports WHERE file IS NOT NULL;
DROP TABLE group_imports;
