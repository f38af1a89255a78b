-- +goose Up
-- The lists of what residents read, in the orders that staff sort them in.
CREATE INDEX news_listed ON news (publish_at);
CREATE INDEX news_titles ON news (title);
CREATE INDEX events_listed ON events (starts_at);
CREATE INDEX events_titles ON events (title);
CREATE INDEX activity_groups_changed ON activity_groups (updated_at);
