package bot

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ippo"
	"ippo/internal/fold"
)

// groupQuery is what somebody looks for; what is zero does not matter.
type groupQuery struct {
	topic   int // number + 1
	area    int // number + 1
	weekday int // time.Weekday + 1
	words   string
}

// listedGroup is a group with the words by which it is found, folded.
type listedGroup struct {
	ippo.ActivityGroup
	name, kana, about, more string
}

// directory makes the groups that residents see ready for a search.
func (t *turn) directory(all []ippo.ActivityGroup) []listedGroup {
	list := make([]listedGroup, 0, len(all))
	for _, g := range all {
		if g.Hidden {
			continue
		}
		about := append([]string{g.Summary}, g.Translations.All("name", "summary")...)
		for _, p := range t.topics {
			if g.Topics&(1<<p.Number) != 0 {
				about = append(about, p.Spellings()...)
			}
		}
		more := append([]string{g.Body, g.Place, g.Whom, g.When}, g.Translations.All("body", "place", "whom", "when")...)
		for _, a := range t.areas {
			if g.Areas&(1<<a.Number) != 0 {
				more = append(more, a.Spellings()...)
			}
		}
		for d := time.Sunday; d <= time.Saturday; d++ {
			if g.Weekdays.Has(d) {
				more = append(more, ippo.WeekdayName(d)+"曜日")
			}
		}
		for _, mark := range []struct {
			set  bool
			word string
		}{{g.Beginners, "初めて 初心者"}, {g.Children, "子ども連れ 親子"}, {g.Wheelchair, "車いす"}, {g.Online, "オンライン"}} {
			if mark.set {
				more = append(more, mark.word)
			}
		}
		list = append(list, listedGroup{
			ActivityGroup: g,
			name:          foldText(g.Name),
			kana:          fold.Text(g.Kana),
			about:         foldText(strings.Join(about, " ")),
			more:          foldText(strings.Join(more, " ")),
		})
	}
	return list
}

// searchGroups finds the groups that a query is for, the best first. Conditions must all hold; of the
// words, the more the better.
func searchGroups(list []listedGroup, q groupQuery) []ippo.ActivityGroup {
	terms := searchTerms(q.words)
	type hit struct {
		group ippo.ActivityGroup
		score float64
	}
	var hits []hit
	for _, g := range list {
		if q.topic > 0 && !g.Topics.Has(q.topic-1) ||
			q.area > 0 && g.Areas != 0 && !g.Areas.Has(q.area-1) ||
			q.weekday > 0 && !g.Weekdays.Has(time.Weekday(q.weekday-1)) {
			continue
		}
		score := 1.0
		if q.words != "" {
			score = 0
			for _, term := range terms {
				score += g.match(term)
			}
			if score == 0 {
				continue
			}
		}
		if g.Receiving {
			score += 0.1
		}
		hits = append(hits, hit{g.ActivityGroup, score})
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	groups := make([]ippo.ActivityGroup, 0, len(hits))
	for _, h := range hits {
		if h.score*2 < hits[0].score && q.words != "" {
			break // the word stands in passing only, where others are about it
		}
		groups = append(groups, h.group)
	}
	return groups
}

// match tells how well a group answers to one folded term.
func (g listedGroup) match(term string) float64 {
	romaji, spelt := fold.Romaji(term)
	slug := fold.Short(strings.ReplaceAll(g.Slug, "-", ""))
	switch {
	case strings.Contains(g.name, term), strings.Contains(g.kana, term):
		return 5
	case strings.Contains(g.about, term):
		return 4
	case spelt && len(romaji) >= 4 && strings.Contains(slug, romaji):
		return 3
	case strings.Contains(g.more, term):
		return 1.5
	}
	// A slip of the finger in a word of some length. Short words are too alike to guess, and what is very
	// long is no word.
	if n := utf8.RuneCountInString(term); n < 4 || n > 20 {
		return 0
	}
	best := 0.0
	for _, field := range []struct {
		text   string
		weight float64
	}{{g.name, 3}, {g.kana, 3}, {g.about, 2}} {
		if likeness := fold.Likeness(term, field.text); likeness >= 0.5 {
			best = max(best, likeness*field.weight)
		} else if utf8.RuneCountInString(term) <= maxSlip && oneSlip(term, field.text) {
			best = max(best, 0.6*field.weight)
		}
	}
	return best
}

// oneSlip reports whether some stretch of text is term with one character wrong, missing, or doubled.
func oneSlip(term, text string) bool {
	t := []rune(text)
	n := utf8.RuneCountInString(term)
	for size := n - 1; size <= n+1; size++ {
		for i := 0; i+size <= len(t); i++ {
			if fold.Distance(term, string(t[i:i+size])) <= 1 {
				return true
			}
		}
	}
	return false
}

// What is looked for at most: a message of LINE may hold 5,000 characters, and somebody's whole letter is
// no query.
const (
	maxQuery = 100
	maxTerms = 12
	maxSlip  = 12 // the longest term in which a slip is looked for
)

// foldText folds a text, and spells alike what people spell in several ways.
func foldText(s string) string { return oneSpelling.Replace(fold.Text(s)) }

var oneSpelling = strings.NewReplacer(
	"子供", "子ども", "こども", "子ども", "お子さん", "子ども", "車椅子", "車いす", "くるまいす", "車いす", "障害", "障がい",
	"引越", "引っ越", "ひっこし", "引っ越し", "友達", "友だち", "ともだち", "友だち", "お年寄り", "高齢者", "おとしより", "高齢者", "外人", "外国人",
)

// searchTerms cuts what somebody typed into the words that carry meaning: 「子どもと囲碁がしたい」 is
// 子ども and 囲碁. What stands between spaces is a word; a long one is cut where its script changes.
func searchTerms(typed string) []string {
	var terms []string
	add := func(s string) {
		if s != "" && len(terms) < maxTerms && !slices.Contains(terms, s) && !slices.Contains(fillers(), s) {
			terms = append(terms, s)
		}
	}
	if r := []rune(typed); len(r) > maxQuery {
		typed = string(r[:maxQuery])
	}
	// Katakana and hiragana must be told apart before they are folded into one.
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r) && r != 'ー' || strings.ContainsRune("、。・，．「」（）", r)
	}) {
		word = stripped(word)
		if utf8.RuneCountInString(word) <= 5 && !hasParticle(word) {
			add(foldText(word))
			continue
		}
		for _, run := range scriptRuns(word) {
			add(foldText(run))
		}
	}
	return terms
}

