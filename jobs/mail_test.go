package jobs

import (
	"bufio"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// postOffice is a mail server that keeps what it is given, or refuses.
type postOffice struct {
	url *url.URL

	mu      sync.Mutex
	closed  bool     // refuses
	letters []letter // as they came
}

type letter struct {
	to   []string
	text string
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &postOffice{}
	if p.url, err = url.Parse("smtp://" + l.Addr().String() + "?from=ippo@example.jp"); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *postOffice) serve(conn net.Conn) {
	defer conn.Close()
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	if closed {
		fmt.Fprint(conn, "421 closed\r\n")
		return
	}
	fmt.Fprint(conn, "220 ready\r\n")
	var now letter
	in := bufio.NewScanner(conn)
	for in.Scan() {
		command, rest, _ := strings.Cut(in.Text(), " ")
		switch strings.ToUpper(command) {
		case "RCPT":
			now.to = append(now.to, strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>"))
			fmt.Fprint(conn, "250 ok\r\n")
		case "DATA":
			fmt.Fprint(conn, "354 go on\r\n")
			for in.Scan() && in.Text() != "." {
				now.text += in.Text() + "\r\n"
			}
			p.mu.Lock()
			p.letters = append(p.letters, now)
			p.mu.Unlock()
			now = letter{}
			fmt.Fprint(conn, "250 ok\r\n")
		case "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

func (p *postOffice) open(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = !open
}

func (p *postOffice) received() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.letters
}

// mailing gives the center a mail server.
func (c *center) mailing() *postOffice {
	c.t.Helper()
	office := newPostOffice(c.t.(*testing.T))
	mailer, err := NewMailer(office.url, "https://line.example.jp/")
	if err != nil {
		c.t.Fatal(err)
	}
	c.mailer = mailer
	return office
}

func (c *center) sendMails() {
	c.t.Helper()
	if _, err := c.SendMails(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

func TestStaffAreTold(t *testing.T) {
	c := newCenter(t, 0, options{})
	office := c.mailing()
	if err := c.store.MailStaff(t.Context(), "配信を保留しました", "理由です。\n/admin/broadcasts/7\n"); err != nil {
		t.Fatal(err)
	}
	c.sendMails()
	c.sendMails()
	letters := office.received()
	if len(letters) != 1 {
		t.Fatalf("%d letters, want 1", len(letters))
	}
	got := letters[0]
	for _, who := range []string{"editor@example.jp", "approver@example.jp", "admin@example.jp"} {
		if !strings.Contains(strings.Join(got.to, " "), who) {
			t.Errorf("%s was not told: %v", who, got.to)
		}
		if strings.Contains(got.text, who) {
			t.Errorf("everyone sees %s", who)
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(got.text))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "配信を保留しました" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if !strings.Contains(got.text, "https://line.example.jp/admin/broadcasts/7") {
		t.Errorf("no link in %s", got.text)
	}
}

// The mail server is away for a while: the mail is tried again, and given up when it is a day old.
func TestMailServerAway(t *testing.T) {
	c := newCenter(t, 0, options{})
	office := c.mailing()
	office.open(false)
	if err := c.store.MailStaff(t.Context(), "あとで届く", ""); err != nil {
		t.Fatal(err)
	}
	c.sendMails()
	office.open(true)
	c.sendMails() // too early
	if n := len(office.received()); n != 0 {
		t.Errorf("%d letters before the time", n)
	}
	c.wait(time.Minute)
	c.sendMails()
	if n := len(office.received()); n != 1 {
		t.Errorf("%d letters, want 1", n)
	}

	if err := c.store.MailStaff(t.Context(), "古すぎる", ""); err != nil {
		t.Fatal(err)
	}
	c.wait(25 * time.Hour)
	c.sendMails()
	c.sendMails()
	if n := len(office.received()); n != 1 {
		t.Errorf("%d letters, want no old one", n)
	}
	if c.mailed("") {
		t.Error("the old mail is still there")
	}
}
