package bot

import (
	"context"
	"errors"
	"regexp"

	"golang.org/x/text/unicode/norm"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// entryShape is how a first message names the entry that its writer came by. The QR code prefills it:
// 市民課の窓口で知りました（入口:shimin-ka）.
var entryShape = regexp.MustCompile(`\(\s*入口\s*:\s*([a-z0-9-]{1,40})\s*\)`)

// entryIn finds the entry that a text names.
func entryIn(text string) (slug string, ok bool) {
	m := entryShape.FindStringSubmatch(norm.NFKC.String(text))
	if m == nil {
		return "", false
	}
	return m[1], true
}

// cameBy notes where a follower came from, and begins the newcomers' questions for who came as one.
func (t *turn) cameBy(slug string) error {
	e, err := t.bot.store.Entry(t.ctx, slug)
	if errors.Is(err, ippo.ErrNotFound) {
		t.say("small.hello")
		t.closing()
		return nil
	}
	if err != nil {
		return err
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.SetEntry(ctx, t.follower.ID, slug) })
	t.say("entry.thanks", messages.Vars{"Entry": e.Name})
	if e.Newcomer && t.center.Has(ippo.ModuleMatching) {
		return t.begin(talkNewcomer)
	}
	if k := t.open(); k != nil {
		return t.ask(k, t.talk.Step)
	}
	t.closing()
	return nil
}
