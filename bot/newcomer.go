package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// newcomerTalk is 転入してきた方へ: at most six questions, each of which may be skipped, or words of one's own
// in place of them; then up to three groups with the reason each was chosen, and the offer that a
// coordinator gets in touch.
func newcomerTalk() *talk {
	return &talk{
		name:   talkNewcomer,
		module: ippo.ModuleMatching,
		words: []string{"転入", "転入してきた方へ", "転入しました", "転入してきました", "引っ越し", "引っ越してきました", "引越し", "ひっこし",
			"ひっこしてきました", "てんにゅう", "移住", "いじゅう", "newcomer", "new here", "moved"},
		begin: beginNewcomer,
		steps: []question{
			{step: "area", ask: askHome, choices: homeChoices, answer: answerHome, sentence: typedSentence, typed: typedWish},
			{step: "reach", ask: askReach, choices: reachChoices, answer: answerReach, sentence: typedSentence, typed: typedWish},
			{step: "interest", ask: askInterest, choices: interestChoices, answer: answerInterest, sentence: typedSentence, typed: typedInterest, takes: takesTopic},
			{step: "time", ask: askTime, choices: timeChoices, answer: answerTime, sentence: typedSentence, typed: typedTime, takes: takesTime},
			{step: "way", ask: askWay, choices: wayChoices, answer: answerWay, sentence: typedSentence, typed: typedWish},
			{step: "needs", ask: askNeeds, choices: needChoices, answer: answerNeeds, sentence: typedSentence, typed: typedNeeds, takes: takesNeed},
			{step: "matches", ask: askMatches, choices: matchChoicesOffered, answer: answerMatches, typed: typedWish, rest: true},
		},
	}
}

// questions is how many there are before the suggestions.
const questions = 6

// newcomerAnswers is what was chosen so far. Slugs outlive a change of the lists.
type newcomerAnswers struct {
	Area      string       `json:"area,omitempty"` // slug, or any
	Reach     string       `json:"reach,omitempty"`
	Interests []string     `json:"interests,omitempty"`
	Interest  bool         `json:"interest,omitempty"` // that question is answered
	Free      ippo.Hours   `json:"free,omitempty"`
	Time      bool         `json:"time,omitempty"` // likewise
	Way       string       `json:"way,omitempty"`
	Needs     []string     `json:"needs,omitempty"`
	Needed    bool         `json:"needed,omitempty"` // likewise
	Tongues   ippo.Tongues `json:"tongues,omitempty"`
	Enough    bool         `json:"enough,omitempty"` // the rest is left open
}

// next is the first question that is still to be asked.
func (a newcomerAnswers) next() string {
	switch {
	case a.Enough:
		return "matches"
	case a.Area == "":
		return "area"
	case a.Reach == "":
		return "reach"
	case !a.Interest:
		return "interest"
	case !a.Time:
		return "time"
	case a.Way == "":
		return "way"
	case !a.Needed:
		return "needs"
	}
	return "matches"
}

func beginNewcomer(t *turn) error {
	k := t.bot.talkNamed(talkNewcomer)
	t.enter(k)
	var a newcomerAnswers
	t.answers(&a)
	switch a.next() {
	case "area":
		t.say("newcomer.welcome", messages.Vars{"City": t.center.Office.City, "N": questions})
	case "matches": // finished before: once more from the start
		if err := t.keep(newcomerAnswers{}); err != nil {
			return err
		}
		return t.ask(k, "area")
	default:
		t.say("resume")
	}
	return t.ask(k, a.next())
}

// setNewcomer changes the answers and goes on to what is still open.
func (t *turn) setNewcomer(change func(*newcomerAnswers)) (string, error) {
	var a newcomerAnswers
	t.answers(&a)
	change(&a)
	return a.next(), t.keep(a)
}

// newcomerHint tells which of the questions this is.
func (t *turn) newcomerHint(step int) string {
	return t.w.Say("newcomer.hint", messages.Vars{"N": questions, "Step": step})
}

