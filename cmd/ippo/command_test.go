package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ippo/internal/browser"
	"ippo/internal/democity"
)

// The tests run this binary as ippo itself, so that signals and exit codes are the real ones.
func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	if os.Getenv("IPPO_TEST_MAIN") == "1" {
		main()
	}
	code := browser.Main(m)
	os.RemoveAll(townFolder)
	os.Exit(code)
}

// command is ippo with these arguments and variables, and nothing else of the environment.
func command(t *testing.T, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = []string{"IPPO_TEST_MAIN=1", "TMPDIR=" + t.TempDir(), "GORACE=halt_on_error=1"}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// ran runs ippo to its end.
func ran(t *testing.T, env map[string]string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(t, env, args...)
	var out, problems bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &problems
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), problems.String()
}

// waitUntil asks again until holds, or the test has waited long enough for any machine.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		case <-again.C:
		}
	}
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// Somebody types the README's command, opens what it prints, moves the clock, and presses Ctrl-C.
func TestDemo(t *testing.T) {
	tmp := t.TempDir()
	cmd := command(t, map[string]string{"TMPDIR": tmp}, "demo")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	var said strings.Builder
	for lines.Scan() {
		fmt.Fprintln(&said, lines.Text())
		if strings.Contains(lines.Text(), "Ctrl-C") {
			break
		}
	}
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(said.String())
	for _, part := range []string{base + "/\n", base + "/phone/", base + "/admin/", "作成者", "承認者", democity.Logins()[0].Password, democity.Logins()[1].Email} {
		if base == "" || !strings.Contains(said.String(), part) {
			t.Fatalf("%q is not in what the demo says:\n%s%s", part, said.String(), problems.String())
		}
	}
	for path, part := range map[string]string{"/": "時計を進める", "/phone/": "はるか", "/admin/login": "ログイン", "/readyz": "ready", "/metrics": "ippo_followers"} {
		if status, body := get(t, base+path); status != http.StatusOK || !strings.Contains(body, part) {
			t.Errorf("%s: %d without %q", path, status, part)
		}
	}

	kenichi := base + "/phone/screen?user=" + democity.Followers()[1].LineUserID
	if _, body := get(t, kenichi); strings.Contains(body, "声かけ") {
		t.Error("けんいち has been reminded before Monday")
	}
	resp, err := http.PostForm(base+"/demo/clock", url.Values{"to": {"monday"}})
	if err != nil {
		t.Fatal(err)
	}
	var moved struct{ Now string }
	err = json.NewDecoder(resp.Body).Decode(&moved)
	resp.Body.Close()
	if err != nil || !strings.HasSuffix(moved.Now, "（月）09:00") {
		t.Errorf("the clock moved to %q, %v", moved.Now, err)
	}
	waitUntil(t, "Monday's reminder on けんいち's phone", func() bool {
		_, body := get(t, kenichi)
		return strings.Contains(body, "声かけ")
	})

	resp, err = http.PostForm(base+"/demo/clock", url.Values{"to": {"digest"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	fumiko := base + "/phone/screen?user=" + democity.Followers()[3].LineUserID
	waitUntil(t, "the digest on ふみこ's phone", func() bool {
		_, body := get(t, fumiko)
		return strings.Contains(body, "今週のまとめ")
	})

	// What became due on the way has left, and nothing was held for being late.
	waitUntil(t, "what was due on the way to the digest has left", func() bool {
		_, body := get(t, base+"/metrics")
		if strings.Contains(body, `{status="held"}`) {
			t.Fatal("a broadcast was held for being late on the way to the digest")
		}
		return strings.Contains(body, `ippo_broadcasts{status="sent"}`) && !strings.Contains(body, `{status="approved"}`)
	})

	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(stdout)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the demo ended with %v\n%s", err, problems.String())
	}
	if !strings.Contains(string(rest), "終わりました") {
		t.Errorf("the demo's last words are %q", rest)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("the demo left %v, %v", left, err)
	}
}

// A demo with --data goes on where it stopped: its clock does not go back.
func TestDemoClockGoesOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "demo.clock")
	now := time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)
	clock, err := openDemoClock(file, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	if !clock.Now().Equal(now) || clock.Ahead() {
		t.Errorf("by day the demo begins at %s", clock.Now())
	}
	monday := nextMonday(clock.Now())
	if err := clock.Move(monday); err != nil {
		t.Fatal(err)
	}
	if err := clock.Move(now); err != nil {
		t.Fatal(err)
	}
	again, err := openDemoClock(file, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	if !again.Now().Equal(monday) {
		t.Errorf("the clock stands at %s, want %s", again.Now(), monday)
	}
}

// Whenever somebody tries the demo, what they send may leave at once, and still some hours later.
func TestDemoStartsOutsideQuietHours(t *testing.T) {
	for hour := range 24 {
		now := time.Date(2026, 12, 31, hour, 30, 0, 0, time.FixedZone("JST", 9*60*60))
		start := demoStart(now)
		if h := start.Hour(); start.Before(now) || h < 8 || h >= 18 {
			t.Errorf("at %02d:30 the demo starts at %s", hour, start)
		}
	}
}

func TestServeNamesEveryProblem(t *testing.T) {
	code, out, problems := ran(t, map[string]string{"IPPO_PUBLIC_URL": "line.example.jp", "PORT": "http", "IPPO_DATA": t.TempDir()}, "", "serve")
	if code != exitUsage || out != "" {
		t.Errorf("exit code %d, standard output %q", code, out)
	}
	for _, name := range []string{"LINE_CHANNEL_SECRET: ", "LINE_CHANNEL_ACCESS_TOKEN: ", "IPPO_PUBLIC_URL: ", "PORT: "} {
		if strings.Count(problems, "  "+name) != 1 {
			t.Errorf("%s is not named once:\n%s", name, problems)
		}
	}
}

// One serve has a data folder; commands work beside it; a stop is clean.
func TestServe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	env := map[string]string{
		"LINE_CHANNEL_SECRET": "secret", "LINE_CHANNEL_ACCESS_TOKEN": "token",
		"LINE_API_ENDPOINT": "http://127.0.0.1:1", "LINE_DATA_ENDPOINT": "http://127.0.0.1:1",
		"IPPO_PUBLIC_URL": "http://" + addr, "IPPO_ADDR": addr, "IPPO_DATA": filepath.Join(t.TempDir(), "data"),
	}
	first := command(t, env, "serve")
	var log bytes.Buffer
	first.Stderr = &log
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	// LINE is out of reach, and that does not make us unready.
	waitUntil(t, "serve is ready", func() bool {
		status, _ := get(t, "http://"+addr+"/readyz")
		return status == http.StatusOK
	})

	if code, _, problems := ran(t, env, "", "serve"); code != exitRunning || !strings.Contains(problems, "ほかの ippo") {
		t.Errorf("a second serve: exit code %d, %q", code, problems)
	}
	code, out, problems := ran(t, env, "a long password\n", "staff", "add", "--name", "職員", "--email", "a@example.jp", "--role", "admin", "--password-stdin")
	if code != exitOK || out != "" || !strings.Contains(problems, "管理者") {
		t.Errorf("staff add: %d %q %q", code, out, problems)
	}
	code, token, _ := ran(t, env, "", "token", "add", "--name", "広報", "--owner", "a@example.jp", "--scopes", "read")
	if code != exitOK || !regexp.MustCompile(`^ippo_[A-Z2-7]{26}\n$`).MatchString(token) {
		t.Errorf("token add: %d, standard output %q", code, token)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/api/v1/stats", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the new token gets %s", resp.Status)
	}
	if resp, err := http.Post("http://"+addr+"/line/webhook", "application/json", strings.NewReader(`{"events":[]}`)); err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a webhook without signature: %v, %v", resp, err)
	}

	backup := filepath.Join(t.TempDir(), "backup.db")
	if code, _, problems := ran(t, env, "", "backup", backup); code != exitOK || !strings.Contains(problems, "secret.key") {
		t.Errorf("backup: %d %q", code, problems)
	}
	if code, _, _ := ran(t, env, "", "restore", backup); code != exitRunning {
		t.Errorf("a restore under a running serve: exit code %d", code)
	}

	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log.String())
	}
	if strings.Contains(log.String(), "secret\"") || strings.Contains(log.String(), strings.TrimSpace(token)) {
		t.Errorf("the log holds a secret:\n%s", log.String())
	}
	code, _, problems = ran(t, env, "", "restore", backup)
	if code != exitOK || !strings.Contains(problems, "保留") || !strings.Contains(problems, "残してあります") {
		t.Errorf("restore: %d %q", code, problems)
	}
	// The staff of the copy are there again.
	code, _, problems = ran(t, env, "a long password\n", "staff", "add", "--name", "職員", "--email", "a@example.jp", "--role", "admin", "--password-stdin")
	if code != exitUsage || !strings.Contains(problems, "すでに登録") {
		t.Errorf("the same staff again: %d %q", code, problems)
	}
}

