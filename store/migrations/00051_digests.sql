-- +goose Up
-- A check cannot be altered, and this table is referred to by many: the column gives way to a new one.
ALTER TABLE broadcasts RENAME COLUMN origin TO origin_before;
ALTER TABLE broadcasts ADD COLUMN origin TEXT NOT NULL DEFAULT 'panel' CHECK (origin IN ('panel', 'api', 'campaign', 'series', 'digest'));
UPDATE broadcasts SET origin = origin_before;
ALTER TABLE broadcasts DROP COLUMN origin_before;

-- When an item first became visible: what the digest goes by. Of events of before, nothing better is known.
ALTER TABLE news ADD COLUMN published_at TEXT;
UPDATE news SET published_at = publish_at WHERE status <> 'draft';
ALTER TABLE events ADD COLUMN published_at TEXT;
UPDATE events SET published_at = updated_at WHERE status <> 'draft';

-- When the next digest is due; NULL until the job has looked at the settings.
CREATE TABLE digest_clock (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	next_due TEXT,
	held     INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)) -- by a restore: the next one waits for an administrator
) STRICT;
INSERT INTO digest_clock (id) VALUES (1);

-- What became of each due time.
CREATE TABLE digests (
	due_at       TEXT PRIMARY KEY,
	state        TEXT NOT NULL CHECK (state IN ('made', 'empty', 'waiting', 'dropped')),
	until_at     TEXT, -- what came out up to here is in it; NULL unless made or empty
	broadcast_id INTEGER REFERENCES broadcasts (id),
	CHECK ((state IN ('made', 'empty')) = (until_at IS NOT NULL)),
	CHECK ((state = 'made') = (broadcast_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- What each wording of a digest tells of, in its order.
CREATE TABLE digest_items (
	broadcast_id INTEGER NOT NULL REFERENCES broadcasts (id) ON DELETE CASCADE,
	variant      INTEGER NOT NULL,
	place        INTEGER NOT NULL,
	kind         TEXT NOT NULL CHECK (kind IN ('broadcast', 'news', 'event')),
	item_id      INTEGER NOT NULL,
	PRIMARY KEY (broadcast_id, variant, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_items_item ON digest_items (kind, item_id, broadcast_id, variant);

CREATE TABLE reductions_new (
	id           INTEGER PRIMARY KEY,
	at           TEXT NOT NULL,
	broadcast_id INTEGER REFERENCES broadcasts (id), -- under which it was tapped; NULL: the menu
	step         TEXT NOT NULL CHECK (step IN ('opened', 'topic', 'digest', 'stopped')),
	topic        TEXT, -- slug of the topic given up
	CHECK ((step = 'topic') = (topic IS NOT NULL))
) STRICT;
INSERT INTO reductions_new SELECT id, at, broadcast_id, step, topic FROM reductions;
DROP TABLE reductions;
ALTER TABLE reductions_new RENAME TO reductions;
CREATE INDEX reductions_at ON reductions (at);
