package admin

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/messages"
)

// account remembers what LINE says of our account, so that no page waits for LINE.
type account struct {
	line *line.Desk
	log  *slog.Logger

	mu      sync.Mutex
	known   lineAccount
	asking  chan struct{} // closed when the question under way is answered; nil when there is none
	askedAt time.Time
}

type lineAccount struct {
	BasicID string // with the leading @; "" while unknown
	Quota   quota
}

// quota is what may still be sent this month.
type quota struct {
	Known   bool
	Limited bool
	Limit   int64
	Used    int64
	At      time.Time // when LINE was asked, by the wall clock
}

// Left is how many messages the month still holds; ask only when Known and Limited.
func (q quota) Left() int64 { return max(0, q.Limit-q.Used) }

// Words say what is left, beside a button that reaches people.
func (q quota) Words() string {
	switch {
	case !q.Known:
		return "今月の残りはLINEに確かめています"
	case !q.Limited:
		return "今月の上限なし"
	}
	return "今月の残り" + ippo.Comma(q.Left()) + "通"
}

// Percent is how much of the month is used, 0 to 100.
func (q quota) Percent() int64 {
	if q.Limit <= 0 {
		return 100
	}
	return min(100, q.Used*100/q.Limit)
}

const (
	accountFresh   = time.Minute            // older news is asked for again, in the background
	accountTimeout = 5 * time.Second        // for LINE
	accountPress   = 3 * time.Second        // for a button that sends: the figures are asked for anew
	accountWait    = 400 * time.Millisecond // for a page, when nothing at all is known
)

func newAccount(client *line.Desk, log *slog.Logger) *account {
	return &account{line: client, log: log}
}

// read returns what is known. It begins to ask LINE when that is old, and waits shortly for the
// answer only when nothing is known yet.
func (a *account) read(ctx context.Context) lineAccount {
	a.mu.Lock()
	if a.asking == nil && time.Since(a.askedAt) > accountFresh {
		a.asking = make(chan struct{})
		go a.ask()
	}
	known, asking := a.known, a.asking
	a.mu.Unlock()
	if known.Quota.Known || asking == nil {
		return known
	}
	return a.answer(ctx, asking, accountWait)
}

// fresh asks LINE anew what is left of the month, and waits a little for the answer. Without one, what is
// no older than accountFresh still holds; after that it is unknown.
func (a *account) fresh(ctx context.Context) quota {
	a.mu.Lock()
	if a.asking == nil {
		a.asking = make(chan struct{})
		go a.ask()
	}
	asking := a.asking
	a.mu.Unlock()
	q := a.answer(ctx, asking, accountPress).Quota
	if time.Since(q.At) > accountFresh {
		return quota{}
	}
	return q
}

// answer waits for the question under way, and returns what is known then.
func (a *account) answer(ctx context.Context, asking <-chan struct{}, patience time.Duration) lineAccount {
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-asking:
	case <-wait.C:
	case <-ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known
}

func (a *account) ask() {
	ctx, cancel := context.WithTimeout(context.Background(), accountTimeout)
	defer cancel()
	limit, err := a.line.Quota(ctx)
	used, err2 := a.line.Consumption(ctx)
	info, err3 := a.line.BotInfo(ctx)
	if err := errors.Join(err, err2, err3); err != nil {
		a.log.Warn("asking LINE about the account failed", "err", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil && err2 == nil {
		a.known.Quota = quota{Known: true, Limited: limit.Limited, Limit: limit.Limit, Used: used, At: time.Now()}
	}
	if err3 == nil {
		a.known.BasicID = info.BasicID
	}
	a.askedAt = time.Now()
	close(a.asking)
	a.asking = nil
}

var errNoAccount = errors.New("LINE has not told the account's ID yet")

// chatURL opens the account's chat with text typed in.
func (a *account) chatURL(text string) (string, error) {
	id := a.read(context.Background()).BasicID
	if id == "" {
		return "", errNoAccount
	}
	return messages.ChatURL(id, text), nil
}
