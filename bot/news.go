package bot

import (
	"errors"
	"strconv"

	"ippo"
	"ippo/messages"
)

// newsPerPage is how many cards are shown at once: few enough to look at all of them.
const newsPerPage = 5

// newsTalk shows the newest news for the follower's topics and areas, and older ones on request.
func newsTalk() *talk {
	return &talk{
		name:   talkNews,
		module: ippo.ModuleNews,
		words:  []string{"お知らせ", "おしらせ", "ニュース", "新着", "新しいお知らせ", "最新のお知らせ", "news"},
		begin:  func(t *turn) error { return t.showNews(1) },
		steps:  []question{{step: "list", ask: askNews, choices: newsChoices, answer: answerNews, takes: takesPage, rest: true}},
		taps:   map[string]func(*turn, string) error{"show": showNewsItem},
	}
}

// pageAnswers is what a list remembers: which page was shown last.
type pageAnswers struct {
	Page int `json:"page"`
}

func (t *turn) showNews(page int) error {
	k := t.bot.talkNamed(talkNews)
	t.enter(k)
	if err := t.keep(pageAnswers{page}); err != nil {
		return err
	}
	return t.ask(k, "list")
}

// newsPage returns one page of the follower's news, and whether there is more.
func (t *turn) newsPage() (items []ippo.News, page int, more bool, err error) {
	var a pageAnswers
	t.answers(&a)
	all, err := t.bot.store.PublishedNews(t.ctx, t.now, 0)
	if err != nil {
		return nil, 0, false, err
	}
	var mine []ippo.News
	for _, n := range all {
		if t.asksFor(n.Topics, n.Areas) {
			mine = append(mine, n)
		}
	}
	items, page, more = pageOf(mine, a.Page, newsPerPage)
	return items, page, more, nil
}

// asksFor reports whether a follower who asks is shown an item. Who chose nothing and asks wants to see
// everything, although it is not sent to them unasked.
func (t *turn) asksFor(topics, areas ippo.Choice) bool {
	return t.follower.Unguided() || t.follower.Wants(topics, areas)
}

// pageOf cuts a list into pages; a page beyond the end is the last.
func pageOf[T any](all []T, page, size int) (items []T, number int, more bool) {
	last := max(1, (len(all)+size-1)/size)
	page = min(max(page, 1), last)
	first := min((page-1)*size, len(all))
	end := min(first+size, len(all))
	return all[first:end], page, end < len(all)
}

func askNews(t *turn) error {
	items, page, more, err := t.newsPage()
	if err != nil {
		return err
	}
	if len(items) == 0 {
		t.say("news.none")
		t.closing(t.tap("settings.open", talkSettings, "start", ""))
		return nil
	}
	if page == 1 {
		t.say("news.title")
	} else {
		t.say("news.older")
	}
	t.send(messages.NewsCards(t.w, items, t.bot.base))
	var next []messages.Choice
	if more {
		next = append(next, messages.Choice{Label: t.w.Say("news.more"), Data: tapped{talkNews, "list", "p" + strconv.Itoa(page+1)}.data()})
	}
	t.closing(append(next, t.tap("settings.open", talkSettings, "start", ""))...)
	return nil
}

func newsChoices(t *turn) []choice {
	items, page, more, err := t.newsPage()
	if err != nil {
		return nil // the list itself will say so when it is asked for
	}
	var list []choice
	for _, n := range items {
		list = append(list, choice{value: n.Slug, label: n.Title, words: n.Translations.All("title")})
	}
	return append(list, pageChoices(t, page, more)...)
}

// pageChoices are the words that turn a list's pages.
func pageChoices(t *turn, page int, more bool) []choice {
	var list []choice
	if more {
		list = append(list, choice{value: "p" + strconv.Itoa(page+1), label: t.w.Say("choice.next"), plain: true,
			words: []string{"もっと", "もっとみる", "つぎ", "次", "つづき", "続き", "ほか", "ほかの", "古い", "more", "next"}})
	}
	if page > 1 {
		list = append(list, choice{value: "p" + strconv.Itoa(page-1), label: t.w.Say("choice.back"), words: []string{"前", "もどる", "戻る", "back"}, plain: true})
	}
	return list
}

// takesPage lets older buttons turn to any page; one that is gone is the last.
func takesPage(_ *turn, value string) bool {
	_, ok := pageNumber(value)
	return ok
}

func pageNumber(value string) (int, bool) {
	if len(value) < 2 || value[0] != 'p' {
		return 0, false
	}
	n, err := strconv.Atoi(value[1:])
	return n, err == nil && n >= 1 && n <= 1000
}

func answerNews(t *turn, value string) (string, error) {
	if page, ok := pageNumber(value); ok {
		return "list", t.keep(pageAnswers{page})
	}
	return handled, showNewsItem(t, value)
}

// showNewsItem shows one item's card.
func showNewsItem(t *turn, slug string) error {
	n, err := t.bot.store.NewsBySlug(t.ctx, slug)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && (n.Status != ippo.ContentPublished || n.PublishAt.After(t.now)) {
		t.say("gone")
		return t.showNews(1)
	}
	if err != nil {
		return err
	}
	t.send(messages.NewsCards(t.w, []ippo.News{n}, t.bot.base))
	t.closing(t.tap("news.open", talkNews, "start", ""))
	return nil
}
