-- +goose Up
-- The second factor: time-based codes of an app (RFC 6238), and codes on paper for when it is lost.
ALTER TABLE staff ADD COLUMN totp BLOB;                             -- sealed; NULL: none
ALTER TABLE staff ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;  -- of the last code that was used: none is good twice

CREATE TABLE recovery_codes (
	staff_id INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
	code     BLOB NOT NULL, -- SHA-256 of 80 random bits
	PRIMARY KEY (staff_id, code)
) STRICT, WITHOUT ROWID;
