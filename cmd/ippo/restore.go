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
すべて保留に、定期のお知らせはすべて停止になります。職員画面で確かめて、再開してください。

写しを取ったあとにデータを消した方は、戻したデータベースからも、もう一度消します。だれを
消したかは、いまのデータベースから読み取ります。`,
		Example: `  ippo restore /backup/ippo-20260401.db`,
		Args:    exactly("戻すファイル"),
		RunE: func(cmd *cobra.Command, args []string) error {
			set := &settings{env: env}
			data := set.data()
			if err := set.err(); err != nil {
				return err
			}
			done, err := data.restore(cmd.Context(), args[0], time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s を %s に戻しました。\n", args[0], data.Folder)
			if done.kept != "" {
				fmt.Fprintf(cmd.ErrOrStderr(), "これまでのデータベースは %s に残してあります。\n", done.kept)
			}
			switch {
			case done.unread:
				fmt.Fprintln(cmd.ErrOrStderr(), "注意: これまでのデータベースがないか、読めないため、写しを取ったあとにだれのデータを消したかがわかりません。戻したデータベースに、その方たちのデータが残っています。")
			case done.erased > 0:
				fmt.Fprintf(cmd.ErrOrStderr(), "写しを取ったあとにデータを消した%d人を、もう一度消しました。\n", done.erased)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "これから送るはずだった配信は保留に、定期のお知らせは停止にしました。職員画面で確かめて、再開してください。\n%s\n", data.keyAdvice())
			return nil
		},
	}
}

// restored is what became of a restore.
type restored struct {
	kept   string // where the old database is; "" if there was none
	erased int    // people whom the old one had forgotten
	unread bool   // the old one cannot tell whom
}

// restore puts a backup in the place of the database. Until the backup is known to be sound, to open with our
// keys, to hold all that would leave by itself and to have forgotten whom the old database has forgotten,
// nothing in the folder is changed.
func (d dataSettings) restore(ctx context.Context, backup string, now time.Time) (done restored, err error) {
	if err := store.CheckBackup(ctx, backup); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return done, usageError{fmt.Sprintf("%s がありません。", backup)}
		}
		return done, dataError{fmt.Sprintf("%s は、ippo backup で取った写しではないか、壊れています。何も変えていません。（%v）", backup, err)}
	}
	unlock, err := d.lock()
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if d.Keys == nil && !exists(filepath.Join(d.Folder, keyFile)) {
		return done, keysMissing(d.Folder)
	}
	keys, err := d.keys()
	if err != nil {
		return done, err
	}

	apart, err := os.MkdirTemp(d.Folder, "restoring-")
	if err != nil {
		return done, fmt.Errorf("make a folder to restore in: %w", err)
	}
	defer os.RemoveAll(apart)
	if err := copyFile(filepath.Join(apart, store.File), backup); err != nil {
		return done, err
	}
	forgotten, err := d.forgotten(ctx, keys)
	done.unread = err != nil
	if done.erased, err = hold(ctx, apart, keys, forgotten); err != nil {
		if errors.Is(err, secret.ErrSealed) {
			return done, wrongKeys(backup)
		}
		return done, err
	}
	done.kept, err = d.replace(filepath.Join(apart, store.File), now)
	return done, err
}

// forgotten is whom the database in the folder has forgotten. That there is none, or that it is broken, is why
// somebody restores: then nobody knows.
func (d dataSettings) forgotten(ctx context.Context, keys *secret.Keyring) (f store.Forgotten, err error) {
	st, err := store.OpenReadOnly(ctx, d.Folder, keys)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.Forgotten(ctx)
}

// hold opens the restored database, brings it up to date, holds all that would leave by itself, and erases who
// was forgotten since.
func hold(ctx context.Context, folder string, keys *secret.Keyring, forgotten store.Forgotten) (erased int, err error) {
	st, err := store.Open(ctx, folder, keys)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := st.CheckKeys(ctx); err != nil {
		return 0, err
	}
	if erased, err = st.EraseAgain(ctx, forgotten); err != nil {
		return 0, err
	}
	return erased, st.HoldEverything(ctx, "写しから戻したため、止めています。もう送っていないか確かめてから、再開してください。")
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
