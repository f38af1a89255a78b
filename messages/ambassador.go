package messages

import (
	"fmt"
	"strings"

	"ippo"
)

// AmbassadorCard is an ambassador's card: their number, and the QR code of their invitation with how many
// became friends by it. It holds no name: what they told of themselves stays off LINE.
func AmbassadorCard(w Words, a ippo.Ambassador, center ippo.Settings, base string) ippo.Message {
	number := fmt.Sprintf("No. %04d", a.Number)
	status := w.Say("ambassador.status." + string(a.Status))
	if a.Resting {
		status = w.Say("ambassador.resting")
	}
	invitation := InvitationPage(base, a.Invite)
	invited := w.Say("invite.people", Vars{"N": ippo.Comma(int64(a.Invited))})
	head := vertical("xs",
		text{Type: "text", Text: center.Labels.Ambassador, Size: "sm", Color: white, Weight: "bold", Wrap: true},
		text{Type: "text", Text: number, Size: "xxl", Color: white, Weight: "bold"})
	head.PaddingAll, head.BackgroundColor = "xl", blue
	alt := []string{
		center.Labels.Ambassador + " " + number + "　" + status, w.Say("ambassador.since") + "　" + w.Day(a.AppliedAt),
		w.Say("invite.invited") + "　" + invited, w.Say("invite.own") + "　" + invitation, center.Office.Name,
	}
	return card(strings.Join(alt, "\n"), bubble{
		Type:   "bubble",
		Header: head,
		Body: vertical("md",
			plain(w.Say("ambassador.card")),
			row(w.Say("ambassador.status"), status),
			row(w.Say("ambassador.since"), w.Day(a.AppliedAt)),
			row(w.Say("invite.invited"), invited),
			rule(),
			image{Type: "image", URL: invitation + "/qr.png", Size: "xl", AspectRatio: "1:1", Action: open(w.Say("invite.own"), invitation)},
			small(w.Say("invite.show")),
			small(center.Office.Name)),
		Footer: vertical("sm",
			primary(open(w.Say("invite.send"), Share(w.Say("invite.share", Vars{"Account": center.Office.Account}), w.Page(invitation)))),
			secondary(open(w.Say("manual.open"), ManualPage(w, base)))),
	})
}

// InvitationPath is where the addresses of ambassadors' invitations begin, below the public URL.
const InvitationPath = "/i/"

// InvitationPage is the address of an invitation: what its QR code holds.
func InvitationPage(base, invite string) string { return base + InvitationPath + invite }

// ManualPage is the address of the ambassadors' manual, as a reader of the language is led to it.
func ManualPage(w Words, base string) string { return w.Page(base + "/r/ambassadors") }
