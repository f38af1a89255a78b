package admin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
)

// Whatever a browser, or somebody who is none, sends as a form: nothing panics, nobody writes JSON, and
// an audience is never wider than what was ticked.
func FuzzForms(f *testing.F) {
	for _, seed := range []string{
		"title=春&kind=text&ref=0&text=こんにちは&to=all&when=now&do=save",
		"kind=text&ref=0&text=a&kind=kept&ref=1&text=&kind=news&ref=12&text=&do=up:1",
		"kind=text&kind=text&ref=0&text=a&do=remove:9",
		"to=some&topics=kosodate&areas=&tags=x&ambassadors=1&when=at&sendAt=2026-03-06T10:00&emergency=1&reason=x",
		"schedule.kind=weekly&schedule.weekdays=1&schedule.weekdays=9&schedule.at=25:99&startsOn=2026-01-01&endsOn=x",
		"when=repeat&schedule.kind=before&schedule.of=event:99999999999999999999&schedule.days=-1&schedule.at=９：００&schedule.holidays=next&startsOn=2026-01-01&endsOn=2026-12-31&aim=１，０００",
		"do=add-card&card=news:99999999999999999999", "%", "a=%00&text=\xff",
	} {
		f.Add(seed)
	}
	gin.SetMode(gin.TestMode)
	texts, err := messages.Load()
	if err != nil {
		f.Fatal(err)
	}
	p := &Panel{Config: Config{Now: func() time.Time { return opening }, Holidays: func(time.Time) bool { return false }}, catalogs: texts}
	f.Fuzz(func(t *testing.T, body string) {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		c.Request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := composeBroadcast(nil)
		w.read(c)
		before := len(w.parts)
		w.parts, _ = rearrange(c, w.parts)
		if len(w.parts) > before+1 || len(w.parts) < before-1 {
			t.Errorf("one button made %d parts of %d", len(w.parts), before)
		}
		for _, one := range w.parts {
			if m := textMessage(one.Text); !json.Valid(m) || len(partsOf([]ippo.Message{m})) != 1 || partsOf([]ippo.Message{m})[0].Kind != partText {
				t.Errorf("text %q becomes %s", one.Text, m)
			}
		}
		if a := w.broadcast.Audience; a.All != (c.PostForm("to") == "all") {
			t.Errorf("audience %+v of to=%q", a, c.PostForm("to"))
		}
		item, _ := p.formCampaign(c, ippo.Campaign{})
		for _, s := range []ippo.Schedule{item.Schedule, w.schedule} {
			if n := len(p.upcoming(s).Dates); n > maxUpcoming {
				t.Errorf("%d coming times", n)
			}
		}
		if next := localPath(c.PostForm("next")); !strings.HasPrefix(next, "/admin/") {
			t.Errorf("leads to %q", next)
		}
	})
}
