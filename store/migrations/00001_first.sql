-- +goose Up
-- Times are UTC, fixed width RFC 3339 with milliseconds, as text that sorts. "sealed" columns hold
-- AES-256-GCM values made by package store. Statuses repeat the domain's: add, never rename.

CREATE TABLE settings (
	id    INTEGER PRIMARY KEY CHECK (id = 1),
	value TEXT NOT NULL -- JSON of ippo.Settings
) STRICT;

CREATE TABLE topics (
	number INTEGER PRIMARY KEY CHECK (number BETWEEN 0 AND 61),
	slug   TEXT NOT NULL UNIQUE,
	name   TEXT NOT NULL,
	easy   TEXT NOT NULL DEFAULT '',
	en     TEXT NOT NULL DEFAULT '',
	place  INTEGER NOT NULL DEFAULT 0,
	hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT;

CREATE TABLE areas (
	number INTEGER PRIMARY KEY CHECK (number BETWEEN 0 AND 61),
	slug   TEXT NOT NULL UNIQUE,
	name   TEXT NOT NULL,
	easy   TEXT NOT NULL DEFAULT '',
	en     TEXT NOT NULL DEFAULT '',
	place  INTEGER NOT NULL DEFAULT 0,
	hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT;

CREATE TABLE entries (
	id       INTEGER PRIMARY KEY,
	slug     TEXT NOT NULL UNIQUE,
	name     TEXT NOT NULL,
	newcomer INTEGER NOT NULL DEFAULT 0 CHECK (newcomer IN (0, 1)),
	hidden   INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT;

CREATE TABLE followers (
	id           INTEGER PRIMARY KEY,
	line_user_id TEXT NOT NULL UNIQUE,
	status       TEXT NOT NULL CHECK (status IN ('active', 'blocked', 'erased')),
	display_name BLOB, -- sealed
	language     TEXT NOT NULL DEFAULT 'ja',
	topics       INTEGER NOT NULL DEFAULT 0, -- ippo.Choice
	areas        INTEGER NOT NULL DEFAULT 0, -- ippo.Choice
	stopped      INTEGER NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1)),
	entry_id     INTEGER REFERENCES entries (id),
	followed_at  TEXT NOT NULL,
	blocked_at   TEXT,
	onboarded_at TEXT,
	seen_at      TEXT
) STRICT;

-- Counting an audience reads this index and nothing else.
CREATE INDEX followers_audience ON followers (status, stopped, topics, areas);
CREATE INDEX followers_entry ON followers (entry_id) WHERE entry_id IS NOT NULL;

CREATE TABLE tags (
	id   INTEGER PRIMARY KEY,
	slug TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL
) STRICT;

CREATE TABLE follower_tags (
	tag_id      INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
	follower_id INTEGER NOT NULL REFERENCES followers (id) ON DELETE CASCADE,
	PRIMARY KEY (tag_id, follower_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follower_tags_follower ON follower_tags (follower_id);

CREATE TABLE activity_groups (
	id         INTEGER PRIMARY KEY,
	slug       TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	kana       TEXT NOT NULL DEFAULT '',
	summary    TEXT NOT NULL,
	body       TEXT NOT NULL DEFAULT '',
	topics     INTEGER NOT NULL DEFAULT 0,
	areas      INTEGER NOT NULL DEFAULT 0,
	place      TEXT NOT NULL DEFAULT '',
	weekdays   INTEGER NOT NULL DEFAULT 0 CHECK (weekdays BETWEEN 0 AND 127),
	parts      INTEGER NOT NULL DEFAULT 0 CHECK (parts BETWEEN 0 AND 7),
	times      TEXT NOT NULL DEFAULT '',
	whom       TEXT NOT NULL DEFAULT '',
	cost       TEXT NOT NULL DEFAULT '',
	contact    TEXT NOT NULL DEFAULT '',
	beginners  INTEGER NOT NULL DEFAULT 0 CHECK (beginners IN (0, 1)),
	children   INTEGER NOT NULL DEFAULT 0 CHECK (children IN (0, 1)),
	wheelchair INTEGER NOT NULL DEFAULT 0 CHECK (wheelchair IN (0, 1)),
	online     INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1)),
	receiving  INTEGER NOT NULL DEFAULT 1 CHECK (receiving IN (0, 1)),
	hidden     INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
	updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE news (
	id         INTEGER PRIMARY KEY,
	slug       TEXT NOT NULL UNIQUE,
	kind       TEXT NOT NULL CHECK (kind IN ('news', 'hero', 'subsidy')),
	title      TEXT NOT NULL,
	summary    TEXT NOT NULL,
	body       TEXT NOT NULL DEFAULT '',
	topics     INTEGER NOT NULL DEFAULT 0,
	areas      INTEGER NOT NULL DEFAULT 0,
	url        TEXT NOT NULL DEFAULT '',
	status     TEXT NOT NULL CHECK (status IN ('draft', 'published', 'retired')),
	publish_at TEXT NOT NULL,
	updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX news_published ON news (status, publish_at);

CREATE TABLE events (
	id         INTEGER PRIMARY KEY,
	slug       TEXT NOT NULL UNIQUE,
	title      TEXT NOT NULL,
	summary    TEXT NOT NULL,
	body       TEXT NOT NULL DEFAULT '',
	starts_at  TEXT NOT NULL,
	ends_at    TEXT NOT NULL,
	place      TEXT NOT NULL,
	capacity   INTEGER NOT NULL DEFAULT 0 CHECK (capacity >= 0),
	cost       TEXT NOT NULL DEFAULT '',
	contact    TEXT NOT NULL DEFAULT '',
	topics     INTEGER NOT NULL DEFAULT 0,
	areas      INTEGER NOT NULL DEFAULT 0,
	url        TEXT NOT NULL DEFAULT '',
	status     TEXT NOT NULL CHECK (status IN ('draft', 'published', 'retired')),
	updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX events_coming ON events (status, starts_at);

CREATE TABLE staff (
	id         INTEGER PRIMARY KEY,
	name       TEXT NOT NULL,
	email      TEXT UNIQUE, -- NULL for an API token
	role       TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'approver', 'admin')),
	password   TEXT,        -- argon2id
	token      BLOB UNIQUE, -- SHA-256 of the API token
	disabled   INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
	created_at TEXT NOT NULL,
	seen_at    TEXT,
	CHECK ((email IS NULL) = (password IS NULL) AND (email IS NULL) = (token IS NOT NULL))
) STRICT;

-- A member of staff's own LINE account, for tests to themselves, and the codes that link one.
CREATE TABLE staff_links (
	staff_id    INTEGER PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
	follower_id INTEGER NOT NULL REFERENCES followers (id) ON DELETE CASCADE,
	linked_at   TEXT NOT NULL
) STRICT;

CREATE TABLE staff_link_codes (
	staff_id   INTEGER PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
	code       BLOB NOT NULL UNIQUE, -- SHA-256
	expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
	token     BLOB PRIMARY KEY, -- SHA-256 of the cookie's value
	staff_id  INTEGER REFERENCES staff (id) ON DELETE CASCADE,
	data      BLOB NOT NULL,
	expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Guessing is slowed per account and per address; the key is a SHA-256, so that mistyped addresses
-- are not kept.
CREATE TABLE login_failures (
	key        BLOB PRIMARY KEY,
	failures   INTEGER NOT NULL,
	blocked_until TEXT NOT NULL,
	last_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
	id       INTEGER PRIMARY KEY,
	at       TEXT NOT NULL,
	staff_id INTEGER REFERENCES staff (id),
	action   TEXT NOT NULL, -- such as broadcast.approve
	object   TEXT NOT NULL, -- such as broadcast:12
	detail   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_log_object ON audit_log (object, id);

CREATE TABLE campaigns (
	id          INTEGER PRIMARY KEY,
	slug        TEXT NOT NULL UNIQUE,
	title       TEXT NOT NULL,
	story       TEXT NOT NULL DEFAULT '',
	whom        TEXT NOT NULL DEFAULT '',
	phrase      TEXT NOT NULL DEFAULT '',
	url         TEXT NOT NULL DEFAULT '',
	starts_on   TEXT NOT NULL,
	ends_on     TEXT NOT NULL,
	aim         INTEGER NOT NULL DEFAULT 0 CHECK (aim >= 0),
	audience    TEXT NOT NULL, -- JSON of ippo.Audience
	schedule    TEXT NOT NULL, -- JSON of ippo.Schedule
	reminder    TEXT NOT NULL,
	active      INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),
	held        INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)), -- by a restore, until an administrator lets it go on
	author_id   INTEGER NOT NULL REFERENCES staff (id),
	approver_id INTEGER REFERENCES staff (id),
	next_due    TEXT,
	created_at  TEXT NOT NULL,
	updated_at  TEXT NOT NULL,
	CHECK (active = 0 OR approver_id IS NOT NULL),
	CHECK (active = 0 OR held = 0)
) STRICT;
CREATE INDEX campaigns_due ON campaigns (next_due) WHERE active = 1 AND next_due IS NOT NULL;

CREATE TABLE broadcasts (
	id           INTEGER PRIMARY KEY,
	title        TEXT NOT NULL,
	messages     TEXT NOT NULL, -- JSON array of LINE message objects
	content      BLOB NOT NULL, -- SHA-256 of what was written: the same for the same words
	audience     TEXT NOT NULL, -- JSON of ippo.Audience
	send_at      TEXT,
	emergency    TEXT NOT NULL DEFAULT '',
	corrects_id  INTEGER REFERENCES broadcasts (id), -- goes to whom that one reached
	origin       TEXT NOT NULL CHECK (origin IN ('panel', 'api', 'campaign')),
	campaign_id  INTEGER REFERENCES campaigns (id),
	breaker      TEXT NOT NULL DEFAULT '' CHECK (breaker IN ('', 'held', 'waived')),
	status       TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'approved', 'held', 'sending', 'paused', 'sent', 'cancelled', 'failed')),
	reason       TEXT NOT NULL DEFAULT '',
	author_id    INTEGER NOT NULL REFERENCES staff (id),
	approver_id  INTEGER REFERENCES staff (id),
	approved_hash BLOB,  -- SHA-256 of what was approved
	recipients   INTEGER NOT NULL DEFAULT 0, -- in the ledger, fixed by the approval
	created_at   TEXT NOT NULL,
	updated_at   TEXT NOT NULL,
	submitted_at TEXT,
	lapses_at    TEXT,  -- a draft again from then on, unless it was approved
	approved_at  TEXT,
	not_before   TEXT,  -- its author approved it alone and can take it back until then
	started_at   TEXT,
	finished_at  TEXT
) STRICT;
CREATE INDEX broadcasts_working ON broadcasts (status) WHERE status IN ('submitted', 'approved', 'held', 'sending', 'paused');

