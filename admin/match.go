package admin

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
	"ippo/messages"
	"ippo/store"
)

type matchList struct {
	frame
	pager
	sorting
	Query  string
	CSV    string // the address of the same as a file
	State  string
	States []option
	Items  []matchRow
	List   string // what the list is narrowed to, for the way back
	Moves  []caseMove
	Change *changeNote
	Total  int // of those that the filter leaves
}

type matchRow struct {
	ippo.Match
	Name string // of the newcomer, masked
	Who  string // looks after it
}

// Seen is the row's value in the form.
func (r matchRow) Seen() string { return seenCase(r.ID, r.State) }

// Filtered reports whether the list is narrowed: it always is, to a state.
func (l matchList) Filtered() bool { return true }

// matchList shows newcomers and the groups that they were told of, those who wait for the center first.
func (p *Panel) matchList(c *gin.Context) error {
	page := matchList{frame: p.frame(c), Query: query(c), CSV: asFile(c), State: cmp.Or(c.Query("state"), "open"),
		List: c.Request.URL.RawQuery, Moves: caseMoves(ippo.CaseMatch)}
	page.States = []option{
		{"open", "終わっていないもの", page.State == "open"}, {"late", "団体の返事がないもの", page.State == "late"}, {"mine", "自分の担当", page.State == "mine"},
	}
	for _, s := range ippo.MatchStates {
		page.States = append(page.States, option{string(s), s.Words(), page.State == string(s)})
	}
	page.sorting = matchSorting(c)
	part, total, err := p.Store.MatchPage(c.Request.Context(), p.matchFilter(c, c.Request.URL.Query()), pageAsked(c, page.sorting))
	if err != nil {
		return err
	}
	who, err := p.staffNames(c.Request.Context())
	if err != nil {
		return err
	}
	page.Total, page.pager = total, keysetPager(c, part.Earlier, part.Later)
	for _, m := range part.Items {
		page.Items = append(page.Items, matchRow{m, masked(m.FollowerName), who(m.Staff)})
	}
	if page.Change, err = note(c, page.Me.ID, p.Store.LatestCaseChange(ippo.CaseMatch), "件", href("matches/undo")); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "match_list.html", page)
}

// matchSorting: those who wait for the center first, unless the address names a column.
func matchSorting(c *gin.Context) sorting { return sortingOf(c, "", "group", "-asked") }

// matchFilter reads what the list is narrowed to from an address.
func (p *Panel) matchFilter(c *gin.Context, asked url.Values) store.MatchFilter {
	filter := store.MatchFilter{Query: cutQuery(asked.Get("q"))}
	switch state := cmp.Or(asked.Get("state"), "open"); state {
	case "open":
		filter.Open = true
	case "late":
		filter.Late = true
	case "mine":
		filter.Open, filter.Staff = true, p.me(c).ID
	default:
		filter.State = ippo.MatchState(state)
	}
	return filter
}

// matchCSV saves the list as it is narrowed and sorted, without whom it is about.
func (p *Panel) matchCSV(c *gin.Context) error {
	who, err := p.staffNames(c.Request.Context())
	if err != nil {
		return err
	}
	columns := intake.Matches(who)
	return saveParts(p, c, listFile{kind: "match", name: "matches", unit: "件", columns: intake.Heads(columns)}, matchSorting(c), func(at store.Page) (store.Part[ippo.Match], int, error) {
		return p.Store.MatchPage(c.Request.Context(), p.matchFilter(c, c.Request.URL.Query()), at)
	}, func(m ippo.Match) []string { return intake.Cells(columns, m) })
}

type matchPage struct {
	frame
	Item    ippo.Match
	Group   ippo.ActivityGroup
	Doubts  []ippo.Doubt
	Who     string // looks after it
	Steps   []matchStepRow
	ByLine  bool // the group's LINE can be reached
	ByMail  bool
	Answers []option
	Moves   []option
	Form    matchForm
	Today   string
}

type matchStepRow struct {
	ippo.MatchStep
	Who string
	To  string
}

// matchForm is what was typed in on a match's page, when it comes back.
type matchForm struct {
	Name, Contact, Text, Note, Words, VisitOn string
	Answer                                    ippo.GroupAnswer
	Move                                      ippo.MatchState
}

// MayHand reports whether the newcomer's request can be passed on now.
func (m matchPage) MayHand() bool {
	return (m.Item.State == ippo.MatchAsked || m.Item.State == ippo.MatchAnswered) && m.Item.EndedAt.IsZero()
}

func (p *Panel) match(c *gin.Context) (ippo.Match, error) {
	id, err := pathID[ippo.MatchID](c)
	if err != nil {
		return ippo.Match{}, err
	}
	return p.Store.Match(c.Request.Context(), id)
}

