package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ippo"
	"ippo/jobs"
)

func newImportCommand(env getenv) *cobra.Command {
	return group("import", "CSVファイルから取り込みます",
		newImportKindCommand(env, jobs.FollowerSheet, "友だちを取り込みます", `1行目は列の名前です。line_user_id だけが必須で、ほかの列はなくてもかまいません。

  line_user_id   LINEのユーザーID（U と 32 桁の英数字）
  display_name   表示名
  status         active、blocked（ブロック）、stopped（配信を止めている）
  areas, topics  地域・分野の識別名。複数は ; で区切る。* はすべて
  tags           タグの識別名。複数は ; で区切る
  language       ja、ja-x-easy、en
  entry          登録経路の識別名
  followed_at    友だちになった日時（例: 2026-04-01T09:00:00+09:00）`),
		newImportKindCommand(env, jobs.GroupSheet, "市民活動団体を取り込みます", `1行目は列の名前です。slug（識別名）で見分け、あれば直し、なければ加えます。
加えるときは name（団体名）と summary（活動内容）も要ります。列の一覧は、
ippo export groups - で書き出したものをご覧ください。`),
	)
}

func newImportKindCommand(env getenv, kind jobs.SheetKind, short, columns string) *cobra.Command {
	return &cobra.Command{
		Use:   string(kind) + " ファイル.csv",
		Short: short,
		Long: short + `。文字コードはUTF-8です（BOMはあってもなくてもかまいません）。
「-」を指定すると、標準入力から読みます。空のセルは、いまの内容を変えません。

先に全部の行を確かめ、1行でも誤りがあれば、行番号と一緒に知らせて何も変えません（終了コード3）。
途中で止まったときは、同じファイルをもう一度取り込めば続きから進みます。動いている ippo serve を
止める必要はありません。

` + columns,
		Example: "  ippo import " + string(kind) + " " + string(kind) + ".csv",
		Args:    exactly("CSVファイル"),
		RunE: func(cmd *cobra.Command, args []string) error {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			return importSheet(cmd.Context(), data, kind, args[0], cmd.InOrStdin(), cmd.ErrOrStderr())
		},
	}
}

func importSheet(ctx context.Context, data dataSettings, kind jobs.SheetKind, name string, in io.Reader, say io.Writer) (err error) {
	if name != "-" {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return usageError{fmt.Sprintf("%s がありません。", name)}
		}
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	st, _, err := data.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()

	report, err := jobs.Import(ctx, st, kind, in, progress(say))
	var header ippo.Problems
	switch {
	case errors.Is(err, jobs.ErrBadRows):
		for _, row := range report.Bad {
			for _, p := range row.Problems {
				fmt.Fprintf(say, "%d行目: %s\n", row.Line, said(p))
			}
		}
		return dataError{fmt.Sprintf("%d行のうち%d行に誤りがあります。何も変えていません。直してから、もう一度お試しください。", report.Rows, len(report.Bad))}
	case errors.As(err, &header):
		for _, p := range header {
			fmt.Fprintf(say, "1行目: %s\n", said(p))
		}
		return dataError{"列の名前に誤りがあります。何も変えていません。"}
	case err != nil:
		return err
	}
	fmt.Fprintf(say, "%d行を取り込みました（追加%d、変更%d）。\n", report.Rows, report.Added, report.Changed)
	if report.Erased > 0 {
		fmt.Fprintf(say, "削除を希望した%d人は、取り込んでいません。\n", report.Erased)
	}
	return nil
}

// said is a problem with its column.
func said(p ippo.Problem) string {
	if p.Field == "" || strings.Contains(p.Message, p.Field) {
		return p.Message
	}
	return p.Field + ": " + p.Message
}

// progress says on a terminal how far an import is.
func progress(say io.Writer) func(done, total int) {
	f, ok := say.(*os.File)
	if !ok || !isTerminal(f) {
		return nil
	}
	return func(done, total int) {
		fmt.Fprintf(f, "\r%d / %d 行", done, total)
		if done == total {
			fmt.Fprintln(f)
		}
	}
}
