package admin

import (
	"bytes"
	"errors"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"ippo"
)

// Whoever sends a form after their session has ended is asked to log in, and the form is not taken. What they typed is
// kept for them, sealed, and stands in the form again when they have logged in: nothing is sent until they press. It is
// kept only of whom the ended session names, of forms without files, and never a password.

// askUnsent, in an address, asks for the form on the page to be filled in with what was not taken.
const askUnsent = "unsent"

// keepUnsent keeps a form of somebody whose session has ended. That they are asked to log in does not depend on it.
func (p *Panel) keepUnsent(c *gin.Context) {
	ctx := c.Request.Context()
	was := ippo.StaffID(p.sessions.GetInt64(ctx, sessionWas))
	page := localPath(pageBefore(c))
	if was == 0 || c.Request.Method != http.MethodPost || c.GetHeader("HX-Request") != "" || len(c.Request.PostForm) == 0 || page == href("") || strings.HasPrefix(c.Request.URL.Path, href("account")) {
		return
	}
	form := url.Values{}
	for name, values := range c.Request.PostForm {
		if !strings.Contains(strings.ToLower(name), "password") {
			form[name] = values
		}
	}
	if err := p.Store.KeepUnsentForm(ctx, was, ippo.UnsentForm{Page: page, Action: c.Request.URL.Path, Form: form.Encode()}); err != nil {
		p.fault(ctx, "keep a form that was not taken", err)
	}
}

// afterLogin is where somebody goes who has logged in: to what they had typed, if that was not taken, else to next.
func (p *Panel) afterLogin(c *gin.Context, id ippo.StaffID, next string) error {
	f, err := p.Store.UnsentForm(c.Request.Context(), id)
	switch {
	case errors.Is(err, ippo.ErrNotFound):
		return p.redirect(c, "", next)
	case err != nil:
		return err
	}
	u, err := url.Parse(f.Page)
	if err != nil {
		return err
	}
	query := u.Query()
	query.Set(askUnsent, "1")
	u.RawQuery = query.Encode()
	return p.redirect(c, "", u.String())
}

// dropUnsent throws away what the reader had typed and was not taken.
func (p *Panel) dropUnsent(c *gin.Context) error {
	if err := p.Store.DropUnsentForm(c.Request.Context(), p.me(c).ID, ""); err != nil {
		return err
	}
	return p.redirect(c, "送れなかった内容を捨てました。", href(""))
}

// unsentNote stands over a page whose form was filled in.
type unsentNote struct {
	Filled bool     // its form was
	Rest   []string // what has no place in it
}

// refill fills the form of a page with what the reader sent to where it leads and was not taken, and says so. What finds
// no place is listed, so that it can be copied.
func (p *Panel) refill(c *gin.Context, drawn *template.Template, page *bytes.Buffer) error {
	f, err := p.Store.UnsentForm(c.Request.Context(), p.me(c).ID)
	if errors.Is(err, ippo.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	sent, err := url.ParseQuery(f.Form)
	if err != nil {
		return err
	}
	doc, err := html.Parse(page)
	if err != nil {
		return err
	}
	note := unsentNote{}
	var main, form *html.Node
	for n := range doc.Descendants() {
		switch {
		case n.DataAtom == atom.Main:
			main = n
		case n.DataAtom == atom.Form && form == nil && attribute(n, "method") == "post":
			to, err := c.Request.URL.Parse(attribute(n, "action")) // where it says nothing it leads to its page
			if err == nil && to.Path == f.Action {
				form = n
			}
		}
	}
	if form != nil {
		note.Filled = true
		fill(form, sent)
	}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		for _, v := range sent[name] {
			if words := sayField(name); words != name {
				v = words + ": " + v
			}
			if strings.TrimSpace(v) != "" {
				note.Rest = append(note.Rest, v)
			}
		}
	}
	var words bytes.Buffer
	if err := drawn.ExecuteTemplate(&words, "unsent", note); err != nil {
		return err
	}
	if main != nil {
		told, err := html.ParseFragment(&words, &html.Node{Type: html.ElementNode, Data: "main", DataAtom: atom.Main})
		if err != nil {
			return err
		}
		before := main.FirstChild
		for _, n := range told {
			main.InsertBefore(n, before)
		}
	}
	page.Reset()
	return html.Render(page, doc)
}

// fill gives the controls of a form the values that were sent, and takes these out of sent.
func fill(form *html.Node, sent url.Values) {
	take := func(name string) (value string, ok bool) {
		if len(sent[name]) == 0 {
			return "", false
		}
		value, sent[name] = sent[name][0], sent[name][1:]
		return value, true
	}
	takeOne := func(name, value string) bool {
		at := slices.Index(sent[name], value)
		if at >= 0 {
			sent[name] = slices.Delete(slices.Clone(sent[name]), at, at+1)
		}
		return at >= 0
	}
	for n := range form.Descendants() {
		name, kind := attribute(n, "name"), attribute(n, "type")
		switch {
		case name == "":
		case n.DataAtom == atom.Textarea:
			if value, ok := take(name); ok {
				for child := n.FirstChild; child != nil; child = n.FirstChild {
					n.RemoveChild(child)
				}
				n.AppendChild(&html.Node{Type: html.TextNode, Data: value})
			}
		case n.DataAtom == atom.Select && sent.Has(name):
			for one := range n.Descendants() {
				if one.DataAtom == atom.Option {
					flag(one, "selected", takeOne(name, attribute(one, "value")))
				}
			}
		case n.DataAtom == atom.Button:
			takeOne(name, attribute(n, "value"))
		case n.DataAtom != atom.Input, kind == "password", kind == "file":
		case kind == "checkbox", kind == "radio":
			flag(n, "checked", takeOne(name, attribute(n, "value")))
		default:
			if value, ok := take(name); ok {
				flag(n, "value", false)
				n.Attr = append(n.Attr, html.Attribute{Key: "value", Val: value})
			}
		}
	}
}

// attribute returns what an element has under a key; "" for nothing.
func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// flag gives an element an attribute without a value, or takes it away.
func flag(n *html.Node, key string, on bool) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
	if on {
		n.Attr = append(n.Attr, html.Attribute{Key: key})
	}
}
