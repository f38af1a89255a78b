-- +goose Up
-- What broadcasts begin with (配信のひな形).
CREATE TABLE broadcast_templates (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	title      TEXT NOT NULL,
	messages   TEXT NOT NULL, -- JSON array of LINE message objects, as their author wrote them
	renditions TEXT NOT NULL, -- JSON object of such arrays, by language
	counted    INTEGER NOT NULL,
	updated_at TEXT NOT NULL
) STRICT;
