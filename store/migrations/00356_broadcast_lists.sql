-- +goose Up
-- The list of broadcasts by name, and by when each leaves.
CREATE INDEX broadcasts_titles ON broadcasts (title);
CREATE INDEX broadcasts_leaving ON broadcasts (coalesce(started_at, send_at, ''));
