-- +goose Up
-- What came out since the last digest is found among all that ever did.
CREATE INDEX news_shown ON news (max(publish_at, published_at)) WHERE status = 'published';
CREATE INDEX events_published ON events (published_at) WHERE status = 'published';
