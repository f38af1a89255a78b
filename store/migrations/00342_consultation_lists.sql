-- +goose Up
-- The inbox of consultations: what is open stands above what has ended.
CREATE INDEX consultations_inbox ON consultations (changed_at) WHERE state <> 'done';
CREATE INDEX consultations_made ON consultations (made_at);
