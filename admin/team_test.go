package admin

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// shares are the three ways in which something stands to the team of a test: it looks after 子育て.
type shares struct{ own, foreign, common map[string]int64 } // IDs by the kind of a room

const foreignMark = "よその受け持ち"

// divide puts one of every kind into the office for the team, for another, and for the whole town, with
// foreignMark in what is another's, and returns the team.
func (o *office) divide() (ippo.TeamID, shares) {
	t := o.t
	t.Helper()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	child, err := o.store.CreateTopic(ctx, by, ippo.Topic{Slug: "kosodate", Name: "子育て"})
	must(err)
	welfare, err := o.store.CreateTopic(ctx, by, ippo.Topic{Slug: "fukushi", Name: "福祉"})
	must(err)
	team, err := o.store.CreateTeam(ctx, by, ippo.Team{Name: "子育てチーム", Topics: ippo.ChoiceOf(child.Number)})
	must(err)
	made := shares{map[string]int64{}, map[string]int64{}, map[string]int64{}}
	for i, share := range []struct {
		ids    map[string]int64
		name   string
		topics ippo.Choice
		to     ippo.Audience
	}{
		{made.own, "子育ての", ippo.ChoiceOf(child.Number), ippo.Audience{Topics: []string{"kosodate"}}},
		{made.foreign, foreignMark, ippo.ChoiceOf(welfare.Number), ippo.Audience{Topics: []string{"fukushi"}}},
		{made.common, "まち全体の", 0, ippo.Audience{All: true}},
	} {
		slug := fmt.Sprint("share", i)
		n, err := o.store.CreateNews(ctx, by, ippo.News{Slug: slug, Kind: ippo.NewsPlain, Title: share.name + "お知らせ", Summary: "内容", Status: ippo.ContentPublished, PublishAt: opening, Topics: share.topics})
		must(err)
		e, err := o.store.CreateEvent(ctx, by, ippo.Event{Slug: slug, Title: share.name + "イベント", Summary: "内容", StartsAt: opening.AddDate(0, 0, 9), EndsAt: opening.AddDate(0, 0, 10),
			Place: "会場", Status: ippo.ContentPublished, Topics: share.topics, Capacity: 5, SignUp: ippo.SignUp{Open: true, MaxParty: 1}})
		must(err)
		r, err := o.store.EnterReservation(ctx, by, ippo.Reservation{Event: e.ID, Way: ippo.ReservedByPhone, Party: 1, Attendee: ippo.Attendee{Name: share.name + "人", Contact: "090-5555-0199"}})
		must(err)
		g, err := o.store.CreateActivityGroup(ctx, by, ippo.ActivityGroup{Slug: slug, Name: share.name + "団体", Summary: "内容", Receiving: true, Topics: share.topics})
		must(err)
		c := o.campaign()
		c.Slug, c.Title, c.Audience = slug, share.name+"作戦", share.to
		c, err = o.store.CreateCampaign(ctx, by, c)
		must(err)
		series, err := o.store.CreateSeries(ctx, by, ippo.Series{Title: share.name + "くり返し", Messages: []ippo.Message{textMessage("開いています。")}, Audience: share.to,
			Schedule: ippo.Schedule{Kind: ippo.ScheduleBefore, Event: e.ID, Days: 3, At: 10 * 60}})
		must(err)
		b := o.draft(share.name + "配信")
		b.Audience, b.SendAt = share.to, opening.AddDate(0, 0, 3)
		must(o.store.CreateBroadcast(ctx, by, b))
		must(o.store.SubmitBroadcast(ctx, by, b.ID))
		must(o.store.SaveAudience(ctx, by, ippo.SavedAudience{Name: share.name + "宛先", Audience: share.to}))
		must(o.follow(fmt.Sprintf("Uf000000000000000000000000000000%d", i)))
		follower := ippo.FollowerID(i + 1)
		must(o.store.Write(ctx, func(tx *store.Tx) error {
			return tx.SavePreferences(ctx, follower, ippo.Preferences{Language: ippo.Japanese, Topics: share.topics})
		}))
		must(o.wantVisit(follower, g.ID))
		for kind, id := range map[string]int64{"news": int64(n.ID), "event": int64(e.ID), "reservation": int64(r.ID), "group": int64(g.ID), "campaign": int64(c.ID),
			"series": int64(series.ID), "broadcast": int64(b.ID), "follower": int64(follower)} {
			share.ids[kind] = id
		}
		share.ids["match"], share.ids["audience"], share.ids["request"] = int64(i+1), int64(i+1), int64(i+1)
	}
	return team.ID, made
}

