package democity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"ippo"
	"ippo/store"
)

// Person is a follower of the town's account, as LINE knows them.
type Person struct {
	LineUserID string
	Name       string // their LINE display name
	Language   string // of their LINE app
	Blocked    bool
}

// followers is how many people follow the account when the demo begins.
const followers = 300

// digestReaders: one in so many chose the weekly digest.
const digestReaders = 9

// seed makes the same town every time.
var seed = [32]byte{'m', 'i', 'r', 'a', 'i'}

// nicknames are how people call themselves on LINE.
var nicknames = []string{
	"ゆき", "はな", "そら", "まめ太", "こはる", "のりこ", "けんじ", "みーちゃん", "しおり", "だいち",
	"あおい", "ひなママ", "とっちゃん", "さくら", "りく父", "ちよ", "まさる", "ゆず", "もりの人", "かなで",
	"つむぎ", "てつ", "ふみえ", "なぎ", "こうた", "おはる", "いちか", "たけ爺", "ミナ", "しんのすけ",
	"ほしの", "うみ", "こはく", "よね", "れん", "すず", "ヒロ", "みずき", "のん", "きよ",
	"Linh", "Ana", "Rina", "Kumar", "Mei", "Tom", "Maria", "Thu", "Wei", "Sofia",
}

// resident is a follower with what the history says of them.
type resident struct {
	Person
	language ippo.Language
	topics   []string
	areas    []string
	digest   bool
	stopped  bool
	entry    string
	followed time.Time
	tag      string
}

// cast are the residents whose phones the demo shows.
var cast = []resident{
	{Person: Person{Name: "はるか"}, topics: list{"kosodate"}, areas: list{"chuo"}, entry: "shimin-ka"},
	{Person: Person{Name: "けんいち"}, topics: list{"kankyo"}, areas: list{"minatohama"}, entry: "event"},
	{Person: Person{Name: "Elena", Language: "en"}, language: ippo.English, topics: list{"kokusai", "kosodate"}, areas: list{"hanabusa"}, entry: "iju-pamphlet"},
	{Person: Person{Name: "ふみこ"}, topics: list{"senior", "kenko"}, areas: list{"yunagi"}, digest: true, entry: "shisho"},
}

// people returns the cast and, after them, those who are drawn.
func people(c calendar) []resident {
	r := rand.New(rand.NewChaCha8(seed))
	all := make([]resident, followers)
	for i := range all {
		if i < len(cast) {
			all[i] = cast[i]
			all[i].followed = c.ago(50-i, 11)
		} else {
			all[i] = draw(r, c)
			all[i].digest = i%digestReaders == 0
		}
		id := sha256.Sum256(fmt.Appendf(nil, "follower %d of みらい市", i))
		all[i].LineUserID = "U" + hex.EncodeToString(id[:16])
		if all[i].Language == "" {
			all[i].Language, all[i].language = "ja", cmp.Or(all[i].language, ippo.Japanese)
		}
	}
	return all
}

func draw(r *rand.Rand, c calendar) resident {
	p := resident{
		Person:   Person{Name: nicknames[r.IntN(len(nicknames))]},
		followed: c.ago(1+int(200*r.Float64()*r.Float64()), 9+r.IntN(10)).Add(time.Duration(r.IntN(60)) * time.Minute),
	}
	switch foreign := p.Name[0] < 0x80; {
	case foreign && r.IntN(2) == 0:
		p.Language, p.language = "en", ippo.English
	case foreign || r.IntN(30) == 0:
		p.language = ippo.EasyJapanese
	}
	// Most live in the middle of the city, and one in eight left everything to us.
	if r.IntN(8) > 0 {
		for range 1 + r.IntN(3) {
			p.topics = append(p.topics, topics[r.IntN(len(topics))].Slug)
		}
		p.areas = list{areas[max(0, r.IntN(len(areas)+6)-6)].Slug}
		if r.IntN(4) == 0 {
			p.areas = append(p.areas, areas[r.IntN(len(areas))].Slug)
		}
	}
	p.stopped = r.IntN(40) == 0
	p.Blocked = r.IntN(14) == 0
	if n := r.IntN(9); n < len(entries) {
		p.entry = entries[n].Slug
	}
	if r.IntN(20) == 0 {
		p.tag = tags[r.IntN(len(tags))].slug
	}
	return p
}

