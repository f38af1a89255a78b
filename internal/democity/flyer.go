package democity

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"math"

	"ippo"
)

// flyers belong to the first campaign: a picture of the road home, and a sheet to print.
func (f *filling) flyers(ctx context.Context, c ippo.Campaign) error {
	picture, err := roadHome()
	if err != nil {
		return err
	}
	size := roadHomeSize
	if err := f.AddFlyer(ctx, f.editor, c.ID, ippo.Flyer{
		Kind: ippo.FlyerPicture, Alt: "夕日の丘に一軒の家。家まで続く道に、足あとが並んでいます。", Width: size.X, Height: size.Y,
	}, picture); err != nil {
		return err
	}
	return f.AddFlyer(ctx, f.editor, c.ID, ippo.Flyer{Kind: ippo.FlyerPDF, Alt: "帰っておいでよ作戦のご案内（印刷用）"}, []byte(sheet))
}

var roadHomeSize = image.Pt(800, 500)

// roadHome draws a house on a hill in the evening, with footprints up to its door.
func roadHome() ([]byte, error) {
	w, h := roadHomeSize.X, roadHomeSize.Y
	p := image.NewRGBA(image.Rectangle{Max: roadHomeSize})
	hill := func(x float64) float64 { return 320 + 40*math.Sin(x/210) }
	for y := range h {
		for x := range w {
			fx, fy := float64(x), float64(y)
			t := fy / float64(h)
			c := color.RGBA{uint8(255 - 20*t), uint8(190 - 60*t), uint8(120 + 30*t), 255}
			switch {
			case math.Hypot(fx-190, fy-190) < 64:
				c = color.RGBA{255, 240, 200, 255}
			case fy > hill(fx):
				c = color.RGBA{58, uint8(120 - 40*(t-0.6)), 84, 255}
			}
			house := fx > 560 && fx < 680 && fy > 210 && fy < 300
			roof := fy > 150 && fy <= 212 && math.Abs(fx-620) < (fy-150)*1.25
			switch {
			case roof:
				c = color.RGBA{140, 60, 50, 255}
			case house && fx > 608 && fx < 640 && fy > 250:
				c = color.RGBA{110, 70, 40, 255}
			case house && fx > 575 && fx < 597 && fy > 235 && fy < 257:
				c = color.RGBA{255, 225, 120, 255}
			case house:
				c = color.RGBA{250, 245, 230, 255}
			}
			for i := range 9 {
				at := float64(i) / 8
				cx, cy := 150+470*at, 470-155*at+float64(i%2)*18
				if r := 11 - 5*at; math.Hypot(fx-cx, (fy-cy)*0.8) < r {
					c = color.RGBA{245, 235, 215, 255}
				}
			}
			p.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 85})
	return b.Bytes(), err
}

// sheet is a page with nothing on it but a frame: what a PDF needs, and no more.
const sheet = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj
4 0 obj<</Length 34>>stream
4 w 60 60 475 722 re S 90 400 m S
endstream endobj
trailer<</Root 1 0 R>>
%%EOF
`
