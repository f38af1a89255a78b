package admin

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type broadcastList struct {
	frame
	pager
	sorting
	Query    string
	Status   string
	Statuses []option
	CSV      string // the address of the same as a file
	Items    []broadcastRow
	Total    int // of those that the filter leaves
}

type broadcastRow struct {
	*ippo.Broadcast
	To     string
	Author string
}

// broadcastStatuses are the states to list by, as staff think of them.
var broadcastStatuses = []ippo.BroadcastStatus{
	ippo.BroadcastDraft, ippo.BroadcastSubmitted, ippo.BroadcastApproved, ippo.BroadcastSending, ippo.BroadcastPaused,
	ippo.BroadcastHeld, ippo.BroadcastSent, ippo.BroadcastCancelled, ippo.BroadcastFailed,
}

// broadcastFilter reads what the list is narrowed to.
func broadcastFilter(c *gin.Context) store.BroadcastFilter {
	filter := store.BroadcastFilter{Query: query(c)}
	for _, s := range broadcastStatuses {
		if string(s) == c.Query("status") {
			filter.Statuses = []ippo.BroadcastStatus{s}
		}
	}
	return filter
}

// broadcastSorting: the newest first, unless the address names a column.
func broadcastSorting(c *gin.Context) sorting { return sortingOf(c, "-made", "name", "-sent") }

// broadcastRows returns a function that says to whom broadcasts go, and by whom.
func (p *Panel) broadcastRows(ctx context.Context, ambassadors string) (func(*ippo.Broadcast) broadcastRow, error) {
	say, err := p.audienceWords(ctx, ambassadors)
	if err != nil {
		return nil, err
	}
	who, err := p.staffNames(ctx)
	if err != nil {
		return nil, err
	}
	return func(b *ippo.Broadcast) broadcastRow {
		row := broadcastRow{b, say(b.Audience), who(b.Author)}
		switch {
		case b.Corrects != 0:
			row.To = correctedWords
		case b.Origin == ippo.OriginDigest:
			row.To, row.Author = digestWords, "（自動）"
		}
		return row
	}, nil
}

func (p *Panel) broadcastList(c *gin.Context) error {
	ctx, filter, s := c.Request.Context(), broadcastFilter(c), broadcastSorting(c)
	part, total, err := p.Store.BroadcastPage(ctx, filter, pageAsked(c, s))
	if err != nil {
		return err
	}
	page := broadcastList{
		frame: p.frame(c), pager: keysetPager(c, part.Earlier, part.Later), sorting: s, Query: filter.Query, CSV: asFile(c), Total: total,
	}
	for _, status := range broadcastStatuses {
		on := slices.Contains(filter.Statuses, status)
		page.Statuses = append(page.Statuses, option{string(status), status.Words(), on})
		if on {
			page.Status = string(status)
		}
	}
	row, err := p.broadcastRows(ctx, page.Settings.Labels.Ambassador)
	if err != nil {
		return err
	}
	for _, b := range part.Items {
		page.Items = append(page.Items, row(b))
	}
	return p.render(c, http.StatusOK, "broadcast_list.html", page)
}

// broadcastCSV saves the list as it is narrowed and sorted.
func (p *Panel) broadcastCSV(c *gin.Context) error {
	ctx := c.Request.Context()
	row, err := p.broadcastRows(ctx, p.frame(c).Settings.Labels.Ambassador)
	if err != nil {
		return err
	}
	return saveParts(p, c, listFile{
		kind: "broadcast", name: "broadcasts", unit: "件",
		columns: []string{"番号", "件名", "状態", "宛先", "作成者", "作成した日時", "予約した日時", "送りはじめた日時", "終わった日時"},
	}, broadcastSorting(c), func(at store.Page) (store.Part[*ippo.Broadcast], int, error) {
		return p.Store.BroadcastPage(ctx, broadcastFilter(c), at)
	}, func(b *ippo.Broadcast) []string {
		r := row(b)
		return []string{strconv.FormatInt(int64(b.ID), 10), b.Title, b.Status.Words(), r.To, r.Author, shortTime(b.CreatedAt), shortTime(b.SendAt), shortTime(b.StartedAt), shortTime(b.FinishedAt)}
	})
}

