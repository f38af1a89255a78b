package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"

	"ippo"
	"ippo/admin"
	"ippo/internal/holiday"
	"ippo/internal/line"
	"ippo/internal/secret"
	"ippo/jobs"
	"ippo/store"
)

// center is one center's account at work: what serve and demo have in common.
type center struct {
	store          *store.Store
	keys           *secret.Keyring
	channel        lineSettings
	publicURL      string
	smtp           *url.URL // nil: nobody is mailed
	trustedProxies []string
	now            ippo.Clock
	log            *slog.Logger
	metrics        *metrics

	// The demo shows panel and residents' pages in frames, and a phone of its own.
	frameAncestors string
	chatURL        func(text string) (string, error)
}

// open wires the center to a server. The workers do what nobody waits for; wake tells them that
// there may be something to do.
func (c center) open(srv *server) (workers []worker, wake func(), err error) {
	client, err := line.New(line.Config{
		AccessToken:    c.channel.AccessToken,
		ChannelID:      c.channel.ChannelID,
		ChannelSecrets: c.channel.ChannelSecrets,
		APIEndpoint:    c.channel.APIEndpoint,
		DataEndpoint:   c.channel.DataEndpoint,
		Rates:          c.channel.Rates,
		Now:            c.now,
		Log:            c.log,
		Observe:        c.metrics.call,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reach LINE: %w", err)
	}
	var mailer *jobs.Mailer
	if c.smtp != nil {
		if mailer, err = jobs.NewMailer(c.smtp, c.publicURL); err != nil {
			return nil, nil, err
		}
	}
	holidays := holiday.Japan()
	runner := jobs.New(jobs.Config{
		Store:    c.store,
		Line:     client,
		Holidays: holidays,
		Mailer:   mailer,
		Reminder: reminder,
		Now:      c.now,
		Log:      c.log,
	})
	panel, err := admin.New(admin.Config{
		Store:          c.store,
		Line:           client,
		Keys:           c.keys,
		PublicURL:      c.publicURL,
		Now:            c.now,
		Holidays:       holidays,
		Log:            c.log,
		Wake:           runner.Wake,
		MailOff:        c.smtp == nil,
		FrameAncestors: c.frameAncestors,
		TrustedProxies: c.trustedProxies,
		ChatURL:        c.chatURL,
		Reminder:       reminder,
	})
	if err != nil {
		return nil, nil, err
	}
	if err := panel.Routes(srv.Engine); err != nil {
		return nil, nil, err
	}
	return []worker{runner.Run}, runner.Wake, nil
}

// reminder draws a campaign's reminder.
func reminder(c ippo.Campaign, _ ippo.Settings) []ippo.Message {
	text, err := json.Marshal(map[string]string{"type": "text", "text": c.Reminder})
	if err != nil {
		panic(err) // two texts
	}
	return []ippo.Message{text}
}
