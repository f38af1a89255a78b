package linesim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ippo/internal/linesim"
)

// repeat makes a JSON list of n times the item.
func repeat(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

const (
	postbackAction = `{"type":"postback","label":"はい","data":"y"}`
	cardImage      = `"thumbnailImageUrl":"https://example.com/a.jpg"`
)

func withQuickReply(items string) string {
	return `{"type":"text","text":"どれ？","quickReply":{"items":` + items + `}}`
}

func quickAction(action string) string {
	return withQuickReply(`[{"type":"action","action":` + action + `}]`)
}

func buttons(members string) string {
	return `{"type":"template","altText":"選ぶ","template":{"type":"buttons",` + members + `}}`
}

func carousel(columns string) string {
	return `{"type":"template","altText":"選ぶ","template":{"type":"carousel","columns":[` + columns + `]}}`
}

func flex(container string) string {
	return `{"type":"flex","altText":"カード","contents":` + container + `}`
}

func bubble(contents string) string {
	return `{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[` + contents + `]}}`
}

// problem is what LINE says to a message: the property it names first, "" for nothing wrong.
func (w *world) problem(message string) (property string, body string) {
	w.t.Helper()
	if !json.Valid([]byte(message)) {
		w.t.Fatalf("not JSON: %s", message)
	}
	r := w.call("POST", "/v2/bot/message/validate/push", `{"messages":[`+message+`]}`)
	if r.Status == 200 {
		return "", r.Body
	}
	var in struct {
		Details []struct{ Property string }
	}
	r.decode(w.t, &in)
	if r.Status != 400 || len(in.Details) == 0 {
		w.t.Fatalf("status %d %s", r.Status, r.Body)
	}
	return in.Details[0].Property, r.Body
}

func TestMessageLimits(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	for _, tc := range []struct{ name, message, property string }{
		{"text of 5,000", text(strings.Repeat("あ", 5000)), ""},
		{"text of 5,001", text(strings.Repeat("あ", 5001)), "messages[0].text"},
		{"an apple is two UTF-16 units", text(strings.Repeat("🍎", 2500)), ""},
		{"one apple too many", text(strings.Repeat("🍎", 2501)), "messages[0].text"},
		{"empty text", text(""), "messages[0].text"},
		{"text that is a number", `{"type":"text","text":5}`, "messages[0].text"},
		{"no type", `{"text":"a"}`, "messages[0].type"},
		{"not an object", `"a"`, "messages[0]"},
		{"unknown property of a text", `{"type":"text","text":"a","later":1}`, ""},
		{"emoji at its $", `{"type":"text","text":"🍎$","emojis":[{"index":2,"productId":"5","emojiId":"1"}]}`, ""},
		{"emoji beside its $", `{"type":"text","text":"🍎$","emojis":[{"index":1,"productId":"5","emojiId":"1"}]}`, "messages[0].emojis[0].index"},

		{"placeholder", `{"type":"textV2","text":"{who}さん {{笑}}","substitution":{"who":{"type":"emoji","productId":"5","emojiId":"1"}}}`, ""},
		{"placeholder without a substitution", `{"type":"textV2","text":"{who}さん"}`, "messages[0].text"},
		{"unmatched brace", `{"type":"textV2","text":"残り{3"}`, "messages[0].text"},

		{"image", `{"type":"image","originalContentUrl":"https://example.com/a.jpg","previewImageUrl":"https://example.com/b.jpg"}`, ""},
		{"image over http", `{"type":"image","originalContentUrl":"http://example.com/a.jpg","previewImageUrl":"https://example.com/b.jpg"}`, "messages[0].originalContentUrl"},
		{"image on this machine", `{"type":"image","originalContentUrl":"http://127.0.0.1/a.jpg","previewImageUrl":"https://example.com/b.jpg"}`, "messages[0].originalContentUrl"},
		{"URL not percent-encoded", `{"type":"image","originalContentUrl":"https://example.com/写真.jpg","previewImageUrl":"https://example.com/b.jpg"}`, "messages[0].originalContentUrl"},
		{"URL of 2,001", `{"type":"image","originalContentUrl":"https://example.com/` + strings.Repeat("a", 1981) + `","previewImageUrl":"https://example.com/b.jpg"}`, "messages[0].originalContentUrl"},
		{"audio without duration", `{"type":"audio","originalContentUrl":"https://example.com/a.m4a"}`, "messages[0].duration"},
		{"location", `{"type":"location","title":"市役所","address":"みらい市1-1","latitude":35.1,"longitude":139.1}`, ""},
		{"location off the globe", `{"type":"location","title":"市役所","address":"みらい市1-1","latitude":91,"longitude":139.1}`, "messages[0].latitude"},
		{"sticker", `{"type":"sticker","packageId":"446","stickerId":"1988"}`, ""},
		{"sticker by name", `{"type":"sticker","packageId":"bear","stickerId":"1988"}`, "messages[0].packageId"},

		{"13 quick replies", withQuickReply(repeat(13, `{"type":"action","action":`+postbackAction+`}`)), ""},
		{"14 quick replies", withQuickReply(repeat(14, `{"type":"action","action":`+postbackAction+`}`)), "messages[0].quickReply.items"},
		{"quick reply without type", withQuickReply(`[{"action":` + postbackAction + `}]`), "messages[0].quickReply.items[0].type"},
		{"label of 20 families", quickAction(`{"type":"message","label":"` + strings.Repeat("👨‍👩‍👧", 20) + `","text":"a"}`), ""},
		{"label of 21", quickAction(`{"type":"message","label":"` + strings.Repeat("あ", 21) + `","text":"a"}`), "messages[0].quickReply.items[0].action.label"},
		{"quick reply without label", quickAction(`{"type":"message","text":"a"}`), "messages[0].quickReply.items[0].action.label"},
		{"postback data of 300", quickAction(`{"type":"postback","label":"a","data":"` + strings.Repeat("d", 300) + `"}`), ""},
		{"postback data of 301", quickAction(`{"type":"postback","label":"a","data":"` + strings.Repeat("d", 301) + `"}`), "messages[0].quickReply.items[0].action.data"},
		{"displayText and text", quickAction(`{"type":"postback","label":"a","data":"d","displayText":"x","text":"y"}`), "messages[0].quickReply.items[0].action.text"},
		{"fillInText without a keyboard", quickAction(`{"type":"postback","label":"a","data":"d","fillInText":"x"}`), "messages[0].quickReply.items[0].action.fillInText"},
		{"location button", quickAction(`{"type":"location","label":"場所"}`), ""},
		{"rich menu switch in a quick reply", quickAction(`{"type":"richmenuswitch","label":"a","richMenuAliasId":"a","data":"d"}`), "messages[0].quickReply.items[0].action.type"},
		{"tel", quickAction(`{"type":"uri","label":"電話","uri":"tel:0123456789"}`), ""},
		{"ftp", quickAction(`{"type":"uri","label":"a","uri":"ftp://example.com/"}`), "messages[0].quickReply.items[0].action.uri"},
		{"uri of 1,001", quickAction(`{"type":"uri","label":"a","uri":"https://example.com/` + strings.Repeat("a", 981) + `"}`), "messages[0].quickReply.items[0].action.uri"},
		{"date", quickAction(`{"type":"datetimepicker","label":"a","data":"d","mode":"date","initial":"2026-04-01","min":"2026-03-01","max":"2026-05-01"}`), ""},
		{"date in another form", quickAction(`{"type":"datetimepicker","label":"a","data":"d","mode":"date","initial":"2026/04/01"}`), "messages[0].quickReply.items[0].action.initial"},
		{"date out of range", quickAction(`{"type":"datetimepicker","label":"a","data":"d","mode":"date","initial":"2026-06-01","max":"2026-05-01"}`), "messages[0].quickReply.items[0].action.initial"},
		{"empty clipboard", quickAction(`{"type":"clipboard","label":"a","clipboardText":""}`), "messages[0].quickReply.items[0].action.clipboardText"},

		{"sender", `{"type":"text","text":"a","sender":{"name":"協働センター","iconUrl":"https://example.com/i.png"}}`, ""},
		{"sender of 21", `{"type":"text","text":"a","sender":{"name":"` + strings.Repeat("あ", 21) + `"}}`, "messages[0].sender.name"},
		{"sender called LINE", `{"type":"text","text":"a","sender":{"name":"Line公式"}}`, "messages[0].sender.name"},

		{"buttons text of 160", buttons(`"text":"` + strings.Repeat("あ", 160) + `","actions":` + repeat(4, postbackAction)), ""},
		{"buttons text of 61 beside a title", buttons(`"title":"題","text":"` + strings.Repeat("あ", 61) + `","actions":` + repeat(1, postbackAction)), "messages[0].template.text"},
		{"five buttons", buttons(`"text":"a","actions":` + repeat(5, postbackAction)), "messages[0].template.actions"},
		{"altText of 1,501", `{"type":"template","altText":"` + strings.Repeat("あ", 1501) + `","template":{"type":"confirm","text":"a","actions":` + repeat(2, postbackAction) + `}}`, "messages[0].altText"},
		{"confirm with three actions", `{"type":"template","altText":"a","template":{"type":"confirm","text":"a","actions":` + repeat(3, postbackAction) + `}}`, "messages[0].template.actions"},
		{"columns alike", carousel(`{"text":"a","actions":[` + postbackAction + `]},{"text":"b","actions":[` + postbackAction + `]}`), ""},
		{"columns with different actions", carousel(`{"text":"a","actions":[` + postbackAction + `]},{"text":"b","actions":` + repeat(2, postbackAction) + `}`), "messages[0].template.columns[1]"},
		{"columns with and without image", carousel(`{"text":"a",` + cardImage + `,"actions":[` + postbackAction + `]},{"text":"b","actions":[` + postbackAction + `]}`), "messages[0].template.columns[1]"},
		{"image carousel", `{"type":"template","altText":"a","template":{"type":"image_carousel","columns":[{"imageUrl":"https://example.com/a.jpg","action":` + postbackAction + `}]}}`, ""},
		{"imagemap", `{"type":"imagemap","altText":"a","baseUrl":"https://example.com/map","baseSize":{"width":1040,"height":500},"actions":[{"type":"uri","linkUri":"https://example.com/","area":{"x":0,"y":0,"width":520,"height":500}}]}`, ""},
		{"imagemap of another width", `{"type":"imagemap","altText":"a","baseUrl":"https://example.com/map","baseSize":{"width":1000,"height":500},"actions":[]}`, "messages[0].baseSize.width"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, body := w.problem(tc.message); got != tc.property {
				t.Errorf("problem %q, want %q: %s", got, tc.property, body)
			}
		})
	}
}

