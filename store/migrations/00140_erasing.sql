-- +goose Up
-- Who asked to be forgotten, until it is done: LINE may still have a request to answer that names them.
CREATE TABLE erasures (
	follower_id INTEGER PRIMARY KEY REFERENCES followers (id) ON DELETE CASCADE,
	asked_at    TEXT NOT NULL,
	staff_id    INTEGER REFERENCES staff (id) -- who began it for them; NULL: they did
) STRICT;

-- Keyed hashes of the LINE IDs of who was forgotten, so that no list brings them back. Nothing leads from
-- here to what they were in other tables.
CREATE TABLE erased_accounts (
	account   BLOB PRIMARY KEY, -- HMAC-SHA-256, 16 bytes
	erased_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Its maker was forgotten; what it says goes too, once the desk is done with it.
ALTER TABLE desk_requests ADD COLUMN forget INTEGER NOT NULL DEFAULT 0 CHECK (forget IN (0, 1));
