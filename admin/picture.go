package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"mime/multipart"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/picture"
	"ippo/store"
)

// pictureForm is a picture of a part, or of a card, while it is being written.
type pictureForm struct {
	Code  string // of the one that is kept; "" for none
	Alt   string
	Ratio ippo.PictureRatio
	Focus ippo.PictureFocus

	Field   string // what the names of its fields begin with
	Problem string // with what was uploaded

	upload *multipart.FileHeader // nil if nothing was
}

// Ratios are the shapes to choose from.
func (f pictureForm) Ratios() []option { return statuses(ippo.PictureRatios, f.Ratio) }

// Foci are what may stay of it.
func (f pictureForm) Foci() []option { return statuses(ippo.PictureFoci, f.Focus) }

// Small is the address of what stands for it.
func (f pictureForm) Small() string { return ippo.SmallPictureURL("", f.Code) }

func (f pictureForm) begun() bool { return f.Code != "" || f.Alt != "" }

func formPicture(c *gin.Context, field string) pictureForm {
	f := pictureForm{
		Code: c.PostForm(field + ".picture"), Alt: formText(c, field+".alt"),
		Ratio: ippo.PictureRatio(c.PostForm(field + ".ratio")), Focus: ippo.PictureFocus(c.PostForm(field + ".focus")),
	}
	if form := c.Request.MultipartForm; form != nil && len(form.File[field+".file"]) == 1 {
		f.upload = form.File[field+".file"][0]
	}
	return f
}

// pictureForm shows a picture that is kept.
func (p *Panel) pictureForm(ctx context.Context, code string) (pictureForm, error) {
	is, err := p.Store.Picture(ctx, code)
	return pictureForm{Code: is.Code, Alt: is.Alt, Ratio: is.Ratio, Focus: is.Focus}, err
}

// takePictures keeps the pictures that were uploaded with the form, and cuts those anew that are to be cut in
// another way. What is wrong with one stays beside it.
func (p *Panel) takePictures(ctx context.Context, by ippo.StaffID, w *composing) error {
	for _, v := range w.renditions {
		for i := range v.Parts {
			one := &v.Parts[i]
			if one.Kind == partPicture {
				if err := p.takePicture(ctx, by, &one.Picture); err != nil {
					return err
				}
			}
			for j := range one.Cards {
				if err := p.takePicture(ctx, by, &one.Cards[j].Picture); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *Panel) takePicture(ctx context.Context, by ippo.StaffID, f *pictureForm) error {
	if f.upload == nil && f.Code == "" {
		return nil
	}
	wanted := ippo.Picture{Alt: f.Alt, Ratio: f.Ratio, Focus: f.Focus}
	found, err := mend(wanted.Validate(), nil)
	if err != nil {
		return err
	}
	if found != nil {
		f.Problem = found[0].Message
		return nil
	}
	var data store.PictureData
	if f.upload != nil {
		if data.Source, f.Problem, err = readPicture(f.upload); err != nil || f.Problem != "" {
			return err
		}
	} else {
		is, err := p.Store.Picture(ctx, f.Code)
		if errors.Is(err, ippo.ErrNotFound) {
			f.Code, f.Problem = "", "画像が見つかりません。もう一度選んでください。"
			return nil
		}
		if err != nil || is.Alt == wanted.Alt && is.Ratio == wanted.Ratio && is.Focus == wanted.Focus {
			return err
		}
		if data.Source, err = p.Store.PictureSource(ctx, f.Code); err != nil {
			return err
		}
	}
	var size image.Point
	if data.Whole, data.Small, size, err = picture.Cut(data.Source, shapes[wanted.Ratio], foci[wanted.Focus]); err != nil {
		return err
	}
	wanted.Width, wanted.Height = size.X, size.Y
	if wanted, err = p.Store.AddPicture(ctx, by, wanted, data); err == nil {
		f.Code = wanted.Code
	}
	return err
}

// What the words for shapes and for what stays mean to who cuts.
var (
	shapes = map[ippo.PictureRatio]image.Point{ippo.RatioSquare: {X: 1, Y: 1}, ippo.RatioWide: {X: 3, Y: 2}, ippo.RatioBanner: {X: 16, Y: 9}, ippo.RatioTall: {X: 3, Y: 4}}
	foci   = map[ippo.PictureFocus]image.Point{ippo.FocusTop: {Y: -1}, ippo.FocusBottom: {Y: 1}, ippo.FocusLeft: {X: -1}, ippo.FocusRight: {X: 1}}
)

// readPicture reads an upload as a picture that is fit to be shown. What it is, its bytes say, not its name.
func readPicture(header *multipart.FileHeader) (clean []byte, problem string, err error) {
	if header.Size > ippo.MaxPictureUpload {
		return nil, fmt.Sprintf("画像のファイルは%dMBまでです。", ippo.MaxPictureUpload>>20), nil
	}
	file, err := header.Open()
	if err != nil {
		return nil, "", err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, "", err
	}
	clean, _, err = picture.Clean(data)
	switch {
	case errors.Is(err, picture.ErrTooLarge):
		return nil, "画像が大きすぎます。縦横を小さくしてから、もう一度お試しください。", nil
	case err != nil:
		return nil, "画像を読めませんでした。JPEG・PNG・WebPのどれかで保存し直してから、もう一度お試しください。", nil
	}
	return clean, "", nil
}

// readForm reads a form with files. One that is too large for what its address may be sent is errBadForm.
func readForm(c *gin.Context) error {
	if c.ContentType() != "multipart/form-data" {
		return nil
	}
	if err := c.Request.ParseMultipartForm(maxFilesInMemory); err != nil {
		return fmt.Errorf("%w: %w", errBadForm, err)
	}
	return nil
}

// maxFilesInMemory is how much of a form's files is not written to disk.
const maxFilesInMemory = 4 << 20

// pictureAlt says what pictures of ours show.
func (p *Panel) pictureAlt(ctx context.Context) func(address string) string {
	return func(address string) string {
		is, err := p.Store.Picture(ctx, ippo.PictureCode(address))
		if err != nil {
			return "" // not ours, or gone
		}
		return cmp.Or(is.Alt, "説明のない画像")
	}
}
