-- +goose Up
-- What the center did in each month, as it was counted when the report was made.
CREATE TABLE monthly_reports (
	id       INTEGER PRIMARY KEY,
	month    TEXT NOT NULL UNIQUE, -- 2006-01, in Tokyo: each has one
	state    TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'fixed')),
	summary  TEXT NOT NULL,
	plans    TEXT NOT NULL,
	figures  TEXT NOT NULL, -- JSON: of ippo.MonthlyReport, numbers only
	version  INTEGER NOT NULL DEFAULT 1,
	made_at  TEXT NOT NULL,
	fixed_at TEXT,
	CHECK ((state = 'fixed') = (fixed_at IS NOT NULL))
) STRICT;

-- The month whose report is made next; NULL until the job has looked when the center began.
CREATE TABLE report_clock (
	id         INTEGER PRIMARY KEY CHECK (id = 1),
	next_month TEXT
) STRICT;
INSERT INTO report_clock (id) VALUES (1);
