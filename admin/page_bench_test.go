package admin

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"ippo"
	"ippo/store"
)

// BenchmarkPage300k draws every page of the panel, and the lists as people narrow and leaf them, of a city of 300,000
// followers and 5,000 groups, as an administrator's browser asks for them, and what a member of a team sees most;
// beside the mean it tells how long the slowest page in twenty took. The city is made once for all of them.
//
// Files that hold a whole list are streams and as long as that list; they are left out.
func BenchmarkPage300k(b *testing.B) {
	o := open(b)
	addresses := slices.Collect(maps.Keys(o.everyPage()))
	for address := range besidePages {
		if !strings.HasSuffix(address, ".csv") {
			addresses = append(addresses, strings.NewReplacer(":id", "1", ":slug", "shimin-ka").Replace(address))
		}
	}
	everyone := o.city(300_000, 5_000)
	addresses = append(addresses,
		"/followers?before=150000", "/followers?status=blocked", "/followers?topic=topic-3&area=area-2", "/followers?entry=entry-1", "/followers?tag=tag-1",
		"/groups?after=0.2500.しみんかつどうだんたい3248", "/groups?q=団体4321", "/news?q=記事29", "/events?q=催し19", "/consultations?state=all", "/consultations?q=集まる", "/visions?q=歩く", "/visions?state=shown",
		"/broadcasts?q=下書き19", "/broadcasts?sort=-sent", "/campaigns?q=作戦19", "/campaigns?sort=-called", "/entries?q=ちらし19", "/entries?sort=-joined", "/requests?q=団体4321", "/requests?state=all&sort=made",
		href("broadcasts/%d", everyone)[len("/admin"):], href("broadcasts/%d/progress", everyone)[len("/admin"):],
	)
	slices.Sort(addresses)
	if err := o.panel.FAQ.Prepare(b.Context()); err != nil { // as the bot does beside the panel
		b.Fatal(err)
	}
	team, err := o.store.CreateTeam(b.Context(), o.staff[ippo.Administrator].ID, ippo.Team{Name: "分野3のチーム", Topics: ippo.ChoiceOf(3)})
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, reader *person, address string) {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				reader.get("/admin" + address).want(http.StatusOK)
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[(len(took)*19+19)/20-1].Microseconds())/1000, "p95-ms")
		})
	}
	admin, member := o.as(ippo.Administrator), o.member(ippo.Editor, team.ID)
	for _, address := range addresses {
		run(address, admin, address)
	}
	for _, address := range []string{"/", "/broadcasts", "/calendar", "/campaigns", "/requests", "/matches"} {
		run("team"+address, member, address)
	}
}

