package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
	"ippo/store"
)

type followerList struct {
	frame
	pager
	sorting
	Query    string // of the name or the number
	Filtered bool
	List     string // the address's query, for the way back
	Change   *changeNote
	Total    int    // of those whom the filter leaves
	CSV      string // the address of the same as a file
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

// followerFilter reads whom the list is narrowed to, and with what it can be; the CSV takes the same.
func (p *Panel) followerFilter(c *gin.Context, asked url.Values, page *followerList) (store.FollowerFilter, followerWords, error) {
	ctx := c.Request.Context()
	var filter store.FollowerFilter
	words := followerWords{entries: map[string]string{}}
	var err error
	if words.topics, words.areas, err = p.topicsAndAreas(c); err != nil {
		return filter, words, err
	}
	entries, err := p.Store.EntryNames(ctx)
	if err != nil {
		return filter, words, err
	}
	tags, err := p.Store.TagNames(ctx)
	if err != nil {
		return filter, words, err
	}
	filter = store.FollowerFilter{Entry: asked.Get("entry"), Tag: asked.Get("tag")}
	// Whoever may only look sees the first letter of a name, and is not to find out the rest by searching.
	if p.roleHere(c).Includes(ippo.Editor) {
		filter.Query = cutQuery(asked.Get("q"))
		page.Query = filter.Query
	}
	for _, s := range ippo.FollowerStatuses {
		if string(s) == asked.Get("status") {
			filter.Status = s
		}
	}
	page.Statuses = statuses(ippo.FollowerStatuses, filter.Status)
	for _, t := range words.topics {
		on := t.Slug == asked.Get("topic")
		if on {
			filter.Topics = ippo.ChoiceOf(t.Number)
		}
		page.Topics = append(page.Topics, option{t.Slug, t.Name, on})
	}
	for _, t := range words.areas {
		on := t.Slug == asked.Get("area")
		if on {
			filter.Areas = ippo.ChoiceOf(t.Number)
		}
		page.Areas = append(page.Areas, option{t.Slug, t.Name, on})
	}
	for _, e := range entries {
		words.entries[e.Slug] = e.Name
		page.Entries = append(page.Entries, option{e.Slug, e.Name, e.Slug == filter.Entry})
	}
	for _, t := range tags {
		page.Tags = append(page.Tags, option{t.Slug, t.Name, t.Slug == filter.Tag})
	}
	return filter, words, nil
}

// followerWords are the names that stand in a follower's row.
type followerWords struct {
	topics  []ippo.Topic
	areas   []ippo.Area
	entries map[string]string
}

func (w followerWords) row(f ippo.Follower) followerRow {
	return followerRow{f, masked(f.DisplayName), chosenWords(w.topics, w.areas, f.Preferences), w.entries[f.Entry]}
}

// followerSorting: the newest first, or whoever was heard from last.
func followerSorting(c *gin.Context) sorting { return sortingOf(c, "-followed", "-seen") }

// followerList shows who follows the account, names masked.
func (p *Panel) followerList(c *gin.Context) error {
	page := followerList{frame: p.frame(c), sorting: followerSorting(c), CSV: asFile(c), List: c.Request.URL.RawQuery}
	filter, words, err := p.followerFilter(c, c.Request.URL.Query(), &page)
	if err != nil {
		return err
	}
	page.Filtered = filter != store.FollowerFilter{}
	part, total, err := p.Store.Followers(c.Request.Context(), filter, pageAsked(c, page.sorting))
	if err != nil {
		return err
	}
	page.Total, page.pager = total, keysetPager(c, part.Earlier, part.Later)
	for _, f := range part.Items {
		page.Items = append(page.Items, words.row(f))
	}
	if page.May(string(ippo.Editor)) {
		if page.Change, err = note(c, page.Me.ID, p.Store.LatestTagChange, "人", href("followers/tags/undo")); err != nil {
			return err
		}
	}
	if page.May(string(ippo.Approver)) {
		if page.Erasing, err = p.erasing(c); err != nil {
			return err
		}
	}
	return p.render(c, http.StatusOK, "follower_list.html", page)
}

// followerCSV saves the list as it is narrowed and sorted, names masked as on the page.
func (p *Panel) followerCSV(c *gin.Context) error {
	ctx := c.Request.Context()
	filter, words, err := p.followerFilter(c, c.Request.URL.Query(), new(followerList))
	if err != nil {
		return err
	}
	tags, err := p.Store.TagNames(ctx)
	if err != nil {
		return err
	}
	var tagged map[ippo.FollowerID][]int64 // of the part that was read last
	return saveParts(p, c, listFile{kind: "follower", name: "followers", unit: "人", columns: intake.FollowerColumns}, followerSorting(c), func(at store.Page) (store.Part[ippo.Follower], int, error) {
		part, total, err := p.Store.Followers(ctx, filter, at)
		if err != nil {
			return part, total, err
		}
		ids := make([]ippo.FollowerID, len(part.Items))
		for i, f := range part.Items {
			ids[i] = f.ID
		}
		tagged, err = p.Store.TagsOf(ctx, ids)
		return part, total, err
	}, func(f ippo.Follower) []string {
		row := words.row(f)
		var has []string
		for _, t := range tags {
			if slices.Contains(tagged[f.ID], t.ID) {
				has = append(has, t.Name)
			}
		}
		return []string{strconv.FormatInt(int64(f.ID), 10), row.Name, f.Status.Words(), row.Chosen, yesCell(f.Digest), f.Language.Words(), row.EntryAt,
			intake.TagCell(has), f.FollowedAt.In(ippo.Tokyo).Format(time.DateOnly), shortTime(f.SeenAt)}
	})
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
	var rows []erasingRow
	for _, e := range waiting {
		f, err := p.Store.Follower(ctx, e.Follower)
		if errors.Is(err, ippo.ErrNotFound) {
			continue // another team's
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, erasingRow{e, masked(f.DisplayName), who(e.Staff)})
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
		Button: "データを消す", Back: href("followers"), Reason: "データを消す理由（だれが、いつ、どのように申し出たか。お名前や電話番号は書かないでください）",
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
		Button:   "消すのをやめる", Icon: "check", Back: href("followers"), Reason: "消すのをやめる理由（お名前や電話番号は書かないでください）",
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
