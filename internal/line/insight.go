package line

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"ippo"
)

// UnitReaders reads what LINE has counted of the messages sent under an aggregation unit, on the days
// from … to in Japan, both included; LINE takes at most ippo.MaxReadersSpan of them. Only days that are
// over are counted. A figure is nil where LINE hides it: under ippo.HiddenUnder people.
// Source: https://developers.line.biz/en/reference/messaging-api/#get-statistics-per-unit
func (c *Client) UnitReaders(ctx context.Context, unit string, from, to time.Time) (ippo.Readers, error) {
	if !unitShape.MatchString(unit) {
		return ippo.Readers{}, invalid(OpUnitReaders, "not an aggregation unit")
	}
	q := url.Values{"customAggregationUnit": {unit}, "from": {lineDay(from)}, "to": {lineDay(to)}}
	return call(ctx, c, OpUnitReaders, func(api *messaging_api.MessagingApiAPI) (*http.Response, ippo.Readers, error) {
		return readReaders(api, "/v2/bot/insight/message/event/aggregation", q)
	})
}

// Readers reads what LINE has counted so far of one of its own broadcasts, by the request ID of the call
// that it accepted. NotFound: there was no such call, or it was long ago.
// Source: https://developers.line.biz/en/reference/messaging-api/#get-message-event
func (c *Client) Readers(ctx context.Context, requestID string) (ippo.Readers, error) {
	if requestID == "" {
		return ippo.Readers{}, invalid(OpReaders, "no request ID")
	}
	return call(ctx, c, OpReaders, func(api *messaging_api.MessagingApiAPI) (*http.Response, ippo.Readers, error) {
		return readReaders(api, "/v2/bot/insight/message/event", url.Values{"requestId": {requestID}})
	})
}

func lineDay(t time.Time) string { return t.In(ippo.Tokyo).Format("20060102") }

// readReaders asks without the SDK, which reads null as 0.
func readReaders(api *messaging_api.MessagingApiAPI, path string, q url.Values) (*http.Response, ippo.Readers, error) {
	req, err := http.NewRequest(http.MethodGet, api.Url(path)+"?"+q.Encode(), nil)
	if err != nil {
		return nil, ippo.Readers{}, err
	}
	res, err := api.Do(req) // under the deadline of call
	if err != nil {
		return nil, ippo.Readers{}, err
	}
	defer drain(res.Body)
	body, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(body)) // call reads a refusal
	var answer readersJSON
	if res.StatusCode/100 == 2 && err == nil {
		err = json.Unmarshal(body, &answer)
	}
	return res, answer.readers(), err
}

type readersJSON struct {
	Overview struct {
		UniqueImpression *int64
		UniqueClick      *int64
	}
	Clicks []struct {
		URL                  string
		UniqueClick          *int64
		UniqueClickOfRequest *int64
	}
}

// readers puts together the bubbles that hold the same link: uniqueClickOfRequest counts a person once
// however many of them they opened; where it is hidden, the most that one bubble tells is known.
func (a readersJSON) readers() ippo.Readers {
	r := ippo.Readers{Opened: a.Overview.UniqueImpression, Clicked: a.Overview.UniqueClick}
	place := make(map[string]int, len(a.Clicks))
	for _, c := range a.Clicks {
		i, known := place[c.URL]
		if !known {
			i = len(r.Links)
			place[c.URL] = i
			r.Links = append(r.Links, ippo.LinkReaders{URL: c.URL})
		}
		for _, n := range []*int64{c.UniqueClickOfRequest, c.UniqueClick} {
			if has := r.Links[i].People; n != nil && (has == nil || *has < *n) {
				r.Links[i].People = n
				break
			}
		}
	}
	return r
}
