package linesim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

// LINE's limits on a send (reference: send-multicast-message, send-push-message-conditions).
const (
	maxMulticast   = 500
	reachAfterChat = 7 * 24 * time.Hour // a non-friend who wrote can be pushed to for so long
)

// unitPattern is the shape of a customAggregationUnits name (docs: unit-based-statistics-aggregation).
var unitPattern = regexp.MustCompile(`^[a-zA-Z0-9_]{1,30}$`)

func (p *Platform) messageRoutes() []route {
	routes := []route{
		{"POST /v2/bot/message/reply", Reply, p.reply, jsonCall},
		{"POST /v2/bot/message/push", Push, p.push, jsonCall},
		{"POST /v2/bot/message/multicast", Multicast, p.multicast, jsonCall},
		{"POST /v2/bot/message/broadcast", Broadcast, p.broadcast, jsonCall},
		{"POST /v2/bot/message/narrowcast", Narrow, p.narrowcast, jsonCall},
	}
	for _, kind := range []string{"reply", "push", "multicast", "narrowcast", "broadcast"} {
		routes = append(routes, route{"POST /v2/bot/message/validate/" + kind, Validate, p.validate, jsonCall})
	}
	return routes
}

// outgoing is what every send has in its body.
type outgoing struct {
	Messages             []json.RawMessage `json:"messages"`
	NotificationDisabled bool              `json:"notificationDisabled"`
	Units                []string          `json:"customAggregationUnits"`
}

// refuse returns LINE's answer to messages that cannot be sent.
func (p *Platform) refuse(o outgoing) (answer, bool) {
	if a, refused := p.refuseMessages(o.Messages); refused {
		return a, true
	}
	if len(o.Units) > 1 {
		return badBody(Detail{"Size must be between 0 and 1", "customAggregationUnits"}), true
	}
	for i, unit := range o.Units {
		if !unitPattern.MatchString(unit) {
			return badBody(Detail{"Must match ^[a-zA-Z0-9_]{1,30}$", fmt.Sprintf("customAggregationUnits[%d]", i)}), true
		}
	}
	return answer{}, false
}

func (p *Platform) reply(c *call) answer {
	var req struct {
		ReplyToken string `json:"replyToken"`
		outgoing
	}
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if req.ReplyToken == "" {
		return badBody(Detail{"May not be empty", "replyToken"})
	}
	if a, refused := p.refuse(req.outgoing); refused {
		return a
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	chatID, valid := p.useReplyToken(req.ReplyToken)
	if !valid {
		return fail(http.StatusBadRequest, msgReplyToken)
	}
	d := p.newDelivery(c, req.outgoing)
	to := p.reach(chatID)
	p.carry(KindReply, d, to)
	return ok(fields{"sentMessages": d.sent()})
}

func (p *Platform) push(c *call) answer {
	var req struct {
		To string `json:"to"`
		outgoing
	}
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if !userIDPattern.MatchString(req.To) && !groupIDPattern.MatchString(req.To) {
		return badProperty("to")
	}
	if a, refused := p.refuse(req.outgoing); refused {
		return a
	}
	return p.send(c, KindPush, req.outgoing, func() (recipients, answer) {
		if !p.knows(req.To) {
			return recipients{}, fail(http.StatusBadRequest, msgSendFailed)
		}
		return p.reach(req.To), answer{}
	})
}

func (p *Platform) multicast(c *call) answer {
	var req struct {
		To []string `json:"to"`
		outgoing
	}
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if len(req.To) == 0 || len(req.To) > maxMulticast {
		return badBody(Detail{fmt.Sprintf("Size must be between 1 and %d", maxMulticast), "to"})
	}
	for i, id := range req.To {
		if !userIDPattern.MatchString(id) {
			return badProperty(fmt.Sprintf("to[%d]", i))
		}
	}
	if a, refused := p.refuse(req.outgoing); refused {
		return a
	}
	return p.send(c, KindMulticast, req.outgoing, func() (recipients, answer) {
		var all recipients
		for i, id := range req.To {
			if p.opts.RefuseUnknownRecipients && !p.knows(id) {
				return recipients{}, badProperty(fmt.Sprintf("to[%d]", i))
			}
			one := p.reach(id)
			all.chats = append(all.chats, one.chats...)
			all.count += one.count
		}
		return all, answer{}
	})
}

// broadcast is LINE's broadcast: to every friend.
func (p *Platform) broadcast(c *call) answer {
	var req outgoing
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if a, refused := p.refuse(req); refused {
		return a
	}
	return p.send(c, KindBroadcast, req, func() (recipients, answer) {
		var all recipients
		for _, u := range p.order {
			if u.Friend {
				all.chats = append(all.chats, &u.chat)
				all.count++
			}
		}
		return all, answer{}
	})
}

// narrowcast is refused as LINE refuses accounts that may not use it: there are no attributes to aim at here.
func (p *Platform) narrowcast(*call) answer {
	return fail(http.StatusForbidden, msgForbidden)
}

// validate checks message objects and nothing else (reference: validate-message-objects-of-push-message).
func (p *Platform) validate(c *call) answer {
	var req outgoing
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if a, refused := p.refuseMessages(req.Messages); refused {
		return a
	}
	return done()
}

// recipients are the chats a message reaches, and how many people that counts for.
type recipients struct {
	chats []*chat
	count int
}

// knows reports whether the channel has ever met the user, or is in the group chat. p.mu is held.
func (p *Platform) knows(id string) bool {
	if u := p.users[id]; u != nil {
		return u.met
	}
	g := p.groups[id]
	return g != nil && g.Joined
}

// reach returns whom a message to an ID gets to now: nobody when they blocked the account, are not a friend
// and have not written lately, or are unknown. p.mu is held.
func (p *Platform) reach(id string) recipients {
	if u := p.users[id]; u != nil {
		wrote := !u.wroteAt.IsZero() && p.now().Sub(u.wroteAt) < reachAfterChat
		if u.Friend || wrote && !u.Blocked {
			return recipients{[]*chat{&u.chat}, 1}
		}
	}
	if g := p.groups[id]; g != nil && g.Joined {
		return recipients{[]*chat{&g.chat}, len(g.Members)}
	}
	return recipients{}
}
