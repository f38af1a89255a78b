package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"ippo"
	"ippo/internal/qr"
	"ippo/store"
)

// The second factor is a code of an app, by RFC 6238 as every app has it: six digits, a new one each half
// minute, of which the one before and the one after are taken too, for clocks differ.
const factorPeriod = 30

const factorIssuer = "Ippo" // what apps call us

var factorShape = totp.ValidateOpts{Period: factorPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// factorStep returns the step of the code that a secret gives about now; ok is false if it gives no such code.
func factorStep(secret, code string, now time.Time) (step int64, ok bool) {
	for _, near := range []int64{0, -1, 1} {
		at := now.Unix()/factorPeriod + near
		want, err := totp.GenerateCodeCustom(secret, time.Unix(at*factorPeriod, 0), factorShape)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok
}

// recoveryCodes is how many are made, for a sheet of paper.
const recoveryCodes = 10

// newRecoveryCodes makes codes of 80 random bits, as they are written down and as they are kept.
func newRecoveryCodes() (codes []string, sums [][]byte) {
	for range recoveryCodes {
		code := strings.ToLower(rand.Text()[:16])
		codes = append(codes, code[:4]+"-"+code[4:8]+"-"+code[8:12]+"-"+code[12:])
		sums = append(sums, recoverySum(code))
	}
	return codes, sums
}

// recoverySum is a recovery code as it is kept, however it is typed.
func recoverySum(code string) []byte {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))))
	return sum[:]
}

// errWrongCode: neither the app's code nor a recovery code, or one that was used.
var errWrongCode = errors.New("wrong code")

// useCode takes an app's code or, if it may be one, a recovery code, once. A wrong one counts as a wrong
// password does, under the same keys, and so is slowed as one: errWrongCode. While it is slowed the error is a
// slowedError.
func (p *Panel) useCode(ctx context.Context, who ippo.Staff, typed string, keys ...string) error {
	if err := p.passwords.wait(ctx); err != nil {
		return err
	}
	defer p.passwords.done()
	until, err := p.Store.LoginDelay(ctx, keys...)
	if err != nil {
		return err
	}
	if wait := until.Sub(p.Now()); wait > 0 {
		return slowedError(wait)
	}
	code := strings.Join(strings.Fields(narrow(typed)), "")
	secret, err := p.Store.Factor(ctx, who.ID)
	if err != nil {
		return err
	}
	err = errWrongCode
	if step, ok := factorStep(secret, code, p.wall()); ok {
		err = p.Store.UseFactor(ctx, who.ID, step)
	} else if len(code) > 6 {
		err = p.Store.UseRecoveryCode(ctx, who.ID, recoverySum(code))
	}
	if errors.Is(err, errWrongCode) || errors.Is(err, ippo.ErrConflict) {
		return errors.Join(errWrongCode, p.Store.LoginFailed(ctx, who.ID, keys...))
	}
	return err
}

// slowedError is how long nobody may try.
type slowedError time.Duration

func (e slowedError) Error() string { return "slowed for " + time.Duration(e).String() }

// sayCode says what is wrong with a code; "" if the error is another one.
func sayCode(err error) string {
	var slowed slowedError
	switch {
	case errors.As(err, &slowed):
		return fmt.Sprintf("続けて間違えたため、しばらくログインできません。あと%sほどお待ちください。", waitWords(time.Duration(slowed)))
	case errors.Is(err, errWrongCode):
		return "コードが違うか、使いおわっています。次のコードが出るのを待って、入力してください。"
	}
	return ""
}

type codePage struct {
	frame
	Next  string
	Wrong string
}

// half returns who has given their password in this session, not long ago, and not yet a code.
func (p *Panel) half(c *gin.Context) (ippo.Staff, error) {
	ctx := c.Request.Context()
	id := ippo.StaffID(p.sessions.GetInt64(ctx, store.SessionHalf))
	if id == 0 || time.Since(time.Unix(p.sessions.GetInt64(ctx, sessionSeen), 0)) > halfLife {
		return ippo.Staff{}, ippo.ErrNotFound
	}
	who, err := p.Store.StaffMember(ctx, id)
	if err == nil && (who.Disabled || !who.Factor) {
		err = ippo.ErrNotFound
	}
	return who, err
}

func (p *Panel) codePage(c *gin.Context) error {
	if _, err := p.half(c); errors.Is(err, ippo.ErrNotFound) {
		return p.redirect(c, "", "/admin/login")
	} else if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "login_code.html", codePage{frame: p.frame(c), Next: localPath(c.Query("next"))})
}

// loginCode is the second half of a login.
func (p *Panel) loginCode(c *gin.Context) error {
	ctx := c.Request.Context()
	page := codePage{frame: p.frame(c), Next: localPath(c.PostForm("next"))}
	who, err := p.half(c)
	if errors.Is(err, ippo.ErrNotFound) {
		return p.redirect(c, "", "/admin/login")
	}
	if err != nil {
		return err
	}
	keys := p.guessKeys(c, who, who.Email)
	err = p.useCode(ctx, who, c.PostForm("code"), keys...)
	if page.Wrong = sayCode(err); page.Wrong != "" {
		status := http.StatusUnprocessableEntity
		if slowed := slowedError(0); errors.As(err, &slowed) {
			status = http.StatusTooManyRequests
		}
		return p.render(c, status, "login_code.html", page)
	}
	if err != nil {
		return err
	}
	if err := p.Store.LoginSucceeded(ctx, who.ID, keys...); err != nil {
		return err
	}
	if err := p.beginSession(c, who.ID); err != nil {
		return err
	}
	return p.afterLogin(c, who.ID, page.Next)
}

