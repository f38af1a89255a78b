package bot

import (
	"context"
	"errors"
	"slices"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// ambassadorTalk is アンバサダー登録: what it is, consent, a few choices, and the form on our own page. Who
// has signed up is not asked again, and finds their card and the way out.
func ambassadorTalk() *talk {
	return &talk{
		name:   talkAmbassador,
		module: ippo.ModuleAmbassadors,
		lent: map[string]ippo.Module{
			"campaign": ippo.ModuleCampaigns, "callout": ippo.ModuleCampaigns, "uncall": ippo.ModuleCampaigns,
			"many": ippo.ModuleCampaigns, "whom": ippo.ModuleCampaigns, "phrases": ippo.ModuleCampaigns,
		},
		words: []string{"アンバサダー", "アンバサダー登録", "アンバサダーになる", "会員証", "カード", "登録", "とうろく",
			"作戦", "声かけ", "こえかけ", "ambassador"},
		begin: beginAmbassador,
		steps: []question{
			{step: "about", ask: askAbout, choices: aboutChoices, answer: answerAbout},
			{step: "consent", ask: askConsent, choices: consentChoices, answer: answerConsent},
			{step: "actions", ask: askActions, choices: actionChoices, answer: answerActions, typed: typedActions, takes: takesAction},
			{step: "form", ask: askForm, choices: formChoices, answer: answerForm},
			{step: "member", ask: askMember, choices: memberChoices, answer: answerMember, rest: true},
			{step: "withdraw", ask: askWithdraw, choices: withdrawChoices, answer: answerWithdraw},
		},
		taps: map[string]func(*turn, string) error{
			"campaign": showCampaign,
			"callout":  countCallOut,
			"uncall":   undoCallOut,
			"many":     sayHowMany,
			"whom":     sayToWhom,
			"phrases":  showPhrases,
		},
	}
}

// ambassadorAnswers is what was chosen in taps before the form.
type ambassadorAnswers struct {
	Consented bool     `json:"consented,omitempty"`
	Actions   []string `json:"actions,omitempty"`
}

// ambassadorActions are what an ambassador may want to do. Stored: add, never rename.
var ambassadorActions = [...]string{"callout", "sns", "flyer", "event", "idea"}

func beginAmbassador(t *turn) error {
	k := t.bot.talkNamed(talkAmbassador)
	_, serving, err := t.ambassador()
	if err != nil {
		return err
	}
	t.enter(k)
	if serving {
		return t.ask(k, "member")
	}
	switch t.talk.Step {
	case "consent", "actions", "form":
		t.say("resume")
		return t.ask(k, t.talk.Step)
	}
	return t.ask(k, "about")
}

// ambassador returns the follower's sign-up; serving says that it has not ended.
func (t *turn) ambassador() (a ippo.Ambassador, serving bool, err error) {
	a, err = t.bot.store.AmbassadorOf(t.ctx, t.follower.ID)
	if errors.Is(err, ippo.ErrNotFound) {
		return a, false, nil
	}
	return a, err == nil && a.Status.Serving(), err
}

// unlessMember asks, or shows the card of who has signed up: they are never asked twice.
func (t *turn) unlessMember(ask func()) error {
	_, serving, err := t.ambassador()
	if err != nil {
		return err
	}
	if serving {
		t.talk.Step = "member"
		return askMember(t)
	}
	ask()
	return nil
}

func (t *turn) labels() messages.Vars {
	l := t.center.Labels
	return messages.Vars{"Ambassador": l.Ambassador, "Campaign": l.Campaign, "Vision": l.Vision, "City": t.center.Office.City, "Office": t.center.Office.Name}
}

func askAbout(t *turn) error {
	return t.unlessMember(func() {
		t.put(talkAmbassador, "about", t.w.Say("ambassador.about", t.labels()), aboutChoices(t))
	})
}

func aboutChoices(t *turn) []choice {
	return t.offered([]choice{
		{value: "yes", label: t.w.Say("ambassador.begin"), words: append([]string{"やってみる", "なる", "登録する", "登録"}, nextWords...)},
		{value: "campaigns", label: t.w.Say("ambassador.see", t.labels()), words: []string{"見る", t.center.Labels.Campaign, "作戦", "作戦を見る"}, module: ippo.ModuleCampaigns},
		{value: "no", label: t.w.Say("ambassador.later"), words: append([]string{"いいえ", "あとで", "またこんど", "no", "later"}, skipWords...)},
		t.goBack(),
	})
}

func answerAbout(t *turn, value string) (string, error) {
	switch value {
	case "yes":
		return "consent", nil
	case "campaigns":
		return handled, t.showCampaigns()
	}
	t.say("ambassador.anytime", t.labels())
	t.end()
	t.closing()
	return handled, nil
}

func askConsent(t *turn) error {
	return t.unlessMember(func() {
		vars := t.labels()
		vars["Privacy"] = t.bot.base + "/r/privacy"
		t.put(talkAmbassador, "consent", t.w.Say("ambassador.consent", vars), consentChoices(t))
	})
}

func consentChoices(t *turn) []choice {
	return []choice{
		{value: "yes", label: t.w.Say("ambassador.agree"), words: []string{"はい", "同意", "どうい", "ok", "yes", "i agree"}},
		{value: "no", label: t.w.Say("ambassador.disagree"), words: []string{"いいえ", "しない", "no"}},
		t.goBack(),
	}
}

func answerConsent(t *turn, value string) (string, error) {
	if value != "yes" {
		t.say("ambassador.anytime", t.labels())
		t.end()
		t.closing()
		return handled, nil
	}
	var a ambassadorAnswers
	t.answers(&a)
	a.Consented = true
	return "actions", t.keep(a)
}

func askActions(t *turn) error {
	return t.unlessMember(func() {
		t.list(talkAmbassador, "actions", t.w.Say("ambassador.actions.ask"), t.w.Say("ambassador.actions.hint"), actionChoices(t))
	})
}

func actionChoices(t *turn) []choice {
	var a ambassadorAnswers
	t.answers(&a)
	var list []choice
	for _, action := range ambassadorActions {
		list = append(list, several(action, t.w.Say("action."+action), slices.Contains(a.Actions, action)))
	}
	return append(list,
		choice{value: "next", label: t.w.Say("choice.next"), words: nextWords, plain: true},
		choice{value: "all", label: t.w.Say("choice.all"), words: allWords, plain: true},
		choice{value: "skip", label: t.w.Say("choice.unsure"), words: skipWords, plain: true},
		t.goBack())
}

func takesAction(_ *turn, value string) bool {
	return len(value) > 1 && (value[0] == '+' || value[0] == '-') && slices.Contains(ambassadorActions[:], value[1:])
}

func answerActions(t *turn, value string) (string, error) {
	var a ambassadorAnswers
	t.answers(&a)
	if !a.Consented {
		return "consent", nil // an old button, before the question that comes first
	}
	next := "form"
	switch value {
	case "next":
	case "skip":
		a.Actions = nil
	case "all":
		a.Actions = append([]string{}, ambassadorActions[:]...)
	default:
		next = "actions"
		a.Actions = slices.DeleteFunc(a.Actions, func(s string) bool { return s == value[1:] })
		if value[0] == '+' {
			a.Actions = append(a.Actions, value[1:])
		}
	}
	return next, t.keep(a)
}

func typedActions(t *turn, text string) (string, bool, error) {
	return t.typedSeveral(text, "actions", actionChoices(t), answerActions)
}

// askForm hands out the link to the form. Each asking makes a new one; they all end at the same desk.
func askForm(t *turn) error {
	var a ambassadorAnswers
	t.answers(&a)
	if !a.Consented {
		t.talk.Step = "consent"
		return askConsent(t)
	}
	return t.unlessMember(func() {
		link := t.formLink(purposeAmbassador, ambassadorContext{Actions: a.Actions, ConsentedAt: t.now})
		t.send(messages.Summary(t.w.Say("ambassador.form.title"), nil, t.w.Say("ambassador.form.note"), []messages.Choice{
			{Label: t.w.Say("form.open"), Page: link},
		}))
		t.closing(t.tap("ambassador.form.again", talkAmbassador, "form", "again"))
	})
}

func formChoices(t *turn) []choice {
	return []choice{
		{value: "again", label: t.w.Say("ambassador.form.again"), words: []string{"もう一度", "リンク", "link", "again"}},
		t.goBack(),
	}
}

func answerForm(*turn, string) (string, error) { return "form", nil }

// askMember shows the card of who has signed up.
func askMember(t *turn) error {
	a, serving, err := t.ambassador()
	if err != nil {
		return err
	}
	if !serving {
		t.talk.Step = "about"
		return askAbout(t)
	}
	t.send(messages.AmbassadorCard(t.w, a, t.center, t.bot.base))
	text := t.w.Say("ambassador.member", t.labels())
	resting, err := t.resting()
	if err != nil {
		return err
	}
	if resting != "" {
		text += "\n" + t.w.Say("rest.ask.resting", messages.Vars{"Until": resting})
	}
	t.send(messages.Text(text + "\n\n" + numbered(memberChoices(t))))
	t.closing(quickReplies(talkAmbassador, "member", memberChoices(t), false)...)
	return nil
}

func memberChoices(t *turn) []choice {
	return t.offered([]choice{
		{value: "campaigns", label: t.w.Say("ambassador.see", t.labels()), words: []string{t.center.Labels.Campaign, "作戦", "さくせん", "声かけ"}, module: ippo.ModuleCampaigns},
		{value: "withdraw", label: t.w.Say("ambassador.leave"), words: []string{"退任", "辞退", "登録を取り消す", "登録をやめる", "とりけす", "leave"}},
		{value: "rest", label: t.w.Say("rest.open"), words: restWords, module: ippo.ModuleCampaigns},
		{value: "vision", label: t.w.Say("vision.open"), words: visionWords, module: ippo.ModuleVisions},
		t.goBack(),
	})
}

func answerMember(t *turn, value string) (string, error) {
	switch value {
	case "campaigns":
		return handled, t.showCampaigns()
	case "vision":
		return handled, t.begin(talkVision)
	case "rest":
		return handled, t.begin(talkRest)
	}
	return "withdraw", nil
}

// linkAmbassador makes the entry of somebody who signed up on paper theirs, and shows their card.
func (t *turn) linkAmbassador(code string) error {
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.LinkAmbassador(ctx, code, t.follower.ID)
		switch {
		case errors.Is(err, ippo.ErrNotFound):
			t.say("ambassador.code.unknown", t.office())
			return nil
		case errors.Is(err, ippo.ErrForbidden):
			t.say("ambassador.code.wait", messages.Vars{"Minutes": int(ippo.StaffLinkWait.Minutes())})
			return nil
		case errors.Is(err, store.ErrOtherAmbassador):
			t.say("ambassador.code.other", t.office())
			t.closing()
			return nil
		case err != nil:
			return err
		}
		t.wake = true // the rich menu follows
		t.say("ambassador.code.linked", t.labels())
		t.send(messages.AmbassadorCard(t.w, a, t.center, t.bot.base))
		t.closing(t.tap("ambassador.see.short", talkAmbassador, "campaign", ""))
		return nil
	})
	return nil
}

func askWithdraw(t *turn) error {
	t.put(talkAmbassador, "withdraw", t.w.Say("ambassador.leave.ask", t.labels()), withdrawChoices(t))
	return nil
}

func withdrawChoices(t *turn) []choice {
	return []choice{
		{value: "yes", label: t.w.Say("ambassador.leave.yes"), words: []string{"はい", "取り消す", "やめる", "yes"}},
		{value: "no", label: t.w.Say("ambassador.leave.no"), words: []string{"いいえ", "続ける", "つづける", "no"}},
	}
}

func answerWithdraw(t *turn, value string) (string, error) {
	if value != "yes" {
		return "member", nil
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.WithdrawAmbassador(ctx, t.follower.ID) })
	t.wake = true // the rich menu follows
	t.say("ambassador.left", t.labels())
	t.end()
	t.closing()
	return handled, nil
}