-- The delivery ledger (配信台帳): one row per request to LINE, with its members packed, and a row per
-- member whose fate differs from the request's.
CREATE TABLE delivery_requests (
	id              INTEGER PRIMARY KEY,
	broadcast_id    INTEGER NOT NULL REFERENCES broadcasts (id),
	retry_key       TEXT NOT NULL UNIQUE,
	members         BLOB NOT NULL, -- ippo.PackMembers
	size            INTEGER NOT NULL CHECK (size > 0),
	state           TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'failed', 'skipped', 'unknown')),
	attempts        INTEGER NOT NULL DEFAULT 0,
	first_called_at TEXT,
	next_attempt_at TEXT,
	answered_at     TEXT,
	body_sha256     BLOB,
	line_request_id TEXT NOT NULL DEFAULT '',
	reason          TEXT NOT NULL DEFAULT '',
	settled_by      INTEGER REFERENCES staff (id) -- who decided that an unknown request counts as sent
) STRICT;
CREATE INDEX delivery_requests_broadcast ON delivery_requests (broadcast_id, state);
CREATE INDEX delivery_requests_unknown ON delivery_requests (broadcast_id) WHERE state = 'unknown' AND settled_by IS NULL;
CREATE INDEX delivery_requests_accepted ON delivery_requests (answered_at, size) WHERE state = 'accepted';

