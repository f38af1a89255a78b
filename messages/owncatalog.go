package messages

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/rivo/uniseg"
	"golang.org/x/text/language"

	"ippo"
)

// Fault is something in a center's own catalogue that its author can mend, in their words. A text that cannot be
// said is left out, and やさしい日本語 stands in.
type Fault struct {
	File, Key string // Key "": the whole file
	Message   string
}

// String says the fault in one line.
func (f Fault) String() string {
	if f.Key == "" {
		return f.File + ": " + f.Message
	}
	return f.File + ": " + f.Key + ": " + f.Message
}

// Limits of a center's own catalogues. LINE shows 13 quick replies: the languages and one to skip.
const (
	maxCatalogFile = 1 << 20
	maxOwn         = 9
)

// With returns the catalogs with a center's own beside them: a file for each language in dir, named by it, such as
// vi.toml. What is wrong in them is returned as well; it is never in the way of the rest. A dir that is not there
// holds none.
func (c *Catalogs) With(dir fs.FS) (*Catalogs, []Fault, error) {
	files, err := fs.ReadDir(dir, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("catalogs: %w", err)
	}
	with := &Catalogs{words: maps.Clone(c.words), list: slices.Clone(c.list), built: c.built, own: map[ippo.Language]texts{}}
	var faults []Fault
	for _, file := range files {
		name := file.Name()
		if file.IsDir() || path.Ext(name) != ".toml" {
			continue
		}
		blame := func(key, format string, args ...any) {
			faults = append(faults, Fault{name, key, fmt.Sprintf(format, args...)})
		}
		l := ippo.Language(strings.TrimSuffix(name, ".toml"))
		_, err := language.Parse(string(l))
		switch {
		case c.Has(l):
			blame("", "このことばは、はじめから入っています。ほかのことばの名前にしてください。")
			continue
		case err != nil || !ippo.IsLanguage(l):
			blame("", "ファイルの名前を、ことばの記号にしてください（例: vi.toml、zh-Hant.toml）。")
			continue
		case len(with.own) == maxOwn:
			blame("", "加えられることばは%dまでです。", maxOwn)
			continue
		}
		own, err := readOwn(dir, name, c, blame)
		if err != nil {
			return nil, nil, err
		}
		if own == nil {
			continue
		}
		if with.words[l], err = wordsOf(l, c.built[ippo.EasyJapanese], own); err != nil {
			return nil, nil, fmt.Errorf("catalog %s: %w", name, err)
		}
		with.own[l] = own
		with.list = append(with.list, l)
	}
	return with, faults, nil
}

// readOwn reads a center's own catalogue and leaves out what cannot be said. Nil: none of it can.
func readOwn(dir fs.FS, name string, c *Catalogs, blame func(key, format string, args ...any)) (texts, error) {
	info, err := fs.Stat(dir, name)
	if err != nil {
		return nil, fmt.Errorf("catalog %s: %w", name, err)
	}
	if info.Size() > maxCatalogFile {
		blame("", "ファイルが大きすぎます（1MBまで）。")
		return nil, nil
	}
	file, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, fmt.Errorf("catalog %s: %w", name, err)
	}
	var raw map[string]any
	if err := toml.Unmarshal(file, &raw); err != nil {
		line := 0
		if wrong, ok := errors.AsType[toml.ParseError](err); ok {
			line = wrong.Position.Line
		}
		blame("", "%d行目の書き方が正しくありません。「\"キー\" = \"文\"」の形で、1行に1つずつ書いてください。", line)
		return nil, nil
	}
	own := make(texts, len(raw))
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		japanese := c.built[ippo.Japanese][key]
		if japanese == nil {
			blame(key, "このキーはありません。つづりを確かめてください。")
			continue
		}
		m, err := i18n.NewMessage(raw[key])
		if err != nil {
			blame(key, "文を「\"」で囲んで書いてください。")
			continue
		}
		m.ID = key
		if strings.TrimSpace(m.Other) == "" {
			if len(forms(m)) > 0 {
				blame(key, "other（ほかの数のときの文）がありません。")
			}
			continue // not translated yet
		}
		if wrong := unsayable(m, japanese); wrong != "" {
			blame(key, "%s", wrong)
			continue
		}
		if most := c.most(key); longest(m) > most {
			blame(key, "長すぎます（%d文字まで）。", most)
			continue
		}
		if c.short(key) && longest(m) > maxLabel {
			blame(key, "ボタンでは%d文字までしか出ません（いま%d文字）。短くすると、途中で切れません。", maxLabel, longest(m))
		}
		own[key] = m
	}
	if own["language.self"] == nil {
		blame("language.self", "ことばの名前がありません（例: \"Tiếng Việt\"）。受信設定の選択肢に出ます。")
		own["language.self"] = &i18n.Message{ID: "language.self", Other: strings.TrimSuffix(name, ".toml")}
	}
	return own, nil
}

