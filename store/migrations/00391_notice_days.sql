-- +goose Up
-- How many notices LINE took on each day of which they are no longer kept one by one, for what is counted over a year.

CREATE TABLE notice_days (
	day      TEXT NOT NULL PRIMARY KEY, -- in Japan: 2026-10-01
	accepted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
