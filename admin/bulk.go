package admin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"ippo"
)

// bulk is what can be done at once to several things of a list, whether or not they are on one page, and taken back.
type bulk struct {
	panel   *Panel
	kind    string // the first part of what they are called in the audit log, such as news
	section string // in addresses: news
	word    string // お知らせ
	moves   []bulkMove

	rows func(c *gin.Context, asked url.Values, ids []int64) ([]ippo.ContentRow, error) // those that a list's address leaves; nil for ids: all of them
	set  func(ctx context.Context, by ippo.StaffID, id int64, to ippo.ContentStatus) error
}

// bulkMove is a state that several things can be given at once.
type bulkMove struct {
	To    ippo.ContentStatus
	Words string // 公開する
	Asks  string // を「公開中」にしますか
	Done  string // を公開しました
	Did   string // 「公開中」にした; "" for what cannot be taken back

	fits  func(ippo.ContentRow) bool // with which it can be done; nil: with all
	stays string                     // why it cannot be done with the others: 公開中の
	more  string                     // what else is to be known before
}

// bulkPart is the part of a list's page in which several things are changed at once.
type bulkPart struct {
	Path  string // the list's address
	List  string // the address's query, for the way back
	Moves []bulkMove
	Undo  *bulkUndo // what the reader changed at once a while ago; nil for nothing that could be taken back
}

// bulkUndo is a change of many things that can be taken back.
type bulkUndo struct {
	ID    int64
	Words string // 「公開終了」にした12件
}

func (b bulk) part(c *gin.Context, f frame) (bulkPart, error) {
	part := bulkPart{Path: href("%s", b.section), List: c.Request.URL.RawQuery, Moves: b.moves}
	if !f.May(string(ippo.Editor)) {
		return part, nil
	}
	change, err := b.panel.Store.LatestBulkChange(c.Request.Context(), f.Me.ID, b.kind)
	if errors.Is(err, ippo.ErrNotFound) {
		return part, nil
	}
	for _, m := range b.moves {
		if m.To == change.Status {
			part.Undo = &bulkUndo{change.ID, fmt.Sprintf("%s%d件", m.Did, change.Count())}
		}
	}
	return part, err
}

// change makes a move with those that were ticked, or with all that the list's filter leaves: it asks first, and again
// if these have become others meanwhile. With which it cannot be made, they are not counted.
func (b bulk) change(c *gin.Context) error {
	ctx, by := c.Request.Context(), b.panel.me(c).ID
	at := slices.IndexFunc(b.moves, func(m bulkMove) bool { return string(m.To) == c.PostForm("to") })
	asked, err := url.ParseQuery(c.PostForm("list"))
	if at < 0 || err != nil {
		return errBadForm
	}
	move := b.moves[at]
	back := (&url.URL{Path: href("%s", b.section), RawQuery: asked.Encode()}).String()
	rows, err := b.chosen(c, asked)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r ippo.ContentRow) bool { return r.Status == move.To })
	chosen := len(rows)
	if move.fits != nil {
		rows = slices.DeleteFunc(rows, func(r ippo.ContentRow) bool { return !move.fits(r) })
	}
	stay := ""
	if n := chosen - len(rows); n > 0 {
		stay = fmt.Sprintf("%s%d件は、そのままです。", move.stays, n)
	}
	if len(rows) == 0 {
		if stay == "" {
			stay = "先に、表で選んでください。"
		}
		return b.panel.redirect(c, "変えるものがありません。"+stay, back)
	}
	detail := move.more + stay
	if move.Did != "" {
		detail += "もとの状態には、一覧の「元に戻す」で戻せます（24時間以内）。"
	}
	if asked, err := b.panel.askSeveral(c, severalPage{
		Title:    b.word + "をまとめて変える",
		Question: fmt.Sprintf("%d件の%s%s。", len(rows), b.word, move.Asks),
		Detail:   detail, Button: fmt.Sprintf("%s（%d件）", move.Words, len(rows)),
		Action: href("%s/several", b.section), Back: back, Deletes: move.To == ippo.ContentDeleted,
	}, numbersOf(rows, func(r ippo.ContentRow) int64 { return r.ID })); asked || err != nil {
		return err
	}
	was := map[ippo.ContentStatus][]int64{}
	for _, r := range rows {
		was[r.Status] = append(was[r.Status], r.ID)
	}
	done, err := b.move(c, was, func(ippo.ContentStatus) ippo.ContentStatus { return move.To })
	change := ippo.BulkChange{Kind: b.kind, Status: move.To, Was: done}
	if n := change.Count(); n > 0 {
		err = errors.Join(err, b.note(ctx, by, change, move))
		b.panel.Wake()
	}
	if err != nil {
		return err
	}
	return b.panel.redirect(c, saidOf(change.Count(), len(rows), move.Done), back)
}

