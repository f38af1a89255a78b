package linesim

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Limits of message objects (reference: text-message, image-message, video-message, location-message,
// imagemap-message, coupon-message, quick-reply, icon-nickname-switch).
const (
	maxText          = 5000
	maxEmojis        = 20
	maxAltText       = 1500
	maxSubstitutions = 100
	maxMentions      = 20
	maxTrackingID    = 100
	maxPlace         = 100
	maxQuickReplies  = 13
	maxSenderName    = 20
	maxDeliveryTag   = 30
	imagemapWidth    = 1040
	maxImagemapAreas = 50
	maxImagemapText  = 400
	maxImagemapLabel = 50
	maxVideoLabel    = 30
)

var (
	digitsPattern       = regexp.MustCompile(`^[0-9]+$`)
	substitutionPattern = regexp.MustCompile(`^[0-9a-zA-Z_]{1,20}$`)
)

// message checks one message object.
func (c *checker) message(raw json.RawMessage, at path) {
	var m object
	if err := json.Unmarshal(raw, &m); err != nil || m == nil {
		c.wrong(at, "Must be an object")
		return
	}
	switch c.oneOf(m, at, "type", true, "text", "textV2", "sticker", "image", "video", "audio", "location",
		"imagemap", "template", "flex", "coupon") {
	case "text":
		c.textMessage(m, at)
	case "textV2":
		c.textV2Message(m, at)
	case "sticker":
		c.digits(m, at, "packageId")
		c.digits(m, at, "stickerId")
	case "image":
		c.mediaURL(m, at, "originalContentUrl", true, maxMediaURL)
		c.mediaURL(m, at, "previewImageUrl", true, maxMediaURL)
	case "video":
		c.mediaURL(m, at, "originalContentUrl", true, maxMediaURL)
		c.mediaURL(m, at, "previewImageUrl", true, maxMediaURL)
		c.text(m, at, "trackingId", size{0, maxTrackingID, units})
	case "audio":
		c.mediaURL(m, at, "originalContentUrl", true, maxMediaURL)
		c.integer(m, at, "duration", true, 1, 1<<53)
	case "location":
		c.text(m, at, "title", size{1, maxPlace, units})
		c.text(m, at, "address", size{1, maxPlace, units})
		c.number(m, at, "latitude", -90, 90)
		c.number(m, at, "longitude", -180, 180)
	case "imagemap":
		c.imagemap(m, at)
	case "template":
		c.template(m, at)
	case "flex":
		c.flexMessage(m, at)
	case "coupon":
		c.text(m, at, "couponId", size{1, maxText, units})
		c.text(m, at, "deliveryTag", size{0, maxDeliveryTag, units})
	}
	c.quickReply(m, at)
	c.sender(m, at)
}

func (c *checker) digits(o object, at path, key string) {
	if s := c.text(o, at, key, size{1, 20, units}); s != "" && !digitsPattern.MatchString(s) {
		c.wrong(at.key(key), "Must be a number")
	}
}

func (c *checker) textMessage(m object, at path) {
	text := c.text(m, at, "text", size{1, maxText, units})
	var dollars []bool // by UTF-16 index: is there a $?
	for _, r := range text {
		dollars = append(dollars, r == '$')
		if r > 0xFFFF {
			dollars = append(dollars, false)
		}
	}
	for i, item := range c.list(m, at, "emojis", 0, maxEmojis) {
		here := at.key("emojis").item(i)
		emoji, is := c.asObject(item, here)
		if !is {
			continue
		}
		c.text(emoji, here, "productId", size{1, 100, units})
		c.text(emoji, here, "emojiId", size{1, 100, units})
		index, given := c.integer(emoji, here, "index", true, 0, maxText)
		if given && (index >= len(dollars) || !dollars[index]) {
			c.wrong(here.key("index"), "Must be the position of a $")
		}
	}
}

// textV2Message checks the placeholders: {key} needs a substitution, {{ and }} stand for braces.
func (c *checker) textV2Message(m object, at path) {
	text := c.text(m, at, "text", size{1, maxText, units})
	substitution, _ := c.member(m, at, "substitution", false)
	if len(substitution) > maxSubstitutions {
		c.wrong(at.key("substitution"), "Size must be between 0 and %d", maxSubstitutions)
	}
	mentions, emojis := 0, 0
	for key, value := range substitution {
		here := at.key("substitution").key(key)
		if !substitutionPattern.MatchString(key) {
			c.wrong(here, "Must match ^[0-9a-zA-Z_]{1,20}$")
		}
		o, is := c.asObject(value, here)
		if !is {
			continue
		}
		switch c.oneOf(o, here, "type", true, "mention", "emoji") {
		case "mention":
			mentions++
			c.member(o, here, "mentionee", true)
		case "emoji":
			emojis++
			c.text(o, here, "productId", size{1, 100, units})
			c.text(o, here, "emojiId", size{1, 100, units})
		}
	}
	if mentions > maxMentions || emojis > maxEmojis {
		c.wrong(at.key("substitution"), "At most %d mentions and %d emojis", maxMentions, maxEmojis)
	}
	c.placeholders(text, substitution, at.key("text"))
}

func (c *checker) placeholders(text string, substitution object, at path) {
	for rest := text; ; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			return
		}
		brace := rest[i : i+1]
		rest = rest[i+1:]
		if strings.HasPrefix(rest, brace) {
			rest = rest[1:]
			continue
		}
		key, after, closed := strings.Cut(rest, "}")
		if brace == "}" || !closed || !substitutionPattern.MatchString(key) {
			c.wrong(at, "Unmatched brace")
			return
		}
		if _, known := substitution[key]; !known {
			c.wrong(at, "No substitution for {%s}", key)
		}
		rest = after
	}
}

