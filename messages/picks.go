package messages

import (
	"fmt"
	"strings"

	"ippo"
)

// Pick is one of many things to choose from.
type Pick struct {
	Label  string
	Chosen bool
	Data   string // what a tap on it says
}

// pickRows is how many rows stand in one card before it becomes too long to scroll past.
const pickRows = 16

// Picks is a card that lists things to choose from. Each row has the number that can be typed for it,
// and a mark when it is chosen.
func Picks(heading, hint string, picks []Pick) ippo.Message {
	var bubbles []bubble
	alt := heading
	for first := 0; first < len(picks) || first == 0; first += pickRows {
		rows := make([]any, 0, pickRows)
		for i := first; i < min(first+pickRows, len(picks)); i++ {
			rows = append(rows, pickRow(i+1, picks[i]))
			alt += fmt.Sprintf(" %d %s", i+1, picks[i].Label)
		}
		body := vertical("sm", title(heading), small(hint))
		if len(rows) > 0 {
			list := vertical("sm", rows...)
			list.Margin = "md"
			body.Contents = append(body.Contents, list)
		}
		bubbles = append(bubbles, bubble{Type: "bubble", Body: body})
	}
	return cards(alt, bubbles)
}

func pickRow(n int, p Pick) any {
	zero := 0
	mark, ground, edge, weight := "", white, line, ""
	if p.Chosen {
		mark, ground, edge, weight = "✓", paleBg, blue, "bold"
	}
	label := text{Type: "text", Text: fmt.Sprintf("%d  %s", n, p.Label), Size: "md", Color: ink, Weight: weight, Wrap: true}
	contents := []any{label}
	if mark != "" {
		contents = append(contents, text{Type: "text", Text: mark, Size: "md", Color: blue, Weight: "bold", Flex: &zero})
	}
	return box{
		Type: "box", Layout: "horizontal", Contents: contents, PaddingAll: "md", BackgroundColor: ground,
		BorderColor: edge, BorderWidth: "1px", CornerRadius: "8px", AlignItems: "center",
		Action: tap(p.Label, p.Data),
	}
}

// Summary is a card of facts with buttons under it.
func Summary(heading string, facts []Fact, note string, buttons []Choice) ippo.Message {
	rows := []any{title(heading)}
	alt := []string{heading}
	for _, f := range facts {
		if r := row(f.Name, f.Value); r != nil {
			rows = append(rows, r)
			alt = append(alt, f.Name+"："+f.Value)
		}
	}
	if note != "" {
		rows = append(rows, small(note))
		alt = append(alt, note)
	}
	b := bubble{Type: "bubble", Body: vertical("md", rows...)}
	if len(buttons) > 0 {
		list := make([]any, len(buttons))
		for i, c := range buttons {
			list[i] = choiceButton(c, i == 0)
		}
		b.Footer = vertical("sm", list...)
	}
	return card(strings.Join(alt, "\n"), b)
}

// Fact is one line of a card: a name and what it is.
type Fact struct{ Name, Value string }

func choiceButton(c Choice, first bool) any {
	if first {
		return primary(c.action())
	}
	return secondary(c.action())
}
