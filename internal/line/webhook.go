package line

import (
	"context"
	"net/http"
	"net/url"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"ippo"
)

// Webhook is where LINE posts events to, and whether it does. NotFound: no address was ever set.
// Source: https://developers.line.biz/en/reference/messaging-api/#get-webhook-endpoint-information
func (c *Client) Webhook(ctx context.Context) (address string, active bool, err error) {
	w, err := call(ctx, c, OpWebhook, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.GetWebhookEndpointResponse, error) {
		return api.GetWebhookEndpointWithHttpInfo()
	})
	if err != nil {
		return "", false, err
	}
	return w.Endpoint, w.Active, nil
}

// SetWebhook tells LINE where to post events to, from now on.
// Source: https://developers.line.biz/en/reference/messaging-api/#set-webhook-endpoint-url
func (c *Client) SetWebhook(ctx context.Context, address *url.URL) error {
	_, err := call(ctx, c, OpWebhook, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.SetWebhookEndpointWithHttpInfo(&messaging_api.SetWebhookEndpointRequest{Endpoint: address.String()})
	})
	return err
}

// TestWebhook has LINE post a signed call without events to where it posts events to, and returns what LINE met.
// Source: https://developers.line.biz/en/reference/messaging-api/#test-webhook-endpoint
func (c *Client) TestWebhook(ctx context.Context) (ippo.WebhookTest, error) {
	t, err := call(ctx, c, OpWebhookTest, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.TestWebhookEndpointResponse, error) {
		return api.TestWebhookEndpointWithHttpInfo(&messaging_api.TestWebhookEndpointRequest{})
	})
	if err != nil {
		return ippo.WebhookTest{}, err
	}
	return ippo.WebhookTest{OK: t.Success, Status: int(t.StatusCode), Reason: t.Reason}, nil
}
