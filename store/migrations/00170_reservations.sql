-- +goose Up
-- Residents sign up for events. An event of before takes no sign-ups until staff open them.

ALTER TABLE events ADD COLUMN sign_up INTEGER NOT NULL DEFAULT 0 CHECK (sign_up IN (0, 1));
ALTER TABLE events ADD COLUMN sign_up_until TEXT;
ALTER TABLE events ADD COLUMN asks_name INTEGER NOT NULL DEFAULT 0 CHECK (asks_name IN (0, 1));
ALTER TABLE events ADD COLUMN max_party INTEGER NOT NULL DEFAULT 1;
ALTER TABLE events ADD COLUMN confirm_hours INTEGER NOT NULL DEFAULT 24;
ALTER TABLE events ADD COLUMN for_ambassadors INTEGER NOT NULL DEFAULT 0 CHECK (for_ambassadors IN (0, 1));
ALTER TABLE events ADD COLUMN called_off INTEGER NOT NULL DEFAULT 0 CHECK (called_off IN (0, 1));
ALTER TABLE events ADD COLUMN code TEXT; -- random; what the QR code says of who is there
CREATE UNIQUE INDEX events_code ON events (code) WHERE code IS NOT NULL;

CREATE TABLE reservations (
	id           INTEGER PRIMARY KEY AUTOINCREMENT, -- the waiting list is in this order
	event_id     INTEGER NOT NULL REFERENCES events (id),
	follower_id  INTEGER REFERENCES followers (id) ON DELETE SET NULL, -- NULL: entered by staff, or forgotten
	state        TEXT NOT NULL CHECK (state IN ('reserved', 'waiting', 'offered', 'cancelled', 'lapsed', 'walkin')),
	way          TEXT NOT NULL CHECK (way IN ('line', 'desk', 'phone')),
	party        INTEGER NOT NULL CHECK (party > 0),
	attendee     BLOB, -- sealed JSON of ippo.Attendee
	confirm_by   TEXT, -- of an offered place; NULL where staff ask
	tell         TEXT NOT NULL DEFAULT '' CHECK (tell IN ('', 'offer', 'change')), -- what the follower is yet to be told
	reminded_for TEXT, -- the event's beginning that reminders were planned for
	asked_at     TEXT, -- how it was
	made_at      TEXT NOT NULL,
	ended_at     TEXT,
	attended_at  TEXT,
	feedback     TEXT NOT NULL DEFAULT '' CHECK (feedback IN ('', 'good', 'fair', 'poor')),
	CHECK ((ended_at IS NOT NULL) = (state IN ('cancelled', 'lapsed'))),
	CHECK (confirm_by IS NULL OR state = 'offered')
) STRICT;
-- One person signs up for an event once at a time.
CREATE UNIQUE INDEX reservations_own ON reservations (event_id, follower_id)
	WHERE follower_id IS NOT NULL AND state IN ('reserved', 'waiting', 'offered', 'walkin');
CREATE INDEX reservations_event ON reservations (event_id, state, id);
CREATE INDEX reservations_follower ON reservations (follower_id) WHERE follower_id IS NOT NULL;
CREATE INDEX reservations_offered ON reservations (confirm_by) WHERE state = 'offered' AND confirm_by IS NOT NULL;
CREATE INDEX reservations_tell ON reservations (id) WHERE tell <> '';
