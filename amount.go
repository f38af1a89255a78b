package ippo

import (
	"math/big"
	"regexp"
	"strings"
)

// Dash stands in a table for what there is not (「－」).
const Dash = "－"

// Amount is the number in what stands in a sheet's cell: 1,009人, 40.4%, 604千㎡, 3日以上. It is exact: what
// stands there is decimal, and no binary fraction comes near it.
type Amount struct {
	Number *big.Rat
	Unit   string // 人, %; "" for none
}

// amountForm is one number with a unit behind it, in ASCII digits; what holds two numbers, such as 4校・13回,
// is words.
var amountForm = regexp.MustCompile(`^([-−△▲]?)((?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,6})?) ?([^0-9]{0,10})$`)

// bounds are what a target may say behind its unit: they leave the number what it is.
var bounds = []string{"以上", "以下", "以内", "未満", "超"}

// ParseAmount reads the number of a cell; of a cell of several lines the first one counts. ok is false for
// words, for 「－」 and for an empty cell.
func ParseAmount(cell string) (a Amount, ok bool) {
	line, _, _ := strings.Cut(strings.TrimSpace(cell), "\n")
	m := amountForm.FindStringSubmatch(strings.TrimSpace(Narrow(line)))
	if m == nil {
		return a, false
	}
	a.Number, ok = new(big.Rat).SetString(strings.ReplaceAll(m[2], ",", ""))
	if !ok {
		return a, false
	}
	if m[1] != "" {
		a.Number.Neg(a.Number)
	}
	a.Unit = strings.TrimSpace(m[3])
	for _, b := range bounds {
		a.Unit = strings.TrimSuffix(a.Unit, b)
	}
	return a, true
}

// Comparable reports whether two amounts count the same: their units are alike, or one has none.
func (a Amount) Comparable(b Amount) bool { return a.Unit == b.Unit || a.Unit == "" || b.Unit == "" }

// Achievement is the rate of achievement (達成率) as sheets write it: value ÷ target to one decimal, half up.
// It is 「－」 where there is none: without a number on either side, between different units, and for a target
// that is not above zero.
func Achievement(value, target string) string {
	v, ok := ParseAmount(value)
	t, has := ParseAmount(target)
	if !ok || !has || !v.Comparable(t) || t.Number.Sign() <= 0 {
		return Dash
	}
	percent := new(big.Rat).Quo(v.Number, t.Number)
	return percent.Mul(percent, big.NewRat(100, 1)).FloatString(1) + "%"
}

// Change is the difference between two cells with its sign: +12, -0.5, ±0; 「－」 where there is none.
func Change(now, before string) string {
	n, ok := ParseAmount(now)
	b, has := ParseAmount(before)
	if !ok || !has || !n.Comparable(b) {
		return Dash
	}
	d := new(big.Rat).Sub(n.Number, b.Number)
	if d.Sign() == 0 {
		return "±0"
	}
	text := d.FloatString(6)
	text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	if d.IsInt() && d.Num().IsInt64() {
		text = Comma(d.Num().Int64())
	}
	if d.Sign() > 0 {
		return "+" + text
	}
	return text
}
