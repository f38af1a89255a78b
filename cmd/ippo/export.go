package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"ippo/jobs"
)

func newExportCommand(env getenv) *cobra.Command {
	return group("export", "CSVファイルに書き出します",
		newExportKindCommand(env, jobs.FollowerSheet, "友だちを書き出します"),
		newExportKindCommand(env, jobs.GroupSheet, "市民活動団体を書き出します"),
		newExportKindCommand(env, jobs.AmbassadorSheet, "アンバサダーを書き出します"),
	)
}

func newExportKindCommand(env getenv, kind jobs.SheetKind, short string) *cobra.Command {
	return &cobra.Command{
		Use:   string(kind) + " ファイル.csv",
		Short: short,
		Long: short + `。Excelでそのまま開けるCSV（UTF-8、BOMつき）です。
「-」を指定すると、標準出力に書きます。書き出したことは記録に残ります。

友だちとアンバサダーのファイルには個人情報が入ります。置き場所にお気をつけください。`,
		Example: "  ippo export " + string(kind) + " " + string(kind) + ".csv",
		Args:    exactly("CSVファイル"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			if !data.hasDatabase() {
				return noDatabase(data.Folder)
			}
			if args[0] == "-" {
				return exportSheet(cmd.Context(), data, kind, cmd.OutOrStdout())
			}
			if err := exportFile(cmd.Context(), data, kind, args[0]); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s に書き出しました。\n", args[0])
			return nil
		},
	}
}

// exportFile writes a sheet beside its place and moves it there once it is whole. Only its owner can
// read it.
func exportFile(ctx context.Context, data dataSettings, kind jobs.SheetKind, name string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".ippo-export-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // does nothing once moved
	err = exportSheet(ctx, data, kind, f)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func exportSheet(ctx context.Context, data dataSettings, kind jobs.SheetKind, w io.Writer) (err error) {
	st, _, err := data.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return jobs.Export(ctx, st, kind, w)
}
