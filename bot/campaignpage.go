package bot

import (
	"context"
	"html/template"
	"math"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
)

// campaignView is a campaign on its pages: all that a screen in a lobby, an ambassador's friend or a program may
// see, for it holds numbers and nobody's data.
type campaignView struct {
	frame
	itemView[ippo.Campaign]
	Page string // its own address, to be sent on
	Chat string // opens the account in LINE; "" while that is not known
}

// Dial rings the center.
func (v campaignView) Dial() template.URL { return template.URL(messages.Dial(v.Office.Phone)) }

// Share is the address that sends words and the page on.
func (v campaignView) Share(words string) string { return messages.Share(words, v.Page) }

// step is a footprint on the way to the aim.
type step struct {
	X, Y, Turn int
	On, Newest bool
}

// steps are how many footprints the way has.
const steps = 20

// Steps is the way to the aim: one footprint for each part of it.
func (v campaignView) Steps() []step {
	made := v.Item.Percent() * steps / 100
	if v.Item.People > 0 {
		made = max(1, made)
	}
	way := make([]step, steps)
	for i := range way {
		bend := math.Sin(float64(i) / 2.6)
		side := 9 - i%2*18
		way[i] = step{X: 24 + i*28, Y: 60 + int(22*bend) + side, Turn: 90 + int(22*math.Cos(float64(i)/2.6)), On: i < made, Newest: i == made-1}
	}
	return way
}

func (b *Bot) campaignView(c *gin.Context) (v campaignView, err error) {
	campaign, err := b.shownCampaign(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return v, err
	}
	if v.frame, err = b.frame(c, ""); err != nil {
		return v, err
	}
	read, reading := campaign.In(v.W.Language)
	v.Title = read.Title
	v.itemView = itemView[ippo.Campaign]{read, reading, v.W}
	v.Page = messages.CampaignPage(b.base, campaign.Slug)
	return v, nil
}

// shownCampaign is a campaign that residents see; any other is ippo.ErrNotFound.
func (b *Bot) shownCampaign(ctx context.Context, slug string) (ippo.Campaign, error) {
	campaign, err := b.store.CampaignBySlug(ctx, slug)
	if err == nil && !campaign.Shown() {
		err = ippo.ErrNotFound
	}
	return campaign, err
}

// campaignPage tells of a campaign, with its flyers and ready words. Our own script copies these.
func (b *Bot) campaignPage(c *gin.Context) error {
	v, err := b.campaignView(c)
	if err != nil {
		return err
	}
	b.policy(c, "script-src 'self'")
	return b.render(c, http.StatusOK, "campaign", v)
}

// campaignScreen shows how far the town has come, in large letters, and anew every half minute: for a
// screen in a lobby. So it comes back by itself when a campaign that was stopped goes on.
func (b *Bot) campaignScreen(c *gin.Context) error {
	c.Header("Refresh", "30")
	v, err := b.campaignView(c)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	return b.render(c, http.StatusOK, "campaign_screen", v)
}

// countEnquiry counts that somebody who was called wants to know more, and leads on to how. Programs press no
// buttons, but for a few that call themselves by their names.
func (b *Bot) countEnquiry(c *gin.Context) error {
	campaign, err := b.shownCampaign(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	if err := readForm(c); err != nil {
		return err
	}
	if !robot(c.Request) {
		if err := b.store.AddEnquiry(c.Request.Context(), campaign.ID); err != nil {
			return err
		}
	}
	address := messages.CampaignPage("", campaign.Slug) + "/ask"
	if asked := c.Query(messages.LanguageParam); asked != "" {
		address += "?" + messages.LanguageParam + "=" + asked
	}
	c.Redirect(http.StatusSeeOther, address) // loading it again counts nothing
	return nil
}

// enquiryPage says how to ask: by telephone, by a form, in LINE.
func (b *Bot) enquiryPage(c *gin.Context) error {
	v, err := b.campaignView(c)
	if err != nil {
		return err
	}
	if v.Chat, err = b.chatURL(c.Request.Context(), v.Say("campaign.ask.say")); err != nil {
		b.log.WarnContext(c.Request.Context(), "LINE does not tell the account's ID", "err", err)
	}
	return b.render(c, http.StatusOK, "campaign_ask", v)
}

// flyer serves a flyer of a campaign that is shown. A picture is our own making; what is in a PDF is not, so it is
// to be kept and not opened here.
func (b *Bot) flyer(c *gin.Context) error {
	ctx := c.Request.Context()
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return ippo.ErrNotFound
	}
	flyer, of, data, err := b.store.Flyer(ctx, ippo.FlyerID(id))
	if err != nil {
		return err
	}
	campaign, err := b.store.Campaign(ctx, of)
	if err == nil && !campaign.Shown() {
		err = ippo.ErrNotFound
	}
	if err != nil {
		return err
	}
	kind, disposition := flyer.Headers()
	c.Header("Content-Disposition", disposition)
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Header("Cache-Control", "public, max-age=3600")
	c.Header("ETag", strconv.Quote(flyer.Sum))
	if c.GetHeader("If-None-Match") == strconv.Quote(flyer.Sum) {
		c.Status(http.StatusNotModified)
		return nil
	}
	c.Data(http.StatusOK, kind, data)
	return nil
}
