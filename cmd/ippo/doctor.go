package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"ippo/internal/secret"
	"ippo/store"
)

func newDoctorCommand(env getenv) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "データを調べ、おかしいところを知らせます（動かしたままでできます）",
		Long: `データフォルダーを調べます。読むだけで、何も変えません。ippo serve を止める必要はありません。

調べること:
  データベースが壊れていないか、形が新しいか、つながりの切れた記録がないか
  鍵で個人情報を開けるか、鍵のファイルをほかの人が読めないか
  操作の記録が、書かれたときのままか
  配信台帳（だれに送り、どうなったか）の人数と状態が合っているか
  センターが加えたことばのファイル（ippo catalog）に、足りないものや誤りがないか
  職員画面を開いてよい場所（IPPO_PANEL_FROM）を見分けられるか

おかしいところがあれば1行ずつ、どうすればよいかとともに知らせ、終了コード1で終わります。`,
		Example: `  ippo doctor`,
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			if !data.hasDatabase() {
				return noDatabase(data.Folder)
			}
			keys, err := data.keys()
			if err != nil {
				return err
			}
			var places []string
			if set.cannotTellPlaces() {
				places = append(places, "IPPO_PANEL_FROM を指定していますが、IPPO_TRUSTED_PROXIES が空です。手前のプロキシを通ると、どこから開いてもプロキシのアドレスに見え、場所を見分けられません。プロキシのアドレスを指定してください")
			}
			return data.examine(cmd.Context(), cmd.OutOrStdout(), keys, places)
		},
	}
}

// unsoundError is how many things doctor has found; what they are has been said already.
type unsoundError int

func (e unsoundError) Error() string {
	return fmt.Sprintf("おかしいところが%d件あります。それぞれに書いたとおりにしてください。", int(e))
}

// What whoever runs doctor can do about what it has found.
const (
	mendDatabase = "形のことは、書いたとおりにしてください。ほかは、写し（ippo backup）を取ってから ippo serve を止め、おかしくなる前のバックアップを戻してください（ippo restore）。戻せないときは、写しは送らず、この表示を開発元に知らせてください"
	mendAudit    = "だれかがデータベースを直接書きかえたか、鍵がそろっていません。写し（ippo backup）を取り、IPPO_SECRET_KEY に前の鍵も並べてあるか、このコンピューターにだれが入れたかを確かめ、情報セキュリティの担当者に知らせてください。記録は消さず、直さずに残してください"
	mendSums     = "画面の人数が少しちがうだけで、送る相手は名簿から数えるため、まちがえません。写し（ippo backup）を取り、この表示を開発元に知らせてください"
	mendLedger   = "書いてある番号の配信は、送り直さずに、配信のページで届いた人数を確かめてください。写し（ippo backup）を取り、この表示を開発元に知らせてください"
)

// examine makes every check and says what it found; places is what was found about from where the panel may be opened.
func (d dataSettings) examine(ctx context.Context, out io.Writer, keys *secret.Keyring, places []string) (err error) {
	st, err := store.OpenReadOnly(ctx, d.Folder, keys)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	found := 0
	for _, check := range []struct {
		name string
		do   func(context.Context) ([]string, error)
		mend string // "": each finding says it
	}{
		{"データベース", st.CheckDatabase, mendDatabase},
		{"個人情報の鍵", func(ctx context.Context) ([]string, error) { return d.checkKeys(ctx, st) }, ""},
		{"操作の記録", st.CheckAudit, mendAudit},
		{"友だちの集計", st.CheckFollowers, mendSums},
		{"配信台帳", func(ctx context.Context) ([]string, error) { return checkLedger(ctx, st) }, mendLedger},
		{"職員画面の場所", func(context.Context) ([]string, error) { return places, nil }, ""},
	} {
		faults, err := check.do(ctx)
		if err != nil {
			return err
		}
		if len(faults) == 0 {
			fmt.Fprintf(out, "%s: 問題ありません\n", check.name)
		}
		for _, fault := range faults {
			fmt.Fprintf(out, "%s: %s\n", check.name, fault)
		}
		if len(faults) > 0 && check.mend != "" {
			fmt.Fprintf(out, "  → %s\n", check.mend)
		}
		found += len(faults)
	}
	if err := d.examineCatalogs(ctx, out, st); err != nil {
		return err
	}
	if found > 0 {
		return unsoundError(found)
	}
	return nil
}

// checkKeys says whether the keys open what is kept, and whether others on this machine can read them.
func (d dataSettings) checkKeys(ctx context.Context, st *store.Store) (faults []string, err error) {
	switch err := st.CheckKeys(ctx); {
	case errors.Is(err, secret.ErrSealed):
		faults = append(faults, "この鍵では、保管している個人情報を開けません。IPPO_SECRET_KEY か "+keyFile+" を、このデータを使っていたときのものに戻してください")
	case err != nil:
		return nil, err
	}
	if d.Keys != nil {
		return faults, nil
	}
	path := filepath.Join(d.Folder, keyFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	// On Windows the bits say nothing about who may read the file.
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		faults = append(faults, fmt.Sprintf("%s をほかの利用者も読めます（%03o）。chmod 600 で直してください", path, mode))
	}
	return faults, nil
}

func checkLedger(ctx context.Context, st *store.Store) (faults []string, err error) {
	found, err := st.CheckLedger(ctx)
	for _, f := range found {
		fault := f.Message
		if f.Request != 0 {
			fault = fmt.Sprintf("要求%d: %s", f.Request, fault)
		}
		if f.Notice != 0 {
			fault = fmt.Sprintf("個別のお知らせ%d: %s", f.Notice, fault)
		}
		if f.Broadcast != 0 {
			fault = fmt.Sprintf("配信%d: %s", f.Broadcast, fault)
		}
		faults = append(faults, fault)
	}
	return faults, err
}
