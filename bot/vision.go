package bot

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

var visionWords = []string{"ビジョン", "びじょん", "ビジョンを書く", "私のまちのビジョン", "わたしのまちのビジョン", "みんなのビジョン", "vision", "visions"}

// visionTalk is ビジョン: how far staff are with one's own, the link to write it on our page, and to read everybody's. What
// it says is never in the chat.
func visionTalk() *talk {
	return &talk{name: talkVision, module: ippo.ModuleVisions, words: visionWords, begin: (*turn).showVision}
}

// vision is an ambassador's own; none says that they have not written any.
func (t *turn) vision(a ippo.Ambassador) (v ippo.Vision, none bool, err error) {
	v, err = t.bot.store.Vision(t.ctx, a.ID)
	if errors.Is(err, ippo.ErrNotFound) {
		return v, true, nil
	}
	return v, false, err
}

func (t *turn) showVision() error {
	a, serving, err := t.ambassador()
	if err != nil {
		return err
	}
	everybodys := messages.Choice{Label: t.w.Say("visions.open"), Page: t.w.Page(t.bot.base + visionsPath)}
	if !serving {
		t.send(messages.Summary(t.center.Labels.Vision, nil, t.w.Say("vision.others", t.labels()), []messages.Choice{
			everybodys, {Label: t.ambassadorLabel(), Data: tapped{talkAmbassador, "start", ""}.data()},
		}))
		t.closing()
		return nil
	}
	v, none, err := t.vision(a)
	if err != nil {
		return err
	}
	state, write := "none", "vision.write"
	var name string
	if !none {
		state, write = string(v.State), "vision.change"
		name = t.w.Say("vision.unnamed")
		if !v.NamedAt.IsZero() {
			name = t.w.Say("vision.named")
		}
	}
	t.send(messages.Summary(t.center.Labels.Vision, []messages.Fact{
		{Name: t.w.Say("ambassador.status"), Value: t.w.Say("vision.state." + state)},
		{Name: t.w.Say("vision.name"), Value: name},
	}, t.w.Say("vision.note"), []messages.Choice{
		{Label: t.w.Say(write), Page: t.formLink(purposeVision, struct{}{})}, everybodys,
	}))
	t.closing()
	return nil
}

type visionForm struct {
	Vision string
	Named  bool
}

type visionFormPage struct {
	frame
	Form     visionForm
	Problems ippo.Problems
	Action   string
	Name     string // that would be shown; "" for a child's, which never is
	Written  bool   // there is one, to be taken back
	Max      int
}

// visionPage is the form as its owner finds it.
func (b *Bot) visionFormPage(c *gin.Context, l store.FormLink) (page visionFormPage, err error) {
	ctx := c.Request.Context()
	a, err := b.store.AmbassadorOf(ctx, l.Follower)
	if err != nil {
		return page, err
	}
	if !a.Status.Serving() {
		return page, errLinkOver // they left since
	}
	page = visionFormPage{Action: c.Request.URL.Path, Max: ippo.MaxVision}
	if page.frame, err = b.frame(c, formTitle(purposeVision)); err != nil {
		return page, err
	}
	if !a.AgeBand.NeedsGuardian() {
		page.Name = a.Name
	}
	v, err := b.store.Vision(ctx, a.ID)
	if errors.Is(err, ippo.ErrNotFound) {
		return page, nil
	}
	page.Written, page.Form = err == nil, visionForm{v.Text, !v.NamedAt.IsZero()}
	return page, err
}

func (b *Bot) showVisionForm(c *gin.Context, l store.FormLink) error {
	page, err := b.visionFormPage(c, l)
	if err != nil {
		return err
	}
	return b.render(c, http.StatusOK, "form_vision", page)
}

