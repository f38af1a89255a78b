package ippo

// SavedAudience is an audience that staff have given a name, to choose it again (保存した宛先). A broadcast
// takes the rule over as it is then: changing or deleting the saved one changes no broadcast.
type SavedAudience struct {
	ID       int64
	Name     string
	Audience Audience
}

// MaxSavedAudiences bounds the list that staff choose from.
const MaxSavedAudiences = 50

// Validate reports every problem staff can mend.
func (s SavedAudience) Validate() error {
	var p Problems
	checkText(&p, "audience.name", "宛先の名前", s.Name, 1, 30)
	p.include(s.Audience.Validate())
	return p.Err()
}
