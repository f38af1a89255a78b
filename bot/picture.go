package bot

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
)

// picture serves a picture of a message. Its address, which nobody guesses, never means another one, so that
// phones and LINE keep it for as long as they like.
func (b *Bot) picture(c *gin.Context) error { return b.servePicture(c, false) }

// smallPicture serves what stands for it in a chat.
func (b *Bot) smallPicture(c *gin.Context) error { return b.servePicture(c, true) }

func (b *Bot) servePicture(c *gin.Context, small bool) error {
	code := c.Param("code")
	if !ippo.IsPictureCode(code) {
		return ippo.ErrNotFound
	}
	tag := strconv.Quote(code)
	if c.GetHeader("If-None-Match") == tag {
		if _, err := b.store.Picture(c.Request.Context(), code); err != nil {
			return err
		}
		c.Status(http.StatusNotModified)
		return nil
	}
	data, err := b.store.PictureShown(c.Request.Context(), code, small)
	if err != nil {
		return err
	}
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Header("ETag", tag)
	c.Data(http.StatusOK, "image/jpeg", data)
	return nil
}

// pictureAlt says what pictures of ours show.
func (b *Bot) pictureAlt(ctx context.Context) func(address string) string {
	return func(address string) string {
		picture, err := b.store.Picture(ctx, ippo.PictureCode(address))
		if err != nil {
			return "" // not ours, or gone
		}
		return picture.Alt
	}
}
