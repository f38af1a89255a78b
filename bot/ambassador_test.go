package bot

import (
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// paper is somebody who signed up on paper, with the code of the letter they got.
func (c *center) paper(name string) (ippo.Ambassador, string) {
	c.t.Helper()
	ctx := c.t.Context()
	err := c.store.ImportAmbassadors(ctx, 1, []ippo.Ambassador{{
		Name: name, Kana: "かみの", Contact: "000-111-2222", AgeBand: "70s", Status: ippo.AmbassadorContacted,
		AppliedAt: c.clock.Now().Add(-24 * time.Hour), ConsentedAt: c.clock.Now().Add(-24 * time.Hour),
	}})
	if err != nil {
		c.t.Fatal(err)
	}
	all, err := c.store.Ambassadors(ctx, store.AmbassadorFilter{Query: name})
	if err != nil || len(all) == 0 {
		c.t.Fatalf("%v, %v", all, err)
	}
	code, _, err := c.store.NewAmbassadorCode(ctx, 1, all[0].ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return all[0], code
}

// Who signed up on paper makes the entry theirs with the code of their letter, however their phone writes it.
func TestPaperAmbassadorClaims(t *testing.T) {
	c := newCenter(t)
	a, code := c.paper("紙野 一")
	r := c.friend()
	r.say("アンバサダー："+code[:4]+"ー"+code[5:]).has("登録が、このLINEにつながりました", "No. 0001", "連絡済み", "あなたの招待").lacks("紙野", "000-111")
	r.say("会員証").has("No. 0001")
	mine, err := c.store.AmbassadorOf(t.Context(), r.me().ID)
	if err != nil || mine.ID != a.ID || mine.LinkedAt.IsZero() || mine.Invite == "" {
		t.Fatalf("%+v, %v", mine, err)
	}
	guest := c.resident("ja")
	guest.follow()
	guest.say(c.firstMessage(r.invitation(), "ja")).has("ご紹介で")
	if n := r.invited(); n != 1 {
		t.Errorf("%d invited", n)
	}

	// The code is spent; a second account gets a friendly no, in its own language.
	english := c.resident("en")
	english.follow()
	english.say("アンバサダー:"+code).has("could not find this code", "000-123-4567")

	// Who has an entry already does not take another's, and the code stays good.
	_, other := c.paper("紙野 二")
	r.say("アンバサダー:"+other).has("すでに別の登録につながっています", "番号はまだ使えます")
	easy := c.resident("vi")
	easy.follow()
	easy.say("アンバサダー:"+other).has("登録が この LINEで 使えます", "No. 0002")

	// A letter that lay too long.
	_, old := c.paper("紙野 三")
	c.clock.pass(ippo.AmbassadorLinkLife)
	c.friend().say("アンバサダー:" + old).has("見つかりませんでした")
}

// Nobody guesses a code: after some tries even the right one is not looked at for a while.
func TestPaperAmbassadorIsNotGuessed(t *testing.T) {
	c := newCenter(t)
	_, code := c.paper("紙野 一")
	r := c.friend()
	for range ippo.StaffLinkTries {
		r.say("アンバサダー:AAAA-AAAA").has("見つかりませんでした")
	}
	r.say("アンバサダー:" + code).has("番号のまちがいが続いたため")
	c.clock.pass(ippo.StaffLinkWait + time.Second)
	r.say("アンバサダー:" + code).has("No. 0001")
	// Words that only begin alike are no code.
	c.friend().say("アンバサダー:になりたい").lacks("番号")
}
