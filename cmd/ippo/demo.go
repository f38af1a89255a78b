package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/spf13/cobra"

	"ippo"
	"ippo/admin"
	"ippo/internal/democity"
	"ippo/internal/holiday"
	"ippo/internal/linesim"
	"ippo/internal/secret"
	"ippo/store"
)

func newDemoCommand() *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "架空の市で、すぐに試せます（設定もLINEの契約もいりません）",
		Long: `架空の「みらい市」のデータと、このコンピューターの中だけで動く仮のLINEで、住民の
スマートフォンと職員画面を並べて試せます。だれにも何も送られません。

表示されたアドレスをブラウザーで開いてください。止めるには Ctrl-C を押します。`,
		Example: `  ippo demo
  ippo demo --data ./demo-data    # 終わってもデータを残し、次に続きから始めます`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(store.From(cmd.Context(), ""), cmd.OutOrStdout(), folder)
		},
	}
	cmd.Flags().StringVar(&folder, "data", "", "データを残す`フォルダー`（なければ、終わるときに消します）")
	return cmd
}

// demo runs until ctx ends.
func demo(ctx context.Context, out io.Writer, folder string) (err error) {
	kept := folder != ""
	if !kept {
		if folder, err = os.MkdirTemp("", "ippo-demo-"); err != nil {
			return fmt.Errorf("make a temporary folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	}
	data := dataSettings{Folder: folder}
	unlock, err := data.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	clock, err := openDemoClock(filepath.Join(folder, "demo.clock"), time.Now)
	if err != nil {
		return err
	}
	l, err := listenDemo()
	if err != nil {
		return err
	}
	defer l.Close() // does nothing once served
	base := "http://" + l.Addr().String()
	st, keys, err := openDemoCity(ctx, data, base, clock.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	st.Now = clock.Now

	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	texts, faults, err := data.catalogs()
	if err != nil {
		return err
	}
	warnOfFaults(log, faults)
	settings, err := st.Settings(ctx)
	if err != nil {
		return err
	}
	platform := linesim.New(linesim.Options{
		ChannelID:         "1000000000",
		ChannelSecret:     rand.Text(),
		AccessToken:       rand.Text(),
		WebhookURL:        base + "/line/webhook",
		Webhooks:          linesim.WebhookSettings{Redeliver: true},
		BasicID:           "@mirai-demo",
		DisplayName:       settings.Office.Account,
		Quota:             5000,
		AllowLoopbackHTTP: true,
		Now:               clock.Now,
		Log:               log,
	})
	defer platform.Close()
	sent, err := st.Stats(ctx, store.Waiting{})
	if err != nil {
		return err
	}
	platform.SetUsed(int64(sent.SentMonth))
	if err := addPeople(ctx, platform, st); err != nil {
		return err
	}

	m := newMetrics()
	m.watch(st, log)
	srv, err := newServer(log, m, nil)
	if err != nil {
		return err
	}
	srv.health(st, "")
	channel := lineSettings{
		ChannelSecrets: []string{platform.Options().ChannelSecret},
		AccessToken:    platform.Options().AccessToken,
		APIEndpoint:    base + "/sim/line",
		DataEndpoint:   base + "/sim/line",
	}
	// The simulated LINE knows no menu of an earlier demo.
	if err := st.ForgetRichMenu(ctx); err != nil {
		return err
	}
	workers, wake, err := center{
		store:     st,
		keys:      keys,
		channel:   channel,
		publicURL: base,
		now:       clock.Now,
		log:       log,
		metrics:   m,
		texts:     texts,
		framed:    true,
		chatURL: func(text string) (string, error) {
			return base + "/phone/?" + url.Values{"add": {"1"}, "text": {text}}.Encode(), nil
		},
	}.open(srv)
	if err != nil {
		return err
	}
	srv.Any("/sim/line/*path", gin.WrapH(http.StripPrefix("/sim/line", platform.Handler())))
	srv.Any("/phone/*path", gin.WrapH(http.StripPrefix("/phone", platform.Phone())))
	page := demoPage{store: st, clock: clock, wake: wake, log: log}
	if err := page.routes(srv.Engine); err != nil {
		return err
	}
	// The phones' event streams end with the platform, and the drain waits for them.
	workers = append(workers, func(ctx context.Context) error {
		<-ctx.Done()
		platform.Close()
		return nil
	}, func(ctx context.Context) error {
		// The phone that is open first is not empty: its owner has just asked what is new.
		if _, err := platform.Say(democity.Followers()[0].LineUserID, "お知らせ"); err != nil {
			return fmt.Errorf("ask for news on the first phone: %w", err)
		}
		return nil
	})

	welcome(out, base, kept)
	err = srv.run(ctx, l, workers...)
	fmt.Fprintln(out, "デモを終わりました。")
	return err
}

// openDemoCity opens the town in the data folder, and fills it first if there is none. It is filled
// apart and put in place whole, so that a demo stopped at its first moment leaves no half of a town.
func openDemoCity(ctx context.Context, data dataSettings, base string, now time.Time) (*store.Store, *secret.Keyring, error) {
	if data.hasDatabase() {
		return data.open(ctx)
	}
	keys, err := data.keys()
	if err != nil {
		return nil, nil, err
	}
	apart, err := os.MkdirTemp(data.Folder, "filling-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder to fill: %w", err)
	}
	defer os.RemoveAll(apart)
	if err := democity.Fill(ctx, apart, base, keys, now, holiday.Japan(), admin.HashPassword); err != nil {
		return nil, nil, err
	}
	if err := os.Rename(filepath.Join(apart, store.File), filepath.Join(data.Folder, store.File)); err != nil {
		return nil, nil, err
	}
	return data.open(ctx)
}

// addPeople puts on the simulated LINE everyone who follows the account: the town's people in their
// order, as they are in the database, and those who were added in an earlier demo.
func addPeople(ctx context.Context, platform *linesim.Platform, st *store.Store) error {
	for _, p := range democity.Followers() {
		platform.AddUser(linesim.User{ID: p.LineUserID, DisplayName: p.Name, Language: p.Language, Friend: !p.Blocked, Blocked: p.Blocked})
	}
	for page := (store.Page{Limit: 500}); ; {
		people, _, err := st.Followers(ctx, store.FollowerFilter{}, page)
		if err != nil {
			return err
		}
		for _, f := range people.Items {
			u, _ := platform.User(f.LineUserID)
			u.ID, u.DisplayName = f.LineUserID, f.DisplayName
			u.Friend, u.Blocked = f.Status == ippo.FollowerActive, f.Status == ippo.FollowerBlocked
			platform.AddUser(u)
		}
		if page.After = people.Later; page.After == "" {
			return nil
		}
	}
}

// listenDemo listens on loopback, on 8080 or the next port that is free.
func listenDemo() (net.Listener, error) {
	const first, last = 8080, 8180
	for port := first; port <= last; port++ {
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("no free port between %d and %d on 127.0.0.1", first, last)
}

// welcome prints what to open and with what to sign in.
func welcome(out io.Writer, base string, kept bool) {
	fmt.Fprintf(out, `みらい市のデモを始めました。仮のLINEなので、だれにも何も送られません。

  はじめの画面    %[1]s/
  スマートフォン  %[1]s/phone/
  職員画面        %[1]s/admin/

職員のログイン
`, base)
	for _, l := range democity.Logins() {
		fmt.Fprintf(out, "  %s  %-26s パスワード %s\n", demoRole(l.Role), l.Email, l.Password)
	}
	if kept {
		fmt.Fprintln(out, "\n止めるには Ctrl-C を押してください。データは残り、次に続きから始められます。")
	} else {
		fmt.Fprintln(out, "\n止めるには Ctrl-C を押してください。データは終わると消えます。")
	}
}

// demoRole is what a login of the demo is for.
func demoRole(r ippo.Role) string {
	if r.Includes(ippo.Approver) {
		return ippo.Approver.Words()
	}
	return r.Words()
}
