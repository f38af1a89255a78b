package messages

import (
	"bytes"
	"encoding/json"
	"strings"

	"ippo"
)

// Picture shows a picture. LINE gives such a message no altText: what it says, a text beside it must say too.
func Picture(code, base string) ippo.Message {
	return encode(struct {
		Type    string `json:"type"`
		Whole   string `json:"originalContentUrl"`
		Preview string `json:"previewImageUrl"`
	}{"image", ippo.PictureURL(base, code), ippo.SmallPictureURL(base, code)})
}

// ReadPicture returns the code of the picture that Picture drew; "" for any other message.
func ReadPicture(m ippo.Message) string {
	var drawn struct {
		Whole string `json:"originalContentUrl"`
	}
	if json.Unmarshal(m, &drawn) != nil {
		return ""
	}
	code := ippo.PictureCode(drawn.Whole)
	if code == "" || !bytes.Equal(Picture(code, strings.TrimSuffix(drawn.Whole, ippo.PictureURL("", code))), m) {
		return ""
	}
	return code
}