CREATE TABLE delivery_exceptions (
	request_id  INTEGER NOT NULL REFERENCES delivery_requests (id) ON DELETE CASCADE,
	follower_id INTEGER NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('failed', 'skipped')),
	reason      TEXT NOT NULL,
	PRIMARY KEY (request_id, follower_id)
) STRICT, WITHOUT ROWID;

-- Uses of 配信を減らす, counted without the person.
CREATE TABLE reductions (
	id           INTEGER PRIMARY KEY,
	at           TEXT NOT NULL,
	broadcast_id INTEGER REFERENCES broadcasts (id), -- under which it was tapped; NULL: the menu
	step         TEXT NOT NULL CHECK (step IN ('opened', 'topic', 'stopped')),
	topic        TEXT, -- slug of the topic given up
	CHECK ((step = 'topic') = (topic IS NOT NULL))
) STRICT;
CREATE INDEX reductions_at ON reductions (at);

CREATE TABLE campaign_firings (
	campaign_id  INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
	due_at       TEXT NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('fired', 'waiting', 'dropped')),
	broadcast_id INTEGER REFERENCES broadcasts (id),
	PRIMARY KEY (campaign_id, due_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE call_outs (
	id          INTEGER PRIMARY KEY,
	campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
	follower_id INTEGER NOT NULL,
	at          TEXT NOT NULL
) STRICT;
CREATE INDEX call_outs_campaign ON call_outs (campaign_id, follower_id, at);

CREATE TABLE ambassadors (
	id              INTEGER PRIMARY KEY AUTOINCREMENT, -- also the number on the card: never given twice
	follower_id     INTEGER UNIQUE REFERENCES followers (id),
	status          TEXT NOT NULL CHECK (status IN ('applied', 'contacted', 'appointed', 'retired', 'declined')),
	resting         INTEGER NOT NULL DEFAULT 0 CHECK (resting IN (0, 1)),
	person          BLOB NOT NULL, -- sealed JSON: name, kana, contact, guardian, vision
	age_band        TEXT NOT NULL,
	actions         TEXT NOT NULL DEFAULT '[]', -- JSON: the choices made in taps
	vision_approved INTEGER NOT NULL DEFAULT 0 CHECK (vision_approved IN (0, 1)),
	note            BLOB, -- sealed
	applied_at      TEXT NOT NULL,
	consented_at    TEXT NOT NULL,
	updated_at      TEXT NOT NULL
) STRICT;

CREATE TABLE desk_requests (
	id          INTEGER PRIMARY KEY,
	kind        TEXT NOT NULL CHECK (kind IN ('danger', 'callback', 'visit', 'newcomer')),
	state       TEXT NOT NULL CHECK (state IN ('new', 'working', 'done')),
	follower_id INTEGER REFERENCES followers (id),
	group_id    INTEGER REFERENCES activity_groups (id),
	message_id  TEXT, -- LINE's, when it was written in the chat: unsending it erases the body
	body        BLOB, -- sealed
	note        BLOB, -- sealed
	staff_id    INTEGER REFERENCES staff (id),
	made_at     TEXT NOT NULL,
	done_at     TEXT
) STRICT;
CREATE INDEX desk_requests_state ON desk_requests (state, kind, made_at);
CREATE INDEX desk_requests_message ON desk_requests (message_id) WHERE message_id IS NOT NULL;

-- One link to one of our own forms, for one follower; or a number that waits for their yes.
CREATE TABLE form_links (
	id          INTEGER PRIMARY KEY, -- random: it is part of the link
	follower_id INTEGER NOT NULL REFERENCES followers (id) ON DELETE CASCADE,
	purpose     TEXT NOT NULL,
	context     BLOB, -- sealed JSON: what was chosen in the chat; NULL once spent
	message_id  TEXT, -- LINE's, when it came of a message: unsending it erases the row
	expires_at  TEXT NOT NULL,
	browser     BLOB, -- SHA-256 of the cookie of the browser that tapped 開く
	spent_at    TEXT
) STRICT;
CREATE INDEX form_links_expiry ON form_links (expires_at);
CREATE INDEX form_links_message ON form_links (message_id) WHERE message_id IS NOT NULL;

-- Single messages to one follower that a form's completion decided on: sent once, under their key.
CREATE TABLE pushes (
	id              INTEGER PRIMARY KEY,
	follower_id     INTEGER NOT NULL REFERENCES followers (id) ON DELETE CASCADE,
	retry_key       TEXT NOT NULL UNIQUE,
	messages        BLOB, -- sealed JSON array; NULL once settled
	state           TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'failed')),
	attempts        INTEGER NOT NULL DEFAULT 0,
	first_called_at TEXT,
	next_attempt_at TEXT NOT NULL,
	created_at      TEXT NOT NULL
) STRICT;
CREATE INDEX pushes_pending ON pushes (next_attempt_at) WHERE state = 'pending';

