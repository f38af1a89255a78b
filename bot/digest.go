package bot

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/lineview"
	"ippo/messages"
)

// digestChoice is the way into the weekly digest (週1回まとめて), or back to one message for each thing.
func digestChoice(t *turn) choice {
	if t.follower.Digest {
		return choice{value: "single", label: t.w.Say("reduce.digest.leave"), words: []string{"そのつど", "一つずつ", "1つずつ", "まとめない", "singly"}}
	}
	return choice{value: "digest", label: t.w.Say("reduce.digest.begin"), words: []string{"まとめて", "まとめ", "週1回", "週に1回", "digest", "weekly"}}
}

// chooseDigest commits the choice and says what comes of it. Under a broadcast it is counted for that one.
func (t *turn) chooseDigest(digest bool) {
	if digest {
		var from reduceAnswers
		if t.talk.Name == talkReduce {
			t.answers(&from)
		}
		if !t.follower.Digest {
			t.count(ippo.Reduction{Broadcast: from.Broadcast, Step: ippo.ReductionDigest})
		}
		t.say("reduce.digest.begun", t.digestTime())
	} else {
		t.say("reduce.digest.left", t.digestTime())
	}
	t.follower.Digest = digest
	t.savePreferences()
}

// digestTime is when the digest comes, as texts say it.
func (t *turn) digestTime() messages.Vars {
	return messages.Vars{"Weekday": t.w.Say("weekday." + strconv.Itoa(int(t.center.DigestDay))), "Time": t.center.DigestAt.String()}
}

// broadcastPage shows again what was sent to topics, areas or everyone, for whoever finds it in a digest.
type broadcastPage struct {
	frame
	Rows      []template.HTML
	Links     []pageLink // what its buttons and texts open
	Corrected string     // address of what corrects it; "" if nothing does
	Written   string     // the language that it is in, for HTML
	Caveat    string     // tells a reader that what was sent is not in their language
}

type pageLink struct{ Label, URL string }

func (b *Bot) broadcastPage(c *gin.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return ippo.ErrNotFound
	}
	sent, corrected, err := b.store.ReadableBroadcast(c.Request.Context(), ippo.BroadcastID(id))
	if err != nil {
		return err
	}
	var p broadcastPage
	if p.frame, err = b.frame(c, ""); err != nil {
		return err
	}
	p.Title = p.Say("page.broadcast", messages.Vars{"Day": p.W.Day(sent.StartedAt)})
	if corrected != nil {
		p.Corrected = p.To(messages.BroadcastPage("", corrected.ID))
	}
	p.Written = htmlLanguage(sent.Renditions.For(p.W.Language))
	p.Caveat = p.W.Caveat(sent.Reading(p.W.Language))
	general, _ := ippo.Fill(sent.WrittenIn(p.W.Language), nil) // to nobody in particular
	for i, m := range general {
		row, err := lineview.Render(json.RawMessage(m), lineview.Options{Account: p.Office.Account, Follows: i > 0, Inert: true, Alt: b.pictureAlt(c.Request.Context())})
		if err != nil {
			return fmt.Errorf("draw broadcast %d: %w", id, err)
		}
		p.Rows = append(p.Rows, row)
		p.Links = append(p.Links, links(m)...)
	}
	// lineview draws cards with style attributes, whose values it writes itself, and their pictures lie at
	// any https address.
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", strings.NewReplacer("style-src 'self'", "style-src 'self'; style-src-attr 'unsafe-inline'",
		"img-src 'self'", "img-src 'self' https:").Replace(h.Get("Content-Security-Policy")))
	return b.render(c, http.StatusOK, "broadcast", p)
}

// links are what the buttons of a message open; those in its text are with it.
func links(m ippo.Message) (found []pageLink) {
	var tree any
	if json.Unmarshal(m, &tree) != nil {
		return nil
	}
	seen := map[string]bool{}
	add := func(label, address string) {
		if (strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "tel:")) && !seen[address] {
			seen[address] = true
			if label == "" {
				label = address
			}
			found = append(found, pageLink{label, address})
		}
	}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, child := range node {
				walk(child)
			}
		case map[string]any:
			if text, ok := node["text"].(string); ok {
				for _, address := range linkShape.FindAllString(text, -1) {
					add("", address)
				}
			}
			if address, ok := node["uri"].(string); ok && node["type"] == "uri" {
				label, _ := node["label"].(string)
				add(label, address)
			}
			// In the order in which they are read.
			for _, part := range []string{"hero", "header", "body", "footer", "contents", "action", "actions", "defaultAction", "template", "columns"} {
				walk(node[part])
			}
		}
	}
	walk(tree)
	return found
}

// digestPage lists all that one wording of a digest told of.
type digestPage struct {
	frame
	Items []digestEntry
}

type digestEntry struct{ Kind, At, Title, Lang, Page string }

func (b *Bot) digestPage(c *gin.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return ippo.ErrNotFound
	}
	variant, err := strconv.Atoi(c.Param("variant"))
	if err != nil {
		return ippo.ErrNotFound
	}
	items, err := b.store.DigestPage(c.Request.Context(), ippo.BroadcastID(id), variant)
	if err != nil {
		return err
	}
	var p digestPage
	if p.frame, err = b.frame(c, "page.digest"); err != nil {
		return err
	}
	for _, item := range items {
		p.Items = append(p.Items, entryOf(p.frame, item))
	}
	return b.render(c, http.StatusOK, "digest", p)
}

func entryOf(f frame, item ippo.DigestItem) digestEntry {
	switch item.Kind {
	case ippo.DigestNews:
		n, reading := item.News.In(f.W.Language)
		return digestEntry{f.Say("news.kind." + string(n.Kind)), f.W.Day(n.PublishAt), n.Title, htmlLanguage(reading.Of["title"]), f.To(messages.NewsPage("", n.Slug))}
	case ippo.DigestEvent:
		e, reading := item.Event.In(f.W.Language)
		return digestEntry{f.Say("digest.kind.event"), f.W.When(e), e.Title, htmlLanguage(reading.Of["title"]), f.To(messages.EventPage("", e.Slug))}
	}
	words, lang := messages.BroadcastWords(item.Broadcast, f.W.Language), htmlLanguage(item.Broadcast.Renditions.For(f.W.Language))
	if words == "" {
		words, lang = f.Say("digest.picture"), f.Lang()
	}
	return digestEntry{f.Say("digest.kind.broadcast"), f.W.Day(item.Broadcast.StartedAt), words, lang, f.To(messages.BroadcastPage("", item.Broadcast.ID))}
}
