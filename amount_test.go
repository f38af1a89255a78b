package ippo

import "testing"

func TestParseAmount(t *testing.T) {
	for cell, want := range map[string]string{
		"26件": "26 件", "1,009人": "1009 人", "40.4%": "202/5 %", "４０．４％": "202/5 %", "112万人": "112 万人", "604千㎡": "604 千㎡",
		"3日以上": "3 日", "5%以下": "5 %", "469": "469 ", "0件": "0 件", "△3人": "-3 人", "-0.5": "-1/2 ", "1か所\n4.17ha": "1 か所", "13.6 km": "68/5 km",
		"12345人": "12345 人",
	} {
		a, ok := ParseAmount(cell)
		if !ok || a.Number.RatString()+" "+a.Unit != want {
			t.Errorf("ParseAmount(%q) = %v, %v; want %s", cell, a, ok, want)
		}
	}
	for _, cell := range []string{"", "-", "－", "着手", "見直し完了", "4校・13回", "各校1回以上", "(1件)", "1,00件", "1.2.3", "R2整備済み", "1か所 4.17ha", ".5", "1,2345人"} {
		if a, ok := ParseAmount(cell); ok {
			t.Errorf("ParseAmount(%q) = %v, want words", cell, a)
		}
	}
}

func TestAchievement(t *testing.T) {
	for _, c := range []struct{ value, target, want string }{
		{"47件", "45件", "104.4%"},
		{"1,003百万円", "800百万円", "125.4%"}, // 125.375
		{"0件", "3件", "0.0%"},
		{"3日", "3日以上", "100.0%"},
		{"469", "500か所", "93.8%"},
		{"0.05", "100", "0.1%"}, // half up: 0.05 %
		{"1.15", "100", "1.2%"}, // as a binary fraction it would be 1.1
		{"1.045", "100", "1.0%"},
		{"△5人", "100人", "-5.0%"},
		{"着手", "事業完了", Dash},
		{"2件", "事業実施", Dash},
		{"-", "750人", Dash},
		{"5件", "", Dash},
		{"5件", "0件", Dash},
		{"5件", "-5件", Dash},
		{"5校", "5回", Dash},
		{"4校・12回", "各校1回以上", Dash},
	} {
		if got := Achievement(c.value, c.target); got != c.want {
			t.Errorf("Achievement(%q, %q) = %s, want %s", c.value, c.target, got, c.want)
		}
	}
}

func TestChange(t *testing.T) {
	for _, c := range []struct{ now, before, want string }{
		{"1,234人", "1,230人", "+4"}, {"10.5%", "11%", "-0.5"}, {"3件", "3件", "±0"}, {"3件", Dash, Dash}, {"5,000通", "6,500通", "-1,500"}, {"3件", "3人", Dash},
	} {
		if got := Change(c.now, c.before); got != c.want {
			t.Errorf("Change(%q, %q) = %s, want %s", c.now, c.before, got, c.want)
		}
	}
}

func FuzzAchievement(f *testing.F) {
	f.Add("47件", "45件")
	f.Add("4校・13回", "各校1回以上")
	f.Add("△1,000.5%", "０．１％以上")
	f.Fuzz(func(t *testing.T, value, target string) {
		got := Achievement(value, target)
		if got == Dash {
			return
		}
		if a, ok := ParseAmount(got); !ok || a.Unit != "%" {
			t.Errorf("Achievement(%q, %q) = %q, which is no percentage", value, target, got)
		}
	})
}
