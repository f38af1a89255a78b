package ippo

import (
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// RichMenu is the menu under the chat (リッチメニュー), as staff put it together. How many areas it has decides how they
// are laid out.
type RichMenu struct {
	Tall  bool           `json:"tall"` // twice as high, for up to six areas
	Bar   string         `json:"bar"`  // what is written on the bar that opens it
	Areas []RichMenuArea `json:"areas"`
}

// Equal reports whether two menus look and do the same.
func (m RichMenu) Equal(other RichMenu) bool {
	return m.Tall == other.Tall && m.Bar == other.Bar && slices.Equal(m.Areas, other.Areas)
}

// RichMenuArea is a part of the menu that does something when it is tapped.
type RichMenuArea struct {
	Icon   RichMenuIcon   `json:"icon"`
	Words  string         `json:"words"`
	More   string         `json:"more"` // small, below the words; "" for none
	Action RichMenuAction `json:"action"`
	Value  string         `json:"value"` // the address, number or word of an action that has one; "" for others
}

// RichMenuAudience is whom a menu is for. Stored: add, never rename.
type RichMenuAudience string

const (
	MenuForEveryone    RichMenuAudience = "everyone"
	MenuForAmbassadors RichMenuAudience = "ambassadors"
)

// Words names an audience as staff read it; ambassador is what ambassadors are called.
func (a RichMenuAudience) Words(ambassador string) string {
	if a == MenuForAmbassadors {
		return ambassador
	}
	return "友だち"
}

// RichMenuKind says whose menu one is: an audience's, among those who read a language.
type RichMenuKind struct {
	Audience RichMenuAudience
	Language Language
}

// DefaultRichMenuKind is the menu of who has none of their own. LINE shows it to everyone else.
var DefaultRichMenuKind = RichMenuKind{MenuForEveryone, Japanese}

// Words names a kind as staff read it; ambassador is what ambassadors are called.
func (k RichMenuKind) Words(ambassador string) string {
	return k.Audience.Words(ambassador) + "（" + k.Language.Words() + "）"
}

// Module is the module that a kind belongs to; "" for none.
func (k RichMenuKind) Module() Module {
	if k.Audience == MenuForAmbassadors {
		return ModuleAmbassadors
	}
	return ""
}

// RichMenusFor lists the kinds that somebody may see, the best first: they see the first that there is. A menu that they can
// read comes before one that is only for them.
func RichMenusFor(ambassador bool, reads Language) []RichMenuKind {
	var kinds []RichMenuKind
	for _, l := range []Language{reads, Japanese} {
		if ambassador {
			kinds = append(kinds, RichMenuKind{MenuForAmbassadors, l})
		}
		kinds = append(kinds, RichMenuKind{MenuForEveryone, l})
		if reads == Japanese {
			break
		}
	}
	return kinds
}

// RichMenuIcon names a picture of ours. Stored: add, never rename.
type RichMenuIcon string

// RichMenuIcons lists the pictures with their words.
var RichMenuIcons = []struct {
	Icon  RichMenuIcon
	Words string
}{
	{"search", "虫めがね"}, {"megaphone", "メガホン"}, {"calendar", "カレンダー"}, {"house", "家"}, {"star", "人と星"}, {"speech", "吹き出し"},
	{"gear", "設定"}, {"phone", "電話"}, {"question", "はてな"}, {"ticket", "申し込み"}, {"flag", "旗"}, {"heart", "ハート"}, {"globe", "地球"}, {"link", "リンク"},
}

// RichMenuAction is what an area does. Those of the bot are named as its talks. Stored: add, never rename.
type RichMenuAction string

// The actions that have a value.
const (
	RichMenuLink  RichMenuAction = "link"  // opens a page
	RichMenuPhone RichMenuAction = "phone" // dials
	RichMenuWord  RichMenuAction = "word"  // says a word in the chat, as if it had been typed
)

// richMenuHelp is settings, consultations and the telephone: what is always there.
const richMenuHelp RichMenuAction = "help"

// RichMenuActions lists what an area can do, with the module that it belongs to.
var RichMenuActions = []struct {
	Action RichMenuAction
	Words  string
	Module Module
}{
	{"groups", "団体をさがす", ModuleGroups}, {"news", "お知らせを見る", ModuleNews}, {"events", "イベントを見る", ModuleEvents},
	{"reserve", "申し込みを確かめる", ModuleEvents}, {"newcomer", "転入の質問を始める", ModuleMatching}, {"ambassador", "アンバサダー", ModuleAmbassadors},
	{"vision", "ビジョン", ModuleVisions}, {"consult", "相談する", ModuleConsultations}, {"faq", "よくある質問", ModuleFAQ},
	{"settings", "受信設定", ""}, {"language", "ことばを変える", ""}, {"desk", "電話・場所", ""}, {richMenuHelp, "設定・相談・電話をまとめて", ""},
	{RichMenuLink, "リンクを開く", ""}, {RichMenuPhone, "電話をかける", ""}, {RichMenuWord, "ことばを送る", ""},
}

// Module is the module that an action belongs to; "" for none.
func (a RichMenuAction) Module() Module {
	for _, one := range RichMenuActions {
		if one.Action == a {
			return one.Module
		}
	}
	return ""
}

// Bounds of a menu's words. LINE's is that of the bar; the others are what can be read at the size of an area. Source:
// https://developers.line.biz/en/reference/messaging-api/#rich-menu-object
const (
	MaxRichMenuBar   = 14 // UTF-16 units
	MaxRichMenuWords = 10 // as wide as so many kanji; other letters are half as wide
	MaxRichMenuMore  = 14
	MaxRichMenuTall  = 6 // areas of a tall menu
	MaxRichMenuLow   = 3
	maxRichMenuWord  = 40
)

// Validate reports every problem staff can mend. Areas are counted from 1.
func (m RichMenu) Validate() error {
	var p Problems
	if n := len(utf16.Encode([]rune(m.Bar))); n < 1 || n > MaxRichMenuBar {
		p.Addf("bar", "下の帯のことばは、1文字以上%d文字以内で入力してください。", MaxRichMenuBar)
	}
	most := MaxRichMenuLow
	if m.Tall {
		most = MaxRichMenuTall
	}
	switch n := len(m.Areas); {
	case n == 0:
		p.Add("areas", "ボタンを1つ以上入力してください。")
	case n > most:
		p.Addf("areas", "この大きさに置けるボタンは%dつまでです（いまは%dつ）。", most, n)
	}
	for i, a := range m.Areas {
		a.check(&p, "areas."+string(rune('1'+min(i, 8)))+".")
	}
	return p.Err()
}

func (a RichMenuArea) check(p *Problems, field string) {
	if strings.TrimSpace(a.Words) == "" {
		p.Add(field+"words", "ボタンのことばを入力してください。")
	}
	for _, text := range []struct {
		field, label, words string
		most                int
	}{{"words", "ボタンのことば", a.Words, MaxRichMenuWords}, {"more", "小さなことば", a.More, MaxRichMenuMore}} {
		if halves(text.words) > 2*text.most {
			p.Addf(field+text.field, "%sは、全角%d文字（半角%d文字）以内で入力してください。", text.label, text.most, 2*text.most)
		}
	}
	drawn, known := false, false
	for _, one := range RichMenuIcons {
		drawn = drawn || one.Icon == a.Icon
	}
	for _, one := range RichMenuActions {
		known = known || one.Action == a.Action
	}
	if !drawn {
		p.Add(field+"icon", "絵を選んでください。")
	}
	number := Narrow(a.Value)
	switch {
	case !known:
		p.Add(field+"action", "押したときの動きを選んでください。")
	case a.Action == RichMenuLink && a.Value == "":
		p.Add(field+"value", "リンクのアドレスを入力してください。")
	case a.Action == RichMenuLink:
		checkURL(p, field+"value", a.Value)
	case a.Action == RichMenuPhone && (strings.Trim(number, "0123456789-+") != "" || len(number) < 3 || len(number) > 20):
		p.Add(field+"value", "電話番号は、数字と「-」で入力してください。")
	case a.Action == RichMenuWord:
		checkText(p, field+"value", "送ることば", a.Value, 1, maxRichMenuWord)
	}
}

// halves is how wide a text stands, in letters of half a kanji's width.
func halves(s string) (n int) {
	for _, r := range s {
		if n++; r >= 0x1100 && (r < 0xff61 || r > 0xffdc) {
			n++
		}
	}
	return n
}

// DefaultRichMenu is what a center begins with.
func DefaultRichMenu(own Labels) RichMenu {
	ambassador := "アンバサダー"
	if n := len([]rune(own.Ambassador)); n > 0 && n <= MaxRichMenuWords {
		ambassador = own.Ambassador
	}
	return RichMenu{Tall: true, Bar: "メニュー", Areas: []RichMenuArea{
		{Icon: "search", Words: "団体をさがす", More: "仲間・活動", Action: "groups"},
		{Icon: "megaphone", Words: "お知らせ", More: "新しい情報", Action: "news"},
		{Icon: "calendar", Words: "イベント", More: "これからの催し", Action: "events"},
		{Icon: "house", Words: "転入してきた方へ", More: "質問に答えてご紹介", Action: "newcomer"},
		{Icon: "star", Words: ambassador, More: "1回5分の声かけ", Action: "ambassador"},
		{Icon: "speech", Words: "設定・相談", More: "ことば・配信・電話", Action: richMenuHelp},
	}}
}

// WithoutOff is the menu as residents see it: without the areas of modules that are off, and low if few are left. It is
// never empty.
func (m RichMenu) WithoutOff(s Settings) RichMenu {
	all := len(m.Areas)
	m.Areas = slices.DeleteFunc(slices.Clone(m.Areas), func(a RichMenuArea) bool { return !s.Has(a.Action.Module()) })
	if len(m.Areas) == 0 {
		m.Areas = []RichMenuArea{{Icon: "speech", Words: "設定・電話", More: "ことば・配信", Action: richMenuHelp}}
	}
	if len(m.Areas) < all && len(m.Areas) <= MaxRichMenuLow {
		m.Tall = false
	}
	return m
}

// Rows says how many areas stand in each row of the menu, from top to bottom.
func (m RichMenu) Rows() []int {
	n := len(m.Areas)
	if !m.Tall {
		return []int{n}
	}
	if n == 1 {
		return []int{1}
	}
	return []int{n / 2, n - n/2}
}

// RichMenuID names a version of the menu.
type RichMenuID int64

// RichMenuVersion is a menu as it was applied once. The newest of its kind is the one that residents are to see.
type RichMenuVersion struct {
	ID        RichMenuID
	Kind      RichMenuKind
	Menu      RichMenu
	Withdrawn bool // from here on there is none of its kind; Menu is the one before
	Staff     StaffID
	Name      string // of the member of staff; filled in lists
	At        time.Time
}

// RichMenuState is how far LINE is with the newest version of a kind.
type RichMenuState struct {
	Kind    RichMenuKind
	Version RichMenuID // that LINE shows; 0 for none yet
	Name    string     // of the menu at LINE: it stands for its picture and areas
	LineID  string     // LINE's name for it
	At      time.Time  // since when
	Tidy    bool       // no earlier menu of ours is left at LINE
	Tried   time.Time  // when LINE was last asked for the newest version in vain; zero: not since it was applied
	Problem string     // why in vain, in words for staff
}

// RichMenuReader is somebody whose menu may have changed.
type RichMenuReader struct {
	Follower   FollowerID
	LineUserID string
	Language   Language
	Ambassador bool
	Gone       bool   // asked to be forgotten: they are left with the default
	Told       string // LINE's name of the menu that it was told to show; "" for the default
	Due        int    // how often something changed since
}

// Kinds lists the kinds that they may see, as RichMenusFor does.
func (r RichMenuReader) Kinds() []RichMenuKind {
	if r.Gone {
		return []RichMenuKind{DefaultRichMenuKind}
	}
	return RichMenusFor(r.Ambassador, r.Language)
}
