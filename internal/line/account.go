package line

import (
	"context"
	"io"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"ippo"
)

// Profile is what LINE tells about a follower. Name, picture and status are personal data.
type Profile struct {
	UserID        string
	DisplayName   string
	PictureURL    string
	StatusMessage string
	Language      string // BCP 47, such as "ja"; empty when LINE does not know
}

// Profile reads a follower's profile. NotFound: they blocked the account, or are no friend.
func (c *Client) Profile(ctx context.Context, userID string) (Profile, error) {
	if !ippo.IsLineUserID(userID) {
		return Profile{}, invalid(OpProfile, "not a LINE user ID")
	}
	p, err := call(ctx, c, OpProfile, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.UserProfileResponse, error) {
		return api.GetProfileWithHttpInfo(userID)
	})
	if err != nil {
		return Profile{}, err
	}
	return Profile{p.UserId, p.DisplayName, p.PictureUrl, p.StatusMessage, p.Language}, nil
}

// Quota is how many messages the account may send this month.
type Quota struct {
	Limited bool  // false: as many as it likes (LINE's type "none")
	Limit   int64 // only when Limited; counts what staff send from LINE's own manager too
}

// Quota reads the month's limit.
func (c *Client) Quota(ctx context.Context) (Quota, error) {
	q, err := call(ctx, c, OpQuota, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.MessageQuotaResponse, error) {
		return api.GetMessageQuotaWithHttpInfo()
	})
	if err != nil {
		return Quota{}, err
	}
	if q.Type == messaging_api.QuotaType_NONE {
		return Quota{}, nil
	}
	return Quota{Limited: true, Limit: q.Value}, nil
}

// Consumption reads how many messages were sent this month, approximately.
func (c *Client) Consumption(ctx context.Context) (int64, error) {
	q, err := call(ctx, c, OpConsumption, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.QuotaConsumptionResponse, error) {
		return api.GetMessageQuotaConsumptionWithHttpInfo()
	})
	if err != nil {
		return 0, err
	}
	return q.TotalUsage, nil
}

// BotInfo is the account that the token belongs to.
type BotInfo struct {
	UserID      string // what webhooks name as their destination
	BasicID     string // with the leading @
	PremiumID   string // with the leading @; may be empty
	DisplayName string
	PictureURL  string
	ChatOn      bool // staff may answer by hand in LINE's own manager
}

// BotInfo reads who we are: a good check that the token is the right channel's.
func (c *Client) BotInfo(ctx context.Context) (BotInfo, error) {
	b, err := call(ctx, c, OpBotInfo, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.BotInfoResponse, error) {
		return api.GetBotInfoWithHttpInfo()
	})
	if err != nil {
		return BotInfo{}, err
	}
	return BotInfo{
		UserID: b.UserId, BasicID: b.BasicId, PremiumID: b.PremiumId, DisplayName: b.DisplayName, PictureURL: b.PictureUrl,
		ChatOn: b.ChatMode == messaging_api.BotInfoResponseCHAT_MODE_CHAT,
	}, nil
}

// drain reads a little of what is left, so that the connection can be used again, and closes.
func drain(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, maxErrorBody))
	_ = body.Close()
}
