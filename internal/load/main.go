// Command load measures the program as it runs: it builds ippo, starts it as its own process against
// a simulated LINE on this machine, and prints one table of figures. Everything stays on loopback,
// is bounded, and ends by itself.
//
//	go run ./internal/load
//	go run ./internal/load -followers 300000 -recipients 300000 -webhooks 20000
//
// While the broadcast runs, residents write, tap and send stickers at a steady rate; how long LINE waits
// for the answer to each webhook is counted from when it was due to be sent, so that a stall counts for
// all whom it kept waiting.
//
// LINE's rates are enforced, so that a broadcast takes no less than an even pace at 200 requests a
// second allows: 3.0 s for 300,000 recipients.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"

	"ippo/internal/linesim"
)

const secret, token = "load-channel-secret", "load-channel-token"

func main() {
	var l load
	flag.IntVar(&l.followers, "followers", 300_000, "how many followers the database holds")
	flag.IntVar(&l.recipients, "recipients", 30_000, "how many of them a broadcast goes to")
	flag.DurationVar(&l.answers, "answers", 50*time.Millisecond, "how long LINE takes to answer a send")
	flag.IntVar(&l.webhooks, "webhooks", 20_000, "how many webhooks are posted")
	flag.IntVar(&l.senders, "senders", 64, "how many of them at once")
	flag.IntVar(&l.pace, "pace", 500, "how many webhooks a second arrive while the broadcast runs")
	bare := flag.String("bare", "", "serve the bare handler on this address; used by the program itself")
	flag.Parse()
	if *bare != "" {
		serveBare(*bare)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if err := l.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

type load struct {
	followers, recipients, webhooks, senders, pace int
	answers                                        time.Duration

	dir     string // temporary
	bin     string
	env     []string
	base    string // of serve
	serving *process
	replies replies
}

func (l *load) run(ctx context.Context) (err error) {
	if l.dir, err = os.MkdirTemp("", "ippo-load-"); err != nil {
		return err
	}
	defer os.RemoveAll(l.dir)
	l.bin = filepath.Join(l.dir, "ippo")
	build := exec.CommandContext(ctx, "go", "build", "-tags=nomsgpack", "-trimpath", "-ldflags=-s -w", "-o", l.bin, "./cmd/ippo")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	info, err := os.Stat(l.bin)
	if err != nil {
		return err
	}
	report("binary", "%.1f MB", float64(info.Size())/1e6)

	platform := linesim.New(linesim.Options{
		ChannelSecret: secret, AccessToken: token, DiscardMessages: true, AllowLoopbackHTTP: true,
	})
	defer platform.Close()
	platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, Delay: l.answers})
	sim, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", platform.Handler())
	mux.Handle("POST /v2/bot/message/reply", &l.replies)
	line := &http.Server{Handler: mux}
	go line.Serve(sim)
	defer line.Close()

	addr, err := freeAddress()
	if err != nil {
		return err
	}
	l.base = "http://" + addr
	l.env = append(os.Environ(),
		"LINE_CHANNEL_SECRET="+secret, "LINE_CHANNEL_ACCESS_TOKEN="+token,
		"LINE_API_ENDPOINT=http://"+sim.Addr().String(), "LINE_DATA_ENDPOINT=http://"+sim.Addr().String(),
		"IPPO_ADDR="+addr, "IPPO_PUBLIC_URL="+l.base, "IPPO_DATA="+filepath.Join(l.dir, "data"), "IPPO_LOG_LEVEL=error")

	writer, err := l.token(ctx, "writer", "read,content,broadcasts")
	if err != nil {
		return err
	}
	approver, err := l.token(ctx, "approver", "read,approve")
	if err != nil {
		return err
	}
	api := &api{base: l.base}
	if err := l.topics(ctx, api, writer); err != nil {
		return err
	}
	if err := l.fill(ctx, platform); err != nil {
		return err
	}
	serve, err := l.serve(ctx)
	if err != nil {
		return err
	}
	defer serve.end()
	l.serving = serve
	report("start to ready", "%.0f ms with %d followers", serve.took.Seconds()*1000, l.followers)
	serve.memory("memory when ready")

	for _, measure := range []func() error{
		func() error { return api.count(writer) },
		func() error { return l.alone(ctx) },
		func() error { return l.broadcast(ctx, api, writer, approver) },
		func() error { serve.memory("memory after the broadcast"); return nil },
		func() error { return l.webhook(ctx) },
		func() error { serve.memory("memory after the webhooks"); return nil },
	} {
		if err := measure(); err != nil {
			return err
		}
	}
	return nil
}

