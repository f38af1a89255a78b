package bot

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/personal"
	"ippo/messages"
	"ippo/store"
)

// What a link is for. Stored: add, never rename.
const (
	purposeAmbassador = "ambassador"
	purposeContact    = "contact" // how to reach somebody, for the desk
	purposeVisit      = "visit"   // to a group, and whether what is given may be passed on to it
	purposeSignUp     = "signup"  // for an event
	purposeVision     = "vision"  // an ambassador's
	purposeData       = "data"    // to all that we hold about somebody
	purposeTake       = "take"    // likewise, and to the files of it
	purposePhone      = "phone"   // no form: a number that waits for its owner's yes
)

// ambassadorContext is what was chosen in the chat before the ambassadors' form.
type ambassadorContext struct {
	Actions     []string  `json:"actions,omitempty"`
	ConsentedAt time.Time `json:"consentedAt"`
}

// contactContext is what the desk is asked for; its zero value is a call back.
type contactContext struct {
	Kind ippo.DeskRequestKind `json:"kind,omitempty"`
}

// linkLife is how long a link to a form is good.
const linkLife = 24 * time.Hour

// formLink makes a link to one of our forms, for this follower and for linkLife.
func (t *turn) formLink(purpose string, about any) string {
	return t.formLinkFor(purpose, about, linkLife)
}

// formLinkFor makes a link that is good for as long as it says.
func (t *turn) formLinkFor(purpose string, about any, life time.Duration) string {
	aboutJSON, err := json.Marshal(about)
	if err != nil {
		panic(fmt.Sprintf("bot: context of a link: %v", err)) // our own structs
	}
	return t.page(store.NewFormLink(t.follower.ID, purpose, aboutJSON, t.now.Add(life)))
}

// page keeps a link and returns its address.
func (t *turn) page(l store.FormLink) string {
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.AddFormLink(ctx, l) })
	return t.bot.base + l.Path(t.bot.links)
}

// Why a link does not lead to its form.
var (
	errBadLink      = errors.New("not a link of ours")
	errLinkOver     = errors.New("the link is too old or spent")
	errOtherBrowser = errors.New("the link is another browser's")
	errSwitchedOff  = errors.New("its module is switched off")
	errUnsent       = errors.New("what was sent is too long, or the connection broke")
)

// link reads the link that a request came by. The signature and the end are checked before the database
// is asked.
func (b *Bot) link(c *gin.Context) (store.FormLink, error) {
	m, ok := b.links.Verify(c.Param("link"))
	if !ok || len(m) != 16 {
		return store.FormLink{}, errBadLink
	}
	if end := time.Unix(int64(binary.BigEndian.Uint64(m[8:])), 0); !b.now().Before(end) {
		return store.FormLink{}, errLinkOver
	}
	l, err := b.store.FormLink(c.Request.Context(), int64(binary.BigEndian.Uint64(m[:8])))
	if errors.Is(err, ippo.ErrNotFound) {
		return l, errLinkOver
	}
	if err == nil {
		err = b.readBy(c, l.Follower)
	}
	if err == nil {
		err = b.on(c, linkModules[l.Purpose])
	}
	return l, err
}

const formCookie = "ippo_form"

// mine reports whether the request comes from the browser that opened the link.
func mine(c *gin.Context, l store.FormLink) bool {
	cookie, err := c.Cookie(formCookie)
	return err == nil && cookie != "" && l.BoundTo(cookie)
}

// formDoor is what a link opens: a page with 「開く」. Preview robots and closed pages open links too, so
// this spends nothing.
func (b *Bot) formDoor(c *gin.Context) error {
	l, err := b.link(c)
	if err != nil {
		return err
	}
	switch {
	case l.Bound() && !mine(c, l):
		return errOtherBrowser
	case !l.SpentAt.IsZero():
		if mine(c, l) {
			return b.to(c, "/done")
		}
		return errLinkOver
	case l.Bound():
		return b.to(c, "/form")
	}
	f, err := b.frame(c, formTitle(l.Purpose))
	if err != nil {
		return err
	}
	return b.render(c, http.StatusOK, "door", doorPage{f, "/r/f/" + c.Param("link"), doorTexts(l.Purpose)})
}

