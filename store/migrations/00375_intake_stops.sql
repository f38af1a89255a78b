-- +goose Up
-- Why an intake that was started does not go on, and of what teams whoever started it was then.
ALTER TABLE intakes ADD COLUMN stopped TEXT NOT NULL DEFAULT '' CHECK (stopped IN ('', 'account', 'role', 'team'));
ALTER TABLE intakes ADD COLUMN teams TEXT NOT NULL DEFAULT '[]'; -- JSON of IDs
UPDATE intakes SET teams = (SELECT json_group_array(team_id) FROM team_members WHERE staff_id = intakes.staff_id) WHERE state = 'waiting';
