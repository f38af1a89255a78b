package ippo

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Where staff ask for it, the links of a broadcast lead through our own address, which counts taps and
// passes on. They are put there when the broadcast is kept, so what is previewed, approved and sent are the
// same bytes, and taken out again wherever its words are what matters: when it is edited, copied or
// compared.

// CountedLink is one link of a broadcast whose taps are counted.
type CountedLink struct {
	Code  string // of LinkCodeLength
	Short string // the address in the messages, which ends with Code
	Raw   string // what its author wrote there, as JSON has it inside a string
}

// LinkCodeLength is how long every code is: where one ends must not depend on what follows it.
const LinkCodeLength = 10

// MaxCountedLinks bounds the links of one broadcast that are counted.
const MaxCountedLinks = 100

// maxAddress is how long LINE lets an address be. Source:
// https://developers.line.biz/en/reference/messaging-api/#uri-action
const maxAddress = 1000

// URL returns the address that the link leads to.
func (l CountedLink) URL() string {
	var address string
	if err := json.Unmarshal([]byte(`"`+l.Raw+`"`), &address); err != nil {
		return "" // it was cut out of valid JSON
	}
	return address
}

// LinkPath is where our own addresses of counted links begin, below the public URL.
const LinkPath = "/l/"

// CountLinks returns messages whose links lead through our own address below base, and these links. A link
// among known keeps its code; newCode makes the others'. Links that others made short, such as known ones
// under an address that base was before, are led back first.
//
// Left alone are links that LINE opens itself (tel:, line.me …) or opens in a way that the address asks for,
// our own pages that are one person's, and what cannot be told apart from the words around it.
func CountLinks(messages []Message, base string, known []CountedLink, newCode func() string) (counted []Message, links []CountedLink) {
	counted = UncountLinks(messages, known)
	for i, m := range counted {
		var b bytes.Buffer
		from := 0
		for _, at := range findLinks(m, base) {
			raw := string(m[at.start:at.end])
			n := slices.IndexFunc(links, func(l CountedLink) bool { return l.Raw == raw })
			if n < 0 {
				if len(links) == MaxCountedLinks {
					break
				}
				n = len(links)
				link := CountedLink{Raw: raw}
				if was := slices.IndexFunc(known, func(l CountedLink) bool { return l.Raw == raw }); was >= 0 {
					link.Code = known[was].Code
				} else {
					link.Code = newCode()
				}
				link.Short = base + LinkPath + link.Code
				links = append(links, link)
			}
			b.Write(m[from:at.start])
			b.WriteString(links[n].Short)
			from = at.end
		}
		if from > 0 {
			b.Write(m[from:])
			counted[i] = b.Bytes()
		}
	}
	return counted, links
}

// CountLinks leads the links of a broadcast through our own address below base, the same link in every language
// by the same way.
func (b *Broadcast) CountLinks(base string, newCode func() string) {
	all, links := CountLinks(b.All(), base, b.Links, newCode)
	b.setAll(all)
	b.Links = links
}

// UncountLinks leads them back.
func (b *Broadcast) UncountLinks() {
	b.rewrite(func(_ Language, messages []Message) []Message { return UncountLinks(messages, b.Links) })
	b.Links = nil
}

// UncountLinks returns messages as their author wrote them.
func UncountLinks(messages []Message, links []CountedLink) []Message {
	plain := slices.Clone(messages)
	if len(links) == 0 {
		return plain
	}
	pairs := make([]string, 0, 2*len(links))
	for _, l := range links {
		pairs = append(pairs, l.Short, l.Raw)
	}
	back := strings.NewReplacer(pairs...)
	for i, m := range plain {
		if s := back.Replace(string(m)); s != string(m) {
			plain[i] = Message(s)
		}
	}
	return plain
}

