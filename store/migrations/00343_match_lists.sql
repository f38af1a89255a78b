-- +goose Up
-- The list of matches by when they were asked for.
CREATE INDEX matches_asked ON matches (coalesce(asked_at, ''));
