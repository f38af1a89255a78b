package admin

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ippo"
)

// contentColumn is a column of a list's file. What is written can be read again.
type contentColumn[T any] struct {
	name string
	get  func(T) string
	set  func(item *T, cell string) (problem string) // nil: it is only written
	kept bool                                        // an empty cell leaves what is there
}

func textColumn[T any](name string, of func(*T) *string) contentColumn[T] {
	return contentColumn[T]{name, func(item T) string { return *of(&item) }, func(item *T, cell string) string {
		*of(item) = cell
		return ""
	}, false}
}

func writtenColumn[T any](name string, get func(T) string) contentColumn[T] {
	return contentColumn[T]{name: name, get: get}
}

// timeLayouts are how a moment may be written in a cell.
var timeLayouts = []string{"2006/1/2 15:04", "2006-1-2 15:04", "2006/1/2 15:04:05", "2006年1月2日 15:04", "2006/1/2", "2006-1-2", time.RFC3339}

func timeColumn[T any](name string, of func(*T) *time.Time) contentColumn[T] {
	return contentColumn[T]{name, func(item T) string { return shortTime(*of(&item)) }, func(item *T, cell string) string {
		for _, layout := range timeLayouts {
			if at, err := time.ParseInLocation(layout, cell, ippo.Tokyo); err == nil && at.Year() >= 2000 && at.Year() < 2100 {
				*of(item) = at
				return ""
			}
		}
		return "「" + name + "」は「2026/4/1 10:00」のように書いてください。"
	}, true}
}

func numberColumn[T any](name string, of func(*T) *int) contentColumn[T] {
	return contentColumn[T]{name, func(item T) string { return strconv.Itoa(*of(&item)) }, func(item *T, cell string) string {
		n, err := strconv.Atoi(cell)
		if err != nil {
			return "「" + name + "」は数字で書いてください。"
		}
		*of(item) = n
		return ""
	}, true}
}

// wordColumn is a column of one of a few words.
func wordColumn[T any, S words](name string, all []S, get func(T) S, set func(*T, S)) contentColumn[T] {
	return contentColumn[T]{name, func(item T) string { return get(item).Words() }, func(item *T, cell string) string {
		var known []string
		for _, one := range all {
			if cell == one.Words() {
				set(item, one)
				return ""
			}
			known = append(known, one.Words())
		}
		return "「" + name + "」は " + strings.Join(known, "、") + " のどれかにしてください。"
	}, true}
}

// choiceColumn is a column of topics or areas, as names writes them.
func choiceColumn[T any, C ippo.Topic | ippo.Area](name string, all []C, of func(*T) *ippo.Choice) contentColumn[T] {
	return contentColumn[T]{name, func(item T) string { return names(all, *of(&item)) }, func(item *T, cell string) string {
		choice, unknown := readNames(all, cell)
		if unknown != "" {
			return "「" + cutRunes(unknown, 20) + "」という" + name + "はありません。"
		}
		*of(item) = choice
		return ""
	}, false}
}

// readNames reads topics or areas by their names or slugs, one after another; unknown begins with the first that there
// is not. Of two names of which one begins with the other, the longer is meant.
func readNames[C ippo.Topic | ippo.Area](all []C, cell string) (choice ippo.Choice, unknown string) {
	const between = "・、，,;； 　\n"
	for {
		cell = strings.TrimLeft(cell, between)
		if cell == "" {
			return choice, ""
		}
		longest, number := "", 0
		for _, one := range all {
			t := ippo.Topic(one)
			for _, word := range []string{t.Name, t.Slug} {
				rest, ok := strings.CutPrefix(cell, word)
				first, _ := utf8.DecodeRuneInString(rest)
				if ok && len(word) > len(longest) && (rest == "" || strings.ContainsRune(between, first)) {
					longest, number = word, t.Number
				}
			}
		}
		if longest == "" {
			return choice, cell
		}
		choice, cell = choice.With(number), cell[len(longest):]
	}
}

// columnNames are the columns that can be read, for whoever writes a file.
func columnNames[T any](columns []contentColumn[T]) string {
	read := slices.DeleteFunc(slices.Clone(columns), func(c contentColumn[T]) bool { return c.set == nil })
	all := make([]string, len(read))
	for i, c := range read {
		all[i] = c.name
	}
	return strings.Join(all, "、")
}
