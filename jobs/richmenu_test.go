//go:build !race

package jobs

import (
	"encoding/json"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
	"ippo/store"
)

// menu applies everyone's menu, with these words on its first area.
func (c *center) menu(words string) { c.menuFor(ippo.DefaultRichMenuKind, words) }

// menuFor applies a menu of a kind, with these words on its first area.
func (c *center) menuFor(kind ippo.RichMenuKind, words string) {
	c.t.Helper()
	m := ippo.DefaultRichMenu(ippo.Labels{})
	m.Areas[0].Words = words
	if _, err := c.store.ApplyRichMenu(c.t.Context(), c.approver, kind, m); err != nil {
		c.t.Fatal(err)
	}
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

// menuState is how far LINE is with everyone's menu.
func (c *center) menuState() (ippo.RichMenuState, error) {
	states, err := c.store.RichMenuStates(c.t.Context())
	return states[ippo.DefaultRichMenuKind], err
}

// shows checks which words the first area has on a phone, and how many areas there are; "" for no menu.
func (c *center) shows(words string, areas int) {
	c.t.Helper()
	c.showsTo(1, words, areas)
}

func (c *center) showsTo(id int, words string, areas int) {
	c.t.Helper()
	screen, _ := c.platform.Screen(userID(id))
	if screen.RichMenu == nil {
		if words != "" {
			c.t.Errorf("%d: no menu under the chat, want %s", id, words)
		}
		return
	}
	var first struct{ Label string }
	if err := json.Unmarshal(screen.RichMenu.Areas[0].Action, &first); err != nil {
		c.t.Fatal(err)
	}
	if got := len(screen.RichMenu.Areas); got != areas || first.Label != words {
		c.t.Errorf("%d: %d areas, the first %q; want %d and %q", id, got, first.Label, areas, words)
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
	state, err := c.menuState()
	if err != nil || state.Version != 2 || state.Problem != "" || !state.Tidy {
		t.Errorf("state %+v, %v", state, err)
	}
}

// Applying what is applied makes no version, and LINE is looked at: what is there as it should be stays, and what somebody
// deleted there is made anew. Each kind is.
func TestRichMenuIsAppliedAgain(t *testing.T) {
	c := newCenter(t, 1, options{})
	ctx := t.Context()
	english := ippo.RichMenuKind{Audience: ippo.MenuForEveryone, Language: ippo.English}
	apply := func() {
		t.Helper()
		c.menu("さがす")
		c.menuFor(english, "Groups")
		c.tendMenu()
	}
	for made, spoil := range []func(){
		func() {},
		func() {
			list, err := c.line.RichMenus(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				if err := c.line.DeleteRichMenu(ctx, one.ID); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		spoil()
		apply()
		apply()
		c.shows("さがす", 6)
		c.menus(2)
		if got := c.platform.Calls()[linesim.RichMenuCreate]; got != 2*(made+1) {
			t.Errorf("%d menus made, want %d", got, 2*(made+1))
		}
		for _, kind := range []ippo.RichMenuKind{ippo.DefaultRichMenuKind, english} {
			if versions, err := c.store.RichMenus(ctx, kind); err != nil || len(versions) != 1 {
				t.Errorf("%d versions, %v", len(versions), err)
			}
		}
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
		state, err := c.menuState()
		if err != nil || state.Problem == "" || state.Version != 1 || !next.Equal(tuesday.Add(menuAgain)) {
			t.Errorf("%s: state %+v, next %v, %v", fault.Endpoint, state, next, err)
		}
		c.tendMenu() // too soon: nothing
		c.shows("まえ", 6)
		c.wait(menuAgain)
		c.tendMenu()
		c.shows("あと", 6)
		c.menus(1)
		if state, err := c.menuState(); err != nil || state.Problem != "" || state.Version != 2 {
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

var (
	forAmbassadors = ippo.RichMenuKind{Audience: ippo.MenuForAmbassadors, Language: ippo.Japanese}
	inEnglish      = ippo.RichMenuKind{Audience: ippo.MenuForEveryone, Language: ippo.English}
)

// speak sets the language that somebody reads, as they do in the chat.
func (c *center) speak(id int, l ippo.Language) {
	c.t.Helper()
	err := c.store.Write(c.t.Context(), func(tx *store.Tx) error {
		return tx.SavePreferences(c.t.Context(), ippo.FollowerID(id), ippo.Preferences{Language: l})
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// Each sees the menu of what they are and read, from when they become it until they are it no more; a new one takes the
// place of the one before, and going back is the same.
func TestRichMenuOfEach(t *testing.T) {
	c := newCenter(t, 4, options{})
	ctx := t.Context()
	seen := func(words ...string) {
		t.Helper()
		c.tendMenu()
		for i, w := range words {
			c.showsTo(i+1, w, 6)
		}
		before := len(c.platform.Requests())
		if c.tendMenu(); len(c.platform.Requests()) != before {
			t.Error("LINE was asked again")
		}
		if n, err := c.store.CountDueRichMenuLinks(ctx); err != nil || n != 0 {
			t.Errorf("%d are due, %v", n, err)
		}
	}
	c.ambassador(2)
	c.speak(3, ippo.English)
	c.menu("みんな")
	seen("みんな", "みんな", "みんな", "みんな")
	c.menuFor(forAmbassadors, "声かけ")
	c.menuFor(inEnglish, "Groups")
	seen("みんな", "声かけ", "Groups", "みんな")
	c.menus(3)

	c.menuFor(forAmbassadors, "声かけ二")
	c.menu("みんな二")
	seen("みんな二", "声かけ二", "Groups", "みんな二")
	c.menus(3)
	if _, err := c.store.ApplyRichMenu(ctx, c.approver, forAmbassadors, menuOfFirst(t, c, forAmbassadors)); err != nil {
		t.Fatal(err)
	}
	seen("みんな二", "声かけ", "Groups", "みんな二")

	c.speak(3, ippo.Japanese)
	c.speak(4, ippo.English)
	c.ambassador(1)
	seen("声かけ", "声かけ", "みんな二", "Groups")
	// A step on an ambassador's way changes nothing.
	before := c.platform.Calls()[linesim.RichMenuBulk]
	if err := c.store.SetAmbassadorStatus(ctx, c.approver, 1, ippo.AmbassadorContacted); err != nil {
		t.Fatal(err)
	}
	seen("声かけ", "声かけ", "みんな二", "Groups")
	if got := c.platform.Calls()[linesim.RichMenuBulk]; got != before {
		t.Errorf("%d calls for who keeps theirs", got-before)
	}
	if err := c.store.Write(ctx, func(tx *store.Tx) error { return tx.WithdrawAmbassador(ctx, 1) }); err != nil {
		t.Fatal(err)
	}
	seen("みんな二", "声かけ", "みんな二", "Groups")

	// The module is off and on again; then there is no such menu any more.
	c.modules(ippo.ModuleGroups, ippo.ModuleNews, ippo.ModuleEvents, ippo.ModuleMatching)
	c.tendMenu()
	c.showsTo(2, "みんな二", 5)
	c.menus(2)
	c.modules(ippo.Modules()...)
	seen("みんな二", "声かけ", "みんな二", "Groups")
	if err := c.store.WithdrawRichMenu(ctx, c.approver, forAmbassadors); err != nil {
		t.Fatal(err)
	}
	seen("みんな二", "みんな二", "みんな二", "Groups")
	c.menus(2)

	// Who blocked the account is told of nothing, and is shown theirs again when they come back.
	c.platform.Block(userID(4))
	c.block(4)
	c.tendMenu()
	c.platform.Follow(userID(4))
	if err := c.store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Follow(ctx, userID(4), "", ippo.Japanese, c.clock().Add(time.Second))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	before = c.platform.Calls()[linesim.RichMenuBulk]
	seen("みんな二", "みんな二", "みんな二", "Groups")
	if got := c.platform.Calls()[linesim.RichMenuBulk]; got != before+1 {
		t.Errorf("%d calls to link them again", got-before)
	}
	// A restored database does not know what LINE shows.
	if err := c.store.HoldEverything(ctx, "復元しました"); err != nil {
		t.Fatal(err)
	}
	seen("みんな二", "みんな二", "みんな二", "Groups")
	c.menus(2)
}

// menuOfFirst is the first version of a kind.
func menuOfFirst(t *testing.T, c *center, kind ippo.RichMenuKind) ippo.RichMenu {
	t.Helper()
	all, err := c.store.RichMenus(t.Context(), kind)
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all[len(all)-1].Menu
}

// linking checks what staff read of why people are not shown their menu.
func (c *center) linking(want string) {
	c.t.Helper()
	problem, since, err := c.store.RichMenuLinking(c.t.Context())
	if err != nil || problem != want || since.IsZero() == (want != "") {
		c.t.Errorf("staff read %q since %v, %v; want %q", problem, since, err, want)
	}
}

func (c *center) block(id int) {
	c.t.Helper()
	if err := c.store.Write(c.t.Context(), func(tx *store.Tx) error { return tx.Block(c.t.Context(), userID(id), c.clock()) }); err != nil {
		c.t.Fatal(err)
	}
}

// People are linked as many at a time as LINE takes; what a call did not reach is done the next time, and no more.
func TestRichMenuLinksInParts(t *testing.T) {
	c := newCenter(t, 1201, options{})
	c.sql(`UPDATE followers SET language = 'en'`)
	c.menu("みんな")
	c.menuFor(inEnglish, "Groups")
	c.platform.Inject(linesim.Fault{Endpoint: linesim.RichMenuBulk, When: linesim.Before, Status: 500, Times: 1, Skip: 1})
	if next := c.tendMenu(); !next.Equal(tuesday.Add(menuAgain)) {
		t.Errorf("next %v", next)
	}
	if n, err := c.store.CountDueRichMenuLinks(t.Context()); err != nil || n != 701 {
		t.Fatalf("%d are due, %v", n, err)
	}
	c.linking(menuUnreachable)
	for status, says := range map[int]string{401: menuUnauthorized, 400: menuUnlinked} {
		c.platform.Inject(linesim.Fault{Endpoint: linesim.RichMenuBulk, When: linesim.Before, Status: status, Times: 1})
		c.tendMenu()
		c.linking(says)
	}
	c.showsTo(500, "Groups", 6)
	c.showsTo(501, "みんな", 6)
	calls := c.platform.Calls()[linesim.RichMenuBulk]
	c.tendMenu()
	c.linking("")
	c.showsTo(1201, "Groups", 6)
	if got := c.platform.Calls()[linesim.RichMenuBulk] - calls; got != 2 {
		t.Errorf("%d calls for 701 people", got)
	}

	// The menu is deleted behind our back: it is made anew, and everybody has it.
	list, err := c.line.RichMenus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if screen, _ := c.platform.Screen(userID(1)); screen.RichMenu.ID == m.ID {
			if err := c.line.DeleteRichMenu(t.Context(), m.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.speak(1, ippo.Japanese)
	c.speak(2, ippo.Japanese)
	c.tendMenu()
	c.speak(1, ippo.English)
	c.tendMenu()
	c.tendMenu()
	c.showsTo(1, "Groups", 6)
	c.showsTo(1200, "Groups", 6)
	c.showsTo(2, "みんな", 6)
	c.menus(2)
}

// Who asked to be forgotten has no menu of their own any more before their name at LINE is.
func TestRichMenuIsTakenBeforeErasing(t *testing.T) {
	c := newCenter(t, 1, options{})
	ctx := t.Context()
	c.ambassador(1)
	c.menu("みんな")
	c.menuFor(forAmbassadors, "声かけ")
	c.tendMenu()
	c.shows("声かけ", 6)
	if err := c.store.Write(ctx, func(tx *store.Tx) error { return tx.AskErasure(ctx, 1, 0, "") }); err != nil {
		t.Fatal(err)
	}
	c.wait(ippo.EraseGrace)
	erase := func(left int) {
		t.Helper()
		if _, err := c.Erase(ctx); err != nil {
			t.Fatal(err)
		}
		if waiting, err := c.store.Erasures(ctx); err != nil || len(waiting) != left {
			t.Fatalf("waiting: %+v, %v; want %d", waiting, err, left)
		}
	}
	erase(1)
	c.tendMenu()
	c.shows("みんな", 6)
	erase(0)
	c.tendMenu()
	if n, err := c.store.DueRichMenuLinks(ctx, 10); err != nil || len(n) != 0 {
		t.Errorf("still due: %v, %v", n, err)
	}
}
