package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/secret"
	"ippo/store"
)

// quietBot is a bot over an empty database, whose LINE is not there.
func quietBot(f *testing.F) (*Bot, http.Handler) {
	f.Helper()
	gin.SetMode(gin.ReleaseMode)
	dir := f.TempDir()
	keys, err := secret.Load(dir + "/secret.key")
	if err != nil {
		f.Fatal(err)
	}
	st, err := store.Open(context.Background(), dir, keys)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = st.Close() })
	if err := st.SaveModules(f.Context(), 0, ippo.Modules()); err != nil {
		f.Fatal(err)
	}
	nowhere := httptest.NewServer(http.NotFoundHandler())
	f.Cleanup(nowhere.Close)
	client, err := line.New(line.Config{AccessToken: "token", APIEndpoint: nowhere.URL, DataEndpoint: nowhere.URL, Unpaced: true})
	if err != nil {
		f.Fatal(err)
	}
	b, err := New(Config{Store: st, Line: client, PublicURL: "https://ippo.example.jp", ChannelSecrets: []string{testSecret}, Keys: keys, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	engine := gin.New()
	b.Routes(engine)
	for i, slug := range []string{"kosodate", "fukushi"} {
		if _, err := st.CreateTopic(f.Context(), 0, ippo.Topic{Slug: slug, Name: fmt.Sprint("分野", i)}); err != nil {
			f.Fatal(err)
		}
		if _, err := st.CreateArea(f.Context(), 0, ippo.Area{Slug: slug, Name: fmt.Sprint("地域", i)}); err != nil {
			f.Fatal(err)
		}
		if _, err := st.CreateActivityGroup(f.Context(), 0, ippo.ActivityGroup{Slug: slug, Name: fmt.Sprint("団体", i), Summary: "活動", Receiving: true}); err != nil {
			f.Fatal(err)
		}
	}
	return b, engine
}

// Whatever a signed body holds, it is stored and answered, or refused; what is stored can be handled.
func FuzzWebhook(f *testing.F) {
	b, handler := quietBot(f)
	f.Add([]byte(`{"destination":"U0","events":[]}`))
	f.Add([]byte(`{"events":[{"type":"message","mode":"active","timestamp":1,"webhookEventId":"E","source":{"type":"user","userId":"U0123456789abcdef0123456789abcdef"},"replyToken":"t","message":{"type":"text","id":"1","text":"メニュー"}}]}`))
	f.Add([]byte(`{"events":[{"type":"postback","source":{"type":"user","userId":"U0123456789abcdef0123456789abcdef"},"replyToken":"t","postback":{"data":"1/settings/topics/+kosodate","params":{"date":1}}},null,{"type":"unsend","unsend":{"messageId":"1"}}]}`))
	f.Add([]byte(`{"events":[{"type":"join","source":{"type":"group","groupId":"C1"},"replyToken":"t"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		req := httptest.NewRequest(http.MethodPost, "/line/webhook", strings.NewReader(string(body)))
		req.Header.Set("X-Line-Signature", sign(testSecret, body))
		res := httptest.NewRecorder()
		handler.ServeHTTP(res, req)
		if res.Code != http.StatusOK && res.Code != http.StatusBadRequest && res.Code != http.StatusRequestEntityTooLarge {
			t.Fatalf("status %d", res.Code)
		}
		open, err := b.store.OpenEvents(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range open {
			if e.Reply == nil {
				reply, err := b.handle(t.Context(), e, false)
				if err != nil {
					t.Fatalf("%s: %v", e.Payload, err)
				}
				checkReply(t, reply)
			}
			if err := b.store.ReplyDone(t.Context(), e.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func checkReply(t *testing.T, stored []byte) {
	t.Helper()
	if stored == nil {
		return
	}
	var r pendingReply
	if err := json.Unmarshal(stored, &r); err != nil {
		t.Fatal(err)
	}
	if err := ippo.CheckMessages(r.Messages); err != nil {
		t.Fatalf("LINE would refuse: %v\n%s", err, stored)
	}
}

// Whatever a button says, and whatever is typed after it, there is an answer that LINE takes.
func FuzzPostback(f *testing.F) {
	b, _ := quietBot(f)
	for _, k := range b.talks {
		f.Add(tapped{k.name, "start", ""}.data(), "1")
		for _, q := range k.steps {
			for _, value := range []string{"ask", "back", "+kosodate", "-kosodate", "all", "none", "skip", "next", "yes", "kosodate", "p2", "any"} {
				f.Add(tapped{k.name, q.step, value}.data(), "もどる")
			}
		}
		for step := range k.taps {
			f.Add(tapped{k.name, step, "kosodate"}.data(), "全部")
		}
	}
	f.Add("1/desk/cancel/visit.kosodate", "-1")
	f.Add("2/a/b/c", "量子")
	n := 0
	f.Fuzz(func(t *testing.T, data, text string) {
		for _, e := range []map[string]any{
			{"type": "postback", "postback": map[string]any{"data": data}},
			{"type": "message", "message": map[string]any{"type": "text", "id": "", "text": text}},
		} {
			n++
			e["webhookEventId"], e["replyToken"], e["timestamp"] = fmt.Sprint("F", n), "t", time.Now().UnixMilli()
			e["source"] = map[string]any{"type": "user", "userId": fmt.Sprintf("U%032x", n/20)}
			payload, err := json.Marshal(e)
			if err != nil {
				t.Skip()
			}
			if err := b.store.AppendEvents(t.Context(), b.inbound([]json.RawMessage{payload})); err != nil {
				t.Fatal(err)
			}
		}
		open, err := b.store.OpenEvents(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range open {
			reply, err := b.handle(t.Context(), e, false)
			if err != nil {
				t.Fatalf("%s: %v", e.Payload, err)
			}
			if reply == nil {
				t.Errorf("no answer to %s", e.Payload)
			}
			checkReply(t, reply)
			if err := b.store.ReplyDone(t.Context(), e.ID); err != nil {
				t.Fatal(err)
			}
		}
		if p, ok := parseTap(data); ok && p.data() != data {
			t.Errorf("%q reads as %q", data, p.data())
		}
	})
}

// Whatever is put into a form, it is taken or comes back with a reason, and never as markup.
func FuzzForm(f *testing.F) {
	b, handler := quietBot(f)
	var follower ippo.FollowerID
	err := b.store.Write(f.Context(), func(t *store.Tx) (err error) {
		follower, err = t.Follow(f.Context(), "U0123456789abcdef0123456789abcdef", "", ippo.Japanese, time.Now())
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("山田", "やまだ", "090-1234-5678", "40s", "", "", "笑顔")
	f.Add("<script>", `"`, "a@b.jp", "u16", "親", "yes", "'><b>")
	f.Add("\x00\xff", "\n", "０９０", "", "", "", strings.Repeat("あ", 301))
	f.Fuzz(func(t *testing.T, name, kana, contact, age, guardian, consent, vision string) {
		form := url.Values{"name": {name}, "kana": {kana}, "contact": {contact}, "ageBand": {age}, "guardian": {guardian}, "guardianConsent": {consent}, "vision": {vision}, "text": {vision}}
		for _, purpose := range []string{purposeAmbassador, purposeContact} {
			l := store.NewFormLink(follower, purpose, []byte(`{}`), time.Now().Add(time.Hour))
			if err := b.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AddFormLink(t.Context(), l) }); err != nil {
				t.Fatal(err)
			}
			if err := b.store.BindFormLink(t.Context(), l.ID, "cookie"); err != nil {
				t.Fatal(err)
			}
			req := httptest.NewRequest(http.MethodPost, l.Path(b.links)+"/form", strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.AddCookie(&http.Cookie{Name: formCookie, Value: "cookie"})
			res := httptest.NewRecorder()
			handler.ServeHTTP(res, req)
			body, _ := io.ReadAll(res.Body)
			switch {
			case res.Code != http.StatusSeeOther && res.Code != http.StatusUnprocessableEntity && res.Code != http.StatusBadRequest:
				t.Fatalf("%s: status %d", purpose, res.Code)
			case res.Code == http.StatusUnprocessableEntity && !strings.Contains(string(body), `class="problem"`):
				t.Errorf("%s: refused without a reason", purpose)
			case strings.Contains(string(body), "<script"), !utf8.Valid(body):
				t.Errorf("%s: markup came back:\n%s", purpose, body)
			}
		}
	})
}
