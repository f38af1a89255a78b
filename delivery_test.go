package ippo

import (
	"slices"
	"testing"
	"time"
)

func TestPackMembers(t *testing.T) {
	for _, members := range [][]FollowerID{{}, {1}, {1, 2, 3}, {7, 300_000, 1 << 40}} {
		got, err := UnpackMembers(PackMembers(members))
		if err != nil || !slices.Equal(got, members) {
			t.Errorf("%v came back as %v, %v", members, got, err)
		}
	}
	if _, err := UnpackMembers([]byte{0x80}); err == nil {
		t.Error("damaged members were accepted")
	}
	everyone := make([]FollowerID, MaxRecipients)
	for i := range everyone {
		everyone[i] = FollowerID(200_000 + i)
	}
	if n := len(PackMembers(everyone)); n > 2*MaxRecipients {
		t.Errorf("%d members take %d bytes", MaxRecipients, n)
	}
}

func TestPaceWords(t *testing.T) {
	for left, want := range map[time.Duration]string{
		0: "", time.Second: "1分以内", time.Minute: "1分以内", 61 * time.Second: "あと約2分", 59 * time.Minute: "あと約59分", 61 * time.Minute: "あと約1時間1分",
	} {
		if got := (Pace{Left: left}).Words(); got != want {
			t.Errorf("%v: %q, want %q", left, got, want)
		}
	}
}
