package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/personal"
	"ippo/messages"
	"ippo/store"
)

// matchTalk is what follows a suggestion: the newcomer tells, with one tap each, how it went with a group.
// Questions are put by notices; answers to them are replies.
func matchTalk() *talk {
	answer := func(kind ippo.FollowUp) func(*turn, string) error {
		return func(t *turn, value string) error { return t.answerFollowUp(kind, value) }
	}
	return &talk{
		name:   talkMatch,
		module: ippo.ModuleMatching,
		begin:  func(t *turn) error { return t.begin(talkNewcomer) },
		taps: map[string]func(*turn, string) error{
			string(ippo.FollowUpAnswer): answer(ippo.FollowUpAnswer),
			string(ippo.FollowUpVisit):  answer(ippo.FollowUpVisit),
			string(ippo.FollowUpStay):   answer(ippo.FollowUpStay),
			"next":                      nextBest,
		},
	}
}

// answerFollowUp takes a tap under one of the questions. Whoever says that a group did not fit is shown the
// next best.
func (t *turn) answerFollowUp(kind ippo.FollowUp, value string) error {
	number, said, _ := strings.Cut(value, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !slices.Contains(ippo.FollowUpAnswers[kind], said) {
		return t.oldButton()
	}
	m, err := t.ownMatch(ippo.MatchID(id))
	if err != nil || m.ID == 0 {
		return err
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AnswerFollowUp(ctx, t.follower.ID, m.ID, kind, said)
		return err
	})
	t.say("followup.thanks." + string(kind) + "." + said)
	if kind == ippo.FollowUpVisit && said == "unfit" || kind == ippo.FollowUpStay && said == "no" {
		return t.offerNext(m)
	}
	t.closing()
	return nil
}

// ownMatch returns a match of the follower's. Of another's, or of one that is gone, the button is an old one,
// and so the reply says; the match is zero then.
func (t *turn) ownMatch(id ippo.MatchID) (ippo.Match, error) {
	m, err := t.bot.store.Match(t.ctx, id)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && m.Follower != t.follower.ID {
		return ippo.Match{}, t.oldButton()
	}
	return m, err
}

func nextBest(t *turn, value string) error {
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return t.oldButton()
	}
	m, err := t.ownMatch(ippo.MatchID(id))
	if err != nil || m.ID == 0 {
		return err
	}
	return t.offerNext(m)
}

// offerNext shows what fits the wish behind a match best, but for what was tried.
func (t *turn) offerNext(m ippo.Match) error {
	if err := t.suggest(m.Wish, "match.next.found", "match.next.none"); err != nil {
		return err
	}
	t.closing(t.tap("newcomer.coordinator", talkNewcomer, "matches", "coordinator"))
	return nil
}

// visitContext is which group a newcomer wants to visit.
type visitContext struct {
	Group     ippo.ActivityGroupID `json:"group"`
	GroupName string               `json:"groupName"`
}

// visitForm is the form for a visit as it was sent.
type visitForm struct {
	ippo.VisitRequest
	Consent bool
}

type visitFormPage struct {
	frame
	Form     visitForm
	Problems ippo.Problems
	Group    string
	Action   string
	Vars     messages.Vars
}

// visitPage gathers what the form shows.
func (b *Bot) visitPage(c *gin.Context, l store.FormLink) (visitFormPage, error) {
	var about visitContext
	if err := json.Unmarshal(l.Context, &about); err != nil {
		return visitFormPage{}, fmt.Errorf("read what the form is about: %w", err)
	}
	f, err := b.frame(c, "visit.title")
	return visitFormPage{frame: f, Group: about.GroupName, Action: c.Request.URL.Path, Vars: messages.Vars{"Group": about.GroupName}}, err
}

func (b *Bot) showVisitForm(c *gin.Context, l store.FormLink) error {
	page, err := b.visitPage(c, l)
	if err != nil {
		return err
	}
	return b.render(c, http.StatusOK, "form_visit", page)
}

func (b *Bot) takeVisitForm(c *gin.Context, l store.FormLink) error {
	ctx := c.Request.Context()
	page, err := b.visitPage(c, l)
	if err != nil {
		return err
	}
	page.Form = visitForm{
		VisitRequest: ippo.VisitRequest{Name: field(c, "name"), Contact: field(c, "contact"), Text: field(c, "text")},
		Consent:      field(c, "consent") == "yes",
	}
	errors.As(page.Form.Validate(), &page.Problems)
	if found := personal.Find(page.Form.Contact); page.Problems.For("contact") == "" && found.Phone() == "" && len(found.Emails) == 0 {
		page.Problems.Add("contact", "")
	}
	if len(page.Problems) > 0 {
		page.Problems = page.mend("visit.problem.", page.Problems)
		return b.render(c, http.StatusUnprocessableEntity, "form_visit", page)
	}
	var about visitContext
	if err := json.Unmarshal(l.Context, &about); err != nil {
		return fmt.Errorf("read what the form is about: %w", err)
	}
	g, err := b.store.ActivityGroup(ctx, about.Group)
	if err != nil {
		return err
	}
	err = b.store.Write(ctx, func(t *store.Tx) error {
		if err := t.SpendFormLink(ctx, l.ID); err != nil {
			return err
		}
		m, err := t.OpenMatch(ctx, l.Follower, g.ID)
		if errors.Is(err, ippo.ErrNotFound) {
			m.ID, err = t.WishMatch(ctx, l.Follower, g.ID, ippo.WishLike(g))
		}
		if err != nil {
			return err
		}
		var consent ippo.Consent
		if page.Form.Consent {
			consent = ippo.Consent{Group: g.Name, Items: ippo.ConsentItems, Words: page.W.Say("visit.consent", page.Vars), At: t.Now()}
		}
		err = t.AskMatch(ctx, m.ID, ippo.ByNewcomer, 0, page.Form.VisitRequest, consent)
		if errors.Is(err, ippo.ErrConflict) {
			return nil // they came by two links, and the group has been told of the first
		}
		if err != nil {
			return err
		}
		return t.WantDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestVisit, Follower: l.Follower, Group: g.ID})
	})
	if err != nil && !errors.Is(err, ippo.ErrConflict) { // a second tap on 送信 was quicker
		return err
	}
	return b.to(c, "/done")
}
