-- +goose Up
-- What a broadcast said in other languages before it was changed.
ALTER TABLE broadcast_versions ADD COLUMN renditions TEXT NOT NULL DEFAULT '{}';
