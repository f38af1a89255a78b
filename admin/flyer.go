package admin

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/picture"
)

// addFlyer takes an upload. What it is, its bytes say, not its name.
func (p *Panel) addFlyer(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	data, found, err := uploadedFlyer(c)
	if err != nil {
		return err
	}
	flyer := ippo.Flyer{Alt: formText(c, "alt")}
	if found == nil {
		flyer, data, found = readFlyer(flyer, data)
	}
	if more, err := mend(flyer.Validate(), nil); err == nil {
		found = append(found, more...)
	}
	if found == nil {
		if found, err = mend(p.Store.AddFlyer(c.Request.Context(), p.me(c).ID, item.ID, flyer, data), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.campaignPage(c, item, typedRecurring{}, found)
	}
	now, err := p.campaign(c)
	if err != nil {
		return err
	}
	return p.redirect(c, "チラシを加えました。"+stoppedByChange(item, now), href("campaigns/%d#flyers", item.ID))
}

// uploadedFlyer reads the file of the form, which is small enough to be kept in memory.
func uploadedFlyer(c *gin.Context) (data []byte, found ippo.Problems, err error) {
	header, err := c.FormFile("file")
	if _, large := errors.AsType[*http.MaxBytesError](err); large || err == nil && header.Size > ippo.MaxFlyerUpload {
		return nil, ippo.Problems{{Field: "flyer", Message: "ファイルは10MBまでです。"}}, nil
	}
	if err != nil {
		return nil, ippo.Problems{{Field: "flyer", Message: "チラシのファイルを選んでください。"}}, nil
	}
	file, err := header.Open()
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	data, err = io.ReadAll(file)
	return data, nil, err
}

// readFlyer finds out what an upload is, and makes a picture fit to be shown.
func readFlyer(f ippo.Flyer, data []byte) (ippo.Flyer, []byte, ippo.Problems) {
	if ippo.IsPDF(data) {
		f.Kind = ippo.FlyerPDF
		return f, data, nil
	}
	clean, size, err := picture.Clean(data)
	switch {
	case errors.Is(err, picture.ErrTooLarge):
		return f, nil, ippo.Problems{{Field: "flyer", Message: "画像が大きすぎます。縦横を小さくしてから、もう一度お試しください。"}}
	case err != nil:
		return f, nil, ippo.Problems{{Field: "flyer", Message: "チラシを読めませんでした。JPEG・PNG・WebPの画像か、PDFで保存し直してください。"}}
	}
	f.Kind, f.Width, f.Height = ippo.FlyerPicture, size.X, size.Y
	return f, clean, nil
}

func flyerID(c *gin.Context) (ippo.FlyerID, error) {
	id, err := strconv.ParseInt(c.Param("flyer"), 10, 64)
	if err != nil {
		return 0, ippo.ErrNotFound
	}
	return ippo.FlyerID(id), nil
}

// showFlyer shows staff a flyer before its campaign has begun.
func (p *Panel) showFlyer(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	id, err := flyerID(c)
	if err != nil {
		return err
	}
	flyer, of, data, err := p.Store.Flyer(c.Request.Context(), id)
	if err != nil {
		return err
	}
	if of != item.ID {
		return ippo.ErrNotFound
	}
	kind, disposition := flyer.Headers()
	c.Header("Content-Disposition", disposition)
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Data(http.StatusOK, kind, data)
	return nil
}

func (p *Panel) deleteFlyer(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	id, err := flyerID(c)
	if err != nil {
		return err
	}
	if err := p.Store.DeleteFlyer(c.Request.Context(), p.me(c).ID, item.ID, id); err != nil {
		return err
	}
	if _, err := p.offerUndo(c); err != nil {
		return err
	}
	now, err := p.campaign(c)
	if err != nil {
		return err
	}
	return p.redirect(c, "チラシを外しました。24時間以内なら元に戻せます。"+stoppedByChange(item, now), href("campaigns/%d#flyers", item.ID))
}
