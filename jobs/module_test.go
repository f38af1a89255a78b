package jobs

import (
	"context"
	"slices"
	"testing"
	"time"

	"ippo"
)

// modules switches on these and no others.
func (c *center) modules(on ...ippo.Module) {
	c.t.Helper()
	if err := c.store.SaveModules(c.t.Context(), 0, on); err != nil {
		c.t.Fatal(err)
	}
}

// done turns every job of Run's once, without doing it, and returns the names of those that would have been done.
func (c *center) done() (names []string) {
	c.t.Helper()
	for _, j := range c.jobs() {
		j.do = func(context.Context) (time.Time, error) {
			names = append(names, j.name)
			return time.Time{}, nil
		}
		if _, err := c.turn(c.t.Context(), j); err != nil {
			c.t.Fatal(err)
		}
	}
	return names
}

// No job of a module runs while it is off, and each of them does when nothing but it and what it needs is on.
func TestNoJobOfWhatIsOff(t *testing.T) {
	c := newCenter(t, 0, options{})
	c.modules()
	core := c.done()
	for _, j := range c.jobs() {
		if on := slices.Contains(core, j.name); on != (j.module == "") {
			t.Errorf("with everything off, job %s of module %q: %v", j.name, j.module, on)
		}
	}
	for _, m := range ippo.Modules() {
		on := []ippo.Module{m}
		if needs := m.Needs(); needs != "" {
			on = append(on, needs)
		}
		c.modules(on...)
		ran := c.done()
		for _, j := range c.jobs() {
			if want := j.module == "" || slices.Contains(on, j.module); slices.Contains(ran, j.name) != want {
				t.Errorf("with %v on, job %s: %v", on, j.name, !want)
			}
		}
	}
}

// A notice of a module that is off waits, and leaves when it is on again; if that does not happen in time, the list
// says why it was not sent.
func TestNoticesOfWhatIsOffWait(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.modules()
	c.notice(ippo.NoticeEventReminder, "あすのイベント")
	c.notice(ippo.NoticeConsultationAnswer, "お返事があります", func(n *ippo.Notice) { n.Until = tuesday.Add(time.Hour) })
	c.sendNotices()
	c.became("pending 機能が切られているため、待っています", "pending 機能が切られているため、待っています")
	c.modules(ippo.ModuleEvents)
	c.wait(time.Hour)
	c.sendNotices()
	c.became("accepted", "skipped 送る期限を過ぎました（機能が切られているため）")
	c.received("あすのイベント", 1)
}

// A campaign sends nothing while campaigns are off. What came due meanwhile waits for staff and leaves nobody
// surprised.
func TestCampaignsOffFireNothing(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.reminding(ippo.Schedule{Kind: ippo.ScheduleDaily, At: 13 * 60})
	c.modules(ippo.ModuleAmbassadors)
	c.wait(2 * time.Hour)
	c.fireAll()
	if waiting, err := c.store.WaitingFirings(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("while off: %+v, %v", waiting, err)
	}
	c.modules(ippo.ModuleAmbassadors, ippo.ModuleCampaigns)
	c.fireAll()
	if waiting, err := c.store.WaitingFirings(t.Context()); err != nil || len(waiting) != 1 {
		t.Errorf("on again: %+v, %v", waiting, err)
	}
	c.received("声をかけて", 0)
}