// note keeps what was changed, where that can be taken back.
func (b bulk) note(ctx context.Context, by ippo.StaffID, change ippo.BulkChange, move bulkMove) (err error) {
	if move.Did == "" {
		return nil
	}
	if move.To == ippo.ContentDeleted {
		gone := slices.Concat(slices.Collect(maps.Values(change.Was))...)
		if gone, err = b.panel.Store.LastDeletions(ctx, by, b.kind, gone); err != nil {
			return err
		}
		change.Was = map[ippo.ContentStatus][]int64{ippo.ContentDeleted: gone}
	}
	return b.panel.Store.AddBulkChange(ctx, by, change)
}

// saidOf says how many of all were changed.
func saidOf(done, all int, words string) string {
	if done < all {
		return fmt.Sprintf("%d件%s。%d件は変えられなかったため、そのままです。", done, words, all-done)
	}
	return fmt.Sprintf("%d件%s。", done, words)
}

// chosen are the things that the form is about.
func (b bulk) chosen(c *gin.Context, asked url.Values) ([]ippo.ContentRow, error) {
	if c.PostForm("scope") == "all" {
		return b.rows(c, asked, nil)
	}
	ids := []int64{}
	for _, ticked := range c.PostFormArray("who") {
		if id, err := strconv.ParseInt(ticked, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return b.rows(c, asked, ids)
}

// move gives each of some things, by the state that it is seen in, another one, as its own form would: by the
// same rules, each with its line in the audit log. It returns those that it changed; those that are in another
// state by now, or that a rule keeps as they are, stay so.
func (b bulk) move(c *gin.Context, seen map[ippo.ContentStatus][]int64, to func(ippo.ContentStatus) ippo.ContentStatus) (map[ippo.ContentStatus][]int64, error) {
	now, err := b.rows(c, nil, slices.Concat(slices.Collect(maps.Values(seen))...))
	if err != nil {
		return nil, err
	}
	is := make(map[int64]ippo.ContentStatus, len(now))
	for _, r := range now {
		is[r.ID] = r.Status
	}
	ctx, by := c.Request.Context(), b.panel.me(c).ID
	still := map[ippo.ContentStatus][]int64{}
	for was, ids := range seen {
		for _, id := range ids {
			if is[id] == was {
				still[was] = append(still[was], id)
			}
		}
	}
	return each(still, func(was ippo.ContentStatus, id int64) error { return b.set(ctx, by, id, to(was)) })
}

// each does something with each of some things, a few at a time, which share commits, and returns those with which it
// could be done: with the others it could not by a rule, or for what somebody else has done.
func each(some map[ippo.ContentStatus][]int64, do func(ippo.ContentStatus, int64) error) (map[ippo.ContentStatus][]int64, error) {
	type one struct {
		was ippo.ContentStatus
		id  int64
	}
	ch := make(chan one)
	var hands errgroup.Group
	hands.SetLimit(8)
	var err error
	go func() {
		defer close(ch)
		for was, ids := range some {
			for _, id := range ids {
				hands.Go(func() error {
					err := do(was, id)
					var problems ippo.Problems
					switch {
					case err == nil:
						ch <- one{was, id}
					case errors.As(err, &problems), errors.Is(err, ippo.ErrConflict), errors.Is(err, ippo.ErrNotFound), errors.Is(err, ippo.ErrForbidden):
					default:
						return err
					}
					return nil
				})
			}
		}
		err = hands.Wait()
	}()
	done := map[ippo.ContentStatus][]int64{}
	for d := range ch {
		done[d.was] = append(done[d.was], d.id)
	}
	return done, err
}

// undo takes back what somebody changed at once: what has been changed again since stays as it is.
func (b bulk) undo(c *gin.Context) error {
	ctx, me := c.Request.Context(), b.panel.me(c)
	change, err := b.panel.Store.LatestBulkChange(ctx, me.ID, b.kind)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && strconv.FormatInt(change.ID, 10) != c.PostForm("change") {
		return ippo.ErrConflict
	}
	if err != nil {
		return err
	}
	if err := b.panel.Store.UndoneBulkChange(ctx, change.ID); err != nil {
		return err
	}
	back := ippo.BulkChange{}
	if change.Status == ippo.ContentDeleted {
		back.Was, err = each(change.Was, func(_ ippo.ContentStatus, deletion int64) error {
			_, err := b.panel.Store.Undelete(ctx, me, deletion)
			return err
		})
	} else {
		back.Was, err = b.takeBack(c, change)
	}
	if err != nil {
		return err
	}
	b.panel.Wake()
	return b.panel.redirect(c, saidOf(back.Count(), change.Count(), "を元の状態に戻しました"), href("%s", b.section))
}

// takeBack gives the things of a change the states that they were in before.
func (b bulk) takeBack(c *gin.Context, change ippo.BulkChange) (map[ippo.ContentStatus][]int64, error) {
	done := map[ippo.ContentStatus][]int64{}
	for was, ids := range change.Was {
		back, err := b.move(c, map[ippo.ContentStatus][]int64{change.Status: ids}, func(ippo.ContentStatus) ippo.ContentStatus { return was })
		if err != nil {
			return done, err
		}
		done[was] = back[change.Status]
	}
	return done, nil
}
