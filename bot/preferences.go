package bot

import (
	"context"
	"slices"
	"strings"

	"ippo"
	"ippo/internal/fold"
	"ippo/messages"
	"ippo/store"
)

// settingsTalk is 受信設定: language, areas, topics, each of which may be skipped, and one summary. Who
// has been through it once goes straight to the summary and changes one thing at a time.
func settingsTalk() *talk {
	return &talk{
		name:  talkSettings,
		words: []string{"受信設定", "じゅしんせってい", "設定を変える", "設定変更", "配信設定", "preferences"},
		begin: beginSettings,
		steps: []question{
			{step: "language", ask: askLanguage, choices: languageChoices, answer: answerLanguage},
			{step: "areas", ask: askAreas, choices: areaChoices, answer: answerAreas, typed: typedAreas, takes: takesArea},
			{step: "topics", ask: askTopics, choices: topicChoices, answer: answerTopics, typed: typedTopics, takes: takesTopic},
			{step: "summary", ask: askSummary, choices: summaryChoices, answer: answerSummary, takes: takesDigest, rest: true},
		},
	}
}

// languageTalk lets the language be found by those who cannot read the rest.
func languageTalk() *talk {
	return &talk{
		name:  talkLanguage,
		words: []string{"ことば", "ことばを変える", "ことばをかえる", "言葉", "言語", "げんご", "language", "languages", "english", "英語", "えいご", "やさしい日本語", "やさしいにほんご"},
		begin: func(t *turn) error { return t.ask(t.bot.talkNamed(talkSettings), "language") },
	}
}

func beginSettings(t *turn) error {
	k := t.bot.talkNamed(talkSettings)
	if !t.follower.OnboardedAt.IsZero() {
		return t.ask(k, "summary")
	}
	t.enter(k)
	if k.question(t.talk.Step) != nil {
		return t.ask(k, t.talk.Step)
	}
	return t.ask(k, "language")
}

func askLanguage(t *turn) error {
	// Who cannot read the question in the language it is asked in reads it in a center's own one.
	question := t.w.Say("settings.language.ask")
	for _, l := range t.languages()[1:] {
		if t.bot.texts.Own(l, "settings.language.ask") {
			question += "\n" + t.bot.texts.In(l).Say("settings.language.ask")
		}
	}
	t.put(talkSettings, "language", question, languageChoices(t))
	return nil
}

func languageChoices(t *turn) []choice {
	var list []choice
	for _, l := range t.languages() {
		c := choice{value: string(l), label: t.bot.texts.Self(l)}
		switch l {
		case ippo.Japanese:
			c.words = []string{"ja", "にほんご", "japanese", "ふつう"}
		case ippo.EasyJapanese:
			c.words = []string{"やさしい日本語", "やさしい", "easy japanese"}
		case ippo.English:
			c.words = []string{"en", "英語", "えいご"}
		default:
			c.words = []string{string(l), l.Words()}
		}
		list = append(list, c)
	}
	return append(list, choice{value: "skip", label: t.w.Say("choice.skip"), words: skipWords, plain: true})
}

func answerLanguage(t *turn, value string) (string, error) {
	if value != "skip" {
		t.follower.Language = ippo.Language(value)
		t.w = t.bot.texts.In(t.follower.Language)
		t.savePreferences()
		t.wake = true // the rich menu follows
	}
	return t.after("areas"), nil
}

// after is the question that follows in the first round, and the summary later on.
func (t *turn) after(step string) string {
	if t.follower.OnboardedAt.IsZero() {
		return step
	}
	return "summary"
}

func askAreas(t *turn) error {
	if len(t.areas) == 0 { // a center that has none yet asks nothing
		return t.ask(t.bot.talkNamed(talkSettings), t.after("topics"))
	}
	t.list(talkSettings, "areas", t.w.Say("settings.areas.ask"), t.w.Say("settings.areas.hint"), areaChoices(t))
	return nil
}

