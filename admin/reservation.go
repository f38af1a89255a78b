package admin

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/qr"
)

type reservationList struct {
	frame
	pager
	Query    string
	State    string
	States   []option
	Item     ippo.Event
	Rows     []reservationRow
	Felt     []feltRow
	Form     ippo.Reservation // being entered
	Ways     []option
	WalkIn   bool
	Takes    bool // staff can enter sign-ups
	Begun    bool // its day has come
	Answered int
}

// reservationRow is a reservation as staff list it.
type reservationRow struct {
	ippo.Reservation
	Name  string // who comes, as far as it is known
	Place int    // on the waiting list; 0: not on it
}

type feltRow struct {
	Words string
	Count int
}

// attendeeName is who comes: the name that was given, or the one that LINE shows, masked.
func attendeeName(r ippo.Reservation) string {
	switch {
	case r.Attendee.Name != "":
		return r.Attendee.Name
	case r.FollowerName != "":
		return "LINE " + masked(r.FollowerName)
	case r.State == ippo.ReservationWalkIn:
		return "（お名前なし）"
	}
	return "（削除済み）"
}

func reservationRows(all []ippo.Reservation) []reservationRow {
	rows := make([]reservationRow, len(all))
	place := 0
	for i, r := range all {
		rows[i] = reservationRow{Reservation: r, Name: attendeeName(r)}
		if r.State == ippo.ReservationWaiting {
			place++
			rows[i].Place = place
		}
	}
	return rows
}

// eventOf is the event of the address.
func (p *Panel) eventOf(c *gin.Context) (ippo.Event, error) {
	id, err := pathID[ippo.EventID](c)
	if err != nil {
		return ippo.Event{}, err
	}
	return p.Store.Event(c.Request.Context(), id)
}

func (p *Panel) reservationList(c *gin.Context) error {
	e, err := p.eventOf(c)
	if err != nil {
		return err
	}
	return p.reservationPage(c, e, ippo.Reservation{Way: ippo.ReservedByPhone, Party: 1}, nil)
}

