-- +goose Up
ALTER TABLE broadcasts ADD COLUMN series_id INTEGER REFERENCES series (id);

-- A check cannot be altered, and this table is referred to by many: the column gives way to a new one.
ALTER TABLE broadcasts RENAME COLUMN origin TO origin_before;
ALTER TABLE broadcasts ADD COLUMN origin TEXT NOT NULL DEFAULT 'panel' CHECK (origin IN ('panel', 'api', 'campaign', 'digest', 'series'));
UPDATE broadcasts SET origin = origin_before;
ALTER TABLE broadcasts DROP COLUMN origin_before;
