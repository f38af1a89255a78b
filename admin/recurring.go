package admin

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// This file holds what the pages of campaigns and of series have in common: switching them on and off,
// and deciding on what was not sent in time.

// recurringView is that part of their pages.
type recurringView struct {
	frame
	ippo.Recurring
	Path     string // its address
	Word     string // what goes out: 案内, 配信
	To       string
	Author   string
	Approver string
	Mine     bool // the reader wrote it, or a token of theirs
	Own      ippo.OwnApproval
	Hash     string // stands for all that switching it on approves
	Typed    typedRecurring
	Reach    reach
	Waiting  []ippo.Firing // what waits for a decision
	Past     []ippo.Firing // the last of the others
	History  []auditRow
}

// typedRecurring is what somebody typed for a step that was not taken.
type typedRecurring struct {
	Confirmed string // the number of recipients
	Reason    string
	Due       int64 // of what waits, in Unix milliseconds, that the reason is for; 0: to switch it on
	Late      bool  // somebody decided, or changed it, meanwhile
}

// status is the one of a page that comes back with what was typed.
func (t typedRecurring) status(found ippo.Problems) int {
	if t.Late {
		return http.StatusConflict
	}
	return formStatus(found)
}

// ReasonFor is what stands in the field of a reason.
func (v recurringView) ReasonFor(due int64) string {
	if v.Typed.Due != due {
		return ""
	}
	return v.Typed.Reason
}

// Lost reports whether a reason was typed that has no field any more.
func (v recurringView) Lost() bool {
	field := v.Held && v.CanActivate()
	if v.Typed.Due != 0 {
		field = v.CanSend() && slices.ContainsFunc(v.Waiting, func(f ippo.Firing) bool { return f.DueAt.UnixMilli() == v.Typed.Due })
	}
	return v.Typed.Reason != "" && !field
}

// CanActivate reports whether the reader may switch it on.
func (v recurringView) CanActivate() bool {
	return !v.Active && v.CanSend() && (!v.Mine || v.Own != ippo.OwnRefused || v.Again())
}

// Again reports whether a restore stopped what was approved before, and still is.
func (v recurringView) Again() bool { return v.Held && v.Recurring.Approver != 0 }

// Confirmed reports whether the reader types the number of recipients to switch it on.
func (v recurringView) Confirmed() bool { return v.Mine && v.Own == ippo.OwnConfirmed && !v.Again() }

// CanSend reports whether the reader may let something of it leave.
func (v recurringView) CanSend() bool {
	if v.Held {
		return v.May("admin")
	}
	return v.May("approver")
}

// sourcePath is where staff see a campaign or a series.
func sourcePath(s ippo.Source) string {
	if s.Kind == ippo.SourceCampaign {
		return href("campaigns/%d", s.ID)
	}
	return href("series/%d", s.ID)
}

// sourceWord is what goes out of a campaign or a series, as staff call it.
func sourceWord(kind ippo.SourceKind) string {
	if kind == ippo.SourceCampaign {
		return "案内"
	}
	return "配信"
}

// Public reports whether friends see it while it is switched on, beside what it sends them.
func (v recurringView) Public() bool { return v.Source.Kind == ippo.SourceCampaign }

// maxFirings is how many of its past due times a page tells.
const maxFirings = 20

func (p *Panel) recurringView(ctx context.Context, f frame, r ippo.Recurring, reaches reach, typed typedRecurring) (recurringView, error) {
	v := recurringView{
		frame: f, Recurring: r, Path: sourcePath(r.Source), Word: sourceWord(r.Source.Kind),
		Hash: hex.EncodeToString(r.Hash[:]), Typed: typed, Reach: reaches,
	}
	var err error
	if v.Mine, err = p.Store.SamePerson(ctx, r.Author, f.Me.ID); err != nil {
		return v, err
	}
	say, err := p.audienceWords(ctx, f.Settings.Labels.Ambassador)
	if err != nil {
		return v, err
	}
	who, err := p.staffNames(ctx)
	if err != nil {
		return v, err
	}
	v.To, v.Author, v.Approver = say(r.Audience), who(r.Author), who(r.Approver)
	alone, err := p.Store.ApproveAlone(ctx)
	if err != nil {
		return v, err
	}
	v.Own = f.Settings.OwnRecurring(f.Me, alone)
	waiting, err := p.Store.WaitingFirings(ctx)
	if err != nil {
		return v, err
	}
	for _, one := range waiting {
		if one.Source == r.Source {
			v.Waiting = append(v.Waiting, one)
		}
	}
	if v.History, err = p.history(ctx, f.Settings, r.Source.String()); err != nil {
		return v, err
	}
	past, err := p.Store.Firings(ctx, r.Source, maxFirings)
	for _, one := range past {
		if one.State != ippo.FiringWaiting {
			v.Past = append(v.Past, one)
		}
	}
	return v, err
}

