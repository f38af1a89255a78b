package democity

import (
	"context"
	"time"

	"ippo"
	"ippo/store"
)

// consulted is a consultation, begun days ago.
type consulted struct {
	days   int
	way    ippo.ConsultationWay
	kind   ippo.ConsultationKind
	caller ippo.Caller
	said   []string // by turns: the resident, the staff …
	note   string
	done   bool
}

var consultations = []consulted{
	{40, ippo.ByVisitingDay, ippo.ConsultPlace, ippo.Caller{Name: "坂本 とめ", Place: "花房公民館"}, []string{
		"ひとり暮らしになって、話す相手がいない。近くで集まれるところはないか。",
		"木曜のお茶の会を案内した。はじめの日は民生委員が一緒に行く。",
	}, "", true},
	{26, ippo.ByRoom, ippo.ConsultSubsidy, ippo.Caller{}, []string{
		"活動を始めて2年目の団体です。印刷代に使える補助金はありますか。",
		"「はじめの一歩補助金」が使えます。締め切りは毎月末です。書き方は窓口で一緒に見られます。",
		"ありがとうございます。来週うかがいます。",
		"お待ちしています。会計の帳簿をお持ちください。",
	}, "帳簿がまだの様子。書き方の見本を渡す。", true},
	{12, ippo.ByPhone, ippo.ConsultOperation, ippo.Caller{Name: "町田 みどり", Contact: "0000-00-0401"}, []string{
		"会計の引き受け手がいない。ほかの団体はどうしているか。",
		"二人で分ける団体の例を伝えた。運営講座の日程を送る約束。",
	}, "講座は来月の第2土曜。", false},
	{5, ippo.ByRoom, ippo.ConsultStart, ippo.Caller{}, []string{
		"定年を迎えたので、子どもに将棋を教える会を始めたいです。何から手をつければよいでしょうか。",
		"すてきですね。まず、みなと小学校の放課後の会を見学してみませんか。担当の方をご紹介できます。",
	}, "", false},
	{2, ippo.ByRoom, ippo.ConsultJoin, ippo.Caller{}, []string{
		"8か月の子どもがいます。抱っこのままでも行ける集まりはありますか。",
		"火曜と金曜の親子ひろばは、そのままどうぞ。入口に段差はありません。",
		"雨の日も開いていますか。",
	}, "", false},
	{1, ippo.ByRoom, ippo.ConsultBusiness, ippo.Caller{}, []string{
		"市内で小さな会社をしています。社員で海岸の掃除を手伝いたいのですが、10人ほどでも大丈夫ですか。",
	}, "", false},
	{0, ippo.ByRoom, "", ippo.Caller{}, []string{
		"夫が仕事をやめてから家にこもりがちです。どこか誘えるところはないでしょうか。",
	}, "", false},
}

var cannedAnswers = []ippo.CannedAnswer{
	{Title: "はじめのお礼", Text: "ご相談ありがとうございます。読ませていただきました。"},
	{Title: "窓口で一緒に", Text: "よろしければ、窓口で一緒に考えましょう。ご都合のよい日と時間を、いくつか教えてください。"},
	{Title: "終わりのあいさつ", Text: "またいつでもご相談ください。新しいことは、同じ画面に書いていただければ届きます。"},
}

// consultations are written and answered on their days; the latest wait.
func (f *filling) consultations(ctx context.Context) error {
	for _, a := range cannedAnswers {
		if _, err := f.CreateCannedAnswer(ctx, f.editor, a); err != nil {
			return err
		}
	}
	for i, one := range consultations {
		f.at(f.c.ago(one.days, 10))
		consult := f.enteredConsultation
		if one.way == ippo.ByRoom {
			consult = f.roomConsultation
		}
		id, err := consult(ctx, f.followers[f.reachable(len(cast)+100+i*6)], one)
		if err != nil {
			return err
		}
		if one.note != "" {
			if err := f.NoteConsultation(ctx, f.editor, id, one.note); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *filling) enteredConsultation(ctx context.Context, _ ippo.FollowerID, one consulted) (ippo.ConsultationID, error) {
	c := ippo.Consultation{Way: one.way, Kind: one.kind, Caller: one.caller, State: ippo.ConsultationWorking, MadeAt: f.now()}
	if one.done {
		c.State = ippo.ConsultationDone
	}
	return f.EnterConsultation(ctx, f.editor, c, one.said[0], one.said[1])
}

func (f *filling) roomConsultation(ctx context.Context, who ippo.FollowerID, one consulted) (ippo.ConsultationID, error) {
	var c ippo.Consultation
	for i, text := range one.said {
		err := f.Write(ctx, func(t *store.Tx) error {
			if i%2 == 0 {
				return t.WriteConsultation(ctx, who, one.kind, text, "受け取りました。職員が読んで、この画面でお返事します。")
			}
			done := one.done && i == len(one.said)-1
			_, _, err := t.AnswerConsultation(ctx, f.editor, store.Reply{To: c.ID, Version: c.Version, Text: text, Done: done})
			return err
		})
		if err != nil {
			return 0, err
		}
		if c, err = f.LatestConsultation(ctx, who); err != nil {
			return 0, err
		}
		if i%2 == 1 {
			if err := f.SawAnswers(ctx, c.ID); err != nil {
				return 0, err
			}
		}
		if i < len(one.said)-1 {
			f.at(f.now().Add(3 * time.Hour))
		}
	}
	return c.ID, nil
}
