package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ippo"
	"ippo/admin"
)

func newTokenCommand(env getenv) *cobra.Command {
	return group("token", "APIトークンを発行します", newTokenAddCommand(env))
}

func newTokenAddCommand(env getenv) *cobra.Command {
	var (
		who           ippo.Staff
		owner, scopes string
		days          int
	)
	cmd := &cobra.Command{
		Use:   "add",
		Short: "APIトークンを発行し、標準出力に一度だけ書きます",
		Long: `/api/v1/ を使うプログラムのためのトークンを発行します。トークンは標準出力に一度だけ書かれ、
あとから見ることはできません。画面（設定 → APIトークン）からも発行でき、止めるのも画面で行います。
トークンと責任者は、お互いが書いた配信を承認できません。責任者が管理者でなくなると使えなくなります。

できること（--scopes に、コンマでつなげて書きます）:
` + scopeLines(),
		Example: `  ippo token add --name "広報システム" --owner taro@city.example.jp --scopes read,broadcasts > token.txt
  curl -H "Authorization: Bearer $(cat token.txt)" https://line.example.jp/api/v1/stats`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			who.Token, who.Scopes = true, ippo.ParseScopes(scopes)
			who.Role = who.Scopes.Role()
			if err := who.Validate(); err != nil {
				return err
			}
			st, _, err := data.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, st.Close()) }()
			maker, _, err := st.StaffByEmail(cmd.Context(), owner)
			if errors.Is(err, ippo.ErrNotFound) {
				return usageError{fmt.Sprintf("メールアドレスが %s の職員はいません。--owner に、責任者になる管理者を書いてください。", owner)}
			}
			if err != nil {
				return err
			}
			who.Owner, who.Expires = maker.ID, st.Now().AddDate(0, 0, days)
			token, sum := admin.NewToken()
			made, err := st.CreateToken(cmd.Context(), 0, who, sum)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "「%s」のトークンを発行しました。%sまで使えます。控えたら、ほかの人に見せないでください。\n",
				made.Name, made.Expires.In(ippo.Tokyo).Format(time.DateOnly))
			_, err = fmt.Fprintln(cmd.OutOrStdout(), token)
			return err
		},
	}
	cmd.Flags().StringVar(&who.Name, "name", "", "何のためのトークンかを示す`名前`")
	cmd.Flags().StringVar(&owner, "owner", "", "責任者になる管理者の`メールアドレス`")
	cmd.Flags().StringVar(&scopes, "scopes", "", "`できること`（read,content,campaigns,broadcasts,approve）")
	cmd.Flags().IntVar(&days, "days", 365, "使える`日数`（731まで）")
	return cmd
}

// scopeLines lists the scopes for the help.
func scopeLines() string {
	var lines string
	for _, one := range ippo.AllScopes {
		lines += fmt.Sprintf("  %-11s %s\n", one, one.Words())
	}
	return lines
}
