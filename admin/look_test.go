package admin

import (
	"testing"

	"ippo"
)

// The eyes to look through are of people who differ, not of whoever came last.
func TestReadersToLookThroughDiffer(t *testing.T) {
	var newest []ippo.Follower
	for i := range 20 {
		newest = append(newest, ippo.Follower{ID: ippo.FollowerID(100 - i), DisplayName: "花子", Preferences: ippo.Preferences{Language: ippo.Japanese}, Entry: "窓口"})
	}
	newest[12].Language, newest[15].Language = ippo.English, ippo.EasyJapanese
	newest[17].DisplayName = ""
	newest[19].Entry = "ポスター"
	var got []ippo.FollowerID
	for _, f := range varied(newest, 5) {
		got = append(got, f.ID)
	}
	want := []ippo.FollowerID{100, 88, 85, 83, 81}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if few := varied(newest[:3], 5); len(few) != 3 {
		t.Errorf("of three, %d", len(few))
	}
}
