-- +goose Up
-- The name under which LINE counts a broadcast's readers, from its first call on; '' for one that began
-- before there were such names.
ALTER TABLE broadcasts ADD COLUMN unit TEXT NOT NULL DEFAULT '';

-- What LINE has counted. NULL: hidden, because it is under twenty people.
CREATE TABLE broadcast_readers (
	broadcast_id INTEGER PRIMARY KEY REFERENCES broadcasts (id) ON DELETE CASCADE,
	opened       INTEGER CHECK (opened >= 0),
	clicked      INTEGER CHECK (clicked >= 0),
	links        TEXT NOT NULL DEFAULT '[]', -- JSON of []ippo.LinkReaders
	tried_at     TEXT NOT NULL,
	fetched_at   TEXT -- NULL: LINE has not answered yet
) STRICT;
