package groupsheet

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ippo"
	"ippo/internal/fold"
)

// How marks, days and parts of the day are written in our own sheets, which staff edit by hand.
const (
	Yes        = "はい"
	No         = "いいえ"
	Everything = "*" // stands for all topics or areas, also those made later
)

// What bits stand for in our own sheets.
var (
	WeekdayWords = []string{"日", "月", "火", "水", "木", "金", "土"}
	PartWords    = []string{"午前", "午後", "夜"}
	JoinWords    = []string{"一度だけ", "続けて"}
)

// What cities write for a mark that is there, or is not; folded.
var (
	yesWords = []string{Yes, "○", "◯", "●", "◎", "1", "有", "有り", "あり", "可", "可能", "true", "yes", "y", "する", "している", "募集中", "会員募集中", "随時", "随時募集"}
	noWords  = []string{No, "×", "✕", "-", "0", "無", "無し", "なし", "不可", "false", "no", "n", "しない", "していない", "募集なし", "募集していない", "募集停止"}
)

// fullWord is how a column about looking for members says that a group has enough of them.
const fullWord = "満員"

// Reader makes groups of the rows of one sheet, against those that are there. A row is a group that is there by its
// slug or, without one, by its name; its empty cells leave what is there as it is.
type Reader struct {
	topics, areas map[string]int // numbers by slug and by folded name
	words         map[string]string
	known         map[string]ippo.ActivityGroup // by slug
	named         map[string][]string           // their slugs by folded name
	lines         map[string]int                // that a slug or a name stands in
	newSlug       func(line int) string

	Unknown []Word // what cells call topics and areas that is none, each once
}

// Word is a cell's word for a topic or an area.
type Word struct {
	Field Field // Topics or Areas
	Text  string
}

// Key is the word as a plan keeps it.
func (w Word) Key() string { return string(w.Field) + ":" + w.Text }

// maxUnknown bounds the words that staff are asked about.
const maxUnknown = 60

// NewReader makes a reader. words says which topic or area, by its slug, is meant by a word of the sheet's own, by Key; ""
// is none. newSlug names groups that have no slug; nil: they need one.
func NewReader(topics []ippo.Topic, areas []ippo.Area, there []ippo.ActivityGroup, words map[string]string, newSlug func(line int) string) *Reader {
	r := &Reader{
		topics: map[string]int{}, areas: map[string]int{}, words: words,
		known: map[string]ippo.ActivityGroup{}, named: map[string][]string{}, lines: map[string]int{}, newSlug: newSlug,
	}
	for _, t := range topics {
		r.topics[fold.Key(t.Name)] = t.Number
	}
	for _, a := range areas {
		r.areas[fold.Key(a.Name)] = a.Number
	}
	for _, t := range topics { // a slug goes before another one's name
		r.topics[t.Slug] = t.Number
	}
	for _, a := range areas {
		r.areas[a.Slug] = a.Number
	}
	for _, g := range there {
		r.known[g.Slug] = g
		name := fold.Key(g.Name)
		r.named[name] = append(r.named[name], g.Slug)
	}
	return r
}

// Read makes a group of a row. Its problems are those that whoever keeps the sheet can mend; was is the group as it is
// there, and new without an ID.
func (r *Reader) Read(line int, cell func(Field) string) (g, was ippo.ActivityGroup, p ippo.Problems) {
	r.identify(&p, line, cell, &was)
	g = was
	p = append(p, r.Over(&g, cell)...)
	return g, was, p
}

