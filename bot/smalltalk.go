package bot

import (
	"slices"
	"strings"

	"ippo/internal/fold"
)

// smallTalk answers what needs no menu: thanks and greetings. It reports whether it did.
func (t *turn) smallTalk(key string) bool {
	begins := func(words ...string) bool {
		return len([]rune(key)) <= 20 && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(key, fold.Key(w)) })
	}
	switch {
	case begins("ありがと", "有難う", "有り難う", "感謝", "どうも", "助かりました", "サンキュー", "thank", "thx"):
		t.say("small.thanks")
	case begins("こんにちは", "こんにちわ", "こんばんは", "こんばんわ", "おはよ", "はじめまして", "よろしく", "hello", "hi", "goodmorning", "もしもし"):
		t.say("small.hello")
	case begins("了解", "りょうかい", "わかりました", "分かりました", "承知", "さようなら", "またね", "おやすみ", "bye"):
		t.say("small.bye")
	default:
		return false
	}
	t.closing()
	return true
}

// thankFor answers what is no text: stickers, voice, pictures, places.
func (t *turn) thankFor(k kind) error {
	switch k {
	case kindSticker:
		t.say("small.sticker")
	case kindVoice:
		t.say("small.voice")
	case kindPlace:
		t.say("small.place")
	default:
		t.say("small.media")
	}
	t.closing()
	return nil
}

// oldButton answers a tap on a button that no release of ours explains.
func (t *turn) oldButton() error {
	t.say("oldbutton")
	return t.menu()
}
