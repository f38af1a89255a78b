package ippo

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf16"
)

// Message is one LINE message object, as the JSON that LINE is sent. It is kept and sent byte for
// byte, so what was previewed and approved is what leaves.
type Message json.RawMessage

// MarshalJSON returns the message itself.
func (m Message) MarshalJSON() ([]byte, error) { return json.RawMessage(m).MarshalJSON() }

// UnmarshalJSON keeps a compact copy of b.
func (m *Message) UnmarshalJSON(b []byte) error {
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		return fmt.Errorf("message object: %w", err)
	}
	*m = compact.Bytes()
	return nil
}

// TestSender is the name that test sends bear in the chat. Source:
// https://developers.line.biz/en/docs/messaging-api/icon-nickname-customization/
const TestSender = "【テスト】"

// AsTest returns the messages as a test sends them: by TestSender, whoever they were to be sent by, and
// otherwise byte for byte the same. A message that is no JSON object is an error.
func AsTest(messages []Message) ([]Message, error) {
	marked := make([]Message, len(messages))
	for i, m := range messages {
		var err error
		if marked[i], err = m.sentBy(TestSender); err != nil {
			return nil, fmt.Errorf("message %d: %w", i+1, err)
		}
	}
	return marked, nil
}

// sentBy puts a sender into the message, in place of the one that may be there.
func (m Message) sentBy(name string) (Message, error) {
	if !json.Valid(m) {
		return nil, errors.New("not JSON")
	}
	dec := json.NewDecoder(bytes.NewReader(m))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	sender, err := json.Marshal(map[string]string{"name": name})
	if err != nil {
		return nil, err
	}
	out := append([]byte(`{"sender":`), sender...)
	for dec.More() {
		from := dec.InputOffset()
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		if key != "sender" {
			out = append(append(out, ','), bytes.TrimLeft(m[from:dec.InputOffset()], ", \t\r\n")...)
		}
	}
	return append(out, '}'), nil
}

// ContentOf returns the SHA-256 of messages, which is the same for two sends that say the same.
func ContentOf(messages []Message) []byte {
	sum := sha256.New()
	for _, m := range messages {
		fmt.Fprintf(sum, "%d:", len(m))
		sum.Write(m)
	}
	return sum.Sum(nil)
}

// Texts returns what a message says to its reader, in order: its texts and titles, not the words of its
// buttons. It is empty for what is no JSON object.
func (m Message) Texts() []string { return m.values("text", "title") }

// Reading returns all of a message that is there to be read, in order: its texts, the words of its buttons, and where
// pictures and links lead.
func (m Message) Reading() []string {
	return m.values("text", "title", "label", "uri", "linkUri", "url", "originalContentUrl", "baseUrl")
}

// values returns the texts that stand under some keys, anywhere in the message.
func (m Message) values(keys ...string) []string {
	var texts []string
	var walk func(d *json.Decoder) bool
	walk = func(d *json.Decoder) bool { // reads one value; false at the end, or where it is no JSON
		open, err := d.Token()
		if err != nil {
			return false
		}
		if delim, ok := open.(json.Delim); !ok || delim != '{' && delim != '[' {
			return true
		}
		for d.More() {
			if open == json.Delim('[') {
				if !walk(d) {
					return false
				}
				continue
			}
			key, err := d.Token()
			if err != nil {
				return false
			}
			var text string
			if name, ok := key.(string); !ok || !slices.Contains(keys, name) {
				if !walk(d) {
					return false
				}
			} else if d.Decode(&text) == nil && text != "" {
				texts = append(texts, text)
			}
		}
		_, err = d.Token()
		return err == nil
	}
	if !json.Valid(m) {
		return nil
	}
	walk(json.NewDecoder(bytes.NewReader(m)))
	return texts
}

// Limits that LINE sets on every send. Source:
// https://developers.line.biz/en/reference/messaging-api/#send-push-message
const (
	MaxMessages    = 5
	MaxTextUnits   = 5000 // UTF-16 code units
	MaxAltText     = 1500
	MaxBubbleSize  = 30 << 10
	MaxFlexSize    = 50 << 10
	MaxBubbles     = 12
	maxMessageSize = 100 << 10
)

// TextUnits counts s as LINE does: in UTF-16 code units, so that 🍎 is two.
func TextUnits(s string) int { return len(utf16.Encode([]rune(s))) }

// CheckMessages reports what LINE would refuse that can be known without asking it: the number of
// messages, their types and the commonest lengths. LINE's own validation has the last word.
func CheckMessages(messages []Message) error {
	var p Problems
	checkMessages(&p, "messages", messages)
	return p.Err()
}

func checkMessages(p *Problems, field string, messages []Message) {
	switch n := len(messages); {
	case n == 0:
		p.Add(field, "本文を入力してください。")
	case n > MaxMessages:
		p.Addf(field, "一度に送れるのは%d件までです（現在%d件）。", MaxMessages, n)
	}
	for i, m := range messages {
		checkMessage(p, fmt.Sprintf("%s[%d]", field, i), m)
	}
}

func checkMessage(p *Problems, field string, m Message) {
	var head struct {
		Type     string          `json:"type"`
		Text     string          `json:"text"`
		AltText  string          `json:"altText"`
		Contents json.RawMessage `json:"contents"`
	}
	if len(m) > maxMessageSize {
		p.Add(field, "メッセージが大きすぎます。")
		return
	}
	if err := json.Unmarshal(m, &head); err != nil {
		p.Add(field, "メッセージの形式が正しくありません。")
		return
	}
	switch head.Type {
	case "text", "textV2":
		if n := TextUnits(head.Text); n == 0 {
			p.Add(field+".text", "本文を入力してください。")
		} else if n > MaxTextUnits {
			p.Addf(field+".text", "本文は%d文字以内で入力してください（現在%d文字）。", MaxTextUnits, n)
		}
	case "flex":
		checkAltText(p, field, head.AltText)
		checkFlex(p, field+".contents", head.Contents)
	case "template", "imagemap":
		checkAltText(p, field, head.AltText)
	case "image", "video", "audio", "location", "sticker", "coupon":
	case "":
		p.Add(field+".type", "メッセージの種類（type）がありません。")
	default:
		p.Addf(field+".type", "メッセージの種類「%.20s」は送れません。", head.Type)
	}
}

func checkAltText(p *Problems, field, alt string) {
	if n := TextUnits(alt); n == 0 {
		p.Add(field+".altText", "代替テキスト（altText）を入力してください。")
	} else if n > MaxAltText {
		p.Addf(field+".altText", "代替テキストは%d文字以内で入力してください（現在%d文字）。", MaxAltText, n)
	}
}

func checkFlex(p *Problems, field string, contents json.RawMessage) {
	var container struct {
		Type     string            `json:"type"`
		Contents []json.RawMessage `json:"contents"`
	}
	if err := json.Unmarshal(contents, &container); err != nil {
		p.Add(field, "カードの形式が正しくありません。")
		return
	}
	switch container.Type {
	case "bubble":
		if len(contents) > MaxBubbleSize {
			p.Add(field, "カードが大きすぎます（30KBまで）。")
		}
	case "carousel":
		if n := len(container.Contents); n == 0 || n > MaxBubbles {
			p.Addf(field, "カードは1枚から%d枚までです（現在%d枚）。", MaxBubbles, n)
		}
		if len(contents) > MaxFlexSize {
			p.Add(field, "カードの合計が大きすぎます（50KBまで）。")
		}
	default:
		p.Add(field, "カードの形式が正しくありません。")
	}
}
