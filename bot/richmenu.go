package bot

import (
	"context"
	"fmt"
	"strings"

	"ippo/internal/line"
	"ippo/messages"
)

// ApplyRichMenu gives the account our rich menu (made, given its picture, and set for everyone) and
// deletes earlier ones of ours; menus of other tools are left alone. changed is false when ours was
// already everyone's. Interrupted halfway, it is put right by the next time: a menu of ours is the
// default only once its picture is there.
func ApplyRichMenu(ctx context.Context, client *line.Client) (changed bool, err error) {
	menu, name, picture := messages.RichMenu()
	before, err := client.RichMenus(ctx)
	if err != nil {
		return false, fmt.Errorf("list rich menus: %w", err)
	}
	current, err := client.DefaultRichMenu(ctx)
	if err != nil && line.ClassOf(err) != line.NotFound {
		return false, fmt.Errorf("read the default rich menu: %w", err)
	}
	changed = true
	var old []string
	for _, m := range before {
		switch {
		case m.ID == current && m.Name == name:
			changed = false
		case strings.HasPrefix(m.Name, messages.RichMenuName):
			old = append(old, m.ID)
		}
	}
	if changed {
		if err := makeRichMenu(ctx, client, menu, picture); err != nil {
			return false, err
		}
	}
	for _, id := range old {
		if err := client.DeleteRichMenu(ctx, id); err != nil && line.ClassOf(err) != line.NotFound {
			return changed, fmt.Errorf("delete an earlier rich menu: %w", err)
		}
	}
	return changed, nil
}

func makeRichMenu(ctx context.Context, client *line.Client, menu, picture []byte) error {
	id, err := client.CreateRichMenu(ctx, menu)
	if err != nil {
		return fmt.Errorf("create the rich menu: %w", err)
	}
	if err := client.UploadRichMenuImage(ctx, id, "image/png", picture); err != nil {
		return fmt.Errorf("upload the rich menu's picture: %w", err)
	}
	if err := client.SetDefaultRichMenu(ctx, id); err != nil {
		return fmt.Errorf("make the rich menu everyone's: %w", err)
	}
	return nil
}
