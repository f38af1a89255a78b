package line

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// ErrPreparing: LINE is still preparing the content (202); ask again in a few seconds.
var ErrPreparing = errors.New("LINE is still preparing the content")

// Content is a photo, video, audio or file that a resident sent. Close Body.
type Content struct {
	Type string // media type, as LINE says
	Body io.ReadCloser
}

// contentTimeout bounds a download as a whole. LINE's greatest files have 200 MB.
const contentTimeout = 5 * time.Minute

// Content opens what a resident sent, up to max bytes: reading more is an *http.MaxBytesError.
// NotFound: it is gone, or was unsent. Fetch at once; LINE deletes it after a while.
func (c *Client) Content(ctx context.Context, messageID string, max int64) (Content, error) {
	if !contentShape.MatchString(messageID) {
		return Content{}, invalid(OpContent, "not a message ID")
	}
	if err := c.wait(ctx, OpContent); err != nil {
		return Content{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, contentTimeout)
	blob := *c.blob
	started := time.Now()
	res, _, err := blob.WithContext(ctx).GetMessageContentWithHttpInfo(messageID)
	if e := c.outcome(OpContent, res, err); e != nil {
		cancel()
		c.finished(OpContent, e.Class, started)
		return Content{}, e
	}
	c.finished(OpContent, OK, started)
	if res.StatusCode != http.StatusOK {
		drain(res.Body)
		cancel()
		return Content{}, &Error{Op: OpContent, Class: Temporary, Status: res.StatusCode, err: ErrPreparing}
	}
	return Content{
		Type: res.Header.Get("Content-Type"),
		Body: &download{http.MaxBytesReader(nil, res.Body, max), cancel},
	}, nil
}

// download ends its context when it is closed.
type download struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (d *download) Close() error {
	defer d.cancel()
	return d.ReadCloser.Close()
}
