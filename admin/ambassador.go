package admin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
	"ippo/store"
)

// ambassadorRow is an ambassador in the list, with what is to be done next.
type ambassadorRow struct {
	ippo.Ambassador
	Task      ippo.AmbassadorTask
	Due, Late bool
}

// Seen is the row's value in the form: who, and where they stood when the list was drawn.
func (r ambassadorRow) Seen() string { return fmt.Sprintf("%d.%s", r.ID, r.Status) }

type ambassadorList struct {
	frame
	pager
	sorting
	Query    string
	Status   string
	Statuses []option
	Only     []option
	Came     []option // events for ambassadors, to find who was there
	List     string   // what the list is narrowed to, for the way back
	Filtered bool
	CSV      string // the address of the list as a file
	Board    []boardFigure
	Items    []ambassadorRow
	Total    int
	Plan     ippo.AmbassadorPlan // as typed
	Moves    []option            // for several at once
	Change   *changeNote
}

// boardFigure is one number of the board, with the list behind it.
type boardFigure struct {
	Words, More string
	Count       int
	Address     string
	Key         bool // somebody is to do something
}

// What the list may be narrowed to besides a status.
const (
	onlyDue      = "due"
	onlyResting  = "resting"
	onlyUnlinked = "unlinked"
	onlySame     = "same"
)

var onlyWords = []struct{ value, words string }{
	{onlyDue, "期日が来た人"}, {onlyResting, "休止中の人"}, {onlyUnlinked, "LINEにつながっていない人"}, {onlySame, "同じ連絡先の人"},
}

// ambassadorFilter reads what the list is narrowed to; the CSV takes the same.
func ambassadorFilter(asked url.Values) store.AmbassadorFilter {
	filter := store.AmbassadorFilter{Query: cutQuery(asked.Get("q"))}
	for _, s := range ippo.AmbassadorStatuses {
		if string(s) == asked.Get("status") {
			filter.Status = s
		}
	}
	yes, no := true, false
	switch asked.Get("only") {
	case onlyDue:
		filter.Due = true
	case onlyResting:
		filter.Resting = &yes
	case onlyUnlinked:
		filter.Linked = &no
	case onlySame:
		filter.Same = true
	}
	if id, err := strconv.ParseInt(asked.Get("came"), 10, 64); err == nil {
		filter.Came = ippo.EventID(id)
	}
	return filter
}

// ambassadorSorting: whoever is due first, unless the address names a column.
func ambassadorSorting(c *gin.Context) sorting { return sortingOf(c, "", "name", "-number") }

// ambassadorRows says of each what is to be done next.
func (p *Panel) ambassadorRows(ctx context.Context, all []ippo.Ambassador) ([]ambassadorRow, error) {
	center, err := p.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	var rows []ambassadorRow
	for _, a := range all {
		task := a.NextTask(center.Path)
		rows = append(rows, ambassadorRow{a, task, task.Due(p.Now()), task.Late(p.Now())})
	}
	return rows, nil
}

func (p *Panel) ambassadorList(c *gin.Context) error {
	center, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	return p.ambassadorBoard(c, center.Path, nil)
}