// enough leaves the rest of the questions open.
func (t *turn) enough() choice {
	return choice{value: "enough", label: t.w.Say("newcomer.enough"), words: []string{"結果", "けっか", "すぐに見る", "もう見る", "show", "enough"}, plain: true}
}

func (t *turn) answerEnough() (string, error) {
	return t.setNewcomer(func(a *newcomerAnswers) { a.Enough = true })
}

// unsure is the answer of who does not know, or would rather not say.
func (t *turn) unsure() choice {
	return choice{value: "any", label: t.w.Say("choice.unsure"), words: append(append([]string{}, skipWords...), allWords...), plain: true}
}

func (t *turn) goBack() choice {
	return choice{value: "back", label: t.w.Say("choice.back"), words: backWords, plain: true}
}

func askHome(t *turn) error {
	t.list(talkNewcomer, "area", t.w.Say("newcomer.area.ask"), t.newcomerHint(1), homeChoices(t))
	return nil
}

func homeChoices(t *turn) []choice {
	var list []choice
	for _, a := range t.areas {
		list = append(list, choice{value: a.Slug, label: a.NameIn(t.w.Language), words: append(a.Spellings(), a.Slug)})
	}
	return append(list, t.unsure(), t.enough(), t.goBack())
}

func answerHome(t *turn, value string) (string, error) {
	if value == "enough" {
		return t.answerEnough()
	}
	return t.setNewcomer(func(a *newcomerAnswers) { a.Area = value })
}

func askReach(t *turn) error {
	t.put(talkNewcomer, "reach", t.w.Say("newcomer.reach.ask")+"\n"+t.newcomerHint(2), reachChoices(t))
	return nil
}

func reachChoices(t *turn) []choice {
	return []choice{
		{value: string(ippo.ReachNear), label: t.w.Say("reach.near"), words: []string{"近く", "ちかく", "近所", "地域の中", "near"}},
		{value: string(ippo.ReachCity), label: t.w.Say("reach.city"), words: []string{"どこでも", "市内", "遠くてもいい", "anywhere"}},
		{value: string(ippo.ReachOnline), label: t.w.Say("reach.online"), words: []string{"オンライン", "家から", "online"}},
		t.unsure(), t.enough(), t.goBack(),
	}
}

func answerReach(t *turn, value string) (string, error) {
	if value == "enough" {
		return t.answerEnough()
	}
	return t.setNewcomer(func(a *newcomerAnswers) { a.Reach = value })
}

func askInterest(t *turn) error {
	t.list(talkNewcomer, "interest", t.w.Say("newcomer.interest.ask"), t.newcomerHint(3), interestChoices(t))
	return nil
}

func interestChoices(t *turn) []choice {
	var a newcomerAnswers
	t.answers(&a)
	var list []choice
	for _, p := range t.topics {
		list = append(list, several(p.Slug, p.NameIn(t.w.Language), slices.Contains(a.Interests, p.Slug), p.Spellings()...))
	}
	return append(list, t.severalEnds()...)
}

// severalEnds go with those of the questions that take several answers.
func (t *turn) severalEnds() []choice {
	return []choice{
		{value: "next", label: t.w.Say("choice.next"), words: nextWords, plain: true},
		{value: "skip", label: t.w.Say("choice.unsure"), words: append(append([]string{}, skipWords...), allWords...), plain: true},
		t.enough(), t.goBack(),
	}
}

func answerInterest(t *turn, value string) (string, error) {
	if value == "enough" {
		return t.answerEnough()
	}
	return t.setNewcomer(func(a *newcomerAnswers) {
		switch value {
		case "next":
			a.Interest = true
		case "skip":
			a.Interests, a.Interest = nil, true
		default:
			a.Interests = toggled(a.Interests, value, ippo.MaxChoices)
			a.Interest = false // until つぎへ
		}
	})
}

// toggled is a list with what "+x" adds and "-x" takes away.
func toggled(list []string, value string, most int) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == value[1:] })
	if value[0] == '+' && len(list) < most {
		list = append(list, value[1:])
	}
	return list
}

