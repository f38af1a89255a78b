package lineview

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// message is any message object, from a bot or from a webhook; each kind uses its own fields.
type message struct {
	Type               string                     `json:"type"`
	Text               string                     `json:"text"`
	Emojis             []emojiPlace               `json:"emojis"`
	Substitution       map[string]json.RawMessage `json:"substitution"`
	AltText            string                     `json:"altText"`
	Sender             sender                     `json:"sender"`
	Contents           json.RawMessage            `json:"contents"`
	Template           json.RawMessage            `json:"template"`
	StickerID          string                     `json:"stickerId"`
	Keywords           []string                   `json:"keywords"`
	OriginalContentURL string                     `json:"originalContentUrl"`
	PreviewImageURL    string                     `json:"previewImageUrl"`
	Duration           json.Number                `json:"duration"` // milliseconds
	FileName           string                     `json:"fileName"`
	Title              string                     `json:"title"`
	Address            string                     `json:"address"`
	BaseURL            string                     `json:"baseUrl"`
	BaseSize           size                       `json:"baseSize"`
	Actions            []json.RawMessage          `json:"actions"`
	QuickReply         struct {
		Items []struct {
			ImageURL string          `json:"imageUrl"`
			Action   json.RawMessage `json:"action"`
		} `json:"items"`
	} `json:"quickReply"`
}

type sender struct {
	Name    string `json:"name"`
	IconURL string `json:"iconUrl"`
}

type size struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// drawn is a message before the row around it.
type drawn struct {
	body   *node
	alt    string
	sender sender
	wide   bool
}

func (d *drawing) message(raw json.RawMessage) (drawn, error) {
	var m message
	if err := decode(raw, &m); err != nil {
		return drawn{}, err
	}
	if m.Type == "" {
		return drawn{}, fmt.Errorf("no type")
	}
	out := drawn{alt: m.AltText, sender: m.Sender}
	var err error
	switch m.Type {
	case "text":
		out.body, err = d.say(withFaces(m.Text, m.Emojis))
	case "textV2":
		out.body, err = d.say(substitute(m.Text, m.Substitution))
	case "flex":
		out.body, out.wide, err = d.container(m.Contents)
	case "template":
		out.body, out.wide, err = d.template(m.Template)
	case "image":
		out.body, err = d.photo("写真", m.PreviewImageURL, m.OriginalContentURL)
	case "video":
		out.body, err = d.photo("動画", m.PreviewImageURL)
		if out.body != nil {
			out.body.Class += " lv-video"
		}
	case "audio":
		out.body, err = d.add(1, node{Kind: "file", Class: "lv-audio", Title: "音声メッセージ", Text: duration(m.Duration)})
	case "file":
		out.body, err = d.add(1, node{Kind: "file", Class: "lv-file", Title: "ファイル", Text: m.FileName})
	case "sticker":
		out.body, err = d.sticker(m)
	case "location":
		title := m.Title
		if title == "" {
			title = "位置情報"
		}
		out.body, err = d.add(1, node{Kind: "location", Title: title, Text: m.Address})
	case "imagemap":
		out.body, err = d.imagemap(m)
	default:
		out.body, err = d.unknown(1, "メッセージ", m.Type)
	}
	return out, err
}

var link = regexp.MustCompile(`https?://[^\s<>"'「」『』（）、。，．]+`)

// say is a text bubble. LINE makes web addresses in it tappable.
func (d *drawing) say(text string) (*node, error) {
	n, err := d.add(1, node{Kind: "say"})
	if err != nil {
		return nil, err
	}
	part := func(p node) error {
		child, err := d.add(2, p)
		n.Children = append(n.Children, child)
		return err
	}
	for text != "" {
		at := link.FindStringIndex(text)
		if at == nil {
			return n, part(node{Kind: "span", Text: text})
		}
		address := strings.TrimRight(text[at[0]:at[1]], ".,!?;:)")
		after := at[0] + len(address)
		if at[0] > 0 {
			if err := part(node{Kind: "span", Text: text[:at[0]]}); err != nil {
				return nil, err
			}
		}
		var t *tap
		if !d.inert {
			t = action{Type: "uri", URI: address}.tap()
		}
		if err := part(node{Kind: "link", Text: address, Tap: t}); err != nil {
			return nil, err
		}
		text = text[after:]
	}
	return n, nil
}

// emojiPlace is where one of LINE's own emoji stands in a text, in UTF-16 units.
type emojiPlace struct {
	Index int `json:"index"`
}

// face stands for an emoji of LINE's own, whose pictures are only on LINE's servers.
const face = "🙂"