func askTopics(t *turn) error {
	if len(t.topics) == 0 {
		return t.ask(t.bot.talkNamed(talkSettings), "summary")
	}
	t.list(talkSettings, "topics", t.w.Say("settings.topics.ask"), t.w.Say("settings.topics.hint"), topicChoices(t))
	return nil
}

func areaChoices(t *turn) []choice {
	var list []choice
	for _, a := range t.areas {
		list = append(list, several(a.Slug, a.NameIn(t.w.Language), t.follower.Areas.Has(a.Number), a.Spellings()...))
	}
	return append(list, t.severalControls()...)
}

func topicChoices(t *turn) []choice {
	var list []choice
	for _, p := range t.topics {
		list = append(list, several(p.Slug, p.NameIn(t.w.Language), t.follower.Topics.Has(p.Number), p.Spellings()...))
	}
	return append(list, t.severalControls()...)
}

// several is one of several answers. Typing it chooses it; a tap on it says what is to be.
func several(slug, label string, chosen bool, names ...string) choice {
	c := choice{value: "+" + slug, label: label, words: append([]string{slug}, names...), chosen: chosen}
	if chosen {
		c.untap = "-" + slug
	}
	return c
}

var (
	nextWords = []string{"つぎ", "次", "次へ", "つぎへ", "これでいい", "決定", "けってい", "おわり", "終わり", "完了", "はい", "ok", "okay", "next", "done", "yes"}
	allWords  = []string{"全部", "ぜんぶ", "すべて", "全て", "みんな", "全員", "どれも", "all", "everything"}
	skipWords = []string{"とばす", "飛ばす", "スキップ", "わからない", "分からない", "わかりません", "どれでもいい", "どちらでもいい", "どこでもいい", "いつでもいい", "おまかせ", "お任せ", "なし", "特になし", "skip", "i don't know", "not sure", "no idea", "none"}
	backWords = []string{"もどる", "戻る", "back"}
)

// severalControls go with a question that takes several answers.
func (t *turn) severalControls() []choice {
	none := choice{value: "skip", label: t.w.Say("choice.skip"), words: skipWords, plain: true}
	if !t.follower.OnboardedAt.IsZero() {
		// What was chosen earlier is not lost by skipping; leaving it to us has to be said.
		none = choice{value: "none", label: t.w.Say("choice.none"), words: skipWords, plain: true}
	}
	return []choice{
		{value: "next", label: t.w.Say("choice.next"), words: nextWords, plain: true},
		{value: "all", label: t.w.Say("choice.all"), words: allWords, plain: true},
		none,
		{value: "back", label: t.w.Say("choice.back"), words: backWords, plain: true},
	}
}

func answerAreas(t *turn, value string) (string, error) {
	changed, more := applyChoice(t.follower.Areas, value, t.areaNumbers(), t.areaNumber)
	if changed != t.follower.Areas {
		t.follower.Areas = changed
		t.savePreferences()
	}
	if more {
		return "areas", nil
	}
	return t.after("topics"), nil
}

func answerTopics(t *turn, value string) (string, error) {
	changed, more := applyChoice(t.follower.Topics, value, t.topicNumbers(), t.topicNumber)
	if changed != t.follower.Topics {
		t.follower.Topics = changed
		t.savePreferences()
	}
	if more {
		return "topics", nil
	}
	return "summary", nil
}

// applyChoice makes the choice that value asks for; more says that the question stays open. all are the
// numbers that can be chosen, and number finds that of a slug.
func applyChoice(c ippo.Choice, value string, all []int, number func(string) (int, bool)) (changed ippo.Choice, more bool) {
	switch value {
	case "next", "skip":
		return c, false
	case "none":
		return 0, false
	case "all":
		return ippo.Everything, false
	}
	n, ok := number(value[1:])
	switch {
	case !ok:
		return c, true
	case value[0] == '+' && c&ippo.Everything == 0:
		return c.With(n), true
	case value[0] == '-' && c&ippo.Everything != 0:
		return ippo.ChoiceOf(all...).Without(n), true // of everything, name the rest
	case value[0] == '-':
		return c.Without(n), true
	}
	return c, true
}

