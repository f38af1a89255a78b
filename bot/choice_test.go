package bot

import (
	"slices"
	"testing"

	"ippo/internal/fold"
)

// A number is typed as it comes to the fingers.
func TestChoicesByNumber(t *testing.T) {
	choices := []choice{{value: "a", label: "子育て"}, {value: "b", label: "福祉"}, {value: "c", label: "防災"}, {value: "skip", label: "とばす", plain: true}}
	for want, typed := range map[string][]string{
		"a": {"1", "１", "①", "一", "いち", "イチ", "ｲﾁ", "1番", "いちばん", "一番目", "ひとつめ", "one", "No.1"},
		"b": {"2", "２", "に", "二", "ふたつ", "2.", "（2）"},
		"c": {"3", "さん", "サン", "三つ目", "３番", "みっつめ"},
	} {
		for _, text := range typed {
			if got, ok := matchChoices(choices, text, true); !ok || !slices.Equal(got, []string{want}) {
				t.Errorf("%q is %v, %v; want %s", text, got, ok, want)
			}
		}
	}
	if got, ok := matchChoices(choices, "いちと、さん", true); !ok || !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("two of them: %v, %v", got, ok)
	}
	for _, text := range []string{"4", "し", "0", "-1", "99", "999999999999999999999", "十", "じゅう"} {
		if got, ok := matchChoices(choices, text, true); ok {
			t.Errorf("%q is %v, which was not offered", text, got)
		}
	}
}

// Who has had enough is understood; who has had enough of something else is not taken for it.
func TestLeaving(t *testing.T) {
	for text, want := range map[string]bool{
		"やめたい": true, "もういらないです": true, "配信停止": true, "配信をやめたいです。": true, "お知らせは不要です": true, "LINEを解除したいのですが": true,
		"ﾔﾒﾀｲ": true, "多すぎるよ！": true, "Unsubscribe": true,
		"仕事をやめたい": false, "人生をやめたい": false, "いらない本の寄付": false, "やめたいときはどうするの": false, "囲碁": false, "": false,
	} {
		if got := leaving(fold.Key(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
