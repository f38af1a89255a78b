package admin

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// A list as a file belongs to the module of its page.
func TestFilesBelongToModules(t *testing.T) {
	for path, want := range map[string]ippo.Module{
		"/news.csv": ippo.ModuleNews, "/matches.csv": ippo.ModuleMatching, "/events/:id": ippo.ModuleEvents, "/followers.csv": "",
	} {
		if got := moduleOf(path); got != want {
			t.Errorf("%s belongs to %q, want %q", path, got, want)
		}
	}
}

// Each list is sorted by its headings, which say so to screen readers, and saved without what is nobody's business.
func TestListsAreSortedAndSaved(t *testing.T) {
	o := open(t)
	o.everyPage()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	campaign := o.campaign()
	campaign.Slug, campaign.Title, campaign.StartsOn = "aki", "あきの声かけ", "2026-02-01"
	if _, err := o.store.CreateCampaign(ctx, by, campaign); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.CreateEntry(ctx, by, ippo.Entry{Slug: "eki", Name: "駅のポスター"}); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Administrator)
	for address, want := range map[string][]string{
		"/campaigns":                  {"帰っておいでよ", "あきの声かけ"},
		"/campaigns?sort=name":        {"あきの声かけ", "帰っておいでよ"},
		"/campaigns.csv?sort=starts":  {"あきの声かけ", "帰っておいでよ"},
		"/campaigns.csv?q=あき":         {"あきの声かけ"},
		"/entries?sort=-name":         {"駅のポスター", "市民課の窓口"},
		"/entries.csv":                {"shimin-ka", "eki"},
		"/entries.csv?sort=-name":     {"eki", "shimin-ka"},
		"/ambassadors?sort=number":    {"川口 花"},
		"/consultations?sort=changed": {"居場所"},
		"/consultations.csv":          {"居場所"},
		"/matches?sort=-group&q=里山":   {"里山の会"},
		"/matches.csv":                {"里山の会"},
	} {
		page := strings.NewReplacer("あき", "%E3%81%82%E3%81%8D", "里山", "%E9%87%8C%E5%B1%B1").Replace(address)
		r := b.get("/admin" + page).want(http.StatusOK)
		_, list, _ := strings.Cut(r.body, "<tbody>")
		if strings.Contains(address, ".csv") {
			list = r.body
			r.saysNot("川口", "秘密の悩み", "000-1111-2222")
		}
		last := 0
		for _, words := range want {
			at := strings.Index(list, words)
			if at < last {
				t.Errorf("%s: %s stands wrong in\n%s", address, words, text(list))
			}
			last = at
		}
		if sort := strings.Contains(address, "?sort="); sort && !strings.Contains(address, ".csv") && strings.Count(r.body, "aria-sort=") != 1 {
			t.Errorf("%s does not say what it is sorted by", address)
		}
	}
	b.get("/admin/matches?q=nowhere").says("「nowhere」に合う紹介はありません")
	b.get("/admin/campaigns.csv?q=%E3%81%82%E3%81%8D").saysNot("帰っておいでよ")
	o.as(ippo.Viewer).get("/admin/consultations.csv").want(http.StatusForbidden)
}

// listKeys is how a row of each long list tells its key in its page, and under which heading in its file.
var listKeys = map[string]struct{ row, heading string }{
	"/followers":     {`name="who" value="(\d+)"`, "番号"},
	"/ambassadors":   {`name="who" value="(\d+)\.`, "番号"},
	"/visions":       {`<a href="/admin/ambassadors/(\d+)">No`, "番号"},
	"/broadcasts":    {`<th scope="row"><a href="/admin/broadcasts/(\d+)"`, "番号"},
	"/campaigns":     {`<th scope="row"><a href="/admin/campaigns/(\d+)"`, "番号"},
	"/consultations": {`<a href="/admin/consultations/(\d+)"`, "番号"},
	"/matches":       {`<a href="/admin/matches/(\d+)"`, "番号"},
	"/requests":      {`<th scope="row"><a href="/admin/requests/(\d+)"`, "番号"},
	"/entries":       {`<td data-label="識別名"><code>([^<]+)<`, "識別名"},
	"/news":          {`<th scope="row"><a href="/admin/news/(\d+)"`, "番号"},
	"/events":        {`<th scope="row"><a href="/admin/events/(\d+)"`, "番号"},
	"/groups":        {`<th scope="row"><a href="/admin/groups/(\d+)"`, "番号"},
}

