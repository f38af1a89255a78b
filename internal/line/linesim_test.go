package line_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
)

// channel is a client and the simulated LINE that it calls.
type channel struct {
	*line.Client
	platform *linesim.Platform
	webhooks chan json.RawMessage // bodies, as they arrive
}

func newChannel(t *testing.T, opts linesim.Options, stateless bool) *channel {
	t.Helper()
	c := &channel{webhooks: make(chan json.RawMessage, 100)}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil {
			c.webhooks <- body
		}
	}))
	t.Cleanup(hook.Close)
	opts.WebhookURL, opts.AllowLoopbackHTTP = hook.URL, true
	c.platform = linesim.New(opts)
	t.Cleanup(c.platform.Close)
	srv := httptest.NewServer(c.platform.Handler())
	t.Cleanup(srv.Close)
	cfg := line.Config{APIEndpoint: srv.URL, DataEndpoint: srv.URL}
	if stateless {
		cfg.ChannelID, cfg.ChannelSecrets = c.platform.Options().ChannelID, []string{"an old one", c.platform.Options().ChannelSecret}
	} else {
		cfg.AccessToken = c.platform.Options().AccessToken
	}
	client, err := line.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.Client = client
	return c
}

func (c *channel) friend() string { return c.platform.AddUser(linesim.User{Friend: true}).ID }

func text(s string) []ippo.Message {
	return []ippo.Message{ippo.Message(fmt.Sprintf(`{"type":"text","text":%q}`, s))}
}

func TestSendsArriveOnce(t *testing.T) {
	for _, stateless := range []bool{false, true} {
		t.Run(fmt.Sprintf("stateless %v", stateless), func(t *testing.T) {
			c := newChannel(t, linesim.Options{}, stateless)
			ctx, one, two := t.Context(), c.friend(), c.friend()
			push, multicast := line.NewRetryKey(), line.NewRetryKey()
			for i := range 2 {
				for name, send := range map[string]func() (line.Receipt, error){
					"push": func() (line.Receipt, error) { return c.Push(ctx, push, one, text("押す"), line.Options{}) },
					"multicast": func() (line.Receipt, error) {
						return c.Multicast(ctx, multicast, []string{one, two}, text("皆へ"), line.Options{AggregationUnit: "b1"})
					},
				} {
					receipt, err := send()
					if err != nil || receipt.Duplicate != (i == 1) || receipt.RequestID == "" || receipt.AcceptedRequestID == "" {
						t.Errorf("%s, time %d: %+v, %v", name, i+1, receipt, err)
					}
					if receipt.Duplicate == (receipt.RequestID == receipt.AcceptedRequestID) {
						t.Errorf("%s, time %d: %+v", name, i+1, receipt)
					}
				}
			}
			if n, m := len(c.platform.SentTo(one)), len(c.platform.SentTo(two)); n != 2 || m != 1 {
				t.Errorf("%d and %d messages, want 2 and 1", n, m)
			}
		})
	}
}

