package linesim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Tap errors: the action cannot be carried out as it is.
var (
	ErrNeedsChoice = errors.New("linesim: a date picker needs the date that was chosen")
	ErrBadAction   = errors.New("linesim: not an action that can be tapped")
)

// Action is an action object (reference: action-objects) as it sits on a button, image or menu area.
type Action struct {
	Type            string `json:"type"`
	Label           string `json:"label"`
	Text            string `json:"text"`
	Data            string `json:"data"`
	DisplayText     string `json:"displayText"`
	InputOption     string `json:"inputOption"`
	FillInText      string `json:"fillInText"`
	URI             string `json:"uri"`
	Mode            string `json:"mode"`
	Initial         string `json:"initial"`
	Min             string `json:"min"`
	Max             string `json:"max"`
	ClipboardText   string `json:"clipboardText"`
	RichMenuAliasID string `json:"richMenuAliasId"`
}

// Tapped is what the phone does besides sending a message or postback.
type Tapped struct {
	OpenURL string `json:"openUrl,omitempty"` // open this page, or hand tel: to the dialler
	Copied  string `json:"copied,omitempty"`  // put this on the clipboard
	FillIn  string `json:"fillIn,omitempty"`  // open the keyboard with this text in it
	Ask     string `json:"ask,omitempty"`     // open the "location", "camera" or "cameraRoll" sheet
	Menu    string `json:"menu,omitempty"`    // "open" or "close" the rich menu
}

// Tap does what LINE's app does when a person taps an action. chosen is the value of a datetimepicker in
// the form of its mode (2026-04-01, 09:30, 2026-04-01T09:30); other actions ignore it.
func (p *Platform) Tap(userID string, action json.RawMessage, chosen string) (Tapped, error) {
	var a Action
	if err := json.Unmarshal(action, &a); err != nil {
		return Tapped{}, fmt.Errorf("%w: %v", ErrBadAction, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[userID]
	if u == nil {
		return Tapped{}, ErrUnknownUser
	}
	switch a.Type { // these work without the account being able to hear
	case "uri":
		return p.open(a.URI), nil
	case "clipboard":
		return Tapped{Copied: a.ClipboardText}, nil
	case "location", "camera", "cameraRoll":
		return Tapped{Ask: a.Type}, nil
	}
	if u.Blocked {
		return Tapped{}, ErrBlocked
	}
	return p.tap(u, a, action, chosen)
}

// tap carries out the actions that the bot hears of. p.mu is held.
func (p *Platform) tap(u *user, a Action, raw json.RawMessage, chosen string) (Tapped, error) {
	if a.Type == "datetimepicker" && chosen == "" {
		return Tapped{}, ErrNeedsChoice
	}
	if offers(u.quickReply, raw) {
		u.quickReply = nil // a tapped quick reply takes all of them away
		p.changedChat(&u.chat)
	}
	switch a.Type {
	case "message":
		u.met = true
		u.wroteAt = p.now()
		p.say(&u.chat, userSource(u.ID), u.ID, fields{"type": "text", "text": a.Text, "quoteToken": p.randomHex(24)})
		return Tapped{}, nil
	case "postback":
		if shown := a.DisplayText + a.Text; shown != "" { // never both (reference: postback-action)
			p.showPostback(u, shown)
		}
		p.postback(u, a.Data, nil)
		return tappedInput(a), nil
	case "datetimepicker":
		if len(chosen) > len("2026-04-01T09:30") {
			return Tapped{}, fmt.Errorf("%w: %q is no date or time", ErrBadAction, chosen)
		}
		p.postback(u, a.Data, map[string]string{a.Mode: chosen})
		return Tapped{}, nil
	case "richmenuswitch":
		status := p.menus.switchTo(u.ID, a.RichMenuAliasID)
		p.changedChat(&u.chat)
		p.postback(u, a.Data, map[string]string{"newRichMenuAliasId": a.RichMenuAliasID, "status": status})
		return Tapped{}, nil
	}
	return Tapped{}, fmt.Errorf("%w: type %q", ErrBadAction, a.Type)
}

func tappedInput(a Action) Tapped {
	switch a.InputOption {
	case "openKeyboard":
		return Tapped{FillIn: a.FillInText, Menu: "close"}
	case "openRichMenu":
		return Tapped{Menu: "open"}
	case "closeRichMenu", "openVoice":
		return Tapped{Menu: "close"}
	}
	return Tapped{}
}

// showPostback puts the display text of a postback on the screen; the bot is told nothing of it. p.mu is held.
func (p *Platform) showPostback(u *user, text string) {
	id := p.nextMessageID()
	shown, err := json.Marshal(fields{"type": "text", "id": id, "text": text})
	if err != nil {
		panic("linesim: display text: " + err.Error())
	}
	p.show(&u.chat, Entry{ID: id, At: p.now(), Kind: KindPostback, UserID: u.ID, Message: shown})
}

// open follows a link as the app does: https://line.me/R/oaMessage/@id/?text puts the text into the
// keyboard (docs: using-line-url-scheme), everything else is a page.
func (p *Platform) open(uri string) Tapped {
	u, err := url.Parse(uri)
	if err != nil || u.Host != "line.me" || !strings.HasPrefix(u.Path, "/R/oaMessage/"+p.opts.BasicID) {
		return Tapped{OpenURL: uri}
	}
	text, err := url.PathUnescape(u.RawQuery)
	if err != nil {
		return Tapped{OpenURL: uri}
	}
	return Tapped{FillIn: text}
}

// offers reports whether one of the quick reply's buttons carries the action.
func offers(quickReply, action json.RawMessage) bool {
	if quickReply == nil {
		return false
	}
	var q struct {
		Items []struct {
			Action json.RawMessage `json:"action"`
		} `json:"items"`
	}
	if json.Unmarshal(quickReply, &q) != nil {
		return false
	}
	want := canonical(action)
	for _, item := range q.Items {
		if bytes.Equal(canonical(item.Action), want) {
			return true
		}
	}
	return false
}

// canonical returns JSON with its members in order and without spaces, to compare two objects.
func canonical(raw json.RawMessage) []byte {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	out, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return out
}
