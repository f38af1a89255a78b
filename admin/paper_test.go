//go:build !race

package admin

import (
	"ippo"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Each paper prints to one sheet of A4 as it lies, and the longest names stay within the cards.
func TestPapersOfAnEntry(t *testing.T) {
	o := open(t)
	o.fill()
	s, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Office = ippo.Office{Account: strings.Repeat("長", 20), Name: strings.Repeat("名", 40), City: strings.Repeat("市", 20), Phone: "0123-456-7890（代表）12", Hours: strings.Repeat("時", 60)}
	if err := o.store.SaveSettings(t.Context(), 0, s); err != nil {
		t.Fatal(err)
	}
	d := o.sitDown(ippo.Viewer)
	for paper, want := range map[string]string{"a4": "595x842", "a5": "842x595", "card": "595x842"} {
		address := o.url + "/admin/entries/shimin-ka/poster?paper=" + paper
		if sheets := d.prints(address); !slices.Equal(sheets, []string{want}) {
			t.Errorf("%s prints to %v, want %s", paper, sheets, want)
		}
		over, err := chromedp.Run(d.ctx, chromedp.Evaluate[int](`[...document.querySelectorAll(".namecard, .insert")].filter(c => c.scrollHeight > c.clientHeight + 1 || c.scrollWidth > c.clientWidth + 1).length`))
		if err != nil || over > 0 {
			t.Errorf("%s: %d parts hang over their edge, %v", paper, over, err)
		}
	}
}

// However much an ordinary broadcast says, the sheet is one of A4, and shows all of it.
func TestBroadcastSheetIsOnePage(t *testing.T) {
	o := open(t)
	o.fill()
	text := strings.Repeat("春の花見を開きます。お弁当を持って来てください。\n", 25)
	for i, b := range []*ippo.Broadcast{
		{},
		{Messages: []ippo.Message{textMessage(text)}},
		{Messages: []ippo.Message{textMessage(text), textMessage(text), textMessage(text)}},
		{Messages: []ippo.Message{textMessage(text)}, Renditions: ippo.Renditions{ippo.English: {textMessage(text + "end")}, ippo.EasyJapanese: {textMessage(text + "おわり")}}},
	} {
		one := o.draft("花見")
		one.Renditions = b.Renditions
		if b.Messages != nil {
			one.Messages = b.Messages
		}
		if err := o.store.CreateBroadcast(t.Context(), o.staff[ippo.Editor].ID, one); err != nil {
			t.Fatal(err)
		}
		desk := o.sitDown(ippo.Viewer)
		if sizes := desk.prints(o.url + href("broadcasts/%d/sheet", one.ID)); len(sizes) != 1 || sizes[0] != "595x842" {
			t.Errorf("%d: it prints to %v", i, sizes)
		}
	}
}
