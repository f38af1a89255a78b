package linesim

import (
	"encoding/json"
	"errors"
	"maps"
	"time"
)

// ErrUnknownMessage is what Unsend answers for a message that is not there, or is not the person's own.
var ErrUnknownMessage = errors.New("linesim: no such message of this user")

// Location is a place that a person shares.
type Location struct {
	Title     string  `json:"title,omitempty"`
	Address   string  `json:"address,omitempty"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// Media is a picture, film, voice message or file that a person sends; the bot fetches it by message ID.
type Media struct {
	ContentType string
	Data        []byte
	Duration    time.Duration // of a film or voice message
	FileName    string        // of a file
	// PreparedAfter is how long LINE answers 202 (still preparing) to those who fetch it.
	PreparedAfter time.Duration
}

// Say sends a text and returns its message ID.
func (p *Platform) Say(userID, text string) (string, error) {
	return p.write(userID, fields{"type": "text", "text": text, "quoteToken": p.randomHex(24)})
}

// SendSticker sends a sticker, with the keywords that LINE gives for it.
func (p *Platform) SendSticker(userID, packageID, stickerID string, keywords ...string) (string, error) {
	m := fields{
		"type": "sticker", "packageId": packageID, "stickerId": stickerID,
		"stickerResourceType": "STATIC", "quoteToken": p.randomHex(24),
	}
	if len(keywords) > 0 {
		m["keywords"] = keywords
	}
	return p.write(userID, m)
}

// SendLocation shares a place.
func (p *Platform) SendLocation(userID string, at Location) (string, error) {
	m := fields{"type": "location", "latitude": at.Latitude, "longitude": at.Longitude}
	if at.Title != "" {
		m["title"] = at.Title
	}
	if at.Address != "" {
		m["address"] = at.Address
	}
	return p.write(userID, m)
}

// SendImage sends a picture.
func (p *Platform) SendImage(userID string, m Media) (string, error) {
	return p.writeMedia(userID, m, fields{"type": "image", "contentProvider": fields{"type": "line"}, "quoteToken": p.randomHex(24)})
}

// SendVideo sends a film.
func (p *Platform) SendVideo(userID string, m Media) (string, error) {
	return p.writeMedia(userID, m, fields{
		"type": "video", "contentProvider": fields{"type": "line"},
		"duration": m.Duration.Milliseconds(), "quoteToken": p.randomHex(24),
	})
}

// SendAudio sends a voice message.
func (p *Platform) SendAudio(userID string, m Media) (string, error) {
	return p.writeMedia(userID, m, fields{
		"type": "audio", "contentProvider": fields{"type": "line"}, "duration": m.Duration.Milliseconds(),
	})
}

// SendFile sends a file.
func (p *Platform) SendFile(userID string, m Media) (string, error) {
	return p.writeMedia(userID, m, fields{"type": "file", "fileName": m.FileName, "fileSize": len(m.Data)})
}

// Postback sends a postback as a tapped button does; params are those of a date picker or rich menu
// switch, nil for none. Tap does the same from the action object.
func (p *Platform) Postback(userID, data string, params map[string]string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.writer(userID)
	if err != nil {
		return err
	}
	p.postback(u, data, params)
	return nil
}

// Unsend takes a message back (送信取消): it leaves the screen, its content is gone (410), the bot is told.
func (p *Platform) Unsend(userID, messageID string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.writer(userID)
	if err != nil {
		return err
	}
	for i := range u.entries {
		e := &u.entries[i]
		if e.ID != messageID || e.UserID != userID || e.Unsent {
			continue
		}
		e.Unsent, e.Message = true, nil
		if c := p.contents[messageID]; c != nil {
			c.gone, c.data = true, nil
		}
		p.changedChat(&u.chat)
		p.emit(userSource(userID), "unsend", fields{"unsend": fields{"messageId": messageID}}, withoutReplyToken)
		return nil
	}
	return ErrUnknownMessage
}

func (p *Platform) write(userID string, message fields) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.writer(userID)
	if err != nil {
		return "", err
	}
	u.met = true
	u.wroteAt = p.now()
	return p.say(&u.chat, userSource(userID), userID, message), nil
}

func (p *Platform) writeMedia(userID string, m Media, message fields) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.writer(userID)
	if err != nil {
		return "", err
	}
	u.met = true
	u.wroteAt = p.now()
	id := p.say(&u.chat, userSource(userID), userID, message)
	p.contents[id] = &content{contentType: m.ContentType, data: m.Data, ready: p.now().Add(m.PreparedAfter)}
	return id, nil
}

// say puts a person's message on the screen and tells the bot. p.mu is held.
func (p *Platform) say(c *chat, src source, userID string, message fields) string {
	id := p.nextMessageID()
	message["id"] = id
	shown, err := json.Marshal(message)
	if err != nil {
		panic("linesim: message: " + err.Error()) // built here from strings and numbers
	}
	p.show(c, Entry{ID: id, At: p.now(), Kind: KindMessage, UserID: userID, Message: shown})

	told := maps.Clone(message)
	told["markAsReadToken"] = p.newReadToken(src.chatID, id)
	p.emit(src, "message", fields{"message": told}, withReplyToken)
	return id
}

// postback sends a postback event. p.mu is held.
func (p *Platform) postback(u *user, data string, params map[string]string) {
	object := fields{"data": data}
	if len(params) > 0 {
		object["params"] = params
	}
	u.met = true
	p.emit(userSource(u.ID), "postback", fields{"postback": object}, withReplyToken)
}
