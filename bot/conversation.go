package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ippo"
	"ippo/internal/fold"
	"ippo/internal/line"
	"ippo/internal/personal"
	"ippo/messages"
	"ippo/store"
)

// talk is one conversation: a small state machine whose state lives in the database.
type talk struct {
	name  string   // as in postback data and in the database; stored: add, never rename
	words []string // what begins it when typed; compared after folding

	module ippo.Module            // while it is off there is no such talk; "": always
	lent   map[string]ippo.Module // steps and taps that belong to another module than the rest of the talk
	begin  func(*turn) error
	steps  []question
	taps   map[string]func(t *turn, value string) error // buttons that belong to no question
}

// question is one step of a talk.
type question struct {
	step    string // stored: add, never rename
	ask     func(*turn) error
	choices func(*turn) []choice
	// answer takes one choice's value and says which question comes next: the same step to ask it
	// again, "" when the talk is over and the reply says so, handled when another talk has begun.
	answer func(t *turn, value string) (next string, err error)
	// typed takes words that are no choice; taken is false if they mean nothing here. Nil: only
	// choices are answers.
	typed func(t *turn, text string) (next string, taken bool, err error)
	// sentence takes words before they are held against the choices, if they say more than those could. Nil:
	// none do.
	sentence func(t *turn, text string) (next string, taken bool, err error)
	// takes reports whether value is an answer although it is not among the choices shown. Nil: no.
	takes func(t *turn, value string) bool
	// rest says that nothing is left open here: a list was shown, and may be chosen from or not.
	rest bool
}

// turn is one thing that a follower did, and the answer to it.
type turn struct {
	ctx context.Context
	bot *Bot
	in  ippo.InboundEvent
	ev  event
	now time.Time

	follower ippo.Follower      // with what this turn changes
	talk     ippo.Conversation  // zero when there is none; Answers without what is paused
	paused   *ippo.Conversation // left half-way for talk
	center   ippo.Settings
	topics   []ippo.Topic
	areas    []ippo.Area
	w        messages.Words

	rule ippo.Rule // that the answer follows, as far as that is noted
	word string    // that it went by
	auto ippo.AutoReplyID

	*outcome
}

// The talks' names. Stored, and in postback data: add, never rename.
const (
	talkMenu       = "menu"
	talkSettings   = "settings"
	talkLanguage   = "language"
	talkNews       = "news"
	talkEvents     = "events"
	talkGroups     = "groups"
	talkNewcomer   = "newcomer"
	talkAmbassador = "ambassador"
	talkReduce     = "reduce"
	talkRestart    = "restart"
	talkDesk       = "desk"
	talkMatch      = "match"
	talkHost       = "host"
	talkFAQ        = "faq"
	talkConsult    = "consult"
	talkData       = "mydata"
	talkRest       = "rest"
	talkReserve    = "reserve"
	talkVision     = "vision"
)

// talks lists the conversations.
func talks() []*talk {
	return []*talk{
		menuTalk(), settingsTalk(), languageTalk(), newsTalk(), eventsTalk(), groupsTalk(), newcomerTalk(), ambassadorTalk(),
		reduceTalk(), restartTalk(), deskTalk(), matchTalk(), hostTalk(), faqTalk(), consultTalk(), dataTalk(), restTalk(), reserveTalk(), visionTalk(),
	}
}

// fresh is how long after a question an unfitting answer is still taken for one.
const fresh = time.Hour

// answer decides what an event brings about.
func (b *Bot) answer(ctx context.Context, in ippo.InboundEvent, e event, apologise bool) (*outcome, error) {
	switch k := e.kind(); {
	case k == kindUnsend:
		return b.unsend(ctx, in, e)
	case k == kindJoin:
		return b.joined(ctx)
	case in.LineUserID == "" || k == kindUnknown || k == kindIgnored:
		return &outcome{}, nil // group chats: silence after the greeting
	case k == kindUnfollow:
		return &outcome{effects: []effect{func(ctx context.Context, t *store.Tx) error {
			return t.Block(ctx, in.LineUserID, in.OccurredAt)
		}}}, nil
	case e.Mode == "standby":
		return &outcome{}, nil // somebody else has the chat
	}
	t, err := b.newTurn(ctx, in, e)
	if err != nil {
		return nil, err
	}
	if apologise {
		t.say("sorry", t.office())
		t.closing()
		return t.outcome, nil
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.Seen(ctx, t.follower.ID, in.OccurredAt) })
	if err := t.route(); err != nil {
		return nil, err
	}
	return t.outcome, nil
}

