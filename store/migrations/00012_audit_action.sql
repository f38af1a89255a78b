-- +goose Up
-- The home page names what lately passed a rule.
CREATE INDEX audit_log_action ON audit_log (action, at);
