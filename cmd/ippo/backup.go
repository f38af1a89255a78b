package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"ippo"
)

func newBackupCommand(env getenv) *cobra.Command {
	return &cobra.Command{
		Use:   "backup ファイル",
		Short: "データベースの写しを取ります（動かしたままでできます）",
		Long: `データベースの、その時点の完全な写しを1つのファイルに書きます。ippo serve を止める必要は
ありません。

写しの中の個人情報は鍵で守られています。鍵（secret.key）は写しに入りません。写しとは別の、
安全な場所にしまってください。鍵がないと、写しから個人情報を戻せません。`,
		Example: `  ippo backup /backup/ippo-$(date +%Y%m%d).db`,
		Args:    exactly("書き出すファイル"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			if !data.hasDatabase() {
				return noDatabase(data.Folder)
			}
			st, _, err := data.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, st.Close()) }()
			switch err := st.Backup(cmd.Context(), args[0]); {
			case errors.Is(err, fs.ErrExist):
				return usageError{fmt.Sprintf("%s はもうあります。上書きはしません。別の名前にしてください。", args[0])}
			case err != nil:
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "写しを %s に書きました。\n%s\n", args[0], data.keyAdvice())
			return nil
		},
	}
}

// keyAdvice says where the key is and how it is kept.
func (d dataSettings) keyAdvice() string {
	if d.Keys != nil {
		return "鍵（IPPO_SECRET_KEY）は写しに入っていません。写しとは別の、安全な場所に控えてください。"
	}
	return fmt.Sprintf("鍵（%s）は写しに入っていません。写しとは別の、安全な場所にしまってください。鍵がないと、個人情報を戻せません。",
		filepath.Join(d.Folder, keyFile))
}

func noDatabase(folder string) error {
	return settingsError{ippo.Problems{{
		Field:   "IPPO_DATA",
		Message: fmt.Sprintf("%s にデータベースがありません。データのあるフォルダーを指定してください。", folder),
	}}}
}