// member is somebody of a role in a team, logged in.
func (o *office) member(role ippo.Role, team ippo.TeamID) *person {
	o.t.Helper()
	hash, err := passwordHash()
	if err != nil {
		o.t.Fatal(err)
	}
	email := "team-" + string(role) + "@example.jp"
	if _, err := o.store.CreateStaff(o.t.Context(), 0, ippo.Staff{Name: "チームの" + role.Words(), Email: email, Role: role, Teams: []ippo.TeamID{team}}, hash); err != nil {
		o.t.Fatal(err)
	}
	b := o.visitor()
	b.post("/admin/login", "email", email, "password", password).want(http.StatusSeeOther)
	return b
}

// A form offers somebody in a team no topic that is refused when they save it, and keeps what is ticked already: every
// page of the router, the team's own thing where an address names one.
func TestFormsOfferWhatTheTeamHolds(t *testing.T) {
	o := open(t)
	team, made := o.divide()
	b := o.member(ippo.Editor, team)
	foreign := regexp.MustCompile(`name="(topics|to)" value="(fukushi|all)"[^>]*>`)
	offered := map[string]bool{}
	for _, one := range o.panel.routes() {
		if one.method != http.MethodGet || one.path == "/logout" {
			continue
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(one.path, "/"), "/")
		page := b.get("/admin" + strings.NewReplacer(":id", strconv.FormatInt(made.own[grounds[first].kind], 10), ":slug", "kosodate").Replace(one.path))
		if !strings.Contains(page.body, `name="topics" value="kosodate"`) {
			continue
		}
		offered[one.path] = true
		if found := foreign.FindString(page.body); found != "" {
			t.Errorf("%s offers %s, which is refused", one.path, found)
		}
	}
	for _, path := range []string{
		"/news/new", "/news/:id", "/events/new", "/events/:id", "/groups/new", "/groups/:id", "/broadcasts/new", "/broadcasts/:id/edit", "/campaigns/new", "/campaigns/:id/edit", "/series/:id/edit",
	} {
		if !offered[path] {
			t.Errorf("%s does not offer the team's own topic", path)
		}
	}
	n, err := o.store.News(t.Context(), ippo.NewsID(made.own["news"]))
	if err != nil {
		t.Fatal(err)
	}
	n.Topics |= ippo.ChoiceOf(1) // a colleague of both teams ticked 福祉, too
	if err := o.store.UpdateNews(t.Context(), 1, n); err != nil {
		t.Fatal(err)
	}
	if page := b.get(fmt.Sprint("/admin/news/", n.ID)).want(http.StatusOK); !strings.Contains(page.body, `name="topics" value="fukushi" checked`) {
		t.Error("what is ticked already cannot be seen")
	}
	if page := o.as(ippo.Editor).get("/admin/broadcasts/new"); len(foreign.FindAllString(page.body, -1)) != 2 {
		t.Error("whoever is in no team is not offered everything")
	}
}

