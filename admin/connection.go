package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/line"
)

// connectionPage says whether LINE and we reach each other, as LINE said when it was last asked.
type connectionPage struct {
	frame
	Checked   time.Time // zero: never
	Findings  []finding
	Mend      bool // where LINE posts to can be set here
	Webhook   string
	LastEvent time.Time // when LINE last told us of something; zero: never
}

// finding is one result of the check.
type finding struct {
	Level       level
	Title, Says string
	Mend        string // what to do about it; "" where nothing is to be done
}

// level is how a finding looks.
type level string

const (
	levelGood level = "good"
	levelWarn level = "warn"
	levelBad  level = "bad"
)

// Words names the level.
func (l level) Words() string {
	switch l {
	case levelGood:
		return "よい"
	case levelWarn:
		return "確かめてください"
	}
	return "直してください"
}

// connectionPatience is how long the button waits for LINE in all.
const connectionPatience = 15 * time.Second

func (p *Panel) webhookURL() string { return p.PublicURL + ippo.WebhookPath }

func (p *Panel) showConnection(c *gin.Context) error {
	ctx := c.Request.Context()
	page := connectionPage{frame: p.frame(c), Webhook: p.webhookURL()}
	is, err := p.Store.Connection(ctx)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	if err == nil {
		page.Checked, page.Findings = is.CheckedAt, findings(is, page.Webhook)
		page.Mend = is.WebhookKnown && is.Webhook != page.Webhook
	}
	if page.LastEvent, err = p.Store.LastEvent(ctx); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "connection.html", page)
}

func (p *Panel) checkConnection(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := p.Store.SaveConnection(ctx, p.me(c).ID, p.askConnection(ctx)); err != nil {
		return err
	}
	return p.redirect(c, "LINEに確かめました。", href("connection"))
}

// setWebhook has LINE post to us, and looks again.
func (p *Panel) setWebhook(c *gin.Context) error {
	ctx := c.Request.Context()
	address, err := url.Parse(p.webhookURL())
	if err != nil {
		return err
	}
	if err := p.Store.Audit(ctx, p.me(c).ID, "connection.webhook", "connection", p.webhookURL()); err != nil {
		return err
	}
	notice := "LINEの知らせの送り先を、このシステムにしました。"
	short, cancel := context.WithTimeout(ctx, connectionPatience)
	defer cancel()
	if err := p.Line.SetWebhook(short, address); err != nil {
		p.Log.WarnContext(ctx, "webhook not set", "err", err)
		notice = "送り先を変えられませんでした。下の手順で、LINE Developersコンソールから変えてください。"
	}
	if err := p.Store.SaveConnection(ctx, p.me(c).ID, p.askConnection(ctx)); err != nil {
		return err
	}
	return p.redirect(c, notice, href("connection"))
}

// askConnection asks LINE all that it tells. What it does not tell stays unknown.
func (p *Panel) askConnection(ctx context.Context) (is ippo.Connection) {
	ctx, cancel := context.WithTimeout(ctx, connectionPatience)
	defer cancel()
	failed := func(err error) bool {
		if err != nil {
			p.Log.WarnContext(ctx, "checking the connection to LINE", "err", err)
		}
		return err != nil
	}
	info, err := p.Line.BotInfo(ctx)
	if failed(err) {
		class := line.ClassOf(err)
		is.Refused = class == line.Unauthorized || class == line.Forbidden
		is.Unreachable = !is.Refused
		return is
	}
	is.Account, is.BasicID, is.ChatOn = info.DisplayName, info.BasicID, info.ChatOn
	limit, err := p.Line.Quota(ctx)
	used, err2 := p.Line.Consumption(ctx)
	if !failed(errors.Join(err, err2)) {
		is.QuotaKnown, is.Limited, is.Limit, is.Used = true, limit.Limited, limit.Limit, used
	}
	is.Webhook, is.Active, err = p.Line.Webhook(ctx)
	if line.ClassOf(err) == line.NotFound {
		is.WebhookKnown = true
		return is
	}
	if failed(err) {
		return is
	}
	is.WebhookKnown = true
	if is.Test, err = p.Line.TestWebhook(ctx); !failed(err) {
		is.Tested = true
	}
	return is
}

