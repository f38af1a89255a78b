package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// Mail is one message to staff, or to a group. It says what happened and where to look, never about whom.
type Mail struct {
	ID        int64
	To        string // a group's address, or that of a member of staff; "" for all of them
	Subject   string
	Body      string
	Attempts  int // that failed
	CreatedAt time.Time
}

// mailStaff puts a message in the mails to be sent, in the transaction of what it tells of. body says
// what happened and the path of the page to look at; it holds no personal data.
func (t *Tx) mailStaff(ctx context.Context, subject, body string) error {
	err := t.exec(ctx, `
		INSERT INTO mails (subject, body, next_attempt_at, created_at) VALUES (?, ?, ?, ?)`,
		subject, body, stamp(t.now), stamp(t.now))
	if err != nil {
		return fmt.Errorf("mail staff: %w", err)
	}
	return nil
}

// letter is what is kept sealed of a mail that leaves the house.
type letter struct {
	To   string `json:"to"`
	Body string `json:"body"`
}

// MailGroup puts a message to a group in the mails to be sent. Its body may hold a link that opens once, but
// no personal data: mail is read by others on its way.
func (t *Tx) MailGroup(ctx context.Context, to, subject, body string) error {
	if err := t.mailTo(ctx, to, subject, body); err != nil {
		return fmt.Errorf("mail group: %w", err)
	}
	return nil
}

// mailMember puts a message to one member of staff in the mails to be sent, or to all of them if that one no
// longer works here. What it says is as for mailStaff.
func (t *Tx) mailMember(ctx context.Context, id ippo.StaffID, subject, body string) error {
	who, err := one(ctx, t.tx, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE id = ?`, id)
	switch {
	case notFound(err), err == nil && (who.Disabled || who.Token || who.Email == ""):
		return t.mailStaff(ctx, subject, body)
	case err == nil:
		err = t.mailTo(ctx, who.Email, subject, body)
	}
	if err != nil {
		return fmt.Errorf("mail member of staff %d: %w", id, err)
	}
	return nil
}

func (t *Tx) mailTo(ctx context.Context, to, subject, body string) error {
	sealed, err := t.store.sealJSON("mails.letter", letter{to, body})
	if err != nil {
		return err
	}
	return t.exec(ctx, `
		INSERT INTO mails (subject, body, letter, next_attempt_at, created_at) VALUES (?, '', ?, ?, ?)`,
		subject, sealed, stamp(t.now), stamp(t.now))
}

// MailStaff puts a message in the mails to be sent.
func (s *Store) MailStaff(ctx context.Context, subject, body string) error {
	return s.Write(ctx, func(t *Tx) error { return t.mailStaff(ctx, subject, body) })
}

// DueMails returns at most limit mails to be sent now, the oldest first.
func (s *Store) DueMails(ctx context.Context, now time.Time, limit int) ([]Mail, error) {
	mails, err := collect(ctx, s.ro, s.scanMail, `
		SELECT `+mailColumns+` FROM mails WHERE next_attempt_at <= ? ORDER BY id LIMIT ?`, stamp(now), limit)
	if err != nil {
		return nil, fmt.Errorf("due mails: %w", err)
	}
	return mails, nil
}

const mailColumns = `id, subject, body, letter, attempts, created_at`

func (s *Store) scanMail(row scanner) (m Mail, err error) {
	var sealed []byte
	if err := row.Scan(&m.ID, &m.Subject, &m.Body, &sealed, &m.Attempts, at(&m.CreatedAt)); err != nil || sealed == nil {
		return m, err
	}
	var l letter
	err = s.openJSON("mails.letter", sealed, &l)
	m.To, m.Body = l.To, l.Body
	return m, err
}

// MailSent forgets a mail that was sent, or given up.
func (s *Store) MailSent(ctx context.Context, id int64) error {
	return s.Write(ctx, func(t *Tx) error { return t.exec(ctx, `DELETE FROM mails WHERE id = ?`, id) })
}

// MailFailed puts a mail off until next.
func (s *Store) MailFailed(ctx context.Context, id int64, next time.Time) error {
	return s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE mails SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ?`, stamp(next), id)
	})
}
