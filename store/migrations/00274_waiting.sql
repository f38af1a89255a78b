-- +goose Up
-- What waits for staff is counted for every page of the panel.
CREATE INDEX activity_groups_silent ON activity_groups (silent_since) WHERE silent_since IS NOT NULL;
CREATE INDEX matches_late ON matches (group_id) WHERE state = 'asked' AND late_at IS NOT NULL;