func (p *Panel) ambassadorBoard(c *gin.Context, plan ippo.AmbassadorPlan, found ippo.Problems) error {
	ctx := c.Request.Context()
	filter, sort := ambassadorFilter(c.Request.URL.Query()), ambassadorSorting(c)
	part, total, err := p.Store.AmbassadorPage(ctx, filter, pageAsked(c, sort))
	if err != nil {
		return err
	}
	rows, err := p.ambassadorRows(ctx, part.Items)
	if err != nil {
		return err
	}
	counts, err := p.Store.AmbassadorCounts(ctx)
	if err != nil {
		return err
	}
	page := ambassadorList{
		frame: p.frame(c), sorting: sort, pager: keysetPager(c, part.Earlier, part.Later), Query: filter.Query, Status: string(filter.Status),
		Items: rows, Total: total, Plan: plan, Moves: ambassadorMoves(),
		Statuses: statuses(ippo.AmbassadorStatuses, filter.Status),
		List:     c.Request.URL.RawQuery, Filtered: c.Query("q")+c.Query("status")+c.Query("only")+c.Query("came") != "",
		CSV: fileAt(href("ambassadors"), c.Request.URL.Query()),
	}
	page.Problems = found
	for _, only := range onlyWords {
		page.Only = append(page.Only, option{only.value, only.words, only.value == c.Query("only")})
	}
	gatherings, err := p.Store.EventsForAmbassadors(ctx)
	if err != nil {
		return err
	}
	for _, e := range gatherings {
		page.Came = append(page.Came, option{fmt.Sprint(e.ID), e.Title + "（" + shortTime(e.StartsAt) + "）に出席", e.ID == filter.Came})
	}
	page.Board = append(page.Board, boardFigure{"期日が来た人", "", counts.Due, href("ambassadors") + "?only=" + onlyDue, counts.Due > 0})
	for _, s := range ippo.AmbassadorStatuses {
		page.Board = append(page.Board, boardFigure{Words: s.Words(), Count: counts.By[s], Address: href("ambassadors") + "?status=" + string(s)})
	}
	page.Board = append(page.Board,
		boardFigure{Words: "休止中", Count: counts.Resting, Address: href("ambassadors") + "?only=" + onlyResting},
		boardFigure{Words: "LINEなし", More: "電話・紙の申込", Count: counts.Unlinked, Address: href("ambassadors") + "?only=" + onlyUnlinked})
	if page.Change, err = note(c, page.Me.ID, p.Store.LatestAmbassadorChange, "人", href("ambassadors/undo")); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "ambassador_list.html", page)
}

