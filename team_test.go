package ippo

import "testing"

func TestRemit(t *testing.T) {
	child, sakae := ChoiceOf(0), ChoiceOf(3)
	both := Remit{{Topics: child, Areas: sakae}}
	for _, c := range []struct {
		name          string
		remit         Remit
		topics, areas Choice
		sees, holds   bool
	}{
		{"no team: everything", nil, 0, 0, true, true},
		{"teams that are gone: nothing", Remit{}, child, sakae, false, false},
		{"its topic", Remit{{Topics: child}}, child, 0, true, true},
		{"its topic, in any area", Remit{{Topics: child}}, child, sakae, true, true},
		{"another topic", Remit{{Topics: child}}, ChoiceOf(1), 0, false, false},
		{"its topic and another", Remit{{Topics: child}}, ChoiceOf(0, 1), 0, true, false},
		{"for the whole town", Remit{{Topics: child}}, 0, 0, true, false},
		{"topic and area", both, child, sakae, true, true},
		{"its topic in another area", both, child, ChoiceOf(4), false, false},
		{"its topic in the whole town", both, child, 0, true, false},
		{"of two teams, half of each", Remit{{Topics: child}, {Areas: sakae}}, ChoiceOf(1), ChoiceOf(3, 4), true, false},
		{"of two teams, the second's", Remit{{Topics: child}, {Areas: sakae}}, ChoiceOf(1), sakae, true, true},
	} {
		if sees, holds := c.remit.Sees(c.topics, c.areas), c.remit.Holds(c.topics, c.areas); sees != c.sees || holds != c.holds {
			t.Errorf("%s: sees %v, holds %v; want %v, %v", c.name, sees, holds, c.sees, c.holds)
		}
	}
}

func TestRemitOffers(t *testing.T) {
	child, welfare, sea := ChoiceOf(0), ChoiceOf(1), ChoiceOf(2)
	for _, one := range []struct {
		name          string
		remit         Remit
		topics, areas Choice
	}{
		{"nobody's team", nil, 0, 0},
		{"one topic everywhere", Remit{{Topics: child}}, child, 0},
		{"two teams", Remit{{Topics: child, Areas: sea}, {Topics: welfare, Areas: sea}}, child | welfare, sea},
		{"one of them for every topic", Remit{{Topics: child, Areas: sea}, {Areas: sea}}, 0, sea},
	} {
		if topics, areas := one.remit.Offers(); topics != one.topics || areas != one.areas {
			t.Errorf("%s: %v, %v; want %v, %v", one.name, topics, areas, one.topics, one.areas)
		}
	}
}
