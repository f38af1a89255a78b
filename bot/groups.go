package bot

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"ippo"
	"ippo/internal/fold"
	"ippo/messages"
)

// groupsPerPage is how many cards one answer holds, within LINE's twelve.
const groupsPerPage = 8

// groupsTalk is 団体をさがす: by topic, area, day of the week or free words, one after another.
func groupsTalk() *talk {
	return &talk{
		name:   talkGroups,
		module: ippo.ModuleGroups,
		words:  []string{"団体をさがす", "団体を探す", "団体", "だんたい", "市民活動団体", "サークル", "団体をさがしたい", "探す", "さがす", "groups", "find a group"},
		begin:  beginGroups,
		steps: []question{
			{step: "how", ask: askHow, choices: howChoices, answer: answerHow, typed: typedWords, rest: true},
			{step: "topic", ask: askGroupTopic, choices: groupTopicChoices, answer: answerGroupTopic, typed: typedWords, rest: true},
			{step: "area", ask: askGroupArea, choices: groupAreaChoices, answer: answerGroupArea, typed: typedWords, rest: true},
			{step: "weekday", ask: askWeekday, choices: weekdayChoices, answer: answerWeekday, typed: typedWords, rest: true},
			{step: "words", ask: askWords, choices: wordsChoices, answer: answerHow, typed: typedWords},
			{step: "results", ask: askResults, choices: resultChoices, answer: answerResults, typed: typedWords, takes: takesPage, rest: true},
		},
		taps: map[string]func(*turn, string) error{"show": showGroup},
	}
}

// groupAnswers is the search so far. Slugs, so that it outlives a change of the lists.
type groupAnswers struct {
	Topic   string `json:"topic,omitempty"`
	Area    string `json:"area,omitempty"`
	Weekday int    `json:"weekday,omitempty"` // time.Weekday + 1
	Words   string `json:"words,omitempty"`
	Message string `json:"message,omitempty"` // LINE's ID of the message that the words are from
	Page    int    `json:"page,omitempty"`
}

func beginGroups(t *turn) error {
	k := t.bot.talkNamed(talkGroups)
	t.enter(k)
	if err := t.keep(groupAnswers{}); err != nil {
		return err
	}
	return t.ask(k, "how")
}

func askHow(t *turn) error {
	t.put(talkGroups, "how", t.w.Say("groups.how"), howChoices(t))
	return nil
}

func howChoices(t *turn) []choice {
	return []choice{
		{value: "topic", label: t.w.Say("groups.by.topic"), words: []string{"分野", "ぶんや", "topic"}},
		{value: "area", label: t.w.Say("groups.by.area"), words: []string{"地域", "ちいき", "area"}},
		{value: "weekday", label: t.w.Say("groups.by.weekday"), words: []string{"曜日", "ようび", "日", "day"}},
		{value: "words", label: t.w.Say("groups.by.words"), words: []string{"ことば", "言葉", "words"}},
		{value: "results", label: t.w.Say("groups.all"), words: append(append([]string{}, allWords...), skipWords...)},
		{value: "back", label: t.w.Say("choice.back"), words: backWords, plain: true},
	}
}

func answerHow(_ *turn, value string) (string, error) { return value, nil }

func askWords(t *turn) error {
	t.say("groups.words.ask")
	t.offer(quickReplies(talkGroups, "words", wordsChoices(t), false)...)
	return nil
}

func wordsChoices(t *turn) []choice {
	return []choice{
		{value: "results", label: t.w.Say("choice.skip"), words: skipWords, plain: true},
		{value: "how", label: t.w.Say("choice.back"), words: backWords, plain: true},
	}
}

func askGroupTopic(t *turn) error {
	t.list(talkGroups, "topic", t.w.Say("groups.topic.ask"), t.w.Say("groups.pick.hint"), groupTopicChoices(t))
	return nil
}

func groupTopicChoices(t *turn) []choice {
	var list []choice
	for _, p := range t.topics {
		list = append(list, choice{value: p.Slug, label: p.NameIn(t.w.Language), words: append(p.Spellings(), p.Slug)})
	}
	return append(list, t.anyChoice(), t.groupsBack())
}

