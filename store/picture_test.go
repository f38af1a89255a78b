package store

import (
	"testing"
	"time"

	"ippo"
)

// A picture stays as long as something shows it, and a month after nothing does.
func TestForgetPictures(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx, now := t.Context(), s.Now()
	writer, _, _ := town(t, s)
	add := func(alt string) string {
		t.Helper()
		p, err := s.AddPicture(ctx, writer, ippo.Picture{Alt: alt, Width: 3, Height: 2}, PictureData{Source: []byte("s"), Whole: []byte(alt), Small: []byte("k")})
		if err != nil || !ippo.IsPictureCode(p.Code) {
			t.Fatalf("%+v, %v", p, err)
		}
		return p.Code
	}
	shows := func(code string) []ippo.Message {
		return []ippo.Message{ippo.Message(`{"type":"image","originalContentUrl":"https://line.example.jp/r/pictures/` + code + `","previewImageUrl":"https://line.example.jp/r/pictures/` + code + `/small"}`)}
	}
	own, version, repeated, typed, none := add("own"), add("version"), add("repeated"), add("typed"), add("none")
	b := draft()
	b.Messages, b.Renditions = shows(own), ippo.Renditions{ippo.English: shows(version)}
	if err := s.CreateBroadcast(ctx, writer, b); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateSeries(ctx, writer, ippo.Series{
		Title: "毎日", Messages: shows(repeated), Audience: ippo.Audience{All: true}, Schedule: ippo.Schedule{Kind: ippo.ScheduleDaily, At: 13 * 60},
	}); err != nil {
		t.Fatal(err)
	}
	s.Now = func() time.Time { return now.AddDate(0, 0, 31) }
	if err := s.KeepWorkingCopy(ctx, writer, "broadcast:1", "0.picture="+typed+"&title=x"); err != nil {
		t.Fatal(err)
	}
	young := add("young")
	got, err := s.ForgetPassing(ctx, s.Now())
	if err != nil || got["pictures"] != 1 {
		t.Errorf("forgot %v, %v", got, err)
	}
	for code, stays := range map[string]bool{own: true, version: true, repeated: true, typed: true, young: true, none: false} {
		p, err := s.Picture(ctx, code)
		if (err == nil) != stays {
			t.Errorf("%+v stays: %t, %v", p, err == nil, err)
		}
	}
	if whole, err := s.PictureShown(ctx, own, false); err != nil || string(whole) != "own" {
		t.Errorf("%q, %v", whole, err)
	}
}
