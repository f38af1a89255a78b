package bot

import (
	"fmt"
	"slices"
	"strings"

	"ippo"
	"ippo/messages"
)

// newcomerTalk is 転入してきた方へ: four questions, then two or three groups with the reason each was
// chosen, and the offer that a coordinator gets in touch.
func newcomerTalk() *talk {
	return &talk{
		name: talkNewcomer,
		words: []string{"転入", "転入してきた方へ", "転入しました", "転入してきました", "引っ越し", "引っ越してきました", "引越し", "ひっこし",
			"ひっこしてきました", "てんにゅう", "移住", "いじゅう", "newcomer", "new here", "moved"},
		begin: beginNewcomer,
		steps: []question{
			{step: "area", ask: askHome, choices: homeChoices, answer: answerHome},
			{step: "interest", ask: askInterest, choices: interestChoices, answer: answerInterest, typed: typedInterest, takes: takesTopic},
			{step: "time", ask: askTime, choices: timeChoices, answer: answerTime},
			{step: "children", ask: askChildren, choices: childrenChoices, answer: answerChildren},
			{step: "matches", ask: askMatches, choices: matchChoicesOffered, answer: answerMatches, rest: true},
		},
	}
}

// newcomerAnswers is what was chosen so far. "" is a question still to be asked; slugs outlive a change
// of the lists.
type newcomerAnswers struct {
	Area      string   `json:"area,omitempty"` // slug, or any
	Interests []string `json:"interests,omitempty"`
	Interest  bool     `json:"interest,omitempty"` // that question is answered
	Time      string   `json:"time,omitempty"`
	Children  string   `json:"children,omitempty"` // yes or no
}

// next is the first question that is still to be asked.
func (a newcomerAnswers) next() string {
	switch {
	case a.Area == "":
		return "area"
	case !a.Interest:
		return "interest"
	case a.Time == "":
		return "time"
	case a.Children == "":
		return "children"
	}
	return "matches"
}

func beginNewcomer(t *turn) error {
	k := t.bot.talkNamed(talkNewcomer)
	t.enter(k)
	var a newcomerAnswers
	t.answers(&a)
	if a.next() == "area" {
		t.say("newcomer.welcome", messages.Vars{"City": t.center.Office.City})
	} else if a.next() != "matches" {
		t.say("resume")
	} else if err := t.keep(newcomerAnswers{}); err != nil { // finished before: once more from the start
		return err
	}
	t.answers(&a)
	if t.talk.Step == "matches" {
		return t.ask(k, "area")
	}
	return t.ask(k, a.next())
}

// set changes the answers and goes on to what is still open.
func (t *turn) setNewcomer(change func(*newcomerAnswers)) (string, error) {
	var a newcomerAnswers
	t.answers(&a)
	change(&a)
	return a.next(), t.keep(a)
}

func askHome(t *turn) error {
	t.list(talkNewcomer, "area", t.w.Say("newcomer.area.ask"), t.w.Say("newcomer.hint", messages.Vars{"Step": 1}), homeChoices(t))
	return nil
}

func homeChoices(t *turn) []choice {
	var list []choice
	for _, a := range t.areas {
		list = append(list, choice{value: a.Slug, label: a.NameIn(t.w.Language), words: names(a.Slug, a.Name, a.Easy, a.En)})
	}
	return append(list, t.unsure(), t.goBack())
}

// unsure is the answer of who does not know, or would rather not say.
func (t *turn) unsure() choice {
	return choice{value: "any", label: t.w.Say("choice.unsure"), words: append(append([]string{}, skipWords...), allWords...), plain: true}
}

func (t *turn) goBack() choice {
	return choice{value: "back", label: t.w.Say("choice.back"), words: backWords, plain: true}
}

func answerHome(t *turn, value string) (string, error) {
	return t.setNewcomer(func(a *newcomerAnswers) { a.Area = value })
}

func askInterest(t *turn) error {
	t.list(talkNewcomer, "interest", t.w.Say("newcomer.interest.ask"), t.w.Say("newcomer.hint", messages.Vars{"Step": 2}), interestChoices(t))
	return nil
}

func interestChoices(t *turn) []choice {
	var a newcomerAnswers
	t.answers(&a)
	var list []choice
	for _, p := range t.topics {
		list = append(list, several(p.Slug, p.NameIn(t.w.Language), slices.Contains(a.Interests, p.Slug), p.Name, p.Easy, p.En))
	}
	return append(list,
		choice{value: "next", label: t.w.Say("choice.next"), words: nextWords, plain: true},
		choice{value: "all", label: t.w.Say("choice.all"), words: allWords, plain: true},
		choice{value: "skip", label: t.w.Say("choice.unsure"), words: skipWords, plain: true},
		t.goBack())
}

func answerInterest(t *turn, value string) (string, error) {
	return t.setNewcomer(func(a *newcomerAnswers) {
		switch value {
		case "next":
			a.Interest = true
		case "all", "skip", "none":
			a.Interests, a.Interest = nil, true
		default:
			slug := value[1:]
			a.Interests = slices.DeleteFunc(a.Interests, func(s string) bool { return s == slug })
			if value[0] == '+' && len(a.Interests) < ippo.MaxChoices {
				a.Interests = append(a.Interests, slug)
			}
			a.Interest = false // until つぎへ
		}
	})
}

func typedInterest(t *turn, text string) (string, bool, error) {
	return t.typedSeveral(text, "interest", interestChoices(t), answerInterest)
}

func askTime(t *turn) error {
	t.put(talkNewcomer, "time", t.w.Say("newcomer.time.ask"), timeChoices(t))
	return nil
}

