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

// AmbassadorChange is a move that is made with several at once.
type AmbassadorChange struct {
	LongChange
	Move AmbassadorMove
}

// Doing says what is under way: 「任命」にして.
func (c AmbassadorChange) Doing() string {
	if c.Undoes != 0 {
		return "元の状態に戻して"
	}
	return c.Move.words("して", "戻して")
}

// Did says what is done: 3人を「任命」にしました.
func (c AmbassadorChange) Did() string {
	if c.Undoes != 0 {
		return Comma(int64(c.Changed)) + "人を元の状態に戻しました"
	}
	return c.Move.with(c.Changed) + c.Move.words("しました", "戻しました")
}