// Followers returns everyone who follows the account, for the simulated LINE to know; first come
// those whose phones the demo shows: はるか wants 子育て in 中央, けんいち 環境・自然 in みなと浜; ふみこ has the weekly
// digest.
func Followers() []Person {
	all := people(calendar{time.Unix(0, 0)})
	known := make([]Person, len(all))
	for i, p := range all {
		known[i] = p.Person
	}
	return known
}

// signup is an ambassador who signed up days ago; each is one of the followers.
type signup struct {
	days       int
	name, kana string
	band       ippo.AgeBand
	status     ippo.AmbassadorStatus
	resting    bool
	shown      bool // the vision may be shown
	vision     string
	guardian   string
	note       string
	actions    []string
	cast       int // which of the cast it is; 0 for one who was drawn
}

var signups = []signup{
	{40, "月村 さくら", "つきむら さくら", "30s", ippo.AmbassadorAppointed, false, true, "子どもが「ただいま」と言える居場所が、家のほかに三つあって、地域の大人が笑顔で「おかえり」と迎えるまち。", "", "", list{"callout", "flyer"}, 0},
	{39, "天羽 健一", "あもう けんいち", "60s", ippo.AmbassadorAppointed, false, true, "朝のあいさつから一日が始まり、となりの人の名前をみんなが知っているまち。お年寄りも体操で元気に。", "", "土手の体操会の世話役。声かけは朝が得意とのこと。", list{"callout"}, 1},
	{38, "水瀬 りん", "みなせ りん", "16-19", ippo.AmbassadorAppointed, false, true, "高校を出ても、帰ってくる理由があるまち。若者のやりたい仕事があって、夕日のきれいな海もある。", "", "", list{"sns"}, 0},
	{36, "緑川 文子", "みどりかわ ふみこ", "70s", ippo.AmbassadorAppointed, false, true, "いくつになっても役に立てることがあるまち。お年寄りの知恵を、子どもたちが聞きに来てくれる。", "", "連絡は電話で。夕方がよい。", list{"callout", "event"}, 3},
	{35, "早瀬 大地", "はやせ だいち", "20s", ippo.AmbassadorAppointed, false, true, "失敗した人に「次は？」と聞けるまち。若者の挑戦を、商店街の人たちが応援してくれる。", "", "", list{"sns", "event"}, 0},
	{33, "花岡 みどり", "はなおか みどり", "50s", ippo.AmbassadorAppointed, true, true, "公園の花の世話をしながら、おしゃべりできるまち。花いっぱいの商店街を、笑顔で歩きたい。", "", "介護のため、しばらく休みたいとの連絡あり。", list{"flyer"}, 0},
	{31, "雪村 翔", "ゆきむら しょう", "40s", ippo.AmbassadorAppointed, false, true, "仕事の帰りに夕日を見る余裕があって、家族と晩ごはんを食べられるまち。", "", "", list{"callout"}, 0},
	{30, "秋月 ことね", "あきづき ことね", "u16", ippo.AmbassadorAppointed, false, true, "中学生の意見も、ちゃんと会議に出るまち。若者の声で公園やお祭りが変わるとうれしいです。", "秋月 真", "保護者の方の同席で説明済み。", list{"sns"}, 0},
	{28, "若葉 洋平", "わかば ようへい", "30s", ippo.AmbassadorAppointed, false, false, "引っ越してきた日から、知り合いが一人いるまち。子育ての悩みを話せる居場所がほしい。", "", "", list{"callout", "idea"}, 0},
	{26, "高嶺 京子", "たかみね きょうこ", "60s", ippo.AmbassadorAppointed, false, true, "車がなくても、会いたい人に会えるまち。バスに乗って友だちと買い物に行けるのが、お年寄りの楽しみ。", "", "", list{"callout"}, 0},
	{24, "星川 実", "ほしかわ みのる", "80+", ippo.AmbassadorAppointed, false, true, "昔の話を聞いてくれる若者がいて、お祭りの太鼓を子どもたちに教えられるまち。", "", "耳が少し遠い。ゆっくり話す。", list{"callout"}, 0},
	{21, "青井 まどか", "あおい まどか", "20s", ippo.AmbassadorContacted, false, false, "外国から来た友だちが、先生にもなれるまち。ことばがちがっても、あいさつと笑顔でつながれる。", "", "来週、面談の予定。", list{"sns", "event"}, 0},
	{18, "冬木 巧", "ふゆき たくみ", "50s", ippo.AmbassadorContacted, false, false, "ものを直して長く使うのがかっこいいまち。職人の技を、若者の仕事につなげたい。", "", "", list{"event"}, 0},
	{15, "春日井 凪", "かすがい なぎ", "40s", ippo.AmbassadorContacted, false, false, "海も山も、ごみのないまま子どもに渡せるまち。家族でボランティアの海岸清掃に出かけたい。", "", "", list{"flyer"}, 0},
	{12, "白鳥 和子", "しらとり かずこ", "70s", ippo.AmbassadorRetired, false, true, "みんなで食べるごはんが、いちばんおいしいまち。", "", "市外へ転居。これまでの活動に感謝の手紙を送付済み。", list{"callout"}, 0},
	{9, "小森谷 剛", "こもりや つよし", "40s", ippo.AmbassadorDeclined, false, false, "", "", "仕事の都合で辞退。", nil, 0},
	{6, "桜庭 いつき", "さくらば いつき", "30s", ippo.AmbassadorContacted, false, false, "子連れで入れる店が歩いて五分のところにあるまち。商店街に子育ての居場所があるとうれしい。", "", "", list{"sns"}, 0},
	{4, "朝倉 結", "あさくら ゆい", "16-19", ippo.AmbassadorApplied, false, false, "テスト前に、みんなで勉強できる居場所が夜もあるまち。図書館で友だちと待ち合わせしたい。", "", "", list{"sns", "event"}, 0},
	{2, "葉山 正", "はやま ただし", "60s", ippo.AmbassadorApplied, false, false, "雪の朝、となりの家の前も一緒にかくまち。助け合いとあいさつは、昔からの宝です。", "", "", list{"callout", "flyer"}, 0},
	{0, "夏目 あかり", "なつめ あかり", "20s", ippo.AmbassadorApplied, false, false, "「やってみたい」に、だれかが「いいね」と言うまち。若者もボランティアも、気軽に挑戦できる。", "", "", list{"sns"}, 0},
}

