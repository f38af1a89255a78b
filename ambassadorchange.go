package ippo

import "time"

// AmbassadorMove is what staff do with several ambassadors at once: a step to a state, or a day for what is next; its
// zero value takes the last step back.
type AmbassadorMove struct {
	To  AmbassadorStatus
	Day time.Time
}

// Words says what is done with so many: 3人を「任命」にする.
func (m AmbassadorMove) Words(people int) string { return m.with(people) + m.words("する", "戻す") }

// Did says that it was: 3人を「任命」にしました.
func (m AmbassadorMove) Did(people int) string {
	return m.with(people) + m.words("しました", "戻しました")
}

// Past says it of those with whom it was: 「任命」にした3人.
func (m AmbassadorMove) Past(people int) string {
	return m.words("した", "戻した") + Comma(int64(people)) + "人"
}

func (m AmbassadorMove) with(people int) string {
	if m.Day.IsZero() {
		return Comma(int64(people)) + "人を"
	}
	return Comma(int64(people)) + "人の"
}

func (m AmbassadorMove) words(put, back string) string {
	switch {
	case m.To != "":
		return "「" + m.To.Words() + "」に" + put
	case !m.Day.IsZero():
		return "期日を" + DateWords(m.Day) + "に" + put
	}
	return "一つ前の状態に" + back
}

// AmbassadorChange is a move that was made with several at once and can be taken back.
type AmbassadorChange struct {
	ID     int64
	Move   AmbassadorMove
	People int // whom it changed
}
