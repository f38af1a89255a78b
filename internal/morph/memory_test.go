//go:build !race

// The race detector keeps several bytes for each of ours, which is not what is measured.

package morph

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// The dictionary stays within its share: a center runs on a small machine.
func TestMemory(t *testing.T) {
	if os.Getenv("MORPH_MEMORY") != "" {
		before := memory(t, "VmRSS:")
		Analyze("はじめ")
		after := memory(t, "VmRSS:")
		t.Logf("MEMORY %d MiB before, %d MiB with the dictionary, at most %d MiB meanwhile", before>>20, after>>20, memory(t, "VmHWM:")>>20)
		if grown := after - before; grown > 60<<20 {
			t.Errorf("the dictionary takes %d MiB, at most 60", grown>>20)
		}
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here to tell how much memory is in use")
	}
	// In a process of its own, where no other test has loaded it.
	c := exec.Command(os.Args[0], "-test.run=^TestMemory$", "-test.v")
	c.Env = append(os.Environ(), "MORPH_MEMORY=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, words, found := strings.Cut(string(out), "MEMORY "); found {
		words, _, _ = strings.Cut(words, "\n")
		t.Log(words)
	}
}

// memory is how much the kernel says that the process has or had, in bytes.
func memory(t *testing.T, which string) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), which)
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}
