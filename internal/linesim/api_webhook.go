package linesim

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
	"unicode/utf8"
)

// maxWebhookURL is LINE's limit (reference: set-webhook-endpoint-url).
const maxWebhookURL = 500

func (p *Platform) webhookRoutes() []route {
	return []route{
		{"GET /v2/bot/channel/webhook/endpoint", WebhookEndpoint, p.getWebhook, jsonCall},
		{"PUT /v2/bot/channel/webhook/endpoint", WebhookEndpoint, p.putWebhook, jsonCall},
		{"POST /v2/bot/channel/webhook/test", WebhookTest, p.testWebhook, jsonCall},
	}
}

func (p *Platform) getWebhook(*call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hooks.url == "" {
		return fail(http.StatusNotFound, msgNotFound)
	}
	return ok(fields{"endpoint": p.hooks.url, "active": !p.hooks.settings.Off})
}

func (p *Platform) putWebhook(c *call) answer {
	var req struct {
		Endpoint string `json:"endpoint"`
	}
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if !p.webhookURLAllowed(req.Endpoint) {
		return badBody(Detail{"Invalid webhook endpoint URL", "endpoint"})
	}
	p.SetWebhookURL(req.Endpoint)
	return done()
}

func (p *Platform) webhookURLAllowed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || utf8.RuneCountInString(address) > maxWebhookURL {
		return false
	}
	return u.Scheme == "https" || p.opts.AllowLoopbackHTTP && u.Scheme == "http" && isLoopback(u.Hostname())
}

// testWebhook posts an empty list of events and tells what came back (reference: test-webhook-endpoint).
func (p *Platform) testWebhook(c *call) answer {
	var req struct {
		Endpoint string `json:"endpoint"`
	}
	if len(c.body) > 0 {
		if a, readable := c.decode(&req); !readable {
			return a
		}
	}
	p.mu.Lock()
	address, timeout := p.hooks.url, p.hooks.settings.Timeout
	p.mu.Unlock()
	if req.Endpoint != "" {
		if !p.webhookURLAllowed(req.Endpoint) {
			return badBody(Detail{"Invalid webhook endpoint URL", "endpoint"})
		}
		address = req.Endpoint
	}
	if address == "" {
		return fail(http.StatusNotFound, msgNotFound)
	}
	ctx, cancel := context.WithTimeout(c.Context(), timeout)
	defer cancel()
	status, err := p.post(ctx, address, p.webhookBody([]json.RawMessage{}))
	body := fields{
		"success": status/100 == 2, "timestamp": p.now().UTC().Format(time.RFC3339Nano),
		"statusCode": status, "reason": "OK", "detail": strconv.Itoa(status),
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded):
		body["reason"], body["detail"] = "REQUEST_TIMEOUT", "no answer in time"
	case err != nil:
		body["reason"], body["detail"] = "COULD_NOT_CONNECT", "no connection"
	case status/100 != 2:
		body["reason"] = "ERROR_STATUS_CODE"
	}
	return ok(body)
}
