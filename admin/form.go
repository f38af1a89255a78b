package admin

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

// formText reads a field as it will be kept: without spaces around it, lines parted by \n.
func formText(c *gin.Context, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(c.PostForm(name), "\r\n", "\n"))
}

// formOn reports whether a checkbox is ticked.
func formOn(c *gin.Context, name string) bool { return c.PostForm(name) != "" }

// formInt reads a whole number, in digits of any width; an empty field is 0.
func formInt(c *gin.Context, name, label string, p *ippo.Problems) int {
	text := narrow(formText(c, name))
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
	if err != nil {
		p.Addf(name, "%sは数字で入力してください。", label)
	}
	return n
}

// narrow turns full-width digits, commas and colons into ASCII.
func narrow(s string) string { return ippo.Narrow(s) }

// inputTime is the form of a datetime-local input.
const inputTime = "2006-01-02T15:04"

// formTime reads a datetime-local input in Tokyo; an empty field is the zero time.
func formTime(c *gin.Context, name, label string, p *ippo.Problems) time.Time {
	text := formText(c, name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(inputTime, text, ippo.Tokyo)
	if err != nil {
		p.Addf(name, "%sを正しく入力してください。", label)
	}
	return t
}

// inputMoment writes a time for a datetime-local input; "" for the zero time.
func inputMoment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(ippo.Tokyo).Format(inputTime)
}

// pathID reads the address's :id; one that is no number names nothing.
func pathID[ID ~int64](c *gin.Context) (ID, error) {
	n, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || n <= 0 {
		return 0, ippo.ErrNotFound
	}
	return ID(n), nil
}

// newSlug makes a name for links to something whose staff need not think of one, such as
// news-20260306-k3x9q.
func newSlug(prefix string, now time.Time) string {
	return prefix + "-" + now.In(ippo.Tokyo).Format("20060102") + "-" + strings.ToLower(rand.Text()[:5])
}

// mend splits what a store method returned into what the person at the form can put right and what
// they cannot.
func mend(err error, found ippo.Problems) (ippo.Problems, error) {
	var p ippo.Problems
	if errors.As(err, &p) {
		return append(found, p...), nil
	}
	return found, err
}

// chosen reads checkboxes whose values are slugs of topics or areas.
func chosen[T ippo.Topic | ippo.Area](c *gin.Context, name string, all []T) ippo.Choice {
	slugs := map[string]bool{}
	for _, slug := range c.PostFormArray(name) {
		slugs[slug] = true
	}
	var choice ippo.Choice
	for _, one := range all {
		if t := ippo.Topic(one); slugs[t.Slug] {
			choice = choice.With(t.Number)
		}
	}
	return choice
}

// choices lists topics or areas as checkboxes; hidden ones only while they are ticked.
func choices[T ippo.Topic | ippo.Area](all []T, on ippo.Choice) []option {
	var options []option
	for _, one := range all {
		t := ippo.Topic(one)
		if ticked := on.Has(t.Number); ticked || !t.Hidden {
			options = append(options, option{t.Slug, t.Name, ticked})
		}
	}
	return options
}

// names says a choice in words; none is "". A name may hold a 「・」, so another mark stands between them.
func names[T ippo.Topic | ippo.Area](all []T, choice ippo.Choice) string {
	var words []string
	for _, one := range all {
		if t := ippo.Topic(one); choice.Has(t.Number) {
			words = append(words, t.Name)
		}
	}
	return strings.Join(words, "、")
}

// words is any of the domain's statuses.
type words interface {
	~string
	Words() string
}

// statuses lists a domain's statuses as options.
func statuses[S words](all []S, on S) []option {
	options := make([]option, len(all))
	for i, s := range all {
		options[i] = option{string(s), s.Words(), s == on}
	}
	return options
}

// confirmPage asks a second time before something that cannot be taken back.
type confirmPage struct {
	frame
	Title    string
	Question string
	Detail   string
	Button   string
	Icon     string // of the button; "": a bin
	Back     string
	Reason   string // what the reason is called that has to be given; "" for none
}

func (p *Panel) confirm(c *gin.Context, page confirmPage, found ippo.Problems) error {
	page.frame = p.frame(c)
	status := http.StatusOK
	if found != nil {
		page.Problems, status = found, http.StatusUnprocessableEntity
	}
	return p.render(c, status, "confirm.html", page)
}

// formStatus is the status of a form: as asked for, or come back with problems.
func formStatus(found ippo.Problems) int {
	if found == nil {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// href is an address of the panel.
func href(format string, args ...any) string { return "/admin/" + fmt.Sprintf(format, args...) }