// Each list as a file has the rows of all of the list's pages together, in the same order, whatever it is narrowed to
// and sorted by: by every heading, and by some choices of every filter that the page offers.
func TestFilesHoldAllPages(t *testing.T) {
	o := open(t)
	o.city(160, 150)
	b := o.as(ippo.Administrator)
	lists := 0
	for _, one := range o.panel.routes() {
		path, file := strings.CutSuffix(one.path, ".csv")
		if !file || strings.Contains(path, ":") || path == "/audit" || !slices.ContainsFunc(o.panel.routes(), func(r route) bool {
			return r.method == http.MethodGet && r.path == path && !strings.HasSuffix(path, "/import")
		}) {
			continue
		}
		lists++
		keys, ok := listKeys[path]
		if !ok {
			t.Errorf("nobody looks whether %s.csv holds what its list shows", path)
			continue
		}
		first := b.get("/admin" + path).want(http.StatusOK)
		var addresses []string
		for _, found := range regexp.MustCompile(`class="sort" href="([^"]+)"`).FindAllStringSubmatch(first.body, -1) {
			addresses = append(addresses, html.UnescapeString(found[1]))
		}
		search, _, _ := strings.Cut(first.body[strings.Index(first.body, `<form class="search"`):], "</form>")
		for _, choice := range regexp.MustCompile(`(?s)<select id="[^"]*" name="([^"]+)">(.*?)</select>`).FindAllStringSubmatch(search, -1) {
			for n, option := range regexp.MustCompile(`<option value="([^"]+)"`).FindAllStringSubmatch(choice[2], -1) {
				if n < 4 || option[1] == "all" {
					addresses = append(addresses, "/admin"+path+"?"+choice[1]+"="+url.QueryEscape(html.UnescapeString(option[1])))
				}
			}
		}
		if strings.Contains(search, `name="q"`) {
			addresses = append(addresses, "/admin"+path+"?q=1", "/admin"+path+"?q=1&sort=-name")
		}
		long := false
		for _, address := range append(addresses, "/admin"+path) {
			var shown []string
			pages := 0
			for next := address; next != ""; pages++ {
				page := b.get(next).want(http.StatusOK)
				for _, found := range regexp.MustCompile(keys.row).FindAllStringSubmatch(page.body, -1) {
					shown = append(shown, html.UnescapeString(found[1]))
				}
				next = ""
				if found := regexp.MustCompile(`href="([^"]+)">次の50件`).FindStringSubmatch(page.body); found != nil {
					next = html.UnescapeString(found[1])
				}
			}
			long = long || pages > 1
			at, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.get("/admin"+path+".csv?"+at.RawQuery).want(http.StatusOK).body, "\ufeff"))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			column := slices.IndexFunc(rows[0], func(head string) bool { return head == keys.heading || strings.HasPrefix(head, keys.heading+"（") })
			if column < 0 {
				t.Fatalf("%s.csv has no %s in %v", path, keys.heading, rows[0])
			}
			var saved []string
			for _, row := range rows[1:] {
				saved = append(saved, row[column])
			}
			if !slices.Equal(saved, shown) {
				t.Errorf("%s: the file has %d rows, the pages %d:\n%v\n%v", address, len(saved), len(shown), saved, shown)
			}
		}
		if !long {
			t.Errorf("%s is one page, and proves nothing", path)
		}
	}
	if lists != len(listKeys) {
		t.Errorf("%d lists of %d have files", lists, len(listKeys))
	}
}

// A file that is longer than what is read of it at a time has everybody, once.
func TestLongFileIsWhole(t *testing.T) {
	o := open(t)
	const people = 2*savedAtOnce + 3
	var rows []store.FollowerRow
	for i := range people {
		rows = append(rows, store.FollowerRow{LineUserID: fmt.Sprintf("U%032x", i), FollowedAt: opening})
	}
	if _, err := o.store.ImportFollowers(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	saved, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(o.as(ippo.Editor).get("/admin/followers.csv").want(http.StatusOK).body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range saved[1:] {
		seen[row[0]] = true
	}
	if len(saved)-1 != people || len(seen) != people {
		t.Errorf("the file has %d rows of %d people, want %d", len(saved)-1, len(seen), people)
	}
}
