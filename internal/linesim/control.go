package linesim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

// maxControlBody bounds what the control API reads; a picture comes in base64.
const maxControlBody = 4 << 20

// maxIdleWait is the longest that GET /sim/idle waits.
const maxIdleWait = time.Minute

// Control serves the simulator's own API under /sim/: what people do, what they see, faults and settings,
// in JSON. It is for tests and tools in another process, so that the platform can outlive the bot; LINE has
// nothing like it. It asks for no password: serve it on loopback only.
//
//	POST   /sim/users                      a User → the User with its ID
//	GET    /sim/users                      every User
//	POST   /sim/users/{id}/ACTION          follow, block, unblock, say {text}, sticker {packageId, stickerId},
//	                                       location {Location}, image|audio {contentType, data in base64},
//	                                       postback {data, params}, tap {action, chosen}, unsend {messageId}
//	GET    /sim/users/{id}/chat            every Entry
//	GET    /sim/users/{id}/sent            the bot's message objects
//	GET    /sim/events, /sim/requests      what was told to the bot and what it called
//	GET    /sim/calls                      the number of calls by endpoint
//	GET    /sim/idle?seconds=10            answers when every webhook is answered, 504 if that takes longer
//	POST   /sim/faults                     a Fault, with delayMillis; DELETE takes all of them away
//	GET    /sim/webhooks                   the settings; PUT changes those that are given
//	POST   /sim/webhooks/ACTION            hold, release, redeliver {webhookEventId}
//	GET    /sim/quota                      {quota, used}; PUT changes those that are given
//	POST   /sim/tokens/revoke              {longLived}
func (p *Platform) Control() http.Handler {
	mux := http.NewServeMux()
	p.controlPeople(mux)
	p.controlPlatform(mux)
	return mux
}

type nothing struct{}

// control serves a pattern: a body of In, an answer of whatever do returns.
func control[In any](mux *http.ServeMux, pattern string, do func(r *http.Request, in In) (any, error)) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		var in In
		err := readControl(w, r, &in)
		var out any = nothing{}
		if err == nil {
			out, err = do(r, in)
		}
		answerControl(w, out, err)
	})
}

// controlPeople serves what people do and see.
func (p *Platform) controlPeople(mux *http.ServeMux) {
	control(mux, "GET /sim/users", func(*http.Request, nothing) (any, error) { return p.Users(), nil })
	control(mux, "POST /sim/users", func(_ *http.Request, u User) (any, error) {
		if u.ID != "" && !userIDPattern.MatchString(u.ID) {
			return nil, badInput("id must be U and 32 hex digits")
		}
		return p.AddUser(u), nil
	})
	control(mux, "GET /sim/users/{id}/chat", func(r *http.Request, _ nothing) (any, error) {
		return p.controlChat(r, func(id string) any { return orEmpty(p.Chat(id)) })
	})
	control(mux, "GET /sim/users/{id}/sent", func(r *http.Request, _ nothing) (any, error) {
		return p.controlChat(r, func(id string) any { return orEmpty(p.SentTo(id)) })
	})
	for action, do := range map[string]func(string) error{"follow": p.Follow, "block": p.Block, "unblock": p.Unblock} {
		control(mux, "POST /sim/users/{id}/"+action, func(r *http.Request, _ nothing) (any, error) {
			return nothing{}, do(r.PathValue("id"))
		})
	}
	control(mux, "POST /sim/users/{id}/say", func(r *http.Request, in struct{ Text string }) (any, error) {
		return sentID(p.Say(r.PathValue("id"), in.Text))
	})
	type sticker struct {
		PackageID, StickerID string
		Keywords             []string
	}
	control(mux, "POST /sim/users/{id}/sticker", func(r *http.Request, in sticker) (any, error) {
		return sentID(p.SendSticker(r.PathValue("id"), in.PackageID, in.StickerID, in.Keywords...))
	})
	control(mux, "POST /sim/users/{id}/location", func(r *http.Request, in Location) (any, error) {
		return sentID(p.SendLocation(r.PathValue("id"), in))
	})
	type media struct {
		ContentType string
		Data        []byte // base64
	}
	control(mux, "POST /sim/users/{id}/image", func(r *http.Request, in media) (any, error) {
		return sentID(p.SendImage(r.PathValue("id"), Media{ContentType: in.ContentType, Data: in.Data}))
	})
	control(mux, "POST /sim/users/{id}/audio", func(r *http.Request, in media) (any, error) {
		return sentID(p.SendAudio(r.PathValue("id"), Media{ContentType: in.ContentType, Data: in.Data}))
	})
	type postback struct {
		Data   string
		Params map[string]string
	}
	control(mux, "POST /sim/users/{id}/postback", func(r *http.Request, in postback) (any, error) {
		return nothing{}, p.Postback(r.PathValue("id"), in.Data, in.Params)
	})
	type tap struct {
		Action json.RawMessage
		Chosen string
	}
	control(mux, "POST /sim/users/{id}/tap", func(r *http.Request, in tap) (any, error) {
		return p.Tap(r.PathValue("id"), in.Action, in.Chosen)
	})
	control(mux, "POST /sim/users/{id}/unsend", func(r *http.Request, in struct{ MessageID string }) (any, error) {
		return nothing{}, p.Unsend(r.PathValue("id"), in.MessageID)
	})
}

