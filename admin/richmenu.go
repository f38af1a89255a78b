package admin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/menupicture"
	"ippo/messages"
)

// richMenuPage shows the menu under the chat as it is, how far LINE is with it, what it was before and, to who may change
// it, the form.
type richMenuPage struct {
	frame
	Audiences []menuAudience
	Kind      menuKind              // that the page is of
	Instead   string                // whose menu they see while there is none of this kind; "" for the default
	Due       int                   // whose menu is yet to be looked at
	Linking   string                // why that is in vain, and what can be done; "" if it is not
	Since     time.Time             // that is so
	Wanted    *ippo.RichMenuVersion // nil: there is none
	State     ippo.RichMenuState
	Now       menuPreview // of the wanted one
	Missing   []string    // its areas that are not shown, because their modules are off
	Versions  []menuVersion

	Tall              []option
	Bar               string
	MaxWords, MaxMore int // letters, as wide as this language's are
	Rows              []menuRow
	Draft             menuPreview // of what stands in the form
	Symbols           template.HTML
}

// menuAudience is whom menus are for, with the kinds there are by language.
type menuAudience struct {
	Words string
	Kinds []menuKind
}

// menuKind is a kind of menu in the list of them.
type menuKind struct {
	ippo.RichMenuKind
	Words   string
	Query   string // what its page's address ends in
	Made    bool   // there is one
	Shown   bool   // LINE has the newest
	Problem bool   // and this is why it has not
	Current bool
}

// menuRow is one area in the form.
type menuRow struct {
	Number             int
	Icon               ippo.RichMenuIcon
	Words, More, Value string
	Action             string // in words
	Icons, Actions     []option
	Problem            bool // something in it is to be mended
	Open               bool // it is shown unfolded: one at most
}

// menuPreview is a menu as residents see it.
type menuPreview struct {
	Picture string // its address; "" where it cannot be drawn yet
	Bar     string
	Words   string // what stands on it, for who does not see it
}

type menuVersion struct {
	ippo.RichMenuVersion
	Words string
	Now   bool
}

// emptyMenuArea is how the form shows an area that there is not.
var emptyMenuArea = ippo.RichMenuArea{Icon: ippo.RichMenuIcons[0].Icon, Action: ippo.RichMenuActions[0].Action}

// menuQuery is what the address of a kind's page ends in.
func menuQuery(kind ippo.RichMenuKind) string {
	if kind == ippo.DefaultRichMenuKind {
		return ""
	}
	return "?" + url.Values{"for": {string(kind.Audience)}, "language": {string(kind.Language)}}.Encode()
}

// menuKinds lists the kinds that a center can have: of each language that it speaks.
func (p *Panel) menuKinds(settings ippo.Settings) (kinds []ippo.RichMenuKind) {
	for _, audience := range []ippo.RichMenuAudience{ippo.MenuForEveryone, ippo.MenuForAmbassadors} {
		for _, l := range p.catalogs.Languages() {
			if kind := (ippo.RichMenuKind{Audience: audience, Language: l}); settings.Has(kind.Module()) {
				kinds = append(kinds, kind)
			}
		}
	}
	return kinds
}

// menuKind is the kind that an address names.
func (p *Panel) menuKind(c *gin.Context) (ippo.RichMenuKind, error) {
	kind := ippo.RichMenuKind{
		Audience: ippo.RichMenuAudience(c.DefaultQuery("for", string(ippo.MenuForEveryone))),
		Language: ippo.Language(c.DefaultQuery("language", string(ippo.Japanese))),
	}
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return kind, err
	}
	if !slices.Contains(p.menuKinds(settings), kind) {
		return kind, ippo.ErrNotFound
	}
	return kind, nil
}

// showRichMenu shows a kind's newest menu. Where there never was one, the form begins with everyone's in that language.
func (p *Panel) showRichMenu(c *gin.Context) error {
	ctx := c.Request.Context()
	kind, err := p.menuKind(c)
	if err != nil {
		return err
	}
	for _, like := range []ippo.RichMenuKind{kind, {Audience: ippo.MenuForEveryone, Language: kind.Language}} {
		versions, err := p.Store.RichMenus(ctx, like)
		if err != nil {
			return err
		}
		if len(versions) > 0 {
			form := versions[0].Menu
			return p.richMenuPage(c, kind, form.Tall, form.Bar, form.Areas, nil)
		}
	}
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	form := messages.DefaultRichMenu(p.catalogs.In(kind.Language), settings.Labels)
	return p.richMenuPage(c, kind, form.Tall, form.Bar, form.Areas, nil)
}