// staffNames returns a function that names members of staff; nobody is the program itself.
func (p *Panel) staffNames(ctx context.Context) (func(ippo.StaffID) string, error) {
	all, err := p.Store.StaffList(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[ippo.StaffID]string, len(all))
	for _, who := range all {
		names[who.ID] = who.Name
	}
	return func(id ippo.StaffID) string { return names[id] }, nil
}

func (p *Panel) broadcast(c *gin.Context) (*ippo.Broadcast, error) {
	id, err := pathID[ippo.BroadcastID](c)
	if err != nil {
		return nil, err
	}
	return p.Store.Broadcast(c.Request.Context(), id)
}

type broadcastPage struct {
	frame
	*ippo.Broadcast
	To        string // the audience in words
	Author    string
	Approver  string
	Corrected string // the title of the broadcast that it corrects
	Source    string // the title of the campaign or the series that it was made of
	Look      look
	Sheets    []look // in every language, for the sheet
	Density   string // how much they say
	Reach     reach
	Checked   checked
	HasLinks  bool   // that can be asked whether they answer
	Hash      string // stands for all that an approval approves
	Mine      bool   // the reader wrote it, or a token of theirs
	Own       ippo.OwnApproval
	Confirm   string // the number as typed
	Open      string // when the quiet hours end, if it would leave now and may not
	NoAnswer  bool   // nobody is named who would answer the telephone, if it left now
	Test      testSend
	Progress  progress
	Unknowns  []store.Unknown // what staff decide, or have decided
	Readers   readers
	Reaction  *reaction // nil: it reached nobody, or has not ended
	Versions  int       // that it has been before
	History   []auditRow
	Typed     typedReason
}

// typedReason is a reason that somebody typed for a step that was not taken.
type typedReason struct {
	Words string
	From  ippo.BroadcastStatus // the step is taken from here
	Late  bool                 // the broadcast was not any more as their page showed it
}

// TypedFor is what stands in the field of a reason for a step that is taken from a status.
func (f broadcastPage) TypedFor(from ippo.BroadcastStatus) string {
	if f.Typed.From != from {
		return ""
	}
	return f.Typed.Words
}

// CanApprove reports whether the reader may approve it as it stands.
func (f broadcastPage) CanApprove() bool {
	return f.May("approver") && (f.Status == ippo.BroadcastSubmitted && !f.Mine || f.Mine && f.Own != ippo.OwnRefused)
}

// Confirmed reports whether the reader types the number of recipients to approve it.
func (f broadcastPage) Confirmed() bool {
	return f.Mine && (f.Own == ippo.OwnConfirmed || f.Own == ippo.OwnUrgent)
}

// Waits reports whether an approval by the reader leaves time to take it back.
func (f broadcastPage) Waits() bool { return f.Mine && f.Own == ippo.OwnConfirmed }

// OwnWords says why the reader may approve what they wrote.
func (f broadcastPage) OwnWords() string {
	switch {
	case f.Own == ippo.OwnFree:
		return fmt.Sprintf("%d人までの配信なので、自分で承認できます。", f.Settings.ApprovalOver)
	case f.Own == ippo.OwnUrgent && f.Corrects != 0 && f.Emergency == "":
		return "ほかに承認者がいないため、自分で承認できます。訂正なので、承認するとすぐに送ります。"
	case f.Own == ippo.OwnUrgent:
		return "緊急の配信なので、管理者は自分で承認できます。承認するとすぐに送り、取り消す時間はありません。"
	case f.Settings.OnePerson != "":
		return "一人で承認できる設定のため、自分で承認できます。"
	}
	return "ほかに承認者がいないため、自分で承認できます。"
}

// progress is how far a broadcast has come.
type progress struct {
	*ippo.Broadcast
	ippo.Tally
	Pace    ippo.Pace
	Reasons []store.Reason
	Asked   int    // requests to LINE
	Wait    string // how long it can still be taken back, in words; "" when it does not wait for that
	Done    int    // recipients that nothing more happens to
	Poll    int    // ask again after so many seconds; 0: not
	Passed  bool   // the page around shows the state before, and stays: somebody may be typing on it
}

// Percent is how many of a hundred recipients are done with.
func (f progress) Percent() int {
	if f.Recipients == 0 {
		return 100
	}
	return f.Done * 100 / f.Recipients
}

