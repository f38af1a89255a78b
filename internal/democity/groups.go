package democity

import (
	"strings"
	"time"

	"ippo"
)

const (
	sun = 1 << time.Sunday
	mon = 1 << time.Monday
	tue = 1 << time.Tuesday
	wed = 1 << time.Wednesday
	thu = 1 << time.Thursday
	fri = 1 << time.Friday
	sat = 1 << time.Saturday
)

// listed is an activity group with its topics and areas by name; more about it in marks:
// b beginners, c children, w wheelchair, o online, x not receiving now.
type listed struct {
	slug, name, kana, summary, body string
	topics, areas                   []string
	place                           string
	weekdays                        ippo.Weekdays
	parts                           ippo.DayParts
	when, whom, cost, contact       string
	marks                           string
}

type list = []string

var groups = []listed{
	{"ohisama", "おひさま親子ひろば", "おひさまおやこひろば", "0〜3歳の親子が集まって遊び、おしゃべりするひろば",
		"手あそび、絵本、季節の工作を楽しみます。出入りは自由で、保育士の経験があるスタッフがいます。引っ越してきたばかりの方も毎月いらっしゃいます。",
		list{"kosodate"}, list{"chuo"}, "みらい交流館 1階 和室", tue | fri, ippo.Morning, "毎週火・金曜 10:00〜11:30", "0〜3歳の子と保護者", "1回100円（お茶代）", "ohisama@example.jp", "bcw"},
	{"yomikikase", "絵本のたね", "えほんのたね", "小学校と図書室で絵本の読み聞かせをしています",
		"朝の10分間、教室で絵本を読みます。読む本は月に一度の集まりで選びます。声を出すのが久しぶりの方も、まずは見学から始められます。",
		list{"kosodate", "manabi"}, list{"chuo", "kazami"}, "中央図書室ほか", wed, ippo.Morning, "毎週水曜 8:15〜8:45、第1土曜に勉強会", "絵本が好きな方ならどなたでも", "年500円", "電話 0000-00-0101（夜）", "bw"},
	{"papa-kitchen", "パパの台所", "ぱぱのだいどころ", "お父さんと子どもで昼ごはんを作って食べる会",
		"包丁を持ったことがない方から参加できます。作るのは家でもすぐ作れる二品。食べたあとは子どもたちが遊ぶ間に、片づけながら話をします。",
		list{"kosodate"}, list{"hoshigahara"}, "星ヶ原コミュニティセンター 調理室", sun, ippo.Morning, "第2日曜 10:00〜13:00", "3歳〜小学生の子とお父さん・おじいさん", "1組800円（材料費）", "papa@example.jp", "bc"},
	{"korokoro", "木のおもちゃ工房 ころころ", "きのおもちゃこうぼうころころ", "端材で木のおもちゃを作り、保育園へ贈ります",
		"製材所から分けてもらった端材を磨き、車や積み木に仕上げます。磨くだけの参加も大歓迎。できたおもちゃは年に二度、市内の園へ届けます。",
		list{"kosodate", "kankyo"}, list{"suginosato"}, "旧杉の里小学校 工作室", sat, ippo.Afternoon, "第1・第3土曜 13:30〜16:00", "小学生以上（小学生は保護者と）", "無料", "電話 0000-00-0102", "bc"},
	{"mamekko", "ふたごの会 まめっこ", "ふたごのかいまめっこ", "双子・三つ子を育てる家庭の集まり",
		"二人乗りのベビーカーで入れる会場を選んでいます。先輩家庭の話を聞いたり、服やチャイルドシートをゆずり合ったり。妊娠中の方もどうぞ。",
		list{"kosodate"}, nil, "中央保健センター 2階", sat, ippo.Morning, "偶数月の第4土曜 10:00〜12:00", "多胎児の家庭、妊娠中の方", "無料", "mamekko@example.jp", "bcwo"},
	{"kodomo-shokudo", "みんなの食堂 ただいま", "みんなのしょくどうただいま", "子どもも大人もひとりでも入れる夕ごはんの場",
		"近くの農家と商店から届く食材で、40食を用意します。配膳、皿洗い、宿題を見る係など、できることを一つからお願いしています。",
		list{"fukushi", "kosodate"}, list{"chuo"}, "中央三丁目 集会所", thu, ippo.Evening, "第1・第3木曜 17:00〜19:30", "どなたでも", "子ども無料、大人300円", "電話 0000-00-0103", "bcw"},
	{"keicho", "傾聴ボランティア みみずく", "けいちょうぼらんてぃあみみずく", "高齢者施設やお宅を訪ねて、話をゆっくり聴きます",
		"助言はせず、うなずいて聴くことを大切にしています。はじめに三回の講座があり、二人一組で訪ねるので安心です。",
		list{"fukushi", "senior"}, nil, "市内の施設・お宅", mon | thu, ippo.Afternoon, "月2回ほど 平日の午後", "18歳以上の方", "無料", "電話 0000-00-0104", "b"},
	{"shuwa", "手話サークル ゆびのうた", "しゅわさーくるゆびのうた", "ろうの仲間と一緒に、日常の手話を学びます",
		"あいさつから始め、買い物や病院で使う手話を覚えます。ろうの会員が毎回教えてくれます。年に一度、手話コーラスの発表があります。",
		list{"fukushi", "manabi"}, list{"chuo"}, "福祉会館 3階", wed, ippo.Evening, "毎週水曜 19:00〜20:30", "中学生以上", "月300円", "yubinouta@example.jp", "bw"},
	{"sogei", "おたがいさま送迎隊", "おたがいさまそうげいたい", "買い物と通院の送り迎えを近所どうしで支えます",
		"運転できる方と乗りたい方を地域でつなぎます。運転は月一回からで、事前に講習と保険があります。電話の受付だけの協力もできます。",
		list{"fukushi", "machizukuri"}, list{"okunomori", "mizuguruma"}, "奥の森支所を拠点に", mon | wed | fri, ippo.Morning | ippo.Afternoon, "月・水・金曜 9:00〜15:00", "運転する方は75歳未満", "無料（燃料代は会から）", "電話 0000-00-0105", "b"},
	{"ibasho", "居場所 よりみち", "いばしょよりみち", "学校や仕事に行きづらい人が、安心していられる部屋",
		"来ても来なくても、話しても話さなくてもかまいません。本、編み物、カードゲームがあります。家族だけの参加の日も月に一度あります。",
		list{"fukushi", "wakamono"}, list{"chuo"}, "駅前通り 二階の貸し部屋", tue | sat, ippo.Afternoon, "毎週火・土曜 13:00〜17:00", "10代〜30代の方と家族", "無料", "yorimichi@example.jp", "bo"},
	{"machiaruki", "車いすでまち歩き隊", "くるまいすでまちあるきたい", "段差やトイレを調べて、だれでも出かけられる地図を作ります",
		"車いすの会員と一緒に歩き、通りやすい道、使いやすいトイレを記録します。押し方の講習もあります。地図は冊子にして配っています。",
		list{"fukushi", "machizukuri"}, nil, "集合場所は毎回お知らせ", sun, ippo.Morning, "第3日曜 10:00〜12:00", "どなたでも", "無料（保険料50円）", "電話 0000-00-0106", "bcw"},
	{"asa-taiso", "川べり朝の体操会", "かわべりあさのたいそうかい", "小鳥川の土手で、毎朝20分の体操",
		"雨の日以外は毎朝集まっています。いすに座ったままの動きも教えます。終わったあとのお茶を楽しみに来る方もいます。申し込みはいりません。",
		list{"kenko", "senior"}, list{"kotorigawa"}, "小鳥川ふれあい橋のたもと", 127, ippo.Morning, "毎日 6:30〜6:50（雨天休み）", "どなたでも", "無料", "当日会場へどうぞ", "bcw"},
	{"walk", "みらい里山ウォーク", "みらいさとやまうぉーく", "月に一度、市内の里山をゆっくり歩く会",
		"5キロほどの道を、花や鳥を見ながら歩きます。先頭と最後尾に案内役がつき、自分の速さで歩けます。昼は持ち寄りの漬物が並びます。",
		list{"kenko", "kankyo"}, list{"sagisawa", "suginosato"}, "各支所に集合", sun, ippo.Morning, "第1日曜 8:30〜12:30", "小学生以上", "1回200円（保険料）", "satoyama@example.jp", "bc"},
	{"boccia", "ボッチャクラブ まるた", "ぼっちゃくらぶまるた", "年齢や障がいにかかわらず楽しめる球技",
		"的になる白い球に、どれだけ近づけられるかを競います。力はいりません。道具は全部あり、ルールは五分で覚えられます。",
		list{"kenko", "fukushi"}, list{"hanabusa"}, "花房体育館", sat, ippo.Afternoon, "毎週土曜 14:00〜16:00", "どなたでも", "1回100円", "電話 0000-00-0107", "bcw"},
	{"night-run", "夜ラン みらい", "よるらんみらい", "仕事帰りに、明るい道を一緒に走ります",
		"3キロと5キロの二組に分かれ、おしゃべりできる速さで走ります。反射ベストは貸し出します。着替えと荷物置きは交流館にあります。",
		list{"kenko", "wakamono"}, list{"chuo"}, "みらい交流館 玄関前", wed, ippo.Evening, "毎週水曜 19:30〜20:40", "高校生以上", "無料", "yoruran@example.jp", "b"},
	{"taichi", "夕凪太極拳", "ゆうなぎたいきょくけん", "海を見ながら、ゆっくり体を動かします",
		"二十四の型を一年かけて覚えます。ひざに不安のある方にはいすを用意します。雨の日は支所の広間で行います。",
		list{"kenko", "senior"}, list{"yunagi"}, "夕凪海岸公園", tue, ippo.Morning, "毎週火曜 9:30〜11:00", "どなたでも", "月500円", "電話 0000-00-0108", "bw"},
	{"kids-baseball", "星ヶ原キッズベース", "ほしがはらきっずべーす", "やわらかいボールで遊ぶ野球あそびの会",
		"勝ち負けより、投げる・打つ・走る楽しさを大切にしています。道具は貸し出します。お手伝いの当番はありません。",
		list{"kenko", "kosodate"}, list{"hoshigahara"}, "星ヶ原グラウンド", sat, ippo.Morning, "毎週土曜 9:30〜11:00", "年中〜小学3年生", "月1,000円", "kidsbase@example.jp", "bc"},
	{"chorus", "混声合唱団 こだま", "こんせいがっしょうだんこだま", "童謡から外国の歌まで、四つの声で歌います",
		"楽譜が読めなくても、音をとる係がついて教えます。年に一度の演奏会のほか、施設で歌う小さな音楽会を開いています。",
		list{"bunka"}, list{"chuo"}, "みらい交流館 音楽室", fri, ippo.Evening, "毎週金曜 19:00〜21:00", "高校生以上", "月2,000円（学生半額）", "kodama@example.jp", "bw"},
	{"brass", "花房おとなの吹奏楽", "はなぶさおとなのすいそうがく", "しまってあった楽器を、もう一度吹いてみる会",
		"学生のころ以来という方が半分です。子どもが走り回っても大丈夫な練習で、託児の当番を会員で回しています。",
		list{"bunka"}, list{"hanabusa"}, "花房公民館 ホール", sun, ippo.Afternoon, "第2・第4日曜 13:30〜16:30", "高校生以上", "月1,000円", "hanabusa-brass@example.jp", "bc"},
	{"kamishibai", "紙芝居一座 どんぐり", "かみしばいいちざどんぐり", "まちの昔話を紙芝居にして演じます",
		"お年寄りから聞いた昔話をもとに、絵も台本も自分たちで作ります。絵を描く人、演じる人、拍子木を打つ人を募集しています。",
		list{"bunka", "kosodate"}, list{"mizuguruma", "chuo"}, "水車民話館", sat, ippo.Morning, "第2・第4土曜 10:00〜12:00", "小学生以上", "無料", "電話 0000-00-0109", "bcw"},
	{"taiko", "みなと浜太鼓保存会", "みなとはまたいこほぞんかい", "祭りの太鼓と笛を受け継いでいます",
		"はじめは古タイヤをたたいて基本を覚えます。祭りの二か月前から週二回になります。笛を吹ける方はとくに歓迎です。",
		list{"bunka", "machizukuri"}, list{"minatohama"}, "みなと浜 祭り倉", thu, ippo.Evening, "毎週木曜 19:00〜20:30", "小学4年生以上", "年1,000円", "電話 0000-00-0110", "bc"},
	{"photo", "写真でまち歩き", "しゃしんでまちあるき", "スマートフォンでも参加できる撮り歩きの会",
		"毎月ひとつの地域を歩き、気に入った一枚を見せ合います。作品は支所の廊下に飾り、まちの案内にも使われています。",
		list{"bunka", "machizukuri"}, nil, "毎月ちがう地域", sun, ippo.Afternoon, "第4日曜 13:00〜16:00", "どなたでも", "1回100円", "photo@example.jp", "bcw"},
	{"haiku", "句会 つゆくさ", "くかいつゆくさ", "持ち寄った三句を、名前を伏せて選び合います",
		"上手下手は言わない約束です。家から出にくい方は、はがきや電話でも句を送れます。季節の寄せ書き句集を作っています。",
		list{"bunka", "senior"}, list{"kazami"}, "風見支所 2階", wed, ippo.Afternoon, "第2水曜 13:30〜15:30", "どなたでも", "1回200円", "電話 0000-00-0111", "bw"},
	{"satoyama-mori", "奥の森 山の手入れ隊", "おくのもりやまのていれたい", "間伐と下草刈りで、明るい森を取り戻します",
		"のこぎりの使い方から教えます。切った木は薪や炭にして、まきストーブの家へ届けます。昼は大鍋の汁をかこみます。",
		list{"kankyo"}, list{"okunomori"}, "奥の森 共有林", sat, ippo.Morning | ippo.Afternoon, "第3土曜 9:00〜14:00", "高校生以上", "無料（昼食つき）", "電話 0000-00-0112", "b"},
	{"hama-clean", "はまべクリーン", "はまべくりーん", "砂浜のごみを拾い、何が流れ着いたかを数えます",
		"一時間拾い、三十分で種類を数えて記録します。記録は学校の授業で使われています。手袋と袋は用意します。",
		list{"kankyo", "wakamono"}, list{"minatohama", "yunagi"}, "みなと浜海水浴場", sun, ippo.Morning, "第1日曜 9:00〜10:30", "どなたでも", "無料", "hamabe@example.jp", "bc"},
	{"hotaru", "小鳥川ほたるの会", "ことりがわほたるのかい", "ほたるが飛ぶ川を守り、増やしています",
		"水路の泥上げと草刈り、水質の調べを続けて十二年になります。観察の案内役も募集中。夏には子どもたちと観察会を開きます。",
		list{"kankyo", "manabi"}, list{"kotorigawa"}, "小鳥川 親水広場", sun, ippo.Morning, "第2日曜 8:00〜10:00", "どなたでも", "年300円", "電話 0000-00-0113", "bc"},
	{"compost", "生ごみひとしぼりの会", "なまごみひとしぼりのかい", "段ボールで生ごみをたい肥に変えるくらしの工夫",
		"始め方の講座を毎月開き、うまくいかないときの相談にのります。できたたい肥で、交流館の花だんを育てています。",
		list{"kankyo"}, list{"chuo", "hoshigahara"}, "みらい交流館 中庭", sat, ippo.Morning, "第4土曜 10:00〜11:30", "どなたでも", "初回500円（材料つき）", "compost@example.jp", "bcwo"},
	{"repair", "なおすカフェ", "なおすかふぇ", "おもちゃや小さな家電を、一緒に直します",
		"直すのは持ち主です。得意な人がとなりで手伝います。針仕事、刃物研ぎの日もあり、お茶を飲むだけの方も歓迎です。",
		list{"kankyo", "machizukuri"}, list{"chuo"}, "みらい交流館 工作室", sun, ippo.Afternoon, "第3日曜 13:00〜16:00", "どなたでも", "無料（部品代は実費）", "naosu@example.jp", "bcw"},
	{"nihongo", "にほんごひろば みらい", "にほんごひろばみらい", "外国から来た人と、やさしい日本語で話します",
		"一対一で、買い物、病院、学校の手紙など、困っていることを一緒に読みます。教える資格はいりません。子どもの宿題の日もあります。",
		list{"kokusai", "manabi"}, list{"chuo"}, "みらい交流館 3階", wed | sun, ippo.Evening | ippo.Morning, "毎週水曜 19:00〜20:30、日曜 10:00〜11:30", "どなたでも（日本語で話したい人・支える人）", "無料", "nihongo@example.jp", "bcwo"},
	{"sekai-ryori", "世界の台所", "せかいのだいどころ", "みらい市に住む外国の方から家庭料理を習います",
		"毎回ちがう国の料理を三品作ります。食材の話や暮らしの話を聞きながら食べます。宗教や体質で食べられないものは前もって教えてください。",
		list{"kokusai", "bunka"}, list{"hanabusa"}, "花房公民館 調理室", sat, ippo.Morning, "奇数月の第2土曜 10:00〜13:30", "小学生以上", "1回1,000円", "sekai@example.jp", "bc"},
	{"english-talk", "おしゃべりイングリッシュ", "おしゃべりいんぐりっしゅ", "まちがえてもよい英会話の会",
		"毎回ひとつの写真を見て、思ったことを話します。中学校で習った英語で十分です。英語を話す住民も三人参加しています。",
		list{"kokusai", "manabi"}, list{"kazami"}, "風見支所 会議室／画面ごしも可", thu, ippo.Evening, "第2・第4木曜 19:00〜20:30", "高校生以上", "1回200円", "talk@example.jp", "bwo"},
	{"tabunka-mama", "多文化ママの会 サンゴ", "たぶんかままのかいさんご", "外国で育ったお母さんと子どもの集まり",
		"予防接種、入園、学校の持ち物など、聞きにくいことを母語でも相談できます。通訳は五つの言葉で手配します。",
		list{"kokusai", "kosodate"}, list{"chuo", "hoshigahara"}, "中央保健センター", sat, ippo.Afternoon, "第2土曜 14:00〜16:00", "外国につながる親子と、仲良くなりたい人", "無料", "sango@example.jp", "bcw"},
	{"bosai-nakama", "ぼうさい仲間 いざ", "ぼうさいなかまいざ", "遊びながら備える、家族と近所の防災",
		"非常食の食べくらべ、夜の避難路歩き、段ボールベッド作りなど、体で覚える会を開きます。町内会への出前もしています。",
		list{"bosai", "machizukuri"}, nil, "みらい交流館ほか", sun, ippo.Morning, "第4日曜 9:30〜11:30", "どなたでも", "無料", "電話 0000-00-0114", "bcw"},
	{"josei-bosai", "鷺沢女性防災クラブ", "さぎさわじょせいぼうさいくらぶ", "炊き出しと避難所の困りごとに備えます",
		"着替えや授乳の場所、ペットのことなど、避難所で困ったことを話し合い、毎年の訓練で試しています。",
		list{"bosai"}, list{"sagisawa"}, "鷺沢消防会館", tue, ippo.Evening, "第3火曜 19:00〜20:30", "市内の女性", "無料", "電話 0000-00-0115", "bw"},
	{"mimamori", "青いベスト見守り隊", "あおいべすとみまもりたい", "登下校の道に立って、あいさつをします",
		"週に一日、二十分から参加できます。犬の散歩をしながら見守る「わんわん組」もあります。ベストと帽子をお渡しします。",
		list{"bosai", "kosodate"}, list{"kazami", "hanabusa"}, "通学路", mon | tue | wed | thu | fri, ippo.Morning | ippo.Afternoon, "平日 7:30〜8:00、15:00〜15:40", "どなたでも", "無料", "電話 0000-00-0116", "b"},
	{"suketto", "雪と草の助っ人会", "ゆきとくさのすけっとかい", "冬は雪かき、夏は草刈りを手伝います",
		"ひとり暮らしの高齢のお宅を三人一組で回ります。道具の使い方は覚えられます。終わったあとの温泉が楽しみという会員が多い会です。",
		list{"bosai", "fukushi"}, list{"okunomori", "suginosato"}, "各地域の集会所", sat, ippo.Morning, "不定期（主に土曜の午前）", "高校生以上", "無料", "suketto@example.jp", "b"},
	{"wakamono-kaigi", "みらいわかもの会議", "みらいわかものかいぎ", "高校生から20代が、まちでやりたいことを形にします",
		"思いつきを紙に書くところから始め、仲間とお金と場所を一緒に探します。これまでに、駅前の勉強部屋と夜の映画会ができました。",
		list{"wakamono", "machizukuri"}, nil, "みらい交流館 2階／画面ごしも可", sat, ippo.Evening, "第1・第3土曜 17:00〜19:00", "高校生〜29歳", "無料", "wakamono@example.jp", "bwo"},
	{"juku", "放課後まなび舎", "ほうかごまなびや", "大学生と地域の大人が、中学生の勉強を見ます",
		"一人で勉強しづらい中学生と一緒に机に向かいます。教えるのは週一回からで、交通費が出ます。おにぎりを用意しています。",
		list{"wakamono", "manabi"}, list{"chuo", "kotorigawa"}, "中央図書室 学習室ほか", tue | thu, ippo.Evening, "毎週火・木曜 18:00〜20:00", "教わる人は中学生、教える人は高校卒業以上", "無料", "manabiya@example.jp", "bw"},
	{"boardgame", "ボードゲームの夜", "ぼーどげーむのよる", "知らない人どうしでも、一時間で友だちになれます",
		"一人で来る方が半分以上。ゲームは百種類あり、説明の係がいます。ノンアルコールの夜です。",
		list{"wakamono"}, list{"chuo"}, "駅前通り 二階の貸し部屋", fri, ippo.Evening, "第2・第4金曜 18:30〜21:00", "中学生以上", "1回300円", "boardgame@example.jp", "b"},
	{"hanadan", "駅前花いっぱい会", "えきまえはないっぱいかい", "駅前の花だんを四季の花でいっぱいに",
		"植えかえは年四回、水やりは当番で月二回ほど。花の名前を覚えるうちに、駅で声をかけられるようになります。",
		list{"machizukuri", "senior"}, list{"chuo"}, "みらい駅前広場", sat, ippo.Morning, "毎週土曜 8:00〜9:00", "どなたでも", "無料", "電話 0000-00-0117", "bcw"},
	{"akiya", "空き家よみがえり隊", "あきやよみがえりたい", "空き家を片づけ、みんなの場所に変えます",
		"床をはがし、壁を塗り、机を作ります。一軒目は本の部屋、二軒目は貸し台所になりました。三軒目の仲間を募集しています。",
		list{"machizukuri", "iju"}, list{"mizuguruma"}, "水車 旧郵便局", sat | sun, ippo.Morning | ippo.Afternoon, "第2土・日曜 10:00〜16:00", "高校生以上", "無料（昼食500円）", "akiya@example.jp", "b"},
	{"radio", "まちの放送部 みらじお", "まちのほうそうぶみらじお", "住民が作る30分の番組を、毎週配信しています",
		"聞き手、話し手、編集、選曲、どれからでも。機材は貸し出します。録音の日は見学できます。",
		list{"machizukuri", "wakamono"}, nil, "みらい交流館 放送室／画面ごしも可", tue, ippo.Evening, "毎週火曜 19:00〜21:00", "中学生以上", "無料", "miradio@example.jp", "bwo"},
	{"ochanoma", "お茶の間サロン 杉の里", "おちゃのまさろんすぎのさと", "歩いて行ける距離で、週に一度のお茶とおしゃべり",
		"朝から昼すぎまで、いつ来ていつ帰ってもかまいません。男性だけの将棋の机もあります。昼は皆で作る一汁一菜です。",
		list{"senior", "fukushi"}, list{"suginosato"}, "杉の里 老人憩の家", thu, ippo.Morning | ippo.Afternoon, "毎週木曜 9:30〜14:00", "おおむね65歳以上（それより若い方も歓迎）", "昼食300円", "電話 0000-00-0118", "bw"},
	{"smaho", "スマホの寺子屋", "すまほのてらこや", "高校生が、一対一でスマートフォンの使い方を教えます",
		"電話のかけ方からLINE、写真の送り方まで、その日知りたいことだけを聞けます。売り込みはありません。",
		list{"senior", "manabi"}, list{"chuo", "yunagi"}, "各支所の広間（月ごとに交代）", sat, ippo.Afternoon, "第1土曜 13:30〜15:30", "60歳以上の方、教える高校生", "無料", "電話 0000-00-0119", "bw"},
	{"otoko-ryori", "男の料理 ひと皿会", "おとこのりょうりひとさらかい", "定年後の男性が、毎月ひと皿ずつ覚える会",
		"一年で十二皿。覚えた料理で、年に一度家族を招く会を開きます。包丁研ぎから始めるので、初めてでも心配ありません。",
		list{"senior"}, list{"kazami"}, "風見公民館 調理室", mon, ippo.Morning, "第2月曜 9:30〜13:00", "60歳以上の男性", "1回700円", "電話 0000-00-0120", "b"},
	{"mukashi", "みらい昔しらべの会", "みらいむかししらべのかい", "古い写真と地図から、まちの歩みを調べます",
		"写真を集めて電子化し、場所と年を書き留めています。調べたことは年に二回の冊子に。古文書の読み方の勉強会もあります。",
		list{"manabi", "bunka"}, nil, "中央図書室 郷土資料室", thu, ippo.Afternoon, "第1・第3木曜 13:30〜15:30", "どなたでも", "年1,000円", "mukashi@example.jp", "bw"},
	{"science", "日曜科学あそび", "にちようかがくあそび", "身近なもので、ふしぎを確かめる実験教室",
		"元教員と会社の技術者が交代で先生になります。器材を洗う係、受付の係も募集しています。出前は年十回ほど。",
		list{"manabi", "kosodate"}, list{"hoshigahara", "kotorigawa"}, "星ヶ原コミュニティセンター", sun, ippo.Morning, "第3日曜 10:00〜11:30", "小学生（保護者も一緒にどうぞ）", "1回300円", "kagaku@example.jp", "bcw"},
	{"ijusha", "移住者ごはん会", "いじゅうしゃごはんかい", "引っ越してきた人と、前から住む人の夕ごはん",
		"病院、ごみの出し方、おいしい店まで、聞きたいことを聞ける会です。一年目の方は無料。市の移住相談員も来ます。",
		list{"iju", "machizukuri"}, list{"chuo"}, "みらい交流館 調理室", fri, ippo.Evening, "第3金曜 18:30〜20:30", "引っ越してきた方、迎えたい方", "500円（移住1年目は無料）", "gohan@example.jp", "bcw"},
	{"telework", "みなと浜はたらく仲間", "みなとはまはたらくなかま", "家で仕事をする人が、週に一度集まる作業の日",
		"黙って働く二時間と、昼ごはんの一時間。仕事を頼み合うこともあります。電源とつなぐ回線は無料で使えます。",
		list{"iju", "wakamono"}, list{"minatohama"}, "みなと浜 旧漁協2階", wed, ippo.Morning, "毎週水曜 9:30〜13:00", "家や旅先で働く方", "1回300円", "hataraku@example.jp", "b"},
	{"hatake", "週末はたけ学校", "しゅうまつはたけがっこう", "畑を借りて、野菜づくりを一年学びます",
		"農家の先輩が月に二回教えます。道具は共同のものがあります。今年の区画は埋まり、次の募集までお待ちいただいています。",
		list{"iju", "kankyo"}, list{"sagisawa"}, "鷺沢 ふれあい農園", sat, ippo.Morning, "第2・第4土曜 8:30〜11:00", "どなたでも", "年6,000円", "hatake@example.jp", "bcx"},
}