func askGroupArea(t *turn) error {
	t.list(talkGroups, "area", t.w.Say("groups.area.ask"), t.w.Say("groups.pick.hint"), groupAreaChoices(t))
	return nil
}

func groupAreaChoices(t *turn) []choice {
	var list []choice
	for _, a := range t.areas {
		list = append(list, choice{value: a.Slug, label: a.NameIn(t.w.Language), words: append(a.Spellings(), a.Slug)})
	}
	return append(list, t.anyChoice(), t.groupsBack())
}

// anyChoice is the answer of who does not mind.
func (t *turn) anyChoice() choice {
	return choice{value: "any", label: t.w.Say("choice.any"), words: append(append([]string{}, skipWords...), allWords...), plain: true}
}

func (t *turn) groupsBack() choice {
	return choice{value: "how.back", label: t.w.Say("choice.back"), words: backWords, plain: true}
}

func askWeekday(t *turn) error {
	t.put(talkGroups, "weekday", t.w.Say("groups.weekday.ask"), weekdayChoices(t))
	return nil
}

// week is the days in the order in which people list them.
var week = [...]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

func weekdayChoices(t *turn) []choice {
	readings := [...]string{"にちようび", "げつようび", "かようび", "すいようび", "もくようび", "きんようび", "どようび"}
	var list []choice
	for _, d := range week {
		list = append(list, choice{
			value: strconv.Itoa(int(d)),
			label: t.w.Say("weekday." + strconv.Itoa(int(d))),
			words: []string{ippo.WeekdayName(d), ippo.WeekdayName(d) + "曜日", ippo.WeekdayName(d) + "曜", readings[d], d.String(), d.String()[:3]},
		})
	}
	return append(list, t.anyChoice(), t.groupsBack())
}

func answerGroupTopic(t *turn, value string) (string, error) {
	return t.narrow(value, func(a *groupAnswers, v string) { a.Topic = v })
}

func answerGroupArea(t *turn, value string) (string, error) {
	return t.narrow(value, func(a *groupAnswers, v string) { a.Area = v })
}

func answerWeekday(t *turn, value string) (string, error) {
	return t.narrow(value, func(a *groupAnswers, v string) {
		a.Weekday = 0
		if n, err := strconv.Atoi(v); err == nil {
			a.Weekday = n + 1
		}
	})
}

// narrow sets one condition of the search and shows what is found.
func (t *turn) narrow(value string, set func(*groupAnswers, string)) (string, error) {
	if value == "how.back" {
		return "how", nil
	}
	if value == "any" {
		value = ""
	}
	var a groupAnswers
	t.answers(&a)
	set(&a, value)
	a.Page = 1
	return "results", t.keep(a)
}

// typedWords takes any words for a search.
func typedWords(t *turn, text string) (string, bool, error) {
	if fold.Key(text) == "" || len([]rune(text)) > 100 {
		return "", false, nil
	}
	found, err := t.find(groupAnswers{Words: text})
	if err != nil {
		return "", false, err
	}
	if len(found) == 0 && t.talk.Step != "words" {
		return "", false, nil // perhaps it was no search
	}
	return "results", true, t.keep(groupAnswers{Words: text, Message: t.in.MessageID, Page: 1})
}

// find searches the groups.
func (t *turn) find(a groupAnswers) ([]ippo.ActivityGroup, error) {
	all, err := t.bot.store.ActivityGroups(t.ctx)
	if err != nil {
		return nil, err
	}
	q := groupQuery{weekday: a.Weekday, words: a.Words}
	if n, ok := t.topicNumber(a.Topic); ok {
		q.topic = n + 1
	}
	if n, ok := t.areaNumber(a.Area); ok {
		q.area = n + 1
	}
	return searchGroups(t.directory(all), q), nil
}