func typedInterest(t *turn, text string) (string, bool, error) {
	if next, taken, err := t.typedSeveral(text, "interest", interestChoices(t), answerInterest); taken || err != nil {
		return next, taken, err
	}
	return typedWish(t, text)
}

// freeTimes are the answers to "when are you free".
var freeTimes = []struct {
	value string
	days  ippo.Weekdays
	parts ippo.DayParts
	words []string
}{
	{"weekday-morning", ippo.Workdays, ippo.Morning, []string{"平日の朝", "平日午前", "へいじつのごぜん"}},
	{"weekday-afternoon", ippo.Workdays, ippo.Afternoon, []string{"平日の昼", "平日昼", "平日午後", "へいじつのごご"}},
	{"weekday-evening", ippo.Workdays, ippo.Evening, []string{"平日夜", "へいじつのよる", "仕事帰り"}},
	{"weekend-morning", ippo.Weekend, ippo.Morning, []string{"土日の朝", "土日午前", "週末の午前"}},
	{"weekend-afternoon", ippo.Weekend, ippo.Afternoon, []string{"土日の昼", "土日午後", "週末の午後"}},
	{"weekend-evening", ippo.Weekend, ippo.Evening, []string{"土日夜", "週末の夜"}},
}

func askTime(t *turn) error {
	t.list(talkNewcomer, "time", t.w.Say("newcomer.time.ask"), t.newcomerHint(4), timeChoices(t))
	return nil
}

func timeChoices(t *turn) []choice {
	var a newcomerAnswers
	t.answers(&a)
	var list []choice
	for _, f := range freeTimes {
		hours := ippo.HoursOf(f.days, f.parts)
		list = append(list, several(f.value, t.w.Say("time."+f.value), a.Free&hours == hours, f.words...))
	}
	return append(list, t.severalEnds()...)
}

func takesTime(_ *turn, value string) bool {
	return len(value) > 1 && (value[0] == '+' || value[0] == '-') && hoursOf(value[1:]) != 0
}

// hoursOf returns what an answer to "when are you free" stands for.
func hoursOf(value string) ippo.Hours {
	for _, f := range freeTimes {
		if f.value == value {
			return ippo.HoursOf(f.days, f.parts)
		}
	}
	return 0
}

func answerTime(t *turn, value string) (string, error) {
	if value == "enough" {
		return t.answerEnough()
	}
	return t.setNewcomer(func(a *newcomerAnswers) {
		switch value {
		case "next":
			a.Time = true
		case "skip":
			a.Free, a.Time = 0, true
		default:
			a.Free &^= hoursOf(value[1:])
			if value[0] == '+' {
				a.Free |= hoursOf(value[1:])
			}
			a.Time = false // until つぎへ
		}
	})
}

func typedTime(t *turn, text string) (string, bool, error) {
	if next, taken, err := t.typedSeveral(text, "time", timeChoices(t), answerTime); taken || err != nil {
		return next, taken, err
	}
	return typedWish(t, text)
}

func askWay(t *turn) error {
	t.put(talkNewcomer, "way", t.w.Say("newcomer.way.ask")+"\n"+t.newcomerHint(5), wayChoices(t))
	return nil
}

func wayChoices(t *turn) []choice {
	return []choice{
		{value: "once", label: t.w.Say("way.once"), words: []string{"一度", "一回", "一度だけ", "一回だけ", "once"}},
		{value: "regular", label: t.w.Say("way.regular"), words: []string{"続けて", "つづけて", "続ける", "regularly"}},
		t.unsure(), t.enough(), t.goBack(),
	}
}

func answerWay(t *turn, value string) (string, error) {
	if value == "enough" {
		return t.answerEnough()
	}
	return t.setNewcomer(func(a *newcomerAnswers) { a.Way = value })
}

