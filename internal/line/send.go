package line

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"ippo"
)

// Receipt is LINE's word that it accepted a send. Accepted is not delivered: LINE also accepts
// sends to people who blocked the account.
type Receipt struct {
	Status            int
	RequestID         string // of this call
	AcceptedRequestID string // of the call that LINE accepted: this one, or an earlier one with the same retry key
	Duplicate         bool   // LINE had accepted this retry key before (409)
}

// Options of a send.
type Options struct {
	NotificationDisabled bool   // arrives without sound or banner
	AggregationUnit      string // name under which LINE counts opens and clicks
}

// NewRetryKey makes the key under which LINE accepts a request once, for ippo.RetryWindow.
func NewRetryKey() string { return uuid.NewString() }

// Reply answers an event. The token is good once and for about a minute; a second use, or a late
// one, is InvalidReplyToken. A reply has no retry key: after Temporary its outcome stays unknown.
func (c *Client) Reply(ctx context.Context, replyToken string, msgs []ippo.Message) (Receipt, error) {
	if err := checkMessages(OpReply, msgs); err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	_, err := call(ctx, c, OpReply, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		res, _, err := api.ReplyMessageWithHttpInfo(&messaging_api.ReplyMessageRequest{
			ReplyToken: replyToken,
			Messages:   rawMessages(msgs),
		})
		if res != nil && res.StatusCode/100 == 2 {
			// Accepted, whatever the body says.
			receipt, err = accepted(res), nil
		}
		return res, struct{}{}, err
	})
	return receipt, err
}

// Push sends to one user, group or room.
func (c *Client) Push(ctx context.Context, retryKey, to string, msgs []ippo.Message, opt Options) (Receipt, error) {
	body, err := EncodePush(to, msgs, opt)
	if err != nil {
		return Receipt{}, err
	}
	return c.send(ctx, OpPush, retryKey, body)
}

// Multicast sends to up to ippo.MaxRecipients users. LINE serves all of them or, when it answers an
// error, nobody.
func (c *Client) Multicast(ctx context.Context, retryKey string, to []string, msgs []ippo.Message, opt Options) (Receipt, error) {
	body, err := EncodeMulticast(to, msgs, opt)
	if err != nil {
		return Receipt{}, err
	}
	return c.send(ctx, OpMulticast, retryKey, body)
}

func (c *Client) send(ctx context.Context, op Op, retryKey string, body []byte) (Receipt, error) {
	turn, err := c.Turn(ctx, op)
	if err != nil {
		return Receipt{}, err
	}
	return turn.Send(ctx, retryKey, body)
}

// Turn is the right to make one call now. Who has many sends to choose from takes a turn first and
// chooses then, so that what is most urgent goes next and a pause takes effect at once.
type Turn struct {
	client *Client
	op     Op
}

// Turn waits until LINE's rate allows the next call of op: OpPush, OpMulticast or OpBroadcast.
func (c *Client) Turn(ctx context.Context, op Op) (Turn, error) {
	if op != OpPush && op != OpMulticast && op != OpBroadcast {
		return Turn{}, invalid(op, "turns are for pushes, multicasts and broadcasts")
	}
	if err := c.wait(ctx, op); err != nil {
		return Turn{}, err
	}
	return Turn{c, op}, nil
}

