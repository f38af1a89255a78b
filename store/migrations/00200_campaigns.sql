-- +goose Up
-- What a call-out campaign says, to whom, and how far it has come.
ALTER TABLE campaigns ADD COLUMN phrases TEXT NOT NULL DEFAULT '[]'; -- JSON of []ippo.Phrase
ALTER TABLE campaigns ADD COLUMN ask_url TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN hoped INTEGER NOT NULL DEFAULT 0 CHECK (hoped BETWEEN 0 AND 1000); -- of 1,000 who were called
ALTER TABLE campaigns ADD COLUMN reminders TEXT NOT NULL DEFAULT '[]'; -- JSON array of texts
ALTER TABLE campaigns ADD COLUMN milestones TEXT NOT NULL DEFAULT '[]'; -- JSON of []ippo.Milestone
ALTER TABLE campaigns ADD COLUMN thanks TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN last_text TEXT NOT NULL DEFAULT ''; -- of the last due time: the next begins behind it
UPDATE campaigns SET reminders = json_array(reminder);
ALTER TABLE campaigns DROP COLUMN reminder;

-- How many, and to whom in broad words of ours or of the campaign's, if the ambassador says so.
ALTER TABLE call_outs ADD COLUMN people INTEGER NOT NULL DEFAULT 1 CHECK (people BETWEEN 1 AND 100);
ALTER TABLE call_outs ADD COLUMN whom TEXT NOT NULL DEFAULT '';
CREATE INDEX call_outs_follower ON call_outs (follower_id, at);

-- Taps on 「話を聞きたい」 on a campaign's page, by day in Japan; whose they were is not kept.
CREATE TABLE campaign_enquiries (
	campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
	day         TEXT NOT NULL,
	taps        INTEGER NOT NULL CHECK (taps > 0),
	PRIMARY KEY (campaign_id, day)
) STRICT, WITHOUT ROWID;

-- Which text each wording of a reminder's broadcast is; whom it went to stands in the ledger.
CREATE TABLE reminders (
	broadcast_id INTEGER NOT NULL REFERENCES broadcasts (id) ON DELETE CASCADE,
	variant      INTEGER NOT NULL,
	campaign_id  INTEGER NOT NULL REFERENCES campaigns (id),
	text         TEXT NOT NULL,
	ask          INTEGER NOT NULL CHECK (ask IN (0, 1)), -- asks whether to go on
	PRIMARY KEY (broadcast_id, variant)
) STRICT, WITHOUT ROWID;
-- Until now each reminder said the same to everyone.
INSERT INTO reminders (broadcast_id, variant, campaign_id, text, ask)
	SELECT id, 0, campaign_id, coalesce(messages ->> '$[0].text', ''), 0 FROM broadcasts WHERE origin = 'campaign' AND campaign_id IS NOT NULL;

-- Who is sent no reminders, until when, and when they last answered one with 続ける or お休みする.
CREATE TABLE rests (
	follower_id INTEGER PRIMARY KEY REFERENCES followers (id),
	why         TEXT CHECK (why IN ('wish', 'silence')), -- NULL: they do not rest
	since       TEXT,
	until_at    TEXT, -- NULL: until they say
	answered_at TEXT,
	CHECK ((why IS NULL) = (since IS NULL))
) STRICT;

-- Milestones that were reached; each is announced at most once.
CREATE TABLE milestones (
	campaign_id  INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
	milestone    TEXT NOT NULL, -- as ippo.Milestone writes itself
	reached_at   TEXT NOT NULL,
	broadcast_id INTEGER REFERENCES broadcasts (id), -- NULL: nobody was told
	PRIMARY KEY (campaign_id, milestone)
) STRICT, WITHOUT ROWID;