// richMenuPage shows the form as it stands; an area without words is one that there is not.
func (p *Panel) richMenuPage(c *gin.Context, kind ippo.RichMenuKind, tall bool, bar string, areas []ippo.RichMenuArea, found ippo.Problems) error {
	ctx := c.Request.Context()
	page := richMenuPage{frame: p.frame(c), Bar: bar, MaxWords: ippo.MaxRichMenuWords, MaxMore: ippo.MaxRichMenuMore, Symbols: menuSymbols()}
	page.Problems = found
	if kind.Language != ippo.Japanese && kind.Language != ippo.EasyJapanese {
		page.MaxWords, page.MaxMore = 2*page.MaxWords, 2*page.MaxMore
	}
	versions, err := p.Store.RichMenus(ctx, kind)
	if err != nil {
		return err
	}
	if err := p.fillMenuKinds(ctx, &page, kind); err != nil {
		return err
	}
	for i, v := range versions {
		page.Versions = append(page.Versions, menuVersion{v, menuWords(v.Menu), i == 0})
	}
	if len(versions) > 0 && !versions[0].Withdrawn {
		wanted := versions[0]
		shown := wanted.Menu.WithoutOff(page.Settings)
		page.Wanted, page.Now = &wanted, previewMenu(shown)
		for _, a := range wanted.Menu.Areas {
			if !page.Settings.Has(a.Action.Module()) {
				page.Missing = append(page.Missing, a.Words)
			}
		}
	}
	page.Tall = []option{
		{"tall", fmt.Sprintf("大（%dつまで）", ippo.MaxRichMenuTall), tall}, {"low", fmt.Sprintf("小（%dつまで）", ippo.MaxRichMenuLow), !tall},
	}
	for i := range ippo.MaxRichMenuTall {
		a := emptyMenuArea
		if i < len(areas) {
			a = areas[i]
		}
		page.Rows = append(page.Rows, newMenuRow(page.Settings, i+1, a))
	}
	unfold(page.Rows, found)
	page.Draft = p.draftPreview(page.Settings, tall, bar, areas)
	return p.render(c, formStatus(found), "richmenu.html", page)
}

// fillMenuKinds fills in which menus there are, and how far LINE is with them.
func (p *Panel) fillMenuKinds(ctx context.Context, page *richMenuPage, current ippo.RichMenuKind) error {
	wanted, err := p.Store.WantedRichMenus(ctx)
	if err != nil {
		return err
	}
	states, err := p.Store.RichMenuStates(ctx)
	if err != nil {
		return err
	}
	if page.Due, err = p.Store.CountDueRichMenuLinks(ctx); err != nil {
		return err
	}
	if page.Linking, page.Since, err = p.Store.RichMenuLinking(ctx); err != nil {
		return err
	}
	page.State = states[current]
	ambassador := page.Settings.ModuleWords(ippo.ModuleAmbassadors)
	made := map[ippo.RichMenuKind]ippo.RichMenuID{}
	for _, v := range wanted {
		made[v.Kind] = v.ID
	}
	for _, kind := range p.menuKinds(page.Settings) {
		one := menuKind{RichMenuKind: kind, Words: kind.Words(ambassador), Query: menuQuery(kind), Current: kind == current}
		if version := made[kind]; version != 0 {
			one.Made, one.Shown, one.Problem = true, states[kind].Version == version, states[kind].Problem != ""
		}
		if one.Language == ippo.Japanese { // the first of its audience
			page.Audiences = append(page.Audiences, menuAudience{Words: kind.Audience.Words(ambassador)})
		}
		audience := &page.Audiences[len(page.Audiences)-1]
		audience.Kinds = append(audience.Kinds, one)
		if one.Current {
			page.Kind = one
		}
	}
	if page.Kind.Made {
		return nil
	}
	for _, kind := range ippo.RichMenusFor(current.Audience == ippo.MenuForAmbassadors, current.Language) {
		if made[kind] != 0 && kind != current {
			page.Instead = kind.Words(ambassador)
			break
		}
	}
	return nil
}

// menuSymbols are the icons that the tiles of the form show.
func menuSymbols() template.HTML {
	var b strings.Builder
	for _, i := range ippo.RichMenuIcons {
		b.WriteString(menupicture.Symbol(string(i.Icon), "menu-"+string(i.Icon)))
	}
	return template.HTML(b.String()) // our own lines, and nothing that anybody typed
}

