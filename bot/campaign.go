package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// campaigns are those that run today and that residents see.
func (t *turn) campaigns() ([]ippo.Campaign, error) {
	running, err := t.bot.store.CampaignsOn(t.ctx, ippo.Day(t.now).Format(time.DateOnly), 0)
	return slices.DeleteFunc(running, func(c ippo.Campaign) bool { return !c.Shown() }), err
}

func (t *turn) showCampaigns() error {
	running, err := t.campaigns()
	if err != nil {
		return err
	}
	if len(running) == 0 {
		t.say("campaign.none", t.labels())
		t.closing()
		return nil
	}
	return t.sendCampaigns(running)
}

func (t *turn) sendCampaigns(running []ippo.Campaign) error {
	_, serving, err := t.ambassador()
	if err != nil {
		return err
	}
	t.send(messages.CampaignCards(t.w, running, t.bot.base, serving))
	t.closing(messages.Choice{Label: t.ambassadorLabel(), Data: tapped{talkAmbassador, "start", ""}.data()})
	return nil
}

func showCampaign(t *turn, _ string) error { return t.showCampaigns() }

// campaignOf is the campaign that a button names. One that is gone, or stopped, is ippo.ErrNotFound.
func (t *turn) campaignOf(slug string) (c ippo.Campaign, serving bool, err error) {
	if c, err = t.bot.shownCampaign(t.ctx, slug); err != nil {
		return c, false, err
	}
	_, serving, err = t.ambassador()
	return c, serving, err
}

// noCampaign answers a button of a campaign that is gone.
func (t *turn) noCampaign() error {
	t.say("gone")
	return t.showCampaigns()
}

// showPhrases offers a campaign's ready words, to be sent on.
func showPhrases(t *turn, slug string) error {
	c, _, err := t.campaignOf(slug)
	switch {
	case errors.Is(err, ippo.ErrNotFound) || err == nil && c.Phrase == "" && len(c.Phrases) == 0:
		return t.noCampaign()
	case err != nil:
		return err
	}
	t.send(messages.Phrases(t.w, c, t.bot.base))
	t.closing(t.tap("callout.button", talkAmbassador, "callout", c.Slug))
	return nil
}

// countCallOut counts one 「声かけしました」, and asks how many it was to.
func countCallOut(t *turn, slug string) error {
	c, serving, err := t.campaignOf(slug)
	switch {
	case errors.Is(err, ippo.ErrNotFound):
		return t.noCampaign()
	case err != nil:
		return err
	case !serving:
		return t.begin(talkAmbassador)
	}
	before, err := t.bot.store.CallOuts(t.ctx, c.ID, t.follower.ID)
	if err != nil {
		return err
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		id, err := tx.AddCallOut(ctx, c.ID, t.follower.ID)
		vars := t.labels()
		switch {
		case errors.Is(err, store.ErrCallOutsFull):
			t.say("callout.full", vars)
			t.closing()
			return nil
		case err != nil:
			return err
		case id == 0:
			vars["N"] = before
			t.say("callout.counted", vars)
			t.closing()
			return nil
		}
		vars["N"] = before + 1
		t.send(messages.Text(t.w.Say("callout.counted", vars) + "\n" + t.w.Say("callout.detail")))
		choices := []messages.Choice{t.undo(id)}
		for _, n := range ippo.CallOutPeople {
			choices = append(choices, messages.Choice{
				Label: t.w.Say("callout.people", messages.Vars{"N": n}), Data: tapped{talkAmbassador, "many", detailed(id, strconv.Itoa(n))}.data(),
			})
		}
		t.closing(choices...)
		return nil
	})
	return nil
}

func (t *turn) undo(id ippo.CallOutID) messages.Choice {
	return t.tap("callout.undo", talkAmbassador, "uncall", strconv.FormatInt(int64(id), 10))
}

// detailed is what a button says that adds something to a call-out.
func detailed(id ippo.CallOutID, what string) string {
	return strconv.FormatInt(int64(id), 10) + "." + what
}

