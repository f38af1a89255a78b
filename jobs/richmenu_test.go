package jobs

import (
	"encoding/json"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
)

// menu applies a menu whose first area has these words.
func (c *center) menu(words string) ippo.RichMenu {
	c.t.Helper()
	m := ippo.DefaultRichMenu(ippo.Labels{})
	m.Areas[0].Words = words
	if err := c.store.ApplyRichMenu(c.t.Context(), c.approver, m); err != nil {
		c.t.Fatal(err)
	}
	return m
}

// tendMenu does the job and returns when it wants to be called again.
func (c *center) tendMenu() time.Time {
	c.t.Helper()
	next, err := c.TendRichMenu(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return next
}

// shows checks which words the first area has on a phone, and how many areas there are; "" for no menu.
func (c *center) shows(words string, areas int) {
	c.t.Helper()
	screen, _ := c.platform.Screen(userID(1))
	if screen.RichMenu == nil {
		if words != "" {
			c.t.Errorf("no menu under the chat, want %s", words)
		}
		return
	}
	var first struct{ Label string }
	if err := json.Unmarshal(screen.RichMenu.Areas[0].Action, &first); err != nil {
		c.t.Fatal(err)
	}
	if got := len(screen.RichMenu.Areas); got != areas || first.Label != words {
		c.t.Errorf("%d areas, the first %q; want %d and %q", got, first.Label, areas, words)
	}
}

// menus counts the menus that the account has.
func (c *center) menus(want int) {
	c.t.Helper()
	list, err := c.line.RichMenus(c.t.Context())
	if err != nil || len(list) != want {
		c.t.Errorf("%d menus at LINE, want %d (%v)", len(list), want, err)
	}
}

// A menu is made once, a changed one takes its place and only then the one before is deleted; menus of other tools stay.
// The areas of modules that are off are not in it.
func TestRichMenuIsApplied(t *testing.T) {
	c := newCenter(t, 1, options{})
	ctx := t.Context()
	other, err := c.line.CreateRichMenu(ctx, []byte(`{"size":{"width":2500,"height":1686},"selected":true,"name":"somebody else's","chatBarText":"x","areas":[{"bounds":{"x":0,"y":0,"width":100,"height":100},"action":{"type":"postback","data":"x"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	before := c.calls()
	c.tendMenu()
	if c.calls() != before {
		t.Error("LINE was asked although no menu was ever applied")
	}
	c.menu("さがす")
	c.tendMenu()
	c.shows("さがす", 6)
	before = len(c.platform.Requests())
	c.tendMenu()
	if len(c.platform.Requests()) != before {
		t.Error("LINE was asked again")
	}
	c.menu("団体をみる")
	c.tendMenu()
	c.shows("団体をみる", 6)
	c.menus(2)
	if _, there := c.platform.RichMenu(other); !there {
		t.Error("somebody else's menu is gone")
	}

	c.modules(ippo.ModuleNews, ippo.ModuleFAQ)
	c.tendMenu()
	c.shows("お知らせ", 2)
	c.modules()
	c.tendMenu()
	c.shows("設定・相談", 1)
	c.modules(ippo.Modules()...)
	c.tendMenu()
	c.shows("団体をみる", 6)
	c.menus(2)

	// The same once more, as when one goes back to it, changes nothing at LINE.
	made := c.platform.Calls()[linesim.RichMenuCreate]
	c.menu("団体をみる")
	c.tendMenu()
	if got := c.platform.Calls()[linesim.RichMenuCreate]; got != made {
		t.Errorf("%d menus made, want %d", got, made)
	}
	state, err := c.store.RichMenuState(ctx)
	if err != nil || state.Version != 3 || state.Problem != "" || !state.Tidy {
		t.Errorf("state %+v, %v", state, err)
	}
}

// Whichever call fails, residents keep the menu before, staff read why, and it is put right later.
func TestRichMenuFailsWhole(t *testing.T) {
	for _, fault := range []linesim.Fault{
		{Endpoint: linesim.RichMenuCreate, When: linesim.Before, Status: 400}, {Endpoint: linesim.RichMenuCreate, When: linesim.After, Drop: true},
		{Endpoint: linesim.RichMenuImage, When: linesim.Before, Status: 500}, {Endpoint: linesim.RichMenuImage, When: linesim.After, Drop: true},
		{Endpoint: linesim.RichMenuDefault, When: linesim.Before, Status: 401}, {Endpoint: linesim.RichMenuList, When: linesim.Before, Status: 500},
	} {
		c := newCenter(t, 1, options{})
		c.menu("まえ")
		c.tendMenu()
		fault.Times = 1
		c.platform.Inject(fault)
		c.menu("あと")
		next := c.tendMenu()
		c.shows("まえ", 6)
		state, err := c.store.RichMenuState(t.Context())
		if err != nil || state.Problem == "" || state.Version != 1 || !next.Equal(tuesday.Add(menuAgain)) {
			t.Errorf("%s: state %+v, next %v, %v", fault.Endpoint, state, next, err)
		}
		c.tendMenu() // too soon: nothing
		c.shows("まえ", 6)
		c.wait(menuAgain)
		c.tendMenu()
		c.shows("あと", 6)
		c.menus(1)
		if state, err := c.store.RichMenuState(t.Context()); err != nil || state.Problem != "" || state.Version != 2 {
			t.Errorf("%s: state %+v, %v", fault.Endpoint, state, err)
		}
	}
}

// Somebody else deletes the earlier menu at the same moment: that is what was wanted. A menu that LINE does not delete is
// deleted the next time.
func TestRichMenuTidies(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.menu("まえ")
	c.tendMenu()
	c.platform.Inject(linesim.Fault{Endpoint: linesim.RichMenuDelete, When: linesim.After, Status: 404, Times: 1})
	c.menu("あと")
	c.tendMenu()
	c.shows("あと", 6)
	c.menus(1)
	c.platform.Inject(linesim.Fault{Endpoint: linesim.RichMenuDelete, When: linesim.Before, Status: 500, Times: 1})
	c.menu("もっとあと")
	c.tendMenu()
	c.shows("もっとあと", 6)
	c.menus(2)
	c.wait(menuAgain)
	c.tendMenu()
	c.menus(1)

	// After a restore LINE is asked what it shows.
	if err := c.store.HoldEverything(t.Context(), "復元しました"); err != nil {
		t.Fatal(err)
	}
	c.tendMenu()
	c.shows("もっとあと", 6)
	c.menus(1)
}
