package admin

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/line"
)

// testSend is the part of a page from which its reader sends what it shows to their own LINE account (試し送り).
type testSend struct {
	Path     string        // the page's address
	Linked   bool          // the reader has an account to send to
	Language ippo.Language // that is sent; "" if there is only one
	Quota    quota
}

// testSend is that part for what is sent from a page, as its preview looks.
func (p *Panel) testSend(ctx context.Context, me ippo.Staff, path string, look look) (testSend, error) {
	t := testSend{Path: path, Quota: p.account.read(ctx).Quota}
	if len(look.Own) > 1 {
		t.Language = look.Language
	}
	_, err := p.Store.StaffLink(ctx, me.ID)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return t, err
	}
	t.Linked = err == nil
	return t, nil
}

// testBroadcast sends a broadcast to the reader's own LINE account.
func (p *Panel) testBroadcast(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	return p.sendTest(c, "broadcast", href("broadcasts/%d", b.ID), b, func(found ippo.Problems) error { return p.broadcastPage(c, b, "", found) })
}

// testRecurring sends what a campaign or a series will send next to the reader's own LINE account.
func (p *Panel) testRecurring(kind ippo.SourceKind) func(*gin.Context) error {
	return func(c *gin.Context) error {
		r, sends, _, err := p.recurring(c, kind)
		if err != nil {
			return err
		}
		return p.sendTest(c, string(kind), sourcePath(r.Source), p.withReduce(r.Broadcast(sends)), func(found ippo.Problems) error { return p.recurringAgain(c, kind, typedRecurring{}, found) })
	}
}

// sendTest sends a broadcast to the reader's own LINE account, and shows the page at path again. The recipient is
// looked up by who is logged in, and comes from the staff's links or not at all: see ippo.TestRecipient and
// line.Desk.
func (p *Panel) sendTest(c *gin.Context, of, path string, b *ippo.Broadcast, again func(ippo.Problems) error) error {
	ctx, me := c.Request.Context(), p.me(c)
	link, err := p.Store.StaffLink(ctx, me.ID)
	if errors.Is(err, ippo.ErrNotFound) {
		return p.redirect(c, "試し送りの前に、あなたのLINEをつないでください。", "/admin/account")
	}
	if err != nil {
		return err
	}
	if !link.Active {
		return again(ippo.Problems{{Message: "あなたのLINEがこのアカウントをブロックしているため、試し送りできません。"}})
	}
	if err := p.Store.Audit(ctx, me.ID, of+".test", of+":"+c.Param("id"), ""); err != nil {
		return err
	}
	values, err := p.Store.ValuesOf(ctx, link.Follower)
	if err != nil {
		return err
	}
	messages, _ := ippo.Fill(b.In(ippo.Language(c.PostForm("as"))), values) // what the reader has no value for stays empty
	if err := p.Line.SendTest(ctx, link.To, messages); err != nil {
		p.Log.WarnContext(ctx, "test send failed", "of", path, "err", err)
		return again(ippo.Problems{{Message: testFailure(err)}})
	}
	return p.redirect(c, "あなたのLINEに試し送りしました。ほかの人には送られていません。", path)
}

// testFailure says in words why LINE did not take a test.
func testFailure(err error) string {
	switch line.ClassOf(err) {
	case line.QuotaSpent:
		return "今月の通数を使い切っているため、試し送りできませんでした。"
	case line.Unauthorized, line.Forbidden:
		return "LINEにつながる設定が正しくないため、試し送りできませんでした。管理者に知らせてください。"
	case line.Invalid, line.BadRecipient:
		return "LINEがこの内容を受け付けませんでした。文章やカードを見直してください。"
	}
	return "LINEに送れませんでした。時間をおいて、もう一度お試しください。"
}
