-- +goose Up
-- What somebody was before they asked to be forgotten, for when that is called off.
ALTER TABLE erasures ADD COLUMN was TEXT NOT NULL DEFAULT 'active' CHECK (was IN ('active', 'blocked'));