func timeChoices(t *turn) []choice {
	var list []choice
	for _, f := range freeTimes {
		list = append(list, choice{value: f.value, label: t.w.Say("time." + f.value), words: f.words})
	}
	skip := choice{value: "any", label: t.w.Say("choice.unsure"), words: append(append([]string{}, skipWords...), allWords...), plain: true}
	return append(list, skip, t.goBack())
}

func answerTime(t *turn, value string) (string, error) {
	return t.setNewcomer(func(a *newcomerAnswers) { a.Time = value })
}

func askChildren(t *turn) error {
	t.put(talkNewcomer, "children", t.w.Say("newcomer.children.ask"), childrenChoices(t))
	return nil
}

func childrenChoices(t *turn) []choice {
	return []choice{
		{value: "yes", label: t.w.Say("choice.yes"), words: []string{"はい", "うん", "いる", "います", "子どもと", "yes"}},
		{value: "no", label: t.w.Say("choice.no"), words: append([]string{"いいえ", "いない", "いません", "大人だけ", "no"}, skipWords...)},
		t.goBack(),
	}
}

func answerChildren(t *turn, value string) (string, error) {
	return t.setNewcomer(func(a *newcomerAnswers) { a.Children = value })
}

// wish is what the answers ask for.
func (t *turn) wish(a newcomerAnswers) wish {
	w := wish{children: a.Children == "yes"}
	if n, ok := t.areaNumber(a.Area); ok {
		w.area = n + 1
	}
	for _, slug := range a.Interests {
		if n, ok := t.topicNumber(slug); ok {
			w.topics = w.topics.With(n)
		}
	}
	for _, f := range freeTimes {
		if f.value == a.Time {
			w.days, w.parts = f.days, f.parts
		}
	}
	return w
}

func askMatches(t *turn) error {
	var a newcomerAnswers
	t.answers(&a)
	groups, err := t.bot.store.ActivityGroups(t.ctx)
	if err != nil {
		return err
	}
	found := matchGroups(groups, t.wish(a))
	if len(found) == 0 {
		t.say("newcomer.none")
	} else {
		t.say("newcomer.found", messages.Vars{"N": len(found)})
		cards := make([]messages.Match, len(found))
		for i, m := range found {
			cards[i] = messages.Match{Group: m.group, Reason: t.reasonWords(a, m)}
		}
		t.send(messages.MatchCards(t.w, cards, t.bot.base, t.areaNames()))
	}
	t.send(messages.Text(t.w.Say("newcomer.offer") + "\n\n" + numbered(t.offers())))
	t.closing(quickReplies(talkNewcomer, "matches", t.offers(), false)...)
	return nil
}

// reasonWords says why a group was chosen.
func (t *turn) reasonWords(a newcomerAnswers, m matched) string {
	said := make([]string, 0, len(m.reasons))
	for _, r := range m.reasons {
		vars := messages.Vars{"Area": "", "Topics": "", "Time": ""}
		switch r {
		case reasonArea:
			vars["Area"] = t.areaWords(ippo.ChoiceOf(t.wish(a).area - 1))
		case reasonTopic:
			vars["Topics"] = t.topicWords(m.group.Topics & t.wish(a).topics)
		case reasonTime:
			vars["Time"] = t.w.Say("time." + a.Time)
		}
		said = append(said, t.w.Say("reason."+string(r), vars))
	}
	return strings.Join(said, t.w.Say("reason.and"))
}

// offers are what may follow the suggestions.
func (t *turn) offers() []choice {
	return []choice{
		{value: "coordinator", label: t.w.Say("newcomer.coordinator"), words: []string{"連絡がほしい", "れんらく", "お願いします", "はい", "yes"}},
		{value: "again", label: t.w.Say("newcomer.again"), words: []string{"はじめから", "もう一度", "again"}},
		{value: "groups", label: t.w.Say("newcomer.groups"), words: []string{"ほかの団体", "団体をさがす", "groups"}},
	}
}

func matchChoicesOffered(t *turn) []choice { return append(t.offers(), t.goBack()) }

func answerMatches(t *turn, value string) (string, error) {
	switch value {
	case "again":
		return "area", t.keep(newcomerAnswers{})
	case "groups":
		return handled, t.begin(talkGroups)
	}
	var a newcomerAnswers
	t.answers(&a)
	return handled, t.request(ippo.DeskRequest{Kind: ippo.RequestNewcomer, Body: t.newcomerWords(a)}, ippo.ActivityGroup{})
}

// newcomerWords is what staff read of the answers, in Japanese whatever the newcomer reads.
func (t *turn) newcomerWords(a newcomerAnswers) string {
	ja := t.bot.texts.In(ippo.Japanese)
	area, topics := ja.Say("choice.unsure"), ja.Say("choice.unsure")
	for _, x := range t.areas {
		if x.Slug == a.Area {
			area = x.Name
		}
	}
	var chosen []string
	for _, p := range t.topics {
		if slices.Contains(a.Interests, p.Slug) {
			chosen = append(chosen, p.Name)
		}
	}
	if len(chosen) > 0 {
		topics = strings.Join(chosen, "・")
	}
	children := ja.Say("choice.no")
	if a.Children == "yes" {
		children = ja.Say("choice.yes")
	}
	when := a.Time
	if when == "" {
		when = "any"
	}
	return fmt.Sprintf("地域：%s\n興味：%s\n時間：%s\n子ども連れ：%s\nことば：%s", area, topics, ja.Say("time."+when), children, messages.Self(t.follower.Language))
}