// Whatever role somebody in a team has, and whatever address names it: another team's thing is not there, in
// panel and API alike, and what is the whole town's is not theirs to change. A route added tomorrow is walked too.
func TestTeamsOnEveryRoute(t *testing.T) {
	o := open(t)
	team, made := o.divide()
	engine := gin.New()
	o.panel.Routes(engine)
	for _, one := range engine.Routes() {
		path, panel := strings.CutPrefix(one.Path, "/admin/")
		if !panel {
			path = strings.TrimPrefix(one.Path, "/api/v1/")
		}
		first, _, _ := strings.Cut(strings.SplitN(path, ".", 2)[0], "/")
		if _, known := grounds[first]; !known && first != "static" && first != "openapi" && one.Path != "/admin" {
			t.Errorf("%s: grounds does not say how it stands to teams", one.Path)
		}
	}
	for _, role := range ippo.Roles[:3] {
		b := o.member(role, team)
		for _, one := range o.panel.routes() {
			first, _, _ := strings.Cut(strings.TrimPrefix(one.path, "/"), "/")
			kind := grounds[first].kind
			if kind == "" || !strings.Contains(one.path, "/:id") {
				continue
			}
			if wholeOffice(strings.TrimPrefix(one.path, "/")) {
				if r := b.do(b.request(one.method, "/admin"+strings.ReplaceAll(one.path, ":id", "1"))); r.status != http.StatusForbidden {
					t.Errorf("%s %s as %s in a team: %d, want 403", one.method, one.path, role, r.status)
				}
				continue
			}
			ask := func(id int64) reply {
				return b.do(b.request(one.method, "/admin"+strings.NewReplacer(":id", fmt.Sprint(id), ":flyer", "1").Replace(one.path)))
			}
			if r := ask(made.foreign[kind]); r.status != http.StatusNotFound || strings.Contains(r.body, foreignMark) {
				t.Errorf("%s %s of another team as %s: %d, want 404", one.method, one.path, role, r.status)
			}
			allowed := role.Includes(one.least)
			if id, is := made.common[kind]; is && kind != "follower" && kind != "request" { // of people nothing is the whole town's
				if r := ask(id); one.least != ippo.Viewer && r.status != http.StatusForbidden {
					t.Errorf("%s %s of the whole town as %s: %d, want 403", one.method, one.path, role, r.status)
				} else if one.least == ippo.Viewer && r.status >= http.StatusBadRequest && one.path != "/campaigns/:id/flyers/:flyer" {
					t.Errorf("%s %s of the whole town as %s: %d", one.method, one.path, role, r.status)
				}
			}
			if one.method == http.MethodGet { // a POST would do something
				if r := ask(made.own[kind]); allowed == (r.status == http.StatusForbidden) {
					t.Errorf("GET %s of one's own team as %s: %d", one.path, role, r.status)
				}
			}
		}
	}
}

// The API keeps teams apart as the panel does.
func TestTeamsOnEveryOperation(t *testing.T) {
	p := callAPI(t)
	o := p.office
	for _, slug := range []string{"kosodate", "bosai"} { // divide makes its own
		if err := o.store.DeleteTopic(t.Context(), 0, slug); err != nil {
			t.Fatal(err)
		}
	}
	team, made := o.divide()
	owner := o.administrator("teams")
	sum := sha256.Sum256([]byte("token-of-team"))
	if _, err := o.store.CreateToken(t.Context(), 0, ippo.Staff{Name: "チーム", Scopes: ippo.AllScopes, Owner: owner, Expires: o.clock().AddDate(0, 1, 0), Teams: []ippo.TeamID{team}}, sum[:]); err != nil {
		t.Fatal(err)
	}
	p.tokens["team"] = "token-of-team"
	for path, item := range loadOpenAPI(t).Paths.Map() {
		first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		kind := grounds[first].kind
		for method := range item.Operations() {
			if kind == "" || !strings.Contains(path, "{id}") {
				if got := p.call("team", method, strings.ReplaceAll(path, "{id}", "1"), ""); method == http.MethodGet && strings.Contains(string(got.body), foreignMark) {
					t.Errorf("%s %s tells of another team: %s", method, path, got.body)
				}
				continue
			}
			ask := func(id int64) apiReply {
				return p.call("team", method, strings.ReplaceAll(path, "{id}", fmt.Sprint(id)), "")
			}
			if got := ask(made.foreign[kind]); got.status != http.StatusNotFound {
				t.Errorf("%s %s of another team: %d", method, path, got.status)
			}
			want := http.StatusForbidden
			if method == http.MethodGet {
				want = http.StatusOK
			}
			if got := ask(made.common[kind]); got.status != want {
				t.Errorf("%s %s of the whole town: %d, want %d", method, path, got.status, want)
			}
		}
	}
	p.want(422, p.call("team", "POST", "/audience/count", `{"topics":["fukushi"]}`))
	p.want(200, p.call("team", "POST", "/audience/count", `{"topics":["kosodate"]}`))
	for _, c := range []struct {
		path, body, field string
	}{
		{"/broadcasts", `{"title":"全員","audience":{"all":true},` + waterCut + `}`, "audience"},
		{"/broadcasts", `{"title":"福祉","audience":{"topics":["kosodate","fukushi"]},` + waterCut + `}`, "audience"},
		{"/broadcasts", `{"title":"タグ","audience":{"languages":["ja"]},` + waterCut + `}`, "audience"},
		{"/news", `{"slug":"zentai","title":"全体","summary":"全体","kind":"news","status":"draft"}`, "topics"},
		{"/series", `{"title":"毎週","messages":[{"type":"text","text":"開いています"}],"audience":{"all":true},"schedule":{"kind":"weekly","at":"17:00","weekdays":["thu"]}}`, "audience"},
	} {
		if got := p.want(422, p.call("team", "POST", c.path, c.body)); !strings.Contains(got.problem(c.field), "チームの受け持ち（子育て）") {
			t.Errorf("POST %s %s: %s", c.path, c.body, got.body)
		}
	}
	p.want(403, p.call("team", "POST", "/topics", `{"slug":"bosai","name":"防災"}`))
	p.want(201, p.call("team", "POST", "/broadcasts", `{"title":"子育て","audience":{"topics":["kosodate"]},`+waterCut+`}`))
}

