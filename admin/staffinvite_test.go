package admin

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ippo"
)

// An administrator invites somebody, who chooses a name and a password and is at work, with the role and the
// teams of the invitation whatever they send. The link is good once, and not for ever.
func TestStaffInvite(t *testing.T) {
	o := open(t)
	o.panel.MailOff = false
	if _, err := o.store.CreateTopic(t.Context(), 0, ippo.Topic{Slug: "kosodate", Name: "子育て"}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.CreateTeam(t.Context(), 0, ippo.Team{Name: "子育てチーム", Topics: ippo.ChoiceOf(0)}); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Administrator)
	b.post("/admin/staff/invite", "name", "新人", "email", "editor@example.jp", "role", "editor").want(http.StatusUnprocessableEntity).says("すでに登録")
	b.post("/admin/staff/invite", "name", "新人", "email", "new@example.jp", "role", "editor", "teams", "7").want(http.StatusUnprocessableEntity).says("選びなおして")
	invite := func() string {
		made := b.post("/admin/staff/invite", "name", "新人", "email", "New@example.jp", "role", "editor", "teams", "1").want(http.StatusOK).says("もう一度は表示できません")
		link := regexp.MustCompile(`/admin/invite/[a-z2-7]{26}`).FindString(made.body)
		if mails := o.mails(); link == "" || !strings.Contains(mails[len(mails)-1].Body, link) || mails[len(mails)-1].To != "new@example.jp" {
			t.Fatalf("link %q, mails %+v", link, mails)
		}
		return link
	}
	void := invite()
	link := invite()
	b.get("/admin/staff").says("招待中", "new@example.jp")
	b.post("/admin/teams/1/delete").want(http.StatusUnprocessableEntity).says("1人（招待中")
	stranger := o.visitor()
	stranger.get(void).want(http.StatusNotFound)
	stranger.get("/admin/invite/guessed").want(http.StatusNotFound)
	stranger.get(link).want(http.StatusOK).says("作成者として招待", "new@example.jp")
	stranger.post(link, "name", "", "password", "short").want(http.StatusUnprocessableEntity).says("名前", "15文字以上")
	stranger.follow(stranger.post(link, "name", "新人 花子", "password", "a wholly new sentence", "role", "admin", "email", "other@example.jp", "teams", "")).want(http.StatusOK).says("ようこそ、新人 花子さん")
	who, _, err := o.store.StaffByEmail(t.Context(), "new@example.jp")
	if err != nil || who.Role != ippo.Editor || len(who.Teams) != 1 {
		t.Errorf("%+v, %v; want an editor of the team", who, err)
	}
	o.visitor().post(link, "name", "また", "password", "a wholly new sentence").want(http.StatusNotFound)
	b.get("/admin/staff").saysNot("招待中").says("新人 花子")

	// Cancelled, or late: gone.
	made := b.post("/admin/staff/invite", "name", "二人目", "email", "two@example.jp", "role", "viewer").want(http.StatusOK)
	second := regexp.MustCompile(`/admin/invite/[a-z2-7]{26}`).FindString(made.body)
	cancel := regexp.MustCompile(`/admin/staff/invites/\d+/cancel`).FindString(b.get("/admin/staff").body)
	b.follow(b.post(cancel)).says("招待を取り消しました")
	b.post(cancel).want(http.StatusNotFound)
	o.visitor().get(second).want(http.StatusNotFound)
	made = b.post("/admin/staff/invite", "name", "三人目", "email", "three@example.jp", "role", "approver").want(http.StatusOK)
	third := regexp.MustCompile(`/admin/invite/[a-z2-7]{26}`).FindString(made.body)
	o.setClock(o.clock().Add(ippo.StaffInviteLife))
	o.visitor().get(third).want(http.StatusNotFound)
}