// withFaces puts faces in the places of LINE's own emoji, which a bot's text marks with $.
func withFaces(text string, emojis []emojiPlace) string {
	if len(emojis) == 0 {
		return text
	}
	units := utf16.Encode([]rune(text))
	var shown []uint16
	for i, u := range units {
		if u == '$' && slices.Contains(emojis, emojiPlace{i}) {
			shown = append(shown, utf16.Encode([]rune(face))...)
			continue
		}
		shown = append(shown, u)
	}
	return string(utf16.Decode(shown))
}

var placeholder = regexp.MustCompile(`\{\{|\}\}|\{[0-9A-Za-z_]{1,20}\}`)

// substitute fills the placeholders of a textV2 message: mentions as @name, LINE's own emoji as faces.
func substitute(text string, with map[string]json.RawMessage) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		switch found {
		case "{{":
			return "{"
		case "}}":
			return "}"
		}
		var s struct {
			Type      string `json:"type"`
			Mentionee struct {
				Type string `json:"type"`
			} `json:"mentionee"`
		}
		raw, ok := with[found[1:len(found)-1]]
		if !ok || json.Unmarshal(raw, &s) != nil {
			return found
		}
		switch {
		case s.Type == "emoji":
			return face
		case s.Type == "mention" && s.Mentionee.Type == "all":
			return "@All"
		case s.Type == "mention":
			return "@メンバー"
		}
		return found
	})
}

// photo is a picture message; the first acceptable URL is shown.
func (d *drawing) photo(alt string, urls ...string) (*node, error) {
	n, err := d.add(1, node{Kind: "photo", Title: alt})
	if err != nil {
		return nil, err
	}
	for _, u := range urls {
		if n.URL = imageURL(u); n.URL != "" {
			break
		}
	}
	if d.alt != nil {
		if words := d.alt(n.URL); words != "" {
			n.Title = words
		}
	}
	return n, nil
}

// sticker is a drawn face: LINE's own sticker pictures may not be copied. Each sticker always gets the
// same one of the faces in the template.
func (d *drawing) sticker(m message) (*node, error) {
	h := fnv.New32a()
	h.Write([]byte(m.StickerID))
	text := m.Text
	if text == "" && len(m.Keywords) > 0 {
		text = m.Keywords[0]
	}
	return d.add(1, node{Kind: "sticker", Class: "lv-face-" + strconv.Itoa(int(h.Sum32()%4)), Text: text})
}

func duration(ms json.Number) string {
	n, err := ms.Int64()
	if err != nil || n < 0 {
		return ""
	}
	return fmt.Sprintf("%d:%02d", n/60000, n/1000%60)
}

func (d *drawing) quickReplies(raw json.RawMessage) ([]*node, error) {
	var m message
	if err := decode(raw, &m); err != nil {
		return nil, err
	}
	var items []*node
	for _, item := range m.QuickReply.Items {
		a, err := readAction(item.Action)
		if err != nil {
			return nil, err
		}
		if a == nil {
			continue
		}
		n := node{Kind: "chip", Text: a.Label, URL: imageURL(item.ImageURL)}
		if !d.inert {
			n.Tap = a.tap()
		}
		added, err := d.add(1, n)
		if err != nil {
			return nil, err
		}
		items = append(items, added)
	}
	return items, nil
}

// templateMessage is any template object.
type templateMessage struct {
	Type              string            `json:"type"`
	ThumbnailImageURL string            `json:"thumbnailImageUrl"`
	AspectRatio       string            `json:"imageAspectRatio"` // rectangle or square
	ImageSize         string            `json:"imageSize"`        // cover or contain
	ImageBackground   string            `json:"imageBackgroundColor"`
	Title             string            `json:"title"`
	Text              string            `json:"text"`
	DefaultAction     json.RawMessage   `json:"defaultAction"`
	Actions           []json.RawMessage `json:"actions"`
	Columns           []json.RawMessage `json:"columns"`
	ImageURL          string            `json:"imageUrl"` // of an image carousel's column
	Action            json.RawMessage   `json:"action"`
}

func (d *drawing) template(raw json.RawMessage) (n *node, wide bool, err error) {
	var t templateMessage
	if err := decode(raw, &t); err != nil {
		return nil, false, err
	}
	switch t.Type {
	case "buttons", "confirm":
		n, err = d.card(1, t, t)
		return n, false, err
	case "carousel", "image_carousel":
	default:
		n, err = d.unknown(1, "テンプレート", t.Type)
		return n, false, err
	}
	if n, err = d.add(1, node{Kind: "carousel"}); err != nil {
		return nil, false, err
	}
	for _, rawColumn := range t.Columns {
		var column templateMessage
		if err := decode(rawColumn, &column); err != nil {
			return nil, false, err
		}
		draw := d.card
		if t.Type == "image_carousel" {
			draw = d.imageColumn
		}
		child, err := draw(2, t, column)
		if err != nil {
			return nil, false, err
		}
		n.Children = append(n.Children, child)
	}
	return n, true, nil
}

