package lineview

import (
	"encoding/json"
	"strconv"
)

// component is any Flex component; each kind uses its own fields.
type component struct {
	Type            string            `json:"type"`
	Layout          string            `json:"layout"`
	Contents        []json.RawMessage `json:"contents"`
	Flex            *int              `json:"flex"`
	Spacing         string            `json:"spacing"`
	Margin          string            `json:"margin"`
	Position        string            `json:"position"`
	OffsetTop       string            `json:"offsetTop"`
	OffsetBottom    string            `json:"offsetBottom"`
	OffsetStart     string            `json:"offsetStart"`
	OffsetEnd       string            `json:"offsetEnd"`
	PaddingAll      string            `json:"paddingAll"`
	PaddingTop      string            `json:"paddingTop"`
	PaddingBottom   string            `json:"paddingBottom"`
	PaddingStart    string            `json:"paddingStart"`
	PaddingEnd      string            `json:"paddingEnd"`
	Width           string            `json:"width"`
	MaxWidth        string            `json:"maxWidth"`
	Height          string            `json:"height"`
	MaxHeight       string            `json:"maxHeight"`
	JustifyContent  string            `json:"justifyContent"`
	AlignItems      string            `json:"alignItems"`
	BackgroundColor string            `json:"backgroundColor"`
	BorderColor     string            `json:"borderColor"`
	BorderWidth     string            `json:"borderWidth"`
	CornerRadius    string            `json:"cornerRadius"`
	Background      background        `json:"background"`
	Action          json.RawMessage   `json:"action"`

	Text        string `json:"text"`
	Size        string `json:"size"`
	Align       string `json:"align"`
	Gravity     string `json:"gravity"`
	Color       string `json:"color"`
	Weight      string `json:"weight"`
	Style       string `json:"style"` // of text: normal or italic; of a button: primary, secondary or link
	Decoration  string `json:"decoration"`
	Wrap        bool   `json:"wrap"`
	MaxLines    int    `json:"maxLines"`
	LineSpacing string `json:"lineSpacing"`
	AdjustMode  string `json:"adjustMode"` // of a button: shrink-to-fit

	URL         string `json:"url"`
	PreviewURL  string `json:"previewUrl"`
	AspectRatio string `json:"aspectRatio"`
	AspectMode  string `json:"aspectMode"`
}

type background struct {
	Type           string `json:"type"`
	Angle          string `json:"angle"`
	StartColor     string `json:"startColor"`
	EndColor       string `json:"endColor"`
	CenterColor    string `json:"centerColor"`
	CenterPosition string `json:"centerPosition"`
}

type bubble struct {
	Size      string          `json:"size"`
	Direction string          `json:"direction"`
	Header    json.RawMessage `json:"header"`
	Hero      json.RawMessage `json:"hero"`
	Body      json.RawMessage `json:"body"`
	Footer    json.RawMessage `json:"footer"`
	Styles    struct {
		Header blockStyle `json:"header"`
		Hero   blockStyle `json:"hero"`
		Body   blockStyle `json:"body"`
		Footer blockStyle `json:"footer"`
	} `json:"styles"`
	Action json.RawMessage `json:"action"`
}

type blockStyle struct {
	BackgroundColor string `json:"backgroundColor"`
	Separator       bool   `json:"separator"`
	SeparatorColor  string `json:"separatorColor"`
}

// container draws a Flex Message's contents; wide says that it scrolls sideways.
func (d *drawing) container(raw json.RawMessage) (n *node, wide bool, err error) {
	var c struct {
		Type     string            `json:"type"`
		Contents []json.RawMessage `json:"contents"`
	}
	if err := decode(raw, &c); err != nil {
		return nil, false, err
	}
	switch c.Type {
	case "bubble":
		n, err = d.bubble(1, raw)
		return n, false, err
	case "carousel":
		n, err = d.carousel(c.Contents)
		return n, true, err
	}
	n, err = d.unknown(1, "Flex Message", c.Type)
	return n, false, err
}

