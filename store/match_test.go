package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
)

// meeting is a store with a clock that can be moved, a newcomer, a coordinator and groups.
type meeting struct {
	*Store
	t        *testing.T
	now      time.Time
	newcomer ippo.FollowerID
	staff    ippo.StaffID
	groups   []ippo.ActivityGroup
}

func newMeeting(t *testing.T) *meeting {
	s := newStore(t)
	w := &meeting{Store: s, t: t, now: time.Date(2026, 3, 31, 23, 59, 30, 0, ippo.Tokyo)}
	s.Now = func() time.Time { return w.now }
	w.newcomer = follow(t, s, 1)
	who, err := s.CreateStaff(t.Context(), 0, ippo.Staff{Name: "調整 まなぶ", Email: "c@example.jp", Role: ippo.Editor}, "$argon2id$")
	if err != nil {
		t.Fatal(err)
	}
	w.staff = who.ID
	for i := range 3 {
		g, err := s.CreateActivityGroup(t.Context(), 0, ippo.ActivityGroup{Slug: fmt.Sprint("g", i), Name: fmt.Sprint("団体", i), Summary: "活動", Receiving: true})
		if err != nil {
			t.Fatal(err)
		}
		w.groups = append(w.groups, g)
	}
	return w
}

var request = ippo.VisitRequest{Name: "山田花子", Contact: "090-1111-2222", Text: "子どもと行けますか"}

func (w *meeting) consent(g ippo.ActivityGroup) ippo.Consent {
	return ippo.Consent{Group: g.Name, Items: ippo.ConsentItems, Words: "伝えることに同意します", At: w.now}
}

// write runs fn and returns its error.
func (w *meeting) write(fn func(*Tx) error) error { return w.Write(w.t.Context(), fn) }

