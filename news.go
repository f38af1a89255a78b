package ippo

import "time"

// NewsID names a news item.
type NewsID int64

// News is an item about civic activity (お知らせ).
type News struct {
	ID        NewsID
	Slug      string
	Kind      NewsKind
	Title     string
	Summary   string // two lines for the card
	Body      string // plain text; links in it are made clickable
	Topics    Choice
	Areas     Choice // 0: city-wide
	URL       string // more elsewhere; "" for none
	Status    ContentStatus
	PublishAt time.Time
	UpdatedAt time.Time

	Translations Translations
}

// Texts are the item's texts, for its translations.
func (n *News) Texts() []ContentText {
	return []ContentText{{"title", "題名", 60, &n.Title}, {"summary", "概要", 120, &n.Summary}, {"body", "本文", 5000, &n.Body}}
}

// In returns the item as readers of a language are shown it.
func (n News) In(l Language) (News, Reading) {
	r := n.Translations.read(l, n.Texts())
	return n, r
}

// NewsKind says what sort of item it is. Stored: add, never rename.
type NewsKind string

const (
	NewsPlain   NewsKind = "news"
	NewsHero    NewsKind = "hero"    // コミュニティヒーロー
	NewsSubsidy NewsKind = "subsidy" // 補助金
)

// NewsKinds lists every kind.
var NewsKinds = []NewsKind{NewsPlain, NewsHero, NewsSubsidy}

// Words returns the kind as people read it.
func (k NewsKind) Words() string {
	switch k {
	case NewsPlain:
		return "お知らせ"
	case NewsHero:
		return "まちの人"
	case NewsSubsidy:
		return "補助金"
	}
	return string(k)
}

// ContentStatus says whether residents see a news item or an event. Stored: add, never rename.
type ContentStatus string

const (
	ContentDraft     ContentStatus = "draft"
	ContentPublished ContentStatus = "published"
	ContentRetired   ContentStatus = "retired"
)

// ContentStatuses lists every status.
var ContentStatuses = []ContentStatus{ContentDraft, ContentPublished, ContentRetired}

// Words returns the status as staff read it.
func (s ContentStatus) Words() string {
	switch s {
	case ContentDraft:
		return "下書き"
	case ContentPublished:
		return "公開中"
	case ContentRetired:
		return "公開終了"
	}
	return string(s)
}

// Validate reports every problem staff can mend.
func (n News) Validate() error {
	var p Problems
	checkSlug(&p, n.Slug)
	checkText(&p, "title", "題名", n.Title, 1, 60)
	checkText(&p, "summary", "概要", n.Summary, 1, 120)
	checkText(&p, "body", "本文", n.Body, 0, 5000)
	checkURL(&p, "url", n.URL)
	checkTranslations(&p, n.Translations, n.Texts())
	checkContentStatus(&p, n.Status)
	switch n.Kind {
	case NewsPlain, NewsHero, NewsSubsidy:
	default:
		p.Add("kind", "種類を選んでください。")
	}
	return p.Err()
}

func checkContentStatus(p *Problems, s ContentStatus) {
	switch s {
	case ContentDraft, ContentPublished, ContentRetired:
	default:
		p.Add("status", "公開の状態を選んでください。")
	}
}
