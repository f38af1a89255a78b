package admin

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// caseMove is a button under a list of cases: what can be done with several at once.
type caseMove struct {
	To    ippo.CaseDeed
	Words string
}

func caseMoves(kind ippo.CaseKind) (moves []caseMove) {
	for _, deed := range kind.Deeds() {
		words := "「" + ippo.MatchState(deed).Words() + "」にする"
		switch deed {
		case ippo.CaseHandOver:
			words = "引きつぐ"
		case ippo.CaseNote:
			words = "メモを加える"
		case ippo.CaseEnd:
			words = "「" + ippo.ConsultationDone.Words() + "」にする"
		}
		moves = append(moves, caseMove{deed, words})
	}
	return moves
}

// seenCase is a row's value in the form: which case, and where it stood when the list was drawn.
func seenCase[ID ~int64, S ~string](id ID, state S) string { return fmt.Sprintf("%d.%s", id, state) }

// tickedCases reads what was ticked in the list.
func tickedCases(c *gin.Context) ([]store.SeenCase, error) {
	ticked := []store.SeenCase{}
	for _, value := range c.PostFormArray("who") {
		number, state, _ := strings.Cut(value, ".")
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil || len(ticked) == maxTicked {
			return nil, errBadForm
		}
		ticked = append(ticked, store.SeenCase{ID: id, State: state})
	}
	return ticked, nil
}

// caseTargets finds with which cases a move can be made.
type caseTargets func(ctx context.Context, seen []store.SeenCase, move ippo.CaseMove) ([]store.SeenCase, error)

func (p *Panel) moveConsultations(c *gin.Context) error {
	asked, err := url.ParseQuery(c.PostForm("list"))
	if err != nil {
		return errBadForm
	}
	filter := p.consultationFilter(c, asked)
	return p.moveCases(c, ippo.CaseConsultation, "consultations", func(ctx context.Context, seen []store.SeenCase, move ippo.CaseMove) ([]store.SeenCase, error) {
		return p.Store.ConsultationTargets(ctx, filter, seen, move)
	})
}

func (p *Panel) moveMatches(c *gin.Context) error {
	asked, err := url.ParseQuery(c.PostForm("list"))
	if err != nil {
		return errBadForm
	}
	filter := p.matchFilter(c, asked)
	return p.moveCases(c, ippo.CaseMatch, "matches", func(ctx context.Context, seen []store.SeenCase, move ippo.CaseMove) ([]store.SeenCase, error) {
		return p.Store.MatchTargets(ctx, filter, seen, move)
	})
}

// moveCases makes a move with those that were ticked, or with all that the list's filter leaves: it asks first, for the
// words and the colleague too, and again if these have become others meanwhile.
func (p *Panel) moveCases(c *gin.Context, kind ippo.CaseKind, list string, targets caseTargets) error {
	ctx := c.Request.Context()
	move := ippo.CaseMove{Kind: kind, Deed: ippo.CaseDeed(c.PostForm("to"))}
	if !slices.Contains(kind.Deeds(), move.Deed) {
		return errBadForm
	}
	var ticked []store.SeenCase
	var err error
	if c.PostForm("scope") != "all" {
		if ticked, err = tickedCases(c); err != nil {
			return err
		}
		if len(ticked) == 0 {
			return p.redirect(c, "先に、表で選んでください。", back(c, list))
		}
	}
	all, err := targets(ctx, ticked, move)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return p.redirect(c, "変えられるものがありませんでした。今の状態を確かめてください。", back(c, list))
	}
	page := severalPage{
		Title: "まとめて変える", Question: move.Words(len(all)) + "ことでよいですか。", Detail: caseDetail(move, len(ticked)-len(all)),
		Button: move.Words(len(all)), Action: href("%s/several", list), Back: back(c, list), Said: move.Deed.Said(), Note: formText(c, "note"),
	}
	numbers := numbersOf(all, func(one store.SeenCase) int64 { return one.ID })
	if move.Deed == ippo.CaseHandOver {
		to, _ := strconv.ParseInt(c.PostForm("colleague"), 10, 64) // nobody is refused with words
		move.To = ippo.StaffID(to)
		if page.Colleagues, err = p.colleagues(ctx, move.To); err != nil {
			return err
		}
	}
	if asked, err := p.askSeveral(c, page, numbers); asked || err != nil {
		return err
	}
	move.Note = page.Note
	if move.To != 0 { // whose some of them may be already
		if all, err = targets(ctx, ticked, move); err != nil {
			return err
		}
		if len(all) == 0 {
			return p.severalPage(c, page, numbers, ippo.Problems{{Field: "colleague", Message: "この職員に引きつげるものがありません。すでに担当しているか、受け持つチームがちがいます。"}})
		}
	}
	found, err := mend(p.Store.MoveCases(ctx, p.me(c).ID, all, move), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.severalPage(c, page, numbers, found)
	}
	return p.workOff(c, p.Store.ApplyCaseChanges, back(c, list))
}

// caseDetail says what a move does and what not, and how many of those that were ticked it leaves.
func caseDetail(move ippo.CaseMove, left int) string {
	detail := "相談者には何も届きません。"
	if move.Kind == ippo.CaseMatch {
		detail = "転入者にも団体にも、何も届きません。"
	}
	switch move.Deed {
	case ippo.CaseHandOver:
		detail = "引きつぐ職員に、メールで1通知らせます。" + detail
	case ippo.CaseEnd:
		detail = "新規のものと未読のものは、読んでから1件ずつ完了にしてください。" + detail
	case ippo.CaseUnfit, ippo.CaseSilent:
		detail = "団体に送ったリンクは使えなくなり、転入者に様子をたずねることもなくなります。" + detail
	}
	if left > 0 {
		detail = fmt.Sprintf("選んだうちの%d件は、今の状態からは変えられないため、そのままです。", left) + detail
	}
	detail += "もとの状態には、一覧の「元に戻す」で戻せます（24時間以内）。"
	if move.Deed == ippo.CaseUnfit || move.Deed == ippo.CaseSilent {
		detail += "戻すと、リンクはまた使え、まだたずねていなかったことは、時期が過ぎていなければたずねます。"
	}
	return detail
}

// colleagues are those who can be given cases to look after.
func (p *Panel) colleagues(ctx context.Context, chosen ippo.StaffID) ([]option, error) {
	all, err := p.Store.StaffList(ctx)
	if err != nil {
		return nil, err
	}
	options := []option{{"", "選んでください", false}}
	for _, s := range all {
		if s.MayLookAfter() {
			options = append(options, option{strconv.FormatInt(int64(s.ID), 10), s.Name, s.ID == chosen})
		}
	}
	return options, nil
}

// undoCases takes back what somebody did with several cases at once: what has gone on since stays as it is.
func (p *Panel) undoCases(kind ippo.CaseKind, list string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		return takeBack(p, c, p.Store.LatestCaseChange(kind), p.Store.UndoCaseChange, p.Store.ApplyCaseChanges, href("%s", list))
	}
}
