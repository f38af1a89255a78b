package democity

import "ippo"

// areas are the center of the city and its ten branch offices' areas (支所地域).
var areas = []ippo.Area{
	{Slug: "chuo", Name: "中央", Easy: "中央（ちゅうおう）", En: "Chuo (center)"},
	{Slug: "kazami", Name: "風見", Easy: "風見（かざみ）", En: "Kazami"},
	{Slug: "hoshigahara", Name: "星ヶ原", Easy: "星ヶ原（ほしがはら）", En: "Hoshigahara"},
	{Slug: "kotorigawa", Name: "小鳥川", Easy: "小鳥川（ことりがわ）", En: "Kotorigawa"},
	{Slug: "hanabusa", Name: "花房", Easy: "花房（はなぶさ）", En: "Hanabusa"},
	{Slug: "sagisawa", Name: "鷺沢", Easy: "鷺沢（さぎさわ）", En: "Sagisawa"},
	{Slug: "minatohama", Name: "みなと浜", Easy: "みなと浜（はま）", En: "Minatohama"},
	{Slug: "suginosato", Name: "杉の里", Easy: "杉の里（すぎのさと）", En: "Suginosato"},
	{Slug: "mizuguruma", Name: "水車", Easy: "水車（みずぐるま）", En: "Mizuguruma"},
	{Slug: "yunagi", Name: "夕凪", Easy: "夕凪（ゆうなぎ）", En: "Yunagi"},
	{Slug: "okunomori", Name: "奥の森", Easy: "奥の森（おくのもり）", En: "Okunomori"},
}

// topics are what the center's news is about.
var topics = []ippo.Topic{
	{Slug: "kosodate", Name: "子育て", Easy: "子（こ）どもと家族", En: "Raising kids"},
	{Slug: "fukushi", Name: "福祉・支え合い", Easy: "助け合い", En: "Helping others"},
	{Slug: "kenko", Name: "健康・スポーツ", Easy: "体とスポーツ", En: "Health & sports"},
	{Slug: "bunka", Name: "文化・芸術", Easy: "音楽や絵", En: "Arts & culture"},
	{Slug: "kankyo", Name: "環境・自然", Easy: "自然とごみ", En: "Nature"},
	{Slug: "kokusai", Name: "国際交流", Easy: "外国の人と友だち", En: "International"},
	{Slug: "bosai", Name: "防災・防犯", Easy: "災害のじゅんび", En: "Disaster safety"},
	{Slug: "wakamono", Name: "若者・学生", Easy: "わかい人", En: "Young people"},
	{Slug: "machizukuri", Name: "まちづくり", Easy: "まちを よくする", En: "Our town"},
	{Slug: "senior", Name: "シニア・生きがい", Easy: "お年より", En: "Seniors"},
	{Slug: "manabi", Name: "学び・講座", Easy: "べんきょう", En: "Learning"},
	{Slug: "iju", Name: "移住・しごと", Easy: "引っこしと仕事", En: "Moving & work"},
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
