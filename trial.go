package ippo

// Trial is what the bot would answer to somebody's words, and why. Nothing of it happens.
type Trial struct {
	Rule      Rule
	Word      string      // that the rule went by; "" where there is none
	AutoReply AutoReplyID // of RuleAutoReply
	Messages  []Message
}

// Rule is why the bot answers as it does.
type Rule string

// The rules in the order in which a message is held against them.
const (
	RuleDanger       Rule = "danger"
	RuleCode         Rule = "code" // an invitation, or one that links an account or counts attendance
	RuleConsultation Rule = "consultation"
	RulePersonal     Rule = "personal"
	RuleEntry        Rule = "entry"
	RuleCommand      Rule = "command"
	RuleAnswer       Rule = "answer" // to a question that a talk had asked
	RuleTalk         Rule = "talk"   // a word that begins a talk
	RuleAutoReply    Rule = "autoreply"
	RuleSmallTalk    Rule = "smalltalk"
	RuleLeaving      Rule = "leaving"
	RuleWish         Rule = "wish" // for groups, in a newcomer's own words
	RuleFAQ          Rule = "faq"
	RuleFAQs         Rule = "faqs" // several may be meant
	RuleNear         Rule = "near"
	RuleUnknown      Rule = "unknown"
)

// Words says the rule for staff.
func (r Rule) Words() string {
	switch r {
	case RuleDanger:
		return "危険なことばがあるので、相談先を伝え、受付の一番上に出します。"
	case RuleCode:
		return "招待やLINEをつなぐためのことばとして受け取ります。"
	case RuleConsultation:
		return "相談と思われるので、相談の画面へ案内します。内容はLINEに残しません。"
	case RulePersonal:
		return "電話番号や住所などがあるので、内容を残さず、入力の画面へ案内します。"
	case RuleEntry:
		return "登録経路のことばとして受け取ります。"
	case RuleCommand:
		return "「メニュー」などの、いつでも使えることばです。"
	case RuleAnswer:
		return "直前の問いへの返事として受け取ります。"
	case RuleTalk:
		return "この機能を始めることばです。"
	case RuleAutoReply:
		return "自動の返事にあることばです。"
	case RuleSmallTalk:
		return "お礼やあいさつとして返事をします。"
	case RuleLeaving:
		return "配信を減らす・やめる案内をします。"
	case RuleWish:
		return "さがしている活動と受け取り、合う団体を紹介します。"
	case RuleFAQ:
		return "よくある質問の答えを、すぐに送ります。"
	case RuleFAQs:
		return "近いよくある質問を並べて、選んでもらいます。"
	case RuleNear:
		return "合う質問がないので、近い団体やお知らせを並べます。"
	}
	return "どれにも合わないので、メニューと電話番号を案内します。"
}
