package linesim

// Limits of a rich menu object (reference: rich-menu-object).
const (
	minMenuWidth   = 800
	maxMenuWidth   = 2500
	minMenuHeight  = 250
	minMenuRatio   = 1.45 // width to height
	maxMenuName    = 300
	maxChatBarText = 14
	maxMenuAreas   = 20
)

func (c *checker) richMenu(m object) {
	at := path{}
	width, height := 0, 0
	if s, is := c.member(m, at, "size", true); is {
		var fits bool
		width, fits = c.integer(s, at.key("size"), "width", true, minMenuWidth, maxMenuWidth)
		height, _ = c.integer(s, at.key("size"), "height", true, minMenuHeight, maxMenuWidth)
		if fits && height > 0 && float64(width)/float64(height) < minMenuRatio {
			c.wrong(at.key("size"), "The aspect ratio must be at least %g", minMenuRatio)
		}
	}
	if _, is := m["selected"].(bool); !is {
		c.wrong(at.key("selected"), "Must be true or false")
	}
	c.text(m, at, "name", size{1, maxMenuName, graphemes})
	c.text(m, at, "chatBarText", size{1, maxChatBarText, graphemes})
	if m["areas"] == nil {
		c.wrong(at.key("areas"), "May not be empty")
	}
	for i, item := range c.list(m, at, "areas", 0, maxMenuAreas) {
		here := at.key("areas").item(i)
		area, is := c.asObject(item, here)
		if !is {
			continue
		}
		c.bounds(area, here, width, height)
		if action, is := c.member(area, here, "action", true); is {
			c.action(action, here.key("action"), inRichMenu)
		}
	}
}

func (c *checker) bounds(area object, at path, width, height int) {
	b, is := c.member(area, at, "bounds", true)
	if !is {
		return
	}
	at = at.key("bounds")
	x, _ := c.integer(b, at, "x", true, 0, maxMenuWidth)
	y, _ := c.integer(b, at, "y", true, 0, maxMenuWidth)
	w, _ := c.integer(b, at, "width", true, 1, maxMenuWidth)
	h, _ := c.integer(b, at, "height", true, 1, maxMenuWidth)
	if x+w > width || y+h > height {
		c.wrong(at, "Must be within the menu's size")
	}
}
