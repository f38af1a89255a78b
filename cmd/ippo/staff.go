package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ippo"
	"ippo/admin"
)

func newStaffCommand(env getenv) *cobra.Command {
	return group("staff", "職員を登録します", newStaffAddCommand(env), newStaffResetCommand(env))
}

func newStaffAddCommand(env getenv) *cobra.Command {
	var (
		who  ippo.Staff
		role string
		pipe bool
	)
	cmd := &cobra.Command{
		Use:   "add",
		Short: "職員を加えます",
		Long: `職員画面に入れる人を加えます。パスワードは画面でたずねます（打った文字は出ません）。
動いている ippo serve を止める必要はありません。

役割:
  viewer    閲覧者  見るだけ
  editor    作成者  お知らせや配信を作る
  approver  承認者  ほかの人が作った配信を承認する
  admin     管理者  職員と設定を変える`,
		Example: `  ippo staff add --name "職員 太郎" --email taro@city.example.jp --role admin
  ippo staff add --name "職員 花子" --email hanako@city.example.jp --role editor --password-stdin < password.txt`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			who.Role = ippo.Role(role)
			if err := who.Validate(); err != nil {
				return err
			}
			password, err := readPassword(cmd, pipe)
			if err != nil {
				return err
			}
			if err := admin.CheckPassword(password, who.Name, who.Email); err != nil {
				return err
			}
			hash, err := admin.HashPassword(password)
			if err != nil {
				return err
			}
			st, _, err := data.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, st.Close()) }()
			made, err := st.CreateStaff(cmd.Context(), 0, who, hash)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.ErrOrStderr(), "%s（%s）を加えました。\n", made.Email, made.Role.Words())
			return err
		},
	}
	cmd.Flags().StringVar(&who.Name, "name", "", "職員の`名前`")
	cmd.Flags().StringVar(&who.Email, "email", "", "`メールアドレス`（ログインに使います）")
	cmd.Flags().StringVar(&role, "role", "", "`役割`（viewer, editor, approver, admin）")
	cmd.Flags().BoolVar(&pipe, "password-stdin", false, "パスワードを標準入力の1行目から読みます")
	return cmd
}

func newStaffResetCommand(env getenv) *cobra.Command {
	var (
		email          string
		password, pipe bool
	)
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "スマートフォンやパスワードをなくした職員が、また入れるようにします",
		Long: `二段階認証を外し、続けて間違えたための待ち時間をなくし、ログインしている画面をすべて閉じます。
--password を付けると、新しいパスワードもたずねます。動いている ippo serve を止める必要はありません。
操作の記録に残ります。本人であることを、先に確かめてください。`,
		Example: `  ippo staff reset --email taro@city.example.jp
  ippo staff reset --email taro@city.example.jp --password`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
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
			who, _, err := st.StaffByEmail(cmd.Context(), email)
			if errors.Is(err, ippo.ErrNotFound) {
				return usageError{fmt.Sprintf("メールアドレスが %s の職員はいません。", email)}
			}
			if err != nil {
				return err
			}
			hash := ""
			if password || pipe {
				typed, err := readPassword(cmd, pipe)
				if err != nil {
					return err
				}
				if err := admin.CheckPassword(typed, who.Name, who.Email); err != nil {
					return err
				}
				if hash, err = admin.HashPassword(typed); err != nil {
					return err
				}
			}
			if err := st.ResetStaff(cmd.Context(), who, hash); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.ErrOrStderr(), "%s がまた入れるようにしました。二段階認証は、次に入ったときに設定しなおしてください。\n", who.Email)
			return err
		},
	}
	cmd.Flags().StringVar(&email, "email", "", "職員の`メールアドレス`")
	cmd.Flags().BoolVar(&password, "password", false, "新しいパスワードもたずねます")
	cmd.Flags().BoolVar(&pipe, "password-stdin", false, "新しいパスワードを標準入力の1行目から読みます")
	return cmd
}

// readPassword reads a password from a terminal, twice and unseen, or one line of standard input.
func readPassword(cmd *cobra.Command, pipe bool) (string, error) {
	if pipe {
		line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 4<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	if !isTerminal(os.Stdin) {
		return "", usageError{"パスワードをたずねる画面がありません。--password-stdin を付けて、標準入力から渡してください。"}
	}
	var typed [2][]byte
	for i, ask := range []string{"パスワード: ", "もう一度: "} {
		fmt.Fprint(cmd.ErrOrStderr(), ask)
		var err error
		typed[i], err = term.ReadPassword(int(os.Stdin.Fd()))
		fmt.Fprintln(cmd.ErrOrStderr())
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
	}
	if string(typed[0]) != string(typed[1]) {
		return "", usageError{"2回のパスワードが違います。もう一度お試しください。"}
	}
	return string(typed[0]), nil
}
