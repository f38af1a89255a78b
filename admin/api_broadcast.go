package admin

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/line"
	"ippo/store"
)

// broadcastRequest is a broadcast as another system writes it.
type broadcastRequest struct {
	Title     string          `json:"title"`
	Messages  []ippo.Message  `json:"messages"`
	Languages ippo.Renditions `json:"languages"`
	Counted   bool            `json:"countLinks"`
	Audience  audienceJSON    `json:"audience"`
	SendAt    apiTime         `json:"sendAt"`
	OnCall    string          `json:"onCall"`
	Emergency *emergencyJSON  `json:"emergency"`
}

// audienceJSON is an audience that names its fields when they are wrong.
type audienceJSON ippo.Audience

// UnmarshalJSON refuses what it does not know: a condition that was overlooked would reach more
// people than its writer meant.
func (j *audienceJSON) UnmarshalJSON(b []byte) error {
	return decodeStrict(b, "audience", (*ippo.Audience)(j))
}

type emergencyJSON struct {
	Reason string `json:"reason"`
}

// UnmarshalJSON names the fields within "emergency" when they are wrong.
func (j *emergencyJSON) UnmarshalJSON(b []byte) error {
	type plain emergencyJSON
	return decodeStrict(b, "emergency", (*plain)(j))
}

// broadcastDraft is the answer to a new broadcast.
type broadcastDraft struct {
	ID     ippo.BroadcastID     `json:"id"`
	Status ippo.BroadcastStatus `json:"status"`
}

// broadcastJSON is how far a broadcast is.
type broadcastJSON struct {
	ID     ippo.BroadcastID     `json:"id"`
	Status ippo.BroadcastStatus `json:"status"`
	ippo.Tally
	StartedAt  apiTime `json:"startedAt"`
	FinishedAt apiTime `json:"finishedAt"`
	OnCall     string  `json:"onCall,omitempty"`
	Error      string  `json:"error,omitempty"`

	// While it is being sent.
	Rate       *float64 `json:"rate,omitempty"`
	ETASeconds *int     `json:"etaSeconds,omitempty"`

	Readers *readersJSON `json:"readers,omitempty"` // once anything is known
}

// broadcastRoutes registers broadcasts. Stopping one is within everybody's reach who may write; what
// makes messages leave needs an approver.
func (a *API) broadcastRoutes(g gin.IRouter) {
	g.POST("/broadcasts", a.handle(ippo.ScopeBroadcasts, a.createBroadcast))
	g.GET("/broadcasts/:id", a.handle(ippo.ScopeRead, a.broadcast))
	g.GET("/broadcasts/:id/requests", a.handle(ippo.ScopeRead, a.askedOf))
	g.POST("/broadcasts/:id/approve", a.handle(ippo.ScopeApprove, a.change(a.approve)))
	g.POST("/broadcasts/:id/pause", a.handle(ippo.ScopeBroadcasts, a.change(a.pause)))
	g.POST("/broadcasts/:id/resume", a.handle(ippo.ScopeApprove, a.change(a.resume)))
	g.POST("/broadcasts/:id/cancel", a.handle(ippo.ScopeBroadcasts, a.change(a.Store.CancelBroadcast)))
	g.POST("/audience/count", a.handle(ippo.ScopeRead, a.countAudience))
}

func (a *API) createBroadcast(ctx context.Context, c *apiCall) (int, any, error) {
	var j broadcastRequest
	if err := decodeStrict(c.body, "", &j); err != nil {
		return 0, nil, err
	}
	b := &ippo.Broadcast{
		Title: j.Title, Messages: j.Messages, Renditions: j.Languages, Counted: j.Counted, Audience: ippo.Audience(j.Audience), SendAt: j.SendAt.Time,
		OnCall: strings.TrimSpace(j.OnCall), Origin: ippo.OriginAPI,
	}
	var p ippo.Problems
	if j.Emergency != nil {
		if b.Emergency = strings.TrimSpace(j.Emergency.Reason); b.Emergency == "" {
			p.Add("emergency.reason", "緊急とする理由を書いてください。")
		}
	}
	var more ippo.Problems
	if err := b.Validate(); err != nil && !errors.As(err, &more) {
		return 0, nil, err
	}
	if err := append(p, more...).Err(); err != nil {
		return 0, nil, err
	}
	if err := a.askLine(ctx, b.Messages, b.Renditions); err != nil {
		return 0, nil, err
	}
	if err := a.Store.CreateBroadcast(ctx, c.staff.ID, b); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, broadcastDraft{b.ID, b.Status}, nil
}

// askLine returns what LINE finds wrong with messages, in any language. When LINE cannot be asked the draft is
// kept all the same: it is asked again when the broadcast leaves.
func (a *API) askLine(ctx context.Context, messages []ippo.Message, renditions ippo.Renditions) error {
	var p ippo.Problems
	ask := func(in string, messages []ippo.Message) {
		details, err := a.Line.Validate(ctx, line.OpMulticast, messages)
		if err != nil {
			a.Log.WarnContext(ctx, "messages were not checked by LINE", "err", err)
			return
		}
		for _, d := range details {
			field := in + strings.TrimPrefix(d.Property, "messages")
			p.Add(field, "LINEが受け付けない内容です: "+d.Message)
		}
	}
	ask("messages", messages)
	for _, l := range renditions.Languages() {
		ask("languages."+string(l), renditions[l])
	}
	return p.Err()
}

func (a *API) broadcast(ctx context.Context, c *apiCall) (int, any, error) {
	id, err := rowID[ippo.BroadcastID](c.Param("id"))
	if err != nil {
		return 0, nil, err
	}
	j, err := a.progress(ctx, id)
	return http.StatusOK, j, err
}