// unsend erases what a message left behind, also in the talk that it was said in.
func (b *Bot) unsend(ctx context.Context, in ippo.InboundEvent, e event) (*outcome, error) {
	o := &outcome{effects: []effect{func(ctx context.Context, t *store.Tx) error { return t.Unsend(ctx, e.Unsend.MessageID) }}}
	f, err := b.store.FollowerByLineID(ctx, in.LineUserID)
	if errors.Is(err, ippo.ErrNotFound) {
		return o, nil
	} else if err != nil {
		return nil, err
	}
	c, err := b.store.Conversation(ctx, f.ID)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return nil, err
	}
	if strings.Contains(string(c.Answers), strconv.Quote(e.Unsend.MessageID)) {
		o.effects = append(o.effects, func(ctx context.Context, t *store.Tx) error { return t.EndConversation(ctx, f.ID) })
	}
	return o, nil
}

// newTurn gathers what is known about who did something.
func (b *Bot) newTurn(ctx context.Context, in ippo.InboundEvent, e event) (*turn, error) {
	f, err := b.meet(ctx, in, e)
	if err != nil {
		return nil, err
	}
	return b.turnOf(ctx, in, e, f)
}

// turnOf is newTurn of a follower who is known.
func (b *Bot) turnOf(ctx context.Context, in ippo.InboundEvent, e event, f ippo.Follower) (t *turn, err error) {
	t = &turn{ctx: ctx, bot: b, in: in, ev: e, now: b.now(), follower: f, w: b.texts.In(f.Language), outcome: new(outcome)}
	if t.center, err = b.store.Settings(ctx); err != nil {
		return nil, err
	}
	if t.topics, err = b.store.Topics(ctx); err != nil {
		return nil, err
	}
	if t.areas, err = b.store.Areas(ctx); err != nil {
		return nil, err
	}
	t.topics = slices.DeleteFunc(t.topics, func(x ippo.Topic) bool { return x.Hidden })
	t.areas = slices.DeleteFunc(t.areas, func(x ippo.Area) bool { return x.Hidden })
	kept, err := b.store.Conversation(ctx, f.ID)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return nil, err
	}
	t.restore(kept)
	t.leaveSwitchedOff()
	return t, nil
}

// meet returns the follower who did something, and makes their acquaintance if we never saw them: the
// account may have had friends before it had a bot.
func (b *Bot) meet(ctx context.Context, in ippo.InboundEvent, e event) (ippo.Follower, error) {
	f, err := b.store.FollowerByLineID(ctx, in.LineUserID)
	if err == nil && e.kind() != kindFollow {
		return f, nil
	}
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return f, err
	}
	first := err != nil && e.kind() == kindFollow && !e.Follow.IsUnblocked
	name, language := b.profile(ctx, in.LineUserID)
	center, err := b.store.Settings(ctx)
	if err != nil {
		return f, err
	}
	if !center.Offers(language) {
		language = ippo.Japanese
	}
	err = b.store.Write(ctx, func(t *store.Tx) error {
		follow := t.Follow
		if first {
			follow = t.FollowFirst
		}
		_, err := follow(ctx, in.LineUserID, name, language, in.OccurredAt)
		return err
	})
	if err != nil {
		return f, err
	}
	return b.store.FollowerByLineID(ctx, in.LineUserID)
}

// profileTime is how long a greeting may wait for the follower's profile.
const profileTime = 3 * time.Second

