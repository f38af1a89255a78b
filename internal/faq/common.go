package faq

import "strings"

// common are words that questions are made with, whatever they are about: folded, in their base forms;
// English ones as written or without their ending.
var common = set(`
	ある いる する なる できる 出来る やる 教える おしえる 知る しる 思う おもう 言う いう わかる 分かる 見る みる 行う くださる 下さい ください
	もらう 貰う くれる 欲しい ほしい よい 良い いい ない 大丈夫 だいじょうぶ お願い おねがい 方法 ほうほう 仕方 場合 とき 時 人 ひと 私 わたし
	自分 うち みんな ちょっと すみません こと もの 何 なに なん どう どこ いつ どんな どれ だれ 誰 いくつ これ それ あれ ここ そこ こんな 件 ため
	今日 きょう 明日 あした 最近 今 いま もう まだ また とても 少し すこし 必要 可能 センター せんたー みたい 感じ 聞く きく 方 かた ほう まち 市 みらい

	a an the is are am be do does did can could may i you we me my your it at in on of to for and or with this that there here what where
	when how who which why go going come take use know tell ask say make time back will would like want need please any some get have has
	if from about by
`)

// dull are the n-grams of how questions begin and end: what sounds like that says little.
var dull = func() map[string]bool {
	m := map[string]bool{}
	for phrase := range strings.FieldsSeq(`
		ありますか できますか ですか ますか でしょうか おしえてください おしえて どうすればいいですか どうしたらいいですか なんですか いつですか
		どこですか したいです たいのですが たいんですけど なんですけど してほしい もらえますか いただけますか いいですか だいじょうぶですか ますでしょうか
		ありません わかりません わからない ください について ことは ものは やっていますか していますか いけますか いますか しりたい きいて すみません
		こんにちは おねがいします なにを どうやって どのように ときは ばあいは ですが ましたが ました きょうは のですが なので だけど けれど という`) {
		for _, g := range grams(phrase) {
			m[g] = true
		}
	}
	return m
}()

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
