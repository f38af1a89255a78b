package line_test

import (
	"net/url"
	"testing"

	"ippo/internal/line"
	"ippo/internal/linesim"
)

// Where LINE posts to is read, changed and tried out.
func TestWebhook(t *testing.T) {
	c := newChannel(t, linesim.Options{}, false)
	ctx := t.Context()
	was, active, err := c.Webhook(ctx)
	if err != nil || !active || was == "" {
		t.Fatalf("%q, %v, %v", was, active, err)
	}
	if test, err := c.TestWebhook(ctx); err != nil || !test.OK || test.Status != 200 {
		t.Errorf("%+v, %v", test, err)
	}
	if body := string(<-c.webhooks); body == "" {
		t.Error("LINE posted nothing")
	}
	address := func(s string) *url.URL {
		t.Helper()
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	if err := c.SetWebhook(ctx, address(was+"/new")); err != nil {
		t.Fatal(err)
	}
	if is, _, err := c.Webhook(ctx); err != nil || is != was+"/new" {
		t.Errorf("%q, %v", is, err)
	}
	if err := c.SetWebhook(ctx, address("http://192.0.2.1/")); line.ClassOf(err) != line.Invalid {
		t.Errorf("an address without https: %v", err)
	}
	c.platform.SetWebhookURL("")
	if _, _, err := c.Webhook(ctx); line.ClassOf(err) != line.NotFound {
		t.Errorf("without an address: %v", err)
	}
}
