-- +goose Up
-- What LINE was asked before staff sent an unknown request again: a JSON array of store.Call, the first one first.
ALTER TABLE delivery_requests ADD COLUMN earlier TEXT NOT NULL DEFAULT '[]';
