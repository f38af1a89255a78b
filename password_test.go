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
		"うちの猫は三毛で十二歳になった":                "",
		"うちの猫は三毛で十二歳":                    "15文字以上",
		"mountain taro river":            "",
		"only small letters":             "",
		strings.Repeat("あいうえ", 32):       "",
		"short":                          "15文字以上",
		strings.Repeat("あいうえ", 33):       "128文字以内",
		"123456789012345":                "知られています",
		"4567890123456789":               "知られています",
		"aaaaaaaaaaaaaaaa":               "知られています",
		"ababababababababab":             "知られています",
		"PasswordPassword":               "知られています",
		"Password1234567":                "知られています",
		"password!!!!!!!!":               "知られています",
		"qwertyuiop12345":                "知られています",
		"taro.ichikawa.taro":             "名前",
		"Taro-Ichikawa-2026":             "名前",
		"taroichikawa1234":               "名前",
		"市川太郎市川太郎市川太郎市川です":               "名前",
		"みらい市民協働センターみらい市民":               "名前",
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
