package admin

import (
	"cmp"
	"context"
	"fmt"

	"github.com/gin-gonic/gin"

	"ippo"
)

// correctedWords says to whom a correction goes.
const correctedWords = "訂正する配信が届いた人"

// correctionText is what a correction begins with; staff write on.
const correctionText = "【訂正】先ほどお送りした内容に誤りがありました。申し訳ありません。\n\n正しくは、次のとおりです。\n"

// reachOf is how many people a broadcast would reach now, and whether the month suffices.
func (p *Panel) reachOf(ctx context.Context, b *ippo.Broadcast) (reach, error) {
	r, err := p.reach(ctx, b.Audience, b.Emergency != "")
	if err == nil && b.Corrects != 0 {
		var members []ippo.FollowerID
		members, err = p.Store.Reached(ctx, b.Corrects)
		r.Known, r.Count = true, ippo.Count{Count: len(members)}
	}
	if err == nil && r.Known {
		r.Shortfall, err = shortfall(ctx, p.Store, r.Quota, b)
	}
	return r, err
}

func (p *Panel) askCorrectBroadcast(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	if b.StartedAt.IsZero() {
		return ippo.ErrConflict
	}
	members, err := p.Store.Reached(c.Request.Context(), b.ID)
	if err != nil {
		return err
	}
	to := "だけに送る"
	if b.Audience.Unseen {
		to = "に、もう一度LINEの一斉配信で送る"
	}
	detail := fmt.Sprintf("届いた%d人（届いたかどうか分からない人を含みます）%s下書きをつくります。送るには、いつものとおり承認が要ります。承認されると、ほかの配信より先に送ります。", len(members), to)
	if !b.Status.Finished() {
		detail = "まだ送られていない人への送信は、今すぐ止めます。" + detail
	}
	detail += "今つくるのは下書きで、送る時には、" + p.account.read(c.Request.Context()).Quota.Words() + "のうち" + ippo.Comma(int64(len(members))) + "通を使います。"
	return p.confirm(c, confirmPage{
		Title: "訂正", Question: "「" + b.Title + "」の訂正をつくりますか。", Detail: detail, Button: "訂正をつくる", Icon: "edit", Back: href("broadcasts/%d", b.ID),
	}, nil)
}

// correctBroadcast stops what is left of a broadcast and opens a draft to those whom it reached.
func (p *Panel) correctBroadcast(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	title := []rune("訂正: " + b.Title)
	draft := &ippo.Broadcast{
		Title: string(title[:min(len(title), ippo.MaxTitle)]), Messages: []ippo.Message{textMessage(correctionText)},
		OnCall: cmp.Or(b.OnCall, settings.OnCall), Origin: ippo.OriginPanel,
	}
	if err := p.Store.CorrectBroadcast(c.Request.Context(), p.me(c).ID, b.ID, draft); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, "訂正の下書きをつくりました。文章を書いてください。", href("broadcasts/%d/edit", draft.ID))
}