func (d *drawing) carousel(bubbles []json.RawMessage) (*node, error) {
	n, err := d.add(1, node{Kind: "carousel"})
	if err != nil {
		return nil, err
	}
	for _, raw := range bubbles {
		b, err := d.bubble(2, raw)
		if err != nil {
			return nil, err
		}
		n.Children = append(n.Children, b)
	}
	return n, nil
}

func (d *drawing) bubble(depth int, raw json.RawMessage) (*node, error) {
	var b bubble
	if err := decode(raw, &b); err != nil {
		return nil, err
	}
	size := oneOf(b.Size, "nano", "micro", "deca", "hecto", "kilo", "giga")
	if size == "" {
		size = "mega"
	}
	t, err := d.tap(b.Action)
	if err != nil {
		return nil, err
	}
	n, err := d.add(depth, node{Kind: "list", Class: "lv-bubble lv-" + size + tappable(t), Dir: oneOf(b.Direction, "rtl"), Tap: t})
	if err != nil {
		return nil, err
	}
	for _, block := range []struct {
		name  string
		raw   json.RawMessage
		style blockStyle
	}{
		{"header", b.Header, b.Styles.Header},
		{"hero", b.Hero, b.Styles.Hero},
		{"body", b.Body, b.Styles.Body},
		{"footer", b.Footer, b.Styles.Footer},
	} {
		if len(block.raw) == 0 || string(block.raw) == "null" {
			continue
		}
		child, err := d.component(depth+2, "vertical", "", block.raw)
		if err != nil {
			return nil, err
		}
		var s style
		s.set("background-color", colour(block.style.BackgroundColor))
		class := "lv-block lv-" + block.name
		if block.style.Separator && len(n.Children) > 0 {
			class += " lv-ruled"
			s.set("border-top-color", colour(block.style.SeparatorColor))
		}
		wrapped, err := d.add(depth+1, node{Kind: "list", Class: class, Style: s.css(), Children: []*node{child}})
		if err != nil {
			return nil, err
		}
		n.Children = append(n.Children, wrapped)
	}
	return n, nil
}

// component draws one component that stands in a box of the given layout and spacing. spacing is
// empty for the first child, which only its own margin moves.
func (d *drawing) component(depth int, layout, spacing string, raw json.RawMessage) (*node, error) {
	if depth > maxDepth {
		return nil, ErrTooComplex
	}
	var c component
	if err := decode(raw, &c); err != nil {
		return nil, err
	}
	t, err := d.tap(c.Action)
	if err != nil {
		return nil, err
	}
	s := c.place(layout, spacing)
	switch c.Type {
	case "box":
		return d.box(depth, c, s, t)
	case "text":
		return d.flexText(depth, c, s, t)
	case "image":
		return d.flexImage(depth, c, s, t)
	case "icon":
		return d.icon(depth, c, s)
	case "button":
		return d.button(depth, c, s, t)
	case "video":
		return d.flexVideo(depth, c, s)
	case "separator":
		s.set("background-color", colour(c.Color))
		return d.add(depth, node{Kind: "empty", Class: "lv-separator", Style: s.css()})
	case "filler", "spacer":
		return d.add(depth, node{Kind: "empty", Class: "lv-filler", Style: s.css()})
	}
	return d.unknown(depth, "部品", c.Type)
}

// unknown is a note in place of what this package does not know.
func (d *drawing) unknown(depth int, what, kind string) (*node, error) {
	if r := []rune(kind); len(r) > 40 {
		kind = string(r[:40])
	}
	return d.add(depth, node{Kind: "unknown", Title: what, Text: kind})
}

