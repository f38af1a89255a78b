package ippo

import "time"

// PersonalData is all that we hold about one follower, as they see it and take it with them
// (わたしのデータ). Its JSON is for other programs; the page is in the follower's language.
type PersonalData struct {
	At          time.Time      `json:"at"`
	LineUserID  string         `json:"lineUserId"`
	DisplayName string         `json:"displayName,omitempty"`
	Language    Language       `json:"language"`
	Preferences Preferences    `json:"-"` // by their names in Topics and Areas
	Topics      []string       `json:"topics"`
	Areas       []string       `json:"areas"`
	Stopped     bool           `json:"broadcastsStopped"`
	Digest      bool           `json:"weeklyDigest"`
	Entry       string         `json:"entry,omitempty"` // the entry's name
	FollowedAt  time.Time      `json:"followedAt"`
	SeenAt      time.Time      `json:"seenAt,omitzero"`
	Tags        []string       `json:"tags,omitempty"`
	Hosts       []string       `json:"receivesNewcomersFor,omitempty"` // names of groups
	Staff       bool           `json:"linkedToStaffAccount,omitempty"`
	Ambassador  *OwnAmbassador `json:"ambassador,omitempty"`
	Requests    []OwnRequest   `json:"deskRequests,omitempty"`
	Matches     []OwnMatch     `json:"groups,omitempty"`

	Consultations []OwnConsultation `json:"consultations,omitempty"`

	Reservations []OwnReservation `json:"reservations,omitempty"`

	CallOuts   []OwnCallOuts  `json:"callOuts,omitempty"`
	Rest       *OwnRest       `json:"restFromReminders,omitempty"`
	Notices    []OwnNotice    `json:"notices,omitempty"`
	Broadcasts []OwnBroadcast `json:"broadcasts,omitempty"`
	Talk       time.Time      `json:"unfinishedTalk,omitzero"` // when they last answered in it
	Events     int            `json:"receivedEvents"`          // that LINE told us of, without what they said
}

// OwnAmbassador is a sign-up as its owner sees it.
type OwnAmbassador struct {
	Number      int              `json:"number"`
	Status      AmbassadorStatus `json:"status"`
	Resting     bool             `json:"resting,omitempty"`
	Name        string           `json:"name"`
	Kana        string           `json:"kana"`
	Contact     string           `json:"contact"`
	AgeBand     AgeBand          `json:"ageBand"`
	Guardian    string           `json:"guardian,omitempty"`
	Vision      string           `json:"vision,omitempty"`
	Actions     []string         `json:"actions,omitempty"`
	Invited     int              `json:"invited"` // people who became friends by their invitation
	AppliedAt   time.Time        `json:"appliedAt"`
	ConsentedAt time.Time        `json:"consentedAt"`
}

// OwnRequest is a request at the desk as its maker sees it.
type OwnRequest struct {
	Kind   DeskRequestKind  `json:"kind"`
	State  DeskRequestState `json:"state"`
	Group  string           `json:"group,omitempty"`
	Body   string           `json:"body,omitempty"`
	MadeAt time.Time        `json:"madeAt"`
	DoneAt time.Time        `json:"doneAt,omitzero"`
}

// OwnConsultation is a consultation as the resident reads it in their room.
type OwnConsultation struct {
	Kind     ConsultationKind  `json:"kind,omitempty"`
	State    ConsultationState `json:"state"`
	MadeAt   time.Time         `json:"madeAt"`
	ClosedAt time.Time         `json:"closedAt,omitzero"`
	Said     []OwnWords        `json:"said"`
}

// OwnWords is what was said in a consultation.
type OwnWords struct {
	By   ConsultationAuthor `json:"by"`
	At   time.Time          `json:"at"`
	Text string             `json:"text"`
}

// OwnMatch is a group that somebody was told of, as they see it.
type OwnMatch struct {
	Group       string       `json:"group"`
	State       MatchState   `json:"state"`
	Why         string       `json:"why,omitempty"`
	Wish        Wish         `json:"wish"`
	Request     VisitRequest `json:"request,omitzero"`
	Consent     Consent      `json:"consent,omitzero"`
	SuggestedAt time.Time    `json:"suggestedAt"`
	HandedAt    time.Time    `json:"handedAt,omitzero"`
	EndedAt     time.Time    `json:"endedAt,omitzero"`
}

// OwnReservation is a sign-up for an event as its maker sees it.
type OwnReservation struct {
	Event      string           `json:"event"`
	StartsAt   time.Time        `json:"startsAt"`
	State      ReservationState `json:"state"`
	Party      int              `json:"people"`
	Attendee   Attendee         `json:"attendee,omitzero"`
	MadeAt     time.Time        `json:"madeAt"`
	EndedAt    time.Time        `json:"endedAt,omitzero"`
	AttendedAt time.Time        `json:"attendedAt,omitzero"`
	Feedback   Feedback         `json:"feedback,omitempty"`
}

// OwnCallOuts are somebody's call-outs in one campaign.
type OwnCallOuts struct {
	Campaign string    `json:"campaign"`
	Count    int       `json:"count"`
	People   int       `json:"people"`         // they called out to
	Whom     []string  `json:"whom,omitempty"` // in the broad words that they chose
	LastAt   time.Time `json:"lastAt"`
}

// OwnRest is that somebody is sent no reminders for now.
type OwnRest struct {
	Why   RestWhy   `json:"why"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"` // left out: until they say
}

// OwnNotice is a single message that was sent to somebody, or will be.
type OwnNotice struct {
	Kind  NoticeKind    `json:"kind"`
	State DeliveryState `json:"state"`
	At    time.Time     `json:"at"`
}

// OwnBroadcast is a broadcast that somebody was sent: its title is the staff's own, so it is told by its
// first words.
type OwnBroadcast struct {
	At        time.Time  `json:"at"`
	Words     string     `json:"words"`
	Broadcast *Broadcast `json:"-"`
}
