-- +goose Up
-- Parts of the office that look after topics, areas or both, and who belongs to them.
CREATE TABLE teams (
	id     INTEGER PRIMARY KEY,
	name   TEXT NOT NULL UNIQUE,
	topics INTEGER NOT NULL DEFAULT 0, -- ippo.Choice; 0: all
	areas  INTEGER NOT NULL DEFAULT 0,
	CHECK (topics <> 0 OR areas <> 0)
) STRICT;

-- Who belongs to none sees everything, so a team goes only when nobody belongs to it.
CREATE TABLE team_members (
	staff_id INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
	team_id  INTEGER NOT NULL REFERENCES teams (id),
	PRIMARY KEY (staff_id, team_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_members_team ON team_members (team_id);