func (a *API) progress(ctx context.Context, id ippo.BroadcastID) (broadcastJSON, error) {
	b, err := a.Store.Broadcast(ctx, id)
	if err != nil {
		return broadcastJSON{}, err
	}
	tally, err := a.Store.Tally(ctx, id)
	if err != nil {
		return broadcastJSON{}, err
	}
	j := broadcastJSON{
		ID: b.ID, Status: b.Status, Tally: tally, StartedAt: apiTime{b.StartedAt}, FinishedAt: apiTime{b.FinishedAt},
		OnCall: b.OnCall, Error: b.Reason,
	}
	if j.Readers, err = a.readers(ctx, b); err != nil {
		return j, err
	}
	pace, err := a.Store.Pace(ctx, b, tally.Pending)
	if b.Status == ippo.BroadcastSending {
		j.Rate = new(math.Round(pace.PerSecond*10) / 10)
	}
	if pace.Left > 0 {
		j.ETASeconds = new(int(math.Ceil(pace.Left.Seconds())))
	}
	return j, err
}

// askedJSON is a request that LINE was asked.
type askedJSON struct {
	ID         int64              `json:"id"` // for "after"
	Recipients int                `json:"recipients"`
	CalledAt   apiTime            `json:"calledAt"`
	AnsweredAt apiTime            `json:"answeredAt"`
	State      ippo.DeliveryState `json:"state"`
	RequestID  string             `json:"requestId"`
	Reason     string             `json:"reason,omitempty"`
	Earlier    []callJSON         `json:"earlier,omitempty"`
}

// callJSON is what LINE was asked for it before staff sent it again.
type callJSON struct {
	Recipients int     `json:"recipients"`
	CalledAt   apiTime `json:"calledAt"`
	AnsweredAt apiTime `json:"answeredAt"`
	RequestID  string  `json:"requestId"`
	Reason     string  `json:"reason"`
}

// askedOf lists what LINE was asked for a broadcast, a part at a time: to answer "what was sent then?".
func (a *API) askedOf(ctx context.Context, c *apiCall) (int, any, error) {
	id, err := rowID[ippo.BroadcastID](c.Param("id"))
	if err != nil {
		return 0, nil, err
	}
	limit, after, err := c.window("after")
	if err != nil {
		return 0, nil, err
	}
	if _, err := a.Store.Broadcast(ctx, id); err != nil {
		return 0, nil, err
	}
	page := apiPage[askedJSON]{Items: []askedJSON{}}
	if page.Total, err = a.Store.CountAsked(ctx, id); err != nil {
		return 0, nil, err
	}
	asked, err := a.Store.Asked(ctx, id, int64(after), limit)
	for _, one := range asked {
		item := askedJSON{
			ID: one.Request, Recipients: one.People, CalledAt: apiTime{one.First}, AnsweredAt: apiTime{one.Answered},
			State: one.State, RequestID: one.RequestID, Reason: one.Reason,
		}
		for _, e := range one.Earlier {
			item.Earlier = append(item.Earlier, callJSON{e.People, apiTime{e.First}, apiTime{e.Answered}, e.RequestID, e.Reason})
		}
		page.Items = append(page.Items, item)
	}
	return http.StatusOK, page, err
}

// change is a handler that does one thing to a broadcast and answers how far it is then.
func (a *API) change(do func(context.Context, ippo.StaffID, ippo.BroadcastID) error) apiHandler {
	return func(ctx context.Context, c *apiCall) (int, any, error) {
		if len(c.body) > 0 {
			if err := decodeStrict(c.body, "", &struct{}{}); err != nil {
				return 0, nil, err
			}
		}
		id, err := rowID[ippo.BroadcastID](c.Param("id"))
		if err != nil {
			return 0, nil, err
		}
		if _, err := a.Store.Broadcast(ctx, id); err != nil {
			return 0, nil, err // a broadcast that is not there is in no wrong state
		}
		if err := do(ctx, c.staff.ID, id); err != nil {
			return 0, nil, err
		}
		a.Wake()
		j, err := a.progress(ctx, id)
		return http.StatusOK, j, err
	}
}

// approve approves the broadcast as it is now. One that does not fit into the month is refused with what would.
func (a *API) approve(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
	b, err := a.Store.Broadcast(ctx, id)
	if err != nil {
		return err
	}
	if err := checkQuota(ctx, a.Store, a.account, b); err != nil {
		return err
	}
	return a.Store.ApproveBroadcast(ctx, by, id, store.Approval{Hash: b.Hash()})
}

func (a *API) pause(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
	return a.Store.PauseBroadcast(ctx, by, id, "職員が一時停止しました。")
}

func (a *API) resume(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
	return resume(ctx, a.Store, a.account, by, id)
}

// countAudience counts an audience, which is the whole of the request.
func (a *API) countAudience(ctx context.Context, c *apiCall) (int, any, error) {
	var audience ippo.Audience
	if err := decodeStrict(c.body, "", &audience); err != nil {
		return 0, nil, err
	}
	count, err := a.Store.AudienceCount(ctx, audience)
	var p ippo.Problems
	if errors.As(err, &p) {
		return 0, nil, wholeRequest(p)
	}
	return http.StatusOK, count, err
}

// wholeRequest names the fields of an audience as they are when it stands alone.
func wholeRequest(p ippo.Problems) error {
	for i := range p {
		p[i].Field = strings.TrimPrefix(strings.TrimPrefix(p[i].Field, "audience"), ".")
	}
	return p
}
