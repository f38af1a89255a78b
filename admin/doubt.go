package admin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/outside"
	"ippo/internal/personal"
)

// doubt is something about a broadcast that may be a slip, said before it leaves. It stops nobody: what is
// meant as it stands is sent as it stands.
type doubt struct {
	What string // what was found
	Mend string // what to do if it is a slip
}

// maxDoubts is how many doubts of one kind are named: a text that is nothing but dates needs no more.
const maxDoubts = 5

// repeatDays is for how long the same content again is doubted.
const repeatDays = 7

// checked is what was found in what its author wrote.
type checked struct {
	Doubts  []doubt
	Hard    []hardWord
	Readers string // how many are sent each language, if there are several
}

// check looks through a broadcast; to say the same again is what a repeated one is for.
func (p *Panel) check(ctx context.Context, office ippo.Office, b *ippo.Broadcast, repeat bool) (checked, error) {
	japanese, text := saidBy(b.Written()), saidBy(b.All())
	readers, err := p.Store.CountReaders(ctx, b)
	if _, err = mend(err, nil); err != nil {
		return checked{}, err
	}
	leaves := b.SendAt
	if leaves.IsZero() {
		leaves = p.Now()
	}
	found := checked{Hard: hardWordsIn(japanese), Readers: readersOf(b, readers)}
	if !repeat {
		found.Doubts = dateDoubts(ippo.WrittenDates(text, leaves), leaves)
	}
	found.Doubts = append(found.Doubts, contactDoubts(personal.Find(text), office)...)
	found.Doubts = append(found.Doubts, p.renditionDoubts(b, readers)...)
	if repeat || japanese == "" {
		return found, nil
	}
	before, err := p.Store.SaidSince(ctx, b, p.Now().AddDate(0, 0, -repeatDays))
	for _, same := range before {
		found.Doubts = append(found.Doubts, doubt{fmt.Sprintf("同じ内容を、%sに「%s」で送っています。", ippo.TimeWords(same.StartedAt), same.Title), "もう一度送ってよいか確かめてください。"})
	}
	return found, err
}

// saidBy is all that messages say to their reader.
func saidBy(all []ippo.Message) string {
	var texts []string
	for _, m := range all {
		texts = append(texts, m.Texts()...)
	}
	return strings.Join(texts, "\n")
}

// dateDoubts doubts dates that cannot be, or are over on the day that it leaves.
func dateDoubts(dates []ippo.WrittenDate, leaves time.Time) []doubt {
	var found []doubt
	seen := map[string]bool{}
	for _, d := range dates {
		if seen[d.Text] || len(found) == maxDoubts {
			continue
		}
		seen[d.Text] = true
		switch {
		case d.Day.IsZero():
			found = append(found, doubt{"「" + d.Text + "」という日はありません。", "日付を直してください。"})
		case !d.Agrees():
			found = append(found, doubt{fmt.Sprintf("「%s」は%s曜日です。", d.Text, ippo.WeekdayName(d.Day.Weekday())),
				fmt.Sprintf("%d年の日付として確かめました。日付か曜日を直してください。", d.Day.Year())})
		case d.Day.Before(ippo.Day(leaves)):
			found = append(found, doubt{"「" + d.Text + "」は、送る日にはもう過ぎています。", "終わったことの報告でなければ、日付を直してください。"})
		}
	}
	return found
}

// contactDoubts doubts numbers and mail addresses that are not the office's.
func contactDoubts(data personal.Data, office ippo.Office) []doubt {
	var found []doubt
	own := personal.Find(office.Phone).Phones
	for _, phone := range data.Phones[:min(len(data.Phones), maxDoubts)] {
		switch {
		case slices.Contains(own, phone):
		case strings.HasPrefix(phone, "090"), strings.HasPrefix(phone, "080"), strings.HasPrefix(phone, "070"), strings.HasPrefix(phone, "060"):
			found = append(found, doubt{"携帯電話の番号（" + phone + "）があります。", "個人の番号なら、載せてよいか本人に確かめてください。"})
		default:
			found = append(found, doubt{"センターの電話番号ではない番号（" + phone + "）があります。", "正しい番号か確かめてください。"})
		}
	}
	_, domain, _ := strings.Cut(office.Email, "@")
	for _, email := range data.Emails[:min(len(data.Emails), maxDoubts)] {
		if domain == "" || !strings.HasSuffix(strings.ToLower(email), "@"+strings.ToLower(domain)) {
			found = append(found, doubt{"センターのものではないメールアドレス（" + email + "）があります。", "個人のものなら、載せてよいか本人に確かめてください。"})
		}
	}
	return found
}

// linkCheck is what the links of a broadcast said.
type linkCheck struct {
	Doubts []doubt
	Asked  int
}

// maxAsked bounds how many links of a broadcast are asked.
const maxAsked = 10

// askable are the links of a broadcast that can be asked whether they answer: our own pages need not be.
func (p *Panel) askable(b *ippo.Broadcast) []string {
	links := slices.DeleteFunc(ippo.Links(ippo.UncountLinks(b.All(), b.Links), p.PublicURL), func(link string) bool {
		return link == p.PublicURL || strings.HasPrefix(link, p.PublicURL+"/")
	})
	return links[:min(len(links), maxAsked)]
}

// checkLinks asks the links of a broadcast whether they answer.
func (p *Panel) checkLinks(ctx context.Context, b *ippo.Broadcast) linkCheck {
	links := p.askable(b)
	answers := make([]outside.Answer, len(links))
	var all sync.WaitGroup
	for i, link := range links {
		all.Go(func() { answers[i] = p.Outside.Ask(ctx, link) })
	}
	all.Wait()
	check := linkCheck{Asked: len(links)}
	for i, answer := range answers {
		switch link := links[i]; answer {
		case outside.Gone:
			check.Doubts = append(check.Doubts, doubt{"リンク先のページがありません: " + link, "アドレスを直してください。"})
		case outside.Silent:
			check.Doubts = append(check.Doubts, doubt{"リンク先から返事がありません: " + link, "ブラウザーで開けるか確かめてください。"})
		case outside.Refused:
			check.Doubts = append(check.Doubts, doubt{"外から開けないリンクです: " + link, "住民が開けるアドレスか確かめてください。"})
		}
	}
	return check
}

type linkCheckPage struct {
	frame
	*ippo.Broadcast
	Check linkCheck
}

// broadcastLinks is what the links said: a part of the broadcast's page for htmx, else a page of its own.
func (p *Panel) broadcastLinks(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	check := p.checkLinks(c.Request.Context(), b)
	if c.GetHeader("HX-Request") != "" {
		return p.fragment(c, "broadcast_links.html", "links", check)
	}
	return p.render(c, http.StatusOK, "broadcast_links.html", linkCheckPage{p.frame(c), b, check})
}
