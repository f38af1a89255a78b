package bot

import (
	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// has reports whether the module that a button belongs to is on. A button that nobody explains belongs to none.
func (t *turn) has(p tapped) bool {
	k := t.bot.talkNamed(p.talk)
	return k == nil || t.center.Has(k.module) && t.center.Has(k.lent[p.step])
}

// switchedOff answers what belongs to a module that is off: an old button, or words that must not be kept.
func (t *turn) switchedOff() error {
	t.say("switchedoff", t.office())
	t.closing()
	return nil
}

// leaveSwitchedOff forgets a talk that was begun before its module was switched off, and one that was paused.
func (t *turn) leaveSwitchedOff() {
	if t.paused != nil && !t.has(tapped{talk: t.paused.Name, step: t.paused.Step}) {
		t.paused = nil
	}
	if t.talk.Name != "" && !t.has(tapped{talk: t.talk.Name, step: t.talk.Step}) {
		t.end()
	}
}

// on is errSwitchedOff unless a module is on.
func (b *Bot) on(c *gin.Context, m ippo.Module) error {
	settings, err := b.store.Settings(c.Request.Context())
	if err != nil || settings.Has(m) {
		return err
	}
	return errSwitchedOff
}

// only lets residents see a page of a module while it is on.
func (b *Bot) only(m ippo.Module) gin.HandlerFunc {
	return b.page(func(c *gin.Context) error {
		err := b.on(c, m)
		if err != nil {
			c.Abort()
		}
		return err
	})
}

// linkModules are the modules that links to our forms belong to, by what they are for.
var linkModules = map[string]ippo.Module{
	purposeAmbassador: ippo.ModuleAmbassadors,
	purposeVision:     ippo.ModuleVisions,
	purposeSignUp:     ippo.ModuleEvents,
	purposeVisit:      ippo.ModuleMatching,
	store.PurposeRoom: ippo.ModuleConsultations,
}

// hostModule is the module that a group's link belongs to.
func hostModule(l store.GroupLink) ippo.Module {
	if l.Match != 0 {
		return ippo.ModuleMatching
	}
	return ippo.ModuleGroups
}
