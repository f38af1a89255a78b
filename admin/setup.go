package admin

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
)

// setupGroups are the pages of settings by what they are about, each with what can be set there.
var setupGroups = []struct {
	words string
	pages []struct{ section, about string }
}{
	{"センター", []struct{ section, about string }{
		{"settings", "名前と電話、窓口の時間と休館日、あいさつ、承認のきまり、送らない時間、保管期間"},
		{"modules", "使う機能を入れる・切る"},
		{"richmenu", "トーク画面の下に出るメニューの形・絵・ことば"},
		{"connection", "LINEとつながっているかの確認と、LINEの画面で確かめること"},
	}},
	{"友だちの分けかた", []struct{ section, about string }{
		{"topics", "受け取りたいお知らせを選ぶときの分野"},
		{"areas", "受け取りたいお知らせを選ぶときの地域"},
		{"tags", "職員だけが使う印"},
		{"entries", "友だち追加のQRコード。ポスターやカードに印刷できます"},
	}},
	{"まちがえたとき", []struct{ section, about string }{
		{"deleted", "この24時間に消したもの。元に戻せます"},
	}},
	{"職員とプログラム", []struct{ section, about string }{
		{"staff", "招待、役割、ログインできない人の手伝い"},
		{"teams", "分野や地域ごとに仕事を分けるとき"},
		{"tokens", "市のほかのシステムとつなぐとき"},
		{"audit", "だれが、いつ、何をしたか"},
	}},
}

// setupPage lists the pages of settings: too many for tabs.
type setupPage struct {
	frame
	Groups []setupGroup
}

type setupGroup struct {
	Words string
	Links []setupLink
}

type setupLink struct {
	link
	About string
}

func (p *Panel) setup(c *gin.Context) error {
	page := setupPage{frame: p.frame(c)}
	var open []tab
	for _, r := range page.rooms() {
		if r.index == setupSection {
			open = r.tabs
		}
	}
	for _, g := range setupGroups {
		group := setupGroup{Words: g.words}
		for _, one := range g.pages {
			if i := slices.IndexFunc(open, func(t tab) bool { return t.section == one.section }); i >= 0 {
				group.Links = append(group.Links, setupLink{link{Path: "/admin/" + one.section, Words: open[i].words}, one.about})
			}
		}
		if len(group.Links) > 0 {
			page.Groups = append(page.Groups, group)
		}
	}
	return p.render(c, http.StatusOK, "setup.html", page)
}
