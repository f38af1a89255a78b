package linesim

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
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

// insightEvent answers the figures of one of LINE's broadcasts, by its request ID.
func (p *Platform) insightEvent(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := c.URL.Query().Get("requestId")
	sent, known := p.usage.broadcasts[id]
	if !known {
		return fail(http.StatusNotFound, msgNotFound)
	}
	body := p.readers(&sent.audience, sent.at, p.now())
	overview := body["overview"].(fields)
	overview["requestId"], overview["timestamp"], overview["delivered"] = id, sent.at.Unix(), sent.recipients
	return ok(body)
}

// insightUnit answers the figures of an aggregation unit. Of a unit that was never used nothing is known,
// which looks as if it were too little.
func (p *Platform) insightUnit(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := c.URL.Query()
	from, errFrom := time.ParseInLocation("20060102", q.Get("from"), p.tokyo)
	to, errTo := time.ParseInLocation("20060102", q.Get("to"), p.tokyo)
	name := q.Get("customAggregationUnit")
	if !unitPattern.MatchString(name) || errFrom != nil || errTo != nil ||
		to.Before(from) || to.Sub(from) > 30*24*time.Hour {
		return fail(http.StatusBadRequest, "The query parameters are invalid")
	}
	sent := p.usage.audiences[name]
	if sent == nil {
		sent = &audience{}
	}
	return ok(p.readers(sent, from, to.AddDate(0, 0, 1)))
}

// audience is to whom the messages of one aggregation unit, or of one broadcast of LINE's, went.
type audience struct {
	days  map[string]int // "20260401" → recipients
	seqs  int            // bubbles
	links []bubbleLink
}

type bubbleLink struct {
	seq int
	url string
}

// maxLinks bounds what is kept of one message.
const maxLinks = 100

func (a *audience) add(d delivery, day string, recipients int) {
	if a.days == nil {
		a.days, a.seqs = make(map[string]int), len(d.messages)
		for i, m := range d.messages {
			for _, address := range addressShape.FindAllString(string(m), maxLinks-len(a.links)) {
				link := bubbleLink{i + 1, strings.ReplaceAll(address, `\u0026`, "&")}
				if !slices.Contains(a.links, link) {
					a.links = append(a.links, link)
				}
			}
		}
	}
	a.days[day] += recipients
}

// addressShape finds the links of a message; Go writes & as \u0026.
var addressShape = regexp.MustCompile(`https?://(?:[0-9A-Za-z\-._~:/?#@!$&*+,;=%]|\\u0026)+`)

// readers invents what people do with their messages: of a hundred about 40 look on the first day and two
// more on each of the next; one in eight of those who look opens the first link, fewer the next. Only days
// from … until that are over count, and none after the fourteenth (docs: measure-impressions).
func (p *Platform) readers(a *audience, from, until time.Time) fields {
	const counted = 14
	now := p.now().In(p.tokyo)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, p.tokyo)
	if until.After(today) {
		until = today
	}
	looked := 0
	for name, n := range a.days {
		day, err := time.ParseInLocation("20060102", name, p.tokyo)
		if err != nil || day.Before(from.AddDate(0, 0, -1)) {
			continue
		}
		if over := min(int(until.Sub(day)/(24*time.Hour)), counted); over > 0 {
			looked += n * (38 + 2*over) / 100
		}
	}
	tapped := looked / 8
	body := fields{"messages": []any{}, "clicks": []any{}, "overview": fields{
		"uniqueImpression": shown(looked), "uniqueClick": nil, "uniqueMediaPlayed": nil, "uniqueMediaPlayed100Percent": nil,
	}}
	if len(a.links) > 0 {
		body["overview"].(fields)["uniqueClick"] = shown(tapped)
	}
	var bubbles, clicks []any
	for seq := 1; seq <= a.seqs; seq++ {
		bubble := fields{"seq": seq, "impression": shown(looked + looked/10)}
		for _, name := range []string{"mediaPlayed", "mediaPlayed25Percent", "mediaPlayed50Percent", "mediaPlayed75Percent", "mediaPlayed100Percent",
			"uniqueMediaPlayed", "uniqueMediaPlayed25Percent", "uniqueMediaPlayed50Percent", "uniqueMediaPlayed75Percent", "uniqueMediaPlayed100Percent"} {
			bubble[name] = nil
		}
		bubbles = append(bubbles, bubble)
	}
	for i, link := range a.links {
		people := tapped / (i + 1)
		clicks = append(clicks, fields{"seq": link.seq, "url": link.url,
			"click": shown(people + people/5), "uniqueClick": shown(people), "uniqueClickOfRequest": shown(people)})
	}
	if looked > 0 {
		body["messages"], body["clicks"] = append([]any{}, bubbles...), append([]any{}, clicks...)
	}
	return body
}

// shown hides a figure under twenty, as LINE does.
func shown(people int) any {
	if people < 20 {
		return nil
	}
	return people
}
