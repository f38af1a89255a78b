package messages

import (
	"net/url"
	"strings"

	"github.com/rivo/uniseg"
)

// maxURI is how long LINE lets the address of an action be. Source:
// https://developers.line.biz/en/reference/messaging-api/#uri-action
const maxURI = 1000

// Share is the address that opens LINE's list of friends and groups, to send them words and the page they
// are about. Words that would make it too long are cut; the page's address never is, for it must open.
// Source: https://developers.line.biz/en/docs/line-login/using-line-url-scheme/#sending-text-messages
func Share(words, page string) string {
	const scheme = "https://line.me/R/share?text="
	end := escape(page)
	left := maxURI - len(scheme) - len(end)
	if words = strings.TrimSpace(words); words != "" {
		words += "\n"
	}
	if whole := escape(words); len(whole) <= left {
		return scheme + whole + end
	}
	cut := escape("…\n")
	left -= len(cut)
	var fits strings.Builder
	for g := uniseg.NewGraphemes(words); g.Next(); {
		next := escape(g.Str())
		if left -= len(next); left < 0 {
			break
		}
		fits.WriteString(next)
	}
	if fits.Len() == 0 {
		return scheme + end
	}
	return scheme + fits.String() + cut + end
}

// ChatURL is the address that opens the chat with an account, which LINE first offers to add, with text typed
// in. basicID has the leading @. Source:
// https://developers.line.biz/en/docs/line-login/using-line-url-scheme/#opening-chats-with-line-official-account
func ChatURL(basicID, text string) string {
	return "https://line.me/R/oaMessage/" + url.QueryEscape(basicID) + "/?" + escape(text)
}

// escape writes a text as LINE reads it from an address: a plus sign would stay one.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
