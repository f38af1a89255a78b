// Package holiday knows Japan's public holidays (国民の祝日・休日), with substitute holidays and the
// days between two holidays.
package holiday

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/jp"

	"ippo"
)

// library guards rickar/cal: its Japanese holidays keep the year they were last asked about in
// variables of their package, so that two callers at once would be told of each other's year.
var library sync.Mutex

// Japan returns the rule of Japan's public holidays as the law now stands. Source:
// https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html
//
// Many goroutines may use it at once.
func Japan() ippo.Holidays {
	var c cal.Calendar
	c.AddHoliday(jp.Holidays...)
	return func(t time.Time) bool {
		library.Lock()
		defer library.Unlock()
		// The calendar looks at the date in t's own zone.
		actual, observed, _ := c.IsHoliday(t.In(ippo.Tokyo))
		return actual || observed
	}
}
