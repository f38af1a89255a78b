package admin

import (
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
)

// digestPage is the next weekly digest as it would be now.
type digestPage struct {
	frame
	Next       time.Time
	Waiting    time.Time // when one was missed that staff decide on; zero: none waits
	From       time.Time // since when it gathers
	Readers    int       // who chose it
	Recipients int       // of these, and of those who left it, who would get it now
	Wordings   int
	Items      []digestRow
	Preview    preview // what most of them would be sent
	Most       int     // how many that is
}

// digestRow is one item, and how many would be told of it.
type digestRow struct {
	Kind, Words, Link string
	At                time.Time
	People            int
}

func (p *Panel) showDigest(c *gin.Context) error { return p.digestPage(c, nil) }

func (p *Panel) digestPage(c *gin.Context, found ippo.Problems) error {
	ctx := c.Request.Context()
	page := digestPage{frame: p.frame(c)}
	page.Problems = found
	var err error
	if page.Next, err = p.Store.NextDigest(ctx); err != nil {
		return err
	}
	if page.Waiting, err = p.Store.WaitingDigest(ctx); err != nil {
		return err
	}
	if page.Readers, err = p.Store.DigestReaders(ctx); err != nil {
		return err
	}
	plan, err := p.Store.ForecastDigest(ctx)
	if err != nil {
		return err
	}
	page.From, page.Recipients, page.Wordings = plan.From, plan.Recipients(), len(plan.Groups)
	people := make([]int, len(plan.Items))
	for _, g := range plan.Groups {
		for _, n := range g.Items {
			people[n] += g.People
		}
	}
	for n, item := range plan.Items {
		if people[n] > 0 {
			page.Items = append(page.Items, rowOfDigest(item, people[n]))
		}
	}
	if len(plan.Groups) > 0 {
		most := plan.Groups[0]
		page.Most = most.People
		words := p.catalogs.In(most.Language)
		m := messages.Digest(words, plan.Until, plan.Of(most), p.PublicURL, "")
		page.Preview = p.preview(ctx, page.Settings.Office.Account, ippo.WithReduce([]ippo.Message{m}, plan.ID), nil)
	}
	return p.render(c, formStatus(found), "digest.html", page)
}

func rowOfDigest(item ippo.DigestItem, people int) digestRow {
	row := digestRow{At: item.At, People: people}
	switch item.Kind {
	case ippo.DigestNews:
		row.Kind, row.Words, row.Link = item.News.Kind.Words(), item.News.Title, href("news/%d", item.News.ID)
	case ippo.DigestEvent:
		row.Kind, row.Words, row.Link = "イベント", item.Event.Title, href("events/%d", item.Event.ID)
	default:
		row.Kind, row.Words, row.Link = "配信", item.Broadcast.Title, href("broadcasts/%d", item.Broadcast.ID)
	}
	return row
}

// decideDigest decides on a digest that was not sent in time: it is made now, or what is in it waits for the
// next.
func (p *Panel) decideDigest(c *gin.Context) error {
	ctx, by := c.Request.Context(), p.me(c).ID
	due, err := time.Parse(time.RFC3339, c.PostForm("due"))
	if err != nil {
		return ippo.ErrNotFound
	}
	if c.PostForm("do") == "drop" {
		if err := p.Store.DropDigest(ctx, by, due); err != nil {
			return err
		}
		return p.redirect(c, "送らないことにしました。その内容は、次のまとめに入ります。", href("broadcasts/digest"))
	}
	found, err := mend(p.Store.SendDigest(ctx, by, due, formText(c, "reason")), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.digestPage(c, found)
	}
	p.Wake()
	return p.redirect(c, "まとめを送ります。まもなく一覧に出ます。", href("broadcasts"))
}

// digestWords are what the list says of whom a digest is for.
const digestWords = "まとめて受け取る人"
