package bot

import (
	"strings"

	"ippo"
	"ippo/internal/fold"
	"ippo/messages"
)

// dangerIn returns the word of danger that a text holds, or "". They are compared without spaces and signs,
// in any width and kana.
func dangerIn(center ippo.Settings, text string) string {
	key := fold.Key(text)
	for _, w := range center.DangerWords {
		if word := fold.Key(w); word != "" && strings.Contains(key, word) {
			return w
		}
	}
	return ""
}

// dangerous reports whether a text holds a word of danger.
func dangerous(center ippo.Settings, text string) bool { return dangerIn(center, text) != "" }

// answerDanger answers before anything else, in any state of any talk, and tells the staff. The talk
// stays where it is.
func (t *turn) answerDanger(text string) error {
	t.hand(ippo.DeskRequest{Kind: ippo.RequestDanger, Follower: t.follower.ID, Body: text}, t.in.MessageID)
	t.send(messages.Danger(t.w, t.center.Office))
	t.closing()
	return nil
}
