package ippo

// Stats are the numbers of the day, for the panel's first page and the API.
type Stats struct {
	Friends  int // whom LINE can reach
	Blocked  int
	Stopped  int // of the friends, those who stopped all but emergencies
	Digest   int // of the friends, those who chose the weekly digest and have not stopped
	Unguided int // of the friends, those who chose neither topic nor area (おまかせ)
	NewToday int // became friends today, for the first time or again
	NewMonth int // … and this month

	Ambassadors  int // serving: applied, contacted or appointed
	Applications int // of these, those whom nobody has contacted yet

	DangerOpen   int // words of danger nobody has taken
	RequestsNew  int // requests at the desk nobody has taken, danger included
	RequestsOpen int // all that are not done

	Groups int // listed
	News   int // published
	Events int // published and still to come

	Submitted int // broadcasts that wait for approval
	Planned   int // approved, waiting for their time
	Held      int // held or paused: staff decide
	Sending   int
	SentMonth int // messages that LINE accepted this month

	CallOutsMonth int // 声かけ taps this month
	ReducedMonth  int // times 配信を減らす was opened this month
}
