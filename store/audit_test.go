package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
)

// audited writes some entries as staff do.
func audited(t *testing.T, s *Store, n int) {
	t.Helper()
	for i := range n {
		if err := s.Audit(From(t.Context(), "192.0.2.7"), 0, "news.update", fmt.Sprintf("news:%d", i), ""); err != nil {
			t.Fatal(err)
		}
	}
}

func checkAudit(t *testing.T, s *Store) string {
	t.Helper()
	faults, err := s.CheckAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(faults, "\n")
}

// tamper does what somebody with the file and without the key can do.
func tamper(t *testing.T, s *Store, queries ...string) {
	t.Helper()
	for _, q := range append([]string{"DROP TRIGGER audit_log_update", "DROP TRIGGER audit_log_delete", "DROP TRIGGER audit_log_insert"}, queries...) {
		exec(t, s, q)
	}
}

// The log takes rows and gives none back, whoever asks within the program.
func TestAuditLogIsAppendOnly(t *testing.T) {
	s := newStore(t)
	audited(t, s, 3)
	for _, q := range []string{
		"UPDATE audit_log SET detail = 'x' WHERE id = 2", "UPDATE audit_log SET hash = NULL", "DELETE FROM audit_log WHERE id = 3", "DELETE FROM audit_log",
		"INSERT INTO audit_log (at, action, object) VALUES ('2026-01-01T00:00:00.000Z', 'news.update', 'news:9')",
	} {
		err := s.Write(t.Context(), func(tx *Tx) error { return tx.exec(t.Context(), q) })
		if err == nil {
			t.Errorf("%s was done", q)
		}
	}
	if faults := checkAudit(t, s); faults != "" {
		t.Error(faults)
	}
}

// Whatever is changed, taken out or put in behind the program's back is found, and named.
func TestAuditChainFindsTampering(t *testing.T) {
	for name, c := range map[string]struct{ query, want string }{
		"a changed word":        {"UPDATE audit_log SET detail = 'x' WHERE id = 3", "3番の記録が"},
		"another's name":        {"UPDATE audit_log SET from_where = '' WHERE id = 5", "5番の記録が"},
		"a row taken out":       {"DELETE FROM audit_log WHERE id = 3", "3番から3番までの記録がありません"},
		"the end cut off":       {"DELETE FROM audit_log WHERE id > 3", "4番から5番までの記録がありません"},
		"the end, and its note": {"DELETE FROM audit_log WHERE id > 3; UPDATE audit_chain SET last = 3, hash = (SELECT hash FROM audit_log WHERE id = 3)", "控えが"},
		"the beginning, and its note": {`DELETE FROM audit_log WHERE id < 3;
			UPDATE audit_chain SET cut = 2, cut_hash = x'00'`, "控えが"},
		"a row put in": {"INSERT INTO audit_log (id, at, action, object, hash) VALUES (6, '2026-01-01T00:00:00.000Z', 'a.b', 'c', x'00')", "つながりの外に1件"},
		"two swapped": {`UPDATE audit_log SET id = 99 WHERE id = 2; UPDATE audit_log SET id = 2 WHERE id = 3;
			UPDATE audit_log SET id = 3 WHERE id = 99`, "2番の記録が"},
		"its note": {"DELETE FROM audit_chain", "つながりの外に5件"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			audited(t, s, 5)
			if faults := checkAudit(t, s); faults != "" {
				t.Fatal(faults)
			}
			tamper(t, s, strings.Split(c.query, ";")...)
			if faults := checkAudit(t, s); !strings.Contains(faults, c.want) {
				t.Errorf("found %q, want %q", faults, c.want)
			}
		})
	}
}

// What was written before there was a chain is chained at the first start, and the log says so.
func TestOldAuditLogIsChained(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	audited(t, s, 3)
	tamper(t, s, "UPDATE audit_log SET hash = NULL", "DELETE FROM audit_chain")
	again := openIn(t, dir)
	if faults := checkAudit(t, again); faults != "" {
		t.Error(faults)
	}
	log, err := again.AuditLog(t.Context(), AuditFilter{Limit: 1})
	if err != nil || len(log) != 1 || log[0].Action != "audit.chain" || log[0].Detail != "3件" {
		t.Errorf("%+v, %v", log, err)
	}
	openIn(t, dir)
	if log, err := again.AuditLog(t.Context(), AuditFilter{Limit: 9}); err != nil || len(log) != 4 {
		t.Errorf("a second start: %d entries, %v", len(log), err)
	}
}

