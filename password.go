package ippo

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Password lengths, in characters. Source: NIST SP 800-63B-4 §3.1.1.2 asks for 15 where a password may be all that is
// asked for, as here whoever has no second factor or loses it; and for a list of known passwords, not for kinds of
// characters nor for a new one now and then. The upper bound only keeps hashing cheap.
const (
	MinPassword = 15
	MaxPassword = 128
)

// knownPasswords are those that people choose, one a line, in small letters; passwords.LICENSE.txt says whose
// list it is. It stays one text: it is searched when somebody chooses a password, and takes no memory until then.
//
//go:embed passwords.txt
var knownPasswords string

// CheckPassword reports whether a password may be chosen. about are words that others know of who chooses it and
// of where they work: names, an e-mail address.
func CheckPassword(password string, about ...string) error {
	var p Problems
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword || n > MaxPassword:
		p.Addf("password", "パスワードは%d文字以上、%d文字以内にしてください。", MinPassword, MaxPassword)
	case known(password):
		p.Add("password", "このパスワードは、よく使われていて知られています。ほかのものにしてください。関係のない言葉をいくつか並べると、覚えやすく安全です。")
	case beyond(password, about) < leastBeyond:
		p.Add("password", "名前・メールアドレス・センターの名前のほかに、関係のない言葉も入れてください。")
	}
	return p.Err()
}

// known reports whether a password is on the list, bare or with figures and signs behind it, or hardly one: a
// few characters over and over, or a row of the digits.
func known(password string) bool {
	small := strings.ToLower(password)
	for _, one := range []string{small, strings.TrimRightFunc(small, func(r rune) bool { return !unicode.IsLetter(r) })} {
		if len(one) >= 8 && !strings.Contains(one, "\n") && strings.Contains("\n"+knownPasswords, "\n"+one+"\n") {
			return true
		}
	}
	kinds := map[rune]bool{}
	row := true // each character follows the one before, as in 3456789012
	var before rune
	for i, r := range small {
		kinds[r] = true
		if i > 0 && r != before+1 && !(before == '9' && r == '0') {
			row = false
		}
		before = r
	}
	return row || len(kinds) < 4
}

// leastBeyond is how much of a password has to be none of the words that others know.
const leastBeyond = 6

// beyond counts the letters and figures of a password besides such words.
func beyond(password string, about []string) int {
	rest := strings.ToLower(password)
	for _, text := range about {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, word := range words {
			if len(word) >= 3 { // a Japanese character alone is three
				rest = strings.ReplaceAll(rest, word, "")
			}
		}
	}
	n := 0
	for _, r := range rest {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
