-- +goose Up
-- Who answers the telephone when a broadcast leaves outside opening hours.
ALTER TABLE broadcasts ADD COLUMN on_call TEXT NOT NULL DEFAULT '';
