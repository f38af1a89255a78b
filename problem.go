package ippo

import (
	"fmt"
	"strings"
)

// Problem is one thing that a person can put right, said in that person's words.
type Problem struct {
	Field   string `json:"field"` // the form's or API's name of the field; empty for the whole
	Message string `json:"message"`
}

// Problems are everything wrong with one input, so that one round trip is enough. It is an error
// only when it is not empty: return p.Err(), not p.
type Problems []Problem

// Add notes a problem with a field.
func (p *Problems) Add(field, message string) {
	*p = append(*p, Problem{field, message})
}

// Addf notes a problem with a field, formatting the message.
func (p *Problems) Addf(field, format string, args ...any) {
	p.Add(field, fmt.Sprintf(format, args...))
}

// Err returns p as an error, or nil when there is no problem.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Error lists the problems; it is written for people and holds nothing they typed.
func (p Problems) Error() string {
	said := make([]string, len(p))
	for i, one := range p {
		said[i] = one.Message
	}
	return strings.Join(said, " ")
}

// For returns the first message about a field, or "".
func (p Problems) For(field string) string {
	for _, one := range p {
		if one.Field == field {
			return one.Message
		}
	}
	return ""
}
