-- +goose Up
-- A newcomer and a group they were told of, from the suggestion to how it went.

CREATE TABLE matches (
	id           INTEGER PRIMARY KEY,
	follower_id  INTEGER NOT NULL REFERENCES followers (id) ON DELETE CASCADE,
	group_id     INTEGER NOT NULL REFERENCES activity_groups (id),
	state        TEXT NOT NULL CHECK (state IN ('suggested', 'asked', 'answered', 'visited', 'joined', 'unfit', 'silent')),
	why          BLOB, -- sealed: the line of the suggestion
	wish         BLOB, -- sealed JSON of ippo.Wish
	request      BLOB, -- sealed JSON of ippo.VisitRequest; NULL until asked and once forgotten
	consent      TEXT NOT NULL DEFAULT '', -- JSON of ippo.Consent: who is given what; nothing of the person
	handed_at    TEXT,
	answer       TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'welcome', 'closed', 'later')),
	visit_on     TEXT,
	staff_id     INTEGER REFERENCES staff (id),
	suggested_at TEXT NOT NULL,
	asked_at     TEXT,
	answered_at  TEXT,
	visited_at   TEXT,
	joined_at    TEXT,
	ended_at     TEXT,
	late_at      TEXT,
	followup     TEXT NOT NULL DEFAULT '' CHECK (followup IN ('', 'answer', 'visit', 'stay')),
	followup_at  TEXT,
	CHECK ((followup = '') = (followup_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX matches_open ON matches (follower_id, group_id) WHERE ended_at IS NULL;
CREATE INDEX matches_state ON matches (state, id);
CREATE INDEX matches_group ON matches (group_id);
CREATE INDEX matches_waiting ON matches (asked_at) WHERE state = 'asked';
CREATE INDEX matches_followup ON matches (followup_at, id) WHERE followup_at IS NOT NULL;
CREATE INDEX matches_kept ON matches (ended_at) WHERE request IS NOT NULL;

CREATE TABLE match_steps (
	id       INTEGER PRIMARY KEY,
	match_id INTEGER NOT NULL REFERENCES matches (id) ON DELETE CASCADE,
	at       TEXT NOT NULL,
	actor    TEXT NOT NULL CHECK (actor IN ('newcomer', 'group', 'staff', 'clock')),
	staff_id INTEGER REFERENCES staff (id),
	step     TEXT NOT NULL, -- see ippo.MatchStep
	note     BLOB           -- sealed
) STRICT;
CREATE INDEX match_steps_match ON match_steps (match_id, id);

-- Each question is put once; what was tapped is counted for the report.
CREATE TABLE follow_ups (
	match_id    INTEGER NOT NULL REFERENCES matches (id) ON DELETE CASCADE,
	kind        TEXT NOT NULL CHECK (kind IN ('answer', 'visit', 'stay')),
	sent_at     TEXT NOT NULL,
	answered_at TEXT,
	answer      TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (match_id, kind)
) STRICT, WITHOUT ROWID;

-- The LINE account of who receives newcomers for a group, and the codes that link one.
CREATE TABLE group_accounts (
	group_id    INTEGER PRIMARY KEY REFERENCES activity_groups (id) ON DELETE CASCADE,
	follower_id INTEGER NOT NULL REFERENCES followers (id) ON DELETE CASCADE,
	linked_at   TEXT NOT NULL
) STRICT;
CREATE INDEX group_accounts_follower ON group_accounts (follower_id);

CREATE TABLE group_account_codes (
	group_id   INTEGER PRIMARY KEY REFERENCES activity_groups (id) ON DELETE CASCADE,
	code       BLOB NOT NULL UNIQUE, -- SHA-256
	expires_at TEXT NOT NULL
) STRICT;

-- A group's way to one of our pages: to a match, until that ends, or to the question whether its entry is right.
CREATE TABLE group_links (
	id         INTEGER PRIMARY KEY, -- random: it is part of the link
	group_id   INTEGER NOT NULL REFERENCES activity_groups (id) ON DELETE CASCADE,
	match_id   INTEGER REFERENCES matches (id) ON DELETE CASCADE, -- NULL: the question
	expires_at TEXT NOT NULL,
	browser    BLOB -- SHA-256 of the cookie of the browser that tapped 開く
) STRICT;
CREATE INDEX group_links_expiry ON group_links (expires_at);
CREATE INDEX group_links_match ON group_links (match_id) WHERE match_id IS NOT NULL;

-- Mail to a group: to whom and with what, sealed, for it holds an address and a link that opens once.
ALTER TABLE mails ADD COLUMN letter BLOB;

ALTER TABLE activity_groups ADD COLUMN asked_by TEXT NOT NULL DEFAULT '' CHECK (asked_by IN ('', 'line', 'mail', 'paper'));
