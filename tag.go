package ippo

// Tag marks followers for a purpose of the staff's own (タグ), such as the people who came to a
// course. Followers do not see it.
type Tag struct {
	ID      int64
	Slug    string
	Name    string
	Friends int // followers who have it; filled in lists
}

// Validate reports every problem staff can mend.
func (t Tag) Validate() error {
	var p Problems
	checkSlug(&p, t.Slug)
	checkText(&p, "name", "名前", t.Name, 1, 30)
	return p.Err()
}
