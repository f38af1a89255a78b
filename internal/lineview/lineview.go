package lineview

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
)

// Bounds on what is drawn. LINE allows 50 KB for a carousel's JSON and 5,000 characters of text; the
// rest is room for escapes. A depth of 16 boxes is far beyond what a phone can show.
const (
	maxBytes = 256 << 10
	maxDepth = 16
	maxNodes = 3000
)

// ErrTooComplex says that a message is larger or more deeply nested than anything LINE would show.
var ErrTooComplex = errors.New("message is too large or too deeply nested to draw")

// Options say how a message stands in its chat.
type Options struct {
	Account string // the account's name, shown above its messages; empty: none
	IconURL string // the account's picture; empty or not http(s): a drawn one
	Time    string // as shown beside the message, e.g. "10:32"; empty: none
	Mine    bool   // sent by the person who holds the phone: on the right, green, without a name
	Follows bool   // the message before is from the same sender: picture and name are not repeated
	Inert   bool   // nothing can be tapped, as in a preview

	// Alt says what the picture at an address shows, "" if that is not known: a picture message has no words of
	// its own. Nil: nothing is known.
	Alt func(address string) string
}

// Render draws one message object, as bots send them and as webhooks report them, with its sender's
// picture and the time beside it. An error means nothing sensible can be shown: JSON that is no message
// object, or ErrTooComplex.
func Render(raw json.RawMessage, o Options) (template.HTML, error) {
	d := &drawing{inert: o.Inert, alt: o.Alt}
	m, err := d.message(raw)
	if err != nil {
		return "", fmt.Errorf("draw message: %w", err)
	}
	row := row{Options: o, Body: m.body, Alt: m.alt, Wide: m.wide, Name: o.Account, Icon: imageURL(o.IconURL)}
	if m.sender.Name != "" {
		// LINE shows a switched name as "name from account".
		row.Name = m.sender.Name
		if o.Account != "" {
			row.Name += " from " + o.Account
		}
	}
	if icon := imageURL(m.sender.IconURL); icon != "" {
		row.Icon = icon
	}
	return execute("row", row)
}

// QuickReplies draws the quick replies of a message object as the bar above the keyboard. It is empty
// when the message has none. LINE shows only those of the newest message, until the person answers.
func QuickReplies(raw json.RawMessage, o Options) (template.HTML, error) {
	d := &drawing{inert: o.Inert}
	items, err := d.quickReplies(raw)
	if err != nil {
		return "", fmt.Errorf("draw quick replies: %w", err)
	}
	if len(items) == 0 {
		return "", nil
	}
	return execute("quick", items)
}

// RichMenu draws a rich menu object as its picture with the tappable areas over it. picture is the
// address the page serves it from, which may be relative; without one the areas are drawn with their
// labels, so that the menu can still be used.
func RichMenu(raw json.RawMessage, picture string, o Options) (template.HTML, error) {
	d := &drawing{inert: o.Inert}
	m, err := d.richMenu(raw, picture)
	if err != nil {
		return "", fmt.Errorf("draw rich menu: %w", err)
	}
	return execute("map", m)
}

// Stylesheet is the CSS for all that this package draws. Its selectors all begin with .lv-, and a chat
// stands in an element of class lv-chat.
func Stylesheet() string { return stylesheet }

//go:embed lineview.css
var stylesheet string

//go:embed templates/*.html
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.html"))

func execute(name string, data any) (template.HTML, error) {
	var buf bytes.Buffer
	if err := templates.ExecuteTemplate(&buf, name, data); err != nil {
		return "", fmt.Errorf("draw %s: %w", name, err)
	}
	return template.HTML(buf.String()), nil // html/template wrote it
}

// row is one message with what stands around it.
type row struct {
	Options
	Body *node
	Alt  string
	Wide bool // takes the chat's whole width and scrolls sideways
	Name string
	Icon string
}

// node is one thing to draw. Kind names its template; the other fields mean what that template says.
type node struct {
	Kind     string
	Class    string
	Style    template.CSS // written by style.go only
	Inner    template.CSS // of the element inside, where a template has one
	Text     string
	Title    string
	URL      string // passed imageURL, or is the page's own
	Dir      string
	Tap      *tap
	Children []*node
}

// drawing is the state of one call: it counts what it draws.
type drawing struct {
	inert bool
	alt   func(address string) string
	nodes int
}

// add makes a node, or fails when the message holds too many or too deep.
func (d *drawing) add(depth int, n node) (*node, error) {
	d.nodes++
	if depth > maxDepth || d.nodes > maxNodes {
		return nil, ErrTooComplex
	}
	return &n, nil
}

// decode reads JSON of bounded size. Its errors name fields and types, never contents.
func decode(raw json.RawMessage, into any) error {
	if len(raw) > maxBytes {
		return ErrTooComplex
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode JSON: %w", err)
	}
	return nil
}
