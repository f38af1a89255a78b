package democity

import "ippo"

// worded makes the translations of a thing whose texts have these names: one in やさしい日本語 and one in English,
// each as far as the staff have written it.
func worded(names, easy, en []string) ippo.Translations {
	ts := make(ippo.Translations)
	for l, texts := range map[ippo.Language][]string{ippo.EasyJapanese: easy, ippo.English: en} {
		t := ippo.Translation{Texts: make(map[string]string)}
		for i, text := range texts {
			if text != "" {
				t.Texts[names[i]] = text
			}
		}
		if len(t.Texts) > 0 {
			ts[l] = t
		}
	}
	return ts
}

// inOtherWords is what the staff have put into やさしい日本語 and English so far, by kind and slug: what newcomers from
// abroad ask for most. The order of the texts is that of the thing's Texts.
var inOtherWords = map[ippo.ContentKind]map[string]struct{ easy, en []string }{
	ippo.ContentNews: {
		"nihongo-partner": {
			easy: []string{
				"日本語で いっしょに 話す 人を さがして います", "教えなくて いいです。1週間に 1回、ゆっくり 話します。",
				"「にほんごひろば みらい」は、外国から 来た 人と 日本語で 話す ところです。話す 人が 足りません。\n\n先生でなくて いいです。外国の ことばが わからなくても いいです。天気の 話、料理の 話を します。学校の 手紙を いっしょに 読みます。\n\n日曜日の 朝は、こどもと いっしょに 来られます。",
			},
			en: []string{
				"Wanted: people to chat with in Japanese", "No teaching. Once a week, just talking, slowly.",
				"Nihongo Hiroba Mirai needs more people who talk with residents from abroad. You need no teacher's licence and no foreign language: talk about the weather or cooking, or read a letter from school together.\n\nOn Sunday mornings you can bring your children.",
			},
		},
		"terakoya-yunagi": {
			easy: []string{"夕凪（ゆうなぎ）で スマートフォンの つかいかたを 教えます", "高校生が ひとりに ひとり、LINEや 写真の つかいかたを 教えます。"},
			en:   []string{"Smartphone help comes to Yunagi", "High-school students help you one to one with LINE and photos."},
		},
		"shucho-sodan": {
			easy: []string{"支所（ししょ）で 相談が できる 日", "センターの 人が、1か月に 1回 支所へ 行きます。", "何でも 相談して ください。予約は いりません。電話を してから 来ると、資料を もって 行けます。"},
		},
		"bosai-yoru": {
			en: []string{"Walk the way to the shelter at night", "Imagine a power cut: we walk with torches only."},
		},
	},
	ippo.ContentEvent: {
		"yasashii-nihongo": {
			easy: []string{"やさしい日本語 はじめの 一歩", "むずかしい 日本語を かんたんに する べんきょうです。2時間です。", "役所や 病院、店で つかう ことばを れんしゅうします。外国から 来た 人が 3人 来ます。", "風見（かざみ）支所 会議室", "お金は いりません", "nihongo@example.jp"},
			en:   []string{"Plain Japanese: a first step", "Two hours on saying hard things simply.", "We practise plain words for offices, hospitals and shops. Three residents from abroad will listen.", "Kazami branch office, meeting room", "Free", "nihongo@example.jp"},
		},
		"hama-clean-day": {
			easy: []string{"海を きれいに する 日", "1時間 ごみを ひろいます。30分 かぞえます。何も もって こなくて いいです。", "", "みなと浜（はま）の 海", "お金は いりません", "その 日に 来て ください"},
			en:   []string{"Beach clean-up", "One hour of picking up, half an hour of counting. Come as you are.", "Gloves, bags and tongs are there. We count and record what we find. Small children look for shells.", "Minatohama beach", "Free", "Just come"},
		},
	},
	ippo.ContentGroup: {
		"nihongo": {
			easy: []string{"にほんごひろば みらい", "外国から 来た 人と、やさしい 日本語で 話します"},
			en:   []string{"Nihongo Hiroba Mirai", "Chat in plain Japanese with people from abroad"},
		},
		"ohisama": {
			easy: []string{"おひさま 親子ひろば", "0歳から 3歳の こどもと 親が あそぶ ところ"},
			en:   []string{"Ohisama Parents and Toddlers", "Play and talk for parents with children from 0 to 3"},
		},
	},
	ippo.ContentCampaign: {
		"kaeri": {
			easy: []string{"みらい市に 帰って おいでよ", "遠くに 住む 家族や 友だちに「帰って おいで」と 言います。1回 5分です。"},
			en:   []string{"Come home to Mirai", "Tell family and friends who live elsewhere: come home some day. It takes five minutes."},
		},
	},
}

// translated returns what the staff have of a thing in other words.
func translated(kind ippo.ContentKind, slug string, texts []ippo.ContentText) ippo.Translations {
	names := make([]string, len(texts))
	for i, t := range texts {
		names[i] = t.Name
	}
	said := inOtherWords[kind][slug]
	return worded(names, said.easy, said.en)
}
