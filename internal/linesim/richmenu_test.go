package linesim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ippo/internal/linesim"
)

const menuObject = `{"size":{"width":800,"height":500},"selected":true,"name":"ふだんのメニュー","chatBarText":"メニュー",
	"areas":[{"bounds":{"x":0,"y":0,"width":800,"height":500},"action":{"type":"message","text":"メニュー"}}]}`

func menuImage(t *testing.T, width, height int, noisy bool) string {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	if noisy {
		dice := rand.New(rand.NewPCG(1, 1))
		for i := range picture.Pix {
			picture.Pix[i] = byte(dice.Uint32())
		}
	}
	picture.Set(0, 0, color.White)
	var raw bytes.Buffer
	if err := png.Encode(&raw, picture); err != nil {
		t.Fatal(err)
	}
	return raw.String()
}

var asPNG = header{"Content-Type": "image/png"}

// menu makes a rich menu with a picture and returns its ID.
func (w *world) menu(name string) string {
	w.t.Helper()
	id := w.bareMenu(name)
	w.want(w.call("POST", "/v2/bot/richmenu/"+id+"/content", menuImage(w.t, 800, 500, false), asPNG), 200)
	return id
}

func (w *world) bareMenu(name string) string {
	w.t.Helper()
	r := w.want(w.call("POST", "/v2/bot/richmenu", strings.Replace(menuObject, "ふだんのメニュー", name, 1)), 200)
	var made struct{ RichMenuID string }
	r.decode(w.t, &made)
	return made.RichMenuID
}

func (w *world) shows(userID string) string {
	s, _ := w.Screen(userID)
	if s.RichMenu == nil {
		return ""
	}
	return s.RichMenu.ID
}

func TestRichMenuImage(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	id := w.bareMenu("一")
	upload := func(body string, h header) response {
		return w.call("POST", "/v2/bot/richmenu/"+id+"/content", body, h)
	}
	good := menuImage(t, 800, 500, false)
	w.want(w.call("POST", "/v2/bot/user/all/richmenu/"+id, ""), 400) // no picture yet
	w.want(w.call("GET", "/v2/bot/richmenu/"+id+"/content", ""), 404)
	w.want(upload(good, header{"Content-Type": "image/gif"}), 415)
	w.want(upload(good, header{"Content-Type": "image/jpeg"}), 400)
	w.want(upload(menuImage(t, 800, 501, false), asPNG), 400)
	if big := menuImage(t, 800, 500, true); len(big) < 1<<20 {
		t.Fatalf("the big picture has only %d bytes", len(big))
	} else {
		w.want(upload(big, asPNG), 413)
	}
	w.want(upload(good, asPNG), 200)
	w.want(upload(good, asPNG), 400) // cannot be replaced
	if r := w.want(w.call("GET", "/v2/bot/richmenu/"+id+"/content", ""), 200); r.Body != good || r.Header.Get("Content-Type") != "image/png" {
		t.Error("the picture is not the one that was uploaded")
	}
	w.want(w.call("POST", "/v2/bot/richmenu/richmenu-none/content", good, asPNG), 404)
}

