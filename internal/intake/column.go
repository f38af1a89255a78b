package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ippo"
)

// Key is the column that tells things apart: a row with a name that there is changes that thing.
const Key = "識別名"

// Column is a column of a list's file. What is written can be read again.
type Column[T any] struct {
	Name string
	Get  func(T) string

	set  func(item *T, cell string) (problem string) // nil: it is only written
	kept bool                                        // an empty cell leaves what is there
}

// Text is a column of words.
func Text[T any](name string, of func(*T) *string) Column[T] {
	return Column[T]{name, func(item T) string { return *of(&item) }, func(item *T, cell string) string {
		*of(item) = cell
		return ""
	}, false}
}

// Written is a column that is not read.
func Written[T any](name string, get func(T) string) Column[T] {
	return Column[T]{Name: name, Get: get}
}

// timeLayouts are how a moment may be written in a cell.
var timeLayouts = []string{minute, "2006-1-2 15:04", "2006/1/2 15:04:05", "2006年1月2日 15:04", "2006/1/2", "2006-1-2", time.RFC3339}

const minute = "2006/1/2 15:04"

// Time is a column of moments.
func Time[T any](name string, of func(*T) *time.Time) Column[T] {
	return Column[T]{name, func(item T) string {
		if of(&item).IsZero() {
			return ""
		}
		return of(&item).In(ippo.Tokyo).Format(minute)
	}, func(item *T, cell string) string {
		for _, layout := range timeLayouts {
			if at, err := time.ParseInLocation(layout, cell, ippo.Tokyo); err == nil && at.Year() >= 2000 && at.Year() < 2100 {
				*of(item) = at
				return ""
			}
		}
		return "「" + name + "」は「2026/4/1 10:00」のように書いてください。"
	}, true}
}

// Date is a column of days, which are kept as 2006-01-02.
func Date[T any](name string, of func(*T) *string) Column[T] {
	const shown = "2006/1/2"
	return Column[T]{name, func(item T) string {
		day, err := time.Parse(time.DateOnly, *of(&item))
		if err != nil {
			return *of(&item)
		}
		return day.Format(shown)
	}, func(item *T, cell string) string {
		for _, layout := range []string{shown, "2006-1-2", "2006年1月2日"} {
			if day, err := time.Parse(layout, cell); err == nil && day.Year() >= 2000 && day.Year() < 2100 {
				*of(item) = day.Format(time.DateOnly)
				return ""
			}
		}
		return "「" + name + "」は「2026/4/1」のように書いてください。"
	}, true}
}

// Number is a column of whole numbers.
func Number[T any](name string, of func(*T) *int) Column[T] {
	return Column[T]{name, func(item T) string { return strconv.Itoa(*of(&item)) }, func(item *T, cell string) string {
		n, err := strconv.Atoi(cell)
		if err != nil {
			return "「" + name + "」は数字で書いてください。"
		}
		*of(item) = n
		return ""
	}, true}
}

// YesNo is a column of what is so.
func YesNo[T any](name string, of func(*T) *bool) Column[T] {
	return Column[T]{name, func(item T) string {
		if *of(&item) {
			return yes
		}
		return ""
	}, func(item *T, cell string) string {
		if cell != "" && cell != yes && cell != no {
			return "「" + name + "」は「" + yes + "」か「" + no + "」にしてください。"
		}
		*of(item) = cell == yes
		return ""
	}, false}
}

const yes, no = "はい", "いいえ"

// said is any of the domain's statuses.
type said interface {
	~string
	Words() string
}

// Word is a column of one of a few words.
func Word[T any, S said](name string, all []S, of func(*T) *S) Column[T] {
	return Column[T]{name, func(item T) string { return (*of(&item)).Words() }, func(item *T, cell string) string {
		var known []string
		for _, one := range all {
			if cell == one.Words() {
				*of(item) = one
				return ""
			}
			known = append(known, one.Words())
		}
		return "「" + name + "」は " + strings.Join(known, "、") + " のどれかにしてください。"
	}, true}
}

// Choice is a column of topics or areas.
func Choice[T any, C ippo.Topic | ippo.Area](name string, all []C, of func(*T) *ippo.Choice) Column[T] {
	known := make([]named, len(all))
	for i, one := range all {
		t := ippo.Topic(one)
		known[i] = named{t.Name, t.Slug, int64(t.Number)}
	}
	return Column[T]{name, func(item T) string {
		var chosen []string
		for _, one := range known {
			if of(&item).Has(int(one.id)) {
				chosen = append(chosen, one.name)
			}
		}
		return strings.Join(chosen, "・")
	}, func(item *T, cell string) string {
		ids, unknown := readNames(known, cell)
		if unknown != "" {
			return "「" + cut(unknown, 20) + "」という" + name + "はありません。"
		}
		var choice ippo.Choice
		for _, id := range ids {
			choice = choice.With(int(id))
		}
		*of(item) = choice
		return ""
	}, false}
}

// named is what a cell names, by its name or by its slug.
type named struct {
	name, slug string
	id         int64
}

