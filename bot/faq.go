package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"ippo"
	"ippo/internal/faq"
	"ippo/internal/fold"
	"ippo/messages"
	"ippo/store"
)

// faqPerPage is how many questions are listed at once: a card that one looks over.
const faqPerPage = 8

// faqTalk shows frequent questions (よくある質問): those that a message may be about, or all of them.
func faqTalk() *talk {
	return &talk{
		name:   talkFAQ,
		module: ippo.ModuleFAQ,
		words:  []string{"よくある質問", "よくあるしつもん", "質問", "しつもん", "faq", "questions"},
		begin:  func(t *turn) error { return t.browseFAQs(1) },
		steps: []question{
			{step: "list", ask: askFAQs, choices: faqChoices, answer: answerFAQs, takes: takesFAQ, rest: true},
			{step: "answer", ask: askFAQAnswer, choices: verdictChoices, answer: answerVerdict, takes: takesVerdict, rest: true},
		},
	}
}

// faqAnswers is what was offered, and what for.
type faqAnswers struct {
	Offered []ippo.FAQID `json:"offered,omitempty"` // for a message; none: all of them are looked through
	Page    int          `json:"page,omitempty"`
	Asked   string       `json:"asked,omitempty"`   // the message, masked, until its question is known to be answered or not
	Message string       `json:"message,omitempty"` // LINE's ID of it
	Shown   ippo.FAQID   `json:"shown,omitempty"`   // whose answer waits for a verdict
}

// searchFAQs looks for frequent questions that answer a text.
func (t *turn) searchFAQs(text string) (faq.Result, error) { return t.bot.faq.Search(t.ctx, text) }

// offerFAQs asks which of a few questions was meant.
func (t *turn) offerFAQs(hits []faq.Hit, text string) error {
	a := faqAnswers{Asked: masked(text), Message: t.in.MessageID}
	for _, h := range hits {
		a.Offered = append(a.Offered, h.FAQ.ID)
	}
	return t.enterFAQ(a, "list")
}

// giveFAQ answers a text with a question's answer. text is "" if none was written.
func (t *turn) giveFAQ(id ippo.FAQID, text string) error {
	a := faqAnswers{Shown: id}
	if text != "" {
		a.Asked, a.Message = masked(text), t.in.MessageID
	}
	return t.enterFAQ(a, "answer")
}

func (t *turn) browseFAQs(page int) error { return t.enterFAQ(faqAnswers{Page: page}, "list") }

func (t *turn) enterFAQ(a faqAnswers, step string) error {
	k := t.bot.talkNamed(talkFAQ)
	t.enter(k)
	if err := t.keep(a); err != nil {
		return err
	}
	return t.ask(k, step)
}

// listedFAQs are the questions of the list as they are now.
func (t *turn) listedFAQs() (list []ippo.FAQ, a faqAnswers, more bool, err error) {
	t.answers(&a)
	all, err := t.bot.store.AskedFAQs(t.ctx)
	if err != nil {
		return nil, a, false, err
	}
	if len(a.Offered) == 0 {
		list, a.Page, more = pageOf(all, a.Page, faqPerPage)
		return list, a, more, nil
	}
	for _, id := range a.Offered {
		for _, q := range all {
			if q.ID == id {
				list = append(list, q)
			}
		}
	}
	return list, a, false, nil
}

func askFAQs(t *turn) error {
	list, a, more, err := t.listedFAQs()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		t.say("faq.none", t.office())
		t.closing(t.tap("desk.open", talkDesk, "start", ""))
		return nil
	}
	picks := make([]messages.Pick, len(list))
	for i, q := range list {
		q, _ := q.In(t.w.Language)
		picks[i] = messages.Pick{Label: q.Question, Data: tapped{talkFAQ, "list", faqValue(q.ID)}.data()}
	}
	heading := "faq.title"
	if len(a.Offered) > 0 {
		heading = "faq.offer"
	}
	t.send(messages.Picks(t.w.Say(heading), t.w.Say("faq.hint", t.office()), picks))
	var next []messages.Choice
	switch {
	case a.Asked != "":
		next = append(next, t.tap("faq.other", talkFAQ, "list", "none"))
	case more:
		next = append(next, t.tap("faq.more", talkFAQ, "list", "p"+strconv.Itoa(a.Page+1)))
	}
	t.closing(append(next, t.tap("desk.open", talkDesk, "start", ""))...)
	return nil
}

func faqValue(id ippo.FAQID) string { return strconv.FormatInt(int64(id), 10) }

func faqChoices(t *turn) []choice {
	list, a, more, err := t.listedFAQs()
	if err != nil {
		return nil // the list itself will say so when it is asked for
	}
	var all []choice
	for _, q := range list {
		told, _ := q.In(t.w.Language)
		all = append(all, choice{value: faqValue(q.ID), label: told.Question, words: []string{q.Question}})
	}
	if a.Asked != "" {
		all = append(all, choice{value: "none", label: t.w.Say("faq.other"), words: []string{"ちがう", "違う", "どれもちがう", "no", "none"}, plain: true})
	}
	return append(all, pageChoices(t, a.Page, more)...)
}

// takesFAQ lets older buttons open any question, and turn to any page.
func takesFAQ(t *turn, value string) bool {
	if takesPage(t, value) || value == "none" {
		return true
	}
	id, err := strconv.ParseInt(value, 10, 64)
	return err == nil && id > 0
}

