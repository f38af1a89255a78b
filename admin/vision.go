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
	"ippo/store"
)

type visionList struct {
	frame
	pager
	Query  string
	CSV    string // the address of the same as a file
	List   string // what the list is narrowed to, for the way back
	State  string
	States []option
	Orders []option
	Items  []ippo.Vision
	Total  int
	Done   *ippo.Vision // on which somebody has just decided, to be taken back; nil: on none
}

// visionFilter reads what the list is narrowed to: what waits for staff, unless the address says otherwise.
func visionFilter(c *gin.Context) store.VisionFilter {
	filter := store.VisionFilter{State: ippo.VisionWaiting, Query: query(c)}
	for _, s := range ippo.VisionStates {
		if string(s) == c.Query("state") {
			filter.State = s
		}
	}
	return filter
}

// visionSorting: whoever has waited longest for staff first, and otherwise the latest.
func visionSorting(c *gin.Context) sorting {
	if visionFilter(c).State == ippo.VisionWaiting {
		return sortingOf(c, "written")
	}
	return sortingOf(c, "-written")
}

// visionList shows what waits for staff, or what they have decided on.
func (p *Panel) visionList(c *gin.Context) error {
	ctx, filter, s := c.Request.Context(), visionFilter(c), visionSorting(c)
	part, total, err := p.Store.VisionPage(ctx, filter, pageAsked(c, s))
	if err != nil {
		return err
	}
	page := visionList{
		frame: p.frame(c), pager: keysetPager(c, part.Earlier, part.Later), Query: filter.Query, CSV: fileAt(c.Request.URL.Path, withoutDone(c.Request.URL.Query())), State: string(filter.State), List: withoutDone(c.Request.URL.Query()).Encode(),
		States: statuses(ippo.VisionStates, filter.State), Items: part.Items, Total: total,
		Orders: []option{{"written", "書かれたのが早い順", !s.Desc}, {"-written", "書かれたのが新しい順", s.Desc}},
	}
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

// visionCSV saves the list as it is narrowed and sorted. It holds personal data, so it is in the audit log.
func (p *Panel) visionCSV(c *gin.Context) error {
	return saveParts(p, c, listFile{
		kind: "vision", name: "visions", unit: "件",
		columns: []string{"番号", "氏名", "ビジョン", "状態", "名前も出す", "書かれた日時", "確認した日時"},
	}, visionSorting(c), func(at store.Page) (store.Part[ippo.Vision], int, error) {
		return p.Store.VisionPage(c.Request.Context(), visionFilter(c), at)
	}, func(v ippo.Vision) []string {
		return []string{strconv.FormatInt(int64(v.Ambassador), 10), v.Name, v.Text, v.State.Words(), yesCell(!v.NamedAt.IsZero()), shortTime(v.WrittenAt), shortTime(v.DecidedAt)}
	})
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
	list, err := url.ParseQuery(c.PostForm("list"))
	if err != nil {
		return errBadForm
	}
	back := withoutDone(list)
	if next != ippo.VisionWaiting {
		back.Set("done", fmt.Sprint(id))
	}
	return p.redirect(c, notice, (&url.URL{Path: href("visions"), RawQuery: back.Encode()}).String())
}

// withoutDone is the list's address without the vision that was decided on last.
func withoutDone(list url.Values) url.Values {
	list.Del("done")
	return list
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