// unfold marks the areas that something is to be mended in, and unfolds the first of them.
func unfold(rows []menuRow, found ippo.Problems) {
	open := found.For("tall") == "" && found.For("bar") == "" && found.For("areas") == "" // these stand in a part of their own
	for i := range rows {
		at := fmt.Sprintf("areas.%d.", rows[i].Number)
		rows[i].Problem = slices.ContainsFunc(found, func(one ippo.Problem) bool { return strings.HasPrefix(one.Field, at) })
		if rows[i].Open = rows[i].Problem && open; rows[i].Open {
			open = false
		}
	}
}

func newMenuRow(settings ippo.Settings, number int, a ippo.RichMenuArea) menuRow {
	row := menuRow{Number: number, Icon: a.Icon, Words: a.Words, More: a.More, Value: a.Value}
	for _, i := range ippo.RichMenuIcons {
		row.Icons = append(row.Icons, option{string(i.Icon), i.Words, i.Icon == a.Icon})
	}
	for _, one := range ippo.RichMenuActions {
		on, words := settings.Has(one.Module), one.Words
		if one.Module == ippo.ModuleAmbassadors || one.Module == ippo.ModuleVisions {
			words = settings.ModuleWords(one.Module)
		}
		if !on {
			words += "（使っていません）"
		}
		if one.Action == a.Action {
			row.Action = words
		}
		if on || one.Action == a.Action {
			row.Actions = append(row.Actions, option{string(one.Action), words, one.Action == a.Action})
		}
	}
	return row
}

// menuWords is what stands on a menu, in a line.
func menuWords(m ippo.RichMenu) string {
	words := make([]string, len(m.Areas))
	for i, a := range m.Areas {
		words[i] = a.Words
	}
	return strings.Join(words, "、")
}

// previewMenu is a menu with the address of its picture, which holds the whole menu.
func previewMenu(m ippo.RichMenu) menuPreview {
	b, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("admin: a rich menu: %v", err)) // texts and flags
	}
	return menuPreview{Picture: href("richmenu/picture.png?menu=%s", base64.RawURLEncoding.EncodeToString(b)), Bar: m.Bar, Words: menuWords(m)}
}

// draftPreview previews what stands in a form, as far as it can be drawn.
func (p *Panel) draftPreview(settings ippo.Settings, tall bool, bar string, areas []ippo.RichMenuArea) menuPreview {
	m, _ := usedAreas(tall, bar, areas)
	if len(checkMenu(m)) > 0 {
		return menuPreview{}
	}
	return previewMenu(m.WithoutOff(settings))
}

// readMenu reads the form: every area that it shows, used or not.
func readMenu(c *gin.Context) (tall bool, bar string, areas []ippo.RichMenuArea) {
	for i := range ippo.MaxRichMenuTall {
		field := "areas." + strconv.Itoa(i+1) + "."
		areas = append(areas, ippo.RichMenuArea{
			Icon: ippo.RichMenuIcon(formText(c, field+"icon")), Words: formText(c, field+"words"), More: formText(c, field+"more"),
			Action: ippo.RichMenuAction(formText(c, field+"action")), Value: formText(c, field+"value"),
		})
	}
	return formText(c, "tall") == "tall", formText(c, "bar"), areas
}

// usedAreas is the menu without the areas that are empty, and for each that is left its number in the form.
func usedAreas(tall bool, bar string, areas []ippo.RichMenuArea) (m ippo.RichMenu, numbers []int) {
	m = ippo.RichMenu{Tall: tall, Bar: bar}
	for i, a := range areas {
		if a.Words == "" && a.More == "" && a.Value == "" {
			continue
		}
		switch a.Action {
		case ippo.RichMenuLink, ippo.RichMenuPhone, ippo.RichMenuWord:
		default:
			a.Value = "" // of an action that was chosen before
		}
		m.Areas, numbers = append(m.Areas, a), append(numbers, i+1)
	}
	return m, numbers
}

// checkMenu reports what staff can mend in a menu, also what cannot be drawn.
func checkMenu(m ippo.RichMenu) (found ippo.Problems) {
	errors.As(m.Validate(), &found)
	for i, a := range m.Areas {
		for field, words := range map[string]string{"words": a.Words, "more": a.More} {
			if lacks := menupicture.Lacks(words); lacks != "" {
				found.Addf(fmt.Sprintf("areas.%d.%s", i+1, field), "「%s」は絵に描けません。ほかの文字にしてください。", lacks)
			}
		}
	}
	return found
}

