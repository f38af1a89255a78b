package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/secret"
)

// settings are what the environment says, and all that is wrong with it. Each command asks for the
// sections it needs, so that adding a member of staff does not want a LINE token, and then for
// settings.err, so that everything wrong is said at once.
type settings struct {
	env      getenv
	problems ippo.Problems
}

func (s *settings) err() error {
	if len(s.problems) == 0 {
		return nil
	}
	return settingsError{s.problems}
}

func (s *settings) get(name string) string { return strings.TrimSpace(s.env(name)) }

// dataSettings say where the data are and how they are locked.
type dataSettings struct {
	Folder string
	Keys   *secret.Keyring // nil: kept in the folder
}

func (s *settings) data() dataSettings {
	d := dataSettings{Folder: s.get("IPPO_DATA")}
	if d.Folder == "" {
		d.Folder = "data"
	}
	if setting := s.get("IPPO_SECRET_KEY"); setting != "" {
		keys, err := secret.Parse(setting)
		if err != nil {
			s.problems.Add("IPPO_SECRET_KEY", "32バイトの鍵をBase64で書いてください（例: openssl rand -base64 32 の結果）。複数あるときはコンマで区切り、新しい鍵を先頭に置きます。")
		}
		d.Keys = keys
	}
	return d
}

// lineSettings say how LINE is reached.
type lineSettings struct {
	ChannelSecrets []string
	AccessToken    string
	ChannelID      string
	APIEndpoint    string
	DataEndpoint   string
	Rates          line.Rates
}

// maxChannelSecrets: the old one and the new one while a secret is being changed.
const maxChannelSecrets = 2

func (s *settings) line() lineSettings {
	l := lineSettings{
		AccessToken:  s.get("LINE_CHANNEL_ACCESS_TOKEN"),
		ChannelID:    s.get("LINE_CHANNEL_ID"),
		APIEndpoint:  s.endpoint("LINE_API_ENDPOINT", line.APIEndpoint),
		DataEndpoint: s.endpoint("LINE_DATA_ENDPOINT", line.DataEndpoint),
	}
	switch setting := s.get("LINE_CHANNEL_SECRET"); setting {
	case "":
		s.problems.Add("LINE_CHANNEL_SECRET", "LINE Developers の「チャネル基本設定」にあるチャネルシークレットを指定してください。")
	default:
		for one := range strings.SplitSeq(setting, ",") {
			l.ChannelSecrets = append(l.ChannelSecrets, strings.TrimSpace(one))
		}
		for _, one := range l.ChannelSecrets {
			if one == "" || len(l.ChannelSecrets) > maxChannelSecrets {
				s.problems.Add("LINE_CHANNEL_SECRET", "チャネルシークレットは1つ、切り替えの間だけコンマで区切って2つまで書けます（例: 新しいもの,古いもの）。")
				break
			}
		}
	}
	if l.AccessToken == "" && l.ChannelID == "" {
		s.problems.Add("LINE_CHANNEL_ACCESS_TOKEN", "LINE Developers の「Messaging API設定」で発行したチャネルアクセストークン（長期）を指定してください。代わりに LINE_CHANNEL_ID を指定すると、短いトークンを自動で取り直します。")
	}
	if strings.ContainsAny(l.AccessToken, " \t\r\n") {
		s.problems.Add("LINE_CHANNEL_ACCESS_TOKEN", "途中に空白や改行が入っています。コピーし直してください。")
	}
	if _, err := strconv.ParseUint(l.ChannelID, 10, 64); l.ChannelID != "" && err != nil {
		s.problems.Add("LINE_CHANNEL_ID", "「チャネル基本設定」にある数字だけのチャネルIDを指定してください（例: 1234567890）。")
	}
	rates, err := line.ParseRates(s.get("IPPO_LINE_RATES"))
	if err != nil {
		s.problems.Add("IPPO_LINE_RATES", err.Error()) // said for operators by package line
	}
	l.Rates = rates
	return l
}

func (s *settings) endpoint(name, standard string) string {
	setting := s.get(name)
	if setting == "" {
		return standard
	}
	u, err := url.Parse(setting)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" {
		s.problems.Addf(name, "ふだんは指定しません。指定するときは「%s」のようなアドレスにしてください。", standard)
	}
	return strings.TrimSuffix(setting, "/")
}

// webSettings say where this server listens and how it is reached.
type webSettings struct {
	Addr           string
	PublicURL      string
	TrustedProxies []netip.Prefix
	PanelFrom      []netip.Prefix // from where staff may open the panel; none: from everywhere
	MetricsToken   string
}

// minMetricsToken keeps the metrics' token out of reach of guessing.
const minMetricsToken = 16