func (p *Panel) progress(ctx context.Context, b *ippo.Broadcast) (progress, error) {
	f := progress{Broadcast: b}
	var err error
	if f.Tally, err = p.Store.Tally(ctx, b.ID); err != nil {
		return f, err
	}
	if f.Reasons, err = p.Store.Reasons(ctx, b.ID); err != nil {
		return f, err
	}
	if f.Pace, err = p.Store.Pace(ctx, b, f.Pending); err != nil {
		return f, err
	}
	f.Done = f.Recipients - f.Pending
	if left := b.NotBefore.Sub(p.Now()); left > 0 {
		f.Wait = waitWords(left)
	}
	switch b.Status {
	case ippo.BroadcastSending:
		f.Poll = 2
	case ippo.BroadcastApproved:
		f.Poll = 5
	case ippo.BroadcastPaused, ippo.BroadcastHeld:
		f.Poll = 15
	}
	f.Asked, err = p.Store.CountAsked(ctx, b.ID)
	return f, err
}

func (p *Panel) showBroadcast(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	return p.broadcastPage(c, b, "", nil)
}

func (p *Panel) broadcastPage(c *gin.Context, b *ippo.Broadcast, confirm string, found ippo.Problems) error {
	page, err := p.describe(c, b)
	if err != nil {
		return err
	}
	page.Confirm, page.Problems = confirm, found
	return p.render(c, formStatus(found), "broadcast_show.html", page)
}

// sheetDensity says how what a broadcast says finds room on a sheet, by about how many lines it takes on a phone: each
// language in a column of its own (roomy), running on from column to column (""), or that and smaller (dense).
func sheetDensity(b *ippo.Broadcast) string {
	const column, sheet = 42, 3 * 42
	all, longest := 0, 0
	for _, l := range append([]ippo.Language{ippo.Japanese}, b.Renditions.Languages()...) {
		lines := 0
		for _, m := range b.In(l) {
			lines += phoneLines(m)
		}
		all, longest = all+lines, max(longest, lines)
	}
	switch {
	case longest <= column && len(b.Renditions) <= 2:
		return "roomy"
	case all <= sheet:
		return ""
	}
	return "dense"
}

// phoneLines is about how many lines a message takes on a phone.
func phoneLines(m ippo.Message) int {
	const across, picture, card = 17, 14, 4
	lines := 2
	for _, text := range m.Texts() {
		for line := range strings.Lines(text) {
			lines += 1 + utf8.RuneCountInString(line)/across
		}
	}
	said := string(m)
	return lines + picture*(strings.Count(said, `"type":"image"`)) + card*strings.Count(said, `"type":"bubble"`)
}

// broadcastSheet is a broadcast on one sheet of paper, for the office's own file of decisions (配信伺い).
func (p *Panel) broadcastSheet(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	page, err := p.describe(c, b)
	if err != nil {
		return err
	}
	for _, l := range append([]ippo.Language{ippo.Japanese}, b.Renditions.Languages()...) {
		one := look{Preview: p.preview(c.Request.Context(), page.Settings.Office.Account, b.In(l), nil), Language: l}
		if len(b.Renditions) > 0 {
			one.Preview.Of = l.Words()
		}
		page.Sheets = append(page.Sheets, one)
	}
	page.Density = sheetDensity(b)
	return p.render(c, http.StatusOK, "broadcast_sheet.html", page)
}

