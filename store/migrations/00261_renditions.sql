-- +goose Up
-- What broadcasts and series say in other languages: a JSON object of arrays of LINE message objects. An approval
-- copies a broadcast's into broadcast_variants, in the order of their languages.
ALTER TABLE broadcasts ADD COLUMN renditions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE series ADD COLUMN renditions TEXT NOT NULL DEFAULT '{}';
