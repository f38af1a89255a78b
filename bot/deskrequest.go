package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// deskTalk hands things over to the staff: a visit to a group, a call back.
func deskTalk() *talk {
	return &talk{
		name:  talkDesk,
		lent:  map[string]ippo.Module{"visit": ippo.ModuleGroups},
		words: []string{"電話", "でんわ", "電話番号", "問い合わせ", "お問い合わせ", "といあわせ", "窓口", "受付", "連絡先", "contact", "phone"},
		begin: beginDesk,
		taps: map[string]func(*turn, string) error{
			"visit":  askVisit,
			"call":   askCall,
			"cancel": cancelRequest,
		},
	}
}

// beginDesk says how to reach the desk: by telephone, or by our form.
func beginDesk(t *turn) error {
	t.send(messages.Desk(t.w, t.center.Office, t.formLink(purposeContact, contactContext{})))
	t.closing()
	return nil
}

// askVisit asks the desk for a visit to a group (見学したい).
func askVisit(t *turn, slug string) error {
	g, err := t.bot.store.ActivityGroupBySlug(t.ctx, slug)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && g.Hidden {
		t.say("gone")
		return t.begin(talkGroups)
	}
	if err != nil {
		return err
	}
	return t.request(ippo.DeskRequest{Kind: ippo.RequestVisit}, g)
}

// request hands a request to the desk and offers the form for how to be reached. The same request that
// the desk is not done with yet is not made twice.
func (t *turn) request(r ippo.DeskRequest, group ippo.ActivityGroup) error {
	r.Follower, r.Group = t.follower.ID, group.ID
	_, err := t.bot.store.OpenDeskRequest(t.ctx, r.Follower, r.Kind, r.Group)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	heading := t.w.Say("desk.already")
	if err != nil {
		heading = t.w.Say("desk.done." + string(r.Kind))
		t.hand(r, t.in.MessageID)
		if r.Kind == ippo.RequestVisit && t.center.Has(ippo.ModuleMatching) {
			t.effect(func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.WishMatch(ctx, r.Follower, group.ID, ippo.WishLike(group))
				return err
			})
		}
	}
	purpose, about := purposeContact, any(contactContext{Kind: r.Kind})
	if r.Kind == ippo.RequestVisit && t.center.Has(ippo.ModuleMatching) {
		purpose, about = purposeVisit, visitContext{Group: group.ID, GroupName: group.Name}
	}
	form := t.formLink(purpose, about)
	var facts []messages.Fact
	if group.ID != 0 {
		facts = append(facts, messages.Fact{Name: t.w.Say("card.group"), Value: group.Name})
	}
	t.send(messages.Summary(heading, facts, t.w.Say("desk.next", t.office()), []messages.Choice{
		{Label: t.w.Say("desk.form"), Page: form},
		{Label: t.w.Say("desk.cancel"), Data: tapped{talkDesk, "cancel", string(r.Kind) + "." + group.Slug}.data()},
	}))
	t.closing()
	return nil
}

// hand adds a request to the desk's list.
func (t *turn) hand(r ippo.DeskRequest, messageID string) {
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddDeskRequest(ctx, r, messageID)
		return err
	})
}

// office is what texts mention of the center.
func (t *turn) office() messages.Vars {
	o := t.center.Office
	return messages.Vars{"Office": o.Name, "Account": o.Account, "City": o.City, "Phone": o.Phone, "Hours": o.Hours}
}

// cancelRequest takes back a request that the desk has not begun with.
func cancelRequest(t *turn, value string) error {
	kind, slug, _ := strings.Cut(value, ".")
	var group ippo.ActivityGroup
	if slug != "" {
		var err error
		if group, err = t.bot.store.ActivityGroupBySlug(t.ctx, slug); errors.Is(err, ippo.ErrNotFound) {
			return t.oldButton()
		} else if err != nil {
			return err
		}
	}
	r, err := t.bot.store.OpenDeskRequest(t.ctx, t.follower.ID, ippo.DeskRequestKind(kind), group.ID)
	switch {
	case errors.Is(err, ippo.ErrNotFound):
		t.say("desk.cancelled")
	case err != nil:
		return err
	case r.State != ippo.RequestNew:
		t.say("desk.begun", t.office())
	default:
		t.effect(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.WithdrawMatch(ctx, r.Follower, r.Group); err != nil {
				return err
			}
			return tx.CancelDeskRequest(ctx, r.Follower, r.Kind, r.Group)
		})
		t.say("desk.cancelled")
	}
	t.closing()
	return nil
}

// askCall hands the number that a message held to the desk (この番号に電話をもらう).
func askCall(t *turn, value string) error {
	id, err := strconv.ParseInt(value, 36, 64)
	if err != nil {
		return t.oldButton()
	}
	pending, err := t.bot.store.FormLink(t.ctx, id)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	switch {
	case err != nil, pending.Follower != t.follower.ID, pending.Purpose != purposePhone:
		t.say("desk.call.gone")
		t.offer(messages.Choice{Label: t.w.Say("personal.form"), Page: t.formLink(purposeContact, contactContext{})})
		return nil
	case !pending.SpentAt.IsZero():
		t.say("desk.already")
	case pending.ExpiresAt.Before(t.now):
		t.say("desk.call.gone")
		t.offer(messages.Choice{Label: t.w.Say("personal.form"), Page: t.formLink(purposeContact, contactContext{})})
		return nil
	default:
		t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.SpendFormLink(ctx, pending.ID) })
		t.hand(ippo.DeskRequest{
			Kind: ippo.RequestCallback, Follower: t.follower.ID, Body: "電話番号：" + string(pending.Context),
		}, pending.MessageID)
		t.say("desk.call.done", t.office())
	}
	t.closing()
	return nil
}
