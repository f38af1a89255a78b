-- +goose Up
-- Every step of an ambassador's path, by whom and when. One that was taken back stands there too.
CREATE TABLE ambassador_steps (
	id            INTEGER PRIMARY KEY,
	ambassador_id INTEGER NOT NULL REFERENCES ambassadors (id) ON DELETE CASCADE,
	at            TEXT NOT NULL,
	staff_id      INTEGER REFERENCES staff (id), -- NULL: they themselves, or the program
	status        TEXT NOT NULL CHECK (status IN ('applied', 'contacted', 'appointed', 'retired', 'declined')),
	back          INTEGER NOT NULL DEFAULT 0 CHECK (back IN (0, 1)) -- the step before this one was taken back
) STRICT;
CREATE INDEX ambassador_steps_of ON ambassador_steps (ambassador_id, id);

INSERT INTO ambassador_steps (ambassador_id, at, status) SELECT id, applied_at, 'applied' FROM ambassadors;
INSERT INTO ambassador_steps (ambassador_id, at, status) SELECT id, updated_at, status FROM ambassadors WHERE status <> 'applied';

-- The day that staff set for what is next; NULL: as the settings have it.
ALTER TABLE ambassadors ADD COLUMN due_on TEXT;
