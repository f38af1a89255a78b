package ippo

import (
	"slices"
	"testing"
)

// Everybody sees the best menu that there is for them: in their language first, as an ambassador second.
func TestRichMenusFor(t *testing.T) {
	for _, c := range []struct {
		reader RichMenuReader
		want   []RichMenuKind
	}{
		{RichMenuReader{Language: Japanese}, []RichMenuKind{DefaultRichMenuKind}},
		{RichMenuReader{Language: English}, []RichMenuKind{{MenuForEveryone, English}, DefaultRichMenuKind}},
		{RichMenuReader{Language: Japanese, Ambassador: true}, []RichMenuKind{{MenuForAmbassadors, Japanese}, DefaultRichMenuKind}},
		{RichMenuReader{Language: English, Ambassador: true}, []RichMenuKind{
			{MenuForAmbassadors, English}, {MenuForEveryone, English}, {MenuForAmbassadors, Japanese}, DefaultRichMenuKind}},
		{RichMenuReader{Language: English, Ambassador: true, Gone: true}, []RichMenuKind{DefaultRichMenuKind}},
	} {
		if got := c.reader.Kinds(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.reader, got, c.want)
		}
	}
}
