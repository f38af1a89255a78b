package admin

import "slices"

// link is one entry of the navigation.
type link struct {
	Path, Icon, Words string
	Current, Exact    bool
	Waiting           int  // how much waits there
	Urgent            bool // some of it cannot wait
}

// Nav lists the panel's rooms.
func (f frame) Nav() []link {
	room := func(path, icon, words string, sections ...string) link {
		current := slices.Contains(sections, f.Section)
		return link{Path: path, Icon: icon, Words: words, Current: current, Exact: current && len(sections) == 1}
	}
	broadcasts := room("/admin/broadcasts", "send", "配信", "broadcasts", "calendar", "audiences", "series", "notices")
	broadcasts.Waiting = f.Waiting.Approvals
	desk := room("/admin/requests", "desk", "受付", "requests", "consultations", "canned", "matches", "outcomes", "faq", "unanswered")
	if !f.May("editor") {
		desk.Path = "/admin/faq" // what else is there is personal
	}
	desk.Waiting, desk.Urgent = f.Waiting.Requests+f.Waiting.Consultations+f.Waiting.Matches, f.Waiting.Danger > 0
	groups := room("/admin/groups", "groups", "団体", "groups", "freshness")
	groups.Waiting = f.Waiting.Silent
	people := room("/admin/followers", "people", "名簿", "followers", "ambassadors", "visions", "keywords")
	if f.May("editor") {
		people.Waiting = f.Waiting.Visions
	}
	return []link{
		room("/admin/", "home", "ホーム", ""),
		broadcasts,
		desk,
		people,
		room("/admin/news", "news", "お知らせ", "news"),
		groups,
		room("/admin/events", "event", "イベント", "events", "reservations"),
		room("/admin/campaigns", "flag", f.Settings.Labels.Campaign, "campaigns"),
		room("/admin/sheets", "chart", "報告", "sheets", "reports"),
		room("/admin/topics", "gear", "設定", "settings", "connection", "topics", "areas", "tags", "entries", "staff", "tokens", "audit"),
	}
}

// Tabs lists the pages of the room that the reader is in; a room of one page has none.
func (f frame) Tabs() []link {
	rooms := [][]struct {
		section, words, least string
	}{
		{{"broadcasts", "配信", "viewer"}, {"calendar", "予定", "viewer"}, {"audiences", "保存した宛先", "viewer"}, {"series", "くり返し配信", "viewer"}, {"notices", "個別のお知らせ", "viewer"}},
		{{"requests", "受付", "editor"}, {"consultations", "相談", "editor"}, {"matches", "団体紹介", "editor"}, {"outcomes", "紹介の結果", "viewer"},
			{"faq", "よくある質問", "viewer"}, {"unanswered", "答えのなかった質問", "editor"}},
		{{"groups", "団体", "viewer"}, {"freshness", "募集の確認", "editor"}},
		{{"sheets", "指標", "viewer"}, {"reports", "月次の活動報告", "viewer"}},
		{{"followers", "友だち", "viewer"}, {"ambassadors", f.Settings.Labels.Ambassador, "editor"},
			{"visions", f.Settings.Labels.Vision, "editor"}, {"keywords", "ことばの絵", "viewer"}},
		{{"topics", "分野", "viewer"}, {"areas", "地域", "viewer"}, {"tags", "タグ", "viewer"}, {"entries", "登録経路", "viewer"},
			{"settings", "センターの設定", "admin"}, {"connection", "LINEとの接続", "admin"}, {"staff", "職員", "admin"}, {"tokens", "APIトークン", "admin"}, {"audit", "操作の記録", "admin"}},
	}
	for _, room := range rooms {
		var tabs []link
		here := false
		for _, tab := range room {
			here = here || tab.section == f.Section
			if f.May(tab.least) {
				tabs = append(tabs, link{Path: "/admin/" + tab.section, Words: tab.words, Current: tab.section == f.Section})
			}
		}
		if here {
			return tabs
		}
	}
	return nil
}
