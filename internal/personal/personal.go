// Package personal finds what a text gives away of a person: telephone numbers, e-mail addresses and postal
// addresses, however they are typed. It finds by shape, not by a list, and so errs on the side of finding.
package personal

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Data is what was found in a text.
type Data struct {
	Phones  []string // digits alone, with the leading 0, each once
	Emails  []string // each once
	Address bool     // the number of a house, a flat or a postal code
}

// Any reports whether there is anything personal.
func (d Data) Any() bool { return len(d.Phones) > 0 || len(d.Emails) > 0 || d.Address }

// Phone is the first telephone number, or "".
func (d Data) Phone() string {
	if len(d.Phones) == 0 {
		return ""
	}
	return d.Phones[0]
}

var (
	phoneShape  = regexp.MustCompile(`(?:^|[^0-9])((?:\+?81[-. ()]*[1-9]|0[1-9])[0-9]{0,3}(?:[-. ()]{0,2}[0-9]{1,4}){1,3})(?:[^0-9]|$)`)
	emailShape  = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	postalShape = regexp.MustCompile(`(?:^|[^0-9-])〒?[0-9]{3}-[0-9]{4}(?:[^0-9-]|$)|〒\s?[0-9]{7}`)
	// A place name followed by the numbers of a house: 栄町2丁目3-1, 本町1-2-3, 山田123番地.
	addressShape = regexp.MustCompile(`[都道府県市区町村郡字条通][^0-9\n]{0,12}[0-9一二三四五六七八九十]{1,4}\s?(?:丁目|番地|番(?:[^目]|$)|号|-\s?[0-9]{1,4})`)
	// The same without a town before it: 中央三丁目5, 大字山田123, ハイツ203号室.
	houseShape = regexp.MustCompile(`[0-9一二三四五六七八九十]丁目\s?[0-9]|[0-9]番地|大字[^0-9\n]{1,12}[0-9]|[0-9]{2,4}\s?号室`)
)

// dashes are what people type between the parts of a number.
var dashes = strings.NewReplacer("‐", "-", "‑", "-", "–", "-", "—", "-", "―", "-", "−", "-", "ー", "-", "－", "-", "〜", "-", "の", "の")

// Find looks for telephone numbers, e-mail addresses and a postal address.
func Find(text string) Data {
	plain := dashes.Replace(norm.NFKC.String(text))
	var d Data
	for rest := plain; ; {
		at := phoneShape.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		run := rest[at[2]:at[3]]
		if !d.addPhone(run) { // too long: two numbers with a space between
			for _, part := range strings.Fields(run) {
				d.addPhone(part)
			}
		}
		rest = rest[at[3]:] // what ends one number may begin the next
	}
	for _, email := range emailShape.FindAllString(plain, -1) {
		if !slices.Contains(d.Emails, email) {
			d.Emails = append(d.Emails, email)
		}
	}
	d.Address = postalShape.MatchString(plain) || addressShape.MatchString(plain) || houseShape.MatchString(plain)
	return d
}

// Mask returns a text without what Find finds in it: its digits, and the names before an @, are stars. What was
// found is as Find reads it, in half-width characters.
func Mask(text string) string {
	if !Find(text).Any() {
		return text
	}
	plain := dashes.Replace(norm.NFKC.String(text))
	stars := func(found string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '*'
			}
			return r
		}, found)
	}
	for from := 0; ; {
		at := phoneShape.FindStringSubmatchIndex(plain[from:])
		if at == nil {
			break
		}
		begin, end := from+at[2], from+at[3]
		from = end                                           // what ends one number may begin the next
		if run := plain[begin:end]; len(Digits(run)) >= 10 { // fewer: a date, or hours
			for end < len(plain) && strings.IndexByte("0123456789-", plain[end]) >= 0 {
				end++ // the rest of a second number behind the first
			}
			plain = plain[:begin] + stars(plain[begin:end]) + plain[end:]
			from = end
		}
	}
	plain = emailShape.ReplaceAllStringFunc(plain, func(found string) string { return "***" + found[strings.IndexByte(found, '@'):] })
	for _, shape := range []*regexp.Regexp{postalShape, addressShape, houseShape} {
		plain = shape.ReplaceAllStringFunc(plain, stars)
	}
	return plain
}

// addPhone adds what has as many digits as a telephone number, and reports whether it has.
func (d *Data) addPhone(s string) bool {
	digits := Digits(s)
	if strings.HasPrefix(digits, "81") {
		digits = "0" + digits[2:]
	}
	if len(digits) != 10 && len(digits) != 11 || digits[0] != '0' {
		return false
	}
	if !slices.Contains(d.Phones, digits) {
		d.Phones = append(d.Phones, digits)
	}
	return true
}

// Digits returns the ASCII digits of s and nothing else.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
