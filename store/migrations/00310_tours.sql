-- +goose Up
-- How far each member of staff has come on the tour of the panel. Who has worked with it before knows their way.
CREATE TABLE tours (
	staff_id INTEGER PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
	at       TEXT NOT NULL -- the section of the page where they stand, or done
) STRICT;
INSERT INTO tours SELECT id, 'done' FROM staff WHERE seen_at IS NOT NULL AND token IS NULL;