// Over writes a row's cells over a group, and returns what is wrong with it then.
func (r *Reader) Over(g *ippo.ActivityGroup, cell func(Field) string) (p ippo.Problems) {
	texts(g, cell)
	if c := r.choice(&p, Topics, r.topics, cell(Topics)); c != 0 {
		g.Topics = c
	}
	if c := r.choice(&p, Areas, r.areas, cell(Areas)); c != 0 {
		g.Areas = c
	}
	if set := weekdays(&p, cell(Weekdays)); set != 0 {
		g.Weekdays = set
	}
	if set := wordSet(&p, Parts, PartWords, cell(Parts)); set != 0 {
		g.Parts = ippo.DayParts(set)
	}
	if set := wordSet(&p, Joining, JoinWords, cell(Joining)); set != 0 {
		g.Joining = ippo.JoinWays(set)
	}
	if set := wordSet(&p, Languages, ippo.TongueNames[:], cell(Languages)); set != 0 {
		g.Tongues = ippo.Tongues(set)
	}
	if text := cell(Fee); text != "" {
		if at := slices.IndexFunc(ippo.Fees, func(f ippo.Fee) bool { return f.Words() == text }); at >= 0 {
			g.Fee = ippo.Fees[at]
		} else {
			p.Add(string(Fee), "「無料」か「有料」か「わからない」にしてください。")
		}
	}
	confirmed(&p, g, cell(ConfirmedOn))
	for _, mark := range []struct {
		field Field
		is    *bool
	}{
		{Beginners, &g.Beginners}, {Children, &g.Children}, {Wheelchair, &g.Wheelchair}, {Online, &g.Online},
		{Receiving, &g.Receiving}, {Hidden, &g.Hidden}, {Alone, &g.Alone}, {Together, &g.Together}, {Full, &g.Full},
		{Model, &g.Model}, {ContactPublic, &g.Host.Public}, {ContactPaper, &g.Host.Paper},
	} {
		switch text := fold.Text(cell(mark.field)); {
		case text == "":
		case slices.Contains(yesWords, text):
			*mark.is = true
		case slices.Contains(noWords, text):
			*mark.is = false
		case mark.field == Receiving && text == fullWord:
			g.Full = true
		default:
			p.Addf(string(mark.field), "「%s」か「%s」にしてください。", Yes, No)
		}
	}
	if invalid, ok := g.Validate().(ippo.Problems); ok {
		p = append(p, invalid...)
	}
	return p
}

// identify finds the group that a row is about, or begins a new one, and notes where the row stands.
func (r *Reader) identify(p *ippo.Problems, line int, cell func(Field) string, was *ippo.ActivityGroup) {
	slug, name := strings.Clone(cell(Slug)), fold.Key(cell(Name))
	if slug == "" && r.newSlug != nil {
		switch slugs := r.named[name]; {
		case name == "":
		case len(slugs) == 1:
			slug = slugs[0]
		case len(slugs) > 1:
			p.Addf(string(Name), "同じ名前の団体が%d件登録されています。識別名の列で見分けてください。", len(slugs))
		}
		if first, ok := r.lines["name "+name]; ok && name != "" {
			p.Addf(string(Name), "%d行目と同じ団体名です。", first)
		}
		r.lines["name "+name] = line
		if slug == "" {
			slug = r.newSlug(line)
		}
	}
	var there bool
	if *was, there = r.known[slug]; !there {
		*was = ippo.ActivityGroup{Slug: slug, Receiving: true}
	}
	if first, ok := r.lines[slug]; ok {
		p.Addf(string(Slug), "%d行目と同じ識別名です。", first)
	}
	r.lines[slug] = line
}

// texts fills in what is written in words. A summary that is too long is the beginning of a body.
func texts(g *ippo.ActivityGroup, cell func(Field) string) {
	for _, t := range []struct {
		field Field
		text  *string
	}{
		{Name, &g.Name}, {Kana, &g.Kana}, {Summary, &g.Summary}, {Body, &g.Body}, {Place, &g.Place}, {When, &g.When},
		{Whom, &g.Whom}, {Cost, &g.Cost}, {Contact, &g.Contact}, {Welcome, &g.Welcome}, {Bring, &g.Bring},
		{ContactPerson, &g.Host.Person}, {ContactEmail, &g.Host.Email}, {ContactPhone, &g.Host.Phone},
	} {
		if text := cell(t.field); text != "" {
			*t.text = text
		}
	}
	if g.Summary = strings.Join(strings.Fields(g.Summary), " "); utf8.RuneCountInString(g.Summary) > maxSummary {
		if cell(Body) == "" {
			g.Body = cell(Summary)
		}
		g.Summary = string([]rune(g.Summary)[:maxSummary-1]) + "…"
	}
}

