package messages

import (
	"fmt"

	"ippo"
)

// AmbassadorCard is an ambassador's card with their number. It holds no name: what they told of
// themselves stays off LINE.
func AmbassadorCard(w Words, a ippo.Ambassador, center ippo.Settings) ippo.Message {
	number := fmt.Sprintf("No. %04d", a.Number)
	status := w.Say("ambassador.status." + string(a.Status))
	if a.Resting {
		status = w.Say("ambassador.resting")
	}
	head := vertical("xs",
		text{Type: "text", Text: center.Labels.Ambassador, Size: "sm", Color: white, Weight: "bold", Wrap: true},
		text{Type: "text", Text: number, Size: "xxl", Color: white, Weight: "bold"})
	head.PaddingAll, head.BackgroundColor = "xl", blue
	return card(center.Labels.Ambassador+" "+number+"　"+status, bubble{
		Type:   "bubble",
		Header: head,
		Body: vertical("md",
			plain(w.Say("ambassador.card")),
			row(w.Say("ambassador.status"), status),
			row(w.Say("ambassador.since"), w.Day(a.AppliedAt)),
			small(center.Office.Name)),
	})
}