// readNames reads names or slugs, one after another, and returns their IDs, ascending; unknown begins with the first
// that there is not. Of two names of which one begins with the other, the longer is meant.
func readNames(all []named, cell string) (ids []int64, unknown string) {
	const between = "・、，,;； 　\n"
	for {
		cell = strings.TrimLeft(cell, between)
		if cell == "" {
			slices.Sort(ids)
			return slices.Compact(ids), ""
		}
		longest, id := "", int64(0)
		for _, one := range all {
			for _, word := range []string{one.name, one.slug} {
				rest, ok := strings.CutPrefix(cell, word)
				first, _ := utf8.DecodeRuneInString(rest)
				if ok && len(word) > len(longest) && (rest == "" || strings.ContainsRune(between, first)) {
					longest, id = word, one.id
				}
			}
		}
		if longest == "" {
			return nil, cell
		}
		ids, cell = append(ids, id), cell[len(longest):]
	}
}

// cut bounds what is repeated of a cell.
func cut(s string, runes int) string {
	for i := range s {
		if runes--; runes < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// News are the columns of the file of news.
func News(topics []ippo.Topic, areas []ippo.Area) []Column[ippo.News] {
	type news = ippo.News
	return []Column[news]{
		Written("番号", func(n news) string { return strconv.FormatInt(int64(n.ID), 10) }),
		Word("状態", ippo.ContentStatuses, func(n *news) *ippo.ContentStatus { return &n.Status }),
		Text(Key, func(n *news) *string { return &n.Slug }),
		Text("題名", func(n *news) *string { return &n.Title }),
		Word("種類", ippo.NewsKinds, func(n *news) *ippo.NewsKind { return &n.Kind }),
		Text("概要", func(n *news) *string { return &n.Summary }),
		Text("本文", func(n *news) *string { return &n.Body }),
		Choice("分野", topics, func(n *news) *ippo.Choice { return &n.Topics }),
		Choice("地域", areas, func(n *news) *ippo.Choice { return &n.Areas }),
		Time("公開日時", func(n *news) *time.Time { return &n.PublishAt }),
		Text("リンク", func(n *news) *string { return &n.URL }),
	}
}

// Events are the columns of the file of events.
func Events(topics []ippo.Topic, areas []ippo.Area) []Column[ippo.Event] {
	type event = ippo.Event
	return []Column[event]{
		Written("番号", func(e event) string { return strconv.FormatInt(int64(e.ID), 10) }),
		Word("状態", ippo.ContentStatuses, func(e *event) *ippo.ContentStatus { return &e.Status }),
		Text(Key, func(e *event) *string { return &e.Slug }),
		Text("題名", func(e *event) *string { return &e.Title }),
		Text("概要", func(e *event) *string { return &e.Summary }),
		Text("くわしい内容", func(e *event) *string { return &e.Body }),
		Time("始まり", func(e *event) *time.Time { return &e.StartsAt }),
		Time("終わり", func(e *event) *time.Time { return &e.EndsAt }),
		Text("場所", func(e *event) *string { return &e.Place }),
		Number("定員", func(e *event) *int { return &e.Capacity }),
		Text("費用", func(e *event) *string { return &e.Cost }),
		Text("申込方法", func(e *event) *string { return &e.Contact }),
		Written("席が決まった人", func(e event) string { return strconv.Itoa(e.Places.Taken) }),
		Written("キャンセル待ち", func(e event) string { return strconv.Itoa(e.Places.Waiting) }),
		Written("出席", func(e event) string { return strconv.Itoa(e.Places.Attended) }),
		Choice("分野", topics, func(e *event) *ippo.Choice { return &e.Topics }),
		Choice("地域", areas, func(e *event) *ippo.Choice { return &e.Areas }),
		Text("リンク", func(e *event) *string { return &e.URL }),
	}
}

// Entries are the columns of the file of entries.
func Entries() []Column[ippo.Entry] {
	type entry = ippo.Entry
	return []Column[entry]{
		Text(Key, func(e *entry) *string { return &e.Slug }),
		Text("名前", func(e *entry) *string { return &e.Name }),
		Written("友だち", func(e entry) string { return strconv.Itoa(e.Friends) }),
		Written("設定を終えた人", func(e entry) string { return strconv.Itoa(e.Onboarded) }),
		Written("団体に参加した人", func(e entry) string { return strconv.Itoa(e.Joined) }),
		YesNo("転入者向け", func(e *entry) *bool { return &e.Newcomer }),
		YesNo("使わない", func(e *entry) *bool { return &e.Hidden }),
	}
}

// Heads are the names of columns, in their order.
func Heads[T any](columns []Column[T]) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

var numberedHead = regexp.MustCompile(`^(\D+)(\d+)(\D*)$`)

// HeadWords names columns for staff, those that are numbered as 案内の文1〜12.
func HeadWords(names []string) string {
	last := map[string]string{}
	for _, name := range names {
		if n := numberedHead.FindStringSubmatch(name); n != nil {
			last[n[1]+n[3]] = n[2]
		}
	}
	var words []string
	for _, name := range names {
		n := numberedHead.FindStringSubmatch(name)
		switch {
		case n == nil || n[2] == "1" && last[n[1]+n[3]] == "1": // 週に1回 is no number of a column
			words = append(words, name)
		case n[2] == "1":
			words = append(words, n[1]+"1〜"+last[n[1]+n[3]]+n[3])
		}
	}
	return strings.Join(words, "、")
}

// Cells are an item's row in a file.
func Cells[T any](columns []Column[T], item T) []string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.Get(item)
	}
	return cells
}
