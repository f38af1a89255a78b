package linesim

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"
)

// act is something a thumb did, as the page's script tells it.
type act struct {
	User     string          `json:"user"`
	Do       string          `json:"do"` // say, tap, sticker, location, follow, block or unblock
	Text     string          `json:"text"`
	Action   json.RawMessage `json:"action"`
	Chosen   string          `json:"chosen"` // of a date picker
	Sticker  stickerID       `json:"sticker"`
	Location Location        `json:"location"`
}

type stickerID struct {
	Package string `json:"package"`
	ID      string `json:"id"`
	Keyword string `json:"keyword"`
}

// act does what the thumb did and answers what else the phone has to do: Tapped as JSON, or an object
// with a message for the person.
func (h *phone) act(w http.ResponseWriter, r *http.Request) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		writeProblem(w, http.StatusUnsupportedMediaType, "送信できませんでした。")
		return
	}
	var a act
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			writeProblem(w, http.StatusRequestEntityTooLarge, "メッセージが長すぎます。")
			return
		}
		writeProblem(w, http.StatusBadRequest, "送信できませんでした。")
		return
	}
	tapped, err := h.perform(a)
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, tapped)
	case errors.Is(err, ErrUnknownUser):
		writeProblem(w, http.StatusNotFound, "その人の電話は見つかりませんでした。")
	case errors.Is(err, ErrBlocked):
		writeProblem(w, http.StatusConflict, "ブロック中は送れません。")
	case errors.Is(err, ErrNotFriend):
		writeProblem(w, http.StatusConflict, "友だちに追加していません。")
	case errors.Is(err, ErrNeedsChoice):
		writeProblem(w, http.StatusUnprocessableEntity, "日時を選んでください。")
	case errors.Is(err, errTextLength):
		writeProblem(w, http.StatusUnprocessableEntity, "メッセージは1文字から5000文字までです。")
	default:
		writeProblem(w, http.StatusBadRequest, "その操作はできません。")
	}
}

var (
	errTextLength = errors.New("linesim: a text is empty or too long")
	errUnknownAct = errors.New("linesim: not something a phone can do")
)

func (h *phone) perform(a act) (Tapped, error) {
	var err error
	switch a.Do {
	case "say":
		if strings.TrimSpace(a.Text) == "" || clip(a.Text, maxTextUnits) != a.Text {
			return Tapped{}, errTextLength
		}
		_, err = h.Say(a.User, a.Text)
	case "tap":
		return h.Tap(a.User, a.Action, a.Chosen)
	case "sticker":
		var keywords []string
		if a.Sticker.Keyword != "" {
			keywords = []string{clip(a.Sticker.Keyword, maxNameLen)}
		}
		_, err = h.SendSticker(a.User, clip(a.Sticker.Package, 20), clip(a.Sticker.ID, 20), keywords...)
	case "location":
		at := a.Location
		if at.Latitude < -90 || at.Latitude > 90 || at.Longitude < -180 || at.Longitude > 180 {
			return Tapped{}, errUnknownAct
		}
		at.Title, at.Address = clip(at.Title, 100), clip(at.Address, 100) // reference: location-message
		_, err = h.SendLocation(a.User, at)
	case "follow":
		err = h.Follow(a.User)
	case "block":
		err = h.Block(a.User)
	case "unblock":
		err = h.Unblock(a.User)
	default:
		err = errUnknownAct
	}
	return Tapped{}, err
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func writeProblem(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"message": message})
}
