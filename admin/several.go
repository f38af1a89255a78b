package admin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
)

// severalPage asks before many things are changed at once.
type severalPage struct {
	frame
	Title, Question, Detail, Button string
	Action, Back                    string
	List, Scope, To, Tag, Day       string // as they were sent
	Who                             []string
	Confirmed                       string // names what it was asked for
	Again                           bool   // it was asked for others before
}

// askSeveral asks whether the things with these numbers are to be changed, and reports whether it did: not if the form
// says yes to just these. If some have come or gone since it was asked, it asks again, for as many too.
func (p *Panel) askSeveral(c *gin.Context, page severalPage, numbers []int64) (asked bool, err error) {
	page.Confirmed = nameOfAll(numbers)
	said := c.PostForm("confirmed")
	if said == page.Confirmed {
		return false, nil
	}
	page.frame, page.Again = p.frame(c), said != ""
	page.List, page.Scope, page.To, page.Tag, page.Day = c.PostForm("list"), c.PostForm("scope"), c.PostForm("to"), c.PostForm("tag"), c.PostForm("day")
	page.Who = c.PostFormArray("who")
	return true, p.render(c, http.StatusOK, "several.html", page)
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
