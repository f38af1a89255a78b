package democity

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// past is a broadcast of the last weeks.
type past struct {
	days     int // ago
	hour     int
	ahead    int // days from its approval to its time
	title    string
	text     string
	audience ippo.Audience
	page     string // of ours that it links to
}

var pasts = []past{
	{34, 10, 0, "アカウント開設のご案内", "みらい市市民協働センターのLINEを始めました。まちの活動やお知らせの中から、あなたが選んだ分野と地域のものだけをお届けします。受信設定は、いつでもメニューから変えられます。", ippo.Audience{All: true}, "/r/events"},
	{27, 11, 0, "親子ひろばの曜日が増えます", "「おひさま親子ひろば」が、来月から火曜に加えて金曜も開きます。みらい交流館1階の和室、10時から11時30分まで。お茶を用意してお待ちしています。", ippo.Audience{Topics: list{"kosodate"}, Areas: list{"chuo", "kazami"}}, ""},
	{20, 12, 0, "防災倉庫の点検を手伝ってください", "中央・風見の防災倉庫の点検を、次の日曜の朝に行います。毛布を数え、発電機を動かします。1時間ほどで終わります。軍手をお持ちください。", ippo.Audience{Topics: list{"bosai"}, Areas: list{"chuo", "kazami"}}, ""},
	{13, 15, 3, "日本語のおしゃべり相手を募集", "「にほんごひろば みらい」で、外国から来た方とゆっくり話してくださる方を探しています。資格はいりません。日曜の朝の会は、お子さんと一緒に参加できます。", ippo.Audience{Topics: list{"kokusai", "manabi"}}, ""},
	{8, 10, 0, "海岸のごみ拾い、次の日曜です", "みなと浜海水浴場で、次の日曜9時から、ごみ拾いをします。手袋と袋は用意しています。長靴か、ぬれてもよい靴でお越しください。", ippo.Audience{Topics: list{"kankyo"}, Areas: list{"minatohama", "yunagi"}}, ""},
	{1, 10, 0, "小さな一歩応援補助金の受付を始めました", "仲間三人から使える補助金です。上限5万円、材料費や会場代に使えます。書き方は窓口で一緒に考えます。くわしくは次のページをご覧ください。", ippo.Audience{All: true}, "/r/news?kind=subsidy"},
}

// text is a LINE text message.
func text(s string) ippo.Message {
	b, err := json.Marshal(struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}{"text", s})
	if err != nil {
		panic(err) // two strings
	}
	return b
}

// history tells the last weeks in the order in which they happened.
func (f *filling) history(ctx context.Context) error {
	for _, p := range pasts {
		leaves, sendAt := f.c.ago(p.days, p.hour), time.Time{}
		if p.ahead > 0 {
			sendAt = leaves
		}
		approved := leaves.AddDate(0, 0, -p.ahead)
		f.at(approved.Add(-2 * time.Hour))
		body := p.text
		if p.page != "" {
			body += "\n" + f.PublicURL + p.page
		}
		b, err := f.draft(ctx, p.title, body, p.audience, sendAt)
		if err != nil {
			return err
		}
		f.at(approved)
		if err := f.approve(ctx, b); err != nil {
			return err
		}
		if p.ahead > 0 {
			// Those who block the account meanwhile are left out, and the ledger says so.
			f.at(leaves.AddDate(0, 0, -1))
			if err := f.block(ctx); err != nil {
				return err
			}
		}
		f.at(leaves)
		if err := f.deliver(ctx, b.ID); err != nil {
			return err
		}
	}
	return nil
}

func (f *filling) draft(ctx context.Context, title, body string, to ippo.Audience, sendAt time.Time) (*ippo.Broadcast, error) {
	b := &ippo.Broadcast{Title: title, Messages: []ippo.Message{text(body)}, Counted: strings.Contains(body, "://"), Audience: to, SendAt: sendAt, OnCall: settings().OnCall, Origin: ippo.OriginPanel}
	if err := f.CreateBroadcast(ctx, f.editor, b); err != nil {
		return nil, fmt.Errorf("%s: %w", title, err)
	}
	return b, nil
}

