package messages

import (
	"cmp"

	"ippo"
)

// GreetingWords are what somebody is told who has just added the account: whose it is, what it is for, and how it
// treats what they tell it. The first two may be the center's own.
func GreetingWords(w Words, center ippo.Settings) (hello, purpose, care string) {
	office := center.Office
	vars := Vars{
		"Account": office.Account, "Office": office.Name, "City": office.City, "Phone": office.Phone,
		"Groups": center.Has(ippo.ModuleGroups), "Matching": center.Has(ippo.ModuleMatching),
	}
	own := center.Greetings[w.Language]
	return cmp.Or(own.Hello, w.Say("greeting.hello", vars)), cmp.Or(own.Purpose, w.Say("greeting.purpose", vars)), w.Say("greeting.care", vars)
}

// Greeting is the card with these words.
func Greeting(w Words, center ippo.Settings, privacy string) ippo.Message {
	hello, purpose, care := GreetingWords(w, center)
	return card(hello+"\n"+purpose+"\n"+care+"\n"+w.Page(privacy), bubble{
		Type:   "bubble",
		Body:   vertical("md", title(hello), plain(purpose), rule(), small(care)),
		Footer: vertical("sm", secondary(open(w.Say("greeting.privacy"), w.Page(privacy)))),
	})
}

// Helpline is a number that is always answered.
type Helpline struct{ Name, Number string }

// Helplines are the police and fire service; よりそいホットライン; いのち SOS; DV相談＋; child protection.
func Helplines(w Words) []Helpline {
	return []Helpline{
		{w.Say("danger.119"), "119"},
		{w.Say("danger.110"), "110"},
		{w.Say("danger.yorisoi"), "0120-279-338"},
		{w.Say("danger.inochi"), "0120-061-338"},
		{w.Say("danger.dv"), "0120-279-889"},
		{w.Say("danger.189"), "189"},
	}
}

// Danger is the answer to words of danger: the numbers that are always answered, and that nobody may be
// looking here.
func Danger(w Words, office ippo.Office) ippo.Message {
	rows := []any{
		text{Type: "text", Text: w.Say("danger.title"), Size: "lg", Weight: "bold", Color: red, Wrap: true},
		plain(w.Say("danger.now")),
	}
	alt := w.Say("danger.title") + "\n" + w.Say("danger.now")
	for i, l := range Helplines(w) {
		alt += "\n" + l.Name + "：" + l.Number
		// Where letters are large or the phone is narrow, they shrink rather than hide whose number it is.
		call := button{Type: "button", Style: "secondary", Height: "sm", Adjust: "shrink-to-fit", Action: open(l.Number+" "+l.Name, Dial(l.Number))}
		if i < 2 {
			call.Style, call.Color = "primary", red
		}
		rows = append(rows, call)
	}
	unwatched := w.Say("danger.unwatched", Vars{"Office": office.Name, "Phone": office.Phone, "Hours": office.Hours})
	body := vertical("sm", append(rows, rule(), plain(unwatched))...)
	body.BackgroundColor = paleRed
	return card(alt+"\n"+unwatched, bubble{Type: "bubble", Body: body})
}

// Desk says how to reach the center: by telephone, or by our own form.
func Desk(w Words, office ippo.Office, form string) ippo.Message {
	buttons := []Choice{{Label: w.Say("desk.form"), Page: form}}
	if Dial(office.Phone) != "" {
		buttons = append([]Choice{{Label: w.Say("desk.dial"), Dial: office.Phone}}, buttons...)
	}
	return Summary(w.Say("desk.title"), []Fact{
		{w.Say("desk.office"), office.Name},
		{w.Say("desk.phone"), office.Phone},
		{w.Say("desk.hours"), office.Hours},
		{w.Say("desk.address"), office.Address},
	}, w.Say("desk.note"), buttons)
}
