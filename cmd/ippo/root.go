package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ippo/store"
)

// getenv reads one variable of the environment, as os.Getenv does.
type getenv func(string) string

// newRootCommand returns the whole command line.
func newRootCommand(env getenv) *cobra.Command {
	root := &cobra.Command{
		Use:   "ippo",
		Short: "市民協働センターのためのLINE公式アカウントと職員画面",
		Long: `ippo は、市民協働センターのLINE公式アカウントと職員画面を動かします。

まず見てみるとき     ippo demo
LINEにつなぐとき     ippo serve（設定は環境変数で行います。ippo serve --help をご覧ください）

終了コード:
  0  できました
  1  できませんでした（時間をおくと直ることがあります）
  2  命令の書き方か、設定に誤りがあります
  3  渡されたデータに誤りがあります（何も変えていません）
  4  同じデータフォルダーを、ほかの ippo が使っています`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		PersistentPreRun: func(cmd *cobra.Command, _ []string) {
			cmd.SetContext(store.From(cmd.Context(), store.CommandLine))
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			message := fmt.Sprintf("「%s」という命令はありません。ippo --help で一覧をご覧ください。", args[0])
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				message += fmt.Sprintf("「%s」のことですか。", strings.Join(near, "」「"))
			}
			return usageError{message}
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{
		Use:    "help [命令]",
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			about, _, err := root.Find(args)
			if err != nil {
				return usageError{err.Error()}
			}
			return about.Help()
		},
	})
	cobra.AddTemplateFunc("useArgs", useArgs)
	root.SetUsageTemplate(usageTemplate)
	root.PersistentFlags().BoolP("help", "h", false, "この説明を表示します")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Sprintf("%s の書き方が正しくありません: %v\n使い方は %s --help をご覧ください。", cmd.CommandPath(), err, cmd.CommandPath())}
	})
	root.AddCommand(
		newDemoCommand(),
		newServeCommand(env),
		newStaffCommand(env),
		newTokenCommand(env),
		newImportCommand(env),
		newExportCommand(env),
		newCatalogCommand(env),
		newBackupCommand(env),
		newRestoreCommand(env),
		newDoctorCommand(env),
		newVersionCommand(),
	)
	return root
}

const usageTemplate = `使い方:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} 命令{{else}}{{.CommandPath}}{{with useArgs .}} {{.}}{{end}}{{end}}
{{- if .HasExample}}

例:
{{.Example}}
{{- end}}
{{- if .HasAvailableSubCommands}}

命令:
{{- range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}
{{- end}}{{end}}
{{- end}}
{{- if .HasAvailableLocalFlags}}

指定:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{- end}}
`

// useArgs is what follows a command's name in its Use line.
func useArgs(cmd *cobra.Command) string {
	_, args, _ := strings.Cut(cmd.Use, " ")
	return args
}

// exactly refuses any other number of arguments than there are names, naming what is missing.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usageError{fmt.Sprintf("%sを指定してください。使い方は %s --help をご覧ください。", names[len(args)], cmd.CommandPath())}
		case len(args) > len(names):
			return usageError{fmt.Sprintf("「%s」は余分です。使い方は %s --help をご覧ください。", args[len(names)], cmd.CommandPath())}
		}
		return nil
	}
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return usageError{fmt.Sprintf("「%s」という命令はありません。%s --help で一覧をご覧ください。", args[0], cmd.CommandPath())}
		},
	}
	cmd.AddCommand(commands...)
	return cmd
}
