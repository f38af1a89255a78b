package ippo

import (
	"encoding/json"
	"strings"
	"time"
)

// Manual is what ambassadors are told about their work (アンバサダーの手引き). It stands on a page of ours that
// everybody may read.
type Manual struct {
	Text         string
	Translations Translations
}

// maxManual bounds it, in characters: what somebody reads in five minutes.
const maxManual = 4000

// Texts are what staff write of it, in Japanese and in other languages.
func (m *Manual) Texts() []ContentText {
	return []ContentText{{Name: "text", Label: "手引き", Max: maxManual, Text: &m.Text}}
}

// In returns the manual as a reader of l is shown it.
func (m Manual) In(l Language) (Manual, Reading) {
	r := m.Translations.read(l, m.Texts())
	return m, r
}

// Changed returns the manual that was given for m, with how old each language's is.
func (m Manual) Changed(given Manual, now time.Time) Manual {
	given.Translations = given.Translations.Kept(m.Translations, given.Texts(), now)
	return given
}

// Validate reports every problem staff can mend.
func (m Manual) Validate() error {
	var p Problems
	m.check(&p)
	return p.Err()
}

func (m Manual) check(p *Problems) {
	checkText(p, "text", "手引き", m.Text, 1, maxManual)
	checkTranslations(p, m.Translations, m.Texts())
}

// UnmarshalJSON reads a manual that was kept; nothing of the one of a new center stays beside it.
func (m *Manual) UnmarshalJSON(kept []byte) error {
	type plain Manual
	var read plain
	if err := json.Unmarshal(kept, &read); err != nil {
		return err
	}
	*m = Manual(read)
	return nil
}

// defaultManual is what a new center begins with.
var defaultManual = Manual{
	Text: strings.TrimSpace(`
アンバサダーは、身近な人への声かけで、まちの未来をつくる仲間です。1回5分、気が向いたときで大丈夫です。

■ 声をかける
家族、友だち、職場や学校の人に、まちのことを一言話してみましょう。うまく話せなくてもかまいません。「元気？」だけでも声かけです。

■ 声かけを知らせる
LINEで作戦を開き、「声かけしました」を押してください。まちじゅうの一歩として数えます。だれに話したかは聞きません。

■ 友だちを招待する
会員証のQRコードを見せるか、招待を送ってください。招待で友だちになった人は、人数だけを数えます。だれが来たかは、あなたにも職員にもわかりません。

■ 大切にしたいこと
・断られたら、それ以上はすすめません。
・聞いた話やほかの人の連絡先を、SNSなどに書きません。
・困ったことやわからないことは、センターに電話してください。
・お休みするのも、やめるのも自由です。`),
	Translations: Translations{EasyJapanese: {Texts: map[string]string{"text": strings.TrimSpace(`
アンバサダーは、まわりの 人に 声を かけて、まちを よく する なかまです。1回 5分で できます。できる ときだけで いいです。

■ 声を かける
家族や 友だちに、この まちの ことを 話してください。「元気？」だけでも いいです。

■ LINEで おしえる
LINEで「声を かけました」を おしてください。何回 声を かけたか 数えます。だれと 話したかは 聞きません。

■ 友だちを よぶ
カードの QRコードを 見せてください。メッセージで おくる ことも できます。人数だけ 数えます。だれが 来たかは、だれにも わかりません。

■ おねがい
・「いや」と 言われたら、そこで やめてください。
・ほかの 人の 話や 電話番号を、インターネットに 書かないでください。
・こまったら、センターに 電話してください。
・休んでも、やめても いいです。`)}}, English: {Texts: map[string]string{"text": strings.TrimSpace(`
Ambassadors help to make the town by talking to the people around them. It takes five minutes, whenever you feel like it.

■ Talk to people
Say a word about the town to your family, friends, or people at work or school. "How are you?" is enough.

■ Tell us that you did
Open a campaign in LINE and tap "I called out". We count it as one of the town's steps and never ask whom you talked to.

■ Invite friends
Show the QR code on your card, or send your invitation. We count how many people join, as a number. Nobody, neither you nor the staff, can see who came.

■ Please remember
- If somebody says no, leave it at that.
- Do not post what others told you, or how to reach them.
- If you have a problem or a question, call the center.
- You can take a rest or stop at any time.`)}}},
}
