package ippo

import "time"

// EventID names an event.
type EventID int64

// Event is something that happens on a day (イベント).
type Event struct {
	ID        EventID
	Slug      string
	Title     string
	Summary   string
	Body      string
	StartsAt  time.Time
	EndsAt    time.Time
	Place     string
	Capacity  int // 0: no limit
	Cost      string
	Contact   string // how to sign up
	Topics    Choice
	Areas     Choice
	URL       string
	Status    ContentStatus
	UpdatedAt time.Time

	Translations Translations
}

// Texts are the event's texts, for its translations.
func (e *Event) Texts() []ContentText {
	return []ContentText{
		{"title", "題名", 60, &e.Title}, {"summary", "概要", 120, &e.Summary}, {"body", "くわしい内容", 5000, &e.Body},
		{"place", "場所", 60, &e.Place}, {"cost", "費用", 60, &e.Cost}, {"contact", "申込方法", 100, &e.Contact},
	}
}

// In returns the event as readers of a language are shown it.
func (e Event) In(l Language) (Event, Reading) {
	r := e.Translations.read(l, e.Texts())
	return e, r
}

// When says the event's time as people read it: 2026年3月8日（日）9:30〜11:30.
func (e Event) When() string {
	start, end := e.StartsAt.In(Tokyo), e.EndsAt.In(Tokyo)
	if Day(start).Equal(Day(end)) {
		return DateWords(start) + start.Format("15:04") + "〜" + end.Format("15:04")
	}
	return TimeWords(start) + "〜" + TimeWords(end)
}

// Validate reports every problem staff can mend.
func (e Event) Validate() error {
	var p Problems
	checkSlug(&p, e.Slug)
	checkText(&p, "title", "題名", e.Title, 1, 60)
	checkText(&p, "summary", "概要", e.Summary, 1, 120)
	checkText(&p, "body", "くわしい内容", e.Body, 0, 5000)
	checkText(&p, "place", "場所", e.Place, 1, 60)
	checkText(&p, "cost", "費用", e.Cost, 0, 60)
	checkText(&p, "contact", "申込方法", e.Contact, 0, 100)
	checkURL(&p, "url", e.URL)
	checkTranslations(&p, e.Translations, e.Texts())
	checkContentStatus(&p, e.Status)
	if e.StartsAt.IsZero() {
		p.Add("startsAt", "始まる日時を入力してください。")
	}
	if e.EndsAt.Before(e.StartsAt) {
		p.Add("endsAt", "終わる日時は始まりより後にしてください。")
	}
	if e.Capacity < 0 || e.Capacity > 100_000 {
		p.Add("capacity", "定員は0から100,000までで入力してください（0は定員なし）。")
	}
	return p.Err()
}
