package ippo

import (
	"fmt"
	"net/url"
	"strings"
)

// Card is a card that staff fill in themselves (自由なカード): a title, a text, a picture and buttons, as far as
// they are wanted. Several in one message stand side by side.
type Card struct {
	Title   string
	Text    string
	Picture string // its code; "" for none
	Shape   string // of the picture, such as 3:2
	Buttons []CardButton
}

// CardButton is a button of a card.
type CardButton struct {
	Label string
	Does  ButtonDoes
	Value string // the address, the telephone number or the word
}

// ButtonDoes is what a tap on a button does. In forms: add, never rename.
type ButtonDoes string

const (
	ButtonOpens ButtonDoes = "open" // an address
	ButtonCalls ButtonDoes = "call" // a telephone number
	ButtonSays  ButtonDoes = "say"  // a word to the bot, as if the reader had typed it
)

// ButtonDeeds are all of them, as staff are offered them.
var ButtonDeeds = []ButtonDoes{ButtonOpens, ButtonCalls, ButtonSays}

// Words returns it as staff read it.
func (d ButtonDoes) Words() string {
	switch d {
	case ButtonOpens:
		return "ページを開く"
	case ButtonCalls:
		return "電話をかける"
	case ButtonSays:
		return "ことばを送る"
	}
	return string(d)
}

// Limits on cards. Those of buttons are LINE's:
// https://developers.line.biz/en/reference/messaging-api/#action-objects
const (
	MaxCards       = 10
	MaxCardTitle   = 60
	MaxCardText    = 600
	MaxCardButtons = 4
	MaxButtonLabel = 20
	maxButtonWord  = 300
	maxButtonURI   = 1000
)

// CheckCards reports every problem that staff can mend in the cards of one message. Fields are named after the
// message's: messages[0].cards[1].title.
func CheckCards(field string, cards []Card) error {
	var p Problems
	if n := len(cards); n == 0 || n > MaxCards {
		p.Addf(field, "カードは1枚から%d枚までです（現在%d枚）。", MaxCards, n)
	}
	for i, c := range cards {
		at, which := fmt.Sprintf("%s.cards[%d]", field, i), "カード"
		if len(cards) > 1 {
			which = fmt.Sprintf("%d枚目のカード", i+1)
		}
		if c.Title == "" && c.Text == "" {
			p.Addf(at, "%sに、見出しか文章を入力してください。", which)
		}
		checkText(&p, at+".title", which+"の見出し", c.Title, 0, MaxCardTitle)
		checkText(&p, at+".text", which+"の文章", c.Text, 0, MaxCardText)
		if n := len(c.Buttons); n > MaxCardButtons {
			p.Addf(at, "ボタンは1枚に%d個までです（現在%d個）。", MaxCardButtons, n)
		}
		for _, b := range c.Buttons {
			b.check(&p, at, which)
		}
	}
	return p.Err()
}

func (b CardButton) check(p *Problems, field, which string) {
	if b.Label == "" {
		p.Addf(field, "%sのボタンに、書くことばを入力してください。", which)
		return
	}
	checkText(p, field, "ボタンのことば", b.Label, 1, MaxButtonLabel)
	named := which + "のボタン「" + b.Label + "」"
	switch b.Does {
	case ButtonOpens:
		if u, err := url.Parse(b.Value); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(u.String()) > maxButtonURI {
			p.Addf(field, "%sのアドレスは、https:// から入力してください。", named)
		}
	case ButtonCalls:
		if Telephone(b.Value) == "" {
			p.Addf(field, "%sの電話番号を、0から始まる番号で入力してください。", named)
		}
	case ButtonSays:
		checkText(p, field, named+"で送ることば", b.Value, 1, maxButtonWord)
	default:
		p.Addf(field, "%sを押したときにすることを選んでください。", named)
	}
}

// Telephone returns the digits of a Japanese telephone number as it was typed; "" if it is none.
func Telephone(typed string) string {
	digits := strings.NewReplacer("-", "", "(", "", ")", "", " ", "", "　", "", "－", "", "ー", "", "−", "", "（", "", "）", "").Replace(Narrow(typed))
	if n := len(digits); n < 10 || n > 11 || digits[0] != '0' || strings.Trim(digits, "0123456789") != "" {
		if n != 3 || strings.Trim(digits, "0123456789") != "" || digits[0] != '1' { // 110, 119, 171 …
			return ""
		}
	}
	return digits
}
