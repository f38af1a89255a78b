package bot

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
	"ippo/internal/secret"
	"ippo/messages"
	"ippo/store"
)

// The test binary is also the program that is killed: with this variable it answers residents from the
// folder it names until it is.
const victimFolder = "IPPO_TEST_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimFolder); dir != "" {
		fmt.Fprintln(os.Stderr, victim(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim runs a Bot until the process is killed.
func victim(dir string) error {
	ctx := context.Background()
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, dir, keys)
	if err != nil {
		return err
	}
	address := os.Getenv(victimFolder + "_LINE")
	client, err := line.New(line.Config{AccessToken: "token", APIEndpoint: address, DataEndpoint: address, Timeout: time.Second, Unpaced: true})
	if err != nil {
		return err
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	b, err := New(Config{Store: st, Line: client, PublicURL: "http://127.0.0.1", ChannelSecrets: []string{testSecret}, Keys: keys, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	b.Routes(engine)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = b.Run(ctx) }()
	fmt.Printf("http://%s/line/webhook\n", l.Addr())
	return http.Serve(l, engine)
}

var (
	kills = flag.Int("kills", 25, "how often TestKilledAgainAndAgain kills the process")
	seed  = flag.Uint64("seed", 1, "what its faults and their moments are drawn from")
)

// The process is killed again and again at random moments while people write, LINE delivers twice and
// again, and answers to replies are lost. Every message has one effect and one answer, and nothing is
// ever pushed.
func TestKilledAgainAndAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for half a minute")
	}
	dir := t.TempDir()
	if _, err := secret.Load(filepath.Join(dir, "secret.key")); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	platform := linesim.New(linesim.Options{
		ChannelSecret: testSecret, AccessToken: "token", NoRateLimits: true, AllowLoopbackHTTP: true,
		Now: func() time.Time { return began }, // reply tokens do not grow old while the program is dead
	})
	defer platform.Close()
	server := httptest.NewServer(platform.Handler())
	defer server.Close()
	platform.SetWebhooks(linesim.WebhookSettings{
		Redeliver: true, RedeliverAfter: 50 * time.Millisecond, MaxAttempts: 1 << 20, Duplicates: 1, EventsPerBody: 4,
	})
	dice := rand.New(rand.NewPCG(*seed, 0))
	for i, fault := range []linesim.Fault{
		{When: linesim.After, Drop: true, Probability: 0.1},
		{When: linesim.After, Status: 500, Probability: 0.05},
		{When: linesim.Before, Status: 500, Probability: 0.1},
		{When: linesim.Before, Delay: 10 * time.Millisecond, Probability: 0.9},
	} {
		fault.Endpoint, fault.Seed = linesim.Reply, *seed+uint64(i)
		platform.Inject(fault)
	}

	const people = 12
	users := make([]string, people)
	said := make(map[string]int) // what was said, and by whom
	for i := range users {
		users[i] = platform.AddUser(linesim.User{DisplayName: fmt.Sprint("住民", i), Language: "ja"}).ID
	}
	cry := func(n int) {
		who := n % people
		if n < people {
			if err := platform.Follow(users[who]); err != nil {
				t.Fatal(err)
			}
			return
		}
		text := fmt.Sprintf("助けて %d", n)
		if _, err := platform.Say(users[who], text); err != nil {
			t.Fatal(err)
		}
		said[text] = who
	}
	n := 0
	killed := 0
	// Where a process is long in starting, few people have said anything by then: it lives longer from then on.
	for ; killed < *kills || n < 3*people; killed++ {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(60+dice.IntN(400)+50*max(0, killed-*kills))*time.Millisecond)
		kill, url := start(t, dir, server.URL)
		platform.SetWebhookURL(url)
		for ctx.Err() == nil {
			cry(n)
			n++
			select {
			case <-ctx.Done():
			case <-time.After(time.Duration(dice.IntN(25)) * time.Millisecond):
			}
		}
		cancel()
		kill()
	}
	kill, url := start(t, dir, server.URL)
	platform.SetWebhookURL(url)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := platform.WaitIdle(ctx); err != nil {
		t.Fatal(err)
	}
	answers := func() (sum int) {
		for _, id := range users {
			sum += replies(platform, id)
		}
		return sum
	}
	if err := platform.WaitFor(ctx, func() bool { return answers() >= n }); err != nil {
		t.Errorf("%d answers to %d events: %v", answers(), n, err)
	}
	kill()

	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	list, err := st.DeskRequests(t.Context(), store.DeskRequestFilter{})
	if err != nil {
		t.Fatal(err)
	}
	effects := make(map[string]int)
	for _, r := range list {
		effects[r.Body]++
	}
	for text := range said {
		if effects[text] != 1 {
			t.Errorf("%q had %d effects", text, effects[text])
		}
	}
	if len(list) != len(said) {
		t.Errorf("%d effects of %d messages", len(list), len(said))
	}
	if got := answers(); got != n {
		t.Errorf("%d answers to %d events", got, n)
	}
	for _, id := range users {
		greetings := 0
		for _, m := range platform.SentTo(id) {
			if strings.Contains(messages.Alt(ippo.Message(m)), "友だち追加ありがとうございます") {
				greetings++
			}
		}
		if greetings != 1 {
			t.Errorf("%d greetings", greetings)
		}
	}
	if pushes := platform.Calls()[linesim.Push]; pushes != 0 {
		t.Errorf("%d pushes", pushes)
	}
	t.Logf("%d events, %d kills, %d calls of reply", n, killed, platform.Calls()[linesim.Reply])
}

// replies counts how many answers somebody has: the messages of one reply come together, and every
// answer of this test ends in one that has quick replies.
func replies(platform *linesim.Platform, id string) (count int) {
	for _, m := range platform.SentTo(id) {
		if strings.Contains(string(m), `"quickReply"`) {
			count++
		}
	}
	return count
}

// start starts the program and returns how to kill it, and where its webhook is.
func start(t *testing.T, dir, lineURL string) (kill func(), url string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimFolder+"="+dir, victimFolder+"_LINE="+lineURL)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill() // SIGKILL: nothing of it runs any more
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	url, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the program did not start: %v", err)
	}
	return kill, strings.TrimSpace(url)
}
