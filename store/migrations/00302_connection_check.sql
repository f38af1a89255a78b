-- +goose Up
-- What LINE said when staff last asked whether all is set up.

CREATE TABLE connection_check (
	id         INTEGER PRIMARY KEY CHECK (id = 1),
	checked_at TEXT NOT NULL,
	found      TEXT NOT NULL -- JSON of ippo.Connection
) STRICT;
