package store

import (
	"errors"
	"testing"
	"time"

	"ippo"
)

func TestLinkStaff(t *testing.T) {
	s := newStore(t)
	who, err := s.CreateStaff(t.Context(), 0, ippo.Staff{Name: "山本", Email: "y@example.jp", Role: ippo.Editor}, "hash")
	if err != nil {
		t.Fatal(err)
	}
	var follower ippo.FollowerID
	if err := s.Write(t.Context(), func(tx *Tx) error {
		id, err := tx.insert(t.Context(), `INSERT INTO followers (line_user_id, status, followed_at) VALUES ('U00000000000000000000000000000001', 'active', ?)`, stamp(tx.now))
		follower = ippo.FollowerID(id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	link := func(code string) error {
		return s.Write(t.Context(), func(tx *Tx) error {
			_, err := tx.LinkStaff(t.Context(), code, follower)
			return err
		})
	}
	old, _, err := s.NewStaffLinkCode(t.Context(), who.ID)
	if err != nil {
		t.Fatal(err)
	}
	code, _, err := s.NewStaffLinkCode(t.Context(), who.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{old, "AAAA-AAAA"} {
		if err := link(wrong); !errors.Is(err, ippo.ErrNotFound) {
			t.Errorf("link with %q: %v, want ErrNotFound", wrong, err)
		}
	}
	if _, err := s.StaffLink(t.Context(), who.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("before linking: %v, want ErrNotFound", err)
	}
	typed, ok := ippo.StaffLinkCode(ippo.StaffLinkText(code))
	if !ok || typed != code {
		t.Fatalf("read %q from the chat, want %q", typed, code)
	}
	if err := link(typed); err != nil {
		t.Fatal(err)
	}
	if err := link(typed); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("second use of a code: %v, want ErrNotFound", err)
	}
	if got, err := s.StaffLink(t.Context(), who.ID); err != nil || got.To.LineUser() != "U00000000000000000000000000000001" || !got.Active {
		t.Errorf("link: %+v, %v", got, err)
	}
	late, expires, err := s.NewStaffLinkCode(t.Context(), who.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.Now = func() time.Time { return expires }
	if err := link(late); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("code after ten minutes: %v, want ErrNotFound", err)
	}
}