// newcomerNeeds are the answers to "is there anything you would like".
var newcomerNeeds = []struct {
	value string
	words []string
}{
	{needChildren, []string{"子ども", "子どもと", "親子", "子連れ", "with children"}},
	{needAlone, []string{"一人", "ひとり", "1人", "alone"}},
	{needTogether, []string{"家族", "友人", "友だち", "夫婦", "together"}},
	{needWheelchair, []string{"車いす", "段差", "バリアフリー", "wheelchair"}},
	{needNoFee, []string{"無料", "お金", "free"}},
}

func askNeeds(t *turn) error {
	t.list(talkNewcomer, "needs", t.w.Say("newcomer.needs.ask"), t.newcomerHint(6), needChoices(t))
	return nil
}

func needChoices(t *turn) []choice {
	var a newcomerAnswers
	t.answers(&a)
	var list []choice
	for _, n := range newcomerNeeds {
		list = append(list, several(n.value, t.w.Say("need."+n.value), slices.Contains(a.Needs, n.value), n.words...))
	}
	return append(list, t.severalEnds()...)
}

func takesNeed(_ *turn, value string) bool {
	return len(value) > 1 && (value[0] == '+' || value[0] == '-') && isNeed(value[1:])
}

func isNeed(value string) bool {
	for _, n := range newcomerNeeds {
		if n.value == value {
			return true
		}
	}
	return false
}

func answerNeeds(t *turn, value string) (string, error) {
	if value == "enough" {
		return t.answerEnough()
	}
	return t.setNewcomer(func(a *newcomerAnswers) {
		switch value {
		case "next":
			a.Needed = true
		case "skip":
			a.Needs, a.Needed = nil, true
		default:
			a.Needs = toggled(a.Needs, value, len(newcomerNeeds))
			a.Needed = false // until つぎへ
		}
	})
}

func typedNeeds(t *turn, text string) (string, bool, error) {
	if next, taken, err := t.typedSeveral(text, "needs", needChoices(t), answerNeeds); taken || err != nil {
		return next, taken, err
	}
	return typedWish(t, text)
}

// typedSentence takes words that say more than one thing, before they are held against the choices of the
// question that was asked.
func typedSentence(t *turn, text string) (string, bool, error) {
	if listen(text, t.topics, t.areas).kinds() < 2 {
		return "", false, nil
	}
	return typedWish(t, text)
}

// typedWish takes words of one's own for the answers that they hold.
func typedWish(t *turn, text string) (string, bool, error) {
	h := listen(text, t.topics, t.areas)
	if h.kinds() == 0 {
		return "", false, nil
	}
	next, err := t.setNewcomer(h.answer)
	if err != nil {
		return "", false, err
	}
	t.say("newcomer.heard", messages.Vars{"Words": t.sentence(t.heardWords(h))})
	return next, true, nil
}

// wishFor begins with what words of one's own told, for who was asked nothing yet.
func (t *turn) wishFor(text string) error {
	k := t.bot.talkNamed(talkNewcomer)
	t.enter(k)
	a := newcomerAnswers{Enough: true}
	h := listen(text, t.topics, t.areas)
	h.answer(&a)
	if err := t.keep(a); err != nil {
		return err
	}
	t.say("newcomer.heard", messages.Vars{"Words": t.sentence(t.heardWords(h))})
	return t.ask(k, "matches")
}

// answer puts what was heard in place of the answers to the questions.
func (h heard) answer(a *newcomerAnswers) {
	if h.area != "" {
		a.Area = h.area
	}
	if h.reach != "" {
		a.Reach = string(h.reach)
	}
	if len(h.topics) > 0 {
		a.Interests, a.Interest = h.topics, true
	}
	if h.free != 0 {
		a.Free, a.Time = h.free, true
	}
	if h.way != "" {
		a.Way = h.way
	}
	for _, need := range h.needs {
		a.Needs, a.Needed = toggled(a.Needs, "+"+need, len(newcomerNeeds)), true
	}
	a.Tongues |= h.tongue
}

