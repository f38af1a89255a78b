package linesim

import (
	"slices"
	"time"
)

// Limits of action objects (reference: action-objects, action-object-label-spec).
const (
	maxPostbackData  = 300
	maxActionText    = 300
	maxClipboardText = 1000
	maxAliasID       = 32
)

// place is where an action stands; it decides on the label and on the types that may stand there.
type place struct {
	labelMin, labelMax int
	types              []string
}

var (
	everywhere   = []string{"postback", "message", "uri", "datetimepicker", "clipboard"}
	inQuickReply = place{1, 20, append(slices.Clone(everywhere), "camera", "cameraRoll", "location")}
	inTemplate   = place{1, 20, everywhere}
	inImageTile  = place{0, 12, everywhere} // image carousel
	onTemplate   = place{0, 20, everywhere} // defaultAction: the label is not shown
	inRichMenu   = place{0, 20, append(slices.Clone(everywhere), "richmenuswitch")}
	inFlexButton = place{1, 40, everywhere}
	inFlex       = place{0, 40, everywhere}
)

// action checks an action object. Labels and texts are counted in graphemes (docs: text-character-count).
func (c *checker) action(a object, at path, where place) {
	kind := c.oneOf(a, at, "type", true, where.types...)
	if kind == "" {
		return
	}
	c.text(a, at, "label", size{where.labelMin, where.labelMax, graphemes})
	switch kind {
	case "postback":
		c.postbackAction(a, at)
	case "message":
		c.text(a, at, "text", size{1, maxActionText, graphemes})
	case "uri":
		c.actionURI(a, at, "uri", true)
		if alt, is := c.member(a, at, "altUri", false); is {
			c.actionURI(alt, at.key("altUri"), "desktop", false)
		}
	case "datetimepicker":
		c.text(a, at, "data", size{1, maxPostbackData, units})
		c.datePicker(a, at)
	case "clipboard":
		c.text(a, at, "clipboardText", size{1, maxClipboardText, units})
	case "richmenuswitch":
		c.text(a, at, "richMenuAliasId", size{1, maxAliasID, units})
		c.text(a, at, "data", size{1, maxPostbackData, units})
	}
}

func (c *checker) postbackAction(a object, at path) {
	c.text(a, at, "data", size{1, maxPostbackData, units})
	shown := c.text(a, at, "displayText", size{0, maxActionText, graphemes})
	if text := c.text(a, at, "text", size{0, maxActionText, graphemes}); text != "" && shown != "" {
		c.wrong(at.key("text"), "Must not be set together with displayText")
	}
	option := c.oneOf(a, at, "inputOption", false, "closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
	if fill := c.text(a, at, "fillInText", size{0, maxActionText, graphemes}); fill != "" && option != "openKeyboard" {
		c.wrong(at.key("fillInText"), "Needs inputOption openKeyboard")
	}
}

// dateLayouts are the forms of a datetimepicker's values. The T may be a t (reference: datetime-picker-action).
var dateLayouts = map[string][]string{
	"date":     {"2006-01-02"},
	"time":     {"15:04"},
	"datetime": {"2006-01-02T15:04", "2006-01-02t15:04"},
}

func (c *checker) datePicker(a object, at path) {
	mode := c.oneOf(a, at, "mode", true, "date", "time", "datetime")
	if mode == "" {
		return
	}
	moments := make(map[string]time.Time)
	for _, key := range []string{"initial", "min", "max"} {
		s := c.text(a, at, key, size{0, 16, units})
		if s == "" {
			continue
		}
		moment, valid := parsePicked(mode, s)
		if !valid || mode != "time" && (moment.Year() < 1900 || moment.Year() > 2100) {
			c.wrong(at.key(key), "Must be a %s", mode)
			continue
		}
		moments[key] = moment
	}
	least, bounded := moments["min"]
	most, limited := moments["max"]
	if bounded && limited && !least.Before(most) {
		c.wrong(at.key("min"), "Must be before max")
	}
	if initial, given := moments["initial"]; given {
		if bounded && initial.Before(least) || limited && initial.After(most) {
			c.wrong(at.key("initial"), "Must be between min and max")
		}
	}
}

func parsePicked(mode, s string) (time.Time, bool) {
	for _, layout := range dateLayouts[mode] {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