func (p *Panel) showMatch(c *gin.Context) error {
	m, err := p.match(c)
	if err != nil {
		return err
	}
	return p.matchPage(c, m, matchForm{}, nil)
}

func (p *Panel) matchPage(c *gin.Context, m ippo.Match, form matchForm, found ippo.Problems) error {
	ctx := c.Request.Context()
	page := matchPage{frame: p.frame(c), Item: m, Form: form, Today: ippo.Day(p.Now()).Format(time.DateOnly)}
	page.Problems = found
	var err error
	if page.Group, err = p.Store.ActivityGroup(ctx, m.Group); err != nil {
		return err
	}
	page.Doubts = page.Group.Doubts(p.Now())
	page.ByMail = page.Group.Host.Email != "" && !p.MailOff
	switch account, err := p.Store.GroupAccount(ctx, m.Group); {
	case err == nil:
		page.ByLine = account.Active
	case !errors.Is(err, ippo.ErrNotFound):
		return err
	}
	steps, err := p.Store.MatchSteps(ctx, m.ID)
	if err != nil {
		return err
	}
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	page.Who = who(m.Staff)
	for _, s := range steps {
		row := matchStepRow{s, s.By.Words(), who(s.To)}
		if s.By == ippo.ByStaff {
			row.Who = who(s.Staff)
		}
		page.Steps = append(page.Steps, row)
	}
	if m.State.MayByHand(ippo.MatchAnswered) {
		page.Answers = statuses(ippo.GroupAnswers, form.Answer)
	}
	for _, s := range []ippo.MatchState{ippo.MatchVisited, ippo.MatchJoined, ippo.MatchUnfit, ippo.MatchSilent} {
		if m.State.MayByHand(s) {
			page.Moves = append(page.Moves, option{string(s), s.Words(), s == form.Move})
		}
	}
	return p.render(c, formStatus(found), "match_show.html", page)
}

// mended shows the match's page again if what was sent can be put right, and otherwise goes back to it.
func (p *Panel) mended(c *gin.Context, m ippo.Match, form matchForm, err error, done string) error {
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.matchPage(c, m, form, found)
	}
	p.Wake()
	return p.redirect(c, done, href("matches/%d", m.ID))
}

// askMatch takes a request that a newcomer made on the telephone or at the desk.
func (p *Panel) askMatch(c *gin.Context) error {
	m, err := p.match(c)
	if err != nil {
		return err
	}
	form := matchForm{Name: formText(c, "name"), Contact: formText(c, "contact"), Text: formText(c, "text")}
	err = p.Store.Write(c.Request.Context(), func(t *store.Tx) error {
		return t.AskMatch(c.Request.Context(), m.ID, ippo.ByStaff, p.me(c).ID, ippo.VisitRequest{Name: form.Name, Contact: form.Contact, Text: form.Text}, ippo.Consent{})
	})
	return p.mended(c, m, form, err, "見学の希望を記録しました。")
}

// consentMatch notes what a newcomer agreed to on the telephone.
func (p *Panel) consentMatch(c *gin.Context) error {
	m, err := p.match(c)
	if err != nil {
		return err
	}
	form := matchForm{Words: formText(c, "words")}
	var found ippo.Problems
	if n := len([]rune(form.Words)); n < 5 || n > 300 {
		found.Add("words", "聞いた同意の内容を、5文字以上300文字以内で入力してください。")
		return p.matchPage(c, m, form, found)
	}
	return p.mended(c, m, form, p.Store.ConsentMatch(c.Request.Context(), p.me(c).ID, m.ID, form.Words), "同意を記録しました。")
}

// handMatch passes a request on to the group: LINE and mail carry a link, never what the newcomer gave.
func (p *Panel) handMatch(c *gin.Context) error {
	ctx := c.Request.Context()
	m, err := p.match(c)
	if err != nil {
		return err
	}
	g, err := p.Store.ActivityGroup(ctx, m.Group)
	if err != nil {
		return err
	}
	account, err := p.Store.GroupAccount(ctx, m.Group)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	way := formText(c, "way")
	switch {
	case way == store.WayPhone, way == store.WayMail && g.Host.Email != "" && !p.MailOff, way == store.WayLine && account.Active:
	default:
		return p.matchPage(c, m, matchForm{}, ippo.Problems{{Field: "way", Message: "この方法では伝えられません。ほかの方法を選んでください。"}})
	}
	err = p.Store.Write(ctx, func(t *store.Tx) error {
		l, err := t.HandMatch(ctx, p.me(c).ID, m.ID, way)
		if err != nil {
			return err
		}
		switch way {
		case store.WayLine:
			return t.AddNotice(ctx, ippo.Notice{
				Follower: account.Follower, Kind: ippo.NoticeVisitRequest, Until: t.Now().Add(ippo.AnswerWithin),
				Messages: []ippo.Message{messages.VisitRequest(p.catalogs.In(account.Language), m.GroupName, p.PublicURL+l.Path(p.groupLinks))},
			})
		case store.WayMail:
			subject, text := messages.HostMail(p.catalogs.In(ippo.Japanese), "visit", g.Name, l.Path(p.groupLinks))
			return t.MailGroup(ctx, g.Host.Email, subject, text)
		}
		return nil
	})
	if errors.Is(err, ippo.ErrNoConsent) {
		err = ippo.Problems{{Field: "way", Message: "ご本人の同意がないため、伝えられません。"}}
	}
	done := "団体に伝えました。返事が来たら、メールでお知らせします。"
	if way == store.WayPhone {
		done = "電話で伝えたことを記録しました。聞いた返事は、下で記録してください。"
	}
	return p.mended(c, m, matchForm{}, err, done)
}

