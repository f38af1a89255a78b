package admin

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"ippo"
)

type loginForm struct {
	frame
	Email string
	Next  string
	Kept  bool   // what was sent before is kept until then
	Wrong string // why it did not work; the same for every reason that is not a delay
}

func (p *Panel) loginPage(c *gin.Context) error {
	next := localPath(c.Query("next"))
	if p.me(c).ID != 0 {
		return p.redirect(c, "", next)
	}
	page := loginForm{frame: p.frame(c), Next: next}
	if was := p.sessions.GetInt64(c.Request.Context(), sessionWas); was != 0 {
		_, err := p.Store.UnsentForm(c.Request.Context(), ippo.StaffID(was))
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return err
		}
		page.Kept = err == nil
	}
	return p.render(c, http.StatusOK, "login.html", page)
}

func (p *Panel) login(c *gin.Context) error {
	ctx := c.Request.Context()
	form := loginForm{frame: p.frame(c), Email: strings.ToLower(strings.TrimSpace(c.PostForm("email"))), Next: localPath(c.PostForm("next"))}
	// Waiting for a turn comes before asking for the delay: guesses sent all at once are counted too.
	if err := p.passwords.wait(ctx); err != nil {
		return err
	}
	defer p.passwords.done()
	staff, hash, err := p.Store.StaffByEmail(ctx, form.Email)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	keys := p.guessKeys(c, staff, form.Email)
	until, err := p.Store.LoginDelay(ctx, keys...)
	if err != nil {
		return err
	}
	if wait := until.Sub(p.Now()); wait > 0 {
		form.Wrong = fmt.Sprintf("続けて間違えたため、しばらくログインできません。あと%sほどお待ちください。", waitWords(wait))
		return p.render(c, http.StatusTooManyRequests, "login.html", form)
	}
	right, err := p.passwords.match(c.PostForm("password"), hash)
	if err != nil {
		return err
	}
	if !right || staff.ID == 0 || staff.Disabled {
		if err := p.Store.LoginFailed(ctx, staff.ID, keys...); err != nil {
			return err
		}
		p.Log.WarnContext(ctx, "login refused", "address", c.ClientIP())
		form.Wrong = "メールアドレスかパスワードが違います。"
		return p.render(c, http.StatusUnprocessableEntity, "login.html", form)
	}
	if staff.Factor { // guesses are forgiven once both halves are right
		if err := p.beginHalf(c, staff.ID); err != nil {
			return err
		}
		return p.redirect(c, "", "/admin/login/code?next="+url.QueryEscape(form.Next))
	}
	if err := p.enter(c, staff.ID, keys...); err != nil {
		return err
	}
	return p.afterLogin(c, staff.ID, form.Next)
}

// enter logs somebody in who has shown who they are, and forgives the guesses under keys.
func (p *Panel) enter(c *gin.Context, id ippo.StaffID, keys ...string) error {
	if err := p.Store.LoginSucceeded(c.Request.Context(), id, keys...); err != nil {
		return err
	}
	if err := p.beginSession(c, id); err != nil {
		return err
	}
	return p.remember(c, id)
}

func (p *Panel) logout(c *gin.Context) error {
	ctx, me := c.Request.Context(), p.me(c).ID
	if err := p.endSession(c); err != nil {
		return err
	}
	if err := p.Store.Audit(ctx, me, "login.out", fmt.Sprintf("staff:%d", me), ""); err != nil {
		return err
	}
	return p.redirect(c, "", "/admin/login")
}

// waitWords says a wait, rounded up.
func waitWords(d time.Duration) string {
	if d <= time.Minute {
		return fmt.Sprintf("%d秒", int((d+time.Second-1)/time.Second))
	}
	return fmt.Sprintf("%d分", int((d+time.Minute-1)/time.Minute))
}

// hashParams are the least that OWASP's password storage cheat sheet gives for argon2id.
var hashParams = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// CheckPassword reports whether a password may be chosen, however it was typed. about are words that others know of who
// chooses it.
func CheckPassword(password string, about ...string) error {
	return ippo.CheckPassword(norm.NFKC.String(password), about...)
}

// HashPassword hashes a password with argon2id, to be kept by the store. Check it with CheckPassword first. Wide letters
// and voiced kana are typed in more than one way (NIST SP 800-63B-4 §3.1.1.2): each is the same password.
func HashPassword(password string) (string, error) {
	hash, err := argon2id.CreateHash(norm.NFKC.String(password), &hashParams)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// passwords compares passwords, a few at a time: each takes 19 MiB, and strangers may ask.
type passwords struct {
	slots chan struct{}
	dummy string // compared with when there is no such person, so that the answer takes as long
}

func newPasswords() *passwords {
	return &passwords{slots: make(chan struct{}, 2), dummy: dummyHash()}
}

// dummyHash is a hash in form only, of nothing: comparing with it takes as long as with any other, and
// making it takes neither the time nor the 19 MiB of memory of a real one, at each start.
func dummyHash() string {
	random := func(n uint32) string {
		b := make([]byte, n)
		rand.Read(b)
		return base64.RawStdEncoding.EncodeToString(b)
	}
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", hashParams.Memory, hashParams.Iterations,
		hashParams.Parallelism, random(hashParams.SaltLength), random(hashParams.KeyLength))
}

// match compares within a turn that the caller waited for.
func (h *passwords) match(password, hash string) (bool, error) {
	if len(password) > maxTyped {
		password = "" // nobody has such a password; hashing it would only be work
	}
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	typed := []string{norm.NFKC.String(password)}
	if typed[0] != password {
		typed = append(typed, password) // one that was chosen before passwords were normalised
	}
	for _, one := range typed {
		match, err := argon2id.ComparePasswordAndHash(one, hash)
		if err != nil {
			return false, fmt.Errorf("compare password: %w", err)
		}
		if match && known {
			return true, nil
		}
	}
	return false, nil
}

// maxTyped is the most bytes in which a password of ippo.MaxPassword characters may be typed: a voiced kana in two parts.
const maxTyped = 6 * ippo.MaxPassword

func (h *passwords) hash(ctx context.Context, password string) (string, error) {
	if err := h.wait(ctx); err != nil {
		return "", err
	}
	defer h.done()
	return HashPassword(password)
}

func (h *passwords) wait(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *passwords) done() { <-h.slots }
