package lineview

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write testdata/*.html anew")

// inputs are the messages in testdata by name.
func inputs(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no inputs in testdata: %v", err)
	}
	m := make(map[string]json.RawMessage)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m[strings.TrimSuffix(filepath.Base(f), ".json")] = raw
	}
	return m
}

// drawAll is everything this package draws of one message.
func drawAll(raw json.RawMessage, o Options) (template.HTML, error) {
	out, err := Render(raw, o)
	if err != nil {
		return "", err
	}
	quick, err := QuickReplies(raw, o)
	return out + quick, err
}

var bot = Options{Account: "みらい市 市民協働センター", Time: "10:32"}

func TestGolden(t *testing.T) {
	for name, raw := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			got, err := drawAll(raw, bot)
			if err != nil {
				t.Fatal(err)
			}
			checkSafe(t, got)
			compare(t, name, got)
		})
	}
}

func compare(t *testing.T, name string, got template.HTML) {
	t.Helper()
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("differs from %s; after looking at the difference, go test -update\n%s", file, got)
	}
}

// The person's own words stand on the right without a name; a second message in a row repeats neither
// name nor picture.
func TestRow(t *testing.T) {
	raw := json.RawMessage(`{"type":"text","text":"はい"}`)
	mine, err := Render(raw, Options{Account: "センター", Mine: true, Time: "9:05"})
	if err != nil {
		t.Fatal(err)
	}
	if s := string(mine); !strings.Contains(s, "lv-mine") || strings.Contains(s, "センター") || strings.Contains(s, "lv-icon") {
		t.Errorf("the person's own message shows the account:\n%s", s)
	}
	follows, err := Render(raw, Options{Account: "センター", Follows: true})
	if err != nil {
		t.Fatal(err)
	}
	if s := string(follows); strings.Contains(s, "センター") || strings.Contains(s, "<svg") {
		t.Errorf("a following message repeats the account:\n%s", s)
	}
}

func TestRichMenu(t *testing.T) {
	raw := json.RawMessage(`{"size":{"width":2500,"height":1686},"chatBarText":"メニュー","areas":[
		{"bounds":{"x":0,"y":0,"width":1250,"height":843},"action":{"type":"message","label":"団体をさがす","text":"団体をさがす"}},
		{"bounds":{"x":1250,"y":0,"width":1250,"height":843},"action":{"type":"uri","label":"ホームページ","uri":"https://example.com/"}},
		{"bounds":{"x":0,"y":843,"width":2500,"height":843},"action":{"type":"richmenuswitch","richMenuAliasId":"b","data":"b","label":"切りかえる"}}]}`)
	for name, picture := range map[string]string{"richmenu": "http://127.0.0.1:8080/menu.png", "richmenu_unpictured": ""} {
		got, err := RichMenu(raw, picture, Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkSafe(t, got)
		compare(t, name, got)
	}
}

func TestInert(t *testing.T) {
	for name, raw := range inputs(t) {
		o := bot
		o.Inert = true
		got, err := drawAll(raw, o)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(got), "data-tap") {
			t.Errorf("%s can be tapped although inert", name)
		}
	}
}

// Every tap that is offered holds JSON that the page can read, with a link LINE would open or none.
func TestTapsAreJSON(t *testing.T) {
	seen := 0
	for _, raw := range inputs(t) {
		got, err := drawAll(raw, bot)
		if err != nil {
			t.Fatal(err)
		}
		seen += strings.Count(string(got), "data-tap=")
		checkSafe(t, got)
	}
	if seen < 20 {
		t.Errorf("only %d taps in all of testdata", seen)
	}
}

func TestBounds(t *testing.T) {
	deep := func(n int) string {
		return `{"type":"flex","altText":"a","contents":{"type":"bubble","body":` +
			strings.Repeat(`{"type":"box","layout":"vertical","contents":[`, n) + strings.Repeat(`]}`, n) + `}}`
	}
	many := func(n int) string {
		return `{"type":"flex","altText":"a","contents":{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[` +
			strings.TrimSuffix(strings.Repeat(`{"type":"filler"},`, n), ",") + `]}}}`
	}
	for name, in := range map[string]string{
		"deep": deep(40), "very deep": deep(9000), "many": many(5000),
		"long":       `{"type":"text","text":"` + strings.Repeat("あ", maxBytes) + `"}`,
		"many links": `{"type":"text","text":"` + strings.Repeat("http://a ", 5000) + `"}`,
	} {
		if _, err := Render(json.RawMessage(in), bot); !errors.Is(err, ErrTooComplex) {
			t.Errorf("%s: %v, want ErrTooComplex", name, err)
		}
	}
	for name, in := range map[string]string{"deep enough": deep(10), "enough": many(1000)} {
		if _, err := Render(json.RawMessage(in), bot); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoMessage(t *testing.T) {
	for _, in := range []string{``, `null`, `[]`, `"x"`, `{}`, `{"type":1}`, `{"type":"flex"}`, `{"type":"flex","contents":{"type":"bubble","body":{"type":"box","contents":"x"}}}`} {
		if got, err := Render(json.RawMessage(in), bot); err == nil {
			t.Errorf("%s drew %s", in, got)
		}
	}
}

func TestColour(t *testing.T) {
	for in, want := range map[string]string{
		"#A1B2C3": "#a1b2c3", "#a1b2c3D4": "#a1b2c3d4",
		"": "", "red": "", "#fff": "", "#12345": "", "#1234567": "", "#12345g": "", "#123456;": "", "#123456\n": "",
	} {
		if got := colour(in); got != want {
			t.Errorf("colour(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLengths(t *testing.T) {
	for in, want := range map[string]string{
		"10px": "10px", "23.5px": "23.5px", "50%": "50%", "md": "8px", "none": "0",
		"": "", "10": "", "-4px": "", "1e3px": "", "99999px": "", "10px;x": "", "10em": "", "calc(1px)": "", "10px\n": "",
	} {
		if got := space(in); got != want {
			t.Errorf("space(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLinks(t *testing.T) {
	for in, ok := range map[string]bool{
		"https://example.com/a?b=c#d": true, "http://127.0.0.1:8080/r/x": true, "tel:000-000-0000": true, "line://ti/p/@x": true,
		"": false, "javascript:alert(1)": false, "JaVaScript:alert(1)": false, "data:text/html,x": false, "//example.com": false,
		"https://": false, "https://user:secret@example.com": false, "tel:<b>": false, " https://example.com": false, "file:///etc/passwd": false,
	} {
		if got := linkURI(in) != ""; got != ok {
			t.Errorf("linkURI(%q) accepted: %v, want %v", in, got, ok)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, raw := range inputs(f) {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, draw := range []func() (template.HTML, error){
			func() (template.HTML, error) { return drawAll(raw, bot) },
			func() (template.HTML, error) { return RichMenu(raw, "https://example.com/m.png", bot) },
		} {
			if got, err := draw(); err == nil {
				checkSafe(t, got)
			}
		}
	})
}

// What may stand in the HTML this package writes, and nothing else.
var (
	tags = set("div", "span", "p", "img", "button", "time", "svg", "path", "circle", "g")
	// attributes: the values of class and style come from lists and parsers, so they may be checked strictly.
	attributes = map[string]*regexp.Regexp{
		"class":          regexp.MustCompile(`^lv-[a-z0-9-]+( lv-[a-z0-9-]+)*$`),
		"style":          regexp.MustCompile(`^([a-z-]+:(#[0-9a-f]{6,8}|[a-z0-9./% -]+|linear-gradient\([a-z0-9#%., ]+\)|calc\([a-z0-9.+ ]+\));)*$`),
		"src":            regexp.MustCompile(`^https?://`),
		"type":           regexp.MustCompile(`^button$`),
		"role":           regexp.MustCompile(`^(group|link|img)$`),
		"dir":            regexp.MustCompile(`^rtl$`),
		"tabindex":       regexp.MustCompile(`^0$`),
		"referrerpolicy": regexp.MustCompile(`^no-referrer$`),
		"disabled":       regexp.MustCompile(`^$`),
		"aria-hidden":    regexp.MustCompile(`^true$`),
		"aria-label":     nil, "alt": nil, "data-tap": nil, // any text
		"viewbox": nil, "d": nil, "fill": nil, "cx": nil, "cy": nil, "r": nil, "stroke": nil, "stroke-width": nil, // of drawings in the templates
	}
)

func set(words ...string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range words {
		m[w] = true
	}
	return m
}

func checkSafe(t *testing.T, got template.HTML) {
	t.Helper()
	if strings.Contains(string(got), "ZgotmplZ") {
		t.Errorf("html/template refused a value:\n%s", got)
	}
	z := html.NewTokenizer(strings.NewReader(string(got)))
	var open []string
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			if !tags[token.Data] {
				t.Fatalf("element <%s> in\n%s", token.Data, got)
			}
			if kind == html.StartTagToken && token.Data != "img" {
				open = append(open, token.Data)
			}
			for _, a := range token.Attr {
				if err := checkAttribute(a); err != nil {
					t.Fatalf("<%s>: %v in\n%s", token.Data, err, got)
				}
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> closes %v in\n%s", token.Data, open, got)
			}
			open = open[:len(open)-1]
		case html.CommentToken, html.DoctypeToken:
			t.Fatalf("comment or doctype in\n%s", got)
		}
	}
	if len(open) != 0 {
		t.Fatalf("%v left open in\n%s", open, got)
	}
}

func checkAttribute(a html.Attribute) error {
	form, ok := attributes[strings.ToLower(a.Key)]
	if !ok {
		return fmt.Errorf("attribute %s", a.Key)
	}
	if form != nil && !form.MatchString(a.Val) {
		return fmt.Errorf("attribute %s=%q", a.Key, a.Val)
	}
	if a.Key == "data-tap" {
		var act action
		if err := json.Unmarshal([]byte(a.Val), &act); err != nil {
			return fmt.Errorf("data-tap: %w", err)
		}
		if act.Type == "" || (act.Type == "uri") != (act.URI != "") || (act.URI != "" && linkURI(act.URI) == "") {
			return fmt.Errorf("data-tap %q", a.Val)
		}
	}
	return nil
}

// A chat's page draws up to 100 messages at every change.
func BenchmarkRender(b *testing.B) {
	all := inputs(b)
	for _, name := range []string{"text", "flex_group", "flex_carousel"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Render(all[name], bot); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