func typedAreas(t *turn, text string) (string, bool, error) {
	return t.typedSeveral(text, "areas", areaChoices(t), answerAreas)
}

func typedTopics(t *turn, text string) (string, bool, error) {
	return t.typedSeveral(text, "topics", topicChoices(t), answerTopics)
}

// typedSeveral reads 「3をはずす」, the typed form of a tap on something that is chosen.
func (t *turn) typedSeveral(text, step string, choices []choice, answer func(*turn, string) (string, error)) (string, bool, error) {
	folded := fold.Text(text)
	rest := strings.TrimPrefix(folded, "-")
	for _, word := range []string{"をはずす", "をけす", "を外す", "を消す", "はずす", "けす", "外す", "消す", "remove", "はいらない", "いらない"} {
		rest = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(rest, word), word))
	}
	if rest == folded {
		return "", false, nil
	}
	values, ok := matchChoices(choices, rest, true)
	if !ok || slices.ContainsFunc(values, func(v string) bool { return v[0] != '+' }) {
		return "", false, nil
	}
	for _, v := range values {
		if _, err := answer(t, "-"+v[1:]); err != nil {
			return "", false, err
		}
	}
	return step, true, nil
}

func takesArea(t *turn, value string) bool  { return takesSigned(value, t.areaNumber) }
func takesTopic(t *turn, value string) bool { return takesSigned(value, t.topicNumber) }

func takesSigned(value string, number func(string) (int, bool)) bool {
	switch value {
	case "none", "skip": // one of the two is shown, the other may stand on an older button
		return true
	}
	if len(value) < 2 || value[0] != '+' && value[0] != '-' {
		return false
	}
	_, ok := number(value[1:])
	return ok
}

func (t *turn) areaNumber(slug string) (int, bool) {
	for _, a := range t.areas {
		if a.Slug == slug {
			return a.Number, true
		}
	}
	return 0, false
}

func (t *turn) topicNumber(slug string) (int, bool) {
	for _, p := range t.topics {
		if p.Slug == slug {
			return p.Number, true
		}
	}
	return 0, false
}

func (t *turn) areaNumbers() []int {
	numbers := make([]int, len(t.areas))
	for i, a := range t.areas {
		numbers[i] = a.Number
	}
	return numbers
}

func (t *turn) topicNumbers() []int {
	numbers := make([]int, len(t.topics))
	for i, p := range t.topics {
		numbers[i] = p.Number
	}
	return numbers
}

// savePreferences commits the follower's preferences as they stand now.
func (t *turn) savePreferences() {
	p := t.follower.Preferences
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.SavePreferences(ctx, t.follower.ID, p) })
}

// onboarded notes that the follower has been through the settings, or wants to be spared them.
func (t *turn) onboarded() {
	if !t.follower.OnboardedAt.IsZero() {
		return
	}
	t.follower.OnboardedAt = t.now
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.Onboarded(ctx, t.follower.ID) })
}

func askSummary(t *turn) error {
	if t.follower.OnboardedAt.IsZero() {
		t.onboarded()
		t.say("settings.done")
	}
	var resting string
	if t.center.Has(ippo.ModuleCampaigns) {
		var err error
		if resting, err = t.resting(); err != nil {
			return err
		}
	}
	t.send(t.settingsCard(resting))
	t.closing(
		t.tap("news.open", talkNews, "start", ""),
		t.tap("groups.open", talkGroups, "start", ""),
		t.tap("events.open", talkEvents, "start", ""),
	)
	return nil
}

