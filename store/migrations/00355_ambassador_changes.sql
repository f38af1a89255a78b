-- +goose Up
-- What was done with several ambassadors at once, and how each stood before, so that it can be taken back.
CREATE TABLE ambassador_changes (
	id        INTEGER PRIMARY KEY,
	status    TEXT, -- a step to it
	day       TEXT, -- or the day that was set; neither: a step back
	staff_id  INTEGER NOT NULL REFERENCES staff (id),
	at        TEXT NOT NULL,
	undone_at TEXT
) STRICT;
CREATE INDEX ambassador_changes_latest ON ambassador_changes (staff_id, id);

CREATE TABLE ambassador_change_people (
	change_id     INTEGER NOT NULL REFERENCES ambassador_changes (id) ON DELETE CASCADE,
	ambassador_id INTEGER NOT NULL REFERENCES ambassadors (id) ON DELETE CASCADE,
	status        TEXT NOT NULL, -- theirs since
	was           TEXT NOT NULL, -- and before
	was_due       TEXT,
	was_since     TEXT NOT NULL,
	PRIMARY KEY (change_id, ambassador_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ambassador_change_people_of ON ambassador_change_people (ambassador_id);
