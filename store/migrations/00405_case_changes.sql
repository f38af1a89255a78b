-- +goose Up
-- What was done with several consultations or matches at once, worked off part by part, and how each was before, so that
-- it can be taken back.
CREATE TABLE case_changes (
	id       INTEGER PRIMARY KEY,
	kind     TEXT NOT NULL CHECK (kind IN ('consultation', 'match')),
	deed     TEXT NOT NULL CHECK (deed IN ('handover', 'note', 'done', 'unfit', 'silent')),
	to_id    INTEGER REFERENCES staff (id), -- of a hand-over
	note     BLOB, -- sealed; NULL once all is worked off: then each case has it
	undoes   INTEGER REFERENCES case_changes (id) ON DELETE CASCADE,
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	at       TEXT NOT NULL,
	people   INTEGER NOT NULL,           -- how many cases it is for
	changed  INTEGER NOT NULL DEFAULT 0, -- of these, how many it has changed so far
	done_at  TEXT
) STRICT;
CREATE INDEX case_changes_latest ON case_changes (kind, staff_id, id);
CREATE INDEX case_changes_waiting ON case_changes (id) WHERE done_at IS NULL;
CREATE UNIQUE INDEX case_changes_undo ON case_changes (undoes) WHERE undoes IS NOT NULL;

CREATE TABLE case_change_parts (
	change_id INTEGER NOT NULL REFERENCES case_changes (id) ON DELETE CASCADE,
	part      INTEGER NOT NULL,
	seen      TEXT NOT NULL, -- JSON of store.SeenCase: what is still to be changed
	PRIMARY KEY (change_id, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_change_cases (
	id              INTEGER PRIMARY KEY,
	change_id       INTEGER NOT NULL REFERENCES case_changes (id) ON DELETE CASCADE,
	consultation_id INTEGER REFERENCES consultations (id) ON DELETE CASCADE,
	match_id        INTEGER REFERENCES matches (id) ON DELETE CASCADE,
	was             TEXT NOT NULL,    -- JSON of what the change took
	entry           INTEGER NOT NULL, -- what it wrote into the record; 0: nothing
	CHECK ((consultation_id IS NULL) <> (match_id IS NULL))
) STRICT;
CREATE INDEX case_change_cases_change ON case_change_cases (change_id, id);
CREATE INDEX case_change_cases_consultation ON case_change_cases (consultation_id) WHERE consultation_id IS NOT NULL;
CREATE INDEX case_change_cases_match ON case_change_cases (match_id) WHERE match_id IS NOT NULL;

-- Whom a match was handed to.
ALTER TABLE match_steps ADD COLUMN to_id INTEGER REFERENCES staff (id);
