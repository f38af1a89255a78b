package ippo

import (
	"slices"
	"time"
)

// Wording is one of the wordings that a campaign's due time may send, to those whom it is for.
type Wording struct {
	Text string // of the reminder; tells wordings apart
	Ask  bool   // asks whether to go on, in place of a reminder
	Draw func(Language) []Message
}

// AskGoOn is after how many reminders without an answer somebody is asked whether they want more. Who does
// not answer that is left in peace.
const AskGoOn = 3

// Reminded is what one ambassador was sent by reminders, as far back as matters.
type Reminded struct {
	Last       string // the text that they had last in this campaign; "" for none
	Unanswered int    // reminders of any campaign since they last answered one
	Asked      bool   // whether to go on, since then
}

// NextWording returns which of the wordings is somebody's turn: that at base, or the next where base would say
// again what they had last; the question after AskGoOn reminders without an answer. ok is false if they were
// asked and did not answer: nothing is sent to them.
func NextWording(wordings []Wording, base int, had Reminded) (i int, ok bool) {
	if had.Asked {
		return 0, false
	}
	if had.Unanswered >= AskGoOn {
		if ask := slices.IndexFunc(wordings, func(w Wording) bool { return w.Ask }); ask >= 0 {
			return ask, true
		}
	}
	texts := reminderTexts(wordings)
	if base %= len(texts); wordings[texts[base]].Text == had.Last {
		base = (base + 1) % len(texts)
	}
	return texts[base], true
}

// NextBase returns the place, among the texts, of the one that follows the base of the last due time.
func NextBase(wordings []Wording, last string) int {
	texts := reminderTexts(wordings)
	at := slices.IndexFunc(texts, func(i int) bool { return wordings[i].Text == last })
	return (at + 1) % len(texts)
}

// reminderTexts are the places of the wordings that are reminders.
func reminderTexts(wordings []Wording) []int {
	var texts []int
	for i, w := range wordings {
		if !w.Ask {
			texts = append(texts, i)
		}
	}
	return texts
}

// Rest is that somebody is sent no reminders for a while (お休みする).
type Rest struct {
	Why   RestWhy
	Since time.Time
	Until time.Time // zero: until they say
}

// RestWhy is why somebody rests. Stored: add, never rename.
type RestWhy string

const (
	RestWished RestWhy = "wish"    // they said so
	RestSilent RestWhy = "silence" // they did not say whether to go on; any call-out ends it
)

// Words returns the reason as staff read it.
func (w RestWhy) Words() string {
	if w == RestWished {
		return "本人の希望"
	}
	return "返事がないため"
}

// RestMonths are the lengths of a rest that can be chosen, in months; 0 is until they say.
var RestMonths = [...]int{1, 3, 0}

// RestUntil is when a rest of so many months ends: zero for 0.
func RestUntil(now time.Time, months int) time.Time {
	if months == 0 {
		return time.Time{}
	}
	day := Day(now)
	until := day.AddDate(0, months, 0)
	if until.Day() != day.Day() { // there is no 31st
		until = until.AddDate(0, 0, -until.Day())
	}
	return until
}
