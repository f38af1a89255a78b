package main

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ippo"
)

func newTokenCommand(env getenv) *cobra.Command {
	return group("token", "APIトークンを発行します", newTokenAddCommand(env))
}

func newTokenAddCommand(env getenv) *cobra.Command {
	var (
		who  ippo.Staff
		role string
	)
	cmd := &cobra.Command{
		Use:   "add",
		Short: "APIトークンを発行し、標準出力に一度だけ書きます",
		Long: `/api/v1/ を使うプログラムのためのトークンを発行します。トークンは標準出力に一度だけ書かれ、
あとから見ることはできません。トークンは一人の職員として扱われ、自分で作った配信は承認できません。`,
		Example: `  ippo token add --name "広報システム" --role editor > token.txt
  curl -H "Authorization: Bearer $(cat token.txt)" https://line.example.jp/api/v1/stats`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			who.Role, who.Token = ippo.Role(role), true
			if err := who.Validate(); err != nil {
				return err
			}
			st, _, err := data.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, st.Close()) }()
			token := newToken()
			hash := sha256.Sum256([]byte(token))
			made, err := st.CreateToken(cmd.Context(), 0, who, hash[:])
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "「%s」（%s）のトークンを発行しました。控えたら、ほかの人に見せないでください。\n", made.Name, made.Role.Words())
			_, err = fmt.Fprintln(cmd.OutOrStdout(), token)
			return err
		},
	}
	cmd.Flags().StringVar(&who.Name, "name", "", "何のためのトークンかを示す`名前`")
	cmd.Flags().StringVar(&role, "role", "", "`役割`（viewer, editor, approver, admin）")
	return cmd
}

// newToken makes an API token of 130 random bits. What it begins with lets scanners recognise one
// that was published by mistake.
func newToken() string { return "ippo_" + rand.Text() }
