-- +goose Up
-- How much space files take that wait to be taken in, and those that have done their work: a job deletes them part by
-- part, for a long one would hold up everybody else.
ALTER TABLE intakes ADD COLUMN size INTEGER NOT NULL DEFAULT 0; -- bytes of the file that are kept
ALTER TABLE intakes ADD COLUMN spent INTEGER NOT NULL DEFAULT 0 CHECK (spent IN (0, 1)); -- the file is to be deleted; with its row, where that is 'loading'
ALTER TABLE intakes ADD COLUMN stopped_at TEXT;
UPDATE intakes SET size = coalesce((SELECT sum(length(data)) FROM intake_parts WHERE intake_id = intakes.id), 0);
CREATE INDEX intakes_size ON intakes (size) WHERE size > 0;
CREATE INDEX intakes_spent ON intakes (id) WHERE spent = 1;
