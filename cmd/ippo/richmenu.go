package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"ippo/bot"
	"ippo/internal/line"
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
			changed, err := bot.ApplyRichMenu(cmd.Context(), client)
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
