package ippo

import (
	"slices"
	"strings"
	"time"
)

// Scope is one kind of thing that an API token may do. Stored: add, never rename.
type Scope string

const (
	ScopeRead       Scope = "read"       // every GET, and counting an audience
	ScopeContent    Scope = "content"    // what residents find: topics, areas, groups, news, events, frequent questions
	ScopeCampaigns  Scope = "campaigns"  // campaigns and series: writing and stopping them
	ScopeBroadcasts Scope = "broadcasts" // broadcasts: writing and stopping them
	ScopeApprove    Scope = "approve"    // what makes messages leave
)

// AllScopes lists every scope, in the order that staff read them in.
var AllScopes = []Scope{ScopeRead, ScopeContent, ScopeCampaigns, ScopeBroadcasts, ScopeApprove}

// Words says the scope as staff read it.
func (s Scope) Words() string {
	switch s {
	case ScopeRead:
		return "読む（個人情報は含みません）"
	case ScopeContent:
		return "お知らせ・イベント・団体・よくある質問・分野・地域を書く"
	case ScopeCampaigns:
		return "声かけの作戦とくり返し配信を書く、止める"
	case ScopeBroadcasts:
		return "配信の下書きを書く、止める"
	case ScopeApprove:
		return "ほかの人が書いた配信を承認する、再開する"
	}
	return string(s)
}

// Scopes is what a token may do altogether.
type Scopes []Scope

// Has reports whether a token may do what needs a scope.
func (s Scopes) Has(needed Scope) bool { return slices.Contains(s, needed) }

// String is the scopes parted by spaces, as they are kept and typed.
func (s Scopes) String() string {
	words := make([]string, len(s))
	for i, one := range s {
		words[i] = string(one)
	}
	return strings.Join(words, " ")
}

// ParseScopes reads scopes that are parted by spaces or commas. Whether there are such is for Validate to say.
func ParseScopes(text string) Scopes {
	var s Scopes
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		if one := Scope(word); !s.Has(one) {
			s = append(s, one)
		}
	}
	return s
}

// Role is the least role that may do all of it.
func (s Scopes) Role() Role {
	switch {
	case s.Has(ScopeApprove):
		return Approver
	case len(s) > 1 || len(s) == 1 && !s.Has(ScopeRead):
		return Editor
	}
	return Viewer
}

// How long a token may be good for, and from when before its end staff are told.
const (
	MaxTokenLife = 2 * 366 * 24 * time.Hour
	TokenEnding  = 30 * 24 * time.Hour
)

// CheckTokenEnd reports what is wrong with the moment from which a token that is made now is no longer good.
func CheckTokenEnd(end, now time.Time) error {
	if !end.After(now) || end.Sub(now) > MaxTokenLife {
		return Problems{{Field: "expires", Message: "期限は、あすから2年先までの日にしてください。"}}
	}
	return nil
}

// validateToken reports what is wrong with what only tokens have.
func (s Staff) validateToken(p *Problems) {
	if len(s.Scopes) == 0 {
		p.Add("scopes", "できることを一つ以上選んでください。")
	}
	for _, one := range s.Scopes {
		if !slices.Contains(AllScopes, one) {
			p.Addf("scopes", "できること「%.40s」はありません（%s）。", string(one), Scopes(AllScopes))
		}
	}
}
