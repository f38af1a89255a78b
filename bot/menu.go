package bot

import (
	"slices"
	"strings"

	"ippo"
	"ippo/internal/fold"
)

// menuTalk is what the account can do.
func menuTalk() *talk {
	return &talk{
		name:  talkMenu,
		words: []string{"ヘルプ", "へるぷ", "使い方", "つかいかた", "help", "はじめる", "start"},
		begin: (*turn).menu,
		steps: []question{
			{step: "open", ask: askMenu, choices: menuChoices, answer: answerMenu, rest: true},
			{step: "help", ask: askHelp, choices: helpChoices, answer: answerHelp, rest: true},
		},
		taps: map[string]func(*turn, string) error{
			// The rich menu's area of settings and help.
			"desk": func(t *turn, _ string) error { return t.ask(t.bot.talkNamed(talkMenu), "help") },
		},
	}
}

func (t *turn) menu() error {
	step := "open"
	if len(menuChoices(t)) == 1 {
		step = "help" // all there is
	}
	return t.ask(t.bot.talkNamed(talkMenu), step)
}

func askMenu(t *turn) error {
	choices := menuChoices(t)
	t.list(talkMenu, "open", t.w.Say("menu.title"), t.w.Say("menu.hint"), choices)
	t.resumeOnly()
	return nil
}

// resumeOnly offers the talk that was left half-way, if there is one.
func (t *turn) resumeOnly() {
	if t.paused != nil {
		t.offer(t.tap("resume."+t.paused.Name, t.paused.Name, t.paused.Step, "ask"))
	}
}

func menuChoices(t *turn) []choice {
	// 「相談」 begins a talk of its own, where there is one, also while the menu is open.
	help := choice{value: "help", label: t.w.Say("menu.help"), words: []string{"設定", "せってい"}}
	if !t.center.Has(ippo.ModuleConsultations) {
		help = choice{value: "help", label: t.w.Say("menu.help.desk"), words: []string{"設定", "せってい", "相談", "そうだん"}}
	}
	return t.offered([]choice{
		{value: talkGroups, label: t.w.Say("menu.groups"), words: []string{"団体", "だんたい", "さがす", "探す"}, module: ippo.ModuleGroups},
		{value: talkNews, label: t.w.Say("menu.news"), words: []string{"おしらせ", "ニュース"}, module: ippo.ModuleNews},
		{value: talkEvents, label: t.w.Say("menu.events"), words: []string{"いべんと", "行事"}, module: ippo.ModuleEvents},
		{value: talkNewcomer, label: t.w.Say("menu.newcomer"), words: []string{"転入", "てんにゅう", "引っ越し", "ひっこし"}, module: ippo.ModuleMatching},
		{value: talkAmbassador, label: t.ambassadorLabel(), words: []string{t.center.Labels.Ambassador, "アンバサダー"}, module: ippo.ModuleAmbassadors},
		help,
	})
}

// ambassadorLabel is the city's own word for ambassadors; in English, a word that its readers know.
func (t *turn) ambassadorLabel() string {
	return t.w.Say("menu.ambassador", t.labels())
}

func answerMenu(t *turn, value string) (string, error) {
	if value == "help" {
		return "help", nil
	}
	return handled, t.begin(value)
}

func askHelp(t *turn) error {
	t.put(talkMenu, "help", t.w.Say("menu.help.ask"), helpChoices(t))
	return nil
}

func helpChoices(t *turn) []choice {
	list := t.offered([]choice{
		{value: talkSettings, label: t.w.Say("settings.open"), words: []string{"設定", "せってい"}},
		{value: talkReduce, label: t.w.Say("reduce.open"), words: []string{"減らす", "へらす"}},
		{value: talkConsult, label: t.w.Say("consult.open"), words: []string{"相談", "そうだん"}, module: ippo.ModuleConsultations},
		{value: talkDesk, label: t.w.Say("desk.open"), words: []string{"電話", "でんわ", "窓口"}},
		{value: talkLanguage, label: t.w.Say("language.open"), words: []string{"ことば", "language"}},
		{value: talkData, label: t.w.Say("mydata.open"), words: []string{"データ", "data"}},
	})
	if len(menuChoices(t)) == 1 {
		return list
	}
	return append(list, t.goBack())
}

func answerHelp(t *turn, value string) (string, error) { return handled, t.begin(value) }

// The words that work everywhere.
type globalCommand int

const (
	commandNone globalCommand = iota
	commandMenu
	commandSettings
	commandQuit
	commandBack
)

// command finds the word that works everywhere in a folded text.
func command(key string) globalCommand {
	is := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return fold.Key(w) == key })
	}
	switch {
	case is("メニュー", "めにゅう", "めにゅ", "menu", "メニュ"):
		return commandMenu
	case is("設定", "せってい", "settings", "setting"):
		return commandSettings
	case is("やめる", "止める", "辞める", "中止", "ちゅうし", "キャンセル", "終了", "quit", "cancel", "stop", "exit"):
		return commandQuit
	case is(backWords...):
		return commandBack
	}
	return commandNone
}

// leaving reports whether a folded text says that its writer has had enough of us: 「もういらないです」, but
// not 「仕事をやめたい」.
func leaving(key string) bool {
	for _, about := range []string{"もう", "この", "line", "らいん", "配信", "お知らせ", "おしらせ", "通知", "つうち", "メッセージ", "は", "を", "が", "も"} {
		key = strings.TrimPrefix(key, fold.Key(about))
	}
	for trimmed := ""; trimmed != key; {
		trimmed = key
		for _, ending := range []string{"です", "ます", "ので", "んですが", "んです", "のですが", "のです", "けど", "なあ", "よ", "ね", "な"} {
			key = strings.TrimSuffix(key, ending)
		}
	}
	return slices.ContainsFunc([]string{
		"やめたい", "止めたい", "とめたい", "辞めたい", "やめて", "止めて", "とめて", "停止", "いらない", "要らない", "いりません", "要りません", "不要",
		"もういい", "いい加減にして", "うるさい", "多すぎる", "多すぎ", "多い", "解除", "解除したい", "解約", "退会", "退会したい", "ブロックしたい",
		"しつこい", "迷惑", "unsubscribe", "too many", "no more", "stop it",
	}, func(w string) bool { return fold.Key(w) == key })
}
