package admin

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
)

// resource is a kind of content that the API lists, makes, changes and deletes. J is its JSON, the
// same in requests and answers: what only the program fills in is ignored in a request, so that
// what was read may be sent back changed.
type resource[J any] struct {
	list   func(ctx context.Context) ([]J, error)
	get    func(ctx context.Context, id string) (J, error)
	create func(ctx context.Context, by ippo.StaffID, made J) (J, error)
	update func(ctx context.Context, by ippo.StaffID, id string, changed J) error
	delete func(ctx context.Context, by ippo.StaffID, id string) error
}

// apiPage is a part of a list.
type apiPage[J any] struct {
	Items []J `json:"items"`
	Total int `json:"total"` // in the whole list
}

// How many items a list gives at once.
const (
	apiPageSize    = 100
	apiPageSizeMax = 500
)

func resourceRoutes[J any](a *API, g gin.IRouter, path string, write ippo.Scope, r resource[J]) {
	g.GET(path, a.handle(ippo.ScopeRead, func(ctx context.Context, c *apiCall) (int, any, error) {
		limit, offset, err := c.window("offset")
		if err != nil {
			return 0, nil, err
		}
		all, err := r.list(ctx)
		if err != nil {
			return 0, nil, err
		}
		part := all[min(offset, len(all)):]
		part = part[:min(limit, len(part))]
		if part == nil {
			part = []J{}
		}
		return http.StatusOK, apiPage[J]{part, len(all)}, nil
	}))
	g.POST(path, a.handle(write, func(ctx context.Context, c *apiCall) (int, any, error) {
		var j J
		if err := decodeStrict(c.body, "", &j); err != nil {
			return 0, nil, err
		}
		made, err := r.create(ctx, c.staff.ID, j)
		return http.StatusCreated, made, err
	}))
	g.GET(path+"/:id", a.handle(ippo.ScopeRead, func(ctx context.Context, c *apiCall) (int, any, error) {
		j, err := r.get(ctx, c.Param("id"))
		return http.StatusOK, j, err
	}))
	g.PUT(path+"/:id", a.handle(write, func(ctx context.Context, c *apiCall) (int, any, error) {
		var j J
		if err := decodeStrict(c.body, "", &j); err != nil {
			return 0, nil, err
		}
		if err := r.update(ctx, c.staff.ID, c.Param("id"), j); err != nil {
			return 0, nil, err
		}
		j, err := r.get(ctx, c.Param("id"))
		return http.StatusOK, j, err
	}))
	g.DELETE(path+"/:id", a.handle(write, func(ctx context.Context, c *apiCall) (int, any, error) {
		return http.StatusNoContent, nil, r.delete(ctx, c.staff.ID, c.Param("id"))
	}))
}

// window reads which part of a list is asked for: how much, and behind what, which the parameter start
// says.
func (c *apiCall) window(start string) (limit, from int, err error) {
	var p ippo.Problems
	read := func(name string, low, high, otherwise int) int {
		text, given := c.GetQuery(name)
		if !given {
			return otherwise
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < low || n > high {
			p.Addf(name, "%sは%dから%dまでの整数にしてください。", name, low, high)
		}
		return n
	}
	limit = read("limit", 1, apiPageSizeMax, apiPageSize)
	from = read(start, 0, 1_000_000_000, 0)
	return limit, from, p.Err()
}

// rowID reads the ID in a path. What is no ID names nothing.
func rowID[ID ~int64](text string) (ID, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, ippo.ErrNotFound
	}
	return ID(n), nil
}

// content is a kind of content whose rows have numbers for IDs. Kinds differ in their fields and so
// in show and read; was is the row before a change, zero for a new one.
type content[ID ~int64, V, J any] struct {
	list   func(context.Context) ([]V, error)
	get    func(context.Context, ID) (V, error)
	create func(context.Context, ippo.StaffID, V) (V, error)
	update func(context.Context, ippo.StaffID, V) error
	delete func(context.Context, ippo.StaffID, ID) error
	show   func(vocabulary, V) J
	read   func(v vocabulary, j J, was V) (V, error)
}

