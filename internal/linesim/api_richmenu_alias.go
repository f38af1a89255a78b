package linesim

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// LINE's limits on aliases and batches (reference: create-rich-menu-alias, batch-control-rich-menus-of-users).
const (
	maxAliases         = 1000
	maxBatchOperations = 1000
)

var (
	aliasPattern     = regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)
	resumeKeyPattern = regexp.MustCompile(`^[0-9a-zA-Z_-]{1,100}$`)
)

func (p *Platform) aliasRoutes() []route {
	return []route{
		{"POST /v2/bot/richmenu/alias", RichMenuAlias, p.createAlias, jsonCall},
		{"GET /v2/bot/richmenu/alias/list", RichMenuAlias, p.listAliases, jsonCall},
		{"GET /v2/bot/richmenu/alias/{alias}", RichMenuAlias, p.getAlias, jsonCall},
		{"POST /v2/bot/richmenu/alias/{alias}", RichMenuAlias, p.updateAlias, jsonCall},
		{"DELETE /v2/bot/richmenu/alias/{alias}", RichMenuAliasDelete, p.deleteAlias, jsonCall},
		{"POST /v2/bot/richmenu/batch", RichMenuBatch, p.batchRichMenus, jsonCall},
		{"POST /v2/bot/richmenu/validate/batch", RichMenuValidate, p.validateBatch, jsonCall},
		{"GET /v2/bot/richmenu/progress/batch", RichMenuProgress, p.batchProgress, jsonCall},
	}
}

type aliasRequest struct {
	Alias      string `json:"richMenuAliasId"`
	RichMenuID string `json:"richMenuId"`
}

// aliasTarget refuses an alias to a menu that is not there or has no picture. p.mu is held.
func (p *Platform) aliasTarget(richMenuID string) (answer, bool) {
	m := p.menus.all[richMenuID]
	switch {
	case m == nil:
		return fail(http.StatusBadRequest, "richmenu not found"), false
	case m.ImageType == "":
		return needsImage(), false
	}
	return answer{}, true
}

func (p *Platform) createAlias(c *call) answer {
	var req aliasRequest
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if !aliasPattern.MatchString(req.Alias) {
		return badBody(Detail{"Must match ^[a-z0-9_-]{1,32}$", "richMenuAliasId"})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, taken := p.menus.aliases[req.Alias]; taken {
		return fail(http.StatusBadRequest, "conflict richmenu alias id")
	}
	if len(p.menus.aliases) >= maxAliases {
		return fail(http.StatusBadRequest, "The number of rich menu aliases exceeds the limit")
	}
	if a, valid := p.aliasTarget(req.RichMenuID); !valid {
		return a
	}
	p.menus.aliases[req.Alias] = req.RichMenuID
	p.touch()
	return done()
}

func (p *Platform) updateAlias(c *call) answer {
	var req aliasRequest
	if a, readable := c.decode(&req); !readable {
		return a
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	alias := c.PathValue("alias")
	if _, known := p.menus.aliases[alias]; !known {
		return fail(http.StatusNotFound, "richmenu alias not found")
	}
	if a, valid := p.aliasTarget(req.RichMenuID); !valid {
		return a
	}
	p.menus.aliases[alias] = req.RichMenuID
	p.touch()
	return done()
}

func (p *Platform) getAlias(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	alias := c.PathValue("alias")
	id, known := p.menus.aliases[alias]
	if !known {
		return fail(http.StatusNotFound, "richmenu alias not found")
	}
	return ok(aliasRequest{alias, id})
}

func (p *Platform) listAliases(*call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []aliasRequest{}
	for _, alias := range slices.Sorted(maps.Keys(p.menus.aliases)) {
		list = append(list, aliasRequest{alias, p.menus.aliases[alias]})
	}
	return ok(fields{"aliases": list})
}

func (p *Platform) deleteAlias(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	alias := c.PathValue("alias")
	if _, known := p.menus.aliases[alias]; !known {
		return fail(http.StatusNotFound, "richmenu alias not found")
	}
	delete(p.menus.aliases, alias)
	p.touch()
	return done()
}

type batchRequest struct {
	Operations []struct {
		Type string `json:"type"`
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"operations"`
	ResumeRequestKey string `json:"resumeRequestKey"`
}

// readBatch decodes and checks a batch.
func (p *Platform) readBatch(c *call) (batchRequest, answer) {
	var req batchRequest
	if a, readable := c.decode(&req); !readable {
		return req, a
	}
	if len(req.Operations) == 0 || len(req.Operations) > maxBatchOperations {
		return req, badBody(Detail{fmt.Sprintf("Size must be between 1 and %d", maxBatchOperations), "operations"})
	}
	if req.ResumeRequestKey != "" && !resumeKeyPattern.MatchString(req.ResumeRequestKey) {
		return req, badBody(Detail{"Must match ^[0-9a-zA-Z_-]{1,100}$", "resumeRequestKey"})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var problems []Detail
	for i, op := range req.Operations {
		at := fmt.Sprintf("operations[%d]", i)
		switch {
		case op.Type != "link" && op.Type != "unlink" && op.Type != "unlinkAll":
			problems = append(problems, Detail{"Must be one of the following values: [link, unlink, unlinkAll]", at + ".type"})
		case op.Type == "unlinkAll" && len(req.Operations) > 1:
			problems = append(problems, Detail{"unlinkAll must be the only operation", at})
		case op.Type != "unlinkAll" && p.menus.all[op.From] == nil:
			problems = append(problems, Detail{"richmenu not found", at + ".from"})
		case op.Type == "link" && p.menus.all[op.To] == nil:
			problems = append(problems, Detail{"richmenu not found", at + ".to"})
		}
	}
	if len(problems) > 0 {
		return req, badBody(problems...)
	}
	return req, answer{}
}

func (p *Platform) validateBatch(c *call) answer {
	if _, refusal := p.readBatch(c); refusal.status != 0 {
		return refusal
	}
	return done()
}

// batchRichMenus moves everyone of one menu to another. LINE does it after answering; here it is done at once.
func (p *Platform) batchRichMenus(c *call) answer {
	req, refusal := p.readBatch(c)
	if refusal.status != 0 {
		return refusal
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	target := make(map[string]string) // menu → menu to be, "" for none; judged by the state before the batch
	everyone := false
	for _, op := range req.Operations {
		if op.Type == "unlinkAll" {
			everyone = true
			continue
		}
		target[op.From] = op.To
	}
	for userID, linked := range p.menus.linked {
		to, named := target[linked]
		switch {
		case everyone || named && to == "":
			delete(p.menus.linked, userID)
		case named:
			p.menus.linked[userID] = to
		}
	}
	p.menus.batches[c.id] = batchProgress{p.now(), p.now()}
	p.menus.version++
	p.touch()
	return answer{status: http.StatusAccepted, body: struct{}{}}
}

func (p *Platform) batchProgress(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, known := p.menus.batches[c.URL.Query().Get("requestId")]
	if !known {
		return fail(http.StatusNotFound, msgNotFound)
	}
	return ok(fields{
		"phase":         "succeeded",
		"acceptedTime":  b.accepted.UTC().Format(time.RFC3339Nano),
		"completedTime": b.completed.UTC().Format(time.RFC3339Nano),
	})
}
