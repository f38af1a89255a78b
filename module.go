package ippo

import "slices"

// Module is a part of Ippo that a center switches on when it needs it (機能). What no module is named for is always
// there: the home page, broadcasts, the desk, followers and their preferences, settings. Stored: add, never rename.
type Module string

const (
	ModuleNews          Module = "news"          // お知らせ, read in the chat and on our pages
	ModuleEvents        Module = "events"        // イベント, with sign-ups
	ModuleGroups        Module = "groups"        // 市民活動団体
	ModuleMatching      Module = "matching"      // 団体紹介, for newcomers above all
	ModuleConsultations Module = "consultations" // 相談, in a room of our own
	ModuleFAQ           Module = "faq"           // よくある質問
	ModuleAmbassadors   Module = "ambassadors"   // アンバサダー: the sign-up, the card, invitations
	ModuleCampaigns     Module = "campaigns"     // 声かけ作戦
	ModuleVisions       Module = "visions"       // 私のまちのビジョン
	ModuleReports       Module = "reports"       // 指標 and 月次の活動報告
)

// moduleRule says of a module what staff read of it, and what it does not work without.
type moduleRule struct {
	module Module
	words  string
	brings string // what it adds, in a sentence
	hides  string // what is gone while it is off
	needs  Module
}

var moduleRules = []moduleRule{
	{ModuleNews, "お知らせ", "市民活動のお知らせや補助金の案内を書いて、トークと公開ページで見てもらえます。",
		"お知らせの画面、トークの「お知らせ」、公開ページ", ""},
	{ModuleEvents, "イベント", "イベントを案内して、申し込み、キャンセル待ち、前日の案内、当日の受付まで行えます。",
		"イベントと申し込みの画面、トークの「イベント」「申し込み」、公開ページ、前日などの案内", ""},
	{ModuleGroups, "団体", "市民活動団体の名簿をつくり、分野や曜日からさがしてもらえます。",
		"団体の画面、トークの「団体をさがす」、公開ページ、募集の確認", ""},
	{ModuleMatching, "団体紹介", "転入してきた方などに、質問への答えから合いそうな団体を紹介し、見学と参加まで見守ります。",
		"団体紹介の画面、トークの「転入してきた方へ」、団体の返事のページ、その後の様子うかがい", ModuleGroups},
	{ModuleConsultations, "相談", "LINEに内容を残さずに、センターの画面で相談を受けて答えられます。",
		"相談の画面、トークの「相談」、相談の部屋", ""},
	{ModuleFAQ, "よくある質問", "よくある質問と答えを書いておくと、トークで自動で答えます。答えのなかった質問も集まります。",
		"よくある質問と答えのなかった質問の画面、トークの自動の答え", ""},
	{ModuleAmbassadors, "アンバサダー", "まちを応援する人の登録を受け付け、会員証と友だち招待をお渡しします。",
		"アンバサダーの名簿、トークの登録と会員証、手引きのページ、招待", ""},
	{ModuleCampaigns, "声かけの作戦", "期間と目標を決めて、アンバサダーに声かけを呼びかけ、回数と人数を集めます。",
		"作戦の画面、トークの作戦と「声かけしました」、公開ページ、期間中の案内", ModuleAmbassadors},
	{ModuleVisions, "ビジョン", "アンバサダーのまちへの願いを集め、確かめたものを公開し、ことばの絵にします。",
		"ビジョンとことばの絵の画面、トークの「ビジョン」、公開ページ", ModuleAmbassadors},
	{ModuleReports, "報告", "計画の指標と達成率、毎月の活動報告をつくります。",
		"指標と活動報告の画面、毎日の集計", ""},
}

// Modules lists every module, each after the one it needs.
func Modules() []Module {
	all := make([]Module, len(moduleRules))
	for i, m := range moduleRules {
		all[i] = m.module
	}
	return all
}

// Words returns the module as staff read it.
func (m Module) Words() string { return m.rule().words }

// Brings says in a sentence what the module adds.
func (m Module) Brings() string { return m.rule().brings }

// Hides names what is gone while the module is off.
func (m Module) Hides() string { return m.rule().hides }

// Needs is the module that this one does not work without; "" for none.
func (m Module) Needs() Module { return m.rule().needs }

func (m Module) rule() moduleRule {
	for _, rule := range moduleRules {
		if rule.module == m {
			return rule
		}
	}
	return moduleRule{}
}

// Has reports whether a module is switched on; what belongs to none ("") always is.
func (s Settings) Has(m Module) bool { return m == "" || slices.Contains(s.Modules, m) }

// ModuleWords returns a module as the center's staff call it: some have a name of the city's own.
func (s Settings) ModuleWords(m Module) string {
	switch m {
	case ModuleAmbassadors:
		return s.Labels.Ambassador
	case ModuleCampaigns:
		return s.Labels.Campaign
	case ModuleVisions:
		return s.Labels.Vision
	}
	return m.Words()
}

// CheckModules reports modules that do not exist, or lack what they need.
func CheckModules(on []Module) error {
	var p Problems
	for _, m := range on {
		switch needs := m.Needs(); {
		case m.Words() == "":
			p.Addf("modules", "機能「%.40s」はありません。", string(m))
		case needs != "" && !slices.Contains(on, needs):
			p.Addf("modules."+string(m), "「%s」には「%s」が必要です。いっしょに入れるか、両方を切ってください。", m.Words(), needs.Words())
		}
	}
	return p.Err()
}

// OpenWork is something that is under way in a module and would stand still while it is off.
type OpenWork struct {
	Words string // as staff read it: 対応中の相談
	Count int
}
