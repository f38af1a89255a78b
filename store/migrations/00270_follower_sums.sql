-- +goose Up
-- How many followers chose the same, so that counting takes no pass over all of them: audiences, the figures of
-- the home page and those of entries. And how many became friends or left on each day in Japan, which the rows
-- of followers tell only until people come back or are forgotten. Triggers keep both, so that no path can forget
-- to; ippo doctor compares them with the rows.
CREATE TABLE follower_sums (
	status    TEXT NOT NULL,
	stopped   INTEGER NOT NULL,
	digest    INTEGER NOT NULL,
	topics    INTEGER NOT NULL,
	areas     INTEGER NOT NULL,
	marks     INTEGER NOT NULL,
	language  TEXT NOT NULL,
	entry_id  INTEGER NOT NULL, -- 0: none
	people    INTEGER NOT NULL CHECK (people >= 0),
	onboarded INTEGER NOT NULL, -- of these, who have been through the settings
	PRIMARY KEY (status, stopped, digest, topics, areas, marks, language, entry_id)
) STRICT, WITHOUT ROWID;

INSERT INTO follower_sums
SELECT status, stopped, digest, topics, areas, marks, language, coalesce(entry_id, 0), count(*), count(onboarded_at)
FROM followers GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

CREATE TABLE friend_days (
	day    TEXT PRIMARY KEY, -- 2006-01-02
	joined INTEGER NOT NULL DEFAULT 0, -- became friends, for the first time or again
	gone   INTEGER NOT NULL DEFAULT 0  -- blocked the account, or asked to be forgotten
) STRICT, WITHOUT ROWID;

-- What there is still to be known of the time before.
INSERT INTO friend_days (day, joined, gone)
SELECT day, sum(joined), sum(gone) FROM (
	SELECT date(followed_at, '+9 hours') AS day, 1 AS joined, 0 AS gone FROM followers WHERE status = 'active'
	UNION ALL SELECT date(followed_at, '+9 hours'), 1, 0 FROM followers WHERE status = 'blocked' AND blocked_at IS NOT NULL
	UNION ALL SELECT date(blocked_at, '+9 hours'), 0, 1 FROM followers WHERE status = 'blocked' AND blocked_at IS NOT NULL
	UNION ALL SELECT date(f.followed_at, '+9 hours'), 1, 0 FROM erasures e JOIN followers f ON f.id = e.follower_id WHERE e.was = 'active'
	UNION ALL SELECT date(asked_at, '+9 hours'), 0, 1 FROM erasures WHERE was = 'active'
) WHERE day IS NOT NULL GROUP BY day;

-- The day is today where a row bears no time: to count is no reason to refuse a change.
-- +goose StatementBegin
CREATE TRIGGER followers_counted AFTER INSERT ON followers BEGIN
	INSERT INTO follower_sums VALUES (new.status, new.stopped, new.digest, new.topics, new.areas, new.marks, new.language,
		coalesce(new.entry_id, 0), 1, new.onboarded_at IS NOT NULL)
	ON CONFLICT DO UPDATE SET people = people + 1, onboarded = onboarded + excluded.onboarded;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER followers_recounted
AFTER UPDATE OF status, stopped, digest, topics, areas, marks, language, entry_id, onboarded_at ON followers
WHEN (old.status, old.stopped, old.digest, old.topics, old.areas, old.marks, old.language, old.entry_id, old.onboarded_at IS NULL)
	IS NOT (new.status, new.stopped, new.digest, new.topics, new.areas, new.marks, new.language, new.entry_id, new.onboarded_at IS NULL) BEGIN
	UPDATE follower_sums SET people = people - 1, onboarded = onboarded - (old.onboarded_at IS NOT NULL)
	WHERE status = old.status AND stopped = old.stopped AND digest = old.digest AND topics = old.topics AND areas = old.areas
		AND marks = old.marks AND language = old.language AND entry_id = coalesce(old.entry_id, 0);
	DELETE FROM follower_sums
	WHERE status = old.status AND stopped = old.stopped AND digest = old.digest AND topics = old.topics AND areas = old.areas
		AND marks = old.marks AND language = old.language AND entry_id = coalesce(old.entry_id, 0) AND people = 0;
	INSERT INTO follower_sums VALUES (new.status, new.stopped, new.digest, new.topics, new.areas, new.marks, new.language,
		coalesce(new.entry_id, 0), 1, new.onboarded_at IS NOT NULL)
	ON CONFLICT DO UPDATE SET people = people + 1, onboarded = onboarded + excluded.onboarded;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER followers_uncounted AFTER DELETE ON followers BEGIN
	UPDATE follower_sums SET people = people - 1, onboarded = onboarded - (old.onboarded_at IS NOT NULL)
	WHERE status = old.status AND stopped = old.stopped AND digest = old.digest AND topics = old.topics AND areas = old.areas
		AND marks = old.marks AND language = old.language AND entry_id = coalesce(old.entry_id, 0);
	DELETE FROM follower_sums
	WHERE status = old.status AND stopped = old.stopped AND digest = old.digest AND topics = old.topics AND areas = old.areas
		AND marks = old.marks AND language = old.language AND entry_id = coalesce(old.entry_id, 0) AND people = 0;
	INSERT INTO friend_days (day, gone) SELECT date('now', '+9 hours'), 1 WHERE old.status = 'active'
	ON CONFLICT DO UPDATE SET gone = gone + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER friends_joined AFTER INSERT ON followers WHEN new.status = 'active' BEGIN
	INSERT INTO friend_days (day, joined) VALUES (coalesce(date(new.followed_at, '+9 hours'), date('now', '+9 hours')), 1) ON CONFLICT DO UPDATE SET joined = joined + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER friends_back AFTER UPDATE OF status ON followers WHEN old.status = 'blocked' AND new.status = 'active' BEGIN
	INSERT INTO friend_days (day, joined) VALUES (coalesce(date(max(new.followed_at, coalesce(new.seen_at, '')), '+9 hours'), date('now', '+9 hours')), 1)
	ON CONFLICT DO UPDATE SET joined = joined + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER friends_blocked AFTER UPDATE OF status ON followers WHEN old.status = 'active' AND new.status = 'blocked' BEGIN
	INSERT INTO friend_days (day, gone) VALUES (coalesce(date(new.blocked_at, '+9 hours'), date('now', '+9 hours')), 1) ON CONFLICT DO UPDATE SET gone = gone + 1;
END;
-- +goose StatementEnd

-- Whoever asks to be forgotten is gone from then on; if they call that off, they never were.
-- +goose StatementBegin
CREATE TRIGGER friends_erased AFTER UPDATE OF status ON followers WHEN old.status = 'active' AND new.status = 'erased' BEGIN
	INSERT INTO friend_days (day, gone) VALUES (coalesce((SELECT date(asked_at, '+9 hours') FROM erasures WHERE follower_id = new.id), date('now', '+9 hours')), 1)
	ON CONFLICT DO UPDATE SET gone = gone + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER friends_kept AFTER UPDATE OF status ON followers WHEN old.status = 'erased' AND new.status = 'active' BEGIN
	UPDATE friend_days SET gone = gone - 1 WHERE day = (SELECT date(asked_at, '+9 hours') FROM erasures WHERE follower_id = new.id);
END;
-- +goose StatementEnd
