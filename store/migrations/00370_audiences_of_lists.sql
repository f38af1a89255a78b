-- +goose Up
-- What a team sees of broadcasts and campaigns follows from their audiences, which are few: each is found here without
-- the others, and counted without the messages.
CREATE INDEX broadcasts_audiences ON broadcasts (audience, corrects_id, status);
CREATE INDEX campaigns_audiences ON campaigns (audience);