// controlPlatform serves what the platform does, and does wrong.
func (p *Platform) controlPlatform(mux *http.ServeMux) {
	control(mux, "GET /sim/events", func(*http.Request, nothing) (any, error) { return p.Events(), nil })
	control(mux, "GET /sim/requests", func(*http.Request, nothing) (any, error) { return orEmpty(p.Requests()), nil })
	control(mux, "GET /sim/calls", func(*http.Request, nothing) (any, error) { return p.Calls(), nil })
	control(mux, "GET /sim/idle", p.controlIdle)
	type faultInput struct {
		Fault
		DelayMillis int64 `json:"delayMillis"`
	}
	control(mux, "POST /sim/faults", func(_ *http.Request, in faultInput) (any, error) {
		in.Delay = milliseconds(in.DelayMillis)
		p.Inject(in.Fault)
		return nothing{}, nil
	})
	control(mux, "DELETE /sim/faults", func(*http.Request, nothing) (any, error) {
		p.ClearFaults()
		return nothing{}, nil
	})
	control(mux, "GET /sim/webhooks", func(*http.Request, nothing) (any, error) { return p.controlSettings(), nil })
	control(mux, "PUT /sim/webhooks", func(_ *http.Request, in webhookInput) (any, error) {
		p.applySettings(in)
		return p.controlSettings(), nil
	})
	for action, do := range map[string]func(){"hold": p.HoldWebhooks, "release": p.ReleaseWebhooks} {
		control(mux, "POST /sim/webhooks/"+action, func(*http.Request, nothing) (any, error) {
			do()
			return nothing{}, nil
		})
	}
	control(mux, "POST /sim/webhooks/redeliver", func(_ *http.Request, in struct{ WebhookEventID string }) (any, error) {
		return nothing{}, p.Redeliver(in.WebhookEventID)
	})
	control(mux, "GET /sim/quota", func(*http.Request, nothing) (any, error) { return p.controlQuota(), nil })
	control(mux, "PUT /sim/quota", func(_ *http.Request, in struct{ Quota, Used *int64 }) (any, error) {
		if in.Quota != nil {
			p.SetQuota(*in.Quota)
		}
		if in.Used != nil {
			p.SetUsed(*in.Used)
		}
		return p.controlQuota(), nil
	})
	control(mux, "POST /sim/tokens/revoke", func(_ *http.Request, in struct{ LongLived bool }) (any, error) {
		p.RevokeTokens(in.LongLived)
		return nothing{}, nil
	})
}

