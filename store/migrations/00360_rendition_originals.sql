-- +goose Up
-- What stands for the Japanese that each language of renditions was made of: a JSON object of fingerprints, by language.
ALTER TABLE broadcasts ADD COLUMN originals TEXT NOT NULL DEFAULT '{}';
ALTER TABLE series ADD COLUMN originals TEXT NOT NULL DEFAULT '{}';
ALTER TABLE broadcast_templates ADD COLUMN originals TEXT NOT NULL DEFAULT '{}';
