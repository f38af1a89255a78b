package ippo

// CaseKind is which list cases are of. Stored: add, never rename.
type CaseKind string

const (
	CaseConsultation CaseKind = "consultation"
	CaseMatch        CaseKind = "match"
)

// Deeds are what staff can do with several cases of a kind at once. None of them sends anything to residents or groups.
func (k CaseKind) Deeds() []CaseDeed {
	if k == CaseMatch {
		return []CaseDeed{CaseHandOver, CaseNote, CaseUnfit, CaseSilent}
	}
	return []CaseDeed{CaseHandOver, CaseNote, CaseEnd}
}

// CaseDeed is something that is done with several cases at once. Stored: add, never rename.
type CaseDeed string

const (
	CaseHandOver CaseDeed = "handover" // to a colleague
	CaseNote     CaseDeed = "note"
	CaseEnd      CaseDeed = "done"   // of consultations, without an answer
	CaseUnfit    CaseDeed = "unfit"  // of matches
	CaseSilent   CaseDeed = "silent" // likewise
)

// Said reports whether it is done with a few words of why, or of what a colleague should know.
func (d CaseDeed) Said() bool { return d != CaseEnd }

// CaseMove is what staff do with several cases at once.
type CaseMove struct {
	Kind CaseKind
	Deed CaseDeed
	To   StaffID // of a hand-over
	Note string  // where it is Said; kept sealed until it is worked off

	ToName string // filled when read; "" while it is not known
}

// Words says what is done with so many: 3件を「完了」にする.
func (m CaseMove) Words(cases int) string { return m.with(cases) + m.words("する", "ぐ", "える") }

func (m CaseMove) with(cases int) string {
	if m.Deed == CaseNote {
		return Comma(int64(cases)) + "件に"
	}
	return Comma(int64(cases)) + "件を"
}

func (m CaseMove) words(make, handOver, add string) string {
	switch m.Deed {
	case CaseHandOver:
		if m.ToName != "" {
			return m.ToName + "さんに引きつ" + handOver
		}
		return "引きつ" + handOver
	case CaseNote:
		return "メモを加" + add
	case CaseEnd:
		return "「" + ConsultationDone.Words() + "」に" + make
	}
	return "「" + MatchState(m.Deed).Words() + "」に" + make
}

// CaseChange is a move that is made with several cases at once.
type CaseChange struct {
	LongChange
	Move CaseMove
}

// Doing says what is under way: 「完了」にして.
func (c CaseChange) Doing() string {
	if c.Undoes != 0 {
		return "元に戻して"
	}
	return c.Move.words("して", "いで", "えて")
}

// Did says what is done: 3件を「完了」にしました.
func (c CaseChange) Did() string {
	if c.Undoes != 0 {
		return Comma(int64(c.Changed)) + "件を元に戻しました"
	}
	return c.Move.with(c.Changed) + c.Move.words("しました", "ぎました", "えました")
}
