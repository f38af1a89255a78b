package ippo

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Picture is a picture that staff put into messages (画像). It never changes: cut in another way, or with other
// words for who cannot see it, it is another picture. So a message that was approved goes on showing what was
// approved.
type Picture struct {
	Code   string // in its address; nobody guesses it
	Alt    string // what it shows, for who cannot see it; "" until somebody has written it
	Ratio  PictureRatio
	Focus  PictureFocus
	Width  int
	Height int
	Sum    string // SHA-256 of its bytes in hex
}

// PictureRatio is the shape that a picture was cut to. Stored: add, never rename.
type PictureRatio string

const (
	RatioOwn    PictureRatio = "" // not cut
	RatioSquare PictureRatio = "1:1"
	RatioWide   PictureRatio = "3:2"
	RatioBanner PictureRatio = "16:9"
	RatioTall   PictureRatio = "3:4"
)

// PictureRatios are all shapes, as staff are offered them.
var PictureRatios = []PictureRatio{RatioOwn, RatioWide, RatioBanner, RatioSquare, RatioTall}

// Words returns the shape as staff read it.
func (r PictureRatio) Words() string {
	switch r {
	case RatioOwn:
		return "切り取らない"
	case RatioSquare:
		return "正方形（1:1）"
	case RatioWide:
		return "横長（3:2）"
	case RatioBanner:
		return "もっと横長（16:9）"
	case RatioTall:
		return "縦長（3:4）"
	}
	return string(r)
}

// PictureFocus is what stays of a picture that is cut. Stored: add, never rename.
type PictureFocus string

const (
	FocusMiddle PictureFocus = ""
	FocusTop    PictureFocus = "top"
	FocusBottom PictureFocus = "bottom"
	FocusLeft   PictureFocus = "left"
	FocusRight  PictureFocus = "right"
)

// PictureFoci are all of them, as staff are offered them.
var PictureFoci = []PictureFocus{FocusMiddle, FocusTop, FocusBottom, FocusLeft, FocusRight}

// Words returns it as staff read it.
func (f PictureFocus) Words() string {
	switch f {
	case FocusMiddle:
		return "真ん中"
	case FocusTop:
		return "上"
	case FocusBottom:
		return "下"
	case FocusLeft:
		return "左"
	case FocusRight:
		return "右"
	}
	return string(f)
}

// Validate reports every problem staff can mend. Without words for it a picture can be kept, not sent.
func (p Picture) Validate() error {
	var found Problems
	checkText(&found, "alt", "画像の説明", p.Alt, 0, MaxPictureAlt)
	if !slices.Contains(PictureRatios, p.Ratio) || !slices.Contains(PictureFoci, p.Focus) {
		found.Add("ratio", "画像の切り取り方を選びなおしてください。")
	}
	return found.Err()
}

// Shape is the picture's shape as LINE is told of it, which draws none that is higher than three times its width.
func (p Picture) Shape() string {
	return fmt.Sprintf("%d:%d", p.Width, min(p.Height, 3*p.Width))
}

// Limits on pictures.
const (
	MaxPictureUpload = 10 << 20 // bytes
	MaxPictureAlt    = 200
)

// picturePath is where our own pictures are found, below the public URL.
const picturePath = "/r/pictures/"

// PictureURL is the address of a picture.
func PictureURL(base, code string) string { return base + picturePath + code }

// SmallPictureURL is the address of what stands for it in a chat.
func SmallPictureURL(base, code string) string { return PictureURL(base, code) + "/small" }

// PictureCode returns the code of a picture of ours by its address; "" for any other address.
func PictureCode(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	_, rest, found := strings.Cut(u.Path, picturePath)
	if code := strings.TrimSuffix(rest, "/small"); found && IsPictureCode(code) {
		return code
	}
	return ""
}

// PictureCodeLength is how long a code is: of 26 base32 characters, 128 bits are random.
const PictureCodeLength = 26

// IsPictureCode reports whether s has the form of a code.
func IsPictureCode(s string) bool {
	return len(s) == PictureCodeLength && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}
