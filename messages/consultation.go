package messages

import "ippo"

// Room leads to a follower's room for consultations (相談) on our page. state is that of the consultation that
// is open there, "" for none. Nothing of what is said in it stands here.
func Room(w Words, office ippo.Office, state ippo.ConsultationState, page string) ippo.Message {
	var facts []Fact
	if state != "" {
		facts = append(facts, Fact{w.Say("consult.state"), w.Say("consult.state." + string(state))})
	}
	facts = append(facts, Fact{w.Say("desk.hours"), office.Hours})
	buttons := []Choice{{Label: w.Say("consult.enter"), Page: page}}
	if Dial(office.Phone) != "" {
		buttons = append(buttons, Choice{Label: w.Say("desk.dial"), Dial: office.Phone})
	}
	return Summary(w.Say("consult.title"), facts, w.Say("consult.note"), buttons)
}

// MovedText says that what was typed in the chat waits in the room, and that nobody reads it until its writer
// sends it there.
func MovedText(w Words, page string) ippo.Message {
	return Summary(w.Say("consult.moved.title"), nil, w.Say("consult.moved"), []Choice{{Label: w.Say("consult.enter"), Page: page}})
}

// ConsultationAnswer tells a follower that there is an answer in their room. The link ends; the second button
// makes a new one.
func ConsultationAnswer(w Words, page string) ippo.Message {
	return Summary(w.Say("consult.answered.title"), nil, w.Say("consult.answered"), []Choice{
		{Label: w.Say("consult.answered.read"), Page: page},
		{Label: w.Say("consult.again"), Data: "1/consult/start/"},
	})
}
