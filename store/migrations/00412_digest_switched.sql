-- +goose Up
-- When somebody last chose the digest or left it; who became a friend with it has done neither. Who chose it some time
-- ago has had nothing by itself since, so the next digest is counted for them and not looked up. When those who chose
-- it before today did so was not kept.
ALTER TABLE followers RENAME COLUMN digest_until TO digest_switched_at;
UPDATE followers SET digest_switched_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE digest = 1;

DROP INDEX followers_left_digest;
CREATE INDEX followers_digest_switched ON followers (digest_switched_at) WHERE digest_switched_at IS NOT NULL;