// Links returns the addresses in messages that CountLinks would count, each of them once.
func Links(messages []Message, base string) []string {
	_, links := CountLinks(messages, base, nil, func() string { return "" })
	var addresses []string
	for _, l := range links {
		if address := l.URL(); !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// span is a part of a message's JSON, inside a string.
type span struct{ start, end int }

// maxDepth bounds how deep a message is looked into. LINE's own are a tenth of it.
const maxDepth = 100

// member is an object or list around the place in a message that is being read.
type member struct {
	object bool
	key    string // of the value that comes next; objects only
	named  bool   // key has been read
	kind   string // value of "type"
	emojis bool   // its text has emojis, which stand at counted places
	text   span   // value of "text"
	uris   []span // values of "uri" and "linkUri"
}

// findLinks returns the links that can be counted, in order: in the text of a text message, and the address
// of each action that opens one. It returns none for what is no JSON object.
func findLinks(m Message, base string) []span {
	if !json.Valid(m) {
		return nil
	}
	var found []span
	var around []member
	d := json.NewDecoder(bytes.NewReader(m))
	for at := 0; ; at = int(d.InputOffset()) {
		token, err := d.Token()
		if err != nil {
			break // the end
		}
		if delim, ok := token.(json.Delim); ok {
			switch delim {
			case '{', '[':
				if len(around) == maxDepth {
					return nil
				}
				around = append(around, member{object: delim == '{'})
				continue
			}
			ended := around[len(around)-1]
			around = around[:len(around)-1]
			found = append(found, ended.links(m, base, len(around) == 0)...)
		}
		if len(around) == 0 {
			continue
		}
		in := &around[len(around)-1]
		if !in.object {
			continue
		}
		value, isText := token.(string)
		if !in.named && isText {
			in.key, in.named = value, true
			in.emojis = in.emojis || value == "emojis"
			continue
		}
		in.named = false
		if !isText {
			continue
		}
		place := span{at + bytes.IndexByte(m[at:], '"') + 1, int(d.InputOffset()) - 1}
		switch in.key {
		case "type":
			in.kind = value
		case "text":
			in.text = place
		case "uri", "linkUri":
			in.uris = append(in.uris, place)
		}
	}
	slices.SortFunc(found, func(a, b span) int { return a.start - b.start })
	return found
}

// links returns the links of an object that has been read; whole: it is the message.
func (o member) links(m Message, base string, whole bool) []span {
	switch {
	case o.kind == "uri":
		return slices.DeleteFunc(o.uris, func(at span) bool {
			address, _ := unquote(m[at.start:at.end])
			return !countable(address, base)
		})
	case whole && (o.kind == "text" || o.kind == "textV2") && !o.emojis:
		return o.text.links(m, base)
	}
	return nil
}

// addressForm is a run of what an address may hold (RFC 3986).
var addressForm = regexp.MustCompile(`https?://[0-9A-Za-z\-._~:/?#\[\]@!$&'()*+,;=%]+`)

// links returns the addresses in a text. One that words follow without a space is left alone: phones do not
// agree on where it ends.
func (s span) links(m Message, base string) []span {
	text, at := unquote(m[s.start:s.end])
	var found []span
	for _, run := range addressForm.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:run[0]])
		after, _ := utf8.DecodeRuneInString(text[run[1]:])
		if before < utf8.RuneSelf && (unicode.IsLetter(before) || unicode.IsDigit(before)) || goesOn(after) {
			continue
		}
		address := trimAddress(text[run[0]:run[1]])
		if countable(address, base) {
			found = append(found, span{s.start + at[run[0]], s.start + at[run[0]+len(address)]})
		}
	}
	return found
}

// goesOn reports whether a phone may take r for a part of the address before it.
func goesOn(r rune) bool {
	return r >= utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) || r != utf8.RuneError && strings.ContainsRune("{}|\\^`", r)
}

// trimAddress leaves out what ends a sentence or closes a bracket that was opened before the address.
func trimAddress(address string) string {
	for address != "" {
		last := address[len(address)-1]
		switch {
		case strings.IndexByte(".,;:!?'*", last) >= 0:
		case last == ')' && strings.Count(address, "(") < strings.Count(address, ")"):
		case last == ']' && strings.Count(address, "[") < strings.Count(address, "]"):
		default:
			return address
		}
		address = address[:len(address)-1]
	}
	return ""
}

// publicPages are those of our own that everybody may see; links to the others are one person's.
var publicPages = []string{"/r/ambassadors", "/r/news", "/r/events", "/r/groups", "/r/campaigns"}

// countable reports whether a link works as well through ours.
func countable(address, base string) bool {
	if len(address) > maxAddress || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"<>\{}|^`+"`", r) }) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return false
	}
	// What LINE opens itself, or in another browser because the address says so.
	host := "." + strings.ToLower(u.Hostname())
	if strings.HasSuffix(host, ".line.me") || strings.HasSuffix(host, ".lin.ee") || u.Query().Has("openExternalBrowser") || u.Query().Has("openInAppBrowser") {
		return false
	}
	if strings.EqualFold(u.Scheme+"://"+u.Host, base) {
		return slices.ContainsFunc(publicPages, func(page string) bool { return u.Path == page || strings.HasPrefix(u.Path, page+"/") })
	}
	return true
}

// unquote reads what stands inside a JSON string, which must be valid; at is where each of its bytes comes
// from, and one more for the end.
func unquote(raw []byte) (text string, at []int) {
	var b strings.Builder
	put := func(s string, from int) {
		for range len(s) {
			at = append(at, from)
		}
		b.WriteString(s)
	}
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			put(string(raw[i:i+1]), i)
			i++
			continue
		}
		if raw[i+1] != 'u' {
			c := raw[i+1]
			if n := strings.IndexByte("bfnrt", c); n >= 0 {
				c = "\b\f\n\r\t"[n]
			}
			put(string(c), i)
			i += 2
			continue
		}
		r, width := hex4(raw[i+2:]), 6
		if utf16.IsSurrogate(r) && i+12 <= len(raw) && raw[i+6] == '\\' && raw[i+7] == 'u' {
			if both := utf16.DecodeRune(r, hex4(raw[i+8:])); both != unicode.ReplacementChar {
				r, width = both, 12
			}
		}
		put(string(r), i)
		i += width
	}
	return b.String(), append(at, len(raw))
}

func hex4(digits []byte) rune {
	n, err := strconv.ParseUint(string(digits[:4]), 16, 16)
	if err != nil {
		return unicode.ReplacementChar // not valid JSON
	}
	return rune(n)
}
