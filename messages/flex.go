package messages

import (
	"encoding/json"
	"fmt"
	"strconv"

	"ippo"
)

// These are the parts of a Flex message that we use. The SDK's own types write zero values such as
// "flex":0, which change a layout; these leave out what was not set. Source:
// https://developers.line.biz/en/reference/messaging-api/#flex-message

type bubble struct {
	Type   string `json:"type"`
	Size   string `json:"size,omitempty"`
	Header *box   `json:"header,omitempty"`
	Hero   *image `json:"hero,omitempty"`
	Body   *box   `json:"body,omitempty"`
	Footer *box   `json:"footer,omitempty"`
}

type carousel struct {
	Type     string   `json:"type"`
	Contents []bubble `json:"contents"`
}

type box struct {
	Type            string  `json:"type"`
	Layout          string  `json:"layout"`
	Contents        []any   `json:"contents"`
	Flex            *int    `json:"flex,omitempty"`
	Spacing         string  `json:"spacing,omitempty"`
	Margin          string  `json:"margin,omitempty"`
	PaddingAll      string  `json:"paddingAll,omitempty"`
	BackgroundColor string  `json:"backgroundColor,omitempty"`
	BorderColor     string  `json:"borderColor,omitempty"`
	BorderWidth     string  `json:"borderWidth,omitempty"`
	CornerRadius    string  `json:"cornerRadius,omitempty"`
	AlignItems      string  `json:"alignItems,omitempty"`
	Width           string  `json:"width,omitempty"`
	Height          string  `json:"height,omitempty"`
	Action          *action `json:"action,omitempty"`
}

type text struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Size   string `json:"size,omitempty"`
	Weight string `json:"weight,omitempty"`
	Color  string `json:"color,omitempty"`
	Wrap   bool   `json:"wrap,omitempty"`
	Align  string `json:"align,omitempty"`
	Flex   *int   `json:"flex,omitempty"`
	Margin string `json:"margin,omitempty"`
}

type image struct {
	Type        string  `json:"type"`
	URL         string  `json:"url"`
	Size        string  `json:"size,omitempty"`
	AspectRatio string  `json:"aspectRatio,omitempty"`
	AspectMode  string  `json:"aspectMode,omitempty"`
	Margin      string  `json:"margin,omitempty"`
	Action      *action `json:"action,omitempty"`
}

type button struct {
	Type   string  `json:"type"`
	Style  string  `json:"style,omitempty"`
	Color  string  `json:"color,omitempty"`
	Height string  `json:"height,omitempty"`
	Adjust string  `json:"adjustMode,omitempty"`
	Action *action `json:"action"`
}

type separator struct {
	Type   string `json:"type"`
	Margin string `json:"margin,omitempty"`
}

type action struct {
	Type        string `json:"type"`
	Label       string `json:"label,omitempty"`
	Data        string `json:"data,omitempty"`
	DisplayText string `json:"displayText,omitempty"`
	URI         string `json:"uri,omitempty"`
	Text        string `json:"text,omitempty"`
}

// Colours of the Digital Agency's design system; each stands out from its background by 4.5:1 or more.
const (
	blue    = "#0017C1"
	paleBg  = "#E8F1FE"
	ink     = "#1A1A1C"
	grey    = "#626264"
	line    = "#D8D8DB"
	white   = "#FFFFFF"
	red     = "#CE0000"
	paleRed = "#FDEEEE"
)

func vertical(spacing string, contents ...any) *box {
	return &box{Type: "box", Layout: "vertical", Spacing: spacing, Contents: compact(contents)}
}

func horizontal(spacing string, contents ...any) *box {
	return &box{Type: "box", Layout: "horizontal", Spacing: spacing, Contents: compact(contents)}
}

// compact drops what a card has no value for.
func compact(contents []any) []any {
	kept := contents[:0]
	for _, c := range contents {
		if c != nil {
			kept = append(kept, c)
		}
	}
	return kept
}

func title(s string) any {
	return text{Type: "text", Text: s, Size: "lg", Weight: "bold", Color: ink, Wrap: true}
}

// listed is the title of the i-th of n cards: with the number that can be typed for it, where there are
// several.
func listed(i, n int, s string) any {
	if n > 1 {
		s = strconv.Itoa(i+1) + "  " + s
	}
	return title(s)
}

// plain is running text, or nothing: LINE refuses an empty text.
func plain(s string) any {
	if s == "" {
		return nil
	}
	return text{Type: "text", Text: s, Size: "md", Color: ink, Wrap: true}
}

