package democity

import "ippo"

// areas are the center of the city and its ten branch offices' areas (支所地域).
var areas = []ippo.Area{
	{Slug: "chuo", Name: "中央", Names: ippo.Names{ippo.EasyJapanese: "中央（ちゅうおう）", ippo.English: "Chuo (center)"}},
	{Slug: "kazami", Name: "風見", Names: ippo.Names{ippo.EasyJapanese: "風見（かざみ）", ippo.English: "Kazami"}},
	{Slug: "hoshigahara", Name: "星ヶ原", Names: ippo.Names{ippo.EasyJapanese: "星ヶ原（ほしがはら）", ippo.English: "Hoshigahara"}},
	{Slug: "kotorigawa", Name: "小鳥川", Names: ippo.Names{ippo.EasyJapanese: "小鳥川（ことりがわ）", ippo.English: "Kotorigawa"}},
	{Slug: "hanabusa", Name: "花房", Names: ippo.Names{ippo.EasyJapanese: "花房（はなぶさ）", ippo.English: "Hanabusa"}},
	{Slug: "sagisawa", Name: "鷺沢", Names: ippo.Names{ippo.EasyJapanese: "鷺沢（さぎさわ）", ippo.English: "Sagisawa"}},
	{Slug: "minatohama", Name: "みなと浜", Names: ippo.Names{ippo.EasyJapanese: "みなと浜（はま）", ippo.English: "Minatohama"}},
	{Slug: "suginosato", Name: "杉の里", Names: ippo.Names{ippo.EasyJapanese: "杉の里（すぎのさと）", ippo.English: "Suginosato"}},
	{Slug: "mizuguruma", Name: "水車", Names: ippo.Names{ippo.EasyJapanese: "水車（みずぐるま）", ippo.English: "Mizuguruma"}},
	{Slug: "yunagi", Name: "夕凪", Names: ippo.Names{ippo.EasyJapanese: "夕凪（ゆうなぎ）", ippo.English: "Yunagi"}},
	{Slug: "okunomori", Name: "奥の森", Names: ippo.Names{ippo.EasyJapanese: "奥の森（おくのもり）", ippo.English: "Okunomori"}},
}

// topics are what the center's news is about.
var topics = []ippo.Topic{
	{Slug: "kosodate", Name: "子育て", Names: ippo.Names{ippo.EasyJapanese: "子（こ）どもと家族", ippo.English: "Raising kids"}},
	{Slug: "fukushi", Name: "福祉・支え合い", Names: ippo.Names{ippo.EasyJapanese: "助け合い", ippo.English: "Helping others"}},
	{Slug: "kenko", Name: "健康・スポーツ", Names: ippo.Names{ippo.EasyJapanese: "体とスポーツ", ippo.English: "Health & sports"}},
	{Slug: "bunka", Name: "文化・芸術", Names: ippo.Names{ippo.EasyJapanese: "音楽や絵", ippo.English: "Arts & culture"}},
	{Slug: "kankyo", Name: "環境・自然", Names: ippo.Names{ippo.EasyJapanese: "自然とごみ", ippo.English: "Nature"}},
	{Slug: "kokusai", Name: "国際交流", Names: ippo.Names{ippo.EasyJapanese: "外国の人と友だち", ippo.English: "International"}},
	{Slug: "bosai", Name: "防災・防犯", Names: ippo.Names{ippo.EasyJapanese: "災害のじゅんび", ippo.English: "Disaster safety"}},
	{Slug: "wakamono", Name: "若者・学生", Names: ippo.Names{ippo.EasyJapanese: "わかい人", ippo.English: "Young people"}},
	{Slug: "machizukuri", Name: "まちづくり", Names: ippo.Names{ippo.EasyJapanese: "まちを よくする", ippo.English: "Our town"}},
	{Slug: "senior", Name: "シニア・生きがい", Names: ippo.Names{ippo.EasyJapanese: "お年より", ippo.English: "Seniors"}},
	{Slug: "manabi", Name: "学び・講座", Names: ippo.Names{ippo.EasyJapanese: "べんきょう", ippo.English: "Learning"}},
	{Slug: "iju", Name: "移住・しごと", Names: ippo.Names{ippo.EasyJapanese: "引っこしと仕事", ippo.English: "Moving & work"}},
}

var entries = []ippo.Entry{
	{Slug: "shimin-ka", Name: "市民課の窓口", Newcomer: true},
	{Slug: "shisho", Name: "支所の窓口"},
	{Slug: "event", Name: "イベント会場"},
	{Slug: "poster", Name: "まちなかのポスター"},
	{Slug: "iju-pamphlet", Name: "移住パンフレット", Newcomer: true},
}

var tags = []struct{ slug, name string }{
	{"dantai", "団体の代表者"},
	{"kigyo", "協力企業"},
	{"chonaikai", "町内会長"},
}

func settings() ippo.Settings {
	s := ippo.DefaultSettings()
	s.Modules = ippo.Modules()
	s.Office = ippo.Office{
		Account: "みらい市 協働センター",
		Name:    "みらい市市民協働センター",
		City:    "みらい市",
		Phone:   "0000-00-0000",
		Hours:   "平日 9:00〜19:00、土日・祝日 9:00〜17:00",
		Address: "みらい市中央一丁目1番1号 みらい交流館2階",
		Email:   "kyodo@mirai.example.jp",
	}
	s.OnCall = "当番の職員（センターの携帯電話）"
	return s
}
