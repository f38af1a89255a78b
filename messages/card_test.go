package messages

import (
	"bytes"
	"strings"
	"testing"

	"ippo"
)

const pictureCode = "abcdefghijklmnopqrstuvwxyz"

var ownCards = []ippo.Card{
	{Title: "花見の会", Text: "公園で会いましょう。", Picture: pictureCode, Shape: "3:2", Buttons: []ippo.CardButton{
		{Label: "くわしく", Does: ippo.ButtonOpens, Value: "https://example.jp/hanami?a=1&b=2"},
		{Label: "電話する", Does: ippo.ButtonCalls, Value: "0520000199"},
		{Label: "団体をさがす", Does: ippo.ButtonSays, Value: "団体"},
	}},
	{Title: "見出しだけ"},
	{Text: "文章だけ\n二行目"},
}

// What OwnCards drew is read as it was written; what others drew is not taken for it.
func TestOwnCardsComeBack(t *testing.T) {
	for n := range len(ownCards) {
		want := ownCards[:n+1]
		m := OwnCards(want, "https://line.example.jp")
		got, ok := ReadOwnCards(m)
		if !ok || len(got) != len(want) {
			t.Fatalf("%d cards are read as %+v, %t", len(want), got, ok)
		}
		if !bytes.Equal(OwnCards(got, "https://line.example.jp"), m) {
			t.Errorf("%+v comes back as %+v", want, got)
		}
		if err := ippo.CheckCards("messages[0]", got); err != nil {
			t.Errorf("what comes back is refused: %v", err)
		}
		changed := bytes.Replace(m, []byte(`"type":"bubble"`), []byte(`"type":"bubble","direction":"rtl"`), 1)
		if _, ok := ReadOwnCards(changed); ok {
			t.Error("a card with more than we draw is taken for one of ours")
		}
	}
	for _, other := range []string{`{"type":"text","text":"a"}`, `{}`, `[]`, `x`, `{"type":"flex","altText":"a","contents":{"type":"carousel","contents":[]}}`} {
		if cards, ok := ReadOwnCards(ippo.Message(other)); ok {
			t.Errorf("%s is read as %+v", other, cards)
		}
	}
}

func TestPictureComesBack(t *testing.T) {
	m := Picture(pictureCode, "https://line.example.jp")
	if code := ReadPicture(m); code != pictureCode {
		t.Errorf("%s is read as %q", m, code)
	}
	for _, other := range []string{
		strings.Replace(string(m), "image", "video", 1), strings.Replace(string(m), pictureCode+"/small", "small", 1),
		`{"type":"image","originalContentUrl":"https://example.com/a.jpg","previewImageUrl":"https://example.com/a.jpg"}`, `x`,
	} {
		if code := ReadPicture(ippo.Message(other)); code != "" {
			t.Errorf("%s is read as %q", other, code)
		}
	}
}

// The largest cards that staff can fill in are within LINE's limits, and can be changed afterwards.
func TestLargestOwnCards(t *testing.T) {
	one := ippo.Card{Title: strings.Repeat("見", ippo.MaxCardTitle), Text: strings.Repeat("文", ippo.MaxCardText), Picture: pictureCode, Shape: "1600:1200"}
	for range ippo.MaxCardButtons {
		one.Buttons = append(one.Buttons, ippo.CardButton{Label: strings.Repeat("押", ippo.MaxButtonLabel), Does: ippo.ButtonOpens, Value: "https://example.jp/" + strings.Repeat("a", 200)})
	}
	all := make([]ippo.Card, ippo.MaxCards)
	for i := range all {
		all[i] = one
	}
	if err := ippo.CheckCards("messages[0]", all); err != nil {
		t.Fatal(err)
	}
	m := OwnCards(all, "https://line.example.jp")
	if err := ippo.CheckMessages([]ippo.Message{m}); err != nil {
		t.Error(err)
	}
	if got, ok := ReadOwnCards(m); !ok || len(got) != len(all) {
		t.Error("they cannot be changed")
	}
}