// card is a buttons or confirm template or one column of a carousel, whose picture's shape the whole
// template sets.
func (d *drawing) card(depth int, whole, t templateMessage) (*node, error) {
	class := "lv-bubble lv-card"
	if t.Type == "confirm" {
		class += " lv-confirm"
	}
	n, err := d.add(depth, node{Kind: "card", Class: class, Title: t.Title, Text: t.Text})
	if err != nil {
		return nil, err
	}
	if n.Tap, err = d.tap(t.DefaultAction); err != nil {
		return nil, err
	}
	if t.ThumbnailImageURL != "" {
		n.URL = imageURL(t.ThumbnailImageURL)
		n.Class += " lv-pictured"
		if whole.ImageSize != "contain" {
			n.Class += " lv-cover"
		}
		var s style
		s.set("background-color", colour(t.ImageBackground))
		if whole.AspectRatio == "square" {
			s.set("aspect-ratio", "1/1")
		}
		n.Inner = s.css()
	}
	for _, raw := range t.Actions {
		a, err := readAction(raw)
		if err != nil {
			return nil, err
		}
		if a == nil {
			continue
		}
		child := node{Kind: "button", Class: "lv-flexbutton lv-button-link lv-button-sm", Text: a.Label}
		if !d.inert {
			child.Tap = a.tap()
		}
		added, err := d.add(depth+1, child)
		if err != nil {
			return nil, err
		}
		n.Children = append(n.Children, added)
	}
	return n, nil
}

func (d *drawing) imageColumn(depth int, _, t templateMessage) (*node, error) {
	a, err := readAction(t.Action)
	if err != nil {
		return nil, err
	}
	n := node{Kind: "imagecolumn", URL: imageURL(t.ImageURL)}
	if a != nil {
		n.Text = a.Label
		if !d.inert {
			n.Tap = a.tap()
		}
	}
	return d.add(depth, n)
}

// area is a rectangle of a picture, with imagemap's or the rich menu's action.
type area struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

func (d *drawing) imagemap(m message) (*node, error) {
	n, err := d.pictureMap("lv-imagemap", m.BaseSize, imageURL(strings.TrimRight(m.BaseURL, "/")+"/1040"))
	if err != nil {
		return nil, err
	}
	n.Title = m.AltText
	for _, raw := range m.Actions {
		var a struct {
			action
			LinkURI string `json:"linkUri"`
			Area    area   `json:"area"`
		}
		if err := decode(raw, &a); err != nil {
			return nil, err
		}
		if a.LinkURI != "" {
			a.URI = a.LinkURI
		}
		if err := d.addArea(n, m.BaseSize, a.Area, a.action); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (d *drawing) richMenu(raw json.RawMessage, picture string) (*node, error) {
	var m struct {
		Size        size   `json:"size"`
		ChatBarText string `json:"chatBarText"`
		Areas       []struct {
			Bounds area            `json:"bounds"`
			Action json.RawMessage `json:"action"`
		} `json:"areas"`
	}
	if err := decode(raw, &m); err != nil {
		return nil, err
	}
	n, err := d.pictureMap("lv-richmenu", m.Size, picture)
	if err != nil {
		return nil, err
	}
	n.Title = m.ChatBarText
	for _, part := range m.Areas {
		a, err := readAction(part.Action)
		if err != nil {
			return nil, err
		}
		if a == nil {
			continue
		}
		if err := d.addArea(n, m.Size, part.Bounds, *a); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// pictureMap is a picture that areas are laid over.
func (d *drawing) pictureMap(class string, whole size, picture string) (*node, error) {
	var s style
	if whole.Width >= 1 && whole.Height >= 1 && whole.Width <= 1e4 && whole.Height <= 1e4 {
		s.set("aspect-ratio", strconv.FormatFloat(whole.Width, 'f', 0, 64)+"/"+strconv.FormatFloat(whole.Height, 'f', 0, 64))
	}
	if picture == "" {
		class += " lv-unpictured"
	}
	return d.add(1, node{Kind: "map", Class: class, Style: s.css(), URL: picture})
}

func (d *drawing) addArea(n *node, whole size, at area, a action) error {
	var s style
	s.set("left", percentOf(at.X, whole.Width))
	s.set("top", percentOf(at.Y, whole.Height))
	s.set("width", percentOf(at.Width, whole.Width))
	s.set("height", percentOf(at.Height, whole.Height))
	child := node{Kind: "area", Style: s.css(), Text: a.name()}
	if !d.inert {
		child.Tap = a.tap()
	}
	added, err := d.add(2, child)
	n.Children = append(n.Children, added)
	return err
}
