-- +goose Up
-- Single messages to one follower take their own way through the gates. What was called pushes is kept:
-- the messages of pending ones stay sealed under the old column's name.

CREATE TABLE notices (
	id              INTEGER PRIMARY KEY,
	follower_id     INTEGER NOT NULL REFERENCES followers (id) ON DELETE CASCADE,
	kind            TEXT NOT NULL, -- ippo.NoticeKind
	key             TEXT UNIQUE,   -- what it is about: planned once; NULL for none, and once cancelled
	messages        BLOB,          -- sealed JSON array; NULL once settled
	content         BLOB NOT NULL, -- SHA-256 of the messages: the same for the same words; empty for a push of old
	due_at          TEXT NOT NULL,
	until_at        TEXT NOT NULL, -- pointless from then on
	state           TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'failed', 'skipped', 'unknown')),
	reason          TEXT NOT NULL DEFAULT '',
	stuck           INTEGER NOT NULL DEFAULT 0 CHECK (stuck IN (0, 1)), -- waits for what staff must put right
	retry_key       TEXT NOT NULL UNIQUE,
	attempts        INTEGER NOT NULL DEFAULT 0,
	first_called_at TEXT,
	next_attempt_at TEXT,          -- NULL once settled
	answered_at     TEXT,
	body_sha256     BLOB,
	line_request_id TEXT NOT NULL DEFAULT '',
	created_at      TEXT NOT NULL
) STRICT;

INSERT INTO notices (id, follower_id, kind, messages, content, due_at, until_at, state, retry_key, attempts, first_called_at,
	next_attempt_at, answered_at, created_at)
SELECT id, follower_id, 'card', messages, x'', created_at, strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+1 day'), state, retry_key, attempts,
	first_called_at, CASE WHEN state = 'pending' THEN next_attempt_at END, CASE WHEN state <> 'pending' THEN next_attempt_at END, created_at
FROM pushes;

DROP TABLE pushes;

CREATE INDEX notices_pending ON notices (next_attempt_at) WHERE state = 'pending';
CREATE INDEX notices_state ON notices (state, kind, id);
CREATE INDEX notices_follower ON notices (follower_id, first_called_at);
CREATE INDEX notices_called ON notices (first_called_at) WHERE first_called_at IS NOT NULL;
CREATE INDEX notices_answered ON notices (answered_at) WHERE answered_at IS NOT NULL;