func (p *Panel) saveAmbassadorPath(c *gin.Context) error {
	var found ippo.Problems
	plan := ippo.AmbassadorPlan{
		ContactDays: formInt(c, "contactDays", "連絡するまでの日数", &found), AppointDays: formInt(c, "appointDays", "任命するまでの日数", &found),
	}
	if found == nil {
		var err error
		if found, err = mend(p.Store.SavePath(c.Request.Context(), p.me(c).ID, plan), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.ambassadorBoard(c, plan, found)
	}
	return p.redirect(c, "日数を保存しました。", href("ambassadors"))
}

type ambassadorPage struct {
	frame
	Item    ippo.Ambassador
	Actions string
	Invited invited
	Moves   []ippo.AmbassadorStatus // the allowed ones
	Before  ippo.AmbassadorStatus   // where a step back leads; "" for nowhere
	Steps   []ippo.AmbassadorStep   // the latest first
	Task    ippo.AmbassadorTask
	Late    bool
	Day     string            // that was set, as typed
	Same    []ippo.Ambassador // others with the same contact
	Rest    *ippo.Rest        // from reminders, by themselves; nil if they do not
}

func (p *Panel) ambassadorPage(c *gin.Context, a ippo.Ambassador, found ippo.Problems) error {
	page := ambassadorPage{frame: p.frame(c), Item: a, Actions: p.sayActions(a.Actions)}
	page.Problems = found
	rest, err := p.Store.RestOf(c.Request.Context(), a.Follower)
	if err == nil {
		page.Rest = &rest
	} else if !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	if page.Invited, err = p.invitedBy(c.Request.Context(), a.ID); err != nil {
		return err
	}
	if page.Steps, err = p.Store.AmbassadorSteps(c.Request.Context(), a.ID); err != nil {
		return err
	}
	page.Before, _ = ippo.StatusBefore(page.Steps)
	slices.Reverse(page.Steps)
	page.Task = a.NextTask(page.Settings.Path)
	page.Late = page.Task.Late(p.Now())
	if !a.DueOn.IsZero() {
		page.Day = a.DueOn.Format(time.DateOnly)
	}
	if page.Same, err = p.Store.SameContact(c.Request.Context(), a); err != nil {
		return err
	}
	for _, next := range ippo.AmbassadorStatuses {
		if a.Status.CanBecome(next) {
			page.Moves = append(page.Moves, next)
		}
	}
	return p.render(c, formStatus(found), "ambassador_show.html", page)
}

func (p *Panel) ambassador(c *gin.Context) (ippo.Ambassador, error) {
	id, err := pathID[ippo.AmbassadorID](c)
	if err != nil {
		return ippo.Ambassador{}, err
	}
	return p.Store.Ambassador(c.Request.Context(), id)
}

func (p *Panel) showAmbassador(c *gin.Context) error {
	a, err := p.ambassador(c)
	if err != nil {
		return err
	}
	return p.ambassadorPage(c, a, nil)
}

// changeAmbassador does one thing to an ambassador and comes back to their page.
func (p *Panel) changeAmbassador(c *gin.Context, notice string, change func(ippo.Ambassador) error) error {
	a, err := p.ambassador(c)
	if err != nil {
		return err
	}
	found, err := mend(change(a), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.ambassadorPage(c, a, found)
	}
	p.Wake() // the rich menu follows
	return p.redirect(c, notice, href("ambassadors/%d", a.ID))
}

func (p *Panel) moveAmbassador(c *gin.Context) error {
	next := ippo.AmbassadorStatus(c.PostForm("status"))
	return p.changeAmbassador(c, "「"+next.Words()+"」にしました。", func(a ippo.Ambassador) error {
		return p.Store.SetAmbassadorStatus(c.Request.Context(), p.me(c).ID, a.ID, next)
	})
}

// stepBackAmbassador takes the last step back.
func (p *Panel) stepBackAmbassador(c *gin.Context) error {
	return p.changeAmbassador(c, "一つ前の状態に戻しました。", func(a ippo.Ambassador) error {
		return p.Store.StepBack(c.Request.Context(), p.me(c).ID, a.ID, ippo.AmbassadorStatus(c.PostForm("seen")))
	})
}

// planAmbassador sets the day for what is next; an empty one is as the plan has it.
func (p *Panel) planAmbassador(c *gin.Context) error {
	return p.changeAmbassador(c, "期日を保存しました。", func(a ippo.Ambassador) error {
		var day time.Time
		if text := formText(c, "day"); text != "" {
			var err error
			if day, err = time.ParseInLocation(time.DateOnly, text, ippo.Tokyo); err != nil {
				return ippo.Problems{{Field: "day", Message: "日付は「2026-04-01」のように入力してください。"}}
			}
		}
		return p.Store.SetAmbassadorDay(c.Request.Context(), p.me(c).ID, a.ID, day)
	})
}

func (p *Panel) restAmbassador(c *gin.Context) error {
	resting := c.PostForm("resting") == "on"
	notice := "休止中の印を外しました。"
	if resting {
		notice = "休止中にしました。案内は送られません。"
	}
	return p.changeAmbassador(c, notice, func(a ippo.Ambassador) error {
		return p.Store.SetResting(c.Request.Context(), p.me(c).ID, a.ID, resting)
	})
}

func (p *Panel) noteAmbassador(c *gin.Context) error {
	return p.changeAmbassador(c, "メモを保存しました。", func(a ippo.Ambassador) error {
		return p.Store.SetAmbassadorNote(c.Request.Context(), p.me(c).ID, a.ID, formText(c, "note"))
	})
}

// ambassadorCSV saves the list as it is narrowed and sorted. It holds personal data, so it is in the audit log.
func (p *Panel) ambassadorCSV(c *gin.Context) error {
	ctx, filter := c.Request.Context(), ambassadorFilter(c.Request.URL.Query())
	center, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	return saveParts(p, c, listFile{
		kind: "ambassador", name: "ambassadors", unit: "人",
		columns: intake.AmbassadorColumns,
	}, ambassadorSorting(c), func(at store.Page) (store.Part[ippo.Ambassador], int, error) {
		return p.Store.AmbassadorPage(ctx, filter, at)
	}, func(a ippo.Ambassador) []string {
		resting, line, on := "", "あり", ""
		if a.Resting {
			resting = "休止中"
		}
		if a.Follower == 0 {
			line = "なし"
		}
		task := a.NextTask(center.Path)
		if task.Words != "" {
			on = task.On.Format(time.DateOnly)
		}
		return []string{strconv.Itoa(a.Number), a.Name, a.Kana, a.Contact, a.AgeBand.Words(), a.Guardian, a.Status.Words(), resting,
			a.Vision, p.sayActions(a.Actions), a.AppliedAt.In(ippo.Tokyo).Format(time.DateOnly), a.Note,
			line, strconv.Itoa(a.Invited), task.Words, on}
	})
}

// sayActions says what an ambassador offers to do, as they were asked it. One that came with an
// imported file is said as it is kept.
func (p *Panel) sayActions(actions []string) string {
	said := make([]string, len(actions))
	for i, a := range actions {
		key := "action." + a
		if said[i] = p.words.Say(key); said[i] == key {
			said[i] = a
		}
	}
	return strings.Join(said, "・")
}
