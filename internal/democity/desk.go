package democity

import (
	"context"

	"ippo"
	"ippo/store"
)

// asked is a request at the desk, made days ago.
type asked struct {
	days  int
	kind  ippo.DeskRequestKind
	group string // slug
	body  string
	state ippo.DeskRequestState
	note  string
}

var requests = []asked{
	{24, ippo.RequestNewcomer, "", "地域：中央\n興味：子育て、国際交流\n都合のよいとき：平日の午前\n子どもと一緒：はい\n連絡先：0000-00-0301", ippo.RequestDone, "おひさま親子ひろばを一緒に見学。次の週から通っているとのこと。"},
	{21, ippo.RequestVisit, "chorus", "連絡先：0000-00-0302\n楽譜は読めませんが、歌うのが好きです。", ippo.RequestDone, "金曜の練習に同席。入会された。"},
	{17, ippo.RequestCallback, "", "連絡先：0000-00-0303", ippo.RequestDone, "補助金の相談。窓口の予約を取った。"},
	{14, ippo.RequestVisit, "nihongo", "連絡先：0000-00-0304\n日曜の会を見てみたいです。子どもが二人います。", ippo.RequestDone, "日曜の会を案内。お子さんも参加。"},
	{11, ippo.RequestNewcomer, "", "地域：みなと浜\n興味：環境・自然、移住・しごと\n都合のよいとき：土日\n子どもと一緒：いいえ\n連絡先：0000-00-0305", ippo.RequestWorking, "はまべクリーンと、はたらく仲間の代表に連絡済み。返事待ち。"},
	{8, ippo.RequestDanger, "", "「もう消えたい」という書き込みがありました。相談先の電話番号をすぐにお返ししています。", ippo.RequestDone, "すぐに電話で話した。健康課の担当と一緒に、週に一度の見守りを続ける。"},
	{5, ippo.RequestVisit, "akiya", "連絡先：0000-00-0306\n大工仕事は初めてですが、手伝えますか。", ippo.RequestWorking, "次の第2土曜に待ち合わせの予定。"},
	{3, ippo.RequestCallback, "", "連絡先：0000-00-0307\n午後3時以降にお願いします。", ippo.RequestNew, ""},
	{1, ippo.RequestVisit, "ohisama", "連絡先：0000-00-0308\n9か月の子どもと行きたいです。", ippo.RequestNew, ""},
	{0, ippo.RequestNewcomer, "", "地域：花房\n興味：健康・スポーツ、文化・芸術\n都合のよいとき：平日の夜\n子どもと一緒：いいえ\n連絡先：0000-00-0309", ippo.RequestNew, ""},
}

// requests reach the desk on their day, and staff have dealt with most of them.
func (f *filling) requests(ctx context.Context) error {
	for i, a := range requests {
		f.at(f.c.ago(a.days, 14))
		r := ippo.DeskRequest{Kind: a.kind, Body: a.body, Follower: f.followers[f.reachable(len(cast)+150+i*5)]}
		if a.group != "" {
			g, err := f.ActivityGroupBySlug(ctx, a.group)
			if err != nil {
				return err
			}
			r.Group = g.ID
		}
		err := f.Write(ctx, func(t *store.Tx) (err error) {
			r.ID, err = t.AddDeskRequest(ctx, r, "")
			return err
		})
		if err != nil {
			return err
		}
		if a.state == ippo.RequestNew {
			continue
		}
		if err := f.UpdateDeskRequest(ctx, f.editor, r.ID, a.state, a.note); err != nil {
			return err
		}
	}
	return nil
}
