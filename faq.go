package ippo

import (
	"strings"
	"time"
)

// FAQID names a frequent question.
type FAQID int64

// FAQ is a frequent question and its answer (よくある質問), which staff keep and the bot gives.
type FAQ struct {
	ID       FAQID
	Question string
	Answer   string // plain text; LINE makes links in it clickable
	Easy, En FAQText
	Synonyms string // other words that people ask with, one a line
	Order    int    // place in lists; staff arrange them
	Hidden   bool   // residents are not shown it

	UpdatedAt time.Time

	// Counted by the bot, without whom.
	Shown  int // how often residents were given the answer
	Helped int // … and said that it helped
	Failed int // … and said that it did not
}

// FAQText is a question and its answer in another language; both "" where there is none.
type FAQText struct{ Question, Answer string }

// In returns the question and answer in a language, or in the next best there is: やさしい日本語 before
// Japanese for who reads English. own is false if it is not the language asked for.
func (f FAQ) In(l Language) (text FAQText, own bool) {
	switch {
	case l == English && f.En != FAQText{}:
		return f.En, true
	case l != Japanese && f.Easy != FAQText{}:
		return f.Easy, l == EasyJapanese
	}
	return FAQText{f.Question, f.Answer}, l == Japanese
}

// SynonymList returns the synonyms one by one.
func (f FAQ) SynonymList() []string {
	var list []string
	for line := range strings.Lines(f.Synonyms) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// JoinSynonyms makes of synonyms what a FAQ keeps.
func JoinSynonyms(list []string) string { return strings.Join(list, "\n") }

// Limits of a frequent question. A question stands in a row of a card, an answer in one message that the
// desk's telephone number follows.
const (
	MaxFAQs        = 2000
	maxFAQQuestion = 60
	maxFAQAnswer   = 1000
	maxFAQSynonyms = 50
	maxFAQSynonym  = 40
)

// Validate reports every problem staff can mend.
func (f FAQ) Validate() error {
	var p Problems
	checkText(&p, "question", "質問", f.Question, 1, maxFAQQuestion)
	checkText(&p, "answer", "答え", f.Answer, 1, maxFAQAnswer)
	for _, other := range []struct {
		field, word string
		FAQText
	}{{"easy", "やさしい日本語", f.Easy}, {"en", "英語", f.En}} {
		checkText(&p, other.field+"Question", other.word+"の質問", other.Question, 0, 2*maxFAQQuestion)
		checkText(&p, other.field+"Answer", other.word+"の答え", other.Answer, 0, 2*maxFAQAnswer)
		if (other.Question == "") != (other.Answer == "") {
			p.Addf(other.field+"Answer", "%sは、質問と答えの両方を入力してください。", other.word)
		}
	}
	list := f.SynonymList()
	if len(list) > maxFAQSynonyms {
		p.Addf("synonyms", "ほかの言い方は%d個までです（現在%d個）。", maxFAQSynonyms, len(list))
	}
	for _, s := range list {
		if len([]rune(s)) > maxFAQSynonym {
			p.Addf("synonyms", "ほかの言い方は、それぞれ%d文字以内にしてください。", maxFAQSynonym)
			break
		}
	}
	return p.Err()
}

// UnansweredQuestion is what residents asked that no frequent question answered: the words alone, without
// whose they were.
type UnansweredQuestion struct {
	ID    int64  // of the latest
	Text  string // as it was asked last
	Count int    // how often, in any spelling of the same letters
	Last  time.Time
}

// MaxUnanswered is how much of such a question is kept, in characters.
const MaxUnanswered = 100
