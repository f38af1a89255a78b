-- +goose Up
-- What topics and areas are called in other languages than Japanese: a JSON object of names, by language.
ALTER TABLE topics ADD COLUMN names TEXT NOT NULL DEFAULT '{}';
ALTER TABLE areas ADD COLUMN names TEXT NOT NULL DEFAULT '{}';
UPDATE topics SET names = json_patch('{}', json_object('ja-x-easy', nullif(easy, ''), 'en', nullif(en, '')));
UPDATE areas SET names = json_patch('{}', json_object('ja-x-easy', nullif(easy, ''), 'en', nullif(en, '')));
ALTER TABLE topics DROP COLUMN easy;
ALTER TABLE topics DROP COLUMN en;
ALTER TABLE areas DROP COLUMN easy;
ALTER TABLE areas DROP COLUMN en;
