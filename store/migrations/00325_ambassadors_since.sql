-- +goose Up
-- Since when an ambassador stands where they stand: the last of ambassador_steps. What is due with whom is found by
-- it; triggers carry it over, so that no path can forget to.
ALTER TABLE ambassadors ADD COLUMN since TEXT NOT NULL DEFAULT '';
UPDATE ambassadors SET since = coalesce((SELECT max(at) FROM ambassador_steps WHERE ambassador_id = ambassadors.id), applied_at);
CREATE INDEX ambassadors_since ON ambassadors (status, since);
CREATE INDEX ambassadors_due ON ambassadors (due_on) WHERE due_on IS NOT NULL;

-- +goose StatementBegin
CREATE TRIGGER ambassadors_begin AFTER INSERT ON ambassadors BEGIN
	UPDATE ambassadors SET since = NEW.applied_at WHERE id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ambassador_steps_since AFTER INSERT ON ambassador_steps BEGIN
	UPDATE ambassadors SET since = max(since, NEW.at) WHERE id = NEW.ambassador_id;
END;
-- +goose StatementEnd