// profile asks LINE for a name and a language. Without an answer the greeting goes out in Japanese.
func (b *Bot) profile(ctx context.Context, lineUserID string) (name string, language ippo.Language) {
	ctx, cancel := context.WithTimeout(ctx, profileTime)
	defer cancel()
	p, err := b.line.Profile(ctx, lineUserID)
	if err != nil {
		if line.ClassOf(err) != line.NotFound {
			b.log.Warn("profile could not be read", "err", err)
		}
		return "", ippo.Japanese
	}
	return p.DisplayName, b.texts.For(p.Language)
}

// route finds out what the follower means and answers.
func (t *turn) route() error {
	if t.follower.Status == ippo.FollowerErased {
		return t.beingErased()
	}
	switch t.ev.kind() {
	case kindFollow:
		t.wake = t.follower.Language != ippo.Japanese || t.ev.Follow.IsUnblocked // the rich menu follows
		return t.welcome()
	case kindPostback:
		return t.hearTap(t.ev.Postback.Data)
	case kindText:
		return t.hearText(t.ev.Message.Text)
	default:
		return t.thankFor(t.ev.kind())
	}
}

// hearTap answers a tap. A tap begins or goes on with its talk wherever the follower stands.
func (t *turn) hearTap(data string) error {
	p, ok := parseTap(data)
	if !ok {
		return t.oldButton()
	}
	k := t.bot.talkNamed(p.talk)
	if k == nil {
		return t.oldButton()
	}
	if !t.has(p) {
		return t.switchedOff()
	}
	if p.step == "start" {
		return k.begin(t)
	}
	if do, ok := k.taps[p.step]; ok {
		return do(t, p.value)
	}
	q := k.question(p.step)
	if q == nil {
		return k.begin(t)
	}
	t.enter(k)
	if p.value == "ask" {
		return t.ask(k, q.step)
	}
	if p.value == "back" {
		return t.back(k, q)
	}
	known := slices.ContainsFunc(q.choices(t), func(c choice) bool { return c.value == p.value })
	if !known && (q.takes == nil || !q.takes(t, p.value)) {
		return t.ask(k, q.step) // something that staff have taken away since
	}
	return t.answered(k, q, []string{p.value})
}

