package ippo

import "time"

// AmbassadorStep is one step of an ambassador's path.
type AmbassadorStep struct {
	At     time.Time
	Staff  StaffID // 0: they themselves, or the program
	Name   string  // of the member of staff, as it is now
	Status AmbassadorStatus
	Back   bool // the step before was taken back, and this is where they stood before it
}

// StatusBefore returns where an ambassador stood before the last of their steps that still holds; ok is false at
// the beginning.
func StatusBefore(steps []AmbassadorStep) (before AmbassadorStatus, ok bool) {
	var held []AmbassadorStatus
	for _, s := range steps {
		if s.Back {
			held = held[:max(len(held)-1, 0)]
		} else {
			held = append(held, s.Status)
		}
	}
	if len(held) < 2 {
		return "", false
	}
	return held[len(held)-2], true
}

// AmbassadorPlan is within how many days staff mean to go on with who has signed up.
type AmbassadorPlan struct {
	ContactDays int `json:"contactDays"` // from the application until somebody gets in touch
	AppointDays int `json:"appointDays"` // from then until the appointment
}

// maxPlanDays bounds a plan.
const maxPlanDays = 365

// Validate reports every problem staff can mend.
func (p AmbassadorPlan) Validate() error {
	var found Problems
	p.check(&found)
	return found.Err()
}

func (p AmbassadorPlan) check(found *Problems) {
	if p.ContactDays < 1 || p.ContactDays > maxPlanDays {
		found.Addf("contactDays", "連絡するまでの日数は1から%dまでで入力してください。", maxPlanDays)
	}
	if p.AppointDays < 1 || p.AppointDays > maxPlanDays {
		found.Addf("appointDays", "任命するまでの日数は1から%dまでで入力してください。", maxPlanDays)
	}
}

// AmbassadorTask is what staff are to do next with an ambassador.
type AmbassadorTask struct {
	Words string    // 連絡する; "" for nothing
	On    time.Time // the day by which
}

// Due reports whether the task's day has come.
func (t AmbassadorTask) Due(now time.Time) bool { return t.Words != "" && !t.On.After(Day(now)) }

// Late reports whether the task's day is over.
func (t AmbassadorTask) Late(now time.Time) bool { return t.Words != "" && t.On.Before(Day(now)) }

// NextTask is what staff are to do next. Who is resting is left alone, unless staff have set a day.
func (a Ambassador) NextTask(plan AmbassadorPlan) AmbassadorTask {
	task := AmbassadorTask{On: a.DueOn}
	days := 0
	switch {
	case a.Status == AmbassadorApplied:
		task.Words, days = "連絡する", plan.ContactDays
	case a.Status == AmbassadorContacted:
		task.Words, days = "任命する", plan.AppointDays
	case !a.DueOn.IsZero():
		task.Words = "予定を確かめる"
	}
	switch {
	case !a.DueOn.IsZero():
		return task
	case a.Resting || task.Words == "":
		return AmbassadorTask{}
	}
	task.On = Day(a.Since).AddDate(0, 0, days)
	return task
}
