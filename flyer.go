package ippo

import (
	"bytes"
	"fmt"
	"strings"
)

// FlyerID names a flyer.
type FlyerID int64

// Flyer is a picture or a PDF of a campaign (チラシ), shown on its page for ambassadors to send on.
type Flyer struct {
	ID     FlyerID   `json:"id"`
	Kind   FlyerKind `json:"kind"`
	Alt    string    `json:"alt"` // what it says, for who cannot see it; also its name
	Width  int       `json:"width"`
	Height int       `json:"height"`
	Size   int       `json:"size"` // in bytes
	Sum    string    `json:"sum"`  // SHA-256 of its bytes in hex: what was approved is these
}

// FlyerKind is what a flyer is. Stored: add, never rename.
type FlyerKind string

const (
	FlyerPicture FlyerKind = "picture" // a JPEG of our own making
	FlyerPDF     FlyerKind = "pdf"     // as it was uploaded
)

// Limits on flyers.
const (
	MaxFlyers      = 6
	MaxFlyerUpload = 10 << 20 // bytes
	MaxFlyerAlt    = 200
)

// Validate reports every problem staff can mend.
func (f Flyer) Validate() error {
	var p Problems
	checkText(&p, "alt", "チラシの説明", f.Alt, 1, MaxFlyerAlt)
	return p.Err()
}

// IsPDF reports whether bytes are a whole PDF: its first and its last line say so.
func IsPDF(b []byte) bool {
	const tail = 1024 // some programs write a little behind the end
	return bytes.HasPrefix(b, []byte("%PDF-")) && bytes.Contains(b[max(0, len(b)-tail):], []byte("%%EOF"))
}

// SizeWords is the flyer's size as people read it.
func (f Flyer) SizeWords() string {
	tenths := (f.Size*10 + 1<<20 - 1) >> 20
	return strings.TrimSuffix(Comma(int64(tenths/10))+"."+Comma(int64(tenths%10)), ".0") + "MB"
}

// Headers are what a browser is told of a flyer: of which type it is, and that a PDF is to be kept and not
// opened, since what is in it is not ours.
func (f Flyer) Headers() (contentType, disposition string) {
	if f.Kind == FlyerPDF {
		return "application/pdf", fmt.Sprintf(`attachment; filename="flyer-%d.pdf"`, f.ID)
	}
	return "image/jpeg", fmt.Sprintf(`inline; filename="flyer-%d.jpg"`, f.ID)
}