// describe gathers all that a broadcast's pages show.
func (p *Panel) describe(c *gin.Context, b *ippo.Broadcast) (broadcastPage, error) {
	ctx := c.Request.Context()
	hash := b.Hash()
	me := p.me(c)
	page := broadcastPage{frame: p.frame(c), Broadcast: b, Hash: hex.EncodeToString(hash[:])}
	var err error
	if page.Mine, err = p.Store.SamePerson(ctx, b.Author, me.ID); err != nil {
		return page, err
	}
	if page.Look, err = p.look(ctx, page.Settings.Office.Account, b, c.Query("as")); err != nil {
		return page, err
	}
	say, err := p.audienceWords(ctx, page.Settings.Labels.Ambassador)
	if err != nil {
		return page, err
	}
	who, err := p.staffNames(ctx)
	if err != nil {
		return page, err
	}
	page.To, page.Author, page.Approver = say(b.Audience), who(b.Author), who(b.Approver)
	if b.Corrects != 0 {
		wrong, err := p.Store.Broadcast(ctx, b.Corrects)
		if err != nil {
			return page, err
		}
		page.To, page.Corrected = correctedWords, wrong.Title
	}
	if b.Origin == ippo.OriginDigest {
		page.To, page.Author, page.Approver = digestWords, "（自動）", ""
	}
	switch {
	case b.Campaign != 0:
		campaign, err := p.Store.Campaign(ctx, b.Campaign)
		if err != nil && !errors.Is(err, ippo.ErrNotFound) { // it may be another team's by now
			return page, err
		}
		page.Source = campaign.Title
	case b.Series != 0:
		series, err := p.Store.Series(ctx, b.Series)
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return page, err
		}
		page.Source = series.Title
	}
	if page.History, err = p.history(ctx, page.Settings, fmt.Sprintf("broadcast:%d", b.ID)); err != nil {
		return page, err
	}
	versions, err := p.Store.BroadcastVersions(ctx, b.ID)
	if err != nil {
		return page, err
	}
	page.Versions = len(versions)
	if page.Test, err = p.testSend(ctx, me, href("broadcasts/%d", b.ID), page.Look); err != nil {
		return page, err
	}
	if b.Status.Editable() {
		page.Open = p.waitsForMorning(page.Settings, b)
		page.NoAnswer = b.SendAt.IsZero() && page.Settings.CheckOnCall(b, p.Now(), p.Holidays) != nil
		if page.Reach, err = p.reachOf(ctx, b); err != nil {
			return page, err
		}
		if page.Checked, err = p.check(ctx, page.Settings, b, false); err != nil {
			return page, err
		}
		if page.May("editor") {
			page.Checked.Edit = href("broadcasts/%d/edit", b.ID)
		}
		page.HasLinks = len(p.askable(b)) > 0
		page.Own, err = p.ownApproval(ctx, page.Settings, me, b, page.Reach.Count.Count)
	} else {
		if page.Progress, err = p.progress(ctx, b); err != nil {
			return page, err
		}
		page.Reach = reach{Quota: p.account.read(ctx).Quota, Price: page.Settings.MessagePrice, Count: ippo.Count{Count: page.Progress.Recipients}}
		if b.Status.Finished() {
			if page.Unknowns, err = p.Store.Unknowns(ctx, b.ID); err != nil {
				return page, err
			}
			if page.Readers, err = p.readers(ctx, b); err != nil {
				return page, err
			}
			page.Reaction, err = p.reaction(ctx, b)
		}
	}
	return page, err
}

// waitsForMorning returns when the quiet hours end if b would leave at once and they forbid it.
func (p *Panel) waitsForMorning(s ippo.Settings, b *ippo.Broadcast) string {
	now := p.Now()
	if !b.SendAt.After(now) && b.Emergency == "" && s.Quiet(now, p.Holidays) {
		return ippo.TimeWords(s.Open(now, p.Holidays))
	}
	return ""
}

// ownApproval reports how the reader may approve what they wrote.
func (p *Panel) ownApproval(ctx context.Context, s ippo.Settings, me ippo.Staff, b *ippo.Broadcast, recipients int) (ippo.OwnApproval, error) {
	alone, err := p.Store.ApproveAlone(ctx)
	return s.OwnApproval(me, b, recipients, alone), err
}

// broadcastProgress is the part of the page that moves, for htmx. When the state has changed, so have
// the buttons, and the whole page is loaded anew; but not where a reason is typed, which it would take away.
func (p *Panel) broadcastProgress(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	f, err := p.progress(c.Request.Context(), b)
	if err != nil {
		return err
	}
	if was := ippo.BroadcastStatus(c.Query("was")); was != b.Status {
		if f.Passed = was == ippo.BroadcastHeld && p.me(c).Role.Includes(ippo.Administrator); f.Passed {
			f.Poll = 0
		} else {
			c.Header("HX-Refresh", "true")
		}
	}
	return p.fragment(c, "broadcast_show.html", "progress", f)
}