// place is how a component takes its room in its parent box, after LINE's rule: flex is 1 unless given
// among the children of a horizontal box and 0 among those of a vertical one; 0 takes its natural
// size; a box with its own width or height in a horizontal box counts as 0.
// https://developers.line.biz/en/docs/messaging-api/flex-message-layout/
func (c *component) place(layout, spacing string) *style {
	s := new(style)
	if c.Position == "absolute" {
		s.set("position", "absolute")
	} else {
		horizontal := layout != "vertical"
		margin := space(c.Margin)
		if margin == "" {
			margin = spacing
		}
		if horizontal {
			s.set("margin-inline-start", margin)
		} else {
			s.set("margin-top", margin)
		}
		flex := 0
		switch {
		case c.Type == "icon" || c.Type == "separator":
		case horizontal && c.Type == "box" && (pixelsOrPercent(c.Width) != "" || pixelsOrPercent(c.Height) != ""):
		case c.Flex != nil:
			flex = min(max(*c.Flex, 0), 1000)
		case horizontal || c.Type == "filler":
			flex = 1
		}
		switch {
		case flex == 0:
			s.set("flex", "0 0 auto")
		case horizontal:
			s.set("flex", strconv.Itoa(flex)+" 0 0")
		default:
			s.set("flex", strconv.Itoa(flex)+" 0 auto")
		}
	}
	s.set("top", space(c.OffsetTop))
	s.set("bottom", space(c.OffsetBottom))
	s.set("inset-inline-start", space(c.OffsetStart))
	s.set("inset-inline-end", space(c.OffsetEnd))
	return s
}

func (d *drawing) box(depth int, c component, s *style, t *tap) (*node, error) {
	layout := oneOf(c.Layout, "horizontal", "baseline")
	if layout == "" {
		layout = "vertical"
	}
	s.set("padding", space(c.PaddingAll))
	s.set("padding-top", space(c.PaddingTop))
	s.set("padding-bottom", space(c.PaddingBottom))
	s.set("padding-inline-start", space(c.PaddingStart))
	s.set("padding-inline-end", space(c.PaddingEnd))
	s.set("width", pixelsOrPercent(c.Width))
	s.set("max-width", pixelsOrPercent(c.MaxWidth))
	s.set("height", pixelsOrPercent(c.Height))
	s.set("max-height", pixelsOrPercent(c.MaxHeight))
	s.set("justify-content", oneOf(c.JustifyContent, "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"))
	s.set("align-items", oneOf(c.AlignItems, "center", "flex-start", "flex-end"))
	s.set("background-color", colour(c.BackgroundColor))
	s.set("background-image", gradient(c.Background))
	s.set("border-width", borderWidth(c.BorderWidth))
	s.set("border-color", colour(c.BorderColor))
	s.set("border-radius", space(c.CornerRadius))

	n, err := d.add(depth, node{Kind: "list", Class: "lv-box lv-" + layout + tappable(t), Style: s.css(), Tap: t})
	if err != nil {
		return nil, err
	}
	between := ""
	for _, raw := range c.Contents {
		child, err := d.component(depth+1, layout, between, raw)
		if err != nil {
			return nil, err
		}
		n.Children = append(n.Children, child)
		between = space(c.Spacing)
	}
	return n, nil
}

func (d *drawing) flexText(depth int, c component, s *style, t *tap) (*node, error) {
	var inner style
	c.letters(&inner)
	inner.set("text-align", oneOf(c.Align, "start", "end", "center"))
	if v := pixels(c.LineSpacing); v != "" {
		inner.set("line-height", "calc(1.4em + "+v+")")
	}
	class := "lv-flextext" + c.gravity() + tappable(t)
	if c.Wrap {
		class += " lv-wrap"
		if c.MaxLines > 0 {
			class += " lv-clamp"
			inner.set("-webkit-line-clamp", strconv.Itoa(min(c.MaxLines, 1000)))
		}
	}
	n, err := d.add(depth, node{Kind: "text", Class: class, Style: s.css(), Inner: inner.css(), Text: c.Text, Tap: t})
	if err != nil {
		return nil, err
	}
	for _, raw := range c.Contents {
		var span component
		if err := decode(raw, &span); err != nil {
			return nil, err
		}
		if span.Type != "span" {
			continue
		}
		var s style
		span.letters(&s)
		child, err := d.add(depth+1, node{Kind: "span", Style: s.css(), Text: span.Text})
		if err != nil {
			return nil, err
		}
		n.Children = append(n.Children, child)
	}
	return n, nil
}

