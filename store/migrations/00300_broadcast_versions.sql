-- +goose Up
-- What a broadcast was before somebody changed what others had seen (前の版): submitted, sent back, approved, or written
-- by a colleague.

CREATE TABLE broadcast_versions (
	broadcast_id INTEGER NOT NULL REFERENCES broadcasts (id),
	number       INTEGER NOT NULL, -- from 1
	author_id    INTEGER NOT NULL REFERENCES staff (id),
	saved_at     TEXT NOT NULL,
	status       TEXT NOT NULL, -- how far it had come
	reason       TEXT NOT NULL, -- why it had come back, in words for staff
	title        TEXT NOT NULL,
	messages     TEXT NOT NULL, -- as their author wrote them
	audience     TEXT NOT NULL,
	send_at      TEXT,
	on_call      TEXT NOT NULL,
	emergency    TEXT NOT NULL,
	PRIMARY KEY (broadcast_id, number)
) STRICT, WITHOUT ROWID;
