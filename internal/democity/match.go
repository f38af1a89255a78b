package democity

import (
	"context"
	"fmt"
	"time"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// walked is a newcomer who was told of a group, and how far it has come.
type walked struct {
	asked   int // days ago
	group   string
	why     string
	request ippo.VisitRequest
	consent bool
	handed  string            // "" not yet
	answer  ippo.GroupAnswer  // "" none yet
	visit   int               // days after the asking
	then    []ippo.MatchState // after the visit, a week later each
	said    map[string]string // what was tapped, by question
}

var walks = []walked{
	{70, "ijusha", "金曜の夜・市内のどこからでも・一人での参加歓迎", ippo.VisitRequest{Name: "転入 あきら", Contact: "0000-00-0311", Text: "一人でも大丈夫ですか。"}, true, store.WayMail, ippo.AnswerWelcome, 6,
		[]ippo.MatchState{ippo.MatchVisited, ippo.MatchJoined}, map[string]string{"visit": "again"}},
	{60, "ohisama", "火曜・金曜の午前・親子歓迎・子育て", ippo.VisitRequest{Name: "春野 さくら", Contact: "0000-00-0312", Text: "8か月の子どもがいます。"}, true, store.WayMail, ippo.AnswerWelcome, 5,
		[]ippo.MatchState{ippo.MatchJoined}, map[string]string{"visit": "joined"}},
	{45, "chorus", "金曜の夜・文化・芸術", ippo.VisitRequest{Name: "歌川 りく", Contact: "riku@example.jp"}, true, store.WayMail, ippo.AnswerWelcome, 10,
		[]ippo.MatchState{ippo.MatchUnfit}, map[string]string{"visit": "unfit"}},
	{30, "telework", "水曜の午前・移住・しごと", ippo.VisitRequest{Name: "在宅 まこと", Contact: "0000-00-0313"}, true, store.WayMail, ippo.AnswerClosed, 0, nil, nil},
	{6, "nihongo", "日曜の午前・国際交流・やさしい日本語", ippo.VisitRequest{Name: "Nguyen Anh", Contact: "0000-00-0314", Text: "子どもも 行きたいです。"}, true, store.WayMail, ippo.AnswerWelcome, 9, nil, nil},
	{7, "kodomo-shokudo", "木曜の夜・子ども無料", ippo.VisitRequest{Name: "夕暮 みのる", Contact: "0000-00-0315", Text: "配膳を手伝えます。"}, true, store.WayPhone, "", 0, nil, nil},
	{2, "radio", "火曜の夜・オンライン参加", ippo.VisitRequest{Name: "音羽 けい", Contact: "kei@example.jp", Text: "録音を見学できますか。"}, true, "", "", 0, nil, nil},
	{1, "boccia", "土曜の午後・車いすで参加できる", ippo.VisitRequest{Name: "丸田 ひろ", Contact: "0000-00-0316"}, false, "", "", 0, nil, nil},
	{0, "satoyama-mori", "土曜・環境・自然", ippo.VisitRequest{}, false, "", "", 0, nil, nil}, // told of it, and no more
}

// matches are walked through their days.
func (f *filling) matches(ctx context.Context) error {
	for i, w := range walks {
		if err := f.walk(ctx, i, w); err != nil {
			return fmt.Errorf("%s: %w", w.group, err)
		}
	}
	f.at(f.c.now)
	if _, _, err := f.TellLate(ctx); err != nil {
		return err
	}
	return f.followUps(ctx)
}

// followUps are put as they become due, and LINE has taken them.
func (f *filling) followUps(ctx context.Context) error {
	due, _, err := f.DueFollowUps(ctx, f.now(), store.DueFollowUp{}, 100)
	if err != nil {
		return err
	}
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	notices := make([]ippo.Notice, len(due))
	for i, d := range due {
		notices[i] = ippo.Notice{
			Follower: d.Follower, Kind: ippo.NoticeFollowUp, Key: fmt.Sprintf("%s%s:%d", store.FollowUpKey(d.Match), d.Kind, d.Due.Unix()),
			Messages: []ippo.Message{messages.FollowUp(texts.In(d.Language), d.Kind, d.Match, d.Group)},
		}
	}
	if _, err := f.PutFollowUps(ctx, due, notices); err != nil {
		return err
	}
	planned, err := f.DueNotices(ctx, f.now(), 100)
	if err != nil {
		return err
	}
	for i := range planned {
		n := &planned[i]
		_, err := f.DecideNotices(ctx, []store.NoticeDecision{{Notice: &n.Notice, Sum: n.Content, State: ippo.DeliveryPending, Next: f.now().Add(time.Hour)}})
		if err == nil {
			err = f.EndNotice(ctx, n.ID, store.Outcome{State: ippo.DeliveryAccepted, RequestID: n.RetryKey})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *filling) walk(ctx context.Context, i int, w walked) error {
	g, err := f.ActivityGroupBySlug(ctx, w.group)
	if err != nil {
		return err
	}
	who := f.followers[f.reachable(len(cast)+220+i*7)]
	f.at(f.c.ago(w.asked, 11))
	var id ippo.MatchID
	err = f.Write(ctx, func(t *store.Tx) error {
		if id, err = t.SuggestMatch(ctx, who, g.ID, w.why, ippo.WishLike(g)); err != nil || w.request.Name == "" {
			return err
		}
		if _, err := t.WishMatch(ctx, who, g.ID, ippo.WishLike(g)); err != nil {
			return err
		}
		var consent ippo.Consent
		if w.consent {
			consent = ippo.Consent{
				Group: g.Name, Items: ippo.ConsentItems, At: t.Now(),
				Words: "「" + g.Name + "」に、見学の案内のため、お名前・連絡先・聞きたいことを伝えることに同意します。",
			}
		}
		if err := t.WantDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestVisit, Follower: who, Group: g.ID}); err != nil {
			return err
		}
		return t.AskMatch(ctx, id, ippo.ByNewcomer, 0, w.request, consent)
	})
	if err != nil || w.handed == "" {
		return err
	}
	f.at(f.now().Add(3 * time.Hour))
	err = f.Write(ctx, func(t *store.Tx) error {
		_, err := t.HandMatch(ctx, f.editor, id, w.handed)
		return err
	})
	if err != nil || w.answer == "" {
		return err
	}
	asked := f.now()
	f.at(asked.Add(20 * time.Hour))
	err = f.Write(ctx, func(t *store.Tx) error {
		_, err := t.AnswerMatch(ctx, id, ippo.ByGroup, 0, w.answer, ippo.Day(asked.AddDate(0, 0, w.visit)), "")
		return err
	})
	if err != nil {
		return err
	}
	for n, state := range w.then {
		f.at(ippo.Day(asked.AddDate(0, 0, w.visit+7*(n+1))).Add(18 * time.Hour))
		if err := f.followUps(ctx); err != nil {
			return err
		}
		err := f.Write(ctx, func(t *store.Tx) error {
			if said := w.said["visit"]; said != "" && n == 0 {
				_, err := t.AnswerFollowUp(ctx, who, id, ippo.FollowUpVisit, said)
				return err
			}
			_, err := t.MoveMatch(ctx, id, ippo.ByStaff, f.editor, state, "団体の代表から電話で聞いた。")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