func small(s string) any {
	if s == "" {
		return nil
	}
	return text{Type: "text", Text: s, Size: "sm", Color: grey, Wrap: true}
}

// row is a fact with its name before it, or nothing.
func row(name, value string) any {
	if value == "" {
		return nil
	}
	two, five := 2, 5
	return horizontal("md",
		text{Type: "text", Text: name, Size: "sm", Color: grey, Flex: &two, Wrap: true},
		text{Type: "text", Text: value, Size: "sm", Color: ink, Flex: &five, Wrap: true})
}

// filler is what LINE wants in a box that holds nothing but its colour.
type filler struct {
	Type string `json:"type"`
}

// bar is a picture of a percentage; LINE draws no width of 0.
func bar(percent int) any {
	full := vertical("", filler{"filler"})
	full.Width, full.Height, full.BackgroundColor, full.CornerRadius = strconv.Itoa(max(1, percent))+"%", "8px", blue, "4px"
	whole := vertical("", full)
	whole.Height, whole.BackgroundColor, whole.CornerRadius, whole.Margin = "8px", line, "4px", "sm"
	return whole
}

func rule() any { return separator{Type: "separator", Margin: "md"} }

func primary(a *action) any {
	return button{Type: "button", Style: "primary", Color: blue, Height: "sm", Action: a}
}

func secondary(a *action) any {
	return button{Type: "button", Style: "secondary", Height: "sm", Action: a}
}

// link is a button that stands back behind the others.
func link(a *action) any {
	return button{Type: "button", Style: "link", Height: "sm", Action: a}
}

// maxDisplayText is how much of what was tapped is shown in the chat. Source:
// https://developers.line.biz/en/reference/messaging-api/#postback-action
const maxDisplayText = 300

// tap is an action that tells the bot data and shows in the chat what was tapped.
func tap(label, data string) *action {
	return &action{Type: "postback", Label: clip(label, 20), Data: data, DisplayText: clipUnits(label, maxDisplayText)}
}

// open is an action that opens a page or dials a number.
func open(label, uri string) *action {
	return &action{Type: "uri", Label: clip(label, 20), URI: uri}
}

// card makes a Flex message of one bubble.
func card(alt string, b bubble) ippo.Message { return cards(alt, []bubble{b}) }

// cards makes a Flex message of several bubbles, at most ippo.MaxBubbles.
func cards(alt string, bubbles []bubble) ippo.Message {
	bubbles = bubbles[:min(len(bubbles), ippo.MaxBubbles)]
	var contents any = carousel{Type: "carousel", Contents: bubbles}
	if len(bubbles) == 1 {
		contents = bubbles[0]
	}
	for _, longest := range shorter {
		if fits(contents, bubbles) {
			break
		}
		for i := range bubbles {
			bubbles[i].shorten(longest)
		}
	}
	return flex(alt, contents)
}

// shorter is how long each text of a card may still be where the whole would be more than LINE takes: the longest
// are cut first. What is left out stands on our page.
var shorter = []int{600, 300, 200, 120, 80, 60, 40, 20, 10}

// fits reports whether LINE takes contents, and each of its bubbles.
func fits(contents any, bubbles []bubble) bool {
	for _, b := range bubbles {
		if len(encode(b)) > ippo.MaxBubbleSize {
			return false
		}
	}
	return len(encode(contents)) <= ippo.MaxFlexSize
}

// shorten cuts every text of the bubble to so many characters.
func (b *bubble) shorten(longest int) {
	for _, part := range []*box{b.Header, b.Body, b.Footer} {
		if part != nil {
			part.shorten(longest)
		}
	}
}

func (b *box) shorten(longest int) {
	b.Action.shorten(longest)
	for i, c := range b.Contents {
		switch c := c.(type) {
		case text:
			c.Text = clip(c.Text, longest)
			b.Contents[i] = c
		case box:
			c.shorten(longest)
		case *box:
			c.shorten(longest)
		case button:
			c.Action.shorten(longest)
		}
	}
}

func (a *action) shorten(longest int) {
	if a != nil {
		a.DisplayText = clip(a.DisplayText, longest)
	}
}

func flex(alt string, contents any) ippo.Message {
	return encode(struct {
		Type     string `json:"type"`
		AltText  string `json:"altText"`
		Contents any    `json:"contents"`
	}{"flex", clipUnits(alt, ippo.MaxAltText), contents})
}

func encode(v any) ippo.Message {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("messages: %v", err)) // strings, numbers and our own structs
	}
	return b
}
