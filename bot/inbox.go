package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"ippo"
	"ippo/store"
)

const (
	// maxLanes is how many followers are served at once. Most of the time a lane waits for LINE, and while
	// LINE leaves some of them waiting the others must find one free.
	maxLanes = 1024
	// maxHeld is how many events are held in memory; the rest waits in the database.
	maxHeld = 8192
	// giveUp is how often an event that we cannot handle is tried before its follower gets an apology
	// and the next event its turn.
	giveUp = 3
	// glance is how often the inbox is looked at unasked.
	glance = 30 * time.Second
)

// lane is the queue of one follower: what they did is handled in its order.
type lane struct {
	key    string
	events []ippo.InboundEvent
	busy   bool
	tries  int // of the first event, that failed
}

// inbox hands out events to workers. Only the goroutine of workInbox touches it.
type inbox struct {
	bot    *Bot
	lanes  map[string]*lane
	ready  []*lane // not busy, with an event to handle
	held   int     // events in lanes
	busy   int     // lanes at work
	after  int64   // the last event that was read from the database
	more   bool    // the database may hold events beyond it
	worked chan *lane
	failed chan *lane
	again  chan *lane
}

// workInbox handles events until ctx ends, and then waits for those under way. They run under working.
func (b *Bot) workInbox(ctx, working context.Context) {
	in := &inbox{
		bot:    b,
		lanes:  make(map[string]*lane),
		more:   true,
		worked: make(chan *lane),
		failed: make(chan *lane),
		again:  make(chan *lane),
	}
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	for {
		if ctx.Err() == nil {
			in.fetch(ctx)
			in.start(ctx, working)
		} else if in.busy == 0 {
			return
		}
		select {
		case <-ctx.Done():
			for in.busy > 0 {
				in.finish(in.next())
			}
			return
		case <-b.wake:
			in.more = true
		case <-ticker.C:
			in.more = true
		case l := <-in.worked:
			in.finish(l, nil)
		case l := <-in.failed:
			in.finish(l, errHandling)
			in.putOff(ctx, l)
		case l := <-in.again:
			l.busy = false
			in.ready = append(in.ready, l)
		}
	}
}

var errHandling = errors.New("event could not be handled")

// next waits for a lane that is at work.
func (in *inbox) next() (*lane, error) {
	select {
	case l := <-in.worked:
		return l, nil
	case l := <-in.failed:
		return l, errHandling
	}
}

// fetch reads what is new in the database, while there is room.
func (in *inbox) fetch(ctx context.Context) {
	for in.more && in.held < maxHeld {
		const page = 512
		events, err := in.bot.store.OpenEvents(ctx, in.after, page)
		if err != nil {
			if ctx.Err() == nil {
				in.bot.log.Error("inbox cannot be read", "err", err)
			}
			return
		}
		for _, e := range events {
			in.add(e)
			in.after = e.ID
		}
		in.more = len(events) == page
	}
}

// add queues an event behind those of its follower that happened before it.
func (in *inbox) add(e ippo.InboundEvent) {
	key := e.LineUserID
	if key == "" {
		key = fmt.Sprintf("event %d", e.ID) // nobody's: on its own
	}
	l := in.lanes[key]
	if l == nil {
		l = &lane{key: key}
		in.lanes[key] = l
	}
	if len(l.events) == 0 && !l.busy {
		in.ready = append(in.ready, l)
	}
	at := len(l.events)
	first := 0
	if l.busy {
		first = 1 // that one is being handled
	}
	for at > first && e.OccurredAt.Before(l.events[at-1].OccurredAt) {
		at--
	}
	l.events = slices.Insert(l.events, at, e)
	in.held++
}

// start sets lanes to work.
func (in *inbox) start(ctx, working context.Context) {
	for len(in.ready) > 0 && in.busy < maxLanes && ctx.Err() == nil {
		l := in.ready[0]
		in.ready = in.ready[1:]
		l.busy = true
		in.busy++
		e, last := l.events[0], l.tries >= giveUp-1
		go func() {
			if in.bot.work(working, e, last) {
				in.worked <- l
			} else {
				in.failed <- l
			}
		}()
	}
}

