package linesim

import (
	"errors"
	"slices"
)

// ErrNotMember is what a person gets who acts in a group chat that they, or the account, are not in.
var ErrNotMember = errors.New("linesim: not a member of the group chat")

// Group is a group chat (グループトーク), LINE's own sense of the word.
type Group struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Members []string `json:"members"` // user IDs
	Joined  bool     `json:"joined"`  // the account is a member
}

type group struct {
	Group
	chat
}

// AddGroup makes a group chat of people; the account is not in it before Invite.
func (p *Platform) AddGroup(name string, members ...string) Group {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := &group{Group: Group{ID: "C" + p.randomHex(16), Name: name, Members: slices.Clone(members)}}
	p.groups[g.ID] = g
	p.touch()
	return g.Group
}

// Invite brings the account into the group chat (join event).
func (p *Platform) Invite(groupID string) error {
	return p.inGroup(groupID, func(g *group) error {
		if !g.Joined {
			g.Joined = true
			p.note(&g.chat, KindJoin, "")
			p.emit(groupSource(groupID, ""), "join", nil, withReplyToken)
		}
		return nil
	})
}

// Remove puts the account out of the group chat (leave event).
func (p *Platform) Remove(groupID string) error {
	return p.inGroup(groupID, func(g *group) error {
		if g.Joined {
			g.Joined = false
			p.note(&g.chat, KindLeave, "")
			p.emit(groupSource(groupID, ""), "leave", nil, withoutReplyToken)
		}
		return nil
	})
}

// JoinGroup brings a person into the group chat (memberJoined event, if the account is in it).
func (p *Platform) JoinGroup(groupID, userID string) error {
	return p.inGroup(groupID, func(g *group) error {
		if slices.Contains(g.Members, userID) {
			return nil
		}
		g.Members = append(g.Members, userID)
		p.note(&g.chat, KindJoin, userID)
		if g.Joined {
			p.emit(groupSource(groupID, ""), "memberJoined", fields{"joined": members(userID)}, withReplyToken)
		}
		return nil
	})
}

// LeaveGroup takes a person out of the group chat (memberLeft event, if the account is in it).
func (p *Platform) LeaveGroup(groupID, userID string) error {
	return p.inGroup(groupID, func(g *group) error {
		i := slices.Index(g.Members, userID)
		if i < 0 {
			return ErrNotMember
		}
		g.Members = slices.Delete(g.Members, i, i+1)
		p.note(&g.chat, KindLeave, userID)
		if g.Joined {
			p.emit(groupSource(groupID, ""), "memberLeft", fields{"left": members(userID)}, withoutReplyToken)
		}
		return nil
	})
}

// SayInGroup sends a text to the group chat.
func (p *Platform) SayInGroup(groupID, userID, text string) (messageID string, err error) {
	err = p.inGroup(groupID, func(g *group) error {
		if !g.Joined || !slices.Contains(g.Members, userID) {
			return ErrNotMember
		}
		messageID = p.say(&g.chat, groupSource(groupID, userID), userID,
			fields{"type": "text", "text": text, "quoteToken": p.randomHex(24)})
		return nil
	})
	return messageID, err
}

func (p *Platform) inGroup(groupID string, do func(*group) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[groupID]
	if g == nil {
		return ErrNotMember
	}
	return do(g)
}

func members(userID string) fields {
	return fields{"members": []fields{{"type": "user", "userId": userID}}}
}
