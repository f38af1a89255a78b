package line

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// LINE's limits on the size of one request. https://developers.line.biz/en/reference/messaging-api/#send-multicast-message
const (
	MaxBody          = 2 << 20 // bytes of a request; LINE answers 413 above
	MaxRichMenuImage = 1 << 20 // bytes of a rich menu's image
)

// Op is one kind of call. LINE counts its rate limits per endpoint, so each Op has its own pace.
type Op string

const (
	OpReply          Op = "reply"
	OpPush           Op = "push"
	OpMulticast      Op = "multicast"
	OpBroadcast      Op = "broadcast" // LINE's own
	OpValidate       Op = "validate"
	OpProfile        Op = "profile"
	OpQuota          Op = "quota"
	OpConsumption    Op = "consumption"
	OpBotInfo        Op = "botinfo"
	OpContent        Op = "content"
	OpUnitReaders    Op = "unit_readers"
	OpReaders        Op = "readers" // of LINE's own broadcast
	OpWebhook        Op = "webhook"
	OpWebhookTest    Op = "webhook_test"
	OpMenuCreate     Op = "richmenu_create"
	OpMenuImage      Op = "richmenu_image"
	OpMenuDefault    Op = "richmenu_default"
	OpMenuList       Op = "richmenu_list"
	OpMenuDelete     Op = "richmenu_delete"
	OpMenuLink       Op = "richmenu_link"
	opStatelessToken Op = "token"
)

// limit is LINE's documented rate of one endpoint, and how many calls may follow one another at
// once after a pause.
type limit struct {
	perSecond float64
	burst     int
}

const perHour = 1.0 / 3600

// limits are LINE's own. https://developers.line.biz/en/reference/messaging-api/#rate-limits
//
// Pushes and multicasts do not burst: 30 calls in the first millisecond would be within LINE's bucket today, but
// another tool on the channel draws from the same bucket. For the rare calls of administration a
// handful at once is what people expect.
var limits = map[Op]limit{
	OpReply:       {2000, 20},
	OpPush:        {2000, 20},
	OpMulticast:   {200, 1},
	OpBroadcast:   {60 * perHour, 5}, // one that was not answered need not wait a minute
	OpValidate:    {2000, 20},
	OpProfile:     {2000, 20},
	OpQuota:       {2000, 20},
	OpConsumption: {2000, 20},
	OpBotInfo:     {2000, 20},
	OpContent:     {2000, 20},
	OpUnitReaders: {60 * perHour, 10},
	OpReaders:     {60 * perHour, 10},
	OpWebhook:     {1000.0 / 60, 5},
	OpWebhookTest: {60 * perHour, 5},
	OpMenuCreate:  {100 * perHour, 10},
	OpMenuImage:   {2000, 20},
	OpMenuDefault: {2000, 20},
	OpMenuList:    {10, 5},
	OpMenuDelete:  {100 * perHour, 20},
	OpMenuLink:    {2000, 20},
}

// headroom keeps us under LINE's rate although the clocks and the way there differ.
const headroom = 0.98

// Rates lowers LINE's rates: calls per second by kind of call.
type Rates map[Op]float64

// ParseRates reads a setting like "multicast=20,push=500": calls per second. A rate can only be
// lowered. The error is one Japanese sentence for whoever runs the program.
func ParseRates(s string) (Rates, error) {
	rates := Rates{}
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, fmt.Errorf("「%s」は「multicast=20」のように、名前=毎秒の回数で書いてください。", part)
		}
		op := Op(strings.ToLower(strings.TrimSpace(name)))
		l, known := limits[op]
		if !known {
			return nil, fmt.Errorf("「%s」という送信の種類はありません。使えるのは %s です。", name, strings.Join(rateNames(), "、"))
		}
		if _, twice := rates[op]; twice {
			return nil, fmt.Errorf("「%s」が2回書かれています。1回にしてください。", op)
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(v > 0) {
			return nil, fmt.Errorf("「%s」の回数は0より大きい数で書いてください。", part)
		}
		if v > l.perSecond {
			return nil, fmt.Errorf("「%s」は毎秒%s回（LINEの上限）までです。", part, strconv.FormatFloat(l.perSecond, 'g', 4, 64))
		}
		rates[op] = v
	}
	return rates, nil
}

func rateNames() []string {
	names := make([]string, 0, len(limits))
	for op := range limits {
		names = append(names, string(op))
	}
	slices.Sort(names)
	return names
}

// pacer spaces the calls of one endpoint evenly. It lives on the machine's own clock, never on an
// injected one: LINE's rate does not follow a demo's.
type pacer struct {
	limiter *rate.Limiter

	mu      sync.Mutex
	hold    time.Time // no call before this: LINE said 429
	refused int       // 429s since the last call that was accepted
}

func newPacer(l limit, lowered float64) *pacer {
	perSecond := l.perSecond
	if lowered > 0 {
		perSecond = min(perSecond, lowered)
	}
	burst := l.burst
	if perSecond >= 1 {
		// At most 10 ms' worth may catch up after a late timer: even pace, and no first burst.
		burst = min(burst, max(1, int(perSecond/100)))
	}
	p := &pacer{limiter: rate.NewLimiter(rate.Limit(perSecond*headroom), burst)}
	if perSecond >= 1 && burst > 1 {
		p.limiter.AllowN(time.Now(), burst-1)
	}
	return p
}

// wait returns when the next call may be made, or with ctx's error.
func (p *pacer) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		d := time.Until(p.hold)
		p.mu.Unlock()
		if d <= 0 {
			break
		}
		timer := time.NewTimer(d)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
	return p.limiter.Wait(ctx)
}

// slowDown makes everyone wait after a 429, so that a hundred senders do not find out one by one: as
// long as LINE asked, or else a moment that doubles until a call is accepted. One 429 alone means
// little, since other tools draw from the same bucket.
func (p *pacer) slowDown(asked time.Duration) {
	const first, longest = 25 * time.Millisecond, 2 * time.Second
	p.mu.Lock()
	defer p.mu.Unlock()
	if asked == 0 {
		asked = min(first<<min(p.refused, 10), longest)
	}
	p.refused++
	if until := time.Now().Add(asked); until.After(p.hold) {
		p.hold = until
	}
}

// accepted ends what slowDown began.
func (p *pacer) accepted() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = 0
}

// Rate returns how many calls of op a second this client makes at most: +Inf when it is unpaced.
func (c *Client) Rate(op Op) float64 {
	if limit := c.pacers[op].limiter.Limit(); limit != rate.Inf {
		return float64(limit)
	}
	return math.Inf(1)
}
