package ippo

import "time"

// ReactionAfter is how long after the end of a broadcast it is counted who has blocked the account since it began.
const ReactionAfter = 48 * time.Hour

// Reaction is how those who got a broadcast took it (配信への反応), in numbers that tell of nobody.
type Reaction struct {
	CountedAt time.Time
	People    int // who got it, or may have
	Blocked   int // who blocked the account within ReactionAfter and had not come back
	Few       bool
	Topics    []ReactionRow // by what they chose; who chose several is in several
	Areas     []ReactionRow
}

// ReactionRow is a part of a reaction: those who chose a topic or an area.
type ReactionRow struct {
	Name            string
	People, Blocked int
	Few             bool // too few people to hide among, or one by which such a row could be worked out: no numbers
}

// Recipient is somebody who got a broadcast, as they were when the reaction was counted.
type Recipient struct {
	ID            FollowerID
	Topics, Areas Choice
	Blocked       bool
	Erased        bool // what they chose is not known any more
}

// NewReactionCount begins to count recipients by the topics and areas that they chose. It keeps no more of them than it needs.
func NewReactionCount(topics []Topic, areas []Area) *ReactionCount {
	c := &ReactionCount{}
	for _, t := range topics {
		c.topics.add(t.Name, func(chosen Choice) bool { return chosen.Has(t.Number) })
	}
	for _, a := range areas {
		c.areas.add(a.Name, func(chosen Choice) bool { return chosen.Has(a.Number) })
	}
	for _, rows := range []*reactionRows{&c.topics, &c.areas} {
		rows.add("選んでいない", func(chosen Choice) bool { return chosen == 0 })
	}
	return c
}

// ReactionCount is a reaction that is being counted.
type ReactionCount struct {
	people, blocked int
	topics, areas   reactionRows
}

type reactionRows struct {
	rows []ReactionRow
	in   []func(Choice) bool
	who  []map[FollowerID]bool // at most HiddenUnder of each row
}

func (r *reactionRows) add(name string, in func(Choice) bool) {
	r.rows, r.in, r.who = append(r.rows, ReactionRow{Name: name}), append(r.in, in), append(r.who, map[FollowerID]bool{})
}

func (r *reactionRows) count(who Recipient, chosen Choice) {
	for i := range r.rows {
		if !r.in[i](chosen) {
			continue
		}
		r.rows[i].People++
		if who.Blocked {
			r.rows[i].Blocked++
		}
		if len(r.who[i]) < HiddenUnder {
			r.who[i][who.ID] = true
		}
	}
}

// told returns the rows, those that tell of too few people without numbers.
func (r *reactionRows) told(all int) []ReactionRow {
	people := make([]int, len(r.rows))
	for i, row := range r.rows {
		people[i] = row.People
	}
	for i, few := range tooFew(people, r.who, all) {
		if few {
			r.rows[i] = ReactionRow{Name: r.rows[i].Name, Few: true}
		}
	}
	return r.rows
}

// Add counts one more.
func (c *ReactionCount) Add(who Recipient) {
	c.people++
	if who.Blocked {
		c.blocked++
	}
	if !who.Erased {
		c.topics.count(who, who.Topics)
		c.areas.count(who, who.Areas)
	}
}

// Reaction returns what was counted.
func (c *ReactionCount) Reaction() Reaction {
	o := Reaction{People: c.people, Blocked: c.blocked, Topics: c.topics.told(c.people), Areas: c.areas.told(c.people)}
	if o.Few = o.People < HiddenUnder; o.Few {
		o.Blocked = 0
	}
	return o
}
