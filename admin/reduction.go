package admin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
)

// reductionPage says how often residents wanted less, and of what: what to write more rarely.
type reductionPage struct {
	frame
	ippo.Reductions
	Rows []reductionRow
}

type reductionRow struct {
	Name string
	ippo.TopicReductions
}

// reductionDays is how far back the page looks: long enough for a topic that is written about once a month.
const reductionDays = 90

func (p *Panel) reductionList(c *gin.Context) error {
	ctx := c.Request.Context()
	page := reductionPage{frame: p.frame(c)}
	var err error
	if page.Reductions, err = p.Store.Reductions(ctx, ippo.Day(p.Now()).AddDate(0, 0, -reductionDays)); err != nil {
		return err
	}
	topics, err := p.Store.Topics(ctx)
	if err != nil {
		return err
	}
	named := make(map[string]string, len(topics))
	for _, t := range topics {
		named[t.Slug] = t.Name
	}
	for _, r := range page.Topics {
		name := named[r.Topic]
		if name == "" {
			name = r.Topic + "（削除された分野）"
		}
		page.Rows = append(page.Rows, reductionRow{name, r})
	}
	return p.render(c, http.StatusOK, "reduction_list.html", page)
}
