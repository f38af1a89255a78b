package admin

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
)

// severalPage asks before many things are changed at once.
type severalPage struct {
	frame
	Title, Question, Detail, Button string
	Action, Back                    string
	List, Scope, To, Tag, Day       string // as they were sent
	Who                             []string
	Colleagues                      []option // whom it can be handed to; none: nobody is asked for
	Said                            bool     // a note is asked for
	Note                            string   // as typed
	Confirmed                       string   // names what it was asked for
	Again                           bool     // it was asked for others before
	Deletes                         bool
}

// askSeveral asks whether the things with these numbers are to be changed, and reports whether it did: not if the form
// says yes to just these. If some have come or gone since it was asked, it asks again, for as many too.
func (p *Panel) askSeveral(c *gin.Context, page severalPage, numbers []int64) (asked bool, err error) {
	if c.PostForm("confirmed") == nameOfAll(numbers) {
		return false, nil
	}
	return true, p.severalPage(c, page, numbers, nil)
}

// severalPage asks whether the things with these numbers are to be changed, with what is to be put right first.
func (p *Panel) severalPage(c *gin.Context, page severalPage, numbers []int64, found ippo.Problems) error {
	page.Confirmed = nameOfAll(numbers)
	said := c.PostForm("confirmed")
	page.frame, page.Again = p.frame(c), said != "" && said != page.Confirmed
	page.Problems = found
	page.List, page.Scope, page.To, page.Tag, page.Day = c.PostForm("list"), c.PostForm("scope"), c.PostForm("to"), c.PostForm("tag"), c.PostForm("day")
	page.Who = c.PostFormArray("who")
	return p.render(c, formStatus(found), "several.html", page)
}

// nameOfAll names a set of numbers: no other set has the same name.
func nameOfAll(numbers []int64) string {
	sum := sha256.New()
	var b [8]byte
	for _, n := range slices.Sorted(slices.Values(numbers)) {
		binary.BigEndian.PutUint64(b[:], uint64(n))
		sum.Write(b[:])
	}
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:16])
}

// numbersOf are the numbers of some things.
func numbersOf[T any](things []T, number func(T) int64) []int64 {
	numbers := make([]int64, len(things))
	for i, one := range things {
		numbers[i] = number(one)
	}
	return numbers
}

// changeNote says what the reader did to many people or cases at once a while ago, and how far it has come.
type changeNote struct {
	ippo.LongChange
	Doing, Did string
	Unit       string // 人, 件
	List       string // the address of the list that says so
	Undo       string // where it is taken back
}

// manyChange is a change of many people or cases.
type manyChange interface {
	Long() ippo.LongChange
	Doing() string
	Did() string
}

// note says the last change of a kind that the reader made; nil: none that could be taken back.
func note[T manyChange](c *gin.Context, by ippo.StaffID, latest func(context.Context, ippo.StaffID) (T, error), unit, undo string) (*changeNote, error) {
	change, err := latest(c.Request.Context(), by)
	switch {
	case errors.Is(err, ippo.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &changeNote{change.Long(), change.Doing(), change.Did(), unit, c.Request.URL.RequestURI(), undo}, nil
}

// workOff works off the first part of a change that was noted, so that a few people are changed at once; the rest is its
// job's.
func (p *Panel) workOff(c *gin.Context, apply func(context.Context) (bool, error), back string) error {
	if _, err := apply(c.Request.Context()); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, "", back)
}

// takeBack takes the last change of a kind back that the reader made, which the form names.
func takeBack[T manyChange](p *Panel, c *gin.Context, latest func(context.Context, ippo.StaffID) (T, error),
	undo func(context.Context, ippo.StaffID, int64) error, apply func(context.Context) (bool, error), back string) error {
	id, err := strconv.ParseInt(c.PostForm("change"), 10, 64)
	if err != nil {
		return errBadForm
	}
	ctx, by := c.Request.Context(), p.me(c).ID
	switch change, err := latest(ctx, by); {
	case errors.Is(err, ippo.ErrNotFound), err == nil && change.Long().ID != id:
		return ippo.ErrConflict
	case err != nil:
		return err
	}
	if err := undo(ctx, by, id); err != nil {
		return err
	}
	return p.workOff(c, apply, back)
}
