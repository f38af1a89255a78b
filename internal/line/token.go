package line

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"
	"golang.org/x/sync/singleflight"
)

// renewBefore is how long before its end a stateless token (15 minutes) is replaced.
// https://developers.line.biz/en/docs/basics/channel-access-token/
const renewBefore = 2 * time.Minute

// tokenError is a stateless token that could not be fetched; the call it was for was not made.
type tokenError struct {
	class  Class
	status int
	err    error
}

func (e *tokenError) Error() string { return fmt.Sprintf("fetch access token: %v", e.err) }
func (e *tokenError) Unwrap() error { return e.err }

// tokens gives the access token of each request: the fixed one, or stateless ones that are fetched
// with the channel's secret and renewed in time.
type tokens struct {
	fixed   string
	channel string
	secrets []string // while a secret is being changed there are two; the first that LINE takes is used
	api     *channel_access_token.ChannelAccessTokenAPI
	timeout time.Duration
	now     func() time.Time

	flight  singleflight.Group
	mu      sync.Mutex
	current string
	expires time.Time
}

// token returns one that is good for a while yet. Whoever finds none waits for one common fetch.
func (t *tokens) token(ctx context.Context) (string, error) {
	if t.fixed != "" {
		return t.fixed, nil
	}
	now := t.now()
	t.mu.Lock()
	current, left := t.current, t.expires.Sub(now)
	t.mu.Unlock()
	if current != "" && left > renewBefore {
		return current, nil
	}
	// The fetch belongs to everyone who waits for it, so no one's deadline may end it.
	fetched := t.flight.DoChan("", func() (any, error) {
		fetching, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.timeout)
		defer cancel()
		return t.fetch(fetching)
	})
	select {
	case <-ctx.Done():
		return "", &tokenError{class: Temporary, err: ctx.Err()}
	case r := <-fetched:
		if r.Err == nil {
			return r.Val.(string), nil
		}
		if current != "" && left > 0 {
			return current, nil // still good; the next call tries again
		}
		return "", r.Err
	}
}

// refused forgets a token that LINE answered 401 to, and reports whether another can be had.
func (t *tokens) refused(token string) bool {
	if t.fixed != "" {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current == token {
		t.current = ""
	}
	return true
}

func (t *tokens) fetch(ctx context.Context) (string, error) {
	var last *tokenError
	for _, secret := range t.secrets {
		token, err := t.fetchWith(ctx, secret)
		if err == nil {
			return token, nil
		}
		last = err
		if err.class != Unauthorized {
			break
		}
	}
	return "", last
}

func (t *tokens) fetchWith(ctx context.Context, secret string) (string, *tokenError) {
	asked := t.now()
	api := *t.api
	res, issued, err := api.WithContext(ctx).IssueStatelessChannelTokenByClientSecretWithHttpInfo(t.channel, secret)
	switch {
	case res == nil:
		return "", &tokenError{class: Temporary, err: noAnswer(opStatelessToken, err)}
	case res.StatusCode/100 != 2:
		e := &tokenError{class: Temporary, status: res.StatusCode, err: oauthError(res)}
		if res.StatusCode == http.StatusBadRequest || res.StatusCode == http.StatusUnauthorized {
			e.class = Unauthorized
		}
		return "", e
	case err != nil || issued.AccessToken == "" || issued.ExpiresIn <= 0:
		return "", &tokenError{class: Temporary, status: res.StatusCode, err: errors.New("the answer holds no token")}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.expires = issued.AccessToken, asked.Add(time.Duration(issued.ExpiresIn)*time.Second)
	return t.current, nil
}

// oauthError reads {"error","error_description"}, which the token endpoints use instead of LINE's
// usual shape.
func oauthError(res *http.Response) error {
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if body, err := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)); err != nil || json.Unmarshal(body, &answer) != nil || answer.Error == "" {
		return fmt.Errorf("status %d", res.StatusCode)
	}
	return fmt.Errorf("status %d: %s: %s", res.StatusCode, oneLine(answer.Error), oneLine(answer.Description))
}
