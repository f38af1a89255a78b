package admin

import (
	"cmp"
	"slices"

	"ippo"
)

// link is one entry of the navigation.
type link struct {
	Path, Icon, Words string
	Current, Exact    bool
	Waiting           int  // how much waits there
	Urgent            bool // some of it cannot wait
}

// room is one entry of the navigation, with the pages that its tabs lead to.
type room struct {
	icon, words string
	tabs        []tab
	inside      []string // sections without a tab of their own
	index       string   // the section whose page lists the pages, where they are too many for tabs; "" otherwise
	waiting     int
	urgent      bool
}

// setupSection is the page that lists the pages of settings.
const setupSection = "setup"

// tab is one page of a room: the first part of its address, its words, and the least role that sees it.
type tab struct{ section, words, least string }

// opens reports whether the reader may open a page, wherever they are now.
func (f frame) opens(t tab) bool {
	role := f.Me.Role
	if len(f.Me.Teams) > 0 {
		switch r := grounds[t.section]; {
		case r == ground{}:
			return false
		case r.read:
			role = ippo.Viewer
		}
	}
	return role.Includes(ippo.Role(t.least))
}

// rooms lists the panel's rooms, without what belongs to modules that are off or is not for the reader; a room
// without any page is not there at all.
func (f frame) rooms() (rooms []room) {
	own := f.Settings.Labels
	for _, r := range []room{
		{icon: "home", words: "ホーム", tabs: []tab{{"", "ホーム", "viewer"}}},
		{icon: "send", words: "配信", waiting: f.Waiting.Approvals, tabs: []tab{
			{"broadcasts", "配信", "viewer"}, {"calendar", "予定", "viewer"}, {"templates", "ひな形", "viewer"}, {"audiences", "保存した宛先", "viewer"}, {"series", "くり返し配信", "viewer"}, {"notices", "個別のお知らせ", "viewer"}}},
		{icon: "desk", words: "受付", waiting: f.Waiting.Requests + f.Waiting.Consultations + f.Waiting.Matches, urgent: f.Waiting.Danger > 0, tabs: []tab{
			{"requests", "受付", "editor"}, {"consultations", "相談", "editor"}, {"matches", "団体紹介", "editor"}, {"faq", "よくある質問", "viewer"},
			{"autoreplies", "自動の返事", "viewer"}, {"try", "試してみる", "viewer"}, {"outcomes", "紹介の結果", "viewer"}, {"unanswered", "答えのなかった質問", "editor"}}, inside: []string{"canned"}},
		{icon: "people", words: "名簿", waiting: f.Waiting.Visions, tabs: []tab{
			{"followers", "友だち", "viewer"}, {"ambassadors", own.Ambassador, "editor"}, {"visions", own.Vision, "editor"}, {"keywords", "ことばの絵", "viewer"}}},
		{icon: "news", words: "お知らせ", tabs: []tab{{"news", "お知らせ", "viewer"}}},
		{icon: "groups", words: "団体", waiting: f.Waiting.Silent, tabs: []tab{{"groups", "団体", "viewer"}, {"freshness", "募集の確認", "editor"}}},
		{icon: "event", words: "イベント", tabs: []tab{{"events", "イベント", "viewer"}}, inside: []string{"reservations"}},
		{icon: "flag", words: own.Campaign, tabs: []tab{{"campaigns", own.Campaign, "viewer"}}},
		{icon: "chart", words: "報告", tabs: []tab{{"sheets", "指標", "viewer"}, {"reports", "月次の活動報告", "viewer"}}},
		{icon: "gear", words: "設定", tabs: []tab{
			{"topics", "分野", "viewer"}, {"areas", "地域", "viewer"}, {"tags", "タグ", "viewer"}, {"entries", "登録経路", "viewer"}, {"richmenu", "リッチメニュー", "viewer"}, {"deleted", "削除したもの", "editor"},
			{"settings", "センターの設定", "admin"}, {"modules", "機能", "admin"}, {"connection", "LINEとの接続", "admin"},
			{"staff", "職員", "admin"}, {"teams", "チーム", "admin"}, {"tokens", "APIトークン", "admin"}, {"audit", "操作の記録", "admin"}}, inside: []string{"greeting"}, index: setupSection},
	} {
		r.tabs = slices.DeleteFunc(r.tabs, func(t tab) bool { return !f.Settings.Has(sectionModules[t.section]) || !f.opens(t) })
		if len(r.tabs) > 0 {
			rooms = append(rooms, r)
		}
	}
	return rooms
}

// here reports whether the reader is in the room.
func (r room) here(section string) bool {
	return section != "" && section == r.index || slices.Contains(r.inside, section) || slices.ContainsFunc(r.tabs, func(t tab) bool { return t.section == section })
}

// Nav lists the panel's rooms.
func (f frame) Nav() (nav []link) {
	for _, r := range f.rooms() {
		current := r.here(f.Section)
		nav = append(nav, link{
			Path: "/admin/" + cmp.Or(r.index, r.tabs[0].section), Icon: r.icon, Words: r.words,
			Current: current, Exact: current && (f.Section == r.index || len(r.tabs)+len(r.inside) == 1), Waiting: r.waiting, Urgent: r.urgent,
		})
	}
	return nav
}

// Up leads to the page that lists the pages of the room that the reader is in; nil where tabs do, or on that page.
func (f frame) Up() *link {
	for _, r := range f.rooms() {
		if r.index != "" && r.here(f.Section) && f.Section != r.index {
			return &link{Path: "/admin/" + r.index, Words: r.words}
		}
	}
	return nil
}

// Tabs lists the pages of the room that the reader is in; a room of one page has none, nor one that has an index.
func (f frame) Tabs() (tabs []link) {
	for _, r := range f.rooms() {
		if !r.here(f.Section) || len(r.tabs) == 1 || r.index != "" {
			continue
		}
		for _, t := range r.tabs {
			tabs = append(tabs, link{Path: "/admin/" + t.section, Words: t.words, Current: t.section == f.Section})
		}
	}
	return tabs
}
