package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"ippo"
	"ippo/internal/personal"
)

// Change is one field that somebody changed, as text. Of personal data only that it was changed is kept.
type Change struct {
	Field  string `json:"field"` // a column, or a setting such as office.name
	Before string `json:"before"`
	After  string `json:"after"`
}

// Hidden stands where personal data was.
const Hidden = "（個人情報）"

// A change is for people to read; what is longer is cut.
const (
	maxChanges    = 60
	maxChangeText = 500
)

// changing are the tables whose changes the log tells, and the fields of each that it may name; nil: all.
var changing = map[string][]string{
	"news": nil, "events": nil, "activity_groups": nil, "faqs": nil, "auto_replies": nil, "canned_answers": nil, "campaigns": nil, "series": nil,
	"topics": nil, "areas": nil, "teams": nil, "tags": nil, "entries": nil, "indicator_sheets": nil, "indicators": nil,
	"broadcasts": {"title", "messages", "audience", "send_at", "on_call", "emergency", "author_id"},
	"staff":      {"name", "email", "role", "disabled"},
}

// unsaid are columns that change by themselves with others, or tell nothing.
var unsaid = []string{"id", "created_at", "updated_at", "version", "content", "originals", "counted", "code"}

// naming are columns that name a person who is no member of staff at work in clear.
var naming = []string{"on_call"}

// row is a row of a table as it was: its columns in their order and its values as text.
type row struct {
	table, key string
	id         any
	names      []string
	values     map[string]string
	sealed     map[string]bool // BLOBs are sealed, or hashes
}

// row reads the row of a table whose column key is id, before it is changed; ippo.ErrNotFound without one.
func (t *Tx) row(ctx context.Context, table, key string, id any) (row, error) {
	r := row{table: table, key: key, id: id, names: changing[table], values: map[string]string{}, sealed: map[string]bool{}}
	if r.names == nil {
		var err error
		r.names, err = collect(ctx, t.tx, scanText, `SELECT name FROM pragma_table_info(?) ORDER BY cid`, table)
		if err != nil {
			return r, fmt.Errorf("columns of %s: %w", table, err)
		}
	}
	cells, err := one(ctx, t.tx, func(s scanner) ([]any, error) {
		cells, into := make([]any, len(r.names)), make([]any, len(r.names))
		for i := range cells {
			into[i] = &cells[i]
		}
		return cells, s.Scan(into...)
	}, `SELECT `+strings.Join(r.names, ", ")+` FROM `+table+` WHERE `+key+` = ?`, id)
	if err != nil {
		return r, err
	}
	for i, name := range r.names {
		switch v := cells[i].(type) {
		case nil:
		case int64:
			r.values[name] = strconv.FormatInt(v, 10)
		case []byte:
			r.values[name], r.sealed[name] = string(v), true
		default:
			r.values[name] = fmt.Sprint(v)
		}
	}
	return r, nil
}

// auditChange notes what is being done with what it changed of a row, which was read before.
func (t *Tx) auditChange(ctx context.Context, by ippo.StaffID, action, object, detail string, was row) error {
	is, err := t.row(ctx, was.table, was.key, was.id)
	if err != nil && !notFound(err) { // deleted
		return fmt.Errorf("audit %s: %w", action, err)
	}
	var changes []Change
	for _, name := range was.names {
		before, after := was.values[name], is.values[name]
		if before == after || slices.Contains(unsaid, name) {
			continue
		}
		hidden := was.sealed[name] || is.sealed[name] || slices.Contains(naming, name)
		changes = append(changes, newChange(name, before, after, hidden))
	}
	return t.append(ctx, AuditEntry{Staff: by, Action: action, Object: object, Detail: detail, Changes: limited(changes)})
}

// personSettings are the settings that name a person.
var personSettings = []string{"onCall"}

// settingsChanges are the settings that differ, by name.
func settingsChanges(was, is ippo.Settings) ([]Change, error) {
	before, err := flattened(was)
	if err != nil {
		return nil, err
	}
	after, err := flattened(is)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for name, v := range after {
		if before[name] != v {
			changes = append(changes, settingChange(name, before[name], v))
		}
	}
	for name, v := range before {
		if _, still := after[name]; !still {
			changes = append(changes, settingChange(name, v, ""))
		}
	}
	sort.Slice(changes, func(i, j int) bool { return changes[i].Field < changes[j].Field })
	return limited(changes), nil
}

// settingChange leaves the center's own telephone number and address as they are: residents know them.
func settingChange(name, before, after string) Change {
	if slices.Contains(personSettings, name) {
		return newChange(name, before, after, true)
	}
	return Change{name, cut(before), cut(after)}
}

// flattened returns a value's JSON as texts by path, such as office.name. A list is one text.
func flattened(v any) (map[string]string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := json.Unmarshal(b, &tree); err != nil {
		return nil, err
	}
	flat := map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case nil:
		case map[string]any:
			for name, one := range v {
				walk(path+"."+name, one)
			}
		case []any:
			text := ""
			for i, one := range v {
				if i > 0 {
					text += "、"
				}
				text += fmt.Sprint(one)
			}
			flat[path] = text
		default:
			flat[path] = fmt.Sprint(v)
		}
	}
	for name, one := range tree {
		walk(name, one)
	}
	return flat, nil
}

func newChange(field, before, after string, hidden bool) Change {
	if hidden {
		return Change{field, hide(before), hide(after)}
	}
	return Change{field, cut(personal.Mask(before)), cut(personal.Mask(after))}
}

func hide(text string) string {
	if text == "" {
		return ""
	}
	return Hidden
}

func cut(text string) string {
	if r := []rune(text); len(r) > maxChangeText {
		return string(r[:maxChangeText]) + "…"
	}
	return text
}

func limited(changes []Change) []Change { return changes[:min(len(changes), maxChanges)] }

// AuditedFields returns the fields that a Change may name.
func (s *Store) AuditedFields(ctx context.Context) ([]string, error) {
	var fields []string
	for table, named := range changing {
		if named == nil {
			var err error
			if named, err = collect(ctx, s.ro, scanText, `SELECT name FROM pragma_table_info(?)`, table); err != nil {
				return nil, fmt.Errorf("audited fields: %w", err)
			}
		}
		fields = append(fields, named...)
	}
	flat, err := flattened(ippo.DefaultSettings())
	if err != nil {
		return nil, err
	}
	for name := range flat {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	fields = slices.Compact(fields)
	return slices.DeleteFunc(fields, func(f string) bool { return slices.Contains(unsaid, f) }), nil
}