// hearText answers what somebody wrote.
func (t *turn) hearText(text string) error {
	if word := dangerIn(t.center, text); word != "" {
		return t.by(ippo.RuleDanger, word).answerDanger(text)
	}
	t.by(ippo.RuleCode)
	if code, ok := invitationIn(text); ok && t.center.Has(ippo.ModuleAmbassadors) {
		return t.arrive(code)
	}
	t.atHome()
	if code, ok := ippo.StaffLinkCode(text); ok {
		return t.linkStaff(code)
	}
	if code, ok := ippo.AmbassadorLinkCode(text); ok && t.center.Has(ippo.ModuleAmbassadors) {
		return t.linkAmbassador(code)
	}
	if code, ok := ippo.GroupLinkCode(text); ok && t.center.Has(ippo.ModuleGroups) {
		return t.linkGroup(code)
	}
	if code, ok := ippo.AttendanceCode(text); ok && t.center.Has(ippo.ModuleEvents) {
		return t.attend(code)
	}
	if consultationText(text) {
		t.by(ippo.RuleConsultation)
		if !t.center.Has(ippo.ModuleConsultations) {
			return t.switchedOff() // and what it confides is kept nowhere
		}
		return t.moveToRoom(text)
	}
	if found := personal.Find(text); found.Any() {
		return t.by(ippo.RulePersonal).answerPersonal(found, text)
	}
	if slug, ok := entryIn(text); ok {
		return t.by(ippo.RuleEntry, slug).cameBy(slug)
	}
	key := fold.Key(text)
	current := t.bot.talkNamed(t.talk.Name)
	open := t.open()
	t.by(ippo.RuleCommand)
	switch command(key) {
	case commandMenu:
		return t.menu()
	case commandSettings:
		return t.begin(talkSettings)
	case commandQuit:
		if open == nil {
			return t.begin(talkReduce)
		}
		return t.quit()
	case commandBack:
		if current == nil {
			return t.menu()
		}
		if done, err := t.hearAnswer(current, text, false); done || err != nil { // the question's own way back
			return err
		}
		return t.back(current, current.question(t.talk.Step))
	}
	t.by(ippo.RuleAnswer)
	if current != nil {
		if q := current.question(t.talk.Step); q != nil && q.sentence != nil {
			next, taken, err := q.sentence(t, text)
			if err != nil {
				return err
			}
			if taken {
				return t.proceed(current, next)
			}
		}
		// In a list that may be chosen from or not, the word for another talk is not a part of a name.
		if done, err := t.hearAnswer(current, text, open != nil); done || err != nil {
			return err
		}
	}
	if k := t.talkFor(key); k != nil {
		return k.begin(t.by(ippo.RuleTalk, strings.TrimSpace(text)))
	}
	if current != nil && open == nil {
		if done, err := t.hearAnswer(current, text, true); done || err != nil {
			return err
		}
	}
	if open == nil || t.now.Sub(t.talk.UpdatedAt) >= fresh {
		if done, err := t.autoReply(text); done || err != nil {
			return err
		}
	}
	if t.smallTalk(key) {
		t.by(ippo.RuleSmallTalk)
		return nil
	}
	if leaving(key) {
		t.by(ippo.RuleLeaving)
		if open != nil {
			return t.quit()
		}
		return t.begin(talkReduce)
	}
	if current != nil {
		if q := current.question(t.talk.Step); q.typed != nil {
			next, taken, err := q.typed(t, text)
			if err != nil {
				return err
			}
			if taken {
				return t.proceed(current, next)
			}
		}
	}
	if open != nil && t.now.Sub(t.talk.UpdatedAt) < fresh {
		t.say("hint")
		return t.ask(current, t.talk.Step)
	}
	if open == nil && t.center.Has(ippo.ModuleMatching) && t.isWish(text) {
		return t.by(ippo.RuleWish).wishFor(text)
	}
	return t.unknown(text)
}

// open returns the talk that waits for an answer, or nil.
func (t *turn) open() *talk {
	k := t.bot.talkNamed(t.talk.Name)
	if k == nil {
		return nil
	}
	if q := k.question(t.talk.Step); q == nil || q.rest {
		return nil
	}
	return k
}

// hearAnswer takes a text for an answer to the question that was asked last; loosely, for a part of one.
// done is false if it is none of the choices.
func (t *turn) hearAnswer(k *talk, text string, loosely bool) (done bool, err error) {
	q := k.question(t.talk.Step)
	if q == nil {
		// A release took the question away.
		return true, k.begin(t)
	}
	values, ok := matchChoices(q.choices(t), text, loosely)
	if !ok {
		return false, nil
	}
	if values[0] == "back" {
		return true, t.back(k, q)
	}
	return true, t.answered(k, q, values)
}

// answered gives a question its answers and goes on to the next.
func (t *turn) answered(k *talk, q *question, values []string) error {
	next := q.step
	for _, v := range values {
		var err error
		if next, err = q.answer(t, v); err != nil {
			return err
		}
		if next != q.step {
			break
		}
	}
	return t.proceed(k, next)
}

// handled is the next step of a talk that gave way to another, or has ended.
const handled = "-"

// proceed asks the next question, or ends the talk.
func (t *turn) proceed(k *talk, next string) error {
	switch next {
	case handled:
		return nil
	case "":
		t.end()
		return nil
	}
	return t.ask(k, next)
}

// back asks the question before q; before the first one is the menu.
func (t *turn) back(k *talk, q *question) error {
	for i := range k.steps {
		if &k.steps[i] == q && i > 0 {
			return t.ask(k, k.steps[i-1].step)
		}
	}
	t.end()
	return t.menu()
}

// ask puts a question and remembers that it was put.
func (t *turn) ask(k *talk, step string) error {
	q := k.question(step)
	if q == nil {
		return fmt.Errorf("talk %s has no step %q", k.name, step)
	}
	t.enter(k)
	t.talk.Step = step
	if err := q.ask(t); err != nil {
		return err
	}
	t.remember()
	return nil
}