// topics makes the two that followers choose between.
func (l *load) topics(ctx context.Context, a *api, writer string) error {
	serve, err := l.serve(ctx)
	if err != nil {
		return err
	}
	defer serve.end()
	for _, slug := range []string{"some", "other"} {
		if err := a.call(writer, http.MethodPost, "/topics", map[string]any{"slug": slug, "name": slug}, &struct{}{}); err != nil {
			return err
		}
	}
	return nil
}

// fill imports the followers, who are strangers to nobody: the simulated LINE knows them too.
func (l *load) fill(ctx context.Context, platform *linesim.Platform) error {
	var csv bytes.Buffer
	csv.WriteString("line_user_id,display_name,topics\n")
	for i := range l.followers {
		u := platform.AddUser(linesim.User{ID: userID(i), DisplayName: "友だち", Friend: true})
		topic := "other"
		if i < l.recipients {
			topic = "some"
		}
		fmt.Fprintf(&csv, "%s,友だち%d,%s\n", u.ID, i, topic)
	}
	started := time.Now()
	if err := l.ippo(ctx, &csv, nil, "import", "followers", "-"); err != nil {
		return err
	}
	report("import", "%d followers in %.1f s", l.followers, time.Since(started).Seconds())
	return nil
}

func userID(i int) string { return fmt.Sprintf("U%032x", i+1) }

// token makes a token with an administrator of its own who answers for it: whoever wrote a broadcast does not approve it.
func (l *load) token(ctx context.Context, name, scopes string) (string, error) {
	email := name + "@example.jp"
	password := strings.NewReader("load-" + rand.Text() + "\n")
	if err := l.ippo(ctx, password, io.Discard, "staff", "add", "--name", name, "--email", email, "--role", "admin", "--password-stdin"); err != nil {
		return "", err
	}
	var out bytes.Buffer
	err := l.ippo(ctx, nil, &out, "token", "add", "--name", name, "--owner", email, "--scopes", scopes)
	return strings.TrimSpace(out.String()), err
}

func (l *load) ippo(ctx context.Context, in io.Reader, out io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, l.bin, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout = l.env, in, out
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("ippo %s: %w\n%s", strings.Join(args, " "), err, said.Bytes())
	}
	return nil
}

type process struct {
	*exec.Cmd
	took time.Duration // from its start to its being ready
}

// serve starts the program and measures how long it takes to be ready.
func (l *load) serve(ctx context.Context) (*process, error) {
	cmd := exec.CommandContext(ctx, l.bin, "serve")
	cmd.Env, cmd.Stderr = l.env, os.Stderr
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{Cmd: cmd}
	for {
		if res, err := http.Get(l.base + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				break
			}
		}
		if err := ctx.Err(); err != nil || time.Since(started) > time.Minute {
			p.end()
			return nil, errors.Join(errors.New("serve did not become ready"), err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.took = time.Since(started)
	return p, nil
}

func (p *process) end() {
	p.Process.Signal(syscall.SIGTERM)
	p.Wait()
}

// memory reports the process's present and highest resident size, as Linux counts it, and how much of it is the
// process's own: the rest is the program's file, of which the system drops what is not in use when memory is short.
func (p *process) memory(what string) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		return // not Linux
	}
	size := map[string]float64{}
	for line := range strings.Lines(string(status)) {
		if name, rest, ok := strings.Cut(line, ":"); ok {
			if kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64); err == nil {
				size[name] = kb / 1024
			}
		}
	}
	report(what, "%.0f MiB, at most %.0f MiB; %.0f MiB of it its own, the rest the program's file", size["VmRSS"], size["VmHWM"], size["RssAnon"])
}

