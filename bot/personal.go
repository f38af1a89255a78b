package bot

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ippo"
	"ippo/internal/morph"
	"ippo/internal/personal"
	"ippo/messages"
	"ippo/store"
)

// longNumber is a number that may be somebody's: of five digits and more, whatever stands between them.
var longNumber = regexp.MustCompile(`[0-9](?:[-. ()/]{0,2}[0-9]){4,}`)

// masked is a text for others to read who need not know who wrote it: without long numbers, and without
// the names of people that the dictionary knows. What gives away more is "": nothing of it is kept.
func masked(text string) string {
	if personal.Find(text).Any() {
		return ""
	}
	text = longNumber.ReplaceAllString(morph.Normal(text), "＊")
	var b strings.Builder
	end := 0
	for _, t := range morph.Analyze(text) {
		if pos := t.POS(); len(pos) > 2 && pos[1] == "固有名詞" && pos[2] == "人名" {
			b.WriteString(text[end:t.Start] + "＊")
			end = t.Start + len(t.Surface)
		}
	}
	return strings.Join(strings.Fields(b.String()+text[end:]), " ")
}

// pendingLife is how long a number waits for its owner to say that staff may ring it.
const pendingLife = 24 * time.Hour

// answerPersonal answers a text that gives away too much: with our own form and, for a telephone number,
// the offer to be rung. The number is kept encrypted until the offer is taken or has run out; the button
// names where it is kept, not the number. A long text may be moved to the room for consultations.
func (t *turn) answerPersonal(found personal.Data, text string) error {
	warning := t.w.Say("personal.warning")
	link := t.formLink(purposeContact, contactContext{})
	buttons := []messages.Choice{{Label: t.w.Say("personal.form"), Page: link}}
	if found.Phone() != "" {
		pending := store.NewFormLink(t.follower.ID, purposePhone, []byte(found.Phone()), t.now.Add(pendingLife))
		pending.MessageID = t.in.MessageID
		t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.AddFormLink(ctx, pending) })
		warning += "\n" + t.w.Say("personal.kept")
		buttons = append([]messages.Choice{{
			Label: t.w.Say("personal.call"),
			Data:  tapped{talkDesk, "call", strconv.FormatInt(pending.ID, 36)}.data(),
		}}, buttons...)
	}
	if utf8.RuneCountInString(text) >= longText && t.center.Has(ippo.ModuleConsultations) {
		buttons = append(buttons, messages.Choice{Label: t.w.Say("consult.move"), Page: t.roomLink(text)})
	}
	t.send(messages.Text(warning))
	t.send(messages.Summary(t.w.Say("personal.title"), nil, t.w.Say("personal.note", t.office()), buttons))
	t.closing()
	return nil
}
