-- +goose Up
-- One content that goes out again and again by a schedule (くり返し配信).
CREATE TABLE series (
	id          INTEGER PRIMARY KEY,
	title       TEXT NOT NULL,
	messages    TEXT NOT NULL, -- JSON array of LINE message objects
	counted     INTEGER NOT NULL DEFAULT 0 CHECK (counted IN (0, 1)), -- taps on its links are counted
	audience    TEXT NOT NULL, -- JSON of ippo.Audience
	schedule    TEXT NOT NULL, -- JSON of ippo.Schedule
	active      INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),
	held        INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)), -- by a restore, until an administrator lets it go on
	author_id   INTEGER NOT NULL REFERENCES staff (id),
	approver_id INTEGER REFERENCES staff (id),
	next_due    TEXT,
	created_at  TEXT NOT NULL,
	updated_at  TEXT NOT NULL,
	CHECK (active = 0 OR approver_id IS NOT NULL),
	CHECK (active = 0 OR held = 0)
) STRICT;
CREATE INDEX series_due ON series (next_due) WHERE active = 1 AND next_due IS NOT NULL;

-- What became of each due time of a campaign or a series: one row each, whoever asks. Neither is
-- deleted once it has one, so that its ID is not given to another.
CREATE TABLE firings (
	source       TEXT NOT NULL CHECK (source IN ('campaign', 'series')),
	source_id    INTEGER NOT NULL,
	due_at       TEXT NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('fired', 'waiting', 'dropped')),
	broadcast_id INTEGER REFERENCES broadcasts (id),
	PRIMARY KEY (source, source_id, due_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX firings_waiting ON firings (due_at) WHERE state = 'waiting';
INSERT INTO firings (source, source_id, due_at, state, broadcast_id)
	SELECT 'campaign', campaign_id, due_at, state, broadcast_id FROM campaign_firings;
DROP TABLE campaign_firings;
