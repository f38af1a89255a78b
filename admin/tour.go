package admin

import (
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"ippo"
)

// station is one page that the tour of the panel leads to.
type station struct {
	Key         string // as the store keeps it, and the section of its page
	Title, Text string
	least       ippo.Role
}

// stations lists the tour's, in their order.
var stations = []station{
	{"", "ようこそ", "使い方を2分でひとめぐりします。ここはホームです。承認や返事など、あなたを待っている仕事と、今月送れる残りの通数が見えます。朝、ここを開けばだいじょうぶです。", ippo.Viewer},
	{"broadcasts", "配信", "配信は、下書き → 試し送り → 承認 → 送信 と進みます。保存や試し送りでは、友だちには届きません。多くの人への配信は、ほかの承認者が確かめるまで送られません。送り始めても一時停止でき、届いた人にだけ訂正を送れます。", ippo.Viewer},
	{"requests", "受付", "住民からの申込や電話の希望、相談がここに届きます。読んだり記録を書いたりしても、住民には何も届きません。「危険なことば」の印があるものは、先に見てください。", ippo.Editor},
	{"followers", "名簿", "LINEの友だちの一覧です。名前は一文字目だけを出しています。ここから送られるものはありません。受信設定を変えられるのは、本人だけです。", ippo.Viewer},
	{setupSection, "設定", "分野や地域、登録経路のポスターはここにあります。管理者は、センターの設定や使う機能もここで決めます。まちがえて消したものの多くは、24時間以内なら「削除したもの」から元に戻せます。", ippo.Viewer},
	{"account", "困ったとき", "どの画面にも、上に「この画面の使い方」があります。手順と、まちがえたときの直し方が書いてあります。この案内は、このアカウントの画面から、いつでももう一度見られます。", ippo.Viewer},
}

// tour is what a page says of the tour that its reader is on.
type tour struct {
	station
	Number, Of int
	Here       bool // the page is the station's; else it only says that the tour is under way
}

// stationsOf lists the stations of somebody's tour: those whose pages they may see.
func stationsOf(who ippo.Staff) []station {
	return slices.DeleteFunc(slices.Clone(stations), func(s station) bool { return !who.Role.Includes(s.least) })
}

// tourDone is where somebody stands who has seen the tour, or does not want to.
const tourDone = "done"

// tour returns what a page says of its reader's tour: on the station's own page all of it, on the home page that it
// can go on, and elsewhere nothing.
func (p *Panel) tour(c *gin.Context) *tour {
	me := p.me(c)
	if me.ID == 0 || c.Request.Method != http.MethodGet {
		return nil
	}
	at, err := p.Store.Tour(c.Request.Context(), me.ID)
	switch {
	case errors.Is(err, ippo.ErrNotFound): // not begun: the first station is the home page
	case err != nil:
		p.fault(c.Request.Context(), "read the tour for the page's frame", err)
		return nil
	case at == tourDone:
		return nil
	}
	all := stationsOf(me)
	i := slices.IndexFunc(all, func(s station) bool { return s.Key == at })
	if i < 0 {
		i = 0 // it was a page that the reader may not see any more
	}
	t := &tour{station: all[i], Number: i + 1, Of: len(all), Here: c.FullPath() == "/admin/"+all[i].Key}
	if !t.Here && c.FullPath() != "/admin/" {
		return nil
	}
	return t
}

// moveTour leads to the station after or before the one whose button was pressed, ends the tour or begins it anew.
func (p *Panel) moveTour(c *gin.Context) error {
	all := stationsOf(p.me(c))
	i := slices.IndexFunc(all, func(s station) bool { return s.Key == c.PostForm("at") })
	if i < 0 {
		return ippo.ErrNotFound
	}
	to, notice := "", ""
	switch c.PostForm("do") {
	case "again":
		to = all[0].Key
	case "back":
		to = all[max(i-1, 0)].Key
	case "next":
		to = tourDone
		if i+1 < len(all) {
			to = all[i+1].Key
		}
	default:
		to = tourDone
	}
	if err := p.Store.MoveTour(c.Request.Context(), p.me(c).ID, to); err != nil {
		return err
	}
	if to == tourDone {
		to, notice = "", "案内を終わりました。もう一度見るときは、あなたのアカウントの画面からどうぞ。"
	}
	return p.redirect(c, notice, href("%s", to))
}
