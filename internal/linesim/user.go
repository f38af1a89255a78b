package linesim

import (
	"errors"
	"fmt"
	"regexp"
)

// Errors of what people do. They are the simulator's, not LINE's: they say that the thumb had nothing to tap.
var (
	ErrUnknownUser = errors.New("linesim: no such user")
	ErrNotFriend   = errors.New("linesim: the user has not added the account")
	ErrBlocked     = errors.New("linesim: the user has blocked the account")
)

// userIDPattern and groupIDPattern are the shapes of LINE's IDs (reference: source-user, source-group).
var (
	userIDPattern  = regexp.MustCompile(`^U[0-9a-f]{32}$`)
	groupIDPattern = regexp.MustCompile(`^[CR][0-9a-f]{32}$`)
)

// User is a person on LINE, as this channel's provider sees them.
type User struct {
	ID            string `json:"id"`
	DisplayName   string `json:"displayName"`
	Language      string `json:"language,omitempty"` // of the app, "ja"; left out of the profile when empty
	PictureURL    string `json:"pictureUrl,omitempty"`
	StatusMessage string `json:"statusMessage,omitempty"`
	Friend        bool   `json:"friend"` // has added the account and not blocked it since
	Blocked       bool   `json:"blocked"`
}

type user struct {
	User
	chat
	met bool // has ever added the account or written to it
}

// AddUser puts a person on LINE and returns them with an ID (made when empty) and a name. With Friend or
// Blocked set they are so from before the story begins: no webhook tells of it. An ID that is there
// already is updated, its chat stays.
func (p *Platform) AddUser(u User) User {
	p.mu.Lock()
	defer p.mu.Unlock()
	if u.ID == "" {
		u.ID = "U" + p.randomHex(16)
	}
	if u.DisplayName == "" {
		u.DisplayName = fmt.Sprintf("友だち%d", len(p.order)+1)
	}
	if u.Blocked {
		u.Friend = false
	}
	known := p.users[u.ID]
	if known == nil {
		known = &user{}
		p.users[u.ID] = known
		p.order = append(p.order, known)
	}
	known.User = u
	known.met = known.met || u.Friend || u.Blocked
	p.touch()
	return u
}

// User returns a person as they are now.
func (p *Platform) User(id string) (User, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[id]
	if u == nil {
		return User{}, false
	}
	return u.User, true
}

// Users returns everyone in the order they were added.
func (p *Platform) Users() []User {
	p.mu.Lock()
	defer p.mu.Unlock()
	users := make([]User, len(p.order))
	for i, u := range p.order {
		users[i] = u.User
	}
	return users
}

// Follow adds the account as a friend (友だち追加), or takes a block back: LINE tells both by a follow event.
// Following twice does nothing.
func (p *Platform) Follow(userID string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[userID]
	if u == nil {
		return ErrUnknownUser
	}
	if u.Friend {
		return nil
	}
	unblocked := u.Blocked
	u.Friend, u.Blocked, u.met = true, false, true
	kind := KindFollow
	if unblocked {
		kind = KindUnblock
	}
	p.note(&u.chat, kind, u.ID)
	p.emit(userSource(u.ID), "follow", fields{"follow": fields{"isUnblocked": unblocked}}, withReplyToken)
	return nil
}

// Block blocks the account; LINE tells it by an unfollow event. Nothing reaches the person from then on.
func (p *Platform) Block(userID string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[userID]
	if u == nil {
		return ErrUnknownUser
	}
	if u.Blocked {
		return nil
	}
	if !u.Friend {
		return ErrNotFriend
	}
	u.Friend, u.Blocked = false, true
	p.menus.unlink(u.ID)
	p.note(&u.chat, KindBlock, u.ID)
	p.emit(userSource(u.ID), "unfollow", nil, withoutReplyToken)
	return nil
}

// Unblock takes a block back; the account becomes a friend again.
func (p *Platform) Unblock(userID string) error {
	if u, ok := p.User(userID); ok && !u.Blocked {
		return nil
	}
	return p.Follow(userID)
}

// writer returns the user if they can write to the account now. p.mu is held.
func (p *Platform) writer(userID string) (*user, error) {
	u := p.users[userID]
	switch {
	case u == nil:
		return nil, ErrUnknownUser
	case u.Blocked:
		return nil, ErrBlocked
	}
	return u, nil
}
