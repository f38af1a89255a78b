package admin

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

const (
	sessionIdle  = 12 * time.Hour     // without a request for so long, a session ends
	sessionLife  = 7 * 24 * time.Hour // and after so long in any case
	halfLife     = 10 * time.Minute   // between the password and the code
	sessionTouch = 5 * time.Minute    // how exactly idling is measured; each touch is a write
)

// What a session keeps.
const (
	sessionStaff  = store.SessionStaff
	sessionSeen   = store.SessionSeen
	sessionNotice = "notice" // string: what to say on the next page
	sessionUndo   = "undo"   // int64: the deletion that the next page offers to put back
	sessionWas    = "was"    // int64: whose session it was until it ended by itself
)

// newSessions keeps sessions in the store. They are measured by the wall clock: moving the demo's
// clock does not log anybody out.
func newSessions(st *store.Store, https bool) *scs.SessionManager {
	m := scs.New()
	m.Store = st.Sessions()
	m.Lifetime = sessionLife + ippo.UnsentFormLife // identify ends it before that, and knows for a while whose it was
	m.Cookie.Name = "ippo"
	m.Cookie.Path = "/"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	if https {
		m.Cookie.Name = "__Host-ippo"
		m.Cookie.Secure = true
	}
	return m
}

// identify loads the request's session and, if somebody is logged in, who it is.
func (p *Panel) identify(c *gin.Context) error {
	var token string
	if cookie, err := c.Request.Cookie(p.sessions.Cookie.Name); err == nil {
		token = cookie.Value
	}
	ctx, err := p.sessions.Load(c.Request.Context(), token)
	if err != nil {
		return err
	}
	c.Request = c.Request.WithContext(ctx)
	id := ippo.StaffID(p.sessions.GetInt64(ctx, sessionStaff))
	if id == 0 {
		return nil
	}
	idle := time.Since(time.Unix(p.sessions.GetInt64(ctx, sessionSeen), 0))
	if idle > sessionIdle || time.Since(time.Unix(p.sessions.GetInt64(ctx, store.SessionBegan), 0)) > sessionLife {
		return p.outliveSession(c, id)
	}
	me, err := p.Store.StaffMember(ctx, id)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && me.Disabled {
		return p.endSession(c)
	}
	if err != nil {
		return err
	}
	c.Set(sessionStaff, me)
	remit, err := p.Store.Remit(ctx, me)
	if err != nil {
		return err
	}
	ctx = store.Within(ctx, remit)
	c.Request = c.Request.WithContext(ctx)
	if err := p.Store.SawStaff(ctx, me); err != nil {
		return err
	}
	if idle > sessionTouch {
		p.sessions.Put(ctx, sessionSeen, time.Now().Unix())
		return p.saveSession(c)
	}
	return nil
}

// me returns who is logged in; its ID is 0 for nobody.
func (p *Panel) me(c *gin.Context) ippo.Staff {
	me, _ := c.Value(sessionStaff).(ippo.Staff)
	return me
}

// beginSession logs somebody in under a fresh token, so that a planted one is worth nothing.
func (p *Panel) beginSession(c *gin.Context, id ippo.StaffID) error {
	ctx := c.Request.Context()
	if err := p.sessions.RenewToken(ctx); err != nil {
		return err
	}
	p.sessions.Remove(ctx, store.SessionHalf)
	p.sessions.Remove(ctx, sessionWas)
	p.sessions.Put(ctx, store.SessionBegan, time.Now().Unix())
	p.sessions.Put(ctx, store.SessionFrom, c.ClientIP())
	p.sessions.Put(ctx, sessionStaff, int64(id))
	p.sessions.Put(ctx, sessionSeen, time.Now().Unix())
	return p.saveSession(c)
}

// beginHalf notes that somebody has given their password, likewise under a fresh token.
func (p *Panel) beginHalf(c *gin.Context, id ippo.StaffID) error {
	ctx := c.Request.Context()
	if err := p.sessions.RenewToken(ctx); err != nil {
		return err
	}
	p.sessions.Remove(ctx, sessionStaff)
	p.sessions.Put(ctx, store.SessionHalf, int64(id))
	p.sessions.Put(ctx, sessionSeen, time.Now().Unix())
	return p.saveSession(c)
}

// outliveSession ends a session that is over by itself, and notes whose it was: it is good for nothing but keeping for
// them what they send and is not taken.
func (p *Panel) outliveSession(c *gin.Context, id ippo.StaffID) error {
	ctx := c.Request.Context()
	for _, key := range p.sessions.Keys(ctx) {
		p.sessions.Remove(ctx, key)
	}
	p.sessions.Put(ctx, sessionWas, int64(id))
	return p.saveSession(c)
}

func (p *Panel) endSession(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := p.sessions.Destroy(ctx); err != nil {
		return err
	}
	p.sessions.WriteSessionCookie(ctx, c.Writer, "", time.Time{})
	return nil
}

// saveSession keeps the session and sets its cookie. It comes before the first byte of the answer.
func (p *Panel) saveSession(c *gin.Context) error {
	ctx := c.Request.Context()
	token, expires, err := p.sessions.Commit(ctx)
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(one string) bool { return strings.HasPrefix(one, p.sessions.Cookie.Name+"=") })
	p.sessions.WriteSessionCookie(ctx, c.Writer, token, expires)
	return nil
}

// askLogin sends somebody to the login page and back to where they were going, with what they typed.
func (p *Panel) askLogin(c *gin.Context) {
	p.keepUnsent(c)
	to, next := "/admin/login", c.Request.URL.RequestURI()
	if c.Request.Method != http.MethodGet || c.GetHeader("HX-Request") != "" {
		next = pageBefore(c)
	}
	if next = localPath(next); next != "/admin/" {
		to += "?next=" + url.QueryEscape(next)
	}
	if c.GetHeader("HX-Request") != "" {
		// The whole page goes to the login, not the fragment that asked.
		c.Header("HX-Redirect", to)
		c.Status(http.StatusUnauthorized)
		return
	}
	c.Redirect(http.StatusSeeOther, to)
}

// pageBefore is the page that the reader has before them while something is asked from it; "" if that is not known.
func pageBefore(c *gin.Context) string {
	u, err := url.Parse(cmp.Or(c.GetHeader("HX-Current-URL"), c.Request.Referer()))
	if err != nil {
		return ""
	}
	return u.RequestURI()
}

// askFactor sends somebody to where they set up their second factor.
func (p *Panel) askFactor(c *gin.Context) {
	if c.GetHeader("HX-Request") != "" {
		c.Header("HX-Redirect", "/admin/account/factor")
		c.Status(http.StatusUnauthorized)
		return
	}
	c.Redirect(http.StatusSeeOther, "/admin/account/factor")
}

// localPath returns next if it is an address of the panel, else the home page: a login link must not
// lead to another site.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path.Clean(u.Path)+"/", "/admin/") || !strings.HasPrefix(next, "/admin/") || strings.ContainsAny(next, "\\\r\n") ||
		strings.HasPrefix(next, "/admin/login") {
		return "/admin/"
	}
	return next
}