func (k content[ID, V, J]) resource(a *API) resource[J] {
	return resource[J]{
		list: func(ctx context.Context) ([]J, error) {
			v, err := a.vocabulary(ctx)
			if err != nil {
				return nil, err
			}
			all, err := k.list(ctx)
			return converted(all, func(one V) J { return k.show(v, one) }), err
		},
		get: func(ctx context.Context, text string) (none J, err error) {
			v, err := a.vocabulary(ctx)
			if err != nil {
				return none, err
			}
			one, err := k.row(ctx, text)
			if err != nil {
				return none, err
			}
			return k.show(v, one), nil
		},
		create: func(ctx context.Context, by ippo.StaffID, j J) (none J, err error) {
			v, err := a.vocabulary(ctx)
			if err != nil {
				return none, err
			}
			var nothing V
			one, err := k.read(v, j, nothing)
			if err != nil {
				return none, err
			}
			if one, err = k.create(ctx, by, one); err != nil {
				return none, err
			}
			return k.show(v, one), nil
		},
		update: func(ctx context.Context, by ippo.StaffID, text string, j J) error {
			v, err := a.vocabulary(ctx)
			if err != nil {
				return err
			}
			was, err := k.row(ctx, text)
			if err != nil {
				return err
			}
			one, err := k.read(v, j, was)
			if err != nil {
				return err
			}
			return k.update(ctx, by, one)
		},
		delete: func(ctx context.Context, by ippo.StaffID, text string) error {
			id, err := rowID[ID](text)
			if err != nil {
				return err
			}
			return k.delete(ctx, by, id)
		},
	}
}

func (k content[ID, V, J]) row(ctx context.Context, text string) (V, error) {
	id, err := rowID[ID](text)
	if err != nil {
		var none V
		return none, err
	}
	return k.get(ctx, id)
}

// converted returns what convert makes of each.
func converted[V, J any](all []V, convert func(V) J) []J {
	js := make([]J, len(all))
	for i, v := range all {
		js[i] = convert(v)
	}
	return js
}

// vocabulary turns choices into slugs, as the API names topics and areas, and back.
type vocabulary struct {
	topics []ippo.Topic
	areas  []ippo.Topic // areas, whose fields are the same
}

func (a *API) vocabulary(ctx context.Context) (vocabulary, error) {
	topics, err := a.Store.Topics(ctx)
	if err != nil {
		return vocabulary{}, err
	}
	areas, err := a.Store.Areas(ctx)
	return vocabulary{topics, converted(areas, func(a ippo.Area) ippo.Topic { return ippo.Topic(a) })}, err
}

// slugs names the chosen ones in the order of the list.
func slugs(known []ippo.Topic, chosen ippo.Choice) []string {
	named := []string{}
	for _, k := range known {
		if chosen.Has(k.Number) {
			named = append(named, k.Slug)
		}
	}
	return named
}

// choiceOf is the choice of these slugs; one that names nothing is a problem with the field.
func choiceOf(p *ippo.Problems, field, word string, known []ippo.Topic, named []string) ippo.Choice {
	var c ippo.Choice
next:
	for _, slug := range named {
		for _, k := range known {
			if k.Slug == slug {
				c = c.With(k.Number)
				continue next
			}
		}
		p.Add(field, fmt.Sprintf("%s「%.40s」はありません。", word, slug))
	}
	return c
}

// choices reads a content's topics and areas.
func (v vocabulary) choices(topics, areas []string) (t, a ippo.Choice, err error) {
	var p ippo.Problems
	t = choiceOf(&p, "topics", "分野", v.topics, topics)
	a = choiceOf(&p, "areas", "地域", v.areas, areas)
	return t, a, p.Err()
}
