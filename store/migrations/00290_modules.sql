-- +goose Up
-- A center that is at work keeps everything on; a new one, with neither staff nor followers yet, begins without.
INSERT INTO settings (id, value)
SELECT 1, '{}' WHERE EXISTS (SELECT 1 FROM staff) OR EXISTS (SELECT 1 FROM followers)
ON CONFLICT (id) DO NOTHING;
UPDATE settings SET value = json_set(value, '$.modules', json('["news","events","groups","matching","consultations","faq","ambassadors","campaigns","visions","reports"]'))
WHERE id = 1;
