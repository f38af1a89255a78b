package jobs

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
	"ippo/internal/secret"
	"ippo/store"
)

// The test binary is also the program that is killed: with this variable it delivers from the folder
// it names until it is.
const victimFolder = "IPPO_TEST_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimFolder); dir != "" {
		if err := victim(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// victim runs a Runner until the process is killed. Its clock stands at noon when the test begins.
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
	ahead, err := time.ParseDuration(os.Getenv(victimFolder + "_AHEAD"))
	if err != nil {
		return err
	}
	clock := func() time.Time { return time.Now().Add(ahead) }
	st.Now = clock
	client, err := line.New(line.Config{
		AccessToken: os.Getenv(victimFolder + "_TOKEN"), APIEndpoint: os.Getenv(victimFolder + "_LINE"),
		Timeout: time.Second, Unpaced: true, Now: clock,
	})
	if err != nil {
		return err
	}
	r := New(Config{Store: st, Line: client, Now: clock, Parallel: 4, Log: slog.New(slog.DiscardHandler)})
	fmt.Println("ready")
	return r.Run(ctx)
}

var kills = flag.Int("kills", 25, "how often TestKilledAgainAndAgain kills the process")

// The process is killed again and again at random moments, while LINE loses answers, answers 500 and
// is slow. Everybody has every message exactly once, and the ledger says so.
func TestKilledAgainAndAgain(t *testing.T) {
	const followers = 3*ippo.MaxRecipients + 7
	c := newCenter(t, followers, options{})
	srv := httptest.NewServer(c.platform.Handler())
	defer srv.Close()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	for i, fault := range []linesim.Fault{
		{When: linesim.After, Drop: true, Probability: 0.1},
		{When: linesim.Before, Status: 500, Probability: 0.1},
		{When: linesim.After, Status: 500, Probability: 0.05},
		{When: linesim.Before, Status: 429, Probability: 0.02},
		{When: linesim.Before, Delay: 15 * time.Millisecond, Probability: 0.99},
	} {
		fault.Endpoint, fault.Seed = linesim.Multicast, seed+uint64(i)
		c.platform.Inject(fault)
	}

	ahead := time.Until(tuesday)
	var sent []*ippo.Broadcast
	approve := func() {
		c.at(time.Now().Add(ahead))
		sent = append(sent, c.approved(fmt.Sprintf("お知らせ%03d", len(sent))))
	}
	unfinished := func() int {
		list, err := c.store.BroadcastsToDeliver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	for killed := 0; killed < *kills || unfinished() > 0; killed++ {
		for killed < *kills && unfinished() < 5 {
			approve()
		}
		life := time.Duration(dice.IntN(250)) * time.Millisecond
		if killed >= *kills {
			life = 5 * time.Second
		}
		if killed > 10**kills {
			t.Fatal("it never ends")
		}
		live(t, c, srv.URL, ahead, life, unfinished)
	}

	c.soundLedger(t.Errorf)
	for _, b := range sent {
		c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: followers})
	}
	for i := 1; i <= followers; i++ {
		times := map[string]int{}
		for _, m := range c.platform.SentTo(userID(i)) {
			times[string(m)]++
		}
		for _, b := range sent {
			if n := times[string(b.Messages[0])]; n != 1 {
				t.Fatalf("follower %d has %q %d times", i, b.Title, n)
			}
		}
	}
	t.Logf("%d broadcasts to %d followers in %d calls", len(sent), followers, c.platform.Calls()[linesim.Multicast])
}

// live starts a process and kills it after its time, or earlier when nothing is left to do.
func live(t *testing.T, c *center, url string, ahead, life time.Duration, unfinished func() int) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self) // its Cancel is SIGKILL
	cmd.Env = append(os.Environ(),
		victimFolder+"="+c.dir,
		victimFolder+"_LINE="+url,
		victimFolder+"_TOKEN="+c.platform.Options().AccessToken,
		victimFolder+"_AHEAD="+strconv.FormatInt(ahead.Nanoseconds(), 10)+"ns",
	)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscanln(stdout, new(string)); err != nil {
		t.Fatalf("the process did not start: %v %s", err, stderr.String())
	}
	end := time.NewTimer(life)
	defer end.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for waiting := true; waiting; {
		select {
		case <-end.C:
			waiting = false
		case <-look.C:
			waiting = unfinished() > 0
		}
	}
	kill()
	_ = cmd.Wait() // it was killed
	if stderr.Len() > 0 {
		t.Fatalf("the process failed: %s", stderr.String())
	}
}
