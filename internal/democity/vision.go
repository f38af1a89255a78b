package democity

import (
	"context"

	"ippo"
	"ippo/store"
)

// written are visions that came with sign-ups on paper, at a fair.
var written = []struct{ name, kana, vision string }{
	{"柏木 まこと", "かしわぎ まこと", "子ども食堂が歩いて行けるところにあって、お年寄りも一緒に食べられるまち。"},
	{"汐見 あおい", "しおみ あおい", "海がきれいで、夕日を見ながら友だちと話せるまち。お祭りも続けたい。"},
	{"橘 ふみ", "たちばな ふみ", "車いすでもバスに乗れて、図書館や商店街に一人で出かけられるまち。"},
	{"鳴海 そう", "なるみ そう", "防災訓練にみんなが来るまち。助け合いができれば、災害も怖くない。"},
	{"小鳥遊 はな", "たかなし はな", "お祭りの日に、外国の友だちと笑顔で踊れるまち。"},
	{"久遠 たくみ", "くおん たくみ", "農業が若者の仕事になって、田んぼの景色と子どもの笑顔が残るまち。"},
	{"楠 さやか", "くすのき さやか", "子育てを家族だけで抱えず、ボランティアや友だちに頼れるまち。"},
	{"四季 ゆたか", "しき ゆたか", "花と音楽のある公園で、子どももお年寄りものんびりできるまち。"},
	{"真砂 りお", "まさご りお", "子ども食堂と図書館がとなり同士にあって、宿題も晩ごはんもできる居場所。"},
}

// visions adds what was written on paper, and lets some be shown with their writers' names.
func (f *filling) visions(ctx context.Context) error {
	for i, w := range written {
		var a ippo.Ambassador
		err := f.Write(ctx, func(t *store.Tx) (err error) {
			a, err = t.ApplyAmbassador(ctx, ippo.Ambassador{
				Name: w.name, Kana: w.kana, Contact: "paper@mirai.example.jp", AgeBand: ippo.AgeBands[2+i%6].Band, Vision: w.vision,
			})
			return err
		})
		if err != nil {
			return err
		}
		if err := f.showVision(ctx, a.ID); err != nil {
			return err
		}
	}
	shown, _, err := f.VisionPage(ctx, store.VisionFilter{State: ippo.VisionShown}, store.Page{Limit: 1000})
	if err != nil {
		return err
	}
	for _, v := range shown.Items {
		a, err := f.Ambassador(ctx, v.Ambassador)
		if err != nil {
			return err
		}
		if v.Ambassador%3 != 0 || a.Follower == 0 || a.AgeBand.NeedsGuardian() {
			continue
		}
		if err := f.Write(ctx, func(t *store.Tx) error { return t.WriteVision(ctx, a.Follower, v.Text, true) }); err != nil {
			return err
		}
		if err := f.showVision(ctx, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// showVision approves a vision as it stands.
func (f *filling) showVision(ctx context.Context, id ippo.AmbassadorID) error {
	v, err := f.Vision(ctx, id)
	if err != nil {
		return err
	}
	return f.DecideVision(ctx, f.approver, id, v.Version, ippo.VisionShown)
}
