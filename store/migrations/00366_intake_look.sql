-- +goose Up
-- What staff see of a spreadsheet of groups that they look at, so that it is not read anew each time.
ALTER TABLE intakes ADD COLUMN look BLOB; -- sealed
