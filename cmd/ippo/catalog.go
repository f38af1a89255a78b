package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

func newCatalogCommand(env getenv) *cobra.Command {
	return group("catalog", "ことばのファイル（ベトナム語など）を作り、確かめます", newCatalogNewCommand(), newCatalogCheckCommand(env))
}

func newCatalogNewCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new ことば",
		Short: "訳していないことばのファイルを、標準出力に書きます",
		Long: `住民が目にするすべての文を、やさしい日本語と英語を添えて書き出します。
「#」で始まる行の「#」を取り、文を訳してください。訳していない文は、やさしい日本語で出ます。
できたファイルは、データフォルダーの catalog に置き、ippo serve を始めなおします。
名前は、ことばの記号にします（vi ベトナム語、zh-Hans 中国語・簡体字、pt ポルトガル語 など）。`,
		Example: `  mkdir -p data/catalog
  ippo catalog new vi > data/catalog/vi.toml`,
		Args: exactly("ことば"),
		RunE: func(cmd *cobra.Command, args []string) error {
			l := ippo.Language(args[0])
			texts, err := messages.Load()
			if err != nil {
				return err
			}
			if !ippo.IsLanguage(l) || texts.Has(l) {
				return usageError{fmt.Sprintf("「%s」のファイルは作れません。はじめから入っていない、ことばの記号を書いてください（例: vi）。", l)}
			}
			return writeCatalog(cmd.OutOrStdout(), texts.Gaps(l), true)
		},
	}
}

func newCatalogCheckCommand(env getenv) *cobra.Command {
	var missing bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "データフォルダーの catalog にあることばのファイルを確かめます",
		Long: `それぞれのファイルについて、いくつ訳してあるか、何がまだか、直すところがないかを知らせます。
読むだけで、何も変えません。直すところがあれば、終了コード3で終わります。`,
		Example: `  ippo catalog check
  ippo catalog check --missing >> data/catalog/vi.toml`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			texts, faults, err := data.catalogs()
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if missing {
				out = cmd.ErrOrStderr() // what can be put into a file goes out alone
			}
			for _, l := range ownLanguages(texts) {
				fmt.Fprintln(out, translatedWords(texts, l))
				gaps := texts.Gaps(l)
				if missing {
					if err := writeCatalog(cmd.OutOrStdout(), gaps, false); err != nil {
						return err
					}
					continue
				}
				for _, gap := range gaps {
					fmt.Fprintf(out, "  まだ: %s\n", gap.Key)
				}
			}
			for _, fault := range faults {
				fmt.Fprintln(out, fault)
			}
			if len(faults) > 0 {
				return dataError{fmt.Sprintf("直すところが%d件あります。直すまで、その文はやさしい日本語で出ます。", len(faults))}
			}
			if len(ownLanguages(texts)) == 0 {
				fmt.Fprintf(out, "%s に、ことばのファイルはありません。\n", filepath.Join(data.Folder, catalogFolder))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&missing, "missing", false, "まだの文を、ファイルに足せる形で標準出力に書きます")
	return cmd
}

// catalogs are the texts in every language: the built-in ones, and those in the data folder.
func (d dataSettings) catalogs() (*messages.Catalogs, []messages.Fault, error) {
	texts, err := messages.Load()
	if err != nil {
		return nil, nil, err
	}
	return texts.With(os.DirFS(filepath.Join(d.Folder, catalogFolder)))
}

// warnOfFaults says at the start what is wrong in a center's own catalogues.
func warnOfFaults(log *slog.Logger, faults []messages.Fault) {
	for _, f := range faults {
		log.Warn("a catalogue of your own has a mistake: see ippo catalog check", "file", f.File, "key", f.Key, "mistake", f.Message)
	}
}

func ownLanguages(texts *messages.Catalogs) []ippo.Language {
	return texts.Languages()[len(ippo.Languages):]
}

func translatedWords(texts *messages.Catalogs, l ippo.Language) string {
	lacking := len(texts.Gaps(l))
	words := fmt.Sprintf("%s.toml（%s）: %d件のうち%d件を訳してあります。", l, texts.Self(l), texts.Size(), texts.Size()-lacking)
	if lacking > 0 {
		words += fmt.Sprintf("ほかの%d件は、やさしい日本語で出ます。", lacking)
	}
	return words
}

// writeCatalog writes texts to be translated, each behind a # and below what it says in the languages there are.
func writeCatalog(out io.Writer, gaps []messages.Gap, whole bool) error {
	var file strings.Builder
	if whole {
		file.WriteString("# 訳した行の「#」を取ってください。{{.Name}} のようなところは、そのまま残します。ボタンの文は20文字までです。\n")
	}
	for _, gap := range gaps {
		fmt.Fprintf(&file, "\n# やさしい日本語: %s\n# English: %s\n#%q = \"\"\n", inOneLine(gap.Easy), inOneLine(gap.English), gap.Key)
	}
	_, err := io.WriteString(out, file.String())
	return err
}

func inOneLine(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "\\n") }

// examineCatalogs says how far a center's own languages are, and who chose one that there is no file for.
func (d dataSettings) examineCatalogs(ctx context.Context, out io.Writer, st *store.Store) error {
	texts, faults, err := d.catalogs()
	if err != nil {
		return err
	}
	chosen, err := st.ChosenLanguages(ctx)
	if err != nil {
		return err
	}
	said := false
	say := func(line string) {
		said = true
		fmt.Fprintf(out, "ことば: %s\n", line)
	}
	for _, l := range ownLanguages(texts) {
		say(translatedWords(texts, l))
	}
	for _, fault := range faults {
		say(fault.String())
	}
	for _, l := range slices.Sorted(maps.Keys(chosen)) {
		if !texts.Has(l) {
			say(fmt.Sprintf("%sを選んだ友だちが%d人いますが、%s.toml がないため、やさしい日本語で案内しています", l.Words(), chosen[l], l))
		}
	}
	if !said {
		fmt.Fprintln(out, "ことば: 問題ありません")
	}
	return nil
}
