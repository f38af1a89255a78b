package line

import (
	"context"
	"io"
	"net/http"
	"time"

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

// FollowerIDs reads one page of the account's friends; begin with cursor "" and go on with next
// until it is "". Forbidden: the account is neither verified nor premium.
func (c *Client) FollowerIDs(ctx context.Context, cursor string) (ids []string, next string, err error) {
	const page = 1000 // LINE's greatest; the SDK would send limit=0
	f, err := call(ctx, c, OpFollowers, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.GetFollowersResponse, error) {
		return api.GetFollowersWithHttpInfo(cursor, page)
	})
	if err != nil {
		return nil, "", err
	}
	return f.UserIds, f.Next, nil
}

// StartLoading shows the waiting dots to a user until a message arrives, for d at the longest (5 to
// 60 seconds, in steps of 5). Nothing shows when their chat is not open.
func (c *Client) StartLoading(ctx context.Context, userID string, d time.Duration) error {
	if !ippo.IsLineUserID(userID) {
		return invalid(OpLoading, "not a LINE user ID")
	}
	steps := min(max((d+5*time.Second-1)/(5*time.Second), 1), 12)
	_, err := call(ctx, c, OpLoading, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		res, _, err := api.ShowLoadingAnimationWithHttpInfo(&messaging_api.ShowLoadingAnimationRequest{
			ChatId:         userID,
			LoadingSeconds: int32(5 * steps),
		})
		if res != nil && res.StatusCode/100 == 2 {
			err = nil // the answer's body means nothing here
		}
		return res, struct{}{}, err
	})
	return err
}

// MarkAsRead shows 既読 beside the message the token came with and all before it.
func (c *Client) MarkAsRead(ctx context.Context, token string) error {
	_, err := call(ctx, c, OpMarkAsRead, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.MarkMessagesAsReadByTokenWithHttpInfo(&messaging_api.MarkMessagesAsReadByTokenRequest{MarkAsReadToken: token})
	})
	return err
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

// SetWebhookEndpoint tells LINE where to send events: an https address of up to 500 characters. It
// takes effect within a minute.
func (c *Client) SetWebhookEndpoint(ctx context.Context, address string) error {
	_, err := call(ctx, c, OpWebhook, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.SetWebhookEndpointWithHttpInfo(&messaging_api.SetWebhookEndpointRequest{Endpoint: address})
	})
	return err
}

// WebhookEndpoint reads where LINE sends events, and whether the console's "Webhookの利用" is on.
func (c *Client) WebhookEndpoint(ctx context.Context) (address string, on bool, err error) {
	w, err := call(ctx, c, OpWebhook, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.GetWebhookEndpointResponse, error) {
		return api.GetWebhookEndpointWithHttpInfo()
	})
	if err != nil {
		return "", false, err
	}
	return w.Endpoint, w.Active, nil
}

// WebhookTest is what happened when LINE sent an empty, signed webhook to us.
type WebhookTest struct {
	Success bool
	Status  int    // what we answered; 0 or less when LINE got no answer
	Reason  string // OK, COULD_NOT_CONNECT, REQUEST_TIMEOUT, ERROR_STATUS_CODE, UNCLASSIFIED
	Detail  string
}

// TestWebhook asks LINE to try the webhook endpoint that is set. LINE allows 60 an hour.
func (c *Client) TestWebhook(ctx context.Context) (WebhookTest, error) {
	t, err := call(ctx, c, OpWebhookTest, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.TestWebhookEndpointResponse, error) {
		return api.TestWebhookEndpointWithHttpInfo(&messaging_api.TestWebhookEndpointRequest{})
	})
	if err != nil {
		return WebhookTest{}, err
	}
	return WebhookTest{Success: t.Success, Status: int(t.StatusCode), Reason: oneLine(t.Reason), Detail: oneLine(t.Detail)}, nil
}

// drain reads a little of what is left, so that the connection can be used again, and closes.
func drain(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, maxErrorBody))
	_ = body.Close()
}