// factorPage is the reader's own second factor.
type factorPage struct {
	frame
	Must   bool // the setting asks for one
	Left   int  // recovery codes
	Codes  []string
	Secret string // to be typed in where no code can be scanned
	Sealed string // the same, for the form to bring back
	QR     template.HTML
}

func (p *Panel) mustHaveFactor(settings ippo.Settings, who ippo.Staff) bool {
	return settings.SecondFactor && who.Role.Includes(ippo.Approver) && !who.Token
}

func (p *Panel) showFactor(c *gin.Context) error { return p.factorPage(c, "", nil) }

// factorPage shows what the reader has or, before they have one, a secret to be scanned: the one that sealed
// holds, else a fresh one.
func (p *Panel) factorPage(c *gin.Context, sealed string, found ippo.Problems) error {
	me := p.me(c)
	page := factorPage{frame: p.frame(c)}
	page.Must, page.Problems = p.mustHaveFactor(page.Settings, me), found
	if me.Factor {
		var err error
		if page.Left, err = p.Store.RecoveryCodes(c.Request.Context(), me.ID); err != nil {
			return err
		}
		return p.render(c, formStatus(found), "factor.html", page)
	}
	secret, ok := p.openSecret(sealed, me.ID)
	if !ok {
		var err error
		if secret, sealed, err = p.newSecret(me); err != nil {
			return err
		}
	}
	page.Secret, page.Sealed = secret, sealed
	svg, err := qr.SVG(factorAddress(me.Email, secret))
	if err != nil {
		return fmt.Errorf("code of a second factor: %w", err)
	}
	page.QR = template.HTML(svg) // squares and nothing else
	return p.render(c, formStatus(found), "factor.html", page)
}

// setFactor begins to ask the reader for codes, once they have shown that their app gives them.
func (p *Panel) setFactor(c *gin.Context) error {
	ctx := c.Request.Context()
	me := p.me(c)
	sealed := c.PostForm("secret")
	secret, ok := p.openSecret(sealed, me.ID)
	if me.Factor || !ok {
		return p.redirect(c, "", href("account/factor"))
	}
	step, ok := factorStep(secret, strings.Join(strings.Fields(narrow(c.PostForm("code"))), ""), p.wall())
	if !ok {
		return p.factorPage(c, sealed, ippo.Problems{{Field: "code", Message: "コードが違います。アプリに今出ている6けたの数字を入力してください。"}})
	}
	codes, sums := newRecoveryCodes()
	if err := p.Store.SetFactor(ctx, me.ID, secret, step, sums); err != nil {
		return err
	}
	if err := p.beginSession(c, me.ID); err != nil {
		return err
	}
	return p.showCodes(c, codes)
}

// changeFactor makes new recovery codes or takes the second factor away; either needs a code.
func (p *Panel) changeFactor(c *gin.Context) error {
	ctx := c.Request.Context()
	me := p.me(c)
	if !me.Factor {
		return ippo.ErrConflict
	}
	err := p.useCode(ctx, me, c.PostForm("code"), p.guessKeys(c, me, me.Email)...)
	if wrong := sayCode(err); wrong != "" {
		return p.factorPage(c, "", ippo.Problems{{Field: "code", Message: wrong}})
	}
	if err != nil {
		return err
	}
	if c.PostForm("do") == "remove" {
		if err := p.Store.RemoveFactor(ctx, me.ID, me.ID); err != nil {
			return err
		}
		if err := p.beginSession(c, me.ID); err != nil {
			return err
		}
		return p.redirect(c, "二段階認証を外しました。", href("account/factor"))
	}
	codes, sums := newRecoveryCodes()
	if err := p.Store.RenewRecoveryCodes(ctx, me.ID, sums); err != nil {
		return err
	}
	return p.showCodes(c, codes)
}

// showCodes shows recovery codes, once.
func (p *Panel) showCodes(c *gin.Context, codes []string) error {
	page := factorPage{frame: p.frame(c), Codes: codes, Left: len(codes)}
	page.Me.Factor = true
	return p.render(c, http.StatusOK, "factor.html", page)
}

// removeFactor takes the second factor of a colleague away who has lost their telephone and their codes.
func (p *Panel) removeFactor(c *gin.Context) error {
	who, err := p.staffMember(c)
	if err != nil {
		return err
	}
	if who.ID == p.me(c).ID {
		return ippo.ErrForbidden // with a code, on one's own page
	}
	if err := p.Store.RemoveFactor(c.Request.Context(), p.me(c).ID, who.ID); err != nil {
		return err
	}
	return p.redirect(c, who.Name+"さんの二段階認証を外しました。", href("staff/%d", who.ID))
}

// factorAddress is what apps read from the code. The office's name is not in it: in Japanese it would make the
// code too fine for old telephones. Source:
// https://github.com/google/google-authenticator/wiki/Key-Uri-Format
func factorAddress(email, secret string) string {
	return "otpauth://totp/" + factorIssuer + ":" + url.PathEscape(email) + "?" + url.Values{"secret": {secret}, "issuer": {factorIssuer}}.Encode()
}

// newSecret makes a secret and seals it for the form, so that nothing is kept before it is confirmed.
func (p *Panel) newSecret(me ippo.Staff) (secret, sealed string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: factorIssuer, AccountName: me.Email, Period: factorPeriod, SecretSize: 20})
	if err != nil {
		return "", "", fmt.Errorf("make a second factor: %w", err)
	}
	box := p.factors.Seal([]byte(key.Secret()), factorPlace(me.ID))
	return key.Secret(), base64.RawURLEncoding.EncodeToString(box), nil
}

func (p *Panel) openSecret(sealed string, id ippo.StaffID) (secret string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", false
	}
	plain, err := p.factors.Open(b, factorPlace(id))
	return string(plain), err == nil
}

func factorPlace(id ippo.StaffID) string { return fmt.Sprintf("factor of staff %d", id) }
