package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// ground says how what lies under a first part of an address stands to teams.
type ground struct {
	shared bool   // the whole office's: there roles alone decide
	read   bool   // the whole office's, and nobody's in a team to change
	kind   string // of store.Held: what is named there may be one team's
}

// grounds are the first parts of the addresses of panel and API. What is not here is not there for whoever
// belongs to a team, so that what is added says how it stands.
var grounds = map[string]ground{
	"": {shared: true}, "login": {shared: true}, "invite": {shared: true}, "logout": {shared: true}, "account": {shared: true}, "tour": {shared: true}, "unsent": {shared: true}, "calendar": {shared: true}, "templates": {shared: true},
	"consultations": {shared: true}, "canned": {shared: true},
	"faq": {shared: true}, "faqs": {shared: true}, "unanswered": {shared: true}, "autoreplies": {shared: true}, "try": {shared: true}, "notices": {shared: true},
	"ambassadors": {shared: true}, "visions": {shared: true}, "keywords": {shared: true}, "outcomes": {shared: true},
	"sheets": {shared: true}, "headings": {shared: true}, "indicators": {shared: true}, "reports": {shared: true},
	"audience": {shared: true}, "stats": {shared: true}, "intakes": {shared: true}, // a file is looked at by who uploaded it

	"topics": {read: true}, "areas": {read: true}, "tags": {read: true}, "entries": {read: true}, "richmenu": {read: true},
	"setup": {read: true}, "settings": {read: true}, "modules": {read: true}, "connection": {read: true}, "greeting": {read: true}, "staff": {read: true}, "teams": {read: true}, "tokens": {read: true}, "audit": {read: true},

	"deleted": {shared: true}, // the store lists, and puts back, what they deleted themselves

	"broadcasts": {kind: "broadcast"}, "audiences": {kind: "audience"}, "series": {kind: "series"}, "campaigns": {kind: "campaign"},
	"news": {kind: "news"}, "events": {kind: "event"}, "reservations": {kind: "reservation"},
	"groups": {kind: "group"}, "freshness": {kind: "group"}, "matches": {kind: "match"}, "requests": {kind: "request"}, "followers": {kind: "follower"},
}

// offered hides what somebody in a team does not look after, so that a form shows it only where it is ticked already; 0
// is everything.
func offered[T ippo.Topic | ippo.Area](all []T, held ippo.Choice) []T {
	if held == 0 {
		return all
	}
	all = slices.Clone(all)
	for i, one := range all {
		c := ippo.Topic(one)
		c.Hidden = c.Hidden || !held.Has(c.Number)
		all[i] = T(c)
	}
	return all
}

// wholeOffice reports whether an address is the whole office's to read, other than what stands around it: the
// digest goes to everyone, and a list of groups that is taken in may name any.
func wholeOffice(pattern string) bool {
	return pattern == "broadcasts/digest" || strings.HasPrefix(pattern, "groups/import")
}

// mayChange reports whether somebody in a team may change what an address (a pattern, without what all have in
// front) leads to; what they do not even see is ippo.ErrNotFound.
func mayChange(ctx context.Context, st *store.Store, pattern, id string) (bool, error) {
	pattern = strings.TrimPrefix(pattern, "/")
	first, _, _ := strings.Cut(pattern, "/")
	first, _, _ = strings.Cut(first, ".") // a file of the list
	r, known := grounds[first]
	switch {
	case !known:
		return false, ippo.ErrNotFound
	case r.shared:
		return true, nil
	case r.read || wholeOffice(pattern):
		return false, nil
	case id == "":
		return true, nil // what is listed or made there is looked at by the store
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return false, ippo.ErrNotFound
	}
	return st.Held(ctx, r.kind, n)
}

// requestRole is the key under which a request keeps what its reader is where they are.
const requestRole = "role"

// roleHere is what the reader is where they are; none before somebody is let in.
func (p *Panel) roleHere(c *gin.Context) ippo.Role {
	role, _ := c.Value(requestRole).(ippo.Role)
	return role
}

// teamOnly returns what the reader is where they are: a viewer, where what they look at is not only their teams'.
func (p *Panel) teamOnly(c *gin.Context, me ippo.Staff) (ippo.Role, error) {
	role := me.Role
	if len(me.Teams) > 0 {
		may, err := mayChange(c.Request.Context(), p.Store, strings.TrimPrefix(c.FullPath(), "/admin"), c.Param("id"))
		if err != nil {
			return role, err
		}
		if !may {
			role = ippo.Viewer
		}
	}
	c.Set(requestRole, role)
	return role, nil
}

type teamList struct {
	frame
	Items []teamRow
}

type teamRow struct {
	ippo.Team
	TopicWords, AreaWords string
	Members               []string
}

