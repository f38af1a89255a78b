package ippo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Every broadcast carries 配信を減らす, as the last quick reply of its last message: there it costs none
// of the five messages and leaves what was written as it is. It is put there when the broadcast is
// kept, so what is previewed, approved and sent are the same bytes.

// MaxQuickReplies is how many quick replies LINE shows. Source:
// https://developers.line.biz/en/reference/messaging-api/#quick-reply
const MaxQuickReplies = 13

const (
	// ReduceLabel is what it is called in Japanese.
	ReduceLabel = "配信を減らす"
	// ReduceData is what a tap on it says, with the broadcast's ID behind it.
	ReduceData = "1/reduce/from/"
)

// quickReply is one button. Source:
// https://developers.line.biz/en/reference/messaging-api/#quick-reply-button-object
type quickReply struct {
	Type   string `json:"type"`
	Action struct {
		Type        string `json:"type"`
		Label       string `json:"label"`
		Data        string `json:"data"`
		DisplayText string `json:"displayText,omitempty"`
	} `json:"action"`
}

// WithReduce returns a broadcast's messages with 配信を減らす under the last, in place of another
// broadcast's. Where the author's own quick replies leave no room, they stay alone.
func WithReduce(messages []Message, id BroadcastID) []Message {
	return withReduce(messages, id, ReduceLabel)
}

// PutReduce puts 配信を減らす under the last message of each language; label says it in a language.
func (b *Broadcast) PutReduce(label func(Language) string) {
	b.rewrite(func(l Language, messages []Message) []Message { return withReduce(messages, b.ID, label(l)) })
}

func withReduce(messages []Message, id BroadcastID, label string) []Message {
	if len(messages) == 0 {
		return nil
	}
	last := len(messages) - 1
	with := append(WithoutReduce(messages[:last]), messages[last])
	found, ok := findQuickReplies(messages[last])
	if items := found.authored(); ok && len(items) < MaxQuickReplies {
		with[last] = found.replace(messages[last], append(items, reduceReply(cmp.Or(found.reduceLabel(), label), id)))
	}
	return with
}

// reduceLabel is what 配信を減らす is called under a message that has it already, which may be in another
// language; "" under any other.
func (q quickReplies) reduceLabel() string {
	for _, item := range q.items {
		var reply quickReply
		if json.Unmarshal(item, &reply) == nil && strings.HasPrefix(reply.Action.Data, ReduceData) {
			return reply.Action.Label
		}
	}
	return ""
}

func reduceReply(label string, id BroadcastID) json.RawMessage {
	reply := quickReply{Type: "action"}
	reply.Action.Type, reply.Action.Label, reply.Action.DisplayText = "postback", label, label
	reply.Action.Data = fmt.Sprint(ReduceData, id)
	item, err := json.Marshal(reply)
	if err != nil {
		panic(fmt.Sprintf("reduce: %v", err)) // a struct of strings
	}
	return item
}

// WithoutReduce returns messages as their author wrote them.
func WithoutReduce(messages []Message) []Message {
	without := slices.Clone(messages)
	for i, m := range without {
		found, ok := findQuickReplies(m)
		if items := found.authored(); ok && len(items) < len(found.items) {
			without[i] = found.replace(m, items)
		}
	}
	return without
}

// authored returns the quick replies but for 配信を減らす.
func (q quickReplies) authored() []json.RawMessage {
	return slices.DeleteFunc(slices.Clone(q.items), func(item json.RawMessage) bool {
		var reply quickReply
		return json.Unmarshal(item, &reply) == nil && strings.HasPrefix(reply.Action.Data, ReduceData)
	})
}

// quickReplies are a message's, with their place in it.
type quickReplies struct {
	items      []json.RawMessage
	start, end int  // of the member "quickReply" with a comma before it, if another is before it
	first      bool // no member is before it
}

// findQuickReplies looks where a message's quick replies are, or belong. ok is false for what is no
// JSON object.
func findQuickReplies(m Message) (q quickReplies, ok bool) {
	d := json.NewDecoder(bytes.NewReader(m))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return q, false
	}
	here, found := int(d.InputOffset()), false
	for first := true; d.More(); first = false {
		key, err := d.Token()
		if err != nil {
			return q, false
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return q, false
		}
		end := int(d.InputOffset())
		if key == "quickReply" {
			var content struct {
				Items []json.RawMessage `json:"items"`
			}
			if json.Unmarshal(value, &content) != nil {
				return q, false
			}
			q, found = quickReplies{content.Items, here, end, first}, true
		}
		here = end
	}
	if !found {
		q = quickReplies{start: here, end: here, first: here == 1}
	}
	return q, true
}

// replace writes the message with these quick replies; with none, without the member.
func (q quickReplies) replace(m Message, items []json.RawMessage) Message {
	head, tail := m[:q.start], m[q.end:]
	if len(items) == 0 {
		if q.first {
			tail = bytes.TrimPrefix(bytes.TrimLeft(tail, " \t\r\n"), []byte(","))
		}
		return slices.Concat(head, tail)
	}
	comma := []byte(",")
	if q.first {
		comma = nil
	}
	list := make([][]byte, len(items))
	for i, item := range items {
		list[i] = item
	}
	return slices.Concat(head, comma, []byte(`"quickReply":{"items":[`), bytes.Join(list, []byte(",")), []byte(`]}`), tail)
}

// Reduction is one use of 配信を減らす. Whose is not kept.
type Reduction struct {
	Broadcast BroadcastID // under which it was tapped; 0: found in the menu, or written
	Step      ReductionStep
	Topic     string // slug of the topic that was given up; with ReductionTopic only
}

// ReductionStep is how far somebody went. Stored: add, never rename.
type ReductionStep string

const (
	ReductionOpened  ReductionStep = "opened"  // looked at what can be done
	ReductionTopic   ReductionStep = "topic"   // gave up a topic
	ReductionDigest  ReductionStep = "digest"  // chose the weekly digest
	ReductionStopped ReductionStep = "stopped" // stopped all but emergencies
)

// Reductions counts the uses of 配信を減らす over a time.
type Reductions struct {
	Since   time.Time
	Opened  int
	Digest  int
	Stopped int
	Topics  []TopicReductions // the most used first
	Others  int               // opened under a broadcast of no topic, or under none
}

// TopicReductions counts them for one topic. A broadcast of two topics counts for both.
type TopicReductions struct {
	Topic  string // slug
	Opened int    // under a broadcast of this topic
	Digest int    // chose the weekly digest there
	Left   int    // gave up this topic
}
