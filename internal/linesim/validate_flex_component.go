package linesim

import (
	"maps"
	"slices"
	"strconv"
)

// component checks a Flex component that must be one of types.
func (c *checker) component(o object, at path, depth int, types ...string) {
	if depth > maxFlexDepth {
		c.wrong(at, "nested too deeply")
		return
	}
	kind := c.oneOf(o, at, "type", true, types...)
	if kind == "" {
		return
	}
	c.known(o, at, flexComponents[kind])
	switch kind {
	case "box":
		c.box(o, at, depth)
	case "button":
		if action, is := c.member(o, at, "action", true); is {
			c.action(action, at.key("action"), inFlexButton)
		}
		return
	case "image", "icon":
		c.mediaURL(o, at, "url", true, maxMediaURL)
		c.aspectRatio(o, at)
	case "video":
		c.mediaURL(o, at, "url", true, maxMediaURL)
		c.mediaURL(o, at, "previewUrl", true, maxMediaURL)
		c.aspectRatio(o, at)
		if alt, is := c.member(o, at, "altContent", true); is {
			c.component(alt, at.key("altContent"), depth+1, "box", "image")
		}
	case "text":
		c.flexText(o, at, depth)
	case "span":
		c.span(o, at)
	}
	if action, is := c.member(o, at, "action", false); is {
		c.action(action, at.key("action"), inFlex)
	}
}

// box checks a box's layout and what it holds: a baseline box holds less (reference: box).
func (c *checker) box(o object, at path, depth int) {
	if o["layout"] == nil {
		c.missing(at.key("layout"))
	}
	types := []string{"box", "button", "image", "text", "separator", "filler", "video"}
	if o["layout"] == "baseline" {
		types = []string{"icon", "text", "filler"}
	}
	if o["contents"] == nil {
		c.missing(at.key("contents"))
	}
	const plenty = 10_000 // LINE bounds the bubble's bytes, not a box's children
	for i, item := range c.list(o, at, "contents", 0, plenty) {
		here := at.key("contents").item(i)
		if child, is := c.asObject(item, here); is {
			c.component(child, here, depth+1, types...)
		}
	}
	if background, is := c.member(o, at, "background", false); is {
		here := at.key("background")
		c.known(background, here, gradientProperties)
		for _, key := range []string{"type", "angle", "startColor", "endColor"} {
			if background[key] == nil {
				c.missing(here.key(key))
			}
		}
	}
}

// flexText checks that a text has text, or spans that have some.
func (c *checker) flexText(o object, at path, depth int) {
	spans := c.list(o, at, "contents", 0, 10_000)
	for i, item := range spans {
		here := at.key("contents").item(i)
		if span, is := c.asObject(item, here); is {
			c.component(span, here, depth+1, "span")
		}
	}
	if text, is := o["text"].(string); len(spans) == 0 && (!is || text == "") {
		c.wrong(at.key("text"), "must be non-empty text")
	}
}

func (c *checker) span(o object, at path) {
	if _, is := o["text"].(string); !is {
		c.missing(at.key("text"))
	}
}

// aspectRatio checks width:height; the height may not be more than three times the width (reference: f-image).
func (c *checker) aspectRatio(o object, at path) {
	v := o["aspectRatio"]
	if v == nil {
		return
	}
	s, _ := v.(string)
	parts := flexRatio.FindStringSubmatch(s)
	if parts == nil {
		c.wrong(at.key("aspectRatio"), "invalid property")
		return
	}
	width, _ := strconv.Atoi(parts[1]) // digits, by the pattern
	height, _ := strconv.Atoi(parts[2])
	if height > 3*width {
		c.wrong(at.key("aspectRatio"), "invalid property")
	}
}

// known checks every property of an object against those it may have.
func (c *checker) known(o object, at path, allowed properties) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		v := o[name]
		p, is := allowed[name]
		switch {
		case !is:
			c.wrong(at.key(name), "unknown field")
		case v != nil && !p.allows(v):
			c.wrong(at.key(name), "invalid property")
		}
	}
}

func (p property) allows(v any) bool {
	switch p.kind {
	case handled:
		return true
	case whole:
		f, is := v.(float64)
		return is && f >= 0 && f == float64(int(f))
	case yesNo:
		_, is := v.(bool)
		return is
	}
	s, is := v.(string)
	if !is {
		return false
	}
	if p.kind == byPattern {
		return p.pattern.MatchString(s)
	}
	return slices.Contains(p.values, s)
}
