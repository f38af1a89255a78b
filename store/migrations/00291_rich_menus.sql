-- +goose Up
-- The menu under the chat, as it was applied each time; the newest is what residents are to see.
CREATE TABLE rich_menus (
	id       INTEGER PRIMARY KEY,
	menu     TEXT NOT NULL, -- JSON of ippo.RichMenu
	staff_id INTEGER REFERENCES staff (id), -- NULL: the program
	at       TEXT NOT NULL
) STRICT;

-- How far LINE is with it: one row.
CREATE TABLE rich_menu_state (
	id         INTEGER PRIMARY KEY CHECK (id = 1),
	version    INTEGER REFERENCES rich_menus (id), -- that LINE shows
	name       TEXT NOT NULL DEFAULT '',
	line_id    TEXT NOT NULL DEFAULT '',
	applied_at TEXT,
	tidy       INTEGER NOT NULL DEFAULT 1 CHECK (tidy IN (0, 1)), -- 0: an earlier menu of ours may be left at LINE
	tried_at   TEXT, -- when LINE was last asked in vain
	problem    TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO rich_menu_state (id) VALUES (1);
