package linesim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// Limits of Flex Messages (reference: flex-message, bubble, f-carousel).
const (
	maxBubbleBytes   = 30 << 10
	maxCarouselBytes = 50 << 10
	maxBubbles       = 12
	maxFlexDepth     = 10 // boxes in boxes; LINE does not name its limit
)

// Forms of Flex properties (reference: box, f-text, f-image; docs: flex-message-layout).
var (
	flexColor   = regexp.MustCompile(`^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$`)
	flexSpace   = regexp.MustCompile(`^(none|xs|sm|md|lg|xl|xxl|[0-9]{1,4}(\.[0-9]+)?px)$`)
	flexOffset  = regexp.MustCompile(`^(none|xs|sm|md|lg|xl|xxl|-?[0-9]{1,4}(\.[0-9]+)?(px|%))$`)
	flexPadding = regexp.MustCompile(`^(none|xs|sm|md|lg|xl|xxl|[0-9]{1,4}(\.[0-9]+)?(px|%))$`)
	flexBorder  = regexp.MustCompile(`^(none|light|normal|medium|semi-bold|bold|[0-9]{1,4}(\.[0-9]+)?px)$`)
	flexExtent  = regexp.MustCompile(`^[0-9]{1,4}(\.[0-9]+)?(px|%)$`)
	flexFont    = regexp.MustCompile(`^(xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|[0-9]{1,3}(\.[0-9]+)?px)$`)
	flexPicture = regexp.MustCompile(`^(xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|full|[0-9]{1,4}(\.[0-9]+)?(px|%))$`)
	flexLine    = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]+)?px$`)
	flexRatio   = regexp.MustCompile(`^([1-9][0-9]{0,4}):([1-9][0-9]{0,4})$`)
	flexAngle   = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]+)?deg$`)
	flexPercent = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]+)?%$`)
)

// property says how the value of a Flex property is checked: by pattern, as one of values, or by kind.
type property struct {
	pattern *regexp.Regexp
	values  []string
	kind    propertyKind
}

type propertyKind int

const (
	byPattern propertyKind = iota
	byValues
	whole   // a number without a fraction, 0 or more
	yesNo   // true or false
	handled // checked where the component is
)

func like(p *regexp.Regexp) property  { return property{pattern: p} }
func among(values ...string) property { return property{values: values, kind: byValues} }
func of(k propertyKind) property      { return property{kind: k} }
func with(sets ...properties) properties { // one component's properties out of several sets
	all := properties{}
	for _, set := range sets {
		for name, p := range set {
			all[name] = p
		}
	}
	return all
}

type properties map[string]property

// placed are what every component in a box may have.
var placed = properties{
	"type": of(handled), "margin": like(flexSpace),
	"position": among("relative", "absolute"), "offsetTop": like(flexOffset), "offsetBottom": like(flexOffset),
	"offsetStart": like(flexOffset), "offsetEnd": like(flexOffset),
}

var (
	alignments  = among("start", "end", "center")
	gravities   = among("top", "bottom", "center")
	weights     = among("regular", "bold")
	styles      = among("normal", "italic")
	decorations = among("none", "underline", "line-through")
)

// flexComponents are the components and their properties (reference: flex-message).
var flexComponents = map[string]properties{
	"box": with(placed, properties{
		"layout": among("horizontal", "vertical", "baseline"), "contents": of(handled), "flex": of(whole),
		"spacing": like(flexSpace), "backgroundColor": like(flexColor), "borderColor": like(flexColor),
		"borderWidth": like(flexBorder), "cornerRadius": like(flexSpace), "width": like(flexExtent),
		"maxWidth": like(flexExtent), "height": like(flexExtent), "maxHeight": like(flexExtent),
		"paddingAll": like(flexPadding), "paddingTop": like(flexPadding), "paddingBottom": like(flexPadding),
		"paddingStart": like(flexPadding), "paddingEnd": like(flexPadding), "action": of(handled),
		"justifyContent": among("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"),
		"alignItems":     among("center", "flex-start", "flex-end"), "background": of(handled),
	}),
	"button": with(placed, properties{
		"flex": of(whole), "color": like(flexColor), "style": among("primary", "secondary", "link"),
		"action": of(handled), "gravity": gravities, "height": among("md", "sm"),
		"adjustMode": among("shrink-to-fit"), "scaling": of(yesNo),
	}),
	"image": with(placed, properties{
		"url": of(handled), "flex": of(whole), "align": alignments, "gravity": gravities,
		"size": like(flexPicture), "aspectRatio": of(handled), "aspectMode": among("fit", "cover"),
		"backgroundColor": like(flexColor), "action": of(handled), "animated": of(yesNo),
	}),
	"video": {
		"type": of(handled), "url": of(handled), "previewUrl": of(handled), "altContent": of(handled),
		"aspectRatio": of(handled), "action": of(handled),
	},
	"icon": with(placed, properties{
		"url": of(handled), "size": like(flexFont), "aspectRatio": of(handled), "scaling": of(yesNo),
	}),
	"text": with(placed, properties{
		"flex": of(whole), "text": of(handled), "contents": of(handled), "size": like(flexFont),
		"align": alignments, "gravity": gravities, "color": like(flexColor), "weight": weights, "style": styles,
		"decoration": decorations, "wrap": of(yesNo), "lineSpacing": like(flexLine), "action": of(handled),
		"maxLines": of(whole), "adjustMode": among("shrink-to-fit"), "scaling": of(yesNo),
	}),
	"span": {
		"type": of(handled), "text": of(handled), "size": like(flexFont), "color": like(flexColor),
		"weight": weights, "style": styles, "decoration": decorations,
	},
	"separator": {"type": of(handled), "margin": like(flexSpace), "color": like(flexColor)},
	"filler":    {"type": of(handled), "flex": of(whole)},
}

// bubbleProperties, styleProperties and gradientProperties are those of what is not a component.
var (
	bubbleProperties = properties{
		"type": of(handled), "size": among("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
		"direction": among("ltr", "rtl"), "header": of(handled), "hero": of(handled), "body": of(handled),
		"footer": of(handled), "styles": of(handled), "action": of(handled),
	}
	styleProperties = properties{
		"backgroundColor": like(flexColor), "separator": of(yesNo), "separatorColor": like(flexColor),
	}
	gradientProperties = properties{
		"type": among("linearGradient"), "angle": like(flexAngle), "startColor": like(flexColor),
		"endColor": like(flexColor), "centerColor": like(flexColor), "centerPosition": like(flexPercent),
	}
)

func (c *checker) flexMessage(m object, at path) {
	c.text(m, at, "altText", size{1, maxAltText, units})
	container, is := c.member(m, at, "contents", true)
	if !is {
		return
	}
	root := path{slash: true}
	switch c.oneOf(container, root, "type", true, "bubble", "carousel") {
	case "bubble":
		c.bubble(container, root)
	case "carousel":
		c.flexCarousel(container, root)
	}
}

// jsonSize is how many bytes a value takes as JSON, without the spaces and escapes that a sender may use.
func jsonSize(v any) int {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("linesim: size of what was JSON before: " + err.Error())
	}
	return buffer.Len() - len("\n")
}

func (c *checker) flexCarousel(carousel object, at path) {
	c.known(carousel, at, properties{"type": of(handled), "contents": of(handled)})
	if jsonSize(carousel) > maxCarouselBytes {
		c.wrong(at, "the carousel must not be larger than 50 KB")
	}
	var sizes []string
	for i, item := range c.list(carousel, at, "contents", 1, maxBubbles) {
		here := at.key("contents").item(i)
		bubble, is := c.asObject(item, here)
		if !is || c.oneOf(bubble, here, "type", true, "bubble") == "" {
			continue
		}
		c.bubble(bubble, here)
		sizes = append(sizes, fmt.Sprint(bubble["size"]))
	}
	slices.Sort(sizes)
	if len(slices.Compact(sizes)) > 1 {
		c.wrong(at.key("contents"), "all bubbles of a carousel must have the same size")
	}
}

func (c *checker) bubble(b object, at path) {
	c.known(b, at, bubbleProperties)
	if jsonSize(b) > maxBubbleBytes {
		c.wrong(at, "the bubble must not be larger than 30 KB")
	}
	blocks := 0
	for _, name := range []string{"header", "hero", "body", "footer"} {
		block, is := c.member(b, at, name, false)
		if !is {
			continue
		}
		blocks++
		if name == "hero" {
			c.component(block, at.key(name), 0, "box", "image", "video")
			if block["type"] == "video" && !slices.Contains([]any{"kilo", "mega", "giga", nil}, b["size"]) {
				c.wrong(at.key(name), "a video needs a bubble of size kilo, mega or giga")
			}
		} else {
			c.component(block, at.key(name), 0, "box")
		}
	}
	if blocks == 0 {
		c.wrong(at, "At least one block must be specified")
	}
	if styles, is := c.member(b, at, "styles", false); is {
		c.known(styles, at.key("styles"), properties{
			"header": of(handled), "hero": of(handled), "body": of(handled), "footer": of(handled),
		})
		for _, name := range []string{"header", "hero", "body", "footer"} {
			if style, is := c.member(styles, at.key("styles"), name, false); is {
				c.known(style, at.key("styles").key(name), styleProperties)
			}
		}
	}
	if action, is := c.member(b, at, "action", false); is {
		c.action(action, at.key("action"), inFlex)
	}
}
