-- +goose Up
-- What an API token may do, who answers for it, and until when it is good. Tokens from before keep what they
-- could do there; nobody answers for them yet, and they have no end.
ALTER TABLE staff ADD COLUMN scopes TEXT NOT NULL DEFAULT ''; -- of a token, parted by spaces
ALTER TABLE staff ADD COLUMN owner_id INTEGER REFERENCES staff (id);
ALTER TABLE staff ADD COLUMN expires_at TEXT;
UPDATE staff SET scopes = CASE role
	WHEN 'viewer' THEN 'read'
	WHEN 'editor' THEN 'read content campaigns broadcasts'
	ELSE 'read content campaigns broadcasts approve' END
WHERE token IS NOT NULL;
UPDATE staff SET role = 'approver' WHERE token IS NOT NULL AND role = 'admin';