// maxSummary is how long ippo.ActivityGroup lets a summary be.
const maxSummary = 60

// dateForms are the forms of a day in sheets; spreadsheets make the later ones of it.
var dateForms = []string{time.DateOnly, "2006/1/2", "2006.1.2", "2006年1月2日", "01-02-06"}

func confirmed(p *ippo.Problems, g *ippo.ActivityGroup, text string) {
	if text == "" {
		return
	}
	for _, form := range dateForms {
		if day, err := time.ParseInLocation(form, text, ippo.Tokyo); err == nil {
			if day.After(g.ConfirmedAt) { // an older list than ours says nothing new
				g.ConfirmedAt, g.AskedAt, g.SilentSince = day, time.Time{}, time.Time{}
			}
			return
		}
	}
	p.Add(string(ConfirmedOn), "日付は「2026-04-01」のように入力してください。")
}

// choice reads a cell of topics or areas: by slug, by name, or by the sheet's own words.
func (r *Reader) choice(p *ippo.Problems, field Field, known map[string]int, text string) (c ippo.Choice) {
	for _, one := range parts(text, known) {
		if one == Everything {
			c |= ippo.Everything
			continue
		}
		word := Word{field, one}
		if slug, said := r.words[word.Key()]; said {
			if slug != "" {
				c = c.With(known[slug])
			}
			continue
		}
		number, ok := known[one]
		if !ok {
			number, ok = known[fold.Key(one)]
		}
		if !ok {
			p.Addf(string(field), "「%.40s」は%sにありません。", one, map[Field]string{Topics: "分野", Areas: "地域"}[field])
			if len(r.Unknown) < maxUnknown && !slices.Contains(r.Unknown, word) {
				r.Unknown = append(r.Unknown, word)
			}
			continue
		}
		c = c.With(number)
	}
	return c
}

var (
	breaks = regexp.MustCompile(`[;；、,，/／\n]+`)
	dots   = regexp.MustCompile(`[・･\s]+`)
)

// parts takes a cell apart: at semicolons and their like, and at dots where all that they part is known.
func parts(text string, known map[string]int) (all []string) {
	for _, one := range breaks.Split(text, -1) {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		if smaller, ok := dotted(one, known); ok {
			all = append(all, smaller...)
		} else {
			all = append(all, one)
		}
	}
	return all
}

// longestName is more than any name of a topic or an area takes, in bytes.
const longestName = 200

// dotted takes a text apart at its dots into what is known, the longest that can be first: names have dots of their
// own, such as 学び・講座. ok is false where some of it is not known.
func dotted(text string, known map[string]int) (all []string, ok bool) {
	ends := append(dots.FindAllStringIndex(text, -1), []int{len(text), len(text)})
	for from := 0; len(ends) > 0; {
		last := -1
		for i, end := range ends {
			if end[0]-from > longestName {
				break
			}
			if _, ok := known[fold.Key(text[from:end[0]])]; ok {
				last = i
			}
		}
		if last < 0 {
			return nil, false
		}
		all = append(all, text[from:ends[last][0]])
		from, ends = ends[last][1], ends[last+1:]
	}
	return all, true
}

// wordSet reads a cell of words, each of which stands for a bit.
func wordSet(p *ippo.Problems, field Field, words []string, text string) (set uint8) {
	for _, one := range breaks.Split(text, -1) {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		bit := slices.Index(words, one)
		if bit < 0 {
			p.Addf(string(field), "「%.20s」は使えません（%s）。", one, strings.Join(words, ";"))
			continue
		}
		set |= 1 << bit
	}
	return set
}

