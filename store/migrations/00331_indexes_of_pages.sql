-- +goose Up
-- What pages of the panel count and show is found in an index, and in order.
CREATE INDEX activity_groups_shown ON activity_groups (id) WHERE hidden = 0;
CREATE INDEX events_ending ON events (status, ends_at);
CREATE INDEX consultations_waiting ON consultations (changed_at) WHERE state <> 'done' AND (state = 'new' OR unread = 1);
-- Who has left the digest may still be owed one.
CREATE INDEX followers_left_digest ON followers (digest_until) WHERE digest_until IS NOT NULL;