func (f *filling) approve(ctx context.Context, b *ippo.Broadcast) error {
	if err := f.SubmitBroadcast(ctx, f.editor, b.ID); err != nil {
		return fmt.Errorf("%s: %w", b.Title, err)
	}
	if err := f.ApproveBroadcast(ctx, f.approver, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
		return fmt.Errorf("%s: %w", b.Title, err)
	}
	return nil
}

// deliver goes through the ledger of a broadcast as if LINE had accepted every request, some seconds
// later for each step.
func (f *filling) deliver(ctx context.Context, id ippo.BroadcastID) error {
	f.at(f.now().Add(2 * time.Second))
	if err := f.StartBroadcast(ctx, id); err != nil {
		return err
	}
	b, err := f.Broadcast(ctx, id)
	if err != nil {
		return err
	}
	pending, err := f.PendingRequests(ctx, id, 0, followers)
	if err != nil {
		return err
	}
	for _, r := range pending {
		to, err := f.RecipientsOf(ctx, b, &r)
		if err != nil {
			return err
		}
		if len(to.LineIDs) == 0 {
			if err := f.SkipRequest(ctx, r.ID, to.Left); err != nil {
				return err
			}
			continue
		}
		called := sha256.Sum256([]byte(r.RetryKey))
		if err := f.BeginRequest(ctx, &r, to.Left, called[:]); err != nil {
			return err
		}
		answered := store.Outcome{State: ippo.DeliveryAccepted, RequestID: "demo-" + r.RetryKey}
		if err := f.EndRequest(ctx, &r, answered); err != nil {
			return err
		}
	}
	f.at(f.now().Add(3 * time.Second))
	return f.FinishBroadcast(ctx, id)
}

// readers tells what LINE has counted of the broadcasts that went out before today: it was asked at ten this
// morning, or yesterday if it is not ten yet.
func (f *filling) readers(ctx context.Context) error {
	asked := ippo.ReadersFrom.At(f.c.now)
	if asked.After(f.c.now) {
		asked = asked.AddDate(0, 0, -1)
	}
	f.at(asked)
	sent, err := f.Broadcasts(ctx, store.BroadcastFilter{Statuses: []ippo.BroadcastStatus{ippo.BroadcastSent}})
	if err != nil {
		return err
	}
	for _, b := range sent {
		if !b.FinishedAt.Before(ippo.Day(asked)) {
			continue
		}
		tally, err := f.Tally(ctx, b.ID)
		if err != nil {
			return err
		}
		days := min(int(asked.Sub(ippo.Day(b.StartedAt))/(24*time.Hour)), 14)
		opened := int64(tally.Accepted * (42 + 2*days) / 100)
		told := ippo.Readers{Opened: shown(opened)}
		for _, l := range b.Links {
			told.Clicked = shown(opened / 4)
			told.Links = append(told.Links, ippo.LinkReaders{URL: l.Short, People: told.Clicked})
			taps := []store.Taps{{Code: l.Code, Day: b.StartedAt, Taps: int(opened / 4)}, {Code: l.Code, Day: asked, Taps: int(opened / 20)}}
			if err := f.AddTaps(ctx, taps); err != nil {
				return err
			}
		}
		if err := f.SaveReaders(ctx, b.ID, told); err != nil {
			return err
		}
	}
	return nil
}

// shown is a number of people, unless LINE hides it.
func shown(people int64) *int64 {
	if people < ippo.HiddenUnder {
		return nil
	}
	return &people
}

// fire tells what a campaign or a series has sent since it began, until a moment.
func (f *filling) fire(ctx context.Context, of ippo.Source, until time.Time, sends []ippo.Message, wordings ...ippo.Wording) error {
	for {
		due, err := f.Due(ctx, until)
		i := slices.IndexFunc(due, func(r ippo.Recurring) bool { return r.Source == of })
		if err != nil || i < 0 {
			return err
		}
		f.at(due[i].NextDue)
		b := due[i].Broadcast(sends)
		if err := f.Fire(ctx, due[i], b, wordings...); err != nil {
			return err
		}
		if err := f.deliver(ctx, b.ID); err != nil {
			return err
		}
	}
}

