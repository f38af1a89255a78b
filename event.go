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
	Contact   string // how to sign up otherwise
	Topics    Choice
	Areas     Choice
	URL       string
	Status    ContentStatus
	UpdatedAt time.Time

	Translations Translations

	SignUp         SignUp
	ForAmbassadors bool // nobody else is shown it or can sign up
	CalledOff      bool // 中止

	// What the store fills in.
	Code   string // who was there says it, by the event's QR code; "" until sign-up was open once
	Places Places
}

// SignUp says how people sign up for an event through Ippo (申込); as its zero value, they do not.
type SignUp struct {
	Open         bool
	Until        time.Time // zero: until the event begins
	AsksName     bool      // name and contact, on our own page
	MaxParty     int       // how many people one may sign up, oneself included
	ConfirmHours int       // for how long a place is kept for who is first on the waiting list
}

// Bounds of what a center decides about sign-up.
const (
	MaxParty        = 6
	MaxConfirmHours = 72
	// DefaultConfirmHours is long enough for somebody who looks at LINE once a day.
	DefaultConfirmHours = 24
)

// Places counts people, not sign-ups, by what has become of them.
type Places struct {
	Taken    int // signed up, or asked to confirm a place that is kept for them
	Offered  int // of these, asked and yet to confirm
	Waiting  int // on the waiting list
	Attended int
}

// Left returns how many places are free; limited is false where there are as many as people come.
func (e Event) Left() (left int, limited bool) {
	return max(e.Capacity-e.Places.Taken, 0), e.Capacity > 0
}

// Has reports whether there is room for n more people.
func (e Event) Has(n int) bool {
	left, limited := e.Left()
	return !limited || left >= n
}

// Full reports whether whoever signs up now comes onto the waiting list.
func (e Event) Full() bool { return e.SignUp.Open && !e.Has(1) }

// SignsUpUntil is when residents can no longer sign up.
func (e Event) SignsUpUntil() time.Time {
	if e.SignUp.Until.IsZero() || e.SignUp.Until.After(e.StartsAt) {
		return e.StartsAt
	}
	return e.SignUp.Until
}

// TellsOf reports whether those who signed up have to be told that the event is no longer as it was: moved,
// or called off, or taking place after all.
func (e Event) TellsOf(was Event, now time.Time) bool {
	moved := !e.StartsAt.Equal(was.StartsAt) || !e.EndsAt.Equal(was.EndsAt) || e.Place != was.Place
	return e.Status == ContentPublished && now.Before(was.EndsAt) && now.Before(e.EndsAt) &&
		(e.CalledOff != was.CalledOff || moved && !e.CalledOff)
}

// TakesPlace reports whether residents may still count on it.
func (e Event) TakesPlace() bool { return e.Status == ContentPublished && !e.CalledOff }

// TakesSignUps reports whether residents can sign up now.
func (e Event) TakesSignUps(now time.Time) bool {
	return e.SignUp.Open && e.TakesPlace() && now.Before(e.SignsUpUntil())
}

// TakesAttendance reports whether people who are there can say so: all through its days.
func (e Event) TakesAttendance(now time.Time) bool {
	return e.TakesPlace() && e.Code != "" && !now.Before(Day(e.StartsAt)) && now.Before(Day(e.EndsAt).AddDate(0, 0, 1))
}

// shortestConfirm is the least time that anybody is given to confirm a place.
const shortestConfirm = 30 * time.Minute

// ConfirmBy says until when a place is kept for somebody who is asked now: the hours that staff set, and
// at most half of what is left until the event, so that the next in line has a chance too. They are told
// once it is not quiet, and what would end in the quiet hours ends with these. ok is false when the event
// is too near to ask anybody.
func (e Event) ConfirmBy(now time.Time, settings Settings, holiday Holidays) (by time.Time, ok bool) {
	told := settings.Open(now, holiday)
	wait := min(time.Duration(e.SignUp.ConfirmHours)*time.Hour, e.StartsAt.Sub(told)/2)
	if wait < shortestConfirm {
		return by, false
	}
	by = told.Add(wait).Truncate(time.Minute)
	if morning := settings.Open(by, holiday); morning.Before(e.StartsAt.Add(-shortestConfirm)) {
		by = morning
	}
	return by, true
}

// EventReminder is one of the two reminders of an event.
type EventReminder string

// The reminders. In keys of notices: never rename.
const (
	RemindDay  EventReminder = "day"  // the day before
	RemindSoon EventReminder = "soon" // two hours before
)

// apart is how far the reminders of one event lie apart at least: two on one evening are one too many.
const apart = 3 * time.Hour

// Reminders says when people are reminded of the event: what would fall into the quiet hours comes the
// evening before.
func (e Event) Reminders(settings Settings, holiday Holidays) map[EventReminder]time.Time {
	day := settings.Before(e.StartsAt.AddDate(0, 0, -1), holiday)
	soon := settings.Before(e.StartsAt.Add(-2*time.Hour), holiday)
	if soon.Sub(day) < apart {
		return map[EventReminder]time.Time{RemindSoon: soon}
	}
	return map[EventReminder]time.Time{RemindDay: day, RemindSoon: soon}
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
	if e.SignUp.Open {
		e.SignUp.check(&p)
	}
	return p.Err()
}

func (s SignUp) check(p *Problems) {
	if s.MaxParty < 1 || s.MaxParty > MaxParty {
		p.Addf("maxParty", "一度に申し込める人数は1から%dまでで入力してください。", MaxParty)
	}
	if s.ConfirmHours < 1 || s.ConfirmHours > MaxConfirmHours {
		p.Addf("confirmHours", "席をとっておく時間は1から%dまでで入力してください。", MaxConfirmHours)
	}
}
