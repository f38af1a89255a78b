package bot

import (
	"errors"
	"slices"
	"strconv"

	"ippo"
	"ippo/messages"
)

// eventsTalk shows what is coming in the follower's areas, the soonest first.
func eventsTalk() *talk {
	return &talk{
		name:   talkEvents,
		module: ippo.ModuleEvents,
		words:  []string{"イベント", "行事", "催し", "もよおし", "ぎょうじ", "予定", "events", "event"},
		begin:  func(t *turn) error { return t.showEvents(1) },
		steps:  []question{{step: "list", ask: askEvents, choices: eventChoices, answer: answerEvents, takes: takesPage, rest: true}},
		taps:   map[string]func(*turn, string) error{"show": showEvent},
	}
}

func (t *turn) showEvents(page int) error {
	k := t.bot.talkNamed(talkEvents)
	t.enter(k)
	if err := t.keep(pageAnswers{page}); err != nil {
		return err
	}
	return t.ask(k, "list")
}

func (t *turn) eventPage() (items []ippo.Event, page int, more bool, err error) {
	var a pageAnswers
	t.answers(&a)
	all, err := t.bot.store.ComingEvents(t.ctx, t.now, 0)
	if err != nil {
		return nil, 0, false, err
	}
	var mine []ippo.Event
	_, member, err := t.ambassador()
	if err != nil {
		return nil, 0, false, err
	}
	all = slices.DeleteFunc(all, func(e ippo.Event) bool { return e.CalledOff || e.ForAmbassadors && !member })
	for _, e := range all {
		if t.asksFor(e.Topics, e.Areas) {
			mine = append(mine, e)
		}
	}
	if len(mine) == 0 {
		mine = all // better another area's than none
	}
	items, page, more = pageOf(mine, a.Page, newsPerPage)
	return items, page, more, nil
}

func askEvents(t *turn) error {
	items, page, more, err := t.eventPage()
	if err != nil {
		return err
	}
	if len(items) == 0 {
		t.say("events.none")
		t.closing(t.tap("news.open", talkNews, "start", ""))
		return nil
	}
	t.say("events.title")
	t.send(messages.EventCards(t.w, items, t.bot.base, t.now))
	var next []messages.Choice
	if more {
		next = append(next, messages.Choice{Label: t.w.Say("events.more"), Data: tapped{talkEvents, "list", "p" + strconv.Itoa(page+1)}.data()})
	}
	if slices.ContainsFunc(items, func(e ippo.Event) bool { return e.SignUp.Open }) {
		next = append(next, t.tap("reserve.open", talkReserve, "start", ""))
	}
	t.closing(next...)
	return nil
}

func eventChoices(t *turn) []choice {
	items, page, more, err := t.eventPage()
	if err != nil {
		return nil
	}
	var list []choice
	for _, e := range items {
		list = append(list, choice{value: e.Slug, label: e.Title, words: e.Translations.All("title")})
	}
	return append(list, pageChoices(t, page, more)...)
}

func answerEvents(t *turn, value string) (string, error) {
	if page, ok := pageNumber(value); ok {
		return "list", t.keep(pageAnswers{page})
	}
	return handled, showEvent(t, value)
}

func showEvent(t *turn, slug string) error {
	e, err := t.bot.store.EventBySlug(t.ctx, slug)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && e.Status != ippo.ContentPublished {
		t.say("gone")
		return t.showEvents(1)
	}
	if err != nil {
		return err
	}
	_, member, err := t.ambassador()
	if err != nil {
		return err
	}
	if e.ForAmbassadors && !member {
		t.say("reserve.ambassadors", t.labels())
		t.closing(t.tap("events.open", talkEvents, "start", ""))
		return nil
	}
	t.send(messages.EventCards(t.w, []ippo.Event{e}, t.bot.base, t.now))
	t.closing(t.tap("events.open", talkEvents, "start", ""))
	return nil
}
