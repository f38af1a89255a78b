package messages

import (
	"fmt"

	"ippo"
)

// GroupAnswer tells a newcomer what a group said to their wish to visit it. It names the group and the day,
// and nothing of the newcomer.
func GroupAnswer(w Words, m ippo.Match) ippo.Message {
	facts := []Fact{{w.Say("card.group"), m.GroupName}}
	if m.Answer == ippo.AnswerWelcome {
		facts = append(facts, Fact{w.Say("answer.day"), w.Day(m.VisitOn)})
	}
	var buttons []Choice
	if m.Answer == ippo.AnswerClosed {
		buttons = []Choice{{Label: w.Say("match.next"), Data: fmt.Sprintf("1/match/next/%d", m.ID)}}
	}
	return Summary(w.Say("answer.title"), facts, w.Say("answer."+string(m.Answer)), buttons)
}

// FollowUp asks a newcomer how it goes with a group. Each answer is one tap.
func FollowUp(w Words, kind ippo.FollowUp, match ippo.MatchID, group string) ippo.Message {
	answers := ippo.FollowUpAnswers[kind]
	buttons := make([]Choice, len(answers))
	for i, a := range answers {
		buttons[i] = Choice{Label: w.Say("followup." + string(kind) + "." + a), Data: fmt.Sprintf("1/match/%s/%d.%s", kind, match, a)}
	}
	return Summary(w.Say("followup."+string(kind)+".ask", Vars{"Group": group}), nil, "", buttons)
}

// VisitRequest tells whoever receives newcomers for a group that somebody wants to visit. What there is to
// know stands on our page.
func VisitRequest(w Words, group, page string) ippo.Message {
	return Summary(w.Say("host.visit.title"), []Fact{{w.Say("card.group"), group}}, w.Say("host.visit.note"), []Choice{
		{Label: w.Say("host.visit.see"), Page: page},
	})
}

// Freshness asks whoever receives newcomers for a group whether its entry is right (募集中ですか).
func Freshness(w Words, g ippo.ActivityGroup) ippo.Message {
	buttons := make([]Choice, len(ippo.FreshAnswers))
	for i, a := range ippo.FreshAnswers {
		buttons[i] = Choice{Label: w.Say("host.fresh." + string(a)), Data: fmt.Sprintf("1/host/fresh/%d.%s", g.ID, a)}
	}
	return Summary(w.Say("host.fresh.ask"), []Fact{{w.Say("card.group"), g.Name}, {w.Say("host.fresh.since"), w.Day(g.ConfirmedAt)}},
		w.Say("host.fresh.note"), buttons)
}

// HostMail is a mail to whoever receives newcomers for a group: kind is "visit" or "fresh", page the
// way to our page, which whoever sends the mail makes an address of.
func HostMail(w Words, kind, group, page string) (subject, text string) {
	vars := Vars{"Group": group, "Page": page}
	return w.Say("host.mail."+kind, vars), w.Say("host.mail."+kind+".text", vars) + "\n"
}
