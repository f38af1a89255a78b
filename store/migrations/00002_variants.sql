-- +goose Up
-- Wordings of broadcasts that do not say the same to everyone. delivery_requests.variant names one; 0 is the
-- broadcast's own.
CREATE TABLE broadcast_variants (
	broadcast_id INTEGER NOT NULL REFERENCES broadcasts (id) ON DELETE CASCADE,
	number       INTEGER NOT NULL CHECK (number > 0),
	messages     TEXT NOT NULL, -- JSON array of LINE message objects
	PRIMARY KEY (broadcast_id, number)
) STRICT, WITHOUT ROWID;

ALTER TABLE delivery_requests ADD COLUMN variant INTEGER NOT NULL DEFAULT 0;

-- Sealed JSON of ippo.Values: what a personal request was filled with at its first call, until it ends.
ALTER TABLE delivery_requests ADD COLUMN filled BLOB;
