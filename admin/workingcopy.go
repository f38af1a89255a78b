package admin

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
)

// What is written in the form of a broadcast or a series is kept as it is written: each time the preview is
// drawn, and each time a button inside the form is pressed. It stays apart from the draft, so that nobody
// sees half a change, and whoever comes back to the form is offered it.

// object names what the form writes.
func (w *composing) object() string {
	switch {
	case w.series != nil:
		return fmt.Sprintf("series:%d", w.series.ID)
	case w.template != nil:
		return fmt.Sprintf("template:%d", w.template.ID)
	case w.stored != nil:
		return fmt.Sprintf("broadcast:%d", w.stored.ID)
	}
	return ippo.NewObject + w.token
}

// newToken tells what is new apart from what else its writer has begun.
func newToken() string { return strings.ToLower(rand.Text()) }

// isToken reports whether s may be what newToken made.
func isToken(s string) bool {
	return len(s) == len(newToken()) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// keep keeps what is being written; of what is new, once there is anything.
func (p *Panel) keep(c *gin.Context, w *composing) error {
	if w.blank() {
		return nil
	}
	form := url.Values{}
	for name, values := range c.Request.PostForm {
		if name != "do" && !strings.HasSuffix(name, "card") && !strings.HasSuffix(name, ".file") {
			form[name] = values
		}
	}
	return p.Store.KeepWorkingCopy(c.Request.Context(), p.me(c).ID, w.object(), form.Encode())
}

// blank reports whether it is new and nothing has been filled in: buttons alone write nothing.
func (w *composing) blank() bool {
	b := &w.broadcast
	if w.version() != "" || w.from != nil || b.Title != "" || w.some || b.Audience.All || !b.SendAt.IsZero() || w.repeat || b.Counted || b.Emergency != "" {
		return false
	}
	return !slices.ContainsFunc(w.renditions, func(v rendition) bool { return slices.ContainsFunc(v.Parts, part.begun) })
}

// beside is what is told of working copies where somebody writes.
type beside struct {
	Object string
	Mine   []unsaved          // the reader's own, that are not before them
	Others []ippo.WorkingCopy // of colleagues who write now
}

// unsaved is a working copy as its writer finds it again.
type unsaved struct {
	ippo.WorkingCopy
	Title string
}

// beside looks for working copies of what the form writes. Of what is new, everybody writes their own.
func (p *Panel) beside(ctx context.Context, object string, me ippo.StaffID) (beside, error) {
	b := beside{Object: object}
	var all []ippo.WorkingCopy
	var err error
	if strings.HasPrefix(object, ippo.NewObject) {
		all, err = p.Store.NewWorkingCopies(ctx, me)
	} else {
		all, err = p.Store.WorkingCopies(ctx, object)
	}
	for _, one := range all {
		switch {
		case one.Staff == me:
			form, _ := url.ParseQuery(one.Form) // one that cannot be read has no title
			b.Mine = append(b.Mine, unsaved{one, form.Get("title")})
		case one.KeptAt.After(p.Now().Add(-ippo.WritingNow)):
			b.Others = append(b.Others, one)
		}
	}
	return b, err
}

// resume fills the form with what its writer had written, where they ask for it. A colleague may have saved
// since: then they are told, as when they save too late.
func (p *Panel) resume(c *gin.Context, w *composing) (resumed bool, err error) {
	object := c.Query("resume")
	if token, found := strings.CutPrefix(object, ippo.NewObject); found && w.stored == nil && w.series == nil && w.template == nil && isToken(token) {
		w.token = token
	}
	if object != w.object() {
		return false, nil
	}
	all, err := p.Store.WorkingCopies(c.Request.Context(), object)
	if err != nil {
		return false, err
	}
	mine := slices.IndexFunc(all, func(one ippo.WorkingCopy) bool { return one.Staff == p.me(c).ID })
	if mine < 0 {
		return false, nil
	}
	form, err := url.ParseQuery(all[mine].Form)
	if err != nil {
		return false, fmt.Errorf("working copy of %s: %w", object, err)
	}
	c.Request.PostForm = form
	if err := p.readComposed(c, w); err != nil {
		return false, err
	}
	w.problems = nil // nothing has been asked for yet
	if now := w.version(); now != "" && form.Get("version") != now {
		w.overtake()
	}
	return true, p.write(c.Request.Context(), w, false)
}

// overtake notes that a colleague has changed meanwhile what is being written.
func (w *composing) overtake() {
	w.overtaken = true
	w.problems.Add("", "ほかの職員が先にこの配信を変更しました。書いた内容は下に残っています。違うところを確かめてから、もう一度保存してください。")
}

// differs is how what is being written differs from what is saved.
func (w *composing) differs(say func(ippo.Audience) string) []changedText {
	is := w.broadcast // but for what is said below, the same
	is.Messages, is.Renditions = w.was.Messages, w.was.Renditions
	switch {
	case w.stored != nil:
		is.Title, is.Audience, is.SendAt, is.OnCall, is.Emergency = w.stored.Title, w.stored.Audience, w.stored.SendAt, w.stored.OnCall, w.stored.Emergency
	case w.series != nil:
		is.Title, is.Audience = w.series.Title, w.series.Audience
	case w.template != nil:
		is.Title = w.template.Title
	}
	return changedTexts(&is, &w.broadcast, say)
}

// besideForm is who else writes now, asked again and again while the form is open.
func (p *Panel) besideForm(c *gin.Context) error {
	others, err := p.beside(c.Request.Context(), c.Query("of"), p.me(c).ID)
	if err != nil {
		return err
	}
	return p.fragment(c, "broadcast_edit.html", "others", others)
}

// formOf is where an object is written; "" if nothing is written by that name.
func formOf(object string) string {
	kind, name, _ := strings.Cut(object, ":")
	if kind+":" == ippo.NewObject && isToken(name) {
		return href("broadcasts/new")
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return ""
	}
	switch kind {
	case "series":
		return href("series/%d/edit", id)
	case "template":
		return href("templates/%d/edit", id)
	case "broadcast":
		return href("broadcasts/%d/edit", id)
	}
	return ""
}

func (p *Panel) askDropWorkingCopy(c *gin.Context) error {
	form := formOf(c.Query("of"))
	if form == "" {
		return ippo.ErrNotFound
	}
	own, err := p.beside(c.Request.Context(), c.Query("of"), p.me(c).ID)
	if err != nil {
		return err
	}
	question := "書きかけを捨てますか。"
	for _, one := range own.Mine {
		if one.Object == c.Query("of") && one.Title != "" {
			question = "「" + one.Title + "」の書きかけを捨てますか。"
		}
	}
	return p.confirm(c, confirmPage{
		Title: "書きかけを捨てる", Question: question, Detail: "元に戻せません。保存してある内容は、そのまま残ります。", Button: "捨てる", Back: form,
	}, nil)
}

// dropWorkingCopy throws away what the reader had written of one thing.
func (p *Panel) dropWorkingCopy(c *gin.Context) error {
	object := c.Query("of")
	form := formOf(object)
	if form == "" {
		return ippo.ErrNotFound
	}
	if err := p.Store.DropWorkingCopy(c.Request.Context(), p.me(c).ID, object); err != nil {
		return err
	}
	return p.redirect(c, "書きかけを捨てました。", form)
}
