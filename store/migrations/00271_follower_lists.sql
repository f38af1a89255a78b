-- +goose Up
-- The list of followers by the day on which they came, and by when they were last heard from.
CREATE INDEX followers_followed ON followers (followed_at);
CREATE INDEX followers_seen ON followers (coalesce(seen_at, ''));
