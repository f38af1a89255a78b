package messages

import (
	"encoding/json"
	"strings"

	"github.com/rivo/uniseg"

	"ippo"
)

// Text is a text message. What is longer than LINE takes is cut.
func Text(s string) ippo.Message {
	return encode(struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}{"text", clipUnits(s, ippo.MaxTextUnits)})
}

// Choice is one answer that can be tapped.
type Choice struct {
	Label string // at most 20 characters are shown
	Data  string // what the bot is told, at most 300 bytes
	Dial  string // a telephone number to dial instead
	Page  string // a page to open instead
}

// maxChoices is how many quick replies LINE shows. Source:
// https://developers.line.biz/en/reference/messaging-api/#quick-reply
const maxChoices = 13

// WithChoices puts quick replies under a message. LINE shows those of the last message only.
func WithChoices(m ippo.Message, choices ...Choice) ippo.Message {
	if len(choices) == 0 {
		return m
	}
	type item struct {
		Type   string  `json:"type"`
		Action *action `json:"action"`
	}
	items := make([]item, 0, len(choices))
	for _, c := range choices[:min(len(choices), maxChoices)] {
		items = append(items, item{"action", c.action()})
	}
	replies := encode(struct {
		Items []item `json:"items"`
	}{items})
	with := make(ippo.Message, 0, len(m)+len(replies)+16)
	with = append(with, m[:len(m)-1]...)
	with = append(with, `,"quickReply":`...)
	with = append(with, replies...)
	return append(with, '}')
}

func (c Choice) action() *action {
	switch {
	case c.Dial != "":
		return open(c.Label, Dial(c.Dial))
	case c.Page != "":
		return open(c.Label, c.Page)
	}
	return tap(c.Label, c.Data)
}

// Dial is the address that rings a telephone number, or "" if it holds no digits.
func Dial(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '#' {
			return r
		}
		return -1
	}, number)
	if digits == "" {
		return ""
	}
	return "tel:" + digits
}

// Alt returns a message's words for where no card can be drawn: its text or its altText.
func Alt(m ippo.Message) string {
	var words struct {
		Text    string `json:"text"`
		AltText string `json:"altText"`
	}
	if json.Unmarshal(m, &words) != nil || words.Text == "" {
		return words.AltText
	}
	return words.Text
}

// clipUnits cuts s to n UTF-16 code units, which is how LINE counts most texts, between characters as people count
// them.
func clipUnits(s string, n int) string {
	if len(s) <= n || ippo.TextUnits(s) <= n {
		return s
	}
	var b strings.Builder
	n-- // for the mark that something is missing
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if n -= ippo.TextUnits(g.Str()); n < 0 {
			break
		}
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}

// clip cuts s to n characters as people count them. An emoji of several code points is one.
func clip(s string, n int) string {
	if len(s) <= n || uniseg.GraphemeClusterCount(s) <= n {
		return s
	}
	var b strings.Builder
	g := uniseg.NewGraphemes(s)
	for i := 0; i < n-1 && g.Next(); i++ {
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}
