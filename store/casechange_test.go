package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ippo"
)

// entered are some consultations that were held at the desk, in a state.
func entered(t *testing.T, s *Store, by ippo.StaffID, state ippo.ConsultationState, n int) (ids []ippo.ConsultationID) {
	t.Helper()
	for i := range n {
		id, err := s.EnterConsultation(t.Context(), by, ippo.Consultation{Way: ippo.ByDesk, State: state, MadeAt: s.Now().Add(-time.Hour)}, fmt.Sprint("秘密", i), "")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// applyCases works off all that waits.
func applyCases(t *testing.T, s *Store) {
	t.Helper()
	for {
		if more, err := s.ApplyCaseChanges(t.Context()); err != nil {
			t.Fatal(err)
		} else if !more {
			return
		}
	}
}

// moveAll makes a move with all of a filter, and returns the change as its maker sees it.
func moveAll(t *testing.T, s *Store, by ippo.StaffID, targets []SeenCase, err error, move ippo.CaseMove) ippo.CaseChange {
	t.Helper()
	if err == nil {
		err = s.MoveCases(t.Context(), by, targets, move)
	}
	if err != nil {
		t.Fatal(err)
	}
	applyCases(t, s)
	c, err := s.LatestCaseChange(move.Kind)(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func undoCases(t *testing.T, s *Store, by ippo.StaffID, c ippo.CaseChange) ippo.CaseChange {
	t.Helper()
	if err := s.UndoCaseChange(t.Context(), by, c.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.UndoCaseChange(t.Context(), by, c.ID); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("taken back twice: %v", err)
	}
	applyCases(t, s)
	undo, err := s.LatestCaseChange(c.Move.Kind)(t.Context(), by)
	if err != nil || undo.Undoes != c.ID || undo.MayUndo() {
		t.Fatalf("%+v, %v", undo, err)
	}
	return undo
}

// All that somebody looks after goes to a colleague, part by part: told once, each with the note; taken back, everything
// is as it was, but for what has gone on since.
func TestHandOverManyConsultations(t *testing.T) {
	s := newStore(t)
	ctx, saki, taro := t.Context(), colleague(t, s, "saki", ippo.Editor), colleague(t, s, "taro", ippo.Editor)
	const n = casePart + 10
	ids := entered(t, s, saki, ippo.ConsultationWorking, n)
	ended := entered(t, s, saki, ippo.ConsultationDone, 1)[0]
	before := make([]ippo.Consultation, n)
	for i, id := range ids {
		before[i], _ = s.Consultation(ctx, id)
	}
	move := ippo.CaseMove{Kind: ippo.CaseConsultation, Deed: ippo.CaseHandOver, To: taro, Note: "秘密の引きつぎ"}
	for _, bad := range []ippo.CaseMove{{Kind: move.Kind, Deed: move.Deed, To: taro}, {Kind: move.Kind, Deed: move.Deed, To: colleague(t, s, "miru", ippo.Viewer), Note: "x"}} {
		if err := s.MoveCases(ctx, saki, []SeenCase{{int64(ids[0]), "working"}}, bad); !errors.As(err, new(ippo.Problems)) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	targets, err := s.ConsultationTargets(ctx, ConsultationFilter{Staff: saki}, nil, move)
	if err != nil || len(targets) != n {
		t.Fatalf("%d targets, %v", len(targets), err)
	}
	if err := s.MoveCases(ctx, saki, targets, move); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ApplyCaseChanges(ctx); err != nil {
		t.Fatal(err)
	}
	if c, err := s.LatestCaseChange(move.Kind)(ctx, saki); err != nil || c.Done || c.Changed != casePart || c.Move.ToName != "taro" {
		t.Errorf("%+v, %v", c, err)
	}
	// One goes its own way before its part comes.
	last, _ := s.Consultation(ctx, ids[n-1])
	if err := s.SettleConsultation(ctx, saki, last.ID, last.Version, "", ippo.ConsultationDone); err != nil {
		t.Fatal(err)
	}
	applyCases(t, s)
	c, err := s.LatestCaseChange(move.Kind)(ctx, saki)
	if err != nil || !c.Done || c.Changed != n-1 || c.Left() != 1 || mails(t, s) != 1 {
		t.Fatalf("%+v, %v, %d mails", c, err, mails(t, s))
	}
	if waiting, err := s.UnreadConsultations(ctx, taro); err != nil || waiting != n-1 {
		t.Errorf("%d unread, %v", waiting, err)
	}
	entries, err := s.ConsultationEntries(ctx, ids[3])
	if err != nil || len(entries) != 2 || entries[1].Author != ippo.EntryHandOver || entries[1].To != taro || entries[1].Text != move.Note {
		t.Errorf("%+v, %v", entries, err)
	}
	if kept, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM case_changes WHERE note IS NOT NULL`); err != nil || kept != 0 {
		t.Errorf("the note is kept when all have it: %d, %v", kept, err)
	}
	if is, _ := s.Consultation(ctx, ended); is.Staff != saki {
		t.Error("what has ended was handed over")
	}

	if err := s.NoteConsultation(ctx, taro, ids[0], "読みました"); err != nil {
		t.Fatal(err)
	}
	undo := undoCases(t, s, saki, c)
	if undo.Changed != n-2 || undo.Left() != 1 || mails(t, s) != 2 {
		t.Errorf("%+v, %d mails", undo, mails(t, s))
	}
	if is, _ := s.Consultation(ctx, ids[0]); is.Staff != taro {
		t.Error("what the colleague has gone on with was taken from them")
	}
	for i, was := range before[1 : n-1] {
		is, _ := s.Consultation(ctx, was.ID)
		was.Version += 2 // whoever reads an older page is told
		if is != was {
			t.Fatalf("%d: it was %+v, and is %+v", i, was, is)
		}
	}
	if entries, _ := s.ConsultationEntries(ctx, ids[3]); len(entries) != 1 {
		t.Errorf("of the hand-over there is still %+v", entries)
	}
}

// What nobody has read is not ended with the rest. Taken back, those go on whose follower has not begun another one.
func TestEndManyConsultations(t *testing.T) {
	s := newStore(t)
	ctx, saki := t.Context(), colleague(t, s, "saki", ippo.Editor)
	var read []ippo.Consultation
	for n := range 4 {
		c := consult(t, s, follow(t, s, n+1), "秘密の悩み")
		if n < 3 {
			if err := answer(t, s, saki, Reply{To: c.ID, Version: c.Version, Text: "お返事"}); err != nil {
				t.Fatal(err)
			}
			c, _ = s.Consultation(ctx, c.ID)
			read = append(read, c)
		}
	}
	consult(t, s, read[2].Follower, "秘密のつづき")
	move := ippo.CaseMove{Kind: ippo.CaseConsultation, Deed: ippo.CaseEnd}
	seen := []SeenCase{{1, "waiting"}, {2, "waiting"}, {3, "waiting"}, {4, "new"}}
	targets, err := s.ConsultationTargets(ctx, ConsultationFilter{}, seen, move)
	if err != nil || !slices.Equal(targets, seen[:2]) {
		t.Fatalf("%+v, %v", targets, err)
	}
	told := mails(t, s)
	c := moveAll(t, s, saki, targets, err, move)
	if c.Changed != 2 || mails(t, s) != told {
		t.Fatalf("%+v", c)
	}
	if due, err := s.DueNotices(ctx, s.Now(), 10); err != nil || len(due) > 0 {
		t.Errorf("residents are told %+v, %v", due, err)
	}
	consult(t, s, read[0].Follower, "秘密の別の悩み")
	if undo := undoCases(t, s, saki, c); undo.Changed != 1 {
		t.Errorf("%+v", undo)
	}
	for i, want := range []ippo.ConsultationState{ippo.ConsultationDone, ippo.ConsultationWaiting} {
		if is, _ := s.Consultation(ctx, read[i].ID); is.State != want || is.Told != read[i].Told {
			t.Errorf("%d: %+v, want %s", i, is, want)
		}
	}
}

// A group closes: all that is under way with it ends at once, and on one button goes on: the group's link opens, the desk's
// request is open, the question to the newcomer is due when it was.
func TestEndManyMatches(t *testing.T) {
	w := newMeeting(t)
	ctx := t.Context()
	id, other := w.asked(w.groups[0]), w.asked(w.groups[1])
	var link *GroupLink
	err := w.write(func(tx *Tx) (err error) {
		if err := tx.WantDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestVisit, Follower: w.newcomer, Group: w.groups[0].ID}); err != nil {
			return err
		}
		link, err = tx.HandMatch(ctx, w.staff, id, WayMail)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	closed := w.asked(w.groups[2]) // which has ended with that
	err = w.write(func(tx *Tx) error {
		_, err := tx.AnswerMatch(ctx, closed, ippo.ByStaff, w.staff, ippo.AnswerClosed, time.Time{}, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before := w.match(id)
	move := ippo.CaseMove{Kind: ippo.CaseMatch, Deed: ippo.CaseUnfit, Note: "団体が解散した"}
	targets, err := w.MatchTargets(ctx, MatchFilter{}, nil, move)
	if err != nil || len(targets) != 2 {
		t.Fatalf("%+v, %v", targets, err)
	}
	c := moveAll(t, w.Store, w.staff, targets, err, move)
	m := w.match(id)
	if c.Changed != 2 || m.State != ippo.MatchUnfit || m.EndedAt.IsZero() || m.FollowUp != "" {
		t.Fatalf("%+v; %+v", c, m)
	}
	if _, err := w.GroupLink(ctx, link.ID); err == nil {
		t.Error("the group's link is good still")
	}
	if again, err := w.MatchTargets(ctx, MatchFilter{}, nil, move); err != nil || len(again) != 0 {
		t.Errorf("what has ended is ended again: %+v, %v", again, err)
	}
	// Of the other one the group is heard of after all.
	if err := w.NoteMatch(ctx, w.staff, other, "つづけるそうです"); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Hour)
	if undo := undoCases(t, w.Store, w.staff, c); undo.Changed != 1 {
		t.Errorf("%+v", undo)
	}
	if m := w.match(id); m.State != before.State || !m.EndedAt.IsZero() || m.FollowUp != before.FollowUp || !m.FollowUpAt.Equal(before.FollowUpAt) || m.Request != before.Request {
		t.Errorf("it was %+v, and is %+v", before, m)
	}
	if l, err := w.GroupLink(ctx, link.ID); err != nil || l.Match != id {
		t.Errorf("the group's link: %+v, %v", l, err)
	}
	if r, err := w.DeskRequest(ctx, 1); err != nil || r.State != ippo.RequestWorking {
		t.Errorf("at the desk: %+v, %v", r, err)
	}
	if steps, err := w.MatchSteps(ctx, id); err != nil || steps[len(steps)-1].Step != "handed.mail" {
		t.Errorf("%+v, %v", steps, err)
	}
	if m := w.match(other); m.State != ippo.MatchUnfit {
		t.Errorf("what has gone on since was put back: %+v", m)
	}
}

// A question that waits when its match is ended goes with the end. When that is taken back it is put, once, unless it was on
// its way already or its time has passed.
func TestQuestionOfAMatchThatDidNotEnd(t *testing.T) {
	for name, one := range map[string]struct {
		lives time.Duration // the question
		left  bool          // LINE was asked to send it
		put   int
	}{
		"waits": {7 * 24 * time.Hour, false, 1}, "its time has passed": {30 * time.Minute, false, 0}, "was on its way": {7 * 24 * time.Hour, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newMeeting(t)
			ctx := t.Context()
			id := w.asked(w.groups[0])
			w.now = w.now.AddDate(0, 0, 3)
			put := func() int {
				t.Helper()
				due, _, err := w.DueFollowUps(ctx, w.now, DueFollowUp{}, 10)
				if err != nil {
					t.Fatal(err)
				}
				var notices []ippo.Notice
				for _, d := range due {
					notices = append(notices, ippo.Notice{
						Follower: d.Follower, Kind: ippo.NoticeFollowUp, Key: fmt.Sprintf("%s%s:%d", FollowUpKey(id), d.Kind, d.Due.Unix()),
						Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"?"}`)}, Due: w.now, Until: w.now.Add(one.lives),
					})
				}
				n, err := w.PutFollowUps(ctx, due, notices)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			if n := put(); n != 1 {
				t.Fatalf("%d questions", n)
			}
			if one.left {
				inTx(t, w.Store, func(tx *Tx) error { return tx.exec(ctx, `UPDATE notices SET first_called_at = ?`, stamp(tx.now)) })
			}
			move := ippo.CaseMove{Kind: ippo.CaseMatch, Deed: ippo.CaseSilent, Note: "連絡がつかない"}
			for range 2 { // each end can be taken back
				targets, err := w.MatchTargets(ctx, MatchFilter{}, nil, move)
				c := moveAll(t, w.Store, w.staff, targets, err, move)
				if n := put(); n != 0 {
					t.Errorf("%d questions of a match that has ended", n)
				}
				w.now = w.now.Add(time.Hour)
				if undo := undoCases(t, w.Store, w.staff, c); undo.Changed != 1 {
					t.Fatalf("%+v", undo)
				}
				if n := put(); n != one.put {
					t.Errorf("%d questions, want %d", n, one.put)
				}
				if n := put(); n != 0 {
					t.Errorf("%d questions more", n)
				}
			}
			waiting, err := w.DueNotices(ctx, w.now, 10)
			if want := one.put == 1 || one.left; err != nil || len(waiting) > 1 || len(waiting) == 1 != want {
				t.Errorf("%d notices wait, %v", len(waiting), err)
			}
		})
	}
}

