package ippo

import "testing"

func TestStaffLinkCode(t *testing.T) {
	for text, want := range map[string]string{
		"職員:AB2C-3DEF":      "AB2C-3DEF",
		"職員：ａｂ２ｃ－３ｄｅｆ":      "AB2C-3DEF",
		" 職員: ab2c ー 3def ": "AB2C-3DEF",
		"職員":                "",
		"職員:AB2C3DEF":       "",
		"わたしは職員:AB2C-3DEF":  "",
	} {
		if got, _ := StaffLinkCode(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
