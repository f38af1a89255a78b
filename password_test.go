package ippo

import (
	"strings"
	"testing"
)

// Length is asked for, and that nobody guesses it from a list or from who chose it; which characters is nobody's
// business.
func TestCheckPassword(t *testing.T) {
	about := []string{"市川 太郎", "taro.ichikawa@city.example.jp", "みらい市民協働センター"}
	for password, want := range map[string]string{
		"correct horse battery":          "",
		"うちの猫は三毛で十二歳":                    "",
		"mountain taro river":            "",
		"only small letters":             "",
		strings.Repeat("あいうえ", 32):       "",
		"short":                          "10文字以上",
		strings.Repeat("あいうえ", 33):       "128文字以内",
		"1234567890":                     "知られています",
		"4567890123":                     "知られています",
		"aaaaaaaaaaaa":                   "知られています",
		"ababababab":                     "知られています",
		"PasswordPassword":               "知られています",
		"Password1234":                   "知られています",
		"password!!!!":                   "知られています",
		"qwertyuiop":                     "知られています",
		"taro.ichikawa":                  "名前",
		"Taro-Ichikawa-2026":             "名前",
		"taroichikawa1":                  "名前",
		"市川太郎市川太郎です":                     "名前",
		"みらい市民協働センター":                    "名前",
		"city.example.jp":                "名前",
		"\nabc\n password with lines \n": "",
	} {
		err := CheckPassword(password, about...)
		if got := ""; err != nil {
			got = err.Error()
			if want == "" || !strings.Contains(got, want) {
				t.Errorf("%q: %q, want %q", password, got, want)
			}
		} else if want != "" {
			t.Errorf("%q is taken, want %q", password, want)
		}
	}
}
