-- +goose Up
-- What a broadcast had come to two days after its end, counted once: who is forgotten later changes nothing of it.

CREATE TABLE broadcast_reactions (
	broadcast_id INTEGER PRIMARY KEY REFERENCES broadcasts (id),
	counted_at   TEXT NOT NULL,
	people       INTEGER NOT NULL,
	blocked      INTEGER -- NULL: among too few people to tell
) STRICT;

CREATE TABLE broadcast_reaction_rows (
	broadcast_id INTEGER NOT NULL REFERENCES broadcast_reactions (broadcast_id),
	kind         TEXT NOT NULL CHECK (kind IN ('topic', 'area')),
	place        INTEGER NOT NULL, -- in the order of the list
	name         TEXT NOT NULL,    -- as it was called then
	people       INTEGER,          -- NULL: too few to tell, and so is blocked
	blocked      INTEGER,
	PRIMARY KEY (broadcast_id, kind, place)
) STRICT, WITHOUT ROWID;
