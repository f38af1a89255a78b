-- +goose Up
-- Links whose taps are counted: they lead through our own address.
ALTER TABLE broadcasts ADD COLUMN counted INTEGER NOT NULL DEFAULT 0 CHECK (counted IN (0, 1));

CREATE TABLE broadcast_links (
	code         TEXT PRIMARY KEY,
	broadcast_id INTEGER NOT NULL REFERENCES broadcasts (id) ON DELETE CASCADE,
	place        INTEGER NOT NULL, -- among those of the broadcast
	short        TEXT NOT NULL,    -- the whole address in its messages
	raw          TEXT NOT NULL,    -- what its author wrote, as JSON has it inside a string
	url          TEXT NOT NULL     -- the same, read: where the link leads
) STRICT, WITHOUT ROWID;
CREATE INDEX broadcast_links_broadcast ON broadcast_links (broadcast_id, place);

-- Taps by day in Japan; whose they were is not kept. browsers are first taps, counted only while the
-- center's setting says so.
CREATE TABLE link_taps (
	code     TEXT NOT NULL REFERENCES broadcast_links (code) ON DELETE CASCADE,
	day      TEXT NOT NULL,
	taps     INTEGER NOT NULL CHECK (taps >= 0),
	browsers INTEGER NOT NULL CHECK (browsers BETWEEN 0 AND taps),
	PRIMARY KEY (code, day)
) STRICT, WITHOUT ROWID;
