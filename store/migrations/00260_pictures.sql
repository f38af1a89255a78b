-- +goose Up
-- Pictures that staff put into messages. They stand here so that a copy of the database is a copy of all. A row
-- never changes; what no message shows any more is deleted after a while.
CREATE TABLE pictures (
	code       TEXT PRIMARY KEY, -- in its address, where nobody guesses it
	alt        TEXT NOT NULL,
	ratio      TEXT NOT NULL CHECK (ratio IN ('', '1:1', '3:2', '16:9', '3:4')),
	focus      TEXT NOT NULL CHECK (focus IN ('', 'top', 'bottom', 'left', 'right')),
	width      INTEGER NOT NULL,
	height     INTEGER NOT NULL,
	sum        TEXT NOT NULL, -- SHA-256 of whole, in hex
	source     BLOB NOT NULL, -- JPEG of what was uploaded, before it was cut
	whole      BLOB NOT NULL, -- JPEG
	small      BLOB NOT NULL, -- JPEG
	created_at TEXT NOT NULL
) STRICT;
CREATE INDEX pictures_created ON pictures (created_at);
