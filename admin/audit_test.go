package admin

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ippo"
)

// Every action that is written down anywhere is said in Japanese: one added tomorrow is found here.
func TestAuditSaysEveryAction(t *testing.T) {
	written := regexp.MustCompile(`(?:[aA]udit|changeAmbassador|letGo)\(ctx, .*?"([a-z-]+\.[a-z-]+)"`)
	actions := map[string]bool{}
	for _, dir := range []string{"../store", "../jobs", "."} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range written.FindAllStringSubmatch(string(source), -1) {
				actions[found[1]] = true
			}
		}
	}
	if len(actions) < 30 {
		t.Fatalf("found only %d actions in the source", len(actions))
	}
	for action := range actions {
		if said := sayAudit(ippo.DefaultSettings().Labels, action); regexp.MustCompile(`[a-z]`).MatchString(strings.ReplaceAll(strings.ReplaceAll(said, "LINE", ""), "CSV", "")) {
			t.Errorf("%s is said as %q", action, said)
		}
	}
}
