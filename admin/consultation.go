package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
	"ippo/messages"
	"ippo/store"
)

type consultationList struct {
	frame
	pager
	sorting
	Query  string
	CSV    string // the address of the same as a file
	State  string
	Kind   string
	States []option
	Kinds  []option
	Items  []consultationRow
	List   string // what the list is narrowed to, for the way back
	Moves  []caseMove
	Change *changeNote
	Usual  string // how long people wait for the first answer; "" while nobody has waited
	Total  int    // of those that the filter leaves
}

// consultationSorting: what waits first, unless the address names a column.
func consultationSorting(c *gin.Context) sorting { return sortingOf(c, "", "-made", "-changed") }

// Filtered reports whether the list is narrowed.
func (l consultationList) Filtered() bool {
	return l.Query != "" || l.State != "all" || l.Kind != "all"
}

// consultationFilter reads what the list is narrowed to from an address.
func (p *Panel) consultationFilter(c *gin.Context, asked url.Values) store.ConsultationFilter {
	filter := store.ConsultationFilter{Query: cutQuery(asked.Get("q"))}
	switch state := cmp.Or(asked.Get("state"), "open"); state {
	case "open":
		filter.Open = true
	case "unread":
		filter.Waiting = true
	case "mine":
		filter.Open, filter.Staff = true, p.me(c).ID
	case "all":
	default:
		filter.State = ippo.ConsultationState(state)
	}
	if kind := ippo.ConsultationKind(asked.Get("kind")); asked.Has("kind") && kind != "all" {
		filter.Kind = &kind
	}
	return filter
}

// consultationCSV saves the list as it is narrowed and sorted: neither who asked nor what was said.
func (p *Panel) consultationCSV(c *gin.Context) error {
	ctx, filter := c.Request.Context(), p.consultationFilter(c, c.Request.URL.Query())
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	columns := intake.Consultations(who, p.wait)
	return saveParts(p, c, listFile{kind: "consultation", name: "consultations", unit: "件", columns: intake.Heads(columns)}, consultationSorting(c), func(at store.Page) (store.Part[ippo.Consultation], int, error) {
		return p.Store.ConsultationPage(ctx, filter, at)
	}, func(one ippo.Consultation) []string {
		return intake.Cells(columns, ippo.EnteredConsultation{Consultation: one})
	})
}

type consultationRow struct {
	ippo.Consultation
	Name string // of who asks, masked
	Who  string // looks after it
	Wait string // until the first answer, or so far
}

// Seen is the row's value in the form.
func (r consultationRow) Seen() string { return seenCase(r.ID, r.State) }

// usualDays is over how many days the wait for the first answer is looked at.
const usualDays = 90

// consultationList is the inbox of consultations, what waits for the staff first.
func (p *Panel) consultationList(c *gin.Context) error {
	ctx := c.Request.Context()
	page := consultationList{frame: p.frame(c), Query: query(c), CSV: asFile(c), State: cmp.Or(c.Query("state"), "open"), Kind: c.DefaultQuery("kind", "all"),
		List: c.Request.URL.RawQuery, Moves: caseMoves(ippo.CaseConsultation)}
	page.States = []option{
		{"open", "終わっていないもの", page.State == "open"}, {"unread", "未読・新規", page.State == "unread"}, {"mine", "自分の担当", page.State == "mine"},
	}
	for _, s := range ippo.ConsultationStates {
		page.States = append(page.States, option{string(s), s.Words(), page.State == string(s)})
	}
	page.States = append(page.States, option{"all", "すべて", page.State == "all"})
	page.Kinds = []option{{"all", "すべての種類", page.Kind == "all"}}
	page.Kinds = append(page.Kinds, statuses(ippo.ConsultationKinds, ippo.ConsultationKind(page.Kind))...)
	page.sorting = consultationSorting(c)
	part, total, err := p.Store.ConsultationPage(ctx, p.consultationFilter(c, c.Request.URL.Query()), pageAsked(c, page.sorting))
	if err != nil {
		return err
	}
	page.Total, page.pager = total, keysetPager(c, part.Earlier, part.Later)
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	waits, err := p.Store.FirstAnswers(ctx, p.Now().AddDate(0, 0, -usualDays))
	if err != nil {
		return err
	}
	if len(waits) > 0 {
		page.Usual = waitedWords(waits[len(waits)/2])
	}
	for _, one := range part.Items {
		page.Items = append(page.Items, consultationRow{one, masked(callerName(one)), who(one.Staff), p.wait(one)})
	}
	if page.Change, err = note(c, page.Me.ID, p.Store.LatestCaseChange(ippo.CaseConsultation), "件", href("consultations/undo")); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "consultation_list.html", page)
}

