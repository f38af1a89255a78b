package ippo

import (
	"slices"
	"strings"
	"time"
)

// AutoReplyID names a reply of the center's own.
type AutoReplyID int64

// AutoReply is what the bot says to certain words (自動の返事), as staff write it.
//
// It comes after all that must not be in its way: words of danger, codes, personal data, commands, an answer that a
// talk waits for, and the words that begin a talk; and before thanks and greetings, wishes, frequent questions and the
// search: see turn.hearText in package bot.
type AutoReply struct {
	ID       AutoReplyID
	Keywords string // one a line
	Whole    bool   // a message is nothing but a keyword; otherwise it holds one
	Text     string // what is said
	Card     string // shown below it: news:12, event:3, group:7 or campaign:2; "": none
	Off      bool

	UpdatedAt    time.Time
	Translations Translations
}

// Texts is the reply, for its translations.
func (a *AutoReply) Texts() []ContentText {
	return []ContentText{{"text", "返事", maxAutoReply, &a.Text}}
}

// In returns the reply as readers of a language are shown it.
func (a AutoReply) In(l Language) (AutoReply, Reading) {
	r := a.Translations.read(l, a.Texts())
	return a, r
}

// KeywordList returns the keywords one by one.
func (a AutoReply) KeywordList() []string {
	var list []string
	for line := range strings.Lines(a.Keywords) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// Limits of replies. Their texts stand in one message.
const (
	MaxAutoReplies  = 200
	maxAutoReply    = 1000
	maxAutoKeywords = 20
	maxAutoKeyword  = 30
)

// Validate reports every problem staff can mend.
func (a AutoReply) Validate() error {
	var p Problems
	list := a.KeywordList()
	switch {
	case len(list) == 0:
		p.Add("keywords", "ことばを1つは入力してください。")
	case len(list) > maxAutoKeywords:
		p.Addf("keywords", "ことばは%d個までです（現在%d個）。", maxAutoKeywords, len(list))
	}
	if slices.ContainsFunc(list, func(w string) bool { n := len([]rune(w)); return n < 2 || n > maxAutoKeyword }) {
		p.Addf("keywords", "ことばは、それぞれ2文字以上%d文字以内にしてください。", maxAutoKeyword)
	}
	checkText(&p, "text", "返事", a.Text, 1, maxAutoReply)
	checkTranslations(&p, a.Translations, a.Texts())
	return p.Err()
}

// MatchAutoReply returns the reply that a message calls for, and by which keyword; ok is false for none. key makes
// texts comparable. A message that is a keyword goes before one that holds some; of those it holds, the longest counts.
func MatchAutoReply(all []AutoReply, text string, key func(string) string) (reply AutoReply, keyword string, ok bool) {
	said, best := key(text), 0
	for _, a := range all {
		if a.Off {
			continue
		}
		for _, w := range a.KeywordList() {
			word := key(w)
			weight := len(word)
			switch {
			case word == "":
				continue
			case said == word:
				weight = 1 << 20
			case a.Whole || !strings.Contains(said, word):
				continue
			}
			if weight > best {
				reply, keyword, ok, best = a, w, true, weight
			}
		}
	}
	return reply, keyword, ok
}
