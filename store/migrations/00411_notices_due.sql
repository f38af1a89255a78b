-- +goose Up
-- The calendar asks what those who signed up for events are told, and when.
CREATE INDEX notices_of_events ON notices (due_at) WHERE kind = 'event-reminder';