// Days of the week in what people write: 火曜日 anywhere; 火・木, 毎週土日 and their like between separators.
var (
	namedDay = regexp.MustCompile(`([日月火水木金土])曜`)
	bareDays = regexp.MustCompile(`^(?:毎週|毎月|隔週|週)?(?:第[0-9０-９一二三四五]+)?([日月火水木金土]+)祝?$`)
	between  = regexp.MustCompile(`[・、,，/／;；と\s]+`)
)

func weekdays(p *ippo.Problems, text string) (set ippo.Weekdays) {
	switch text {
	case "", "-", "－", "―", "なし", "不定期", "随時": // no day of its own
		return 0
	case "毎日":
		return 1<<7 - 1
	case "平日":
		text = "月火水木金"
	}
	found := namedDay.FindAllStringSubmatch(text, -1)
	for _, one := range between.Split(text, -1) {
		found = append(found, bareDays.FindAllStringSubmatch(one, -1)...)
	}
	for _, days := range found {
		for i, day := range WeekdayWords {
			if strings.Contains(days[1], day) {
				set = set.With(time.Weekday(i))
			}
		}
	}
	if set == 0 {
		p.Addf(string(Weekdays), "「%.20s」から曜日がわかりません。「火;木」のように書いてください。", text)
	}
	return set
}

// Cell writes what a group has of a field, as it is read; topics and areas are for the sheet to name.
func Cell(f Field, g ippo.ActivityGroup) string {
	switch f {
	case Slug:
		return g.Slug
	case Name:
		return g.Name
	case Kana:
		return g.Kana
	case Summary:
		return g.Summary
	case Body:
		return g.Body
	case Place:
		return g.Place
	case Weekdays:
		return wordCell(WeekdayWords, uint8(g.Weekdays))
	case Parts:
		return wordCell(PartWords, uint8(g.Parts))
	case When:
		return g.When
	case Whom:
		return g.Whom
	case Cost:
		return g.Cost
	case Contact:
		return g.Contact
	case Beginners:
		return YesNo(g.Beginners)
	case Children:
		return YesNo(g.Children)
	case Wheelchair:
		return YesNo(g.Wheelchair)
	case Online:
		return YesNo(g.Online)
	case Receiving:
		return YesNo(g.Receiving)
	case Hidden:
		return YesNo(g.Hidden)
	case Fee:
		return g.Fee.Words()
	case Alone:
		return YesNo(g.Alone)
	case Together:
		return YesNo(g.Together)
	case Joining:
		return wordCell(JoinWords, uint8(g.Joining))
	case Languages:
		return wordCell(ippo.TongueNames[:], uint8(g.Tongues))
	case Full:
		return YesNo(g.Full)
	case Welcome:
		return g.Welcome
	case Bring:
		return g.Bring
	case Model:
		return YesNo(g.Model)
	case ContactPerson:
		return g.Host.Person
	case ContactPublic:
		return YesNo(g.Host.Public)
	case ContactEmail:
		return g.Host.Email
	case ContactPhone:
		return g.Host.Phone
	case ContactPaper:
		return YesNo(g.Host.Paper)
	case ConfirmedOn:
		if !g.ConfirmedAt.IsZero() {
			return g.ConfirmedAt.In(ippo.Tokyo).Format(time.DateOnly)
		}
	}
	return ""
}

// wordCell writes what a cell of words is read from.
func wordCell(words []string, set uint8) string {
	var named []string
	for bit, word := range words {
		if set&(1<<bit) != 0 {
			named = append(named, word)
		}
	}
	return strings.Join(named, ";")
}

// YesNo writes a mark.
func YesNo(is bool) string {
	if is {
		return Yes
	}
	return No
}

// Say tells a problem as staff read it, with the name of its column.
func Say(p ippo.Problem) string {
	for _, f := range Fields {
		if string(f.Field) == p.Field && !strings.Contains(p.Message, f.Words) {
			return fmt.Sprintf("%s: %s", f.Words, p.Message)
		}
	}
	return p.Message
}