func (c *checker) imagemap(m object, at path) {
	c.mediaURL(m, at, "baseUrl", true, maxMediaURL)
	c.text(m, at, "altText", size{1, maxAltText, units})
	if base, is := c.member(m, at, "baseSize", true); is {
		c.integer(base, at.key("baseSize"), "width", true, imagemapWidth, imagemapWidth)
		c.integer(base, at.key("baseSize"), "height", true, 1, 1<<20)
	}
	for i, item := range c.list(m, at, "actions", 0, maxImagemapAreas) {
		here := at.key("actions").item(i)
		o, is := c.asObject(item, here)
		if !is {
			continue
		}
		switch c.oneOf(o, here, "type", true, "uri", "message", "clipboard") {
		case "uri":
			c.actionURI(o, here, "linkUri", true)
		case "message":
			c.text(o, here, "text", size{1, maxImagemapText, units})
		case "clipboard":
			c.text(o, here, "clipboardText", size{1, maxClipboardText, units})
		}
		c.text(o, here, "label", size{0, maxImagemapLabel, units})
		c.area(o, here)
	}
	if video, is := c.member(m, at, "video", false); is {
		here := at.key("video")
		c.mediaURL(video, here, "originalContentUrl", true, maxMediaURL)
		c.mediaURL(video, here, "previewImageUrl", true, maxMediaURL)
		c.area(video, here)
		if link, is := c.member(video, here, "externalLink", false); is {
			c.actionURI(link, here.key("externalLink"), "linkUri", true)
			c.text(link, here.key("externalLink"), "label", size{1, maxVideoLabel, units})
		}
	}
}

func (c *checker) area(o object, at path) {
	if area, is := c.member(o, at, "area", true); is {
		for _, key := range []string{"x", "y", "width", "height"} {
			c.integer(area, at.key("area"), key, true, 0, 1<<20)
		}
	}
}

func (c *checker) quickReply(m object, at path) {
	q, is := c.member(m, at, "quickReply", false)
	if !is {
		return
	}
	at = at.key("quickReply")
	for i, item := range c.list(q, at, "items", 1, maxQuickReplies) {
		here := at.key("items").item(i)
		o, is := c.asObject(item, here)
		if !is {
			continue
		}
		c.oneOf(o, here, "type", true, "action")
		c.mediaURL(o, here, "imageUrl", false, maxMediaURL)
		if action, is := c.member(o, here, "action", true); is {
			c.action(action, here.key("action"), inQuickReply)
		}
	}
}

func (c *checker) sender(m object, at path) {
	sender, is := c.member(m, at, "sender", false)
	if !is {
		return
	}
	at = at.key("sender")
	name := c.text(sender, at, "name", size{0, maxSenderName, units})
	if strings.Contains(strings.ToUpper(name), "LINE") {
		c.wrong(at.key("name"), "Must not contain LINE")
	}
	c.mediaURL(sender, at, "iconUrl", false, maxMediaURL)
}
