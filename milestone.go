package ippo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Milestone is a number of people who called out that is announced when it is reached (節目): so many, or so
// much of the aim.
type Milestone struct {
	N       int
	Percent bool
}

// DefaultMilestones are offered to a new campaign.
var DefaultMilestones = []Milestone{{10, true}, {25, true}, {50, true}, {100, true}}

// ParseMilestone reads "25%" or "5000".
func ParseMilestone(s string) (Milestone, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(number), ",", ""))
	if err != nil {
		return Milestone{}, Problems{{"milestones", "節目は「25%」や「500」のように書いてください。"}}
	}
	return Milestone{n, percent}, nil
}

// ParseMilestones reads "10%, 25%, 500".
func ParseMilestones(s string) (all []Milestone, err error) {
	s = strings.NewReplacer("、", ",", "，", ",", "％", "%").Replace(Narrow(s))
	for one := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		m, err := ParseMilestone(one)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// MilestoneWords writes what ParseMilestones reads.
func MilestoneWords(all []Milestone) string {
	words := make([]string, len(all))
	for i, m := range all {
		words[i] = m.String()
	}
	return strings.Join(words, ", ")
}

// String writes what ParseMilestone reads; it also names the milestone among its campaign's.
func (m Milestone) String() string {
	if m.Percent {
		return fmt.Sprintf("%d%%", m.N)
	}
	return strconv.Itoa(m.N)
}

// MarshalText writes what ParseMilestone reads.
func (m Milestone) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (m *Milestone) UnmarshalText(b []byte) (err error) {
	*m, err = ParseMilestone(string(b))
	return err
}

// People is at how many people it is reached; 0 while it never is, for want of an aim.
func (m Milestone) People(aim int) int {
	if m.Percent {
		return (aim*m.N + 99) / 100
	}
	return m.N
}

// ReachedMilestone is a milestone that was reached.
type ReachedMilestone struct {
	Milestone Milestone
	At        time.Time
	Broadcast BroadcastID // that announced it; 0: nobody was told, for a later one was reached with it
}

func checkMilestones(p *Problems, c Campaign) {
	seen := make(map[Milestone]bool, len(c.Milestones))
	for _, m := range c.Milestones {
		switch {
		case m.N < 1 || m.N > 10_000_000 || m.Percent && m.N > 100:
			p.Add("milestones", "節目は、1人から10,000,000人までか、1%から100%までにしてください。")
		case m.Percent && c.Aim == 0:
			p.Add("milestones", "「%」の節目には、目標の人数が要ります。")
		case seen[m]:
			p.Addf("milestones", "節目「%s」が2つあります。", m)
		}
		seen[m] = true
	}
	if len(c.Milestones) > MaxMilestones {
		p.Addf("milestones", "節目は%d個までです。", MaxMilestones)
	}
}
