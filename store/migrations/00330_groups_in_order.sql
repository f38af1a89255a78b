-- +goose Up
-- Groups are listed by how their names are read; forms show the first of them.
CREATE INDEX activity_groups_reading ON activity_groups (CASE kana WHEN '' THEN name ELSE kana END, id);