func answerFAQs(t *turn, value string) (string, error) {
	var a faqAnswers
	t.answers(&a)
	if page, ok := pageNumber(value); ok {
		return "list", t.keep(faqAnswers{Page: page})
	}
	if value == "none" {
		t.leaveUnanswered(a)
		t.end()
		t.say("faq.noted", t.office())
		t.closing(t.tap("desk.open", talkDesk, "start", ""), t.tap("faq.all", talkFAQ, "start", ""))
		return handled, nil
	}
	id, _ := strconv.ParseInt(value, 10, 64)
	a.Shown = ippo.FAQID(id)
	return "answer", t.keep(a)
}

// askFAQAnswer gives an answer and asks whether it helped.
func askFAQAnswer(t *turn) error {
	var a faqAnswers
	t.answers(&a)
	q, err := t.bot.store.FAQ(t.ctx, a.Shown)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && q.Hidden {
		t.say("gone")
		t.closing(t.tap("faq.all", talkFAQ, "start", ""), t.tap("desk.open", talkDesk, "start", ""))
		return nil
	}
	if err != nil {
		return err
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.CountFAQ(ctx, q.ID, 1, 0, 0) })
	q, reading := q.In(t.w.Language)
	parts := []string{"【" + q.Question + "】\n" + q.Answer}
	if caveat := t.w.Caveat(reading); caveat != "" {
		parts = append(parts, caveat)
	}
	t.send(messages.Text(strings.Join(append(parts, t.w.Say("faq.desk", t.office()), t.w.Say("faq.ask")), "\n\n")))
	next := []messages.Choice{
		{Label: t.w.Say("faq.yes"), Data: tapped{talkFAQ, "answer", "yes." + faqValue(q.ID)}.data()},
		{Label: t.w.Say("faq.no"), Data: tapped{talkFAQ, "answer", "no." + faqValue(q.ID)}.data()},
	}
	if phone := t.center.Office.Phone; messages.Dial(phone) != "" {
		next = append(next, messages.Choice{Label: t.w.Say("desk.dial"), Dial: phone})
	}
	t.closing(next...)
	return nil
}

// verdictChoices are whether an answer helped: of the one that was shown last, and once.
func verdictChoices(t *turn) []choice {
	var a faqAnswers
	t.answers(&a)
	if a.Shown == 0 {
		return nil
	}
	id := faqValue(a.Shown)
	return []choice{
		{value: "yes." + id, label: t.w.Say("faq.yes"), words: []string{"はい", "役に立った", "解決", "解決した", "yes"}, plain: true},
		{value: "no." + id, label: t.w.Say("faq.no"), words: []string{"いいえ", "ちがう", "違う", "解決しない", "no"}, plain: true},
	}
}

// takesVerdict lets older buttons say so too.
func takesVerdict(_ *turn, value string) bool {
	return strings.HasPrefix(value, "yes.") || strings.HasPrefix(value, "no.")
}

// answerVerdict counts what is said of the answer that was shown last; a second tap counts nothing.
func answerVerdict(t *turn, value string) (string, error) {
	var a faqAnswers
	t.answers(&a)
	said, id, _ := strings.Cut(value, ".")
	helped := said == "yes"
	if a.Shown != 0 && id == faqValue(a.Shown) {
		t.effect(func(ctx context.Context, tx *store.Tx) error {
			if helped {
				return tx.CountFAQ(ctx, a.Shown, 0, 1, 0)
			}
			return tx.CountFAQ(ctx, a.Shown, 0, 0, 1)
		})
		if !helped {
			t.leaveUnanswered(a)
		}
	}
	t.end()
	if helped {
		t.say("faq.thanks")
		t.closing()
		return handled, nil
	}
	t.say("faq.sorry", t.office())
	t.closing(t.tap("desk.open", talkDesk, "start", ""), t.tap("faq.all", talkFAQ, "start", ""))
	return handled, nil
}

// leaveUnanswered keeps what was asked for the staff, who may write its answer.
func (t *turn) leaveUnanswered(a faqAnswers) {
	if a.Asked == "" {
		return
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.AddUnanswered(ctx, a.Asked, a.Message) })
}

// noteUnanswered keeps a text that found nothing, if it may be a question. Where something else came near,
// only what is put as one counts.
func (t *turn) noteUnanswered(text string, near bool) {
	key := fold.Key(text)
	if utf8.RuneCountInString(key) < 3 || strings.Trim(key, "0123456789") == "" || near && !asks(text) {
		return
	}
	t.leaveUnanswered(faqAnswers{Asked: masked(text), Message: t.in.MessageID})
}

// asks reports whether a text is put as a question or a wish.
func asks(text string) bool {
	text = strings.TrimRight(fold.Text(text), " 。.!")
	if strings.ContainsAny(text, "?") {
		return true
	}
	for _, ending := range [...]string{"か", "かな", "の", "たい", "です", "ですが", "けど", "ください", "ほしい", "欲しい", "教えて", "おしえて"} {
		if strings.HasSuffix(text, ending) {
			return true
		}
	}
	for _, beginning := range [...]string{"what", "where", "when", "how", "who", "which", "why", "can ", "do ", "does ", "is ", "are ", "i want", "i'd like", "i need"} {
		if strings.HasPrefix(text, beginning) {
			return true
		}
	}
	return false
}
