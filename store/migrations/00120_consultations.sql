-- +goose Up
-- Consultations (相談): of followers in their room on our pages, and those that staff enter.

CREATE TABLE consultations (
	id          INTEGER PRIMARY KEY,
	kind        TEXT NOT NULL CHECK (kind IN ('', 'join', 'start', 'continue', 'subsidy', 'operation', 'place', 'business')),
	state       TEXT NOT NULL CHECK (state IN ('new', 'working', 'waiting', 'done')),
	way         TEXT NOT NULL CHECK (way IN ('room', 'desk', 'phone', 'visit')),
	follower_id INTEGER REFERENCES followers (id) ON DELETE CASCADE,
	caller      BLOB, -- sealed JSON of ippo.Caller; NULL for a follower's
	staff_id    INTEGER REFERENCES staff (id),
	version     INTEGER NOT NULL DEFAULT 1,
	unread      INTEGER NOT NULL DEFAULT 0 CHECK (unread IN (0, 1)), -- by staff
	told        INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),   -- answered, and the resident has not looked since
	made_at     TEXT NOT NULL,
	changed_at  TEXT NOT NULL,
	answered_at TEXT,
	closed_at   TEXT,
	CHECK ((way = 'room') = (follower_id IS NOT NULL)),
	CHECK ((state = 'done') = (closed_at IS NOT NULL))
) STRICT;
-- Somebody has one consultation open at a time: a room shows one.
CREATE UNIQUE INDEX consultations_room ON consultations (follower_id) WHERE follower_id IS NOT NULL AND state <> 'done';
CREATE INDEX consultations_follower ON consultations (follower_id, id) WHERE follower_id IS NOT NULL;
CREATE INDEX consultations_open ON consultations (staff_id, unread, state) WHERE state <> 'done';
CREATE INDEX consultations_changed ON consultations (changed_at);
CREATE INDEX consultations_closed ON consultations (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE consultation_entries (
	id              INTEGER PRIMARY KEY,
	consultation_id INTEGER NOT NULL REFERENCES consultations (id) ON DELETE CASCADE,
	author          TEXT NOT NULL CHECK (author IN ('resident', 'staff', 'auto', 'note', 'handover')),
	staff_id        INTEGER REFERENCES staff (id),
	to_id           INTEGER REFERENCES staff (id), -- of a hand-over
	text            BLOB NOT NULL, -- sealed
	at              TEXT NOT NULL
) STRICT;
CREATE INDEX consultation_entries_consultation ON consultation_entries (consultation_id, id);

-- What staff keep to begin answers with; nothing of anybody.
CREATE TABLE canned_answers (
	id         INTEGER PRIMARY KEY,
	title      TEXT NOT NULL,
	text       TEXT NOT NULL,
	updated_at TEXT NOT NULL
) STRICT;