// Scripts go by exit codes.
func TestExitCodes(t *testing.T) {
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.db")
	if err := os.WriteFile(broken, []byte("not a database at all, whatever its name says"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := map[string]string{"IPPO_DATA": filepath.Join(folder, "data")}
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"version"}, exitOK},
		{[]string{"--help"}, exitOK},
		{[]string{"help", "serve"}, exitOK},
		{[]string{"srve"}, exitUsage},
		{[]string{"serve", "--port", "1"}, exitUsage},
		{[]string{"staff", "remove"}, exitUsage},
		{[]string{"backup"}, exitUsage},
		{[]string{"backup", "here.db"}, exitUsage}, // there is no database
		{[]string{"restore", filepath.Join(folder, "missing.db")}, exitUsage},
		{[]string{"restore", broken}, exitData},
		{[]string{"staff", "add", "--name", "a", "--email", "a@example.jp", "--role", "boss"}, exitUsage},
	} {
		code, _, problems := ran(t, empty, "", c.args...)
		if code != c.code || (code != exitOK) == (problems == "") {
			t.Errorf("ippo %s: exit code %d, want %d; %q", strings.Join(c.args, " "), code, c.code, problems)
		}
	}
}

// What is exported can be imported elsewhere; a file with a bad row changes nothing.
func TestImportExport(t *testing.T) {
	demo := map[string]string{"IPPO_DATA": townCopy(t)}
	followers := filepath.Join(t.TempDir(), "followers.csv")
	if code, out, problems := ran(t, demo, "", "export", "followers", followers); code != exitOK || out != "" {
		t.Fatalf("export: %d %q %q", code, out, problems)
	}
	code, again, problems := ran(t, demo, "", "export", "followers", "-")
	file, err := os.ReadFile(followers)
	if code != exitOK || err != nil || again != string(file) {
		t.Errorf("export to standard output: %d %q, %v", code, problems, err)
	}
	if code, _, problems := ran(t, demo, "", "import", "followers", followers); code != exitOK || !strings.Contains(problems, "300行") {
		t.Errorf("import: %d %q", code, problems)
	}
	for name, bad := range map[string]string{
		"a bad row":       "line_user_id\nU00000000000000000000000000000001\nsomebody\n",
		"a bad column":    "line_user_id,colour\nU00000000000000000000000000000001,red\n",
		"no line_user_id": "display_name\nはるか\n",
	} {
		code, _, problems := ran(t, demo, bad, "import", "followers", "-")
		if code != exitData || !strings.Contains(problems, "行目: ") || !strings.Contains(problems, "何も変えていません") {
			t.Errorf("%s: %d %q", name, code, problems)
		}
	}
	if _, same, _ := ran(t, demo, "", "export", "followers", "-"); same != again {
		t.Error("a refused file changed something")
	}
}

