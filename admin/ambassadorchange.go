package admin

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// What is done with several ambassadors at once besides a step to a state.
const (
	stepBack = "back"
	stepDay  = "day"
)

// ambassadorMoves are what can be done with several at once.
func ambassadorMoves() (moves []option) {
	for _, s := range ippo.AmbassadorStatuses[1:] {
		moves = append(moves, option{Value: string(s), Label: "「" + s.Words() + "」にする"})
	}
	return append(moves, option{Value: stepBack, Label: "一つ前の状態に戻す"}, option{Value: stepDay, Label: "期日を決める"})
}

// askedMove reads which of them is asked for; ok is false where the day is missing.
func askedMove(c *gin.Context) (move ippo.AmbassadorMove, ok bool, err error) {
	switch to := c.PostForm("to"); {
	case to == stepBack:
		return move, true, nil
	case to == stepDay:
		move.Day, err = time.ParseInLocation(time.DateOnly, c.PostForm("day"), ippo.Tokyo)
		return move, err == nil, nil
	case slices.Contains(ippo.AmbassadorStatuses, ippo.AmbassadorStatus(to)):
		return ippo.AmbassadorMove{To: ippo.AmbassadorStatus(to)}, true, nil
	}
	return move, false, errBadForm
}

// maxTicked is how many can be ticked at once: what a page lists.
const maxTicked = pageSize

// tickedAmbassadors reads who was ticked in the list.
func tickedAmbassadors(c *gin.Context) ([]store.Seen, error) {
	ticked := []store.Seen{}
	for _, value := range c.PostFormArray("who") {
		number, status, _ := strings.Cut(value, ".")
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil || len(ticked) == maxTicked {
			return nil, errBadForm
		}
		ticked = append(ticked, store.Seen{ID: ippo.AmbassadorID(id), Status: ippo.AmbassadorStatus(status)})
	}
	return ticked, nil
}

// moveAmbassadors makes a move with those who were ticked, or with all whom the list's filter leaves: it asks first,
// and again if these have become others meanwhile. With whom it cannot be made, they are not counted.
func (p *Panel) moveAmbassadors(c *gin.Context) error {
	ctx := c.Request.Context()
	move, ok, err := askedMove(c)
	if err != nil {
		return err
	}
	asked, err := url.ParseQuery(c.PostForm("list"))
	if err != nil {
		return errBadForm
	}
	if !ok {
		return p.redirect(c, "期日を入力してから、もう一度お試しください。", back(c, "ambassadors"))
	}
	var ticked []store.Seen
	if c.PostForm("scope") != "all" {
		if ticked, err = tickedAmbassadors(c); err != nil {
			return err
		}
		if len(ticked) == 0 {
			return p.redirect(c, "先に、表で人を選んでください。", back(c, "ambassadors"))
		}
	}
	targets, err := p.Store.AmbassadorTargets(ctx, ambassadorFilter(asked), ticked, move)
	if err != nil {
		return err
	}
	n := len(targets)
	if n == 0 {
		return p.redirect(c, "変えられる人がいませんでした。今の状態を確かめてください。", back(c, "ambassadors"))
	}
	detail := "もとの状態には、一覧の「元に戻す」で戻せます（24時間以内）。"
	if left := len(ticked) - n; left > 0 {
		detail = fmt.Sprintf("選んだうちの%d人は、今の状態からは変えられないため、そのままです。", left) + detail
	}
	if asked, err := p.askSeveral(c, severalPage{
		Title: "まとめて進める", Question: move.Words(n) + "ことでよいですか。", Detail: detail,
		Button: move.Words(n), Action: href("ambassadors/steps"), Back: back(c, "ambassadors"),
	}, numbersOf(targets, func(one store.Seen) int64 { return int64(one.ID) })); asked || err != nil {
		return err
	}
	if err := p.Store.MoveAmbassadors(ctx, p.me(c).ID, targets, move); err != nil {
		return err
	}
	return p.workOff(c, p.Store.ApplyAmbassadorChanges, back(c, "ambassadors"))
}

// undoAmbassadors takes back what somebody did with several at once: who has gone on since stays where they are.
func (p *Panel) undoAmbassadors(c *gin.Context) error {
	return takeBack(p, c, p.Store.LatestAmbassadorChange, p.Store.UndoAmbassadorChange, p.Store.ApplyAmbassadorChanges, href("ambassadors"))
}

// back is the list that a form about several came from.
func back(c *gin.Context, list string) string {
	query, err := url.ParseQuery(c.PostForm("list"))
	if err != nil {
		query = nil
	}
	return (&url.URL{Path: href("%s", list), RawQuery: query.Encode()}).String()
}
