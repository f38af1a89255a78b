package ippo

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// SeriesID names a series.
type SeriesID int64

// Series is one content that goes out again and again by a schedule (くり返し配信). A colleague approves
// it once; each due time then makes an ordinary broadcast, to whom the audience names at that moment.
type Series struct {
	ID         SeriesID
	Title      string // for the staff's lists; followers never see it
	Messages   []Message
	Renditions Renditions // in other languages
	Originals  Originals  // what they were made of
	Counted    bool       // taps on its links are counted
	Audience   Audience
	Schedule   Schedule
	Active     bool    // it goes out; switching it on is what a second person approves
	Held       bool    // by a restore: only an administrator switches it on again
	Approver   StaffID // who switched it on
	Author     StaffID
	NextDue    time.Time // zero when there is none
	UpdatedAt  time.Time // when it was last changed, which tells renditions apart
}

// Said returns all that its author wrote.
func (s Series) Said() Said {
	return Said{WithoutReduce(s.Messages), s.Renditions.WithoutReduce(), s.Originals}
}

// Validate reports every problem staff can mend: those of the broadcasts it makes, and of its schedule.
func (s Series) Validate() error {
	var p Problems
	p.include(s.Recurring().Broadcast(s.Messages).Validate())
	p.include(s.Schedule.Validate())
	return p.Err()
}

// Hash stands for everything that is approved by switching a series on. Any change to these gives
// another hash and so voids the approval. The day of the event that it counts back from is none of
// them: the series follows it.
func (s Series) Hash() [sha256.Size]byte {
	content, err := json.Marshal(struct {
		ID         SeriesID
		Title      string
		Messages   []Message
		Counted    bool
		Audience   Audience
		Schedule   Schedule
		Renditions Renditions `json:",omitempty"` // so that what was approved before there were any still is
	}{s.ID, s.Title, s.Messages, s.Counted, s.Audience, s.Schedule, s.Renditions})
	if err != nil {
		// Messages are JSON already and the rest cannot fail.
		panic(fmt.Sprintf("hash series %d: %v", s.ID, err))
	}
	return sha256.Sum256(content)
}

// Recurring is the series as broadcasts are made of it.
func (s Series) Recurring() Recurring {
	return Recurring{
		Source: Source{SourceSeries, int64(s.ID)}, Title: s.Title, Renditions: s.Renditions, Counted: s.Counted, Audience: s.Audience, Schedule: s.Schedule,
		Active: s.Active, Held: s.Held, Author: s.Author, Approver: s.Approver, NextDue: s.NextDue, Hash: s.Hash(),
	}
}
