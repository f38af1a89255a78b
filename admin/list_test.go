package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
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
