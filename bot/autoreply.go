package bot

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"ippo"
	"ippo/internal/fold"
	"ippo/messages"
)

// autoReply answers with what staff wrote for a word. It reports whether they did.
func (t *turn) autoReply(text string) (bool, error) {
	all, err := t.bot.store.AutoReplies(t.ctx)
	if err != nil {
		return false, err
	}
	reply, word, ok := ippo.MatchAutoReply(all, text, fold.Key)
	if !ok {
		return false, nil
	}
	t.by(ippo.RuleAutoReply, word).auto = reply.ID
	told, reading := reply.In(t.w.Language)
	parts := []string{told.Text}
	if caveat := t.w.Caveat(reading); caveat != "" {
		parts = append(parts, caveat)
	}
	t.send(messages.Text(strings.Join(parts, "\n\n")))
	shown, err := t.showCard(reply.Card)
	if err == nil && !shown {
		t.closing()
	}
	return true, err
}

// showCard shows what a card such as news:12 names, as it is found in its own talk. It reports whether that is there
// for residents.
func (t *turn) showCard(card string) (shown bool, err error) {
	kind, number, _ := strings.Cut(card, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return false, nil
	}
	switch ippo.ContentKind(kind) {
	case ippo.ContentNews:
		n, err := t.bot.store.News(t.ctx, ippo.NewsID(id))
		if err != nil || !t.center.Has(ippo.ModuleNews) || n.Status != ippo.ContentPublished || n.PublishAt.After(t.now) {
			return false, unlessMissing(err)
		}
		return true, showNewsItem(t, n.Slug)
	case ippo.ContentEvent:
		e, err := t.bot.store.Event(t.ctx, ippo.EventID(id))
		if err != nil || !t.center.Has(ippo.ModuleEvents) || e.Status != ippo.ContentPublished || e.ForAmbassadors {
			return false, unlessMissing(err)
		}
		return true, showEvent(t, e.Slug)
	case ippo.ContentGroup:
		g, err := t.bot.store.ActivityGroup(t.ctx, ippo.ActivityGroupID(id))
		if err != nil || !t.center.Has(ippo.ModuleGroups) || g.Hidden {
			return false, unlessMissing(err)
		}
		return true, showGroup(t, g.Slug)
	case ippo.ContentCampaign:
		running, err := t.campaigns()
		n := slices.IndexFunc(running, func(c ippo.Campaign) bool { return c.ID == ippo.CampaignID(id) })
		if err != nil || n < 0 || !t.center.Has(ippo.ModuleCampaigns) {
			return false, err
		}
		return true, t.sendCampaigns(running[n : n+1])
	}
	return false, nil
}

// unlessMissing is nil for what is not there any more.
func unlessMissing(err error) error {
	if errors.Is(err, ippo.ErrNotFound) {
		return nil
	}
	return err
}
