package messages

import (
	"strconv"
	"strings"

	"ippo"
)

// NewsCards shows news items, each with the way to its whole text on our own page. base is the public
// URL that links start with.
func NewsCards(w Words, items []ippo.News, base string) ippo.Message {
	bubbles := make([]bubble, len(items))
	alt := make([]string, len(items))
	for i, n := range items {
		n, reading := n.In(w.Language)
		bubbles[i] = newsCard(w, n, w.Caveat(reading, "title", "summary"), listed(i, len(items), n.Title), base)
		alt[i] = strconv.Itoa(i+1) + " " + n.Title + "：" + n.Summary
	}
	return cards(w.Say("card.news")+"\n"+strings.Join(alt, "\n"), bubbles)
}

func newsCard(w Words, n ippo.News, caveat string, heading any, base string) bubble {
	return bubble{
		Type: "bubble", Size: "kilo",
		Body: vertical("sm",
			small(w.Say("news.kind."+string(n.Kind))+"　"+w.Day(n.PublishAt)),
			heading,
			plain(n.Summary),
			small(caveat)),
		Footer: vertical("sm", primary(open(w.Say("card.read"), w.Page(NewsPage(base, n.Slug))))),
	}
}

// NewsPage is the address of a news item.
func NewsPage(base, slug string) string { return base + "/r/news/" + slug }