func TestFlexLimits(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	hello := `{"type":"text","text":"こんにちは"}`
	large := func(bytes int) string { return bubble(`{"type":"text","text":"` + strings.Repeat("a", bytes) + `"}`) }
	for _, tc := range []struct{ name, message, property string }{
		{"bubble", flex(bubble(hello)), ""},
		{"what the SDK sends besides", flex(bubble(`{"type":"text","text":"a","flex":0,"wrap":false,"maxLines":0,"scaling":false,"action":null}`)), ""},
		{"spans instead of text", flex(bubble(`{"type":"text","contents":[{"type":"span","text":"a","weight":"bold"}]}`)), ""},
		{"empty text", flex(bubble(`{"type":"text","text":""}`)), "/body/contents/0/text"},
		{"unknown property", flex(bubble(`{"type":"text","text":"a","colour":"#000000"}`)), "/body/contents/0/colour"},
		{"colour by name", flex(bubble(`{"type":"text","text":"a","color":"red"}`)), "/body/contents/0/color"},
		{"colour with transparency", flex(bubble(`{"type":"text","text":"a","color":"#00000080"}`)), ""},
		{"margin in em", flex(bubble(`{"type":"text","text":"a","margin":"1em"}`)), "/body/contents/0/margin"},
		{"size of a text", flex(bubble(`{"type":"text","text":"a","size":"6xl"}`)), "/body/contents/0/size"},
		{"component type", flex(bubble(`{"type":"table"}`)), "/body/contents/0/type"},
		{"container type", flex(`{"type":""}`), "/type"},
		{"no block", flex(`{"type":"bubble"}`), "/"},
		{"no contents", `{"type":"flex","altText":"a"}`, "messages[0].contents"},
		{"no altText", `{"type":"flex","contents":` + bubble(hello) + `}`, "messages[0].altText"},
		{"box without layout", flex(`{"type":"bubble","body":{"type":"box","contents":[]}}`), "/body/layout"},
		{"image in a baseline box", flex(bubble(`{"type":"box","layout":"baseline","contents":[{"type":"image","url":"https://example.com/a.jpg"}]}`)), "/body/contents/0/contents/0/type"},
		{"icon in a baseline box", flex(bubble(`{"type":"box","layout":"baseline","contents":[{"type":"icon","url":"https://example.com/a.png"}]}`)), ""},
		{"hero over http", flex(`{"type":"bubble","hero":{"type":"image","url":"http://example.com/a.jpg"}}`), "/hero/url"},
		{"tall image", flex(bubble(`{"type":"image","url":"https://example.com/a.jpg","aspectRatio":"1:4"}`)), "/body/contents/0/aspectRatio"},
		{"button of 40", flex(bubble(`{"type":"button","action":{"type":"message","label":"` + strings.Repeat("あ", 40) + `","text":"a"}}`)), ""},
		{"button of 41", flex(bubble(`{"type":"button","action":{"type":"message","label":"` + strings.Repeat("あ", 41) + `","text":"a"}}`)), "/body/contents/0/action/label"},
		{"button without action", flex(bubble(`{"type":"button"}`)), "/body/contents/0/action"},
		{"gradient", flex(`{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[],"background":{"type":"linearGradient","angle":"45deg","startColor":"#000000","endColor":"#ffffff"}}}`), ""},
		{"gradient without angle", flex(`{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[],"background":{"type":"linearGradient","startColor":"#000000","endColor":"#ffffff"}}}`), "/body/background/angle"},
		{"30 KB", flex(large(30<<10 - len(large(0)))), ""},
		{"more than 30 KB", flex(large(30<<10 - len(large(0)) + 1)), "/"},
		{"12 bubbles", flex(`{"type":"carousel","contents":` + repeat(12, bubble(hello)) + `}`), ""},
		{"13 bubbles", flex(`{"type":"carousel","contents":` + repeat(13, bubble(hello)) + `}`), "/contents"},
		{"carousel of more than 50 KB", flex(`{"type":"carousel","contents":` + repeat(2, large(26<<10)) + `}`), "/"},
		{"bubbles of two sizes", flex(`{"type":"carousel","contents":[` + bubble(hello) + `,` + strings.Replace(bubble(hello), `"type":"bubble"`, `"type":"bubble","size":"micro"`, 1) + `]}`), "/contents"},
		{"quick reply of a card", `{"type":"flex","altText":"a","contents":` + bubble(hello) + `,"quickReply":{"items":[]}}`, "messages[0].quickReply.items"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, body := w.problem(tc.message)
			if got != tc.property {
				t.Errorf("problem %q, want %q: %s", got, tc.property, body)
			}
			if strings.HasPrefix(tc.property, "/") && !strings.Contains(body, `"message":"A message (messages[0]) in the request body is invalid"`) {
				t.Errorf("answer %s", body)
			}
		})
	}
}

