package linesim

import (
	"encoding/json"
	"slices"
	"time"
)

// Kind says how an entry came into a chat.
type Kind string

const (
	KindMessage  Kind = "message"  // the person wrote, spoke, sent a sticker …
	KindPostback Kind = "postback" // the text a tapped button shows; the bot got a postback, not a message

	KindReply     Kind = "reply"
	KindPush      Kind = "push"
	KindMulticast Kind = "multicast"
	KindBroadcast Kind = "broadcast" // LINE's broadcast

	KindFollow  Kind = "follow"
	KindBlock   Kind = "block"
	KindUnblock Kind = "unblock"
	KindJoin    Kind = "join"
	KindLeave   Kind = "leave"
)

// FromBot tells the account's messages from what people did.
func (k Kind) FromBot() bool {
	switch k {
	case KindReply, KindPush, KindMulticast, KindBroadcast:
		return true
	}
	return false
}

// Entry is one line of a chat: a message, or a mark such as the moment of a block.
type Entry struct {
	ID     string    `json:"id"` // LINE's message ID; of its own for marks
	At     time.Time `json:"at"`
	Kind   Kind      `json:"kind"`
	UserID string    `json:"userId,omitempty"` // the person who did it; empty for the bot

	// Message is the message object: exactly what the bot sent, or the webhook's message of the person.
	// Empty for marks and after Unsend.
	Message json.RawMessage `json:"message,omitempty"`

	RequestID string `json:"requestId,omitempty"` // X-Line-Request-Id of the call that sent it
	Silent    bool   `json:"silent,omitempty"`    // sent with notificationDisabled
	Unsent    bool   `json:"unsent,omitempty"`    // taken back by the person (送信取消)
	Read      bool   `json:"read,omitempty"`      // the bot marked the person's message as read (既読)
}

// chat is what a person or a group has on the screen. It is guarded by Platform.mu.
type chat struct {
	entries      []Entry
	received     int // messages from the bot, also counted when they are not kept
	quickReply   json.RawMessage
	loadingUntil time.Time
	wroteAt      time.Time // the person's last message, for the reach of a push to a non-friend
	version      uint64
}

// Screen is everything one phone shows now.
type Screen struct {
	User         User
	Entries      []Entry
	QuickReply   json.RawMessage // the quickReply object whose buttons are showing; nil: none
	LoadingUntil time.Time       // loading dots until then; zero: none
	RichMenu     *RichMenu       // the menu under the chat; nil: none
	Version      uint64          // grows with every change of this chat
}

// Screen returns what a person's phone shows.
func (p *Platform) Screen(userID string) (Screen, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[userID]
	if u == nil {
		return Screen{}, false
	}
	s := Screen{User: u.User, Entries: slices.Clone(u.entries), QuickReply: u.quickReply, Version: u.version}
	if u.loadingUntil.After(p.now()) {
		s.LoadingUntil = u.loadingUntil
	}
	if menu := p.menus.shownTo(userID); menu != nil {
		s.RichMenu = menu.view()
	}
	s.Version += p.menus.version
	return s, true
}

// Chat returns the log of a person's or a group's chat, oldest first; nil when there is no such chat.
func (p *Platform) Chat(chatID string) []Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chat(chatID)
	if c == nil {
		return nil
	}
	return slices.Clone(c.entries)
}

// SentTo returns the message objects that reached a chat from the bot, oldest first.
func (p *Platform) SentTo(chatID string) []json.RawMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chat(chatID)
	if c == nil {
		return nil
	}
	var sent []json.RawMessage
	for _, e := range c.entries {
		if e.Kind.FromBot() {
			sent = append(sent, e.Message)
		}
	}
	return sent
}

// Received counts the message objects that reached a chat from the bot, also with DiscardMessages.
func (p *Platform) Received(chatID string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.chat(chatID); c != nil {
		return c.received
	}
	return 0
}

// chat finds the chat of a user or group ID. p.mu is held.
func (p *Platform) chat(chatID string) *chat {
	if u := p.users[chatID]; u != nil {
		return &u.chat
	}
	if g := p.groups[chatID]; g != nil {
		return &g.chat
	}
	return nil
}

// changedChat marks a chat as changed for everyone who watches. p.mu is held.
func (p *Platform) changedChat(c *chat) {
	p.touch()
	c.version = p.version
}

// show adds what a person did to the chat. p.mu is held.
func (p *Platform) show(c *chat, e Entry) {
	if !p.opts.DiscardMessages {
		c.entries = append(c.entries, e)
	}
	c.quickReply = nil // any new message takes the buttons away (reference: quick-reply)
	p.changedChat(c)
}

// note adds a mark to the chat, such as a block. p.mu is held.
func (p *Platform) note(c *chat, kind Kind, userID string) {
	p.show(c, Entry{ID: p.nextMessageID(), At: p.now(), Kind: kind, UserID: userID})
}

// receive puts the bot's messages on the screen. p.mu is held.
func (p *Platform) receive(c *chat, kind Kind, d delivery) {
	c.received += len(d.messages)
	if p.opts.DiscardMessages {
		return
	}
	for i, m := range d.messages {
		c.entries = append(c.entries, Entry{
			ID: d.ids[i], At: d.at, Kind: kind, Message: m, RequestID: d.requestID, Silent: d.silent,
		})
	}
	c.quickReply = d.quickReply
	c.loadingUntil = time.Time{} // the dots end when a message arrives (reference: display-a-loading-indicator)
	c.version = p.version + 1    // the caller touches once for all recipients
}
