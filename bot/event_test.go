package bot

import (
	"encoding/json"
	"testing"
)

// An event is stored with the ID of its message, and with none where there is none: an unsend that names
// no message would take back everybody's taps.
func TestUnsendOfNothingIsNoUnsend(t *testing.T) {
	for _, raw := range []string{
		`{"type":"unsend"}`, `{"type":"unsend","unsend":{}}`, `{"type":"unsend","unsend":{"messageId":""}}`,
		`{"type":"unsend","unsend":{"messageId":null}}`, `{"type":"unsend","unsend":{"messageId":7}}`,
	} {
		e, err := parseEvent(json.RawMessage(raw))
		if err != nil {
			t.Fatal(err)
		}
		if e.kind() != kindUnknown {
			t.Errorf("%s is of kind %d", raw, e.kind())
		}
	}
}
