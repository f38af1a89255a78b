-- +goose Up
-- Indicators (指標) of the plans that a council follows, as their sheets have them.

CREATE TABLE indicator_sheets (
	id            INTEGER PRIMARY KEY,
	title         TEXT NOT NULL,
	note          TEXT NOT NULL,
	baseline_word TEXT NOT NULL,
	baseline_year INTEGER NOT NULL DEFAULT 0, -- fiscal years by the western year in which they begin; 0: none
	targets       TEXT NOT NULL, -- JSON of []ippo.TargetYear
	from_year     INTEGER NOT NULL,
	until_year    INTEGER NOT NULL,
	cost_year     INTEGER NOT NULL DEFAULT 0,
	version       INTEGER NOT NULL DEFAULT 1,
	updated_at    TEXT NOT NULL
) STRICT;

CREATE TABLE indicator_headings (
	id        INTEGER PRIMARY KEY,
	sheet_id  INTEGER NOT NULL REFERENCES indicator_sheets (id) ON DELETE CASCADE,
	parent_id INTEGER REFERENCES indicator_headings (id) ON DELETE CASCADE,
	kind      TEXT NOT NULL CHECK (kind IN ('part', 'goal', 'policy', 'measure', 'set')),
	place     INTEGER NOT NULL,
	name      TEXT NOT NULL,
	text      TEXT NOT NULL
) STRICT;
CREATE INDEX indicator_headings_sheet ON indicator_headings (sheet_id, place, id);
CREATE INDEX indicator_headings_parent ON indicator_headings (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE indicators (
	id            INTEGER PRIMARY KEY,
	sheet_id      INTEGER NOT NULL REFERENCES indicator_sheets (id) ON DELETE CASCADE,
	heading_id    INTEGER REFERENCES indicator_headings (id),
	part_id       INTEGER REFERENCES indicators (id), -- of which it is a part (内訳)
	again         INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)), -- 再掲
	of_id         INTEGER REFERENCES indicators (id), -- whose values, targets and baseline it shows
	place         INTEGER NOT NULL,
	name          TEXT NOT NULL,
	span          TEXT NOT NULL CHECK (span IN ('', 'year', 'cumulative')),
	unit          TEXT NOT NULL,
	lower         INTEGER NOT NULL DEFAULT 0 CHECK (lower IN (0, 1)),
	baseline      TEXT NOT NULL,
	baseline_note TEXT NOT NULL,
	targets       TEXT NOT NULL, -- JSON: text by year
	department    TEXT NOT NULL,
	remark        TEXT NOT NULL,
	sheet_no      TEXT NOT NULL,
	figure        TEXT NOT NULL DEFAULT '', -- key of a figure that Ippo counts; '': typed in
	since_year    INTEGER NOT NULL DEFAULT 0, -- from which it is counted
	counted_on    TEXT NOT NULL DEFAULT '', -- the day, in Tokyo, on which it was counted last
	version       INTEGER NOT NULL DEFAULT 1,
	CHECK (of_id IS NULL OR (again = 1 AND figure = '' AND of_id <> id)),
	CHECK ((figure = '') = (since_year = 0))
) STRICT;
CREATE INDEX indicators_sheet ON indicators (sheet_id, place, id);
CREATE INDEX indicators_heading ON indicators (heading_id) WHERE heading_id IS NOT NULL;
CREATE INDEX indicators_part ON indicators (part_id) WHERE part_id IS NOT NULL;
CREATE INDEX indicators_of ON indicators (of_id) WHERE of_id IS NOT NULL;
CREATE INDEX indicators_counted ON indicators (counted_on) WHERE figure <> '';

CREATE TABLE indicator_values (
	indicator_id INTEGER NOT NULL REFERENCES indicators (id) ON DELETE CASCADE,
	year         INTEGER NOT NULL,
	value        TEXT NOT NULL,
	rate         TEXT NOT NULL, -- typed in; '': it follows from value and target
	as_of        TEXT NOT NULL,
	cost         TEXT NOT NULL,
	counted      INTEGER NOT NULL DEFAULT 0 CHECK (counted IN (0, 1)),
	frozen_at    TEXT,
	PRIMARY KEY (indicator_id, year)
) STRICT, WITHOUT ROWID;
