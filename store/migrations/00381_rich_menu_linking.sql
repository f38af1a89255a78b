-- +goose Up
-- Why LINE was told in vain to show people their menu: one row.
CREATE TABLE rich_menu_linking (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	problem TEXT NOT NULL DEFAULT '', -- in words for staff; '': it was not in vain
	since   TEXT
) STRICT;
INSERT INTO rich_menu_linking (id) VALUES (1);
