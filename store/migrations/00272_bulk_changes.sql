-- +goose Up
-- What was changed for many things at once, and how each was before, so that it can be taken back.
CREATE TABLE bulk_changes (
	id        INTEGER PRIMARY KEY,
	kind      TEXT NOT NULL, -- ippo.ContentKind
	state     TEXT NOT NULL, -- ippo.ContentStatus, which all have since
	was       TEXT NOT NULL, -- JSON: IDs by the state before
	staff_id  INTEGER NOT NULL REFERENCES staff (id),
	at        TEXT NOT NULL,
	undone_at TEXT
) STRICT;
CREATE INDEX bulk_changes_latest ON bulk_changes (kind, staff_id, id);