// A database whose key is gone, or is another one, is not served.
func TestKeyIsGone(t *testing.T) {
	data := dataSettings{Folder: townCopy(t)}
	key := filepath.Join(data.Folder, keyFile)
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := data.open(t.Context()); exitCode(err) != exitUsage {
		t.Errorf("without its key: %v", err)
	}
	keys, err := dataSettings{Folder: t.TempDir()}.keys()
	if err != nil {
		t.Fatal(err)
	}
	data.Keys = keys
	if _, _, err := data.open(t.Context()); exitCode(err) != exitUsage {
		t.Errorf("with another key: %v", err)
	}
}

// The metrics are for this machine, or for who has the token.
func TestMetricsAccess(t *testing.T) {
	for _, c := range []struct {
		name, from, forwarded, given, token string
		want                                bool
	}{
		{"this machine", "127.0.0.1:5000", "", "", "", true},
		{"this machine, IPv6", "[::1]:5000", "", "", "", true},
		{"through a proxy on this machine", "127.0.0.1:5000", "203.0.113.9", "", "", false},
		{"from elsewhere", "203.0.113.9:5000", "", "", "", false},
		{"from elsewhere, no token set", "203.0.113.9:5000", "", "Bearer ", "", false},
		{"the right token", "203.0.113.9:5000", "", "Bearer 0123456789abcdef", "0123456789abcdef", true},
		{"a wrong token", "203.0.113.9:5000", "", "Bearer 0123456789abcdeX", "0123456789abcdef", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if c.given != "" {
			r.Header.Set("Authorization", c.given)
		}
		if got := local(r) || bearer(r, c.token); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
