-- +goose Up
-- An ambassador's vision and how far staff are with it. No row: they have none.
CREATE TABLE visions (
	ambassador_id INTEGER PRIMARY KEY REFERENCES ambassadors (id),
	text          BLOB, -- sealed; NULL: still within ambassadors.person, where it was before, until the next start moves it
	state         TEXT NOT NULL CHECK (state IN ('waiting', 'shown', 'returned')),
	version       INTEGER NOT NULL, -- another after each change by its writer
	named_at      TEXT, -- since when its writer lets their name be shown with it
	written_at    TEXT NOT NULL,
	decided_at    TEXT
) STRICT;
CREATE INDEX visions_state ON visions (state, written_at);

INSERT INTO visions (ambassador_id, state, version, written_at, decided_at)
SELECT id, CASE vision_approved WHEN 1 THEN 'shown' ELSE 'waiting' END, 1, updated_at, CASE vision_approved WHEN 1 THEN updated_at END
FROM ambassadors;
ALTER TABLE ambassadors DROP COLUMN vision_approved;

-- Words that say nothing about a town and are left out of the picture of all visions. Staff change them.
CREATE TABLE stop_words (
	word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO stop_words (word) VALUES
	('まち'), ('町'), ('街'), ('市'), ('市民'), ('地域'), ('人'), ('ひと'), ('方'), ('人たち'), ('みんな'), ('皆'), ('皆さん'), ('だれ'), ('誰'),
	('自分'), ('私'), ('こと'), ('もの'), ('とき'), ('時'), ('ところ'), ('所'), ('場所'), ('今'), ('いま'), ('昔'), ('将来'), ('未来'), ('毎日'), ('今日'), ('明日'),
	('ビジョン'), ('アンバサダー'), ('一つ'), ('ひとつ'), ('二つ'), ('三つ'), ('一緒'), ('次'), ('同士'), ('話'), ('役'), ('一人'), ('ひとり'), ('いくつ'), ('なか'), ('中'), ('前'), ('ほか'), ('たくさん'), ('ように'),
	('a'), ('an'), ('and'), ('are'), ('be'), ('can'), ('city'), ('each'), ('every'), ('everyone'), ('for'), ('from'), ('has'), ('have'), ('i'), ('in'), ('is'), ('it'),
	('my'), ('of'), ('on'), ('or'), ('other'), ('our'), ('people'), ('place'), ('that'), ('the'), ('their'), ('there'), ('they'), ('this'), ('to'), ('town'), ('us'),
	('want'), ('we'), ('where'), ('who'), ('will'), ('with'), ('you'), ('your');

-- How often what is shown, or what of it counts as a word, has changed: whoever keeps something that was made of
-- it looks here first. Triggers count, so that no path can forget to.
CREATE TABLE vision_changes (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	changes INTEGER NOT NULL
) STRICT;
INSERT INTO vision_changes VALUES (1, 0);

-- +goose StatementBegin
CREATE TRIGGER visions_added AFTER INSERT ON visions BEGIN UPDATE vision_changes SET changes = changes + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visions_changed AFTER UPDATE ON visions BEGIN UPDATE vision_changes SET changes = changes + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visions_gone AFTER DELETE ON visions BEGIN UPDATE vision_changes SET changes = changes + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visions_of AFTER UPDATE OF status, follower_id, age_band ON ambassadors BEGIN UPDATE vision_changes SET changes = changes + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visions_of_erased AFTER UPDATE OF status ON followers WHEN (OLD.status = 'erased') <> (NEW.status = 'erased')
BEGIN UPDATE vision_changes SET changes = changes + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stop_words_added AFTER INSERT ON stop_words BEGIN UPDATE vision_changes SET changes = changes + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stop_words_gone AFTER DELETE ON stop_words BEGIN UPDATE vision_changes SET changes = changes + 1; END;
-- +goose StatementEnd