func TestRichMenuPriority(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u, stranger := w.friend("花子"), w.AddUser(linesim.User{})
	common, own := w.menu("みんな"), w.menu("アンバサダー")
	w.want(w.call("GET", "/v2/bot/user/all/richmenu", ""), 404)
	if got := w.shows(u.ID); got != "" {
		t.Errorf("shows %s before there is a default", got)
	}
	w.want(w.call("POST", "/v2/bot/user/all/richmenu/"+common, ""), 200)
	if r := w.call("GET", "/v2/bot/user/all/richmenu", ""); !strings.Contains(r.Body, common) {
		t.Errorf("default %s", r.Body)
	}
	before, _ := w.Screen(u.ID)
	w.want(w.call("POST", "/v2/bot/user/"+u.ID+"/richmenu/"+own, ""), 200)
	after, _ := w.Screen(u.ID)
	if w.shows(u.ID) != own || w.shows(stranger.ID) != common || after.Version <= before.Version {
		t.Errorf("shows %s and %s, version %d after %d", w.shows(u.ID), w.shows(stranger.ID), after.Version, before.Version)
	}
	w.want(w.call("POST", "/v2/bot/user/"+stranger.ID+"/richmenu/"+own, ""), 404) // not a friend
	w.want(w.call("POST", "/v2/bot/user/hanako/richmenu/"+own, ""), 400)
	if r := w.call("GET", "/v2/bot/user/"+u.ID+"/richmenu", ""); !strings.Contains(r.Body, own) {
		t.Errorf("own %s", r.Body)
	}
	w.want(w.call("DELETE", "/v2/bot/user/"+u.ID+"/richmenu", ""), 200)
	w.want(w.call("GET", "/v2/bot/user/"+u.ID+"/richmenu", ""), 404)
	if got := w.shows(u.ID); got != common {
		t.Errorf("shows %s", got)
	}
	w.want(w.call("DELETE", "/v2/bot/user/all/richmenu", ""), 200)
	if got := w.shows(u.ID); got != "" {
		t.Errorf("shows %s although the default was taken away", got)
	}
}

func TestRichMenuListAndDelete(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	first, second := w.menu("一"), w.menu("二")
	w.want(w.call("POST", "/v2/bot/user/all/richmenu/"+first, ""), 200)
	w.want(w.call("POST", "/v2/bot/user/"+u.ID+"/richmenu/"+second, ""), 200)
	var list struct {
		RichMenus []struct{ RichMenuID, Name, ChatBarText string }
	}
	w.want(w.call("GET", "/v2/bot/richmenu/list", ""), 200).decode(t, &list)
	if len(list.RichMenus) != 2 || list.RichMenus[0].RichMenuID != first || list.RichMenus[1].Name != "二" {
		t.Errorf("list %+v", list)
	}
	w.want(w.call("DELETE", "/v2/bot/richmenu/"+second, ""), 200)
	w.want(w.call("DELETE", "/v2/bot/richmenu/"+second, ""), 404)
	w.want(w.call("GET", "/v2/bot/richmenu/"+second, ""), 404)
	if got := w.shows(u.ID); got != first {
		t.Errorf("shows %s after their own menu was deleted", got)
	}
	w.want(w.call("POST", "/v2/bot/richmenu/validate", menuObject), 200)
	w.want(w.call("POST", "/v2/bot/richmenu/validate", `{"size":{"width":2500,"height":1843}}`), 400)
}