// letters are the properties that text and span share.
func (c *component) letters(s *style) {
	s.set("font-size", fontSize(c.Size))
	s.set("color", colour(c.Color))
	switch c.Weight {
	case "bold":
		s.set("font-weight", "700")
	case "regular":
		s.set("font-weight", "400")
	}
	s.set("font-style", oneOf(c.Style, "normal", "italic"))
	s.set("text-decoration", oneOf(c.Decoration, "none", "underline", "line-through"))
}

func (c *component) gravity() string {
	if g := oneOf(c.Gravity, "center", "bottom"); g != "" {
		return " lv-gravity-" + g
	}
	return ""
}

func (d *drawing) flexImage(depth int, c component, s *style, t *tap) (*node, error) {
	var inner style
	inner.set("width", imageSize(c.Size))
	inner.set("aspect-ratio", ratio(c.AspectRatio, "1/1"))
	inner.set("background-color", colour(c.BackgroundColor))
	class := "lv-flexpicture" + c.gravity() + tappable(t)
	if align := oneOf(c.Align, "start", "end"); align != "" {
		class += " lv-align-" + align
	}
	if c.AspectMode == "cover" {
		class += " lv-cover"
	}
	return d.add(depth, node{Kind: "picture", Class: class, Style: s.css(), Inner: inner.css(), URL: imageURL(c.URL), Tap: t})
}

func (d *drawing) icon(depth int, c component, s *style) (*node, error) {
	size := fontSize(c.Size)
	if size == "" {
		size = fontSize("md")
	}
	s.set("height", size)
	s.set("aspect-ratio", ratio(c.AspectRatio, "1/1"))
	return d.add(depth, node{Kind: "icon", Class: "lv-flexicon", Style: s.css(), URL: imageURL(c.URL)})
}

func (d *drawing) button(depth int, c component, s *style, t *tap) (*node, error) {
	a, err := readAction(c.Action)
	if err != nil {
		return nil, err
	}
	look := oneOf(c.Style, "primary", "secondary")
	if look == "" {
		look = "link"
	}
	var inner style
	if look == "link" {
		inner.set("color", colour(c.Color))
	} else {
		inner.set("background-color", colour(c.Color))
	}
	class := "lv-flexbutton lv-button-" + look + c.gravity()
	if c.Height == "sm" {
		class += " lv-button-sm"
	}
	label := ""
	if a != nil {
		label = a.Label
	}
	if c.AdjustMode == "shrink-to-fit" && label != "" {
		class += " lv-shrinks"
		inner.set("--ems", strconv.FormatFloat(ems(label), 'f', 1, 64))
	}
	return d.add(depth, node{Kind: "button", Class: class, Style: s.css(), Inner: inner.css(), Text: label, Tap: t})
}

// ems is about how wide a text is drawn, in sizes of its font: what is not of ASCII is as wide as it is high.
func ems(text string) float64 {
	wide := 0.0
	for _, r := range text {
		if r < 0x80 {
			wide += 0.6
		} else {
			wide++
		}
	}
	return wide
}

func (d *drawing) flexVideo(depth int, c component, s *style) (*node, error) {
	var inner style
	inner.set("width", "100%")
	inner.set("aspect-ratio", ratio(c.AspectRatio, "16/9"))
	return d.add(depth, node{Kind: "picture", Class: "lv-flexpicture lv-cover lv-video", Style: s.css(), Inner: inner.css(), URL: imageURL(c.PreviewURL)})
}

// tappable is the class of what has a tap laid over it.
func tappable(t *tap) string {
	if t == nil {
		return ""
	}
	return " lv-tappable"
}