// sameMenu is said of a menu that is the one in use already.
const sameMenu = "いまのメニューと同じなので、変わったところはありません。LINEに出ているかを確かめ、出ていなければ反映しなおします。"

// applyRichMenu makes what stands in the form the menu of a kind, or shows what it would look like.
func (p *Panel) applyRichMenu(c *gin.Context) error {
	kind, err := p.menuKind(c)
	if err != nil {
		return err
	}
	tall, bar, areas := readMenu(c)
	m, numbers := usedAreas(tall, bar, areas)
	found := checkMenu(m)
	for i, one := range found { // from the menu's areas to those of the form
		if rest, ok := strings.CutPrefix(one.Field, "areas."); ok && len(numbers) > 0 {
			at, field, _ := strings.Cut(rest, ".")
			if n, err := strconv.Atoi(at); err == nil && n <= len(numbers) {
				found[i] = ippo.Problem{Field: fmt.Sprintf("areas.%d.%s", numbers[n-1], field), Message: fmt.Sprintf("ボタン%d: %s", numbers[n-1], one.Message)}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b ippo.Problem) int { return strings.Compare(a.Field, b.Field) })
	if found != nil || c.PostForm("do") == "check" {
		return p.richMenuPage(c, kind, tall, bar, areas, found)
	}
	changed, err := p.Store.ApplyRichMenu(c.Request.Context(), p.me(c).ID, kind, m)
	if found, err = mend(err, nil); err != nil {
		return err
	}
	if found != nil {
		return p.richMenuPage(c, kind, tall, bar, areas, found)
	}
	p.Wake()
	if !changed {
		return p.redirect(c, sameMenu, href("richmenu")+menuQuery(kind))
	}
	return p.redirect(c, "リッチメニューを反映します。開いたままのトークでは、開き直すと変わります。", href("richmenu")+menuQuery(kind))
}

// previewRichMenu draws what stands in the form, while it is being typed, and says it on its folded parts.
func (p *Panel) previewRichMenu(c *gin.Context) error {
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	tall, bar, areas := readMenu(c)
	live := richMenuPage{Draft: p.draftPreview(settings, tall, bar, areas)}
	for i, a := range areas {
		live.Rows = append(live.Rows, newMenuRow(settings, i+1, a))
	}
	return p.fragment(c, "richmenu.html", "menu-live", live)
}

// withdrawRichMenu leaves whom a menu is for with what others see.
func (p *Panel) withdrawRichMenu(c *gin.Context) error {
	kind, err := p.menuKind(c)
	if err != nil {
		return err
	}
	if err := p.Store.WithdrawRichMenu(c.Request.Context(), p.me(c).ID, kind); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, "このメニューを出すのをやめます。「これまでのメニュー」から、いつでも戻せます。", href("richmenu")+menuQuery(kind))
}

// restoreRichMenu makes an earlier version the menu of its kind again.
func (p *Panel) restoreRichMenu(c *gin.Context) error {
	id, err := pathID[ippo.RichMenuID](c)
	if err != nil {
		return err
	}
	v, err := p.Store.RichMenu(c.Request.Context(), id)
	if err != nil {
		return err
	}
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	if !slices.Contains(p.menuKinds(settings), v.Kind) {
		return ippo.ErrNotFound
	}
	changed, err := p.Store.ApplyRichMenu(c.Request.Context(), p.me(c).ID, v.Kind, v.Menu)
	if err != nil {
		return err
	}
	p.Wake()
	if !changed {
		return p.redirect(c, sameMenu, href("richmenu")+menuQuery(v.Kind))
	}
	return p.redirect(c, ippo.TimeWords(v.At)+"のリッチメニューに戻します。", href("richmenu")+menuQuery(v.Kind))
}

// maxMenuParam bounds a menu in an address: six areas with the longest address each stay below it.
const maxMenuParam = 16 << 10

// richMenuPicture draws the menu that its address holds.
func (p *Panel) richMenuPicture(c *gin.Context) error {
	var m ippo.RichMenu
	param := c.Query("menu")
	if len(param) > maxMenuParam {
		return ippo.ErrNotFound
	}
	b, err := base64.RawURLEncoding.DecodeString(param)
	if err != nil || json.Unmarshal(b, &m) != nil || len(checkMenu(m)) > 0 {
		return ippo.ErrNotFound
	}
	picture, err := messages.RichMenuPreview(m)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, max-age="+strconv.Itoa(int(time.Hour/time.Second)))
	c.Data(http.StatusOK, "image/png", picture)
	return nil
}
