package admin

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

type settingsPage struct {
	frame
	Form                ippo.Settings // as typed; the frame keeps those in force
	From                string
	Until               string
	Days                []option
	OpenFrom, OpenUntil string
	PerHour             string   // how many messages one person may get
	DaysOff             string   // one a line
	Languages           []option // those that residents are not to choose
	Alone               bool     // one person approves
	Over                string   // how many people one's own broadcast may reach
	Danger              string   // one word a line
	Price               string   // of a message, in yen; "" for not known
	DigestDays          []option
	DigestAt            string
	Keep                []keepRow
	LastRun             ippo.RetentionRun // zero before the first
	Waiting             int               // people whose erasure is under way
}

// keepRow is for how many days something is kept.
type keepRow struct {
	Field, Words, Days, Hint string
}

// keepRows are the fields of the days that things are kept; typed has what stands in them, by field.
func keepRows(keep ippo.Keep, typed map[string]string) (rows []keepRow) {
	for _, r := range ippo.Retentions {
		row := keepRow{"keep." + string(r.Kind), r.Words + "（日）", strconv.Itoa(keep.Days(r.Kind)), fmt.Sprintf("%s%s日から%s日まで。", r.Hint, ippo.Comma(int64(r.Min)), ippo.Comma(int64(r.Max)))}
		if own, ok := typed[row.Field]; ok {
			row.Days = own
		}
		rows = append(rows, row)
	}
	return rows
}

// WrongKeep reports whether a number of days has to be mended.
func (f settingsPage) WrongKeep() bool {
	return slices.ContainsFunc(f.Keep, func(row keepRow) bool { return f.Problem(row.Field) != "" })
}

func (p *Panel) settingsPage(c *gin.Context, form settingsPage, found ippo.Problems) error {
	form.frame = p.frame(c)
	form.Days = weekdayOptions(form.Form.OpenDays)
	for _, l := range p.catalogs.Languages() {
		if l != ippo.Japanese {
			form.Languages = append(form.Languages, option{string(l), l.Words(), !form.Form.Offers(l)})
		}
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		form.DigestDays = append(form.DigestDays, option{strconv.Itoa(int(day)), ippo.WeekdayName(day) + "曜", day == form.Form.DigestDay})
	}
	if form.Keep == nil {
		form.Keep = keepRows(form.Form.Keep, nil)
	}
	var err error
	if form.LastRun, err = p.Store.RetentionRun(c.Request.Context()); err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	waiting, err := p.Store.Erasures(c.Request.Context())
	if err != nil {
		return err
	}
	form.Waiting = len(waiting)
	form.Problems = found
	return p.render(c, formStatus(found), "settings.html", form)
}

func (p *Panel) showSettings(c *gin.Context) error {
	s, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	return p.settingsPage(c, settingsPage{
		Form: s, OpenFrom: s.OpenFrom.String(), OpenUntil: s.OpenUntil.String(), PerHour: strconv.Itoa(s.PerHour), Alone: s.OnePerson != "", Over: strconv.Itoa(s.ApprovalOver), DigestAt: s.DigestAt.String(), From: s.QuietFrom.String(), Until: s.QuietUntil.String(), Danger: strings.Join(s.DangerWords, "\n"),
		Price: priceWords(s.MessagePrice), DaysOff: daysOffText(s.DaysOff),
	}, nil)
}

// daysOffText are days off as the form has them.
func daysOffText(days []ippo.DayOff) string {
	lines := make([]string, len(days))
	for i, d := range days {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}

// readDaysOff reads them.
func readDaysOff(text string, found *ippo.Problems) (days []ippo.DayOff) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		d, err := ippo.ParseDayOff(line)
		if more, ok := errors.AsType[ippo.Problems](err); ok {
			*found = append(*found, more...)
			continue
		}
		days = append(days, d)
	}
	return days
}

// priceWords is the price of a message as the form has it.
func priceWords(price ippo.Sen) string {
	if price == 0 {
		return ""
	}
	return price.String()
}

