package linesim

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// How long tokens live (docs: basics/channel-access-token).
const (
	statelessTokenLife  = 15 * time.Minute
	shortLivedTokenLife = 30 * 24 * time.Hour
)

// channelToken is a channel access token that was issued; the long-lived one is in Options.
type channelToken struct {
	expires   time.Time
	revocable bool
}

func (p *Platform) tokenRoutes() []route {
	return []route{
		{"POST /oauth2/v3/token", TokenIssueStateless, p.issueStateless, openCall},
		{"POST /v2/oauth/accessToken", TokenIssue, p.issueShortLived, openCall},
		{"GET /oauth2/v2.1/verify", TokenVerify, p.verifyByQuery, openCall},
		{"POST /oauth2/v2.1/verify", TokenVerify, p.verifyIDToken, openCall},
		{"POST /v2/oauth/verify", TokenVerify, p.verifyByForm, openCall},
		{"POST /oauth2/v2.1/revoke", TokenRevoke, p.revokeToken, openCall},
		{"POST /v2/oauth/revoke", TokenRevoke, p.revokeToken, openCall},
	}
}

// RevokeTokens makes every issued token invalid at once, and the long-lived one of Options too when
// longLived is set: calls answer 401 until the bot gets a new one.
func (p *Platform) RevokeTokens(longLived bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.channelTokens)
	if longLived {
		p.channelTokens[p.opts.AccessToken] = channelToken{} // expired long ago
	}
	p.touch()
}

// unauthorized says why an Authorization header is refused, or "".
func (p *Platform) unauthorized(header string) string {
	token, is := strings.CutPrefix(header, "Bearer ")
	if !is || token == "" {
		return "missing token"
	}
	if _, valid := p.tokenLife(token); !valid {
		return "invalid token"
	}
	return ""
}

// tokenLife returns how long a token is still valid.
func (p *Platform) tokenLife(token string) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	issued, known := p.channelTokens[token]
	switch {
	case !known:
		const never = 100 * 365 * 24 * time.Hour // LINE reports some such figure for a long-lived token
		return never, token == p.opts.AccessToken
	case !p.now().Before(issued.expires):
		return 0, false
	}
	return issued.expires.Sub(p.now()), true
}

func (p *Platform) issue(prefix string, life time.Duration, revocable bool) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for token, t := range p.channelTokens {
		if !t.expires.IsZero() && !now.Before(t.expires) {
			delete(p.channelTokens, token)
		}
	}
	token := prefix + p.randomHex(32)
	p.channelTokens[token] = channelToken{expires: now.Add(life), revocable: revocable}
	p.touch()
	return token
}

func (p *Platform) issueStateless(c *call) answer {
	if refusal, refused := p.checkClient(c); refused {
		return refusal
	}
	return ok(fields{
		"token_type": "Bearer", "access_token": p.issue("stateless-", statelessTokenLife, false),
		"expires_in": int(statelessTokenLife.Seconds()),
	})
}

func (p *Platform) issueShortLived(c *call) answer {
	if refusal, refused := p.checkClient(c); refused {
		return refusal
	}
	return ok(fields{
		"token_type": "Bearer", "access_token": p.issue("short-lived-", shortLivedTokenLife, true),
		"expires_in": int(shortLivedTokenLife.Seconds()),
	})
}

// checkClient checks grant_type, client_id and client_secret. Assertions signed with a key of one's own are
// not simulated.
func (p *Platform) checkClient(c *call) (answer, bool) {
	form, err := formOf(c)
	switch {
	case err != nil:
		return oauthError("invalid_request", "the request body is no form"), true
	case form.Get("grant_type") != "client_credentials":
		return oauthError("unsupported_grant_type", "grant_type must be client_credentials"), true
	case form.Has("client_assertion"):
		return oauthError("invalid_client", "the simulator issues tokens by client_secret only"), true
	case form.Get("client_id") != p.opts.ChannelID || form.Get("client_secret") != p.opts.ChannelSecret:
		return oauthError("invalid_client", "invalid client_id or client_secret"), true
	}
	return answer{}, false
}

func (p *Platform) verifyByQuery(c *call) answer { return p.verify(c.URL.Query().Get("access_token")) }

func (p *Platform) verifyByForm(c *call) answer {
	form, err := formOf(c)
	if err != nil {
		return oauthError("invalid_request", "the request body is no form")
	}
	return p.verify(form.Get("access_token"))
}

func (p *Platform) verify(token string) answer {
	left, valid := p.tokenLife(token)
	if !valid {
		return oauthError("invalid_request", "access token expired")
	}
	return ok(fields{"client_id": p.opts.ChannelID, "expires_in": int64(left.Seconds()), "scope": "P CM"})
}

// verifyIDToken refuses every ID token: there is no LINE Login channel here.
func (p *Platform) verifyIDToken(*call) answer {
	return oauthError("invalid_request", "Invalid IdToken.")
}

// revokeToken answers 200 whatever the token is, as OAuth has it. Stateless tokens stay.
func (p *Platform) revokeToken(c *call) answer {
	form, err := formOf(c)
	if err != nil {
		return oauthError("invalid_request", "the request body is no form")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.channelTokens[form.Get("access_token")]; t.revocable {
		delete(p.channelTokens, form.Get("access_token"))
	}
	return done()
}

func formOf(c *call) (url.Values, error) { return url.ParseQuery(string(c.body)) }

// oauthError is the error object of the token endpoints, which differs from the Messaging API's.
func oauthError(code, description string) answer {
	return answer{status: http.StatusBadRequest, body: fields{"error": code, "error_description": description}}
}
