package linesim

import "time"

// Rate is a token bucket: Requests may come at once, and as many again within Per, refilled continuously
// (https://developers.line.biz/en/tips/2026/09/10/messaging-api-rate-limits/).
type Rate struct {
	Requests int
	Per      time.Duration
}

// Endpoints, grouped by the rates that LINE allows them (reference: rate-limits). Those not named here are
// at defaultRate.
const (
	Reply     Endpoint = "reply"
	Push      Endpoint = "push"
	Multicast Endpoint = "multicast"
	Broadcast Endpoint = "broadcast" // LINE's broadcast
	Narrow    Endpoint = "narrowcast"

	Validate        Endpoint = "validate"
	Profile         Endpoint = "profile"
	FollowerIDs     Endpoint = "followers/ids"
	BotInfo         Endpoint = "info"
	Quota           Endpoint = "quota"
	Consumption     Endpoint = "consumption"
	DeliveryCounts  Endpoint = "delivery"
	Aggregation     Endpoint = "aggregation"
	Content         Endpoint = "content"
	Loading         Endpoint = "loading"
	MarkAsRead      Endpoint = "markAsRead"
	LinkToken       Endpoint = "linkToken"
	GroupInfo       Endpoint = "group"
	WebhookEndpoint Endpoint = "webhook/endpoint"
	WebhookTest     Endpoint = "webhook/test"

	RichMenuCreate      Endpoint = "richmenu/create"
	RichMenuDelete      Endpoint = "richmenu/delete"
	RichMenuValidate    Endpoint = "richmenu/validate"
	RichMenuGet         Endpoint = "richmenu/get"
	RichMenuList        Endpoint = "richmenu/list"
	RichMenuImage       Endpoint = "richmenu/image"
	RichMenuDefault     Endpoint = "richmenu/default"
	RichMenuUser        Endpoint = "richmenu/user"
	RichMenuBulk        Endpoint = "richmenu/bulk"
	RichMenuBatch       Endpoint = "richmenu/batch"
	RichMenuProgress    Endpoint = "richmenu/progress"
	RichMenuAlias       Endpoint = "richmenu/alias"
	RichMenuAliasDelete Endpoint = "richmenu/alias/delete"

	InsightDelivery     Endpoint = "insight/delivery"
	InsightFollowers    Endpoint = "insight/followers"
	InsightDemographic  Endpoint = "insight/demographic"
	InsightEvent        Endpoint = "insight/event"
	InsightAggregation  Endpoint = "insight/aggregation"
	TokenIssue          Endpoint = "token"
	TokenIssueStateless Endpoint = "token/stateless"
	TokenVerify         Endpoint = "token/verify"
	TokenRevoke         Endpoint = "token/revoke"
)

var defaultRate = Rate{2000, time.Second}

// lineRates returns LINE's own rates of an endpoint.
func lineRate(e Endpoint) Rate {
	switch e {
	case Narrow, Broadcast, DeliveryCounts, WebhookTest,
		InsightDelivery, InsightFollowers, InsightDemographic, InsightEvent, InsightAggregation:
		return Rate{60, time.Hour}
	case WebhookEndpoint:
		return Rate{1000, time.Minute}
	case RichMenuCreate, RichMenuDelete, RichMenuAliasDelete, RichMenuProgress:
		return Rate{100, time.Hour}
	case RichMenuBatch:
		return Rate{3, time.Hour}
	case RichMenuList:
		return Rate{10, time.Second}
	case Multicast:
		return Rate{200, time.Second}
	case Loading:
		return Rate{100, time.Second}
	case TokenIssue:
		return Rate{370, time.Second}
	}
	return defaultRate
}

// bucket is the state of one endpoint's rate.
type bucket struct {
	tokens float64
	at     time.Time
}

// take takes a token for a call, or reports that there is none.
func (p *Platform) take(e Endpoint) bool {
	if p.opts.NoRateLimits || e == "" {
		return true
	}
	rate, given := p.opts.Rates[e]
	if !given {
		rate = lineRate(e)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now, full := p.now(), float64(rate.Requests)
	b := p.buckets[e]
	if b == nil {
		b = &bucket{tokens: full, at: now}
		p.buckets[e] = b
	}
	if passed := now.Sub(b.at); passed > 0 {
		b.tokens = min(full, b.tokens+full*passed.Seconds()/rate.Per.Seconds())
		b.at = now
	}
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
