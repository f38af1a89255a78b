package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"ippo"
	"ippo/admin"
	"ippo/bot"
	"ippo/internal/faq"
	"ippo/internal/holiday"
	"ippo/internal/keyword"
	"ippo/internal/line"
	"ippo/internal/secret"
	"ippo/jobs"
	"ippo/messages"
	"ippo/store"
)

// center is one center's account at work: what serve and demo have in common.
type center struct {
	store     *store.Store
	keys      *secret.Keyring
	channel   lineSettings
	publicURL string
	panelFrom []netip.Prefix // from where staff may open the panel; none: from everywhere
	smtp      *url.URL       // nil: nobody is mailed
	now       ippo.Clock
	log       *slog.Logger
	metrics   *metrics
	texts     *messages.Catalogs // nil: those that are built in

	// The demo shows panel and residents' pages in frames, and a phone of its own.
	framed  bool
	chatURL func(text string) (string, error)
}

// open wires the center to a server. The workers do what nobody waits for; wake tells them that
// there may be something to do.
func (c center) open(srv *server) (workers []worker, wake func(), err error) {
	client, err := c.channel.client(line.Config{Now: c.now, Log: c.log, Observe: c.metrics.call})
	if err != nil {
		return nil, nil, err
	}
	c.metrics.circuits(client)
	frameAncestors := "'none'"
	if c.framed {
		frameAncestors = "'self'"
	}
	var mailer *jobs.Mailer
	if c.smtp != nil {
		if mailer, err = jobs.NewMailer(c.smtp, c.publicURL); err != nil {
			return nil, nil, err
		}
	}
	texts := c.texts
	if texts == nil {
		if texts, err = messages.Load(); err != nil {
			return nil, nil, err
		}
	}
	reminders := func(campaign ippo.Campaign) []ippo.Wording { return messages.Reminders(texts, campaign, c.publicURL) }
	digest := func(l ippo.Language, until time.Time, items []ippo.DigestItem, all string) ippo.Message {
		return messages.Digest(texts.In(l), until, items, c.publicURL, all)
	}
	holidays := holiday.Japan()
	c.store.Holidays, c.store.PublicURL = holidays, c.publicURL
	c.store.ReduceLabel = func(l ippo.Language) string { return texts.In(l).Say("reduce.open") }
	runner := jobs.New(jobs.Config{
		Store:    c.store,
		Line:     client,
		Holidays: holidays,
		Mailer:   mailer,
		Milestone: func(campaign ippo.Campaign, m ippo.Milestone) ippo.Wording {
			return ippo.Wording{Draw: func(l ippo.Language) []ippo.Message { return messages.Milestone(texts.In(l), campaign, m, c.publicURL) }}
		},
		Reminders: reminders,
		Digest:    digest,
		FollowUp: func(l ippo.Language, kind ippo.FollowUp, match ippo.MatchID, group string) ippo.Message {
			return messages.FollowUp(texts.In(l), kind, match, group)
		},
		Freshness: func(g store.AskedGroup) ippo.Message {
			return messages.Freshness(texts.In(g.Language), g.ActivityGroup)
		},
		FreshMail: func(group, page string) (subject, text string) {
			return messages.HostMail(texts.In(ippo.Japanese), "fresh", group, page)
		},
		GroupLinks: c.keys.Signer(store.GroupLinks),
		RichMenu:   messages.RichMenu, RichMenuName: messages.RichMenuName,
		Event: func(l ippo.Language, kind ippo.NoticeKind, which ippo.EventReminder, b ippo.Booking) ippo.Message {
			return messages.EventNotice(texts.In(l), kind, which, b, c.publicURL)
		},
		Now: c.now,
		Log: c.log,
	})
	questions, keywords := faq.NewFinder(c.store.AskedFAQs), keyword.NewGatherer(c.store)
	residents, err := bot.New(bot.Config{
		Store:          c.store,
		Line:           client,
		PublicURL:      c.publicURL,
		ChannelSecrets: c.channel.ChannelSecrets,
		Keys:           c.keys,
		Now:            c.now,
		Log:            c.log,
		Wake:           runner.Wake,
		Texts:          texts,
		FAQ:            questions,
		Keywords:       keywords,
		ChatURL:        c.chatURL,
		Framed:         c.framed,
	})
	if err != nil {
		return nil, nil, err
	}
	residents.Routes(srv)
	panel, err := admin.New(admin.Config{
		Store:          c.store,
		Line:           client.Desk(),
		Keys:           c.keys,
		PublicURL:      c.publicURL,
		Now:            c.now,
		Holidays:       holidays,
		Log:            c.log,
		Wake:           runner.Wake,
		Try:            residents.Try,
		Texts:          texts,
		FAQ:            questions,
		Keywords:       keywords,
		MailOff:        c.smtp == nil,
		FrameAncestors: frameAncestors,
		From:           c.panelFrom,
		ChatURL:        c.chatURL,
		Reminders:      reminders,
	})
	if err != nil {
		return nil, nil, err
	}
	panel.Routes(srv.Engine)
	return []worker{residents.Run, runner.Run}, runner.Wake, nil
}

// client opens the door to LINE. rest is what the settings do not say.
func (l lineSettings) client(rest line.Config) (*line.Client, error) {
	rest.AccessToken, rest.ChannelID, rest.ChannelSecrets = l.AccessToken, l.ChannelID, l.ChannelSecrets
	rest.APIEndpoint, rest.DataEndpoint, rest.Rates = l.APIEndpoint, l.DataEndpoint, l.Rates
	client, err := line.New(rest)
	if err != nil {
		return nil, fmt.Errorf("reach LINE: %w", err)
	}
	return client, nil
}
