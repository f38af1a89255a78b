package admin

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"

	"ippo"
)

//go:embed help.toml
var helpFile string

// help is what stands behind 「この画面の使い方」.
type help struct {
	Purpose string   // what the page is for
	Steps   []string // the commonest thing, step by step
	Safe    string   // what cannot go wrong
	Mend    string   // what to do if it did
}

// helps are the panel's help texts, by the beginning of the addresses below /admin/ of the pages that show them.
type helps map[string]help

// loadHelps reads the help texts; one that lacks a part stops the program at its start.
func loadHelps() (helps, error) {
	var all helps
	read, err := toml.Decode(helpFile, &all)
	if err != nil {
		return nil, fmt.Errorf("read help texts: %w", err)
	}
	if unknown := read.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("read help texts: what is %s?", unknown[0])
	}
	for name, h := range all {
		if h.Purpose == "" || len(h.Steps) == 0 || h.Safe == "" || h.Mend == "" {
			return nil, fmt.Errorf("read help texts: that of %q is not whole", name)
		}
	}
	return all, nil
}

// of returns the help of the page at a route, in the center's own words; nil if there is none.
func (all helps) of(route string, own ippo.Labels) *help {
	for name := strings.TrimPrefix(route, "/admin/"); ; {
		if h, ok := all[name]; ok {
			return h.in(own)
		}
		cut := strings.LastIndex(name, "/")
		if cut < 0 {
			return nil
		}
		name = name[:cut]
	}
}

func (h help) in(own ippo.Labels) *help {
	words := strings.NewReplacer("{ambassador}", own.Ambassador, "{campaign}", own.Campaign, "{vision}", own.Vision).Replace
	said := help{Purpose: words(h.Purpose), Safe: words(h.Safe), Mend: words(h.Mend)}
	for _, step := range h.Steps {
		said.Steps = append(said.Steps, words(step))
	}
	return &said
}
