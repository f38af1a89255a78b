package bot

import (
	"context"
	"testing"

	"ippo/internal/linesim"
)

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
		{"1/newcomer/start/", "お住まいの地域"}, {"1/ambassador/start/", "1回5分"}, {"1/menu/desk/", "受付の電話・場所"},
	} {
		r.act(c.platform.Postback(r.id, a.data, nil)).has(a.says)
	}
}
