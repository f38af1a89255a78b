package bot

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"ippo/internal/morph"
	"ippo/messages"
	"ippo/store"
)

// personal is what a text gives away of its writer: it stays off LINE, and is answered with the way to
// give it safely.
type personal struct {
	phone   string // digits
	email   bool
	address bool
}

func (p personal) any() bool { return p.phone != "" || p.email || p.address }

var (
	phoneShape  = regexp.MustCompile(`(?:^|[^0-9])((?:\+?81[-. ()]*[1-9]|0[1-9])[0-9]{0,3}(?:[-. ()]{0,2}[0-9]{1,4}){1,3})(?:[^0-9]|$)`)
	emailShape  = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	postalShape = regexp.MustCompile(`(?:^|[^0-9-])〒?[0-9]{3}-[0-9]{4}(?:[^0-9-]|$)|〒\s?[0-9]{7}`)
	// A place name followed by the numbers of a house: 栄町2丁目3-1, 本町1-2-3, 山田123番地.
	addressShape = regexp.MustCompile(`[都道府県市区町村郡字条通][^0-9\n]{0,12}[0-9一二三四五六七八九十]{1,4}\s?(?:丁目|番地|番(?:[^目]|$)|号|-\s?[0-9]{1,4})`)
	// The same without a town before it: 中央三丁目5, 大字山田123, ハイツ203号室.
	houseShape = regexp.MustCompile(`[0-9一二三四五六七八九十]丁目\s?[0-9]|[0-9]番地|大字[^0-9\n]{1,12}[0-9]|[0-9]{2,4}\s?号室`)
)

// dashes are what people type between the parts of a number.
var dashes = strings.NewReplacer("‐", "-", "‑", "-", "–", "-", "—", "-", "―", "-", "−", "-", "ー", "-", "－", "-", "〜", "-", "の", "の")

// findPersonal looks for a telephone number, an e-mail address and a postal address.
func findPersonal(text string) personal {
	plain := dashes.Replace(norm.NFKC.String(text))
	var p personal
	for _, m := range phoneShape.FindAllStringSubmatch(plain, -1) {
		digits := onlyDigits(m[1])
		if strings.HasPrefix(digits, "81") {
			digits = "0" + digits[2:]
		}
		if len(digits) == 10 || len(digits) == 11 {
			p.phone = digits
			break
		}
	}
	p.email = emailShape.MatchString(plain)
	p.address = postalShape.MatchString(plain) || addressShape.MatchString(plain) || houseShape.MatchString(plain)
	return p
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// longNumber is a number that may be somebody's: of five digits and more, whatever stands between them.
var longNumber = regexp.MustCompile(`[0-9](?:[-. ()/]{0,2}[0-9]){4,}`)

// masked is a text for others to read who need not know who wrote it: without long numbers, and without
// the names of people that the dictionary knows. What gives away more is "": nothing of it is kept.
func masked(text string) string {
	if findPersonal(text).any() {
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
func (t *turn) answerPersonal(found personal, text string) error {
	warning := t.w.Say("personal.warning")
	link := t.formLink(purposeContact, contactContext{})
	buttons := []messages.Choice{{Label: t.w.Say("personal.form"), Page: link}}
	if found.phone != "" {
		pending := store.NewFormLink(t.follower.ID, purposePhone, []byte(found.phone), t.now.Add(pendingLife))
		pending.MessageID = t.in.MessageID
		t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.AddFormLink(ctx, pending) })
		warning += "\n" + t.w.Say("personal.kept")
		buttons = append([]messages.Choice{{
			Label: t.w.Say("personal.call"),
			Data:  tapped{talkDesk, "call", strconv.FormatInt(pending.ID, 36)}.data(),
		}}, buttons...)
	}
	if utf8.RuneCountInString(text) >= longText {
		buttons = append(buttons, messages.Choice{Label: t.w.Say("consult.move"), Page: t.roomLink(text)})
	}
	t.send(messages.Text(warning))
	t.send(messages.Summary(t.w.Say("personal.title"), nil, t.w.Say("personal.note", t.office()), buttons))
	t.closing()
	return nil
}
