package bot

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/lineview"
	"ippo/messages"
)

//go:embed templates static
var files embed.FS

// pages are the residents' web pages, each parsed with the layout; a page that does not parse stops the
// program at its start.
type pages struct {
	byName map[string]*template.Template
	style  []byte
	script []byte // copies ready words
}

func loadPages() (*pages, error) {
	layout, err := template.New("layout.html").Funcs(template.FuncMap{
		"number": func(n int) string { return ippo.Comma(int64(n)) }, "linked": linked, "calls": calls, "vars": vars, "lang": htmlLanguage,
	}).ParseFS(files, "templates/layout.html")
	if err != nil {
		return nil, fmt.Errorf("residents' pages: %w", err)
	}
	names, err := fs.Glob(files, "templates/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("residents' pages: %w", err)
	}
	p := &pages{byName: make(map[string]*template.Template)}
	for _, name := range names {
		own, err := layout.Clone()
		if err == nil {
			own, err = own.ParseFS(files, name)
		}
		if err != nil {
			return nil, fmt.Errorf("residents' page %s: %w", name, err)
		}
		p.byName[strings.TrimSuffix(path.Base(name), ".html")] = own
	}
	if p.style, err = files.ReadFile("static/style.css"); err != nil {
		return nil, err
	}
	p.script, err = files.ReadFile("static/copy.js")
	return p, err
}

// pageRoutes registers everything under /r/, and the links under /l/.
func (b *Bot) pageRoutes(r gin.IRouter) {
	g := r.Group("/r", b.guard)
	g.GET("", b.page(b.toHome))
	g.GET("/style.css", b.style(b.pages.style))
	g.GET("/lineview.css", b.style([]byte(lineview.Stylesheet())))
	g.GET("/privacy", b.page(b.privacyPage))
	g.GET("/news", b.only(ippo.ModuleNews), b.page(b.newsPage))
	g.GET("/news/:slug", b.only(ippo.ModuleNews), b.page(b.newsItemPage))
	g.GET("/events", b.only(ippo.ModuleEvents), b.page(b.eventsPage))
	g.GET("/events/:slug", b.only(ippo.ModuleEvents), b.page(b.eventPage))
	g.GET("/events/:slug/calendar.ics", b.only(ippo.ModuleEvents), b.page(b.eventCalendar))
	g.GET("/groups/:slug", b.only(ippo.ModuleGroups), b.page(b.groupPage))
	g.GET("/copy.js", b.script(b.pages.script))
	g.GET("/campaigns/:slug", b.only(ippo.ModuleCampaigns), b.page(b.campaignPage))
	g.GET("/campaigns/:slug/ask", b.only(ippo.ModuleCampaigns), b.page(b.enquiryPage))
	g.POST("/campaigns/:slug/ask", b.only(ippo.ModuleCampaigns), b.page(b.countEnquiry))
	g.GET("/flyers/:id", b.only(ippo.ModuleCampaigns), b.page(b.flyer))
	g.GET("/pictures/:code", b.page(b.picture))
	g.GET("/pictures/:code/small", b.page(b.smallPicture))
	g.GET("/broadcasts/:id", b.page(b.broadcastPage))
	g.GET("/digests/:id/:variant", b.page(b.digestPage))

	g.GET("/ambassadors", b.only(ippo.ModuleAmbassadors), b.page(b.manualPage))
	g.GET("/visions", b.only(ippo.ModuleVisions), b.page(b.visionsPage))
	g.GET("/visions/picture.svg", b.only(ippo.ModuleVisions), b.page(b.visionsPicture))

	i := r.Group(messages.InvitationPath+":code", b.guard, b.only(ippo.ModuleAmbassadors))
	i.GET("", b.page(b.invitationPage))
	i.GET("/qr.png", b.page(b.invitationCode))

	r.GET("/c/:slug", b.guard, b.only(ippo.ModuleCampaigns), b.page(b.campaignScreen))

	l := r.Group(ippo.LinkPath, b.guard, private)
	l.GET("/:code", b.page(b.followLink))
	l.HEAD("/:code", b.page(b.followLink))

	f := g.Group("/f/:link", private)
	f.GET("", b.page(b.formDoor))
	f.POST("", b.page(b.openForm))
	f.GET("/form", b.page(b.showForm))
	f.POST("/form", b.page(b.takeForm))
	f.GET("/done", b.page(b.formDone))
	f.GET("/edit", b.page(b.editSignUp))
	f.POST("/edit", b.page(b.changeSignUp))
	f.GET("/file/:format", b.page(b.takeData))

	h := g.Group("/g/:link", private)
	h.GET("", b.page(b.hostDoor))
	h.POST("", b.page(b.openHost))
	h.GET("/visit", b.page(b.showHostVisit))
	h.POST("/visit", b.page(b.takeHostVisit))
	h.POST("/fresh", b.page(b.takeFresh))
}

