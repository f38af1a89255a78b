package messages

import (
	"bytes"
	"encoding/json"
	"strings"

	"ippo"
)

// OwnCards shows cards that staff have filled in themselves, as one message. base is the public URL that
// pictures lie under.
func OwnCards(all []ippo.Card, base string) ippo.Message {
	bubbles := make([]bubble, len(all))
	alt := make([]string, len(all))
	for i, c := range all {
		bubbles[i] = ownCard(c, base)
		alt[i] = strings.Trim(c.Title+"\n"+c.Text, "\n")
	}
	return cards(strings.Join(alt, "\n"), bubbles)
}

func ownCard(c ippo.Card, base string) bubble {
	b := bubble{Type: "bubble"}
	if c.Picture != "" {
		b.Hero = &image{Type: "image", URL: ippo.PictureURL(base, c.Picture), Size: "full", AspectRatio: c.Shape, AspectMode: "cover"}
	}
	heading := title(c.Title)
	if c.Title == "" {
		heading = nil
	}
	b.Body = vertical("sm", heading, plain(c.Text))
	var buttons []any
	for _, one := range c.Buttons {
		draw := secondary
		if len(buttons) == 0 {
			draw = primary
		}
		buttons = append(buttons, draw(does(one)))
	}
	if len(buttons) > 0 {
		b.Footer = vertical("sm", buttons...)
	}
	return b
}

func does(b ippo.CardButton) *action {
	switch b.Does {
	case ippo.ButtonCalls:
		return open(b.Label, Dial(ippo.Telephone(b.Value)))
	case ippo.ButtonSays:
		return &action{Type: "message", Label: b.Label, Text: b.Value}
	}
	return open(b.Label, b.Value)
}

// ReadOwnCards returns the cards that OwnCards drew, so that they can be changed. It draws them again and
// compares: ok is false for a message that would not come out the same.
func ReadOwnCards(m ippo.Message) (all []ippo.Card, ok bool) {
	type drawnCard struct {
		Hero   image                        `json:"hero"`
		Body   struct{ Contents []text }    `json:"body"`
		Footer struct{ Contents []*button } `json:"footer"`
	}
	var drawn struct {
		Contents struct {
			drawnCard
			Contents []drawnCard `json:"contents"`
		} `json:"contents"`
	}
	if json.Unmarshal(m, &drawn) != nil {
		return nil, false
	}
	several := drawn.Contents.Contents
	if several == nil {
		several = []drawnCard{drawn.Contents.drawnCard}
	}
	base := ""
	for _, d := range several {
		c := ippo.Card{Picture: ippo.PictureCode(d.Hero.URL), Shape: d.Hero.AspectRatio}
		if c.Picture != "" {
			base = strings.TrimSuffix(d.Hero.URL, ippo.PictureURL("", c.Picture))
		}
		for _, t := range d.Body.Contents {
			if t.Weight != "" {
				c.Title = t.Text
			} else {
				c.Text = t.Text
			}
		}
		for _, b := range d.Footer.Contents {
			if b == nil || b.Action == nil {
				return nil, false
			}
			one := ippo.CardButton{Label: b.Action.Label, Does: ippo.ButtonOpens, Value: b.Action.URI}
			if number, found := strings.CutPrefix(b.Action.URI, "tel:"); found {
				one.Does, one.Value = ippo.ButtonCalls, number
			} else if b.Action.Type == "message" {
				one.Does, one.Value = ippo.ButtonSays, b.Action.Text
			}
			c.Buttons = append(c.Buttons, one)
		}
		all = append(all, c)
	}
	return all, bytes.Equal(OwnCards(all, base), m)
}
