package ippo

import (
	"testing"
	"time"
)

func TestFiscalYearOf(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want FiscalYear
	}{
		{time.Date(2024, 3, 31, 23, 59, 59, 0, Tokyo), 2023},
		{time.Date(2024, 4, 1, 0, 0, 0, 0, Tokyo), 2024},
		{time.Date(2024, 3, 31, 15, 0, 0, 0, time.UTC), 2024}, // midnight in Tokyo
		{time.Date(2024, 3, 31, 14, 59, 59, 0, time.UTC), 2023},
	} {
		if got := FiscalYearOf(c.at); got != c.want {
			t.Errorf("FiscalYearOf(%v) = %d, want %d", c.at, got, c.want)
		}
	}
	y := FiscalYear(2023)
	if !y.Ends().Equal(FiscalYear(2024).Begins()) || y.LastDay().Format(time.DateOnly) != "2024-03-31" {
		t.Errorf("%d ends %v, last day %v", y, y.Ends(), y.LastDay())
	}
}

// The year in which an era begins is called by it as a whole, and 昭和64年 was too short for a year of its own.
func TestFiscalYearInEras(t *testing.T) {
	for _, c := range []struct {
		year                  FiscalYear
		words, short, western string
	}{
		{2024, "令和6年度", "R6", "2024年度"},
		{2020, "令和2年度", "R2", "2020年度"},
		{2019, "令和元年度", "R1", "2019年度"},
		{2018, "平成30年度", "H30", "2018年度"},
		{1990, "平成2年度", "H2", "1990年度"},
		{1989, "平成元年度", "H1", "1989年度"},
		{1988, "昭和63年度", "S63", "1988年度"},
		{1927, "昭和2年度", "S2", "1927年度"},
	} {
		if w, s, x := c.year.Words(), c.year.Short(), c.year.Western(); w != c.words || s != c.short || x != c.western {
			t.Errorf("%d: %s, %s, %s", c.year, w, s, x)
		}
		for _, text := range []string{c.words, c.short, c.western} {
			if y, err := ParseFiscalYear(text); err != nil || y != c.year {
				t.Errorf("ParseFiscalYear(%q) = %d, %v; want %d", text, y, err, c.year)
			}
		}
	}
	for text, want := range map[string]FiscalYear{
		"H31": 2019, "平成31年度": 2019, "令和元": 2019, "R元": 2019, "平成３２年度": 2020, "S64": 1989, "昭和64年": 1989,
		"ｒ６": 2024, " R.6 ": 2024, "２０２４": 2024, "令和6年": 2024,
	} {
		if y, err := ParseFiscalYear(text); err != nil || y != want {
			t.Errorf("ParseFiscalYear(%q) = %d, %v; want %d", text, y, err, want)
		}
	}
	for _, text := range []string{"", "R", "R0", "R100", "令和", "6", "1926", "2101", "-2024", "R-6", "明治45", "R6R6", "六"} {
		if y, err := ParseFiscalYear(text); err == nil {
			t.Errorf("ParseFiscalYear(%q) = %d, want a problem", text, y)
		}
	}
}

func TestEraDate(t *testing.T) {
	for day, want := range map[string]string{
		"2019-05-01": "令和元年5月1日", "2019-04-30": "平成31年4月30日", "1989-01-08": "平成元年1月8日", "1989-01-07": "昭和64年1月7日",
		"1926-12-25": "昭和元年12月25日", "1926-12-24": "1926年12月24日", "2024-03-31": "令和6年3月31日",
	} {
		at, err := time.ParseInLocation(time.DateOnly, day, Tokyo)
		if err != nil {
			t.Fatal(err)
		}
		if got := EraDate(at); got != want {
			t.Errorf("EraDate(%s) = %s, want %s", day, got, want)
		}
		if got := EraDate(at.Add(24*time.Hour - time.Second)); got != want {
			t.Errorf("EraDate(%s 23:59:59) = %s, want %s", day, got, want)
		}
	}
}

func TestEraDateShort(t *testing.T) {
	for at, want := range map[time.Time]string{
		time.Date(2019, 5, 1, 0, 0, 0, 0, Tokyo): "R1.5.1", time.Date(2019, 4, 30, 23, 59, 59, 0, Tokyo): "H31.4.30", time.Date(1920, 1, 2, 0, 0, 0, 0, Tokyo): "1920.1.2",
	} {
		if got := EraDateShort(at); got != want {
			t.Errorf("%v is %s, want %s", at, got, want)
		}
	}
}

func FuzzParseFiscalYear(f *testing.F) {
	for _, seed := range []string{"R6", "令和元年度", "2024", "平成32"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		y, err := ParseFiscalYear(text)
		if err != nil {
			return
		}
		if again, err := ParseFiscalYear(y.Words()); err != nil || again != y {
			t.Errorf("%q is %d, which is written %s and read as %d, %v", text, y, y.Words(), again, err)
		}
	})
}
