package jobs

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"ippo"
	"ippo/store"
)

// Mailer sends mail to staff, and to groups.
type Mailer struct {
	client *mail.Client
	from   string
	public string // what the paths in mails are put behind: https://line.example.jp
}

// NewMailer makes a Mailer for a server such as smtps://user:password@host:465?from=ippo@example.jp.
// With smtps all is encrypted from the start; with smtp encryption is asked for, and a password is
// never sent without it. public is the address that links begin with.
func NewMailer(server *url.URL, public string) (*Mailer, error) {
	options := []mail.Option{mail.WithTimeout(15 * time.Second)}
	if server.Scheme == "smtps" {
		options = append(options, mail.WithSSLPort(false))
	} else {
		options = append(options, mail.WithTLSPortPolicy(mail.TLSOpportunistic))
	}
	if port := server.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, fmt.Errorf("mail server: port %q: %w", port, err)
		}
		options = append(options, mail.WithPort(n))
	}
	if user := server.User.Username(); user != "" {
		password, _ := server.User.Password()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(user), mail.WithPassword(password))
	}
	client, err := mail.NewClient(server.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &Mailer{client: client, from: server.Query().Get("from"), public: strings.TrimSuffix(public, "/")}, nil
}

// send sends one mail to everyone in to; nobody sees the others' addresses.
func (m *Mailer) send(ctx context.Context, to []string, subject, body string) error {
	msg := mail.NewMsg()
	if err := msg.From(m.from); err != nil {
		return fmt.Errorf("mail from: %w", err)
	}
	if err := msg.To(m.from); err != nil {
		return fmt.Errorf("mail to: %w", err)
	}
	if err := msg.Bcc(to...); err != nil {
		return fmt.Errorf("mail bcc: %w", err)
	}
	msg.Subject(subject)
	msg.SetBodyString(mail.TypeTextPlain, m.linked(body))
	if err := m.client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	return nil
}

// linked makes an address of every line that is a path of ours.
func (m *Mailer) linked(body string) string {
	lines := strings.Split(body, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "/") {
			lines[i] = m.public + l
		}
	}
	return strings.Join(lines, "\n")
}

// Mail that could not be sent is tried again for a day; later it would only confuse.
const (
	mailAtOnce  = 20
	mailWorth   = 24 * time.Hour
	mailLongest = time.Hour
)

// SendMails sends what is due and returns when the next is. Without a mail server mails are dropped
// when they are a day old, so that switching it on later does not send last month's.
func (r *Runner) SendMails(ctx context.Context) (next time.Time, err error) {
	for {
		now := r.now()
		due, err := r.store.DueMails(ctx, now, mailAtOnce)
		if err != nil || len(due) == 0 {
			return next, err
		}
		to, err := r.addresses(ctx)
		if err != nil {
			return next, err
		}
		for _, m := range due {
			whom := to
			if m.To != "" {
				whom = []string{m.To}
			}
			if err := r.sendMail(ctx, m, whom, now); err != nil {
				return next, err
			}
		}
	}
}

func (r *Runner) sendMail(ctx context.Context, m store.Mail, to []string, now time.Time) error {
	switch {
	case now.Sub(m.CreatedAt) > mailWorth:
		return r.store.MailSent(ctx, m.ID)
	case r.mailer == nil || len(to) == 0: // nobody to tell yet
	default:
		err := r.mailer.send(ctx, to, m.Subject, m.Body)
		if err == nil {
			return r.store.MailSent(ctx, m.ID)
		}
		r.log.WarnContext(ctx, "mail not sent", "attempt", m.Attempts+1, "err", err)
	}
	wait := min(time.Minute<<min(m.Attempts, 10), mailLongest)
	return r.store.MailFailed(ctx, m.ID, now.Add(wait))
}

// addresses are whom to tell: the office's own address, or every member of staff.
func (r *Runner) addresses(ctx context.Context) ([]string, error) {
	settings, err := r.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if settings.Office.Email != "" {
		return []string{settings.Office.Email}, nil
	}
	staff, err := r.store.StaffList(ctx)
	if err != nil {
		return nil, err
	}
	var to []string
	for _, who := range staff {
		if who.Email != "" && !who.Disabled && who.Role.Includes(ippo.Editor) {
			to = append(to, who.Email)
		}
	}
	return to, nil
}
