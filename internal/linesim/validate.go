package linesim

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxMessages is how many message objects one send may hold (reference: send-reply-message).
const maxMessages = 5

// URL lengths (reference: url-encoding, uri-action).
const (
	maxMediaURL  = 2000 // images, films, icons
	maxActionURI = 1000 // uri actions and imagemap links
)

// refuseMessages returns LINE's answer to message objects that it does not take.
func (p *Platform) refuseMessages(raw []json.RawMessage) (answer, bool) {
	if len(raw) == 0 || len(raw) > maxMessages {
		return badBody(Detail{fmt.Sprintf("Size must be between 1 and %d", maxMessages), "messages"}), true
	}
	check := &checker{loopback: p.opts.AllowLoopbackHTTP}
	for i, message := range raw {
		check.message(message, path{text: "messages"}.item(i))
		if len(check.flex) > 0 && len(check.body) == 0 {
			return fail(http.StatusBadRequest,
				fmt.Sprintf("A message (messages[%d]) in the request body is invalid", i), check.flex...), true
		}
	}
	if len(check.body) > 0 {
		return badBody(check.body...), true
	}
	return answer{}, false
}

// checkRichMenu returns what LINE objects to in a rich menu object.
func (p *Platform) checkRichMenu(object map[string]any) []Detail {
	check := &checker{loopback: p.opts.AllowLoopbackHTTP}
	check.richMenu(object)
	return check.body
}

// checker gathers what is wrong with a request. LINE reports Flex containers in a body of their own, so
// they are kept apart.
type checker struct {
	loopback bool
	body     []Detail
	flex     []Detail
}

// path is where in a request something stands: messages[0].text, or inside a Flex container
// /body/contents/0/text.
type path struct {
	text  string
	slash bool
}

func (at path) key(name string) path {
	switch {
	case at.slash:
		return path{at.text + "/" + name, true}
	case at.text == "":
		return path{name, false}
	}
	return path{at.text + "." + name, false}
}

func (at path) item(i int) path {
	if at.slash {
		return path{at.text + "/" + strconv.Itoa(i), true}
	}
	return path{at.text + "[" + strconv.Itoa(i) + "]", false}
}

func (c *checker) wrong(at path, format string, args ...any) {
	d := Detail{fmt.Sprintf(format, args...), at.text}
	if !at.slash {
		c.body = append(c.body, d)
		return
	}
	if d.Property == "" {
		d.Property = "/"
	}
	c.flex = append(c.flex, d)
}

// object is a JSON object being checked. A member that is null counts as absent: SDKs send them.
type object = map[string]any

// size is the allowed length of a text. A min above zero makes it required.
type size struct {
	min, max int
	count    func(string) int
}

// units counts UTF-16 code units, as LINE does by default; graphemes counts what people see as characters,
// as LINE does for labels and template texts (docs: text-character-count).
func units(s string) int     { return len(utf16.Encode([]rune(s))) }
func graphemes(s string) int { return uniseg.GraphemeClusterCount(s) }

// text checks a string member and returns it; "" when absent or wrong.
func (c *checker) text(o object, at path, key string, allowed size) string {
	v, present := o[key]
	if !present || v == nil {
		if allowed.min > 0 {
			c.missing(at.key(key))
		}
		return ""
	}
	s, is := v.(string)
	if !is {
		c.wrong(at.key(key), "Must be a string")
		return ""
	}
	switch n := allowed.count(s); {
	case n < allowed.min && strings.TrimSpace(s) == "":
		c.missing(at.key(key))
	case n < allowed.min || n > allowed.max:
		c.wrong(at.key(key), "Length must be between %d and %d", allowed.min, allowed.max)
	}
	return s
}

func (c *checker) missing(at path) {
	if at.slash {
		c.wrong(at, "must be specified")
		return
	}
	c.wrong(at, "May not be empty")
}

// oneOf checks a string member against a list.
func (c *checker) oneOf(o object, at path, key string, required bool, values ...string) string {
	v := o[key]
	if v == nil {
		if required {
			c.missing(at.key(key))
		}
		return ""
	}
	s, _ := v.(string)
	if slices.Contains(values, s) {
		return s
	}
	if at.slash {
		c.wrong(at.key(key), "invalid property")
	} else {
		c.wrong(at.key(key), "Must be one of the following values: [%s]", strings.Join(values, ", "))
	}
	return ""
}

// integer checks a whole number and returns it.
func (c *checker) integer(o object, at path, key string, required bool, low, high int) (int, bool) {
	v := o[key]
	if v == nil {
		if required {
			c.missing(at.key(key))
		}
		return 0, false
	}
	f, is := v.(float64)
	if !is || f != math.Trunc(f) || f < float64(low) || f > float64(high) {
		c.wrong(at.key(key), "Must be between %d and %d", low, high)
		return 0, false
	}
	return int(f), true
}

// number checks a required number within bounds.
func (c *checker) number(o object, at path, key string, low, high float64) {
	if f, is := o[key].(float64); !is || f < low || f > high {
		c.wrong(at.key(key), "Must be between %g and %g", low, high)
	}
}

// list checks an array's length and returns its items.
func (c *checker) list(o object, at path, key string, least, most int) []any {
	v := o[key]
	if v == nil && least == 0 {
		return nil
	}
	items, is := v.([]any)
	switch {
	case v == nil:
		c.missing(at.key(key))
	case !is:
		c.wrong(at.key(key), "Must be an array")
	case len(items) < least || len(items) > most:
		c.wrong(at.key(key), "Size must be between %d and %d", least, most)
	}
	return items
}

// member returns a member that is an object.
func (c *checker) member(o object, at path, key string, required bool) (object, bool) {
	v := o[key]
	if v == nil {
		if required {
			c.missing(at.key(key))
		}
		return nil, false
	}
	return c.asObject(v, at.key(key))
}

func (c *checker) asObject(v any, at path) (object, bool) {
	o, is := v.(object)
	if !is {
		c.wrong(at, "Must be an object")
	}
	return o, is
}

// mediaURL checks the URL of something LINE's app loads: https, or http on this machine if allowed.
func (c *checker) mediaURL(o object, at path, key string, required bool, most int) {
	s := c.urlText(o, at, key, required, most)
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || !isASCII(s) || u.Scheme != "https" && !c.loopbackURL(u) {
		c.badURL(at.key(key))
	}
}

// actionURI checks what a uri action opens (reference: uri-action).
func (c *checker) actionURI(o object, at path, key string, required bool) {
	s := c.urlText(o, at, key, required, maxActionURI)
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil {
		c.badURL(at.key(key))
		return
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" || !isASCII(s) {
			c.badURL(at.key(key))
		}
	case "line", "tel":
	default:
		c.badURL(at.key(key))
	}
}

func (c *checker) urlText(o object, at path, key string, required bool, most int) string {
	least := 0
	if required {
		least = 1
	}
	return c.text(o, at, key, size{least, most, utf8.RuneCountInString})
}

func (c *checker) badURL(at path) {
	if at.slash {
		c.wrong(at, "invalid uri scheme")
		return
	}
	c.wrong(at, "Must be a valid HTTPS URL")
}

func (c *checker) loopbackURL(u *url.URL) bool {
	return c.loopback && u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// isASCII reports whether a URL is percent-encoded as LINE wants it (reference: url-encoding).
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
