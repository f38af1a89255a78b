package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"ippo"
)

// Every table that may hold something of a follower's is in holdings: a new one has to say what becomes of it.
func TestHoldingsAreWhole(t *testing.T) {
	s := newStore(t)
	tables, err := collect(t.Context(), s.ro, scanText, `
		SELECT DISTINCT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND (c.name IN ('follower_id', 'line_user_id') OR c.type = 'BLOB') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, h := range holdings {
		listed = append(listed, h.table)
		if h.erase == nil && h.stays == "" {
			t.Errorf("nothing is said of %s", h.table)
		}
	}
	slices.Sort(listed)
	if !slices.Equal(listed, tables) {
		t.Errorf("holdings are of\n%v, want\n%v", listed, tables)
	}
}

// everything gives a follower something in every table, and returns what must not be found afterwards.
func everything(t *testing.T, s *Store, id ippo.FollowerID, user string) (traces map[string][]byte) {
	t.Helper()
	ctx := t.Context()
	a := applicant(id)
	a.Name, a.Contact, a.Vision = "市川 まぼろし", "090-5555-0199", "まぼろしのビジョン"
	group, err := s.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{Slug: "igo", Name: "囲碁の会", Summary: "囲碁"})
	if err != nil {
		t.Fatal(err)
	}
	tag, err := s.CreateTag(ctx, 0, ippo.Tag{Slug: "pta", Name: "PTA"})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, `INSERT INTO follower_tags (tag_id, follower_id) VALUES (?, ?)`, tag.ID, id)
	exec(t, s, `INSERT INTO group_accounts (group_id, follower_id, linked_at) VALUES (?, ?, ?)`, group.ID, id, stamp(s.Now()))
	exec(t, s, `INSERT INTO staff_link_tries (follower_id, tries, last_at) VALUES (?, 1, ?)`, id, stamp(s.Now()))
	if err := s.AppendEvents(ctx, []ippo.InboundEvent{{EventID: "e1", LineUserID: user, MessageID: "m1", Payload: []byte("090-5555-0199"), OccurredAt: s.Now(), ReceivedAt: s.Now()}}); err != nil {
		t.Fatal(err)
	}
	var open, done ippo.DeskRequestID
	inTx(t, s, func(tx *Tx) error {
		if _, err := tx.ApplyAmbassador(ctx, a); err != nil {
			return err
		}
		if err := tx.SaveConversation(ctx, ippo.Conversation{Follower: id, Name: "menu", Step: "open", Answers: []byte(`{"n":"まぼろし"}`)}); err != nil {
			return err
		}
		if err := tx.AddFormLink(ctx, FormLink{ID: 7, Follower: id, Purpose: "phone", Context: []byte("090-5555-0199"), ExpiresAt: s.Now()}); err != nil {
			return err
		}
		var err error
		if done, err = tx.AddDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestCallback, Follower: id, Body: "連絡先：090-5555-0199"}, "m2"); err != nil {
			return err
		}
		if open, err = tx.AddDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestNewcomer, Follower: id, Body: "まぼろしです"}, "m3"); err != nil {
			return err
		}
		match, err := tx.SuggestMatch(ctx, id, group.ID, "まぼろしの理由", ippo.Wish{})
		if err != nil {
			return err
		}
		if err := tx.AskMatch(ctx, match, ippo.ByNewcomer, 0, ippo.VisitRequest{Name: "まぼろし", Contact: "090-5555-0199"}, ippo.Consent{}); err != nil {
			return err
		}
		if _, err := tx.MoveMatch(ctx, match, ippo.ByNewcomer, 0, ippo.MatchUnfit, "まぼろしのメモ"); err != nil {
			return err
		}
		return tx.AddNotice(ctx, ippo.Notice{Follower: id, Kind: ippo.NoticeCard, Key: "k", Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"まぼろし"}`)}})
	})
	if err := s.UpdateDeskRequest(ctx, 0, done, ippo.RequestDone, "電話した"); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateDeskRequest(ctx, 0, open, ippo.RequestWorking, "考え中"); err != nil {
		t.Fatal(err)
	}
	traces = map[string][]byte{"LINE ID": []byte(user), "name": []byte("まぼろし"), "phone": []byte("090-5555-0199")}
	for name, query := range map[string]string{
		"sealed name":        `SELECT display_name FROM followers WHERE id = ?`,
		"sealed person":      `SELECT person FROM ambassadors WHERE follower_id = ?`,
		"sealed request":     `SELECT request FROM matches WHERE follower_id = ?`,
		"sealed wish":        `SELECT wish FROM matches WHERE follower_id = ?`,
		"sealed note":        `SELECT s.note FROM match_steps s JOIN matches m ON m.id = s.match_id WHERE s.note IS NOT NULL AND m.follower_id = ?`,
		"sealed talk":        `SELECT answers FROM conversations WHERE follower_id = ?`,
		"sealed link":        `SELECT context FROM form_links WHERE follower_id = ?`,
		"sealed done body":   `SELECT body FROM desk_requests WHERE state = 'done' AND follower_id = ?`,
		"sealed done note":   `SELECT note FROM desk_requests WHERE state = 'done' AND follower_id = ?`,
		"sealed notice":      `SELECT messages FROM notices WHERE follower_id = ?`,
		"sealed event":       `SELECT payload FROM inbound_events WHERE ? <> 0`,
		"open request, body": `SELECT body FROM desk_requests WHERE state = 'working' AND follower_id = ?`,
	} {
		value, err := one(ctx, s.ro, scanBytes, query, id)
		if err != nil || len(value) < 20 {
			t.Fatalf("%s: %q, %v", name, value, err)
		}
		traces[name] = value
	}
	return traces
}

