-- +goose Up
-- Ambassadors are counted, and narrowed, without a look at what is sealed.
CREATE INDEX ambassadors_counted ON ambassadors (status, resting, follower_id);
