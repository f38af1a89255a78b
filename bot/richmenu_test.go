package bot

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// Whatever an area of the rich menu can do in the chat is answered, and not as an old button; each belongs to the module
// that its talk does.
func TestEveryRichMenuAction(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	for _, one := range ippo.RichMenuActions {
		a := ippo.RichMenuArea{Icon: "search", Words: "ここ", Action: one.Action}
		switch one.Action {
		case ippo.RichMenuLink, ippo.RichMenuPhone:
			continue // LINE's own
		case ippo.RichMenuWord:
			a.Value = "団体をさがす"
		}
		menu, _, _, err := messages.RichMenu(ippo.RichMenu{Bar: "メニュー", Areas: []ippo.RichMenuArea{a}})
		if err != nil {
			t.Fatal(err)
		}
		var object struct {
			Areas []struct{ Action json.RawMessage }
		}
		if err := json.Unmarshal(menu, &object); err != nil {
			t.Fatal(err)
		}
		_, err = r.platform.Tap(r.id, object.Areas[0].Action, "")
		if said := r.act(err).words(); strings.Contains(said, "使えなくなりました") || strings.Contains(said, "うまく読み取れません") {
			t.Errorf("%s is answered:\n%s", one.Action, said)
		}
		var action struct{ Data string }
		if err := json.Unmarshal(object.Areas[0].Action, &action); err != nil {
			t.Fatal(err)
		}
		if p, ok := parseTap(action.Data); ok && c.bot.talkNamed(p.talk).module != one.Module {
			t.Errorf("%s belongs to %q, its talk to %q", one.Action, one.Module, c.bot.talkNamed(p.talk).module)
		}
	}
}

// Package jobs is told when somebody's menu becomes another: by the language that they choose.
func TestRichMenuFollowsAtOnce(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	if n := c.woken.Load(); n != 0 {
		t.Errorf("told %d times of who has the default", n)
	}
	if c.resident("en").follow(); c.woken.Load() == 0 {
		t.Error("not told of a newcomer who reads English")
	}
	r.say("ことばを変える")
	before := c.woken.Load()
	r.say("English")
	if r.me().Language != ippo.English || c.woken.Load() == before {
		t.Errorf("reads %s, told %d times", r.me().Language, c.woken.Load()-before)
	}
	if due, err := c.store.DueRichMenuLinks(t.Context(), 10); err != nil || len(due) != 2 || due[0].Language != ippo.English || due[0].Told != "" {
		t.Errorf("due: %+v, %v", due, err)
	}
	c.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ApplyAmbassador(ctx, ippo.Ambassador{Follower: r.me().ID, Name: "市川", Kana: "いちかわ", Contact: "090-5555-0199", AgeBand: "30s"})
		return err
	})
	due, err := c.store.DueRichMenuLinks(t.Context(), 10)
	if err != nil || len(due) != 2 || !due[0].Ambassador || due[1].Ambassador {
		t.Errorf("due: %+v, %v", due, err)
	}
}
