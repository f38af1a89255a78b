package messages

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// shared is the text that LINE would read from an address that shares.
func shared(t testing.TB, address string) string {
	t.Helper()
	if len(address) > maxURI {
		t.Fatalf("an address of %d characters: %s", len(address), address)
	}
	raw, ok := strings.CutPrefix(address, "https://line.me/R/share?text=")
	if !ok {
		t.Fatalf("not LINE's: %s", address)
	}
	text, err := url.PathUnescape(raw) // a plus sign stays one
	if err != nil || !utf8.ValidString(text) {
		t.Fatalf("%q: %v", raw, err)
	}
	return text
}

func TestShare(t *testing.T) {
	const page = "https://ippo.example.jp/r/campaigns/kaette?lang=ja&from=share"
	for words, want := range map[string]string{
		"帰っておいでよ":               "帰っておいでよ\n" + page,
		"a+b c&d=e#f%g":         "a+b c&d=e#f%g\n" + page,
		"":                      page,
		"  \n ":                 page,
		strings.Repeat("あ", 95): strings.Repeat("あ", 95) + "\n" + page,
	} {
		if got := shared(t, Share(words, page)); got != want {
			t.Errorf("%q is shared as %q", words, got)
		}
	}
	// What is too long is cut between characters as people see them, and the page's address stays whole.
	for _, one := range []string{"あ", "x", "👨‍👩‍👧", "🇯🇵"} {
		got := shared(t, Share(strings.Repeat(one, 1000), page))
		words, ok := strings.CutSuffix(got, "…\n"+page)
		if !ok || words == "" || strings.Trim(words, one) != "" || len(words)%len(one) != 0 {
			t.Errorf("a thousand %q are shared as %q", one, got)
		}
	}
}

func FuzzShare(f *testing.F) {
	f.Add("声をかけましょう", "https://ippo.example.jp/r/ambassadors")
	f.Add("\xff\x00 +&=#", "https://ippo.example.jp/?q=あ")
	f.Fuzz(func(t *testing.T, words, page string) {
		if len(page) > 100 {
			page = page[:100]
		}
		if !utf8.ValidString(words) || !utf8.ValidString(page) {
			return // no catalogue and no form holds such
		}
		if got := shared(t, Share(words, page)); !strings.HasSuffix(got, page) {
			t.Errorf("%q: the page is cut off", got)
		}
	})
}