// worked returns the time that the process has spent on processors, 0 where there is no /proc. Unlike
// how long something takes, it does not depend on what else the machine is doing.
func (p *process) worked() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Process.Pid))
	if err != nil {
		return 0
	}
	// After the name, which may hold spaces, in parentheses; in ticks of 10 ms.
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	fields := bytes.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var ticks int
	for _, f := range fields[11:13] { // utime, stime
		n, err := strconv.Atoi(string(f))
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

type api struct{ base string }

func (a *api) call(token, method, path string, body, into any) error {
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, a.base+"/api/v1"+path, sent)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, said)
	}
	return json.Unmarshal(said, into)
}

// count times the count of everyone through the API.
func (a *api) count(token string) error {
	var took []time.Duration
	var n struct{ Count int }
	for range 20 {
		started := time.Now()
		if err := a.call(token, http.MethodPost, "/audience/count", map[string]any{"all": true}, &n); err != nil {
			return err
		}
		took = append(took, time.Since(started))
	}
	report("audience count", "%d followers in %s (median)", n.Count, percentile(took, 50))
	return nil
}

// broadcast times one broadcast from its approval to the last acceptance recorded. It is an
// emergency so that it may be measured at night.
func (l *load) broadcast(ctx context.Context, a *api, writer, approver string) error {
	var b struct {
		ID       int64
		Status   string
		Accepted int
	}
	err := a.call(writer, http.MethodPost, "/broadcasts", map[string]any{
		"title":     "load",
		"messages":  []any{map[string]any{"type": "text", "text": "測定です。"}},
		"audience":  map[string]any{"topics": []string{"some"}},
		"onCall":    "測定",
		"emergency": map[string]any{"reason": "測定"},
	}, &b)
	if err != nil {
		return err
	}
	before, err := l.size(ctx, "before")
	if err != nil {
		return err
	}
	beside := l.stream(ctx)
	time.Sleep(500 * time.Millisecond) // the webhooks come before the broadcast and go on after it
	started := time.Now()
	path := fmt.Sprintf("/broadcasts/%d", b.ID)
	if err := a.call(approver, http.MethodPost, path+"/approve", struct{}{}, &b); err != nil {
		return err
	}
	approved := time.Now()
	for b.Status != "sent" {
		if err := ctx.Err(); err != nil || time.Since(approved) > 2*time.Minute {
			return fmt.Errorf("the broadcast is %s with %d accepted", b.Status, b.Accepted)
		}
		time.Sleep(20 * time.Millisecond) // asking is work, too
		if err := a.call(writer, http.MethodGet, path, nil, &b); err != nil {
			return err
		}
	}
	took := time.Since(approved)
	report("broadcast", "%d recipients: approved in %.0f ms, sent in %.0f ms, %.0f recipients/s",
		b.Accepted, approved.Sub(started).Seconds()*1000, took.Seconds()*1000, float64(b.Accepted)/took.Seconds())
	if err := beside("webhooks beside it"); err != nil {
		return err
	}
	after, err := l.size(ctx, "after")
	if err != nil {
		return err
	}
	report("database growth", "%.1f bytes a recipient", float64(after-before)/float64(b.Accepted))
	return nil
}

// size is the database's, without room that it keeps to grow: that of a backup.
func (l *load) size(ctx context.Context, when string) (int64, error) {
	path := filepath.Join(l.dir, when+".db")
	if err := l.ippo(ctx, nil, nil, "backup", path); err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), os.Remove(path)
}

