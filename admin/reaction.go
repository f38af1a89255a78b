package admin

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

// reaction is what a broadcast has come to, as its page shows it.
type reaction struct {
	ippo.Reaction
	Due    time.Time // when it is counted; the zero Reaction before that
	Tables []reactionTable
}

// reactionTable is a reaction by topic or by area.
type reactionTable struct {
	Title, First string
	Rows         []ippo.ReactionRow
}

// FewWords stands where the numbers of few people would.
func (reaction) FewWords() string { return ippo.FewWords }

// reaction returns nil for what reached nobody by itself.
func (p *Panel) reaction(ctx context.Context, b *ippo.Broadcast) (*reaction, error) {
	if b.StartedAt.IsZero() || b.FinishedAt.IsZero() {
		return nil, nil
	}
	o := reaction{Due: b.FinishedAt.Add(ippo.ReactionAfter)}
	var err error
	if o.Reaction, err = p.Store.Reaction(ctx, b.ID); err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return nil, err
	}
	o.Tables = []reactionTable{{"分野ごと", "選んだ分野", o.Topics}, {"地域ごと", "選んだ地域", o.Areas}}
	return &o, nil
}

// broadcastResults saves what the page of a finished broadcast says of its results, and no more.
func (p *Panel) broadcastResults(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	page, err := p.describe(c, b)
	if err != nil {
		return err
	}
	w, err := beginCSV(c, fmt.Sprintf("broadcast-%d-results.csv", b.ID), "項目", "内訳", "人数", "ブロック", "押された回数")
	if err != nil {
		return nil
	}
	for _, row := range resultsOf(page) {
		if err := w.Row(row[:]...); err != nil {
			return nil
		}
	}
	w.Flush()
	return nil
}

func resultsOf(page broadcastPage) (rows [][5]string) {
	add := func(row ...string) {
		var whole [5]string
		copy(whole[:], row)
		rows = append(rows, whole)
	}
	told := func(n *int64) string {
		if n == nil {
			return ippo.FewWords
		}
		return strconv.FormatInt(*n, 10)
	}
	add("配信", page.Title)
	add("送信の始まり", minuteOf(page.StartedAt))
	add("終わり", minuteOf(page.FinishedAt))
	tally := page.Progress.Tally
	add("対象", "", strconv.Itoa(tally.Recipients))
	for _, state := range []struct {
		state ippo.DeliveryState
		n     int
	}{{ippo.DeliveryAccepted, tally.Accepted}, {ippo.DeliveryPending, tally.Pending}, {ippo.DeliveryFailed, tally.Failed}, {ippo.DeliverySkipped, tally.Skipped}, {ippo.DeliveryUnknown, tally.Unknown}} {
		add(state.state.Words(), "", strconv.Itoa(state.n))
	}
	for _, r := range page.Progress.Reasons {
		add("送られなかった理由", r.State.Words()+": "+r.Reason, strconv.Itoa(r.Count))
	}
	if page.Readers.Told() {
		add("開いた人", "", told(page.Readers.Opened))
		if len(page.Readers.Rows) > 0 {
			add("リンクを押した人", "", told(page.Readers.Clicked))
		}
	}
	for _, l := range page.Readers.Rows {
		people, taps := "", ""
		if page.Readers.Told() {
			people = told(l.People)
		}
		if page.Readers.Counted {
			taps = strconv.Itoa(l.Taps)
		}
		add("リンク", l.URL, people, "", taps)
	}
	if page.Reaction == nil || page.Reaction.CountedAt.IsZero() {
		return rows
	}
	o := page.Reaction
	number := func(few bool, n int) string {
		if few {
			return ippo.FewWords
		}
		return strconv.Itoa(n)
	}
	add("48時間のブロック", "", strconv.Itoa(o.People), number(o.Few, o.Blocked))
	for _, t := range o.Tables {
		for _, r := range t.Rows {
			add(t.Title, r.Name, number(r.Few, r.People), number(r.Few, r.Blocked))
		}
	}
	return rows
}

func minuteOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(ippo.Tokyo).Format("2006-01-02 15:04")
}