// found tells which of these can be read in any of the database's files.
func traced(t *testing.T, dir string, traces map[string][]byte) (found []string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		b, err := os.ReadFile(filepath.Join(dir, File+suffix))
		if errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		for name, trace := range traces {
			if bytes.Contains(b, trace) && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	slices.Sort(found)
	return found
}

// What was said in a consultation goes with the person; one that is open stays until the desk is done with
// it, and then goes too.
func TestErasingAndConsultations(t *testing.T) {
	s := newStore(t)
	id, saki := follow(t, s, 1), colleague(t, s, "saki", ippo.Editor)
	ended := consult(t, s, id, "終わった相談")
	if err := answer(t, s, saki, Reply{To: ended.ID, Version: ended.Version, Text: "お返事", Done: true}); err != nil {
		t.Fatal(err)
	}
	open := consult(t, s, id, "続いている相談")
	d, err := s.PersonalData(t.Context(), id)
	if err != nil || len(d.Consultations) != 2 || d.Consultations[1].Said[0].Text != "終わった相談" {
		t.Fatalf("their own data: %+v, %v", d.Consultations, err)
	}
	forget(t, s, id)
	if _, err := s.Consultation(t.Context(), ended.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("the one that had ended: %v", err)
	}
	open, err = s.Consultation(t.Context(), open.ID)
	if err != nil {
		t.Fatalf("the open one: %v", err)
	}
	night := func() {
		t.Helper()
		if _, err := s.ForgetPassing(t.Context(), s.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	night()
	if _, err := s.Consultation(t.Context(), open.ID); err != nil {
		t.Errorf("the open one after a night: %v", err)
	}
	if err := s.SettleConsultation(t.Context(), saki, open.ID, open.Version, open.Kind, ippo.ConsultationDone); err != nil {
		t.Fatal(err)
	}
	night()
	if _, err := s.Consultation(t.Context(), open.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("after it has ended: %v", err)
	}
}

// forget erases one who asked.
func forget(t *testing.T, s *Store, id ippo.FollowerID) {
	t.Helper()
	inTx(t, s, func(tx *Tx) error { return tx.AskErasure(t.Context(), id, 0, "") })
	waiting, err := s.Erasures(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Follower != id {
		t.Fatalf("waiting %+v, %v", waiting, err)
	}
	if done, err := s.Erase(t.Context(), waiting[0]); err != nil || !done {
		t.Fatalf("erased %v, %v", done, err)
	}
	if done, err := s.Scrub(t.Context()); err != nil || !done {
		t.Fatalf("scrubbed %v, %v", done, err)
	}
}

func TestErasingLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	user := "Uabcdef0123456789abcdef0123456789"
	var id ippo.FollowerID
	inTx(t, s, func(tx *Tx) (err error) {
		id, err = tx.Follow(t.Context(), user, "市川 まぼろし", ippo.English, s.Now())
		return err
	})
	const many = 3000 // so that rows stand on many pages, and pages have been split
	for first := 0; first < many; first += 500 {
		rows := make([]FollowerRow, 500)
		for i := range rows {
			// In no order: the index is split around the one who is looked for, again and again.
			rows[i] = FollowerRow{LineUserID: fmt.Sprintf("U%032x", sha256.Sum256([]byte{byte(first >> 8), byte(first), byte(i >> 8), byte(i)}))[:33], DisplayName: "住民"}
		}
		if _, err := s.ImportFollowers(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
	}
	traces := everything(t, s, id, user)
	if before := traced(t, dir, traces); !slices.Contains(before, "LINE ID") || !slices.Contains(before, "sealed person") {
		t.Fatalf("the test finds only %v", before)
	}

	forget(t, s, id)
	if left := traced(t, dir, traces); !slices.Equal(left, []string{"open request, body"}) {
		t.Errorf("still there: %v", left)
	}
	f, err := s.Follower(t.Context(), id)
	if err != nil || f.Status != ippo.FollowerErased || f.DisplayName != "" || f.Preferences.Language != ippo.Japanese || !ippo.IsLineUserID(f.LineUserID) {
		t.Errorf("%+v, %v", f, err)
	}

	// The open request waits for the desk, without who asked it.
	list, err := s.DeskRequests(t.Context(), DeskRequestFilter{Open: true})
	if err != nil || len(list) != 1 || list[0].Follower != 0 || list[0].Body != "まぼろしです" || list[0].Note != "考え中" {
		t.Fatalf("the desk has %+v, %v", list, err)
	}
	if err := s.UpdateDeskRequest(t.Context(), 0, list[0].ID, ippo.RequestDone, "お電話で済んだ"); err != nil {
		t.Fatal(err)
	}
	if r, err := s.DeskRequest(t.Context(), list[0].ID); err != nil || r.Body != "" || r.Note != "" {
		t.Errorf("done with: %+v, %v", r, err)
	}
	if done, err := s.Scrub(t.Context()); err != nil || !done {
		t.Fatal(done, err)
	}
	if left := traced(t, dir, traces); len(left) > 0 {
		t.Errorf("still there: %v", left)
	}

	// The number stays taken, the count of the match too.
	a, err := s.Ambassador(t.Context(), 1)
	if err != nil || a.Follower != 0 || a.Contact != "" || a.Status != ippo.AmbassadorDeclined {
		t.Errorf("%+v, %v", a, err)
	}
	matches, total, err := s.MatchPage(t.Context(), MatchFilter{}, Page{Limit: 1})
	if err != nil || total != 1 || matches.Items[0].State != ippo.MatchUnfit || matches.Items[0].Request.Name != "" {
		t.Errorf("%+v, %v", matches, err)
	}
	if found, err := s.CheckLedger(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("ledger: %+v, %v", found, err)
	}
	if broken, err := collect(t.Context(), s.ro, scanText, `SELECT "table" FROM pragma_foreign_key_check`); err != nil || len(broken) > 0 {
		t.Errorf("references that lead nowhere in %v, %v", broken, err)
	}
}

// Who was forgotten is not brought back by a list, nor by blocking us; only by coming.
func TestForgottenComeBackByThemselvesOnly(t *testing.T) {
	s := newStore(t)
	id := follow(t, s, 1)
	forget(t, s, id)
	list := []FollowerRow{{LineUserID: line(1), DisplayName: "住民1"}, {LineUserID: line(2)}}
	if got, err := s.ImportFollowers(t.Context(), list); err != nil || got.Erased != 1 || got.Added != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	inTx(t, s, func(tx *Tx) error { return tx.Block(t.Context(), line(1), s.Now().Add(time.Hour)) })
	if f, err := s.FollowerByLineID(t.Context(), line(1)); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("brought back: %+v, %v", f, err)
	}
	again := follow(t, s, 1)
	if again == id {
		t.Error("the same person as before")
	}
	if got, err := s.ImportFollowers(t.Context(), list[:1]); err != nil || got.Changed != 1 {
		t.Errorf("after coming back: %+v, %v", got, err)
	}
}

// An erasure waits for LINE's answer to what names the person, for a day at most.
func TestErasingWaitsForLine(t *testing.T) {
	for name, open := range map[string]func(*Store, ippo.FollowerID){
		"request": func(s *Store, id ippo.FollowerID) {
			staff, err := s.CreateStaff(t.Context(), 0, ippo.Staff{Name: "担当", Email: "a@example.jp", Role: ippo.Administrator}, "$argon2id$")
			if err != nil {
				t.Fatal(err)
			}
			exec(t, s, `INSERT INTO broadcasts (id, title, messages, content, audience, origin, status, author_id, created_at, updated_at)
				VALUES (1, '', '[]', x'', '{}', 'panel', 'sending', ?1, ?2, ?2)`, staff.ID, stamp(s.Now()))
			exec(t, s, `INSERT INTO delivery_requests (broadcast_id, retry_key, members, size, state, first_called_at) VALUES (1, ?, ?, 2, 'pending', ?)`,
				uuid.NewString(), ippo.PackMembers([]ippo.FollowerID{id, id + 1}), stamp(s.Now()))
		},
		"notice": func(s *Store, id ippo.FollowerID) {
			inTx(t, s, func(tx *Tx) error {
				return tx.AddNotice(t.Context(), ippo.Notice{Follower: id, Kind: ippo.NoticeCard, Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"a"}`)}})
			})
			exec(t, s, `UPDATE notices SET first_called_at = ?`, stamp(s.Now()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			id := follow(t, s, 1)
			open(s, id)
			inTx(t, s, func(tx *Tx) error { return tx.AskErasure(t.Context(), id, 0, "") })
			err := s.Write(t.Context(), func(tx *Tx) error { return tx.AskErasure(t.Context(), id, 0, "") })
			if !errors.Is(err, ippo.ErrConflict) {
				t.Errorf("asked twice: %v", err)
			}
			e := ippo.Erasure{Follower: id, AskedAt: s.Now()}
			now := s.Now()
			s.Now = func() time.Time { return now.Add(ippo.EraseWithin - time.Second) }
			if done, err := s.Erase(t.Context(), e); err != nil || done {
				t.Fatalf("erased %v, %v", done, err)
			}
			if f, err := s.FollowerByLineID(t.Context(), line(1)); err != nil || f.Status != ippo.FollowerErased || f.DisplayName == "" {
				t.Errorf("while it waits: %+v, %v", f, err)
			}
			s.Now = func() time.Time { return now.Add(ippo.EraseWithin) }
			if done, err := s.Erase(t.Context(), e); err != nil || !done {
				t.Errorf("erased %v, %v", done, err)
			}
			if found, err := s.CheckLedger(t.Context()); err != nil || name == "notice" && len(found) > 0 {
				t.Errorf("ledger: %+v, %v", found, err)
			}
		})
	}
}

// Nothing that the audit log keeps leads from the person to the row that is left.
func TestAuditOfErasing(t *testing.T) {
	s := newStore(t)
	id := follow(t, s, 1)
	forget(t, s, id)
	entries, err := s.AuditLog(t.Context(), AuditFilter{Limit: 10})
	if err != nil || len(entries) != 2 {
		t.Fatalf("%+v, %v", entries, err)
	}
	for _, e := range entries {
		if e.Object != fmt.Sprintf("follower:%d", id) || strings.Contains(fmt.Sprint(e), line(1)) {
			t.Errorf("%+v", e)
		}
	}
}

// What is called off leaves somebody as they were, and is nothing that can be done twice or late.
func TestErasureIsCalledOff(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	active, blocked := follow(t, s, 1), follow(t, s, 2)
	by := staff(t, s, "a@example.jp", ippo.Approver)
	f, err := s.Follower(ctx, blocked)
	if err != nil {
		t.Fatal(err)
	}
	inTx(t, s, func(tx *Tx) error { return tx.Block(ctx, f.LineUserID, s.Now()) })
	for id, was := range map[ippo.FollowerID]ippo.FollowerStatus{active: ippo.FollowerActive, blocked: ippo.FollowerBlocked} {
		inTx(t, s, func(tx *Tx) error { return tx.AskErasure(ctx, id, by, "電話での申し出") })
		if err := s.Write(ctx, func(tx *Tx) error { return tx.AskErasure(ctx, id, by, "もう一度") }); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("asked twice: %v", err)
		}
		waiting, err := s.Erasures(ctx)
		if err != nil || len(waiting) != 1 || waiting[0].Staff != by || !waiting[0].From().Equal(s.Now().Add(ippo.EraseGraceByStaff)) {
			t.Fatalf("%+v, %v", waiting, err)
		}
		inTx(t, s, func(tx *Tx) error { return tx.CallOffErasure(ctx, id, by, "別の方でした") })
		if f, err := s.Follower(ctx, id); err != nil || f.Status != was || f.DisplayName == "" {
			t.Errorf("%+v, %v; want %s", f, err, was)
		}
		// A job that read the list before does nothing.
		if done, err := s.Erase(ctx, waiting[0]); err != nil || done {
			t.Errorf("erased all the same: %v, %v", done, err)
		}
		if err := s.Write(ctx, func(tx *Tx) error { return tx.CallOffErasure(ctx, id, by, "") }); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("called off twice: %v", err)
		}
	}
	inTx(t, s, func(tx *Tx) error { return tx.AskErasure(ctx, active, 0, "") })
	waiting, err := s.Erasures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := s.Erase(ctx, waiting[0]); err != nil || !done {
		t.Fatal(done, err)
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.CallOffErasure(ctx, active, by, "") }); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("called off when it was done: %v", err)
	}
	if f, err := s.Follower(ctx, active); err != nil || f.Status != ippo.FollowerErased {
		t.Errorf("%+v, %v", f, err)
	}
}

// A copy of before knows those who were forgotten since: restored, it forgets them too, and no list brings
// them back. Who was not forgotten stays.
func TestEraseAgainAfterARestore(t *testing.T) {
	ctx := t.Context()
	dir, other := t.TempDir(), t.TempDir()
	copied := openIn(t, dir)
	key, err := os.ReadFile(filepath.Join(dir, "secret.key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(other, "secret.key"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	now := openIn(t, other)
	var gone, asked, stays ippo.FollowerID
	for _, s := range []*Store{copied, now} {
		gone, asked, stays = follow(t, s, 1), follow(t, s, 2), follow(t, s, 3)
	}
	was, err := copied.Follower(ctx, gone)
	if err != nil {
		t.Fatal(err)
	}
	inTx(t, now, func(tx *Tx) error { return tx.AskErasure(ctx, gone, 0, "") })
	waiting, err := now.Erasures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := now.Erase(ctx, waiting[0]); err != nil || !done {
		t.Fatal(done, err)
	}
	inTx(t, now, func(tx *Tx) error { return tx.AskErasure(ctx, asked, 0, "") })
	forgotten, err := now.Forgotten(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{2, 0} { // the second time nobody of them is there
		if n, err := copied.EraseAgain(ctx, forgotten); err != nil || n != want {
			t.Fatalf("%d, %v; want %d", n, err, want)
		}
	}
	for id, status := range map[ippo.FollowerID]ippo.FollowerStatus{gone: ippo.FollowerErased, asked: ippo.FollowerErased, stays: ippo.FollowerActive} {
		if f, err := copied.Follower(ctx, id); err != nil || f.Status != status || (f.DisplayName == "") != (status == ippo.FollowerErased) {
			t.Errorf("%d: %+v, %v", id, f, err)
		}
	}
	inTx(t, copied, func(tx *Tx) error {
		forgotten, err := tx.forgotten(ctx, was.LineUserID)
		if !forgotten {
			t.Error("a list may bring them back")
		}
		return err
	})
	if found, err := copied.CheckLedger(ctx); err != nil || len(found) > 0 {
		t.Errorf("ledger: %+v, %v", found, err)
	}
}
