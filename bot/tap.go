package bot

import (
	"regexp"
	"strings"
)

// tapped is what a button says when it is tapped. Buttons stay in the chat for years, so the data is
// versioned, holds nothing personal, and says what is to be so ("+kosodate"), never what is to change:
// tapping twice, or an old button, does no harm.
type tapped struct {
	talk  string // which conversation
	step  string // which of its questions
	value string // the answer
}

// tapVersion is raised when old buttons can no longer be understood.
const tapVersion = "1"

// maxTap is LINE's limit for postback data in bytes. Source:
// https://developers.line.biz/en/reference/messaging-api/#postback-action
const maxTap = 300

var (
	tapWord  = regexp.MustCompile(`^[a-z]{1,20}$`)
	tapValue = regexp.MustCompile(`^[a-zA-Z0-9+=&._-]{0,240}$`)
)

// data writes the postback data.
func (p tapped) data() string {
	return tapVersion + "/" + p.talk + "/" + p.step + "/" + p.value
}

// parseTap reads postback data strictly. ok is false for what no button of ours says.
func parseTap(data string) (p tapped, ok bool) {
	if len(data) > maxTap {
		return tapped{}, false
	}
	parts := strings.Split(data, "/")
	if len(parts) != 4 || parts[0] != tapVersion {
		return tapped{}, false
	}
	p = tapped{parts[1], parts[2], parts[3]}
	if !tapWord.MatchString(p.talk) || !tapWord.MatchString(p.step) || !tapValue.MatchString(p.value) {
		return tapped{}, false
	}
	return p, true
}