// broadcastLedger saves every request of a broadcast that LINE was asked, with LINE's own number for
// it: what LINE's support asks for.
func (p *Panel) broadcastLedger(c *gin.Context) error {
	ctx := c.Request.Context()
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	w, err := beginCSV(c, fmt.Sprintf("broadcast-%d.csv", b.ID), "送った時刻", "返事の時刻", "人数", "状態", "LINEの受付番号", "理由")
	if err != nil {
		return nil
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(ippo.Tokyo).Format("2006-01-02 15:04:05.000")
	}
	const at = 1000
	for after := int64(0); ; {
		asked, err := p.Store.Asked(ctx, b.ID, after, at)
		if err != nil {
			return nil
		}
		for _, a := range asked {
			rows := make([][]string, 0, 1)
			for _, e := range a.Earlier {
				rows = append(rows, []string{moment(e.First), moment(e.Answered), strconv.Itoa(e.People), ippo.DeliveryUnknown.Words() + "（もう一度送りました）", e.RequestID, e.Reason})
			}
			rows = append(rows, []string{moment(a.First), moment(a.Answered), strconv.Itoa(a.People), a.State.Words(), a.RequestID, a.Reason})
			for _, row := range rows {
				if err := w.Row(row...); err != nil {
					return nil
				}
			}
			after = a.Request
		}
		if len(asked) < at {
			break
		}
	}
	w.Flush()
	return nil
}

