package messages

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ippo"
)

// Digest is the week's one message to whoever chose まとめて: a list of what came out for them, each row the
// way to its page. What is beyond ippo.MaxDigestItems is behind a button. all is the address of the page
// that lists everything, below base. 配信を減らす stands under it in its language, for the broadcast that it becomes.
func Digest(w Words, until time.Time, items []ippo.DigestItem, base, all string) ippo.Message {
	count := w.Say("digest.count", Vars{"N": len(items)})
	rows := []any{title(w.Say("digest.title")), small(w.Say("digest.until", Vars{"Day": w.Day(until)}) + "　" + count)}
	alt := []string{w.Say("digest.title"), count}
	shown := items[:min(len(items), ippo.MaxDigestItems)]
	for i, item := range shown {
		words, caveat := digestWords(w, item)
		words = withoutVariables.Replace(words)
		rows = append(rows, rule(), box{
			Type: "box", Layout: "vertical", Spacing: "xs", Margin: "md",
			Contents: compact([]any{
				small(withoutVariables.Replace(digestLabel(w, item))),
				text{Type: "text", Text: words, Size: "md", Weight: "bold", Color: blue, Wrap: true},
				small(caveat),
			}),
			Action: open(words, w.Page(digestPage(item, base))),
		})
		alt = append(alt, strconv.Itoa(i+1)+" "+words)
	}
	b := bubble{Type: "bubble", Size: "mega", Body: vertical("sm", rows...)}
	if more := len(items) - len(shown); more > 0 {
		label := w.Say("digest.more", Vars{"N": more})
		b.Footer = vertical("sm", primary(open(label, w.Page(base+all))))
		alt = append(alt, label)
	}
	return WithChoices(card(strings.Join(alt, "\n"), b), Choice{Label: w.Say("reduce.open"), Data: ippo.ReduceData})
}

// withoutVariables keeps what somebody wrote into a title from being taken for one of ours (ippo.Variable).
var withoutVariables = strings.NewReplacer("{{", "{ {", "｛｛", "｛ ｛")

// digestText is how much of a broadcast's text stands for it: about three lines on a phone.
const digestText = 60

// digestWords says what an item is about, and that it is not in the reader's language; "" if it is.
func digestWords(w Words, item ippo.DigestItem) (words, caveat string) {
	switch item.Kind {
	case ippo.DigestNews:
		news, reading := item.News.In(w.Language)
		return news.Title, w.Caveat(reading, "title")
	case ippo.DigestEvent:
		event, reading := item.Event.In(w.Language)
		return event.Title, w.Caveat(reading, "title")
	}
	if words := BroadcastWords(item.Broadcast, w.Language); words != "" {
		return clip(words, digestText), w.Caveat(item.Broadcast.Reading(w.Language))
	}
	return w.Say("digest.picture"), "" // all that was sent is a picture
}

// BroadcastWords returns the first words of what a broadcast says to a reader of a language, in one line; "" if it says nothing.
// Followers never see its title.
func BroadcastWords(b *ippo.Broadcast, l ippo.Language) string {
	general, _ := ippo.Fill(b.WrittenIn(l), nil) // to nobody in particular
	for _, m := range general {
		if words := strings.Join(strings.Fields(Alt(m)), " "); words != "" {
			return words
		}
	}
	return ""
}

// digestLabel says of what kind an item is, and when it came out or takes place.
func digestLabel(w Words, item ippo.DigestItem) string {
	switch item.Kind {
	case ippo.DigestNews:
		return w.Say("news.kind."+string(item.News.Kind)) + "　" + w.Day(item.At)
	case ippo.DigestEvent:
		return w.Say("digest.kind.event") + "　" + w.When(item.Event) + "　" + w.place(item.Event)
	}
	return w.Say("digest.kind.broadcast") + "　" + w.Day(item.At)
}

// place says where an event is.
func (w Words) place(e ippo.Event) string {
	e, _ = e.In(w.Language)
	return e.Place
}

func digestPage(item ippo.DigestItem, base string) string {
	switch item.Kind {
	case ippo.DigestNews:
		return NewsPage(base, item.News.Slug)
	case ippo.DigestEvent:
		return EventPage(base, item.Event.Slug)
	}
	return BroadcastPage(base, item.Broadcast.ID)
}

// BroadcastPage is the address where a broadcast can be read again.
func BroadcastPage(base string, id ippo.BroadcastID) string {
	return fmt.Sprintf("%s/r/broadcasts/%d", base, id)
}