// reception is how a group receives newcomers, with more marks: a alone, t with family or friends, 1 once, r
// regularly, m a model for others, f full, e English, y easy Japanese, z Chinese, v Vietnamese.
type reception struct {
	marks, welcome, bring string
	host                  ippo.Host
	confirmed             int // days ago; 0: when it was listed
}

var receptions = map[string]reception{
	"ohisama": {"at1rmey", "はじめての日は、入口で「見学です」と声をかけてください。おむつ替えの場所もあります。", "お茶、おむつ",
		ippo.Host{Person: "日向 なつみ", Email: "ohisama@example.jp", Phone: "0000-00-0201"}, 20},
	"yomikikase":     {"ar", "声を出すのが久しぶりでも、まずは聞くだけで大丈夫です。", "", ippo.Host{Person: "本間 ふみ", Phone: "0000-00-0101", Paper: true}, 170},
	"papa-kitchen":   {"t1r", "エプロンは貸し出します。", "三角巾", ippo.Host{Person: "台所 はじめ", Email: "papa@example.jp"}, 30},
	"kodomo-shokudo": {"at1r", "夕方4時に来てくださると、準備から一緒にできます。", "エプロン", ippo.Host{Person: "晩野 ひろみ", Phone: "0000-00-0103"}, 160},
	"keicho":         {"ar", "講座のあと、先輩と二人でうかがいます。", "", ippo.Host{Phone: "0000-00-0104", Paper: true}, 155},
	"shuwa":          {"at1r", "はじめの日は、指の形の表をお渡しします。", "筆記用具", ippo.Host{Email: "yubinouta@example.jp"}, 40},
	"ibasho":         {"a1ry", "だれとも話さない日があってもかまいません。", "", ippo.Host{Person: "道草 しおり", Email: "yorimichi@example.jp"}, 12},
	"asa-taiso":      {"at1r", "毎朝やっています。手ぶらでどうぞ。", "", ippo.Host{}, 25},
	"walk":           {"at1", "雨のときは、前の日の夕方に連絡します。", "飲み物、歩きやすい靴", ippo.Host{Email: "satoyama@example.jp"}, 33},
	"boccia":         {"at1r", "ルールは5分で覚えられます。", "", ippo.Host{Phone: "0000-00-0107", Paper: true}, 45},
	"kids-baseball":  {"tr", "", "飲み物、ぼうし", ippo.Host{Email: "kidsbase@example.jp"}, 50},
	"chorus":         {"at1rm", "最初の回は聞いているだけで大丈夫。楽譜はお貸しします。", "飲み物", ippo.Host{Person: "木霊 うたこ", Email: "kodama@example.jp", Public: true}, 18},
	"hama-clean":     {"at1e", "手袋と袋は用意します。", "ぬれてもよい靴", ippo.Host{Email: "hamabe@example.jp"}, 22},
	"nihongo":        {"at1rmeyzv", "日本語がわからなくても大丈夫です。友だちと来てもいいです。", "", ippo.Host{Person: "橋本 ことは", Email: "nihongo@example.jp", Public: true}, 9},
	"akiya":          {"at1r", "大工道具は使い方からお伝えします。", "作業着、軍手", ippo.Host{Email: "akiya@example.jp"}, 38},
	"radio":          {"ar", "録音の日に、見学だけでもどうぞ。", "", ippo.Host{Email: "miradio@example.jp"}, 15},
	"ochanoma":       {"a1r", "いつ来て、いつ帰ってもかまいません。", "", ippo.Host{Phone: "0000-00-0118", Paper: true}, 165},
	"science":        {"t1", "", "", ippo.Host{Email: "kagaku@example.jp"}, 60},
	"ijusha":         {"at1rmey", "引っ越してきた方どうしの席を用意しています。", "", ippo.Host{Person: "迎 いちろう", Email: "gohan@example.jp", Public: true}, 7},
	"hatake":         {"tr", "", "長ぐつ", ippo.Host{Email: "hatake@example.jp"}, 30},
	"brass":          {"tr", "", "楽器（貸し出しもあります）", ippo.Host{Email: "hanabusa-brass@example.jp"}, 28},
	"telework":       {"a1rf", "", "", ippo.Host{Email: "hataraku@example.jp"}, 14},
}