// step does one thing to a broadcast and comes back to its page.
func (p *Panel) step(c *gin.Context, notice string, do func(context.Context, ippo.StaffID, ippo.BroadcastID) error) error {
	id, err := pathID[ippo.BroadcastID](c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	found, err := mend(do(ctx, p.me(c).ID, id), nil)
	if err != nil {
		return err
	}
	if found != nil {
		b, err := p.Store.Broadcast(ctx, id)
		if err != nil {
			return err
		}
		return p.broadcastPage(c, b, "", found)
	}
	p.Wake()
	return p.redirect(c, notice, href("broadcasts/%d", id))
}

// forReason takes a step from a status, for a reason that somebody typed on the broadcast's page. Where that showed what is no
// longer so, nothing is done: they are told, and have their words back.
func (p *Panel) forReason(c *gin.Context, from ippo.BroadcastStatus, notice string, do func(context.Context, ippo.StaffID, ippo.BroadcastID, string) error) error {
	ctx := c.Request.Context()
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	typed := typedReason{Words: formText(c, "reason"), From: from}
	typed.Late = b.Status != from || formText(c, "shown") != b.Reason || c.PostForm("do") == "look"
	var found ippo.Problems
	if !typed.Late {
		found, err = mend(do(ctx, p.me(c).ID, b.ID, typed.Words), nil)
		switch typed.Late = errors.Is(err, ippo.ErrConflict); {
		case typed.Late:
			if b, err = p.broadcast(c); err != nil {
				return err
			}
		case err != nil:
			return err
		case found == nil:
			p.Wake()
			return p.redirect(c, notice, href("broadcasts/%d", b.ID))
		}
	}
	page, err := p.describe(c, b)
	if err != nil {
		return err
	}
	page.Problems, page.Typed = found, typed
	status := http.StatusConflict
	if !typed.Late {
		status = http.StatusUnprocessableEntity
	}
	return p.render(c, status, "broadcast_show.html", page)
}

func (p *Panel) submitBroadcast(c *gin.Context) error {
	return p.step(c, "承認を申請しました。承認されるまで送られません。", func(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
		b, err := p.Store.Broadcast(ctx, id)
		if err != nil {
			return err
		}
		if err := checkQuota(ctx, p.Store, p.account, b); err != nil {
			return err
		}
		return p.Store.SubmitBroadcast(ctx, by, id)
	})
}

func (p *Panel) returnBroadcast(c *gin.Context) error {
	return p.forReason(c, ippo.BroadcastSubmitted, "作成者に差し戻しました。", func(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID, reason string) error {
		var found ippo.Problems
		if reason == "" || len([]rune(reason)) > ippo.MaxReason {
			found.Addf("reason", "差し戻す理由を%d文字以内で入力してください。", ippo.MaxReason)
			return found
		}
		return p.Store.ReturnBroadcast(ctx, by, id, reason)
	})
}

// approveBroadcast fixes the recipients and lets the broadcast go: what was shown, and nothing else.
func (p *Panel) approveBroadcast(c *gin.Context) error {
	ctx := c.Request.Context()
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	mine, err := p.Store.SamePerson(ctx, b.Author, p.me(c).ID)
	if err != nil {
		return err
	}
	if b.Status != ippo.BroadcastSubmitted && !mine {
		return ippo.ErrConflict // its author has taken it back since the page was loaded
	}
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	var found ippo.Problems
	if open := p.waitsForMorning(settings, b); open != "" {
		found.Addf("sendAt", "今は送れない時間です。次に送れるのは%sです。編集して、送る日時を選んでください。", open)
		return p.broadcastPage(c, b, "", found)
	}
	approval := store.Approval{}
	shown, err := hex.DecodeString(c.PostForm("hash"))
	if err != nil || len(shown) != len(approval.Hash) {
		return ippo.ErrConflict
	}
	copy(approval.Hash[:], shown)
	approval.Confirmed = formInt(c, "confirmed", "人数", &found)
	if found == nil {
		if found, err = mend(checkQuota(ctx, p.Store, p.account, b), nil); err != nil {
			return err
		}
	}
	if found == nil {
		found, err = mend(p.Store.ApproveBroadcast(ctx, p.me(c).ID, b.ID, approval), nil)
		if err != nil {
			return err
		}
	}
	if found != nil {
		return p.broadcastPage(c, b, c.PostForm("confirmed"), found)
	}
	p.Wake()
	if b, err = p.Store.Broadcast(ctx, b.ID); err != nil {
		return err
	}
	if due := b.Due(); due.After(p.Now()) {
		return p.redirect(c, ippo.TimeWords(due)+"に送ります。それまでは取り消せます。", href("broadcasts/%d", b.ID))
	}
	return p.redirect(c, "承認しました。送信を始めます。", href("broadcasts/%d", b.ID))
}

func (p *Panel) pauseBroadcast(c *gin.Context) error {
	return p.step(c, "一時停止しました。LINEに渡した分より先は送られません。", func(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
		return p.Store.PauseBroadcast(ctx, by, id, p.me(c).Name+"が一時停止しました。")
	})
}

func (p *Panel) resumeBroadcast(c *gin.Context) error {
	return p.step(c, "送信を再開しました。", func(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
		return resume(ctx, p.Store, p.account, by, id)
	})
}

func (p *Panel) releaseBroadcast(c *gin.Context) error {
	return p.forReason(c, ippo.BroadcastHeld, "保留を解きました。", p.Store.ReleaseBroadcast)
}

func (p *Panel) askCancelBroadcast(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	if b.Status.Finished() {
		return ippo.ErrConflict
	}
	detail := "まだ送られていない人には送られません。すでにLINEに渡した分は取り消せません。"
	if b.Status.Editable() {
		detail = "下書きは送られず、「取り消し」として残ります。内容は写して使えます。"
	}
	return p.confirm(c, confirmPage{
		Title: "配信の取り消し", Question: "「" + b.Title + "」を取り消しますか。", Detail: detail,
		Button: "配信を取り消す", Icon: "stop", Back: href("broadcasts/%d", b.ID),
	}, nil)
}

func (p *Panel) cancelBroadcast(c *gin.Context) error {
	return p.step(c, "配信を取り消しました。", p.Store.CancelBroadcast)
}

// duplicateBroadcast makes a draft of the same words to the same people, without time and approval. Who
// answers the telephone need not be who did.
func (p *Panel) duplicateBroadcast(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	if b.Origin == ippo.OriginDigest {
		return ippo.ErrConflict // each of its readers was told something else
	}
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	said := b.Said()
	again := ippo.Broadcast{
		Title: b.Title, Messages: said.Messages, Renditions: said.Renditions, Originals: said.Originals, Counted: b.Counted, Audience: b.Audience, Corrects: b.Corrects, OnCall: settings.OnCall, Origin: ippo.OriginPanel,
	}
	found, err := mend(p.Store.CreateBroadcast(c.Request.Context(), p.me(c).ID, &again), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.broadcastPage(c, b, "", found)
	}
	return p.redirect(c, "内容を写して、新しい下書きを作りました。", href("broadcasts/%d/edit", again.ID))
}
