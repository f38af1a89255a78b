-- +goose Up
-- A menu is for somebody: everyone or ambassadors, and who reads a language. Everyone's Japanese one is LINE's default; the
-- others are linked to each person at LINE.
ALTER TABLE rich_menus ADD COLUMN audience TEXT NOT NULL DEFAULT 'everyone' CHECK (audience IN ('everyone', 'ambassadors'));
ALTER TABLE rich_menus ADD COLUMN language TEXT NOT NULL DEFAULT 'ja';
ALTER TABLE rich_menus ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)); -- 1: from here on there is none for them
CREATE INDEX rich_menus_for ON rich_menus (audience, language, id);

-- How far LINE is with each.
ALTER TABLE rich_menu_state RENAME TO rich_menu_state_one;
CREATE TABLE rich_menu_state (
	audience   TEXT NOT NULL CHECK (audience IN ('everyone', 'ambassadors')),
	language   TEXT NOT NULL,
	version    INTEGER REFERENCES rich_menus (id), -- that LINE shows; NULL: none
	name       TEXT NOT NULL DEFAULT '',
	line_id    TEXT NOT NULL DEFAULT '',
	applied_at TEXT,
	tidy       INTEGER NOT NULL DEFAULT 1 CHECK (tidy IN (0, 1)), -- 0: an earlier menu of ours may be left at LINE
	tried_at   TEXT, -- when LINE was last asked in vain
	problem    TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (audience, language)
) STRICT, WITHOUT ROWID;
INSERT INTO rich_menu_state SELECT 'everyone', 'ja', version, name, line_id, applied_at, tidy, tried_at, problem FROM rich_menu_state_one;
DROP TABLE rich_menu_state_one;

-- Which menu LINE was told to show to whom; who has no row sees the default. due counts what may have changed that since:
-- languages, ambassadors and friends change in many places, and triggers see to it that none can forget to say so.
CREATE TABLE rich_menu_links (
	follower_id INTEGER PRIMARY KEY REFERENCES followers (id),
	line_id     TEXT NOT NULL DEFAULT '', -- LINE's name of the menu; '': the default; '?': LINE may have dropped it
	due         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX rich_menu_links_due ON rich_menu_links (follower_id) WHERE due > 0;

-- +goose StatementBegin
CREATE TRIGGER rich_menu_newcomer AFTER INSERT ON followers WHEN new.language <> 'ja' AND new.status <> 'erased' BEGIN
	INSERT INTO rich_menu_links (follower_id, due) VALUES (new.id, 1) ON CONFLICT DO UPDATE SET due = due + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER rich_menu_language AFTER UPDATE OF language ON followers WHEN old.language <> new.language AND new.status <> 'erased' BEGIN
	INSERT INTO rich_menu_links (follower_id, due) VALUES (new.id, 1) ON CONFLICT DO UPDATE SET due = due + 1;
END;
-- +goose StatementEnd

-- Who comes back after blocking the account is linked again.
-- +goose StatementBegin
CREATE TRIGGER rich_menu_friend AFTER UPDATE OF status ON followers WHEN old.status <> new.status BEGIN
	UPDATE rich_menu_links SET due = due + 1, line_id = CASE WHEN old.status = 'blocked' AND new.status = 'active' THEN '?' ELSE line_id END
	WHERE follower_id = new.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER rich_menu_ambassador AFTER INSERT ON ambassadors WHEN new.follower_id IS NOT NULL BEGIN
	INSERT INTO rich_menu_links (follower_id, due) VALUES (new.follower_id, 1) ON CONFLICT DO UPDATE SET due = due + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER rich_menu_ambassador_moved AFTER UPDATE OF follower_id, status ON ambassadors BEGIN
	INSERT INTO rich_menu_links (follower_id, due) SELECT id, 1 FROM followers WHERE id IN (old.follower_id, new.follower_id)
		ON CONFLICT DO UPDATE SET due = due + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER rich_menu_ambassador_gone AFTER DELETE ON ambassadors WHEN old.follower_id IS NOT NULL BEGIN
	INSERT INTO rich_menu_links (follower_id, due) VALUES (old.follower_id, 1) ON CONFLICT DO UPDATE SET due = due + 1;
END;
-- +goose StatementEnd