// Matches go to a colleague who looks after their group; a note goes to all, and out of all, also where somebody has gone on.
func TestHandOverManyMatches(t *testing.T) {
	w := newMeeting(t)
	ctx := t.Context()
	id := w.asked(w.groups[0])
	foreign, err := w.CreateTeam(ctx, 0, ippo.Team{Name: "よそ", Topics: 1})
	if err != nil {
		t.Fatal(err)
	}
	far, err := w.CreateStaff(ctx, 0, ippo.Staff{Name: "よその人", Email: "far@example.jp", Role: ippo.Editor, Teams: []ippo.TeamID{foreign.ID}}, "")
	if err != nil {
		t.Fatal(err)
	}
	taro := colleague(t, w.Store, "taro", ippo.Editor)
	move := ippo.CaseMove{Kind: ippo.CaseMatch, Deed: ippo.CaseHandOver, To: far.ID, Note: "お願いします"}
	if targets, err := w.MatchTargets(ctx, MatchFilter{Open: true}, nil, move); err != nil || len(targets) != 0 {
		t.Errorf("%+v, %v: they could not open it", targets, err)
	}
	move.To = taro
	targets, err := w.MatchTargets(ctx, MatchFilter{Open: true}, nil, move)
	c := moveAll(t, w.Store, w.staff, targets, err, move)
	steps, err := w.MatchSteps(ctx, id)
	if last := steps[len(steps)-1]; err != nil || last.Step != "handover" || last.To != taro || last.Note != move.Note || w.match(id).Staff != taro {
		t.Errorf("%+v, %v; %+v", last, err, w.match(id))
	}
	if undo := undoCases(t, w.Store, w.staff, c); undo.Changed != 1 || w.match(id).Staff != 0 {
		t.Errorf("%+v; %+v", undo, w.match(id))
	}
	note := ippo.CaseMove{Kind: ippo.CaseMatch, Deed: ippo.CaseNote, Note: "まちがえたメモ"}
	targets, err = w.MatchTargets(ctx, MatchFilter{Open: true}, nil, note)
	c = moveAll(t, w.Store, w.staff, targets, err, note)
	if err := w.NoteMatch(ctx, taro, id, "正しいメモ"); err != nil {
		t.Fatal(err)
	}
	undoCases(t, w.Store, w.staff, c)
	steps, err = w.MatchSteps(ctx, id)
	if err != nil || slices.ContainsFunc(steps, func(s ippo.MatchStep) bool { return s.Note == note.Note }) || steps[len(steps)-1].Note != "正しいメモ" {
		t.Errorf("%+v, %v", steps, err)
	}
}
