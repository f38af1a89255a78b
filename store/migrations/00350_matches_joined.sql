-- Who has joined a group, few of all who were told of one.
-- +goose Up
CREATE INDEX matches_joined ON matches (follower_id) WHERE joined_at IS NOT NULL;