// toHome leads to where the account's name on every page does.
func (b *Bot) toHome(c *gin.Context) error {
	f, err := b.frame(c, "")
	if err == nil {
		c.Redirect(http.StatusFound, f.Home())
	}
	return err
}

// guard sets what every page has: nothing runs but our own style, nothing is told to other sites, and
// forms come from our own pages only.
func (b *Bot) guard(c *gin.Context) {
	h := c.Writer.Header()
	b.policy(c)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	if b.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if err := b.origins.Check(c.Request); err != nil && !oldPhone(c.Request) {
		b.refuse(c, http.StatusForbidden, "page.again.origin", "page.again")
		c.Abort()
	}
}

// policy tells the browser what a page may load: our own style and pictures, and what more it asks for.
func (b *Bot) policy(c *gin.Context, more ...string) {
	ancestors := "'none'"
	if b.framed {
		ancestors = "'self'"
	}
	rules := append([]string{"default-src 'none'", "style-src 'self'", "img-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors " + ancestors}, more...)
	c.Header("Content-Security-Policy", strings.Join(rules, "; "))
}

// oldPhone reports whether a request comes from a browser that does not say where it was sent from, such
// as Safari 15's: no-referrer makes it call even our own pages' origin null. A form's address is a secret
// of its own, so nobody else's page can post to it.
func oldPhone(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "null"
}

// private is for pages that are one person's: nothing keeps or lists them.
func private(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("X-Robots-Tag", "noindex, nofollow")
}

func (b *Bot) style(css []byte) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=3600")
		c.Data(http.StatusOK, "text/css; charset=utf-8", css)
	}
}

func (b *Bot) script(js []byte) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=3600")
		c.Data(http.StatusOK, "text/javascript; charset=utf-8", js)
	}
}

// page is the one place where an error becomes a status, a page for residents and a line for operators.
func (b *Bot) page(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := h(c)
		switch {
		case err == nil:
		case errors.Is(err, ippo.ErrNotFound):
			b.refuse(c, http.StatusNotFound, "page.lost", "page.lost.why")
		case errors.Is(err, errSwitchedOff):
			b.refuse(c, http.StatusNotFound, "page.lost", "switchedoff")
		case errors.Is(err, errOtherBrowser):
			b.refuse(c, http.StatusForbidden, "page.again", "page.again.browser")
		case errors.Is(err, errLinkOver):
			b.refuse(c, http.StatusGone, "page.again", "page.again.over")
		case errors.Is(err, errHostOtherOpen):
			b.refuse(c, http.StatusForbidden, "page.host.browser", "page.host.browser.why")
		case errors.Is(err, errHostLinkOver):
			b.refuse(c, http.StatusGone, "page.host.over", "page.host.over.why")
		case errors.Is(err, errBadLink):
			b.refuse(c, http.StatusNotFound, "page.again", "page.again.address")
		case errors.Is(err, errUnsent):
			b.refuse(c, http.StatusBadRequest, "page.unsent", "page.unsent.why")
		default:
			b.log.ErrorContext(c.Request.Context(), "residents' page failed", "route", c.FullPath(), "err", err)
			b.refuse(c, http.StatusInternalServerError, "page.failed", "page.failed.why")
		}
	}
}

// frame is what the layout shows around every page, and the words of the language that the page is in.
type frame struct {
	Title  string
	Office ippo.Office
	Labels ippo.Labels
	W      messages.Words
	center ippo.Settings
	Others []otherLanguage // ways to the page in each language; none where the reader's own is known
	asked  bool            // the address names the language
}

// otherLanguage is a language that a page can be read in.
type otherLanguage struct {
	Language ippo.Language
	Self     string // its own name
	Address  string // from the page itself
	Current  bool
}

// frame makes the frame of a page whose title is a key of the catalogue, in the language of who came by a link
// of their own, or else in the one that the address asks for.
func (b *Bot) frame(c *gin.Context, title string) (frame, error) {
	center, err := b.store.Settings(c.Request.Context())
	f := frame{Office: center.Office, Labels: center.Labels, center: center}
	if own, known := c.Get(readerKey); known {
		f.W = b.texts.In(own.(ippo.Language))
	} else {
		asked := ippo.Language(c.Query(messages.LanguageParam))
		offered := slices.DeleteFunc(slices.Clone(b.texts.Languages()), func(l ippo.Language) bool { return !center.Offers(l) })
		f.asked = slices.Contains(offered, asked)
		f.W = b.texts.In(ippo.Japanese)
		if f.asked {
			f.W = b.texts.In(asked)
		}
		for _, l := range offered {
			query := c.Request.URL.Query()
			query.Set(messages.LanguageParam, string(l))
			f.Others = append(f.Others, otherLanguage{l, b.texts.Self(l), "?" + query.Encode(), l == f.W.Language})
		}
	}
	if title != "" {
		f.Title = f.Say(title)
	}
	return f, err
}