func TestReplyTokenIsGoodOnce(t *testing.T) {
	c := newChannel(t, linesim.Options{}, false)
	user := c.friend()
	if _, err := c.platform.Say(user, "こんにちは"); err != nil {
		t.Fatal(err)
	}
	var hook struct{ Events []struct{ ReplyToken string } }
	if err := json.Unmarshal(<-c.webhooks, &hook); err != nil {
		t.Fatal(err)
	}
	token := hook.Events[0].ReplyToken
	if _, err := c.Reply(t.Context(), token, text("はい")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Reply(t.Context(), token, text("もう一度")); line.ClassOf(err) != line.InvalidReplyToken {
		t.Errorf("the second time: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	c := newChannel(t, linesim.Options{Quota: 1, Unverified: true, RefuseUnknownRecipients: true}, false)
	ctx, one, two := t.Context(), c.friend(), c.friend()
	stranger := "U" + strings.Repeat("f", 32)
	tests := map[string]struct {
		call func() error
		want line.Class
	}{
		"a stranger among them": {func() error {
			_, err := c.Multicast(ctx, line.NewRetryKey(), []string{one, stranger}, text("皆へ"), line.Options{})
			if e, ok := errors.AsType[*line.Error](err); ok && !slices.Equal(e.Recipients, []int{1}) {
				t.Errorf("recipients %v", e.Recipients)
			}
			return err
		}, line.BadRecipient},
		"an empty text": {func() error {
			_, err := c.Push(ctx, line.NewRetryKey(), one, text(""), line.Options{})
			return err
		}, line.Invalid},
		"over the month's limit": {func() error {
			_, err := c.Multicast(ctx, line.NewRetryKey(), []string{one, two}, text("皆へ"), line.Options{})
			return err
		}, line.QuotaSpent},
		"a stranger's profile": {func() error { _, err := c.Profile(ctx, stranger); return err }, line.NotFound},
		"no default menu":      {func() error { _, err := c.DefaultRichMenu(ctx); return err }, line.NotFound},
	}
	for name, tt := range tests {
		if err := tt.call(); line.ClassOf(err) != tt.want {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	c.platform.RevokeTokens(true)
	if _, err := c.BotInfo(ctx); line.ClassOf(err) != line.Unauthorized {
		t.Errorf("a revoked token: %v", err)
	}
}

// A stateless token that LINE does not take any more is replaced, and nobody notices.
func TestStatelessTokenRevoked(t *testing.T) {
	c := newChannel(t, linesim.Options{}, true)
	user := c.friend()
	for range 2 {
		if _, err := c.Push(t.Context(), line.NewRetryKey(), user, text("やあ"), line.Options{}); err != nil {
			t.Fatal(err)
		}
		c.platform.RevokeTokens(true)
	}
	if n := len(c.platform.SentTo(user)); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
}

func TestAccount(t *testing.T) {
	c := newChannel(t, linesim.Options{Quota: 200, DisplayName: "みらい市民センター"}, false)
	ctx, friend := t.Context(), c.friend()
	if q, err := c.Quota(ctx); err != nil || q != (line.Quota{Limited: true, Limit: 200}) {
		t.Errorf("quota %+v, %v", q, err)
	}
	if _, err := c.Push(ctx, line.NewRetryKey(), friend, text("やあ"), line.Options{}); err != nil {
		t.Fatal(err)
	}
	if used, err := c.Consumption(ctx); err != nil || used != 1 {
		t.Errorf("used %d, %v", used, err)
	}
	if p, err := c.Profile(ctx, friend); err != nil || p.UserID != friend || p.DisplayName == "" {
		t.Errorf("profile %+v, %v", p, err)
	}
	if b, err := c.BotInfo(ctx); err != nil || b.DisplayName != "みらい市民センター" || b.BasicID != c.platform.Options().BasicID {
		t.Errorf("bot %+v, %v", b, err)
	}
	if problems, err := c.Validate(ctx, line.OpMulticast, text("")); err != nil || len(problems) == 0 || problems[0].Property != "messages[0].text" {
		t.Errorf("problems %+v, %v", problems, err)
	}
	if problems, err := c.Validate(ctx, line.OpReply, text("はい")); err != nil || problems != nil {
		t.Errorf("problems %+v, %v", problems, err)
	}
}

// What LINE counts of a unit's readers; what it hides is not zero.
func TestUnitReaders(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, ippo.Tokyo)
	c := newChannel(t, linesim.Options{Now: func() time.Time { return now }}, false)
	ctx, to := t.Context(), make([]string, 400)
	for i := range to {
		to[i] = c.friend()
	}
	for name, people := range map[string][]string{"many": to, "few": to[:40]} {
		if _, err := c.Multicast(ctx, line.NewRetryKey(), people, text("https://example.jp/a?b=1&c=2"), line.Options{AggregationUnit: name}); err != nil {
			t.Fatal(err)
		}
	}
	now = now.AddDate(0, 0, 1)
	got, err := c.UnitReaders(ctx, "many", now.AddDate(0, 0, -1), now)
	if err != nil || got.Opened == nil || *got.Opened != 160 || *got.Clicked != 20 {
		t.Errorf("%+v, %v", got, err)
	}
	if len(got.Links) != 1 || got.Links[0].URL != "https://example.jp/a?b=1&c=2" || *got.Links[0].People != 20 {
		t.Errorf("links %+v", got.Links)
	}
	if few, err := c.UnitReaders(ctx, "few", now.AddDate(0, 0, -1), now); err != nil || few.Opened != nil || few.Clicked != nil {
		t.Errorf("under twenty: %+v, %v", few, err)
	}
	if _, err := c.UnitReaders(ctx, "many", now.AddDate(0, 0, -40), now); line.ClassOf(err) != line.Invalid {
		t.Errorf("forty days: %v", err)
	}
	if _, err := c.UnitReaders(ctx, "../quota", now, now); line.ClassOf(err) != line.Invalid {
		t.Errorf("no name: %v", err)
	}
}

func TestPhoto(t *testing.T) {
	c := newChannel(t, linesim.Options{}, false)
	user := c.friend()
	id, err := c.platform.SendImage(user, linesim.Media{ContentType: "image/png", Data: []byte("photo")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Content(t.Context(), id, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if b, err := io.ReadAll(got.Body); err != nil || string(b) != "photo" || got.Type != "image/png" {
		t.Errorf("%q %q, %v", b, got.Type, err)
	}
	c.platform.ForgetContent(id)
	if _, err := c.Content(t.Context(), id, 100); line.ClassOf(err) != line.NotFound {
		t.Errorf("forgotten: %v", err)
	}
}

// A menu from nothing to everyone's phone, and replaced by a newer one.
func TestRichMenuLife(t *testing.T) {
	c := newChannel(t, linesim.Options{}, false)
	ctx := t.Context()
	menu := func(name string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"size":{"width":800,"height":540},"selected":true,"name":%q,"chatBarText":"メニュー",
			"areas":[{"bounds":{"x":0,"y":0,"width":400,"height":540},"action":{"type":"postback","label":"お知らせ","data":"news","displayText":"お知らせ"}},
			{"bounds":{"x":400,"y":0,"width":400,"height":540},"action":{"type":"richmenuswitch","richMenuAliasId":"other","data":"switch"}}]}`, name))
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 800, 540))); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, name := range []string{"古い", "新しい"} {
		id, err := c.CreateRichMenu(ctx, menu(name))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		for _, err := range []error{
			c.UploadRichMenuImage(ctx, id, "image/png", picture.Bytes()),
			c.SetDefaultRichMenu(ctx, id),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if id, err := c.DefaultRichMenu(ctx); err != nil || id != ids[1] {
		t.Errorf("default %q, %v", id, err)
	}
	if err := c.DeleteRichMenu(ctx, ids[0]); err != nil {
		t.Error(err)
	}
	if menus, err := c.RichMenus(ctx); err != nil || len(menus) != 1 || menus[0] != (line.RichMenu{ID: ids[1], Name: "新しい"}) {
		t.Errorf("menus %+v, %v", menus, err)
	}
	if made, ok := c.platform.RichMenu(ids[1]); !ok {
		t.Errorf("the menu is not there: %+v", made)
	}

	// Linked to people, as many as LINE takes; who is no friend is passed over.
	id, err := c.CreateRichMenu(ctx, menu("その人の"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.UploadRichMenuImage(ctx, id, "image/png", picture.Bytes()); err != nil {
		t.Fatal(err)
	}
	friend := "U" + strings.Repeat("a", 32)
	c.platform.AddUser(linesim.User{ID: friend, Friend: true})
	seen := func() string {
		screen, _ := c.platform.Screen(friend)
		return screen.RichMenu.ID
	}
	people := []string{"U" + strings.Repeat("b", 32), friend}
	if err := c.LinkRichMenu(ctx, id, people); err != nil || seen() != id {
		t.Errorf("%s is seen, %v", seen(), err)
	}
	if err := c.UnlinkRichMenu(ctx, people); err != nil || seen() != ids[1] {
		t.Errorf("%s is seen, %v", seen(), err)
	}
	for _, wrong := range [][]string{nil, {"U1"}, slices.Repeat(people, line.MaxLinked)} {
		if c.LinkRichMenu(ctx, id, wrong) == nil || c.UnlinkRichMenu(ctx, wrong) == nil {
			t.Errorf("%d people were linked", len(wrong))
		}
	}
	if err := c.LinkRichMenu(ctx, ids[0], people); line.ClassOf(err) != line.NotFound {
		t.Errorf("linked to a menu that is gone: %v", err)
	}
}
