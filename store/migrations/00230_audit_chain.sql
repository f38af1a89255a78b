-- +goose Up
-- Where it was done from, what was changed, and the row's place in the chain; see docs/decisions/audit-log.md.
ALTER TABLE audit_log ADD COLUMN from_where TEXT NOT NULL DEFAULT ''; -- an IP address, or the command line; '': by the program itself
ALTER TABLE audit_log ADD COLUMN changes TEXT NOT NULL DEFAULT '';    -- JSON of []store.Change; '': none
ALTER TABLE audit_log ADD COLUMN hash BLOB;                           -- NULL only until the first start after this migration

-- One row: the chain's last link, and the link up to which retention has cut it.
CREATE TABLE audit_chain (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	last     INTEGER NOT NULL,
	hash     BLOB NOT NULL,
	cut      INTEGER NOT NULL,
	cut_hash BLOB,         -- NULL: never cut
	sum      BLOB NOT NULL -- keyed, over the others
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER audit_log_insert BEFORE INSERT ON audit_log WHEN NEW.hash IS NULL
BEGIN SELECT RAISE(ABORT, 'audit_log: a row without its hash'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_log_update BEFORE UPDATE ON audit_log WHEN OLD.hash IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_log_delete BEFORE DELETE ON audit_log WHEN OLD.id > coalesce((SELECT cut FROM audit_chain), 0)
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
-- +goose StatementEnd

CREATE INDEX audit_log_staff ON audit_log (staff_id, id);

-- Failed logins and what was refused, for an hour: the first of a kind is in the log, the others are counted here.
CREATE TABLE refusals (
	id         INTEGER PRIMARY KEY,
	staff_id   INTEGER NOT NULL, -- 0: nobody who had signed in
	action     TEXT NOT NULL,
	object     TEXT NOT NULL,
	from_where TEXT NOT NULL,
	more       INTEGER NOT NULL DEFAULT 0, -- behind the first
	first_at   TEXT NOT NULL,
	UNIQUE (staff_id, action, object, from_where)
) STRICT;