// No list, count, calendar or page without a number in its address tells somebody in a team of what is another's.
func TestTeamsOnEveryList(t *testing.T) {
	o := open(t)
	team, made := o.divide()
	b := o.member(ippo.Approver, team)
	shown := map[string]bool{"/broadcasts/digest": true} // goes to everyone
	for _, one := range o.panel.routes() {
		if one.method != http.MethodGet || strings.Contains(one.path, ":") || shown[one.path] {
			continue
		}
		r := b.get("/admin" + one.path)
		if strings.Contains(r.body, foreignMark) {
			i := strings.Index(r.body, foreignMark)
			t.Errorf("%s tells of another team: %s", one.path, r.body[max(0, i-200):i+50])
		}
	}
	for address, words := range map[string]string{
		"/news": "子育てのお知らせ", "/events": "子育てのイベント", "/groups": "子育ての団体", "/broadcasts": "子育ての配信", "/series": "子育てのくり返し",
		"/campaigns": "子育ての作戦", "/audiences": "子育ての宛先", "/calendar": "子育ての配信", "/matches": "子育ての団体", "/": "子育ての配信",
	} {
		b.get("/admin" + address).says(words)
	}
	b.get("/admin/news").says("まち全体のお知らせ")
	b.get("/admin/broadcasts").says("まち全体の配信")
	b.get("/admin/").says("承認待ちの配信2件")
	b.get(fmt.Sprintf("/admin/broadcasts/new?news=%d", made.foreign["news"])).says("見つかりません").saysNot(foreignMark)
	b.get(fmt.Sprintf("/admin/news/%d", made.common["news"])).want(http.StatusOK).saysNot("保存する", "削除")
	b.get(fmt.Sprintf("/admin/news/%d", made.own["news"])).want(http.StatusOK).says("保存する")

	b.post("/admin/news", "title", "全体", "summary", "全体", "kind", "news", "status", "draft").want(http.StatusUnprocessableEntity).says("あなたのチームの受け持ち（子育て）の中から")
	b.post(fmt.Sprintf("/admin/news/%d", made.own["news"]), "title", "移す", "summary", "移す", "kind", "news", "status", "draft", "topics", "fukushi").
		want(http.StatusUnprocessableEntity).says("あなたのチームの受け持ち（子育て）の中から")

	// What somebody outside of the team submitted to it is approved by the team; what goes to everyone is not.
	own, err := o.store.Broadcast(t.Context(), ippo.BroadcastID(made.own["broadcast"]))
	if err != nil {
		t.Fatal(err)
	}
	hash := own.Hash()
	b.follow(b.post(fmt.Sprintf("/admin/broadcasts/%d/approve", own.ID), "hash", fmt.Sprintf("%x", hash[:]))).says("送信予定")
}

// Somebody in a team puts back what they deleted themselves, by the button that they are shown, and nothing of anybody
// else's.
func TestTeamsPutBackTheirOwn(t *testing.T) {
	o := open(t)
	team, made := o.divide()
	b := o.member(ippo.Editor, team)
	page := b.follow(b.post(fmt.Sprintf("/admin/news/%d/delete", made.own["news"])).want(http.StatusSeeOther)).says("24時間以内なら元に戻せます")
	if !strings.Contains(page.body, `action="/admin/deleted/1/restore"`) {
		t.Error("there is no button")
	}
	b.get("/admin/deleted").want(http.StatusOK).says("子育てのお知らせ")
	b.follow(b.post("/admin/deleted/1/restore").want(http.StatusSeeOther)).says("元に戻しました。")
	office := o.as(ippo.Editor)
	for _, share := range []map[string]int64{made.own, made.foreign} {
		office.post(fmt.Sprintf("/admin/news/%d/delete", share["news"])).want(http.StatusSeeOther)
		b.get("/admin/deleted").want(http.StatusOK).saysNot("子育てのお知らせ", foreignMark)
		for id := range 5 {
			b.post(fmt.Sprintf("/admin/deleted/%d/restore", id)).want(http.StatusNotFound).saysNot(foreignMark)
		}
	}
}