// receive fills in how the group receives newcomers.
func (l listed) receive(g *ippo.ActivityGroup, now time.Time) {
	r := receptions[l.slug]
	g.Welcome, g.Bring, g.Host = r.welcome, r.bring, r.host
	g.Fee = ippo.FeePaid
	if strings.HasPrefix(l.cost, "無料") {
		g.Fee = ippo.FeeFree
	}
	for _, mark := range r.marks {
		switch mark {
		case 'a':
			g.Alone = true
		case 't':
			g.Together = true
		case '1':
			g.Joining |= ippo.JoinOnce
		case 'r':
			g.Joining |= ippo.JoinRegular
		case 'm':
			g.Model = true
		case 'f':
			g.Full = true
		case 'e':
			g.Tongues |= ippo.TongueEnglish
		case 'y':
			g.Tongues |= ippo.TongueEasy
		case 'z':
			g.Tongues |= ippo.TongueChinese
		case 'v':
			g.Tongues |= ippo.TongueVietnamese
		}
	}
	if r.confirmed > 0 {
		g.ConfirmedAt = now.AddDate(0, 0, -r.confirmed)
	}
	if asked := now.AddDate(0, 0, 91-r.confirmed); asked.Before(now) { // it was asked in time and has not answered
		g.AskedAt, g.SilentSince = asked, asked
	}
}

func (l listed) group(c codes, now time.Time) ippo.ActivityGroup {
	g := ippo.ActivityGroup{
		Slug: l.slug, Name: l.name, Kana: l.kana, Summary: l.summary, Body: l.body,
		Topics: c.topics(l.topics...), Areas: c.areas(l.areas...), Place: l.place,
		Weekdays: l.weekdays, Parts: l.parts, When: l.when, Whom: l.whom, Cost: l.cost, Contact: l.contact,
		Receiving: true,
	}
	for _, mark := range l.marks {
		switch mark {
		case 'b':
			g.Beginners = true
		case 'c':
			g.Children = true
		case 'w':
			g.Wheelchair = true
		case 'o':
			g.Online = true
		case 'x':
			g.Receiving = false
		}
	}
	l.receive(&g, now)
	return g
}
