-- +goose Up
CREATE TABLE saved_audiences (
	id       INTEGER PRIMARY KEY,
	name     TEXT NOT NULL UNIQUE,
	audience TEXT NOT NULL -- JSON of ippo.Audience
) STRICT;