// callerName is whose consultation it is, as far as it is known.
func callerName(c ippo.Consultation) string {
	if c.Caller.Name != "" {
		return c.Caller.Name
	}
	return c.FollowerName
}

// wait says how long the resident has waited for the first answer; "" if nobody owes one.
func (p *Panel) wait(c ippo.Consultation) string {
	waited, answered := c.FirstAnswer()
	switch {
	case c.Way != ippo.ByRoom:
		return ""
	case answered:
		return waitedWords(waited)
	case c.State == ippo.ConsultationDone:
		return ""
	}
	return "まだです（" + waitedWords(p.Now().Sub(c.MadeAt)) + "）"
}

// waitedWords says a wait in its largest units: 25分, 3時間, 2日3時間.
func waitedWords(d time.Duration) string {
	minutes, hours := int(d.Minutes()), int(d.Hours())
	switch {
	case minutes < 1:
		return "1分以内"
	case hours < 1:
		return fmt.Sprintf("%d分", minutes)
	case hours < 24:
		return fmt.Sprintf("%d時間", hours)
	case hours%24 == 0:
		return fmt.Sprintf("%d日", hours/24)
	}
	return fmt.Sprintf("%d日%d時間", hours/24, hours%24)
}

// consultationForm is what was typed in on a consultation's page, when it comes back.
type consultationForm struct {
	Answer, Note, HandOver string
	To                     ippo.StaffID
	Kind                   ippo.ConsultationKind
	State                  ippo.ConsultationState
	Settling               bool // kind and state are what was chosen, not what is
}

type consultationPage struct {
	frame
	Item     ippo.Consultation
	Name     string
	Who      string
	Wait     string
	Entries  []consultationEntryRow
	Form     consultationForm
	Overtook string // who wrote while the reader did, and what
	Canned   []option
	Kinds    []option
	States   []option
	To       []option
}

type consultationEntryRow struct {
	ippo.ConsultationEntry
	Who string
	To  string
}

func (p *Panel) consultation(c *gin.Context) (ippo.Consultation, error) {
	id, err := pathID[ippo.ConsultationID](c)
	if err != nil {
		return ippo.Consultation{}, err
	}
	return p.Store.Consultation(c.Request.Context(), id)
}

func (p *Panel) showConsultation(c *gin.Context) error {
	item, err := p.consultation(c)
	if err != nil {
		return err
	}
	if err := p.Store.ReadConsultation(c.Request.Context(), p.me(c).ID, item); err != nil {
		return err
	}
	return p.consultationPage(c, http.StatusOK, item, consultationForm{Kind: item.Kind, State: item.State}, nil, "")
}

func (p *Panel) consultationPage(c *gin.Context, status int, item ippo.Consultation, form consultationForm, found ippo.Problems, overtook string) error {
	ctx := c.Request.Context()
	all, err := p.Store.StaffList(ctx)
	if err != nil {
		return err
	}
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	page := consultationPage{
		frame: p.frame(c), Item: item, Name: callerName(item), Who: who(item.Staff), Wait: p.wait(item), Form: form, Overtook: overtook,
		Kinds: statuses(ippo.ConsultationKinds, form.Kind), States: statuses(ippo.ConsultationStates, form.State),
	}
	page.Problems = found
	page.To = []option{{"", "選んでください", false}}
	for _, s := range all {
		if s.MayLookAfter() && s.ID != item.Staff {
			page.To = append(page.To, option{strconv.FormatInt(int64(s.ID), 10), s.Name, s.ID == form.To})
		}
	}
	canned, err := p.Store.CannedAnswers(ctx)
	if err != nil {
		return err
	}
	for _, a := range canned {
		page.Canned = append(page.Canned, option{strconv.FormatInt(a.ID, 10), a.Title, false})
	}
	entries, err := p.Store.ConsultationEntries(ctx, item.ID)
	if err != nil {
		return err
	}
	for _, e := range entries {
		row := consultationEntryRow{e, who(e.Staff), who(e.To)}
		switch e.Author {
		case ippo.EntryResident:
			row.Who = "相談者"
		case ippo.EntryAutomatic:
			row.Who = "自動の返事"
		}
		page.Entries = append(page.Entries, row)
	}
	return p.render(c, status, "consultation_show.html", page)
}

