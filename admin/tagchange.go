package admin

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
)

// What is done with a tag to several followers at once.
const (
	tagAdd    = "add"
	tagRemove = "remove"
)

// tagFollowers gives a tag to those who were ticked, or to all whom the list's filter leaves, or takes it from them:
// it asks first, and again if these have become others meanwhile.
func (p *Panel) tagFollowers(c *gin.Context) error {
	ctx := c.Request.Context()
	asked, err := url.ParseQuery(c.PostForm("list"))
	to := c.PostForm("to")
	if err != nil || to != tagAdd && to != tagRemove {
		return errBadForm
	}
	back := (&url.URL{Path: href("followers"), RawQuery: asked.Encode()}).String()
	tags, err := p.Store.TagNames(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(tags, func(t ippo.Tag) bool { return t.Slug == c.PostForm("tag") })
	if at < 0 {
		return p.redirect(c, "タグを選んでから、もう一度お試しください。", back)
	}
	tag := tags[at]
	filter, _, err := p.followerFilter(c, asked, new(followerList))
	if err != nil {
		return err
	}
	var only []ippo.FollowerID
	if c.PostForm("scope") != "all" {
		only = []ippo.FollowerID{}
		for _, value := range c.PostFormArray("who") {
			if id, err := strconv.ParseInt(value, 10, 64); err == nil {
				only = append(only, ippo.FollowerID(id))
			}
		}
	}
	members, err := p.Store.TagTargets(ctx, filter, only, tag.Slug, to == tagAdd)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return p.redirect(c, "変える人がいません。先に、表で選んでください。", back)
	}
	n, doing := ippo.Comma(int64(len(members))), "のタグをつける"
	if to == tagRemove {
		doing = "のタグを外す"
	}
	if asked, err := p.askSeveral(c, severalPage{
		Title: "友だちのタグをまとめて変える", Question: fmt.Sprintf("%s人に「%s」%sことでよいですか。", n, tag.Name, doing),
		Detail: "もとの状態には、一覧の「元に戻す」で戻せます（24時間以内）。", Button: fmt.Sprintf("%s人に「%s」%s", n, tag.Name, doing),
		Action: href("followers/tags"), Back: back,
	}, numbersOf(members, func(id ippo.FollowerID) int64 { return int64(id) })); asked || err != nil {
		return err
	}
	if err := p.Store.ChangeTag(ctx, p.me(c).ID, tag.Slug, to == tagAdd, members); err != nil {
		return err
	}
	return p.workOff(c, p.Store.ApplyTagChanges, back)
}

// undoTagFollowers takes back what somebody did with a tag to many at once.
func (p *Panel) undoTagFollowers(c *gin.Context) error {
	return takeBack(p, c, p.Store.LatestTagChange, p.Store.UndoTagChange, p.Store.ApplyTagChanges, href("followers"))
}