// findings says what LINE told in words for staff, each with what mends it. ours is where LINE should post to.
func findings(is ippo.Connection, ours string) (all []finding) {
	add := func(l level, title, says, mend string) { all = append(all, finding{l, title, says, mend}) }
	switch {
	case is.Refused:
		add(levelBad, "アクセストークン", "LINEが、このシステムのアクセストークンを受け付けませんでした。送ることも、受け取ることもできません。",
			"LINE Developersコンソールの「Messaging API設定」でトークンを発行しなおし、システムの担当者に LINE_CHANNEL_ACCESS_TOKEN（または LINE_CHANNEL_ID と LINE_CHANNEL_SECRET）を変えてもらってください。")
		return all
	case is.Unreachable:
		add(levelBad, "LINEへの道", "LINEから返事がありませんでした。", "数分おいて、もう一度確かめてください。続くときは、このシステムからインターネット（api.line.me）につながるかを、システムの担当者に確かめてもらってください。")
		return all
	}
	add(levelGood, "アクセストークン", "LINEが受け付けました。", "")
	add(levelGood, "アカウント", fmt.Sprintf("「%s」（%s）です。", is.Account, is.BasicID), "")
	all = append(all, webhookFindings(is, ours)...)
	switch left := is.Limit - is.Used; {
	case !is.QuotaKnown:
		add(levelWarn, "今月の通数", "LINEが教えませんでした。", "あとで、もう一度確かめてください。")
	case !is.Limited:
		add(levelGood, "今月の通数", fmt.Sprintf("上限なし（これまでに%s通）。", ippo.Comma(is.Used)), "")
	case left <= 0:
		add(levelBad, "今月の通数", fmt.Sprintf("%s通を使い切りました。来月まで送れません。", ippo.Comma(is.Limit)), "LINE Official Account Managerの「設定」→「利用と請求」で、プランを確かめてください。")
	default:
		add(levelGood, "今月の通数", fmt.Sprintf("%s通のうち、残り%s通。", ippo.Comma(is.Limit), ippo.Comma(left)), "")
	}
	if is.ChatOn {
		add(levelWarn, "チャット", "オンです。LINEの画面で職員が手で返事をすると、相談の内容や個人情報がLINEの側に残ります。",
			"使わないときは、LINE Official Account Managerの「設定」→「応答設定」で「チャット」をオフにしてください。使うときは、個人情報を書かない決まりにしてください。")
	} else {
		add(levelGood, "チャット", "オフです。返事は、このシステムだけがします。", "")
	}
	return all
}

// webhookFindings says whether LINE tells us what residents do.
func webhookFindings(is ippo.Connection, ours string) (all []finding) {
	add := func(l level, title, says, mend string) { all = append(all, finding{l, title, says, mend}) }
	const console = "LINE Developersコンソールの「Messaging API設定」で、"
	if !is.WebhookKnown {
		add(levelWarn, "知らせの送り先（Webhook URL）", "LINEが教えませんでした。", "あとで、もう一度確かめてください。")
		return all
	}
	switch is.Webhook {
	case ours:
		add(levelGood, "知らせの送り先（Webhook URL）", "このシステムです。", "")
	case "":
		add(levelBad, "知らせの送り先（Webhook URL）", "決まっていません。友だちが何を送っても、このシステムに届きません。", "下のボタンで、このシステムにしてください。")
		return all
	default:
		add(levelBad, "知らせの送り先（Webhook URL）", fmt.Sprintf("別のところ（%s）です。友だちが送ったものは、このシステムに届きません。", is.Webhook), "ほかのシステムが使っていないことを確かめて、下のボタンで、このシステムにしてください。")
	}
	if is.Active {
		add(levelGood, "Webhookの利用", "オンです。", "")
	} else {
		add(levelBad, "Webhookの利用", "オフです。友だちが何を送っても、このシステムに届きません。", console+"「Webhookの利用」をオンにしてください。LINE Official Account Managerの「設定」→「応答設定」の「Webhook」と同じものです。")
	}
	switch t := is.Test; {
	case !is.Tested:
		add(levelWarn, "LINEからの試しの知らせ", "試せませんでした。", "1時間に何度も試すと、LINEが待つように言います。しばらくおいて、もう一度確かめてください。")
	case t.OK:
		add(levelGood, "LINEからの試しの知らせ", "届きました。", "")
	case t.Status == http.StatusUnauthorized:
		add(levelBad, "LINEからの試しの知らせ", "届きましたが、署名が合いませんでした。", "チャネルシークレットが違います。システムの担当者に、LINE_CHANNEL_SECRET を「チャネル基本設定」のものと合わせてもらってください。")
	case t.Status > 0:
		add(levelBad, "LINEからの試しの知らせ", fmt.Sprintf("送り先が、受け取れない（%d）と答えました。", t.Status), "送り先のアドレスと、手前のサーバー（プロキシ）の設定を、システムの担当者に確かめてもらってください。")
	case t.Reason == "REQUEST_TIMEOUT":
		add(levelBad, "LINEからの試しの知らせ", "時間内に返事がありませんでした。", "このシステムが重くなっていないか、システムの担当者に確かめてもらってください。")
	default:
		add(levelBad, "LINEからの試しの知らせ", "LINEから、このシステムにつながりませんでした。", "アドレスがインターネットから見えること、httpsの証明書の期限が切れていないことを、システムの担当者に確かめてもらってください。")
	}
	return all
}
