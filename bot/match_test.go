package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
)

func TestMatchGroups(t *testing.T) {
	saturday, wednesday := ippo.Weekdays(1<<time.Saturday), ippo.Weekdays(1<<time.Wednesday)
	groups := []ippo.ActivityGroup{
		{Slug: "ehon", Topics: 1, Areas: 1, Weekdays: saturday, Parts: ippo.Morning, Children: true, Beginners: true, Receiving: true},
		{Slug: "igo", Topics: 2, Areas: 2, Weekdays: wednesday, Parts: ippo.Afternoon, Receiving: true},
		{Slug: "hiroba", Topics: 1, Areas: 0, Weekdays: wednesday, Parts: ippo.Evening, Children: true, Receiving: true},
		{Slug: "full", Topics: 1, Areas: 1, Weekdays: saturday, Children: true, Beginners: true},
		{Slug: "gone", Topics: 1, Areas: 1, Receiving: true, Hidden: true},
		{Slug: "plain", Receiving: true, Areas: 4},
	}
	for name, test := range map[string]struct {
		wish wish
		want string
	}{
		"all of it":       {wish{area: 1, topics: 1, days: weekend, children: true}, "ehon(topic area time children beginners) hiroba(topic city children)"},
		"without a child": {wish{area: 2, topics: 2, days: workdays, parts: ippo.Morning | ippo.Afternoon}, "igo(topic area time) hiroba(city) ehon(beginners)"},
		"evenings":        {wish{days: workdays, parts: ippo.Evening}, "hiroba(time) ehon(beginners) igo(open)"},
		"nothing said":    {wish{}, "ehon(beginners) igo(open) hiroba(open)"},
		"everything":      {wish{topics: ippo.Everything, area: 3}, "plain(area) hiroba(city) ehon(beginners)"},
	} {
		var got []string
		for _, m := range matchGroups(groups, test.wish) {
			got = append(got, m.group.Slug+fmt.Sprint("(", strings.Trim(fmt.Sprint(m.reasons), "[]"), ")"))
		}
		if said := strings.Join(got, " "); said != test.want {
			t.Errorf("%s: %s, want %s", name, said, test.want)
		}
	}
}

func TestFindPersonal(t *testing.T) {
	for text, want := range map[string]personal{
		"090-1234-5678":                {phone: "09012345678"},
		"０９０１２３４５６７８":                  {phone: "09012345678"},
		"電話は０２５８（３９）２２００です":            {phone: "0258392200"},
		"+81 90 1234 5678":             {phone: "09012345678"},
		"090ー1234ー5678 に":              {phone: "09012345678"},
		"03 1234 5678":                 {phone: "0312345678"},
		"Mail: taro.yamada@example.jp": {email: true},
		"ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ":              {email: true},
		"〒940-0062":                    {address: true},
		"新潟県みらい市大手通2丁目3-10":            {address: true},
		"みらい市本町１－２－３":                  {address: true},
		"北山町123番地":                     {address: true},
		"中央三丁目5-6":                     {address: true},
		"大字山田123":                      {address: true},
		"田中ハイツ203号室です":                 {address: true},
		"2丁目の公園":                       {},

		"":                    {},
		"1 3 5":               {},
		"2026-04-01":          {},
		"2026/04/01 10:00":    {},
		"10:00〜11:30":         {},
		"定員は100人、1000円":       {},
		"119":                 {},
		"第2・第4日曜":             {},
		"市民課の窓口で知りました":        {},
		"令和8年3月31日":           {},
		"1234567890123456789": {},
		"中央区の3番目":             {},
		"1番と2番":               {},
	} {
		if got := findPersonal(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}
