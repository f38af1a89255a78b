package ippo

import (
	"reflect"
	"strings"
	"testing"
)

// The sentence that says an audience is read as that audience, and a slip of the pen as none.
func TestReadAudience(t *testing.T) {
	for _, want := range []Audience{
		{All: true}, {All: true, Unseen: true}, {Ambassadors: true}, {Within: 7}, {Topics: []string{"b"}},
		{
			Topics: []string{"a", "bb", "b"}, Areas: []string{"c"}, Tags: []string{"t"}, Entries: []string{"d"}, Ambassadors: true, Within: 30,
			Languages: []Language{EasyJapanese, English},
			Except:    &Except{Topics: []string{"a"}, Areas: []string{"c"}, Tags: []string{"t"}, Entries: []string{"d"}, Ambassadors: true, Within: 3},
		},
		{All: true, Except: &Except{Tags: []string{"t"}}},
	} {
		words := want.Words(audienceNames)
		if got, err := audienceNames.Read(words); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %+v, %v", words, got, err)
		}
	}
	for words, why := range map[string]string{
		"": "のように", "全員": "のように", "友だち全員と": "のように", "友だち全員（": "のように", "友だち全員（LINEの一斉配信）（タグが「T」の人をのぞく）": "一緒に指定できません", "の人": "のように",
		"分野が「C」の人": "「C」という分野はありません", "分野が「A": "という分野はありません", "アンバサダーで、": "のように", "アンバサダーで、の人": "のように", "アンバサダーの人（ことばが「英語」の人をのぞく）": "のように",
		"（宛先は決まっていません）": "のように", "友だちになって0日以内の人": "宛先を選んで", "友だちになって9999日以内の人": "3,650",
	} {
		if got, err := audienceNames.Read(words); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q is read as %+v, %v", words, got, err)
		}
	}
	if got, err := audienceNames.Read(" アンバサダー "); err != nil || !got.Ambassadors {
		t.Errorf("%+v, %v", got, err)
	}
}
