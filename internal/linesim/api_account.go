package linesim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// LINE's page sizes (reference: get-follower-ids).
const (
	defaultFollowerPage = 300
	maxFollowerPage     = 1000
)

func (p *Platform) accountRoutes() []route {
	routes := []route{
		{"GET /v2/bot/profile/{userId}", Profile, p.profile, jsonCall},
		{"GET /v2/bot/followers/ids", FollowerIDs, p.followerIDs, jsonCall},
		{"GET /v2/bot/info", BotInfo, p.info, jsonCall},
		{"GET /v2/bot/message/quota", Quota, p.quota, jsonCall},
		{"GET /v2/bot/message/quota/consumption", Consumption, p.consumption, jsonCall},
		{"GET /v2/bot/message/aggregation/info", Aggregation, p.unitCount, jsonCall},
		{"GET /v2/bot/message/aggregation/list", Aggregation, p.unitList, jsonCall},
		{"POST /v2/bot/user/{userId}/linkToken", LinkToken, p.issueLinkToken, jsonCall},
		{"GET /v2/bot/group/{groupId}/summary", GroupInfo, p.groupSummary, jsonCall},
		{"GET /v2/bot/group/{groupId}/members/count", GroupInfo, p.groupCount, jsonCall},
		{"GET /v2/bot/group/{groupId}/member/{userId}", GroupInfo, p.groupMember, jsonCall},
		{"POST /v2/bot/group/{groupId}/leave", GroupInfo, p.groupLeave, jsonCall},
	}
	for _, kind := range []Kind{KindReply, KindPush, KindMulticast, KindBroadcast} {
		routes = append(routes, route{"GET /v2/bot/message/delivery/" + string(kind), DeliveryCounts,
			func(c *call) answer { return p.deliveryCount(c, kind) }, jsonCall})
	}
	return routes
}

