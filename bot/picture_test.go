package bot

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// A picture of a message is served to whoever knows its address, to be kept for ever, and so that nothing in it runs.
func TestPictures(t *testing.T) {
	c := newCenter(t)
	kept, err := c.store.AddPicture(t.Context(), 1, ippo.Picture{Alt: "桜", Width: 3, Height: 2}, store.PictureData{Source: []byte("source"), Whole: []byte("\xff\xd8whole"), Small: []byte("\xff\xd8small")})
	if err != nil {
		t.Fatal(err)
	}
	b := browser(t)
	whole, small := get(t, b, ippo.PictureURL(c.url, kept.Code)).is(200, "whole"), get(t, b, ippo.SmallPictureURL(c.url, kept.Code)).is(200, "small")
	for _, p := range []page{whole, small} {
		for what, want := range map[string]string{
			"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
			"Cache-Control": "public, max-age=31536000, immutable",
		} {
			if got := p.header.Get(what); got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		if len(p.header.Values("Set-Cookie")) > 0 {
			t.Error("it sets a cookie")
		}
	}
	again, err := http.NewRequestWithContext(t.Context(), http.MethodGet, ippo.PictureURL(c.url, kept.Code), nil)
	if err != nil {
		t.Fatal(err)
	}
	again.Header.Set("If-None-Match", whole.header.Get("ETag"))
	resp, err := b.Do(again)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d", resp.StatusCode)
	}
	for _, none := range []string{strings.Repeat("a", ippo.PictureCodeLength), "1", "..%2fsecret.key", strings.ToUpper(kept.Code), kept.Code + "/source"} {
		get(t, b, c.url+"/r/pictures/"+none).is(404)
	}
}
