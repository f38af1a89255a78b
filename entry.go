package ippo

import (
	"strings"
	"unicode/utf8"
)

// Entry is where followers come from (登録経路): the citizen desk, a branch office, an event. Its QR
// code opens the account with a first message that names it.
type Entry struct {
	ID       int64
	Slug     string
	Name     string // 市民課の窓口
	Newcomer bool   // begins the newcomers' questions (転入してきた方へ)
	Hidden   bool   // no longer printed; codes in circulation still count
	// Of the followers who said they came by it; filled in lists.
	Friends   int
	Onboarded int // who have finished the settings, or skipped them
	Joined    int // who have joined a group that they were told of
}

// Validate reports every problem staff can mend.
func (e Entry) Validate() error {
	var p Problems
	checkSlug(&p, e.Slug)
	switch e.Slug {
	case "import", "several", "undo": // which is where a file of them is taken in, and many are changed
		p.Add("slug", "識別名には、ほかのことばを使ってください。")
	}
	checkText(&p, "name", "名前", e.Name, 1, 30)
	return p.Err()
}

// checkText notes a problem unless s has between low and high characters, spaces around it aside.
func checkText(p *Problems, field, label, s string, low, high int) {
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	switch {
	case n == 0 && low > 0:
		p.Addf(field, "%sを入力してください。", label)
	case n < low:
		p.Addf(field, "%sは%d文字以上で入力してください。", label, low)
	case n > high:
		p.Addf(field, "%sは%d文字以内で入力してください（現在%d文字）。", label, high, n)
	}
}