// webhookInput are the webhook settings that a request changes, and how they are shown.
type webhookInput struct {
	URL                  *string `json:"url"`
	Off                  *bool   `json:"off"`
	Redeliver            *bool   `json:"redeliver"`
	RedeliverAfterMillis *int64  `json:"redeliverAfterMillis"`
	MaxAttempts          *int    `json:"maxAttempts"`
	TimeoutMillis        *int64  `json:"timeoutMillis"`
	Parallel             *int    `json:"parallel"`
	EventsPerBody        *int    `json:"eventsPerBody"`
	Duplicates           *int    `json:"duplicates"`
	Shuffle              *bool   `json:"shuffle"`
}

type controlError string

func (e controlError) Error() string { return string(e) }

func badInput(format string, args ...any) error { return controlError(fmt.Sprintf(format, args...)) }

func answerControl(w http.ResponseWriter, out any, err error) {
	status := http.StatusOK
	switch {
	case errors.Is(err, ErrUnknownUser), errors.Is(err, ErrUnknownMessage):
		status = http.StatusNotFound
	case errors.Is(err, context.DeadlineExceeded):
		status = http.StatusGatewayTimeout
	case errors.Is(err, ErrBlocked), errors.Is(err, ErrNotFriend):
		status = http.StatusConflict
	case err != nil:
		status = http.StatusBadRequest
	}
	if err != nil {
		out = map[string]string{"error": err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(out)
}

func sentID(messageID string, err error) (any, error) {
	return map[string]string{"messageId": messageID}, err
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// readControl reads a JSON body. It insists on the media type: no web page can then send one from elsewhere
// without the browser asking first.
func readControl(w http.ResponseWriter, r *http.Request, in any) error {
	if r.Method == http.MethodGet {
		return nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return badInput("Content-Type must be application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	if err != nil {
		return fmt.Errorf("read control request: %w", err)
	}
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, in); err != nil {
		return fmt.Errorf("read control request: %w", err)
	}
	return nil
}

func (p *Platform) controlChat(r *http.Request, view func(id string) any) (any, error) {
	id := r.PathValue("id")
	if _, known := p.User(id); !known {
		return nil, ErrUnknownUser
	}
	return view(id), nil
}

func (p *Platform) controlIdle(r *http.Request, _ nothing) (any, error) {
	wait, err := time.ParseDuration(r.URL.Query().Get("seconds") + "s")
	if err != nil || wait > maxIdleWait {
		wait = maxIdleWait
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	return nothing{}, p.WaitIdle(ctx)
}

func (p *Platform) controlSettings() webhookInput {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, url := p.hooks.settings, p.hooks.url
	after, timeout := s.RedeliverAfter.Milliseconds(), s.Timeout.Milliseconds()
	return webhookInput{
		URL: &url, Off: &s.Off, Redeliver: &s.Redeliver, RedeliverAfterMillis: &after, MaxAttempts: &s.MaxAttempts,
		TimeoutMillis: &timeout, Parallel: &s.Parallel, EventsPerBody: &s.EventsPerBody,
		Duplicates: &s.Duplicates, Shuffle: &s.Shuffle,
	}
}

func (p *Platform) applySettings(in webhookInput) {
	s := p.WebhookSettings()
	set(&s.Off, in.Off)
	set(&s.Redeliver, in.Redeliver)
	set(&s.MaxAttempts, in.MaxAttempts)
	set(&s.Parallel, in.Parallel)
	set(&s.EventsPerBody, in.EventsPerBody)
	set(&s.Duplicates, in.Duplicates)
	set(&s.Shuffle, in.Shuffle)
	if in.RedeliverAfterMillis != nil {
		s.RedeliverAfter = milliseconds(*in.RedeliverAfterMillis)
	}
	if in.TimeoutMillis != nil {
		s.Timeout = milliseconds(*in.TimeoutMillis)
	}
	p.SetWebhooks(s)
	if in.URL != nil {
		p.SetWebhookURL(*in.URL)
	}
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (p *Platform) controlQuota() any {
	return map[string]int64{"quota": p.Options().Quota, "used": p.Used()}
}

// orEmpty is an empty list rather than JSON's null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
