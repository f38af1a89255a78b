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
	Synonyms string // other words that people ask with, one a line
	Order    int    // place in lists; staff arrange them
	Hidden   bool   // residents are not shown it

	UpdatedAt time.Time

	Translations Translations

	// Counted by the bot, without whom.
	Shown  int // how often residents were given the answer
	Helped int // … and said that it helped
	Failed int // … and said that it did not
}

// Texts are the question and its answer, for their translations.
func (f *FAQ) Texts() []ContentText {
	return []ContentText{{"question", "質問", maxFAQQuestion, &f.Question}, {"answer", "答え", maxFAQAnswer, &f.Answer}}
}

// In returns the question and its answer as readers of a language are shown them.
func (f FAQ) In(l Language) (FAQ, Reading) {
	r := f.Translations.read(l, f.Texts())
	return f, r
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
	checkTranslations(&p, f.Translations, f.Texts())
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