// finish takes a lane back. After a failure its first event stays first, and the lane stays busy.
func (in *inbox) finish(l *lane, err error) {
	in.busy--
	if err != nil {
		l.tries++
		return
	}
	l.busy = false
	l.tries = 0
	l.events = l.events[1:]
	in.held--
	if len(l.events) > 0 {
		in.ready = append(in.ready, l)
	} else {
		delete(in.lanes, l.key)
	}
}

// putOff gives a lane another try a little later.
func (in *inbox) putOff(ctx context.Context, l *lane) {
	wait := min(time.Second<<min(l.tries, 5), 30*time.Second)
	go func() {
		select {
		case <-ctx.Done():
		case <-time.After(wait):
			select {
			case in.again <- l:
			case <-ctx.Done():
			}
		}
	}()
}

// work handles one event and sends its reply. It reports whether the event is done with, or left to
// the next start; last says that it was tried often enough.
func (b *Bot) work(ctx context.Context, e ippo.InboundEvent, last bool) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			b.log.Error("event: handling panicked", "event", e.ID, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			ok = false
		}
	}()
	if e.Payload == nil && e.Reply == nil {
		b.log.Error("event cannot be opened: its key is not in IPPO_SECRET_KEY, or it is damaged; it is left", "event", e.ID)
		return true
	}
	reply := e.Reply
	if reply == nil {
		var err error
		reply, err = b.handle(ctx, e, last)
		switch {
		case err != nil && ctx.Err() != nil:
			return true // the program is ending; the event stays open
		case err != nil:
			b.log.Error("event could not be handled", "event", e.ID, "err", err)
			return false
		case reply == nil:
			return true
		}
	}
	b.reply(ctx, e, reply)
	return true
}

// outcome is what an event brings about.
type outcome struct {
	effects []effect
	reply   []ippo.Message
	wake    bool // package jobs may have something to do then
}

// effect is a change that is committed together with the reply. It may still add to the reply of its
// turn: what it finds in the transaction is certain.
type effect func(context.Context, *store.Tx) error

// handle decides on the effect of an event and the reply to it, commits both, and returns the reply as
// it was stored, nil for none. With apologise, the effect is left out and the reply asks for patience.
func (b *Bot) handle(ctx context.Context, in ippo.InboundEvent, apologise bool) ([]byte, error) {
	o := new(outcome)
	e, err := parseEvent(in.Payload)
	if err == nil {
		if o, err = b.answer(ctx, in, e, apologise); err != nil {
			return nil, err
		}
	}
	token := e.ReplyToken
	if e.Mode == "standby" {
		token = ""
	}
	reply, err := b.settle(ctx, in, o, token)
	if err == nil && o.wake {
		b.told()
	}
	return reply, err
}

// settle commits an event's effects and its reply, and returns the reply as it was stored. It is nil
// where there is none, for a message that was taken back (送信取消), and for an event that was settled
// before: the last two change nothing.
func (b *Bot) settle(ctx context.Context, in ippo.InboundEvent, o *outcome, token string) (reply []byte, err error) {
	err = b.store.Write(ctx, func(t *store.Tx) error {
		if in.MessageID != "" {
			if unsent, err := t.Unsent(ctx, in.MessageID); err != nil {
				return err
			} else if unsent {
				return t.Settle(ctx, in.ID, nil)
			}
		}
		for _, change := range o.effects {
			if err := change(ctx, t); err != nil {
				return err
			}
		}
		if len(o.reply) > 0 && token != "" {
			var err error
			if reply, err = json.Marshal(pendingReply{Token: token, Messages: o.reply}); err != nil {
				return fmt.Errorf("encode reply: %w", err)
			}
		}
		// Last: whoever settled the event first leaves no trace of the changes above.
		return t.Settle(ctx, in.ID, reply)
	})
	switch {
	case errors.Is(err, store.ErrSettled):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return reply, nil
}
