package admin

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// Whoever guesses passwords is slowed by the account and by the address that they guess from. That alone would let
// any stranger keep staff out: five wrong guesses at each address of the office, now and then, and nobody gets in. So
// a browser in which somebody has logged in keeps a sealed note of it, and guesses from there are counted for
// themselves: whatever is guessed elsewhere, staff get in where they always do. Source:
// https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies

const (
	knownLife   = 180 * 24 * time.Hour
	maxKnownFor = 20 // staff who share a browser
	knownPlace  = "known browser"
)

// knownBrowser is what a browser's note says.
type knownBrowser struct {
	ID    string
	Staff []ippo.StaffID // who have logged in there, the latest first
}

func (p *Panel) knownCookie() string { return p.sessions.Cookie.Name + "-known" }

// known reads the note of a request's browser; an empty one if it has none of ours.
func (p *Panel) known(c *gin.Context) (b knownBrowser) {
	cookie, err := c.Request.Cookie(p.knownCookie())
	if err != nil {
		return b
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return b
	}
	plain, err := p.browsers.Open(sealed, knownPlace)
	if err != nil || json.Unmarshal(plain, &b) != nil {
		return knownBrowser{}
	}
	return b
}

// remember notes in a browser that somebody has logged in there. It comes before the first byte of the answer.
func (p *Panel) remember(c *gin.Context, id ippo.StaffID) error {
	b := p.known(c)
	if b.ID == "" {
		b.ID = rand.Text()
	}
	b.Staff = slices.DeleteFunc(b.Staff, func(other ippo.StaffID) bool { return other == id })
	b.Staff = append([]ippo.StaffID{id}, b.Staff[:min(len(b.Staff), maxKnownFor-1)]...)
	plain, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("note of a browser: %w", err)
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: p.knownCookie(), Value: base64.RawURLEncoding.EncodeToString(p.browsers.Seal(plain, knownPlace)),
		Path: "/", MaxAge: int(knownLife / time.Second), HttpOnly: true, Secure: p.sessions.Cookie.Secure, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

// guessKeys are the keys under which wrong guesses at somebody are counted: those of the browser, if they have logged
// in there, else the account and from where it is guessed. who is the account's, its ID 0 if nobody has it.
func (p *Panel) guessKeys(c *gin.Context, who ippo.Staff, email string) []string {
	if b := p.known(c); who.ID != 0 && slices.Contains(b.Staff, who.ID) {
		return []string{fmt.Sprintf("browser:%s:%d", b.ID, who.ID)}
	}
	return []string{store.LoginAccount(email), "address:" + guessedFrom(c.ClientIP())}
}

// guessedFrom is an address as guesses from it are counted: of IPv6, everybody has at least a /64 to guess from.
func guessedFrom(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	network, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}
