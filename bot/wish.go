package bot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ippo"
	"ippo/internal/fold"
)

// heard is what free words told of a wish: 「土日に子どもと参加できる」. Nothing is guessed: words that
// stand in no list say nothing.
type heard struct {
	area   string // slug
	reach  ippo.Reach
	topics []string // slugs
	free   ippo.Hours
	way    string
	needs  []string
	tongue ippo.Tongues
}

// kinds is how many different things were heard: one word may be there by chance, two hardly.
func (h heard) kinds() (n int) {
	for _, is := range [...]bool{h.area != "", h.reach != "", len(h.topics) > 0, h.free != 0, h.way != "", len(h.needs) > 0, h.tongue != 0} {
		if is {
			n++
		}
	}
	return n
}

// maxWish bounds the runes of a text that are listened to: whoever writes more is telling something else.
const maxWish = 200

// word is an entry of the lexicon: what it says when it is heard.
type word struct {
	spelt string // as fold.Text leaves it
	days  ippo.Weekdays
	parts ippo.DayParts
	need  string // value of an answer to the question of that name
	way   string
	reach ippo.Reach
	speak ippo.Tongues
	topic string
	area  string
	not   bool // denies what was said before it
}

const (
	needChildren   = "children"
	needAlone      = "alone"
	needTogether   = "together"
	needWheelchair = "wheelchair"
	needNoFee      = "nofee"
)