// webhook times signed webhooks, each a durable commit, against a bare handler that only checks the
// signature, in a process of its own as well.
func (l *load) webhook(ctx context.Context) error {
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	bare := exec.CommandContext(ctx, self, "-bare", addr)
	bare.Stderr = os.Stderr
	if err := bare.Start(); err != nil {
		return err
	}
	defer func() { bare.Process.Kill(); bare.Wait() }()
	for {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			break
		} else if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(5 * time.Millisecond)
	}
	bareRate, err := l.post(ctx, "bare handler", "http://"+addr+"/line/webhook")
	if err != nil {
		return err
	}
	rate, err := l.post(ctx, "webhook", l.base+"/line/webhook")
	if err != nil {
		return err
	}
	report("webhook ÷ bare handler", "%.2f", rate/bareRate)
	return nil
}

// post posts the webhooks and returns how many were answered in a second.
func (l *load) post(ctx context.Context, what, url string) (float64, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: l.senders}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var wg sync.WaitGroup
	started, worked := time.Now(), l.serving.worked()
	for range l.senders {
		wg.Go(func() {
			var own []time.Duration
			var err error
			for err == nil && ctx.Err() == nil {
				i := int(next.Add(1))
				if i > l.webhooks {
					break
				}
				began := time.Now()
				err = postOne(ctx, client, url, sticker(i))
				own = append(own, time.Since(began))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
			failed = errors.Join(failed, err)
		})
	}
	wg.Wait()
	rate := float64(len(took)) / time.Since(started).Seconds()
	report(what, "%.0f requests/s, p50 %s, p99 %s; %s of work of ippo for each", rate, percentile(took, 50), percentile(took, 99),
		each(l.serving.worked()-worked, len(took)))
	return rate, failed
}

// sticker is a webhook with a sticker, which is answered kindly and changes nothing.
func sticker(i int) []byte {
	return event(i, "message", fmt.Sprintf(
		`"message":{"type":"sticker","id":"%d","packageId":"446","stickerId":"1988","stickerResourceType":"STATIC","quoteToken":"q"}`, i))
}

// anything is one webhook of those that a day brings: a word for the menu, a tap on what it offers, a
// question that nothing answers, a sticker.
func anything(i int) []byte {
	text := func(words string) []byte {
		return event(i, "message", fmt.Sprintf(`"message":{"type":"text","id":"%d","text":"%s","quoteToken":"q"}`, i, words))
	}
	switch i % 4 {
	case 0:
		return text("メニュー")
	case 1:
		return event(i, "postback", `"postback":{"data":"1/settings/start/"}`)
	case 2:
		return text("体育館の駐車場は何時まで開いていますか")
	}
	return sticker(i)
}

func event(i int, kind, rest string) []byte {
	return fmt.Appendf(nil, `{"destination":"U%032x","events":[{"type":"%s","mode":"active","timestamp":%d,`+
		`"webhookEventId":"%026d","deliveryContext":{"isRedelivery":false},"source":{"type":"user","userId":"%s"},"replyToken":"%032x",%s}]}`,
		1, kind, time.Now().UnixMilli(), i, userID(i%1000), i, rest)
}

// postOne posts one webhook.
func postOne(ctx context.Context, client *http.Client, url string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Line-Signature", sign(body))
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("webhook: %s", res.Status)
	}
	return nil
}

func sign(body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// serveBare serves what no webhook can be faster than: read, check the signature, answer.
func serveBare(addr string) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.POST("/line/webhook", func(c *gin.Context) {
		body, err := io.ReadAll(io.LimitReader(c.Request.Body, 1<<20))
		if err != nil || !hmac.Equal([]byte(sign(body)), []byte(c.GetHeader("X-Line-Signature"))) {
			c.Status(http.StatusUnauthorized)
			return
		}
		c.Status(http.StatusOK)
	})
	fmt.Fprintln(os.Stderr, (&http.Server{Addr: addr, Handler: r}).ListenAndServe())
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// each returns how much of a time falls to each of n.
func each(d time.Duration, n int) time.Duration {
	return (d / time.Duration(max(n, 1))).Round(time.Microsecond)
}

func percentile(took []time.Duration, p int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)*p/100, len(took)-1)].Round(10 * time.Microsecond)
}

func report(what, format string, args ...any) {
	fmt.Printf("%-28s %s\n", what, fmt.Sprintf(format, args...))
}
