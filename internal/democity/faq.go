package democity

import (
	"context"
	"math/rand/v2"

	"ippo"
	"ippo/store"
)

// faq returns the center's frequent questions, as its staff would have written them.
func faqs() []ippo.FAQ {
	all := make([]ippo.FAQ, len(asks))
	for i, a := range asks {
		all[i] = ippo.FAQ{
			Question: a.question, Answer: a.answer, Synonyms: a.synonyms, Order: i + 1,
			Translations: worded([]string{"question", "answer"}, a.easy[:], a.en[:]),
		}
	}
	return all
}

// ask is one frequent question. Its key names it in the tests.
type ask struct {
	key, question, answer string
	synonyms              string    // one a line
	easy, en              [2]string // question and answer, where the staff wrote them
}

var asks = []ask{
	{
		key:      "hours",
		question: "センターは何時から何時まで開いていますか",
		answer:   "平日は9時から19時まで、土日・祝日は9時から17時まで開いています。\nお休みは、毎月第3月曜（祝日のときは次の日）と、12月29日から1月3日までです。",
		synonyms: "開館時間\n営業時間\n受付時間\n休館日\n定休日\n休みの日\n何時まで\n何曜日\n土日も開いている\n年末年始",
		easy:     [2]string{"センターは 何時から 何時まで あいていますか", "月曜日から金曜日：朝9時から 夜7時まで。\n土曜日・日曜日・祝日：朝9時から 夕方5時まで。\n休みの日：第3月曜日と、12月29日から 1月3日まで。"},
		en:       [2]string{"What are your opening hours?", "Weekdays 9:00–19:00, weekends and holidays 9:00–17:00.\nClosed on the third Monday of each month and from December 29 to January 3."},
	},
	{
		key:      "access",
		question: "センターはどこにありますか",
		answer:   "みらい市中央一丁目1番1号、みらい交流館の2階です。\nみらい駅の東口から歩いて7分、市内バス「交流館前」で降りてすぐです。",
		synonyms: "場所\n住所\n行き方\n地図\nアクセス\n最寄り駅\nバス停\n何階",
		easy:     [2]string{"センターは どこに ありますか", "みらい交流館（こうりゅうかん）の 2階です。\nみらい駅の 東口（ひがしぐち）から 歩いて 7分です。\nバスは「交流館前」で おりてください。"},
		en:       [2]string{"Where is the center?", "On the 2nd floor of Mirai Koryukan, 1-1-1 Chuo, Mirai City.\nIt is a 7-minute walk from the east exit of Mirai Station, or take the city bus to \"Koryukan-mae\"."},
	},
	{
		key:      "parking",
		question: "駐車場はありますか",
		answer:   "みらい交流館の地下に80台分あり、センターをご利用の方は2時間まで無料です。駐車券を窓口にお持ちください。\n自転車は、入口の横に無料で置けます。",
		synonyms: "車で行く\nパーキング\n車を停める\n駐輪場\n自転車\nバイク",
		easy:     [2]string{"車を とめる ところは ありますか", "みらい交流館の 地下（ちか）に あります。2時間まで お金は いりません。駐車券（ちゅうしゃけん）を 窓口に 見せてください。\n自転車も とめられます。"},
		en:       [2]string{"Is there parking?", "There are 80 spaces under Mirai Koryukan, free for 2 hours if you visit the center: please bring your parking ticket to our desk. Bicycles can be left beside the entrance."},
	},
	{
		key:      "consult",
		question: "どんなことを相談できますか",
		answer:   "活動の始め方、仲間集め、補助金、会計や規約、会の中の困りごと、地域で何かしたい気持ちまで、市民活動のことなら何でもご相談ください。まだ形になっていなくて大丈夫です。\n相談は無料で、秘密は守ります。",
		synonyms: "相談内容\n悩み\n困りごと\n相談料\n無料相談\n話を聞いてほしい",
	},
	{
		key:      "appointment",
		question: "相談に予約は必要ですか",
		answer:   "予約がなくても、開いている時間ならいつでもお話をうかがいます。\n会計や法律のことは専門の相談員がうかがいますので、3日前までに電話か窓口でご予約ください。オンラインでも相談できます。",
		synonyms: "相談の予約\n相談の申し込み\n予約なし\n飛び込み\nいきなり行ってもよいか\nオンライン相談",
	},
	{
		key:      "branch",
		question: "支所でも相談できますか",
		answer:   "月に一度ずつ、職員が各支所にうかがう「出張相談日」があります。予約はいりません。日にちは「お知らせ」でご案内しています。\n中央まで来るのが大変なときは、電話でもご相談ください。",
		synonyms: "出張相談\n近くで相談\n支所の相談日\n中央まで遠い\n出前相談",
	},
	{
		key:      "found",
		question: "新しく団体をつくるにはどうすればよいですか",
		answer:   "まずは仲間が3人いれば始められます。目的、名前、集まる日、お金の出し方を決めましょう。決めごとを紙1枚にまとめる「会のはじめかたシート」を窓口でお渡ししています。\n職員が一緒に考えますので、お気軽にご相談ください。",
		synonyms: "団体の立ち上げ\nサークルをつくる\nグループを始める\n会をつくる\n設立\n仲間を集める\n規約",
	},
	{
		key:      "register",
		question: "団体の登録はどうすればできますか",
		answer:   "市内で活動する3人以上の団体なら登録できます。登録用紙と会の規約（会則）を、窓口かメールでお出しください。費用はかかりません。\n確認に2週間ほどいただき、登録証をお渡しします。登録は2年ごとに更新します。",
		synonyms: "登録団体\n団体登録\n登録用紙\n登録の条件\n登録の更新\n登録証",
	},
	{
		key:      "benefit",
		question: "団体登録をすると何がよいのですか",
		answer:   "登録団体は、協働ルームと印刷機を安く使え、テントや音響などの道具を無料で借りられます。会の紹介をセンターのLINEとホームページに載せ、レターケースとロッカーも使えます。",
		synonyms: "登録のメリット\n登録の特典\n登録団体の利点\nロッカー\nレターケース",
	},
	{
		key:      "join",
		question: "団体や活動に参加するにはどうすればよいですか",
		answer:   "LINEのメニューの「団体をさがす」から、分野・地域・曜日で選べます。気になる団体のカードの「見学したい」を押すと、職員が日にちを調整してお返事します。\n迷うときは、窓口で一緒に探します。",
		synonyms: "団体に入りたい\nサークルに入る\n入会\n活動に加わる\n仲間に入れてほしい\n趣味の会",
		easy:     [2]string{"グループに 入りたいです。どうしますか", "LINEの メニューの「団体をさがす」から えらんでください。「見学したい」を おすと、センターの 人が てつだいます。"},
		en:       [2]string{"How can I join a group?", "Tap \"Find a group\" in the menu, and choose by topic, area or day. Tap \"I'd like to visit\" on a card: our staff will arrange a day and write to you."},
	},
	{
		key:      "visit",
		question: "入会する前に見学や体験はできますか",
		answer:   "ほとんどの団体で、見学や一度だけの体験ができます。「団体をさがす」でカードの「見学したい」を押してください。職員が団体に連絡し、日にちを調整します。\n見学したからといって、入らなければならないことはありません。",
		synonyms: "見学\n体験\nお試し\n見るだけ\n様子を見たい",
	},
	{
		key:      "volunteer",
		question: "ボランティアを始めたいのですが、初めてでもできますか",
		answer:   "はい。初めての方が多く活動しています。得意なこと、使える時間、行ける場所をうかがって、合う活動をご紹介します。\n毎月第2土曜の10時から、初めての方向けの説明会を開いています（予約はいりません）。",
		synonyms: "ボランティアがしたい\nボランティア募集\n人の役に立ちたい\n手伝いたい\n初心者\n未経験\n経験がない\n説明会",
		easy:     [2]string{"ボランティアを したいです。はじめてでも いいですか", "はい、だいじょうぶです。すきなこと、時間、場所を 聞いて、いっしょに さがします。\n毎月 第2土曜日の 朝10時に 説明会（せつめいかい）が あります。"},
		en:       [2]string{"I would like to volunteer. Can I, without experience?", "Yes, most people start without any. Tell us what you like, when you are free and where you can go, and we will suggest something.\nThere is an introduction for beginners on the second Saturday of each month at 10:00."},
	},
	{
		key:      "oneday",
		question: "一日だけのボランティアはありますか",
		answer:   "あります。イベントの受付、清掃、写真の記録など、一日だけ・二時間だけの募集をまとめています。窓口の掲示板か、LINEの「お知らせ」をご覧ください。お友だちと一緒に申し込めます。",
		synonyms: "単発\n一回だけ\n短時間\n土日だけ\n続けるのは難しい\n毎週は無理",
	},
	{
		key:      "insurance",
		question: "ボランティア保険には入れますか",
		answer:   "入れます。活動中のけがや、人や物に損害を与えたときの保険で、費用は1人1年350円からです。センターの窓口で申し込むと、次の日から使えます。\n行事の1日だけの保険もあります。",
		synonyms: "保険\n活動中のけが\n事故\n補償\n行事保険",
	},
	{
		key:      "certificate",
		question: "ボランティア活動の証明書はもらえますか",
		answer:   "もらえます。活動した日と時間を団体の人に書いてもらい、窓口にお持ちください。その場で証明書をお出しします。費用はかかりません。\n推薦や就職の書類に使うときは、書き方の相談にものります。",
		synonyms: "活動証明\n参加証明\nボランティア証明書\n内申\n推薦入試",
	},
	{
		key:      "youth",
		question: "中学生や高校生でも参加できますか",
		answer:   "できます。中学生以上なら一人で、小学生は大人と一緒に参加できる活動があります。18歳未満の方は、最初に保護者の同意書をお出しください。\n学校の帰りや休みの日にできる活動をご紹介します。",
		synonyms: "学生\n大学生\n小学生\n未成年\n子どもだけ\n何歳から\n年齢制限\n同意書\n部活",
	},
	{
		key:      "subsidy",
		question: "市民活動に使える補助金はありますか",
		answer:   "新しく始める活動には「小さな一歩応援補助金」（上限5万円、全額補助）があります。市内で活動する3人以上の集まりなら、規約や銀行口座がなくても申し込めます。\nほかの財団などの助成金も、活動に合わせてご紹介します。",
		synonyms: "助成金\n支援金\n活動資金\nお金の支援\n資金援助\n小さな一歩応援補助金",
	},
	{
		key:      "apply",
		question: "補助金の申し込みには何が必要ですか",
		answer:   "申込書と、使いみちの予定（収支の計画）の2枚です。用紙は窓口とホームページにあります。締め切りは募集のお知らせに書いてあります。\n書き方から一緒に考えますので、締め切りの1週間前までにご相談ください。",
		synonyms: "補助金の申請\n補助金の書類\n申請書\n補助金の締め切り\n助成金の応募\n企画書の書き方\n収支計画",
	},
	{
		key:      "spend",
		question: "補助金は何に使えますか",
		answer:   "材料費、会場代、講師へのお礼、保険料、チラシの印刷代などに使えます。\n飲食代、ふだんの運営費（家賃や光熱費）、メンバーへのお礼には使えません。領収書は必ず取っておいてください。",
		synonyms: "補助金の使いみち\n対象経費\n領収書\n飲食代\n講師代\n人件費",
	},
	{
		key:      "room",
		question: "会議や活動に使える部屋を借りられますか",
		answer:   "協働ルームが大（30人）・中（16人）・小（8人）の3つあります。登録団体は3か月前、ほかの市民の方は1か月前から、窓口か電話で予約できます。\n音の出る活動は大の部屋をお使いください。",
		synonyms: "会議室\n協働ルーム\n貸室\n部屋の予約\n会場\n打ち合わせの場所\nミーティング\n集まる場所\n空き状況",
	},
	{
		key:      "fee",
		question: "部屋を借りるのにいくらかかりますか",
		answer:   "登録団体は1時間 大300円・中200円・小100円、ほかの方はその2倍です。プロジェクターとマイクは無料です。料金は当日、窓口でお支払いください。",
		synonyms: "部屋の料金\n使用料\n利用料金\n部屋代\n会議室の値段\nプロジェクター\nマイク",
	},
	{
		key:      "cancel",
		question: "部屋の予約を取り消したり変えたりできますか",
		answer:   "使う日の3日前までは無料で取り消し・変更ができます。窓口か電話でご連絡ください。それより後の取り消しは、料金の半分をいただきます。",
		synonyms: "予約のキャンセル\n予約変更\n日にちを変えたい\nキャンセル料\n使わなくなった",
	},
	{
		key:      "print",
		question: "印刷機やコピー機は使えますか",
		answer:   "印刷機は製版1枚50円、紙をお持ちなら印刷代はかかりません。カラーコピーは1枚30円、白黒は10円です。紙折り機と裁断機は無料です。\n混み合いますので、印刷機は電話で予約してからお越しください。",
		synonyms: "コピー\n印刷\nプリンター\nチラシを刷る\n紙折り機\n裁断機\nラミネート",
	},
	{
		key:      "equipment",
		question: "テントや音響などの道具を借りられますか",
		answer:   "登録団体なら、テント、音響、紙芝居の舞台、仮設スロープ、子ども用のいすなどを無料で、一度に5日まで借りられます。予約は3か月前から。\n貸し出しと返却は、平日9時から18時まで、交流館の搬入口です。",
		synonyms: "備品\n機材\nレンタル\n貸し出し\nスピーカー\nイベント用品\nテーブル\nいす\n長机",
	},
	{
		key:      "flyer",
		question: "チラシやポスターを置いてもらえますか",
		answer:   "市民活動のチラシとポスターなら、窓口の棚と掲示板に置けます。チラシは50枚まで、ポスターはA3までを1枚、窓口にお持ちください。期間は1か月です。\n営業、政治、宗教のものはお断りしています。",
		synonyms: "チラシを配る\n掲示板\n貼ってもらう\nパンフレットを置く\nビラ\n配架",
	},
	{
		key:      "publicize",
		question: "イベントや団体のことをLINEや広報で知らせてもらえますか",
		answer:   "登録団体の催しは、センターのLINE、ホームページ、情報紙「いっぽ通信」で紹介します。催しの1か月前までに、日時・場所・対象・連絡先を窓口かメールでお知らせください。",
		synonyms: "宣伝\n告知\n情報発信\n掲載\n載せてほしい\n広報してほしい\n会員募集を知らせる\n情報紙",
	},
	{
		key:      "ambassador",
		question: "未来づくりアンバサダーとは何ですか",
		answer:   "まちの良さや市民活動を、身近な人に一言伝える人のことです。家族や友だちへの声かけが活動で、むずかしい仕事や集まりへの義務はありません。声をかけたら「声かけしました」を押すだけです。",
		synonyms: "アンバサダーの活動内容\nアンバサダーの仕事\nアンバサダーは何をする\n声かけ\n声かけ作戦",
	},
	{
		key:      "enlist",
		question: "アンバサダーになるにはどうすればよいですか",
		answer:   "LINEのメニューの「未来づくりアンバサダー」から申し込めます。お名前と連絡先は、LINEではなくセンターの入力画面で書いていただきます。市外にお住まいの方も歓迎です。\n職員が確認し、番号の入ったカードをお届けします。",
		synonyms: "アンバサダーに申し込む\nアンバサダーの登録\nアンバサダー募集\nアンバサダーの資格\nアンバサダーの条件",
	},
	{
		key:      "retire",
		question: "アンバサダーを休んだりやめたりできますか",
		answer:   "いつでもできます。「未来づくりアンバサダー」を開いて「お休みする」を押すか、お電話ください。お休みのあいだ、声かけのお知らせは届きません。理由はうかがいません。",
		synonyms: "アンバサダーをやめたい\nアンバサダーを辞退\nアンバサダーを休みたい\n脱退",
	},
	{
		key:      "circular",
		question: "回覧板をLINEで読めますか",
		answer:   "回覧をLINEで配っている町内会なら読めます。お住まいの町内会が使っているかは、町内会長かセンターにお尋ねください。紙の回覧板も続いています。",
		synonyms: "回覧\n電子回覧板\n町内会のお知らせ\n紙の回覧\n市からの配り物",
	},
	{
		key:      "neighbours",
		question: "町内会に入るにはどうすればよいですか",
		answer:   "お住まいの町内会の連絡先をセンターでお調べし、おつなぎします。住所の町名と番地だけ、窓口か電話でお知らせください。\n会費は町内会によって違い、月に200円から500円ほどです。",
		synonyms: "自治会\n町内会の加入\n町内会費\n隣組\n町内会長の連絡先\nどの町内会",
	},
	{
		key:      "newcomer",
		question: "引っ越してきたばかりで知り合いがいません。どうすればよいですか",
		answer:   "ようこそ、みらい市へ。LINEのメニューの「転入してきた方へ」で質問に答えると、合う団体をご紹介します。職員が間に入り、最初の見学に付きそうこともできます。\n毎月第1日曜には、転入した方のお茶の会があります。",
		synonyms: "転入\n移住\n引っ越し\n友だちがほしい\n友だちづくり\nなじめない\n寂しい\n知り合いをつくる\nmake friends",
		easy:     [2]string{"ひっこして きました。友だちが いません", "LINEの メニューの「転入してきた方へ」を おしてください。あなたに 合う グループを しょうかいします。\n毎月 第1日曜日に お茶の会が あります。"},
		en:       [2]string{"I just moved here and know nobody. What can I do?", "Welcome to Mirai! Tap \"New in town\" in the menu and answer a few questions: we will suggest groups, and our staff can come with you the first time.\nThere is a tea party for newcomers on the first Sunday of each month."},
	},
	{
		key:      "languages",
		question: "外国語で相談できますか",
		answer:   "英語は毎日、ポルトガル語は火曜、ベトナム語は木曜の13時から17時まで、通訳がいます。ほかのことばは、電話の通訳を使って13のことばで話せます。やさしい日本語でもお話しします。",
		synonyms: "英語\n通訳\n外国人\n中国語\nポルトガル語\nベトナム語\n日本語が話せない\n翻訳",
		easy:     [2]string{"外国語（がいこくご）で 話せますか", "英語は 毎日、ポルトガル語は 火曜日、ベトナム語は 木曜日（午後1時から5時）に 話せます。ほかの ことばは 電話で 通訳（つうやく）します。やさしい 日本語でも 話します。"},
		en:       [2]string{"Can I get help in English or other languages?", "English every day, Portuguese on Tuesdays and Vietnamese on Thursdays, 13:00–17:00. For other languages we use telephone interpreters (13 languages). We also speak easy Japanese."},
	},
	{
		key:      "nihongo",
		question: "日本語を習えるところはありますか",
		answer:   "「にほんごひろば みらい」が、交流館で毎週水曜の夜と日曜の朝に、無料の会を開いています。予約はいりません。日曜は、お子さんと一緒に来られます。",
		synonyms: "日本語教室\n日本語の勉強\n日本語を学ぶ\n日本語クラス\n会話の練習",
		easy:     [2]string{"日本語を べんきょうしたいです", "「にほんごひろば みらい」が あります。水曜日の 夜と、日曜日の 朝です。お金は いりません。予約（よやく）も いりません。子どもと いっしょに 来ても いいです。"},
		en:       [2]string{"Where can I learn Japanese?", "\"Nihongo Hiroba Mirai\" meets at Mirai Koryukan on Wednesday evenings and Sunday mornings. It is free, without reservation, and on Sundays you can bring your children."},
	},
	{
		key:      "children",
		question: "小さい子どもを連れて行っても大丈夫ですか",
		answer:   "大丈夫です。窓口のとなりに子どもの遊び場、授乳室、おむつ替えの台があります。火曜と土曜の午前は、見守りボランティアがお子さんと遊びますので、ゆっくりご相談いただけます。",
		synonyms: "子連れ\n赤ちゃん\n授乳室\nおむつ替え\nキッズスペース\nベビーカー\n託児\n預かり\nbaby\nkids",
		easy:     [2]string{"子どもと いっしょに 行っても いいですか", "はい。子どもが 遊ぶ ところ、おっぱいを あげる 部屋、おむつを かえる 台が あります。"},
		en:       [2]string{"Can I bring small children?", "Yes. Next to the desk there are a play corner, a nursing room and a changing table. On Tuesday and Saturday mornings volunteers play with the children while you talk with us."},
	},
	{
		key:      "barrierfree",
		question: "車いすでも利用できますか",
		answer:   "ご利用いただけます。入口に段差はなく、エレベーターと多目的トイレがあります。車いすは1階で貸し出しています。\n手話と筆談でもご案内します。手話通訳は1週間前までにお知らせください。",
		synonyms: "バリアフリー\nエレベーター\n障がい\n足が悪い\n多目的トイレ\n手話\n耳が聞こえない\n筆談\n段差",
	},
	{
		key:      "wifi",
		question: "Wi-Fiや自習できる席はありますか",
		answer:   "交流スペースの24席は、開いている時間ならどなたでも自由に使えます。無料のWi-Fiとコンセントがあり、飲み物も持ち込めます。会の予約が入る日は半分になります。",
		synonyms: "ワイファイ\nインターネット\n勉強\n自習\n電源\nコンセント\n交流スペース\nパソコン\n休憩",
	},
	{
		key:      "company",
		question: "会社で社会貢献の活動をしたいのですが",
		answer:   "半日・10人ほどから参加できる活動の一覧をお渡しします。海岸の清掃、施設の窓みがき、子どもの理科実験の手伝いなど14件です。道具と保険はこちらで用意できます。\n寄付や場所の提供のご相談も承ります。",
		synonyms: "企業\n社員\nCSR\n職場のボランティア\n寄付\n協賛\n地域貢献\n会社と団体の連携",
	},
	{
		key:      "npo",
		question: "NPO法人にするにはどうすればよいですか",
		answer:   "会員10人以上と、理事3人・監事1人以上が必要です。県に書類を出してから、およそ4か月で認められます。\nセンターでは、法人にするほうがよいかどうかから相談にのり、書類の下書きを一緒に確かめます（予約制）。",
		synonyms: "法人化\nNPO\n特定非営利活動法人\n法人格\n定款\n法人の設立\n認証",
	},
	{
		key:      "privacy",
		question: "LINEで伝えた個人情報はどう扱われますか",
		answer:   "お名前、電話番号、ご相談の内容は、LINEではなくセンターの入力画面でうかがい、暗号にして保管します。ご連絡のほかには使わず、ご本人の同意なく人に渡しません。\nくわしくは、あいさつの「個人情報の取り扱い」をご覧ください。",
		synonyms: "プライバシー\n個人情報の取り扱い\n名前を知られたくない\n情報漏れ\n安全\n匿名",
	},
}

