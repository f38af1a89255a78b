package bot

import (
	"context"
	"testing"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
	"ippo/messages"
	"ippo/store"
)

// card decides on a push to the resident, as the end of a form does.
func (r *resident) card(text string) {
	r.t.Helper()
	me := r.me().ID
	err := r.store.Write(r.t.Context(), func(t *store.Tx) error {
		return t.AddPush(r.t.Context(), me, line.NewRetryKey(), []ippo.Message{messages.Text(text)})
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// due is how many pushes wait, whatever their time.
func (c *center) due() int {
	c.t.Helper()
	list, err := c.store.DuePushes(c.t.Context(), c.clock.Now().Add(48*time.Hour), 100)
	if err != nil {
		c.t.Fatal(err)
	}
	return len(list)
}

// LINE took the card and its answer was lost: under the same key nobody gets it twice.
func TestPushOnceWhateverIsLost(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	c.stop()
	<-c.stopped
	r.card("会員証です")
	for _, fault := range []linesim.Fault{
		{When: linesim.Before, Status: 500}, {When: linesim.After, Drop: true}, {When: linesim.After, Status: 500}, {When: linesim.Before, Status: 429},
	} {
		fault.Endpoint, fault.Times = linesim.Push, 1
		c.platform.Inject(fault)
		c.bot.sendPushes(t.Context(), t.Context())
		c.bot.sendPushes(t.Context(), t.Context()) // not before its time
		c.clock.pass(11 * time.Minute)
	}
	if n := c.due(); n != 1 {
		t.Fatalf("%d pushes wait, want 1", n)
	}
	c.bot.sendPushes(t.Context(), t.Context())
	r.answer().has("会員証です")
	if n, calls := c.due(), c.platform.Calls()[linesim.Push]; n != 0 || calls != 5 {
		t.Errorf("%d wait after %d calls", n, calls)
	}
	if got := len(c.platform.SentTo(r.id)) - r.seen; got != 0 {
		t.Errorf("%d cards too many", got)
	}
}

// A card that LINE refuses is not tried for ever, and one whose key has grown too old is not sent anew.
func TestPushGivenUp(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	c.stop()
	<-c.stopped
	r.card("一通目")
	c.platform.SetQuota(1)
	c.platform.SetUsed(1)
	c.bot.sendPushes(t.Context(), t.Context())
	if n := c.due(); n != 0 {
		t.Errorf("%d wait although the month's messages are spent", n)
	}
	c.platform.SetQuota(0)
	r.card("二通目")
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Push, When: linesim.Before, Status: 500, Times: 1})
	c.bot.sendPushes(t.Context(), t.Context())
	c.clock.pass(ippo.RetryWindow)
	c.bot.sendPushes(t.Context(), t.Context())
	if n, calls := c.due(), c.platform.Calls()[linesim.Push]; n != 0 || calls != 2 {
		t.Errorf("%d wait after %d calls", n, calls)
	}
	if got := len(c.platform.SentTo(r.id)) - r.seen; got != 0 {
		t.Errorf("%d cards", got)
	}
}

// The rich menu is made once; applying it again changes nothing, and a changed one takes its place.
func TestApplyRichMenu(t *testing.T) {
	c := newCenter(t)
	ctx := context.Background()
	old, err := c.bot.line.CreateRichMenu(ctx, []byte(`{"size":{"width":2500,"height":1686},"selected":true,"name":"ippo old","chatBarText":"x","areas":[{"bounds":{"x":0,"y":0,"width":100,"height":100},"action":{"type":"postback","data":"x"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	other, err := c.bot.line.CreateRichMenu(ctx, []byte(`{"size":{"width":2500,"height":1686},"selected":true,"name":"somebody else's","chatBarText":"x","areas":[{"bounds":{"x":0,"y":0,"width":100,"height":100},"action":{"type":"postback","data":"x"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	// Somebody else deletes the earlier menu at the same moment.
	c.platform.Inject(linesim.Fault{Endpoint: linesim.RichMenuDelete, When: linesim.After, Status: 404, Times: 1})
	for _, want := range []bool{true, false} {
		changed, err := ApplyRichMenu(ctx, c.bot.line)
		if err != nil || changed != want {
			t.Fatalf("changed: %v, %v; want %v", changed, err, want)
		}
	}
	if n := c.platform.Calls()[linesim.RichMenuCreate]; n != 3 {
		t.Errorf("%d menus made", n)
	}
	r := c.friend()
	screen, _ := c.platform.Screen(r.id)
	if screen.RichMenu == nil || screen.RichMenu.ID == old || screen.RichMenu.ID == other {
		t.Fatalf("under the chat: %+v", screen.RichMenu)
	}
	if _, there := c.platform.RichMenu(old); there {
		t.Error("our earlier menu is still there")
	}
	if _, there := c.platform.RichMenu(other); !there {
		t.Error("somebody else's menu is gone")
	}
	// Every area leads somewhere.
	for _, a := range [...]struct{ data, says string }{
		{"1/groups/start/", "どのようにさがしますか"}, {"1/news/start/", "新しいお知らせ"}, {"1/events/start/", "これからのイベント"},
		{"1/newcomer/start/", "お住まいの地域"}, {"1/ambassador/start/", "1回5分"}, {"1/menu/desk/", "受付に相談する"},
	} {
		r.act(c.platform.Postback(r.id, a.data, nil)).has(a.says)
	}
}
