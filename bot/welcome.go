package bot

import (
	"context"
	"strings"

	"ippo"
	"ippo/messages"
)

// welcome greets somebody who added the account. Who comes back finds what they had chosen, and is not
// greeted as a stranger.
func (t *turn) welcome() error {
	switch {
	case !t.follower.OnboardedAt.IsZero():
		t.say("welcome.back", messages.Vars{"Account": t.center.Office.Account})
		t.send(t.settingsCard(""))
		t.closing()
		return nil
	case t.talk.Name != "":
		t.say("welcome.again", messages.Vars{"Account": t.center.Office.Account})
		return t.begin(talkSettings)
	}
	t.send(messages.Greeting(t.w, t.center, t.bot.base+"/r/privacy"))
	return t.begin(talkSettings)
}

// joined greets a group chat and says that the account works one to one; after that it is silent there.
func (b *Bot) joined(ctx context.Context) (*outcome, error) {
	center, err := b.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	w := b.texts.In(ippo.Japanese)
	return &outcome{reply: []ippo.Message{messages.Text(w.Say("group.joined", messages.Vars{
		"Account": center.Office.Account, "Office": center.Office.Name, "Phone": center.Office.Phone,
	}))}}, nil
}

// languages lists the languages that the center offers, the follower's first.
func (t *turn) languages() []ippo.Language {
	list := []ippo.Language{t.w.Language}
	for _, l := range t.bot.texts.Languages() {
		if l != t.w.Language && t.center.Offers(l) {
			list = append(list, l)
		}
	}
	return list
}

// sentence joins names as a list is read.
func (t *turn) sentence(names []string) string { return strings.Join(names, t.w.Say("why.and")) }
