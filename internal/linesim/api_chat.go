package linesim

import (
	"bytes"
	"image"
	"image/jpeg"
	_ "image/png" // previews of PNG pictures
	"net/http"
	"strings"
	"time"
)

// LINE's loading indicator (reference: display-a-loading-indicator).
const (
	minLoading     = 5
	maxLoading     = 60
	loadingStep    = 5
	defaultLoading = 20
)

// previewPixels is the longer side of the previews made here; LINE does not say.
const previewPixels = 240

func (p *Platform) chatRoutes() []route {
	return []route{
		{"POST /v2/bot/chat/loading/start", Loading, p.startLoading, jsonCall},
		{"POST /v2/bot/chat/markAsRead", MarkAsRead, p.markAsRead, jsonCall},
		{"GET /v2/bot/message/{messageId}/content", Content, p.getContent, blobCall},
		{"GET /v2/bot/message/{messageId}/content/preview", Content, p.getPreview, blobCall},
		{"GET /v2/bot/message/{messageId}/content/transcoding", Content, p.getTranscoding, jsonCall},
	}
}

func (p *Platform) startLoading(c *call) answer {
	var req struct {
		ChatID  string `json:"chatId"`
		Seconds *int   `json:"loadingSeconds"`
	}
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if !userIDPattern.MatchString(req.ChatID) {
		return badProperty("chatId")
	}
	seconds := defaultLoading
	if req.Seconds != nil {
		seconds = *req.Seconds
	}
	if seconds < minLoading || seconds > maxLoading || seconds%loadingStep != 0 {
		return badProperty("loadingSeconds")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if u := p.users[req.ChatID]; u != nil && !u.Blocked {
		u.loadingUntil = p.now().Add(time.Duration(seconds) * time.Second)
		p.changedChat(&u.chat)
	}
	return answer{status: http.StatusAccepted, body: struct{}{}}
}

// readToken is what a markAsReadToken stands for.
type readToken struct{ chatID, messageID string }

// newReadToken makes a markAsReadToken; it does not expire. p.mu is held.
func (p *Platform) newReadToken(chatID, messageID string) string {
	token := p.randomHex(24)
	if !p.opts.DiscardMessages {
		p.readTokens[token] = readToken{chatID, messageID}
	}
	return token
}

// markAsRead marks a message and all before it (docs: mark-as-read).
func (p *Platform) markAsRead(c *call) answer {
	var req struct {
		Token string `json:"markAsReadToken"`
	}
	if a, readable := c.decode(&req); !readable {
		return a
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	read, known := p.readTokens[req.Token]
	if !known {
		return badProperty("markAsReadToken")
	}
	chat := p.chat(read.chatID)
	for i := range chat.entries {
		e := &chat.entries[i]
		if e.Kind == KindMessage {
			e.Read = true
		}
		if e.ID == read.messageID {
			break
		}
	}
	p.changedChat(chat)
	return done()
}

// content is a picture, film or voice message that a person sent.
type content struct {
	contentType string
	data        []byte
	ready       time.Time
	gone        bool
}

// ForgetContent deletes what a person sent, as LINE does after some time: 404 from then on.
func (p *Platform) ForgetContent(messageID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.contents, messageID)
}

// findContent returns a message's content, or the answer of LINE's when there is none to be had now.
func (p *Platform) findContent(c *call) (content, answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.contents[c.PathValue("messageId")]
	switch {
	case found == nil:
		return content{}, fail(http.StatusNotFound, msgNotFound)
	case found.gone:
		return content{}, fail(http.StatusGone, "The content is gone")
	case p.now().Before(found.ready):
		return content{}, answer{status: http.StatusAccepted, raw: []byte{}} // still being prepared: no data
	}
	return *found, answer{}
}

func (p *Platform) getContent(c *call) answer {
	found, other := p.findContent(c)
	if other.status != 0 {
		return other
	}
	return answer{status: http.StatusOK, contentType: found.contentType, raw: found.data}
}

// getPreview answers a small JPEG of a picture; films have none here.
func (p *Platform) getPreview(c *call) answer {
	found, other := p.findContent(c)
	if other.status != 0 {
		return other
	}
	picture, _, err := image.Decode(bytes.NewReader(found.data))
	if err != nil {
		return fail(http.StatusNotFound, msgNotFound)
	}
	var preview bytes.Buffer
	if err := jpeg.Encode(&preview, shrink(picture, previewPixels), nil); err != nil {
		return fail(http.StatusNotFound, msgNotFound)
	}
	return answer{status: http.StatusOK, contentType: "image/jpeg", raw: preview.Bytes()}
}

// shrink makes a picture no longer than side, taking the nearest pixel.
func shrink(picture image.Image, side int) image.Image {
	b := picture.Bounds()
	longer := max(b.Dx(), b.Dy())
	if longer <= side {
		return picture
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()*side/longer), max(1, b.Dy()*side/longer)))
	for y := range small.Bounds().Dy() {
		for x := range small.Bounds().Dx() {
			small.Set(x, y, picture.At(b.Min.X+x*longer/side, b.Min.Y+y*longer/side))
		}
	}
	return small
}

func (p *Platform) getTranscoding(c *call) answer {
	found, other := p.findContent(c)
	switch {
	case other.status == http.StatusAccepted:
		return ok(fields{"status": "processing"})
	case other.status != 0:
		return other
	case !strings.HasPrefix(found.contentType, "video/") && !strings.HasPrefix(found.contentType, "audio/"):
		return fail(http.StatusNotFound, msgNotFound)
	}
	return ok(fields{"status": "succeeded"})
}
