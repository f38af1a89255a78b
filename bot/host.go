package bot

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// hostTalk is for whoever receives newcomers for a group and has linked their account to it.
func hostTalk() *talk {
	return &talk{
		name:   talkHost,
		module: ippo.ModuleGroups,
		begin:  (*turn).menu,
		taps:   map[string]func(*turn, string) error{"fresh": answerFresh},
	}
}

// linkGroup ties this LINE account to a group, as that of who receives newcomers for it.
func (t *turn) linkGroup(code string) error {
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		g, err := tx.LinkGroup(ctx, code, t.follower.ID)
		switch {
		case errors.Is(err, ippo.ErrNotFound):
			t.say("host.unknown")
			return nil
		case errors.Is(err, ippo.ErrForbidden):
			t.say("host.wait", messages.Vars{"Minutes": int(ippo.StaffLinkWait.Minutes())})
			return nil
		case err != nil:
			return err
		}
		t.say("host.linked", messages.Vars{"Group": g.Name})
		return nil
	})
	return nil
}

// answerFresh takes a tap under 「募集中ですか」.
func answerFresh(t *turn, value string) error {
	number, said, _ := strings.Cut(value, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	answer := ippo.FreshAnswer(said)
	if err != nil || !slices.Contains(ippo.FreshAnswers, answer) {
		return t.oldButton()
	}
	account, err := t.bot.store.GroupAccount(t.ctx, ippo.ActivityGroupID(id))
	if errors.Is(err, ippo.ErrNotFound) || err == nil && account.Follower != t.follower.ID {
		t.say("host.fresh.other")
		t.closing()
		return nil
	}
	if err != nil {
		return err
	}
	g, err := t.bot.store.ActivityGroup(t.ctx, account.Group)
	if err != nil {
		return err
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error { return tx.ConfirmGroup(ctx, 0, g.ID, answer) })
	t.say("host.fresh.thanks", messages.Vars{"Group": g.Name, "Answer": t.w.Say("host.fresh." + said)})
	t.closing()
	return nil
}

// Why a group's link does not lead to its page.
var (
	errHostLinkOver  = errors.New("the group's link is over")
	errHostOtherOpen = errors.New("the group's link is another browser's")
)

const hostCookie = "ippo_group"

// hostLink reads the link that a group's request came by. Each page is told which kind of link it is for.
func (b *Bot) hostLink(c *gin.Context) (store.GroupLink, error) {
	m, ok := b.hosts.Verify(c.Param("link"))
	if !ok || len(m) != 16 {
		return store.GroupLink{}, errHostLinkOver
	}
	if end := time.Unix(int64(binary.BigEndian.Uint64(m[8:])), 0); !b.now().Before(end) {
		return store.GroupLink{}, errHostLinkOver
	}
	l, err := b.store.GroupLink(c.Request.Context(), int64(binary.BigEndian.Uint64(m[:8])))
	if errors.Is(err, ippo.ErrNotFound) {
		return l, errHostLinkOver
	}
	if err == nil {
		err = b.on(c, hostModule(l))
	}
	return l, err
}

// hostDoor is what a group's link opens. To a match it is a page with 「開く」, because programs that look at
// mail open links too: this shows and spends nothing. The question whether an entry is right has its buttons
// at once, for there is nothing to be seen.
func (b *Bot) hostDoor(c *gin.Context) error {
	l, err := b.hostLink(c)
	if err != nil {
		return err
	}
	if l.Match == 0 {
		return b.freshPage(c, l, http.StatusOK, "")
	}
	switch {
	case hostMine(c, l):
		return b.toVisit(c)
	case l.Bound():
		return errHostOtherOpen
	}
	f, err := b.frame(c, "host.visit.title")
	if err != nil {
		return err
	}
	return b.render(c, http.StatusOK, "door", doorPage{f, f.To("/r/g/" + c.Param("link")), []string{"host.door", "host.door.bind"}})
}

func hostMine(c *gin.Context, l store.GroupLink) bool {
	cookie, err := c.Cookie(hostCookie)
	return err == nil && cookie != "" && l.BoundTo(cookie)
}

// openHost binds a link to a match to the browser that tapped 「開く」.
func (b *Bot) openHost(c *gin.Context) error {
	l, err := b.hostLink(c)
	if err != nil {
		return err
	}
	if l.Match == 0 {
		return errHostLinkOver
	}
	if err := readForm(c); err != nil {
		return err
	}
	if !hostMine(c, l) {
		if l.Bound() {
			return errHostOtherOpen
		}
		var random [24]byte
		rand.Read(random[:])
		value := base64.RawURLEncoding.EncodeToString(random[:])
		if err := b.store.BindGroupLink(c.Request.Context(), l.ID, value); errors.Is(err, ippo.ErrConflict) {
			return errHostOtherOpen
		} else if err != nil {
			return err
		}
		http.SetCookie(c.Writer, &http.Cookie{
			Name: hostCookie, Value: value, Path: "/r/g/" + c.Param("link"), MaxAge: int(l.ExpiresAt.Sub(b.now()) / time.Second),
			HttpOnly: true, Secure: b.secure, SameSite: http.SameSiteLaxMode,
		})
	}
	return b.toVisit(c)
}

// toVisit sends the browser on to the match that its link is for, in the language it came in.
func (b *Bot) toVisit(c *gin.Context) error {
	to := "/r/g/" + c.Param("link") + "/visit"
	if l := c.Query(messages.LanguageParam); ippo.IsLanguage(ippo.Language(l)) {
		to += "?" + messages.LanguageParam + "=" + l
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

type hostVisitPage struct {
	frame
	Match    ippo.Match
	Problems ippo.Problems
	Action   string
	VisitOn  string // as it was sent, or as it stands
	Said     bool   // the answer was just given
	Today    string
}

// hostVisit is the match that a request is about, from the browser that opened its link.
func (b *Bot) hostVisit(c *gin.Context) (page hostVisitPage, err error) {
	l, err := b.hostLink(c)
	switch {
	case err != nil:
		return page, err
	case l.Match == 0:
		return page, errHostLinkOver
	case !hostMine(c, l):
		return page, errHostOtherOpen
	}
	if page.Match, err = b.store.Match(c.Request.Context(), l.Match); err != nil {
		return page, err
	}
	if page.Match.State == ippo.MatchSuggested || !page.Match.Consent.Given() {
		return page, errHostLinkOver // it was taken back
	}
	page.frame, err = b.frame(c, "host.page.visit")
	page.Action = page.To("/r/g/" + c.Param("link") + "/visit")
	page.Today = ippo.Day(b.now()).Format(time.DateOnly)
	if !page.Match.VisitOn.IsZero() {
		page.VisitOn = page.Match.VisitOn.In(ippo.Tokyo).Format(time.DateOnly)
	}
	return page, err
}

func (b *Bot) showHostVisit(c *gin.Context) error {
	page, err := b.hostVisit(c)
	if err != nil {
		return err
	}
	return b.render(c, http.StatusOK, "host_visit", page)
}

// takeHostVisit takes the group's answer and tells the newcomer.
func (b *Bot) takeHostVisit(c *gin.Context) error {
	ctx := c.Request.Context()
	page, err := b.hostVisit(c)
	if err != nil {
		return err
	}
	if err := readForm(c); err != nil {
		return err
	}
	answer := ippo.GroupAnswer(field(c, "answer"))
	page.VisitOn = field(c, "visitOn")
	visitOn, _ := time.ParseInLocation(time.DateOnly, page.VisitOn, ippo.Tokyo) // the zero time is refused with words
	w := b.texts.In(page.Match.Language)
	err = b.store.Write(ctx, func(t *store.Tx) error {
		m, err := t.AnswerMatch(ctx, page.Match.ID, ippo.ByGroup, 0, answer, visitOn, "")
		if err != nil {
			return err
		}
		page.Match = m
		return t.AddNotice(ctx, ippo.Notice{Follower: m.Follower, Kind: ippo.NoticeGroupAnswer, Messages: []ippo.Message{messages.GroupAnswer(w, m)}})
	})
	switch {
	case errors.As(err, &page.Problems):
		page.Problems = page.mend("host.problem.", page.Problems)
		return b.render(c, http.StatusUnprocessableEntity, "host_visit", page)
	case errors.Is(err, ippo.ErrConflict):
		return errHostLinkOver
	case err != nil:
		return err
	}
	b.told()
	page.Said = true
	return b.render(c, http.StatusOK, "host_visit", page)
}

type hostFreshPage struct {
	frame
	Group   ippo.ActivityGroup
	Answers []ippo.FreshAnswer
	Action  string
	Said    string // the answer that was just given
}

func (b *Bot) freshPage(c *gin.Context, l store.GroupLink, status int, said string) error {
	g, err := b.store.ActivityGroup(c.Request.Context(), l.Group)
	if err != nil {
		return err
	}
	f, err := b.frame(c, "host.fresh.ask")
	if err != nil {
		return err
	}
	return b.render(c, status, "host_fresh", hostFreshPage{f, g, ippo.FreshAnswers, f.To("/r/g/" + c.Param("link") + "/fresh"), said})
}

// takeFresh takes what a group says to 「募集中ですか」. It may change its mind while the link is good.
func (b *Bot) takeFresh(c *gin.Context) error {
	l, err := b.hostLink(c)
	if err != nil {
		return err
	}
	if l.Match != 0 {
		return errHostLinkOver
	}
	if err := readForm(c); err != nil {
		return err
	}
	answer := ippo.FreshAnswer(field(c, "answer"))
	err = b.store.ConfirmGroup(c.Request.Context(), 0, l.Group, answer)
	if p := (ippo.Problems)(nil); errors.As(err, &p) {
		return b.freshPage(c, l, http.StatusUnprocessableEntity, "")
	}
	if err != nil {
		return err
	}
	return b.freshPage(c, l, http.StatusOK, string(answer))
}
