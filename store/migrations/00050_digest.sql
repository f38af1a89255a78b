-- +goose Up
-- Who chose まとめて, and when somebody last went back to one message for each thing.
ALTER TABLE followers ADD COLUMN digest INTEGER NOT NULL DEFAULT 0 CHECK (digest IN (0, 1));
ALTER TABLE followers ADD COLUMN digest_until TEXT;

-- Counting an audience reads this index and nothing else.
DROP INDEX followers_audience;
CREATE INDEX followers_audience ON followers (status, stopped, digest, topics, areas);