// profile answers for friends and for people who wrote; 404 otherwise (reference: get-profile).
func (p *Platform) profile(c *call) answer {
	id := c.PathValue("userId")
	if !userIDPattern.MatchString(id) {
		return fail(http.StatusBadRequest, "The value for the 'userId' parameter is invalid")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[id]
	if u == nil || u.Blocked || !u.Friend && u.wroteAt.IsZero() {
		return fail(http.StatusNotFound, msgNotFound)
	}
	return ok(profileOf(u.User))
}

func profileOf(u User) fields {
	body := fields{"userId": u.ID, "displayName": u.DisplayName}
	for name, value := range map[string]string{
		"language": u.Language, "pictureUrl": u.PictureURL, "statusMessage": u.StatusMessage,
	} {
		if value != "" {
			body[name] = value
		}
	}
	return body
}

func (p *Platform) followerIDs(c *call) answer {
	if p.opts.Unverified {
		return fail(http.StatusForbidden, msgForbidden)
	}
	limit := defaultFollowerPage
	if given := c.URL.Query().Get("limit"); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n < 1 {
			return fail(http.StatusBadRequest, "The value for the 'limit' parameter is invalid")
		}
		limit = min(n, maxFollowerPage)
	}
	start := 0
	if given := c.URL.Query().Get("start"); given != "" {
		n, err := fmt.Sscanf(given, "from-%d", &start)
		if n != 1 || err != nil || start < 0 {
			return fail(http.StatusBadRequest, "The value for the 'start' parameter is invalid")
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := []string{}
	next := start
	for ; next < len(p.order) && len(ids) < limit; next++ {
		if u := p.order[next]; u.Friend {
			ids = append(ids, u.ID)
		}
	}
	body := fields{"userIds": ids}
	if next < len(p.order) {
		body["next"] = fmt.Sprintf("from-%d", next)
	}
	return ok(body)
}

func (p *Platform) info(*call) answer {
	return ok(fields{
		"userId": p.opts.BotUserID, "basicId": p.opts.BasicID, "displayName": p.opts.DisplayName,
		"chatMode": "chat", "markAsReadMode": "manual",
	})
}

func (p *Platform) quota(*call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.opts.Quota == 0 {
		return ok(fields{"type": "none"})
	}
	return ok(fields{"type": "limited", "value": p.opts.Quota})
}

func (p *Platform) consumption(*call) answer { return ok(fields{"totalUsage": p.Used()}) }

// deliveryCount is ready for days that are over (reference: get-number-of-push-messages).
func (p *Platform) deliveryCount(c *call, kind Kind) answer {
	date := c.URL.Query().Get("date")
	day, err := time.ParseInLocation("20060102", date, p.tokyo)
	if err != nil {
		return fail(http.StatusBadRequest, "The value for the 'date' parameter is invalid")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now().Before(day.AddDate(0, 0, 1)) {
		return ok(fields{"status": "unready"})
	}
	return ok(fields{"status": "ready", "success": p.usage.days[string(kind)+"/"+date]})
}

func (p *Platform) unitCount(*call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return ok(fields{"numOfCustomAggregationUnits": len(p.units())})
}

// unitList answers all names of the month at once: the simulator has no thousand of them.
func (p *Platform) unitList(*call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return ok(fields{"customAggregationUnits": p.units()})
}

// units returns the names used this month. p.mu is held.
func (p *Platform) units() []string {
	month := p.usage.units[p.now().In(p.tokyo).Format("2006-01")]
	return append([]string{}, slices.Sorted(maps.Keys(month))...)
}

// linkTokenLife is how long a link token is good for (docs: linking-accounts).
const linkTokenLife = 10 * time.Minute

type linkToken struct {
	userID  string
	expires time.Time
}

func (p *Platform) issueLinkToken(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[c.PathValue("userId")]
	if u == nil || !u.met {
		return fail(http.StatusNotFound, msgNotFound)
	}
	token := p.randomHex(16)
	p.linkTokens[token] = linkToken{u.ID, p.now().Add(linkTokenLife)}
	return ok(fields{"linkToken": token})
}

// LinkAccount is a person finishing the account link that their link token began, with the nonce that the
// service made (accountLink event). It fails when the token is unknown, used or too old.
func (p *Platform) LinkAccount(token, nonce string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, known := p.linkTokens[token]
	delete(p.linkTokens, token)
	if !known {
		return ErrUnknownUser
	}
	valid := p.now().Before(t.expires)
	result := map[bool]string{true: "ok", false: "failed"}[valid]
	p.emit(userSource(t.userID), "accountLink", fields{"link": fields{"result": result, "nonce": nonce}}, valid)
	return nil
}

// memberGroup finds a group chat that the account is in. p.mu is held.
func (p *Platform) memberGroup(c *call) (*group, bool) {
	g := p.groups[c.PathValue("groupId")]
	return g, g != nil && g.Joined
}

func (p *Platform) groupSummary(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, member := p.memberGroup(c)
	if !member {
		return fail(http.StatusNotFound, msgNotFound)
	}
	return ok(fields{"groupId": g.ID, "groupName": g.Name})
}

func (p *Platform) groupCount(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, member := p.memberGroup(c)
	if !member {
		return fail(http.StatusNotFound, msgNotFound)
	}
	return ok(fields{"count": len(g.Members)})
}

func (p *Platform) groupMember(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, member := p.memberGroup(c)
	u := p.users[c.PathValue("userId")]
	if !member || u == nil || !slices.Contains(g.Members, u.ID) {
		return fail(http.StatusNotFound, msgNotFound)
	}
	profile := profileOf(u.User)
	delete(profile, "language")
	delete(profile, "statusMessage")
	return ok(profile)
}

func (p *Platform) groupLeave(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, member := p.memberGroup(c)
	if !member {
		return fail(http.StatusNotFound, msgNotFound)
	}
	g.Joined = false
	p.note(&g.chat, KindLeave, "")
	p.emit(groupSource(g.ID, ""), "leave", nil, withoutReplyToken)
	return done()
}