// stripped takes from the end of a word what only makes a sentence of it.
func stripped(word string) string {
	for {
		rest := word
		for _, ending := range [...]string{
			"をさがしています", "を探しています", "をさがす", "を探す", "さがして", "探して", "さがす", "探す", "したい", "やりたい", "知りたい",
			"について", "ありますか", "ありません", "あります", "ある", "ください", "教えて", "おしえて", "の団体", "団体", "サークル",
			"ですか", "です", "ますか", "ます", "でしょうか", "とか", "など", "とは", "？", "?",
		} {
			if cut, ok := strings.CutSuffix(rest, ending); ok {
				rest = cut
				break
			}
		}
		if rest == word || rest == "" {
			return rest
		}
		word = rest
	}
}

// particles join words; alone between kanji or katakana they are nothing else.
const particles = "をがはにでのともや"

// hasParticle reports whether a particle stands in or after a word.
func hasParticle(word string) bool {
	runes := []rune(word)
	for i := 1; i < len(runes); i++ {
		joins := strings.ContainsRune(particles, runes[i]) && !unicode.Is(unicode.Hiragana, runes[i-1])
		if joins && (i == len(runes)-1 || !unicode.Is(unicode.Hiragana, runes[i+1])) {
			return true
		}
	}
	return false
}

// fillers are words that every group could be found by.
func fillers() []string {
	return []string{"の", "を", "が", "は", "に", "で", "と", "も", "や", "か", "したい", "さがす", "探す", "がしたい", "をしたい", "です", "ます",
		"団体", "活動", "教えて", "おしえて", "ください", "ありますか", "なにか", "何か", "なか", "する", "して", "ある", "いる", "こと"}
}

// scriptRuns cuts a word where kanji, hiragana, katakana and letters meet. Hiragana after kanji stays
// when it is short: 子ども, 読み聞かせ.
func scriptRuns(word string) []string {
	var runs []string
	start, last := 0, rune(0)
	script := func(r rune) rune {
		switch {
		case unicode.Is(unicode.Han, r), r == '々':
			return 'h'
		case unicode.Is(unicode.Hiragana, r):
			return 'k'
		case unicode.Is(unicode.Katakana, r), r == 'ー':
			return 'K'
		}
		return 'a'
	}
	for i, r := range word {
		s := script(r)
		if i > 0 && s != last && !(s == 'K' && r == 'ー') {
			runs = append(runs, word[start:i])
			start = i
		}
		last = s
	}
	runs = append(runs, word[start:])
	var kept []string
	for i, run := range runs {
		first, _ := utf8.DecodeRuneInString(run)
		if script(first) == 'k' {
			// After kanji it is an ending, or stands with the kanji already.
			if i > 0 {
				last, _ := utf8.DecodeLastRuneInString(runs[i-1])
				if script(last) == 'h' {
					continue
				}
			}
			if utf8.RuneCountInString(run) >= 4 {
				kept = append(kept, run)
			}
			continue
		}
		// 子ども and 子育て are found by themselves rather than by 子 and 子育.
		if i+1 < len(runs) {
			next := []rune(runs[i+1])
			switch tail := script(next[0]) == 'k'; {
			case tail && utf8.RuneCountInString(run) == 1 && len(next) >= 2:
				run += string(next[:2])
			case tail && len(next) == 1 && !strings.ContainsRune(particles, next[0]):
				run += string(next)
			}
		}
		kept = append(kept, run)
	}
	return kept
}
