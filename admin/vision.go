package admin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/keyword"
)

type visionList struct {
	frame
	pager
	State  string
	States []option
	Items  []ippo.Vision
	Total  int
	Done   *ippo.Vision // on which somebody has just decided, to be taken back; nil: on none
}

// visionList shows what waits for staff, or what they have decided on.
func (p *Panel) visionList(c *gin.Context) error {
	ctx := c.Request.Context()
	state := ippo.VisionWaiting
	for _, s := range ippo.VisionStates {
		if string(s) == c.Query("state") {
			state = s
		}
	}
	all, err := p.Store.Visions(ctx, state)
	if err != nil {
		return err
	}
	page := visionList{frame: p.frame(c), State: string(state), States: statuses(ippo.VisionStates, state), Total: len(all)}
	page.Items, page.pager = pageOf(c, all)
	if id, err := strconv.ParseInt(c.Query("done"), 10, 64); err == nil {
		done, err := p.Store.Vision(ctx, ippo.AmbassadorID(id))
		switch {
		case err == nil && done.State != ippo.VisionWaiting:
			page.Done = &done
		case err != nil && !errors.Is(err, ippo.ErrNotFound):
			return err
		}
	}
	return p.render(c, http.StatusOK, "vision_list.html", page)
}

// decideVision shows a vision, or does not, or takes either back; it comes back to the list that it was read in.
func (p *Panel) decideVision(c *gin.Context) error {
	id, err := pathID[ippo.AmbassadorID](c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(c.PostForm("version"))
	if err != nil {
		return errBadForm
	}
	next := ippo.VisionState(c.PostForm("to"))
	notice := ""
	switch next {
	case ippo.VisionShown:
		notice = "公開しました。"
	case ippo.VisionReturned:
		notice = "公開しないことにしました。"
	case ippo.VisionWaiting:
		notice = "確認待ちに戻しました。"
	default:
		return errBadForm
	}
	if err := p.Store.DecideVision(c.Request.Context(), p.me(c).ID, id, version, next); err != nil {
		return err
	}
	back := url.Values{}
	if from := c.PostForm("from"); from != "" {
		back.Set("state", from)
	}
	if next != ippo.VisionWaiting {
		back.Set("done", fmt.Sprint(id))
	}
	return p.redirect(c, notice, href("visions?%s", back.Encode()))
}

type keywordPage struct {
	frame
	*keyword.Keywords
	Words []keyword.Word
	More  int // words that are not in the table
	Stop  []string
	Word  string // that could not be left out, as it was sent
	Mark  int    // of what is shown: another picture has another address
}

// maxKeywords is how many words the table has: more than the picture, and not all that was said once.
const maxKeywords = 100

func (p *Panel) showKeywords(c *gin.Context) error { return p.keywordPage(c, "", nil) }

func (p *Panel) keywordPage(c *gin.Context, word string, found ippo.Problems) error {
	ctx := c.Request.Context()
	page := keywordPage{frame: p.frame(c), Word: word}
	page.Problems = found
	var err error
	if page.Mark, err = p.Store.VisionChanges(ctx); err != nil {
		return err
	}
	if page.Keywords, err = p.Keywords.Keywords(ctx); err != nil {
		return err
	}
	page.Words = page.Keywords.Words[:min(len(page.Keywords.Words), maxKeywords)]
	page.More = len(page.Keywords.Words) - len(page.Words)
	if page.Stop, err = p.Store.StopWords(ctx); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "keywords.html", page)
}

func (p *Panel) addStopWord(c *gin.Context) error {
	word := formText(c, "word")
	found, err := mend(p.Store.AddStopWord(c.Request.Context(), p.me(c).ID, word), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.keywordPage(c, word, found)
	}
	return p.redirect(c, "「"+word+"」を数えないことにしました。", href("keywords"))
}

func (p *Panel) removeStopWord(c *gin.Context) error {
	word := formText(c, "word")
	if err := p.Store.RemoveStopWord(c.Request.Context(), p.me(c).ID, word); err != nil {
		return err
	}
	return p.redirect(c, "「"+word+"」をまた数えます。", href("keywords"))
}

func (p *Panel) keywordSVG(c *gin.Context) error {
	k, err := p.Keywords.Keywords(c.Request.Context())
	if err != nil {
		return err
	}
	p.download(c, "svg")
	c.Data(http.StatusOK, "image/svg+xml", k.Cloud.SVG(p.frame(c).Settings.Labels.Vision))
	return nil
}

func (p *Panel) keywordPNG(c *gin.Context) error {
	k, err := p.Keywords.Keywords(c.Request.Context())
	if err != nil {
		return err
	}
	png, err := k.PNG()
	if err != nil {
		return err
	}
	p.download(c, "png")
	c.Data(http.StatusOK, "image/png", png)
	return nil
}

// download names the file, for who asks for one and not for the picture within the page.
func (p *Panel) download(c *gin.Context, kind string) {
	if c.Query("save") != "" {
		c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="visions-%s.%s"`, p.Now().In(ippo.Tokyo).Format("20060102"), kind))
	}
}
