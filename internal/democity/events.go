package democity

import (
	"time"

	"ippo"
)

// events returns what is coming up.
func events(c calendar, codes codes) []ippo.Event {
	event := func(slug, title, summary, body string, start time.Time, hours float64, place string, capacity int, cost, contact string, topics, areas list) ippo.Event {
		return ippo.Event{
			Slug: slug, Title: title, Summary: summary, Body: body,
			StartsAt: start, EndsAt: start.Add(time.Duration(hours * float64(time.Hour))),
			Place: place, Capacity: capacity, Cost: cost, Contact: contact,
			Topics: codes.topics(topics...), Areas: codes.areas(areas...), Status: ippo.ContentPublished,
		}
	}
	all := []ippo.Event{
		event("kaiwa-cafe", "多文化会話カフェ", "いろいろな国のお茶を飲みながら、ゆっくり話します。",
			"日本語でも、ほかのことばでも。月に一度、風見支所で開いています。",
			c.ago(5, 14), 2, "風見支所 広間", 20, "無料", "", list{"kokusai"}, list{"kazami"}),
		event("ninmeishiki", "未来づくりアンバサダー 任命式", "新しいアンバサダーのみなさんに、市長から任命書をお渡しします。",
			"式のあと、お茶を飲みながら、これからの声かけについて話します。平服でお越しください。",
			c.next(time.Saturday, 16, 10, 0), 1.5, "みらい交流館 大ホール", 60, "無料", "", list{"machizukuri"}, nil),
		event("yoru-hinanro", "夜の避難路を歩く会", "懐中電灯だけで、家から避難所までの道を確かめます。",
			"三つの組に分かれて歩き、気づいたことを大きな地図に書きこみます。車いすの道も一緒に確かめます。雨天のときは館内で地図作りをします。",
			c.next(time.Saturday, 3, 18, 30), 1.5, "みらい交流館 玄関前", 40, "無料", "LINEか電話 0000-00-0000", list{"bosai"}, list{"chuo"}),
		event("oyako-concert", "ねころび音楽会", "0歳から大歓迎。寝ころんで聴く一時間の演奏会です。",
			"花房おとなの吹奏楽が、童謡や映画の曲を演奏します。泣いても走っても大丈夫。おむつ替えと授乳の部屋があります。",
			c.next(time.Sunday, 4, 10, 30), 1, "花房公民館 ホール", 120, "無料", "申し込みはいりません", list{"kosodate", "bunka"}, list{"hanabusa"}),
		event("hama-clean-day", "はまべクリーンの日", "一時間拾って、三十分数えます。手ぶらでどうぞ。",
			"手袋、袋、火ばさみを用意しています。拾ったものの種類を数え、記録します。小さな方は貝がら探しの係です。",
			c.next(time.Sunday, 6, 9, 0), 1.5, "みなと浜海水浴場", 0, "無料", "当日会場へ", list{"kankyo"}, list{"minatohama"}),
		event("dantai-koryu", "市民活動団体 交流会", "会の外の人と話すと、悩みが半分になります。",
			"仲間集め、世代交代、会計。三つの机に分かれて話し、最後にお互いの手伝いを一つ約束して帰ります。個人での参加もできます。",
			c.next(time.Wednesday, 5, 18, 30), 2, "みらい交流館 協働ルーム", 30, "無料", "電話 0000-00-0000", list{"machizukuri"}, nil),
		event("ambassador-cafe", "アンバサダーの茶話会", "声をかけた話、かけられなかった話を持ち寄りましょう。",
			"登録したばかりの方も、しばらくお休みの方もどうぞ。市外の家族への声のかけ方、チラシの渡し方を、先輩の話から学びます。",
			c.next(time.Saturday, 9, 14, 0), 1.5, "みらい交流館 喫茶コーナー", 25, "お茶代200円", "LINEでお知らせします", list{"machizukuri", "iju"}, nil),
		event("yasashii-nihongo", "やさしい日本語 はじめの一歩", "「ご記入ください」を「書いてください」に。二時間の講座です。",
			"窓口や病院、お店で使えるやさしい言いかえを練習します。外国から来た住民の方三人が、聞き手になってくれます。",
			c.next(time.Thursday, 10, 19, 0), 2, "風見支所 会議室", 24, "無料", "nihongo@example.jp", list{"kokusai", "manabi"}, list{"kazami"}),
		event("satoyama-walk", "みらい里山ウォーク 鷺沢の尾根道", "五キロをゆっくり。昼は持ち寄りの漬物つき。",
			"先頭と最後尾に案内役がつきます。歩くのがおそい方、写真を撮りたい方は後ろの組へ。雨天は翌週に延期します。",
			c.next(time.Sunday, 11, 8, 30), 4, "鷺沢支所前 集合", 35, "200円（保険料）", "satoyama@example.jp", list{"kenko", "kankyo"}, list{"sagisawa"}),
		event("fukuhon-ichi", "子ども服のゆずり合い市", "持ってきた人も、手ぶらの人もどうぞ。",
			"60センチから150センチまでの服と、絵本、おもちゃ。お一人十点までお持ち帰りいただけます。開場前の整理券はありません。",
			c.next(time.Saturday, 12, 10, 0), 3, "みなと浜支所 広間", 0, "無料", "みなと浜支所へ", list{"kosodate"}, list{"minatohama"}),
		event("hojokin-sodan", "補助金 書き方の会", "申請書の「目的」の欄で止まっている方へ。",
			"去年申し込んだ団体の人が、となりで一緒に書きます。何をするか決まっていなくても、話しながら形にできます。",
			c.next(time.Tuesday, 13, 18, 30), 2, "みらい交流館 会議室1", 12, "無料", "電話 0000-00-0000", list{"machizukuri"}, nil),
		event("ijusha-gohan", "移住者ごはん会", "引っ越してきた人と、前から住む人の夕ごはん。",
			"今月は水車のそばを打ちます。食べるだけの方も歓迎です。小さなお子さんの椅子があります。",
			c.next(time.Friday, 14, 18, 30), 2, "みらい交流館 調理室", 24, "500円（移住1年目は無料）", "gohan@example.jp", list{"iju", "machizukuri"}, list{"chuo"}),
	}
	for i := range all {
		if how, ok := signUps[all[i].Slug]; ok {
			all[i].SignUp, all[i].ForAmbassadors = how.SignUp, how.forAmbassadors
		}
	}
	return all
}
