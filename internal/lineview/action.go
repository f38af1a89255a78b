package lineview

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

// action is a LINE action object, with the fields this package passes on.
type action struct {
	Type            string `json:"type"`
	Label           string `json:"label,omitempty"`
	Data            string `json:"data,omitempty"`
	Text            string `json:"text,omitempty"`
	DisplayText     string `json:"displayText,omitempty"`
	URI             string `json:"uri,omitempty"`
	Mode            string `json:"mode,omitempty"`
	Initial         string `json:"initial,omitempty"`
	Min             string `json:"min,omitempty"`
	Max             string `json:"max,omitempty"`
	ClipboardText   string `json:"clipboardText,omitempty"`
	RichMenuAliasID string `json:"richMenuAliasId,omitempty"`
	InputOption     string `json:"inputOption,omitempty"`
	FillInText      string `json:"fillInText,omitempty"`
}

// tap is an action that a page may carry out: Data is its JSON for data-tap, Label what it is called.
// The attribute is not called data-action because html/template takes any attribute of that name,
// with or without data-, for a URL.
type tap struct {
	Data  string
	Label string
}

// tap reads an action object. It is nil when there is none, when its kind is unknown, when its link is
// not one LINE would open, and always in an inert drawing.
func (d *drawing) tap(raw json.RawMessage) (*tap, error) {
	a, err := readAction(raw)
	if err != nil || a == nil || d.inert {
		return nil, err
	}
	return a.tap(), nil
}

// readAction is nil for an absent action.
func readAction(raw json.RawMessage) (*action, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var a action
	if err := decode(raw, &a); err != nil {
		return nil, err
	}
	return &a, nil
}

func (a action) tap() *tap {
	switch a.Type {
	case "uri":
		if a.URI = linkURI(a.URI); a.URI == "" {
			return nil
		}
	case "postback", "message", "datetimepicker", "clipboard", "camera", "cameraRoll", "location", "richmenuswitch":
		a.URI = ""
	default:
		return nil
	}
	data, err := json.Marshal(a)
	if err != nil {
		return nil
	}
	return &tap{Data: string(data), Label: a.name()}
}

// name is what a screen reader calls a tappable area without a label of its own.
func (a action) name() string {
	for _, s := range []string{a.Label, a.DisplayText, a.Text} {
		if s != "" {
			return s
		}
	}
	if a.Type == "uri" {
		return "リンクを開く"
	}
	return "選ぶ"
}

var telephone = regexp.MustCompile(`^tel:[0-9+*#(). -]{1,40}$`)

// linkURI passes links that LINE opens (http, https, tel, line) and makes any other empty.
func linkURI(s string) string {
	if u := imageURL(s); u != "" {
		return u
	}
	if telephone.MatchString(s) {
		return s
	}
	if u, err := url.Parse(s); err == nil && len(s) <= 1000 && strings.HasPrefix(s, "line://") {
		return u.String()
	}
	return ""
}

// imageURL passes absolute http and https URLs and makes any other empty. LINE itself asks for https;
// http is for a simulator on this machine.
func imageURL(s string) string {
	if s == "" || len(s) > 2000 {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.String()
}
