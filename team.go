package ippo

import "strings"

// TeamID names a team.
type TeamID int64

// Team is a part of the office (チーム) that looks after some topics, some areas, or some topics in some areas.
type Team struct {
	ID     TeamID
	Name   string
	Topics Choice // 0: of all topics
	Areas  Choice // 0: in all areas
}

// Validate reports every problem that can be mended.
func (t Team) Validate() error {
	var p Problems
	checkText(&p, "name", "名前", t.Name, 1, 30)
	if t.Topics == 0 && t.Areas == 0 {
		p.Add("topics", "分野か地域を、一つ以上選んでください。")
	}
	return p.Err()
}

// Remit is what a member of staff sees and may change: what one of their teams looks after. nil is everything,
// for whoever belongs to no team; a remit without a team is nothing.
type Remit []Team

// Sees reports whether something about these topics and areas is shown: it meets what a team looks after, or
// names nothing, for then it is for all of the town.
func (r Remit) Sees(topics, areas Choice) bool {
	if r == nil {
		return true
	}
	for _, t := range r {
		if t.Topics.admits(topics) && t.Areas.admits(areas) {
			return true
		}
	}
	return false
}

// Holds reports whether something about these topics and areas may be changed and sent: all that it names is
// one team's, and it names something wherever the team does.
func (r Remit) Holds(topics, areas Choice) bool {
	if r == nil {
		return true
	}
	for _, t := range r {
		if t.Topics.holds(topics) && t.Areas.holds(areas) {
			return true
		}
	}
	return false
}

// Offers returns what a thing that Holds can name: 0 is every topic, or every area.
func (r Remit) Offers() (topics, areas Choice) {
	everyTopic, everyArea := r == nil, r == nil
	for _, t := range r {
		topics, areas = topics|t.Topics, areas|t.Areas
		everyTopic, everyArea = everyTopic || t.Topics == 0, everyArea || t.Areas == 0
	}
	if everyTopic {
		topics = 0
	}
	if everyArea {
		areas = 0
	}
	return topics, areas
}

// holds reports whether an item about these is a team's that looks after c.
func (c Choice) holds(item Choice) bool { return c == 0 || item != 0 && item&^c == 0 }

// Words says what the teams look after; topic and area name what a choice holds.
func (r Remit) Words(topics, areas func(Choice) string) string {
	said := make([]string, len(r))
	for i, t := range r {
		var parts []string
		for _, part := range []string{topics(t.Topics), areas(t.Areas)} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		said[i] = strings.Join(parts, " × ")
	}
	return strings.Join(said, "、または ")
}