// people adds the followers, with what they chose.
func (f *filling) people(ctx context.Context) error {
	f.residents = people(f.c)
	f.at(f.c.ago(50, 12))
	f.followers = make([]ippo.FollowerID, len(f.residents))
	// A hundred at a time: a transaction stays short, as it does beside a running serve.
	for start := 0; start < len(f.residents); start += 100 {
		err := f.Write(ctx, func(t *store.Tx) error {
			for i := start; i < min(start+100, len(f.residents)); i++ {
				if err := f.follow(ctx, t, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	var tagged []store.FollowerRow
	for _, p := range f.residents {
		if p.tag != "" {
			tagged = append(tagged, store.FollowerRow{LineUserID: p.LineUserID, Tags: []int64{f.tags[p.tag]}})
		}
	}
	_, err := f.ImportFollowers(ctx, tagged)
	return err
}

func (f *filling) follow(ctx context.Context, t *store.Tx, i int) error {
	p := f.residents[i]
	id, err := t.Follow(ctx, p.LineUserID, p.Name, p.language, p.followed)
	if err != nil {
		return err
	}
	f.followers[i] = id
	wants := ippo.Preferences{Language: p.language, Topics: f.codes.topics(p.topics...), Areas: f.codes.areas(p.areas...), Digest: p.digest, Stopped: p.stopped}
	if err := t.SavePreferences(ctx, id, wants); err != nil {
		return err
	}
	if err := t.Onboarded(ctx, id); err != nil {
		return err
	}
	if p.entry == "" {
		return nil
	}
	return t.SetEntry(ctx, id, p.entry)
}

// block lets those leave who have blocked the account.
func (f *filling) block(ctx context.Context) error {
	return f.Write(ctx, func(t *store.Tx) error {
		for _, p := range f.residents {
			if !p.Blocked {
				continue
			}
			if err := t.Block(ctx, p.LineUserID, later(t.Now(), p.followed.Add(time.Hour))); err != nil {
				return err
			}
		}
		return nil
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ambassadors sign up on their day, and staff take each as far as they are now.
func (f *filling) ambassadors(ctx context.Context) error {
	for i, s := range signups {
		f.at(f.c.ago(s.days, 13))
		who := s.cast
		if who == 0 {
			who = f.reachable(len(cast) + i*7)
		}
		f.serving = append(f.serving, f.followers[who])
		if err := f.signUp(ctx, i, s, f.followers[who]); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// invitations brought every second of those who came since there are ambassadors, and by no entry.
func (f *filling) invitations(ctx context.Context) error {
	var by []ippo.Ambassador
	for _, who := range f.serving[:8] {
		a, err := f.AmbassadorOf(ctx, who)
		if err != nil {
			return err
		}
		by = append(by, a)
	}
	came := 0
	for i, p := range f.residents {
		if i < len(cast) || p.entry != "" || p.followed.Before(f.c.ago(signups[len(by)].days, 0)) {
			continue
		}
		if came++; came%2 == 0 {
			continue
		}
		f.at(p.followed)
		err := f.Write(ctx, func(t *store.Tx) error {
			id, err := t.FollowFirst(ctx, p.LineUserID, p.Name, p.language, p.followed)
			if err != nil {
				return err
			}
			_, err = t.Arrive(ctx, by[came*came/4%len(by)].Invite, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// papers are people who signed up at the desk or by telephone; none has a LINE account linked yet.
var papers = []struct {
	days       int
	name, kana string
	band       ippo.AgeBand
	status     ippo.AmbassadorStatus
	note       string
}{
	{70, "松風 とめ", "まつかぜ とめ", "80+", ippo.AmbassadorAppointed, "窓口で申込。スマートフォンは孫が設定してくれるとのこと。"},
	{13, "潮見 勝男", "しおみ かつお", "70s", ippo.AmbassadorContacted, "電話で申込。手紙を希望。"},
	{11, "汐留 八重", "しおどめ やえ", "70s", ippo.AmbassadorApplied, "敬老会の会場で申込書を受け取った。"},
}

// signUpOnPaper takes them in from a sheet.
func (f *filling) signUpOnPaper(ctx context.Context) error {
	f.at(f.c.ago(10, 15))
	var people []ippo.Ambassador
	for i, p := range papers {
		on := f.c.ago(p.days, 10)
		people = append(people, ippo.Ambassador{
			Name: p.name, Kana: p.kana, Contact: fmt.Sprintf("0000-00-%04d", 300+i), AgeBand: p.band, Status: p.status, Note: p.note,
			AppliedAt: on, ConsentedAt: on,
		})
	}
	return f.ImportAmbassadors(ctx, f.editor, people)
}

// reachable is the first from i who has neither blocked the account nor stopped broadcasts.
func (f *filling) reachable(i int) int {
	for f.residents[i].Blocked || f.residents[i].stopped {
		i++
	}
	return i
}

// paths are the steps that staff take from an application to a status.
var paths = map[ippo.AmbassadorStatus][]ippo.AmbassadorStatus{
	ippo.AmbassadorContacted: {ippo.AmbassadorContacted},
	ippo.AmbassadorAppointed: {ippo.AmbassadorContacted, ippo.AmbassadorAppointed},
	ippo.AmbassadorRetired:   {ippo.AmbassadorContacted, ippo.AmbassadorAppointed, ippo.AmbassadorRetired},
	ippo.AmbassadorDeclined:  {ippo.AmbassadorContacted, ippo.AmbassadorDeclined},
}

func (f *filling) signUp(ctx context.Context, i int, s signup, who ippo.FollowerID) error {
	var a ippo.Ambassador
	err := f.Write(ctx, func(t *store.Tx) (err error) {
		a, err = t.ApplyAmbassador(ctx, ippo.Ambassador{
			Follower: who, Name: s.name, Kana: s.kana, Contact: fmt.Sprintf("0000-00-%04d", 200+i),
			AgeBand: s.band, Guardian: s.guardian, Vision: s.vision, Actions: s.actions,
		})
		return err
	})
	if err != nil {
		return err
	}
	for _, next := range paths[s.status] {
		if err := f.SetAmbassadorStatus(ctx, f.approver, a.ID, next); err != nil {
			return err
		}
	}
	if s.status == ippo.AmbassadorContacted { // the day of the next ceremony
		if err := f.SetAmbassadorDay(ctx, f.editor, a.ID, f.c.ago(-12, 0)); err != nil {
			return err
		}
	}
	if s.shown && s.status.Serving() {
		if err := f.showVision(ctx, a.ID); err != nil {
			return err
		}
	}
	if s.resting {
		if err := f.SetResting(ctx, f.approver, a.ID, true); err != nil {
			return err
		}
	}
	if s.note == "" {
		return nil
	}
	return f.SetAmbassadorNote(ctx, f.editor, a.ID, s.note)
}