// forms are the texts of a message, for each number.
func forms(m *i18n.Message) []string {
	return slices.DeleteFunc([]string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other}, func(s string) bool { return s == "" })
}

var mentioned = regexp.MustCompile(`\.([A-Z]\w*)`)

// mentions are the names of what a message mentions, such as Office in {{.Office}}.
func mentions(m *i18n.Message) []string {
	var names []string
	for _, form := range forms(m) {
		for _, braces := range regexp.MustCompile(`{{.*?}}`).FindAllString(form, -1) {
			for _, name := range mentioned.FindAllStringSubmatch(braces, -1) {
				names = append(names, name[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unsayable says why a text cannot be said; "" if it can. What may be mentioned is what the Japanese text mentions.
func unsayable(m, japanese *i18n.Message) string {
	may := mentions(japanese)
	for _, name := range mentions(m) {
		if !slices.Contains(may, name) {
			if len(may) == 0 {
				return fmt.Sprintf("「{{.%s}}」は使えません。この文には何も入りません。", name)
			}
			return fmt.Sprintf("「{{.%s}}」は使えません。使えるのは {{.%s}} です。", name, strings.Join(may, "}} {{."))
		}
	}
	for _, form := range forms(m) {
		for _, value := range []string{"1", ""} { // a center may have no telephone number
			vars := map[string]any{}
			for _, name := range may {
				vars[name] = "1"
				if strings.Contains(form, "{{if ."+name+"}}") {
					vars[name] = value
				}
			}
			said, err := fill(form, vars)
			if err != nil {
				return "「{{」と「}}」の中の書き方が正しくありません。日本語の文と同じに書いてください。"
			}
			if said == "" {
				return "何も出ないことがあります。「{{if」の外にも文を書いてください。"
			}
		}
	}
	return ""
}

// fill puts into a text what it mentions.
func fill(text string, vars map[string]any) (string, error) {
	t, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var said strings.Builder
	err = t.Execute(&said, vars)
	return strings.TrimSpace(said.String()), err
}

// maxLabel is how much of a button's label LINE shows.
const maxLabel = 20

// short reports whether a text may be a button's label: in every language that is built in it is short enough.
func (c *Catalogs) short(key string) bool {
	for _, all := range c.built {
		if longest(all[key]) > maxLabel-2 || len(mentions(all[key])) > 0 {
			return false
		}
	}
	return true
}

// most is how long a text of a center's own may be: enough for any language, and so little that every card holds it.
func (c *Catalogs) most(key string) int {
	n := 0
	for _, all := range c.built {
		n = max(n, longest(all[key]))
	}
	return 2*n + 20
}

func longest(m *i18n.Message) int {
	n := 0
	for _, form := range forms(m) {
		n = max(n, uniseg.GraphemeClusterCount(form))
	}
	return n
}

// Gap is a text that a center's own catalogue lacks.
type Gap struct {
	Key           string
	Easy, English string // as they are built in
}

// Gaps lists what a center's own catalogue lacks, in the order of the built-in ones; of a language without a
// catalogue, everything.
func (c *Catalogs) Gaps(l ippo.Language) []Gap {
	var gaps []Gap
	for _, key := range keysInOrder() {
		if c.own[l][key] == nil {
			gaps = append(gaps, Gap{key, c.built[ippo.EasyJapanese][key].Other, c.built[ippo.English][key].Other})
		}
	}
	return gaps
}

// Size is how many texts a whole catalogue has.
func (c *Catalogs) Size() int { return len(c.built[ippo.Japanese]) }

// keysInOrder are the keys as they stand in the Japanese catalogue.
func keysInOrder() []string {
	file, _ := fs.ReadFile(catalogs, "catalog/"+string(ippo.Japanese)+".toml") // embedded
	var raw map[string]any
	about, _ := toml.Decode(string(file), &raw)
	var keys []string
	for _, key := range about.Keys() {
		if len(key) == 1 { // not a plural form
			keys = append(keys, key[0])
		}
	}
	return keys
}