func (p *Panel) saveSettings(c *gin.Context) error {
	ctx := c.Request.Context()
	s, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	form := settingsPage{
		OpenFrom: narrow(formText(c, "openFrom")), OpenUntil: narrow(formText(c, "openUntil")),
		PerHour: narrow(formText(c, "perHour")), Alone: formOn(c, "alone"), Over: narrow(formText(c, "approvalOver")),
		From: narrow(formText(c, "quietFrom")), Until: narrow(formText(c, "quietUntil")), Danger: formText(c, "dangerWords"),
		DigestAt: narrow(formText(c, "digestAt")),
	}
	s.Office = ippo.Office{
		Account: formText(c, "office.account"), Name: formText(c, "office.name"), City: formText(c, "office.city"),
		Phone: formText(c, "office.phone"), Hours: formText(c, "office.hours"), Address: formText(c, "office.address"),
		Email: formText(c, "office.email"),
	}
	s.Labels = ippo.Labels{
		Ambassador: formText(c, "labels.ambassador"), Campaign: formText(c, "labels.campaign"), Vision: formText(c, "labels.vision"),
	}
	var found ippo.Problems
	if s.OpenFrom, err = ippo.ParseTimeOfDay(form.OpenFrom); err != nil {
		found.Add("openFrom", "時刻は「09:00」のように入力してください。")
	}
	if s.OpenUntil, err = ippo.ParseTimeOfDay(form.OpenUntil); err != nil {
		found.Add("openUntil", "時刻は「17:00」のように入力してください。")
	}
	s.OnCall = formText(c, "onCall")
	form.DaysOff = formText(c, "daysOff")
	s.DaysOff = readDaysOff(form.DaysOff, &found)
	s.Unoffered = nil
	for _, l := range c.PostFormArray("unoffered") {
		if l := ippo.Language(l); l != ippo.Japanese && p.catalogs.Has(l) {
			s.Unoffered = append(s.Unoffered, l)
		}
	}
	s.OpenDays, s.QuietDaysOff = formWeekdays(c, "openDays"), formOn(c, "quietDaysOff")
	if s.QuietFrom, err = ippo.ParseTimeOfDay(form.From); err != nil {
		found.Add("quietFrom", "時刻は「20:00」のように入力してください。")
	}
	if s.QuietUntil, err = ippo.ParseTimeOfDay(form.Until); err != nil {
		found.Add("quietUntil", "時刻は「08:00」のように入力してください。")
	}
	s.DigestDay = time.Weekday(formInt(c, "digestDay", "曜日", &found))
	if s.DigestAt, err = ippo.ParseTimeOfDay(form.DigestAt); err != nil {
		found.Add("digestAt", "時刻は「17:00」のように入力してください。")
	}
	s.PerHour = formInt(c, "perHour", "1時間に届く数", &found)
	s.ApprovalOver = formInt(c, "approvalOver", "人数", &found)
	s.OnePerson = ""
	if form.Alone {
		if s.OnePerson = formText(c, "onePerson"); s.OnePerson == "" {
			found.Add("onePerson", "一人で承認する理由を入力してください。")
		}
	}
	s.SecondFactor = formOn(c, "secondFactor")
	s.CountBrowsers = formOn(c, "countBrowsers")
	form.Price, s.MessagePrice = narrow(formText(c, "messagePrice")), 0
	if form.Price != "" {
		var ok bool
		if s.MessagePrice, ok = ippo.ParseYen(form.Price); !ok {
			found.Add("messagePrice", "1通あたりの費用は「0.5」や「3」のように、円で入力してください。")
		}
	}
	typed := map[string]string{}
	s.Keep = ippo.Keep{} // not the one in force, which others read
	for _, r := range ippo.Retentions {
		field := "keep." + string(r.Kind)
		typed[field] = narrow(formText(c, field))
		s.Keep[r.Kind] = formInt(c, field, r.Words, &found)
	}
	form.Keep = keepRows(ippo.Keep{}, typed)
	s.DangerWords = nil
	for line := range strings.Lines(form.Danger) {
		if word := strings.TrimSpace(line); word != "" {
			s.DangerWords = append(s.DangerWords, word)
		}
	}
	form.Form = s
	if found == nil {
		if found, err = mend(p.Store.SaveSettings(ctx, p.me(c).ID, s), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.settingsPage(c, form, found)
	}
	return p.redirect(c, "設定を保存しました。", href("settings"))
}
