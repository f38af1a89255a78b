-- +goose Up
-- A row of follower_tags carries over only what a follower's marks do not say yet: whoever writes many rows sets the marks
-- of all of them first, each once, and no sum is counted twice over.
DROP TRIGGER follower_tags_mark;
DROP TRIGGER follower_tags_unmark;

-- +goose StatementBegin
CREATE TRIGGER follower_tags_mark AFTER INSERT ON follower_tags WHEN new.tag_id <= 60 BEGIN
	UPDATE followers SET marks = marks | (1 << new.tag_id) WHERE id = new.follower_id AND marks & (1 << new.tag_id) = 0;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER follower_tags_unmark AFTER DELETE ON follower_tags WHEN old.tag_id <= 60 BEGIN
	UPDATE followers SET marks = marks & ~(1 << old.tag_id) WHERE id = old.follower_id AND marks & (1 << old.tag_id) <> 0;
END;
-- +goose StatementEnd