// lexicon are the words that a wish is understood by, whatever the city. A word that says nothing keeps a
// shorter one within it from being heard: 子ども食堂 is no child.
var lexicon = slices.Concat(
	spell(word{days: ippo.Workdays}, "平日", "へいじつ", "ウィークデー", "weekday", "weekdays"),
	spell(word{days: ippo.Weekend}, "土日", "どにち", "土・日", "週末", "しゅうまつ", "休みの日", "休日", "weekend", "weekends"),
	spell(word{days: 1 << 0}, "日曜", "日曜日", "にちよう", "にちようび", "sunday", "sundays"),
	spell(word{days: 1 << 1}, "月曜", "月曜日", "げつよう", "げつようび", "monday", "mondays"),
	spell(word{days: 1 << 2}, "火曜", "火曜日", "かよう", "かようび", "tuesday", "tuesdays"),
	spell(word{days: 1 << 3}, "水曜", "水曜日", "すいよう", "すいようび", "wednesday", "wednesdays"),
	spell(word{days: 1 << 4}, "木曜", "木曜日", "もくよう", "もくようび", "thursday", "thursdays"),
	spell(word{days: 1 << 5}, "金曜", "金曜日", "きんよう", "きんようび", "friday", "fridays"),
	spell(word{days: 1 << 6}, "土曜", "土曜日", "どよう", "どようび", "saturday", "saturdays"),
	spell(word{parts: ippo.Morning}, "午前", "午前中", "ごぜん", "朝", "あさの", "あさに", "morning", "mornings"),
	spell(word{parts: ippo.Afternoon}, "午後", "ごごの", "ごごに", "ごごが", "昼すぎ", "昼過ぎ", "afternoon", "afternoons"),
	spell(word{parts: ippo.Morning | ippo.Afternoon}, "昼", "昼間", "日中", "ひるの", "ひるに", "ひるま", "daytime"),
	spell(word{parts: ippo.Evening}, "夜", "よるの", "よるに", "よるが", "夕方", "ゆうがた", "晩", "evening", "evenings", "at night"),
	spell(word{days: ippo.Workdays, parts: ippo.Evening}, "仕事帰り", "仕事のあと", "仕事の後", "会社帰り", "after work"),
	spell(word{need: needChildren}, "子ども", "親子", "子連れ", "赤ちゃん", "あかちゃん", "娘", "息子", "ベビーカー", "幼児", "乳児",
		"child", "children", "kid", "kids", "baby", "my son", "my daughter"),
	spell(word{}, "子ども食堂", "子ども会", "子どものころ", "子どもの頃", "一人暮らし", "ひとり暮らし", "夜中", "朝日", "今朝", "昨夜", "かようと", "かよう人"),
	spell(word{need: needAlone}, "一人で", "ひとりで", "1人で", "独りで", "一人参加", "alone", "by myself", "on my own"),
	spell(word{need: needTogether}, "友だちと", "友人と", "家族と", "家族で", "夫婦で", "夫と", "妻と", "二人で", "2人で", "なかまと", "仲間と",
		"with friends", "with a friend", "with my family", "with my wife", "with my husband"),
	spell(word{need: needWheelchair}, "車いす", "段差がない", "段差のない", "バリアフリー", "足が悪い", "足が不自由", "杖をつい", "歩行器", "wheelchair", "step-free"),
	spell(word{need: needNoFee}, "無料", "むりょう", "ただで", "お金がかからない", "お金をかけ", "費用がかからない", "free of charge", "no fee", "no cost"),
	spell(word{way: "once"}, "一度だけ", "一回だけ", "1回だけ", "いちどだけ", "いっかいだけ", "一日だけ", "1日だけ", "単発", "お試し", "おためし", "once", "one time"),
	spell(word{way: "regular"}, "続けて", "つづけて", "続けたい", "定期的", "毎週", "まいしゅう", "毎月", "regularly", "every week"),
	spell(word{reach: ippo.ReachNear}, "近く", "ちかく", "近所", "きんじょ", "歩いて行ける", "徒歩", "nearby", "near home", "close to home"),
	spell(word{reach: ippo.ReachCity}, "市内どこでも", "どこでも", "遠くても", "とおくても", "anywhere"),
	spell(word{reach: ippo.ReachOnline}, "オンライン", "zoom", "在宅", "家から", "自宅から", "online", "from home"),
	spell(word{speak: ippo.TongueEasy}, "やさしい日本語"),
	spell(word{speak: ippo.TongueEnglish}, "英語", "えいご", "in english", "speak english"),
	spell(word{speak: ippo.TongueChinese}, "中国語", "ちゅうごくご", "chinese"),
	spell(word{speak: ippo.TongueKorean}, "韓国語", "かんこくご", "korean"),
	spell(word{speak: ippo.TongueVietnamese}, "ベトナム語", "vietnamese"),
	spell(word{speak: ippo.TonguePortuguese}, "ポルトガル語", "portuguese"),
	spell(word{speak: ippo.TongueNepali}, "ネパール語", "nepali"),
	spell(word{speak: ippo.TongueTagalog}, "タガログ語", "tagalog"),
	spell(word{not: true}, "以外", "いがい", "は無理", "はむり", "はだめ", "は駄目", "はできない", "は行けない", "はいけない", "は忙しい", "はいそがしい",
		"はいない", "はいません", "なし", "無し", "抜き"),
)

func spell(w word, spellings ...string) []word {
	words := make([]word, len(spellings))
	for i, s := range spellings {
		w.spelt = foldText(s)
		words[i] = w
	}
	return words
}

// listen understands free words, with the names of these topics and areas beside the lexicon.
func listen(text string, topics []ippo.Topic, areas []ippo.Area) heard {
	if utf8.RuneCountInString(text) > maxWish {
		return heard{}
	}
	words := slices.Clip(lexicon)
	for _, p := range topics {
		words = append(words, spell(word{topic: p.Slug}, longEnough(p.Spellings())...)...)
	}
	for _, a := range areas {
		words = append(words, spell(word{area: a.Slug}, longEnough(a.Spellings())...)...)
	}
	in := []rune(foldText(text))
	var l listener
	for i := 0; i < len(in); {
		var longest word
		end := i
		for _, w := range words {
			if e := w.at(in, i); e > end {
				longest, end = w, e
			}
		}
		if end == i {
			i++
			continue
		}
		l.hear(longest)
		i = end
	}
	return l.end()
}

// longEnough leaves the names that are long enough to be meant: one character stands in many words.
func longEnough(names []string) []string {
	return slices.DeleteFunc(names, func(s string) bool { return utf8.RuneCountInString(s) < 2 })
}

