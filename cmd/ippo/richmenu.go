package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ippo/internal/line"
	"ippo/messages"
)

func newRichMenuCommand(env getenv) *cobra.Command {
	return group("richmenu", "トーク画面の下のメニュー（リッチメニュー）を扱います", &cobra.Command{
		Use:   "apply",
		Short: "リッチメニューをLINEに登録し、全員のメニューにします",
		Long: `トーク画面の下に出る6つのメニューを、画像と一緒にLINEに登録し、友だち全員のメニューにします。
同じものが登録済みなら、何も変えません。LINE の設定（LINE_CHANNEL_…）が要ります。`,
		Example: `  ippo richmenu apply`,
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			set := &settings{env: env}
			channel := set.line()
			if err := set.err(); err != nil {
				return err
			}
			client, err := channel.client(line.Config{})
			if err != nil {
				return err
			}
			changed, err := applyRichMenu(cmd.Context(), client)
			if err != nil {
				return err
			}
			said := "リッチメニューは登録済みです。何も変えていません。"
			if changed {
				said = "リッチメニューを登録しました。開いたままのトークでは、開き直すと変わります。"
			}
			fmt.Fprintln(cmd.ErrOrStderr(), said)
			return nil
		},
	})
}

// menuPrefix begins the names of our menus; others, made by other tools, are left alone.
const menuPrefix = "ippo "

// applyRichMenu makes our rich menu everyone's, and removes our earlier ones. Interrupted halfway, it
// is put right by the next time: a menu of ours is the default only once its picture is there.
func applyRichMenu(ctx context.Context, client *line.Client) (changed bool, err error) {
	menu, name, picture := messages.RichMenu()
	menus, err := client.RichMenus(ctx)
	if err != nil {
		return false, fmt.Errorf("list rich menus: %w", err)
	}
	standing, err := client.DefaultRichMenu(ctx)
	if err != nil && line.ClassOf(err) != line.NotFound {
		return false, fmt.Errorf("ask for the default rich menu: %w", err)
	}
	var old []string
	for _, m := range menus {
		if m.ID == standing && m.Name == name {
			return false, nil
		}
		if strings.HasPrefix(m.Name, menuPrefix) {
			old = append(old, m.ID)
		}
	}
	id, err := client.CreateRichMenu(ctx, menu)
	if err != nil {
		return false, fmt.Errorf("create rich menu: %w", err)
	}
	if err := client.UploadRichMenuImage(ctx, id, "image/png", picture); err != nil {
		return false, fmt.Errorf("upload the rich menu's picture: %w", err)
	}
	if err := client.SetDefaultRichMenu(ctx, id); err != nil {
		return false, fmt.Errorf("make the rich menu everyone's: %w", err)
	}
	for _, id := range old {
		if err := client.DeleteRichMenu(ctx, id); err != nil {
			return true, fmt.Errorf("delete an old rich menu: %w", err)
		}
	}
	return true, nil
}
