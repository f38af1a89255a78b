package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ippo/store"
)

func newServeCommand(env getenv) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "LINEにつないで動かします",
		Long: `LINEからの知らせを受け、職員画面を開き、配信を行います。設定はすべて環境変数で行います。

必ず要るもの:
  LINE_CHANNEL_SECRET        チャネルシークレット（切り替え中はコンマ区切りで2つ）
  LINE_CHANNEL_ACCESS_TOKEN  チャネルアクセストークン（長期）。代わりに LINE_CHANNEL_ID でもよい
  IPPO_PUBLIC_URL            住民に送るリンクの先頭（例: https://line.example.jp）

要るときだけ:
  IPPO_ADDR                  待ち受けるアドレス（なければ PORT、それもなければ :8080）
  IPPO_DATA                  データを置くフォルダー（なければ ./data）
  IPPO_SECRET_KEY            個人情報の鍵（なければ IPPO_DATA の secret.key。初回に作ります）
  IPPO_LINE_RATES            LINEへの送信の速さを下げる（例: multicast=20,push=500）
  IPPO_SMTP_URL              職員へのメール（例: smtps://user:pass@mail.example.jp:465?from=ippo@example.jp）
  IPPO_TRUSTED_PROXIES       手前に置いたプロキシのアドレス（例: 10.0.0.0/8）
  IPPO_PANEL_FROM            職員画面を開いてよい場所（例: 203.0.113.0/24）。なければ、どこからでも
  IPPO_METRICS_TOKEN         /metrics をほかのコンピューターから読むときの合言葉
  IPPO_LOG, IPPO_LOG_LEVEL   記録の形（text, json）と細かさ（debug, info, warn, error）
  LINE_API_ENDPOINT, LINE_DATA_ENDPOINT  LINEの代わりのサーバーで試すとき

止めるときは Ctrl-C か SIGTERM を送ってください。送りかけのものを片づけて、10秒以内に終わります。`,
		Example: `  LINE_CHANNEL_SECRET=… LINE_CHANNEL_ACCESS_TOKEN=… IPPO_PUBLIC_URL=https://line.example.jp ippo serve`,
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(store.From(cmd.Context(), ""), env)
		},
	}
}

// serve runs until ctx ends.
func serve(ctx context.Context, env getenv) (err error) {
	set := &settings{env: env}
	log := set.logger(os.Stderr)
	data, channel, web := set.data(), set.line(), set.web()
	smtp := set.smtp()
	if err := set.err(); err != nil {
		return err
	}

	unlock, err := data.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	st, keys, err := data.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()

	texts, faults, err := data.catalogs()
	if err != nil {
		return err
	}
	warnOfFaults(log, faults)
	if set.cannotTellPlaces() {
		log.Warn("IPPO_PANEL_FROM cannot tell places apart: every request seems to come from the proxy before us. Name it in IPPO_TRUSTED_PROXIES")
	}
	m := newMetrics()
	m.watch(st, log)
	srv, err := newServer(log, m, web.TrustedProxies)
	if err != nil {
		return err
	}
	srv.health(st, web.MetricsToken)
	workers, _, err := center{
		store:     st,
		keys:      keys,
		channel:   channel,
		publicURL: web.PublicURL,
		panelFrom: web.PanelFrom,
		smtp:      smtp,
		now:       time.Now,
		log:       log,
		metrics:   m,
		texts:     texts,
	}.open(srv)
	if err != nil {
		return err
	}
	staff, err := st.StaffList(ctx)
	if err != nil {
		return err
	}
	if len(staff) == 0 {
		log.Warn("nobody can sign in to the panel yet: add somebody with ippo staff add --role admin")
	}
	l, err := net.Listen("tcp", web.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	debug.FreeOSMemory() // what reading templates and texts left behind
	log.Info("ready", "addr", l.Addr().String(), "public", web.PublicURL, "data", data.Folder, "version", version())
	err = srv.run(ctx, l, workers...)
	log.Info("stopped")
	return err
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
