package bot

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"ippo"
	"ippo/internal/qr"
	"ippo/messages"
	"ippo/store"
)

// invitationShape is how a first message names the invitation that its writer came by, as invite.text has it:
// 友だちの招待で来ました（招待:…）.
var invitationShape = regexp.MustCompile(`\(\s*招待\s*:\s*([0-9A-Z]{20})\s*\)`)

// invitationIn finds the invitation that a text names.
func invitationIn(text string) (code string, ok bool) {
	m := invitationShape.FindStringSubmatch(strings.ToUpper(norm.NFKC.String(text)))
	if m == nil {
		return "", false
	}
	return m[1], true
}

// arrive takes somebody who comes with an ambassador's invitation.
func (t *turn) arrive(code string) error {
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		arrival, err := tx.Arrive(ctx, code, t.follower.ID)
		key := "invite.before"
		switch {
		case errors.Is(err, ippo.ErrNotFound):
			key = "small.hello"
		case err != nil:
			return err
		case arrival == ippo.ArrivedNew:
			key = "invite.new"
		case arrival == ippo.ArrivedSelf:
			key = "invite.self"
		}
		// Said here, for only the transaction knows; it belongs before the question that waits.
		t.reply = append([]ippo.Message{messages.Text(t.w.Say(key, t.office()))}, t.reply...)
		return nil
	})
	if k := t.open(); k != nil {
		return t.ask(k, t.talk.Step)
	}
	t.say("invite.next")
	t.closing()
	return nil
}

// atHome notes that somebody said something, and so is a friend by now whom no invitation counts.
func (t *turn) atHome() {
	if t.now.Sub(t.follower.FollowedAt) < ippo.FirstFollow {
		t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.AtHome(ctx, t.follower.ID) })
	}
}

// account remembers the account's ID at LINE, which the addresses of its chat name. It never changes but by
// a contract for another one.
type account struct {
	mu      sync.Mutex
	basicID string // with the leading @; "" until LINE has told
}

// accountChat is LINE's address of the account's chat with text typed in.
func (b *Bot) accountChat(ctx context.Context, text string) (string, error) {
	b.account.mu.Lock()
	defer b.account.mu.Unlock()
	if b.account.basicID == "" {
		ctx, cancel := context.WithTimeout(ctx, profileTime)
		defer cancel()
		info, err := b.line.BotInfo(ctx)
		if err != nil {
			return "", err
		}
		b.account.basicID = info.BasicID
	}
	return messages.ChatURL(b.account.basicID, text), nil
}

type invitationPage struct {
	frame
	Chat    string // opens the account in LINE; "" while LINE does not tell which it is
	Picture string // the code of this page, for who reads it on another screen
}

// invitationPage leads whoever opens an ambassador's invitation to adding the account. It names nobody.
func (b *Bot) invitationPage(c *gin.Context) error {
	ctx := c.Request.Context()
	code := strings.ToUpper(c.Param("code"))
	if err := b.store.Invitation(ctx, code); err != nil {
		return err
	}
	f, err := b.frame(c, "invite.title")
	if err != nil {
		return err
	}
	page := invitationPage{frame: f, Picture: messages.InvitationPath + code + "/qr.png"}
	if page.Chat, err = b.chatURL(ctx, f.Say("invite.text", messages.Vars{"Code": code})); err != nil {
		b.log.WarnContext(ctx, "LINE does not tell the account's ID", "err", err)
	}
	c.Header("X-Robots-Tag", "noindex, nofollow")
	return b.render(c, http.StatusOK, "invitation", page)
}

// invitationCode is the QR code on an ambassador's card: of the page above.
func (b *Bot) invitationCode(c *gin.Context) error {
	code := strings.ToUpper(c.Param("code"))
	if err := b.store.Invitation(c.Request.Context(), code); err != nil {
		return err
	}
	picture, err := qr.PNG(messages.InvitationPage(b.base, code))
	if err != nil {
		return err
	}
	c.Header("X-Robots-Tag", "noindex, nofollow")
	c.Header("Cache-Control", "public, max-age=86400")
	c.Data(http.StatusOK, "image/png", picture)
	return nil
}