// heardWords says what was heard, in the follower's language.
func (t *turn) heardWords(h heard) []string {
	var said []string
	if h.free != 0 {
		said = append(said, hoursWords(t.w, h.free))
	}
	for _, a := range t.areas {
		if a.Slug == h.area {
			said = append(said, a.NameIn(t.w.Language))
		}
	}
	if h.reach != "" {
		said = append(said, t.w.Say("reach."+string(h.reach)))
	}
	for _, p := range t.topics {
		if slices.Contains(h.topics, p.Slug) {
			said = append(said, p.NameIn(t.w.Language))
		}
	}
	if h.way != "" {
		said = append(said, t.w.Say("way."+h.way))
	}
	for _, need := range h.needs {
		said = append(said, t.w.Say("need."+need))
	}
	return append(said, tongueWords(t.w, h.tongue)...)
}

// wish is what the answers ask for.
func (t *turn) wish(a newcomerAnswers) ippo.Wish {
	w := ippo.Wish{Free: a.Free, Tongues: a.Tongues | ippo.TongueOf(t.follower.Language)}
	if n, ok := t.areaNumber(a.Area); ok {
		w.Area = n + 1
	}
	switch r := ippo.Reach(a.Reach); r {
	case ippo.ReachNear, ippo.ReachCity, ippo.ReachOnline:
		w.Reach = r
	}
	for _, slug := range a.Interests {
		if n, ok := t.topicNumber(slug); ok {
			w.Topics = w.Topics.With(n)
		}
	}
	switch a.Way {
	case "once":
		w.Joining = ippo.JoinOnce
	case "regular":
		w.Joining = ippo.JoinRegular
	}
	for _, need := range a.Needs {
		switch need {
		case needChildren:
			w.Children = true
		case needAlone:
			w.Alone = true
		case needTogether:
			w.Together = true
		case needWheelchair:
			w.Wheelchair = true
		case needNoFee:
			w.NoFee = true
		}
	}
	return w
}

func askMatches(t *turn) error {
	var a newcomerAnswers
	t.answers(&a)
	if err := t.suggest(t.wish(a), "newcomer.found", "newcomer.none"); err != nil {
		return err
	}
	t.send(messages.Text(t.w.Say("newcomer.offer") + "\n\n" + numbered(t.offers())))
	t.closing(quickReplies(talkNewcomer, "matches", t.offers(), false)...)
	return nil
}

// suggest shows the groups that fit a wish best, each with the reason. found and none are keys of the
// catalogue.
func (t *turn) suggest(w ippo.Wish, found, none string) error {
	groups, err := t.bot.store.ActivityGroups(t.ctx)
	if err != nil {
		return err
	}
	known, err := t.bot.store.Known(t.ctx, t.follower.ID)
	if err != nil {
		return err
	}
	list, widened := ippo.Suggest(groups, w, t.now, func(id ippo.ActivityGroupID) bool { return known[id] })
	switch {
	case len(list) == 0:
		t.say(none)
		return nil
	case widened:
		t.say("newcomer.widened", messages.Vars{"N": len(list)})
	default:
		t.say(found, messages.Vars{"N": len(list)})
	}
	cards := make([]messages.Suggestion, len(list))
	for i, s := range list {
		cards[i] = messages.Suggestion{Group: s.Group, Reason: t.whyGroup(t.w, s.Reasons)}
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		for _, s := range list {
			if _, err := tx.SuggestMatch(ctx, t.follower.ID, s.Group.ID, t.whyGroup(t.bot.texts.In(ippo.Japanese), s.Reasons), w); err != nil {
				return err
			}
		}
		return nil
	})
	t.send(messages.SuggestionCards(t.w, cards, t.bot.base, t.areaNames(), t.now))
	return nil
}

// maxReasons is how many reasons stand in one line: those that decide.
const maxReasons = 4

