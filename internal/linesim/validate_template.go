package linesim

import "regexp"

// Limits of template messages (reference: buttons, confirm, carousel, image-carousel).
const (
	maxTitle            = 40
	maxButtonsText      = 160
	maxButtonsActions   = 4
	maxConfirmText      = 240
	confirmActions      = 2
	maxColumns          = 10
	maxColumnText       = 120
	maxColumnActions    = 3
	maxTextBesideOthers = 60 // of buttons and columns that have an image or a title
)

var colorPattern = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

func (c *checker) template(m object, at path) {
	c.text(m, at, "altText", size{1, maxAltText, units})
	t, is := c.member(m, at, "template", true)
	if !is {
		return
	}
	at = at.key("template")
	switch c.oneOf(t, at, "type", true, "buttons", "confirm", "carousel", "image_carousel") {
	case "buttons":
		c.card(t, at, maxButtonsText, maxButtonsActions)
		c.cardLooks(t, at)
	case "confirm":
		c.text(t, at, "text", size{1, maxConfirmText, graphemes})
		c.actions(t, at, confirmActions, confirmActions)
	case "carousel":
		c.carousel(t, at)
		c.cardLooks(t, at)
	case "image_carousel":
		for i, item := range c.list(t, at, "columns", 1, maxColumns) {
			here := at.key("columns").item(i)
			column, is := c.asObject(item, here)
			if !is {
				continue
			}
			c.mediaURL(column, here, "imageUrl", true, maxMediaURL)
			if action, is := c.member(column, here, "action", true); is {
				c.action(action, here.key("action"), inImageTile)
			}
		}
	}
}

// card checks what a buttons template and a carousel's column have in common.
func (c *checker) card(o object, at path, maxText, maxActions int) (actions int) {
	c.mediaURL(o, at, "thumbnailImageUrl", false, maxMediaURL)
	title := c.text(o, at, "title", size{0, maxTitle, graphemes})
	if title != "" || o["thumbnailImageUrl"] != nil {
		maxText = maxTextBesideOthers
	}
	c.text(o, at, "text", size{1, maxText, graphemes})
	c.color(o, at, "imageBackgroundColor")
	if action, is := c.member(o, at, "defaultAction", false); is {
		c.action(action, at.key("defaultAction"), onTemplate)
	}
	return c.actions(o, at, 1, maxActions)
}

func (c *checker) cardLooks(o object, at path) {
	c.oneOf(o, at, "imageAspectRatio", false, "rectangle", "square")
	c.oneOf(o, at, "imageSize", false, "cover", "contain")
}

func (c *checker) actions(o object, at path, least, most int) int {
	items := c.list(o, at, "actions", least, most)
	for i, item := range items {
		here := at.key("actions").item(i)
		if action, is := c.asObject(item, here); is {
			c.action(action, here, inTemplate)
		}
	}
	return len(items)
}

// carousel checks the columns, which must all be alike: as many actions, and all or none with an image and
// with a title.
func (c *checker) carousel(t object, at path) {
	type shape struct {
		actions      int
		image, title bool
	}
	var first shape
	for i, item := range c.list(t, at, "columns", 1, maxColumns) {
		here := at.key("columns").item(i)
		column, is := c.asObject(item, here)
		if !is {
			continue
		}
		this := shape{
			actions: c.card(column, here, maxColumnText, maxColumnActions),
			image:   column["thumbnailImageUrl"] != nil, title: column["title"] != nil,
		}
		if i == 0 {
			first = this
		} else if this != first {
			c.wrong(here, "All columns must have the same number of actions, and all or none an image and a title")
		}
	}
}

func (c *checker) color(o object, at path, key string) {
	if s := c.text(o, at, key, size{0, 7, units}); s != "" && !colorPattern.MatchString(s) {
		c.wrong(at.key(key), "Must be a color as #RRGGBB")
	}
}
