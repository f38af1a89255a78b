-- +goose Up
-- What is done with several ambassadors at once is worked off part by part, as a change of tags is; what takes it back is
-- a change of its own.
DELETE FROM ambassador_changes WHERE undone_at IS NOT NULL;
ALTER TABLE ambassador_changes DROP COLUMN undone_at;
ALTER TABLE ambassador_changes ADD COLUMN undoes INTEGER REFERENCES ambassador_changes (id) ON DELETE CASCADE;
ALTER TABLE ambassador_changes ADD COLUMN people INTEGER NOT NULL DEFAULT 0;  -- whom it is for
ALTER TABLE ambassador_changes ADD COLUMN changed INTEGER NOT NULL DEFAULT 0; -- of these, whom it has moved so far
ALTER TABLE ambassador_changes ADD COLUMN done_at TEXT;
UPDATE ambassador_changes SET done_at = at,
	(people, changed) = (SELECT count(*), count(*) FROM ambassador_change_people WHERE change_id = ambassador_changes.id);
CREATE UNIQUE INDEX ambassador_changes_undo ON ambassador_changes (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX ambassador_changes_waiting ON ambassador_changes (id) WHERE done_at IS NULL;

CREATE TABLE ambassador_change_parts (
	change_id INTEGER NOT NULL REFERENCES ambassador_changes (id) ON DELETE CASCADE,
	part      INTEGER NOT NULL,
	seen      TEXT NOT NULL, -- JSON of store.Seen: who is still to be moved
	PRIMARY KEY (change_id, part)
) STRICT, WITHOUT ROWID;