// Send makes the call. Under one retry key LINE accepts one request within
// ippo.RetryWindow, so body must
// be the same bytes each time.
func (t Turn) Send(ctx context.Context, retryKey string, body []byte) (Receipt, error) {
	c, op := t.client, t.op
	if err := uuid.Validate(retryKey); err != nil || len(retryKey) != 36 {
		return Receipt{}, invalid(op, "the retry key is not a UUID")
	}
	if len(body) > MaxBody {
		return Receipt{}, invalid(op, "the request is %d bytes long; LINE takes %d", len(body), MaxBody)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.api.Url("/v2/bot/message/"+string(op)), bytes.NewReader(body))
	if err != nil {
		return Receipt{}, invalid(op, "make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("X-Line-Retry-Key", retryKey)

	started := time.Now()
	res, err := c.api.Do(req)
	if err != nil {
		e := noAnswer(op, err)
		c.finished(op, e.Class, started)
		return Receipt{}, e
	}
	defer drain(res.Body)
	if res.StatusCode == http.StatusConflict {
		receipt := accepted(res)
		receipt.Duplicate = true
		c.finished(op, OK, started)
		return receipt, nil
	}
	if e := c.outcome(op, res, nil); e != nil {
		c.finished(op, e.Class, started)
		return Receipt{}, e
	}
	c.finished(op, OK, started)
	return accepted(res), nil
}

func accepted(res *http.Response) Receipt {
	r := Receipt{Status: res.StatusCode, RequestID: requestID(res, "X-Line-Request-Id")}
	r.AcceptedRequestID = requestID(res, "X-Line-Accepted-Request-Id")
	if r.AcceptedRequestID == "" && res.StatusCode/100 == 2 {
		r.AcceptedRequestID = r.RequestID
	}
	return r
}

// Validate asks LINE whether messages are well formed for op: OpReply, OpPush or OpMulticast. Problems
// are what LINE found; err is a check that could not be made.
func (c *Client) Validate(ctx context.Context, op Op, msgs []ippo.Message) (problems []Detail, err error) {
	if err := checkMessages(OpValidate, msgs); err != nil {
		return nil, err
	}
	_, err = call(ctx, c, OpValidate, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		req := &messaging_api.ValidateMessageRequest{Messages: rawMessages(msgs)}
		switch op {
		case OpReply:
			return api.ValidateReplyWithHttpInfo(req)
		case OpPush:
			return api.ValidatePushWithHttpInfo(req)
		default:
			return api.ValidateMulticastWithHttpInfo(req)
		}
	})
	return problemsOf(err)
}

// problemsOf turns LINE's "this is not well formed" into the answer of a check.
func problemsOf(err error) ([]Detail, error) {
	e, ok := err.(*Error)
	if !ok || e.Status != http.StatusBadRequest {
		return nil, err
	}
	if len(e.Details) == 0 {
		return []Detail{{Message: e.Message}}, nil
	}
	return e.Details, nil
}

// EncodePush makes the body of a push. The same arguments give the same bytes.
func EncodePush(to string, msgs []ippo.Message, opt Options) ([]byte, error) {
	if !recipientShape.MatchString(to) {
		return nil, invalid(OpPush, "the recipient is not a LINE ID")
	}
	return encode(OpPush, append(append([]byte(`"to":"`), to...), `",`...), msgs, opt)
}

// EncodeMulticast makes the body of a multicast. The same arguments give the same bytes.
func EncodeMulticast(to []string, msgs []ippo.Message, opt Options) ([]byte, error) {
	if len(to) == 0 || len(to) > ippo.MaxRecipients {
		return nil, invalid(OpMulticast, "%d recipients; LINE takes 1 to %d", len(to), ippo.MaxRecipients)
	}
	list := make([]byte, 0, len(to)*36+16)
	list = append(list, `"to":[`...)
	for i, id := range to {
		if !ippo.IsLineUserID(id) {
			e := invalid(OpMulticast, "recipient %d is not a LINE user ID", i)
			e.Class, e.Recipients = BadRecipient, []int{i}
			return nil, e
		}
		if i > 0 {
			list = append(list, ',')
		}
		list = append(append(append(list, '"'), id...), '"')
	}
	return encode(OpMulticast, append(list, `],`...), msgs, opt)
}

// EncodeBroadcast makes the body of LINE's broadcast, which goes to every friend of the account, also to
// those the bot has never seen. LINE takes no aggregation unit with it. The same arguments give the same
// bytes.
func EncodeBroadcast(msgs []ippo.Message, opt Options) ([]byte, error) {
	if opt.AggregationUnit != "" {
		return nil, invalid(OpBroadcast, "LINE's broadcast has no aggregation unit")
	}
	return encode(OpBroadcast, nil, msgs, opt)
}

// encode writes the messages' bytes as they are; encoding/json would rewrite "<" inside them.
func encode(op Op, to []byte, msgs []ippo.Message, opt Options) ([]byte, error) {
	if err := checkMessages(op, msgs); err != nil {
		return nil, err
	}
	if opt.AggregationUnit != "" && !unitShape.MatchString(opt.AggregationUnit) {
		return nil, invalid(op, "the aggregation unit may hold 1 to 30 letters, digits and underscores")
	}
	size := len(to) + 128
	for _, m := range msgs {
		size += len(m) + 1
	}
	body := make([]byte, 0, size)
	body = append(body, '{')
	body = append(body, to...)
	body = append(body, `"messages":[`...)
	for i, m := range msgs {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, m...)
	}
	body = append(body, ']')
	if opt.NotificationDisabled {
		body = append(body, `,"notificationDisabled":true`...)
	}
	if opt.AggregationUnit != "" {
		body = fmt.Appendf(body, `,"customAggregationUnits":["%s"]`, opt.AggregationUnit)
	}
	body = append(body, '}')
	if len(body) > MaxBody {
		return nil, invalid(op, "the request is %d bytes long; LINE takes %d", len(body), MaxBody)
	}
	return body, nil
}

func checkMessages(op Op, msgs []ippo.Message) *Error {
	if len(msgs) == 0 || len(msgs) > ippo.MaxMessages {
		return invalid(op, "%d messages; LINE takes 1 to %d", len(msgs), ippo.MaxMessages)
	}
	for i, m := range msgs {
		if trimmed := bytes.TrimLeft(m, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' || !json.Valid(m) {
			return invalid(op, "message %d is not a JSON object", i)
		}
	}
	return nil
}

// rawMessage lets a message's own JSON pass through the SDK.
type rawMessage ippo.Message

func (m rawMessage) GetType() string {
	var head struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(m, &head) // checkMessages saw that it is an object; LINE judges its type
	return head.Type
}

func (m rawMessage) MarshalJSON() ([]byte, error) { return m, nil }

func rawMessages(msgs []ippo.Message) []messaging_api.MessageInterface {
	out := make([]messaging_api.MessageInterface, len(msgs))
	for i, m := range msgs {
		out[i] = rawMessage(m)
	}
	return out
}
