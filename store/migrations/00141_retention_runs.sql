-- +goose Up
-- What each night's forgetting removed, for the panel.
CREATE TABLE retention_runs (
	id      INTEGER PRIMARY KEY,
	at      TEXT NOT NULL,
	removed TEXT NOT NULL -- JSON of []ippo.Removed
) STRICT;

-- What the nights look for.
CREATE INDEX desk_requests_kept ON desk_requests (done_at) WHERE done_at IS NOT NULL AND (body IS NOT NULL OR note IS NOT NULL);
CREATE INDEX followers_blocked ON followers (blocked_at) WHERE status = 'blocked';