// recurring is the campaign or the series that the address names, with what it sends; a campaign, in several
// wordings.
func (p *Panel) recurring(c *gin.Context, kind ippo.SourceKind) (r ippo.Recurring, sends []ippo.Message, wordings []ippo.Wording, err error) {
	if kind == ippo.SourceSeries {
		one, err := p.series(c)
		return one.Recurring(), one.Messages, nil, err
	}
	one, err := p.campaign(c)
	if err != nil {
		return r, nil, nil, err
	}
	wordings = p.Reminders(one)
	return one.Recurring(), wordings[0].Draw(ippo.Japanese), wordings, nil
}

// recurringAgain shows its page with what has to be mended.
func (p *Panel) recurringAgain(c *gin.Context, kind ippo.SourceKind, typed typedRecurring, found ippo.Problems) error {
	if kind == ippo.SourceSeries {
		one, err := p.series(c)
		if err != nil {
			return err
		}
		return p.seriesPage(c, one, typed, found)
	}
	one, err := p.campaign(c)
	if err != nil {
		return err
	}
	return p.campaignPage(c, one, typed, found)
}

// activate lets it go out, as it was shown.
func (p *Panel) activate(kind ippo.SourceKind) func(*gin.Context) error {
	return func(c *gin.Context) error {
		r, _, _, err := p.recurring(c, kind)
		if err != nil {
			return err
		}
		typed := typedRecurring{Confirmed: c.PostForm("confirmed"), Reason: formText(c, "reason")}
		typed.Late = c.PostForm("hash") != hex.EncodeToString(r.Hash[:])
		var found ippo.Problems
		approval := store.Approval{Hash: r.Hash, Confirmed: formInt(c, "confirmed", "人数", &found), Reason: typed.Reason}
		var first time.Time
		if found == nil && !typed.Late {
			first, err = p.Store.Activate(c.Request.Context(), p.me(c).ID, r.Source, approval)
			typed.Late = errors.Is(err, ippo.ErrConflict)
			if found, err = mend(err, nil); err != nil && !typed.Late {
				return err
			}
		}
		if typed.Late || found != nil {
			return p.recurringAgain(c, kind, typed, found)
		}
		p.Wake()
		if first.IsZero() {
			return p.redirect(c, "友だちから見えるようになりました。これから送る案内の予定はありません。", sourcePath(r.Source))
		}
		return p.redirect(c, fmt.Sprintf("%sを始めます。次は%sです。", sourceWord(kind), ippo.TimeWords(first)), sourcePath(r.Source))
	}
}

// deactivate stops it.
func (p *Panel) deactivate(kind ippo.SourceKind) func(*gin.Context) error {
	return func(c *gin.Context) error {
		id, err := pathID[int64](c)
		if err != nil {
			return err
		}
		of := ippo.Source{Kind: kind, ID: id}
		if err := p.Store.Deactivate(c.Request.Context(), p.me(c).ID, of); err != nil {
			return err
		}
		hidden := ""
		if kind == ippo.SourceCampaign {
			hidden = "友だちからも見えなくなりました。"
		}
		return p.redirect(c, sourceWord(kind)+"を止めました。"+hidden+"もう一度始めるには、承認が必要です。", sourcePath(of))
	}
}

// decideFiring decides on what was not sent in time: it is sent now, or not at all. In the quiet hours
// "now" is when they end.
func (p *Panel) decideFiring(kind ippo.SourceKind) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx := c.Request.Context()
		r, sends, wordings, err := p.recurring(c, kind)
		if err != nil {
			return err
		}
		ms, err := strconv.ParseInt(c.PostForm("due"), 10, 64)
		if err != nil {
			return ippo.ErrNotFound
		}
		due := time.UnixMilli(ms).UTC()
		by := p.me(c).ID
		if c.PostForm("do") == "drop" {
			if err := p.Store.DropFiring(ctx, by, r.Source, due); err != nil {
				return err
			}
			return p.redirect(c, "この回の"+sourceWord(kind)+"は送りません。", sourcePath(r.Source))
		}
		settings, err := p.Store.Settings(ctx)
		if err != nil {
			return err
		}
		b := r.Broadcast(sends)
		if now := p.Now(); settings.Quiet(now, p.Holidays) {
			b.SendAt = settings.Open(now, p.Holidays)
		}
		typed := typedRecurring{Reason: formText(c, "reason"), Due: ms}
		found, err := mend(p.Store.SendFiring(ctx, by, r, due, b, typed.Reason, wordings...), nil)
		typed.Late = errors.Is(err, ippo.ErrConflict)
		if err != nil && !typed.Late {
			return err
		}
		if typed.Late || found != nil {
			return p.recurringAgain(c, kind, typed, found)
		}
		p.Wake()
		if !b.SendAt.IsZero() {
			return p.redirect(c, "今は送れない時間のため、"+ippo.TimeWords(b.SendAt)+"に送ります。", href("broadcasts/%d", b.ID))
		}
		return p.redirect(c, sourceWord(kind)+"を送ります。", href("broadcasts/%d", b.ID))
	}
}