// lastDigest makes the weekly digest that was due last. What came out since then is in the next one, for
// which the visitor moves the clock.
func (f *filling) lastDigest(ctx context.Context) error {
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	schedule := settings().DigestSchedule()
	due, _ := schedule.Next(f.c.now.AddDate(0, 0, -7), f.Holidays)
	f.at(due.Add(-time.Minute))
	if _, err := f.DigestDue(ctx); err != nil {
		return err
	}
	f.at(due)
	plan, err := f.PlanDigest(ctx)
	if err != nil {
		return err
	}
	wordings := make([][]ippo.Message, len(plan.Groups))
	for i, g := range plan.Groups {
		m := messages.Digest(texts.In(g.Language), plan.Until, plan.Of(g), "https://mirai.example.jp", fmt.Sprintf("/r/digests/%d/%d", plan.ID, i+1))
		wordings[i] = ippo.WithReduce([]ippo.Message{m}, plan.ID)
	}
	b := &ippo.Broadcast{Title: "まとめ " + ippo.DateWords(due), Messages: wordings[0]}
	next, _ := schedule.Next(due, f.Holidays)
	if err := f.MakeDigest(ctx, due, next, plan, b, wordings); err != nil {
		return err
	}
	return f.deliver(ctx, b.ID)
}

// desk leaves on the staff's desk what a visitor of the demo can try: one broadcast that waits for
// approval, one that goes out tomorrow, one that was cancelled and one draft.
func (f *filling) desk(ctx context.Context) error {
	f.at(f.c.now.Add(-3 * time.Hour))
	cancelled, err := f.draft(ctx, "体操会の会場変更（取り消し）", "あすの体操会は、雨のため小鳥川支所の広間で行います。", ippo.Audience{Areas: list{"kotorigawa"}}, time.Time{})
	if err != nil {
		return err
	}
	if err := f.approve(ctx, cancelled); err != nil {
		return err
	}
	if err := f.CancelBroadcast(ctx, f.approver, cancelled.ID); err != nil {
		return err
	}

	tomorrow := ippo.Day(f.c.now).AddDate(0, 0, 1).Add(10 * time.Hour)
	waiting, err := f.draft(ctx, "ねころび音楽会のお知らせ", "0歳から楽しめる「ねころび音楽会」を花房公民館で開きます。寝ころんで聴いても、泣いても大丈夫。申し込みはいりません。", ippo.Audience{Topics: list{"kosodate", "bunka"}, Areas: list{"hanabusa", "chuo"}}, tomorrow)
	if err != nil {
		return err
	}
	if err := f.approve(ctx, waiting); err != nil {
		return err
	}

	f.at(f.c.now.Add(-10 * time.Minute)) // a request lapses after an hour
	submitted, err := f.draft(ctx, "夜の避難路を歩く会 参加者募集", "懐中電灯だけで、家から避難所までの道を歩いてみませんか。小学生はご遠慮ください。", ippo.Audience{Topics: list{"bosai"}, Areas: list{"chuo"}}, time.Time{})
	if err != nil {
		return err
	}
	if err := f.sendBack(ctx, submitted.ID, "小学生も、保護者と一緒なら歓迎です。申し込みのしかたも書いてください。",
		"懐中電灯だけで、家から避難所までの道を歩いてみませんか。小学生は保護者の方とどうぞ。申し込みは、このトークに「避難路」と送るか、お電話でお願いします。"); err != nil {
		return err
	}
	if err := f.SubmitBroadcast(ctx, f.editor, submitted.ID); err != nil {
		return err
	}
	_, err = f.draft(ctx, "スマホの寺子屋（夕凪）", "高校生が一対一で教える「スマホの寺子屋」を、夕凪支所で開きます。", ippo.Audience{Topics: list{"senior"}, Areas: list{"yunagi"}}, time.Time{})
	if err != nil {
		return err
	}
	return nil
}

// sendBack has a broadcast submitted, returned with a reason, and written anew.
func (f *filling) sendBack(ctx context.Context, id ippo.BroadcastID, why, body string) error {
	if err := f.SubmitBroadcast(ctx, f.editor, id); err != nil {
		return err
	}
	if err := f.ReturnBroadcast(ctx, f.approver, id, why); err != nil {
		return err
	}
	b, err := f.Broadcast(ctx, id)
	if err != nil {
		return err
	}
	b.Messages = []ippo.Message{text(body)}
	return f.UpdateBroadcast(ctx, f.editor, b)
}
