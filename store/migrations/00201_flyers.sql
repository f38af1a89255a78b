-- +goose Up
-- Pictures and PDFs of campaigns. They stand here so that a copy of the database is a copy of all.
CREATE TABLE flyers (
	id          INTEGER PRIMARY KEY AUTOINCREMENT, -- in addresses that browsers keep: never given twice
	campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
	kind        TEXT NOT NULL CHECK (kind IN ('picture', 'pdf')),
	alt         TEXT NOT NULL,
	width       INTEGER NOT NULL,
	height      INTEGER NOT NULL,
	size        INTEGER NOT NULL,
	sum         TEXT NOT NULL, -- SHA-256 of the data, in hex
	data        BLOB NOT NULL,
	created_at  TEXT NOT NULL
) STRICT;
CREATE INDEX flyers_campaign ON flyers (campaign_id, id);
