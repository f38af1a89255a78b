package line

import (
	"context"
	"net/url"

	"ippo"
)

// Desk is the part of LINE that the staff's panel works with. No method of it takes the ID of whom to
// send to, so no page, form or API call can write to a resident past the ledger, whatever it is told:
// the one thing it sends is a test, to an account that a member of staff has linked.
type Desk struct{ client *Client }

// Desk is the client's, for the panel.
func (c *Client) Desk() *Desk { return &Desk{c} }

// SendTest sends messages to a member of staff's own account, marked as a test. It is asked once:
// whoever misses theirs sends another.
func (d *Desk) SendTest(ctx context.Context, to ippo.TestRecipient, messages []ippo.Message) error {
	marked, err := ippo.AsTest(messages)
	if err != nil {
		return invalid(OpPush, "mark as a test: %w", err)
	}
	_, err = d.client.Push(ctx, NewRetryKey(), to.LineUser(), marked, Options{})
	return err
}

// Validate is Client.Validate.
func (d *Desk) Validate(ctx context.Context, op Op, messages []ippo.Message) ([]Detail, error) {
	return d.client.Validate(ctx, op, messages)
}

// Quota is Client.Quota.
func (d *Desk) Quota(ctx context.Context) (Quota, error) { return d.client.Quota(ctx) }

// Consumption is Client.Consumption.
func (d *Desk) Consumption(ctx context.Context) (int64, error) { return d.client.Consumption(ctx) }

// BotInfo is Client.BotInfo.
func (d *Desk) BotInfo(ctx context.Context) (BotInfo, error) { return d.client.BotInfo(ctx) }

// Webhook is Client.Webhook.
func (d *Desk) Webhook(ctx context.Context) (address string, active bool, err error) {
	return d.client.Webhook(ctx)
}

// SetWebhook is Client.SetWebhook.
func (d *Desk) SetWebhook(ctx context.Context, address *url.URL) error {
	return d.client.SetWebhook(ctx, address)
}

// TestWebhook is Client.TestWebhook.
func (d *Desk) TestWebhook(ctx context.Context) (ippo.WebhookTest, error) {
	return d.client.TestWebhook(ctx)
}
