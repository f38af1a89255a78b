package bot

import (
	"context"
	"fmt"
	"strings"

	"ippo/internal/line"
	"ippo/messages"
)

// ApplyRichMenu gives the account our rich menu: made, given its picture, and set for everyone. A menu
// that is already there is used again, and earlier ones of ours are deleted once nobody sees them. It
// returns the menu's ID.
func (b *Bot) ApplyRichMenu(ctx context.Context) (id string, err error) {
	menu, name, picture := messages.RichMenu()
	before, err := b.line.RichMenus(ctx)
	if err != nil {
		return "", fmt.Errorf("list rich menus: %w", err)
	}
	current, err := b.line.DefaultRichMenu(ctx)
	if err != nil && line.ClassOf(err) != line.NotFound {
		return "", fmt.Errorf("read default rich menu: %w", err)
	}
	for _, m := range before {
		if m.Name == name && m.ID == current {
			id = m.ID // what is the default has its picture: LINE takes no other
		}
	}
	if id == "" {
		if id, err = b.makeRichMenu(ctx, menu, picture); err != nil {
			return "", err
		}
	}
	for _, m := range before {
		if m.ID == id || !strings.HasPrefix(m.Name, messages.RichMenuName) {
			continue
		}
		if err := b.line.DeleteRichMenu(ctx, m.ID); err != nil && line.ClassOf(err) != line.NotFound {
			return "", fmt.Errorf("delete earlier rich menu: %w", err)
		}
	}
	return id, nil
}

func (b *Bot) makeRichMenu(ctx context.Context, menu []byte, picture []byte) (id string, err error) {
	if id, err = b.line.CreateRichMenu(ctx, menu); err != nil {
		return "", fmt.Errorf("create rich menu: %w", err)
	}
	if err := b.line.UploadRichMenuImage(ctx, id, "image/png", picture); err != nil {
		return "", fmt.Errorf("upload rich menu's picture: %w", err)
	}
	if err := b.line.SetDefaultRichMenu(ctx, id); err != nil {
		return "", fmt.Errorf("set default rich menu: %w", err)
	}
	return id, nil
}