// sought says in words what is looked for.
func (t *turn) sought(a groupAnswers) string {
	var said []string
	for _, p := range t.topics {
		if p.Slug == a.Topic {
			said = append(said, p.NameIn(t.w.Language))
		}
	}
	for _, x := range t.areas {
		if x.Slug == a.Area {
			said = append(said, x.NameIn(t.w.Language))
		}
	}
	if a.Weekday > 0 && a.Weekday <= 7 {
		said = append(said, t.w.Say("weekday."+strconv.Itoa(a.Weekday-1)))
	}
	if a.Words != "" {
		said = append(said, "「"+strings.TrimSpace(a.Words)+"」")
	}
	if len(said) == 0 {
		return t.w.Say("groups.every")
	}
	return strings.Join(said, " × ")
}

func askResults(t *turn) error {
	var a groupAnswers
	t.answers(&a)
	found, err := t.find(a)
	if err != nil {
		return err
	}
	narrower := []messages.Choice{
		t.tap("groups.by.topic", talkGroups, "topic", "ask"),
		t.tap("groups.by.area", talkGroups, "area", "ask"),
		t.tap("groups.by.weekday", talkGroups, "weekday", "ask"),
		t.tap("groups.again", talkGroups, "start", ""),
	}
	if len(found) == 0 {
		t.say("groups.none", messages.Vars{"Sought": t.sought(a), "Phone": t.center.Office.Phone})
		t.closing(append(narrower, t.tap("desk.open", talkDesk, "start", ""))...)
		return nil
	}
	shown, page, more := pageOf(found, a.Page, groupsPerPage)
	t.say("groups.found", messages.Vars{"Sought": t.sought(a), "N": len(found)})
	t.send(messages.GroupCards(t.w, shown, t.bot.base, t.areaNames(), t.now))
	if more {
		next := messages.Choice{Label: t.w.Say("groups.more"), Data: tapped{talkGroups, "results", "p" + strconv.Itoa(page+1)}.data()}
		narrower = append([]messages.Choice{next}, narrower...)
	}
	t.closing(narrower...)
	return nil
}

// areaNames names areas in the follower's language.
func (t *turn) areaNames() func(ippo.Choice) string {
	return func(c ippo.Choice) string {
		var list []string
		for _, a := range t.areas {
			if c&(1<<a.Number) != 0 {
				list = append(list, a.NameIn(t.w.Language))
			}
		}
		if len(list) == 0 {
			return t.w.Say("area.city")
		}
		return t.sentence(list)
	}
}

func resultChoices(t *turn) []choice {
	var a groupAnswers
	t.answers(&a)
	found, err := t.find(a)
	if err != nil {
		return nil
	}
	shown, page, more := pageOf(found, a.Page, groupsPerPage)
	var list []choice
	for _, g := range shown {
		words := g.Translations.All("name")
		if g.Kana != "" {
			words = append(words, g.Kana)
		}
		list = append(list, choice{value: g.Slug, label: g.Name, words: words})
	}
	list = append(list, pageChoices(t, page, more)...)
	if page == 1 {
		list = append(list, choice{value: "how.back", label: t.w.Say("choice.back"), words: backWords, plain: true})
	}
	return list
}

func answerResults(t *turn, value string) (string, error) {
	if value == "how.back" {
		return "how", t.keep(groupAnswers{})
	}
	if page, ok := pageNumber(value); ok {
		var a groupAnswers
		t.answers(&a)
		a.Page = page
		return "results", t.keep(a)
	}
	return handled, showGroup(t, value)
}

// showGroup shows one group's card.
func showGroup(t *turn, slug string) error {
	g, err := t.bot.store.ActivityGroupBySlug(t.ctx, slug)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && g.Hidden {
		t.say("gone")
		return t.begin(talkGroups)
	}
	if err != nil {
		return err
	}
	t.send(messages.GroupCards(t.w, []ippo.ActivityGroup{g}, t.bot.base, t.areaNames(), t.now))
	t.closing(t.tap("desk.visit", talkDesk, "visit", g.Slug), t.tap("groups.again", talkGroups, "start", ""))
	return nil
}