// enter makes k the talk that the follower is in. A talk that waits for an answer is paused for it, and
// one that was paused goes on.
func (t *turn) enter(k *talk) {
	if t.talk.Name == k.name {
		return
	}
	left := t.talk
	waiting := t.open() != nil
	t.talk = ippo.Conversation{Follower: t.follower.ID, Name: k.name}
	if t.paused != nil && t.paused.Name == k.name {
		t.talk, t.paused = *t.paused, nil
	}
	if waiting {
		t.paused = &left
	}
}

// end forgets the talk; one that was paused for it waits again.
func (t *turn) end() {
	if t.talk.Name == "" {
		return
	}
	t.talk = ippo.Conversation{}
	if t.paused != nil {
		t.talk, t.paused = *t.paused, nil
		t.remember()
		return
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.EndConversation(ctx, t.follower.ID) })
}

// kept is how a talk's answers stand in the database: with the talk that was paused for it.
type kept struct {
	Answers json.RawMessage `json:"answers,omitempty"`
	Paused  *keptTalk       `json:"paused,omitempty"`
}

type keptTalk struct {
	Name    string          `json:"name"`
	Step    string          `json:"step"`
	Answers json.RawMessage `json:"answers,omitempty"`
}

// remember keeps where the follower stands.
func (t *turn) remember() {
	k := kept{Answers: t.talk.Answers}
	if p := t.paused; p != nil {
		k.Paused = &keptTalk{p.Name, p.Step, p.Answers}
	}
	answers, err := json.Marshal(k)
	if err != nil {
		panic(fmt.Sprintf("bot: answers of %s: %v", t.talk.Name, err)) // keep made them of JSON
	}
	c := t.talk
	c.Answers = answers
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.SaveConversation(ctx, c) })
}

// restore reads what remember kept.
func (t *turn) restore(c ippo.Conversation) {
	if c.Name == "" {
		return
	}
	var k kept
	if err := json.Unmarshal(c.Answers, &k); err != nil {
		t.bot.log.Warn("a talk cannot be read; it begins anew", "talk", c.Name)
		return
	}
	t.talk = c
	t.talk.Answers = k.Answers
	if p := k.Paused; p != nil {
		t.paused = &ippo.Conversation{Follower: c.Follower, Name: p.Name, Step: p.Step, Answers: p.Answers, UpdatedAt: c.UpdatedAt}
	}
}

// quit ends the talk at the follower's wish.
func (t *turn) quit() error {
	if t.talk.Name == talkSettings {
		t.onboarded()
	}
	t.end()
	t.say("quit")
	t.closing(t.tap("settings.open", talkSettings, "start", ""), t.tap("reduce.open", talkReduce, "start", ""))
	return nil
}

// closing offers what may come next: the choices given, the talk that was left half-way, the menu.
func (t *turn) closing(choices ...messages.Choice) {
	waiting := t.paused
	if t.open() != nil {
		waiting = &t.talk
	}
	if waiting != nil {
		choices = append(choices, t.tap("resume."+waiting.Name, waiting.Name, waiting.Step, "ask"))
	}
	t.offer(append(choices, t.tap("menu.open", talkMenu, "start", ""))...)
}

// answers reads what was chosen so far in the talk into v.
func (t *turn) answers(v any) {
	if len(t.talk.Answers) == 0 {
		return
	}
	if err := json.Unmarshal(t.talk.Answers, v); err != nil {
		t.bot.log.Warn("a talk's answers are of another release; asking again", "talk", t.talk.Name)
	}
}

// keep stores what was chosen so far in the talk.
func (t *turn) keep(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keep answers of %s: %w", t.talk.Name, err)
	}
	t.talk.Answers = b
	return nil
}

// effect adds a change that is committed with the reply.
func (t *turn) effect(e effect) { t.effects = append(t.effects, e) }

// send adds messages to the reply.
func (t *turn) send(m ...ippo.Message) { t.reply = append(t.reply, m...) }