// unanswered is what residents asked and no question answers yet, and how often.
var unanswered = []struct {
	days  int
	times int
	text  string
}{
	{19, 1, "ピアノのある部屋はありますか"},
	{16, 3, "ペットを連れて行けますか"},
	{12, 1, "昔の広報紙を読みたいのですが"},
	{9, 2, "名刺を作ってもらえますか"},
	{3, 1, "着付けを教えている人を紹介してほしい"},
}

// replies are what the center says to words that come up again and again.
func (f *filling) replies(ctx context.Context) error {
	for _, a := range []ippo.AutoReply{
		{Keywords: "休館日\n休みの日\n何曜日が休み", Text: "みらい市市民協働センターは、年末年始のほかは毎日開いています。平日は19時、土日・祝日は17時までです。", Translations: ippo.Translations{
			ippo.EasyJapanese: {Texts: map[string]string{"text": "センターは 年末年始のほかは 毎日 あいています。平日は 19時まで、土日・祝日は 17時までです。"}},
			ippo.English:      {Texts: map[string]string{"text": "The center is open every day but around New Year: until 19:00 on weekdays, until 17:00 on weekends and public holidays."}},
		}},
		{Keywords: "ハザードマップ\n防災マップ", Text: "ハザードマップは、センターの窓口と支所でお渡ししています。避難の相談は、お電話でもどうぞ。"},
	} {
		if _, err := f.CreateAutoReply(ctx, f.editor, a); err != nil {
			return err
		}
	}
	return nil
}

// questions are written one after another, so that they keep their order; some have been asked since.
func (f *filling) questions(ctx context.Context) error {
	r := rand.New(rand.NewChaCha8(seed))
	for _, q := range faqs() {
		made, err := f.CreateFAQ(ctx, f.editor, q)
		if err != nil {
			return err
		}
		shown := r.IntN(30)
		helped := shown * (50 + r.IntN(40)) / 100
		err = f.Write(ctx, func(t *store.Tx) error { return t.CountFAQ(ctx, made.ID, shown, helped, (shown-helped)/3) })
		if err != nil {
			return err
		}
	}
	return nil
}

// unansweredQuestions came in since.
func (f *filling) unansweredQuestions(ctx context.Context) error {
	for _, u := range unanswered {
		for n := range u.times {
			f.at(f.c.ago(u.days-n, 13))
			if err := f.Write(ctx, func(t *store.Tx) error { return t.AddUnanswered(ctx, u.text, "") }); err != nil {
				return err
			}
		}
	}
	return nil
}
