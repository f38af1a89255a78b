package admin

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type followerList struct {
	frame
	pager
	Filtered bool
	Statuses []option
	Topics   []option
	Areas    []option
	Entries  []option
	Tags     []option
	Items    []followerRow
	Erasing  []erasingRow // who waits to be forgotten, for who may call that off
}

type followerRow struct {
	ippo.Follower
	Name    string // masked
	Chosen  string // topics and areas in words
	EntryAt string // the entry's name
}

// erasingRow is somebody who waits to be forgotten.
type erasingRow struct {
	ippo.Erasure
	Name string // masked
	Who  string // the member of staff who asked for it; "" for themselves
}

// followerList shows who follows the account, names masked, the newest first.
func (p *Panel) followerList(c *gin.Context) error {
	ctx := c.Request.Context()
	page := followerList{frame: p.frame(c)}
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return err
	}
	entries, err := p.Store.Entries(ctx)
	if err != nil {
		return err
	}
	tags, err := p.Store.Tags(ctx)
	if err != nil {
		return err
	}
	filter := store.FollowerFilter{Entry: c.Query("entry"), Tag: c.Query("tag")}
	for _, s := range ippo.FollowerStatuses {
		if string(s) == c.Query("status") {
			filter.Status = s
		}
	}
	page.Statuses = statuses(ippo.FollowerStatuses, filter.Status)
	for _, t := range topics {
		on := t.Slug == c.Query("topic")
		if on {
			filter.Topics = ippo.ChoiceOf(t.Number)
		}
		page.Topics = append(page.Topics, option{t.Slug, t.Name, on})
	}
	for _, t := range areas {
		on := t.Slug == c.Query("area")
		if on {
			filter.Areas = ippo.ChoiceOf(t.Number)
		}
		page.Areas = append(page.Areas, option{t.Slug, t.Name, on})
	}
	entryNames := map[string]string{}
	for _, e := range entries {
		entryNames[e.Slug] = e.Name
		page.Entries = append(page.Entries, option{e.Slug, e.Name, e.Slug == filter.Entry})
	}
	for _, t := range tags {
		page.Tags = append(page.Tags, option{t.Slug, t.Name, t.Slug == filter.Tag})
	}
	page.Filtered = filter != store.FollowerFilter{}
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64) // 0: from the newest
	list, err := p.Store.FollowerPage(ctx, filter, ippo.FollowerID(before), pageSize+1)
	if err != nil {
		return err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		page.Later = withQuery(c, "before", strconv.FormatInt(int64(list[pageSize-1].ID), 10))
	}
	for _, f := range list {
		page.Items = append(page.Items, followerRow{f, masked(f.DisplayName), chosenWords(topics, areas, f.Preferences), entryNames[f.Entry]})
	}
	if page.May(string(ippo.Approver)) {
		if page.Erasing, err = p.erasing(c); err != nil {
			return err
		}
	}
	return p.render(c, http.StatusOK, "follower_list.html", page)
}

func (p *Panel) erasing(c *gin.Context) ([]erasingRow, error) {
	ctx := c.Request.Context()
	waiting, err := p.Store.Erasures(ctx)
	if err != nil {
		return nil, err
	}
	who, err := p.staffNames(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]erasingRow, len(waiting))
	for i, e := range waiting {
		f, err := p.Store.Follower(ctx, e.Follower)
		if err != nil {
			return nil, err
		}
		rows[i] = erasingRow{e, masked(f.DisplayName), who(e.Staff)}
	}
	return rows, nil
}

// askErase asks a second time before somebody is forgotten who asked for it on the telephone or at the desk.
// Their name is shown whole: it is how staff tell that it is them.
func (p *Panel) askErase(c *gin.Context) error { return p.confirmErase(c, nil) }

