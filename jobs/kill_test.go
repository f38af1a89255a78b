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

var (
	kills      = flag.Int("kills", 20, "how often TestKilledAgainAndAgain kills the process")
	recipients = flag.Int("recipients", 3*ippo.MaxRecipients+7, "how many people its broadcasts go to")
	seed       = flag.Uint64("seed", 1, "what its faults and their moments are drawn from")
)

// The process is killed again and again at random moments, while LINE loses answers, answers 500,
// hangs and refuses whole bursts, and the clock jumps. Nobody has a message twice, nobody is lost, and
// the ledger knows who has it: only where the clock has made a retry key worthless it says that it
// does not. The long form is
//
//	go test ./jobs -run TestKilledAgainAndAgain -recipients 50000
func TestKilledAgainAndAgain(t *testing.T) {
	c := newCenter(t, *recipients, options{})
	srv := httptest.NewServer(c.platform.Handler())
	defer srv.Close()
	dice := rand.New(rand.NewPCG(*seed, 0))
	for i, fault := range []linesim.Fault{
		{When: linesim.After, Drop: true, Probability: 0.1},
		{When: linesim.Before, Status: 500, Probability: 0.1},
		{When: linesim.After, Status: 500, Probability: 0.05},
		{When: linesim.Before, Status: 429, Probability: 0.02},
		{When: linesim.After, Hang: true, Probability: 0.01},
		{When: linesim.Before, Delay: 15 * time.Millisecond, Probability: 0.99},
	} {
		fault.Match, fault.Seed = sends, *seed+uint64(i)
		c.platform.Inject(fault)
	}

	// Mostly multicasts; now and then one by pushes, to each their own, and one by LINE's broadcast.
	same := func(*ippo.Broadcast) {}
	kinds := []func(*ippo.Broadcast){
		same, same, same,
		func(b *ippo.Broadcast) { b.Messages = []ippo.Message{text(b.Title + "、{{name|みなさま}}")} }, same,
		func(b *ippo.Broadcast) { b.Audience.Unseen = true }, same, same,
	}
	ahead := time.Until(tuesday)
	var sent []*ippo.Broadcast
	unfinished := func() int {
		list, err := c.store.BroadcastsToDeliver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	// Only of what was under way when the clock jumped may anybody's fate be unknown.
	jumped := map[ippo.BroadcastID]bool{}
	lost := func() {
		list, err := c.store.BroadcastsToDeliver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range list {
			jumped[b.ID] = true
		}
	}
	for killed := 0; killed < *kills || unfinished() > 0; killed++ {
		switch {
		case killed == *kills/3:
			ahead -= time.Hour // nobody knows how old a key is
			lost()
		case killed == *kills*2/3:
			ahead += 25 * time.Hour // LINE has forgotten every key
			lost()
		case killed >= *kills:
			ahead += 10 * time.Minute // the wait before the next try is passed
		case dice.IntN(8) == 0:
			ahead += time.Duration(dice.IntN(40)) * time.Minute
		case dice.IntN(8) == 0:
			ahead -= 30 * time.Second // a clock that is set right
		case dice.IntN(8) == 0:
			c.platform.Inject(linesim.Fault{Match: sends, Status: 429, Times: 20})
		}
		c.at(time.Now().Add(ahead))
		for killed < *kills && unfinished() < 5 {
			// Emergencies, since the clock also jumps into the night.
			sent = append(sent, c.approved(fmt.Sprintf("お知らせ%03d", len(sent)), emergency, kinds[len(sent)%len(kinds)]))
		}
		life := time.Duration(dice.IntN(250)) * time.Millisecond
		if killed >= *kills {
			life = 2 * time.Second
		}
		if killed > 10**kills {
			t.Fatal("it never ends")
		}
		live(t, c, srv.URL, ahead, life, unfinished)
	}

	c.soundLedger(t.Errorf)
	phones := make([]map[string]int, *recipients+1)
	for i := range phones {
		phones[i] = map[string]int{}
		for _, m := range c.platform.SentTo(userID(i)) {
			phones[i][string(m)]++
		}
	}
	unknown := 0
	for _, b := range sent {
		c.stands(b, ippo.BroadcastSent)
		fates := fates(t, c, b.ID)
		if len(fates) != *recipients {
			t.Errorf("%s: the ledger knows of %d people", b.Title, len(fates))
		}
		for follower, fate := range fates {
			switch n := phones[follower][asSent(b)]; {
			case n > 1:
				t.Fatalf("follower %d has %s %d times", follower, b.Title, n)
			case fate == ippo.DeliveryAccepted && n == 0:
				t.Fatalf("follower %d does not have %s, which LINE accepted", follower, b.Title)
			case fate == ippo.DeliveryUnknown && !jumped[b.ID]:
				t.Fatalf("follower %d: nobody knows whether %s arrived, and no jump of the clock explains it", follower, b.Title)
			case fate == ippo.DeliveryUnknown:
				unknown++
			case fate != ippo.DeliveryAccepted:
				t.Fatalf("follower %d: %s is %s", follower, b.Title, fate)
			}
		}
	}
	t.Logf("%d broadcasts to %d people in %d calls, %d of %d unknown",
		len(sent), *recipients, c.calls(), unknown, len(sent)**recipients)
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
