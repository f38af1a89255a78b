package ippo

// Greeting is how a center greets who has just added the account, in one language (あいさつ). What is "" is said in our
// own words; how personal data is treated always is.
type Greeting struct {
	Hello   string `json:"hello,omitempty"`   // whose account it is
	Purpose string `json:"purpose,omitempty"` // what it is for
}

// Limits of a greeting, which stands on one card.
const (
	MaxHello   = 60
	MaxPurpose = 200
)

// Greetings are a center's own, by language.
type Greetings map[Language]Greeting

// Validate reports every problem staff can mend.
func (g Greetings) Validate() error {
	var p Problems
	for l, one := range g {
		checkText(&p, "greetings."+string(l)+".hello", "はじめのことば（"+l.Words()+"）", one.Hello, 0, MaxHello)
		checkText(&p, "greetings."+string(l)+".purpose", "できること（"+l.Words()+"）", one.Purpose, 0, MaxPurpose)
	}
	return p.Err()
}
