package linesim

import (
	"net/http"
	"time"
)

func (p *Platform) insightRoutes() []route {
	return []route{
		{"GET /v2/bot/insight/followers", InsightFollowers, p.insightFollowers, jsonCall},
		{"GET /v2/bot/insight/message/delivery", InsightDelivery, p.insightDelivery, jsonCall},
		{"GET /v2/bot/insight/demographic", InsightDemographic, p.insightDemographic, jsonCall},
		{"GET /v2/bot/insight/message/event", InsightEvent, p.insightEvent, jsonCall},
		{"GET /v2/bot/insight/message/event/aggregation", InsightAggregation, p.insightUnit, jsonCall},
	}
}

// insightDay returns the day asked for, and whether its figures are ready: days that are over.
func (p *Platform) insightDay(c *call) (day time.Time, ready, valid bool) {
	day, err := time.ParseInLocation("20060102", c.URL.Query().Get("date"), p.tokyo)
	if err != nil {
		return day, false, false
	}
	return day, !p.now().Before(day.AddDate(0, 0, 1)), true
}

func badDate() answer {
	return fail(http.StatusBadRequest, "The value for the 'date' parameter is invalid")
}

// insightFollowers answers today's figures for every day that is over; the past is not kept.
func (p *Platform) insightFollowers(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ready, valid := p.insightDay(c)
	if !valid {
		return badDate()
	}
	if !ready {
		return ok(fields{"status": "unready"})
	}
	followers, blocks := 0, 0
	for _, u := range p.order {
		if u.Blocked {
			blocks++
		}
		if u.Friend || u.Blocked {
			followers++
		}
	}
	return ok(fields{"status": "ready", "followers": followers, "targetedReaches": followers - blocks, "blocks": blocks})
}

func (p *Platform) insightDelivery(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	day, ready, valid := p.insightDay(c)
	if !valid {
		return badDate()
	}
	if !ready {
		return ok(fields{"status": "unready"})
	}
	body := fields{"status": "ready"}
	for name, kind := range map[string]Kind{
		"apiBroadcast": KindBroadcast, "apiPush": KindPush, "apiMulticast": KindMulticast, "apiReply": KindReply,
	} {
		if n := p.usage.days[string(kind)+"/"+day.Format("20060102")]; n > 0 {
			body[name] = n
		}
	}
	return ok(body)
}

// insightDemographic answers what LINE does for an account with too few friends.
func (p *Platform) insightDemographic(*call) answer { return ok(fields{"available": false}) }

// hidden are the figures about people's eyes and fingers. Nobody's are simulated, so they are null, as LINE
// shows figures under twenty.
func hidden() fields {
	return fields{
		"uniqueImpression": nil, "uniqueClick": nil, "uniqueMediaPlayed": nil, "uniqueMediaPlayed100Percent": nil,
	}
}

// insightEvent answers the figures of one of LINE's broadcasts, by its request ID.
func (p *Platform) insightEvent(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := c.URL.Query().Get("requestId")
	sent, known := p.usage.broadcasts[id]
	if !known {
		return fail(http.StatusNotFound, msgNotFound)
	}
	overview := hidden()
	overview["requestId"], overview["timestamp"], overview["delivered"] = id, sent.at.Unix(), sent.recipients
	return ok(fields{"overview": overview, "messages": []any{}, "clicks": []any{}})
}

// insightUnit answers the figures of an aggregation unit.
func (p *Platform) insightUnit(c *call) answer {
	q := c.URL.Query()
	from, errFrom := time.ParseInLocation("20060102", q.Get("from"), p.tokyo)
	to, errTo := time.ParseInLocation("20060102", q.Get("to"), p.tokyo)
	if !unitPattern.MatchString(q.Get("customAggregationUnit")) || errFrom != nil || errTo != nil ||
		to.Before(from) || to.Sub(from) > 30*24*time.Hour {
		return fail(http.StatusBadRequest, "The query parameters are invalid")
	}
	return ok(fields{"overview": hidden(), "messages": []any{}, "clicks": []any{}})
}
