package bot

import (
	"bytes"
	"encoding/json"
	"errors"
)

// event is what we use of a LINE webhook event. Properties we do not know are ignored, as LINE asks:
// https://developers.line.biz/en/docs/messaging-api/development-guidelines/#assume-non-breaking-changes
type event struct {
	Type           string
	Mode           string
	Timestamp      int64 // milliseconds
	WebhookEventID string
	ReplyToken     string
	Source         source
	Message        message
	Postback       postback
	Unsend         struct{ MessageID string }
	Follow         struct{ IsUnblocked bool }
}

type source struct {
	Type   string // user, group or room
	UserID string
}

type message struct {
	ID   string
	Type string
	Text string
}

type postback struct {
	Data string
}

// parseEvent reads an event leniently: a part that has another shape than LINE documents counts as
// absent, and only what is no object at all is an error.
func parseEvent(raw json.RawMessage) (event, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return event{}, errors.New("an event is not a JSON object")
	}
	var e event
	read(fields["type"], &e.Type)
	read(fields["mode"], &e.Mode)
	read(fields["timestamp"], &e.Timestamp)
	read(fields["webhookEventId"], &e.WebhookEventID)
	read(fields["replyToken"], &e.ReplyToken)
	read(fields["source"], &e.Source)
	read(fields["message"], &e.Message)
	read(fields["postback"], &e.Postback)
	read(fields["unsend"], &e.Unsend)
	read(fields["follow"], &e.Follow)
	if len(e.WebhookEventID) > 200 || len(e.Message.ID) > 200 || len(e.Unsend.MessageID) > 200 || len(e.ReplyToken) > 500 {
		return event{}, errors.New("an event's IDs are too long")
	}
	return e, nil
}

// read decodes one property into v, or leaves v as it is.
func read[T any](raw json.RawMessage, v *T) {
	if raw == nil || bytes.Equal(raw, []byte("null")) {
		return
	}
	var read T
	if json.Unmarshal(raw, &read) == nil {
		*v = read
	}
}

// kind is what an event means to us.
type kind int

const (
	kindUnknown kind = iota // LINE made it up after us
	kindIgnored             // known, and nothing to us
	kindFollow
	kindUnfollow
	kindText
	kindSticker
	kindVoice // audio
	kindMedia // image, video, file
	kindPlace // location
	kindPostback
	kindUnsend
	kindJoin // a group chat took the account in
)

func (e event) kind() kind {
	switch e.Type {
	case "follow":
		return kindFollow
	case "unfollow":
		return kindUnfollow
	case "postback":
		return kindPostback
	case "unsend":
		if e.Unsend.MessageID == "" {
			return kindUnknown // taps have no message either, and are not meant
		}
		return kindUnsend
	case "join":
		return kindJoin
	case "message":
		switch e.Message.Type {
		case "text":
			return kindText
		case "sticker":
			return kindSticker
		case "audio":
			return kindVoice
		case "image", "video", "file":
			return kindMedia
		case "location":
			return kindPlace
		}
		return kindUnknown
	case "messageEdited", "leave", "memberJoined", "memberLeft", "videoPlayComplete", "accountLink", "beacon",
		"membership", "module", "activated", "deactivated", "botSuspended", "botResumed", "delivery":
		return kindIgnored
	}
	return kindUnknown
}
