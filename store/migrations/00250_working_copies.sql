-- +goose Up
-- What a member of staff is writing and has not saved (書きかけ), as the form that they have before them.

CREATE TABLE working_copies (
	staff_id INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
	object   TEXT NOT NULL, -- such as broadcast:12 and series:3; a new one's is new: and a word of its own
	form     TEXT NOT NULL, -- as a browser encodes it
	kept_at  TEXT NOT NULL,
	PRIMARY KEY (staff_id, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX working_copies_object ON working_copies (object, kept_at);
CREATE INDEX working_copies_kept ON working_copies (kept_at);