// A correction belongs to the team whose broadcast went wrong.
func TestTeamsCorrection(t *testing.T) {
	o := open(t)
	team, made := o.divide()
	for _, id := range []int64{made.own["broadcast"], made.foreign["broadcast"]} {
		b, err := o.store.Broadcast(t.Context(), ippo.BroadcastID(id))
		if err != nil {
			t.Fatal(err)
		}
		if err := o.store.ApproveBroadcast(t.Context(), o.staff[ippo.Approver].ID, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
			t.Fatal(err)
		}
		if err := o.store.StartBroadcast(t.Context(), b.ID); err != nil {
			t.Fatal(err)
		}
		if err := o.store.CorrectBroadcast(t.Context(), o.staff[ippo.Editor].ID, b.ID, o.draft("訂正："+b.Title)); err != nil {
			t.Fatal(err)
		}
	}
	b := o.member(ippo.Approver, team)
	b.get("/admin/broadcasts").says("訂正：子育ての配信").saysNot(foreignMark)
	last := made.common["broadcast"]
	b.get(fmt.Sprintf("/admin/broadcasts/%d", last+1)).want(http.StatusOK)
	b.get(fmt.Sprintf("/admin/broadcasts/%d/edit", last+1)).want(http.StatusOK)
	b.get(fmt.Sprintf("/admin/broadcasts/%d", last+2)).want(http.StatusNotFound)
}

// An administrator makes a team, puts somebody into it, and cannot delete it from under them.
func TestTeamInThePanel(t *testing.T) {
	o := open(t)
	ctx := context.WithoutCancel(t.Context())
	if _, err := o.store.CreateTopic(ctx, 0, ippo.Topic{Slug: "kosodate", Name: "子育て"}); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Administrator)
	b.get("/admin/teams").says("チームはまだありません")
	b.post("/admin/teams", "name", "子育てチーム").want(http.StatusUnprocessableEntity).says("分野か地域を、一つ以上")
	b.follow(b.post("/admin/teams", "name", "子育てチーム", "topics", "kosodate")).says("保存しました", "まだいません")
	b.post("/admin/teams", "name", "子育てチーム", "topics", "kosodate").want(http.StatusUnprocessableEntity).says("すでに使われています")
	b.follow(b.post("/admin/teams/1", "name", "子育ての係", "topics", "kosodate")).says("保存しました", "子育ての係")
	b.follow(b.post("/admin/teams/1", "name", "子育てチーム", "topics", "kosodate")).says("子育てチーム")
	editor := o.staff[ippo.Editor]
	page := href("staff/%d", editor.ID)
	b.get(page).says("子育てチーム")
	b.post(page, "name", editor.Name, "email", editor.Email, "role", "editor", "teams", "9").want(http.StatusUnprocessableEntity).says("選びなおして")
	b.post(page, "name", editor.Name, "email", editor.Email, "role", "admin", "teams", "1").want(http.StatusUnprocessableEntity).says("管理者はすべてを受け持ちます")
	b.follow(b.post(page, "name", editor.Name, "email", editor.Email, "role", "editor", "teams", "1")).says("保存しました", "子育てチーム")
	b.get("/admin/teams").says(editor.Name)
	b.get("/admin/audit?about=staff").says("editor、子育てチーム")
	b.post("/admin/teams/1/delete").want(http.StatusUnprocessableEntity).says("1人（招待中")
	b.post("/admin/topics/kosodate/delete").want(http.StatusUnprocessableEntity).says("受け持つチームが1件")
	b.follow(b.post(page, "name", editor.Name, "email", editor.Email, "role", "editor"))
	b.get("/admin/teams/1/delete").says("削除しますか")
	b.follow(b.post("/admin/teams/1/delete")).says("削除しました")
}