// doorPage asks for 「開く」.
type doorPage struct {
	frame
	Action string
	Texts  []string // keys of what it says
}

func doorTexts(purpose string) []string {
	if purpose == purposeData || purpose == purposeTake {
		return []string{"mydata.door"}
	}
	return []string{"consult.door"}
}

// formTitle is the key of what a form is called.
func formTitle(purpose string) string {
	switch purpose {
	case purposeAmbassador:
		return "form.ambassador.title"
	case purposeVisit:
		return "visit.title"
	case purposeSignUp:
		return "signup.title"
	case purposeVision:
		return "vision.title"
	case purposeData, purposeTake:
		return "mydata.title"
	case store.PurposeRoom:
		return "consult.title"
	}
	return "form.contact.title"
}

// to sends the browser on within the link. 303: reloading must not post again.
func (b *Bot) to(c *gin.Context, rest string) error {
	c.Redirect(http.StatusSeeOther, "/r/f/"+c.Param("link")+rest)
	return nil
}

// openForm binds the link to the browser that tapped 「開く」.
func (b *Bot) openForm(c *gin.Context) error {
	l, err := b.link(c)
	if err != nil {
		return err
	}
	if err := readForm(c); err != nil {
		return err
	}
	if mine(c, l) {
		return b.to(c, "/form")
	}
	if l.Bound() {
		return errOtherBrowser
	}
	var random [24]byte
	rand.Read(random[:])
	value := base64.RawURLEncoding.EncodeToString(random[:])
	if err := b.store.BindFormLink(c.Request.Context(), l.ID, value); errors.Is(err, ippo.ErrConflict) {
		return errOtherBrowser
	} else if err != nil {
		return err
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: formCookie, Value: value, Path: "/r/f/" + c.Param("link"), MaxAge: int(l.ExpiresAt.Sub(b.now()) / time.Second),
		HttpOnly: true, Secure: b.secure, SameSite: http.SameSiteLaxMode,
	})
	return b.to(c, "/form")
}

// ownLink is the link of a request that comes from the browser that opened it.
func (b *Bot) ownLink(c *gin.Context) (store.FormLink, error) {
	l, err := b.link(c)
	if err == nil && !mine(c, l) {
		err = errOtherBrowser
	}
	return l, err
}

func (b *Bot) showForm(c *gin.Context) error {
	l, err := b.ownLink(c)
	if err != nil {
		return err
	}
	if !l.SpentAt.IsZero() {
		return b.to(c, "/done")
	}
	switch l.Purpose {
	case purposeAmbassador:
		return b.showAmbassadorForm(c, http.StatusOK, ambassadorForm{}, nil)
	case purposeVisit:
		return b.showVisitForm(c, l)
	case purposeSignUp:
		return b.showSignUpForm(c, l)
	case purposeVision:
		return b.showVisionForm(c, l)
	case store.PurposeRoom:
		return b.showRoom(c, l)
	case purposeData, purposeTake:
		return b.showData(c, l)
	}
	return b.showContactForm(c, http.StatusOK, l, contactForm{}, nil)
}

// maxForm bounds what a form may hold: far more than anybody writes.
const maxForm = 64 << 10

// readForm reads what was sent, which every page does that something can be sent to: also one that asks for no
// fields takes no more than others.
func readForm(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
	if err := c.Request.ParseForm(); err != nil {
		return errUnsent
	}
	return nil
}

func (b *Bot) takeForm(c *gin.Context) error {
	l, err := b.ownLink(c)
	if err != nil {
		return err
	}
	if !l.SpentAt.IsZero() {
		return b.to(c, "/done")
	}
	if err := readForm(c); err != nil {
		return err
	}
	switch l.Purpose {
	case purposeAmbassador:
		return b.takeAmbassadorForm(c, l)
	case purposeVisit:
		return b.takeVisitForm(c, l)
	case purposeSignUp:
		return b.takeSignUpForm(c, l)
	case purposeVision:
		return b.takeVisionForm(c, l)
	case store.PurposeRoom:
		return b.takeRoom(c, l)
	case purposeData, purposeTake: // nothing is sent from there
		return b.to(c, "/form")
	}
	return b.takeContactForm(c, l)
}