func summaryChoices(t *turn) []choice {
	list := []choice{
		{value: "areas", label: t.w.Say("settings.areas.change"), words: []string{"地域", "ちいき", "area", "areas"}},
		{value: "topics", label: t.w.Say("settings.topics.change"), words: []string{"分野", "ぶんや", "topic", "topics"}},
		{value: "language", label: t.w.Say("settings.language.change"), words: []string{"ことば", "言葉", "language"}},
	}
	if t.follower.Stopped {
		list = append(list, choice{value: "restart", label: t.w.Say("reduce.restart"), words: restartWords})
	} else {
		list = append(list, digestChoice(t), choice{value: "reduce", label: t.w.Say("reduce.open"), words: []string{"減らす", "へらす", "fewer"}})
	}
	return append(list, choice{value: "data", label: t.w.Say("mydata.open"), words: []string{"データ", "わたしのデータ", "data"}})
}

func answerSummary(t *turn, value string) (string, error) {
	switch value {
	case "reduce":
		return handled, t.begin(talkReduce)
	case "data":
		return handled, t.begin(talkData)
	case "rest":
		return handled, t.goOn()
	case "restart":
		t.follower.Stopped = false
		t.savePreferences()
		return "summary", nil
	case "digest", "single":
		t.chooseDigest(value == "digest")
		return "summary", nil
	}
	return value, nil
}

// takesDigest lets an older button still choose: one of the two is shown.
func takesDigest(_ *turn, value string) bool {
	return value == "digest" || value == "single" || value == "rest"
}

// settingsCard is the summary of what the follower chose; resting says until when they rest from campaigns, ""
// that they do not or that it is no matter here.
func (t *turn) settingsCard(resting string) ippo.Message {
	p := t.follower.Preferences
	arrive := t.w.Say("settings.arrive")
	note := t.w.Say("settings.note")
	switch {
	case p.Digest && p.Unguided():
		arrive, note = t.w.Say("settings.digest"), t.w.Say("settings.digest.unguided", t.digestTime())
	case p.Digest:
		arrive, note = t.w.Say("settings.digest"), t.w.Say("settings.digest.note", t.digestTime())
	case p.Unguided():
		note = t.w.Say("settings.unguided")
	}
	if p.Stopped {
		arrive, note = t.w.Say("settings.stopped"), t.w.Say("settings.stopped.note")
	}
	var buttons []messages.Choice
	for i, c := range summaryChoices(t) {
		buttons = append(buttons, messages.Choice{
			Label: numberedLabel(i+1, c.label),
			Data:  tapped{talkSettings, "summary", c.value}.data(),
		})
	}
	if resting != "" {
		resting = t.w.Say("rest.state", messages.Vars{"Until": resting})
		buttons = append(buttons, t.tap("rest.again", talkSettings, "summary", "rest"))
	}
	return messages.Summary(t.w.Say("settings.title"), []messages.Fact{
		{Name: t.w.Say("settings.areas"), Value: t.areaWords(p.Areas)},
		{Name: t.w.Say("settings.topics"), Value: t.topicWords(p.Topics)},
		{Name: t.w.Say("settings.language"), Value: t.w.Say("language.self")},
		{Name: t.w.Say("settings.news"), Value: arrive},
		{Name: t.w.Say("rest.fact"), Value: resting},
	}, note, buttons)
}

// areaWords says which areas are chosen.
func (t *turn) areaWords(c ippo.Choice) string {
	var names []string
	for _, a := range t.areas {
		if c&(1<<a.Number) != 0 {
			names = append(names, a.NameIn(t.w.Language))
		}
	}
	return t.choiceWords(c, names)
}

// topicWords says which topics are chosen.
func (t *turn) topicWords(c ippo.Choice) string {
	var names []string
	for _, p := range t.topics {
		if c&(1<<p.Number) != 0 {
			names = append(names, p.NameIn(t.w.Language))
		}
	}
	return t.choiceWords(c, names)
}

func (t *turn) choiceWords(c ippo.Choice, names []string) string {
	switch {
	case c&ippo.Everything != 0:
		return t.w.Say("choice.all")
	case len(names) == 0:
		return t.w.Say("choice.open")
	}
	return t.sentence(names)
}
