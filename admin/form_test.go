package admin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
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
		"kind=text&ref=0&text=a&kind=kept&ref=1&text=&kind=news&ref=12&text=&do=up:ja/1",
		"kind=text&kind=text&ref=0&text=a&do=remove:ja/9",
		"to=some&topics=kosodate&areas=&tags=x&ambassadors=1&when=at&sendAt=2026-03-06T10:00&emergency=1&reason=x",
		"schedule.kind=weekly&schedule.weekdays=1&schedule.weekdays=9&schedule.at=25:99&startsOn=2026-01-01&endsOn=x",
		"when=repeat&schedule.kind=before&schedule.of=event:99999999999999999999&schedule.days=-1&schedule.at=９：００&schedule.holidays=next&startsOn=2026-01-01&endsOn=2026-12-31&aim=１，０００",
		"do=add-card:ja&card=news:99999999999999999999", "language=en&language=en&language=../x&en.kind=text&en.ref=0&en.text=Hi&kind=text&ref=0&text=a&do=add-language&add-language=vi",
		"kind=cards&ref=0&text=&0.cards=2&0.0.title=a&0.0.0.label=b&0.0.0.does=call&0.0.0.value=052-111-2222&0.1.text=c&do=up:ja/0/1", "kind=cards&ref=0&text=&0.cards=-1&do=remove:ja/0/-1",
		"kind=text&ref=0&text=3%E6%9C%881%E6%97%A5&do=replace:3%E6%9C%881%E6%97%A5%E2%86%92x", "kind=text&ref=0&text=a%ff&do=replace:a%E2%86%92", "do=at:2026-13-01T00:00", "kind=text&ref=0&text=a&out=%7B%22Place%22:%22ja/9%22,%22Part%22:%7B%22Kind%22:%22text%22%7D%7D&do=put-back", "kind=text&ref=0&text=a&out=%7B%22Place%22:%22x%22,%22Rendition%22:%7B%22Language%22:%22vi%22%7D%7D&do=put-back", "kind=picture&ref=0&text=&0.picture=../x&0.alt=%3C&0.ratio=9:9&do=take:ja/0", "%", "a=%00&text=\xff",
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
		languages, before := len(w.renditions), len(w.renditions[0].Parts)
		w.rearrange(c)
		if now := len(w.renditions[0].Parts); now > before+1 || now < before-1 {
			t.Errorf("one button made %d parts of %d", now, before)
		}
		if now := len(w.renditions); now > languages+1 || now < languages-1 || w.renditions[0].Language != ippo.Japanese {
			t.Errorf("one button made %d languages of %d", now, languages)
		}
		for _, v := range w.renditions {
			for _, one := range v.Parts {
				m := textMessage(one.Text)
				if back, err := p.partOf(t.Context(), m); err != nil || !json.Valid(m) || back.Kind != partText {
					t.Errorf("text %q becomes %s", one.Text, m)
				}
				if m, err := p.cardsMessage(t.Context(), plain(one.Cards)); err == nil {
					back, err := p.partOf(t.Context(), m)
					if err != nil || back.Kind != partCards || len(back.Cards) != len(one.Cards) {
						t.Errorf("cards %+v become %s", one.Cards, m)
					}
				}
			}
		}
		renditionForms(w)
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

// plain are cards without their pictures, which are asked of the store.
func plain(cards []cardForm) []cardForm {
	without := slices.Clone(cards)
	for i := range without {
		without[i].Picture = pictureForm{}
	}
	return without
}
