package admin

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Behind a selector, a browser passes over an at-rule and all that it holds, and the next rule is everybody's.
func TestAtRulesStandByThemselves(t *testing.T) {
	file, err := os.ReadFile("static/panel.css")
	if err != nil {
		t.Fatal(err)
	}
	css := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(file), "")
	rules := regexp.MustCompile(`@(media|supports|container|font-face|page|layer|keyframes)\b`).FindAllStringIndex(css, -1)
	if len(rules) == 0 {
		t.Error("a stylesheet without at-rules proves nothing")
	}
	for _, at := range rules {
		before := strings.TrimSpace(css[:at[0]])
		if before != "" && !strings.ContainsAny(before[len(before)-1:], "{};") {
			line := before[strings.LastIndex(before, "\n")+1:]
			t.Errorf("%q stands behind %q", css[at[0]:at[1]], line)
		}
	}
}
