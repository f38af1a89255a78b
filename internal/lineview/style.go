package lineview

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// style gathers CSS declarations. Values come from the functions below, which write them anew from
// what they recognised, or from constants; an empty value leaves its declaration out.
type style struct{ b strings.Builder }

func (s *style) set(property, value string) {
	if value == "" {
		return
	}
	s.b.WriteString(property)
	s.b.WriteByte(':')
	s.b.WriteString(value)
	s.b.WriteByte(';')
}

func (s *style) css() template.CSS { return template.CSS(s.b.String()) } // only values written below

// oneOf is v if it is among allowed, else empty.
func oneOf(v string, allowed ...string) string {
	for _, a := range allowed {
		if v == a {
			return a
		}
	}
	return ""
}

var colourForm = regexp.MustCompile(`^#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$`)

// colour passes LINE's two forms, #RRGGBB and #RRGGBBAA.
func colour(v string) string {
	if !colourForm.MatchString(v) {
		return ""
	}
	return strings.ToLower(v)
}

var lengthForm = regexp.MustCompile(`^([0-9]{1,4}(?:\.[0-9]{1,3})?)(px|%)$`)

func pixels(v string) string {
	if m := lengthForm.FindStringSubmatch(v); m != nil && m[2] == "px" {
		return m[0]
	}
	return ""
}

func pixelsOrPercent(v string) string {
	if m := lengthForm.FindStringSubmatch(v); m != nil {
		return m[0]
	}
	return ""
}

// space reads spacing, margin, padding, offset and corner radius: a keyword, pixels or, for padding
// and offset, a percentage. LINE does not publish what its keywords measure; these are the values its
// Flex Message Simulator draws.
func space(v string) string {
	switch v {
	case "none":
		return "0"
	case "xs":
		return "2px"
	case "sm":
		return "4px"
	case "md":
		return "8px"
	case "lg":
		return "12px"
	case "xl":
		return "16px"
	case "xxl":
		return "20px"
	}
	return pixelsOrPercent(v)
}

func borderWidth(v string) string {
	switch v {
	case "light":
		return "0.5px"
	case "normal":
		return "1px"
	case "medium":
		return "2px"
	case "semi-bold":
		return "3px"
	case "bold":
		return "4px"
	}
	return pixels(v)
}

func fontSize(v string) string {
	switch v {
	case "xxs":
		return "11px"
	case "xs":
		return "13px"
	case "sm":
		return "14px"
	case "md":
		return "16px"
	case "lg":
		return "19px"
	case "xl":
		return "22px"
	case "xxl":
		return "29px"
	case "3xl":
		return "35px"
	case "4xl":
		return "48px"
	case "5xl":
		return "74px"
	}
	return pixels(v)
}

func imageSize(v string) string {
	switch v {
	case "xxs":
		return "40px"
	case "xs":
		return "60px"
	case "sm":
		return "80px"
	case "", "md":
		return "100px"
	case "lg":
		return "120px"
	case "xl":
		return "140px"
	case "xxl":
		return "160px"
	case "3xl":
		return "180px"
	case "4xl":
		return "200px"
	case "5xl":
		return "220px"
	case "full":
		return "100%"
	}
	return pixelsOrPercent(v)
}

var ratioForm = regexp.MustCompile(`^([1-9][0-9]{0,4}(?:\.[0-9]{1,3})?):([1-9][0-9]{0,4}(?:\.[0-9]{1,3})?)$`)

// ratio turns LINE's "20:13" into CSS's "20/13"; what is not a ratio becomes def.
func ratio(v, def string) string {
	if m := ratioForm.FindStringSubmatch(v); m != nil {
		return m[1] + "/" + m[2]
	}
	return def
}

var (
	angleForm   = regexp.MustCompile(`^[0-9]{1,3}(?:\.[0-9]{1,3})?deg$`)
	percentForm = regexp.MustCompile(`^[0-9]{1,3}(?:\.[0-9]{1,3})?%$`)
)

// gradient is CSS's linear-gradient for LINE's background object, or empty.
func gradient(b background) string {
	start, end := colour(b.StartColor), colour(b.EndColor)
	if b.Type != "linearGradient" || !angleForm.MatchString(b.Angle) || start == "" || end == "" {
		return ""
	}
	stops := start
	if center := colour(b.CenterColor); center != "" {
		position := "50%"
		if percentForm.MatchString(b.CenterPosition) {
			position = b.CenterPosition
		}
		stops += "," + center + " " + position
	}
	return "linear-gradient(" + b.Angle + "," + stops + "," + end + ")"
}

// percentOf is part/whole as a CSS percentage, for areas laid over a picture.
func percentOf(part, whole float64) string {
	if whole <= 0 {
		return "0"
	}
	p := min(max(part/whole*100, 0), 100)
	return strconv.FormatFloat(p, 'f', 3, 64) + "%"
}