func (s *settings) web() webSettings {
	w := webSettings{Addr: s.get("IPPO_ADDR"), PublicURL: s.publicURL(), MetricsToken: s.get("IPPO_METRICS_TOKEN")}
	if w.Addr == "" {
		w.Addr = ":8080"
		if port := s.get("PORT"); port != "" {
			w.Addr = ":" + port
			if !isPort(port) {
				s.problems.Add("PORT", "1から65535までの番号を指定してください（例: 8080）。")
			}
		}
	} else if _, port, err := net.SplitHostPort(w.Addr); err != nil || !isPort(port) {
		s.problems.Add("IPPO_ADDR", "待ち受けるアドレスを「:8080」か「127.0.0.1:8080」のように指定してください。")
	}
	w.TrustedProxies = s.networks("IPPO_TRUSTED_PROXIES", "手前のプロキシのアドレスを「10.0.0.0/8,127.0.0.1」のように書いてください。")
	w.PanelFrom = s.networks("IPPO_PANEL_FROM", "職員画面を開いてよい場所のアドレスを「203.0.113.0/24,198.51.100.7」のように書いてください。")
	if n := len(w.MetricsToken); n > 0 && n < minMetricsToken {
		s.problems.Addf("IPPO_METRICS_TOKEN", "%d文字以上にしてください（例: openssl rand -hex 16 の結果）。", minMetricsToken)
	}
	return w
}

// cannotTellPlaces reports whether the panel is kept to some places that cannot be told apart: what is reached by https
// is behind a proxy, and without its name every request comes from the proxy's own address.
func (s *settings) cannotTellPlaces() bool {
	return s.get("IPPO_PANEL_FROM") != "" && s.get("IPPO_TRUSTED_PROXIES") == "" && strings.HasPrefix(s.get("IPPO_PUBLIC_URL"), "https:")
}

func (s *settings) publicURL() string {
	setting := s.get("IPPO_PUBLIC_URL")
	if setting == "" {
		s.problems.Add("IPPO_PUBLIC_URL", "住民に送るリンクの先頭になる、このサーバーのアドレスを指定してください（例: https://line.example.jp）。")
		return ""
	}
	u, err := url.Parse(setting)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.Trim(u.Path, "/") != "":
		s.problems.Add("IPPO_PUBLIC_URL", "「https://line.example.jp」のように、ホスト名までを指定してください。")
		return ""
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		s.problems.Add("IPPO_PUBLIC_URL", "「https://」で始まるアドレスにしてください（http はこのコンピューターの中で試すときだけ使えます）。")
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// smtp returns the mail server's URL, or nil when staff are not mailed.
func (s *settings) smtp() *url.URL {
	setting := s.get("IPPO_SMTP_URL")
	if setting == "" {
		return nil
	}
	u, err := url.Parse(setting)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		s.problems.Add("IPPO_SMTP_URL", "「smtps://利用者:パスワード@mail.example.jp:465?from=ippo@example.jp」のように指定してください。パスワードの記号は%40のように書き換えます。")
		return nil
	}
	if from, err := mail.ParseAddress(u.Query().Get("from")); err != nil || from.Name != "" {
		s.problems.Add("IPPO_SMTP_URL", "差出人のアドレスを、最後に「?from=ippo@example.jp」のように加えてください。")
		return nil
	}
	return u
}

// logger returns the logger that IPPO_LOG and IPPO_LOG_LEVEL ask for.
func (s *settings) logger(w *os.File) *slog.Logger {
	var level slog.Level
	if setting := s.get("IPPO_LOG_LEVEL"); setting != "" {
		if err := level.UnmarshalText([]byte(setting)); err != nil {
			s.problems.Add("IPPO_LOG_LEVEL", "debug、info、warn、error のどれかにしてください。")
		}
	}
	options := &slog.HandlerOptions{Level: level}
	switch s.get("IPPO_LOG") {
	case "text":
		return slog.New(slog.NewTextHandler(w, options))
	case "json":
		return slog.New(slog.NewJSONHandler(w, options))
	case "":
		if isTerminal(w) {
			return slog.New(slog.NewTextHandler(w, options))
		}
		return slog.New(slog.NewJSONHandler(w, options))
	}
	s.problems.Add("IPPO_LOG", "text か json にしてください。")
	return slog.New(slog.NewTextHandler(w, options))
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// networks reads addresses and networks parted by commas; mend says how to write them.
func (s *settings) networks(name, mend string) (all []netip.Prefix) {
	for one := range strings.SplitSeq(s.get(name), ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		network, err := netip.ParsePrefix(one)
		if address, not := netip.ParseAddr(one); not == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			s.problems.Addf(name, "「%.60s」は読めません。%s", one, mend)
			continue
		}
		all = append(all, network)
	}
	return all
}

// keysMissing: there is a database, but the key that its personal data was sealed with is gone.
func keysMissing(folder string) error {
	return settingsError{ippo.Problems{{
		Field:   "IPPO_SECRET_KEY",
		Message: fmt.Sprintf("%s に鍵のファイル secret.key がありません。しまっておいた secret.key を置くか、その中身を指定してください。新しい鍵では、これまでの個人情報を読めません。", folder),
	}}}
}

// wrongKeys: the keys are not those that the personal data was sealed with.
func wrongKeys(folder string) error {
	return settingsError{ippo.Problems{{
		Field:   "IPPO_SECRET_KEY",
		Message: fmt.Sprintf("%s のデータベースは、別の鍵で守られています。このデータベースを使っていたときの secret.key（または IPPO_SECRET_KEY）にしてください。", folder),
	}}}
}