// whyGroup says in one line why a group was chosen: 「日曜の午前・栄地区・親子歓迎」.
func (t *turn) whyGroup(w messages.Words, reasons []ippo.Reason) string {
	said := make([]string, 0, maxReasons)
	for _, r := range reasons[:min(len(reasons), maxReasons)] {
		switch r.Kind {
		case ippo.ReasonTime:
			said = append(said, hoursWords(w, r.Hours))
		case ippo.ReasonArea:
			for _, a := range t.areas {
				if a.Number == r.Area {
					said = append(said, district(w, a))
				}
			}
		case ippo.ReasonTopic:
			for _, p := range t.topics {
				if r.Topics.Has(p.Number) {
					said = append(said, p.NameIn(w.Language))
				}
			}
		case ippo.ReasonTongue:
			said = append(said, tongueWords(w, r.Tongues)...)
		default:
			said = append(said, w.Say("why."+strconv.Itoa(int(r.Kind))))
		}
	}
	return strings.Join(said, w.Say("why.and"))
}

// district is an area's name as a place: 栄 is 栄地区.
func district(w messages.Words, a ippo.Area) string {
	name := a.NameIn(w.Language)
	for _, ending := range []string{"地区", "地域", "区", "町", "村", "市"} {
		if strings.HasSuffix(name, ending) {
			return name
		}
	}
	return w.Say("why.area", messages.Vars{"Area": name})
}

// hoursWords says times of the week: 日曜の午前, 平日の夜.
func hoursWords(w messages.Words, h ippo.Hours) string {
	days, parts := h.Days(), h.Parts()
	var said []string
	switch days {
	case ippo.Workdays | ippo.Weekend:
		said = append(said, w.Say("why.everyday"))
	case ippo.Workdays:
		said = append(said, w.Say("why.workdays"))
	case ippo.Weekend:
		said = append(said, w.Say("why.weekend"))
	default:
		for _, d := range week {
			if days.Has(d) {
				said = append(said, w.Say("why.day."+strconv.Itoa(int(d))))
			}
		}
	}
	when := strings.Join(said, w.Say("why.and"))
	if parts == ippo.Morning|ippo.Afternoon|ippo.Evening || h != ippo.HoursOf(days, parts) {
		return when // all day, or not the same parts on every day: the card says more
	}
	var named []string
	for _, part := range []ippo.DayParts{ippo.Morning, ippo.Afternoon, ippo.Evening} {
		if parts&part != 0 {
			named = append(named, w.Say("why.part."+strconv.Itoa(int(part))))
		}
	}
	return w.Say("why.time", messages.Vars{"Days": when, "Parts": strings.Join(named, w.Say("why.and"))})
}

// tongueWords names languages in that of the reader.
func tongueWords(w messages.Words, set ippo.Tongues) []string {
	var said []string
	for bit := range ippo.TongueNames {
		if set&(1<<bit) != 0 {
			said = append(said, w.Say("tongue."+strconv.Itoa(bit)))
		}
	}
	return said
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
	said := func(names ...string) string {
		names = slices.DeleteFunc(names, func(s string) bool { return s == "" })
		if len(names) == 0 {
			return ja.Say("choice.unsure")
		}
		return strings.Join(names, "・")
	}
	var area, reach, when, way string
	var topics, needs []string
	for _, x := range t.areas {
		if x.Slug == a.Area {
			area = x.Name
		}
	}
	for _, p := range t.topics {
		if slices.Contains(a.Interests, p.Slug) {
			topics = append(topics, p.Name)
		}
	}
	if a.Free != 0 {
		when = hoursWords(ja, a.Free)
	}
	if a.Reach != "" && a.Reach != "any" {
		reach = ja.Say("reach." + a.Reach)
	}
	if a.Way != "" && a.Way != "any" {
		way = ja.Say("way." + a.Way)
	}
	for _, need := range a.Needs {
		needs = append(needs, ja.Say("need."+need))
	}
	tongues := append([]string{t.bot.texts.Self(t.follower.Language)}, tongueWords(ja, a.Tongues)...)
	return "地域：" + said(area) + "\n行ける範囲：" + said(reach) + "\n興味：" + said(topics...) + "\n時間：" + said(when) +
		"\n参加のしかた：" + said(way) + "\n希望：" + said(needs...) + "\nことば：" + strings.Join(tongues, "・")
}