// readerKey is where a request notes the language of who came by a link of their own.
const readerKey = "reader"

// readBy notes whose link a request came by, so that every page it leads to is in their language.
func (b *Bot) readBy(c *gin.Context, id ippo.FollowerID) error {
	follower, err := b.store.Follower(c.Request.Context(), id)
	if err == nil {
		c.Set(readerKey, follower.Language)
	}
	return err
}

// Lang names the language of the page.
func (f frame) Lang() string { return htmlLanguage(f.W.Language) }

// Has reports whether a module is on.
func (f frame) Has(module string) bool { return f.center.Has(ippo.Module(module)) }

// Home is where the account's name leads: to the news, or else to how the center keeps data, which is always there.
func (f frame) Home() string {
	if f.center.Has(ippo.ModuleNews) {
		return f.To("/r/news")
	}
	return f.To("/r/privacy")
}

// Say returns a text that may mention the center besides what vars hold.
func (f frame) Say(key string, more ...messages.Vars) string {
	all := messages.Vars{
		"Account": f.Office.Account, "Office": f.Office.Name, "City": f.Office.City, "Phone": f.Office.Phone, "Hours": f.Office.Hours,
		"Ambassador": f.Labels.Ambassador, "Campaign": f.Labels.Campaign, "Vision": f.Labels.Vision,
	}
	for _, vars := range more {
		maps.Copy(all, vars)
	}
	return f.W.Say(key, all)
}

// Asked is the language that the address asks for; "" if it asks for none.
func (f frame) Asked() ippo.Language {
	if f.asked {
		return f.W.Language
	}
	return ""
}

// mend says how to mend each field that has a problem, in the words of the catalogue under prefix.
func (f frame) mend(prefix string, problems ippo.Problems) ippo.Problems {
	var said ippo.Problems
	for _, p := range problems {
		if said.For(p.Field) == "" {
			said.Add(p.Field, f.Say(prefix+p.Field))
		}
	}
	return said
}

// To is the address of another public page, in the same language.
func (f frame) To(path string) string {
	if f.asked || len(f.Others) == 0 {
		return f.W.Page(path)
	}
	return path
}

// vars gives a text what it mentions, by name.
func vars(pairs ...any) (messages.Vars, error) {
	all := make(messages.Vars, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("vars: %v is no name", pairs[i])
		}
		all[name] = pairs[i+1]
	}
	return all, nil
}

// htmlLanguage is how a page names the language of a text. A screen reader knows no やさしい日本語, and reads it as
// Japanese.
func htmlLanguage(l ippo.Language) string {
	if l == ippo.EasyJapanese {
		return "ja"
	}
	return string(l)
}

// noticePage is a page that only says something.
type noticePage struct {
	frame
	Text string
}

// refuse says why there is no page. title and text are keys of the catalogue.
func (b *Bot) refuse(c *gin.Context, status int, title, text string) {
	f, err := b.frame(c, title)
	if err == nil {
		err = b.render(c, status, "notice", noticePage{f, f.Say(text)})
	}
	if err != nil {
		c.String(status, f.Title)
	}
}

// render writes a page once all of it is there.
func (b *Bot) render(c *gin.Context, status int, name string, page any) error {
	var buf bytes.Buffer
	if err := b.pages.byName[name].ExecuteTemplate(&buf, "layout.html", page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	c.Data(status, "text/html; charset=utf-8", buf.Bytes())
	return nil
}

var linkShape = regexp.MustCompile(`https?://[0-9A-Za-z\-._~:/?#@!$&*+,;=%]+`)

// calls makes the telephone number within a text one that a tap calls, and that no line breaks.
func calls(text, phone string) template.HTML {
	text, number := template.HTMLEscapeString(text), template.HTMLEscapeString(phone)
	if dial := messages.Dial(phone); dial != "" {
		text = strings.Replace(text, number, `<a class="phone" href="`+dial+`">`+number+`</a>`, 1)
	}
	return template.HTML(text)
}

// linked makes the addresses in a text clickable, and keeps its lines.
func linked(text string) template.HTML {
	var b strings.Builder
	for {
		at := linkShape.FindStringIndex(text)
		if at == nil {
			break
		}
		address := strings.TrimRight(text[at[0]:at[1]], ".,;:!?")
		b.WriteString(template.HTMLEscapeString(text[:at[0]]))
		if _, err := url.Parse(address); err == nil {
			fmt.Fprintf(&b, `<a href="%[1]s" rel="noreferrer">%[1]s</a>`, template.HTMLEscapeString(address))
		} else {
			b.WriteString(template.HTMLEscapeString(address))
		}
		text = text[at[0]+len(address):]
	}
	b.WriteString(template.HTMLEscapeString(text))
	return template.HTML(strings.ReplaceAll(b.String(), "\n", "<br>\n"))
}