func TestRichMenuBulk(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a, stranger := w.friend("あ"), w.AddUser(linesim.User{})
	menu := w.menu("一")
	users := func(ids ...string) string {
		raw, err := json.Marshal(ids)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"richMenuId":%q,"userIds":%s}`, menu, raw)
	}
	w.want(w.call("POST", "/v2/bot/richmenu/bulk/link", users(a.ID, "U1")), 400)
	if got := w.shows(a.ID); got != "" {
		t.Error("a refused call linked somebody")
	}
	w.want(w.call("POST", "/v2/bot/richmenu/bulk/link", users(slices.Repeat([]string{a.ID}, 501)...)), 400)
	w.want(w.call("POST", "/v2/bot/richmenu/bulk/link", users(a.ID, stranger.ID)), 202)
	if w.shows(a.ID) != menu || w.shows(stranger.ID) != "" {
		t.Errorf("shows %q and %q", w.shows(a.ID), w.shows(stranger.ID))
	}
	w.want(w.call("POST", "/v2/bot/richmenu/bulk/unlink", users(a.ID)), 202)
	if got := w.shows(a.ID); got != "" {
		t.Errorf("shows %s", got)
	}
}

func TestRichMenuAliasAndSwitch(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	a, b := w.menu("一"), w.menu("二")
	alias := func(name, menu string) string {
		return fmt.Sprintf(`{"richMenuAliasId":%q,"richMenuId":%q}`, name, menu)
	}
	w.want(w.call("POST", "/v2/bot/richmenu/alias", alias("Tab A", a)), 400)
	w.want(w.call("POST", "/v2/bot/richmenu/alias", alias("tab-a", w.bareMenu("絵なし"))), 400)
	w.want(w.call("POST", "/v2/bot/richmenu/alias", alias("tab-a", a)), 200)
	if r := w.want(w.call("POST", "/v2/bot/richmenu/alias", alias("tab-a", b)), 400); r.Body != `{"message":"conflict richmenu alias id"}` {
		t.Errorf("conflict %s", r.Body)
	}
	w.want(w.call("POST", "/v2/bot/richmenu/alias/tab-a", fmt.Sprintf(`{"richMenuId":%q}`, b)), 200)
	if r := w.call("GET", "/v2/bot/richmenu/alias/tab-a", ""); r.Body != alias("tab-a", b) {
		t.Errorf("alias %s", r.Body)
	}
	if r := w.call("GET", "/v2/bot/richmenu/alias/list", ""); r.Body != `{"aliases":[`+alias("tab-a", b)+`]}` {
		t.Errorf("aliases %s", r.Body)
	}

	w.tap(u.ID, `{"type":"richmenuswitch","richMenuAliasId":"tab-a","data":"tab"}`, "")
	if e := w.last("postback"); e.Postback.Params["newRichMenuAliasId"] != "tab-a" || e.Postback.Params["status"] != "SUCCESS" || w.shows(u.ID) != b {
		t.Errorf("switch %+v, shows %s", e.Postback, w.shows(u.ID))
	}
	w.tap(u.ID, `{"type":"richmenuswitch","richMenuAliasId":"tab-z","data":"tab"}`, "")
	if e := w.last("postback"); e.Postback.Params["status"] != "RICHMENU_ALIAS_ID_NOTFOUND" || w.shows(u.ID) != b {
		t.Errorf("switch %+v, shows %s", e.Postback, w.shows(u.ID))
	}
	w.want(w.call("DELETE", "/v2/bot/richmenu/alias/tab-a", ""), 200)
	w.want(w.call("GET", "/v2/bot/richmenu/alias/tab-a", ""), 404)
}

func TestRichMenuBatch(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a, b := w.friend("あ"), w.friend("い")
	old, other, fresh := w.menu("旧"), w.menu("別"), w.menu("新")
	w.want(w.call("POST", "/v2/bot/user/"+a.ID+"/richmenu/"+old, ""), 200)
	w.want(w.call("POST", "/v2/bot/user/"+b.ID+"/richmenu/"+other, ""), 200)
	batch := func(operations string, want int) response {
		t.Helper()
		return w.want(w.call("POST", "/v2/bot/richmenu/batch", `{"operations":[`+operations+`]}`), want)
	}
	link := fmt.Sprintf(`{"type":"link","from":%q,"to":%q}`, old, fresh)
	batch(link+`,{"type":"unlinkAll"}`, 400)
	r := batch(link+fmt.Sprintf(`,{"type":"unlink","from":%q}`, other), 202)
	if w.shows(a.ID) != fresh || w.shows(b.ID) != "" {
		t.Errorf("shows %q and %q", w.shows(a.ID), w.shows(b.ID))
	}
	progress := w.want(w.call("GET", "/v2/bot/richmenu/progress/batch?requestId="+r.Header.Get("X-Line-Request-Id"), ""), 200)
	if !strings.Contains(progress.Body, `"phase":"succeeded"`) {
		t.Errorf("progress %s", progress.Body)
	}
	w.want(w.call("POST", "/v2/bot/richmenu/validate/batch", `{"operations":[`+link+`]}`), 200)
	batch(`{"type":"unlinkAll"}`, 202)
	if got := w.shows(a.ID); got != "" {
		t.Errorf("shows %s", got)
	}
	batch(`{"type":"unlinkAll"}`, 429) // three an hour
}
