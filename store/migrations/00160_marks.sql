-- +goose Up
-- What an audience asks of a follower besides topics and areas, in the index that is counted by: bit n stands
-- for the tag with that ID, for the first 60, and bit 61 for an ambassador whom reminders go to. The rows of
-- follower_tags and ambassadors say it; triggers carry it over, so that no path can forget to.
ALTER TABLE followers ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;

UPDATE followers SET marks =
	coalesce((SELECT sum(1 << t.tag_id) FROM follower_tags t WHERE t.follower_id = followers.id AND t.tag_id <= 60), 0) +
	CASE WHEN EXISTS (SELECT 1 FROM ambassadors a WHERE a.follower_id = followers.id
		AND a.status IN ('applied', 'contacted', 'appointed') AND a.resting = 0) THEN 1 << 61 ELSE 0 END
WHERE id IN (SELECT follower_id FROM follower_tags) OR id IN (SELECT follower_id FROM ambassadors);

DROP INDEX followers_audience;
CREATE INDEX followers_audience ON followers (status, stopped, digest, topics, areas, marks);

-- +goose StatementBegin
CREATE TRIGGER follower_tags_mark AFTER INSERT ON follower_tags WHEN new.tag_id <= 60 BEGIN
	UPDATE followers SET marks = marks | (1 << new.tag_id) WHERE id = new.follower_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER follower_tags_unmark AFTER DELETE ON follower_tags WHEN old.tag_id <= 60 BEGIN
	UPDATE followers SET marks = marks & ~(1 << old.tag_id) WHERE id = old.follower_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ambassadors_mark AFTER INSERT ON ambassadors
	WHEN new.follower_id IS NOT NULL AND new.status IN ('applied', 'contacted', 'appointed') AND new.resting = 0 BEGIN
	UPDATE followers SET marks = marks | (1 << 61) WHERE id = new.follower_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ambassadors_remark AFTER UPDATE OF follower_id, status, resting ON ambassadors BEGIN
	UPDATE followers SET marks = marks & ~(1 << 61) WHERE id = old.follower_id;
	UPDATE followers SET marks = marks | (1 << 61) WHERE id = new.follower_id
		AND new.status IN ('applied', 'contacted', 'appointed') AND new.resting = 0;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ambassadors_unmark AFTER DELETE ON ambassadors BEGIN
	UPDATE followers SET marks = marks & ~(1 << 61) WHERE id = old.follower_id;
END;
-- +goose StatementEnd
