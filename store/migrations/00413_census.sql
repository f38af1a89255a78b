-- +goose Up
-- Followers are counted by what they chose in memory (census.go), for there are nearly as many choices as followers:
-- sums by choice saved nothing. What entries count stays here, and a log says whose row is to be read again.
DROP TRIGGER followers_counted;
DROP TRIGGER followers_recounted;
DROP TRIGGER followers_uncounted;
DROP TABLE follower_sums;

CREATE TABLE entry_sums (
	entry_id  INTEGER PRIMARY KEY,
	people    INTEGER NOT NULL CHECK (people > 0), -- who came by it
	onboarded INTEGER NOT NULL -- of these, who have been through the settings
) STRICT;

INSERT INTO entry_sums SELECT entry_id, count(*), count(onboarded_at) FROM followers WHERE entry_id IS NOT NULL GROUP BY entry_id;

-- +goose StatementBegin
CREATE TRIGGER entries_counted AFTER INSERT ON followers WHEN new.entry_id IS NOT NULL BEGIN
	INSERT INTO entry_sums VALUES (new.entry_id, 1, new.onboarded_at IS NOT NULL)
	ON CONFLICT DO UPDATE SET people = people + 1, onboarded = onboarded + excluded.onboarded;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER entries_recounted AFTER UPDATE OF entry_id, onboarded_at ON followers
WHEN (old.entry_id, old.onboarded_at IS NULL) IS NOT (new.entry_id, new.onboarded_at IS NULL) BEGIN
	DELETE FROM entry_sums WHERE entry_id = old.entry_id AND people = 1;
	UPDATE entry_sums SET people = people - 1, onboarded = onboarded - (old.onboarded_at IS NOT NULL) WHERE entry_id = old.entry_id;
	INSERT INTO entry_sums SELECT new.entry_id, 1, new.onboarded_at IS NOT NULL WHERE new.entry_id IS NOT NULL
	ON CONFLICT DO UPDATE SET people = people + 1, onboarded = onboarded + excluded.onboarded;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER entries_uncounted AFTER DELETE ON followers WHEN old.entry_id IS NOT NULL BEGIN
	DELETE FROM entry_sums WHERE entry_id = old.entry_id AND people = 1;
	UPDATE entry_sums SET people = people - 1, onboarded = onboarded - (old.onboarded_at IS NOT NULL) WHERE entry_id = old.entry_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER friends_deleted AFTER DELETE ON followers WHEN old.status = 'active' BEGIN
	INSERT INTO friend_days (day, gone) VALUES (date('now', '+9 hours'), 1) ON CONFLICT DO UPDATE SET gone = gone + 1;
END;
-- +goose StatementEnd

-- Numbers go up and are never given twice: the last row stays, and so there is a first.
CREATE TABLE follower_changes (
	n           INTEGER PRIMARY KEY,
	follower_id INTEGER NOT NULL
) STRICT;

INSERT INTO follower_changes VALUES (1, 0);

-- +goose StatementBegin
CREATE TRIGGER follower_added AFTER INSERT ON followers BEGIN
	INSERT INTO follower_changes (follower_id) VALUES (new.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER follower_changed AFTER UPDATE OF status, stopped, digest, topics, areas, marks, language, entry_id, followed_at ON followers
WHEN (old.status, old.stopped, old.digest, old.topics, old.areas, old.marks, old.language, old.entry_id, old.followed_at)
	IS NOT (new.status, new.stopped, new.digest, new.topics, new.areas, new.marks, new.language, new.entry_id, new.followed_at) BEGIN
	INSERT INTO follower_changes (follower_id) VALUES (new.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER follower_removed AFTER DELETE ON followers BEGIN
	INSERT INTO follower_changes (follower_id) VALUES (old.id);
END;
-- +goose StatementEnd

-- Who is further behind reads all followers again, which takes no longer.
-- +goose StatementBegin
CREATE TRIGGER follower_changes_shortened AFTER INSERT ON follower_changes WHEN new.n % 1000 = 0 BEGIN
	DELETE FROM follower_changes WHERE n <= new.n - 20000;
END;
-- +goose StatementEnd

-- Whoever takes a request at the desk reads the newest of what nobody has taken.
CREATE INDEX desk_requests_newest ON desk_requests (state, kind = 'danger');
