-- +goose Up
-- An import is taken back as a deletion is, while what came of it is as it left it.
ALTER TABLE deletions ADD COLUMN after TEXT NOT NULL DEFAULT ''; -- fingerprint of what is in the place of the rows; '': they are gone

-- What was deleted comes back under its own number, which nothing else may have by then.
CREATE TABLE deleted_numbers (
	name    TEXT PRIMARY KEY, -- of a table
	highest INTEGER NOT NULL  -- number of a row that was deleted
) STRICT, WITHOUT ROWID;
INSERT INTO deleted_numbers (name, highest)
SELECT json_extract(r.value, '$.table'), max(json_extract(r.value, '$.cells.id.i')) FROM deletions, json_each(deletions.rows) r
WHERE json_extract(r.value, '$.cells.id.i') IS NOT NULL GROUP BY 1;
