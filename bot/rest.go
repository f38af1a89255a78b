package bot

import (
	"context"
	"errors"
	"strconv"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

var restWords = []string{"お休みする", "お休み", "おやすみする", "休む", "やすむ", "休みたい", "案内を休む", "break", "take a break"}

// restTalk is お休みする: no reminders of campaigns for a while, and the way back.
func restTalk() *talk {
	return &talk{
		name:   talkRest,
		module: ippo.ModuleCampaigns,
		words:  restWords,
		begin:  func(t *turn) error { return t.ask(t.bot.talkNamed(talkRest), "rest") },
		steps:  []question{{step: "rest", ask: askRest, choices: restChoices, answer: answerRest, takes: takesRest, rest: true}},
		taps:   map[string]func(*turn, string) error{"goon": func(t *turn, _ string) error { return t.goOn() }},
	}
}

// resting says until when the follower rests; "" if they do not.
func (t *turn) resting() (string, error) {
	r, err := t.bot.store.RestOf(t.ctx, t.follower.ID)
	if errors.Is(err, ippo.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return restUntil(t.w, r), nil
}

func restUntil(w messages.Words, r ippo.Rest) string {
	switch {
	case r.Why == ippo.RestSilent:
		return w.Say("rest.silent")
	case r.Until.IsZero():
		return w.Say("rest.until.say")
	}
	return w.Say("rest.until", messages.Vars{"Day": w.Day(r.Until.AddDate(0, 0, -1))})
}

func askRest(t *turn) error {
	until, err := t.resting()
	if err != nil {
		return err
	}
	choices := restChoices(t)
	text := t.w.Say("rest.ask")
	if until != "" {
		text = t.w.Say("rest.ask.resting", messages.Vars{"Until": until})
		choices = append([]choice{goOnChoice(t)}, choices...)
	}
	t.put(talkRest, "rest", text, choices)
	return nil
}

// goOnChoice is the way back, shown to who rests and understood from everybody.
func goOnChoice(t *turn) choice {
	return choice{value: "goon", label: t.w.Say("rest.again"), words: append([]string{"続ける", "つづける", "go on"}, restartWords...), plain: true}
}

func restChoices(t *turn) []choice {
	words := map[int][]string{
		1: {"1か月", "1ヶ月", "一か月", "ひと月", "1 month"},
		3: {"3か月", "3ヶ月", "三か月", "3 months"},
		0: {"ずっと", "しばらく", "until i say so"},
	}
	labels := map[int]string{1: "rest.one", 3: "rest.three", 0: "rest.long"}
	var list []choice
	for _, months := range ippo.RestMonths {
		list = append(list, choice{value: "m" + strconv.Itoa(months), label: t.w.Say(labels[months]), words: words[months]})
	}
	return append(list, t.goBack())
}

func takesRest(_ *turn, value string) bool { return value == "goon" }

func answerRest(t *turn, value string) (string, error) {
	if value == "goon" {
		return handled, t.goOn()
	}
	months, err := strconv.Atoi(value[1:])
	if err != nil {
		return "rest", nil
	}
	until := ippo.RestUntil(t.now, months)
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.Rest(ctx, t.follower.ID, until) })
	t.end()
	t.say("rest.begun", messages.Vars{"Until": restUntil(t.w, ippo.Rest{Why: ippo.RestWished, Until: until})})
	t.closing(t.tap("rest.again", talkRest, "goon", ""))
	return handled, nil
}

// goOn ends the rest, or says that reminders are welcome.
func (t *turn) goOn() error {
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.GoOn(ctx, t.follower.ID) })
	if t.talk.Name == talkRest {
		t.end()
	}
	t.say("rest.over")
	t.closing(t.tap("rest.open", talkRest, "rest", "ask"))
	return nil
}
