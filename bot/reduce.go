package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

var restartWords = []string{"再開", "さいかい", "再開する", "また受け取る", "restart", "resume"}

// reduceTalk is 配信を減らす: somebody who has had enough chooses how much less, and finds the way back.
func reduceTalk() *talk {
	return &talk{
		name:  talkReduce,
		words: []string{"配信を減らす", "減らす", "へらす", "配信をへらす", "配信を止める", "配信をとめる", "お知らせを減らす", "お知らせを止める", "fewer"},
		begin: func(t *turn) error { return t.reduce(reduceAnswers{}) },
		steps: []question{{step: "how", ask: askReduce, choices: reduceChoices, answer: answerReduce, takes: takesLess, rest: true}},
		taps:  map[string]func(*turn, string) error{"from": tapReduce},
	}
}

// reduceAnswers is what a follower wants less of.
type reduceAnswers struct {
	Broadcast ippo.BroadcastID `json:"broadcast,omitempty"` // under which it was tapped; 0: none
	Topics    []string         `json:"topics,omitempty"`    // slugs of that broadcast's
}

// tapReduce answers 配信を減らす under a broadcast: why it came, and how to get less.
func tapReduce(t *turn, value string) error {
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return t.begin(talkReduce)
	}
	b, err := t.bot.store.Broadcast(t.ctx, ippo.BroadcastID(id))
	if errors.Is(err, ippo.ErrNotFound) {
		return t.begin(talkReduce)
	}
	if err != nil {
		return err
	}
	t.send(messages.Text(t.why(b)))
	from := reduceAnswers{Topics: b.Audience.Topics}
	if b.Origin == ippo.OriginDigest {
		if from.Topics, err = t.bot.store.DigestTopics(t.ctx, b.ID); err != nil {
			return err
		}
	}
	if !b.Status.Editable() { // a member of staff who looks at a test is not counted
		from.Broadcast = b.ID
	}
	return t.reduce(from)
}

func (t *turn) reduce(from reduceAnswers) error {
	k := t.bot.talkNamed(talkReduce)
	t.enter(k)
	if err := t.keep(from); err != nil {
		return err
	}
	t.count(ippo.Reduction{Broadcast: from.Broadcast, Step: ippo.ReductionOpened})
	return t.ask(k, "how")
}

func (t *turn) count(r ippo.Reduction) {
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.AddReduction(ctx, r) })
}

// why says whom a broadcast was for, as the resident's own settings call it.
func (t *turn) why(b *ippo.Broadcast) string {
	switch {
	case b.Origin == ippo.OriginDigest:
		return t.w.Say("reduce.why.digest")
	case b.Audience.All:
		return t.w.Say("reduce.why.all")
	}
	var lines []string
	say := func(key string, names []string) {
		if len(names) > 0 {
			lines = append(lines, "・"+t.w.Say(key, messages.Vars{"Names": t.sentence(names)}))
		}
	}
	var topics, areas []string
	for _, p := range t.topics {
		if slices.Contains(b.Audience.Topics, p.Slug) {
			topics = append(topics, p.NameIn(t.w.Language))
		}
	}
	for _, a := range t.areas {
		if slices.Contains(b.Audience.Areas, a.Slug) {
			areas = append(areas, a.NameIn(t.w.Language))
		}
	}
	say("reduce.whom.topic", topics)
	say("reduce.whom.area", areas)
	if b.Audience.Ambassadors {
		say("reduce.whom.ambassador", []string{t.center.Labels.Ambassador})
	}
	if len(b.Audience.Tags)+len(b.Audience.Entries) > 0 || len(lines) == 0 { // their names are for staff
		lines = append(lines, "・"+t.w.Say("reduce.whom.list"))
	}
	text := t.w.Say("reduce.why") + "\n" + strings.Join(lines, "\n")
	if len(topics)+len(areas) > 0 {
		text += "\n\n" + t.w.Say("reduce.whom.empty")
	}
	return text
}

// lessOf lists the topics of the broadcast that the follower could give up.
func (t *turn) lessOf() []ippo.Topic {
	var from reduceAnswers
	if t.talk.Name == talkReduce {
		t.answers(&from)
	}
	var list []ippo.Topic
	for _, p := range t.topics {
		if slices.Contains(from.Topics, p.Slug) && t.hears(p.Number) && len(list) < maxLess {
			list = append(list, p)
		}
	}
	return list
}

// maxLess leaves room for the other choices under a message.
const maxLess = 6