// detailOf reads what detailed wrote, and finds the call-out. It is ippo.ErrNotFound if that is not the
// follower's own or was taken back.
func (t *turn) detailOf(value string) (c ippo.CallOut, what string, err error) {
	number, what, ok := strings.Cut(value, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !ok {
		return c, "", ippo.ErrNotFound
	}
	c, err = t.bot.store.CallOut(t.ctx, ippo.CallOutID(id), t.follower.ID)
	return c, what, err
}

// sayHowMany adds to a call-out how many it was to, and asks to whom.
func sayHowMany(t *turn, value string) error {
	c, what, err := t.detailOf(value)
	if errors.Is(err, ippo.ErrNotFound) {
		return t.tooLate()
	}
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(what)
	if err != nil || !slices.Contains(ippo.CallOutPeople[:], n) {
		return t.oldButton()
	}
	groups, err := t.calledGroups(c.Campaign)
	if err != nil {
		return err
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		err := tx.DescribeCallOut(ctx, c.ID, t.follower.ID, n, "")
		if errors.Is(err, ippo.ErrConflict) {
			return t.tooLate()
		}
		if err != nil {
			return err
		}
		t.say("callout.to", messages.Vars{"N": n})
		choices := []messages.Choice{t.undo(c.ID)}
		for _, g := range groups {
			choices = append(choices, messages.Choice{Label: g.label, Data: tapped{talkAmbassador, "whom", detailed(c.ID, g.key())}.data()})
		}
		t.closing(choices...)
		return nil
	})
	return nil
}

// sayToWhom adds to a call-out to whom it was.
func sayToWhom(t *turn, value string) error {
	c, what, err := t.detailOf(value)
	if errors.Is(err, ippo.ErrNotFound) {
		return t.tooLate()
	}
	if err != nil {
		return err
	}
	groups, err := t.calledGroups(c.Campaign)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(groups, func(g calledGroup) bool { return g.key() == what })
	if i < 0 {
		return t.oldButton()
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		err := tx.DescribeCallOut(ctx, c.ID, t.follower.ID, 0, groups[i].words)
		if errors.Is(err, ippo.ErrConflict) {
			return t.tooLate()
		}
		if err != nil {
			return err
		}
		t.say("callout.noted")
		t.closing()
		return nil
	})
	return nil
}

// tooLate answers a button of a call-out that nothing can be added to any more.
func (t *turn) tooLate() error {
	t.say("callout.late")
	t.closing()
	return nil
}

// calledGroup is one of those whom a call-out can be to.
type calledGroup struct{ words, label string }

// key stands for the group in a button, whatever else staff add or take away.
func (g calledGroup) key() string {
	sum := sha256.Sum256([]byte(g.words))
	return hex.EncodeToString(sum[:4])
}

// calledGroups are the groups that the campaign calls, if they are several and residents still see it; else families,
// friends and so on.
func (t *turn) calledGroups(id ippo.CampaignID) ([]calledGroup, error) {
	c, err := t.bot.store.Campaign(t.ctx, id)
	if err != nil {
		return nil, err
	}
	var groups []calledGroup
	if named := c.Groups(); len(named) > 1 && c.Shown() {
		read, _ := c.In(t.w.Language)
		labels := read.Groups()
		const most = 10 // quick replies have room for no more
		for i, words := range named[:min(len(named), most)] {
			label := words
			if len(labels) == len(named) { // translated line by line
				label = labels[i]
			}
			groups = append(groups, calledGroup{words, label})
		}
		return groups, nil
	}
	for _, one := range ippo.CallOutWhom {
		groups = append(groups, calledGroup{one.Words, t.w.Say("callout.whom." + one.Key)})
	}
	return groups, nil
}

// undoCallOut takes back a tap that was a slip.
func undoCallOut(t *turn, value string) error {
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return t.oldButton()
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		key := "callout.undone"
		if err := tx.UndoCallOut(ctx, ippo.CallOutID(id), t.follower.ID); errors.Is(err, ippo.ErrConflict) {
			key = "callout.kept"
		} else if err != nil {
			return err
		}
		t.say(key, t.labels())
		t.closing()
		return nil
	})
	return nil
}
