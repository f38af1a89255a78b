-- +goose Up
-- A tag given to many followers at once, or taken from them: worked off part by part, so that nothing else waits
-- for it, and kept for a while so that it can be taken back.
CREATE TABLE tag_changes (
	id       INTEGER PRIMARY KEY,
	tag_id   INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
	adds     INTEGER NOT NULL CHECK (adds IN (0, 1)),
	undoes   INTEGER UNIQUE REFERENCES tag_changes (id) ON DELETE CASCADE,
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	at       TEXT NOT NULL,
	people   INTEGER NOT NULL,           -- whom it is for
	changed  INTEGER NOT NULL DEFAULT 0, -- of these, who has got or lost the tag by it so far
	done_at  TEXT
) STRICT;
CREATE INDEX tag_changes_waiting ON tag_changes (id) WHERE done_at IS NULL;

CREATE TABLE tag_change_parts (
	change_id INTEGER NOT NULL REFERENCES tag_changes (id) ON DELETE CASCADE,
	part      INTEGER NOT NULL,
	members   BLOB NOT NULL, -- IDs as in the ledger: whom it is for, and once it is applied, whom it changed
	applied   INTEGER NOT NULL DEFAULT 0 CHECK (applied IN (0, 1)),
	PRIMARY KEY (change_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_change_parts_waiting ON tag_change_parts (change_id, part) WHERE applied = 0;
