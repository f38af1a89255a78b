package linesim_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"ippo/internal/linesim"
)

// Whatever a bot sends is either taken and shown, or refused with LINE's error body, and never both.
func FuzzPush(f *testing.F) {
	for _, message := range []string{
		text("こんにちは"), quickAction(postbackAction), buttons(`"text":"a","actions":` + repeat(4, postbackAction)),
		carousel(`{"text":"a","actions":[` + postbackAction + `]}`), flex(bubble(`{"type":"text","text":"a"}`)),
		flex(`{"type":"carousel","contents":` + repeat(2, bubble(`{"type":"box","layout":"baseline","contents":[]}`)) + `}`),
		`{"type":"textV2","text":"{a}さん","substitution":{"a":{"type":"mention","mentionee":{"type":"all"}}}}`,
		`{"type":"text","Type":5,"text":"a","quickReply":null}`, `null`, `5`,
	} {
		f.Add([]byte(message))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		if !json.Valid(message) {
			t.Skip()
		}
		p := linesim.New(linesim.Options{})
		defer p.Close()
		u := p.AddUser(linesim.User{Friend: true})
		body := append([]byte(`{"to":"`+u.ID+`","messages":[`), append(message, "]}"...)...)
		req := httptest.NewRequest("POST", "/v2/bot/message/push", bytes.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+p.Options().AccessToken)
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, req)

		var answer struct{ Message string }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("answer %s: %v", w.Body, err)
		}
		taken := w.Code == 200 && p.Received(u.ID) == 1 && answer.Message == ""
		refused := w.Code == 400 && p.Received(u.ID) == 0 && answer.Message != ""
		if !taken && !refused {
			t.Errorf("status %d, received %d: %s", w.Code, p.Received(u.ID), w.Body)
		}
		if taken {
			if sent := p.SentTo(u.ID); !bytes.Equal(sent[0], bytes.TrimSpace(message)) {
				t.Errorf("shown %s, sent %s", sent[0], message)
			}
			if _, known := p.Screen(u.ID); !known {
				t.Error("no screen")
			}
		}
	})
}