// consultationDone goes back to the consultation, shows its page again with what can be put right, or, when
// somebody else was quicker, with what they wrote above what was typed in: nothing of it is lost.
func (p *Panel) consultationDone(c *gin.Context, item ippo.Consultation, form consultationForm, err error, done string) error {
	if errors.Is(err, ippo.ErrConflict) {
		now, err := p.Store.Consultation(c.Request.Context(), item.ID)
		if err != nil {
			return err
		}
		if !form.Settling {
			form.Kind, form.State = now.Kind, now.State
		}
		return p.consultationPage(c, http.StatusConflict, now, form, nil,
			"書いているあいだに、ほかの人が先に変更しました。下の新しい内容を読んでから、もう一度送ってください。入力したものは残してあります。")
	}
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	if found != nil {
		if read := formVersion(c); read != 0 {
			item.Version = read // what the reader has not seen is told when they send again
		}
		return p.consultationPage(c, http.StatusUnprocessableEntity, item, form, found, "")
	}
	p.Wake()
	return p.redirect(c, done, href("consultations/%d", item.ID))
}

// formVersion is the version of the consultation that the page showed; 0 where the form names none.
func formVersion(c *gin.Context) int {
	n, _ := strconv.Atoi(c.PostForm("version"))
	return n
}

// answerConsultation keeps an answer and tells the resident that there is one, with a link to their room.
func (p *Panel) answerConsultation(c *gin.Context) error {
	ctx := c.Request.Context()
	item, err := p.consultation(c)
	if err != nil {
		return err
	}
	form := consultationForm{Answer: formText(c, "answer"), Kind: item.Kind, State: item.State}
	if c.PostForm("do") == "insert" {
		id, _ := strconv.ParseInt(c.PostForm("canned"), 10, 64)
		canned, err := p.Store.CannedAnswer(ctx, id)
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return err
		}
		form.Answer = canned.Insert(form.Answer)
		item.Version = formVersion(c) // what the reader has not seen is told when they send
		return p.consultationPage(c, http.StatusOK, item, form, nil, "")
	}
	err = p.Store.Write(ctx, func(t *store.Tx) error {
		was, entry, err := t.AnswerConsultation(ctx, p.me(c).ID, store.Reply{To: item.ID, Version: formVersion(c), Text: form.Answer, Done: c.PostForm("do") == "done"})
		if err != nil || was.Follower == 0 {
			return err
		}
		return p.tellOfAnswer(ctx, t, was, entry)
	})
	done := "お返事を送りました。相談者のLINEに「お返事があります」と知らせます。"
	if item.Follower == 0 {
		done = "答えたことを記録しました。"
	}
	return p.consultationDone(c, item, form, err, done)
}

// tellOfAnswer plans the notice of an answer. One that has not left yet gives way: they lead to the same room.
func (p *Panel) tellOfAnswer(ctx context.Context, t *store.Tx, c ippo.Consultation, entry int64) error {
	l := store.NewFormLink(c.Follower, store.PurposeRoom, []byte("{}"), t.Now().Add(store.RoomLinkLife))
	if err := t.AddFormLink(ctx, l); err != nil {
		return err
	}
	key := fmt.Sprintf("consultation:%d:", c.ID)
	if err := t.CancelNotices(ctx, key); err != nil {
		return err
	}
	return t.AddNotice(ctx, ippo.Notice{
		Follower: c.Follower, Kind: ippo.NoticeConsultationAnswer, Key: key + strconv.FormatInt(entry, 10), Until: l.ExpiresAt,
		Messages: []ippo.Message{messages.ConsultationAnswer(p.catalogs.In(c.Language), p.PublicURL+l.Path(p.formLinks))},
	})
}

func (p *Panel) settleConsultation(c *gin.Context) error {
	item, err := p.consultation(c)
	if err != nil {
		return err
	}
	form := consultationForm{Kind: ippo.ConsultationKind(c.PostForm("kind")), State: ippo.ConsultationState(c.PostForm("state")), Settling: true}
	err = p.Store.SettleConsultation(c.Request.Context(), p.me(c).ID, item.ID, formVersion(c), form.Kind, form.State)
	return p.consultationDone(c, item, form, err, "種類と状態を保存しました。")
}

func (p *Panel) noteConsultation(c *gin.Context) error {
	item, err := p.consultation(c)
	if err != nil {
		return err
	}
	form := consultationForm{Note: formText(c, "note"), Kind: item.Kind, State: item.State}
	err = p.Store.NoteConsultation(c.Request.Context(), p.me(c).ID, item.ID, form.Note)
	return p.consultationDone(c, item, form, err, "メモを加えました。")
}