// answerMatch notes what a group said on the telephone, and tells the newcomer.
func (p *Panel) answerMatch(c *gin.Context) error {
	ctx := c.Request.Context()
	m, err := p.match(c)
	if err != nil {
		return err
	}
	form := matchForm{Answer: ippo.GroupAnswer(formText(c, "answer")), VisitOn: formText(c, "visitOn"), Note: formText(c, "note")}
	visitOn, _ := time.ParseInLocation(time.DateOnly, form.VisitOn, ippo.Tokyo) // the zero time is refused with words
	tell := formOn(c, "tell")
	err = p.Store.Write(ctx, func(t *store.Tx) error {
		answered, err := t.AnswerMatch(ctx, m.ID, ippo.ByStaff, p.me(c).ID, form.Answer, visitOn, form.Note)
		if err != nil || !tell {
			return err
		}
		return t.AddNotice(ctx, ippo.Notice{
			Follower: m.Follower, Kind: ippo.NoticeGroupAnswer, Messages: []ippo.Message{messages.GroupAnswer(p.catalogs.In(m.Language), answered)},
		})
	})
	return p.mended(c, m, form, err, "団体の返事を記録しました。")
}

// moveMatch takes a match further by hand, with a note.
func (p *Panel) moveMatch(c *gin.Context) error {
	m, err := p.match(c)
	if err != nil {
		return err
	}
	form := matchForm{Move: ippo.MatchState(formText(c, "to")), Note: formText(c, "note")}
	var found ippo.Problems
	if !slices.Contains(ippo.MatchStates, form.Move) {
		found.Add("to", "どうなったかを選んでください。")
	}
	if form.Note == "" {
		found.Add("note", "どのようにわかったかを、メモに入力してください。")
	}
	if found != nil {
		return p.matchPage(c, m, form, found)
	}
	err = p.Store.Write(c.Request.Context(), func(t *store.Tx) error {
		_, err := t.MoveMatch(c.Request.Context(), m.ID, ippo.ByStaff, p.me(c).ID, form.Move, form.Note)
		return err
	})
	return p.mended(c, m, form, err, "「"+form.Move.Words()+"」と記録しました。")
}

func (p *Panel) noteMatch(c *gin.Context) error {
	m, err := p.match(c)
	if err != nil {
		return err
	}
	form := matchForm{Note: formText(c, "note")}
	return p.mended(c, m, form, p.Store.NoteMatch(c.Request.Context(), p.me(c).ID, m.ID, form.Note), "メモを記録しました。")
}

type matchReportPage struct {
	frame
	Entries   []ippo.Entry
	States    []matchCount
	FollowUps []matchQuestion
	Closed    int
}

type matchCount struct {
	Words string
	Count int
}

type matchQuestion struct {
	Words   string
	Asked   int
	Answers []matchCount
}

// matchReport counts what became of newcomers, per entry and per outcome.
func (p *Panel) matchReport(c *gin.Context) error {
	ctx := c.Request.Context()
	page := matchReportPage{frame: p.frame(c)}
	var err error
	if page.Entries, err = p.Store.Entries(ctx); err != nil {
		return err
	}
	r, err := p.Store.MatchReport(ctx)
	if err != nil {
		return err
	}
	page.Closed = r.Closed
	for _, s := range ippo.MatchStates {
		page.States = append(page.States, matchCount{s.Words(), r.States[s]})
	}
	for _, f := range ippo.FollowUps {
		q := matchQuestion{Words: f.Words()}
		said := map[string]int{}
		for _, n := range r.FollowUps {
			if n.Kind == f {
				q.Asked += n.Count
				said[n.Answer] = n.Count
			}
		}
		for _, a := range ippo.FollowUpAnswers[f] {
			q.Answers = append(q.Answers, matchCount{ippo.FollowUpWords(f, a), said[a]})
		}
		q.Answers = append(q.Answers, matchCount{"まだ返事がない", said[""]})
		page.FollowUps = append(page.FollowUps, q)
	}
	return p.render(c, http.StatusOK, "match_report.html", page)
}