func (w *meeting) match(id ippo.MatchID) ippo.Match {
	w.t.Helper()
	m, err := w.Match(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// asked is a match for which the newcomer has filled in the form.
func (w *meeting) asked(g ippo.ActivityGroup) (id ippo.MatchID) {
	w.t.Helper()
	err := w.write(func(t *Tx) (err error) {
		if id, err = t.WishMatch(w.t.Context(), w.newcomer, g.ID, ippo.Wish{}); err != nil {
			return err
		}
		return t.AskMatch(w.t.Context(), id, ippo.ByNewcomer, 0, request, w.consent(g))
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// A match lives random lives: newcomer, group, staff and clock do whatever they can think of, in any order.
// A model of it says what comes of each; and some things must never be.
func TestMatchLivesRandomLives(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { randomLife(t, seed) })
	}
}

func randomLife(t *testing.T, seed uint64) {
	w, dice, ctx := newMeeting(t), rand.New(rand.NewPCG(seed, 7)), t.Context()
	type model struct {
		state              ippo.MatchState
		handed, ended      bool
		consent, requested bool
		steps              int
	}
	var id ippo.MatchID
	if err := w.write(func(t *Tx) (err error) {
		id, err = t.SuggestMatch(ctx, w.newcomer, w.groups[0].ID, "日曜の午前", ippo.Wish{Topics: 1})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	is := model{state: ippo.MatchSuggested, steps: 1}
	var link *GroupLink
	for move := range 60 {
		w.now = w.now.Add(time.Duration(dice.IntN(72)) * time.Hour)
		next, may, what := is, false, ""
		var err error
		move2 := func(by ippo.Actor, staff ippo.StaffID, to ippo.MatchState) {
			what = fmt.Sprintf("%s moves to %s", by, to)
			may = is.state.May(to)
			if by == ippo.ByStaff {
				may = is.state.MayByHand(to)
			}
			may = may && to != ippo.MatchSuggested && to != ippo.MatchAsked && to != ippo.MatchAnswered
			next.state, next.ended, next.steps = to, to.Ended(), is.steps+1
			err = w.write(func(t *Tx) error {
				_, err := t.MoveMatch(ctx, id, by, staff, to, "メモ")
				return err
			})
		}
		switch dice.IntN(7) {
		case 0:
			agrees := dice.IntN(2) == 0
			what = fmt.Sprintf("the newcomer asks, agrees: %v", agrees)
			may = is.state == ippo.MatchSuggested || is.state == ippo.MatchAsked && !is.handed
			next.state, next.consent, next.requested, next.steps = ippo.MatchAsked, agrees, true, is.steps+1
			c := ippo.Consent{}
			if agrees {
				c = w.consent(w.groups[0])
			}
			err = w.write(func(t *Tx) error { return t.AskMatch(ctx, id, ippo.ByNewcomer, 0, request, c) })
		case 1:
			what, may = "the newcomer takes it back", true
			if (is.state == ippo.MatchAsked || is.state == ippo.MatchSuggested) && !is.handed && !is.ended {
				next.state, next.consent, next.requested, next.steps = ippo.MatchSuggested, false, false, is.steps+1
			}
			err = w.write(func(t *Tx) error { return t.WithdrawMatch(ctx, w.newcomer, w.groups[0].ID) })
		case 2:
			way := []string{WayLine, WayMail, WayPhone}[dice.IntN(3)]
			what = "staff hand it over by " + way
			may = (is.state == ippo.MatchAsked || is.state == ippo.MatchAnswered) && !is.ended && is.consent
			next.handed, next.steps = true, is.steps+1
			err = w.write(func(t *Tx) error {
				l, err := t.HandMatch(ctx, w.staff, id, way)
				if err == nil && l != nil {
					link = l
				}
				return err
			})
		case 3:
			by, staff := ippo.ByGroup, ippo.StaffID(0)
			if dice.IntN(2) == 0 {
				by, staff = ippo.ByStaff, w.staff
			}
			answer := ippo.GroupAnswers[dice.IntN(3)]
			what = fmt.Sprintf("%s answers %s", by, answer)
			may = is.state.May(ippo.MatchAnswered) && !is.ended
			if by == ippo.ByStaff {
				may = is.state.MayByHand(ippo.MatchAnswered)
			}
			next.state, next.ended, next.steps = ippo.MatchAnswered, answer == ippo.AnswerClosed, is.steps+1
			err = w.write(func(t *Tx) error {
				_, err := t.AnswerMatch(ctx, id, by, staff, answer, ippo.Day(w.now.AddDate(0, 0, 3)), "")
				return err
			})
		case 4:
			move2(ippo.ByStaff, w.staff, ippo.MatchStates[dice.IntN(len(ippo.MatchStates))])
		case 5:
			move2(ippo.ByNewcomer, 0, ippo.MatchStates[dice.IntN(len(ippo.MatchStates))])
		case 6:
			what, may = "staff hear of the consent", is.state != ippo.MatchSuggested && !is.ended && !is.consent
			next.consent, next.steps = true, is.steps+1
			err = w.ConsentMatch(ctx, w.staff, id, "電話で聞いた")
		}
		switch {
		case may && err == nil:
			is = next
		case may:
			t.Fatalf("move %d: %s: %v; the model had %+v", move, what, err, is)
		case err == nil:
			t.Fatalf("move %d: %s was let through; the model had %+v", move, what, is)
		case !errors.Is(err, ippo.ErrConflict) && !errors.Is(err, ippo.ErrNoConsent):
			t.Fatalf("move %d: %s: %v", move, what, err)
		}
		m := w.match(id)
		steps, err := w.MatchSteps(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		got := model{m.State, !m.HandedAt.IsZero(), !m.EndedAt.IsZero(), m.Consent.Given(), m.Request.Name != "", len(steps)}
		if got != is {
			t.Fatalf("move %d: after %s it is %+v, the model %+v", move, what, got, is)
		}
		if got.handed && !got.consent {
			t.Fatalf("move %d: %s: handed over without consent", move, what)
		}
		if link != nil {
			if _, err := w.GroupLink(ctx, link.ID); (err == nil) == got.ended {
				t.Fatalf("move %d: %s: it has ended: %v, and the link: %v", move, what, got.ended, err)
			}
			if got.ended {
				link = nil
			}
		}
		if (m.FollowUp != "") != !m.FollowUpAt.IsZero() || m.FollowUp != "" && m.State == ippo.MatchUnfit {
			t.Fatalf("move %d: %s: asks %q at %v", move, what, m.FollowUp, m.FollowUpAt)
		}
	}
}

func TestNothingIsHandedOverWithoutConsent(t *testing.T) {
	w := newMeeting(t)
	g := w.groups[0]
	var id ippo.MatchID
	err := w.write(func(tx *Tx) (err error) {
		if id, err = tx.WishMatch(t.Context(), w.newcomer, g.ID, ippo.Wish{}); err != nil {
			return err
		}
		return tx.AskMatch(t.Context(), id, ippo.ByNewcomer, 0, request, ippo.Consent{})
	})
	if err != nil {
		t.Fatal(err)
	}
	hand := func() error {
		return w.write(func(tx *Tx) error {
			_, err := tx.HandMatch(t.Context(), w.staff, id, WayMail)
			return err
		})
	}
	if err := hand(); !errors.Is(err, ippo.ErrNoConsent) {
		t.Fatalf("handed over: %v", err)
	}
	if err := w.ConsentMatch(t.Context(), w.staff, id, "電話で同意を聞きました"); err != nil {
		t.Fatal(err)
	}
	if err := hand(); err != nil {
		t.Fatal(err)
	}
	c := w.match(id).Consent
	if c.Group != g.Name || !slices.Equal(c.Items, ippo.ConsentItems) || c.By != w.staff || !c.At.Equal(w.now) {
		t.Errorf("recorded: %+v", c)
	}
}

// Staff are told after five days, once; after thirty the match ends.
func TestLateAnswers(t *testing.T) {
	w := newMeeting(t)
	id, other := w.asked(w.groups[0]), w.asked(w.groups[1])
	if err := w.write(func(tx *Tx) error {
		_, err := tx.AnswerMatch(t.Context(), other, ippo.ByGroup, 0, ippo.AnswerLater, time.Time{}, "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	tell := func(want int) time.Time {
		t.Helper()
		told, next, err := w.TellLate(t.Context())
		if err != nil || told != want {
			t.Fatalf("told of %d, %v; want %d", told, err, want)
		}
		return next
	}
	if next := tell(0); !next.Equal(w.now.Add(ippo.AnswerWithin)) {
		t.Errorf("looks again at %v", next)
	}
	w.now = w.now.Add(ippo.AnswerWithin)
	tell(1)
	tell(0)
	waiting, err := w.Waiting(t.Context())
	if err != nil || waiting.Matches != 1 {
		t.Errorf("waiting: %+v, %v", waiting, err)
	}
	mails, err := w.DueMails(t.Context(), w.now, 10)
	if err != nil || !slices.ContainsFunc(mails, func(m Mail) bool {
		return strings.Contains(m.Body, fmt.Sprintf("/admin/matches/%d", id)) && strings.Contains(m.Subject, "5日")
	}) {
		t.Errorf("mails: %+v, %v", mails, err)
	}
	w.now = w.now.Add(ippo.SilentWithin)
	tell(0)
	if m := w.match(id); m.State != ippo.MatchSilent || m.EndedAt.IsZero() {
		t.Errorf("still %+v", m)
	}
	if m := w.match(other); m.State != ippo.MatchAnswered {
		t.Errorf("the answered one: %+v", m)
	}
}

// What a newcomer gave lies sealed, and is forgotten some time after the end; who is told of them sees no more.
func TestRequestsAreSealedAndForgotten(t *testing.T) {
	w := newMeeting(t)
	id := w.asked(w.groups[0])
	if err := w.write(func(tx *Tx) error {
		_, err := tx.MoveMatch(t.Context(), id, ippo.ByStaff, w.staff, ippo.MatchUnfit, "山田さんは引っ越された")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var path string
	if err := w.ro.QueryRow("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{request.Name, request.Contact, request.Text, "山田さんは"} {
			if strings.Contains(string(b), s) {
				t.Errorf("%s holds %q in clear", filepath.Base(f), s)
			}
		}
	}
	if _, err := w.ForgetPassing(t.Context(), w.now.Add(91*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if m := w.match(id); m.Request != (ippo.VisitRequest{}) || !m.Consent.Given() {
		t.Errorf("kept: %+v", m)
	}
}

func TestFollowUpsChangeTheMatch(t *testing.T) {
	w := newMeeting(t)
	ctx := t.Context()
	id := w.asked(w.groups[0])
	put := func(kind ippo.FollowUp, at time.Time) {
		t.Helper()
		if due, next, err := w.DueFollowUps(ctx, at.Add(-time.Second), DueFollowUp{}, 10); err != nil || len(due) != 0 || !next.Equal(at) {
			t.Fatalf("too early: %+v, next %v (want %v), %v", due, next, at, err)
		}
		w.now = at
		due, _, err := w.DueFollowUps(ctx, at, DueFollowUp{}, 10)
		if err != nil || len(due) != 1 || due[0].Kind != kind || due[0].Group != "団体0" {
			t.Fatalf("due: %+v, %v", due, err)
		}
		n := []ippo.Notice{{Follower: w.newcomer, Kind: ippo.NoticeFollowUp, Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"?"}`)}}}
		if put, err := w.PutFollowUps(ctx, due, n); err != nil || put != 1 {
			t.Fatalf("put %d, %v", put, err)
		}
		if put, err := w.PutFollowUps(ctx, due, n); err != nil || put != 0 {
			t.Fatalf("put again: %d, %v", put, err)
		}
	}
	answer := func(kind ippo.FollowUp, answer string, want ippo.MatchState) {
		t.Helper()
		for range 2 { // people tap twice
			if err := w.write(func(tx *Tx) error {
				_, err := tx.AnswerFollowUp(ctx, w.newcomer, id, kind, answer)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if m := w.match(id); m.State != want {
			t.Fatalf("%s.%s: %s, want %s", kind, answer, m.State, want)
		}
	}
	put(ippo.FollowUpAnswer, w.now.Add(3*24*time.Hour))
	answer(ippo.FollowUpAnswer, "no", ippo.MatchAsked)
	visit := ippo.Day(w.now.AddDate(0, 0, 2))
	if err := w.write(func(tx *Tx) error {
		_, err := tx.AnswerMatch(ctx, id, ippo.ByGroup, 0, ippo.AnswerWelcome, visit, "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	put(ippo.FollowUpVisit, visit.AddDate(0, 0, 7).Add(10*time.Hour))
	answer(ippo.FollowUpVisit, "notyet", ippo.MatchAnswered)
	put(ippo.FollowUpVisit, w.now.Add(7*24*time.Hour))
	answer(ippo.FollowUpVisit, "again", ippo.MatchVisited)
	put(ippo.FollowUpStay, w.now.Add(30*24*time.Hour))
	answer(ippo.FollowUpStay, "yes", ippo.MatchJoined)
	answer(ippo.FollowUpStay, "no", ippo.MatchUnfit)
	report, err := w.MatchReport(ctx)
	if err != nil || report.States[ippo.MatchUnfit] != 1 || fmt.Sprint(report.FollowUps) != "[{answer no 1} {visit again 1} {stay no 1}]" && len(report.FollowUps) != 3 {
		t.Errorf("report %+v, %v", report, err)
	}
	stranger := follow(t, w.Store, 2)
	err = w.write(func(tx *Tx) error {
		_, err := tx.AnswerFollowUp(ctx, stranger, id, ippo.FollowUpStay, "yes")
		return err
	})
	if !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("somebody else's: %v", err)
	}
}

// A question that waits for the morning is dropped when the answer is quicker; after a restore nothing that
// may have left leaves again.
func TestQuestionsThatHaveBecomePointless(t *testing.T) {
	w := newMeeting(t)
	ctx := t.Context()
	id, other := w.asked(w.groups[0]), w.asked(w.groups[1])
	w.now = w.now.AddDate(0, 0, 3)
	due, _, err := w.DueFollowUps(ctx, w.now, DueFollowUp{}, 10)
	if err != nil || len(due) != 2 {
		t.Fatal(due, err)
	}
	n := ippo.Notice{
		Follower: w.newcomer, Kind: ippo.NoticeFollowUp, Key: FollowUpKey(id) + "answer:1", Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"?"}`)},
	}
	if _, err := w.PutFollowUps(ctx, due[:1], []ippo.Notice{n}); err != nil {
		t.Fatal(err)
	}
	inTx(t, w.Store, func(tx *Tx) error {
		_, err := tx.AnswerMatch(ctx, id, ippo.ByGroup, 0, ippo.AnswerLater, time.Time{}, "")
		return err
	})
	if waiting, err := w.DueNotices(ctx, w.now, 10); err != nil || len(waiting) != 0 {
		t.Errorf("still to be sent: %+v, %v", waiting, err)
	}
	inTx(t, w.Store, func(tx *Tx) error { return tx.MailGroup(ctx, "g@example.jp", "件名", "本文") })
	w.now = w.now.Add(ippo.AskAfter)
	if err := w.HoldEverything(ctx, "復元しました"); err != nil {
		t.Fatal(err)
	}
	if due, _, err := w.DueFollowUps(ctx, w.now, DueFollowUp{}, 10); err != nil || len(due) != 0 {
		t.Errorf("asked again: %+v, %v", due, err)
	}
	if groups, err := w.GroupsToAsk(ctx, w.now, 10); err != nil || len(groups) != 0 {
		t.Errorf("asked again: %+v, %v", groups, err)
	}
	if asked, err := w.AskedGroups(ctx); err != nil || len(asked) != 3 || asked[0].AskedBy != WayPaper {
		t.Errorf("not on the staff's list: %+v, %v", asked, err)
	}
	mails, err := w.DueMails(ctx, w.now, 10)
	if err != nil || slices.ContainsFunc(mails, func(m Mail) bool { return m.To != "" }) {
		t.Errorf("mails: %+v, %v", mails, err)
	}
	if m := w.match(other); m.State != ippo.MatchAsked {
		t.Errorf("%+v", m)
	}
}

func TestEntriesCountWhatBecameOfPeople(t *testing.T) {
	w := newMeeting(t)
	ctx := t.Context()
	if _, err := w.CreateEntry(ctx, 0, ippo.Entry{Slug: "shimin-ka", Name: "市民課の窓口"}); err != nil {
		t.Fatal(err)
	}
	inTx(t, w.Store, func(tx *Tx) error { return tx.SetEntry(ctx, w.newcomer, "shimin-ka") })
	for _, g := range w.groups[:2] {
		id := w.asked(g)
		inTx(t, w.Store, func(tx *Tx) error {
			_, err := tx.MoveMatch(ctx, id, ippo.ByStaff, w.staff, ippo.MatchJoined, "")
			return err
		})
	}
	e, err := w.Entry(ctx, "shimin-ka")
	if err != nil || e.Friends != 1 || e.Onboarded != 0 || e.Joined != 1 {
		t.Errorf("%+v, %v; one person joined, whatever the number of groups", e, err)
	}
}

func TestGroupsAreAskedOnceAQuarter(t *testing.T) {
	w := newMeeting(t)
	ctx := t.Context()
	toAsk := func(want int) []AskedGroup {
		t.Helper()
		groups, err := w.GroupsToAsk(ctx, w.now, 10)
		if err != nil || len(groups) != want {
			t.Fatalf("%d groups to ask, %v; want %d", len(groups), err, want)
		}
		return groups
	}
	toAsk(0)
	w.now = w.now.Add(ippo.AskAfter)
	g := toAsk(3)[0]
	if g.Way() != WayPaper {
		t.Errorf("asked by %s", g.Way())
	}
	for _, one := range toAsk(3) {
		inTx(t, w.Store, func(tx *Tx) error {
			l, err := tx.AskGroup(ctx, one.ID, WayMail)
			if err == nil && l.ID == 0 {
				t.Error("no link")
			}
			return err
		})
	}
	toAsk(0)
	if err := w.ConfirmGroup(ctx, w.staff, g.ID, ippo.FreshFull); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(ippo.SilentAfter)
	waiting, err := w.Waiting(ctx)
	if err != nil || waiting.Silent != 2 {
		t.Errorf("waiting: %+v, %v", waiting, err)
	}
	got, err := w.ActivityGroup(ctx, g.ID)
	if err != nil || !got.Full || !got.Receiving || got.Stale(w.now) || got.Hidden {
		t.Errorf("confirmed: %+v, %v", got, err)
	}
	if silent, err := w.AskedGroups(ctx); err != nil || len(silent) != 2 || !silent[0].Stale(w.now) {
		t.Errorf("silent: %+v, %v", silent, err)
	}
	w.now = w.now.Add(ippo.AskAfter - ippo.SilentAfter)
	if again := toAsk(3); again[0].SilentSince.IsZero() == again[1].SilentSince.IsZero() && again[0].SilentSince.IsZero() {
		t.Error("silence is forgotten when they are asked again")
	}
}

func TestGroupAccountByCode(t *testing.T) {
	w := newMeeting(t)
	ctx, g := t.Context(), w.groups[0]
	code, _, err := w.NewGroupLinkCode(ctx, w.staff, g.ID)
	if err != nil {
		t.Fatal(err)
	}
	link := func(code string) error {
		return w.write(func(tx *Tx) error {
			_, err := tx.LinkGroup(ctx, code, w.newcomer)
			if errors.Is(err, ippo.ErrNotFound) {
				return nil // a wrong code is counted
			}
			return err
		})
	}
	for range ippo.StaffLinkTries {
		if err := link("AAAA-AAAA"); err != nil {
			t.Fatal(err)
		}
	}
	if err := link(code); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("after five wrong codes: %v", err)
	}
	w.now = w.now.Add(ippo.StaffLinkWait)
	if err := link(code); err != nil {
		t.Fatal(err)
	}
	if a, err := w.GroupAccount(ctx, g.ID); err != nil || a.Follower != w.newcomer || !a.Active || a.Name != "住民1" {
		t.Errorf("account: %+v, %v", a, err)
	}
	if err := link(code); err != nil {
		t.Fatal(err)
	}
	if err := w.UnlinkGroup(ctx, w.staff, g.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.GroupAccount(ctx, g.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("a spent code linked again: %v", err)
	}
}
