package ippo

import (
	"math/bits"
	"strings"
)

// Preferences are what a follower chose to hear (受信設定).
//
// Topics are joined by OR, areas by OR, the two by AND. A set left empty was skipped and counts as
// all of it; somebody who skipped both (おまかせ) gets only what goes to everyone.
type Preferences struct {
	Language Language
	Topics   Choice // of topics
	Areas    Choice // of areas
	Digest   bool   // まとめて: once a week instead of one by one
	Stopped  bool   // 配信を止める: nothing but emergencies
}

// Unguided reports whether the follower left both topics and areas to us (おまかせ).
func (p Preferences) Unguided() bool { return p.Topics == 0 && p.Areas == 0 }

// Wants reports whether an item of these topics and areas is for the follower. An item without a
// topic is about everything, one without an area is city-wide.
func (p Preferences) Wants(topics, areas Choice) bool {
	if p.Unguided() {
		return topics == 0 && areas == 0
	}
	return p.Topics.admits(topics) && p.Areas.admits(areas)
}

// Choice is a set of topics or of areas, kept as one integer so that an audience over hundreds of
// thousands of followers is counted in one pass over an index. Bit n stands for the one whose
// number is n; the highest stands for "all of them, also those to come".
type Choice uint64

const (
	// MaxChoices is how many topics, and how many areas, a center can have.
	MaxChoices = 62
	// Everything is the choice of all topics or areas, also of those made later.
	Everything Choice = 1 << 62
)

// ChoiceOf returns the set of these numbers, each from 0 to MaxChoices-1.
func ChoiceOf(numbers ...int) Choice {
	var c Choice
	for _, n := range numbers {
		c |= 1 << n
	}
	return c
}

// Has reports whether number n was chosen, by itself or with everything.
func (c Choice) Has(n int) bool { return c&(1<<n|Everything) != 0 }

// With returns c and number n.
func (c Choice) With(n int) Choice { return c | 1<<n }

// Without returns c less number n. Of everything, nothing can be taken away singly: name the rest.
func (c Choice) Without(n int) Choice { return c &^ (1 << n) }

// Numbers returns the chosen numbers in order, without Everything.
func (c Choice) Numbers() []int {
	rest := uint64(c &^ Everything)
	numbers := make([]int, 0, bits.OnesCount64(rest))
	for ; rest != 0; rest &= rest - 1 {
		numbers = append(numbers, bits.TrailingZeros64(rest))
	}
	return numbers
}

// admits reports whether an item about these is chosen: the item names nothing (it is for all), the
// follower skipped the question, or the two meet.
func (c Choice) admits(item Choice) bool {
	return item == 0 || c == 0 || c&(item|Everything) != 0
}

// Language is the language a follower reads, as a BCP 47 tag of a catalogue in package messages.
type Language string

const (
	Japanese     Language = "ja"
	EasyJapanese Language = "ja-x-easy" // やさしい日本語
	English      Language = "en"
)

// Languages lists those that are complete in every release.
var Languages = []Language{Japanese, EasyJapanese, English}

// Words returns the language's name as staff read it; one that is not known here is named by its tag.
func (l Language) Words() string {
	if l == EasyJapanese {
		return "やさしい日本語"
	}
	base, _, _ := strings.Cut(string(l), "-")
	switch base {
	case "ja":
		return "日本語"
	case "en":
		return "英語"
	case "zh":
		return "中国語"
	case "ko":
		return "韓国語"
	case "vi":
		return "ベトナム語"
	case "pt":
		return "ポルトガル語"
	case "es":
		return "スペイン語"
	case "ne":
		return "ネパール語"
	case "tl", "fil":
		return "タガログ語"
	case "id":
		return "インドネシア語"
	case "th":
		return "タイ語"
	case "my":
		return "ミャンマー語"
	case "uk":
		return "ウクライナ語"
	}
	return string(l)
}
