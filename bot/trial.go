package bot

import (
	"context"

	"ippo"
)

// by notes which rule the answer follows, and the word that it went by.
func (t *turn) by(rule ippo.Rule, word ...string) *turn {
	t.rule = rule
	for _, w := range word {
		t.word = w
	}
	return t
}

// Try returns what somebody who reads a language, has just come, and is in no talk would be answered. It goes the way
// of every message, up to where that would change something or be sent.
func (b *Bot) Try(ctx context.Context, text string, l ippo.Language) (ippo.Trial, error) {
	said := event{Type: "message", Message: message{Type: "text", Text: text}}
	stranger := ippo.Follower{Status: ippo.FollowerActive, Preferences: ippo.Preferences{Language: l}}
	t, err := b.turnOf(ctx, ippo.InboundEvent{OccurredAt: b.now()}, said, stranger)
	if err != nil {
		return ippo.Trial{}, err
	}
	if err := t.route(); err != nil {
		return ippo.Trial{}, err
	}
	return ippo.Trial{Rule: t.rule, Word: t.word, AutoReply: t.auto, Messages: t.reply}, nil
}
