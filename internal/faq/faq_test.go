package faq

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"ippo"
)

var small = []ippo.FAQ{
	{ID: 1, Question: "駐車場はありますか", Answer: "地下にあります。", Synonyms: "車で行く\nパーキング", Translations: ippo.Translations{
		ippo.English: {Texts: map[string]string{"question": "Is there parking?", "answer": "Yes."}},
	}},
	{ID: 2, Question: "会議室を借りたい", Answer: "窓口で申し込んでください。", Synonyms: "貸室"},
	{ID: 3, Question: "ボランティアの申込みはどこですか", Answer: "窓口です。"},
	{ID: 4, Question: "引っ越しの手伝い", Answer: "ありません。"},
	{ID: 5, Question: "隠した質問 温泉", Answer: "見えません。", Hidden: true},
}

// The many ways in which Japanese is written lead to the same question.
func TestSpellings(t *testing.T) {
	x := New(small)
	for text, want := range map[string]ippo.FAQID{
		"駐車場": 1, "ちゅうしゃじょう": 1, "チュウシャジョウ": 1, "ﾁｭｳｼｬｼﾞｮｳはどこ": 1, "Ｐａｒｋｉｎｇ": 1, "駐車場　ありますか？？": 1, "クルマで行っていい": 1, "ちゅしゃじょう": 1,
		"会議室をかりる": 2, "かいぎしつ かりたい": 2, "会議室": 2,
		"ボランティアに申し込みたい": 3, "ボランテイア": 3, "ぼらんてぃあ": 3, "ボランティア申込": 3,
		"引越し": 4, "引っ越し": 4, "ひっこし": 4, "引越しを手伝って": 4,
	} {
		r := x.Search(text)
		if r.Outcome == None || r.Hits[0].FAQ.ID != want {
			t.Errorf("%s: %+v", text, r)
		}
	}
	for _, text := range []string{"", " ", "？", "温泉", "天気", "あ", "👍", "12345", "\xff\xfe", strings.Repeat("蛙", 5000)} {
		if r := x.Search(text); r.Outcome != None || len(r.Hits) > 0 {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// Staff are told which words brought a question.
func TestWhy(t *testing.T) {
	x := New(small)
	for text, want := range map[string][]string{
		"車で行ってもいいですか": {"車"}, "会議室を探しています": {"会議室"}, "ボランテイア": {"ボランテイア"}, "ちゅうしゃじょう": {"ちゅうしゃじょう"}, "parking?": {"parking"},
	} {
		if r := x.Search(text); len(r.Hits) == 0 || !slices.Equal(r.Hits[0].Words, want) {
			t.Errorf("%s: %+v, want %q", text, r, want)
		}
	}
}

func TestOutcome(t *testing.T) {
	x := New(small)
	if r := x.Search("駐車場はありますか"); r.Outcome != Answer || r.Hits[0].Strength() != "よく合う" {
		t.Errorf("the question itself: %+v", r)
	}
	twins := New([]ippo.FAQ{{ID: 1, Question: "部屋の料金", Answer: "あ"}, {ID: 2, Question: "保険の料金", Answer: "い"}, {ID: 3, Question: "道順", Answer: "う"}})
	if r := twins.Search("料金"); r.Outcome != Offer || len(r.Hits) != 2 {
		t.Errorf("two that match alike: %+v", r)
	}
	if r := New(nil).Search("駐車場"); r.Outcome != None {
		t.Errorf("no questions: %+v", r)
	}
}

// What staff see of the questions that are not offered has something to do with the text: a list of whatever
// shares a few sounds with it would send them to the wrong question.
func TestBelow(t *testing.T) {
	x := New(small)
	near := 0
	for _, text := range []string{"駐車場はありますか", "会議室の椅子の数", "引っ越しの荷物の置き場", "引っ越しの窓口", "車いすを借りたい", "手伝いを申し込みたい", "今日の天気"} {
		r := x.Search(text)
		for _, h := range r.Below {
			if h.Score < enough/2 {
				t.Errorf("%s: %q hardly matches (%.2f)", text, h.FAQ.Question, h.Score)
			}
			near++
		}
	}
	if near == 0 {
		t.Error("nothing came near: the test shows nothing")
	}
}

// A change of the questions is seen by the next search, however many are under way.
func TestFinder(t *testing.T) {
	var mu sync.Mutex
	now := small
	f := NewFinder(func(context.Context) ([]ippo.FAQ, error) {
		mu.Lock()
		defer mu.Unlock()
		return now, nil
	})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if i == 4 {
				mu.Lock()
				now = append(slices.Clone(small), ippo.FAQ{ID: 9, Question: "温泉の入り方", Answer: "え"})
				mu.Unlock()
			}
			if _, err := f.Search(t.Context(), "駐車場"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if r, err := f.Search(t.Context(), "温泉"); err != nil || r.Outcome == None || r.Hits[0].FAQ.ID != 9 {
		t.Errorf("after the change: %+v, %v", r, err)
	}
}

// Preparing makes the index that the next search finds there; without questions it makes none, which would load the
// dictionary for nobody.
func TestPrepare(t *testing.T) {
	var now []ippo.FAQ
	f := NewFinder(func(context.Context) ([]ippo.FAQ, error) { return now, nil })
	if err := f.Prepare(t.Context()); err != nil || f.index != nil {
		t.Errorf("without questions: %v, %v", f.index, err)
	}
	now = small
	if err := f.Prepare(t.Context()); err != nil || f.index == nil {
		t.Fatalf("with questions: %v, %v", f.index, err)
	}
	made := f.index
	if r, err := f.Search(t.Context(), "駐車場"); err != nil || r.Outcome == None || f.index != made {
		t.Errorf("%+v, %v; the index was made again: %t", r, err, f.index != made)
	}
}

func FuzzSearch(f *testing.F) {
	x := New(small)
	for _, text := range []string{"駐車場", "parking", "ﾎﾞﾗﾝﾃｨｱ", "\xff", "ｶﾞ\u3099", "…", "a b c", "引っ越し\n手伝い"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := x.Search(text)
		if len(r.Hits) > offered || (len(r.Hits) == 0) != (r.Outcome == None) {
			t.Fatalf("%q: %+v", text, r)
		}
		for _, h := range append(r.Hits, r.Below...) {
			if math.IsNaN(h.Score) || h.Score < 0 || h.Score > 1.001 || h.FAQ.Hidden {
				t.Fatalf("%q: %+v", text, h)
			}
		}
	})
}

// A thousand questions, each of a subject of its own and of words that many share.
func thousand() []ippo.FAQ {
	subjects := strings.Fields("駐車場 会議室 印刷機 保険 補助金 登録 見学 相談 通訳 町内会 回覧板 名簿 講座 展示 舞台 倉庫 調理室 図書 工具 楽器 託児 手話 花壇 清掃 防災")
	matters := strings.Fields("料金 予約 時間 場所 期限 対象 定員 書類 変更 取消 条件 順番 鍵 返却 掃除 飲食 人数 更新 紹介 証明 写真 看板 電話 土日 冬休み 夜間 初心者 子ども 車いす 外国語 割引 寄付 抽選 見本 用紙 名義 会員 講師 保管 撤去")
	all := make([]ippo.FAQ, 0, 1000)
	for _, s := range subjects {
		for _, m := range matters {
			all = append(all, ippo.FAQ{
				ID: ippo.FAQID(len(all) + 1), Question: s + "の" + m + "について教えてください", Answer: s + "の" + m + "は、窓口か電話でお尋ねください。平日は9時から19時まで開いています。",
				Synonyms: fmt.Sprintf("%s%s\n%sの%sを知りたい", s, m, s, m),
			})
		}
	}
	return all
}

func BenchmarkSearch(b *testing.B) {
	x := New(thousand())
	for _, text := range []string{"会議室の予約を取り消したいのですが、どうすればいいですか", "かいぎしつのよやくをとりけしたい", "ボランテイアの説明会"} {
		if r := x.Search("会議室の予約"); len(x.faqs) != 1000 || r.Hits[0].FAQ.Question != "会議室の予約について教えてください" {
			b.Fatalf("%d questions, %+v", len(x.faqs), r)
		}
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				x.Search(text)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	all := thousand()
	for b.Loop() {
		New(all)
	}
}
