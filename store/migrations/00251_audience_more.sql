-- +goose Up
-- Audiences may also ask how long somebody has been a friend, what they read and where they came from. The
-- narrow index, by which all others are counted, stays as it is: this one is twice as large.
CREATE INDEX followers_audience_more ON followers (status, stopped, digest, topics, areas, marks, language, entry_id, followed_at);
