package admin

import (
	"bytes"
	"maps"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/sergi/go-diff/diffmatchpatch"

	"ippo"
)

// versionsPage shows what was changed of a broadcast that others had seen, the latest change first.
type versionsPage struct {
	frame
	*ippo.Broadcast
	Changes []versionChange
}

// versionChange is one change: who made it, to what, and what differs.
type versionChange struct {
	By, Of   string // who wrote the new version and the old one
	At, Was  time.Time
	Came     string // how far the old one had come
	Reason   string // why it had come back
	Fields   []changedText
	Unspoken bool // what differs cannot be read, such as a colour
}

// changedText is a text of a broadcast before and after a change, as its parts.
type changedText struct {
	Name  string
	Parts []diffPart
}

// diffPart is a run of text that was taken out, put in, or left.
type diffPart struct {
	Text     string
	Out, Put bool
}

func (p *Panel) broadcastVersions(c *gin.Context) error {
	ctx := c.Request.Context()
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	page := versionsPage{frame: p.frame(c), Broadcast: b}
	versions, err := p.Store.BroadcastVersions(ctx, b.ID)
	if err != nil {
		return err
	}
	is := *b
	said := b.Said()
	is.Messages, is.Renditions = said.Messages, said.Renditions
	say, err := p.audienceWords(ctx, page.Settings.Labels.Ambassador)
	if err != nil {
		return err
	}
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	next := &is
	for i := len(versions) - 1; i >= 0; i-- {
		was := versions[i]
		change := versionChange{
			By: who(next.Author), At: next.UpdatedAt, Of: who(was.Author), Was: was.UpdatedAt, Came: was.Status.Words(), Reason: was.Reason,
			Fields: changedTexts(was, next, say),
		}
		change.Unspoken = len(change.Fields) == 0 && !bytes.Equal(ippo.ContentOf(was.All()), ippo.ContentOf(next.All()))
		page.Changes = append(page.Changes, change)
		next = was
	}
	return p.render(c, http.StatusOK, "broadcast_versions.html", page)
}

// changedTexts returns what staff read of a broadcast and what differs.
func changedTexts(was, is *ippo.Broadcast, say func(ippo.Audience) string) []changedText {
	read := func(b *ippo.Broadcast) []string {
		to, when := say(b.Audience), "承認されたらすぐ"
		if b.Corrects != 0 || is.Corrects != 0 { // a correction goes to whom another one reached
			to = correctedWords
		}
		if !b.SendAt.IsZero() {
			when = ippo.TimeWords(b.SendAt)
		}
		return []string{b.Title, readMessages(b.Messages), to, when, b.OnCall, b.Emergency}
	}
	var changed []changedText
	before, after := read(was), read(is)
	for i, name := range []string{"件名", "内容", "宛先", "送る時", "電話を受ける人", "緊急の理由"} {
		if before[i] != after[i] {
			changed = append(changed, changedText{name, difference(before[i], after[i])})
		}
	}
	both := ippo.Renditions{}
	maps.Copy(both, is.Renditions)
	maps.Copy(both, was.Renditions)
	for _, l := range both.Languages() {
		if before, after := readMessages(was.Renditions[l]), readMessages(is.Renditions[l]); before != after {
			changed = append(changed, changedText{"内容（" + l.Words() + "）", difference(before, after)})
		}
	}
	return changed
}

// readMessages returns messages as one text to be read, with a line between two of them.
func readMessages(messages []ippo.Message) string {
	var b strings.Builder
	for i, m := range messages {
		if i > 0 {
			b.WriteString("\n――\n")
		}
		b.WriteString(strings.Join(m.Reading(), "\n"))
	}
	return b.String()
}

const (
	diffTime    = 200 * time.Millisecond // from then on a difference is coarser, and right all the same
	diffContext = 60                     // runes that are left of a long text on both sides of a change
)

// difference returns how one text became another. Of what is the same, what is far from a change is left out.
func difference(before, after string) []diffPart {
	d := diffmatchpatch.New()
	d.DiffTimeout = diffTime
	diffs := d.DiffCleanupSemantic(d.DiffMain(before, after, false))
	parts := make([]diffPart, len(diffs))
	for i, one := range diffs {
		parts[i] = diffPart{one.Text, one.Type == diffmatchpatch.DiffDelete, one.Type == diffmatchpatch.DiffInsert}
		if one.Type == diffmatchpatch.DiffEqual {
			parts[i].Text = withoutMiddle(one.Text, i > 0, i < len(diffs)-1)
		}
	}
	return parts
}

// withoutMiddle shortens a long text that is the same before and after: what is near a change on its left or right
// stays.
func withoutMiddle(text string, left, right bool) string {
	if utf8.RuneCountInString(text) <= 3*diffContext {
		return text
	}
	runes := []rune(text)
	short := ""
	if left {
		short = string(runes[:diffContext])
	}
	short += "…"
	if right {
		short += string(runes[len(runes)-diffContext:])
	}
	return short
}