// Retention cuts the chain from its beginning, leaves it sound, and says so in it.
func TestRetentionCutsTheAuditLog(t *testing.T) {
	s := newStore(t)
	began := s.Now()
	audited(t, s, 4)
	s.Now = func() time.Time { return began.AddDate(4, 0, 0) }
	audited(t, s, 2)
	s.Now = func() time.Time { return began.AddDate(5, 0, 1) }
	forgotten, err := s.ForgetPassing(t.Context(), s.Now())
	if err != nil || forgotten["audit log"] != 4 {
		t.Fatalf("forgot %v, %v", forgotten, err)
	}
	log, err := s.AuditLog(t.Context(), AuditFilter{Limit: 9})
	if err != nil || len(log) != 3 || log[0].Action != "audit.cut" || log[0].Detail != "4件（4番まで）" || log[2].ID != 5 {
		t.Errorf("%+v, %v", log, err)
	}
	audited(t, s, 1)
	if faults := checkAudit(t, s); faults != "" {
		t.Error(faults)
	}
	s.Now = func() time.Time { return began.AddDate(20, 0, 0) }
	if forgotten, err = s.ForgetPassing(t.Context(), s.Now()); err != nil || forgotten["audit log"] != 4 {
		t.Errorf("forgot %v, %v", forgotten, err)
	}
	if faults := checkAudit(t, s); faults != "" {
		t.Error(faults)
	}
}

// An entry says what was changed, from what to what; of personal data only that it was.
func TestAuditSaysWhatChanged(t *testing.T) {
	s := newStore(t)
	ctx := From(t.Context(), "192.0.2.7")
	g, err := s.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{Slug: "igo", Name: "囲碁の会", Summary: "囲碁", Host: ippo.Host{Person: "市川 太郎", Phone: "090-1234-5678"}})
	if err != nil {
		t.Fatal(err)
	}
	g.Name, g.Body, g.Full, g.Host.Person = "囲碁と将棋の会", "問い合わせは090-1234-5678、taro@example.jp", true, "市川 花子"
	if err := s.UpdateActivityGroup(ctx, 0, g); err != nil {
		t.Fatal(err)
	}
	log, err := s.AuditLog(ctx, AuditFilter{Object: "group:1", Limit: 1})
	if err != nil || len(log) != 1 || log[0].From != "192.0.2.7" {
		t.Fatalf("%+v, %v", log, err)
	}
	got := fmt.Sprintf("%+v", log[0].Changes)
	for _, want := range []string{"{name 囲碁の会 囲碁と将棋の会}", "{full 0 1}", "{host （個人情報） （個人情報）}", "***-****-****、***@example.jp"} {
		if !strings.Contains(strings.NewReplacer("Field:", "", "Before:", "", "After:", "").Replace(got), want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}

	settings := ippo.DefaultSettings()
	settings.Office.Phone, settings.OnCall, settings.PerHour = "000-123-4567", "当番の市川", 5
	if err := s.SaveSettings(ctx, 0, settings); err != nil {
		t.Fatal(err)
	}
	log, err = s.AuditLog(ctx, AuditFilter{About: "settings", Limit: 1})
	if err != nil || len(log) != 1 {
		t.Fatal(log, err)
	}
	want := []Change{{"office.phone", "", "000-123-4567"}, {"onCall", "", Hidden}, {"perHour", "3", "5"}}
	if fmt.Sprint(log[0].Changes) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", log[0].Changes, want)
	}
}

// Whoever is refused over and over, from ever so many places, fills neither log nor disk; how often it was
// stands there all the same.
func TestRefusalsAreBounded(t *testing.T) {
	s := newStore(t)
	for i := range 500 {
		if err := s.LoginFailed(From(t.Context(), fmt.Sprintf("2001:db8::%x", i%250)), 0, "account:x"); err != nil {
			t.Fatal(err)
		}
	}
	log, err := s.AuditLog(t.Context(), AuditFilter{About: "login", Limit: 999})
	if err != nil || len(log) != maxRefusals+1 {
		t.Fatalf("%d lines, %v", len(log), err)
	}
	now := s.Now()
	s.Now = func() time.Time { return now.Add(time.Hour) }
	if err := s.CloseRefusals(t.Context()); err != nil {
		t.Fatal(err)
	}
	log, err = s.AuditLog(t.Context(), AuditFilter{About: "login", Limit: 999})
	if err != nil || len(log) != 2*(maxRefusals+1) {
		t.Fatalf("%d lines, %v", len(log), err)
	}
	if !strings.HasSuffix(log[0].Detail, "ほか419回") { // 500 - 40 seen twice - the first of the rest
		t.Errorf("the rest: %+v", log[0])
	}
	if err := s.CloseRefusals(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := one(t.Context(), s.ro, scanInt, "SELECT count(*) FROM refusals"); err != nil || n != 0 {
		t.Errorf("%d kinds are left, %v", n, err)
	}
}