// say adds a text from the catalogue to the reply.
func (t *turn) say(key string, vars ...messages.Vars) {
	t.send(messages.Text(t.w.Say(key, vars...)))
}

// offer puts quick replies under the last message.
func (t *turn) offer(choices ...messages.Choice) {
	choices = slices.DeleteFunc(choices, func(c messages.Choice) bool {
		p, ok := parseTap(c.Data)
		return ok && !t.has(p)
	})
	if last := len(t.reply) - 1; last >= 0 {
		t.reply[last] = messages.WithChoices(t.reply[last], choices...)
	}
}

// tap is a quick reply that says value to a step of a talk. label is a key of the catalogue.
func (t *turn) tap(label, talk, step, value string) messages.Choice {
	return messages.Choice{Label: t.w.Say(label), Data: tapped{talk, step, value}.data()}
}

// put asks a question with its choices: numbered in the text, and to be tapped below it. It is for the
// few choices that quick replies hold.
func (t *turn) put(talk, step, text string, choices []choice) {
	t.send(messages.Text(text + "\n\n" + numbered(choices)))
	t.offer(quickReplies(talk, step, choices, false)...)
}

// list asks a question whose choices may be many: a card lists them, numbered, to be tapped in it.
// What has no number is offered below.
func (t *turn) list(talk, step, title, hint string, choices []choice) {
	var rows []messages.Pick
	for _, c := range choices {
		if !c.plain {
			value := c.value
			if c.chosen && c.untap != "" {
				value = c.untap
			}
			rows = append(rows, messages.Pick{Label: c.label, Chosen: c.chosen, Data: tapped{talk, step, value}.data()})
		}
	}
	t.send(messages.Picks(title, hint, rows))
	t.offer(quickReplies(talk, step, choices, true)...)
}

// numbered lists choices with the numbers to type.
func numbered(choices []choice) string {
	var list []byte
	n := 0
	for _, c := range choices {
		if c.plain {
			continue
		}
		n++
		list = fmt.Appendf(list, "%d %s\n", n, c.label)
	}
	return string(list)
}

func numberedLabel(n int, label string) string { return fmt.Sprintf("%d %s", n, label) }

// quickReplies makes buttons of choices; with plainOnly, of those that have no number.
func quickReplies(talk, step string, choices []choice, plainOnly bool) []messages.Choice {
	var replies []messages.Choice
	n := 0
	for _, c := range choices {
		label := c.label
		if !c.plain {
			if plainOnly {
				continue
			}
			n++
			label = numberedLabel(n, c.label)
		}
		replies = append(replies, messages.Choice{Label: label, Data: tapped{talk, step, c.value}.data()})
	}
	return replies
}

// begin begins a talk.
func (t *turn) begin(talk string) error { return t.bot.talkNamed(talk).begin(t) }

// talkNamed returns a talk, or nil if there is none of that name.
func (b *Bot) talkNamed(name string) *talk {
	for _, k := range b.talks {
		if k.name == name {
			return k
		}
	}
	return nil
}

// talkFor returns the talk that a folded text begins, or nil. A language's own name leads
// to the choice of one. The city's own words for ambassadors and campaigns begin theirs, unless they are another talk's
// already.
func (t *turn) talkFor(key string) *talk {
	is := func(w string) bool { return fold.Key(w) == key }
	for _, k := range t.bot.talks {
		if t.center.Has(k.module) && slices.ContainsFunc(k.words, is) {
			return k
		}
	}
	if slices.ContainsFunc(t.languages(), func(l ippo.Language) bool { return is(t.bot.texts.Self(l)) }) {
		return t.bot.talkNamed(talkLanguage)
	}
	if own := t.center.Labels; key != "" && t.center.Has(ippo.ModuleAmbassadors) && (is(own.Ambassador) || is(own.Campaign)) {
		return t.bot.talkNamed(talkAmbassador)
	}
	return nil
}

func (k *talk) question(step string) *question {
	for i := range k.steps {
		if k.steps[i].step == step {
			return &k.steps[i]
		}
	}
	return nil
}