CREATE TABLE conversations (
	follower_id INTEGER PRIMARY KEY REFERENCES followers (id) ON DELETE CASCADE,
	name        TEXT NOT NULL,
	step        TEXT NOT NULL,
	answers     BLOB NOT NULL, -- sealed JSON
	updated_at  TEXT NOT NULL
) STRICT;

-- The inbox of webhook events: durable before LINE is answered.
CREATE TABLE inbound_events (
	id           INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: readers remember the last they saw
	event_id     TEXT NOT NULL UNIQUE, -- webhookEventId
	line_user_id TEXT NOT NULL DEFAULT '',
	message_id   TEXT NOT NULL DEFAULT '',
	state        TEXT NOT NULL CHECK (state IN ('pending', 'replying', 'done')),
	payload      BLOB, -- sealed; NULL once handled
	reply        BLOB, -- sealed; what is to be replied; NULL once LINE has answered
	occurred_at  TEXT NOT NULL,
	received_at  TEXT NOT NULL
) STRICT;
CREATE INDEX inbound_events_open ON inbound_events (state, id) WHERE state <> 'done';
CREATE INDEX inbound_events_age ON inbound_events (received_at);

-- Messages that were unsent, in case the message itself arrives later.
CREATE TABLE unsent_messages (
	message_id TEXT PRIMARY KEY,
	at         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Mail to staff; it names what happened and where to look, never a person.
CREATE TABLE mails (
	id         INTEGER PRIMARY KEY,
	subject    TEXT NOT NULL,
	body       TEXT NOT NULL,
	attempts   INTEGER NOT NULL DEFAULT 0,
	next_attempt_at TEXT NOT NULL,
	created_at TEXT NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
	staff_id   INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
	key        TEXT NOT NULL,
	request    BLOB NOT NULL, -- SHA-256 of method, path and body
	status     INTEGER NOT NULL,
	response   BLOB NOT NULL,
	created_at TEXT NOT NULL,
	PRIMARY KEY (staff_id, key)
) STRICT, WITHOUT ROWID;
