-- +goose Up
-- Followers' names, folded and sealed 512 at a time, so that a search opens some hundred values and not each name. What
-- changes a name takes its pack away, in the same transaction; one that is not there is made anew from the names. When
-- folding changes, they all have to go.
CREATE TABLE name_packs (
	id    INTEGER PRIMARY KEY, -- followers.id / 512
	names BLOB NOT NULL        -- sealed: a line for each ID
) STRICT;
-- +goose StatementBegin
CREATE TRIGGER name_packs_added AFTER INSERT ON followers BEGIN
	DELETE FROM name_packs WHERE id = new.id / 512;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER name_packs_changed AFTER UPDATE OF display_name ON followers WHEN old.display_name IS NOT new.display_name BEGIN
	DELETE FROM name_packs WHERE id = new.id / 512;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER name_packs_deleted AFTER DELETE ON followers BEGIN
	DELETE FROM name_packs WHERE id = old.id / 512;
END;
-- +goose StatementEnd