// hears reports whether broadcasts on a topic reach the follower.
func (t *turn) hears(topic int) bool {
	p := t.follower.Preferences
	return !p.Stopped && !p.Unguided() && (p.Topics == 0 || p.Topics.Has(topic))
}

// takesLess lets an old button still give up its topic, or choose the digest.
func takesLess(t *turn, value string) bool {
	return takesDigest(t, value) || strings.HasPrefix(value, "-") && takesSigned(value, t.topicNumber)
}

// giveUp takes one topic out of what the follower chose. A choice without any topic would mean all of
// them, so after the last one only what goes to everyone is left.
func (t *turn) giveUp(slug string) {
	n, _ := t.topicNumber(slug) // it is among the choices, or takesLess knew it
	var name string
	for _, p := range t.topics {
		if p.Slug == slug {
			name = p.NameIn(t.w.Language)
		}
	}
	if !t.hears(n) {
		t.say("reduce.less.already", messages.Vars{"Topic": name})
		return
	}
	p := &t.follower.Preferences
	if p.Topics == 0 || p.Topics&ippo.Everything != 0 {
		p.Topics = ippo.ChoiceOf(t.topicNumbers()...)
	}
	if p.Topics = p.Topics.Without(n); p.Topics == 0 {
		p.Areas = 0
	}
	t.onboarded()
	t.savePreferences()
	var from reduceAnswers
	t.answers(&from)
	t.count(ippo.Reduction{Broadcast: from.Broadcast, Step: ippo.ReductionTopic, Topic: slug})
	if p.Unguided() {
		t.say("reduce.less.last", messages.Vars{"Topic": name})
	} else {
		t.say("reduce.less.done", messages.Vars{"Topic": name})
	}
}

// restartTalk is the way back in one word.
func restartTalk() *talk {
	return &talk{
		name:  talkRestart,
		words: restartWords,
		begin: func(t *turn) error {
			if !t.follower.Stopped {
				return t.begin(talkReduce)
			}
			_, err := answerReduce(t, "restart")
			return err
		},
	}
}

func askReduce(t *turn) error {
	key := "reduce.ask"
	if t.follower.Stopped {
		key = "reduce.ask.stopped"
	}
	t.put(talkReduce, "how", t.w.Say(key), reduceChoices(t))
	return nil
}

func reduceChoices(t *turn) []choice {
	last := choice{value: "stop", label: t.w.Say("reduce.stop"), words: []string{"止める", "とめる", "停止", "全部止める", "stop"}}
	if t.follower.Stopped {
		last = choice{value: "restart", label: t.w.Say("reduce.restart"), words: restartWords}
	}
	var list []choice
	for _, p := range t.lessOf() {
		name := p.NameIn(t.w.Language)
		list = append(list, choice{value: "-" + p.Slug, label: t.w.Say("reduce.less", messages.Vars{"Topic": name}), words: []string{name}})
	}
	return append(list, []choice{
		{value: "topics", label: t.w.Say("reduce.topics"), words: []string{"分野", "ぶんや"}},
		{value: "areas", label: t.w.Say("reduce.areas"), words: []string{"地域", "ちいき"}},
		digestChoice(t),
		last,
		{value: "keep", label: t.w.Say("reduce.keep"), words: []string{"このまま", "そのまま", "keep"}},
		{value: "back", label: t.w.Say("choice.back"), words: backWords, plain: true},
	}...)
}

func answerReduce(t *turn, value string) (string, error) {
	if slug, less := strings.CutPrefix(value, "-"); less {
		t.giveUp(slug)
		t.send(t.settingsCard(""))
		t.closing()
		return "", nil
	}
	switch value {
	case "topics", "areas":
		t.onboarded()
		return handled, t.ask(t.bot.talkNamed(talkSettings), value)
	case "digest", "single":
		t.onboarded()
		t.chooseDigest(value == "digest")
		t.send(t.settingsCard(""))
		t.closing()
		return "", nil
	case "stop":
		t.onboarded()
		var from reduceAnswers
		t.answers(&from)
		t.count(ippo.Reduction{Broadcast: from.Broadcast, Step: ippo.ReductionStopped})
		t.follower.Stopped = true
		t.savePreferences()
		t.say("reduce.stopped", t.office())
		t.offer(t.tap("reduce.restart", talkReduce, "how", "restart"), t.tap("menu.open", talkMenu, "start", ""))
		return "", nil
	case "restart":
		t.follower.Stopped = false
		t.savePreferences()
		t.say("reduce.restarted")
		t.send(t.settingsCard(""))
		t.closing()
		return "", nil
	}
	t.say("reduce.kept")
	t.closing()
	return "", nil
}