func TestLoopbackURLs(t *testing.T) {
	w := newWorld(t, linesim.Options{AllowLoopbackHTTP: true})
	image := func(url string) string {
		return fmt.Sprintf(`{"type":"image","originalContentUrl":%q,"previewImageUrl":%q}`, url, url)
	}
	for url, want := range map[string]string{
		"http://127.0.0.1:8080/a.png": "", "http://localhost/a.png": "", "http://[::1]:8080/a.png": "",
		"http://192.168.0.2/a.png": "messages[0].originalContentUrl", "http://localhost.example.com/a.png": "messages[0].originalContentUrl",
	} {
		if got, body := w.problem(image(url)); got != want {
			t.Errorf("%s: %s", url, body)
		}
	}
}

func TestRichMenuLimits(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	area := func(bounds string) string {
		return `{"bounds":` + bounds + `,"action":{"type":"postback","data":"a"}}`
	}
	menu := func(size, chatBar, areas string) string {
		return `{"size":` + size + `,"selected":false,"name":"n","chatBarText":"` + chatBar + `","areas":` + areas + `}`
	}
	whole := area(`{"x":0,"y":0,"width":2500,"height":1686}`)
	for _, tc := range []struct{ name, menu, property string }{
		{"as in the reference", menu(`{"width":2500,"height":1686}`, "メニュー", "["+whole+"]"), ""},
		{"20 areas", menu(`{"width":2500,"height":1686}`, "メニュー", repeat(20, whole)), ""},
		{"21 areas", menu(`{"width":2500,"height":1686}`, "メニュー", repeat(21, whole)), "areas"},
		{"too narrow", menu(`{"width":799,"height":400}`, "メニュー", "[]"), "size.width"},
		{"too low", menu(`{"width":800,"height":249}`, "メニュー", "[]"), "size.height"},
		{"too tall for its width", menu(`{"width":800,"height":552}`, "メニュー", "[]"), "size"},
		{"bar of 15", menu(`{"width":2500,"height":1686}`, strings.Repeat("あ", 15), "[]"), "chatBarText"},
		{"area over the edge", menu(`{"width":2500,"height":1686}`, "メニュー", "["+area(`{"x":1,"y":0,"width":2500,"height":1686}`)+"]"), "areas[0].bounds"},
		{"no areas", `{"size":{"width":2500,"height":1686},"selected":false,"name":"n","chatBarText":"b"}`, "areas"},
		{"selected missing", `{"size":{"width":2500,"height":1686},"name":"n","chatBarText":"b","areas":[]}`, "selected"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := w.call("POST", "/v2/bot/richmenu/validate", tc.menu)
			if tc.property == "" {
				w.want(r, 200)
				return
			}
			if w.want(r, 400); !strings.Contains(r.Body, fmt.Sprintf(`"property":%q`, tc.property)) {
				t.Errorf("answer %s, want %q", r.Body, tc.property)
			}
		})
	}
}