func (b *Bot) takeVisionForm(c *gin.Context, l store.FormLink) error {
	page, err := b.visionFormPage(c, l)
	if err != nil {
		return err
	}
	withdraw := field(c, "do") == "withdraw"
	page.Form = visionForm{field(c, "vision"), field(c, "named") == "yes" && page.Name != ""}
	if err := (ippo.Vision{Text: page.Form.Vision}).Validate(); err != nil && !withdraw {
		var found ippo.Problems
		errors.As(err, &found)
		page.Problems = page.mend("vision.problem.", found)
		return b.render(c, http.StatusUnprocessableEntity, "form_vision", page)
	}
	err = b.store.Write(c.Request.Context(), func(t *store.Tx) error { return keepVision(c.Request.Context(), t, l, page.Form, withdraw) })
	if err != nil && !errors.Is(err, ippo.ErrConflict) { // a second tap on 送信 was quicker, or they left meanwhile
		return err
	}
	return b.to(c, "/done")
}

func keepVision(ctx context.Context, t *store.Tx, l store.FormLink, form visionForm, withdraw bool) error {
	if err := t.SpendFormLink(ctx, l.ID); err != nil {
		return err
	}
	if withdraw {
		return t.WithdrawVision(ctx, l.Follower)
	}
	return t.WriteVision(ctx, l.Follower, form.Vision, form.Named)
}

// visionDone is the key of what is said once the form is sent.
func (b *Bot) visionDone(c *gin.Context, who ippo.FollowerID) (string, error) {
	a, err := b.store.AmbassadorOf(c.Request.Context(), who)
	if err != nil {
		return "", err
	}
	v, err := b.store.Vision(c.Request.Context(), a.ID)
	switch {
	case errors.Is(err, ippo.ErrNotFound):
		return "vision.done.gone", nil
	case err != nil:
		return "", err
	case v.State == ippo.VisionShown:
		return "vision.done.shown", nil
	}
	return "vision.done", nil
}

// visionsPath is where everybody reads what staff have approved.
const visionsPath = "/r/visions"

// visionsOnPage is how many visions a page has.
const visionsOnPage = 30

// leastCloud is from how many words on the picture of them says something.
const leastCloud = 10

type visionsPage struct {
	frame
	Items        []visionItem
	Total        int
	Picture      string // its address; "" for none yet
	Newer, Older string
}

type visionItem struct {
	ippo.ShownVision
	Lang string // that it is written in, as far as that can be told; ""
}

func (b *Bot) visionsPage(c *gin.Context) error {
	ctx := c.Request.Context()
	f, err := b.frame(c, "visions.title")
	if err != nil {
		return err
	}
	page := visionsPage{frame: f}
	n, err := strconv.Atoi(c.Query("p"))
	if err != nil || n < 1 || n > 1<<20 {
		n = 0
	}
	shown, total, err := b.store.ShownVisions(ctx, visionsOnPage, n*visionsOnPage)
	if err != nil {
		return err
	}
	if last := max(total-1, 0) / visionsOnPage; n > last { // some were taken back meanwhile
		n = last
		if shown, total, err = b.store.ShownVisions(ctx, visionsOnPage, n*visionsOnPage); err != nil {
			return err
		}
	}
	page.Total = total
	for _, v := range shown {
		item := visionItem{ShownVision: v}
		if strings.ContainsFunc(v.Text, kana) {
			item.Lang = "ja"
		}
		page.Items = append(page.Items, item)
	}
	other := func(n int) string {
		query := c.Request.URL.Query()
		query.Set("p", strconv.Itoa(n))
		return "?" + query.Encode()
	}
	if n > 0 {
		page.Newer = other(n - 1)
	}
	if total > (n+1)*visionsOnPage {
		page.Older = other(n + 1)
	}
	if n == 0 && total > 0 {
		k, err := b.keywords.Keywords(ctx)
		if err != nil {
			return err
		}
		if len(k.Cloud.Words) >= leastCloud {
			page.Picture = visionsPath + "/picture.svg"
		}
	}
	// What is taken back is gone from the next look on.
	c.Header("Cache-Control", "no-store")
	return b.render(c, http.StatusOK, "visions", page)
}

func kana(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }

func (b *Bot) visionsPicture(c *gin.Context) error {
	k, err := b.keywords.Keywords(c.Request.Context())
	if err != nil {
		return err
	}
	if len(k.Cloud.Words) < leastCloud {
		return ippo.ErrNotFound
	}
	f, err := b.frame(c, "visions.title")
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "image/svg+xml", k.Cloud.SVG(f.Title))
	return nil
}