// field reads one field of a posted form, without the spaces around it and without what no text holds.
func field(c *gin.Context, name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\r' || r == 0 || r == '\uFFFD' {
			return -1
		}
		return r
	}, c.Request.PostForm.Get(name)))
}

// ambassadorForm is the ambassadors' form as it was sent.
type ambassadorForm struct {
	Name, Kana, Contact, AgeBand, Guardian, Vision string
	GuardianConsent                                bool
}

type ambassadorFormPage struct {
	frame
	Form     ambassadorForm
	Problems ippo.Problems
	Bands    any
	Action   string
}

func (b *Bot) showAmbassadorForm(c *gin.Context, status int, form ambassadorForm, problems ippo.Problems) error {
	f, err := b.frame(c, formTitle(purposeAmbassador))
	if err != nil {
		return err
	}
	return b.render(c, status, "form_ambassador", ambassadorFormPage{f, form, f.mend("form.problem.", problems), ippo.AgeBands, c.Request.URL.Path})
}

func readAmbassadorForm(c *gin.Context) ambassadorForm {
	return ambassadorForm{
		Name: field(c, "name"), Kana: field(c, "kana"), Contact: field(c, "contact"), AgeBand: field(c, "ageBand"),
		Guardian: field(c, "guardian"), Vision: field(c, "vision"), GuardianConsent: field(c, "guardianConsent") == "yes",
	}
}

func (f ambassadorForm) ambassador() ippo.Ambassador {
	a := ippo.Ambassador{Name: f.Name, Kana: f.Kana, Contact: f.Contact, AgeBand: ippo.AgeBand(f.AgeBand), Vision: f.Vision}
	if a.AgeBand.NeedsGuardian() {
		a.Guardian = f.Guardian
	}
	return a
}

// problems are the fields that have to be mended before the form is taken; frame.mend says how.
func (f ambassadorForm) problems() ippo.Problems {
	a := f.ambassador()
	var p ippo.Problems
	errors.As(a.Validate(), &p)
	if a.AgeBand.NeedsGuardian() && !f.GuardianConsent {
		p.Add("guardianConsent", "")
	}
	return p
}

func (b *Bot) takeAmbassadorForm(c *gin.Context, l store.FormLink) error {
	ctx := c.Request.Context()
	form := readAmbassadorForm(c)
	if problems := form.problems(); len(problems) > 0 {
		return b.showAmbassadorForm(c, http.StatusUnprocessableEntity, form, problems)
	}
	var about ambassadorContext
	if err := json.Unmarshal(l.Context, &about); err != nil {
		return fmt.Errorf("read what the form is about: %w", err)
	}
	follower, err := b.store.Follower(ctx, l.Follower)
	if err != nil {
		return err
	}
	center, err := b.store.Settings(ctx)
	if err != nil {
		return err
	}
	a := form.ambassador()
	a.Follower, a.Actions, a.ConsentedAt = l.Follower, about.Actions, about.ConsentedAt
	w := b.texts.In(follower.Language)
	err = b.store.Write(ctx, func(t *store.Tx) error {
		if err := t.SpendFormLink(ctx, l.ID); err != nil {
			return err
		}
		made, err := t.ApplyAmbassador(ctx, a)
		if errors.Is(err, ippo.ErrConflict) {
			return nil // they came by two links; the first counts
		}
		if err != nil {
			return err
		}
		if err := t.LeaveConversation(ctx, l.Follower, talkAmbassador); err != nil {
			return err
		}
		return t.AddNotice(ctx, ippo.Notice{Follower: l.Follower, Kind: ippo.NoticeCard, Messages: []ippo.Message{
			messages.Text(w.Say("ambassador.thanks", messages.Vars{"Ambassador": center.Labels.Ambassador})),
			messages.AmbassadorCard(w, made, center, b.base),
		}})
	})
	if err != nil && !errors.Is(err, ippo.ErrConflict) { // a second tap on 送信 was quicker
		return err
	}
	b.told()
	return b.to(c, "/done")
}

