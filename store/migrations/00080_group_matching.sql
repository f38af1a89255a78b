-- +goose Up
-- What really decides whether a group fits a newcomer, how it receives them, and how fresh its entry is.

ALTER TABLE activity_groups ADD COLUMN fee TEXT NOT NULL DEFAULT '' CHECK (fee IN ('', 'free', 'paid'));
ALTER TABLE activity_groups ADD COLUMN alone INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1));
ALTER TABLE activity_groups ADD COLUMN together INTEGER NOT NULL DEFAULT 0 CHECK (together IN (0, 1));
ALTER TABLE activity_groups ADD COLUMN joining INTEGER NOT NULL DEFAULT 0 CHECK (joining BETWEEN 0 AND 3); -- ippo.JoinWays
ALTER TABLE activity_groups ADD COLUMN tongues INTEGER NOT NULL DEFAULT 0 CHECK (tongues BETWEEN 0 AND 255); -- ippo.Tongues
ALTER TABLE activity_groups ADD COLUMN full INTEGER NOT NULL DEFAULT 0 CHECK (full IN (0, 1));
ALTER TABLE activity_groups ADD COLUMN welcome TEXT NOT NULL DEFAULT '';
ALTER TABLE activity_groups ADD COLUMN bring TEXT NOT NULL DEFAULT '';
ALTER TABLE activity_groups ADD COLUMN model INTEGER NOT NULL DEFAULT 0 CHECK (model IN (0, 1));
ALTER TABLE activity_groups ADD COLUMN host BLOB; -- sealed JSON of ippo.Host; NULL: nobody is named
ALTER TABLE activity_groups ADD COLUMN confirmed_at TEXT; -- NULL never after this file
ALTER TABLE activity_groups ADD COLUMN asked_at TEXT;     -- last asked, and no answer since
ALTER TABLE activity_groups ADD COLUMN silent_since TEXT; -- first of the askings without an answer

UPDATE activity_groups SET confirmed_at = updated_at;