func (p *Panel) teamList(c *gin.Context) error {
	ctx := c.Request.Context()
	teams, err := p.Store.Teams(ctx)
	if err != nil {
		return err
	}
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return err
	}
	staff, err := p.Store.StaffList(ctx)
	if err != nil {
		return err
	}
	page := teamList{frame: p.frame(c)}
	for _, t := range teams {
		row := teamRow{Team: t, TopicWords: names(topics, t.Topics), AreaWords: names(areas, t.Areas)}
		for _, who := range staff {
			if inTeam(who, t.ID) {
				row.Members = append(row.Members, who.Name)
			}
		}
		page.Items = append(page.Items, row)
	}
	return p.render(c, http.StatusOK, "team_list.html", page)
}

type teamPage struct {
	frame
	Item          ippo.Team
	Topics, Areas []option
}

func (p *Panel) teamPage(c *gin.Context, t ippo.Team, found ippo.Problems) error {
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return err
	}
	page := teamPage{frame: p.frame(c), Item: t, Topics: choices(topics, t.Topics), Areas: choices(areas, t.Areas)}
	page.Problems = found
	return p.render(c, formStatus(found), "team_edit.html", page)
}

func (p *Panel) newTeam(c *gin.Context) error { return p.teamPage(c, ippo.Team{}, nil) }

// readTeam reads the form over a team.
func (p *Panel) readTeam(c *gin.Context, t ippo.Team) (ippo.Team, error) {
	topics, areas, err := p.topicsAndAreas(c)
	t.Name, t.Topics, t.Areas = formText(c, "name"), chosen(c, "topics", topics), chosen(c, "areas", areas)
	return t, err
}

func (p *Panel) createTeam(c *gin.Context) error {
	t, err := p.readTeam(c, ippo.Team{})
	if err != nil {
		return err
	}
	_, err = p.Store.CreateTeam(c.Request.Context(), p.me(c).ID, t)
	return p.savedTeam(c, t, err)
}

func (p *Panel) savedTeam(c *gin.Context, t ippo.Team, err error) error {
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.teamPage(c, t, found)
	}
	return p.redirect(c, "「"+t.Name+"」を保存しました。", href("teams"))
}

func (p *Panel) team(c *gin.Context) (ippo.Team, error) {
	id, err := pathID[ippo.TeamID](c)
	if err != nil {
		return ippo.Team{}, err
	}
	return p.Store.Team(c.Request.Context(), id)
}

func (p *Panel) editTeam(c *gin.Context) error {
	t, err := p.team(c)
	if err != nil {
		return err
	}
	return p.teamPage(c, t, nil)
}

func (p *Panel) updateTeam(c *gin.Context) error {
	t, err := p.team(c)
	if err != nil {
		return err
	}
	if t, err = p.readTeam(c, t); err != nil {
		return err
	}
	return p.savedTeam(c, t, p.Store.UpdateTeam(c.Request.Context(), p.me(c).ID, t))
}

func (p *Panel) askDeleteTeam(c *gin.Context) error { return p.confirmDeleteTeam(c, nil) }

func (p *Panel) confirmDeleteTeam(c *gin.Context, found ippo.Problems) error {
	t, err := p.team(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{Title: "チームを削除する", Question: "「" + t.Name + "」を削除しますか。", Button: "削除する", Back: href("teams/%d", t.ID)}, found)
}

func (p *Panel) deleteTeam(c *gin.Context) error {
	t, err := p.team(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteTeam(c.Request.Context(), p.me(c).ID, t.ID), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmDeleteTeam(c, found)
	}
	return p.redirect(c, "「"+t.Name+"」を削除しました。", href("teams"))
}

// inTeam reports whether somebody belongs to a team.
func inTeam(who ippo.Staff, id ippo.TeamID) bool {
	return slices.Contains(who.Teams, id)
}

// teamOptions lists the teams as checkboxes.
func (p *Panel) teamOptions(ctx context.Context, who ippo.Staff) ([]option, error) {
	teams, err := p.Store.Teams(ctx)
	var options []option
	for _, t := range teams {
		options = append(options, option{strconv.FormatInt(int64(t.ID), 10), t.Name, inTeam(who, t.ID)})
	}
	return options, err
}

// formTeams reads the checkboxes; what is no number names no team, which the store says.
func formTeams(c *gin.Context) []ippo.TeamID {
	var teams []ippo.TeamID
	for _, value := range c.PostFormArray("teams") {
		id, _ := strconv.ParseInt(value, 10, 64)
		teams = append(teams, ippo.TeamID(id))
	}
	return teams
}

// teamNames returns a function that names the teams that somebody belongs to.
func (p *Panel) teamNames(ctx context.Context) (func(ippo.Staff) string, error) {
	teams, err := p.Store.Teams(ctx)
	return func(who ippo.Staff) string {
		var words []string
		for _, t := range teams {
			if inTeam(who, t.ID) {
				words = append(words, t.Name)
			}
		}
		return strings.Join(words, "・")
	}, err
}