// city fills the office with followers of the last three years who chose this and that, and with groups, news,
// events, ambassadors, visions, consultations, matches and broadcasts in proportion; some broadcasts are due, and one, which it returns,
// has gone to everyone.
func (o *office) city(followers, groups int) ippo.BroadcastID {
	o.t.Helper()
	ctx, by := o.t.Context(), o.staff[ippo.Editor].ID
	must := func(err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatal(err)
		}
	}
	for i := range 10 {
		_, err := o.store.CreateTopic(ctx, by, ippo.Topic{Slug: fmt.Sprint("topic-", i), Name: fmt.Sprint("分野", i)})
		must(err)
		_, err = o.store.CreateArea(ctx, by, ippo.Area{Slug: fmt.Sprint("area-", i), Name: fmt.Sprint("地域", i)})
		must(err)
		_, err = o.store.CreateTag(ctx, by, ippo.Tag{Slug: fmt.Sprint("tag-", i), Name: fmt.Sprint("タグ", i)})
		must(err)
		_, err = o.store.CreateEntry(ctx, by, ippo.Entry{Slug: fmt.Sprint("entry-", i), Name: fmt.Sprint("経路", i), Newcomer: i < 3})
		must(err)
	}
	// One to three of the topics, one or two of the areas, any entry, and a language that is mostly Japanese: what somebody
	// chooses of one says nothing of the others.
	chance := rand.New(rand.NewPCG(1, 2))
	choice := func(most int) (c ippo.Choice) {
		for range 1 + chance.IntN(most) {
			c |= ippo.ChoiceOf(chance.IntN(10))
		}
		return c
	}
	languages := slices.Concat(slices.Repeat([]ippo.Language{ippo.Japanese}, 17), ippo.Languages)
	for part := range slices.Chunk(slices.Collect(func(yield func(store.FollowerRow) bool) {
		for i := range followers {
			row := store.FollowerRow{
				LineUserID: fmt.Sprintf("U%032x", i), DisplayName: fmt.Sprint("友だち", i), Topics: choice(3), Areas: choice(2), Language: languages[chance.IntN(len(languages))],
				Digest: i%7 == 0, Stopped: i%31 == 0, Entry: 1 + chance.Int64N(10), FollowedAt: opening.Add(-time.Duration(followers-i) * 5 * time.Minute),
			}
			if i%20 == 0 {
				row.Status = ippo.FollowerBlocked
			}
			if i%50 == 0 {
				row.Tags = []int64{int64(1 + i/50%10)}
			}
			if !yield(row) {
				return
			}
		}
	}), 5000) {
		_, err := o.store.ImportFollowers(ctx, part)
		must(err)
	}
	// A few hands at once share commits.
	atOnce := func(n int, do func(i int) error) {
		o.t.Helper()
		var hands errgroup.Group
		hands.SetLimit(16)
		for i := range n {
			hands.Go(func() error { return do(i) })
		}
		must(hands.Wait())
	}
	inTurn := func(n int, do func(t *store.Tx, i int) error) {
		o.t.Helper()
		must(o.store.Write(ctx, func(t *store.Tx) error {
			for i := range n {
				if err := do(t, i); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	some := groups * 2 / 5
	who := func(i int) ippo.FollowerID { return ippo.FollowerID(2 + i*(followers/some)) }
	atOnce(groups, func(i int) error {
		_, err := o.store.CreateActivityGroup(ctx, by, ippo.ActivityGroup{
			Slug: fmt.Sprint("group-", i), Name: fmt.Sprint("市民活動団体", i), Kana: fmt.Sprint("しみんかつどうだんたい", i), Summary: "里山の手入れをしています", Body: "毎週日曜の朝に集まります。",
			Place: "市民センター", Topics: ippo.ChoiceOf(i % 10), Areas: ippo.ChoiceOf(i / 10 % 10), Receiving: true, Hidden: i%9 == 0, Host: ippo.Host{Person: "山田", Phone: "000-1111-2222"},
		})
		return err
	})
	// Each came out at its time: what came out since the last digest is in the next.
	now := o.store.Now
	for i := range groups * 3 / 5 {
		at := opening.Add(-time.Duration(i) * 3 * time.Hour)
		o.store.Now = func() time.Time { return at }
		_, err := o.store.CreateNews(ctx, by, ippo.News{
			Slug: fmt.Sprint("news-", i), Kind: ippo.NewsPlain, Title: fmt.Sprint("記事", i), Summary: "概要", Body: "本文", Status: ippo.ContentPublished, PublishAt: at,
		})
		must(err)
	}
	o.store.Now = now
	atOnce(some, func(i int) error {
		starts := opening.Add(time.Duration(20-i) * 12 * time.Hour)
		_, err := o.store.CreateEvent(ctx, by, ippo.Event{
			Slug: fmt.Sprint("event-", i), Title: fmt.Sprint("催し", i), Summary: "概要", StartsAt: starts, EndsAt: starts.Add(2 * time.Hour), Place: "市民センター", Status: ippo.ContentPublished,
		})
		return err
	})
	inTurn(some, func(t *store.Tx, i int) error {
		_, err := t.ApplyAmbassador(ctx, ippo.Ambassador{
			Follower: who(i), Name: fmt.Sprint("声かけ", i), Kana: "こえかけ", Contact: fmt.Sprintf("000-1111-%04d", i), AgeBand: "30s", Vision: "みんなで歩くまち",
			Actions: []string{"callout"}, ConsentedAt: opening,
		})
		return err
	})
	inTurn(some, func(t *store.Tx, i int) error {
		return t.WriteConsultation(ctx, who(i), ippo.ConsultPlace, "集まる場所をさがしています。", "受け取りました。")
	})
	inTurn(some, func(t *store.Tx, i int) error {
		f, g := who(i), ippo.ActivityGroupID(1+i)
		id, err := t.SuggestMatch(ctx, f, g, "日曜の午前・栄地区", ippo.Wish{})
		if err != nil {
			return err
		}
		if _, err := t.WishMatch(ctx, f, g, ippo.Wish{}); err != nil {
			return err
		}
		if err := t.WantDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestVisit, Follower: f, Group: g}); err != nil {
			return err
		}
		return t.AskMatch(ctx, id, ippo.ByNewcomer, 0, ippo.VisitRequest{Name: "川口 花", Contact: "000-1111-2222", Text: "車で行けますか"}, ippo.Consent{})
	})
	few := min(some, 200)
	atOnce(few, func(i int) error {
		campaign := o.campaign()
		campaign.Slug, campaign.Title, campaign.Aim = fmt.Sprint("campaign-", i), fmt.Sprint("作戦", i), 500
		campaign.StartsOn = opening.AddDate(0, 0, -i).Format(time.DateOnly)
		made, err := o.store.CreateCampaign(ctx, by, campaign)
		if err == nil && i < 3 {
			_, err = o.store.Activate(ctx, o.staff[ippo.Approver].ID, made.Recurring().Source, store.Approval{Hash: made.Hash()})
		}
		return err
	})
	atOnce(few, func(i int) error {
		_, err := o.store.CreateEntry(ctx, by, ippo.Entry{Slug: fmt.Sprint("leaflet-", i), Name: fmt.Sprint("ちらし", i), Hidden: i%5 == 0})
		return err
	})
	atOnce(some, func(i int) error {
		draft := o.draft(fmt.Sprint("下書き", i))
		if i%2 == 0 {
			draft.Audience = ippo.Audience{Topics: []string{fmt.Sprint("topic-", i%10)}}
		}
		return o.store.CreateBroadcast(ctx, by, draft)
	})
	for i := range 5 {
		draft := o.draft(fmt.Sprint("お知らせ", i))
		draft.Audience = ippo.Audience{Topics: []string{fmt.Sprint("topic-", i)}}
		must(o.store.CreateBroadcast(ctx, by, draft))
		must(o.store.SubmitBroadcast(ctx, by, draft.ID))
	}
	everyone := o.draft("みなさんへ")
	must(o.store.CreateBroadcast(ctx, by, everyone))
	must(o.store.ApproveBroadcast(ctx, o.staff[ippo.Approver].ID, everyone.ID, store.Approval{Hash: everyone.Hash()}))
	must(o.store.StartBroadcast(ctx, everyone.ID))
	requests, err := o.store.PendingRequests(ctx, everyone.ID, 0, followers)
	must(err)
	atOnce(len(requests), func(i int) error {
		if err := o.store.BeginRequest(ctx, &requests[i], nil, []byte("body")); err != nil {
			return err
		}
		return o.store.EndRequest(ctx, &requests[i], store.Outcome{State: ippo.DeliveryAccepted, RequestID: fmt.Sprint("request-", i)})
	})
	must(o.store.FinishBroadcast(ctx, everyone.ID))
	// Those whose language has no menu of its own were looked at, as a job does.
	for {
		due, err := o.store.DueRichMenuLinks(ctx, 10_000)
		must(err)
		if len(due) == 0 {
			return everyone.ID
		}
		must(o.store.RichMenuLinked(ctx, due, ""))
	}
}
