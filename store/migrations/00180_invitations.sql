-- +goose Up
-- An ambassador's own invitation: a code that nobody guesses, and how many became friends by it, as a number.
-- Nowhere stands who invited whom.
ALTER TABLE ambassadors ADD COLUMN invite TEXT;
UPDATE ambassadors SET invite = hex(randomblob(10)) WHERE follower_id IS NOT NULL;
CREATE UNIQUE INDEX ambassadors_invite ON ambassadors (invite) WHERE invite IS NOT NULL;

-- By week, and not by day: a day on which one came would name them beside the list of friends.
CREATE TABLE invited (
	ambassador_id INTEGER NOT NULL REFERENCES ambassadors (id),
	week          TEXT NOT NULL, -- 2006-01-02, the Monday
	people        INTEGER NOT NULL CHECK (people > 0),
	PRIMARY KEY (ambassador_id, week)
) STRICT, WITHOUT ROWID;

-- Who added the account for the first time a moment ago and has said nothing yet: an invitation may count them
-- until then, once.
CREATE TABLE first_follows (
	follower_id INTEGER PRIMARY KEY REFERENCES followers (id) ON DELETE CASCADE,
	until       TEXT NOT NULL
) STRICT;