func (p *Panel) handOverConsultation(c *gin.Context) error {
	item, err := p.consultation(c)
	if err != nil {
		return err
	}
	to, _ := strconv.ParseInt(c.PostForm("to"), 10, 64) // nobody is refused with words
	form := consultationForm{HandOver: formText(c, "handover"), To: ippo.StaffID(to), Kind: item.Kind, State: item.State}
	err = p.Store.HandOverConsultation(c.Request.Context(), p.me(c).ID, item.ID, formVersion(c), form.To, form.HandOver)
	return p.consultationDone(c, item, form, err, "引きつぎました。")
}

// enterConsultationPage is the form for what was said at the desk, on the telephone or on a visiting day.
type enterConsultationPage struct {
	frame
	Ways, Kinds, States []option
	Caller              ippo.Caller
	MadeAt              string
	Text, Answer        string
}

func (p *Panel) enterConsultationPage(c *gin.Context, page enterConsultationPage, item ippo.Consultation, found ippo.Problems) error {
	page.frame = p.frame(c)
	page.Problems = found
	page.Ways, page.Kinds, page.States = statuses(ippo.EnteredWays, item.Way), statuses(ippo.ConsultationKinds, item.Kind), statuses(ippo.ConsultationStates, item.State)
	page.Caller = item.Caller
	return p.render(c, formStatus(found), "consultation_new.html", page)
}

func (p *Panel) newConsultation(c *gin.Context) error {
	return p.enterConsultationPage(c, enterConsultationPage{MadeAt: inputMoment(p.Now())}, ippo.Consultation{Way: ippo.ByDesk, State: ippo.ConsultationDone}, nil)
}

func (p *Panel) enterConsultation(c *gin.Context) error {
	page := enterConsultationPage{MadeAt: narrow(formText(c, "madeAt")), Text: formText(c, "text"), Answer: formText(c, "answer")}
	var found ippo.Problems
	item := ippo.Consultation{
		Way: ippo.ConsultationWay(c.PostForm("way")), Kind: ippo.ConsultationKind(c.PostForm("kind")), State: ippo.ConsultationState(c.PostForm("state")),
		Caller: ippo.Caller{Name: formText(c, "name"), Contact: formText(c, "contact"), Place: formText(c, "place")},
		MadeAt: formTime(c, "madeAt", "日時", &found),
	}
	if item.MadeAt.IsZero() && found == nil {
		found.Add("madeAt", "日時を入力してください。")
	}
	if found != nil { // with what else is wrong, so that one more look is enough
		more, _ := ippo.EnteredConsultation{Consultation: item, Text: page.Text, Answer: page.Answer}.Validate(p.Now()).(ippo.Problems)
		found = append(found, more...)
	} else {
		id, err := p.Store.EnterConsultation(c.Request.Context(), p.me(c).ID, item, page.Text, page.Answer)
		if found, err = mend(err, nil); err != nil {
			return err
		}
		if found == nil {
			return p.redirect(c, "相談を記録しました。", href("consultations/%d", id))
		}
	}
	return p.enterConsultationPage(c, page, item, found)
}

// cannedPage shows the form of a canned answer.
type cannedPage struct {
	frame
	Item ippo.CannedAnswer
}

// canned are the beginnings of answers that staff keep.
func (p *Panel) canned() shelf[ippo.CannedAnswer] {
	return shelf[ippo.CannedAnswer]{
		panel: p, section: "canned", readers: ippo.Editor, word: "返事のひな形", instead: "送ったお返事は変わりません。",
		all:    p.Store.CannedAnswers,
		one:    p.Store.CannedAnswer,
		create: p.Store.CreateCannedAnswer,
		update: p.Store.UpdateCannedAnswer,
		delete: p.Store.DeleteCannedAnswer,
		id:     func(a ippo.CannedAnswer) int64 { return a.ID },
		name:   func(a ippo.CannedAnswer) string { return a.Title },
		texts:  func(a ippo.CannedAnswer) []string { return []string{a.Title, a.Text} },
		blank:  func() ippo.CannedAnswer { return ippo.CannedAnswer{} },
		named:  func(a ippo.CannedAnswer) ippo.CannedAnswer { return a },
		read: func(c *gin.Context, a ippo.CannedAnswer, _ []ippo.Topic, _ []ippo.Area) (ippo.CannedAnswer, ippo.Problems) {
			a.Title, a.Text = formText(c, "title"), formText(c, "text")
			return a, nil
		},
		page: func(f frame, a ippo.CannedAnswer, _ []ippo.Topic, _ []ippo.Area) any { return cannedPage{f, a} },
	}
}