func (p *Panel) reservationPage(c *gin.Context, e ippo.Event, form ippo.Reservation, found ippo.Problems) error {
	ctx := c.Request.Context()
	all, err := p.Store.Reservations(ctx, e.ID)
	if err != nil {
		return err
	}
	felt, err := p.Store.Feedbacks(ctx, e.ID)
	if err != nil {
		return err
	}
	page := reservationList{
		frame: p.frame(c), Query: query(c), State: c.Query("state"), Item: e, Form: form, WalkIn: form.State == ippo.ReservationWalkIn,
		Ways: statuses(ippo.EnteredReservations, form.Way), Begun: begun(e, p.Now()),
		Takes: e.SignUp.Open && e.TakesPlace() && p.Now().Before(ippo.Day(e.EndsAt).AddDate(0, 0, 1)),
	}
	page.Problems = found
	page.States = append([]option{{"", "すべて", page.State == ""}}, statuses(ippo.ReservationStates, ippo.ReservationState(page.State))...)
	for _, f := range ippo.Feedbacks {
		page.Felt = append(page.Felt, feltRow{f.Words(), felt[f]})
		page.Answered += felt[f]
	}
	rows := search(reservationRows(all), page.Query, func(r reservationRow) []string {
		return []string{r.Attendee.Name, r.Attendee.Contact, r.FollowerName}
	})
	if page.State != "" {
		kept := rows[:0]
		for _, r := range rows {
			if string(r.State) == page.State {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	page.Rows, page.pager = pageOf(c, rows)
	return p.render(c, formStatus(found), "reservation_list.html", page)
}

// enterReservation keeps a sign-up that was made on the telephone or at the desk.
func (p *Panel) enterReservation(c *gin.Context) error {
	e, err := p.eventOf(c)
	if err != nil {
		return err
	}
	var found ippo.Problems
	form := ippo.Reservation{
		Event: e.ID, Way: ippo.ReservationWay(c.PostForm("way")), Party: formInt(c, "party", "人数", &found),
		Attendee: ippo.Attendee{Name: formText(c, "name"), Contact: formText(c, "contact")},
	}
	if formOn(c, "walkin") {
		form.State = ippo.ReservationWalkIn
	}
	if found != nil {
		return p.reservationPage(c, e, form, found)
	}
	made, err := p.Store.EnterReservation(c.Request.Context(), p.me(c).ID, form)
	if found, err = mend(err, nil); err != nil {
		return err
	}
	if found != nil {
		return p.reservationPage(c, e, form, found)
	}
	p.Wake()
	return p.redirect(c, "「"+made.State.Words()+"」として入れました。", href("events/%d/reservations", e.ID))
}

type reservationPage struct {
	frame
	Item  reservationRow
	Event ippo.Event
	Party int // as it was typed in
	Begun bool
}

// begun reports whether an event's day has come, on which people are ticked off.
func begun(e ippo.Event, now time.Time) bool { return !now.Before(ippo.Day(e.StartsAt)) }

// reservation is the reservation of the address, with its event.
func (p *Panel) reservation(c *gin.Context) (ippo.Reservation, ippo.Event, error) {
	id, err := pathID[ippo.ReservationID](c)
	if err != nil {
		return ippo.Reservation{}, ippo.Event{}, err
	}
	r, err := p.Store.Reservation(c.Request.Context(), id)
	if err != nil {
		return r, ippo.Event{}, err
	}
	e, err := p.Store.Event(c.Request.Context(), r.Event)
	return r, e, err
}

func (p *Panel) showReservation(c *gin.Context) error {
	r, e, err := p.reservation(c)
	if err != nil {
		return err
	}
	return p.reservationShown(c, r, e, r.Party, nil)
}

func (p *Panel) reservationShown(c *gin.Context, r ippo.Reservation, e ippo.Event, party int, found ippo.Problems) error {
	all, err := p.Store.Reservations(c.Request.Context(), e.ID)
	if err != nil {
		return err
	}
	page := reservationPage{frame: p.frame(c), Event: e, Party: party, Begun: begun(e, p.Now()), Item: reservationRow{Reservation: r, Name: attendeeName(r)}}
	page.Problems = found
	for _, row := range reservationRows(all) {
		if row.ID == r.ID {
			page.Item.Place = row.Place
		}
	}
	return p.render(c, formStatus(found), "reservation_show.html", page)
}

// handNotices are what staff may do to a reservation with one button, and what is said then.
var handNotices = map[string]string{
	"place": "席を決めました。", "resize": "人数を変えました。", "attend": "出席にしました。", "absent": "出席を取り消しました。",
}

// handReservation does one thing to a reservation, and goes back to its page or, for a tick, to the list.
func (p *Panel) handReservation(c *gin.Context) error {
	r, e, err := p.reservation(c)
	if err != nil {
		return err
	}
	do := c.PostForm("do")
	notice, ok := handNotices[do]
	if !ok {
		return ippo.ErrNotFound
	}
	var found ippo.Problems
	party := formInt(c, "party", "人数", &found)
	if found == nil {
		_, err = p.Store.HandReservation(c.Request.Context(), p.me(c).ID, r.ID, do, party)
		if found, err = mend(err, nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.reservationShown(c, r, e, cmp.Or(party, r.Party), found)
	}
	p.Wake()
	if c.PostForm("back") == "list" {
		return p.redirect(c, notice, href("events/%d/reservations", e.ID))
	}
	return p.redirect(c, notice, href("reservations/%d", r.ID))
}

func (p *Panel) askCancelReservation(c *gin.Context) error {
	r, _, err := p.reservation(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "申込の取り消し", Question: fmt.Sprintf("%sさんの申込（%d人）を取り消しますか。", attendeeName(r), r.Party),
		Detail: "空いた席は、キャンセル待ちの方に案内します。ご本人には知らせないため、電話などで伝えてください。",
		Button: "申込を取り消す", Back: href("reservations/%d", r.ID), Icon: "stop",
	}, nil)
}

func (p *Panel) cancelReservation(c *gin.Context) error {
	r, e, err := p.reservation(c)
	if err != nil {
		return err
	}
	if _, err := p.Store.HandReservation(c.Request.Context(), p.me(c).ID, r.ID, "cancel", 0); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, "申込を取り消しました。", href("events/%d/reservations", e.ID))
}

// reservationCSV saves an event's list. It holds personal data, so it is in the audit log.
func (p *Panel) reservationCSV(c *gin.Context) error {
	e, err := p.eventOf(c)
	if err != nil {
		return err
	}
	all, err := p.Store.Reservations(c.Request.Context(), e.ID)
	if err != nil {
		return err
	}
	if err := p.Store.Audit(c.Request.Context(), p.me(c).ID, "reservation.csv", fmt.Sprintf("event:%d", e.ID), fmt.Sprintf("%d件", len(all))); err != nil {
		return err
	}
	w, err := beginCSV(c, fmt.Sprintf("reservations-%s-%s.csv", e.Slug, p.Now().In(ippo.Tokyo).Format("20060102")), "番号", "状態", "待ち順", "人数", "氏名", "連絡先", "LINEの名前", "方法", "申込日時", "返事の期限", "出席", "感想")
	if err != nil {
		return nil
	}
	for _, r := range reservationRows(all) {
		place := ""
		if r.Place > 0 {
			place = strconv.Itoa(r.Place)
		}
		err := w.Row(strconv.FormatInt(int64(r.ID), 10), r.State.Words(), place, strconv.Itoa(r.Party), r.Attendee.Name, r.Attendee.Contact,
			r.FollowerName, r.Way.Words(), shortTime(r.MadeAt), shortTime(r.ConfirmBy), shortTime(r.AttendedAt), r.Feedback.Words())
		if err != nil {
			return nil
		}
	}
	w.Flush()
	return nil
}

type namesPage struct {
	frame
	Item  ippo.Event
	Rows  []reservationRow
	Blank []struct{} // empty rows for who comes without a sign-up
	Made  time.Time
}

// names is the list for the desk on the day, to be printed. It holds personal data, so it is in the audit log.
func (p *Panel) names(c *gin.Context) error {
	e, err := p.eventOf(c)
	if err != nil {
		return err
	}
	all, err := p.Store.Reservations(c.Request.Context(), e.ID)
	if err != nil {
		return err
	}
	page := namesPage{frame: p.frame(c), Item: e, Blank: make([]struct{}, 5), Made: p.Now()}
	for _, r := range reservationRows(all) {
		if r.State.Open() || r.State == ippo.ReservationWalkIn {
			page.Rows = append(page.Rows, r)
		}
	}
	if err := p.Store.Audit(c.Request.Context(), p.me(c).ID, "reservation.names", fmt.Sprintf("event:%d", e.ID), fmt.Sprintf("%d件", len(page.Rows))); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "reservation_names.html", page)
}

type eventCodePage struct {
	frame
	Item    ippo.Event
	Message string
	Missing bool // LINE has not told our address yet, so there is no code to print
}

// codedEvent is the event of the address, if people can be counted there.
func (p *Panel) codedEvent(c *gin.Context) (ippo.Event, error) {
	e, err := p.eventOf(c)
	if err == nil && e.Code == "" {
		err = ippo.ErrNotFound
	}
	return e, err
}

// eventCode is a sheet with the code that people who are there scan, to be printed.
func (p *Panel) eventCode(c *gin.Context) error {
	e, err := p.codedEvent(c)
	if err != nil {
		return err
	}
	_, err = p.ChatURL(ippo.AttendanceText(e))
	if err != nil && !errors.Is(err, errNoAccount) {
		return err
	}
	return p.render(c, http.StatusOK, "event_code.html", eventCodePage{p.frame(c), e, ippo.AttendanceText(e), err != nil})
}

// eventQR is the code alone, as a picture that prints sharply at any size.
func (p *Panel) eventQR(c *gin.Context) error {
	e, err := p.codedEvent(c)
	if err != nil {
		return err
	}
	address, err := p.ChatURL(ippo.AttendanceText(e))
	if err != nil {
		return err
	}
	svg, err := qr.SVG(address)
	if err != nil {
		return fmt.Errorf("code of event %d: %w", e.ID, err)
	}
	c.Data(http.StatusOK, "image/svg+xml", []byte(svg))
	return nil
}
