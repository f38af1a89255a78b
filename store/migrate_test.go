//go:build !race

package store

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/secret"
)

// A push that waited when its center came up to date still leaves, and those that had ended are kept.
func TestMigratePushes(t *testing.T) {
	dir := t.TempDir()
	db := bareDatabase(t, dir)
	old, err := newMigrator(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	card := ippo.Message(`{"type":"text","text":"会員証です"}`)
	sealed, err := (&Store{box: keys.Box("personal data")}).sealJSON("pushes.messages", []ippo.Message{card})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`
		INSERT INTO followers (line_user_id, status, followed_at) VALUES (?1, 'active', '2026-01-01T00:00:00.000Z');
		INSERT INTO pushes (follower_id, retry_key, messages, state, attempts, first_called_at, next_attempt_at, created_at) VALUES
			(1, 'k1', ?2, 'pending', 1, '2026-03-31T03:00:00.000Z', '2026-03-31T03:00:02.000Z', '2026-03-31T02:59:00.000Z'),
			(1, 'k2', NULL, 'accepted', 1, '2026-03-31T03:00:00.000Z', '2026-03-31T03:00:02.000Z', '2026-03-31T02:59:00.000Z')`,
		fmt.Sprintf("U%032x", 1), sealed); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	noon(s)
	due, err := s.DueNotices(t.Context(), s.Now().Add(time.Minute), 10)
	if err != nil || len(due) != 1 || due[0].RetryKey != "k1" || string(due[0].Messages[0]) != string(card) || due[0].FirstCalledAt.IsZero() ||
		!due[0].Until.Equal(due[0].CreatedAt.Add(ippo.NoticeLife)) {
		t.Errorf("due %+v, %v", due, err)
	}
	if kept, err := s.Notices(t.Context(), NoticeFilter{State: ippo.DeliveryAccepted, Limit: 10}); err != nil || len(kept) != 1 {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if found, err := s.CheckLedger(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("findings %+v, %v", found, err)
	}
}

// A migration whose number is lower than one that the database has already is made up for.
func TestMigrateLateNumber(t *testing.T) {
	dir := t.TempDir()
	db := bareDatabase(t, dir)
	old, err := newMigrator(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 189); err != nil {
		t.Fatal(err)
	}
	if _, err := old.ApplyVersion(t.Context(), 200, true); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.VisionChanges(t.Context()); err != nil {
		t.Error(err)
	}
}

// A center that is at work when modules come keeps everything on, whether it ever saved its settings or not; a new one
// begins with nothing.
func TestMigrateModules(t *testing.T) {
	for _, c := range []struct {
		name, before string
		want         int
	}{
		{"at work, with settings", `INSERT INTO settings (id, value) VALUES (1, '{"office":{"phone":"000-111-2222"}}');
			INSERT INTO followers (line_user_id, status, followed_at) VALUES ('U1', 'active', '2026-01-01T00:00:00.000Z')`, len(ippo.Modules())},
		{"at work, without settings", `INSERT INTO followers (line_user_id, status, followed_at) VALUES ('U1', 'active', '2026-01-01T00:00:00.000Z')`, len(ippo.Modules())},
		{"new", ``, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			db := bareDatabase(t, dir)
			old, err := newMigrator(db)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := old.UpTo(t.Context(), 289); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(c.before); err != nil {
				t.Fatal(err)
			}
			keys, err := secret.Load(filepath.Join(dir, "secret.key"))
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), dir, keys)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			got, err := s.Settings(t.Context())
			if err != nil || len(got.Modules) != c.want || ippo.CheckModules(got.Modules) != nil {
				t.Errorf("modules %v, %v", got.Modules, err)
			}
			if strings.Contains(c.before, "000-111-2222") && got.Office.Phone != "000-111-2222" {
				t.Errorf("the settings from before: %+v", got.Office)
			}
		})
	}
}

// A city's spreadsheet that staff were looking at when their center came up to date is still there, and what was taken
// in before is known.
func TestMigrateIntakes(t *testing.T) {
	dir := t.TempDir()
	db := bareDatabase(t, dir)
	old, err := newMigrator(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 360); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	const file = "団体,内容\n山の会,山を歩く\n"
	sealed := (&Store{box: keys.Box("personal data")}).seal("group_imports.file", file)
	if _, err := db.Exec(`
		INSERT INTO staff (email, name, role, password, created_at) VALUES ('a@example.jp', '作成者', 'editor', 'x', '2026-01-01T00:00:00.000Z');
		INSERT INTO group_imports (id, name, staff_id, uploaded_at, ended_at, state, file, plan, rows, done, added) VALUES
			(3, '古い名簿.csv', 1, '2026-03-01T00:00:00.000Z', '2026-03-01T00:01:00.000Z', 'done', NULL, '{}', 5, 5, 5),
			(4, '名簿.csv', 1, '2026-03-31T00:00:00.000Z', NULL, 'draft', ?, '{"fields":{"団体":"name"}}', 0, 0, 0)`, sealed); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	i, err := s.Intake(t.Context(), 4)
	if err != nil || i.Kind != ippo.IntakeGroups || i.State != ippo.IntakeDraft || i.Plan.Fields["団体"] != "name" {
		t.Errorf("%+v, %v", i, err)
	}
	if kept, err := io.ReadAll(s.IntakeFile(t.Context(), 4)); err != nil || string(kept) != file {
		t.Errorf("the file is %q, %v", kept, err)
	}
	if past, err := s.Intakes(t.Context(), ippo.IntakeGroups, 0, 10); err != nil || len(past) != 1 || past[0].Added != 5 {
		t.Errorf("%+v, %v", past, err)
	}
}