func (p *Panel) confirmErase(c *gin.Context, found ippo.Problems) error {
	f, err := p.followerOf(c)
	if err != nil {
		return err
	}
	if f.Status == ippo.FollowerErased {
		return ippo.ErrConflict
	}
	return p.confirm(c, confirmPage{
		Title:    "友だちのデータを消す",
		Question: fmt.Sprintf("「%s」さん（%sに登録）のデータを消しますか。", cmp.Or(f.DisplayName, "名前なし"), ippo.DateWords(f.FollowedAt)),
		Detail: fmt.Sprintf("ご本人からの申し出であることと、この方であることを、名前や登録日で確かめてください。きょうから配信は届かなくなり、%d時間後に消しはじめます。それまでは、ご本人も職員も取り消せます。消したあとは、元に戻せません。",
			int(ippo.EraseGraceByStaff.Hours())),
		Button: "データを消す", Back: href("followers"), Reason: "申し出の内容（だれが、いつ、どのように。お名前や電話番号は書かないでください）",
	}, found)
}

func (p *Panel) eraseFollower(c *gin.Context) error {
	return p.onFollower(c, p.confirmErase, "データを消すことにしました。", (*store.Tx).AskErasure)
}

// askKeep asks before an erasure is called off.
func (p *Panel) askKeep(c *gin.Context) error { return p.confirmKeep(c, nil) }

func (p *Panel) confirmKeep(c *gin.Context, found ippo.Problems) error {
	f, err := p.followerOf(c)
	if err != nil {
		return err
	}
	if f.Status != ippo.FollowerErased {
		return ippo.ErrConflict
	}
	return p.confirm(c, confirmPage{
		Title:    "消すのをやめる",
		Question: fmt.Sprintf("「%s」さんのデータを消すのをやめますか。", cmp.Or(f.DisplayName, "名前なし")),
		Detail:   "これまでの受信設定のまま、配信がまた届くようになります。ご本人が消すことを選んだときは、ご本人の申し出があるときだけ取り消してください。",
		Button:   "消すのをやめる", Icon: "check", Back: href("followers"), Reason: "やめる理由（お名前や電話番号は書かないでください）",
	}, found)
}

func (p *Panel) keepFollower(c *gin.Context) error {
	return p.onFollower(c, p.confirmKeep, "データを消すのをやめました。", (*store.Tx).CallOffErasure)
}

// onFollower does something to a follower for a reason.
func (p *Panel) onFollower(c *gin.Context, again func(*gin.Context, ippo.Problems) error, done string,
	do func(*store.Tx, context.Context, ippo.FollowerID, ippo.StaffID, string) error) error {
	f, err := p.followerOf(c)
	if err != nil {
		return err
	}
	reason := formText(c, "reason")
	if n := utf8.RuneCountInString(reason); n == 0 || n > 200 {
		return again(c, ippo.Problems{{Field: "reason", Message: "理由を200文字以内で入力してください。"}})
	}
	ctx, by := c.Request.Context(), p.me(c).ID
	if err := p.Store.Write(ctx, func(t *store.Tx) error { return do(t, ctx, f.ID, by, reason) }); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, done, href("followers"))
}

func (p *Panel) followerOf(c *gin.Context) (ippo.Follower, error) {
	id, err := pathID[ippo.FollowerID](c)
	if err != nil {
		return ippo.Follower{}, err
	}
	return p.Store.Follower(c.Request.Context(), id)
}

// chosenWords says what a follower wants to hear.
func chosenWords(topics []ippo.Topic, areas []ippo.Area, chosen ippo.Preferences) string {
	if chosen.Stopped {
		return "配信を止めている"
	}
	if chosen.Unguided() {
		return "おまかせ"
	}
	say := func(choice ippo.Choice, all, names string) string {
		if choice == 0 || choice&ippo.Everything != 0 {
			return all
		}
		return names
	}
	return say(chosen.Topics, "すべての分野", names(topics, chosen.Topics)) + " × " + say(chosen.Areas, "すべての地域", names(areas, chosen.Areas))
}