// at returns where the word ends if it stands in text at i, or i. Japanese is read across spaces; a word of
// letters must not go on.
func (w word) at(text []rune, i int) int {
	if w.spelt == "" {
		return i
	}
	letters := w.spelt[0] < utf8.RuneSelf
	if letters && i > 0 && text[i-1] < utf8.RuneSelf && unicode.IsLetter(text[i-1]) {
		return i
	}
	at := i
	for n, r := range w.spelt {
		for !letters && n > 0 && at < len(text) && text[at] == ' ' {
			at++
		}
		if !letters && r == ' ' {
			continue
		}
		if at == len(text) || text[at] != r {
			return i
		}
		at++
	}
	if letters && at < len(text) && text[at] < utf8.RuneSelf && unicode.IsLetter(text[at]) {
		return i
	}
	return at
}

// listener puts words together: 「土曜の午前と水曜の夜」 is two times, 「平日は無理」 none.
type listener struct {
	heard
	days     ippo.Weekdays // of which no part was said yet
	paired   ippo.Weekdays // the days that the last part belonged to
	parts    ippo.DayParts // said before any day
	last     ippo.Hours    // what the last words of time said
	not      ippo.Hours
	lastNeed string
}

func (l *listener) hear(w word) {
	if !w.not {
		l.lastNeed = ""
		if w.days == 0 && w.parts == 0 {
			l.settle()
			l.last = 0
		}
	}
	switch {
	case w.not:
		l.deny()
	case w.days != 0 && w.parts != 0:
		l.settle()
		l.add(w.days, w.parts)
	case w.days != 0:
		l.days |= w.days
		l.paired = 0
	case w.parts != 0:
		switch {
		case l.days != 0:
			l.paired, l.days = l.days, 0
			l.add(l.paired, w.parts)
		case l.paired != 0:
			l.add(l.paired, w.parts)
		default:
			l.parts |= w.parts
		}
	case w.need != "":
		l.lastNeed = w.need
		if !slices.Contains(l.needs, w.need) {
			l.needs = append(l.needs, w.need)
		}
	case w.way != "":
		l.way = w.way
	case w.reach != "":
		l.reach = w.reach
	case w.speak != 0:
		l.tongue |= w.speak
	case w.topic != "":
		if !slices.Contains(l.topics, w.topic) {
			l.topics = append(l.topics, w.topic)
		}
	case w.area != "":
		l.area = w.area
	}
}

func (l *listener) add(days ippo.Weekdays, parts ippo.DayParts) {
	l.last = ippo.HoursOf(days, parts)
	l.free |= l.last
}

// settle takes days that no part of the day followed for whole days.
func (l *listener) settle() {
	if l.days != 0 && l.parts == 0 {
		l.add(l.days, 0)
		l.days = 0
	}
}

// deny takes back what was said last.
func (l *listener) deny() {
	if l.lastNeed != "" {
		l.needs = slices.DeleteFunc(l.needs, func(n string) bool { return n == l.lastNeed })
		l.lastNeed = ""
		return
	}
	last := l.last
	if l.days != 0 {
		last, l.days = ippo.HoursOf(l.days, 0), 0
	} else if l.parts != 0 {
		last, l.parts = ippo.HoursOf(ippo.Workdays|ippo.Weekend, l.parts), 0
	}
	l.not |= last
	l.free &^= last
	l.last = 0
}

func (l *listener) end() heard {
	switch {
	case l.days != 0:
		l.free |= ippo.HoursOf(l.days, l.parts)
	case l.parts != 0 && l.free == 0:
		l.free = ippo.HoursOf(ippo.Workdays|ippo.Weekend, l.parts)
	}
	if l.not != 0 {
		if l.free == 0 {
			l.free = ippo.AllHours
		}
		l.free &^= l.not
	}
	return l.heard
}

// isWish reports whether a text that no talk understands says enough of a wish to look for groups.
func (t *turn) isWish(text string) bool {
	return fold.Key(text) != "" && !strings.ContainsAny(text, "?？") && listen(text, t.topics, t.areas).kinds() >= 2
}