// contactForm is how to reach somebody, as it was sent.
type contactForm struct {
	Name, Contact, Text string
}

type contactFormPage struct {
	frame
	Form     contactForm
	Problems ippo.Problems
	Action   string
}

func (b *Bot) showContactForm(c *gin.Context, status int, l store.FormLink, form contactForm, problems ippo.Problems) error {
	var about contactContext
	if err := json.Unmarshal(l.Context, &about); err != nil {
		return fmt.Errorf("read what the form is about: %w", err)
	}
	f, err := b.frame(c, formTitle(l.Purpose))
	if err != nil {
		return err
	}
	return b.render(c, status, "form_contact", contactFormPage{f, form, f.mend("form.problem.", problems), c.Request.URL.Path})
}

// problems are the fields that have to be mended; frame.mend says how.
func (f contactForm) problems() ippo.Problems {
	var p ippo.Problems
	length := func(name, value string, low, high int) {
		if n := len([]rune(value)); n < low || n > high {
			p.Add(name, "")
		}
	}
	length("name", f.Name, 1, 40)
	length("contact", f.Contact, 1, 100)
	length("text", f.Text, 0, 1000)
	if found := personal.Find(f.Contact); p.For("contact") == "" && found.Phone() == "" && len(found.Emails) == 0 {
		p.Add("contact", "")
	}
	return p
}

func (b *Bot) takeContactForm(c *gin.Context, l store.FormLink) error {
	ctx := c.Request.Context()
	form := contactForm{Name: field(c, "name"), Contact: field(c, "contact"), Text: field(c, "text")}
	if problems := form.problems(); len(problems) > 0 {
		return b.showContactForm(c, http.StatusUnprocessableEntity, l, form, problems)
	}
	var about contactContext
	if err := json.Unmarshal(l.Context, &about); err != nil {
		return fmt.Errorf("read what the form is about: %w", err)
	}
	if about.Kind == "" {
		about.Kind = ippo.RequestCallback
	}
	body := "お名前：" + form.Name + "\n連絡先：" + form.Contact
	if form.Text != "" {
		body += "\n内容：" + form.Text
	}
	err := b.store.Write(ctx, func(t *store.Tx) error {
		if err := t.SpendFormLink(ctx, l.ID); err != nil {
			return err
		}
		return t.AnswerDeskRequest(ctx, ippo.DeskRequest{Kind: about.Kind, Follower: l.Follower, Body: body})
	})
	if err != nil && !errors.Is(err, ippo.ErrConflict) {
		return err
	}
	return b.to(c, "/done")
}

// donePage thanks, and shows an ambassador's number.
type donePage struct {
	frame
	Number int      // 0: no ambassador
	Texts  []string // keys of what it says
}

func (b *Bot) formDone(c *gin.Context) error {
	l, err := b.ownLink(c)
	if err != nil {
		return err
	}
	if l.SpentAt.IsZero() {
		return b.to(c, "/form")
	}
	f, err := b.frame(c, "visit.done.title")
	if err != nil {
		return err
	}
	p := donePage{frame: f, Texts: []string{"form.done.desk", "form.done.close"}}
	switch l.Purpose {
	case purposeAmbassador:
		a, err := b.store.AmbassadorOf(c.Request.Context(), l.Follower)
		if err != nil {
			return err
		}
		p.Title, p.Number, p.Texts = f.Say("form.done.ambassador"), a.Number, []string{"form.done.later"}
	case purposeVisit:
		p.Texts = []string{"visit.done"}
	case purposeSignUp:
		what, err := b.signedUp(c, l.Follower)
		if err != nil {
			return err
		}
		p.Title, p.Texts = f.Say("signup.title"), []string{what, "signup.done.how"}
	case purposeVision:
		what, err := b.visionDone(c, l.Follower)
		if err != nil {
			return err
		}
		p.Texts = []string{what, "form.done.close"}
	}
	return b.render(c, http.StatusOK, "done", p)
}
