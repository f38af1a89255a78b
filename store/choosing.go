package store

import (
	"slices"
	"strings"
)

// choosing is what is asked of followers, said twice: as conditions on their rows f, by which they are found, and on the
// census, by which they are counted.
type choosing struct {
	rows    []string
	args    []any
	census  []condition
	stances []func(standing) bool // kinds are counted apart, so that these need no pass over the census
}

// narrow asks one thing more.
func (c *choosing) narrow(counted condition, row string, args ...any) {
	c.census = append(c.census, counted)
	c.rows = append(c.rows, row)
	c.args = append(c.args, args...)
}

// narrowTo asks for some standings more.
func (c *choosing) narrowTo(who func(standing) bool, row string, args ...any) {
	c.stances = append(c.stances, who)
	c.rows = append(c.rows, row)
	c.args = append(c.args, args...)
}

// stands reports whether somebody stands as is asked.
func (c *choosing) stands(s standing) bool {
	return !slices.ContainsFunc(c.stances, func(who func(standing) bool) bool { return !who(s) })
}

// where is all that is asked, of rows.
func (c *choosing) where() string { return strings.Join(append([]string{"1 = 1"}, c.rows...), " AND ") }

// met is all that is asked, of the census.
func (c *choosing) met() condition {
	if len(c.stances) == 0 {
		return allOf(c.census...)
	}
	return allOf(append(slices.Clip(c.census), stands(c.stands))...)
}
