package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ippo/internal/secret"
	"ippo/store"
)

func newRestoreCommand(env getenv) *cobra.Command {
	return &cobra.Command{
		Use:   "restore ファイル",
		Short: "写しからデータベースを戻します（ippo serve を止めてから）",
		Long: `ippo backup で取った写しを、データフォルダーに戻します。先に ippo serve を止めてください。
いまのデータベースは消さず、名前を変えて残します。

先に、写しを取ったときの鍵（secret.key）をデータフォルダーに置くか、IPPO_SECRET_KEY に
指定してください。

写しを取ったあとに送った配信を、もう一度送ってしまわないように、これから送るはずだった配信は
すべて保留に、定期のお知らせはすべて停止になります。職員画面で確かめて、再開してください。`,
		Example: `  ippo restore /backup/ippo-20260401.db`,
		Args:    exactly("戻すファイル"),
		RunE: func(cmd *cobra.Command, args []string) error {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			kept, err := data.restore(cmd.Context(), args[0], time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s を %s に戻しました。\n", args[0], data.Folder)
			if kept != "" {
				fmt.Fprintf(cmd.ErrOrStderr(), "これまでのデータベースは %s に残してあります。\n", kept)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "これから送るはずだった配信は保留に、定期のお知らせは停止にしました。職員画面で確かめて、再開してください。\n%s\n", data.keyAdvice())
			return nil
		},
	}
}

// restore puts a backup in the place of the database and returns where the old one is kept, "" if
// there was none. Until the backup is known to be sound, to open with our keys and to hold all that
// would leave by itself, nothing in the folder is changed.
func (d dataSettings) restore(ctx context.Context, backup string, now time.Time) (kept string, err error) {
	if err := store.CheckBackup(ctx, backup); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", usageError{fmt.Sprintf("%s がありません。", backup)}
		}
		return "", dataError{fmt.Sprintf("%s は、ippo backup で取った写しではないか、壊れています。何も変えていません。（%v）", backup, err)}
	}
	unlock, err := d.lock()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if d.Keys == nil && !exists(filepath.Join(d.Folder, keyFile)) {
		return "", keysMissing(d.Folder)
	}
	keys, err := d.keys()
	if err != nil {
		return "", err
	}

	apart, err := os.MkdirTemp(d.Folder, "restoring-")
	if err != nil {
		return "", fmt.Errorf("make a folder to restore in: %w", err)
	}
	defer os.RemoveAll(apart)
	if err := copyFile(filepath.Join(apart, store.File), backup); err != nil {
		return "", err
	}
	if err := hold(ctx, apart, keys); err != nil {
		if errors.Is(err, secret.ErrSealed) {
			return "", wrongKeys(backup)
		}
		return "", err
	}
	return d.replace(filepath.Join(apart, store.File), now)
}

// hold opens the restored database, brings it up to date, and holds all that would leave by itself.
func hold(ctx context.Context, folder string, keys *secret.Keyring) (err error) {
	st, err := store.Open(ctx, folder, keys)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := st.CheckKeys(ctx); err != nil {
		return err
	}
	return st.HoldEverything(ctx, "写しから戻したため、止めています。もう送っていないか確かめてから、再開してください。")
}

// replace puts a database in its place and keeps the one that was there, its journal included.
func (d dataSettings) replace(with string, now time.Time) (kept string, err error) {
	place := filepath.Join(d.Folder, store.File)
	if d.hasDatabase() {
		kept = place + now.Format(".20060102-150405")
		for _, suffix := range []string{"-wal", "-shm", ""} {
			err := os.Rename(place+suffix, kept+suffix)
			if err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
				return "", fmt.Errorf("keep the present database: %w", err)
			}
		}
	}
	if err := os.Rename(with, place); err != nil {
		return "", fmt.Errorf("put the restored database in place: %w", err)
	}
	return kept, nil
}

func copyFile(to, from string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	if err := errors.Join(err, w.Sync(), w.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}
